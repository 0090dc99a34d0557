"""Packs made for one test: a folder with a module and what pip would have written beside it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from click.testing import CliRunner, Result

from bindeledd.foundation.console import Site
from bindeledd.plugin.commands import plugins

PYTHON = """
    from bindeledd.plugin.hooks import *
    from bindeledd.plugin.hooks import hookimpl
    api = (1, 1)
"""
DATA = """
    from bindeledd.plugin.data import DataPack
    plugin = DataPack(__name__)
"""


@dataclass
class Shelf:
    """A place on `sys.path` where packs are put; `points` is what is installed there."""

    folder: Path
    points: list[EntryPoint] = field(default_factory=list)

    def put(
        self,
        name: str,
        python: str = PYTHON,
        *,
        files: dict[str, str] | None = None,
        requires: str | None = "bindeledd>=0.1,<0.2",
        target: str | None = None,
        distribution: str | None = None,
    ) -> Path:
        """Put a pack there. `python` is its module, `files` lie beside it, by name."""
        distribution = distribution or f"pack-{name}"
        package = distribution.replace("-", "_")
        folder = self.folder / package
        folder.mkdir(exist_ok=True)
        module = folder / "__init__.py"
        module.write_text(textwrap.dedent(python).lstrip())
        for path, text in (files or {}).items():
            (folder / path).parent.mkdir(exist_ok=True, parents=True)
            (folder / path).write_text(textwrap.dedent(text).lstrip())
        info = self.folder / f"{package}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        told = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        told += f"Requires-Dist: {requires}\n" if requires else ""
        (info / "METADATA").write_text(told)
        target = target or (f"{package}:plugin" if "DataPack" in python else package)
        (info / "entry_points.txt").write_text(f"[bindeledd.plugins]\n{name} = {target}\n")
        self.points += list(Distribution.at(info).entry_points)
        return module


def a_shelf(folder: Path) -> Iterator[Shelf]:
    """A shelf on `sys.path` for as long as a test lasts; its modules are forgotten afterwards."""
    folder.mkdir(exist_ok=True)
    sys.path.insert(0, str(folder))
    try:
        yield Shelf(folder)
    finally:
        sys.path.remove(str(folder))
        for name in [n for n in sys.modules if n.startswith("pack_")]:
            del sys.modules[name]


def run(*arguments: str, named: tuple[str, ...] = (), settings: Any = None, **site: Any) -> Result:
    """`bindeledd plugins …` where these packs are switched on, or with these settings; the site's
    database is never asked."""

    def never(_: Any) -> Any:
        raise AssertionError("the database is not asked")

    said = settings or SimpleNamespace(plugins=named, plugins_lock=None)
    there = Site(open_settings=lambda: said, open_database=never, gather=never, **site)
    return CliRunner().invoke(plugins, arguments, obj=there)
