"""Which words an outcome has: of a call, of an index event, or of what a message tells of a death."""

from collections.abc import Mapping
from typing import Any

from bindeledd.foundation.spelling import word

# What a message says became of a person; whoever was told in a call has the outcome of that call.
_TOLD = frozenset({"dead", "died_by_suicide"})


def outcome_words(kind: str, code: str) -> str:
    """The words for the outcome that stands with an event of this kind."""
    if kind == "index_event":
        return word("cases.index_kinds", code)
    return word("intake.outcomes" if code in _TOLD else "contacts.outcomes", code)


def is_answered(kind: str, facts: Mapping[str, Any]) -> bool:
    """Whether the event is an attempt that the person answered: with a no, or with *later*."""
    return kind == "contact_attempted" and facts.get("person_answered") == "yes"
