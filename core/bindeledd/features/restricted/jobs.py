"""The clock's way in: a record that nobody can open any more stands before whoever can name somebody."""

from collections.abc import Callable
from datetime import datetime

from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.restricted import queries
from bindeledd.foundation.db import Database


def tell_left(database: Database, *, clock: Callable[[], datetime]) -> int:
    """Tell the leads of each team that answers for such a follow-up; gives how many teams.

    It says which team, and neither which follow-up nor how many. It is told again until somebody
    is named.
    """
    with database.transaction() as session:
        teams = queries.teams_with_left(session)
        for tenant_id, team_id in teams:
            source = f"team:{team_id}"
            report_fault(session, source, "restricted.left", at=clock(), tenant_id=tenant_id)
    return len(teams)
