"""`bindeledd pathways explain`: for a unit, who says what; for a case, why each task is due then."""

from collections.abc import Collection
from uuid import UUID

import click

from bindeledd.features.casefile.commands.local import layers_said, show_grounds, show_letters
from bindeledd.features.casefile.commands.of_case import case_json, case_of, show_case
from bindeledd.features.pathways.commands.placing import Unit, find_unit
from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.explaining import (
    Explained,
    Field,
    explained,
    ground_json,
    layer_said,
    letter_json,
)
from bindeledd.features.pathways.domain.meeting import Meeting, Places, meetings
from bindeledd.features.pathways.domain.owning import missing_team, unowned
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.service.owning import team_keys
from bindeledd.features.pathways.service.wording import (
    agreement_words,
    place_words,
    step_words,
    value_words,
    why_words,
)
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.console import Site, answer_blocks, answer_json, leave, pass_site
from bindeledd.foundation.texts import said_of, t

INDEX = "suicide_attempt"
_ALWAYS = ("due", "strength", "owner")
_USUAL = {"hard": False, "ladder": "standard", "contact": False, "after_death": None}


@click.command()
@click.option("--unit", "unit_key")
@click.option("--case", "case_id", type=click.UUID)
@click.option("--to", "receiver")
@click.option("--pathway", "pathway_id")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def explain(
    site: Site,
    unit_key: str | None,
    receiver: str | None,
    case_id: UUID | None,
    pathway_id: str | None,
    as_json: bool,
) -> None:
    """Who says what in the routine of a unit, and why a follow-up has the due times it has."""
    if unit_key is None and case_id is None:
        raise click.UsageError(t("casefile.explain.either"))
    of_unit = None
    if unit_key is not None:
        of_unit = _OfUnit(site, find_unit(site, unit_key), pathway_id, receiver)
    of_case = None if case_id is None else case_of(site, case_id)
    if as_json:
        unit = {} if of_unit is None else of_unit.as_json()
        answer_json(unit if of_case is None else {**unit, "case": case_json(of_case, site.book)})
    else:
        if of_unit is not None:
            of_unit.show()
        if of_case is not None:
            show_case(of_case, site.book)
    leave(1 if of_unit is not None and of_unit.clashes else 0)


class _OfUnit:
    """What holds for a unit today, and who says so."""

    def __init__(
        self, site: Site, unit: Unit, pathway_id: str | None, receiver: str | None
    ) -> None:
        self.book: Book = site.book
        book, self.unit, self.today = self.book, unit, site.at.date()
        base = book.current(INDEX) if pathway_id is None else book.newest(pathway_id)
        to, self.receivers = unit.names(receiver), unit.receivers(book, base.id)
        agreed = book.layers_agreed(base.id, [unit.end], to)
        self.layers: list[Layer] = [*book.layers_for(base.id, *unit.where), *agreed]
        self.routine: Pathway = book.resolve(*base.key, *unit.where, ends=[unit.end], to=to)
        keys = [layer.key for layer in self.layers]
        self.grounds, self.letters = book.grounds(keys), book.letters(keys)
        self.rules: list[Explained] = explained(self.routine)
        with site.database.transaction() as session:
            self.teams = team_keys(session, site.tenant)
            brought = list(staff.team_places(session, site.tenant).values())
        here = [(unit.key or "", unit.kind or "", unit.organisation or "")]
        places = Places(units=here, teams=brought, kinds=unit.kinds)
        met = meetings(book, places)
        self.clashes: list[Meeting] = [one for one in met if not one.stands]
        self.earlier: list[Meeting] = [one for one in met if one.stands]

    def as_json(self) -> dict[str, object]:
        return {
            "unit": self.unit.key,
            "kind": self.unit.kind,
            "organisation": self.unit.organisation,
            "pathway": self.routine.id,
            "version": self.routine.version,
            "layers": [layer_said(layer, self.today) for layer in self.layers],
            "agreements_with": self.receivers,
            "clashes": [_clash(clash) for clash in self.clashes],
            "earlier_stands": [_clash(clash) for clash in self.earlier],
            "grounds": [ground_json(one) for one in self.grounds],
            "letters": [letter_json(*one) for one in self.letters],
            "steps": [rule.as_json() for rule in self.rules],
            "teams_missing": [_missing(one) for one in unowned([self.routine], self.teams)],
        }

    def show(self) -> None:
        title = t(
            "pathways.explain.title",
            title=said_of(self.routine.title),
            id=self.routine.id,
            version=self.routine.version,
            unit=self.unit.key,
        )
        answer_blocks(title, (_block(rule, self.book, self.teams) for rule in self.rules))
        show_grounds(self.grounds)
        show_letters(self.letters)
        click.echo("")
        click.echo(layers_said([layer.key for layer in self.layers]))
        for line in agreement_words(self.receivers, self.layers, self.today):
            click.echo(line)
        waiting = sum(rule.as_json()["to_confirm"] != "nothing" for rule in self.rules)
        click.echo(t("pathways.explain.to_confirm", count=waiting))
        for met in self.clashes:
            joined = "_taken_over" if met.taken_over_by else "_agreed" if met.receiver else ""
            field = t(f"pathways.fields.{met.clash.field}")
            click.echo(t(f"pathways.explain.clash{joined}", **{**_clash(met), "field": field}))
        for met in self.earlier:
            click.echo(t("pathways.explain.earlier_stands", **_clash(met)))


def _clash(met: Meeting) -> dict[str, str]:
    names = ("field", "said_by", "against", "wrong", "right")
    said = {name: str(getattr(met.clash, name)) for name in names}
    joined = {"taken_over_by": met.taken_over_by, "receiver": met.receiver}
    return {"step": met.clash.key, **said, **joined}


def _missing(found: Finding) -> dict[str, str]:
    return {"said_by": str(found.origin), "key": found.key, "wrong": found.wrong}


def _block(
    rule: Explained, book: Book, teams: Collection[str]
) -> tuple[str, list[tuple[str, str]]]:
    """The fields worth a line: when, how strong and by whom, and whatever is not as usual."""
    owed = rule.owed
    title = step_words(owed.key, owed.title, task=owed.task, book=book)
    shown = [one for one in rule.fields if one.name in _ALWAYS or _unusual(one)]
    lines = [
        (
            t(f"pathways.fields.{one.name}"),
            " · ".join((_value(rule, one, book, teams), place_words(one), why_words(one, book))),
        )
        for one in shown
    ]
    return f"{title} ({rule.owed.key})", lines


def _value(rule: Explained, field: Field, book: Book, teams: Collection[str]) -> str:
    """The value in words; of a due time also what it is counted from, of a team that is not here
    who is asked instead."""
    value = value_words(field.name, field.value, book)
    if field.name == "owner" and missing_team(str(field.value), teams):
        return t("pathways.explain.owner_missing", owner=value)
    if field.name != "due":
        return value
    event = value_words("after", rule.owed.anchor, book)
    return t("pathways.explain.counted_from", due=value, event=event)


def _unusual(field: Field) -> bool:
    if field.before:
        return True
    if field.name in _USUAL:
        return field.value != _USUAL[field.name]
    return field.name in ("evidence", "given", "when") and bool(field.value)
