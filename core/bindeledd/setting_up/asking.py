"""The questions of `bindeledd setup`, for a person at the terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bindeledd.foundation.errors import Misconfigured
from bindeledd.setting_up.hours import hours_said
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
    """An answer that may be empty; what was said before is proposed, and `-` takes it away."""
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
    tables |= _kept(environment, own.get("retention", {}))
    tables["administrator"] = _right("administrator", _administrator)
    return tables


Row = dict[str, Any]


def _right(table: str, one: Callable[[Row], Row]) -> Row:
    """Ask until the answers can be used. What was right is proposed again, what was wrong never:
    in its place stands what stood there before it.
    """
    proposed: Row = {}
    while True:
        said = one(proposed)
        try:
            describe({table: said})
        except Misconfigured as wrong:
            click.echo(f"Feil: {wrong.what} · {wrong.do}. Spør om det en gang til.", err=True)
            key = wrong.where.rpartition(" ")[2]
            before = {key: proposed[key]} if key in proposed else {}
            proposed = {name: value for name, value in said.items() if name != key} | before
        else:
            return said


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


_HOURS = "man-fre 08:00-15:30"
_EXAMPLE = """\
Når er teamet åpent? Skriv dager og klokkeslett, flere skilt med komma. For eksempel:
  man-fre 8-15.30
  mandag til torsdag 8-16, fredag 8-15, lørdag 10-14
  alle dager hele døgnet"""


def _hours(was: list[str] | None) -> list[str]:
    """The opening hours, asked with examples; what is not understood is asked for at once."""
    click.echo(_EXAMPLE)
    said = click.prompt("Åpningstid", default=", ".join(was or [_HOURS]), value_proc=_understood)
    return list(said)


def _understood(text: str) -> list[str]:
    try:
        return hours_said(text)
    except ValueError as wrong:
        raise click.BadParameter(
            f"«{wrong}» er ikke forstått. Skriv dagene først og så klokkeslettene: man-fre 8-15.30"
        ) from None


def _team(organisations: list[str], was: Row) -> Row:
    return {
        "key": _ask("Kort navn på teamet", was.get("key") or "oppfolging"),
        "name": _ask("Teamets navn", was.get("name")),
        "organisation": _of(organisations, was),
        "hours": _hours(was.get("hours")),
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


_DECIDED = "Har den behandlingsansvarlige bestemt hvor lenge oppfølginger og logg bevares?"


def _kept(environment: str, own: Row) -> Tables:
    """What was decided about keeping, where there are patients. Nothing is ever deleted by it."""
    if environment != "production":
        return {}
    if not _yes(_DECIDED):
        click.echo(
            "Da sier «bindeledd doctor» fra til det er bestemt og skrevet under [retention] i "
            "innstillingene, eller svart på her. Ingenting slettes av seg selv."
        )
        return {}
    years = click.IntRange(1, 200)
    return {
        "retention": {
            "cases_years": click.prompt(
                "Oppfølginger bevares så mange år etter at de er avsluttet",
                type=years,
                default=own.get("cases_years") or None,
            ),
            "log_years": click.prompt(
                "Loggen over hvem som har lest hva, bevares så mange år",
                type=years,
                default=own.get("log_years") or None,
            ),
            "archive": _ask("Hvor går oppfølginger etterpå (arkiv)?", own.get("archive") or None),
            "basis": _ask("Hvem har bestemt det, og hvor står det?", own.get("basis") or None),
        }
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
