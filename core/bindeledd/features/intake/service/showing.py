"""What waits, shown to somebody: each answer is written down with what stood in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit import service as audit
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain import beside
from bindeledd.features.intake.domain.foreign import is_foreign
from bindeledd.features.intake.domain.queue import Rang, Received, Status, Waiting, WaitingCall
from bindeledd.features.intake.domain.reading import read
from bindeledd.features.intake.domain.row_notation import cells_of
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.domain.vocabulary import TOLD, from_json
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff.domain import Actor

# So many signs of a message that nobody could read stand on its page.
_SHOWN = 20_000


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One message with its facts and, where it can be read, everything that it says.

    One that was refused is shown as it came: the `cells` of a row after their headings, or else the
    beginning of what was `written`.
    """

    message: Waiting
    said: Mapping[str, Any] | None
    cells: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    written: str = field(default="", repr=False)


def show_queue(
    session: Session,
    *,
    by: Actor,
    at: datetime,
    statuses: Collection[Status] = (),
    after: tuple[datetime, UUID] | None = None,
    limit: int = queries.PAGE,
) -> Sequence[Waiting]:
    """A page of what waits for the asker's teams, with facts, the oldest first."""
    page = queries.queue(session, by=by, statuses=statuses, after=after, limit=limit)
    opened = queries.with_facts(session, page)
    _audit(session, "intake.queue_shown", opened, by=by, at=at)
    return opened


def show_heads(
    session: Session, ids: Collection[UUID], *, by: Actor, at: datetime
) -> Mapping[UUID, Waiting]:
    """Message → what it is and since when it waits, of the asker's teams: for a list that shows
    messages beside others. Nothing of whom they are about is opened, so no patient is written down.
    """
    heads = queries.heads(session, ids, by=by)
    if heads:
        facts = {"count": len(heads)}
        audit.record(
            session, "intake.heads_shown", by=by, at=at, subjects=sorted(heads), facts=facts
        )
    return heads


def show_message(session: Session, message_id: UUID, *, by: Actor, at: datetime) -> Opened:
    """One message, opened. Raises `MessageNotFound`."""
    message = queries.get_message(session, message_id, by=by)
    row = queries.get_row(session, message_id, by=by)
    _audit(session, "intake.message_shown", [message], by=by, at=at)
    if message.status is Status.REFUSED:
        return _refused(session, message, row)
    return Opened(message=message, said=_said(session, row))


def _refused(session: Session, message: Waiting, row: MessageRow) -> Opened:
    """As it came, so that whoever owns it can see whom it is about: no reader could say."""
    original = queries.original_of(session, row) or b""
    cells = cells_of(original)
    written = "" if cells else original.decode("utf-8", "replace")[:_SHOWN]
    return Opened(message=message, said=None, cells=cells, written=written)


def _said(session: Session, row: MessageRow) -> Mapping[str, Any] | None:
    """Everything that it says: read anew, or as the pack told it that reads such messages."""
    try:
        if is_foreign(row.format):
            facts = queries.facts_of(session, row) or {}
            return beside.told(from_json(facts.get(TOLD), format=str(row.format)))
        original = queries.original_of(session, row)
        return None if original is None else beside.told(read(original))
    except CannotRead:
        return None


def show_calls(session: Session, *, by: Actor, at: datetime) -> Sequence[WaitingCall]:
    """Calls that nobody has answered, of the asker's teams, with what was said."""
    calls = queries.open_calls(session, by=by)
    _audit(session, "intake.calls_shown", calls, by=by, at=at)
    return calls


def who_called(
    session: Session, ids: Collection[UUID], *, by: Actor, at: datetime
) -> Mapping[UUID, Rang]:
    """Call → who rang, and about whom, as it was said: for a list that shows calls beside others."""
    calls = queries.some_calls(session, ids, by=by)
    if calls:
        _audit(session, "intake.calls_shown", calls, by=by, at=at)
    return {call.id: Rang.of(call.words) for call in calls}


def show_call(session: Session, call_id: UUID, *, by: Actor, at: datetime) -> WaitingCall:
    """One call with its words. Raises `CallNotFound`."""
    call = queries.open_call(session, call_id, by=by)
    _audit(session, "intake.calls_shown", [call], by=by, at=at)
    return call


def name_of_call(session: Session, call: WaitingCall, *, by: Actor) -> Listed | None:
    """Whom the call is about, where the asker may see the patient."""
    if call.patient_id is None:
        return None
    try:
        access.require_patient(session, by, call.patient_id)
    except OutOfSight:
        return None
    return patients.get_names(session, [call.patient_id]).get(call.patient_id)


def as_seen_by(session: Session, done: Received, by: Actor) -> Received:
    """What the one who handed a message in may know of it: nothing of a follow-up unseen by them."""
    if done.case_id is None and done.patient_id is None:
        return done
    try:
        if done.case_id is not None:
            access.require_case(session, by, done.case_id)
        elif done.patient_id is not None:
            access.require_patient(session, by, done.patient_id)
    except OutOfSight:
        return Received(message_id=done.message_id, status=Status.RECEIVED, format=done.format)
    return done


def _audit(
    session: Session,
    act: str,
    shown: Sequence[Waiting | WaitingCall],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """One answer: each message or call in it, and each patient whom one is known to be about."""
    known = [one.patient_id for one in shown if one.patient_id is not None]
    subjects = [*(one.id for one in shown), *known]
    audit.record(session, act, by=by, at=at, subjects=subjects, facts={"count": len(shown)})
