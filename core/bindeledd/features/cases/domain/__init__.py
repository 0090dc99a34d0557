"""What a case is: events that were recorded, and what they make somebody owe.

Read `planning.py` next: the pure rule that turns events into tasks. `closing.py` holds the
endings and their signatures. Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class IndexKind(StrEnum):
    """What the course began with. Whether it was an attempt may be settled later."""

    SUICIDE_ATTEMPT = "suicide_attempt"
    SELF_HARM = "self_harm"
    INTENT_UNCLARIFIED = "intent_unclarified"


class Origin(StrEnum):
    """Who told that somebody is bereaved: the fact `origin` of a bereavement."""

    PSYCHOSOCIAL_CRISIS_TEAM = "psychosocial_crisis_team"
    POLICE = "police"
    HEALTH_SERVICE = "health_service"
    BEREAVED = "bereaved"
    OTHER = "other"


class EventKind(StrEnum):
    """Every kind of fact that the core knows. Words and outcomes are sealed beside it."""

    INDEX_EVENT = "index_event"
    BEREAVEMENT = "bereavement"
    ADMITTED = "admitted"
    READY_FOR_DISCHARGE = "ready_for_discharge"
    DISCHARGE_WITHDRAWN = "discharge_withdrawn"
    DISCHARGED = "discharged"
    LEFT_BEFORE_ASSESSMENT = "left_before_assessment"
    RISK_ASSESSED = "risk_assessed"
    PLAN_OFFERED = "plan_offered"
    APPOINTMENT_BOOKED = "appointment_booked"
    APPOINTMENT_GIVEN = "appointment_given"
    APPOINTMENT_CONFIRMED = "appointment_confirmed"
    APPOINTMENT_SENT = "appointment_sent"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_MISSED = "appointment_missed"
    APPOINTMENT_KEPT = "appointment_kept"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_HANDED_ON = "appointment_handed_on"
    SUMMARY_WRITTEN = "summary_written"
    SUMMARY_SENT_TO_SOME = "summary_sent_to_some"
    SUMMARY_SENT = "summary_sent"
    SUMMARY_RECEIVED = "summary_received"
    SUMMARY_INTERIM = "summary_interim"
    RELATIVES_ASKED = "relatives_asked"
    CHILDREN_ASKED = "children_asked"
    NUMBER_VERIFIED = "number_verified"
    CONTACT_CONSENT_ASKED = "contact_consent_asked"
    INTERPRETER_ASKED = "interpreter_asked"
    AGE_NOTED = "age_noted"
    RECEIVER_NAMED = "receiver_named"
    CONTACT_PERSON_NAMED = "contact_person_named"
    REACHED = "reached"
    CONTACT_ATTEMPTED = "contact_attempted"
    CALLED_IN = "called_in"
    ACUTE_CONCERN = "acute_concern"
    CONCERN_ANSWERED = "concern_answered"
    DECLINED = "declined"
    ANSWERED = "answered"
    HANDOVER_SENT = "handover_sent"
    HANDOVER_RECEIVED = "handover_received"
    HANDOVER_ACCEPTED = "handover_accepted"
    HANDOVER_RETURNED = "handover_returned"
    CLOSING_REQUESTED = "closing_requested"
    CLOSING_REFUSED = "closing_refused"
    CLOSED = "closed"
    REOPENED = "reopened"
    REVIEWED = "reviewed"
    DEATH_REPORTED = "death_reported"
    DEATH_REFUTED = "death_refuted"
    DEATH_CONFIRMED = "death_confirmed"
    BEREAVED_OFFERED = "bereaved_offered"
    BEREAVED_CHILDREN_OFFERED = "bereaved_children_offered"
    TASK_ADDED = "task_added"
    TASK_BROUGHT_FORWARD = "task_brought_forward"
    TASK_MOVED_LATER = "task_moved_later"
    TASK_DONE = "task_done"
    TASK_WITHDRAWN = "task_withdrawn"
    MESSAGE_RECEIVED = "message_received"
    GAP_COVERED = "gap_covered"
    MARKED_IN_ERROR = "marked_in_error"
    GATE_BREACHED = "gate_breached"
    ROUTINE_CHANGED = "routine_changed"
    MOVED_HERE = "moved_here"
    MESSAGE_HELD = "message_held"
    RELATIVES_CONSIDERED = "relatives_considered"
    RECEIVER_TOLD = "receiver_told"
    CORRECTED_EARLIER = "corrected_earlier"
    OBJECTION_DECIDED = "objection_decided"


# What a course of follow-up begins with. A bereavement is no attempt of the person's own and no stay:
# what asks for those asks for an index event, and passes it by.
BEGINNINGS = (EventKind.INDEX_EVENT, EventKind.BEREAVEMENT)

# A fact of a discharge: nobody knows whether the person has left. What is owed after a discharge is
# owed until somebody knows.
NOT_KNOWN = "not_known"


class NoEvent(Invalid):
    """Nothing was said to have happened."""

    code = "case.no_event"


class CaseClosed(Conflict):
    """The case is closed: a new index event opens it again, or the correction of what was wrong."""

    code = "case.closed"


class HappensLater(Invalid):
    """An event cannot have happened after the moment at which it is recorded."""

    code = "case.event_in_future"


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """A fact that somebody or a message reports.

    `facts` are plain, typed values that pathways may ask for; everything said in words and every
    outcome goes sealed into `note`.
    """

    kind: EventKind
    at: datetime
    date_only: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: Mapping[str, Any] | None = None
    source: str = "person"
    source_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact as it stands in the history; `in_error` when it was marked as entered in error."""

    id: UUID
    case_id: UUID
    kind: EventKind
    at: datetime
    date_only: bool = False
    recorded_at: datetime
    recorded_by: UUID | None = None
    source: str = "person"
    source_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    in_error: bool = False

    @property
    def is_receipt(self) -> bool:
        """Whether it only tells what became of an earlier attempt: it is none of its own."""
        return self.kind is EventKind.CONTACT_ATTEMPTED and bool(self.facts.get("receipt"))

    @property
    def is_answered(self) -> bool:
        """Whether the person answered the attempt; where nothing says so, nobody did."""
        return self.facts.get("person_answered") == "yes"

    @property
    def is_assumed(self) -> bool:
        """Whether it is a discharge of which nobody knows (see `NOT_KNOWN` and `assumed.py`)."""
        return self.kind is EventKind.DISCHARGED and bool(self.facts.get(NOT_KNOWN))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One course of follow-up, begun by an index event.

    `pathway_version` and `layers` (`id@version`, the national one's first) are the routine that it
    follows, until it is opened again or somebody upgrades it.
    """

    id: UUID
    tenant_id: UUID
    patient_id: UUID
    state: CaseState = CaseState.OPEN
    pathway_id: str
    pathway_version: str
    layers: tuple[str, ...] = ()
    responsible_team_id: UUID
    unit_id: UUID | None = None
    previous_case_id: UUID | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    next_task_id: UUID | None = None
    closure_id: UUID | None = None
    closing_number: int = 1
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.state is CaseState.OPEN


def last_of(events: tuple[Event, ...], *kinds: EventKind) -> Event | None:
    """The latest valid event of these kinds, by when it happened."""
    found = [event for event in events if event.kind in kinds and not event.in_error]
    return max(found, key=lambda event: (event.at, event.recorded_at), default=None)


def last_told(events: tuple[Event, ...], *kinds: EventKind) -> Event | None:
    """The valid event of these kinds that was recorded last, whatever moment it names.

    For what answers one another (sent and returned, reported and refuted): each answers what was
    known when it was said.
    """
    found = [event for event in events if event.kind in kinds and not event.in_error]
    return max(found, key=lambda event: (event.recorded_at, event.at), default=None)


def said_of_death(events: tuple[Event, ...]) -> Event | None:
    """What was said of a death last, by when it was said: each answers what was known before it.

    A report that comes after an earlier one was refuted is a new one, whenever the person is said
    to have died; so is a confirmation that names the day of the death. One that comes while a
    confirmed death stands adds to it: the death is as confirmed as before.
    """
    settled = last_told(events, EventKind.DEATH_REFUTED, EventKind.DEATH_CONFIRMED)
    if settled is not None and settled.kind is EventKind.DEATH_CONFIRMED:
        return settled
    return last_told(events, EventKind.DEATH_REPORTED, EventKind.DEATH_REFUTED)


def death_reported(events: tuple[Event, ...]) -> Event | None:
    """The report of a death that stands: nobody has refuted it since. Stops outgoing contact."""
    last = said_of_death(events)
    return None if last is None or last.kind is EventKind.DEATH_REFUTED else last


def silent_since(events: tuple[Event, ...]) -> datetime | None:
    """Since when this house has known of a death that stands: nobody makes contact from then on."""
    if death_reported(events) is None:
        return None
    refuted = last_told(events, EventKind.DEATH_REFUTED)
    told = [
        event.recorded_at
        for event in events
        if event.kind in (EventKind.DEATH_REPORTED, EventKind.DEATH_CONFIRMED)
        and not event.in_error
    ]
    since = [at for at in told if refuted is None or at > refuted.recorded_at]
    return min(since or told)  # at one moment: in doubt the death stands


def never_reached_since_discharge(events: tuple[Event, ...]) -> bool:
    """Whether the person has not been reached, two-way, since the last discharge."""
    discharged = last_of(events, EventKind.DISCHARGED)
    reached = last_of(events, EventKind.REACHED, EventKind.APPOINTMENT_KEPT)
    return discharged is not None and (reached is None or reached.at < discharged.at)
