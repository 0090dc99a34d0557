"""What a person says who registers somebody by hand, in under two minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from bindeledd.features.cases.domain import NOT_KNOWN, EventKind, IndexKind, NewEvent, Origin
from bindeledd.features.patients.domain import ContactWay, Identity
from bindeledd.foundation.spelling import OSLO


class Intoxication(StrEnum):
    """Whether it was one. Some routines are for intoxications only, and hold where nobody knows."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def facts(self) -> dict[str, str]:
        """As the index event says it: what is not known is not said."""
        return {} if self is Intoxication.UNKNOWN else {"intoxication": self.value}


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """Who, phone, who answers; also without any number. `team_id` says who answers, else the unit's
    team does."""

    identity: Identity
    contact_ways: tuple[ContactWay, ...] = ()
    unit_id: UUID | None = None
    team_id: UUID | None = None
    words: str = ""

    @property
    def said(self) -> dict[str, str]:
        """What was said in words: it is sealed with the event."""
        return {"words": self.words}

    def as_of(self, _at: datetime) -> Self:
        """The same as it counts when it is registered at this moment."""
        return self


@dataclass(frozen=True, kw_only=True)
class Registration(Somebody):
    """What happened, and when.

    `happened_at` is when it happened (`date_only` where only the day is known); `discharged_at`
    when the person left, if they have. `discharge_unknown`: nobody knows whether they have; what is
    owed after a discharge is owed then, from when it happened.
    """

    index_kind: IndexKind
    intoxication: Intoxication = Intoxication.UNKNOWN
    happened_at: datetime
    date_only: bool = False
    discharged_at: datetime | None = None
    discharged_date_only: bool = False
    discharge_unknown: bool = False

    def begins(self, note: Mapping[str, Any]) -> NewEvent:
        """The index event."""
        return NewEvent(
            kind=EventKind.INDEX_EVENT,
            at=self.happened_at,
            date_only=self.date_only,
            facts={"index_kind": self.index_kind.value, **self.intoxication.facts},
            note=note,
        )

    def left(self, at: datetime) -> Sequence[NewEvent]:
        """The discharge that was told of, or that is assumed because nobody knows."""
        if self.discharged_at is not None:
            when, day = self.discharged_at, self.discharged_date_only
        elif self.discharge_unknown:
            when, day = self.happened_at, self.date_only
        else:
            return ()
        unknown = {} if self.discharged_at is not None else {NOT_KNOWN: True}
        return (
            NewEvent(
                kind=EventKind.DISCHARGED,
                at=min(when, at),
                date_only=day,
                facts={"how_known": "person", **unknown},
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Bereavement(Somebody):
    """Somebody is bereaved by suicide, and is to be followed up themselves.

    `origin` is what kind of service told us, `told_by` who, in words; `told_at` when we heard of it:
    from then on help is owed. `relation` is what they were to whoever died, in the team's own words
    (S-105: a friend, a colleague, a neighbour too). Of whoever died nothing is asked.
    """

    origin: Origin
    told_at: datetime
    date_only: bool = False
    told_by: str = ""
    relation: str = ""

    @property
    def said(self) -> dict[str, str]:
        """Who told it and what they were to one another stand beside the words, where they are known."""
        more = {"told_by": self.told_by, "relation": self.relation}
        return {**super().said, **{name: words for name, words in more.items() if words.strip()}}

    def as_of(self, at: datetime) -> Self:
        """Heard of today, with no time of day: from now on, since nobody could have helped before."""
        heard = self.told_at.astimezone(OSLO).date()
        if not self.date_only or heard != at.astimezone(OSLO).date():
            return self
        return replace(self, told_at=at, date_only=False)

    def begins(self, note: Mapping[str, Any]) -> NewEvent:
        """The bereavement."""
        return NewEvent(
            kind=EventKind.BEREAVEMENT,
            at=self.told_at,
            date_only=self.date_only,
            facts={"origin": self.origin.value},
            note=note,
        )

    def left(self, at: datetime) -> Sequence[NewEvent]:
        """Nothing: nobody says that the person was in hospital."""
        return ()
