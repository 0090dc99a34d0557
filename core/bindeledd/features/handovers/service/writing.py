"""How a handover is written down: the event that tells of it, its row, its line in the access log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.joining import RECEIVER, RECEIVER_KIND
from bindeledd.features.handovers.domain import Handover, HandoverState
from bindeledd.features.handovers.domain.sharing import Shared
from bindeledd.features.handovers.tables import HandoverRow, note_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import seal


def event_of(
    kind: EventKind,
    handover: Handover,
    at: datetime,
    words: Mapping[str, Any],
    *,
    taken_over_by: str = "outside",
    shared: Shared | None = None,
    receiver: tuple[str, str] | None = None,
) -> NewEvent:
    """The event that tells of it, with the plain facts by which tasks find their handover.

    `taken_over_by`: the kind of organisation that has said yes; `outside` where it is not ours.
    `shared`: on what ground it was sent; `receiver`: the organisation that is asked to take over, and
    its kind.
    """
    to = ("to_outside", "to_team")[handover.to_outside_id is None]
    accepted = kind is EventKind.HANDOVER_ACCEPTED
    first = handover.first_at if accepted else None
    return NewEvent(
        kind=kind,
        at=at,
        facts={
            "handover_id": str(handover.id),
            "from_team": str(handover.from_team_id),
            to: str(handover.to_outside_id or handover.to_team_id),
            **({"taken_over_by": taken_over_by} if accepted else {}),
            **({} if shared is None else shared.facts),
            **({} if first is None else {"receiver_first_at": first.isoformat()}),
            **(
                {}
                if receiver is None
                else dict(zip((RECEIVER, RECEIVER_KIND), receiver, strict=True))
            ),
        },
        note=dict(words) or None,
        source_id=handover.id,
    )


def insert(
    session: Session,
    handover: Handover,
    patient_id: UUID,
    words: Mapping[str, Any],
    *,
    by: Actor,
) -> None:
    """Write the row of a handover that was sent."""
    row = HandoverRow(
        id=handover.id,
        tenant_id=handover.tenant_id,
        case_id=handover.case_id,
        from_team_id=handover.from_team_id,
        to_team_id=handover.to_team_id,
        to_outside_id=handover.to_outside_id,
        package_id=handover.package_id,
        way=None if handover.way is None else handover.way.value,
        sent_at=handover.sent_at,
        sent_by=by.id,
        note=seal(session, note_place(handover, "note", patient_id), words),
    )
    row.write(handover)
    session.add(row)
    session.flush()


def write_answer(
    session: Session,
    row: HandoverRow,
    handover: Handover,
    words: Mapping[str, Any],
    patient_id: UUID,
    *,
    by: Actor,
) -> None:
    """Write what the receiver answered, its words sealed."""
    row.write(handover)
    row.answered_by = by.id
    row.answer = seal(session, note_place(handover, "answer", patient_id), words)
    session.flush()


def forget_answer(
    session: Session,
    row: HandoverRow,
    handover: Handover,
    said: Mapping[str, Any],
    patient_id: UUID,
) -> None:
    """The handover waits again: its row keeps what was `said` when it was received, if anything."""
    row.write(handover)
    row.answer = seal(session, note_place(handover, "answer", patient_id), said) if said else None
    if handover.state is HandoverState.SENT:
        row.answered_by = None
    session.flush()


def write_audit(
    session: Session,
    handover: Handover,
    patient_id: UUID,
    *,
    by: Actor,
    at: datetime,
    act: str = "",
) -> None:
    """Write down what became of a handover: ids, states and counts."""
    audit.record(
        session,
        act or f"handover.{handover.state.value}",
        by=by,
        at=at,
        subjects=[patient_id],
        facts={
            "case": handover.case_id,
            "handover": handover.id,
            "from": handover.from_team_id,
            "to": handover.to_outside_id or handover.to_team_id,
            "missing": len(handover.missing),
        },
    )
