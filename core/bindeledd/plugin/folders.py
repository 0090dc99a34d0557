"""The folder of a pack that is not installed: its name, its place on a path, where its faults stand."""

import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bindeledd.features.pathways.domain.lines import lines_of
from bindeledd.foundation.broken_toml import toml_wrong
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.asking import ENTRY
from bindeledd.plugin.loading import GROUP


@contextmanager
def read(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The name of the pack, and a path on which it is as if it were installed."""
    project = _project(folder)
    points: dict[str, str] = project.get("entry-points", {}).get(GROUP, {})
    if len(points) != 1:
        raise Misconfigured(
            "plugin.not_one",
            where=f"{folder / 'pyproject.toml'}: entry-points",
            group=GROUP,
        )
    ((name, target),) = points.items()
    with tempfile.TemporaryDirectory() as scratch:
        info = Path(scratch) / f"{str(project['name']).replace('-', '_')}-0.dist-info"
        info.mkdir()
        needs = "".join(f"Requires-Dist: {one}\n" for one in project.get("dependencies", []))
        told = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        (info / "METADATA").write_text(told + needs, encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {target}\n", encoding="utf-8")
        source = folder / "src"
        yield name, [scratch, str((source if source.is_dir() else folder).resolve())]


def _project(folder: Path) -> dict[str, Any]:
    file = folder / "pyproject.toml"
    try:
        project: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        project["name"], project["version"]
    except OSError:
        raise Misconfigured("plugin.no_plugin_here", where=str(file)) from None
    except (ValueError, KeyError) as wrong:
        why = toml_wrong(wrong) if isinstance(wrong, tomllib.TOMLDecodeError) else wrong
        raise Misconfigured("plugin.project_unreadable", where=str(file), wrong=why) from None
    return project


_SAID_IN = {"dependencies": "project.dependencies", "pyproject.toml": "project.version"}


def placed(faults: list[Mapping[str, str]], folder: Path) -> list[Mapping[str, str]]:
    """What is said of the whole distribution stands in its `pyproject.toml`: on which line there."""
    return [_in_project(fault, folder) for fault in faults]


def _in_project(fault: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    distribution, _, about = fault["where"].partition(": ")
    if about == ENTRY:
        where = f"{distribution}:pyproject.toml:{_entry_line(folder)}"
        return {**fault, "where": where}
    key = _SAID_IN.get(about)
    if key is None:
        return fault
    lines = (folder / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    name = key.rpartition(".")[2]
    here = (at for at, line in enumerate(lines, 1) if line.partition("=")[0].strip() == name)
    line = next(here, next((at for at, text in enumerate(lines, 1) if text == "[project]"), 1))
    where = f"{distribution}:pyproject.toml:{line}"
    return {**fault, "where": where, "what": f"{key}: {fault['what']}"}


def _entry_line(folder: Path) -> int:
    """The line of the only entry point of a pack; that of its table where it stands in one line."""
    lines = lines_of((folder / "pyproject.toml").read_text(encoding="utf-8"))
    there = [(len(path), line) for path, line in lines.items() if GROUP in path]
    return max(there, default=(0, 1))[1]
