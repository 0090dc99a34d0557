"""What a person may say has happened, in so many words; everything else has a door of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.joining import RECEIVER
from bindeledd.features.cases.domain.may_tell import (
    AnswerNeeded,
    check_answered,
    check_listed,
    named,
)
from bindeledd.features.cases.domain.told_with import TOLD_WITH, check_told_with
from bindeledd.features.pathways.domain.facts import fact_word
from bindeledd.features.pathways.domain.fields import ANSWER, FIELD_KEY, CaseField
from bindeledd.foundation.errors import Conflict, Invalid

_K = EventKind
TELLABLE = frozenset(
    {
        _K.ADMITTED,
        _K.READY_FOR_DISCHARGE,
        _K.DISCHARGE_WITHDRAWN,
        _K.DISCHARGED,
        _K.RISK_ASSESSED,
        _K.PLAN_OFFERED,
        _K.RELATIVES_ASKED,
        _K.CHILDREN_ASKED,
        _K.NUMBER_VERIFIED,
        _K.CONTACT_CONSENT_ASKED,
        _K.INTERPRETER_ASKED,
        _K.RECEIVER_NAMED,
        _K.CONTACT_PERSON_NAMED,
        _K.ACUTE_CONCERN,
        _K.RELATIVES_CONSIDERED,
        _K.RECEIVER_TOLD,
        _K.DECLINED,
        _K.DEATH_REPORTED,
        _K.DEATH_REFUTED,
        _K.DEATH_CONFIRMED,
        _K.BEREAVED_OFFERED,
        _K.BEREAVED_CHILDREN_OFFERED,
        _K.GAP_COVERED,
        _K.ANSWERED,
    }
)

# What is said of those who are left: only where the death is confirmed.
OF_THE_BEREAVED = frozenset({_K.BEREAVED_OFFERED, _K.BEREAVED_CHILDREN_OFFERED})
# Answers of theirs after which they may be asked again, on a day of their own.
ASKED_AGAIN = frozenset({"later", "declined"})

# What other rows rest on: it is corrected through its own door, not by a mark on the event.
FIXED = frozenset(
    {
        _K.CLOSED,
        _K.REOPENED,
        _K.CLOSING_REQUESTED,
        _K.CLOSING_REFUSED,
        _K.HANDOVER_SENT,
        _K.HANDOVER_RECEIVED,
        _K.HANDOVER_ACCEPTED,
        _K.HANDOVER_RETURNED,
        _K.APPOINTMENT_BOOKED,
        _K.APPOINTMENT_GIVEN,
        _K.APPOINTMENT_CONFIRMED,
        _K.APPOINTMENT_MOVED,
        _K.APPOINTMENT_MISSED,
        _K.APPOINTMENT_KEPT,
        _K.APPOINTMENT_CANCELLED,
        _K.APPOINTMENT_HANDED_ON,
        _K.DEATH_REPORTED,
        _K.DEATH_CONFIRMED,
        _K.MARKED_IN_ERROR,
        _K.GATE_BREACHED,
        _K.ROUTINE_CHANGED,
        _K.MOVED_HERE,
        _K.MESSAGE_HELD,
        _K.CORRECTED_EARLIER,
        _K.OBJECTION_DECIDED,
        _K.AGE_NOTED,
    }
)

OURS = frozenset(
    {
        "task_id",
        "case",
        "handover_id",
        "appointment_id",
        "appointment_at",
        "appointment_way",
        "document_id",
        "ending",
        "override",
        "covers",
        "unit_id",
        "family",
        "follows",
        "ask_again_at",
        "offer_again_at",
        "offer_again_chosen",
        "receiver_first_at",
        "minor",
        "in_epj",
        "instead_of",
        "whereabouts",
        "asked_of",
        "minors",
        "child_contact",
        "taken_over_by",
        "layers_joined",
        "layers_of_stay",
        "stays_let_go",
        "stays_following",
        "agreements_joined",
        "receiver_organisation_kind",
        "from_team",
        "plan_version_id",
        "plan_written",
        "plan_person",
        "plan_relatives",
        "plan_services",
        "plan_sections",
        "plan_municipal_measure",
        "plan_complete",
        "about",
        "anchor",
        "because",
        "corrects",
        "covers_from",
        "covers_until",
        "decides",
        "direction",
        "events",
        "first_recorded_at",
        "first_recorded_by",
        "gate",
        "ground_chosen_by",
        "ground_reviewed",
        "index_kind",
        "kind",
        "known_since",
        "moved_from",
        "moved_from_case",
        "moved_to",
        "quotes",
        "receipt",
        "to_outside",
        "to_team",
    }
)
# What a pack asks under such a name could never be answered, or would say something else.
RESERVED = OURS | TOLD_WITH.keys()
Fact = str | bool


class NotTellable(Invalid):
    """This cannot be said in this way: it has a door of its own."""

    code = "case.not_tellable"


class BadFact(Invalid):
    """A plain fact is a short code or yes or no; words are sealed in the note."""

    code = "case.bad_fact"


class NothingAnswered(Invalid):
    """An answer without a fact answers none of the questions that a routine asks."""

    code = "case.nothing_answered"


class ReasonNeeded(Invalid):
    """A person who marks something as entered in error, says that it is done, or has assessed, says
    so in words; so does one who names, offers or covers."""

    code = "case.reason_needed"


class CannotMark(Conflict):
    """Other rows rest on this event: it cannot be marked as entered in error here."""

    code = "case.cannot_mark"


class NumberNeeded(Invalid):
    """A number is checked when it says which number, and how it was tried."""

    code = "case.number_needed"


def number_tried(words: Mapping[str, object]) -> tuple[str, str]:
    """Which number was tried, and how: without both nothing was checked."""
    phone, how = (str(words.get(name) or "").strip() for name in ("phone", "how"))
    if not (phone and how):
        raise NumberNeeded()
    return phone, how


def rests_on_a_row(facts: Mapping[str, Any]) -> bool:
    """Whether a document, or what is known of the family, tells the same: its own door mends both."""
    return bool(facts.get("document_id") or facts.get("family"))


# What happens in a unit: who tells of it may say in which one.
IN_A_UNIT = frozenset({_K.ADMITTED, _K.READY_FOR_DISCHARGE, _K.DISCHARGED})


def check_unit(kind: EventKind, unit: object) -> None:
    """A unit is named of a stay, and of nothing else."""
    if unit is not None and kind not in IN_A_UNIT:
        raise BadFact(fact="unit_id")


# Without words nobody can see what was found; who was offered what; who answers from when until
# when; why a relative or a receiver was contacted or not; to what the person said no; from whom one
# knows that a death is true, or not. A report of a death stops all contact with or without words.
IN_WORDS = frozenset(
    {
        _K.DECLINED,
        _K.DEATH_CONFIRMED,
        _K.DEATH_REFUTED,
        _K.RISK_ASSESSED,
        _K.BEREAVED_OFFERED,
        _K.BEREAVED_CHILDREN_OFFERED,
        _K.CONTACT_PERSON_NAMED,
        _K.GAP_COVERED,
        _K.RELATIVES_CONSIDERED,
        _K.RECEIVER_TOLD,
    }
)


def check_worded(kind: EventKind, words: Mapping[str, object], facts: Mapping[str, object]) -> None:
    """Refuse what is true only with the words that say who and what.

    A receiver that is no organisation of the installation is named in words, and so is what was
    answered of children and siblings where their own door is not used. Whoever answers while nobody
    is on duty is named (`who`), and then no more words are needed. What came of a plan that was
    offered is an answer, a day (`offer_again_at`) or words. Raises `ReasonNeeded`, `AnswerNeeded`:
    both name the field.
    """
    if str(words.get("words") or "").strip() or words.get("who"):
        return
    if kind is _K.PLAN_OFFERED and not (words.get("plan") or _says_something(facts)):
        raise AnswerNeeded(fact="words", door="plan/versions")
    if kind is _K.CHILDREN_ASKED:
        raise AnswerNeeded(fact="words", door="children-asked")
    if kind in IN_WORDS or (kind is _K.RECEIVER_NAMED and not facts.get(RECEIVER)):
        raise ReasonNeeded(fact="words")


def _says_something(facts: Mapping[str, object]) -> bool:
    """Whether something is told beside that nothing of it is so."""
    return any(fact_word(value) not in ("", "no") for value in facts.values())


def check_words(words: Mapping[str, object]) -> None:
    """Refuse words that say nothing."""
    if not any(str(word).strip() for word in words.values()):
        raise ReasonNeeded()


def check(kind: EventKind, facts: Mapping[str, object], asked: Iterable[CaseField] = ()) -> None:
    """Refuse a kind that has a door of its own, facts that are not plain codes, that another event
    tells or that nothing asks for with this one, and an answer that is none of the answers."""
    if kind not in TELLABLE:
        raise NotTellable(kind=kind.value)
    if kind is _K.ANSWERED and not facts:
        raise NothingAnswered()
    for name, value in facts.items():
        plain = isinstance(value, bool) or (isinstance(value, str) and ANSWER.fullmatch(value))
        if name in OURS or not FIELD_KEY.fullmatch(name) or not plain:
            raise BadFact(fact=named(name))
        check_told_with(kind, name)
    check_listed(kind, facts, asked)
    check_answered(kind, facts)
