"""Teams, members, hours and absence as values; what a pack proposes; who owns what is owed."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """A member's place in a team."""

    MEMBER = "member"
    LEAD = "lead"


class Grant(StrEnum):
    """A role for the whole tenant; neither of them sees a patient."""

    ADMIN = "admin"
    PRIVACY = "privacy"


class DutyKind(StrEnum):
    HOURS = "hours"
    STAND_IN = "stand_in"
    ON_CALL = "on_call"


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
    language: str | None = None
    active: bool = True


def may_be_email(text: str) -> bool:
    """Whether it looks like an address for e-mail."""
    return text.count("@") == 1


def may_be_phone(text: str) -> bool:
    """Whether it looks like a number that can be rung."""
    return bool(re.fullmatch(r"(\+|00)?\d{8,15}", re.sub(r"[\s()-]", "", text)))


def may_be_address(scheme: str, value: str) -> bool:
    """Whether it looks like an address in the messages: HER and RESH are digits, ENH nine of them."""
    digits = value.isascii() and value.isdecimal()
    known = {"HER": digits, "RESH": digits, "ENH": digits and len(value) == 9, "local": bool(value)}
    return known.get(scheme, False)


def may_be_key(text: str) -> bool:
    """Whether it can be the short name of a team, a unit or an organisation in files and routines."""
    return bool(re.fullmatch(r"[a-z0-9æøå][a-z0-9æøå._-]*", text))


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
    """Away from `since` to `until`; `stand_in_id` takes the duty where somebody does.

    `cancelled_at`: when somebody (`cancelled_by`) took it back, before it began.
    """

    member_id: UUID
    since: datetime
    until: datetime
    stand_in_id: UUID | None = None
    id: UUID | None = None
    cancelled_at: datetime | None = None
    cancelled_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a list says of us: names of `teams` and of those who work there now (`colleagues`); of
    `members` those too and whoever was asked for. `stands_in`: for whom somebody answers, until when.
    """

    teams: Mapping[UUID, str]
    colleagues: Mapping[UUID, str]
    members: Mapping[UUID, str]
    stands_in: Sequence[tuple[UUID, datetime]]


def overlap(one: Absence, other: Absence) -> bool:
    """Both stand, and both are away at some moment."""
    stand = one.cancelled_at is None and other.cancelled_at is None
    return stand and one.since < other.until and other.since < one.until


def without_stand_in(
    absences: Iterable[Absence], stand_ins: Collection[Absence]
) -> frozenset[UUID | None]:
    """Those of `absences` in whose time the stand-in is away too, by the absences of the stand-ins."""
    return frozenset(
        one.id
        for one in absences
        if any(two.member_id == one.stand_in_id and overlap(one, two) for two in stand_ins)
    )


# How long one window on call may be, where a site says nothing else.
LONGEST_ON_CALL = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class OnCall:
    """On call for a team from `starts_at` to `ends_at`; access to what is the team's lasts as long."""

    id: UUID
    team_id: UUID
    member_id: UUID
    starts_at: datetime
    ends_at: datetime


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


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Who stands behind `responsible_team`, `discharging_unit`, `lead` and `team:<key>`.

    `holders` names the member who holds what an owner owes (the lead). The unit's key, kind
    and organisation, or those of the responsible team, say which local routines apply.
    """

    teams: Mapping[str, UUID]
    holders: Mapping[str, UUID]
    unit_key: str | None = None
    unit_kind: str | None = None
    organisation: str | None = None
    team_organisation: str = ""
    # Keys and kinds of the units that the responsible team works for.
    team_units: frozenset[str] = frozenset()


# --- what a pack knows of the world before a site is set up ---------------------------------------


@dataclass(frozen=True, kw_only=True)
class KnownTeam:
    """A team that a pack proposes, with its opening hours."""

    key: str
    name: str
    hours: tuple[Hours, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KnownUnit:
    """A unit that a pack knows. `points`: (scheme, value), scheme HER, RESH, ENH or local."""

    key: str
    name: str
    kind: str
    points: tuple[tuple[str, str], ...] = ()
    team: str | None = None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KnownOrganisation:
    """An organisation that a pack knows, with its units and teams. `origin`: who says so."""

    key: str
    name: str
    kind: str
    points: tuple[tuple[str, str], ...] = ()
    units: tuple[KnownUnit, ...] = ()
    teams: tuple[KnownTeam, ...] = ()
    rows: tuple[str, ...] = ()
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
    rows: tuple[str, ...] = ()
    origin: str = ""


# The kinds of organisations.
ORGANISATION_KINDS = ("trust", "municipality", "practice", "other")

# The kinds of units that setup offers; a pack may bring units of its own beside them.
UNIT_KINDS = (
    "acute_ward",
    "ward",
    "medical_ward",
    "surgical_ward",
    "intensive_care",
    "childrens_ward",
    "emergency_department",
    "joint_reception",
    "child_psychiatry",
    "dps",
    "addiction_ward",
    "addiction_clinic",
    "municipal",
    "joint_unit",
    "prison_health",
    "outreach_team",
    "outreach_team_young",
    "low_threshold_team",
    "emergency",
    "other",
)
