"""`bindeledd pathways explain`: for a unit, who says what; for a case, why each task is due then."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bindeledd.features.pathways.commands.placing import Unit, find_unit
from bindeledd.features.pathways.domain import Book, Gate, Layer, Pathway
from bindeledd.features.pathways.domain.clashing import Clash, clashes_in
from bindeledd.features.pathways.domain.explaining import Explained, Field, explained
from bindeledd.features.pathways.domain.explaining import explain as one_rule
from bindeledd.features.pathways.service.wording import (
    place_words,
    step_words,
    task_words,
    value_words,
    why_words,
)
from bindeledd.foundation.calendars import zone_named
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.texts import said_of, t

if TYPE_CHECKING:
    from bindeledd.features.casefile.domain import Said
    from bindeledd.features.casefile.service.reasons import CaseExplained, Reasons

INDEX = "suicide_attempt"
_ALWAYS = ("due", "strength", "owner")
_USUAL = {"hard": False, "ladder": "standard"}


@click.command()
@click.option("--unit", "unit_key")
@click.option("--case", "case_id", type=click.UUID)
@click.option("--pathway", "pathway_id")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def explain(
    site: Site,
    unit_key: str | None,
    case_id: UUID | None,
    pathway_id: str | None,
    as_json: bool,
) -> None:
    """Who says what in the routine of a unit, and why a follow-up has the due times it has."""
    if unit_key is None and case_id is None:
        raise click.UsageError(t("casefile.explain.either"))
    of_unit = None if unit_key is None else _OfUnit(site, find_unit(site, unit_key), pathway_id)
    of_case = None if case_id is None else _case(site, case_id)
    if as_json:
        unit = {} if of_unit is None else of_unit.as_json()
        answer_json(unit if of_case is None else {**unit, "case": _case_json(of_case)})
    else:
        if of_unit is not None:
            of_unit.show()
        if of_case is not None:
            _show_case(of_case)
    leave(1 if of_unit is not None and of_unit.clashes else 0)


# --- a unit ---------------------------------------------------------------------------------------


class _OfUnit:
    """What holds for a unit today, and who says so."""

    def __init__(self, site: Site, unit: Unit, pathway_id: str | None) -> None:
        book: Book = site.book
        self.unit = unit
        base = book.current(INDEX) if pathway_id is None else book.newest(pathway_id)
        self.layers: list[Layer] = book.layers_for(base.id, *unit.where)
        self.routine: Pathway = book.resolve(*base.key, *unit.where)
        self.clashes: list[Clash] = clashes_in(base, self.layers)
        self.rules: list[Explained] = explained(self.routine)

    def as_json(self) -> dict[str, object]:
        return {
            "unit": self.unit.key,
            "kind": self.unit.kind,
            "organisation": self.unit.organisation,
            "pathway": self.routine.id,
            "version": self.routine.version,
            "layers": [
                {
                    "id": layer.id,
                    "version": layer.version,
                    "level": layer.level,
                    "said_by": str(layer.origin),
                }
                for layer in self.layers
            ],
            "clashes": [_clash(clash) for clash in self.clashes],
            "steps": [rule.as_json() for rule in self.rules],
        }

    def show(self) -> None:
        title = t(
            "pathways.explain.title",
            title=said_of(self.routine.title),
            id=self.routine.id,
            version=self.routine.version,
            unit=self.unit.key,
        )
        names = ("step", "field", "value", "said_by", "why")
        columns = [t(f"pathways.explain.{name}") for name in names]
        answer_table(title, columns, [row for rule in self.rules for row in _rows(rule)])
        click.echo(_layers([layer.key for layer in self.layers]))
        waiting = sum(rule.as_json()["to_confirm"] != "nothing" for rule in self.rules)
        click.echo(t("pathways.explain.to_confirm", count=waiting))
        for clash in self.clashes:
            click.echo(t("pathways.explain.clash", **_clash(clash)))


def _layers(keys: list[str]) -> str:
    if not keys:
        return t("pathways.explain.no_layers")
    return t("pathways.explain.layers", layers=", ".join(keys))


def _clash(clash: Clash) -> dict[str, str]:
    names = ("field", "said_by", "against", "wrong")
    return {"step": clash.key, **{name: str(getattr(clash, name)) for name in names}}


def _rows(rule: Explained) -> Iterator[tuple[str, ...]]:
    """The fields worth a line: when, how strong and by whom, and whatever is not as usual."""
    title = step_words(rule.owed.key, rule.owed.title)
    shown = f"{title} ({rule.owed.key})"
    for field in rule.fields:
        if field.name in _ALWAYS or _unusual(field):
            value = value_words(field.name, field.value)
            name = t(f"pathways.fields.{field.name}")
            yield shown, name, value, place_words(field), why_words(field)
            shown = ""


def _unusual(field: Field) -> bool:
    if field.before:
        return True
    if field.name in _USUAL:
        return field.value != _USUAL[field.name]
    return field.name in ("evidence", "given", "when") and bool(field.value)


# --- a case ---------------------------------------------------------------------------------------


def _case(site: Site, case_id: UUID) -> "CaseExplained":
    from bindeledd.features.casefile.service.reasons import explain_case
    from bindeledd.foundation.errors import NotFound

    try:
        with site.database.transaction() as session:
            return explain_case(session, case_id, by=site.actor, at=site.at, book=site.book)
    except NotFound:
        raise click.BadParameter(t("casefile.explain.no_case"), param_hint="--case") from None


def _case_json(found: "CaseExplained") -> dict[str, object]:
    case = found.case
    return {
        "id": str(case.id),
        "state": case.state.value,
        "pathway": case.pathway_id,
        "version": case.pathway_version,
        "layers": list(case.layers),
        "installed": found.routine is not None,
        "at": found.at.isoformat(),
        "law": _said(found.law),
        "breaches": [
            {"gate": event.facts.get("gate"), "at": event.at.isoformat()}
            for event in found.breaches
        ],
        "tasks": [_task_json(one) for one in found.tasks],
    }


def _said(said: "Said") -> dict[str, str]:
    return {"code": said.code, "text": said.text}


def _task_json(one: "Reasons") -> dict[str, object]:
    task, alerting = one.task, one.owed.alerting
    return {
        "id": str(task.id),
        "kind": task.kind,
        "state": task.state.value,
        "step": task.step_key,
        "strength": task.strength,
        "hard": isinstance(one.rule, Gate) and one.rule.hard,
        "team": one.team,
        "due_at": task.due_at.isoformat(),
        "by_rule": None if one.by_rule is None else one.by_rule.isoformat(),
        "why": [_said(said) for said in one.owed.due_because],
        "to_confirm": one.owed.default,
        "basis": one.owed.basis,
        "source": one.owed.source,
        "said_by": str(task.due_reason.get("origin", "")),
        "rule": None if one.rule is None else one_rule(one.rule).as_json(),
        "law": None if alerting is None else _said(alerting),
        "ended": _ended_json(one),
    }


def _ended_json(one: "Reasons") -> dict[str, object] | None:
    if one.task.is_open:
        return None
    at = one.task.ended_at
    return {
        "at": None if at is None else at.isoformat(),
        "by": None if one.ended is None else one.ended.kind.value,
        "event": None if one.ended is None else str(one.ended.id),
    }


def _show_case(found: "CaseExplained") -> None:
    case = found.case
    click.echo(
        t(
            "casefile.explain.case",
            id=case.id,
            pathway=case.pathway_id,
            version=case.pathway_version,
        )
    )
    click.echo(_layers(list(case.layers)))
    click.echo(t("casefile.explain.law", text=found.law.text))
    names = ("due", "what", "strength", "team", "why", "said_by", "law")
    columns = [t(f"casefile.explain.columns.{name}") for name in names]
    answer_table(t("casefile.explain.open"), columns, [_open(one) for one in found.open])
    of_ended = ("due", "what", "ended", "by", "why", "said_by")
    columns = [t(f"casefile.explain.columns.{name}") for name in of_ended]
    if found.ended:
        answer_table(t("casefile.explain.ended"), columns, [_ended(one) for one in found.ended])


def _open(one: "Reasons") -> tuple[object, ...]:
    task, alerting = one.task, one.owed.alerting
    strength = t(f"pathways.strength.{task.strength}")
    law = "" if alerting is None else alerting.text
    return _clock(task.due_at), _what(one), strength, one.team, _why(one), _by(one), law


def _ended(one: "Reasons") -> tuple[object, ...]:
    task = one.task
    ended = "" if task.ended_at is None else _clock(task.ended_at)
    by = "" if one.ended is None else t(f"cases.events.{one.ended.kind.value}")
    return _clock(task.due_at), _what(one), ended, by, _why(one), _by(one)


def _what(one: "Reasons") -> str:
    title = {} if one.rule is None else one.rule.title
    key = one.task.step_key.removeprefix("gate.")
    named = step_words(key, title)
    return task_words(one.task.kind) if named == key else f"{task_words(one.task.kind)}: {named}"


def _by(one: "Reasons") -> str:
    return str(one.task.due_reason.get("origin", ""))


def _why(one: "Reasons") -> str:
    said = [said.text for said in one.owed.due_because]
    if one.by_rule is not None and one.by_rule != one.task.due_at:
        said.append(t("casefile.explain.by_rule", due=_clock(one.by_rule)))
    if one.rule is None and one.task.origin.value in ("step", "gate"):
        said.append(t("casefile.explain.no_rule"))
    if isinstance(one.rule, Gate) and one.rule.hard:
        said.append(t("casefile.explain.hard"))
    return " ".join(said)


def _clock(at: datetime) -> str:
    return f"{at.astimezone(zone_named('Europe/Oslo')):%d.%m.%Y %H:%M}"
