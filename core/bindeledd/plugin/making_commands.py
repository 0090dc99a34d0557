"""`bindeledd plugins new` and `schemas`: what somebody begins with who writes a pack."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bindeledd.foundation.console import leave
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
from bindeledd.plugin.showing import show, told

if TYPE_CHECKING:
    from bindeledd.plugin.making import Named

_LEVELS = ("region", "trust", "municipality", "unit")
_PARTS = ("unit", "step", "gate", "ladder", "letter")


@click.command("new")
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--at",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
)
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    default=None,
)
@click.option("--unit", metavar="KIND", default="")
@click.option("--step", metavar="KEY", default="")
@click.option("--gate", metavar="KEY", default="")
@click.option("--ladder", metavar="KEY", default="")
@click.option("--letter", metavar="KEY", default="")
@click.option("--python", is_flag=True)
def new_plugin(name: str | None, at: Path, level: str | None, python: bool, **parts: str) -> None:
    """Make a new plugin, complete: routine, tests, change log, everything it takes."""
    from bindeledd.plugin.making import Named, make

    named = Named(**parts)
    if name is None:
        name, level, named, python = _asked(level, named, python=python)
    try:
        folder = make(name, at=at, level=level or _LEVELS[2], python=python, named=named)
    except Misconfigured as wrong:
        show([told(wrong)])
        leave(1)
        return
    click.echo(t("plugin.new.made", folder=str(folder)))
    click.echo(t("plugin.new.next", folder=str(folder), name=name))


def _asked(level: str | None, named: "Named", *, python: bool) -> tuple[str, str, "Named", bool]:
    """Whoever says nothing is asked; an empty answer leaves a part out."""
    from dataclasses import replace

    name: str = click.prompt(t("plugin.new.ask_name"))
    if level is None:
        level = click.prompt(
            t("plugin.new.ask_level"), type=click.Choice(_LEVELS), default=_LEVELS[2]
        )
    for part in _PARTS:
        if not getattr(named, part):
            said = click.prompt(t(f"plugin.new.ask_{part}"), default="", show_default=False)
            named = replace(named, **{part: said.strip()})
    return name, level, named, python or click.confirm(t("plugin.new.ask_python"), default=False)


@click.command("schemas")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("schemas")
)
def write_schemas(folder: Path) -> None:
    """Write the schemas by which an editor completes the TOML files of a pack and marks errors."""
    from bindeledd.plugin.schemas import write

    for file in write(folder):
        click.echo(str(file))
