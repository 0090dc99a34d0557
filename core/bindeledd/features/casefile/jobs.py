"""The clock's way in: what nobody may sign, and what nobody can cover, stands before whoever can do
something about it."""

from collections.abc import Callable
from datetime import datetime

from bindeledd.features.casefile.queries.untold import untold_of_no_cover
from bindeledd.features.casefile.service.ending import tell_unsigned
from bindeledd.features.cases.queries.signers import unsigned_by_anybody
from bindeledd.features.reminders.service import no_cover
from bindeledd.foundation.db import Database


def tell_of_unsigned(database: Database, *, clock: Callable[[], datetime]) -> int:
    """Tell of each team in which one waits, until somebody may sign or it is refused; how many."""
    with database.transaction() as session:
        teams = unsigned_by_anybody(session, clock())
        for tenant_id, team_id in teams:
            tell_unsigned(session, tenant_id, team_id, at=clock())
    return len(teams)


def tell_of_no_cover(database: Database, *, clock: Callable[[], datetime]) -> int:
    """Tell the lead where the last answer is that nobody can cover, by whichever door it came; how
    many follow-ups. Doing it twice does no more."""
    with database.transaction() as session:
        cases = untold_of_no_cover(session)
        for case_id in cases:
            no_cover(session, case_id, at=clock())
    return len(cases)
