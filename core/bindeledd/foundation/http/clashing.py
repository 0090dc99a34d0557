"""What the database's own rules do not let stand beside what somebody else just wrote."""

import re

import sqlalchemy as sa

from bindeledd.foundation.errors import Conflict

# SQLite names the columns of a key (or the check), and nothing of their values.
_SAID = re.compile(r"[A-Z ]+ constraint failed: ([\w., ]+)")


class Clashed(Conflict):
    """Somebody else changed the same at the same time: nothing was written."""

    code = "request.clashed"


def constraint_of(error: sa.exc.IntegrityError) -> str:
    """The name of the constraint, or the columns of the key; never a value."""
    told = getattr(error.orig, "diag", None)
    named = getattr(told, "constraint_name", None)
    if named:
        return str(named)
    found = _SAID.fullmatch(str(error.orig)) if told is None else None
    return found[1] if found else type(error.orig).__name__
