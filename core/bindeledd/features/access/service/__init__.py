"""Who may see whom, and who is logged in. Read `domain.py` first.

Care relations are written by cases and handovers; sessions, passwords and tokens by the pages
and commands.
"""

from bindeledd.features.access.domain import (
    require_grant,
    require_lead,
)
from bindeledd.features.access.queries import (
    may_see,
    require_case,
    require_patient,
    sees_case,
    sees_patient,
    visible_cases,
)
from bindeledd.features.access.service.proving import (
    code_fits,
    count_miss,
    digest,
    find_account,
    forget_tries,
    hash_password,
    password_fits,
    take_back,
    try_account,
    wait_to_search,
)
from bindeledd.features.access.service.relations import (
    end_relation,
    relate,
    relate_first,
)
from bindeledd.features.access.service.sessions import (
    actor_of_session,
    actor_of_token,
    choose_password,
    end_access,
    end_session,
    end_token,
    find_mark,
    give_code,
    give_demo_password,
    is_marked,
    make_token,
    open_session,
)

__all__ = [
    "actor_of_session",
    "actor_of_token",
    "choose_password",
    "code_fits",
    "digest",
    "end_access",
    "end_relation",
    "end_session",
    "end_token",
    "count_miss",
    "find_account",
    "wait_to_search",
    "find_mark",
    "forget_tries",
    "give_code",
    "give_demo_password",
    "hash_password",
    "is_marked",
    "make_token",
    "may_see",
    "open_session",
    "password_fits",
    "relate",
    "relate_first",
    "require_case",
    "require_grant",
    "require_lead",
    "require_patient",
    "sees_case",
    "sees_patient",
    "take_back",
    "try_account",
    "visible_cases",
]
