"""The parts of the screen of a case, each read from its rows with what is sealed opened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile import queries
from bindeledd.features.casefile.domain import explaining, hearing
from bindeledd.features.casefile.domain.hearing import Heard
from bindeledd.features.casefile.domain.owing import Owed, Watch
from bindeledd.features.casefile.domain.shown import (
    AppointmentView,
    ContactView,
    DocumentView,
    HandoverView,
    Happened,
    RecipientView,
    Words,
)
from bindeledd.features.cases.domain import correcting
from bindeledd.features.relatives.domain import Family
from bindeledd.features.relatives.domain.bundles import read_family
from bindeledd.features.relatives.tables import FamilyRow, family_place
from bindeledd.features.tasks import tables as tasks
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import unseal_or_report


@dataclass(kw_only=True)
class Opener:
    """Opens the bundles of one patient, and remembers which could not be read."""

    session: Session
    tenant_id: UUID
    patient_id: UUID
    ways_hidden: bool = False
    failed: list[str] = field(default_factory=list)

    def open(self, table: str, purpose: str, row_id: UUID, sealed: bytes | None) -> Words | None:
        """What was sealed; None where nothing was, or where it cannot be read."""
        if sealed is None:
            return None
        place = Place(self.tenant_id, table, purpose, row_id, self.patient_id)
        opened = unseal_or_report(self.session, place, sealed)
        if opened is None:
            self.failed.append(f"{table}.{purpose}")
            return None
        return _without_phones(opened) if self.ways_hidden else opened


_PHONES = frozenset({"phone", "phones"})


def _without_phones(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same words without the numbers in them, however deep."""
    return {key: _hide(value) for key, value in said.items() if key not in _PHONES}


