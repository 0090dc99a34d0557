"""The contracts of `setup.cfg` hold, and each of them says so when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.tree import ROOT, contracts

# For each contract one line of code that breaks it: into which module, and what is written there.
BREAKS: dict[str, tuple[str, str]] = {
    "assembly": ("core/bindeledd/foundation/ids", "import bindeledd.features.staff.domain"),
    "order": ("core/bindeledd/features/audit/domain", "import bindeledd.features.cases.domain"),
    "floors": ("core/bindeledd/features/staff/domain", "import bindeledd.features.staff.tables"),
    "rules": ("core/bindeledd/features/tasks/domain", "import sqlalchemy"),
    "edge": ("core/bindeledd/features/cases/service", "import flask"),
    "keys": ("core/bindeledd/features/audit/service", "import cryptography"),
    "alert": (
        "core/bindeledd/features/reminders/tables",
        "import bindeledd.foundation.sealing.keyring",
    ),
    "rows": ("core/bindeledd/plugin/hooks", "import bindeledd.features.tasks.tables"),
    "plugins": ("core/bindeledd/plugin/loading", "import bindeledd_example"),
    "checkup": ("core/bindeledd/checkup/work", "import bindeledd.features.worklist.pages.inbox"),
    "door": (
        "plugins/bindeledd-example/src/bindeledd_example",
        "import bindeledd.features.cases.service",
    ),
}


def place_of(module: Path) -> Path:
    """The file of a module, or of a package if it has grown into one."""
    return module / "__init__.py" if module.is_dir() else module.with_suffix(".py")


def lint(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the linter on the tree below `place`, whatever else is installed."""
    sources = [place / "core", *sorted((place / "plugins").glob("*/src"))]
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources)), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def copied(scratch: Path) -> Path:
    """The tree once more, as far as the linter looks at it."""
    place = scratch / "tree"
    place.mkdir()
    shutil.copy(ROOT / "setup.cfg", place)
    python = shutil.ignore_patterns("__pycache__", "templates", "static", "*.egg-info")
    shutil.copytree(ROOT / "core", place / "core", ignore=python)
    shutil.copytree(ROOT / "plugins", place / "plugins", ignore=python)
    return place


def test_the_contracts_hold(copied: Path) -> None:
    told = lint(copied)
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_contract_is_broken_below() -> None:
    assert set(BREAKS) == set(contracts())


@pytest.mark.parametrize("contract", sorted(contracts()))
def test_a_broken_contract_says_its_name(contract: str, copied: Path) -> None:
    module, line = BREAKS[contract]
    file = place_of(copied / module)
    whole = file.read_text(encoding="utf-8")
    file.write_text(f"{whole}\n{line}\n", encoding="utf-8")
    try:
        told = lint(copied, "--contract", contract)
    finally:
        file.write_text(whole, encoding="utf-8")
    assert told.returncode == 1, told.stdout + told.stderr
    assert f"{contracts()[contract]['name']} BROKEN" in told.stdout
