"""A team's downtime list: put together, written down in the log, printed and locked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import death_reported
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words
from bindeledd.features.patients.domain import ContactKind, ContactWay, Patient
from bindeledd.features.patients.domain.phones import shown
from bindeledd.features.patients.queries import get_patients
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, Team
from bindeledd.features.worklist.queries import downtime as queries
from bindeledd.foundation.printing import Line, Section, Sheet, mark_of, printed
from bindeledd.foundation.texts import language, said_of, t, texts


def locked_list(
    session: Session, team: Team, *, by: Actor, at: datetime, book: Book, zone: str, password: str
) -> bytes:
    """The list of a team as PDF that opens with `password` only. Everybody on it is written down."""
    rows = queries.owed_by(session, team.id)
    seen = {row.patient_id for row in rows if row.patient_id is not None}
    people = get_patients(session, seen)
    dead = _dead(session, rows)
    names = staff.member_names(session, by.tenant_id)
    wall = ZoneInfo(zone)
    lines = [
        Line(label=f"{row.due_at.astimezone(wall):%d.%m.%Y %H:%M}", text=_text(row, people, dead, names, book))
        for row in rows
    ]  # fmt: skip
    facts = {"team": team.id, "rows": len(rows)}
    audit.record(session, "downtime.listed", by=by, at=at, subjects=sorted(seen), facts=facts)
    sheet = Sheet(
        title=t("worklist.downtime.title", team=team.name),
        lead=t("worklist.downtime.lead", at=f"{at.astimezone(wall):%d.%m.%Y %H:%M}"),
        sections=(_acute(session, team.id), _owed(lines)),
        foot=t("worklist.downtime.foot"),
        mark=mark_of(staff.environment(session)),
    )
    return printed(sheet, at=at, language=language(), password=password)


def _owed(lines: Sequence[Line]) -> Section:
    nothing = Line(text=t("worklist.downtime.nothing"))
    return Section(title=t("worklist.downtime.owed"), lines=tuple(lines) or (nothing,))


def _acute(session: Session, team_id: UUID) -> Section:
    own = staff.acute_numbers(session, [team_id])
    lines = [
        Line(label=t(f"intake.acute.{one}"), text=t(f"intake.acute.{one}_number"))
        for one in ("amk", "out_of_hours")
    ]
    lines += [Line(label=name, text=number) for name, number in own.items()]
    return Section(title=t("worklist.downtime.acute"), lines=tuple(lines))


def _dead(session: Session, rows: Sequence[Any]) -> set[UUID]:
    """The follow-ups with a report of a death that stands: nobody is to be contacted there."""
    ids = {row.case_id for row in rows if row.case_id is not None and row.patient_id is not None}
    histories = cases.histories_of(session, ids) if ids else {}
    return {case_id for case_id, events in histories.items() if death_reported(events)}


def _text(
    row: Any,
    people: Mapping[UUID, Patient],
    dead: set[UUID],
    names: Mapping[UUID, str],
    book: Book,
) -> str:
    held = names.get(row.held_by, "") if row.held_by else t("worklist.downtime.the_team")
    what = " · ".join(
        filter(None, [_kind(row.kind, book), owed_words(book, row.kind, row.step_key)])
    )
    person = people.get(row.patient_id)
    if person is None:
        return f"{what}\n{held}"
    told = [_name(person), what, held]
    told.append(t("worklist.downtime.dead") if row.case_id in dead else _ways(person))
    return "\n".join(told)


def _kind(kind: str, book: Book) -> str:
    found = texts().find(f"tasks.kinds.{kind}")
    return found if isinstance(found, str) else said_of(book.task_titles.get(kind, {}), kind)


def _name(person: Patient) -> str:
    who = person.identity
    if who is None:
        return t("worklist.page.unreadable")
    born = t("worklist.downtime.born", day=f"{who.born_on:%d.%m.%Y}") if who.born_on else ""
    return " · ".join(filter(None, [who.name or t("worklist.page.no_name"), born]))


def _ways(person: Patient) -> str:
    if person.address_protected:
        return t("worklist.downtime.protected")
    phones = [one for one in person.contact_ways or () if one.kind is ContactKind.PHONE]
    return "; ".join(map(_way, phones)) or t("worklist.downtime.no_number")


def _way(way: ContactWay) -> str:
    safe = {True: "safe", False: "unsafe", None: "not_asked"}[way.safe_to_call]
    said = [shown(way.value), way.label, t(f"worklist.downtime.{safe}"), _message(way)]
    return " · ".join(filter(None, [*said, way.best_time]))


def _message(way: ContactWay) -> str:
    """Whether a message may be left, in the words of the page."""
    words = {
        True: "safe_to_leave_message",
        False: "not_safe_to_leave_message",
        None: "message_unknown",
    }
    return t(f"patients.contact_ways.{words[way.safe_to_leave_message]}")
