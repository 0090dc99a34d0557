"""What is set up: organisations, units, addresses in the messages, teams; and what must hold of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from bindeledd.features.administration.domain.people import seen_of
from bindeledd.features.administration.domain.refusals import (
    KeyWrong,
    KindUnknown,
    NeverOpen,
    TeamSilent,
    UnitUnanswered,
)
from bindeledd.features.staff.domain import Duty, Hours, Member, OnCall, Role, may_be_key

# Letters of a short name.
_LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Point:
    """An address in the messages, and whose it is."""

    scheme: str
    value: str
    of: str


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """An organisation: units and teams are part of one, and messages may be addressed to it."""

    id: UUID
    key: str
    name: str
    kind: str

    @property
    def seen(self) -> str:
        return seen_of(self.standing)

    @property
    def standing(self) -> dict[str, object]:
        """What a form about this organisation rests on."""
        return {"name": self.name, "kind": self.kind}


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
        return {name: getattr(self, name) for name in ("name", "kind", "team_id", "acute_number")}


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team: who leads it, how many work in it, and when it is open: (weekday, `08.00–15.30`)."""

    id: UUID
    key: str
    name: str
    organisation: str
    active: bool
    organisation_id: UUID
    zone: str
    leads: tuple[str, ...] = ()
    people: int = 0
    hours: tuple[tuple[int, str], ...] = ()

    @property
    def answers(self) -> bool:
        """Whether somebody leads it and it is ever open."""
        return bool(self.active and self.leads and self.hours)

    @property
    def seen(self) -> str:
        return seen_of(self.standing)

    @property
    def standing(self) -> dict[str, object]:
        """What a form about this team rests on."""
        return {"name": self.name, "hours": self.hours}

    def open_on(self, weekday: int) -> str:
        """The openings of a weekday (1 Monday … 7 Sunday), as they are typed."""
        return ", ".join(said for day, said in self.hours if day == weekday)


@dataclass(frozen=True, kw_only=True)
class UnitPage:
    """One unit with its addresses, and the teams that may work for it: its own and those that answer."""

    unit: Unit
    points: Sequence[Point]
    teams: Sequence[Team]


@dataclass(frozen=True, kw_only=True)
class TeamPage:
    """One team with its people, who is on call, and who answers in the days to come."""

    team: Team
    members: tuple[tuple[Member, Role], ...]
    on_call: Sequence[OnCall]
    duty: Sequence[Duty]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Everything that is set up."""

    organisations: tuple[Organisation, ...]
    units: tuple[Unit, ...]
    points: tuple[Point, ...]
    teams: tuple[Team, ...]


def insist_key(key: str) -> None:
    """Raises `KeyWrong` for what cannot be a short name."""
    if len(key) > _LONGEST or not may_be_key(key):
        raise KeyWrong()


def insist_kind(kind: str, known: Collection[str]) -> None:
    """Raises `KindUnknown` for a kind that is not one of these."""
    if kind not in known:
        raise KindUnknown()


def insist_open(hours: Sequence[Hours]) -> None:
    """Raises `NeverOpen` for a week without an opening: such a team hears no alert."""
    if not hours:
        raise NeverOpen()


def insist_answered(team: Team | None, *, before: UUID | None = None) -> None:
    """Raises `UnitUnanswered` where a unit would lose its team or be made without one, `TeamSilent`
    where it would be given one that does not answer. `before`: the team that it has, which stays
    allowed whatever became of it."""
    if team is None:
        raise UnitUnanswered()
    if team.id != before and not team.answers:
        raise TeamSilent(team=team.id)
