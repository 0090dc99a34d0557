"""The questions of `bindeledd setup`, for a person at the terminal."""

from collections.abc import Callable
from pathlib import Path
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


def _yes(text: str) -> bool:
    yes_no = click.Choice(["j", "n", "ja", "nei"], case_sensitive=False)
    said = click.prompt(f"{text} (j/n)", type=yes_no, default="n", show_choices=False)
    return str(said).startswith("j")


def _folder(text: str) -> str:
    """A folder that may be none, as a whole path."""
    said = _maybe(text)
    return str(Path(said).expanduser().absolute()) if said else ""


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
    tables["organisation"] = _several("En organisasjon til?", "organisation", _organisation)
    organisations = [organisation["key"] for organisation in tables["organisation"]]
    tables["team"] = _several("Ett team til?", "team", lambda was: _team(organisations, was))
    teams = [team["key"] for team in tables["team"]]
    tables["tenant"]["intake_team"] = click.prompt(
        "Hvilket team avgjør meldinger fra ukjente enheter?",
        type=click.Choice(teams),
        default=teams[0],
    )
    tables["unit"] = _several("En enhet til?", "unit", lambda was: _unit(organisations, teams, was))
    tables |= _folders(environment) | _ways_out(environment)
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


def _several(another: str, table: str, one: Callable[[Row], Row]) -> list[Row]:
    made = [_right(table, one)]
    while _yes(another):
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


def _of(organisations: list[str], was: Row) -> str:
    """Which organisation it belongs to; asked only where there are several."""
    if len(organisations) == 1:
        return organisations[0]
    return str(
        click.prompt(
            "Hvilken organisasjon hører det til?",
            type=click.Choice(organisations),
            default=was.get("organisation") or organisations[0],
        )
    )


def _team(organisations: list[str], was: Row) -> Row:
    hours = was.get("hours") or ["man-fre 08:00-15:30"]
    return {
        "key": _ask("Kort navn på teamet", was.get("key") or "oppfolging"),
        "name": _ask("Teamets navn", was.get("name")),
        "organisation": _of(organisations, was),
        "hours": [_ask("Åpningstid", hours[0])],
    }


def _unit(organisations: list[str], teams: list[str], was: Row) -> Row:
    return {
        "key": _ask("Kort navn på enheten", was.get("key") or "akuttpost"),
        "name": _ask("Enhetens navn", was.get("name")),
        "kind": click.prompt(
            "Slags enhet",
            type=click.Choice(UNIT_KINDS),
            default=was.get("kind") or UNIT_KINDS[0],
        ),
        "organisation": _of(organisations, was),
        "team": click.prompt(
            "Hvilket team følger opp etter enheten?",
            type=click.Choice(teams),
            default=was.get("team") or teams[0],
        ),
        "her": _maybe("Enhetens HER-id", was.get("her")),
        "resh": _maybe("Enhetens RESH-id", was.get("resh")),
        "acute_number": _maybe("Enhetens akuttnummer", was.get("acute_number")),
    }


def _folders(environment: str) -> Tables:
    """Where the keys of a production stand, and where messages come in."""
    tables: Tables = {}
    keys = environment == "production" and _folder(
        "Mappe for nøklene, på en annen disk enn dataene"
    )
    if keys:
        tables["keys"] = {"folder": keys}
    messages = environment != "demo" and _folder("Mappe der meldinger kommer inn")
    if messages:
        tables["intake"] = {"folder": messages}
    return tables


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
