"""What IT sees (`seeing.py`) and changes (`people.py`, `units.py`, `organisations.py`, `teams.py`):
for whoever has the role."""

from bindeledd.features.administration.service.organisations import (
    add_organisation,
    add_own_address,
    change_organisation,
    show_organisation,
)
from bindeledd.features.administration.service.people import (
    add_member,
    begin_again,
    change_member,
    end_member,
    end_place,
    give_language,
    give_place,
    give_role,
)
from bindeledd.features.administration.service.seeing import (
    Running,
    may_see,
    show_directory,
    show_failures,
    show_person,
    show_running,
    show_team,
)
from bindeledd.features.administration.service.teams import (
    add_team,
    change_hours,
    rename_team,
)
from bindeledd.features.administration.service.units import (
    add_address,
    add_unit,
    change_unit,
    show_unit,
)

__all__ = [
    "Running",
    "add_address",
    "add_member",
    "add_organisation",
    "add_own_address",
    "add_team",
    "add_unit",
    "begin_again",
    "change_hours",
    "change_member",
    "change_organisation",
    "change_unit",
    "end_member",
    "end_place",
    "give_language",
    "give_place",
    "give_role",
    "may_see",
    "rename_team",
    "show_directory",
    "show_failures",
    "show_organisation",
    "show_person",
    "show_running",
    "show_team",
    "show_unit",
]
