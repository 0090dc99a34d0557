"""The `bindeledd` command. Each subcommand is imported when it is called, so that help is quick."""

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from bindeledd import __version__
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.usage import speak_norwegian

speak_norwegian()  # before the first command is made: some words are read then

# name → (module, attribute, what it does)
COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "setup": ("bindeledd.setting_up.command", "setup", "Sett opp eller endre et anlegg."),
    "demo": ("bindeledd.demo.command", "demo", "Kjør en demo med syntetiske pasienter."),
    "run": ("bindeledd.running", "run", "Kjør nett, API og arbeider på denne maskinen."),
    "web": ("bindeledd.running", "web", "Kjør bare nett og API."),
    "worker": ("bindeledd.running", "worker", "Kjør bare arbeideren (varsler, innboks, vakt)."),
    "intake": (
        "bindeledd.features.intake.commands",
        "intake",
        "Ta inn meldinger fra fil eller mappe.",
    ),
    "takeover": (
        "bindeledd.features.takeover.commands",
        "takeover",
        "Ta over pågående oppfølginger fra en liste.",
    ),
    "discharges": (
        "bindeledd.features.discharges.commands",
        "discharges",
        "Sammenlign en utskrivningsliste med registeret.",
    ),
    "rollcall": ("bindeledd.features.rollcall.commands", "rollcall", "Er alle gjort rede for?"),
    "reports": (
        "bindeledd.features.reports.commands",
        "reports",
        "Rapportene til tilleggene: tall uten personer.",
    ),
    "staff": (
        "bindeledd.staff_commands",
        "staff",
        "Medarbeidere: import, add, list, code, token, tokens, revoke, deactivate.",
    ),
    "pathways": (
        "bindeledd.features.pathways.commands",
        "pathways",
        "Rutiner: lint, show, explain, diff, simulate, upgrade.",
    ),
    "plugins": ("bindeledd.plugin.commands", "plugins", "Programtillegg: list, check, test, new."),
    "db": ("bindeledd.maintenance", "db", "Databasen: upgrade, status."),
    "keys": ("bindeledd.maintenance", "keys", "Nøkler: status, turn."),
    "doctor": ("bindeledd.maintenance", "doctor", "Undersøk anlegget."),
}

# Commands that stand in a group but need what lies above the group's own feature.
MORE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "pathways": {
        "simulate": ("bindeledd.features.cases.commands.simulating", "simulate"),
        "diff": ("bindeledd.features.pathways.commands.comparing", "diff"),
        "explain": ("bindeledd.features.casefile.commands", "explain"),
        "upgrade": ("bindeledd.features.cases.commands.upgrading", "upgrade"),
    },
}

# Commands that open what they need themselves: the supervisor stays small.
_ALONE = frozenset({"run", "web", "worker", "demo", "setup"})


class Lazy(click.Group):
    """A group that knows the names of its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        command: click.Command = getattr(importlib.import_module(found[0]), found[1])
        for name, (module, attribute) in MORE.get(cmd_name, {}).items():
            if isinstance(command, click.Group):
                command.add_command(getattr(importlib.import_module(module), attribute), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Kommandoer"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


def _site(tenant: str | None) -> Any:
    from bindeledd.foundation.console import Site
    from bindeledd.foundation.texts import HOME, set_site_language, speak
    from bindeledd.installation import find_tenants, gather, open_site, read_settings

    def settings() -> Any:
        """What is kept or sent is in the site's language; the command line itself in bokmål."""
        found = read_settings()
        set_site_language(found.language)
        return found

    def try_packs(site: Site, gathered: Any) -> Any:
        """Each pack opened with what the site says; before `setup` there are no names of teams."""
        from sqlalchemy.exc import SQLAlchemyError

        from bindeledd.foundation.errors import Misconfigured
        from bindeledd.hosting import names_of, tried

        try:
            database = site.database
            names_of(database)
        except (Misconfigured, SQLAlchemyError):
            database = None
        return tried(site.settings, gathered, database)

    speak(HOME)
    return Site(
        open_settings=settings,
        open_database=open_site,
        gather=gather,
        find_tenants=find_tenants,
        tenant_key=tenant,
        try_packs=try_packs,
    )


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bindeledd")
@click.option("--tenant", metavar="KEY", help="Hvilken virksomhet, når det er flere.")
@click.pass_context
def cli(ctx: click.Context, tenant: str | None) -> None:
    """Bindeledd: ingen skal bli borte usett."""
    if ctx.invoked_subcommand == "run" or set(sys.argv[1:]) & {"-h", "--help"}:
        return
    from bindeledd.foundation.logs import start_logging

    start_logging()
    if ctx.invoked_subcommand not in _ALONE:
        ctx.obj = _site(tenant)


def _database_errors() -> type[Exception]:
    """Asked only when something was raised that nothing above is."""
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError


def main() -> None:
    """Run a command; what is wrong with the installation is said in one line, with what to do.

    Whatever it writes (database, keys, settings, mail folder) is for its owner only.
    """
    os.umask(0o077)
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Avbrutt.", err=True)
        sys.exit(1)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except Misconfigured as wrong:
        click.echo(f"Feil: {wrong}", err=True)
        sys.exit(1)
    except Refusal as wrong:
        from bindeledd.foundation.texts import refusal_said

        click.echo(f"Feil: {refusal_said(wrong)}", err=True)
        sys.exit(1)
    except _database_errors() as wrong:
        from bindeledd.foundation.db import said_of

        click.echo(f"Feil: {said_of(wrong)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
