"""What the templates of a case say of codes: kinds of tasks, outcomes, the one act that does it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from bindeledd.features.casefile.domain import CaseFile, Happened
from bindeledd.features.casefile.domain.arriving import arrived
from bindeledd.features.casefile.domain.outcomes import outcome_words
from bindeledd.features.casefile.pages.deciding import chosen
from bindeledd.features.casefile.pages.mistakes import markable
from bindeledd.features.casefile.pages.moving import may_move
from bindeledd.features.casefile.pages.telling import questions
from bindeledd.features.cases.domain import NOT_KNOWN, offering, planning
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.words import ANSWERED
from bindeledd.features.pathways.service.wording import owed_words
from bindeledd.features.relatives.domain import DECIDE_OBJECTION
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.http.forms import day_words, local_day
from bindeledd.foundation.spelling import telephone, word
from bindeledd.foundation.texts import said_of, t, texts

# What does a task: kind → (page of this feature, values of its address). The words of the button
# stand under `casefile.acts`. Every other task is done on its own page, in words.
_ACTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "call_patient": ("contact", {}),
    "respond_to_missed_appointment": ("contact", {}),
    "give_appointment": ("appointment", {}),
    "confirm_appointment": ("appointments", {}),
    "record_outcome": ("appointments", {}),
    "send_summary": ("summary", {}),
    "ask_relatives": ("relatives", {}),
    "ask_children": ("children", {}),
    "offer_plan": ("say", {"kind": "plan_offered"}),
    "assess_risk": ("say", {"kind": "risk_assessed"}),
    "verify_number": ("say", {"kind": "number_verified"}),
    "ask_contact_consent": ("bedside", {}),
    "name_receiver": ("say", {"kind": "receiver_named"}),
    "cover_gap": ("say", {"kind": "gap_covered"}),
    "accept_handover": ("handover", {}),
    "follow_up_handover": ("handover", {}),
    "confirm_death": ("death", {}),
    "support_bereaved": ("bereaved", {"kind": "bereaved_offered"}),
    "follow_up_bereaved": ("bereaved", {"kind": "bereaved_offered"}),
    "support_bereaved_children": ("bereaved", {"kind": "bereaved_children_offered"}),
}
# What an event that is asked for is called on its button, and where it is recorded.
_NEEDS: Mapping[str, str] = {
    "receiver_named": "name_receiver",
    "appointment_given": "give_appointment",
    "summary_sent": "send_summary",
    "risk_assessed": "assess_risk",
    "plan_offered": "offer_plan",
    "relatives_asked": "ask_relatives",
    "children_asked": "ask_children",
    "number_verified": "verify_number",
    "contact_consent_asked": "ask_contact_consent",
    "reached": "call_patient",
}


def pair_telephone(value: str) -> tuple[str, str]:
    """A number as it is sent, and as it is shown."""
    return value, telephone(value)


def ended_by(file: CaseFile, task: Task) -> Happened | None:
    """What happened that ended the task."""
    return next((one for one in file.timeline if one.id == task.ended_by_event_id), None)


def done_in_words(task: Task) -> bool:
    """Whether a person may say that it is done; else only what happens does it."""
    return planning.done_in_words(task)


def act_of(file: CaseFile, task: Task) -> tuple[str, str]:
    """Where the one act stands that does this task, and what its button says."""
    if task.kind == "sign_closing":
        return "/sign", t("casefile.acts.sign_closing")
    if task.kind == "correct_epj":
        return "/epj", t("casefile.acts.correct_epj")
    if task.kind == DECIDE_OBJECTION and (relative := _about(file, task)):
        own = url_for("casefile_pages.relative", case_id=file.case.id, relative_id=relative)
        return own, t("casefile.acts.decide_objection")
    if task.kind == "cover_appointment":
        own = url_for("casefile_pages.task", case_id=file.case.id, task_id=task.id)
        return own, t("casefile.acts.cover_appointment")
    if ANSWERED in task.satisfied_by:
        of = task.step_key.removeprefix("gate.")
        own = url_for("casefile_pages.say", case_id=file.case.id, kind=ANSWERED, of=of)
        return own, t("casefile.acts.answered")
    if task.kind not in _ACTS:
        own = url_for("casefile_pages.task", case_id=file.case.id, task_id=task.id)
        return own, t("casefile.acts.other")
    return _page(file.case.id, task.kind), t(f"casefile.acts.{task.kind}")


_OF_A_TASK = ("task_added", "task_brought_forward", "task_moved_later")


def task_of(file: CaseFile, happened: Happened) -> Task | None:
    """The task that was added or moved."""
    if happened.kind not in _OF_A_TASK:
        return None
    own = str(happened.facts.get("task_id", ""))
    tasks = [one.task for one in (*file.owed, *file.done)]
    found = (one for one in tasks if str(one.id) == own or one.anchor_event_id == happened.id)
    return next(found, None)


def receiver_of(file: CaseFile, happened: Happened) -> str:
    """Who accepted a handover, by name; empty for anything else."""
    to = happened.facts.get("to_team") or happened.facts.get("to_outside")
    if happened.kind != "handover_accepted" or not to:
        return ""
    return file.names.get(UUID(str(to)), "")


def _about(file: CaseFile, task: Task) -> str:
    """The id of what a task that a person made is about."""
    made = next((one for one in file.timeline if one.id == task.anchor_event_id), None)
    return str(made.facts.get("about", "")) if made is not None else ""


def act_for(file: CaseFile, need: str) -> tuple[str, str]:
    """Where what a gate asks for is recorded; empty for what has no page."""
    kind = _NEEDS.get(need)
    return ("", "") if kind is None else (_page(file.case.id, kind), t(f"casefile.acts.{kind}"))


def _page(case_id: UUID, kind: str) -> str:
    page, values = _ACTS[kind]
    return url_for(f"casefile_pages.{page}", case_id=case_id, **values)


def said(happened: Happened) -> list[str]:
    """What was said with an event, in lines: outcome, answer, kind of receiver, words."""
    note = {**(happened.note or {}), **((happened.contact and happened.contact.detail) or {})}
    lines = [_coded(happened.kind, note, happened.facts)]
    lines += [_offered(happened.facts)]
    lines += [str(note[name]) for name in _WORDS if note.get(name)]
    lines += [f"{one['to']}: {one['said']}" for one in note.get("told", ())]
    return [line for line in dict.fromkeys(lines) if line]


def _offered(facts: Mapping[str, Any]) -> str:
    """On which day it is offered again, and which closed day that stands for."""
    again, closed = facts.get(offering.MOMENT), facts.get("offer_again_chosen")
    if not isinstance(again, str):
        return ""
    said = t("casefile.contact.offered", day=local_day(datetime.fromisoformat(again)))
    if not isinstance(closed, str):
        return said
    return f"{said} {t('casefile.contact.gave_way', day=day_words(date.fromisoformat(closed)))}"


_WORDS = ("whom", "where", "words", "said", "done", "detail")


def _coded(kind: str, note: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if note.get("outcome"):
        return outcome_words(kind, note["outcome"])
    if note.get("met"):
        return t(f"casefile.met.told.{note['met']}", who=note.get("who", ""))
    if note.get("objection"):
        return _objection(note)
    if note.get("answer"):
        return word("relatives.answers", note["answer"])
    if "child_contact_told" in note:
        return _counted(note)
    if note.get("phone") and note.get("how"):
        return f"{telephone(str(note['phone']))}: {word('patients.verified_how', note['how'])}"
    if note.get("plan"):
        return word("casefile.plans", note["plan"])
    if facts.get("contact_consent") == "later":
        return asked_again(facts)
    if facts.get("known_since"):
        left = local_day(datetime.fromisoformat(str(facts["known_since"])))
        return t("casefile.page.discharge_known", day=left)
    if facts.get(NOT_KNOWN):
        return t("casefile.page.discharge_not_known")
    for name, table in _FACTS.items():
        if facts.get(name):
            return word(table, facts[name])
    return ""


def _objection(note: Mapping[str, Any]) -> str:
    """What became of an objection, and about whom, where the history says so."""
    if note.get("relative"):
        return t(f"relatives.objection.told_of.{note['objection']}", who=note["relative"])
    return t(f"relatives.objection.told.{note['objection']}")


def ages_of(book: Book) -> dict[str, object]:
    """The ages that the rules of kin name, as texts put them in."""
    if book.kin is None:
        return dict.fromkeys(("objects", "decides", "adult"), "–")
    rules = book.kin
    return {
        "objects": rules.objection.years,
        "decides": rules.informed.years,
        "adult": rules.responsibility.years,
    }


def asked_again(facts: Mapping[str, Any]) -> str:
    """Not now, and the day on which it is asked again, where one was agreed."""
    later = word("casefile.consents", "later")
    again = facts.get("ask_again_at")
    if not isinstance(again, str):
        return later
    return t("casefile.bedside.again", later=later, day=local_day(datetime.fromisoformat(again)))


def not_before(file: CaseFile, at: datetime) -> datetime | None:
    """The day before which the person has said that they will not be contacted."""
    one = file.consent
    again = None if one is None else one.facts.get("ask_again_at")
    if one is None or one.facts.get("contact_consent") != "later" or not isinstance(again, str):
        return None
    day = datetime.fromisoformat(again)
    return day if day > at else None


def answered(book: Book, happened: Happened) -> list[str]:
    """What was answered of the extra facts that packs ask for, with the question."""
    return [
        f"{said_of(own.label)} {said_of(option.label)}"
        for own in book.fields
        for option in own.options
        if happened.facts.get(own.key) == option.value
    ]


def _counted(note: Mapping[str, Any]) -> str:
    """So many children and siblings as were answered; what nobody knows is not shown as none."""
    said = []
    for name, words in (("children", "counted"), ("siblings", "siblings_counted")):
        young = note.get(name)
        known = isinstance(young, list)
        said.append(
            t(f"casefile.family.{words}", count=len(young or ()))
            if known
            else t(f"casefile.family.{name}_unknown")
        )
    return ", ".join(said)


_FACTS = {
    "index_kind": "cases.index_kinds",
    "receiver_kind": "casefile.receiver_kinds",
    "ending": "cases.endings",
    "contact_consent": "casefile.consents",
    "interpreter": "casefile.yes_no",
    "minor": "cases.minor",
    "cover": "casefile.covers",
    "bereaved": "casefile.bereaved_answers",
}


def given(book: Book) -> dict[str, object]:
    """What every template of this feature may use."""

    def kind_words(kind: str) -> str:
        found = texts().find(f"tasks.kinds.{kind}")
        return found if isinstance(found, str) else said_of(book.task_titles.get(kind, {}), kind)

    return {
        "word": word,
        "kind_words": kind_words,
        "said_of": said_of,
        "own_options": lambda own: [
            (option.value, said_of(option.label)) for option in own.options
        ],
        "act_of": act_of,
        "act_for": act_for,
        "task_of": task_of,
        "receiver_of": receiver_of,
        "said": lambda happened: [
            *chosen(book, happened.note or {}),
            *said(happened),
            *answered(book, happened),
        ],
        "may_mark": markable,
        "may_move": may_move,
        "arrived": lambda file: arrived(file.timeline),
        "done_in_words": done_in_words,
        "asks": lambda file: bool(questions(book, ANSWERED, file)),
        "asked_again": asked_again,
        "not_before": not_before,
        "step_words": lambda task: owed_words(book, task.kind, task.step_key),
        "ended_by": ended_by,
        "kin_ages": ages_of(book),
    }