def _hide(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_phones(value)
    return [_hide(one) for one in value] if isinstance(value, list) else value


# --- what is owed ---------------------------------------------------------------------------------


def owed(opener: Opener, row: queries.Row, around: queries.Around, at: datetime) -> Owed:
    note = opener.open("tasks", "note", row.id, row.note)
    unreadable = note is None and row.note is not None
    return replace(owed_by(row, around, at), note=note, unreadable=unreadable)


def owed_by(row: queries.Row, around: queries.Around, at: datetime) -> Owed:
    """The task with why it is due then and whom it has told; nothing sealed is opened."""
    task, watch, names = tasks.read(row), watch_of(row, around.duty), around.names
    reason = task.due_reason
    alerting = explaining.alerting(task, watch, at, name=lambda one: names.get(one, ""))
    return Owed(
        task=task,
        overdue=task.is_open and at > task.due_at,
        default=bool(reason.get("default", False)),
        rule=str(reason.get("rule", task.step_key)),
        source=str(reason.get("source", "")),
        basis=str(reason.get("basis", "")),
        due_because=explaining.due_because(
            task,
            who=names.get(row.made_by, ""),
            names={str(one): names.get(one, "") for one in explaining.whom_it_names(reason)},
        ),
        alerting=alerting if task.is_open else None,
        heard=hearing.heard(
            task, heard_of(around.heard, task.id), at, name=lambda one: names.get(one, "")
        ),
        watch=watch,
    )


def heard_of(rows: Iterable[queries.Row], task_id: UUID) -> tuple[Heard, ...]:
    """Who was told of a task in the round that runs, and what waits to be said."""
    return tuple(
        Heard(
            by=row.member,
            name=row.name,
            audience=row.kind,
            at=row.moment,
            rung=row.rung,
            channel=row.channel,
            waits=row.reason,
            again=row.again,
        )
        for row in rows
        if row.id == task_id
    )


def watch_of(row: queries.Row, duty: queries.Duty) -> Watch:
    """The running round of a task's ladder, and when its team is next on duty."""
    plan: Sequence[Sequence[str]] = row.rung_plan
    here = plan[row.next_rung] if 0 <= row.next_rung < len(plan) else None
    return Watch(
        round=row.round,
        next_at=row.next_rung_at,
        next_audience=None if here is None else here[1],
        seen_until=row.seen_until,
        seen_by=row.seen_by,
        covered_from=duty.get(row.owner_team_id),
        told_at=row.told_at,
    )


# --- what happened ----------------------------------------------------------------------------------


def once(rows: Sequence[queries.Row]) -> list[queries.Row]:
    """Each event once, also where two contacts name it."""
    return list({row.id: row for row in rows}.values())


def history(opener: Opener, rows: Sequence[queries.Row]) -> tuple[Happened, ...]:
    """What happened, the latest first."""
    found = [happened(opener, row) for row in reversed(rows)]
    refuted = correcting.of_no_death(found)
    return tuple(replace(one, refuted=True) if one.id in refuted else one for one in found)


def happened(opener: Opener, row: queries.Row) -> Happened:
    note = opener.open("events", "note", row.id, row.note)
    return Happened(
        id=row.id,
        kind=row.kind,
        at=row.at,
        date_only=row.date_only,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        source=row.source,
        facts=row.facts,
        note=note,
        unreadable=note is None and row.note is not None,
        in_error=row.in_error_at is not None,
        source_id=row.source_id,
        epj_at=row.epj_at,
        epj_by=row.epj_by,
        contact=None if row.contact_id is None else _contact(opener, row),
    )


def _contact(opener: Opener, row: queries.Row) -> ContactView:
    detail = opener.open("contacts", "detail", row.contact_id, row.detail)
    return ContactView(
        id=row.contact_id,
        direction=row.direction,
        channel=row.channel,
        detail=detail,
        unreadable=detail is None,
    )


def appointments(opener: Opener, rows: Iterable[queries.Row]) -> Iterator[AppointmentView]:
    for row in rows:
        detail = opener.open("appointments", "detail", row.id, row.detail)
        yield AppointmentView(
            id=row.id,
            starts_at=row.starts_at,
            state=row.state,
            given_at=row.given_at,
            ended_at=row.ended_at,
            previous_id=row.previous_id,
            detail=detail,
            member=row.member or "",
            unreadable=detail is None,
            how_known=row.how_known,
            as_of=row.as_of,
            confirmed_at=row.confirmed_at,
        )


def documents(opener: Opener, rows: Iterable[queries.Row]) -> Iterator[DocumentView]:
    for first, *rest in _grouped(rows):
        yield DocumentView(
            id=first.of_document,
            kind=first.document_kind,
            written_at=first.written_at,
            made_at=first.made_at,
            recipients=tuple(_recipient(opener, row) for row in (first, *rest) if row.id),
        )


def _grouped(rows: Iterable[queries.Row]) -> Iterable[list[queries.Row]]:
    found: dict[UUID, list[queries.Row]] = {}
    for row in rows:
        found.setdefault(row.of_document, []).append(row)
    return found.values()


def _recipient(opener: Opener, row: queries.Row) -> RecipientView:
    detail = opener.open("document_recipients", "detail", row.id, row.detail)
    return RecipientView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        sent_at=row.sent_at,
        received_at=row.received_at,
        how_known=row.how_known,
        as_of=row.as_of,
        detail=detail,
        unreadable=detail is None and row.detail is not None,
    )


def handovers(opener: Opener, rows: Iterable[queries.Row]) -> Iterator[HandoverView]:
    for row in rows:
        note = opener.open("handovers", "note", row.id, row.note)
        answer = opener.open("handovers", "answer", row.id, row.answer)
        lost = (row.note is not None and note is None) or (
            row.answer is not None and answer is None
        )
        yield HandoverView(
            id=row.id,
            from_team_id=row.from_team_id,
            to_team_id=row.to_team_id,
            state=row.state,
            sent_at=row.sent_at,
            sent_by=row.sent_by,
            received_at=row.received_at,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            missing=tuple(row.missing),
            note=note,
            answer=answer,
            unreadable=lost,
            to_outside_id=row.to_outside_id,
            package_id=row.package_id,
            way=row.way,
            how_known=row.how_known,
            first_at=row.first_at,
        )


def family_of(opener: Opener, row: FamilyRow | None) -> Family | None:
    if row is None:
        return None
    place = family_place(row.tenant_id, row.patient_id)
    said = opener.open(place.table, place.purpose, place.row, row.family)
    return None if said is None else read_family(said)
