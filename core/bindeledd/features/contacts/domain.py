"""What a contact is, what its outcome makes known, and what it leaves somebody owing.

Only two-way contact with the patient counts as reached. An attempt that reaches nobody leaves
what is owed as it was, and never moves a deadline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.patients.domain import ContactWay
from bindeledd.foundation.errors import Invalid


class Direction(StrEnum):
    """Out: we tried to reach the patient. In: somebody called or wrote to us."""

    OUT = "out"
    IN = "in"


class Channel(StrEnum):
    """In which way. What was said, and to whom, is sealed."""

    PHONE = "phone"
    VIDEO = "video"
    SMS = "sms"
    DIGITAL = "digital"
    LETTER = "letter"
    VISIT = "visit"
    MEETING = "meeting"


class Outcome(StrEnum):
    """What came of it: a small set, each with one meaning (domain.md 1.2)."""

    SPOKE_WITH_PATIENT = "spoke_with_patient"
    PATIENT_ATTENDED = "patient_attended"
    NO_ANSWER = "no_answer"
    VOICEMAIL_LEFT_DISCREET = "voicemail_left_discreet"
    NUMBER_NOT_IN_SERVICE = "number_not_in_service"
    WRONG_PERSON_ANSWERED = "wrong_person_answered"
    ANSWERED_BY_NEXT_OF_KIN = "answered_by_next_of_kin"
    DECLINED_THIS_TIME = "declined_this_time"
    DECLINED_ALL_FURTHER = "declined_all_further"
    ASKED_TO_CALL_BACK_AT = "asked_to_call_back_at"
    MESSAGE_SENT_UNCONFIRMED = "message_sent_unconfirmed"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_FAILED = "message_failed"
    REPLY_RECEIVED = "reply_received"
    LETTER_SENT = "letter_sent"
    LETTER_RETURNED = "letter_returned"
    HOME_VISIT_SEEN = "home_visit_seen"
    HOME_VISIT_NOT_SEEN = "home_visit_not_seen"
    IN_HOSPITAL_NOW = "in_hospital_now"
    IN_PRISON_NOW = "in_prison_now"
    ABROAD = "abroad"
    DECEASED_REPORTED = "deceased_reported"
    DECEASED_CONFIRMED = "deceased_confirmed"
    INTERPRETER_NOT_AVAILABLE = "interpreter_not_available"
    EMERGENCY_SERVICES_CALLED = "emergency_services_called"

    @property
    def counts_as_reached(self) -> bool:
        """Two-way with the patient. A reply counts only when a person says that it says something."""
        return self in _REACHED

    @property
    def is_receipt(self) -> bool:
        """It tells what became of an earlier attempt: nobody has tried once more."""
        return self in _RECEIPTS

    @property
    def is_answered(self) -> bool:
        """The person answered, and it came to no conversation: a no, or *later*."""
        return self in _ANSWERED


_REACHED = frozenset(
    {Outcome.SPOKE_WITH_PATIENT, Outcome.PATIENT_ATTENDED, Outcome.HOME_VISIT_SEEN}
)
_RECEIPTS = frozenset({Outcome.MESSAGE_DELIVERED, Outcome.MESSAGE_FAILED, Outcome.LETTER_RETURNED})
_DECLINED = frozenset({Outcome.DECLINED_THIS_TIME, Outcome.DECLINED_ALL_FURTHER})
_ANSWERED = _DECLINED | {Outcome.ASKED_TO_CALL_BACK_AT}
_LEAVES_MESSAGE = frozenset({Outcome.VOICEMAIL_LEFT_DISCREET, Outcome.MESSAGE_SENT_UNCONFIRMED})
# We turned to the person, and did not find them.
_TURNS_TO = frozenset(
    {
        Outcome.NO_ANSWER,
        Outcome.VOICEMAIL_LEFT_DISCREET,
        Outcome.NUMBER_NOT_IN_SERVICE,
        Outcome.WRONG_PERSON_ANSWERED,
        Outcome.ANSWERED_BY_NEXT_OF_KIN,
        Outcome.MESSAGE_SENT_UNCONFIRMED,
        Outcome.LETTER_SENT,
        Outcome.HOME_VISIT_NOT_SEEN,
        Outcome.INTERPRETER_NOT_AVAILABLE,
    }
)
# In which ways an outcome can have come about, the usual one first; where nothing stands, in any, and
# usually by phone.
_ONLY_BY: Mapping[Outcome, tuple[Channel, ...]] = {
    Outcome.PATIENT_ATTENDED: (Channel.MEETING, Channel.VISIT, Channel.VIDEO),
    Outcome.VOICEMAIL_LEFT_DISCREET: (Channel.PHONE,),
    Outcome.NUMBER_NOT_IN_SERVICE: (Channel.PHONE, Channel.SMS),
    Outcome.MESSAGE_SENT_UNCONFIRMED: (Channel.SMS, Channel.DIGITAL),
    Outcome.MESSAGE_DELIVERED: (Channel.SMS, Channel.DIGITAL),
    Outcome.MESSAGE_FAILED: (Channel.SMS, Channel.DIGITAL),
    Outcome.REPLY_RECEIVED: (Channel.SMS, Channel.DIGITAL, Channel.LETTER),
    Outcome.LETTER_SENT: (Channel.LETTER, Channel.DIGITAL),
    Outcome.LETTER_RETURNED: (Channel.LETTER, Channel.DIGITAL),
    Outcome.HOME_VISIT_SEEN: (Channel.VISIT,),
    Outcome.HOME_VISIT_NOT_SEEN: (Channel.VISIT,),
}
_DEATH = frozenset({Outcome.DECEASED_REPORTED, Outcome.DECEASED_CONFIRMED})

# What an outcome leaves owed beside what was owed before: kind of task, and what ends it.
_LEAVES: Mapping[Outcome, tuple[str, tuple[str, ...]]] = {
    Outcome.NUMBER_NOT_IN_SERVICE: ("verify_number", ("number_verified",)),
    Outcome.WRONG_PERSON_ANSWERED: ("verify_number", ("number_verified",)),
    Outcome.MESSAGE_FAILED: ("verify_number", ("number_verified",)),
    Outcome.LETTER_RETURNED: ("verify_number", ("number_verified",)),
    Outcome.INTERPRETER_NOT_AVAILABLE: ("free", ()),
    Outcome.EMERGENCY_SERVICES_CALLED: ("clinician_decides", ()),
    Outcome.IN_HOSPITAL_NOW: ("review_case", ()),
    Outcome.IN_PRISON_NOW: ("review_case", ()),
    Outcome.ABROAD: ("review_case", ()),
}


class CallBackWhen(Invalid):
    """Somebody asked to be called back: when?"""

    code = "contact.call_back_when"


class NextInPast(Invalid):
    """The next attempt, or the next offer, lies in the past."""

    code = "contact.next_in_past"


class OfferAgainWithoutNo(Invalid):
    """A day for a new offer belongs to a person who declined."""

    code = "contact.offer_again_without_no"


class MessageNotSafe(Invalid):
    """It is marked that no message is to be left: why was it, nevertheless?"""

    code = "contact.message_not_safe"


class ChannelContradicts(Invalid):
    """The outcome cannot have come about in the way that is said."""

    code = "contact.channel_contradicts"


class ContactInFuture(Invalid):
    """A contact is registered when it has been tried, not before."""

    code = "contact.in_future"


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """What a person registers: the outcome is enough, everything else has an ordinary value.

    `channel`: None where nobody said it; `way` is then what the outcome implies.

    `next_attempt`: when somebody will try again. `offer_again_on`: the day on which a person who
    declined is offered again; without it the day of `next_attempt`, else the routine's own.
    `although`: why a message was left where it is marked that none is to be.
    `substantive`: a reply that says something, so that it is two-way.
    """

    outcome: Outcome
    channel: Channel | None = None
    direction: Direction = Direction.OUT
    words: str = ""
    whom: str = ""
    although: str = ""
    detail: str = ""
    next_attempt: datetime | None = None
    offer_again_on: date | None = None
    substantive: bool = False

    @property
    def way(self) -> Channel:
        """In which way: as was said, else the usual one of the outcome."""
        return self.channel or _ONLY_BY.get(self.outcome, (Channel.PHONE,))[0]

    @property
    def declined(self) -> bool:
        return self.outcome in _DECLINED

    @property
    def turns_to(self) -> bool:
        """Whether we turned to the person in vain: after a report of a death nobody does."""
        return self.direction is Direction.OUT and self.outcome in _TURNS_TO

    @property
    def reached(self) -> bool:
        if self.outcome is Outcome.REPLY_RECEIVED:
            return self.substantive
        return self.outcome.counts_as_reached


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact as it stands; `sealed` holds outcome, words, whom and details, when opened."""

    id: UUID
    case_id: UUID
    at: datetime
    by: UUID | None
    direction: Direction
    channel: Channel
    event_id: UUID
    sealed: Mapping[str, Any] = field(default_factory=dict)


