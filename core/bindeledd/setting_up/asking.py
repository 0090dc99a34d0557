"""The questions of `bindeledd setup`, for a person at the terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
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
        return str(
            click.prompt(t("setup.ask.or_empty", text=text), default="", show_default=False)
        ).strip()
    said = str(click.prompt(t("setup.ask.or_dash", text=text), default=was)).strip()
    return "" if said == "-" else said


def _yes(text: str) -> bool:
    yes_no = click.Choice(["j", "n", "ja", "nei", "y", "yes", "no"], case_sensitive=False)
    said = click.prompt(
        t("setup.ask.yes_no", text=text), type=yes_no, default="n", show_choices=False
    )
    return str(said).startswith(("j", "y"))


def _folder(text: str) -> str:
    """A folder that may be none, as a whole path."""
    said = _maybe(text)
    return str(Path(said).expanduser().absolute()) if said else ""


def ask(own: Tables) -> Tables:
    """Ask for everything a site needs. What stands in the settings already is proposed."""
    site = own.get("site", {})
    click.echo(t("setup.ask.begin") + "\n")
    environment = click.prompt(
        t("setup.ask.what_for"),
        type=click.Choice(["production", "test", "training", "demo"]),
        default=site.get("environment") or "test",
    )
    tables: Tables = {"site": {"environment": environment}}
    packs = _maybe(t("setup.ask.plugins"))
    if packs:
        tables["site"]["plugins"] = [one.strip() for one in packs.split(",") if one.strip()]
    tables["tenant"] = _right("tenant", _tenant)
    tables["organisation"] = _several(
        t("setup.ask.another_organisation"), "organisation", _organisation
    )
    organisations = [organisation["key"] for organisation in tables["organisation"]]
    tables["team"] = _several(
        t("setup.ask.another_team"), "team", lambda was: _team(organisations, was)
    )
    teams = [team["key"] for team in tables["team"]]
    tables["tenant"]["intake_team"] = click.prompt(
        t("setup.ask.intake_team"),
        type=click.Choice(teams),
        default=teams[0],
    )
    tables["unit"] = _several(
        t("setup.ask.another_unit"), "unit", lambda was: _unit(organisations, teams, was)
    )
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
            click.echo(t("setup.ask.again", what=wrong.what, do=wrong.do), err=True)
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
        "key": _ask(t("setup.ask.tenant_key"), was.get("key") or "virksomheten"),
        "name": _ask(t("setup.ask.tenant_name"), was.get("name")),
    }


def _administrator(was: Row) -> Row:
    return {
        "login": _ask(t("setup.ask.admin_login"), was.get("login") or "admin"),
        "name": _ask(t("setup.ask.admin_name"), was.get("name")),
        "email": _maybe(t("setup.ask.admin_email"), was.get("email")),
    }


def _organisation(was: Row) -> Row:
    return {
        "key": _ask(t("setup.ask.organisation_key"), was.get("key") or "sykehuset"),
        "name": _ask(t("setup.ask.organisation_name"), was.get("name")),
        "kind": click.prompt(
            t("setup.ask.organisation_kind"),
            type=click.Choice(KINDS),
            default=was.get("kind") or KINDS[0],
        ),
        "orgnr": _maybe(t("setup.ask.orgnr"), was.get("orgnr")),
        "her": _maybe(t("setup.ask.her"), was.get("her")),
    }


def _of(organisations: list[str], was: Row) -> str:
    """Which organisation it belongs to; asked only where there are several."""
    if len(organisations) == 1:
        return organisations[0]
    return str(
        click.prompt(
            t("setup.ask.belongs_to"),
            type=click.Choice(organisations),
            default=was.get("organisation") or organisations[0],
        )
    )


def _hours(was: list[str] | None) -> list[str]:
    """The opening hours, asked with examples; what is not understood is asked for at once."""
    click.echo(t("setup.ask.hours_example"))
    said = click.prompt(
        t("setup.ask.hours"),
        default=", ".join(was or [t("setup.ask.usual_hours")]),
        value_proc=_understood,
    )
    return list(said)


def _understood(text: str) -> list[str]:
    try:
        return hours_said(text)
    except ValueError as wrong:
        raise click.BadParameter(t("setup.ask.hours_unclear", text=wrong)) from None


def _team(organisations: list[str], was: Row) -> Row:
    return {
        "key": _ask(t("setup.ask.team_key"), was.get("key") or "oppfolging"),
        "name": _ask(t("setup.ask.team_name"), was.get("name")),
        "organisation": _of(organisations, was),
        "hours": _hours(was.get("hours")),
    }


def _unit(organisations: list[str], teams: list[str], was: Row) -> Row:
    return {
        "key": _ask(t("setup.ask.unit_key"), was.get("key") or "akuttpost"),
        "name": _ask(t("setup.ask.unit_name"), was.get("name")),
        "kind": click.prompt(
            t("setup.ask.unit_kind"),
            type=click.Choice(UNIT_KINDS),
            default=was.get("kind") or UNIT_KINDS[0],
        ),
        "organisation": _of(organisations, was),
        "team": click.prompt(
            t("setup.ask.unit_team"),
            type=click.Choice(teams),
            default=was.get("team") or teams[0],
        ),
        "her": _maybe(t("setup.ask.unit_her"), was.get("her")),
        "resh": _maybe(t("setup.ask.unit_resh"), was.get("resh")),
        "acute_number": _maybe(t("setup.ask.acute_number"), was.get("acute_number")),
    }


def _folders(environment: str) -> Tables:
    """Where the keys of a production stand, and where messages come in."""
    tables: Tables = {}
    keys = environment == "production" and _folder(t("setup.ask.key_folder"))
    if keys:
        tables["keys"] = {"folder": keys}
    messages = environment != "demo" and _folder(t("setup.ask.message_folder"))
    if messages:
        tables["intake"] = {"folder": messages}
    return tables


def _kept(environment: str, own: Row) -> Tables:
    """What was decided about keeping, where there are patients. Nothing is ever deleted by it."""
    if environment != "production":
        return {}
    if not _yes(t("setup.ask.decided")):
        click.echo(t("setup.ask.undecided"))
        return {}
    years = click.IntRange(1, 200)
    return {
        "retention": {
            "cases_years": click.prompt(
                t("setup.ask.cases_years"),
                type=years,
                default=own.get("cases_years") or None,
            ),
            "log_years": click.prompt(
                t("setup.ask.log_years"),
                type=years,
                default=own.get("log_years") or None,
            ),
            "archive": _ask(t("setup.ask.archive"), own.get("archive") or None),
            "basis": _ask(t("setup.ask.basis"), own.get("basis") or None),
        }
    }


def _ways_out(environment: str) -> Tables:
    """E-mail and the outside ping; a demo has neither."""
    tables: Tables = {}
    if environment == "demo":
        return tables
    host = _maybe(t("setup.ask.mail_host"))
    if host:
        tables["mail"] = {
            "host": host,
            "port": click.prompt(t("setup.ask.port"), type=int, default=587),
            "security": click.prompt(
                t("setup.ask.security"),
                type=click.Choice(["starttls", "tls", "none"]),
                default="starttls",
            ),
            "sender": _ask(t("setup.ask.sender")),
        }
    ping = _maybe(t("setup.ask.ping"))
    if ping:
        tables["outside"] = {"ping": ping}
    return tables
