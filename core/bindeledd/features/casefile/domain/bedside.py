"""What is asked before a person goes home, in one go: each answer optional, nothing guessed.

An answer that is `None` was not asked for; that is never the same as no. *Not now* has a day on
which it is asked again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from bindeledd.features.cases.domain import Event, EventKind, NewEvent, last_of
from bindeledd.features.patients.domain import BornHow, ContactWay, Identity, VerifiedHow
from bindeledd.features.relatives.domain import Answer, Carer, Family, again
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.spelling import OSLO


class NothingSaid(Invalid):
    """No question has an answer: there is nothing to write."""

    code = "bedside.nothing_said"


class AskAgainWhen(Invalid):
    """*Not now* needs the day on which it is asked again, and that day lies ahead."""

    code = "bedside.ask_again_when"


class PlanAgainWithoutLater(Invalid):
    """A day on which the plan is offered again belongs to a person who wants to wait with it."""

    code = "bedside.plan_again_without_later"


class BornAhead(Invalid):
    """Nobody is born after today."""

    code = "bedside.born_ahead"


class Consent(StrEnum):
    """May we be in touch? *Later*: not now, asked again on a day."""

    YES = "yes"
    NO = "no"
    LATER = "later"


class PlanAnswer(StrEnum):
    """What came of offering a plan. One that was not made is offered again."""

    MADE = "made"
    LATER = "later"
    DECLINED = "declined"

    @property
    def is_offered_again(self) -> bool:
        return self is not PlanAnswer.MADE


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A number that was tried at the bedside, and answered."""

    value: str
    how: VerifiedHow


@dataclass(frozen=True, kw_only=True)
class NewRelative:
    """Somebody the person named when asked whom to involve."""

    name: str = ""
    relation: str = ""
    phone: str = ""
    nearest: bool = False
    unsafe_to_contact: bool = False
    carer: Carer | None = None

    @property
    def is_named(self) -> bool:
        return bool(self.name or self.relation or self.phone)


@dataclass(frozen=True, kw_only=True)
class Bedside:
    """The answers. `ways`: how the person is reached, whole, where anything of it was changed.

    `facts`: what packs ask for beside it, by kind of event.
    """

    consent: Consent | None = None
    ask_again_on: date | None = None
    consent_words: str = ""
    ways: tuple[ContactWay, ...] | None = None
    tried: tuple[Tried, ...] = ()
    interpreter: bool | None = None
    language: str | None = None
    born_on: date | None = None
    born_how: BornHow = BornHow.PERSON_SAID
    plan: PlanAnswer | None = None
    plan_words: str = ""
    plan_again_on: date | None = None
    relatives: Answer | None = None
    relatives_again_on: date | None = None
    relatives_words: str = ""
    relative: NewRelative = NewRelative()
    children: Family | None = None
    facts: Mapping[EventKind, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def says_nothing(self) -> bool:
        asked = (self.consent, self.ways, self.interpreter, self.language, self.born_on, self.plan)
        near = (self.relatives, self.children)
        if self.tried or self.relative.is_named:
            return False
        return all(answer is None for answer in (*asked, *near))


def check(said: Bedside, at: datetime) -> None:
    """Refuse what says nothing, a *not now* without a day to come, a day for what does not wait, a
    birth that lies ahead."""
    if said.says_nothing:
        raise NothingSaid()
    if said.born_on is not None and said.born_on > at.astimezone(OSLO).date():
        raise BornAhead()
    if said.consent is Consent.LATER and (
        said.ask_again_on is None or said.ask_again_on <= at.astimezone(OSLO).date()
    ):
        raise AskAgainWhen()
    if said.plan_again_on is not None and said.plan is not PlanAnswer.LATER:
        raise PlanAgainWithoutLater()
    again.check_again(said.relatives, said.relatives_again_on, at)


def events(
    said: Bedside, was: Identity | None, *, happened_at: datetime, date_only: bool
) -> list[NewEvent]:
    """What was asked, as events; `was` is what was known of the person before."""
    return [
        NewEvent(
            kind=kind,
            at=happened_at,
            date_only=date_only,
            facts={**said.facts.get(kind, {}), **facts},
            note={name: value for name, value in note.items() if value != ""} or None,
        )
        for kind, facts, note in _said(said, was)
    ]


_Line = tuple[EventKind, dict[str, Any], dict[str, Any]]


def _said(said: Bedside, was: Identity | None) -> Iterator[_Line]:
    if said.consent is not None:
        day = said.ask_again_on if said.consent is Consent.LATER else None
        facts = {"contact_consent": said.consent.value}
        facts |= {} if day is None else {"ask_again_at": _start_of(day).isoformat()}
        yield EventKind.CONTACT_CONSENT_ASKED, facts, {"words": said.consent_words}
    for one in said.tried:
        yield EventKind.NUMBER_VERIFIED, {}, {"phone": one.value, "how": one.how.value}
    if said.interpreter is not None:
        before = {} if was is None else {"interpreter_was": was.interpreter}
        answer = "yes" if said.interpreter else "no"
        yield EventKind.INTERPRETER_ASKED, {"interpreter": answer}, before
    if said.plan is not None:
        yield EventKind.PLAN_OFFERED, {}, {"plan": said.plan.value, "words": said.plan_words}


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=OSLO).astimezone(UTC)


def left(
    history: tuple[Event, ...], *, happened_at: datetime, date_only: bool, words: str
) -> list[NewEvent]:
    """The person left before anybody had assessed them, and with it the stay ended.

    A discharge that stands already for this stay is not written twice.
    """
    note = {"words": words} if words else None
    gone = NewEvent(
        kind=EventKind.LEFT_BEFORE_ASSESSMENT, at=happened_at, date_only=date_only, note=note
    )
    began = last_of(history, EventKind.ADMITTED, EventKind.INDEX_EVENT)
    known = tuple(event for event in history if not event.is_assumed)
    ended = last_of(known, EventKind.DISCHARGED)
    if ended is not None and (began is None or ended.at >= began.at):
        return [gone]
    ends = NewEvent(kind=EventKind.DISCHARGED, at=happened_at, date_only=date_only)
    return [gone, ends]
