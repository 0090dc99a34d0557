"""A member with places, what ends and what does not, and how a form that was overtaken is known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bindeledd.features.administration.domain.refusals import (
    ADMIN,
    AddressWrong,
    ChangedMeanwhile,
    HoldsTasks,
    LastAdministrator,
    LastLead,
    MemberEnded,
)
from bindeledd.features.staff.domain import Member, Role, may_be_address

# What a form about a member rests on, of the member.
_OWN = ("name", "email", "phone", "language", "active")

# Signs of an address in the messages.
_LONGEST = 80


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
        own = {name: getattr(self.member, name) for name in _OWN}
        places = [f"{one.team_id}:{one.role}" for one in self.places]
        return {**own, "places": sorted(places), "grants": sorted(self.grants)}

    @property
    def seen(self) -> str:
        return seen_of(self.standing)


def insist_address(scheme: str, value: str) -> None:
    """Raises `AddressWrong` for what cannot be an address of that kind."""
    if len(value) > _LONGEST or not may_be_address(scheme, value.replace(" ", "")):
        raise AddressWrong(scheme=scheme)


def insist_works_here(person: Person) -> None:
    """Raises `MemberEnded` for somebody whose work here has ended."""
    if not person.member.active:
        raise MemberEnded(member=person.member.id)


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
