"""Building wheels from a copy of the tree, and an environment that has them and nothing of it.

The environment's third-party packages are those that run the tests; the core and the packs come
from the wheels only. Nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from architecture.tree import ROOT

_JUNK = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", "*.pyc")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command away from this checkout; what it says stands in the result."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "BINDELEDD_"))}
    kept.pop("PYTHONPATH", None)
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, "SOURCE_DATE_EPOCH": "1767225600", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def copy_of_core(place: Path) -> Path:
    """What the core's distribution is built from, and nothing else."""
    place.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, place)
    for name in ("core", "config", "migrations"):
        shutil.copytree(ROOT / name, place / name, ignore=_JUNK)
    return place


def build(source: Path, into: Path, *kinds: str) -> list[Path]:
    """Build `--wheel`, `--sdist` or both; offline, with the build tools that are here."""
    made = run(
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        into,
        *kinds,
        source,
        cwd=source,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return sorted(into.iterdir())


@dataclass(frozen=True)
class Environment:
    """A virtual environment: wheels of ours in front, third-party packages behind them."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def run(
        self, *command: str | Path, cwd: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return run(self.python, *command, cwd=cwd, **environment)


def environment_with(wheels: list[Path], folder: Path) -> Environment:
    """Install these wheels, and put the packages of the running environment behind them.

    A line in a .pth file adds the folder and reads none of its own .pth files, so an editable
    install of the checkout does not come along.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    made = Environment(folder)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = folder / "lib" / version / "site-packages"
    installed = run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        site,
        *wheels,
        cwd=folder,
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr
    (site / "behind.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return made
