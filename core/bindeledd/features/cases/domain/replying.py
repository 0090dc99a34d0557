"""What the person answered where something was asked of them, or offered: asked is not granted.

A question that was answered with a no, or with *not now*, is answered all the same; whoever reads
that it was asked must see the answer too. Pure, over the plain facts of events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, offering
from bindeledd.features.pathways.domain import Gate, satisfies
from bindeledd.features.pathways.domain.facts import fact_word


class Said(StrEnum):
    """`later`: not now. `unsaid`: it was asked, and no answer is known here.

    Of relatives: `contacted`, `none` where there are none, `unsafe` to contact. Of children:
    `unknown`; `siblings_unasked`; `answered` where both are known. Of a number that was tried and
    answered: `not_safe` to call, `no_message` to be left, `unknown` whether it is safe.
    """

    YES = "yes"
    NO = "no"
    LATER = "later"
    CONTACTED = "contacted"
    NONE = "none"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"
    SIBLINGS_UNASKED = "siblings_unasked"
    ANSWERED = "answered"
    NOT_SAFE = "not_safe"
    NO_MESSAGE = "no_message"
    UNSAID = "unsaid"


class About(StrEnum):
    ASKED = "asked"
    OFFERED = "offered"
    TRIED = "tried"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """`again_at`: the first instant of the day on which it is asked or offered again."""

    about: About
    said: Said
    again_at: datetime | None = None
    event_id: UUID

    @property
    def is_not_granted(self) -> bool:
        """Whether whoever reads that it is in place must not take it for a plain yes."""
        return self.said in _NOT

    @property
    def is_unsafe(self) -> bool:
        return self.said in UNSAFE


UNSAFE = frozenset({Said.UNSAFE, Said.NOT_SAFE})
_WAITS = frozenset({Said.NO, Said.LATER})
_UNSURE = frozenset({Said.UNKNOWN, Said.SIBLINGS_UNASKED})
_NOT = _WAITS | _UNSURE | UNSAFE | {Said.NO_MESSAGE}
_ASKED = (EventKind.CONTACT_CONSENT_ASKED, EventKind.RELATIVES_ASKED, EventKind.CHILDREN_ASKED)


def reply(gate: Gate, events: Iterable[Event]) -> Reply | None:
    """What was answered last, of those events that keep the gate; None where it asks no person, and
    where the plan that was offered was made."""
    kept = [one for one in events if satisfies(gate, one.kind.value, one.facts)]
    last = max(kept, key=lambda one: (one.at, one.recorded_at), default=None)
    return None if last is None else _reply(last)


def _reply(event: Event) -> Reply | None:
    if event.kind in _ASKED:
        about, said = About.ASKED, _answered(event.facts)
    elif event.kind is EventKind.PLAN_OFFERED and offering.is_unmade(event.facts):
        about, said = About.OFFERED, Said.LATER if offering.waits(event.facts) else Said.NO
    else:
        return None
    again = event.facts.get("ask_again_at" if about is About.ASKED else offering.MOMENT)
    return Reply(
        about=about,
        said=said,
        again_at=datetime.fromisoformat(again)
        if isinstance(again, str) and said in _WAITS
        else None,
        event_id=event.id,
    )


def _answered(facts: Mapping[str, Any]) -> Said:
    if facts.get("relatives_later"):
        return Said.LATER
    if facts.get("minors") is False:  # known only where both children and siblings are
        return Said.ANSWERED
    said = fact_word(facts.get("contact_consent"))
    return Said(said) if said in ("yes", "no", "later") else Said.UNSAID
