"""Who works here: teams, members, hours, absence, duty. `Actor` is whoever asks.

Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from bindeledd.foundation.actors import Actor, ActorKind, command, system
from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

__all__ = [
    "Absence",
    "Actor",
    "ActorKind",
    "AlreadyAway",
    "ContactPoint",
    "Duty",
    "DutyKind",
    "Hours",
    "KnownOrganisation",
    "KnownTeam",
    "KnownUnit",
    "LeadOnly",
    "LoginTaken",
    "Member",
    "MemberNotFound",
    "Membership",
    "NotForwards",
    "Role",
    "StandInIsAway",
    "Team",
    "TeamDays",
    "TeamNotFound",
    "UnknownKey",
    "command",
    "duty_of_team",
    "gaps",
    "minus",
    "system",
]


class Role(StrEnum):
    """A member's place in a team."""

    MEMBER = "member"
    LEAD = "lead"


class DutyKind(StrEnum):
    HOURS = "hours"
    STAND_IN = "stand_in"
    ON_CALL = "on_call"


class LeadOnly(NotAllowed):
    """Only a lead of the team may do this."""

    code = "staff.lead_only"


class MemberNotFound(NotFound):
    """There is no such member, or not in this tenant."""

    code = "staff.member_not_found"


class TeamNotFound(NotFound):
    """There is no such team, or not in this tenant."""

    code = "staff.team_not_found"


class UnknownKey(Invalid):
    """A key names nothing: a team, a unit or an organisation that is not set up."""

    code = "staff.unknown_key"


class LoginTaken(Conflict):
    """Somebody else has this log-in name."""

    code = "staff.login_taken"


class NotForwards(Invalid):
    """The end does not come after the beginning."""

    code = "staff.not_forwards"


class StandInIsAway(Conflict):
    """The one who should stand in is away, or is the same person."""

    code = "staff.stand_in_is_away"


class AlreadyAway(Conflict):
    """An absence that overlaps stands already."""

    code = "staff.already_away"


@dataclass(frozen=True, kw_only=True)
class Team:
    id: UUID
    tenant_id: UUID
    organisation_id: UUID
    key: str
    name: str
    zone: str = "Europe/Oslo"
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person who works here. Address and phone are directory data for the alerts."""

    id: UUID
    tenant_id: UUID
    login: str
    name: str
    email: str | None = None
    phone: str | None = None
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Membership:
    member_id: UUID
    team_id: UUID
    role: Role
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Staffed from `opens` to `closes` on a weekday (1 Monday … 7 Sunday), local time."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Away from `since` to `until`; `stand_in_id` takes the duty where somebody does."""

    member_id: UUID
    since: datetime
    until: datetime
    stand_in_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ContactPoint:
    """An address in the messages: scheme HER, RESH, ENH (orgnr) or local."""

    scheme: str
    value: str
    organisation_id: UUID
    unit_id: UUID | None = None
    team_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, order=True)
class Duty:
    """A member answers for a team from `starts_at` to `ends_at` (UTC)."""

    team_id: UUID
    member_id: UUID
    starts_at: datetime
    ends_at: datetime
    kind: DutyKind = DutyKind.HOURS


Span = tuple[datetime, datetime]


def minus(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What is left of `span` when the spans of `taken` are cut out of it."""
    left, (start, end) = [], span
    for cut_from, cut_to in sorted(taken):
        if cut_to <= start or cut_from >= end:
            continue
        if cut_from > start:
            left.append((start, cut_from))
        start = max(start, cut_to)
    return [*left, (start, end)] if start < end else left


def _common(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def duty_of_team(
    team_id: UUID,
    spans: Sequence[Span],
    memberships: Sequence[Membership],
    absences: Sequence[Absence],
) -> list[Duty]:
    """Who answers when: staffed time of each membership, less absences, plus stand-ins.

    A stand-in who is away as well takes nothing. One row for each member and start.
    """
    away: dict[UUID, list[Absence]] = {}
    for absence in absences:
        away.setdefault(absence.member_id, []).append(absence)
    made: dict[tuple[UUID, datetime], Duty] = {}

    def add(member: UUID, parts: Iterable[Span], kind: DutyKind) -> None:
        for start, end in parts:
            known = made.get((member, start))
            if known is None or known.ends_at < end:
                made[member, start] = Duty(
                    team_id=team_id, member_id=member, starts_at=start, ends_at=end, kind=kind
                )

    for membership in memberships:
        own = away.get(membership.member_id, [])
        while_member = (membership.since, membership.until or datetime.max.replace(tzinfo=UTC))
        for span in filter(None, (_common(s, while_member) for s in spans)):
            gone = [(a.since, a.until) for a in own]
            add(membership.member_id, minus(span, gone), DutyKind.HOURS)
            for absence in own:
                taken = _common(span, (absence.since, absence.until))
                if taken is None or absence.stand_in_id is None:
                    continue
                theirs = [(a.since, a.until) for a in away.get(absence.stand_in_id, [])]
                add(absence.stand_in_id, minus(taken, theirs), DutyKind.STAND_IN)
    return sorted(made.values())


def gaps(spans: Sequence[Span], longer_than: timedelta) -> list[Span]:
    """The unstaffed times between spans that last longer than `longer_than`."""
    found, reach = [], None
    for (_, end), (start, _) in pairwise(sorted(spans)):
        reach = end if reach is None else max(reach, end)
        if start - reach > longer_than:
            found.append((reach, start))
    return found


# --- what a pack knows of the world before a site is set up ---------------------------------------


@dataclass(frozen=True, kw_only=True)
class KnownTeam:
    """A team that a pack proposes, with its opening hours."""

    key: str
    name: str
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KnownUnit:
    """A unit that a pack knows. `points`: (scheme, value), scheme HER, RESH, ENH or local."""

    key: str
    name: str
    kind: str
    points: tuple[tuple[str, str], ...] = ()
    team: str | None = None


@dataclass(frozen=True, kw_only=True)
class KnownOrganisation:
    """An organisation that a pack knows, with its units and teams. `origin`: who says so."""

    key: str
    name: str
    kind: str
    points: tuple[tuple[str, str], ...] = ()
    units: tuple[KnownUnit, ...] = ()
    teams: tuple[KnownTeam, ...] = ()
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class TeamDays:
    """Days on which a team is closed and hours that it keeps; `team` is its key, or `*` for all.

    `hours` replace the site's only where the site has set none. `reason` says why, in words.
    """

    team: str
    closed: frozenset[date] = frozenset()
    hours: tuple[Hours, ...] = ()
    reason: str = ""
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Who stands behind `responsible_team`, `discharging_unit`, `lead` and `team:<key>`.

    `holders` names the member who holds what an owner owes (the lead). The unit's key and kind
    say which local routines apply.
    """

    teams: Mapping[str, UUID]
    holders: Mapping[str, UUID]
    unit_key: str | None = None
    unit_kind: str | None = None
