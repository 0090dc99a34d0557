"""What a document is that others should have: the discharge summary.

It is sent when everybody who should have it was sent it (or the patient objected, which is a
lawful reason). Sent is not received, and received never rests on the sender's word. A phoned or
interim summary makes the gap smaller and satisfies nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid, NotFound


class DocumentKind(StrEnum):
    SUMMARY = "summary"


class RecipientKind(StrEnum):
    """Who should have the summary (RX-01, RX-02): by law, and whom the patient names."""

    REFERRER = "referrer"
    GP = "gp"
    FOLLOW_UP = "follow_up"
    NAMED_BY_PATIENT = "named_by_patient"


class RecipientState(StrEnum):
    DUE = "due"
    SENT = "sent"
    RECEIVED = "received"
    OBJECTED = "objected"


class HowKnown(StrEnum):
    """How we know: a receipt or message of the receiver's system, or somebody's word."""

    RECEIPT = "receipt"
    MESSAGE = "message"
    RECEIVER_SAID = "receiver_said"
    COLLEAGUE_SAID = "colleague_said"
    SELF = "self"


class InterimWay(StrEnum):
    """By which way an interim summary was given: the words are those of contacts."""

    PHONE = "phone"
    VIDEO = "video"
    DIGITAL = "digital"
    LETTER = "letter"
    MEETING = "meeting"


class DocumentNotFound(NotFound):
    code = "document.not_found"


class DocumentRefused(Conflict):
    """It is in a state where this makes no sense."""

    code = "document.action_refused"


class WasSent(Conflict):
    """Somebody has it: that it was sent to them is taken back first."""

    code = "document.was_sent"


class NotWritten(Conflict):
    """What is not written cannot be sent."""

    code = "document.not_written"


class SendersWord(Invalid):
    """That it was received is not known from the sender's side."""

    code = "document.senders_word"


class KnownInFuture(Invalid):
    """Something is known as of a moment that has been."""

    code = "document.in_future"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One who should have it. `as_of`: the moment for which what we know holds."""

    id: UUID
    kind: RecipientKind
    state: RecipientState = RecipientState.DUE
    sent_at: datetime | None = None
    received_at: datetime | None = None
    how_known: HowKnown | None = None
    as_of: datetime | None = None
    sealed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_it(self) -> bool:
        """It left the house for this one: sent, or known to have been received."""
        return self.state in (RecipientState.SENT, RecipientState.RECEIVED)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of a case with its recipients. `written_at` is None until somebody wrote it."""

    id: UUID
    tenant_id: UUID
    case_id: UUID
    kind: DocumentKind = DocumentKind.SUMMARY
    written_at: datetime | None = None
    recipients: tuple[Recipient, ...] = ()

    @property
    def is_sent(self) -> bool:
        """Everybody who should have it was sent it, or the patient objected to it."""
        return bool(self.recipients) and self._states() <= {
            RecipientState.SENT,
            RecipientState.RECEIVED,
            RecipientState.OBJECTED,
        }

    @property
    def is_received(self) -> bool:
        """Everybody has it whom the patient lets have it, and somebody does."""
        states = self._states() - {RecipientState.OBJECTED}
        return states == {RecipientState.RECEIVED}

    @property
    def nobody_may_have_it(self) -> bool:
        """The patient objected to everybody: a lawful reason for a summary that was sent to none."""
        return self._states() == {RecipientState.OBJECTED}

    @property
    def holders(self) -> frozenset[UUID]:
        """Everybody for whom it left the house, whether or not all were sent it."""
        return frozenset(one.id for one in self.recipients if one.has_it)

    def _states(self) -> set[RecipientState]:
        return {recipient.state for recipient in self.recipients}


_S = RecipientState
# From which states each may come. Whoever is not here is refused.
_FROM: Mapping[RecipientState, tuple[RecipientState, ...]] = {
    _S.SENT: (_S.DUE,),
    _S.RECEIVED: (_S.DUE, _S.SENT),
    _S.OBJECTED: (_S.DUE,),
}
_RECEIVERS_SIDE = (HowKnown.RECEIPT, HowKnown.MESSAGE, HowKnown.RECEIVER_SAID)


