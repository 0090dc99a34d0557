"""What IT looks after: people and their places, what is set up, jobs, keys, packs. No patient.

Read `people.py` and `running.py`. Nothing here knows of HTTP, of the database or of the clock.
"""

from bindeledd.features.administration.domain.directory import (
    Directory,
    Point,
    Team,
    TeamPage,
    Unit,
)
from bindeledd.features.administration.domain.people import (
    Person,
    Place,
    insist_address,
    insist_led,
    insist_may_end,
    insist_unchanged,
    seen_of,
)
from bindeledd.features.administration.domain.refusals import (
    ADMIN,
    SCHEMES,
    AddressWrong,
    ChangedMeanwhile,
    HoldsTasks,
    LastAdministrator,
    LastLead,
    LoginTaken,
    OwnPlace,
    UnitNotThere,
    Why,
)
from bindeledd.features.administration.domain.running import (
    Beat,
    Failure,
    Finding,
    Given,
    KeyAge,
    Keys,
    Pack,
    Rhythm,
)

__all__ = [
    "ADMIN",
    "AddressWrong",
    "Beat",
    "ChangedMeanwhile",
    "Directory",
    "Failure",
    "Finding",
    "Given",
    "HoldsTasks",
    "KeyAge",
    "Keys",
    "LastAdministrator",
    "LastLead",
    "LoginTaken",
    "OwnPlace",
    "Pack",
    "Person",
    "Place",
    "Point",
    "Rhythm",
    "SCHEMES",
    "Team",
    "TeamPage",
    "Unit",
    "UnitNotThere",
    "Why",
    "insist_address",
    "insist_led",
    "insist_may_end",
    "insist_unchanged",
    "seen_of",
]
