"""The questions of `bindeledd setup`, for a person at the terminal."""

from collections.abc import Callable
from typing import Any

import click

from bindeledd.foundation.errors import Misconfigured
from bindeledd.setting_up.reading import describe
from bindeledd.settings.checking import Tables

KINDS = ("trust", "municipality", "practice", "other")
UNIT_KINDS = (
    "acute_ward",
    "ward",
    "medical_ward",
    "child_psychiatry",
    "dps",
    "municipal",
    "emergency",
    "other",
)


def _ask(text: str, default: str | None = None) -> str:
    return str(click.prompt(text, default=default)).strip()


def _maybe(text: str, was: str | None = None) -> str:
    """An answer that may be empty; one that was wrong is shown again, and `-` takes it away."""
    if not was:
        return str(click.prompt(f"{text} (tomt: nei)", default="", show_default=False)).strip()
    said = str(click.prompt(f"{text} (-: nei)", default=was)).strip()
    return "" if said == "-" else said


def ask(own: Tables) -> Tables:
    """Ask for everything a site needs. What stands in the settings already is proposed."""
    site = own.get("site", {})
    click.echo("Oppsett av Bindeledd. Svarene kan endres senere ved å kjøre dette på nytt.\n")
    environment = click.prompt(
        "Hva er anlegget til?",
        type=click.Choice(["production", "test", "training", "demo"]),
        default=site.get("environment") or "test",
    )
    tables: Tables = {"site": {"environment": environment}}
    packs = _maybe("Programtillegg, skilt med komma")
    if packs:
        tables["site"]["plugins"] = [one.strip() for one in packs.split(",") if one.strip()]
    tables["tenant"] = _right("tenant", _tenant)
    organisation = _right("organisation", _organisation)
    tables["organisation"] = [organisation]
    tables["team"] = _several("team", "team", lambda was: _team(organisation["key"], was))
    teams = [team["key"] for team in tables["team"]]
    tables["tenant"]["intake_team"] = click.prompt(
        "Hvilket team avgjør meldinger fra ukjente enheter?",
        type=click.Choice(teams),
        default=teams[0],
    )
    tables["unit"] = _several("enhet", "unit", lambda was: _unit(organisation["key"], teams, was))
    tables |= _ways_out(environment)
    tables["administrator"] = _right("administrator", _administrator)
    return tables


Row = dict[str, Any]


def _right(table: str, one: Callable[[Row], Row]) -> Row:
    """Ask until the answers can be used; what was typed is proposed again."""
    was: Row = {}
    while True:
        was = one(was)
        try:
            describe({table: was})
        except Misconfigured as wrong:
            click.echo(f"Feil: {wrong.what} · {wrong.do}. Spør om det en gang til.", err=True)
        else:
            return was


def _several(what: str, table: str, one: Callable[[Row], Row]) -> list[Row]:
    made = [_right(table, one)]
    while click.confirm(f"Ett {what} til?", default=False):
        made.append(_right(table, one))
    return made


def _tenant(was: Row) -> Row:
    return {
        "key": _ask("Kort navn på virksomheten (små bokstaver)", was.get("key") or "virksomheten"),
        "name": _ask("Virksomhetens navn", was.get("name")),
    }


def _administrator(was: Row) -> Row:
    return {
        "login": _ask("Brukernavn for første administrator", was.get("login") or "admin"),
        "name": _ask("Administratorens navn", was.get("name")),
        "email": _maybe("Administratorens e-post", was.get("email")),
    }


def _organisation(was: Row) -> Row:
    return {
        "key": _ask("Kort navn på organisasjonen", was.get("key") or "sykehuset"),
        "name": _ask("Organisasjonens navn", was.get("name")),
        "kind": click.prompt(
            "Slags organisasjon", type=click.Choice(KINDS), default=was.get("kind") or KINDS[0]
        ),
        "orgnr": _maybe("Organisasjonsnummer", was.get("orgnr")),
        "her": _maybe("HER-id", was.get("her")),
    }


def _team(organisation: str, was: Row) -> Row:
    hours = was.get("hours") or ["man-fre 08:00-15:30"]
    return {
        "key": _ask("Kort navn på teamet", was.get("key") or "oppfolging"),
        "name": _ask("Teamets navn", was.get("name")),
        "organisation": organisation,
        "hours": [_ask("Åpningstid", hours[0])],
    }


def _unit(organisation: str, teams: list[str], was: Row) -> Row:
    return {
        "key": _ask("Kort navn på enheten", was.get("key") or "akuttpost"),
        "name": _ask("Enhetens navn", was.get("name")),
        "kind": click.prompt(
            "Slags enhet",
            type=click.Choice(UNIT_KINDS),
            default=was.get("kind") or UNIT_KINDS[0],
        ),
        "organisation": organisation,
        "team": click.prompt(
            "Hvilket team følger opp etter enheten?",
            type=click.Choice(teams),
            default=was.get("team") or teams[0],
        ),
        "her": _maybe("Enhetens HER-id", was.get("her")),
        "resh": _maybe("Enhetens RESH-id", was.get("resh")),
        "acute_number": _maybe("Enhetens akuttnummer", was.get("acute_number")),
    }


def _ways_out(environment: str) -> Tables:
    """E-mail and the outside ping; a demo has neither."""
    tables: Tables = {}
    if environment == "demo":
        return tables
    host = _maybe("E-posttjener for varsler")
    if host:
        tables["mail"] = {
            "host": host,
            "port": click.prompt("Port", type=int, default=587),
            "security": click.prompt(
                "Sikring", type=click.Choice(["starttls", "tls", "none"]), default="starttls"
            ),
            "sender": _ask("Avsenderadresse"),
        }
    ping = _maybe("Adresse som kalles utenfra etter hver runde (https://…)")
    if ping:
        tables["outside"] = {"ping": ping}
    return tables
