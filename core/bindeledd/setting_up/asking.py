"""The questions of `bindeledd setup`, for a person at the terminal."""

import click

from bindeledd.features.staff.domain import ORGANISATION_KINDS, UNIT_KINDS, hours_said
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import LANGUAGES, site_language, speaking, t
from bindeledd.plugin.loading import installed, named
from bindeledd.setting_up.prompting import Row, folder, maybe, needed, right, several, yes
from bindeledd.settings.checking import Tables


def ask(own: Tables) -> Tables:
    """Ask for everything a site needs. What stands in the settings already is proposed."""
    language = click.prompt(
        t("setup.ask.language"),
        type=click.Choice(list(LANGUAGES)),
        default=own.get("site", {}).get("language") or site_language(),
    )
    with speaking(language):
        return _asked(own, language)


def _asked(own: Tables, language: str) -> Tables:
    site = own.get("site", {})
    click.echo(t("setup.ask.begin") + "\n")
    environment = click.prompt(
        t("setup.ask.what_for"),
        type=click.Choice(["production", "test", "training", "demo"]),
        default=site.get("environment") or "test",
    )
    tables: Tables = {"site": {"environment": environment, "language": language}}
    packs = _packs()
    if packs:
        tables["site"]["plugins"] = packs
    tables["tenant"] = right("tenant", _tenant)
    tables["organisation"] = several(
        t("setup.ask.another_organisation"), "organisation", _organisation
    )
    organisations = [organisation["key"] for organisation in tables["organisation"]]
    tables["team"] = several(
        t("setup.ask.another_team"), "team", lambda was: _team(organisations, was)
    )
    teams = [team["key"] for team in tables["team"]]
    tables["tenant"]["intake_team"] = click.prompt(
        t("setup.ask.intake_team"),
        type=click.Choice(teams),
        default=teams[0],
    )
    tables["unit"] = several(
        t("setup.ask.another_unit"), "unit", lambda was: _unit(organisations, teams, was)
    )
    tables |= _folders(environment) | _ways_out(environment)
    tables |= _kept(environment, own.get("retention", {}))
    tables["administrator"] = right("administrator", _administrator)
    return tables


def _packs() -> list[str]:
    """The packs that are wanted, of those that are installed."""
    there = ", ".join(point.name for point in installed())
    while True:
        said = maybe(t("setup.ask.plugins", there=there or t("setup.ask.none_installed")))
        packs = [one.strip() for one in said.split(",") if one.strip()]
        try:
            named(packs, installed())
        except Misconfigured as wrong:
            click.echo(t("setup.ask.again", what=wrong.what, do=wrong.do), err=True)
        else:
            return packs


def _tenant(was: Row) -> Row:
    return {
        "key": needed(t("setup.ask.tenant_key"), was.get("key") or t("setup.ask.usual_tenant")),
        "name": needed(t("setup.ask.tenant_name"), was.get("name")),
    }


def _administrator(was: Row) -> Row:
    return {
        "login": needed(t("setup.ask.admin_login"), was.get("login") or "admin"),
        "name": needed(t("setup.ask.admin_name"), was.get("name")),
        "email": maybe(t("setup.ask.admin_email"), was.get("email")),
    }


def _organisation(was: Row) -> Row:
    return {
        "key": needed(
            t("setup.ask.organisation_key"), was.get("key") or t("setup.ask.usual_organisation")
        ),
        "name": needed(t("setup.ask.organisation_name"), was.get("name")),
        "kind": click.prompt(
            t("setup.ask.organisation_kind"),
            type=click.Choice(ORGANISATION_KINDS),
            default=was.get("kind") or ORGANISATION_KINDS[0],
        ),
        "orgnr": maybe(t("setup.ask.orgnr"), was.get("orgnr")),
        "her": maybe(t("setup.ask.her"), was.get("her")),
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
        "key": needed(t("setup.ask.team_key"), was.get("key") or t("setup.ask.usual_team")),
        "name": needed(t("setup.ask.team_name"), was.get("name")),
        "organisation": _of(organisations, was),
        "hours": _hours(was.get("hours")),
    }


def _unit(organisations: list[str], teams: list[str], was: Row) -> Row:
    return {
        "key": needed(t("setup.ask.unit_key"), was.get("key") or t("setup.ask.usual_unit")),
        "name": needed(t("setup.ask.unit_name"), was.get("name")),
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
        "her": maybe(t("setup.ask.unit_her"), was.get("her")),
        "resh": maybe(t("setup.ask.unit_resh"), was.get("resh")),
        "acute_number": maybe(t("setup.ask.acute_number"), was.get("acute_number")),
    }


def _folders(environment: str) -> Tables:
    """Where the keys of a production stand, and where messages come in."""
    tables: Tables = {}
    keys = environment == "production" and folder(t("setup.ask.key_folder"))
    if keys:
        tables["keys"] = {"folder": keys}
    messages = environment != "demo" and folder(t("setup.ask.message_folder"))
    if messages:
        tables["intake"] = {"folder": messages}
    return tables


def _kept(environment: str, own: Row) -> Tables:
    """What was decided about keeping, where there are patients. Nothing is ever deleted by it."""
    if environment != "production":
        return {}
    if not yes(t("setup.ask.decided")):
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
            "archive": needed(t("setup.ask.archive"), own.get("archive") or None),
            "basis": needed(t("setup.ask.basis"), own.get("basis") or None),
        }
    }


def _ways_out(environment: str) -> Tables:
    """E-mail and the outside ping; a demo has neither."""
    tables: Tables = {}
    if environment == "demo":
        return tables
    mail = right("mail", _mail, environment)
    if mail:
        tables["mail"] = mail
    outside = right("outside", _outside, environment)
    if outside:
        tables["outside"] = outside
    return tables


def _mail(was: Row) -> Row:
    host = maybe(t("setup.ask.mail_host"), was.get("host"))
    if not host:
        return {}
    return {
        "host": host,
        "port": click.prompt(t("setup.ask.port"), type=int, default=was.get("port") or 587),
        "security": click.prompt(
            t("setup.ask.security"),
            type=click.Choice(["starttls", "tls", "none"]),
            default=was.get("security") or "starttls",
        ),
        "sender": needed(t("setup.ask.sender"), was.get("sender")),
    }


def _outside(was: Row) -> Row:
    ping = maybe(t("setup.ask.ping"), was.get("ping"))
    return {"ping": ping} if ping else {}
