"""What a pack's wheel leaves out: seen in the wheel, or foretold by its `pyproject.toml`."""

import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bindeledd.foundation.texts import Fault

_KINDS = ("*.py", "*.toml")
# Beside these, more than `[tool.setuptools]` decides: then only the wheel knows.
_ALSO = ("MANIFEST.in", "setup.py", "setup.cfg")


def left_out_of(folder: Path, wheel: Path) -> list[Mapping[str, str]]:
    """Files below `src` that the wheel does not have: they would not be there once installed."""
    with zipfile.ZipFile(wheel) as packed:
        return _told(folder, set(packed.namelist()))


def left_out_by_project(folder: Path) -> list[Mapping[str, str]]:
    """The same without building, where `packages` and `package-data` say it all; else nothing."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        told: Mapping[str, Any] = project["tool"]["setuptools"]
        packages, data = told["packages"], told.get("package-data", {})
        known = isinstance(packages, list) and told["package-dir"] == {"": "src"}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    if not known or "exclude-package-data" in told or any((folder / one).exists() for one in _ALSO):
        return []
    if any("scm" in str(one) for one in project.get("build-system", {}).get("requires", [])):
        return []
    try:
        return _told(folder, set(_packed(folder / "src", packages, data)))
    except (ValueError, TypeError, NotImplementedError):  # what no builder takes either
        return []


def _packed(
    source: Path, packages: Iterable[str], data: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    for package in packages:
        place = source.joinpath(*package.split("."))
        for kind in ("*.py", *data.get("*", ()), *data.get("", ()), *data.get(package, ())):
            yield from (file.relative_to(source).as_posix() for file in place.glob(kind))


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
