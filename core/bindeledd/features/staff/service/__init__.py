"""What is set up and what people do: the directory, members, absence, duty.

`directory.py` sets up and changes (never deletes); `people.py` members, absence and leaving;
`duty.py` makes the duty rows anew whenever one of them changed.
"""

from bindeledd.features.staff.service.absences import (
    away,
    back_again,
    begin_absences,
    cancel_absence,
    end_unbegun,
    may_say_away,
)
from bindeledd.features.staff.service.calling import end_on_call, put_on_call
from bindeledd.features.staff.service.choosing import choose_keys, choose_language, give_language
from bindeledd.features.staff.service.directory import (
    Installed,
    close_day,
    set_contact_point,
    set_hours,
    set_installation,
    set_organisation,
    set_team,
    set_tenant,
    set_tenant_settings,
    set_unit,
)
from bindeledd.features.staff.service.duty import (
    keep_closed_days,
    materialise_all,
    materialise_duty,
    renew_duty,
)
from bindeledd.features.staff.service.people import (
    deactivate_member,
    grant,
    join_team,
    leave_team,
    set_member,
)

__all__ = [
    "Installed",
    "away",
    "back_again",
    "begin_absences",
    "cancel_absence",
    "may_say_away",
    "choose_keys",
    "choose_language",
    "give_language",
    "close_day",
    "deactivate_member",
    "end_on_call",
    "end_unbegun",
    "grant",
    "join_team",
    "keep_closed_days",
    "leave_team",
    "materialise_all",
    "materialise_duty",
    "put_on_call",
    "renew_duty",
    "set_contact_point",
    "set_hours",
    "set_installation",
    "set_member",
    "set_organisation",
    "set_team",
    "set_tenant",
    "set_tenant_settings",
    "set_unit",
]
