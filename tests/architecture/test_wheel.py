"""What is installed is what is in the tree: the wheel, the sdist, and a place without a checkout."""

from __future__ import annotations

import json
import shutil
import tarfile
import zipfile
from pathlib import Path

from architecture.tree import ROOT, kept_files
from architecture.wheels import Environment, build

# Files that are for whoever works on the tree, not for whoever installs it.
NOT_SHIPPED = {".md"}
TOPS = {
    "core/bindeledd/": "bindeledd/",
    "migrations/": "bindeledd/migrations/",
    "config/": "bindeledd/config/",
}


def in_the_tree(source: Path) -> set[str]:
    """Where each file of the core has to stand inside the wheel."""
    return {
        place + file.relative_to(source / top).as_posix()
        for top, place in TOPS.items()
        for file in (source / top).rglob("*")
        if file.is_file() and file.suffix not in NOT_SHIPPED
    }


def in_the_wheel(wheel: Path) -> set[str]:
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if ".dist-info/" not in name}


def test_the_wheel_is_the_tree(core_wheel: Path, core_source: Path) -> None:
    there, wanted = in_the_wheel(core_wheel), in_the_tree(core_source)
    assert sorted(wanted - there) == [], "in the tree, not in the wheel"
    assert sorted(there - wanted) == [], "in the wheel, not in the tree"


def test_the_wheel_installs_one_package_and_nothing_beside_it(core_wheel: Path) -> None:
    assert {name.split("/")[0] for name in in_the_wheel(core_wheel)} == {"bindeledd"}


def test_the_wheel_tells_type_checkers_that_it_is_typed(core_wheel: Path) -> None:
    assert "bindeledd/py.typed" in in_the_wheel(core_wheel)


def test_a_wheel_from_the_sdist_is_the_same(
    core_wheel: Path, core_source: Path, tmp_path: Path
) -> None:
    sdist = build(core_source, tmp_path / "sdist", "--sdist")[0]
    with tarfile.open(sdist) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    unpacked = next((tmp_path / "unpacked").iterdir())
    again = build(unpacked, tmp_path / "again", "--wheel")[0]
    assert in_the_wheel(again) == in_the_wheel(core_wheel)


def test_each_pack_ships_its_data(pack_wheels: list[Path]) -> None:
    for wheel in pack_wheels:
        source = ROOT / "plugins" / wheel.name.split("-")[0].replace("_", "-") / "src"
        wanted = {
            file.relative_to(source).as_posix()
            for file in kept_files()
            if source in file.parents and file.suffix not in NOT_SHIPPED
        }
        assert in_the_wheel(wheel) == wanted


def test_away_from_the_checkout_everything_is_found(
    environment: Environment, tmp_path: Path
) -> None:
    told = environment.run(
        "-c",
        "import json, bindeledd, bindeledd.tables\n"
        "from importlib.resources import files\n"
        "from bindeledd.foundation.texts import read_texts\n"
        "from bindeledd.plugin.loading import gather, installed\n"
        "from bindeledd.revisions import newest\n"
        "found = gather(['helse-vest', 'example', 'helse-nord-trondelag'])\n"
        "print(json.dumps({'core': bindeledd.__file__,\n"
        "  'plugins': [one.file for one in found.plugins],\n"
        "  'installed': [one.name for one in installed()],\n"
        "  'defaults': (files('bindeledd.config') / 'defaults.toml').is_file(),\n"
        "  'env': (files('bindeledd.migrations') / 'env.py').is_file(),\n"
        "  'texts': len(list(read_texts().codes())), 'newest': newest()}))",
        cwd=tmp_path,
    )
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    assert Path(said["core"]).is_relative_to(environment.folder)
    assert all(Path(file).is_relative_to(environment.folder) for file in said["plugins"])
    assert said["installed"] == sorted(
        folder.name.removeprefix("bindeledd-") for folder in (ROOT / "plugins").glob("bindeledd-*")
    )
    assert said["defaults"]
    assert said["env"]
    assert said["texts"] > 10


def test_the_packs_pass_their_tests_against_the_built_core(
    environment: Environment, tmp_path: Path
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    packs = {one.parent.name for one in ROOT.glob("plugins/*/pyproject.toml")}
    for pack in packs:
        shutil.copytree(ROOT / "plugins" / pack / "tests", tmp_path / pack)
    (tmp_path / "test_where.py").write_text(
        "import bindeledd\n\n\ndef test_the_core_is_the_wheel():\n"
        f"    assert bindeledd.__file__.startswith({str(environment.folder)!r})\n"
    )
    told = environment.run(
        *("-m", "pytest", "-rA", "--import-mode=importlib", "-p", "no:cacheprovider"),
        *("-p", "no:xdist", tmp_path),
        cwd=tmp_path,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert {pack for pack in packs if f"PASSED {pack}/" in told.stdout} == packs


def test_a_wheel_alone_runs_the_demo(environment: Environment, tmp_path: Path) -> None:
    told = environment.run(
        "-m",
        "bindeledd.cli",
        "demo",
        "--no-serve",
        "--json",
        cwd=tmp_path,
        BINDELEDD_HOME=str(tmp_path / "home"),
    )
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    states = ("owned", "overdue_seen", "escalated", "closed_signed")
    assert said["received"] > 0
    assert said["registered"] == sum(said[state] for state in states)
    assert said["unseen"] == 0
