"""`bindeledd staff` with all that belongs to a person: directory, access, and what they held."""

import click

from bindeledd.features.access.commands import code, revoke, token, tokens
from bindeledd.features.reminders.service.leaving import leave
from bindeledd.features.staff import queries
from bindeledd.features.staff.commands import staff
from bindeledd.features.staff.domain import MemberNotFound
from bindeledd.foundation.console import Site, answer_json, pass_site
from bindeledd.foundation.texts import t

__all__ = ["staff"]


@click.command()
@click.argument("login")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def deactivate(site: Site, login: str, as_json: bool) -> None:
    """End a member of staff: access ends at once, and the tasks fall to the team."""
    with site.database.transaction() as session:
        found = queries.find_member(session, site.tenant, login)
        if found is None:
            raise MemberNotFound(login=login)
        tasks = leave(session, found.id, by=site.actor, at=site.at)
    if as_json:
        answer_json({"login": login, "tasks_let_go": tasks})
    else:
        click.echo(t("staff.command.ended", login=login, count=len(tasks)))


for _command in (code, token, tokens, revoke, deactivate):
    staff.add_command(_command)
