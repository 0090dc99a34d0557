"""Extra structured facts on a case: which ones a routine may ask for, with their options.

A field is recorded with an event as a plain value of a closed list. Steps and gates ask for it
in `when` and `evidence`; a field that no step uses is refused where packs are gathered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.values import Origin


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer: its plain value and its label in each language (`nb`, `en`)."""

    value: str
    label: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CaseField:
    """One extra fact: `key` names it in events and conditions, `options` close the list.

    `asked_with`: the kinds of events with which people are asked for it. `used_by`: the keys of
    the steps and gates that look at it.
    """

    key: str
    label: Mapping[str, str]
    options: tuple[Option, ...]
    asked_with: tuple[str, ...]
    used_by: tuple[str, ...]
    help: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)

    def allows(self, value: object) -> bool:
        """Is this one of the answers?"""
        return any(value == option.value for option in self.options)
