"""What the screen of a case shows, as values. `CaseFile` is the whole of it.
What happened and what was made stands in `shown.py`, what is owed in `owing.py`.

Nothing here knows of HTTP, of the database or of the clock. A sealed part that cannot be read is
`None` and named in `unreadable`; everything else stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bindeledd.features.casefile.domain.noted import Noted
from bindeledd.features.casefile.domain.owing import GateView, Owed, Said
from bindeledd.features.casefile.domain.shown import (
    AppointmentView,
    ClosingRequest,
    DocumentView,
    HandoverView,
    Happened,
    Relation,
)
from bindeledd.features.cases.domain import BEGINNINGS, Case, EventKind
from bindeledd.features.cases.domain.checking import CHECK
from bindeledd.features.cases.domain.whereabouts import InHospital
from bindeledd.features.patients.domain import Patient
from bindeledd.features.relatives.domain import Answer, Family, Relative
from bindeledd.features.relatives.domain.telling import Age, Band, May
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import NotAllowed


class NotRevealed(NotAllowed):
    """How to reach a person with a protected address is shown to the responsible team only."""

    code = "casefile.not_revealed"


_SAYABLE = (
    "risk_assessed",
    "plan_offered",
    "number_verified",
    "receiver_named",
    "discharged",
    "admitted",
    "gap_covered",
)
_OF_SAFETY = (Answer.CONTACTED, Answer.AGREED, Answer.NONE, Answer.UNSAFE)
_CONSIDERED = ("relatives_considered", "receiver_told")
_CONTACT = (EventKind.CONTACT_ATTEMPTED, EventKind.REACHED, EventKind.APPOINTMENT_KEPT)


# What is asked of one appointment: which one stands with it.
_OF_AN_APPOINTMENT = frozenset(
    {
        "confirm_appointment",
        "record_outcome",
        "respond_to_missed_appointment",
        "cover_appointment",
    }
)
_OF_A_DEATH = (EventKind.DEATH_REPORTED, EventKind.DEATH_REFUTED, EventKind.DEATH_CONFIRMED)
# What became of a handover to another team; who accepted one is said by its own words.
_OF_A_HANDOVER = frozenset({"handover_sent", "handover_received", "handover_returned"})


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """The case on one screen, at one moment, for one person.

    `owed` are the open tasks by due time, `done` those that ended, the latest first; `timeline`
    is the latest first. `names` holds what members and teams are called. `death`: the word that
    the person has died stands, so nobody contacts them. `unreadable` names the bundles that could
    not be opened, as `table.purpose`. `ways_hidden`: the address is protected, and how to reach
    the person is shown to the responsible team only, when it asks for it. `told`: what each
    relative may be told today, and which rule says so. `elsewhere`: the layers of each unit of
    its stays that is another than the one where it began. `noted`: what packs asked and want shown.
    """

    at: datetime
    case: Case
    patient: Patient
    unit: str | None
    team: str
    relatives: tuple[Relative, ...]
    family: Family | None
    family_asked_at: datetime | None
    owed: tuple[Owed, ...]
    done: tuple[Owed, ...]
    gates: tuple[GateView, ...]
    timeline: tuple[Happened, ...]
    appointments: tuple[AppointmentView, ...]
    documents: tuple[DocumentView, ...]
    handovers: tuple[HandoverView, ...]
    relations: tuple[Relation, ...]
    names: Mapping[UUID, str]
    alerting: Said
    closing: ClosingRequest | None = None
    death: str | None = None
    never_reached: bool = False
    in_hospital: InHospital | None = None
    last_reached_at: datetime | None = None
    last_reached_date_only: bool = False
    pathway_known: bool = True
    unreadable: tuple[str, ...] = ()
    ways_hidden: bool = False
    age: Age = field(default_factory=lambda: Age(band=Band.UNKNOWN))
    told: Mapping[UUID, tuple[May, ...]] = field(default_factory=dict)
    elsewhere: tuple[tuple[str, ...], ...] = ()
    noted: tuple[Noted, ...] = ()

    def noted_in(self, place: str) -> list[Noted]:
        """What packs asked that is shown in this place (`pathways.domain.fields.SHOWN_IN`)."""
        return [one for one in self.noted if place in one.shown_in]

    @property
    def next_task(self) -> Owed | None:
        return next((one for one in self.owed if one.task.id == self.case.next_task_id), None)

    @property
    def in_order(self) -> tuple[Owed, ...]:
        """What is owed as a page lists it: whether a reported death is true stands first."""
        return tuple(sorted(self.owed, key=lambda one: one.task.kind != "confirm_death"))

    @property
    def asked_of_death(self) -> bool:
        """Whether somebody owes an answer to it: a report stands, or life was seen after it."""
        return any(one.task.kind == "confirm_death" for one in self.owed)

    @property
    def told_of_death(self) -> tuple[Happened, ...]:
        """All that was said of a death, each with its own source, what was told last first."""
        told = [one for one in self.timeline if one.kind in _OF_A_DEATH and not one.in_error]
        return tuple(sorted(told, key=lambda one: one.recorded_at, reverse=True))

    @property
    def dead(self) -> bool:
        """A second person has confirmed the death: nothing invites contact any more."""
        return self.death == EventKind.DEATH_CONFIRMED

    @property
    def may_be_contacted(self) -> bool:
        """Whether we turn to the person: they are followed up, and no death is reported."""
        return self.case.is_open and self.death is None

    def acts_on(self, appointment: AppointmentView) -> tuple[str, ...]:
        """What the page offers to record of one that stands: nothing is given to the dead, that it
        still stands is said before it begins, and whether the person came afterwards."""
        if appointment.starts_at <= self.at:
            return "keep", "miss", "cancel"
        alive = self.death is None
        give = ("give",) if alive and appointment.state == "booked" else ()
        return (*give, *(("confirm",) if alive else ()), "cancel")

    @property
    def may_say(self) -> tuple[str, ...]:
        """What the page offers to record as having happened: nothing of the dead."""
        if self.death is not None:
            return ()
        bereaved = self.last_of(EventKind.BEREAVEMENT) is not None
        named = (EventKind.CONTACT_PERSON_NAMED.value,) if bereaved else ()
        return _SAYABLE + named + (_CONSIDERED if self.tried_in_vain else ())

    @property
    def nobody_covers(self) -> Owed | None:
        """What is owed before a gap, where the last answer to it is *nobody can*."""
        said = self.last_of(EventKind.GAP_COVERED)
        none = said is not None and said.facts.get("cover") == "none"
        return next((one for one in self.owed if none and one.task.kind == "cover_gap"), None)

    @property
    def tried_in_vain(self) -> bool:
        """Whether the last thing between us and the person was an attempt that reached nobody."""
        ours = [
            one.kind
            for one in self.timeline
            if not (one.in_error or one.facts.get("receipt")) and one.kind in _CONTACT
        ]
        return bool(ours) and ours[0] == EventKind.CONTACT_ATTEMPTED

    @property
    def consent(self) -> Happened | None:
        """What was last answered when we asked whether we may be in touch."""
        return self.last_of(EventKind.CONTACT_CONSENT_ASKED)

    @property
    def relatives_unsafe(self) -> Happened | None:
        """That it is unsafe to contact relatives, until another answer says of whom there is; a
        *no* and a *not now* say nothing of it."""
        asked = (
            one
            for one in self.timeline
            if one.kind == EventKind.RELATIVES_ASKED and not one.in_error
        )
        said = (one for one in asked if (one.note or {}).get("answer") in _OF_SAFETY)
        last = next(said, None)
        return last if last is not None and (last.note or {})["answer"] == Answer.UNSAFE else None

    @property
    def left_unassessed(self) -> Happened | None:
        """That the person left before anybody had assessed them, until somebody has."""
        gone, seen = (
            self.last_of(EventKind.LEFT_BEFORE_ASSESSMENT),
            self.last_of(EventKind.RISK_ASSESSED),
        )
        return None if seen is not None and gone is not None and seen.at >= gone.at else gone

    @property
    def said_no(self) -> Happened | None:
        """The last no, where the person has neither been spoken with nor come since."""
        told = (EventKind.DECLINED, EventKind.REACHED, EventKind.APPOINTMENT_KEPT, *BEGINNINGS)
        said = [one for one in self.timeline if one.kind in told and not one.in_error]
        last = max(said, key=lambda one: (one.recorded_at, one.at), default=None)
        return last if last is not None and last.kind == EventKind.DECLINED else None

    def uncovered(self, task: Task) -> bool:
        """Whether it asks who answers in a time that is over, and nobody did."""
        return any(one.gap_over is not None for one in self.owed if one.task.id == task.id)

    def anchor_of(self, task: Task) -> Happened | None:
        """What happened that made the task owed; None where the history does not show it."""
        return next((one for one in self.timeline if one.id == task.anchor_event_id), None)

    def appointment_of(self, task: Task) -> AppointmentView | None:
        """The very appointment that a task about one asks of; None for any other task."""
        made = self.anchor_of(task)
        if made is None or task.kind not in _OF_AN_APPOINTMENT:
            return None
        return self.appointment_told(made)

    @property
    def to_check(self) -> AppointmentView | None:
        """The next appointment of which it is owed by now that somebody asks whether it stands."""
        asked = [
            self.appointment_of(one.task)
            for one in self.owed
            if one.task.kind == CHECK and (one.task.window_from or self.at) <= self.at
        ]
        ahead = [one for one in asked if one is not None and one.starts_at > self.at]
        return min(ahead, key=lambda one: one.starts_at, default=None)

    def appointment_told(self, said: Happened) -> AppointmentView | None:
        """The appointment that an event tells of."""
        about = str(said.facts.get("appointment_id", ""))
        return next((one for one in self.appointments if str(one.id) == about), None)

    def handover_told(self, said: Happened) -> HandoverView | None:
        """The handover to another team of which an event tells what became of it."""
        about = str(said.facts.get("handover_id", ""))
        if said.kind not in _OF_A_HANDOVER:
            return None
        return next((one for one in self.handovers if str(one.id) == about), None)

    def last_of(self, kind: str) -> Happened | None:
        """The latest of this kind that stands."""
        return next((one for one in self.timeline if one.kind == kind and not one.in_error), None)

    @property
    def closed_by(self) -> Happened | None:
        """What closed the follow-up, while it is closed."""
        return None if self.case.is_open else self.last_of(EventKind.CLOSED)

    @property
    def pending_handover(self) -> HandoverView | None:
        return next((one for one in self.handovers if one.is_pending), None)

    @property
    def appointment_ahead(self) -> AppointmentView | None:
        return next((a for a in self.appointments if a.state in ("booked", "given")), None)
