"""A follow-up as its rules have it, in words and for scripts: each task, and why it is due then."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bindeledd.features.casefile.commands.local import layers_said, show_grounds, show_letters
from bindeledd.features.pathways.domain import Book, Gate
from bindeledd.features.pathways.domain.explaining import explain as one_rule
from bindeledd.features.pathways.domain.explaining import ground_json, letter_json
from bindeledd.features.pathways.service.wording import fact_words, step_words, task_words
from bindeledd.foundation.calendars import zone_named
from bindeledd.foundation.console import Site, answer_blocks
from bindeledd.foundation.texts import t

if TYPE_CHECKING:
    from bindeledd.features.casefile.domain.owing import Said
    from bindeledd.features.casefile.service.reasons import CaseExplained, Reasons


def case_of(site: Site, case_id: UUID) -> "CaseExplained":
    from bindeledd.features.casefile.service.reasons import explain_case
    from bindeledd.foundation.errors import NotFound

    try:
        with site.database.transaction() as session:
            return explain_case(session, case_id, by=site.actor, at=site.at, book=site.book)
    except NotFound:
        raise click.BadParameter(t("casefile.explain.no_case"), param_hint="--case") from None


def case_json(found: "CaseExplained", book: Book) -> dict[str, object]:
    case = found.case
    return {
        "id": str(case.id),
        "state": case.state.value,
        "pathway": case.pathway_id,
        "version": case.pathway_version,
        "layers": list(case.layers),
        "grounds": [ground_json(one) for one in book.grounds(case.layers, found.elsewhere)],
        "letters": [letter_json(*one) for one in book.letters(case.layers, found.elsewhere)],
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
        "held_by": one.holder or None,
        "from_pack": one.gone_pack or None,
        "due_at": task.due_at.isoformat(),
        "by_rule": None if one.by_rule is None else one.by_rule.isoformat(),
        "why": [_said(said) for said in one.owed.due_because],
        "not_known": list(one.unknown),
        "to_confirm": one.owed.default,
        "basis": one.owed.basis,
        "source": one.owed.source,
        "due_basis": str(task.due_reason.get("due_basis", one.owed.basis)),
        "due_source": str(task.due_reason.get("due_source", one.owed.source)),
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


def show_case(found: "CaseExplained", book: Book) -> None:
    case = found.case
    click.echo(
        t(
            "casefile.explain.case",
            id=case.id,
            pathway=case.pathway_id,
            version=case.pathway_version,
        )
    )
    click.echo(layers_said(list(case.layers)))
    click.echo(t("casefile.explain.law", text=found.law.text))
    click.echo("")
    answer_blocks(t("casefile.explain.open"), (_open(one, book) for one in found.open))
    if found.ended:
        click.echo("")
        answer_blocks(t("casefile.explain.ended"), (_ended(one, book) for one in found.ended))
    show_grounds(book.grounds(case.layers, found.elsewhere))
    show_letters(book.letters(case.layers, found.elsewhere))


def _open(one: "Reasons", book: Book) -> tuple[str, list[tuple[str, str]]]:
    task, alerting = one.task, one.owed.alerting
    strength = t(f"pathways.strength.{task.strength}")
    law = "" if alerting is None else alerting.text
    return _told(one, book, strength=strength, team=one.team, law=law)


def _ended(one: "Reasons", book: Book) -> tuple[str, list[tuple[str, str]]]:
    ended = "" if one.task.ended_at is None else _clock(one.task.ended_at)
    by = "" if one.ended is None else t(f"cases.events.{one.ended.kind.value}")
    return _told(one, book, ended=ended, by=by)


def _told(one: "Reasons", book: Book, **more: str) -> tuple[str, list[tuple[str, str]]]:
    """When, what and why then, with whatever else is known of it, each under its own label."""
    by = str(one.task.due_reason.get("origin", ""))
    said = {"due": _clock(one.task.due_at), **more, "why": _why(one, book), "said_by": by}
    return _what(one, book), [
        (t(f"casefile.explain.columns.{name}"), text) for name, text in said.items() if text
    ]


def _what(one: "Reasons", book: Book) -> str:
    """What it is called; of a pack that is gone its kind may be gone too, and the key is what is left."""
    if one.gone_pack:
        kind, step = one.task.kind, one.task.step_key.removeprefix("gate.")
        code = "of_gone_pack" if kind == "free" else "of_gone_pack_kind"
        return t(
            f"casefile.explain.{code}",
            pack=one.gone_pack,
            step=step,
            kind=task_words(kind, book),
        )
    title = {} if one.rule is None else one.rule.title
    key = one.task.step_key.removeprefix("gate.")
    named, kind = step_words(key, title), task_words(one.task.kind, book)
    return kind if named in (key, kind) else f"{kind}: {named}"


def _why(one: "Reasons", book: Book) -> str:
    said = [said.text for said in one.owed.due_because]
    if one.by_rule is not None and one.by_rule != one.task.due_at:
        said.append(t("casefile.explain.by_rule", due=_clock(one.by_rule)))
    if one.gone_pack and one.task.is_open:
        who = ", ".join(filter(None, (one.holder, one.team)))
        said.append(t("casefile.explain.now_with", who=who))
    if one.rule is None and one.task.origin.value in ("step", "gate"):
        said.append(t(f"casefile.explain.{'no_rule' if one.task.is_open else 'no_rule_ended'}"))
    if one.unknown:
        named = ", ".join(fact_words(name, book) for name in one.unknown)
        said.append(t("casefile.explain.not_known", facts=named))
    if isinstance(one.rule, Gate) and one.rule.hard:
        said.append(t("casefile.explain.hard"))
    return " ".join(said)


def _clock(at: datetime) -> str:
    return f"{at.astimezone(zone_named('Europe/Oslo')):%d.%m.%Y %H:%M}"
