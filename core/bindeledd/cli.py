"""The `bindeledd` command. Each subcommand is imported when it is called, so that help is quick."""

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from bindeledd import __version__
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.texts import (
    LANGUAGES,
    be_strict,
    set_site_language,
    site_language,
    speak,
    t,
)
from bindeledd.foundation.usage import command_language, passed_over, speak_for_click, word

speak_for_click()  # before the first command is made: some words are read then

# name → (module, attribute, the catalogue where its help stands)
COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "setup": ("bindeledd.setting_up.command", "setup", "setup"),
    "demo": ("bindeledd.demo.command", "demo", "demo"),
    "run": ("bindeledd.running", "run", "commands"),
    "web": ("bindeledd.running", "web", "commands"),
    "worker": ("bindeledd.running", "worker", "commands"),
    "intake": (
        "bindeledd.features.intake.commands",
        "intake",
        "intake",
    ),
    "takeover": (
        "bindeledd.features.takeover.commands",
        "takeover",
        "takeover",
    ),
    "discharges": (
        "bindeledd.features.discharges.commands",
        "discharges",
        "discharges",
    ),
    "rollcall": ("bindeledd.features.rollcall.commands", "rollcall", "rollcall"),
    "downtime": ("bindeledd.maintenance", "downtime", "maintenance"),
    "reports": (
        "bindeledd.features.reports.commands",
        "reports",
        "reports",
    ),
    "access-log": ("bindeledd.features.casefile.commands.looking", "access_log", "casefile"),
    "retention": ("bindeledd.features.cases.commands.keeping", "retention", "cases"),
    "staff": (
        "bindeledd.staff_commands",
        "staff",
        "staff",
    ),
    "pathways": (
        "bindeledd.features.pathways.commands",
        "pathways",
        "pathways",
    ),
    "plugins": ("bindeledd.plugin.commands", "plugins", "plugin"),
    "db": ("bindeledd.maintenance", "db", "maintenance"),
    "keys": ("bindeledd.maintenance", "keys", "maintenance"),
    "doctor": ("bindeledd.maintenance", "doctor", "maintenance"),
}

# Commands that stand in a group but need what lies above the group's own feature.
MORE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "pathways": {
        "simulate": ("bindeledd.features.cases.commands.simulating", "simulate"),
        "diff": ("bindeledd.features.pathways.commands.comparing", "diff"),
        "explain": ("bindeledd.features.casefile.commands", "explain"),
        "upgrade": ("bindeledd.features.cases.commands.upgrading", "upgrade"),
    },
    "plugins": {"remove": ("bindeledd.features.cases.commands.removing", "remove")},
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
        word(command, found[2], cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(t("commands.root.section")):
            formatter.write_dl([(name, t(f"commands.list.{name}")) for name in COMMANDS])

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.help = t("commands.root.help")
        for param in self.get_params(ctx):
            if isinstance(param, click.Option) and param.name in ("tenant", "version"):
                param.help = t(f"commands.root.{param.name}")
        super().format_help(ctx, formatter)


def _site(tenant: str | None) -> Any:
    from bindeledd.foundation.console import Site
    from bindeledd.installation import find_tenants, gather, open_site, read_settings

    def settings() -> Any:
        """What is kept or sent is in the site's language; the command line speaks its own."""
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

    def lint_beside(paths: Any, book: Any) -> Any:
        from bindeledd.plugin.linting import beside

        return beside(paths, book)

    speak(site_language())  # until a site has been read, it is the one of the command line
    return Site(
        open_settings=settings,
        open_database=open_site,
        gather=gather,
        find_tenants=find_tenants,
        tenant_key=tenant,
        try_packs=try_packs,
        lint_beside=lint_beside,
    )


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bindeledd")
@click.option("--tenant", metavar="KEY")
@click.pass_context
def cli(ctx: click.Context, tenant: str | None) -> None:
    """Bindeledd: nobody is to be lost unseen."""
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


def _tell(wrong: str) -> None:
    click.echo(t("commands.root.wrong", wrong=wrong), err=True)


def _refused(wrong: Refusal) -> str:
    """The words for a refusal, and what it is about; of what is not there, not those of a page."""
    from bindeledd.foundation.texts import about_said, refusal_said

    if wrong.code in ("not_found", "access.out_of_sight"):
        return about_said(t("commands.root.not_found"), wrong.facts)
    return refusal_said(wrong)


def main() -> None:
    """Run a command; what is wrong with the installation is said in one line, with what to do.

    Whatever it writes (database, keys, settings, mail folder) is for its owner only.
    """
    os.umask(0o077)
    be_strict(False)  # a page with one odd word is better than no page
    set_site_language(command_language(os.environ))
    if asked := passed_over(os.environ):
        click.echo(
            t("commands.root.no_language", asked=asked, known=", ".join(LANGUAGES)), err=True
        )
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo(t("commands.root.aborted"), err=True)
        sys.exit(1)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except Misconfigured as wrong:
        for one in wrong.faults:
            _tell(str(one))
        sys.exit(1)
    except Refusal as wrong:
        _tell(_refused(wrong))
        sys.exit(1)
    except _database_errors() as wrong:
        from bindeledd.foundation.db import said_of

        _tell(said_of(wrong))
        sys.exit(1)


if __name__ == "__main__":
    main()
