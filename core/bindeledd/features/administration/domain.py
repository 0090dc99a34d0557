"""What IT looks after: people and their places, jobs, keys, packs. Nothing of a patient.

Nothing here knows of HTTP, of the database or of the clock.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bindeledd.features.staff.domain import Duty, Member, OnCall, Role
from bindeledd.foundation.errors import Conflict, NotAllowed

ADMIN = "admin"


class Why(StrEnum):
    """Why something is changed: a code, for the log holds no words."""

    BEGINS = "begins"
    LEAVES = "leaves"
    MOVES = "moves"
    CORRECTION = "correction"
    AGREED = "agreed"
    OTHER = "other"


class ChangedMeanwhile(Conflict):
    """What stood in the form is no longer what stands: somebody else has changed it."""

    code = "administration.changed_meanwhile"


class LoginTaken(Conflict):
    """Somebody has this log-in name already, here now or before."""

    code = "administration.login_taken"


class LastLead(Conflict):
    """A team keeps somebody who leads it."""

    code = "administration.last_lead"


class HoldsTasks(Conflict):
    """Whoever holds open tasks is not ended here: their lead says first who has them."""

    code = "administration.holds_tasks"


class OwnPlace(NotAllowed):
    """Nobody gives themselves a place: it opens the follow-ups of a team."""

    code = "administration.own_place"


class LastAdministrator(Conflict):
    """Somebody keeps the role of an administrator."""

    code = "administration.last_administrator"


def seen_of(values: Mapping[str, object]) -> str:
    """A mark of what stands now, for a form: another mark means that something was changed."""
    said = "\n".join(f"{name}={values[name]!s}" for name in sorted(values))
    return hashlib.blake2b(said.encode(), digest_size=9).hexdigest()


def insist_unchanged(seen: str, values: Mapping[str, object]) -> None:
    """Raises `ChangedMeanwhile` unless the form was opened on what stands now."""
    if seen != seen_of(values):
        raise ChangedMeanwhile()


@dataclass(frozen=True, kw_only=True)
class Place:
    """A member's role in a team, from when; `alone`: nobody else leads that team."""

    team_id: UUID
    team: str
    role: Role
    since: datetime
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member with places and roles, and how many open tasks they hold, by the name of the team."""

    member: Member
    places: tuple[Place, ...] = ()
    grants: tuple[str, ...] = ()
    held: Mapping[str, int] = field(default_factory=dict)

    @property
    def standing(self) -> dict[str, object]:
        """What a form about this person rests on."""
        own = {name: getattr(self.member, name) for name in ("name", "email", "phone", "active")}
        places = [f"{one.team_id}:{one.role}" for one in self.places]
        return {**own, "places": sorted(places), "grants": sorted(self.grants)}

    @property
    def seen(self) -> str:
        return seen_of(self.standing)


def insist_may_end(person: Person, *, admins: int) -> None:
    """Raises `HoldsTasks`, `LastLead` or `LastAdministrator` where the work here cannot end yet."""
    if person.held:
        raise HoldsTasks(member=person.member.id, count=sum(person.held.values()))
    insist_led(person.places)
    if ADMIN in person.grants and admins < 2:
        raise LastAdministrator(member=person.member.id)


def insist_led(going: Sequence[Place]) -> None:
    """Raises `LastLead` where nobody would lead a team once these places are given up."""
    for one in going:
        if one.role is Role.LEAD and one.alone:
            raise LastLead(team=one.team_id)


# --- what is set up -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Point:
    """An address in the messages, and whose it is."""

    scheme: str
    value: str
    of: str


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit, of which organisation it is and which team works for it."""

    key: str
    name: str
    kind: str
    organisation: str
    team: str | None
    acute_number: str | None
    active: bool


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


# --- what runs ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often something is done, and after how long without it something is wrong."""

    every: timedelta
    limit: timedelta


@dataclass(frozen=True, kw_only=True)
class Beat:
    """A job that writes down when it came to its end. `at` is None where it never did."""

    name: str
    rhythm: Rhythm
    at: datetime | None = None
    took_ms: int = 0

    @property
    def next_at(self) -> datetime | None:
        """When it should come to its end again."""
        return None if self.at is None else self.at + self.rhythm.every

    def is_late(self, at: datetime) -> bool:
        return self.at is None or at - self.at > self.rhythm.limit


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something that failed and nobody has marked as seen, in words, and who was told of it."""

    source: str
    words: str
    first_at: datetime
    last_at: datetime
    count: int
    told: tuple[str, ...] = ()

    def is_of(self, plugin: str) -> bool:
        """Whether it is about that pack: the pack itself or what it brings."""
        return self.source.partition("@")[0] == f"plugin:{plugin}"


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One pack that is loaded. `fingerprint`: of its files as they lie here; `locked`: whether the
    lock file says the same, None where there is no lock file."""

    name: str
    distribution: str
    version: str
    fingerprint: str = ""
    locked: bool | None = None


class Finding(Protocol):
    """What a check says: `checkup.findings.Check` is one."""

    @property
    def title(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def found(self) -> str: ...
    @property
    def do(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Given:
    """What only the installation knows, asked when a page is: how often jobs run, how much waits,
    what was found of a tenant, and which packs are loaded."""

    rhythms: Mapping[str, Rhythm]
    measures: Callable[[], Mapping[str, float]]
    examine: Callable[[UUID], Sequence[Finding]]
    packs: Callable[[], Sequence[Pack]]


@dataclass(frozen=True, kw_only=True)
class KeyAge:
    """One version of the tenant's key: in use since when, how many data keys it wraps."""

    version: int
    at_hand: bool
    newest: bool
    wraps: int
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The versions of a tenant's key, and when they were turned over last."""

    versions: tuple[KeyAge, ...]
    turned_at: datetime | None = None

    @property
    def oldest(self) -> KeyAge | None:
        """The oldest that something is still wrapped by."""
        return next((one for one in self.versions if one.wraps), None)

    @property
    def unfinished(self) -> bool:
        """Whether something is wrapped by another version than the newest."""
        return any(one.wraps and not one.newest for one in self.versions)
