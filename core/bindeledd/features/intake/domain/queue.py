"""What becomes of what arrives: states of a message and of a call, and what may be done then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid, NotFound


class Status(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    OPENED = "opened"
    UPDATED = "updated"
    DUPLICATE = "duplicate"
    TO_DECIDE = "to_decide"
    PARKED = "parked"
    REFUSED = "refused"
    NOT_OURS = "not_ours"


# What waits for a person, with owner and clock. A refused one waits until somebody answered it.
WAITING = (Status.TO_DECIDE, Status.PARKED)


class Reason(StrEnum):
    """Why a message stands where it stands (beside the codes of `CannotRead`)."""

    SAME_BYTES = "intake.same_bytes"
    SAME_MESSAGE = "intake.same_message"
    OVERTAKEN = "intake.overtaken"
    SAME_MOMENT = "intake.same_moment"
    DEATH_OVERTAKEN = "intake.death_overtaken"
    ID_REUSED = "intake.id_reused"
    NOT_OURS_BEFORE = "intake.not_ours_before"
    TEST_IN_PRODUCTION = "intake.test_message_in_production"
    TEST_NOT_ACCEPTED = "intake.test_message_not_accepted"
    NO_PATIENT = "intake.no_patient"
    NUMBER_REFUSED = "intake.number_refused"
    NO_NUMBER = "intake.no_number"
    ASK = "intake.ask"
    OTHER_CODE = "intake.other_code"
    NO_CODE = "intake.no_code"
    CASE_CLOSED = "intake.case_closed"
    WAITS_FOR_CASE = "intake.waits_for_case"
    WAITS_FOR_ORIGINAL = "intake.waits_for_original"
    CANCELLED_ALREADY = "intake.cancelled_already"
    CANCELS_UNDECIDED = "intake.cancels_undecided"
    LISTED = "intake.listed"
    LINE_NOBODY = "intake.line_nobody"
    LINE_EMPTY = "intake.line_empty"
    LINE_NO_DAY = "intake.line_no_day"
    LINE_IN_FUTURE = "intake.line_in_future"
    LINE_NO_ANSWER = "intake.line_no_answer"
    READ_BY_PACK = "intake.read_by_pack"


class NotOurs(StrEnum):
    """Why a discharge that stood on a list is not followed here. Kept with the decision."""

    NOT_SELF_HARM = "intake.not_self_harm"
    ELSEWHERE = "intake.followed_elsewhere"
    OTHER_AREA = "intake.other_area"
    LIST_WRONG = "intake.list_wrong"


class MessageNotFound(NotFound):
    """There is no such message, or it is another team's."""

    code = "intake.message_not_found"


class CallNotFound(NotFound):
    """There is no such call, or it is another team's."""

    code = "intake.call_not_found"


class AlreadyDecided(Conflict):
    """Somebody has decided it already."""

    code = "intake.already_decided"


class NeedsIndexKind(Invalid):
    """To open a follow-up somebody has to say what it began with."""

    code = "intake.needs_index_kind"


class NeedsReason(Invalid):
    """A discharge of a list is said not to be ours with a reason only."""

    code = "intake.needs_reason"


class NoTeam(Conflict):
    """No team takes messages in: set up an intake team."""

    code = "intake.no_team"


class CancellationOpensNothing(Conflict):
    """A cancellation waits for what it cancels, or is said not to be ours."""

    code = "intake.cancellation_opens_nothing"


class NotRefused(Conflict):
    """Only a message that was refused is read again or answered."""

    code = "intake.not_refused"


class WordsMissing(Invalid):
    """It ends only with what was done, in words."""

    code = "intake.words_missing"


class CallEnded(Conflict):
    """The call has been answered already."""

    code = "intake.call_ended"


# The part of a message's facts that says which column and heading stopped a list.
ABOUT = "about"


def reason_and_field(kept: str | None) -> tuple[str | None, str | None]:
    """The code of a reason, and the field that it is about, where it is one."""
    code, _, at = (kept or "").partition(":")
    return code or None, at or None


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of what arrived. `case_id` and `patient_id` where they are known.

    `wrong_at`: the field that stopped it, of those that `[wanted]` in the catalogue names; `about`:
    the column and heading that stopped a list.
    """

    message_id: UUID
    status: Status
    reason: str | None = None
    wrong_at: str | None = None
    about: Mapping[str, object] = field(default_factory=dict, repr=False)
    format: str | None = None
    kind: str | None = None
    case_id: UUID | None = None
    patient_id: UUID | None = None
    reopened: bool = False
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A message in the queue. `facts` are opened lazily, None until then or when erased."""

    id: UUID
    status: Status
    reason: str | None
    wrong_at: str | None
    format: str | None
    kind: str | None
    team_id: UUID
    unit_id: UUID | None
    received_at: datetime
    generated_at: datetime | None
    due_at: datetime | None
    task_id: UUID | None
    late: bool
    checked: str | None
    size: int
    patient_id: UUID | None = None
    facts: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def unit_known(self) -> bool:
        return self.unit_id is not None

    def age(self, at: datetime) -> float | None:
        """Hours since it was made, by the sender's word."""
        if self.generated_at is None:
            return None
        return (at - self.generated_at).total_seconds() / 3600


@dataclass(frozen=True, kw_only=True)
class WaitingCall:
    """A call, with what was done once somebody has answered. Words that cannot be read are None.

    With `case_id` it was moved onto a follow-up and is owed there.
    """

    id: UUID
    kind: str
    team_id: UUID
    patient_id: UUID | None
    called_at: datetime
    due_at: datetime
    words: dict[str, Any] | None = field(repr=False)
    task_id: UUID | None = None
    case_id: UUID | None = None
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    answer: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Rang:
    """Who rang and about whom, as it was said: short, for a list. Empty where it was not said."""

    caller: str = field(default="", repr=False)
    about: str = field(default="", repr=False)

    @classmethod
    def of(cls, words: Mapping[str, Any] | None) -> "Rang":
        said = words or {}
        caller, about = (str(said.get(name) or "").strip() for name in ("caller", "about"))
        return cls(caller=_short(caller), about=_short(about))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


@dataclass(frozen=True, kw_only=True)
class Called:
    """Where a call stands now: on a case, or with a team under its own id."""

    call_id: UUID | None
    case_id: UUID | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A registration. What is shown to the one who registered is `id`, always the same answer;

    `case_id` and `visible` are for who stands behind the screen (a page may go on to the case).
    """

    id: UUID
    case_id: UUID
    patient_id: UUID
    visible: bool
