"""The lock file: only what stands in it loads, as it was when a person locked it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

from bindeledd import installation
from bindeledd.checkup.packs import lock_check
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.loading import gather, installed
from bindeledd.plugin.locking import held, read
from bindeledd.settings import Settings
from plugin import packs
from plugin.broken import FIELDS, GOOD, LAYER
from plugin.packs import DATA, Shelf


@pytest.fixture
def here(shelf: Shelf, tmp_path: Path) -> SimpleNamespace:
    """A site with one pack switched on, and the place of its lock."""
    module = shelf.put("good", DATA, files=GOOD)
    lock = tmp_path / "plugins.lock"
    settings = SimpleNamespace(
        plugins=("good",), plugins_lock=lock, pathways=(), file=None, home=tmp_path
    )
    return SimpleNamespace(shelf=shelf, pack=module.parent, lock=lock, settings=settings)


def run(here: SimpleNamespace, *arguments: str) -> Result:
    return packs.run(*arguments, settings=here.settings)


def start(here: SimpleNamespace) -> Any:
    return gather(here.settings.plugins, points=here.shelf.points, lock=here.lock)


def refused(here: SimpleNamespace) -> list[Misconfigured]:
    sys.modules.pop("pack_good", None)
    with pytest.raises(Misconfigured) as stopped:
        start(here)
    assert "pack_good" not in sys.modules, "refused before any of it is imported"
    told = json.loads(run(here, "check", "--json").output)["faults"]
    differs = f"pack_{here.settings.plugins[-1]}"
    assert differs not in sys.modules, "nor is it to see whether it fits"
    assert {one.where for one in stopped.value.faults} <= {one["where"] for one in told}
    return list(stopped.value.faults)


def test_what_was_locked_starts(here: SimpleNamespace) -> None:
    told = run(here, "lock")
    assert told.exit_code == 0
    assert f"Skrevet: {here.lock}" in " ".join(told.output.split())
    assert [plugin.name for plugin in start(here).plugins] == ["good"]
    assert json.loads(run(here, "check", "--json").output)["ok"] is True


def test_without_a_lock_everything_that_is_named_loads(here: SimpleNamespace) -> None:
    assert gather(["good"], points=here.shelf.points).plugins


def test_a_lock_that_is_asked_for_and_not_there_stops_the_start(here: SimpleNamespace) -> None:
    (wrong,) = refused(here)
    assert wrong.where == str(here.lock)
    assert "bindeledd plugins lock" in wrong.do


def test_a_file_that_was_changed_is_named(here: SimpleNamespace) -> None:
    run(here, "lock")
    (here.pack / LAYER).write_text(GOOD[LAYER].replace("P3D", "P2D"))
    (wrong,) = refused(here)
    assert wrong.where == "pack-good:pack_good/pathways/layer.toml"
    assert "en annen enn da tilleggene ble låst" in wrong.what
    assert "installer pack-good 1.0 på nytt" in wrong.do


def test_files_that_came_and_went_are_named_all_at_once(here: SimpleNamespace) -> None:
    run(here, "lock")
    (here.pack / FIELDS).rename(here.pack / "more.toml")
    (here.pack / "more.py").write_text("raise RuntimeError\n")
    assert {(one.where, one.code) for one in refused(here)} == {
        ("pack-good:pack_good/fields.toml", "plugin.locked_gone"),
        ("pack-good:pack_good/more.toml", "plugin.locked_added"),
        ("pack-good:pack_good/more.py", "plugin.locked_added"),
    }


def test_a_pack_that_nobody_locked_is_named(here: SimpleNamespace) -> None:
    run(here, "lock")
    here.shelf.put("late", DATA, files={"calendars.toml": "[[calendar]]\nclosed = []\n"})
    here.settings.plugins = ("good", "late")
    (wrong,) = refused(here)
    assert wrong.where == str(here.lock)
    assert "«late» står ikke i låsefilen" in wrong.what


def test_another_version_is_named_with_both(here: SimpleNamespace) -> None:
    run(here, "lock")
    metadata = here.shelf.folder / "pack_good-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 1.1"))
    here.shelf.points.clear()
    here.shelf.points += [point for point in installed() if point.name == "good"]
    (wrong,) = refused(here)
    assert wrong.what == "pack-good 1.1 er installert, pack-good 1.0 er låst"
    assert wrong.where == f"{here.lock}: good"


@pytest.mark.parametrize(
    "text", ["", "form = 2\n[plugin]\n", "form = 1\n", "form = 1\n[plugin]\ngood = 3\n", "== "]
)
def test_a_lock_that_cannot_be_read_is_no_open_door(here: SimpleNamespace, text: str) -> None:
    here.lock.write_text(text)
    (wrong,) = refused(here)
    assert wrong.where == f"{here.lock}:1"
    assert wrong.code == "plugin.lock_unread"


def test_what_does_not_fit_is_not_locked(here: SimpleNamespace) -> None:
    (here.pack / LAYER).write_text(GOOD[LAYER].replace("owner =", "ovner ="))
    assert run(here, "lock").exit_code == 1
    assert not here.lock.exists()


def test_what_is_only_compared_needs_no_lock_and_what_is_switched_on_still_does(
    here: SimpleNamespace,
) -> None:
    """`pathways diff current current+good,late`, before anybody has decided on `late`."""
    run(here, "lock")
    here.shelf.put("late", DATA, files={"calendars.toml": "[[calendar]]\nclosed = []\n"})
    found = installation.gather(here.settings, ("good", "late"))
    assert [plugin.name for plugin in found.plugins] == ["good", "late"]
    (here.pack / LAYER).write_text(GOOD[LAYER].replace("P3D", "P2D"))
    with pytest.raises(Misconfigured) as stopped:
        installation.gather(here.settings, ("good", "late"))
    assert stopped.value.code == "plugin.locked_changed"


def test_a_trial_says_what_is_another_and_writes_nothing(here: SimpleNamespace) -> None:
    run(here, "lock")
    before = here.lock.read_text()
    (here.pack / LAYER).write_text(GOOD[LAYER].replace("P3D", "P2D"))
    told = json.loads(run(here, "lock", "--dry-run", "--json").output)
    assert told["changes"] == [
        {"name": "good", "file": "pack_good/pathways/layer.toml", "how": "changed"}
    ]
    assert here.lock.read_text() == before
    assert run(here, "lock").exit_code == 0
    assert start(here).plugins


def test_a_lock_anew_says_which_pack_has_other_files_under_the_same_version(
    here: SimpleNamespace,
) -> None:
    run(here, "lock")
    (here.pack / LAYER).write_text(GOOD[LAYER].replace("P3D", "P2D"))
    told = json.loads(run(here, "lock", "--json").output)
    assert told["same_version"] == ["good"]
    assert json.loads(run(here, "lock", "--json").output)["same_version"] == []


def test_the_first_lock_says_what_to_write_in_the_settings(here: SimpleNamespace) -> None:
    here.settings.plugins_lock = None
    told = " ".join(run(here, "lock").output.split())
    assert 'plugins_lock = "plugins.lock" under [site]' in told
    assert here.lock.exists()


def test_a_pack_that_is_on_is_tried_only_as_it_was_locked(here: SimpleNamespace) -> None:
    run(here, "lock")
    (here.pack / "more.py").write_text("raise RuntimeError\n")
    (tried,) = json.loads(run(here, "test", "--json").output)
    assert [one["where"] for one in tried["faults"]] == ["pack-good:pack_good/more.py"]


def test_what_python_leaves_behind_is_no_change(here: SimpleNamespace) -> None:
    run(here, "lock")
    start(here)
    (here.pack / "__pycache__").mkdir(exist_ok=True)
    (here.pack / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert start(here).plugins


def test_the_file_holds_hashes_and_says_the_same_when_it_is_written_twice(
    here: SimpleNamespace,
) -> None:
    run(here, "lock")
    first = here.lock.read_text()
    run(here, "lock")
    assert here.lock.read_text() == first
    (point,) = here.shelf.points
    assert read(here.lock)["good"] == held(point)
    assert all(len(told) == 64 for told in held(point).files.values())


def test_the_doctor_wants_one_where_patients_are(tmp_path: Path) -> None:
    def settings(environment: str, lock: Path | None, *names: str) -> Settings:
        return Settings(
            home=tmp_path,
            file=None,
            environment=environment,
            database_url="",
            key_provider="file",
            key_folder=tmp_path,
            key_variable="",
            plugins=names,
            plugins_lock=lock,
        )

    assert not lock_check(settings("production", None, "good")).ok
    assert "plugins lock" in lock_check(settings("production", None, "good")).do
    assert lock_check(settings("production", tmp_path / "x", "good")).ok
    assert lock_check(settings("production", None)).ok
    assert lock_check(settings("test", None, "good")).ok


def wheel(here: SimpleNamespace, *files: str) -> None:
    """What pip writes of what it put where, with files beside the package."""
    for name in files:
        (here.shelf.folder / name).write_text("# nothing\n")
    record = here.shelf.folder / "pack_good-1.0.dist-info" / "RECORD"
    record.write_text("".join(f"{name},,\n" for name in ("pack_good/__init__.py", *files)))


def test_a_file_beside_the_package_is_held_too(here: SimpleNamespace) -> None:
    wheel(here, "good_beside.py", "good_data.json")
    run(here, "lock")
    assert start(here).plugins
    (here.shelf.folder / "good_beside.py").write_text("raise RuntimeError\n")
    (here.shelf.folder / "good_data.json").unlink()
    assert {(one.where, one.code) for one in refused(here)} == {
        ("pack-good:good_beside.py", "plugin.locked_changed"),
        ("pack-good:good_data.json", "plugin.locked_gone"),
    }


def test_a_file_that_runs_by_itself_is_refused(here: SimpleNamespace) -> None:
    run(here, "lock")
    wheel(here, "good.pth")
    assert ("pack-good:good.pth", "plugin.runs_at_start") in {
        (one.where, one.code) for one in refused(here)
    }
    here.lock.unlink()
    assert run(here, "lock").exit_code != 0
    assert not here.lock.exists()
