"""One-time codes and tokens from the command line. Grouped under `bindeledd staff`."""

from dataclasses import asdict
from datetime import datetime, timedelta

import click

from bindeledd.features.access import queries as doors
from bindeledd.features.access import service
from bindeledd.features.access.domain import Scope, Token
from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import Member, MemberNotFound
from bindeledd.foundation.console import Site, answer_json, answer_table, pass_site
from bindeledd.foundation.texts import t


def _named(site: Site, login: str) -> Member:
    with site.database.transaction() as session:
        found = queries.find_member(session, site.tenant, login)
    if found is None or not found.active:
        raise MemberNotFound(login=login)
    return found


@click.command()
@click.argument("login")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def code(site: Site, login: str, as_json: bool) -> None:
    """Give a one-time code with which the member chooses a password. Holds for 24 hours.

    The member is logged out at once, and the tokens for the API end.
    """
    member = _named(site, login)
    with site.database.transaction() as session:
        found = doors.tokens_of(session, site.tenant, member.id)
        secret = service.give_code(session, member.id, by=site.actor, at=site.at)
    ended = [one for one in found if one.until > site.at]
    if as_json:
        marks = [one.mark for one in ended]
        answer_json({"login": login, "code": secret, "hours": 24, "tokens_ended": marks})
        return
    click.echo(t("staff.command.code", login=login, code=secret))
    click.echo(t("staff.command.code_logged_out", login=login))
    if ended:
        labels = ", ".join(f"{one.label} ({one.mark})" for one in ended)
        click.echo(t("staff.command.code_ended", count=len(ended), labels=labels))


@click.command()
@click.argument("login")
@click.option("--label", required=True)
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 366),
)
@click.option(
    "--scope",
    default=Scope.FULL.value,
    show_default=True,
    type=click.Choice([one.value for one in Scope]),
)
@click.option("--json", "as_json", is_flag=True)
@pass_site
def token(site: Site, login: str, label: str, days: int, scope: str, as_json: bool) -> None:
    """Make a token for the API with the member's access. It is shown only now."""
    member = _named(site, login)
    at = site.at
    until = at + timedelta(days=days)
    with site.database.transaction() as session:
        secret = service.make_token(
            session,
            member.id,
            label=label,
            until=until,
            scope=Scope(scope),
            by=site.actor,
            at=at,
        )
    if as_json:
        answer_json({"login": login, "token": secret, "until": until, "scope": scope})
    else:
        click.echo(secret)


@click.command()
@click.argument("login")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def tokens(site: Site, login: str, as_json: bool) -> None:
    """Show the member's tokens for the API: what they are for, and how long they hold."""
    member = _named(site, login)
    with site.database.transaction() as session:
        found = doors.tokens_of(session, site.tenant, member.id)
    if as_json:
        answer_json([{**asdict(one), "over": one.until <= site.at} for one in found])
        return
    rows = [
        (
            one.mark,
            one.label,
            t(f"staff.tokens.{one.scope.value}"),
            f"{one.made_at:%Y-%m-%d}",
            _until(one, site.at),
        )
        for one in found
    ]
    columns = [t(f"staff.tokens.{name}") for name in ("mark", "label", "opens", "made", "until")]
    answer_table(t("staff.tokens.title", login=login), columns, rows)


def _until(one: Token, at: datetime) -> str:
    day = f"{one.until:%Y-%m-%d}"
    return day if one.until > at else t("staff.tokens.over", day=day)


@click.command()
@click.argument("login")
@click.argument("mark")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def revoke(site: Site, login: str, mark: str, as_json: bool) -> None:
    """End one token for the API, by the mark that `staff tokens` shows. It opens nothing more."""
    member = _named(site, login)
    with site.database.transaction() as session:
        service.end_token(session, member.id, mark, by=site.actor, at=site.at)
    if as_json:
        answer_json({"login": login, "revoked": mark})
    else:
        click.echo(t("staff.command.revoked", mark=mark, login=login))
