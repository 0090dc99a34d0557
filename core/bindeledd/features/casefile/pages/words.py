"""What the templates of a case say of codes: kinds of tasks, events, outcomes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.arriving import arrived
from bindeledd.features.casefile.domain.outcomes import is_answered, outcome_words
from bindeledd.features.casefile.domain.owing import GateView
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.casefile.pages.acts import act_for, act_of
from bindeledd.features.casefile.pages.answered import answered
from bindeledd.features.casefile.pages.answering import corrected_at
from bindeledd.features.casefile.pages.appointed import (
    left_unchecked,
    too_late_to_check,
    was_never_checked,
)
from bindeledd.features.casefile.pages.asking import questions
from bindeledd.features.casefile.pages.called import task_called
from bindeledd.features.casefile.pages.covering import cover_said
from bindeledd.features.casefile.pages.deciding import chosen
from bindeledd.features.casefile.pages.lacking import lacking
from bindeledd.features.casefile.pages.mistakes import markable
from bindeledd.features.casefile.pages.moving import may_move
from bindeledd.features.cases.domain import NOT_KNOWN, EventKind, offering, planning
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.words import ANSWERED
from bindeledd.features.pathways.service.wording import gate_words, owed_words, task_words
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.http.forms import day_words, local_day
from bindeledd.foundation.spelling import telephone, word, written
from bindeledd.foundation.texts import said_of, t


def pair_telephone(value: str) -> tuple[str, str]:
    """A number as it is sent, and as it is shown."""
    return value, telephone(value)


def ended_by(file: CaseFile, task: Task) -> Happened | None:
    """What happened that ended the task."""
    return next((one for one in file.timeline if one.id == task.ended_by_event_id), None)


def called_with(file: CaseFile, task: Task) -> Happened | None:
    """The call or the concern that made the task owed, with what was said, by whom and from where."""
    made = file.anchor_of(task)
    return made if made is not None and made.kind in ("acute_concern", "called_in") else None


def event_words(file: CaseFile, one: Happened) -> str:
    """What an event is called; an attempt that the person answered reached them, whatever they said."""
    if not is_answered(one.kind, one.facts):
        return word("cases.events", one.kind)
    with_it = (
        other
        for other in file.timeline
        if other.kind == "declined" and other.source_id == one.source_id is not None
    )
    said_no = any(not other.in_error or one.in_error for other in with_it)
    return t(f"casefile.contact.{'said_no' if said_no else 'answered'}")


def gate_called(book: Book, gate: GateView) -> str:
    """What a gate is called in a list: its own title, else what happens; one that is kept by an
    answer is called as its task is, since *answered* says nothing of which."""
    if gate.need == ANSWERED:
        return gate_words(book, gate.key)[0]
    return gate.title or word("cases.events", gate.need)


def done_in_words(task: Task) -> bool:
    """Whether a person may say that it is done; else only what happens does it."""
    return planning.done_in_words(task)


_OF_A_TASK = ("task_added", "task_brought_forward", "task_moved_later", "task_done")


def task_of(file: CaseFile, happened: Happened) -> Task | None:
    """The task that was added, moved or done; not what is counted from there."""
    if happened.kind not in _OF_A_TASK:
        return None
    own, kind = happened.facts.get("task_id"), happened.facts.get("kind")
    tasks = [one.task for one in (*file.owed, *file.done)]
    if own is not None:
        return next((one for one in tasks if str(one.id) == own), None)
    made = (one for one in tasks if one.anchor_event_id == happened.id and one.kind == kind)
    return next(made, None)


def receiver_of(file: CaseFile, happened: Happened) -> str:
    """Who accepted a handover, by name; empty for anything else."""
    to = happened.facts.get("to_team") or happened.facts.get("to_outside")
    if happened.kind != "handover_accepted" or not to:
        return ""
    return file.names.get(UUID(str(to)), "")


def said(happened: Happened) -> list[str]:
    """What was said with an event, in lines: outcome, answer, kind of receiver, words."""
    note = {**(happened.note or {}), **((happened.contact and happened.contact.detail) or {})}
    lines = [_coded(happened.kind, note, happened.facts), _offered(happened.facts)]
    lines.append(cover_said(note, happened.facts))
    lines += [str(note[name]) for name in _WORDS if note.get(name)]
    if happened.kind == EventKind.BEREAVEMENT:
        lines += [
            t(f"casefile.bereaved.said.{name}", words=note[name])
            for name in _OF_IT
            if note.get(name)
        ]
    lines += [f"{one['to']}: {one['said']}" for one in note.get("told", ())]
    return [line for line in dict.fromkeys(lines) if line]


def teller(happened: Happened) -> str:
    """Who called, where somebody got in touch with us: what was said is theirs. Else empty."""
    contact = happened.contact
    whom = (contact.detail or {}).get("whom") if contact and contact.direction == "in" else None
    return str((happened.note or {}).get("caller") or whom or "").strip()


def _offered(facts: Mapping[str, Any]) -> str:
    """On which day it is offered again, and which closed day that stands for."""
    again, closed = facts.get(offering.MOMENT), facts.get("offer_again_chosen")
    if not isinstance(again, str):
        return ""
    said = t("casefile.contact.offered", day=local_day(datetime.fromisoformat(again)))
    if not isinstance(closed, str):
        return said
    return f"{said} {t('casefile.contact.gave_way', day=day_words(date.fromisoformat(closed)))}"


_OF_IT = ("told_by", "relation")
_WORDS = ("whom", "where", "words", "said", "done", "detail")


def _coded(kind: str, note: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if note.get("outcome"):
        return outcome_words(kind, note["outcome"])
    if note.get("met"):
        return _met(note)
    if note.get("objection"):
        return _objection(note)
    if note.get("answer"):
        return word("relatives.answers", note["answer"])
    if "child_contact_told" in note:
        return _counted(note)
    if note.get("phone") and note.get("how"):
        return f"{telephone(str(note['phone']))}: {word('patients.verified_how', note['how'])}"
    if note.get("way"):
        return word("contacts.channels", note["way"])
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


def _met(note: Mapping[str, Any]) -> str:
    """Whether a receiver outside met the person, on which day, and what was earlier than agreed."""
    who, when = note.get("who", ""), note.get("met_at")
    if not when:
        return t(f"casefile.met.told.{note['met']}", who=who)
    day = written(datetime.fromisoformat(when), date_only=bool(note.get("met_date_only")))
    first = note.get("met_instead_of")
    if not first:
        return t("casefile.met.told.yes_on", who=who, day=day)
    before = written(datetime.fromisoformat(first))
    return t("casefile.met.told.yes_before", who=who, day=day, first=before)


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


def _counted(note: Mapping[str, Any]) -> str:
    """So many children and siblings as were answered; what nobody knows is not shown as none."""
    said = []
    for name, words in (("children", "counted"), ("siblings", "siblings_counted")):
        young = note.get(name)
        said.append(
            t(f"casefile.family.{words}", count=len(young or ()))
            if isinstance(young, list)
            else t(f"casefile.family.{name}_unknown")
        )
    return ", ".join(said)


_FACTS = {
    "index_kind": "cases.index_kinds",
    "origin": "cases.origins",
    "receiver_kind": "casefile.receiver_kinds",
    "ending": "cases.endings",
    "contact_consent": "casefile.consents",
    "interpreter": "casefile.yes_no",
    "minor": "cases.minor",
    "cover": "casefile.covers",
    "number_answered": "casefile.yes_no",
    "bereaved": "casefile.bereaved_answers",
    "appointment_way": "appointments.ways",
}


def given(book: Book) -> dict[str, object]:
    """What every template of this feature may use."""

    return {
        "word": word,
        "kind_words": lambda kind: task_words(kind, book),
        "task_called": lambda file, task, **by: task_called(book, file, task, **by),
        "said_of": said_of,
        "own_options": lambda own: [(one.value, said_of(one.label)) for one in own.options],
        "act_of": act_of,
        "act_for": act_for,
        "lacking": lambda file, task: lacking(book, file, task),
        "gate_called": lambda gate: gate_called(book, gate),
        "task_of": task_of,
        "event_words": event_words,
        "teller": teller,
        "receiver_of": receiver_of,
        "said": lambda happened: [
            *gate_words(book, happened.facts.get("gate")),
            *chosen(book, happened.note or {}),
            *said(happened),
            *answered(book, happened),
        ],
        "may_mark": markable,
        "may_move": may_move,
        "answer_corrected_at": corrected_at,
        "arrived": lambda file: arrived(file.timeline),
        "done_in_words": done_in_words,
        "asks": lambda file: bool(questions(book, ANSWERED, file)),
        "asked_again": asked_again,
        "not_before": not_before,
        "step_words": lambda task: owed_words(book, task.kind, task.step_key),
        "ended_by": ended_by,
        "called_with": called_with,
        "too_late_to_check": too_late_to_check,
        "was_never_checked": was_never_checked,
        "left_unchecked": left_unchecked,
        "kin_ages": ages_of(book),
    }
