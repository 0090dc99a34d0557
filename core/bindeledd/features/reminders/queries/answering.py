"""Who may acknowledge a task that they were told of: conditions on tasks, for whoever asks now."""

import sqlalchemy as sa

from bindeledd.features.access.queries import visible_cases
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import TenantRow
from bindeledd.features.tasks.tables import TaskRow


def answers(by: Actor) -> sa.ColumnElement[bool]:
    """A condition on tasks that `by` was told of: they may acknowledge it now.

    Their team's, one that they hold in a follow-up that they see; and all of it for those who
    hear where a team has nobody: the leads of the intake team, and admins.
    """
    return sa.or_(TaskRow.owner_team_id.in_(sorted(by.teams)), holds(by), manages(by))


def holds(by: Actor) -> sa.ColumnElement[bool]:
    """A condition on tasks: `by` holds it in a follow-up that they see, though it is another team's."""
    return sa.and_(
        TaskRow.tenant_id == by.tenant_id,
        TaskRow.held_by == by.id,
        TaskRow.case_id.in_(visible_cases(by)),
    )


def manages(by: Actor) -> sa.ColumnElement[bool]:
    """A condition: `by` hears where a team has nobody, as a lead of the intake team or an admin."""
    if "admin" in by.grants or not by.leads:
        return sa.true() if "admin" in by.grants else sa.false()
    leads = sa.select(TenantRow.id).where(
        TenantRow.id == by.tenant_id, TenantRow.intake_team_id.in_(sorted(by.leads))
    )
    return leads.exists()
