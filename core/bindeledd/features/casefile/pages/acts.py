"""Where the one act stands that does a task, or that records what is asked for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.appointed import act_of_appointment
from bindeledd.features.casefile.pages.telling import SAID
from bindeledd.features.cases.domain import EventKind, planning, telling
from bindeledd.features.cases.domain.deciding import DECIDES
from bindeledd.features.pathways.domain.words import ANSWERED
from bindeledd.features.relatives.domain import DECIDE_OBJECTION
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.spelling import word
from bindeledd.foundation.texts import t

# What does a task: kind → (page of this feature, values of its address). The words of the button
# stand under `casefile.acts`. Every other task is done where what ends it is recorded, else on its
# own page, in words.
_ACTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "call_patient": ("contact", {}),
    "respond_to_missed_appointment": ("contact", {}),
    "give_appointment": ("appointment", {}),
    "confirm_appointment": ("appointments", {}),
    "record_outcome": ("appointments", {}),
    "send_summary": ("summary", {}),
    "ask_relatives": ("relatives", {}),
    "ask_children": ("children", {}),
    "tell_child_contact": ("children", {}),
    "offer_plan": ("write_plan", {}),
    "assess_risk": ("say", {"kind": "risk_assessed"}),
    "verify_number": ("say", {"kind": "number_verified"}),
    "ask_contact_consent": ("bedside", {}),
    "name_receiver": ("say", {"kind": "receiver_named"}),
    "name_contact_person": ("say", {"kind": "contact_person_named"}),
    "cover_gap": ("say", {"kind": "gap_covered"}),
    "accept_handover": ("handover", {}),
    "follow_up_handover": ("handover", {}),
    "confirm_death": ("death", {}),
    "find_discharge": ("say", {"kind": "discharged"}),
    "support_bereaved": ("bereaved", {"kind": "bereaved_offered"}),
    "follow_up_bereaved": ("bereaved", {"kind": "bereaved_offered"}),
    "support_bereaved_children": ("bereaved", {"kind": "bereaved_children_offered"}),
}
# The event that each of these acts records, where the button says the same of it.
_NEEDS: Mapping[str, str] = {
    "receiver_named": "name_receiver",
    "contact_person_named": "name_contact_person",
    "appointment_given": "give_appointment",
    "summary_sent": "send_summary",
    "risk_assessed": "assess_risk",
    "plan_offered": "offer_plan",
    "relatives_asked": "ask_relatives",
    "children_asked": "ask_children",
    "number_verified": "verify_number",
    "contact_consent_asked": "ask_contact_consent",
    "reached": "call_patient",
    "contact_attempted": "call_patient",
    "declined": "call_patient",
    "gap_covered": "cover_gap",
    "discharged": "find_discharge",
    "bereaved_offered": "support_bereaved",
    "bereaved_children_offered": "support_bereaved_children",
    "death_confirmed": "confirm_death",
    "death_refuted": "confirm_death",
}
# Where every other event is recorded that has a page: event → (page, values of its address).
_RECORDED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    **{event: ("say", {"kind": event}) for event in SAID},
    "left_before_assessment": ("left", {}),
    "appointment_booked": ("appointment", {}),
    **dict.fromkeys(
        [
            "appointment_confirmed",
            "appointment_sent",
            "appointment_moved",
            "appointment_missed",
            "appointment_kept",
            "appointment_cancelled",
            "appointment_handed_on",
        ],
        ("appointments", {}),
    ),
    **dict.fromkeys(
        ["summary_written", "summary_sent_to_some", "summary_received", "summary_interim"],
        ("summary", {}),
    ),
    **dict.fromkeys(
        ["handover_sent", "handover_received", "handover_accepted", "handover_returned"],
        ("handover", {}),
    ),
    **dict.fromkeys(["closing_requested", "closing_refused", "closed"], ("closing_page", {})),
    "age_noted": ("person", {}),
    "death_reported": ("death", {}),
    "objection_decided": ("relatives", {}),
    "task_added": ("new_task", {}),
    "marked_in_error": ("mistakes_page", {}),
    "moved_here": ("move", {}),
}
# What is recorded outside the case: event → address.
_OUTSIDE = {
    "index_event": "/register",
    "bereavement": "/register/bereaved",
    "reopened": "/register",
    "message_received": "/queue",
    "called_in": "/called?case={case}",
    "acute_concern": "/called?case={case}",
}
# These are told on the page of their own task, whatever ends them.
_ON_ITS_PAGE = frozenset({"ask_whether_met", DECIDES})


def act_of(file: CaseFile, task: Task) -> tuple[str, str]:
    """Where the one act stands that does this task, and what its button says."""
    if task.kind == "sign_closing":
        return "/sign", t("casefile.acts.sign_closing")
    if task.kind == "correct_epj":
        return "/epj", t("casefile.acts.correct_epj")
    if task.kind == DECIDE_OBJECTION and (relative := _about(file, task)):
        own = url_for("casefile_pages.relative", case_id=file.case.id, relative_id=relative)
        return own, t("casefile.acts.decide_objection")
    if (act := act_of_appointment(file, task)) is not None:
        return act
    if file.uncovered(task):
        return _page(file.case.id, "call_patient"), t("casefile.acts.call_patient")
    if ANSWERED in task.satisfied_by:
        of = task.step_key.removeprefix("gate.")
        return act_for(file, ANSWERED, of)
    return _by_kind(file, task) or _by_event(file, task) or _in_words(file, task)


def _by_kind(file: CaseFile, task: Task) -> tuple[str, str] | None:
    """By the page of its kind, unless something else is what ends it."""
    if task.kind not in _ACTS:
        return None
    ends = [_place(event) for event in task.satisfied_by]
    if ends and _ACTS[task.kind] not in ends:
        return None
    return _page(file.case.id, task.kind), t(f"casefile.acts.{task.kind}")


def _by_event(file: CaseFile, task: Task) -> tuple[str, str] | None:
    """Where what ends it is recorded, where a person cannot say in words that it is done."""
    if task.kind in _ON_ITS_PAGE or planning.done_in_words(task) or not task.satisfied_by:
        return None
    event = next((one for one in task.satisfied_by if has_place(one)), task.satisfied_by[0])
    to, says = act_for(file, event)
    ways = task.due_reason.get("evidence", {}).get("channel", ())
    if len(ways) == 1 and _place(event)[0] == "contact":  # only how, never what came of it
        to = f"{to}?channel={ways[0]}"
    return to, says


def _in_words(file: CaseFile, task: Task) -> tuple[str, str]:
    own = url_for("casefile_pages.task", case_id=file.case.id, task_id=task.id)
    return own, t("casefile.acts.other")


def _about(file: CaseFile, task: Task) -> str:
    """The id of what a task that a person made is about."""
    made = file.anchor_of(task)
    return str(made.facts.get("about", "")) if made is not None else ""


def has_place(event: str) -> bool:
    """Whether an event of this kind is recorded on a page of its own; else on the case itself."""
    return event in _NEEDS or event in _RECORDED or event in _OUTSIDE


def _place(event: str) -> tuple[str, Mapping[str, Any]]:
    kind = _NEEDS.get(event)
    return _RECORDED.get(event, ("show", {})) if kind is None else _ACTS[kind]


def act_for(file: CaseFile, event: str, of: str = "") -> tuple[str, str]:
    """Where an event of this kind is recorded; the case itself for what has no page, and before
    a death is confirmed for what is asked of the bereaved. `of`: the key of the gate that asks for an
    answer, whose questions stand first there."""
    case_id = file.case.id
    if event == ANSWERED and of:
        own = url_for("casefile_pages.say", case_id=case_id, kind=ANSWERED, of=of)
        return own, t("casefile.acts.answered")
    if event in telling.OF_THE_BEREAVED and file.death != EventKind.DEATH_CONFIRMED:
        return url_for("casefile_pages.show", case_id=case_id), t("casefile.acts.see_case")
    if event in _NEEDS:
        return _page(case_id, _NEEDS[event]), t(f"casefile.acts.{_NEEDS[event]}")
    if event in _OUTSIDE:
        to = _OUTSIDE[event].format(case=case_id)
    else:
        page, values = _place(event)
        to = url_for(f"casefile_pages.{page}", case_id=case_id, **values)
    if not has_place(event):
        return to, t("casefile.acts.see_case")
    return to, t("casefile.acts.register", what=word("cases.events", event))


def _page(case_id: UUID, kind: str) -> str:
    page, values = _ACTS[kind]
    return url_for(f"casefile_pages.{page}", case_id=case_id, **values)
