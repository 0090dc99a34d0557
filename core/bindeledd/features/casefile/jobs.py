"""The clock's way in: an ending that nobody may sign stands before whoever can do something about it."""

from collections.abc import Callable
from datetime import datetime

from bindeledd.features.casefile.service.ending import tell_unsigned
from bindeledd.features.cases.queries.signers import unsigned_by_anybody
from bindeledd.foundation.db import Database


def tell_of_unsigned(database: Database, *, clock: Callable[[], datetime]) -> int:
    """Tell of each team in which one waits, until somebody may sign or it is refused; how many."""
    with database.transaction() as session:
        teams = unsigned_by_anybody(session, clock())
        for tenant_id, team_id in teams:
            tell_unsigned(session, tenant_id, team_id, at=clock())
    return len(teams)
