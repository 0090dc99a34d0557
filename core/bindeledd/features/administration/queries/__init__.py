"""Questions of administration: the directory, people, what runs. No patient, no case.

Of tasks only how many somebody holds is asked. Nothing here changes anything.
"""

from bindeledd.features.administration.queries.directory import (
    directory,
    lock_directory,
    lock_organisation,
    lock_team,
    lock_unit,
    organisation,
    organisations,
    team,
    teams,
    unit,
)
from bindeledd.features.administration.queries.people import (
    admins,
    is_login_taken,
    lock_places,
    person,
)
from bindeledd.features.administration.queries.running import beats, failures, keys

__all__ = [
    "admins",
    "beats",
    "directory",
    "failures",
    "is_login_taken",
    "keys",
    "lock_directory",
    "lock_organisation",
    "lock_places",
    "lock_team",
    "lock_unit",
    "organisation",
    "organisations",
    "person",
    "team",
    "teams",
    "unit",
]
