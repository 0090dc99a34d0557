"""`pathways lint` of what is being written: all of it together, and what `plugins check` knows."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from architecture.tree import ROOT
from bindeledd.features.pathways.commands import pathways
from bindeledd.features.pathways.service import load_book
from bindeledd.foundation.console import Site
from bindeledd.plugin.linting import beside
from plugin.broken import CONTACTS, FIELDS, GOOD, LADDERS, LAYER, ROWS
from test_demo import bindeledd


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return a_pack(tmp_path / "good_pack")


def a_pack(folder: Path, name: str = "good") -> Path:
    """A pack of that name as somebody writes it: its project, and a package with its files."""
    package = folder / "src" / folder.name
    for file, text in {**GOOD, "__init__.py": ""}.items():
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).write_text(text.replace("good", name), encoding="utf-8")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n', encoding="utf-8")
    return package


def change(pack: Path, file: str, old: str, new: str) -> None:
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new), encoding="utf-8")


def lint(*paths: Path) -> list[dict[str, Any]]:
    site = Site(
        open_settings=lambda: SimpleNamespace(pathways=()),
        open_database=pytest.fail,
        gather=lambda _: SimpleNamespace(book=load_book()),
        lint_beside=beside,
    )
    said = CliRunner().invoke(pathways, ["lint", *map(str, paths), "--json"], obj=site)
    found: list[dict[str, Any]] = json.loads(said.output)
    assert said.exit_code == bool(found)
    return found


def test_a_good_pack_has_nothing_wrong_by_its_project_its_package_or_its_routines(
    pack: Path,
) -> None:
    for path in (pack.parent.parent, pack, pack / "pathways"):
        assert lint(path) == []


@pytest.mark.parametrize("name", ["words", "happened_on", "minor"])
def test_a_question_called_as_a_field_of_the_forms_is_told_with_its_line(
    pack: Path, name: str
) -> None:
    change(pack, FIELDS, '"good_home"', f'"{name}"')
    change(pack, LAYER, "good_home", name)
    found = [one for one in lint(pack) if "selv bruker" in one["wrong"]]
    assert [(one["file"], one["line"]) for one in found] == [("fields.toml", 2)]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "wrong"),
    [
        (FIELDS, "asked_with", "asked_by", 4, "ukjent nøkkel"),
        (FIELDS, '["good.evening-visit"]', '["good.morning"]', 5, "som ikke finnes"),
        (CONTACTS, "evening_visit", "evening_tea", 4, "som ikke er noen oppgave"),
        (ROWS, "S-006", "S-999", 1, "ukjent rad"),
        (LADDERS, "P1D", "PT0S", 2, "er ingen tid"),
    ],
)
def test_what_the_check_of_plugins_knows_is_told(
    pack: Path, file: str, old: str, new: str, line: int, wrong: str
) -> None:
    change(pack, file, old, new)
    assert (file, line) in [
        (one["file"], one["line"]) for one in lint(pack) if wrong in one["wrong"]
    ]


def test_a_pack_without_routines_is_read_too(pack: Path) -> None:
    (pack / LAYER).unlink()
    (pack / "pathways").rmdir()
    (pack / FIELDS).unlink()
    change(pack, CONTACTS, "evening_visit", "call_patient")
    assert lint(pack) == []
    change(pack, LADDERS, "P1D", "PT0S")
    assert {one["file"] for one in lint(pack)} == {"ladders.toml"}


def test_every_pack_of_this_repository_is_right_with_all_others() -> None:
    packs = [file.parent for file in ROOT.glob("plugins/*/pyproject.toml")]
    assert len(packs) > 20
    assert lint(*packs) == []


def test_two_packs_with_one_question_are_told_with_both_files(pack: Path) -> None:
    other = a_pack(pack.parent.parent.parent / "twin_pack", "twin")
    change(other, FIELDS, "twin_home", "good_home")
    change(other, LAYER, "twin_home", "good_home")
    assert lint(other) == []
    [found] = [one for one in lint(pack, other) if one["file"] == "fields.toml"]
    assert found["distribution"] == "twin_pack"
    assert "good_pack:fields.toml" in found["wrong"]


def test_two_packs_that_add_one_step_are_told_together_and_not_alone(pack: Path) -> None:
    other = a_pack(pack.parent.parent.parent / "twin_pack", "twin")
    for name in ("evening-visit", "plan-first"):
        change(other, LAYER, f"twin.{name}", f"good.{name}")
    change(other, FIELDS, "twin.evening-visit", "good.evening-visit")
    assert lint(other) == []
    found = lint(pack, other)
    assert {one["key"] for one in found} >= {"good.evening-visit"}
    assert all("good_pack" in one["wrong"] or "twin_pack" in one["wrong"] for one in found)


def test_two_packs_that_are_apart_have_nothing_wrong_together(pack: Path) -> None:
    other = a_pack(pack.parent.parent.parent / "twin_pack", "twin")
    change(other, LAYER, "evening_visit", "twin_visit")
    change(other, CONTACTS, "evening_visit", "twin_visit")
    change(other, "units.toml", "983974724", "983974732")
    assert lint(pack, other) == []


def test_files_that_are_named_one_by_one_know_each_other(tmp_path: Path) -> None:
    kind, *_ = GOOD[LAYER].partition("[[step]]")
    declared = kind[kind.index("[task") :]
    layer = tmp_path / "layer.toml"
    text = GOOD[LAYER].replace(declared, "").replace("good.two-days", "standard")
    text = text.replace("evidence = { good_home = ", "evidence = { plan_written = ")
    layer.write_text(text.replace('"answered"', '"plan_offered"'), encoding="utf-8")
    tasks = tmp_path / "tasks.toml"
    tasks.write_text(declared, encoding="utf-8")
    assert lint(layer) != []
    assert lint(layer, tasks) == []
    assert lint(tmp_path, tasks) == []


def test_the_command_itself_asks_it(pack: Path, tmp_path: Path) -> None:
    change(pack, FIELDS, '"good_home"', '"words"')
    change(pack, LAYER, "good_home", "words")
    done = bindeledd("pathways", "lint", str(pack), "--json", home=tmp_path / "none")
    assert "fields.toml" in {one["file"] for one in json.loads(done.stdout)}, done.stderr
