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


def _named(site: Site, login: str) -> Member:
    with site.database.transaction() as session:
        found = queries.find_member(session, site.tenant, login)
    if found is None or not found.active:
        raise MemberNotFound(login=login)
    return found


@click.command()
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def code(site: Site, login: str, as_json: bool) -> None:
    """Gi en engangskode som medarbeideren velger passord med. Gjelder i 24 timer."""
    member = _named(site, login)
    with site.database.transaction() as session:
        secret = service.give_code(session, member.id, by=site.actor, at=site.at)
    if as_json:
        answer_json({"login": login, "code": secret, "hours": 24})
    else:
        click.echo(
            f"Engangskode for {login}: {secret}\nDen brukes på /choose-password og gjelder i 24 timer."
        )


@click.command()
@click.argument("login")
@click.option("--label", required=True, help="Hva nøkkelen er til.")
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 366),
    help="Hvor lenge den gjelder.",
)
@click.option(
    "--scope",
    default=Scope.FULL.value,
    show_default=True,
    type=click.Choice([one.value for one in Scope]),
    help="«read» kan bare lese, «full» kan alt medarbeideren kan.",
)
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def token(site: Site, login: str, label: str, days: int, scope: str, as_json: bool) -> None:
    """Lag en nøkkel til API-et med medarbeiderens tilganger. Den vises bare nå."""
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
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def tokens(site: Site, login: str, as_json: bool) -> None:
    """Vis medarbeiderens nøkler til API-et: hva de er til, og hvor lenge de gjelder."""
    member = _named(site, login)
    with site.database.transaction() as session:
        found = doors.tokens_of(session, site.tenant, member.id)
    if as_json:
        answer_json([{**asdict(one), "over": one.until <= site.at} for one in found])
        return
    rows = [
        (one.mark, one.label, _OPENS[one.scope], f"{one.made_at:%Y-%m-%d}", _until(one, site.at))
        for one in found
    ]
    answer_table(f"Nøkler for {login}", ("merke", "til", "åpner", "laget", "gjelder til"), rows)


_OPENS = {Scope.READ: "lesing", Scope.FULL: "alt"}


def _until(one: Token, at: datetime) -> str:
    return f"{one.until:%Y-%m-%d}" if one.until > at else f"gikk ut {one.until:%Y-%m-%d}"


@click.command()
@click.argument("login")
@click.argument("mark")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def revoke(site: Site, login: str, mark: str, as_json: bool) -> None:
    """Avslutt én nøkkel til API-et, ved merket som `staff tokens` viser. Den åpner ikke mer."""
    member = _named(site, login)
    with site.database.transaction() as session:
        service.end_token(session, member.id, mark, by=site.actor, at=site.at)
    if as_json:
        answer_json({"login": login, "revoked": mark})
    else:
        click.echo(f"Nøkkelen {mark} for {login} er avsluttet.")
