"""What some tasks are about, listed: what was sent by mistake, what lies ahead, what was held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import AppointmentView
from bindeledd.features.casefile.service.recalling import (
    Holder,
    Sent,
    holders_of,
    sent_out_of,
    way_words,
)
from bindeledd.features.cases.domain.recalling import RECALL, WITHDRAW
from bindeledd.features.handovers.domain.meeting import ASK_WHETHER_MET
from bindeledd.features.handovers.queries import get_outside
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.texts import t


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing in the list: what it is, when, and to whom or where."""

    what: str
    at: datetime
    date_only: bool = False
    more: Sequence[str] = ()
    appointment_id: UUID | None = None


def listed(session: Session, file: CaseFile, task: Task) -> list[Line] | None:
    """The list behind a task; None for a task that has none."""
    if task.kind == RECALL:
        return [
            Line(what=one.kind, at=one.at, date_only=one.date_only, more=_of_sent(one))
            for one in sent_out_of(session, file, task.anchor_event_id)
        ]
    if task.kind == ASK_WHETHER_MET:
        return _their_first(session, file, task)
    if task.kind == WITHDRAW:
        return _ahead(file)
    return _held(file, task) if task.kind == "review_held" else None


def _of_sent(one: Sent) -> list[str]:
    """By which way, of which appointment, and who holds it."""
    way = way_words(one.channel) if one.channel else ""
    nobody = t("casefile.listed.patient" if one.to_patient else "casefile.listed.nobody_named")
    return [*filter(None, (way, one.about, *(one.to or (nobody,)), one.words))]


def _ahead(file: CaseFile) -> list[Line]:
    """Appointments that stand although the person has died."""
    return [
        Line(
            what="appointment_given" if one.state == "given" else "appointment_booked",
            at=one.starts_at,
            more=[said for said in ((one.detail or {}).get("where"), one.whom) if said],
            appointment_id=one.id,
        )
        for one in file.appointments
        if one.state in ("booked", "given")
    ]


def receivers(session: Session, file: CaseFile, task: Task) -> list[tuple[str, str, str]]:
    """Whoever has something that was sent by mistake, or a package of somebody who has died, each a
    field of its own: (field, who, what they have). Empty for other tasks.
    """
    found = holders_of(session, file, task)
    return [(f"told_{number}", one.to, _beside(one)) for number, one in enumerate(found)]


def _beside(one: Holder) -> str:
    """What they have, where their name does not say it."""
    return "" if one.sent.described in one.to else one.sent.described


def appointment_of(file: CaseFile, task: Task) -> AppointmentView | None:
    """The appointment that nobody keeps; None for any other task."""
    return file.appointment_of(task) if task.kind == "cover_appointment" else None


def _their_first(session: Session, file: CaseFile, task: Task) -> list[Line]:
    """Whom to ask, at which number, about which date of theirs."""
    told = file.anchor_of(task)
    if told is None or not told.facts.get("receiver_first_at"):
        return []
    whom = get_outside(session, file.case.tenant_id, UUID(str(told.facts["to_outside"])))
    at = datetime.fromisoformat(str(told.facts["receiver_first_at"]))
    return [Line(what="their_first", at=at, more=[whom.name, whom.phone])]


def _held(file: CaseFile, task: Task) -> list[Line]:
    """What was stopped at the door while the report stood."""
    return [
        Line(
            what=str(one.facts.get("what", one.kind)),
            at=one.at,
            more=[
                str(one.note[name]) for name in ("whom", "words") if one.note and one.note.get(name)
            ],
        )
        for one in reversed(file.timeline)
        if one.kind == "message_held" and not one.in_error and one.recorded_at <= task.made_at
    ]
