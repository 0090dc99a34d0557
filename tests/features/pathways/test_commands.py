"""The command line over routines: what an IT department types."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bindeledd.features.pathways.commands import pathways
from bindeledd.features.pathways.domain import PathwayFolder
from bindeledd.features.pathways.service import core_folder, load_book
from bindeledd.foundation.console import Site


def run(*words: str, folders: tuple[PathwayFolder, ...] = (), own: tuple[Path, ...] = ()) -> Result:
    site = Site(
        open_settings=lambda: SimpleNamespace(pathways=own),
        open_database=pytest.fail,
        gather=lambda _: SimpleNamespace(book=load_book(folders)),
    )
    return CliRunner().invoke(pathways, [*words], obj=site)


def said(result: Result) -> Any:
    return json.loads(result.output)


LAYER = """\
id = "site.after-attempt"
version = "1"
extends = "national.after-attempt"
level = "unit"
title = { nb = "Vår rutine" }
[applies_to]
units = ["ward-7"]
[[step]]
key = "first-contact"
due = { within = "P2D" }
basis = { kind = "local", source = "EQS 123" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(LAYER, encoding="utf-8")
    return tmp_path


def test_lint_finds_nothing_in_what_is_shipped() -> None:
    assert run("lint").exit_code == 0
    assert said(run("lint", "--json")) == []


def test_lint_of_a_folder_reads_it_with_the_national_routine(folder: Path) -> None:
    assert run("lint", str(folder)).exit_code == 0
    (folder / "site.toml").write_text(LAYER.replace("P2D", "P9D"), encoding="utf-8")
    found = run("lint", str(folder), "--json")
    assert found.exit_code == 1
    assert [one["file"] for one in said(found)] == ["site.toml"]
    assert "senere" in said(found)[0]["wrong"]
    assert run("lint", str(folder / "site.toml")).exit_code == 1


REGION = """\
id = "region.after-attempt"
version = "1"
extends = "national.after-attempt"
level = "region"
title = { nb = "Regionen" }
[[step]]
key = "region.visit"
task = "call_patient"
after = "discharged"
due = { within = "P5D" }
basis = { kind = "region", source = "Plan 2024", verified = true }
"""


def test_lint_of_a_folder_tries_it_on_what_is_switched_on_here(folder: Path) -> None:
    region = folder / "region"
    region.mkdir()
    (region / "region.toml").write_text(REGION, encoding="utf-8")
    on = (PathwayFolder("bindeledd-region", region),)
    mine = folder / "site.toml"
    mine.write_text(LAYER.replace("first-contact", "region.visit"), encoding="utf-8")
    assert run("lint", str(mine)).exit_code == 1
    assert run("lint", str(mine), folders=on).exit_code == 0
    mine.write_text(mine.read_text("utf-8").replace("P2D", "P9D"), encoding="utf-8")
    [found] = said(run("lint", str(mine), "--json", folders=on))
    assert "senere" in found["wrong"]


def test_lint_of_what_is_switched_on_already_does_not_clash_with_itself(folder: Path) -> None:
    mine = folder / "site.toml"
    assert run("lint", str(mine), own=(), folders=(PathwayFolder("site", mine),)).exit_code == 0


WHOLE = {
    "ladder.standard": """\
[ladder.standard]
seen_for = "P9D"
repeat_every = "P9D"
rungs = [{ after = "P9D", to = "lead" }]
""",
    "core.answer_call": """\
[core.answer_call]
due = { within = "P9D" }
basis = { kind = "local", source = "EQS 123" }
""",
}


@pytest.mark.parametrize("own", ["beside", "in the layer"])
@pytest.mark.parametrize("name", WHOLE)
def test_lint_refuses_what_the_core_says_already_as_a_start_does(
    folder: Path, name: str, own: str
) -> None:
    mine = folder / ("site.toml" if own == "in the layer" else "own.toml")
    mine.write_text((LAYER if own == "in the layer" else "") + WHOLE[name], encoding="utf-8")
    for path in (folder, mine):
        [found] = said(run("lint", str(path), "--json"))
        assert found["file"] == mine.name
        assert found["key"] == name.partition(".")[2]
        assert "bindeledd:" in found["wrong"]
        assert "et tillegg legger bare til" in found["wrong"]


def test_lint_of_a_pack_that_is_switched_on_lets_its_own_ladder_be_changed(folder: Path) -> None:
    pack = folder / "bindeledd-region" / "src" / "bindeledd_region"
    pack.mkdir(parents=True)
    (pack / "ladders.toml").write_text(
        WHOLE["ladder.standard"].replace("standard", "region"), encoding="utf-8"
    )
    on = (PathwayFolder("bindeledd-region", pack / "ladders.toml"),)
    sooner = (pack / "ladders.toml").read_text("utf-8").replace("P9D", "P1D")
    changed = sooner.replace("to =", 'count = "working_days", to =')
    (pack / "ladders.toml").write_text(changed, encoding="utf-8")
    assert said(run("lint", str(pack / "ladders.toml"), "--json", folders=on)) == []


def test_lint_of_the_cores_own_files_does_not_clash_with_itself() -> None:
    assert run("lint", str(core_folder().folder)).exit_code == 0


VISIT = '[task.n2_visit]\ntitle = { nb = "Hjemmebesøk" }\n'
OWED = """\
[[step]]
key = "site.visit"
task = "n2_visit"
after = "discharged"
due = { within = "P5D" }
basis = { kind = "local", source = "EQS 123" }
"""


def test_lint_knows_the_task_of_a_folder_that_is_switched_on_here(folder: Path) -> None:
    (folder / "site.toml").write_text(LAYER + OWED + VISIT, encoding="utf-8")
    on = (PathwayFolder("site", folder),)
    found = run("lint", str(folder), "--json", folders=on, own=(folder,))
    assert (said(found), found.exit_code) == ([], 0)
    (folder / "site.toml").write_text(LAYER + OWED, encoding="utf-8")
    (folder / "tasks.toml").write_text(VISIT, encoding="utf-8")
    for path in (folder, folder / "site.toml", folder / "tasks.toml"):
        assert said(run("lint", str(path), "--json", folders=on)) == []


def test_lint_refuses_the_task_of_another_pack_that_is_switched_on(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    (other / "visits.toml").write_text(VISIT, encoding="utf-8")
    (folder / "site.toml").write_text(LAYER + OWED + VISIT, encoding="utf-8")
    on = (PathwayFolder("bindeledd-other", other),)
    [found] = said(run("lint", str(folder / "site.toml"), "--json", folders=on))
    assert found["key"] == "n2_visit"
    assert "bindeledd-other:visits.toml" in found["wrong"]


def test_a_new_version_beside_the_old_one_may_name_the_same_task(folder: Path) -> None:
    old = LAYER + OWED + VISIT
    (folder / "site.toml").write_text(old, encoding="utf-8")
    new = old.replace('version = "1"', 'version = "2"').replace("P5D", "P4D")
    (folder / "site-2.toml").write_text(new, encoding="utf-8")
    on = (PathwayFolder("site", folder),)
    assert {layer.version for layer in load_book(on).layers} == {"1", "2"}
    for path in (folder, folder / "site-2.toml"):
        for folders in ((), on):
            assert said(run("lint", str(path), "--json", folders=folders)) == []


def test_a_task_of_two_files_of_a_pack_in_other_words_says_what_to_do(folder: Path) -> None:
    old = LAYER + OWED + VISIT
    (folder / "site.toml").write_text(old, encoding="utf-8")
    new = old.replace('version = "1"', 'version = "2"').replace("Hjemmebesøk", "Besøk")
    (folder / "site-2.toml").write_text(new, encoding="utf-8")
    [found] = said(run("lint", str(folder), "--json"))
    assert "ikke likt" in found["wrong"]
    assert "begge filene" in found["right"]
    assert "installer" not in found["right"]


@pytest.mark.parametrize(
    "words",
    ["Etter mislykket forsøk", "Etter mislukka forsøk", "After a failed attempt", "Risikonivå"],
)
def test_lint_refuses_words_that_are_not_used(folder: Path, words: str) -> None:
    (folder / "site.toml").write_text(f"{LAYER}\n# {words}\n", encoding="utf-8")
    for found in (run("lint", str(folder), "--json"), run("lint", "--json", own=(folder,))):
        assert found.exit_code == 1
        assert [one["file"] for one in said(found)] == ["site.toml"]
        assert said(found)[0]["line"] == len(LAYER.splitlines()) + 2
        assert said(found)[0]["right"]


def test_lint_reads_what_stands_beside_the_routines_too(folder: Path) -> None:
    (folder / "README.md").write_text("Pasienten er manipulerende.", encoding="utf-8")
    found = run("lint", str(folder), "--json")
    assert [(one["file"], one["key"]) for one in said(found)] == [("README.md", "manipulerende")]


@pytest.mark.parametrize("wrong", ["nothing = 1\n", "# etter mislykket forsøk\n"])
def test_lint_of_one_file_names_the_file_once(folder: Path, wrong: str) -> None:
    file = folder / "site.toml"
    file.write_text(wrong + file.read_text(encoding="utf-8"), encoding="utf-8")
    [found] = said(run("lint", str(file), "--json"))
    assert (found["distribution"], found["file"]) == (folder.name, "site.toml")
    told = run("lint", str(file)).output
    assert told.count("site.toml") == 1


def test_lint_says_what_stops_the_start(folder: Path) -> None:
    (folder / "site.toml").write_text(LAYER.replace("due =", "duo ="), encoding="utf-8")
    found = run("lint", "--json", folders=(PathwayFolder("site", folder),))
    assert found.exit_code == 1
    assert [one["line"] for one in said(found) if "ukjent nøkkel" in one["wrong"]] == [10]


def test_lint_knows_the_facts_and_ladders_of_a_pack(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "pathways").mkdir(parents=True)
    (pack / "pathways" / "own.toml").write_text(
        LAYER.replace('due = { within = "P2D" }', 'evidence = { pets = ["dog"] }'),
        encoding="utf-8",
    )
    assert run("lint", str(pack)).exit_code == 1
    (pack / "fields.toml").write_text(
        '[[field]]\nkey = "pets"\n[[field.option]]\nvalue = "dog"\n', encoding="utf-8"
    )
    assert run("lint", str(pack)).exit_code == 0
    assert run("lint", str(pack / "pathways")).exit_code == 0


def test_show_lists_routines_and_their_steps() -> None:
    assert said(run("show", "--json"))[0]["id"] == "national.after-attempt"
    shown = said(run("show", "national.after-attempt", "--json"))
    first = next(step for step in shown["steps"] if step["key"] == "first-contact")
    assert first["default"] is True
    assert first["due"] == {
        "form": "within",
        "within": "P3D",
        "opens": None,
        "count": "calendar_days",
    }
    assert run("show", "national.after-attempt").exit_code == 0


def test_show_for_a_unit_says_who_said_what(folder: Path) -> None:
    site = (PathwayFolder("site", folder),)
    words = ("show", "national.after-attempt", "--unit", "ward-7", "--json")
    steps = said(run(*words, folders=site))["steps"]
    first = next(step for step in steps if step["key"] == "first-contact")
    assert first["due"]["within"] == "P2D"
    assert first["said"]["due"].startswith("site:site.toml:")


def test_show_of_what_is_not_there_is_wrong_usage() -> None:
    found = run("show", "nowhere")
    assert found.exit_code == 2
    assert "national.after-attempt" in found.output


def test_layers_are_listed_and_named_where_they_apply(folder: Path) -> None:
    mine = (PathwayFolder(distribution="site", folder=folder),)
    listed = {one["id"]: one for one in said(run("show", "--json", folders=mine))}
    without = run("show", "national.after-attempt", folders=mine)
    with_it = run("show", "national.after-attempt", "--unit", "ward-7", folders=mine)

    assert listed["site.after-attempt"]["extends"] == "national.after-attempt"
    assert listed["site.after-attempt"]["units"] == ["ward-7"]
    assert listed["national.after-attempt"]["extends"] is None
    assert "Uten laget site.after-attempt" in without.output
    assert "Med laget site.after-attempt" in with_it.output
