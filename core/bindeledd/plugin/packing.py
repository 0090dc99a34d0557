"""What a pack's wheel leaves out: seen in the wheel, or foretold by its `pyproject.toml`."""

import os
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from glob import glob
from pathlib import Path
from typing import Any

from bindeledd.features.pathways.domain.lines import lines_of
from bindeledd.foundation.texts import Fault

_KINDS = ("*.py", "*.toml")
# Beside these, more than `[tool.setuptools]` decides: then only the wheel knows.
_ALSO = ("MANIFEST.in", "setup.py", "setup.cfg")


def left_out_of(folder: Path, wheel: Path) -> list[Mapping[str, str]]:
    """Files below `src` that the wheel does not have: they would not be there once installed."""
    with zipfile.ZipFile(wheel) as packed:
        return _told(folder, set(packed.namelist()))


def left_out_by_project(folder: Path) -> list[Mapping[str, str]]:
    """The same without building, where `packages` and `package-data` say it all; else nothing.

    What is said there in a form that no builder takes is told instead, with its line.
    """
    try:
        text = (folder / "pyproject.toml").read_text("utf-8")
        project = tomllib.loads(text)
        told: Mapping[str, Any] = project["tool"]["setuptools"]
        packages, data = told["packages"], told.get("package-data", {})
        known = isinstance(packages, list) and told["package-dir"] == {"": "src"}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    unfit = [_unfit(project["project"]["name"], text, path) for path in _no_texts(packages, data)]
    if unfit:
        return unfit
    if not known or "exclude-package-data" in told or any((folder / one).exists() for one in _ALSO):
        return []
    if any("scm" in str(one) for one in project.get("build-system", {}).get("requires", [])):
        return []
    return _told(folder, set(_packed(folder / "src", packages, data)))


def _no_texts(packages: object, data: object) -> Iterator[tuple[str, ...]]:
    """What of the two is no list of texts, by its way below `[tool.setuptools]`."""
    if isinstance(packages, str) or (isinstance(packages, list) and not _texts(packages)):
        yield ("packages",)
    if not isinstance(data, Mapping):
        yield ("package-data",)
        return
    yield from (("package-data", package) for package, said in data.items() if not _texts(said))


def _texts(said: object) -> bool:
    return isinstance(said, list) and all(isinstance(one, str) for one in said)


def _unfit(name: str, text: str, path: tuple[str, ...]) -> Mapping[str, str]:
    lines = lines_of(text)
    way: tuple[str, ...] = ("tool", "setuptools", *path)
    wrong = Fault("plugin.no_list_to_pack", {"key": ".".join(way)})
    while way and way not in lines:
        way = way[:-1]
    where = f"{name}:pyproject.toml:{lines.get(way, 1)}"
    return {"where": where, "what": wrong.what, "do": wrong.do}


def _packed(
    source: Path, packages: Iterable[str], data: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """Each file that the builder finds, in the way in which it reads a pattern."""
    for package in packages:
        place = source.joinpath(*package.split("."))
        for kind in ("*.py", *data.get("*", ()), *data.get("", ()), *data.get(package, ())):
            found = glob(kind, root_dir=place, recursive=True, include_hidden=True)  # noqa: PTH207  (`Path.glob` refuses some)
            yield from (os.path.relpath(place / one, source) for one in found)


def _told(folder: Path, there: set[str]) -> list[Mapping[str, str]]:
    source, wrong = folder / "src", Fault("plugin.left_out")
    wanted = sorted(
        file.relative_to(source).as_posix()
        for kind in _KINDS
        for file in source.rglob(kind)
        if ".egg-info" not in str(file)
    )
    return [
        {"where": f"{folder.name}/src/{name}", "what": wrong.what, "do": wrong.do}
        for name in wanted
        if name not in there
    ]
