"""Who works here: teams, members, hours, absence, duty. `Actor` is whoever asks.

Read `values.py`, then `duty.py`. Nothing here knows of HTTP, of the database or of the clock.
"""

from bindeledd.features.staff.domain.duty import (
    duty_of_team,
    gaps,
    minus,
)
from bindeledd.features.staff.domain.refusals import (
    AlreadyAway,
    EnvironmentFixed,
    HoursWrong,
    LeadOnly,
    LoginWrong,
    MemberNotFound,
    NotForwards,
    NotYours,
    PointTaken,
    StandInIsAway,
    TeamNotFound,
    UnitNotFound,
    UnknownKey,
)
from bindeledd.features.staff.domain.values import (
    Absence,
    ContactPoint,
    Duty,
    DutyKind,
    Hours,
    KnownOrganisation,
    KnownTeam,
    KnownUnit,
    Member,
    Membership,
    Owners,
    Role,
    Team,
    TeamDays,
)
from bindeledd.foundation.actors import (
    Actor,
    ActorKind,
    command,
    system,
)

__all__ = [
    "Absence",
    "Actor",
    "ActorKind",
    "AlreadyAway",
    "ContactPoint",
    "Duty",
    "DutyKind",
    "EnvironmentFixed",
    "Hours",
    "HoursWrong",
    "KnownOrganisation",
    "KnownTeam",
    "KnownUnit",
    "LeadOnly",
    "LoginWrong",
    "Member",
    "MemberNotFound",
    "Membership",
    "NotForwards",
    "NotYours",
    "Owners",
    "PointTaken",
    "Role",
    "StandInIsAway",
    "Team",
    "TeamDays",
    "TeamNotFound",
    "UnitNotFound",
    "UnknownKey",
    "command",
    "duty_of_team",
    "gaps",
    "minus",
    "system",
]
