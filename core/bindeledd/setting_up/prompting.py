"""One question at a time: asked until it is answered, and each answer checked where it is asked."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
from bindeledd.setting_up.reading import DIRECTORY, describe
from bindeledd.settings import read_settings

Row = dict[str, Any]


def needed(text: str, default: str | None = None) -> str:
    """An answer that may not be empty; who gives none is told why the question comes again."""
    while True:
        said = str(click.prompt(text, default=default or "", show_default=bool(default))).strip()
        if said:
            return said
        click.echo(t("setup.ask.needed"), err=True)


def maybe(text: str, was: str | None = None) -> str:
    """An answer that may be empty; what was said before is proposed, and `-` takes it away."""
    if not was:
        return str(
            click.prompt(t("setup.ask.or_empty", text=text), default="", show_default=False)
        ).strip()
    said = str(click.prompt(t("setup.ask.or_dash", text=text), default=was)).strip()
    return "" if said == "-" else said


def yes(text: str) -> bool:
    yes_no = click.Choice(["j", "n", "ja", "nei", "y", "yes", "no"], case_sensitive=False)
    said = click.prompt(
        t("setup.ask.yes_no", text=text), type=yes_no, default="n", show_choices=False
    )
    return str(said).startswith(("j", "y"))


def folder(text: str) -> str:
    """A folder that may be none, as a whole path."""
    said = maybe(text)
    return str(Path(said).expanduser().absolute()) if said else ""


def right(table: str, one: Callable[[Row], Row], environment: str = "test") -> Row:
    """Ask until the answers can be used. What was right is proposed again, what was wrong never:
    in its place stands what stood there before it.
    """
    proposed: Row = {}
    while True:
        said = one(proposed)
        wrong = _wrong(table, said, environment)
        if wrong is None:
            return said
        click.echo(t("setup.ask.again", what=wrong.what, do=wrong.do), err=True)
        key = wrong.where.rpartition(" ")[2]
        before = {key: proposed[key]} if key in proposed else {}
        proposed = {name: value for name, value in said.items() if name != key} | before


def _wrong(table: str, said: Row, environment: str) -> Misconfigured | None:
    """What is wrong with this table of the site or of its settings, if anything is."""
    try:
        if table in DIRECTORY:
            describe({table: said})
        else:
            tables = {"site": {"environment": environment}, table: said}
            read_settings(_bare(), tables=tables)
    except Misconfigured as wrong:
        faults = [one for one in wrong.faults if f"[{table}]" in one.where]
        return next(iter(faults), wrong if table in DIRECTORY else None)
    return None


def _bare() -> dict[str, str]:
    """Where the installation is to be, and nothing else that the environment says of it."""
    return {name: os.environ[name] for name in ("BINDELEDD_HOME", "HOME") if name in os.environ}


def several(another: str, table: str, one: Callable[[Row], Row]) -> list[Row]:
    made = [right(table, one)]
    while yes(another):
        made.append(right(table, one))
    return made
