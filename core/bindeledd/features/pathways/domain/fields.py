"""Extra structured facts on a case: which ones a routine may ask for, with their options.

A field is recorded with an event as a plain value of a closed list. Steps and gates ask for it
in `when` and `evidence`; a field that no step uses is refused where packs are gathered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.facts import Condition, has_evidence
from bindeledd.features.pathways.domain.values import Origin

# The names under which it can be told, and what an answer may be: plain codes, never words.
FIELD_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
ANSWER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
# Where the latest answer stands beside the history: on the follow-up, where an appointment is made,
# and in what goes to a receiver outside.
SHOWN_IN = ("appointment", "case", "package")


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer: its plain value and its label in each language (`nb`, `en`).

    `follows_from`: what a saved version of the plan says by itself; then it is not asked.
    `in_words`: whoever gives this answer says in words why, or what it needs to be understood.
    """

    value: str
    label: Mapping[str, str]
    follows_from: Condition = field(default_factory=dict)
    in_words: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseField:
    """One extra fact: `key` names it in events and conditions, `options` close the list.

    `asked_with`: the kinds of events with which people are asked for it. `used_by`: the keys of
    the steps and gates that look at it. `shown_in`: where the latest answer is shown (`SHOWN_IN`).
    """

    key: str
    label: Mapping[str, str]
    options: tuple[Option, ...]
    asked_with: tuple[str, ...]
    used_by: tuple[str, ...]
    help: Mapping[str, str] = field(default_factory=dict)
    shown_in: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
    stands: Mapping[str, Origin] = field(default_factory=dict, compare=False)

    def allows(self, value: object) -> bool:
        """Is this one of the answers?"""
        return any(value == option.value for option in self.options)

    def in_words(self, value: object) -> bool:
        """Is this an answer that is given with words only?"""
        return any(value == option.value and option.in_words for option in self.options)

    def follows(self, facts: Mapping[str, object]) -> str | None:
        """The answer that these facts give by themselves."""
        found = (one for one in self.options if one.follows_from)
        return next((one.value for one in found if has_evidence(one.follows_from, facts)), None)

    def left_to_ask(self, facts: Mapping[str, object]) -> tuple[Option, ...]:
        """The answers that nobody else gives; none where these facts answer it already."""
        if self.follows(facts) is not None:
            return ()
        return tuple(one for one in self.options if not one.follows_from)
