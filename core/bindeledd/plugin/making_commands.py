"""`bindeledd plugins new` and `schemas`: what somebody begins with who writes a pack."""

from pathlib import Path

import click

from bindeledd.foundation.console import leave
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
from bindeledd.plugin.showing import show, told

_LEVELS = ("region", "trust", "municipality", "unit")


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
@click.option("--python", is_flag=True)
def new_plugin(name: str | None, at: Path, level: str | None, python: bool) -> None:
    """Make a new plugin, complete: routine, tests, change log, everything it takes."""
    from bindeledd.plugin.making import make

    if name is None:
        name, level, python = _asked(level, python=python)
    try:
        folder = make(name, at=at, level=level or _LEVELS[2], python=python)
    except Misconfigured as wrong:
        show([told(wrong)])
        leave(1)
        return
    click.echo(t("plugin.new.made", folder=str(folder)))
    click.echo(t("plugin.new.next", folder=str(folder), name=name))


def _asked(level: str | None, *, python: bool) -> tuple[str, str, bool]:
    """Whoever says nothing is asked."""
    name: str = click.prompt(t("plugin.new.ask_name"))
    if level is None:
        level = click.prompt(
            t("plugin.new.ask_level"), type=click.Choice(_LEVELS), default=_LEVELS[2]
        )
    return name, level, python or click.confirm(t("plugin.new.ask_python"), default=False)


@click.command("schemas")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("schemas")
)
def write_schemas(folder: Path) -> None:
    """Write the schemas by which an editor completes the TOML files of a pack and marks errors."""
    from bindeledd.plugin.schemas import write

    for file in write(folder):
        click.echo(str(file))
