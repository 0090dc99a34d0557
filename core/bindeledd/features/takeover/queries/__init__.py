"""Questions about take-overs. Nothing here changes anything; who asks writes down the read.

`finding.py` which take-overs, and for whom · `comparing.py` their rows · `deciding.py` refused rows
· `reopening.py` those whose person is followed no more.
"""

from bindeledd.features.takeover.queries.comparing import (
    cases_of,
    compared,
    first_owed,
    is_shown_whole,
    patients_of,
    withheld,
    worked_on,
)
from bindeledd.features.takeover.queries.deciding import (
    accounted,
    cells_of,
    find_followed,
    followed_of,
    get_owed,
    names_followed,
    undecided,
)
from bindeledd.features.takeover.queries.finding import (
    confirmers,
    find_same,
    get_row,
    get_row_to_sign,
    get_row_to_undo,
    may_confirm,
    opened,
    second,
    takeovers,
)
from bindeledd.features.takeover.queries.reopening import (
    open_task,
    refused_for,
    signer,
    tasks_anew,
    undone_among,
)

__all__ = [
    "accounted",
    "second",
    "cases_of",
    "cells_of",
    "compared",
    "confirmers",
    "find_followed",
    "find_same",
    "first_owed",
    "followed_of",
    "get_owed",
    "get_row",
    "get_row_to_sign",
    "get_row_to_undo",
    "is_shown_whole",
    "may_confirm",
    "names_followed",
    "open_task",
    "opened",
    "patients_of",
    "refused_for",
    "signer",
    "takeovers",
    "tasks_anew",
    "undecided",
    "undone_among",
    "withheld",
    "worked_on",
]
