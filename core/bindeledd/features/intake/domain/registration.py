"""What a person says who registers somebody by hand, in under two minutes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.patients.domain import ContactWay, Identity


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
class Registration:
    """Who, what happened, when, unit, phone, who answers; also without any number.

    `happened_at` is when it happened (`date_only` where only the day is known); `discharged_at`
    when the person left, if they have. `discharge_unknown`: nobody knows whether they have; what is
    owed after a discharge is owed then, from when it happened. `team_id` says who answers, else the unit's team does.
    """

    identity: Identity
    contact_ways: tuple[ContactWay, ...] = ()
    index_kind: IndexKind
    intoxication: Intoxication = Intoxication.UNKNOWN
    happened_at: datetime
    date_only: bool = False
    discharged_at: datetime | None = None
    discharged_date_only: bool = False
    discharge_unknown: bool = False
    unit_id: UUID | None = None
    team_id: UUID | None = None
    words: str = ""
