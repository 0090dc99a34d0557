"""What a command on the command line gets: the open installation, and how to answer.

`cli.py` makes the `Site` and hands it over as `click`'s context object; a feature's command asks
it for the database, the tenant and the moment, calls its service, and answers as a table or as
JSON. Nothing is opened before it is asked for.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from textwrap import TextWrapper
from typing import Any, NoReturn
from uuid import UUID

import click

from bindeledd.foundation.actors import Actor, command
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured


@dataclass
class Site:
    """The installation that a command works on.

    `settings` and `gathered` are what `settings.py` and `plugin/loading.py` give; the features
    know only the parts that they ask for by name. `try_packs` opens each pack with Python among
    what was gathered, with what this site says to it, and closes it: what is wrong with it, or None.
    `lint_beside` says what is wrong in the other files of packs that lie at these paths, with the book
    that they make.
    """

    open_settings: Callable[[], Any]
    open_database: Callable[[Any], Database]
    gather: Callable[..., Any]
    tenant_key: str | None = None
    find_tenants: Callable[[Database], Mapping[str, UUID]] = field(default=lambda _: {})
    try_packs: Callable[["Site", Any], Iterable[tuple[str, Misconfigured | None]]] = field(
        default=lambda *_: ()
    )
    lint_beside: Callable[[Sequence[Path], Any], Iterable[Any]] = field(default=lambda *_: ())

    @cached_property
    def settings(self) -> Any:
        return self.open_settings()

    @cached_property
    def database(self) -> Database:
        return self.open_database(self.settings)

    @cached_property
    def gathered(self) -> Any:
        """Everything that the core and the plugins declare; `.book` holds the pathways."""
        return self.gather(self.settings)

    @property
    def book(self) -> Any:
        return self.gathered.book

    def book_with(self, packs: Sequence[str]) -> Any:
        """The pathways as they would be with exactly these packs, switched on here or not."""
        return self.gather(self.settings, packs).book

    @cached_property
    def tenant(self) -> UUID:
        """The tenant that was named with `--tenant`, or the only one there is."""
        known = self.find_tenants(self.database)
        if self.tenant_key is not None and self.tenant_key in known:
            return known[self.tenant_key]
        if self.tenant_key is None and len(known) == 1:
            return next(iter(known.values()))
        raise Misconfigured(
            "installation.which_tenant" if known else "installation.no_tenant",
            where="--tenant",
            known=", ".join(sorted(known)),
        )

    @property
    def actor(self) -> Actor:
        """Whoever types, as the log names it."""
        return command(self.tenant)

    @property
    def at(self) -> datetime:
        return now()


_WHOLE = 10_000

pass_site = click.make_pass_decorator(Site)


def answer_json(value: object) -> None:
    """Write `value` as JSON on standard output, for scripts."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def answer_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table for people. Nothing is left out: a terminal folds, a file gets whole lines.

    What is read through another command (`less`) folds at `COLUMNS`, where that is set.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console(width=_width()).print(table)


def answer_blocks(title: str, blocks: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> None:
    """Write sentences for people, each under what it is about: a heading, then label and text.

    A terminal of any width shows them, folded under their labels; a file gets whole lines.
    """
    width = _width()
    click.echo(title)
    for heading, lines in blocks:
        click.echo("")
        click.echo(heading)
        for label, text in lines:
            click.echo(_folded(f"{label}: {text}" if label else text, width))


def _width() -> int:
    """How many characters a line has: of the terminal, else what `COLUMNS` says, else any number."""
    if sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) else _WHOLE


def _folded(text: str, width: int) -> str:
    wrap = TextWrapper(width=width, break_long_words=False, break_on_hyphens=False)
    wrap.initial_indent, wrap.subsequent_indent = "  ", "      "
    return wrap.fill(text)


@contextmanager
def progress_bar(what: str, *, silent: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, told how much is done of how much; silent for scripts."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=silent, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def leave(code: int) -> NoReturn:
    """End with 0 good, 1 something to look at, 2 wrong usage."""
    sys.exit(code)
