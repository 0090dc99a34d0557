"""What some tasks are about, listed: what was sent by mistake, what lies ahead, what was held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.service.moving import sent_out_of
from bindeledd.features.tasks.domain import Task


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing in the list: what it is, when, and to whom or where."""

    what: str
    at: datetime
    more: Sequence[str] = ()
    appointment_id: UUID | None = None


def listed(session: Session, file: CaseFile, task: Task) -> list[Line] | None:
    """The list behind a task; None for a task that has none."""
    if task.kind == "recall_sent":
        return [
            Line(what=one.kind, at=one.at, more=[*filter(None, (one.channel, *one.to))])
            for one in sent_out_of(session, file, task.anchor_event_id)
        ]
    if task.kind == "withdraw_booked":
        return _ahead(file)
    return _held(file, task) if task.kind == "review_held" else None


def _ahead(file: CaseFile) -> list[Line]:
    """Appointments that stand although the person has died."""
    return [
        Line(
            what="appointment_given" if one.state == "given" else "appointment_booked",
            at=one.starts_at,
            more=[str((one.detail or {})[name]) for name in _WHERE if (one.detail or {}).get(name)],
            appointment_id=one.id,
        )
        for one in file.appointments
        if one.state in ("booked", "given")
    ]


_WHERE = ("where", "whom")


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
