"""What is set up: organisations, units, addresses in the messages, teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bindeledd.features.administration.domain.people import seen_of
from bindeledd.features.staff.domain import Duty, Member, OnCall, Role


@dataclass(frozen=True, kw_only=True)
class Point:
    """An address in the messages, and whose it is."""

    scheme: str
    value: str
    of: str


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit, of which organisation it is and which team works for it."""

    id: UUID
    key: str
    name: str
    kind: str
    organisation: str
    team: str | None
    acute_number: str | None
    active: bool
    organisation_id: UUID
    team_id: UUID | None = None

    @property
    def seen(self) -> str:
        return seen_of(self.standing)

    @property
    def standing(self) -> dict[str, object]:
        """What a form about this unit rests on."""
        return {"name": self.name, "team": self.team_id, "acute": self.acute_number}


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team: who leads it, how many work in it, and when it is open."""

    id: UUID
    key: str
    name: str
    organisation: str
    active: bool
    leads: tuple[str, ...] = ()
    people: int = 0
    hours: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class TeamPage:
    """One team with its people, who is on call, and who answers in the days to come."""

    team: Team
    members: tuple[tuple[Member, Role], ...]
    on_call: Sequence[OnCall]
    duty: Sequence[Duty]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Everything that is set up. `organisations`: key, name and kind."""

    organisations: tuple[tuple[str, str, str], ...]
    units: tuple[Unit, ...]
    points: tuple[Point, ...]
    teams: tuple[Team, ...]
