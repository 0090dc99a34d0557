"""What a person may say has happened, in so many words; everything else has a door of its own."""

import re
from collections.abc import Mapping
from typing import Any

from bindeledd.features.cases.domain import EventKind
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
        _K.AGE_NOTED,
    }
)

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_OURS = frozenset(
    {
        "task_id",
        "handover_id",
        "appointment_id",
        "appointment_at",
        "document_id",
        "ending",
        "override",
        "covers",
        "unit_id",
        "family",
        "ask_again_at",
        "offer_again_at",
        "offer_again_chosen",
        "receiver_first_at",
        "minor",
        "in_epj",
        "minors",
        "taken_over_by",
        "layers_joined",
    }
)
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
    """A person who marks something as entered in error, or says that it is done, says why."""

    code = "case.reason_needed"


class CannotMark(Conflict):
    """Other rows rest on this event: it cannot be marked as entered in error here."""

    code = "case.cannot_mark"


def rests_on_a_row(facts: Mapping[str, Any]) -> bool:
    """Whether a document, or what is known of the family, tells the same: its own door mends both."""
    return bool(facts.get("document_id") or facts.get("family"))


def check_words(words: Mapping[str, object]) -> None:
    """Refuse words that say nothing."""
    if not any(str(word).strip() for word in words.values()):
        raise ReasonNeeded()


def check(kind: EventKind, facts: Mapping[str, object]) -> None:
    """Refuse a kind that has a door of its own, and facts that are not plain codes."""
    if kind not in TELLABLE:
        raise NotTellable(kind=kind.value)
    if kind is _K.ANSWERED and not facts:
        raise NothingAnswered()
    for name, value in facts.items():
        plain = isinstance(value, bool) or (isinstance(value, str) and _CODE.fullmatch(value))
        if name in _OURS or not _KEY.fullmatch(name) or not plain:
            raise BadFact(fact=name if _KEY.fullmatch(name) else "?")
