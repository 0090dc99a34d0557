"""The questions of `bindeledd setup`, for a person at the terminal."""

from typing import Any

import click

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


def _maybe(text: str) -> str:
    return str(click.prompt(f"{text} (tomt: nei)", default="", show_default=False)).strip()


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
    tables["tenant"] = {
        "key": _ask("Kort navn på virksomheten (små bokstaver)", "virksomheten"),
        "name": _ask("Virksomhetens navn"),
    }
    organisation = _organisation()
    tables["organisation"] = [organisation]
    tables["team"] = _several("team", lambda: _team(organisation["key"]))
    teams = [team["key"] for team in tables["team"]]
    tables["tenant"]["intake_team"] = _ask(
        "Hvilket team avgjør meldinger fra ukjente enheter?", teams[0]
    )
    tables["unit"] = _several("enhet", lambda: _unit(organisation["key"], teams[0]))
    tables |= _ways_out(environment)
    tables["administrator"] = {
        "login": _ask("Brukernavn for første administrator", "admin"),
        "name": _ask("Administratorens navn"),
        "email": _maybe("Administratorens e-post"),
    }
    return tables


def _several(what: str, one: Any) -> list[dict[str, Any]]:
    made = [one()]
    while click.confirm(f"Ett {what} til?", default=False):
        made.append(one())
    return made


def _organisation() -> dict[str, Any]:
    return {
        "key": _ask("Kort navn på organisasjonen", "sykehuset"),
        "name": _ask("Organisasjonens navn"),
        "kind": click.prompt("Slags organisasjon", type=click.Choice(KINDS), default=KINDS[0]),
        "orgnr": _maybe("Organisasjonsnummer"),
        "her": _maybe("HER-id"),
    }


def _team(organisation: str) -> dict[str, Any]:
    return {
        "key": _ask("Kort navn på teamet", "oppfolging"),
        "name": _ask("Teamets navn"),
        "organisation": organisation,
        "hours": [_ask("Åpningstid", "man-fre 08:00-15:30")],
    }


def _unit(organisation: str, team: str) -> dict[str, Any]:
    return {
        "key": _ask("Kort navn på enheten", "akuttpost"),
        "name": _ask("Enhetens navn"),
        "kind": click.prompt("Slags enhet", type=click.Choice(UNIT_KINDS), default=UNIT_KINDS[0]),
        "organisation": organisation,
        "team": _ask("Hvilket team følger opp etter enheten?", team),
        "her": _maybe("Enhetens HER-id"),
        "resh": _maybe("Enhetens RESH-id"),
        "acute_number": _maybe("Enhetens akuttnummer"),
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