def check(new: NewContact, happened_at: datetime, at: datetime) -> None:
    """Refuse what cannot be: a way that the outcome does not come by, a contact or a next attempt on
    the wrong side of now."""
    can = _ONLY_BY.get(new.outcome, tuple(Channel))
    if new.way not in can:
        raise ChannelContradicts(outcome=new.outcome.value, channel=new.way.value, may=[*can])
    if happened_at > at:
        raise ContactInFuture(at=happened_at)
    if new.next_attempt is not None and new.next_attempt <= at:
        raise NextInPast(next_attempt=new.next_attempt)
    if new.outcome is Outcome.ASKED_TO_CALL_BACK_AT and new.next_attempt is None:
        raise CallBackWhen()
    if new.offer_again_on is not None and not new.declined:
        raise OfferAgainWithoutNo()


def check_message(new: NewContact, ways: Iterable[ContactWay]) -> bool:
    """Whether a message was left that may have done harm: refused where no word says why.

    Which number was rung is not said, so one that is marked is enough.
    """
    marked = any(way.safe_to_leave_message is False for way in ways)
    if new.outcome not in _LEAVES_MESSAGE or not marked:
        return False
    if not new.although.strip():
        raise MessageNotSafe()
    return True


def events_of(new: NewContact) -> tuple[EventKind, ...]:
    """What is known after this contact. The first says whether the patient was reached.

    Whoever hears that the patient has died has not tried in vain to reach them.
    """
    if new.reached:
        return (EventKind.REACHED,)
    if new.outcome in _DEATH and new.direction is Direction.OUT:
        return (EventKind.DEATH_REPORTED,)
    first = EventKind.CALLED_IN if new.direction is Direction.IN else EventKind.CONTACT_ATTEMPTED
    if new.outcome in _DECLINED:
        return (first, EventKind.DECLINED)
    if new.outcome in _DEATH:
        return (first, EventKind.DEATH_REPORTED)
    return (first,)


def leaves_owed(new: NewContact) -> tuple[str, tuple[str, ...]] | None:
    """The kind of task that this outcome makes somebody owe, and the events that end it."""
    if new.declined and new.next_attempt is None and new.offer_again_on is None:
        return "review_case", ()
    return _LEAVES.get(new.outcome)


def tries_again(new: NewContact) -> bool:
    """Whether a new attempt is owed at `next_attempt`: never after a death was reported."""
    return new.next_attempt is not None and new.outcome not in _DEATH


def as_said(direction: str, channel: str, said: Mapping[str, Any], at: datetime) -> NewContact:
    """A contact as it was registered, to be registered once more; what lies behind is due now."""
    again, offered = said.get("next_attempt"), said.get("offer_again_on")
    return NewContact(
        outcome=Outcome(said["outcome"]),
        channel=Channel(channel),
        direction=Direction(direction),
        words=said.get("words", ""),
        whom=said.get("whom", ""),
        although=said.get("although", ""),
        detail=said.get("detail", ""),
        next_attempt=None if again is None else max(datetime.fromisoformat(again), at),
        offer_again_on=None if offered is None else date.fromisoformat(offered),
    )
