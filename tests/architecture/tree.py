"""The tree as a place to look at: which files there are and what stands in them."""

from __future__ import annotations

import ast
import configparser
import importlib
import pkgutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "bindeledd"
FEATURES = CORE / "features"

_LEFT_OUT = {".venv", "build", "dist", "__pycache__", ".git", "node_modules", "results"}


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that belongs to the project, as git sees it (or all, away from git)."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode == 0 and told.stdout:
        found = [ROOT / line for line in told.stdout.splitlines()]
    else:
        found = [f for f in ROOT.rglob("*") if not _LEFT_OUT & set(f.relative_to(ROOT).parts)]
    return tuple(sorted(file for file in found if file.is_file()))


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Path and text of every kept file that can be read as text, or only of these kinds."""
    for file in kept_files():
        if suffixes and file.suffix not in suffixes:
            continue
        try:
            yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(*places: Path) -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax tree of every Python module below these places."""
    for file in kept_files():
        if file.suffix == ".py" and any(place in file.parents for place in places):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def feature_names() -> list[str]:
    """The folders of `features/`."""
    return sorted(f.name for f in FEATURES.iterdir() if (f / "__init__.py").exists())


def contracts() -> dict[str, dict[str, str]]:
    """The contracts of `setup.cfg`: by id, what stands in them."""
    read = configparser.ConfigParser()
    read.read(ROOT / "setup.cfg")
    mark = "importlinter:contract:"
    return {s.removeprefix(mark): dict(read[s]) for s in read.sections() if s.startswith(mark)}


def import_everything() -> None:
    """Import every module of the core, so that whatever it declares is declared."""
    import bindeledd

    for found in pkgutil.walk_packages(bindeledd.__path__, "bindeledd."):
        if not found.name.startswith(("bindeledd.migrations", "bindeledd.config")):
            importlib.import_module(found.name)


def project() -> dict[str, object]:
    """What `pyproject.toml` says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