def change(
    document: Document,
    recipients: Iterable[UUID],
    state: RecipientState,
    *,
    how: HowKnown,
    as_of: datetime,
    at: datetime,
) -> Document:
    """The document once these recipients were sent it, have received it, or shall not have it."""
    if as_of > at:
        raise KnownInFuture(as_of=as_of)
    if document.written_at is None and state is not _S.OBJECTED:
        raise NotWritten(document=document.id)
    if state is _S.RECEIVED and how not in _RECEIVERS_SIDE:
        raise SendersWord(document=document.id, how=how.value)
    wanted = set(recipients)
    known = {recipient.id for recipient in document.recipients}
    if not wanted or wanted - known:
        raise DocumentNotFound(recipient=[str(one) for one in wanted - known])
    changed = tuple(
        _changed(one, state, how, as_of) if one.id in wanted else one for one in document.recipients
    )
    return replace(document, recipients=changed)


def _changed(
    recipient: Recipient, state: RecipientState, how: HowKnown, as_of: datetime
) -> Recipient:
    if recipient.state not in _FROM[state]:
        raise DocumentRefused(
            recipient=recipient.id, state=recipient.state.value, wanted=state.value
        )
    return replace(
        recipient,
        state=state,
        sent_at=as_of if state is _S.SENT else recipient.sent_at,
        received_at=as_of if state is _S.RECEIVED else None,
        how_known=how,
        as_of=as_of,
    )


def take_back(document: Document, recipients: Iterable[UUID]) -> Document:
    """The document once what was said of these is taken back: it was registered by mistake.

    What was received stands as sent where that was said before; everything else is due again.
    """
    wanted = set(recipients)
    known = {recipient.id for recipient in document.recipients}
    if not wanted or wanted - known:
        raise DocumentNotFound(recipient=[str(one) for one in wanted - known])
    return replace(
        document,
        recipients=tuple(
            _taken_back(one) if one.id in wanted else one for one in document.recipients
        ),
    )


def unwrite(document: Document) -> Document:
    """The document once it was not written after all. Refused while somebody was sent it."""
    if document.holders:
        raise WasSent(document=document.id)
    if document.written_at is None:
        raise DocumentRefused(document=document.id, state="due")
    return replace(document, written_at=None)


def _taken_back(recipient: Recipient) -> Recipient:
    if recipient.state is _S.DUE:
        raise DocumentRefused(recipient=recipient.id, state=_S.DUE.value, wanted=_S.DUE.value)
    if recipient.state is _S.RECEIVED and recipient.sent_at is not None:
        return replace(
            recipient,
            state=_S.SENT,
            received_at=None,
            how_known=HowKnown.SELF,
            as_of=recipient.sent_at,
        )
    return replace(
        recipient, state=_S.DUE, sent_at=None, received_at=None, how_known=None, as_of=None
    )


def write(document: Document, at: datetime) -> Document:
    """The document once it is written. Refuses a second time: a new version is a new document."""
    if document.written_at is not None:
        raise DocumentRefused(document=document.id, state="written")
    return replace(document, written_at=at)


class InterimToWhom(Invalid):
    """An interim summary was given to somebody: by name, or one of the register."""

    code = "document.interim_to_whom"


@dataclass(frozen=True, kw_only=True)
class Interim:
    """What was told before the summary: in words, to whom, by which way, and when (else now)."""

    words: str
    whom: str
    way: InterimWay
    happened_at: datetime | None = None
    date_only: bool = False

    def note(self) -> dict[str, str]:
        """What is sealed of it. Raises `InterimToWhom`."""
        whom = " ".join(self.whom.split())
        if not whom:
            raise InterimToWhom()
        return {"whom": whom, "way": self.way.value, "words": self.words}
