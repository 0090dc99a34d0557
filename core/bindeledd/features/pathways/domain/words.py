"""The closed lists that a pathway file may choose from: events, tasks, facts, owners, audiences.

What is not here is refused at start, with the line on which it stands. A pack may declare more
task kinds (with a title) in its own file and more facts by the hook `fields()`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bindeledd.features.pathways.domain.fields import CaseField

# The kinds of `cases.domain.EventKind`, which stands above this feature; a test compares them.
EVENTS = frozenset(
    [
        "admitted",
        "ready_for_discharge",
        "discharge_withdrawn",
        "discharged",
        "left_before_assessment",
        "index_event",
        "bereavement",
        "risk_assessed",
        "plan_offered",
        "appointment_booked",
        "appointment_given",
        "appointment_confirmed",
        "appointment_sent",
        "appointment_moved",
        "appointment_missed",
        "appointment_kept",
        "appointment_cancelled",
        "appointment_handed_on",
        "summary_written",
        "summary_sent_to_some",
        "summary_sent",
        "summary_received",
        "summary_interim",
        "relatives_asked",
        "children_asked",
        "number_verified",
        "contact_consent_asked",
        "interpreter_asked",
        "age_noted",
        "receiver_named",
        "contact_person_named",
        "reached",
        "contact_attempted",
        "called_in",
        "acute_concern",
        "concern_answered",
        "handover_sent",
        "handover_received",
        "handover_accepted",
        "handover_returned",
        "closing_requested",
        "closing_refused",
        "closed",
        "reopened",
        "reviewed",
        "death_reported",
        "death_refuted",
        "death_confirmed",
        "bereaved_offered",
        "bereaved_children_offered",
        "task_added",
        "task_brought_forward",
        "task_done",
        "task_moved_later",
        "task_withdrawn",
        "message_received",
        "gap_covered",
        "marked_in_error",
        "gate_breached",
        "routine_changed",
        "moved_here",
        "message_held",
        "relatives_considered",
        "receiver_told",
        "corrected_earlier",
        "objection_decided",
        "declined",
        "answered",
    ]
)

# An answer says nothing by its kind: what was answered stands in its facts. A rule that is counted
# from one says which (`given`), one that is done by one says which (`evidence`).
MISSED = "appointment_missed"
ANSWERED = "answered"

# Nothing is owed from then on: no rule is counted from it.
ENDED = "closed"

# With which people, or the systems that tell by HTTP, can be asked more: `TELLABLE` of `cases`, and
# a test compares them. A contact, an appointment, a summary and a handover have forms of their own.
ASKING = frozenset(
    [
        "admitted",
        "ready_for_discharge",
        "discharge_withdrawn",
        "discharged",
        "risk_assessed",
        "plan_offered",
        "relatives_asked",
        "children_asked",
        "number_verified",
        "contact_consent_asked",
        "interpreter_asked",
        "receiver_named",
        "contact_person_named",
        "acute_concern",
        "relatives_considered",
        "receiver_told",
        "declined",
        "death_reported",
        "death_refuted",
        "death_confirmed",
        "bereaved_offered",
        "bereaved_children_offered",
        "gap_covered",
        "answered",
    ]
)

TASKS = frozenset(
    [
        "call_patient",
        "review_case",
        "give_appointment",
        "send_summary",
        "ask_relatives",
        "ask_children",
        "tell_child_contact",
        "offer_plan",
        "verify_number",
        "ask_contact_consent",
        "assess_risk",
        "name_receiver",
        "name_contact_person",
        "respond_to_missed_appointment",
        "accept_handover",
        "follow_up_handover",
        "ask_whether_met",
        "review_sharing",
        "confirm_death",
        "sign_closing",
        "sign_takeover",
        "decide_refused",
        "confirm_undo",
        "review_report",
        "answer_call",
        "acute_concern",
        "decide_message",
        "repair_message",
        "clinician_decides",
        "visit_patient",
        "call_relative",
        "follow_up_handed_on",
        "decide_objection",
        "confirm_appointment",
        "record_outcome",
        "recall_sent",
        "correct_epj",
        "review_correction",
        "withdraw_booked",
        "support_bereaved",
        "follow_up_bereaved",
        "support_bereaved_children",
        "review_held",
        "find_discharge",
        "cover_gap",
        "cover_appointment",
        "free",
    ]
)

# Those of them that always reach out to the patient or relatives: `CONTACT_KINDS` of `tasks`, which
# stands beside this feature; a test compares them.
REACHING = frozenset(
    {"call_patient", "visit_patient", "call_relative", "verify_number", "give_appointment"}
)

INDEX_EVENTS = frozenset({"suicide_attempt", "self_harm", "intent_unclarified"})

# What a follow-up begins with: with one of them, or with somebody else's death.
BEGINNINGS = INDEX_EVENTS | {"bereavement"}

YES_NO = frozenset({"yes", "no"})

# Plain facts recorded with events, and their values; None means any word.
FACTS: Mapping[str, frozenset[str] | None] = {
    "index_kind": INDEX_EVENTS,
    "setting": frozenset(
        [
            "somatic_ed",
            "somatic_ward",
            "psychiatric_ed",
            "psychiatric_acute",
            "psychiatric_ward",
            "addiction_ward",
            "outpatient",
            "emergency_primary_care",
            "municipality",
            "prison",
        ]
    ),
    "inpatient": YES_NO,
    "intoxication": YES_NO,
    "minor": YES_NO,
    "minors": YES_NO,
    "repeated": YES_NO,
    "interpreter": YES_NO,
    "contact_consent": YES_NO | {"later"},
    "appointment_given": YES_NO,
    "next_day_unstaffed": YES_NO,
    "cover": frozenset(["accepted", "none"]),
    "number_answered": YES_NO,
    "bereaved": frozenset(["accepted", "later", "declined", "none"]),
    "origin": frozenset(
        ["psychosocial_crisis_team", "police", "health_service", "bereaved", "other"]
    ),
    "receiver_kind": frozenset(
        [
            "gp",
            "municipal_mental_health",
            "specialist_mental_health",
            "municipality",
            "other",
            "none",
        ]
    ),
    "taken_over_by": frozenset(["trust", "municipality", "practice", "other", "outside"]),
    "unit_kind": None,
    "channel": frozenset(["phone", "visit", "video", "sms", "letter", "meeting"]),
    "receipt": YES_NO,
    "person_answered": YES_NO,
    "plan_written": YES_NO,
    "plan_person": YES_NO,
    "plan_relatives": frozenset(["yes", "refused_by_patient", "none_available", "not_asked"]),
    "plan_municipal_measure": YES_NO,
    "plan_complete": YES_NO,
}

# Moments recorded with events that a due time may be counted from.
MOMENTS = ("appointment_at", "ask_again_at", "offer_again_at", "receiver_first_at")

AUDIENCES = ("owner", "team", "lead", "second")
OWNERS = ("responsible_team", "discharging_unit", "receiving_team", "sending_team", "lead")


@dataclass(frozen=True, kw_only=True)
class Words:
    """Which words a file may use; `facts` maps a fact to its values, or None for any.

    `beside`: kinds of tasks that another file of the same pack declares.
    `rows`: the rows that may be named; None looks at their form only.
    """

    events: frozenset[str] = EVENTS
    tasks: frozenset[str] = TASKS
    facts: Mapping[str, frozenset[str] | None] = field(default_factory=lambda: FACTS)
    beside: frozenset[str] = frozenset()
    rows: frozenset[str] | None = None

    def with_fields(self, fields: Iterable[CaseField]) -> "Words":
        """The same words and the facts that packs declare."""
        more = {own.key: frozenset(option.value for option in own.options) for own in fields}
        return replace(self, facts={**self.facts, **more})
