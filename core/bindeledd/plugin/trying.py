"""A pack that is not installed, tried as if it were: from its folder, or as the wheel it becomes.

Everything of the pack runs in processes of its own, with what was built first on their path.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from bindeledd.foundation.texts import Fault, language, t
from bindeledd.plugin.folders import placed, read
from bindeledd.plugin.loading import installed, named
from bindeledd.plugin.noticing import left_of_a_build, outside, unread_in
from bindeledd.plugin.packing import left_out_by_project, left_out_of

_LONG = 600
_TOOLS = ("pytest", "build", "setuptools")  # a site's own environment has none of them
_SHOWN = 40  # lines of what the tests said


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of it: faults in words; whether its tests were run and went well, and what they said.

    `built` is False where only the folder was tried; `tests` is None where none were run: `lacking`
    names what is not installed here and would be needed. `timeline`: what a discharge owes by it. `counted_from`: the events after which its
    steps and gates are owed; None where it was not drawn.
    """

    name: str
    faults: list[Mapping[str, str]]
    built: bool
    tests: bool | None = None
    said: str = ""
    lacking: tuple[str, ...] = ()
    timeline: tuple[Mapping[str, str], ...] = ()
    counted_from: tuple[str, ...] | None = None

    @property
    def well(self) -> bool:
        return not self.faults and self.tests is not False


def check_folder(folder: Path) -> Tried:
    """The contract of the pack in `folder`, read from where it stands."""
    with read(folder) as (name, path):
        aside = [*left_of_a_build(folder), *left_out_by_project(folder)]
        faults = [*outside(folder), *placed(_faults(name, path), folder), *aside]
        return Tried(name=name, faults=faults, built=False)


def check_together(folders: Sequence[Path], names: Sequence[str]) -> list[Mapping[str, str]]:
    """What the packs of these folders and those that are installed cannot say together."""
    with ExitStack() as opened:
        apart = [opened.enter_context(read(folder)) for folder in folders]
        path = [place for _, places in apart for place in places]
        return _asked([*(name for name, _ in apart), *names], path)


def try_folder(folder: Path) -> Tried:
    """The contract and the pack's own tests, against the wheel that it becomes where it can be built."""
    with read(folder) as (name, path), tempfile.TemporaryDirectory() as scratch:
        broken: list[Mapping[str, str]] = []
        wheel, said = _wheel(folder, Path(scratch))
        if wheel is not None:
            broken = left_out_of(folder, wheel)
            path = [str(_unpacked(wheel, Path(scratch)))]
        elif said:
            wrong = _too_old(folder) or Fault("plugin.not_built", {"said": said})
            broken = [_fault(str(folder / "pyproject.toml"), wrong)]
        faults = [*outside(folder), *broken, *placed(_faults(name, path), folder)]
        faults += [one for one in unread_in(folder) if one not in faults]
        passed, told = _tests(folder, path)
        return Tried(
            name=name,
            faults=faults,
            built=wheel is not None,
            tests=passed,
            said=told,
            lacking=tuple(one for one in _TOOLS if util.find_spec(one) is None),
            **({} if faults else _drawn(name, path)),
        )


def try_installed(name: str) -> Tried:
    """The contract of a pack that is installed here; its tests stay with its source."""
    named([name], installed())
    faults = _faults(name, [])
    drawn = {} if faults else _drawn(name, [])
    return Tried(name=name, faults=faults, built=False, **drawn)


def _fault(where: str, wrong: Fault) -> Mapping[str, str]:
    return {"where": where, "what": wrong.what, "do": wrong.do}


# --- the wheel ------------------------------------------------------------------------------------


def _wheel(folder: Path, scratch: Path) -> tuple[Path | None, str]:
    """The wheel of a copy, or why there is none; both empty where nothing here can build one."""
    if util.find_spec("build") is None or util.find_spec("setuptools") is None:
        return None, ""
    copied = scratch / "source"
    _copy(folder, copied)
    done = run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(scratch)],
        cwd=copied,
        path=[],
    )
    made = next(iter(sorted(scratch.glob("*.whl"))), None)
    if done.returncode or made is None:
        last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return None, last[-1] if last else "?"
    return made, ""


def _too_old(folder: Path) -> Fault | None:
    """What the pack wants for building and is installed here in another version."""
    system = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("build-system", {})
    for wanted in map(Requirement, system.get("requires", [])):
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            about = {"tool": wanted.name, "version": version, "wanted": wanted}
            return Fault("plugin.tool_too_old", about)
    return None


def _copy(folder: Path, copied: Path) -> None:
    import shutil

    junk = shutil.ignore_patterns("*.egg-info", "__pycache__", "build", "dist", ".git", ".venv")
    shutil.copytree(folder, copied, ignore=junk)


def _unpacked(wheel: Path, scratch: Path) -> Path:
    target = scratch / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    return target


# --- what is asked of it --------------------------------------------------------------------------


def _faults(name: str, path: list[str]) -> list[Mapping[str, str]]:
    return _asked([name], path)


def _asked(names: Sequence[str], path: list[str]) -> list[Mapping[str, str]]:
    contract = [sys.executable, "-m", "bindeledd.plugin.contract", *names]
    done = run(contract, cwd=Path.cwd(), path=path)
    try:
        found: list[Mapping[str, str]] = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = done.stderr.strip().splitlines()
        said = last[-1] if last else done.returncode
        return [_fault(", ".join(names), Fault("plugin.not_loaded", {"said": said}))]
    return found


def _drawn(name: str, path: list[str]) -> dict[str, Any]:
    """`timeline` and `counted_from` of a pack that can be imported from here."""
    done = run([sys.executable, "-m", "bindeledd.plugin.drawing", name], cwd=Path.cwd(), path=path)
    told = json.loads(done.stdout) if done.returncode == 0 else {}
    return {key: tuple(rows) for key, rows in told.items()}


def _tests(folder: Path, path: list[str]) -> tuple[bool | None, str]:
    """Whether the pack's own tests went well, and the end of what they said."""
    tests = (folder / "tests").resolve()
    if not tests.is_dir() or util.find_spec("pytest") is None:
        return None, ""
    done = run(
        [
            sys.executable,
            "-m",
            "pytest",
            str(tests),
            "-q",
            "--import-mode=importlib",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-c",
            os.devnull,
            f"--rootdir={tests}",
        ],
        cwd=tests,
        path=path,
    )
    lines = done.stdout.rstrip().splitlines()
    return done.returncode == 0, "\n".join(lines[-_SHOWN:])


def run(
    command: list[str], *, cwd: Path, path: list[str], seconds: float = _LONG
) -> subprocess.CompletedProcess[str]:
    """What came of it. What never ends is ended after `seconds`, and has failed."""
    kept = [one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
        "BINDELEDD_LANGUAGE": language(),
        "PYTHONPATH": os.pathsep.join([*path, *kept]),
    }
    try:
        return subprocess.run(  # noqa: S603  (the pack's own code: its author asks for it)
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        said = t("plugin.words.too_slow", seconds=f"{seconds:g}")
        return subprocess.CompletedProcess(command, 124, stdout=said, stderr=said)


__all__ = ["Tried", "check_folder", "try_folder", "try_installed"]
