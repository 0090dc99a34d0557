"""A pack of one's own: made, tried as it would be installed, and at work on a case."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin import schemas, trying
from bindeledd.plugin.commands import checking, plugins
from bindeledd.plugin.contract import faults_in
from bindeledd.plugin.drawing import rows_of
from bindeledd.plugin.loading import gather
from bindeledd.plugin.making import LEVELS, Named, make
from bindeledd.plugin.trying import check_folder, try_folder
from builders import MONDAY, a_site, an_open_case
from plugin.broken import GOOD
from plugin.packs import DATA, Shelf, run


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return make("min-region", at=tmp_path, level="region")


def change(folder: Path, place: str, old: str, new: str) -> None:
    (file,) = folder.glob(place)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# --- made -----------------------------------------------------------------------------------------


def test_a_new_pack_has_all_that_a_pack_has(made: Path) -> None:
    there = {str(file.relative_to(made)) for file in made.rglob("*") if file.is_file()}
    assert there == {
        "CHANGELOG.md",
        "README.md",
        "pyproject.toml",
        "src/bindeledd_min_region/__init__.py",
        "src/bindeledd_min_region/pathways/__init__.py",
        "src/bindeledd_min_region/pathways/min-region.toml",
        "src/bindeledd_min_region/py.typed",
        "tests/test_min_region.py",
        *(f"schemas/{name}" for name, _ in schemas.written()),
    }
    filled = [made / name for name in there if not name.startswith("schemas/")]
    assert not any("$" in file.read_text() for file in filled)


def test_a_new_pack_names_the_schema_by_which_an_editor_reads_it(made: Path) -> None:
    (layer,) = made.glob("src/*/pathways/*.toml")
    first, *_ = layer.read_text(encoding="utf-8").splitlines()
    named = (layer.parent / first.removeprefix("#:schema ")).resolve()
    assert json.loads(named.read_text(encoding="utf-8")) == schemas.schema("layer")


def test_the_schemas_are_written_anew_where_one_says(tmp_path: Path) -> None:
    (tmp_path / "layer.json").write_text("old", encoding="utf-8")
    assert run("schemas", "--to", str(tmp_path)).exit_code == 0
    there = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert there == dict(schemas.written())


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("python", [False, True])
def test_a_new_pack_keeps_the_contract_at_once(tmp_path: Path, level: str, python: bool) -> None:
    folder = make(f"ny-{level}", at=tmp_path, level=level, python=python)
    assert check_folder(folder).faults == []


def test_a_new_pack_passes_its_own_tests_as_the_wheel_it_becomes(tmp_path: Path) -> None:
    tried = try_folder(make("min-kanal", at=tmp_path, python=True))
    assert tried.faults == []
    assert tried.tests, tried.said
    assert tried.well
    assert tried.built


def test_its_own_tests_hold_whatever_its_step_is_called_and_whenever_it_is_due(made: Path) -> None:
    change(made, "src/*/pathways/*.toml", "min-region.second-call", "min-region.evening-call")
    change(made, "src/*/pathways/*.toml", '{ from = "P7D", to = "P14D" }', '{ within = "P2D" }')
    tried = try_folder(made)
    assert tried.tests, tried.said


ALL = Named(
    unit="municipal", step="boat-house", gate="plan-first", ladder="calm", letter="greeting"
)


@pytest.mark.parametrize("python", [False, True])
def test_step_gate_ladder_and_letter_are_written_by_the_names_that_are_given(
    tmp_path: Path, python: bool
) -> None:
    folder = make("vika", at=tmp_path, python=python, named=ALL)
    tried = try_folder(folder)
    assert (tried.faults, tried.tests) == ([], True), tried.said
    assert [(row["step"], row["place"]) for row in tried.timeline] == [
        ("vika.plan-first", "municipal"),
        ("vika.greeting", "municipal"),
        ("vika.boat-house", "municipal"),
    ]
    [layer] = folder.glob("src/*/pathways/*.toml")
    assert layer.read_text(encoding="utf-8").count('ladder = "vika.calm"') == 3


def test_a_gate_has_a_title_of_the_name_that_is_given(tmp_path: Path) -> None:
    folder = make("vika", at=tmp_path, named=Named(gate="key-hold"))
    [layer] = folder.glob("src/*/pathways/*.toml")
    [gate] = tomllib.loads(layer.read_text(encoding="utf-8"))["gate"]
    assert gate["title"] == {"nb": "Key hold", "en": "Key hold"}


@pytest.mark.parametrize(
    "named",
    [
        Named(step="Boat House"),
        Named(letter="vika.greeting"),
        Named(ladder="a" * 31),
        Named(unit="the ward"),
        Named(step="one", gate="one"),
        Named(gate="one", letter="one"),
    ],
)
def test_a_part_that_cannot_have_its_name_is_refused_and_nothing_is_written(
    tmp_path: Path, named: Named
) -> None:
    with pytest.raises(Misconfigured) as refused:
        make("vika", at=tmp_path, named=named)
    assert refused.value.where.startswith("plugins new --")
    assert not list(tmp_path.iterdir())


def test_a_tool_that_is_too_old_is_told_with_what_to_type(tmp_path: Path) -> None:
    folder = make("min-data", at=tmp_path)
    project = folder / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("setuptools>=80", "setuptools>=8000"), encoding="utf-8")
    [fault] = try_folder(folder).faults
    assert 'pip install --upgrade "setuptools>=8000"' in fault["do"]


@pytest.mark.parametrize("name", ["Min", "min_region", "", "-a", "a--b", "9a", "../a", "a" * 31])
def test_a_name_that_no_pack_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured):
        make(name, at=tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_that_is_there_is_written_over(made: Path) -> None:
    with pytest.raises(Misconfigured, match="finnes fra før"):
        make("min-region", at=made.parent)


# --- tried ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "old", "new", "what"),
    [
        ("src/*/pathways/*.toml", 'key = "min-region.', 'key = "', "uten navnet på tillegget"),
        ("src/*/pathways/*.toml", 'strength = "should"', 'strength = "perhaps"', "perhaps"),
        ("src/*/__init__.py", '"""\n', '"""\nimport bindeledd.app\n', "innsiden av kjernen"),
        ("src/*/__init__.py", "plugin = ", "plugin = 1 / 0 or ", "ZeroDivisionError"),
        ("pyproject.toml", '"bindeledd>=', '"bindeledd>=9', "vil ha bindeledd"),
        ("pyproject.toml", 'version = "0.1.0"', 'version = "første"', "ingen versjon"),
    ],
)
def test_what_does_not_fit_is_told_with_where_and_what_to_do(
    made: Path, place: str, old: str, new: str, what: str
) -> None:
    change(made, place, old, new)
    faults = check_folder(made).faults
    assert any(what in fault["what"] for fault in faults), faults
    assert all(fault["where"] and fault["do"] for fault in faults)


EARLIER = """
[[step]]
key = "first-contact"
due = {{ within = "P{days}D" }}
basis = {{ kind = "local", source = "Vår rutine" }}
"""


def an_earlier(name: str, days: int, *, at: Path) -> str:
    """A pack that wants the first contact within so many days."""
    folder = make(name, at=at)
    (layer,) = folder.glob("src/*/pathways/*.toml")
    with layer.open("a", encoding="utf-8") as opened:
        opened.write(EARLIER.format(days=days))
    return str(folder)


def test_folders_that_cannot_both_stand_are_told_where_they_are_checked_together(
    tmp_path: Path,
) -> None:
    folders = [an_earlier(f"within-{days}", days, at=tmp_path) for days in (1, 2)]
    assert [run("check", one).exit_code for one in folders] == [0, 0]
    told = run("check", *folders, "--json")
    found = json.loads(told.output)["faults"]
    assert any("first-contact.due" in one["what"] for one in found), found
    assert {one["then"] for one in found} == {"would_stop"}


def test_a_folder_is_looked_at_together_with_an_installed_pack_that_is_named(
    tmp_path: Path,
) -> None:
    folder = make("second-home", at=tmp_path)
    (layer,) = folder.glob("src/*/pathways/*.toml")
    with layer.open("a", encoding="utf-8") as opened:
        opened.write('\n[task.home_visit]\ntitle = { nb = "Besøk", en = "Visit" }\n')
    assert json.loads(run("check", str(folder), "--json").output)["faults"] == []
    found = json.loads(run("check", str(folder), "example", "--json").output)["faults"]
    assert any("bindeledd-second-home:second-home.toml" in one["what"] for one in found), found


@pytest.mark.parametrize(
    ("place", "text", "meant"),
    [
        ("contact.toml", "", "contacts.toml, hvis det var meningen"),
        ("field.toml", "", "fields.toml, hvis det var meningen"),
        ("pathways/mine.TOML", "", "pathways/mine.toml, hvis det var meningen"),
        ("mine.toml", 'extends = "x"\n', "pathways/mine.toml, hvis det var meningen"),
        ("letters.toml", "", "ta filen ut av tillegget"),
        ("pathways/brev.toml.txt", "", "pathways/brev.toml, hvis det var meningen"),
        ("pathways/brev.tml", "", "pathways/brev.toml, hvis det var meningen"),
        ("pathways/brev.txt", 'extends = "x"\n', "pathways/brev.toml, hvis det var meningen"),
        ("ladders.toml.bak", "", "ladders.toml, hvis det var meningen"),
        ("ladders.tml", "", "ladders.toml, hvis det var meningen"),
        ("pathways/min-region.toml~", "", "ellers ta filen ut av tillegget"),
    ],
)
def test_a_file_that_nobody_reads_is_named_with_what_was_meant(
    made: Path, place: str, text: str, meant: str
) -> None:
    (package,) = made.glob("src/*/pathways/..")
    (package / place).write_text(text, encoding="utf-8")
    [fault] = check_folder(made).faults
    assert fault["where"] == f"bindeledd-min-region:{place}:1"
    assert "blir lest av ingen" in fault["what"]
    assert meant in fault["do"]
    assert fault["then"] == "mend"


@pytest.mark.parametrize("place", ["notes.md", "pathways/notes.txt", "py.typed", "page.html"])
def test_a_file_that_was_not_meant_to_be_read_is_nobodys_business(made: Path, place: str) -> None:
    (package,) = made.glob("src/*/pathways/..")
    (package / place).write_text("A note.\n", encoding="utf-8")
    assert check_folder(made).faults == []


@pytest.mark.parametrize(
    ("place", "belongs"),
    [
        ("contacts.toml", "contacts.toml"),
        ("Fields.toml", "fields.toml"),
        ("ladder.toml", "ladders.toml"),
        ("rows.toml", "rows.toml"),
        ("pathways/mine.toml", "pathways/mine.toml"),
        ("mine.toml", "pathways/mine.toml"),
    ],
)
def test_a_file_that_lies_outside_the_package_is_told_where_it_belongs(
    made: Path, place: str, belongs: str
) -> None:
    (made / place).parent.mkdir(exist_ok=True)
    (made / place).write_text('extends = "x"\n' if place == "mine.toml" else "", encoding="utf-8")
    [fault] = check_folder(made).faults
    assert fault["where"] == f"bindeledd-min-region:{place}:1"
    assert f"src/bindeledd_min_region/{belongs}" in fault["do"]
    assert fault in try_folder(made).faults


@pytest.mark.parametrize(
    "name", ["ruff.toml", "tox.toml", "README.md", "tests/fields.toml", "poetry.toml"]
)
def test_what_other_tools_and_tests_read_beside_a_package_is_nobodys_business(
    made: Path, name: str
) -> None:
    (made / name).write_text("", encoding="utf-8")
    assert check_folder(made).faults == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("fields.toml", "field.toml"),
        ("fields.toml", "Fields.toml"),
        ("ladders.toml", "ladder.toml"),
        ("pathways/layer.toml", "pathway/layer.toml"),
        ("pathways/layer.toml", "layer.toml"),
    ],
)
def test_a_misnamed_file_is_named_before_what_is_missed_without_it(
    shelf: Shelf, right: str, wrong: str
) -> None:
    files = {wrong if name == right else name: text for name, text in GOOD.items()}
    shelf.put("good", DATA, files=files)
    told = faults_in("good", shelf.points)
    assert len(told) > 1
    assert told[0]["where"] == f"pack-good:{wrong}:1"
    assert right in told[0]["do"]
    assert checking(["good"])[0]["where"] == told[0]["where"]


def test_a_copy_of_a_file_that_is_read_is_not_taken_for_it(made: Path) -> None:
    (layer,) = made.glob("src/*/pathways/*.toml")
    layer.with_name(f"{layer.name}.bak").write_text(layer.read_text("utf-8"), encoding="utf-8")
    [fault] = check_folder(made).faults
    assert "hvis det var meningen" not in fault["do"]


def test_what_the_wheel_leaves_behind_and_nobody_would_read_is_named_when_it_is_tried(
    made: Path,
) -> None:
    (package,) = made.glob("src/*/pathways")
    (package / "brev.toml.txt").write_text("", encoding="utf-8")
    faults = try_folder(made).faults
    assert [one["where"] for one in faults] == ["bindeledd-min-region:pathways/brev.toml.txt:1"]


@pytest.mark.parametrize(
    ("old", "new", "missed"),
    [
        ('"*.toml", ', '"*.tml", ', ["pathways/min-region.toml"]),
        (
            ', "bindeledd_min_region.pathways"',
            "",
            ["pathways/__init__.py", "pathways/min-region.toml"],
        ),
    ],
    ids=["another ending in package-data", "a package that is not named"],
)
def test_what_the_wheel_will_leave_out_is_seen_before_it_is_built(
    made: Path, old: str, new: str, missed: list[str]
) -> None:
    change(made, "pyproject.toml", old, new)
    faults = check_folder(made).faults
    root = "bindeledd-min-region/src/bindeledd_min_region"
    assert [one["where"] for one in faults] == [f"{root}/{name}" for name in missed]
    assert "package-data" in faults[0]["do"]


@pytest.mark.parametrize("pattern", ["/*.toml", "", "pathways/**.tml"])
def test_a_pattern_that_takes_nothing_along_is_no_reason_not_to_look(
    made: Path, pattern: str
) -> None:
    change(made, "pyproject.toml", '"*.toml", ', f'"{pattern}", ')
    faults = check_folder(made).faults
    missed = "bindeledd-min-region/src/bindeledd_min_region/pathways/min-region.toml"
    assert [one["where"] for one in faults] == [missed]


@pytest.mark.parametrize("pattern", ["**.toml", "**", "./*.toml", "**/*.toml"])
def test_a_pattern_is_read_as_the_builder_reads_it(made: Path, pattern: str) -> None:
    change(made, "pyproject.toml", '"*.toml", ', f'"{pattern}", ')
    assert check_folder(made).faults == []


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"*" = ["*.toml", "py.typed"]', '"*" = "*.toml"', "tool.setuptools.package-data.*"),
        ('"*" = ["*.toml", "py.typed"]', '"*" = [3]', "tool.setuptools.package-data.*"),
        ('packages = ["bindeledd_min_region", ', "packages = [3, ", "tool.setuptools.packages"),
    ],
    ids=["no list", "a number among the patterns", "a number among the packages"],
)
def test_what_no_builder_takes_is_told_with_its_line(
    made: Path, old: str, new: str, key: str
) -> None:
    change(made, "pyproject.toml", old, new)
    text = (made / "pyproject.toml").read_text("utf-8")
    line = 1 + text[: text.index(new)].count("\n")
    [fault] = check_folder(made).faults
    assert fault["where"] == f"bindeledd-min-region:pyproject.toml:{line}"
    assert fault["what"].startswith(f"{key} er ikke en liste av tekster")


def test_what_only_a_builder_knows_is_left_to_it(made: Path) -> None:
    change(made, "pyproject.toml", '"*.toml", ', "")
    (made / "MANIFEST.in").write_text("recursive-include src *.toml\n", encoding="utf-8")
    assert check_folder(made).faults == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("bindeledd_min_region:plugin", "bindeledd_min_region:plugn"),
        ("bindeledd_min_region:plugin", "bindeledd_min_regin:plugin"),
    ],
)
def test_a_slip_in_the_entry_point_is_told_with_its_line_in_pyproject(
    made: Path, right: str, wrong: str
) -> None:
    project = made / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    assert right in text
    project.write_text(text.replace(right, wrong), encoding="utf-8")
    line = 1 + text[: text.index(right)].count("\n")
    [fault] = check_folder(made).faults
    assert fault["where"] == f"bindeledd-min-region:pyproject.toml:{line}"
    assert f'min-region = "{right}"' in fault["do"]


def test_a_file_that_is_left_of_an_older_build_is_named(made: Path) -> None:
    (layer,) = made.glob("src/*/pathways/*.toml")
    built = made / "build" / "lib" / layer.relative_to(made / "src")
    built.parent.mkdir(parents=True)
    built.write_text(layer.read_text(encoding="utf-8"), encoding="utf-8")
    assert check_folder(made).faults == []
    built.with_name("gone.toml").write_text("", encoding="utf-8")
    [fault] = check_folder(made).faults
    assert fault["where"].endswith("pathways/gone.toml")
    assert "igjen etter en eldre bygging" in fault["what"]
    assert str(made / "build") in fault["do"]


def test_a_text_that_is_not_there_in_english_stops_no_start_and_is_not_said_to(made: Path) -> None:
    (layer,) = made.glob("src/*/pathways/*.toml")
    text = layer.read_text(encoding="utf-8")
    place = text.index('en = "')
    layer.write_text(text[:place] + text[text.index("\n", place) :], encoding="utf-8")
    told = json.loads(run("check", str(made), "--json").output)
    assert [one["then"] for one in told["faults"]] == ["mend"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "do"),
    [
        (
            '"bindeledd>=',
            '"bindeledd>=9',
            11,
            "project.dependencies: tillegget vil ha",
            ">=0.1,<0.2",
        ),
        ('version = "0.1.0"', 'version = "første"', 7, "project.version: versjonen", "0.1.0"),
    ],
)
def test_what_is_wrong_with_the_whole_pack_stands_on_a_line_of_its_project(
    made: Path, old: str, new: str, line: int, what: str, do: str
) -> None:
    change(made, "pyproject.toml", old, new)
    [fault] = check_folder(made).faults
    assert fault["where"] == f"bindeledd-min-region:pyproject.toml:{line}"
    assert what in fault["what"]
    assert do in fault["do"]


def test_what_a_pack_says_of_rows_beside_its_keys_is_looked_at_too(made: Path) -> None:
    (package,) = made.glob("src/*/pathways/..")
    lists = package / "rows.toml"
    lists.write_text('[frame.S-006]\ntext = "A guide"\nreason = "It was not seen."\n')
    assert check_folder(made).faults == []
    lists.write_text('[frame.S-006]\ntext = "A guide"\n\n[without.S-999]\nreason = "No."\n')
    found = {
        fault["where"].rpartition("/")[2]: fault["what"] for fault in check_folder(made).faults
    }
    assert found.keys() == {"bindeledd-min-region:rows.toml:1", "bindeledd-min-region:rows.toml:4"}
    assert "mangler" in found["bindeledd-min-region:rows.toml:1"]
    assert "S-999" in found["bindeledd-min-region:rows.toml:4"]


def test_a_pack_without_a_file_says_nothing_and_is_told_so(made: Path) -> None:
    next(made.glob("src/*/pathways/*.toml")).unlink()
    assert [fault["what"] for fault in check_folder(made).faults] == [
        "tillegget erklærer ingenting"
    ]


def test_a_function_that_is_not_there_is_found_before_a_night_finds_it(tmp_path: Path) -> None:
    folder = make("min-kanal", at=tmp_path, python=True)
    change(folder, "src/*/channel.py", "def open_watch", "def open_something_else")
    assert "kan ikke kjøres" in check_folder(folder).faults[0]["what"]


def test_a_layer_for_a_kind_of_unit_that_there_is_not_is_told_to_hold_nowhere(
    tmp_path: Path,
) -> None:
    folder = make("min-data", at=tmp_path)
    [layer] = folder.glob("src/*/pathways/*.toml")
    text = layer.read_text(encoding="utf-8").replace(
        "\n[title]", '\n[applies_to]\nunits = ["kommune"]\n\n[title]', 1
    )
    layer.write_text(text, encoding="utf-8")
    assert '"kommune"' in text
    [fault] = check_folder(folder).faults
    assert "gjelder ingen steder: kommune" in fault["what"]
    assert "municipal" in fault["do"]


def test_a_folder_that_is_no_pack_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="ikke noe tillegg"):
        check_folder(tmp_path)


@pytest.mark.parametrize("name", ["example", "helse-vest", "helse-nord-trondelag", "sms"])
def test_the_packs_of_this_repository_keep_the_contract(name: str) -> None:
    assert faults_in(name) == []


# --- the commands ---------------------------------------------------------------------------------


def test_new_and_check_by_command(tmp_path: Path) -> None:
    made = run("new", "min-region", "--at", str(tmp_path))
    assert made.exit_code == 0
    assert "bindeledd-min-region" in made.output

    folder = tmp_path / "bindeledd-min-region"
    checked = run("check", str(folder), "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.output)["ok"]

    change(folder, "pyproject.toml", '"bindeledd>=', '"bindeledd>=9')
    checked = run("check", str(folder))
    assert checked.exit_code == 1
    assert run("new", "min-region", "--at", str(tmp_path)).exit_code == 1
    assert run("new", "Min Region", "--at", str(tmp_path)).exit_code == 1


def test_whoever_says_nothing_is_asked(tmp_path: Path) -> None:
    told = CliRunner().invoke(
        plugins, ["new", "--at", str(tmp_path)], input="min-kommune\nunit\n\n\n\n\n\nn\n", obj=None
    )
    assert told.exit_code == 0, told.output
    layer = tmp_path / "bindeledd-min-kommune/src/bindeledd_min_kommune/pathways/min-kommune.toml"
    assert 'level = "unit"' in layer.read_text(encoding="utf-8")


def test_whoever_is_asked_names_the_parts_of_the_plan(tmp_path: Path) -> None:
    answers = "vika\nmunicipality\nmunicipal\nboat-house\nplan-first\ncalm\ngreeting\nn\n"
    told = CliRunner().invoke(plugins, ["new", "--at", str(tmp_path)], input=answers, obj=None)
    assert told.exit_code == 0, told.output
    asked = (tmp_path / "bindeledd-vika/src/bindeledd_vika/pathways/vika.toml").read_text("utf-8")
    make("vika", at=tmp_path / "again", named=ALL)
    given = tmp_path / "again/bindeledd-vika/src/bindeledd_vika/pathways/vika.toml"
    assert asked == given.read_text(encoding="utf-8")


def test_what_two_have_agreed_is_drawn_as_where_the_receiver_was_named() -> None:
    (row,) = rows_of("helsefellesskap-handover")
    assert (row["place"], row["step"], row["due"][:10]) == (
        "trust → municipality",
        "helsefellesskap-handover.contact",
        "2027-03-22",
    )


def test_an_installed_pack_is_tested_by_its_contract() -> None:
    told = json.loads(run("test", "example", "--json").output)
    assert [(one["name"], one["ok"], one["tests"]) for one in told] == [("example", True, None)]
    assert {(row["step"], row["due"][:10]) for row in told[0]["timeline"]} == {
        ("example.home-visit", "2027-04-02"),
        ("example.home-visit-offered", "2027-03-22"),
    }
    shown = " ".join(run("test", "example").output.split())
    assert "Hva som skyldes etter tillegget når noen skrives ut 2027-03-19 15:00" in shown
    assert "example.home-visit" in shown
    assert run("test", "nowhere").exit_code == 1
    assert run("test").exit_code == 0


@pytest.mark.parametrize(
    ("pack", "said"),
    [
        ("incident-review", "regnes fra «Svart på det rutinen spør om», «Dødsfall bekreftet»"),
        ("hjelpelenker", "hjelpelenker har ingen egne steg eller sjekkpunkter"),
    ],
)
def test_a_pack_by_which_a_discharge_owes_nothing_says_why_there_is_no_timeline(
    pack: str, said: str
) -> None:
    shown = " ".join(run("test", pack).output.split())
    assert said in shown
    assert "Hva som skyldes etter tillegget når noen skrives ut" not in shown


def test_a_test_that_fails_is_shown(made: Path) -> None:
    change(made, "tests/*.py", 'contract("min-region") == []', 'contract("min-region") == [16]')
    told = run("test", str(made))
    assert told.exit_code == 1
    assert "[16]" in told.output
    assert "noe må rettes" in told.output


def test_where_nothing_can_run_the_tests_that_is_said_and_what_to_install(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("pytest", "build"):
        monkeypatch.setitem(sys.modules, tool, None)
    told = run("test", str(made))
    assert told.exit_code == 0
    assert "tester ble ikke kjørt" in told.output
    assert "pip install pytest build" in told.output
    assert "prøv mappen" not in told.output


# --- at work --------------------------------------------------------------------------------------


@pytest.fixture
def installed(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """The new pack on the path, with what pip would have written beside it."""
    source = made / "src"
    info = source / "bindeledd_min_region-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: bindeledd-min-region\nVersion: 0.1.0\n"
        "Requires-Dist: bindeledd>=0.1,<0.2\n"
    )
    (info / "entry_points.txt").write_text(
        "[bindeledd.plugins]\nmin-region = bindeledd_min_region:plugin\n"
    )
    monkeypatch.syspath_prepend(str(source))
    yield list(Distribution.at(info).entry_points)
    for name in [one for one in sys.modules if one.startswith("bindeledd_min_region")]:
        del sys.modules[name]


def test_a_case_opens_under_the_new_pack_and_owes_what_it_adds(
    session: Session, installed: list[EntryPoint]
) -> None:
    site = a_site(session)
    book = gather(["min-region"], points=installed).book
    opened = an_open_case(session, site, discharged_at=MONDAY, unit=True, book=book)
    owed = {task.step_key for task in queries.tasks_of(session, opened.case.id) if task.is_open}
    assert "min-region.second-call" in owed


def test_tests_of_a_pack_that_never_end_are_ended_and_have_failed(tmp_path: Path) -> None:
    hangs = [sys.executable, "-c", "import time; time.sleep(3600)"]
    done = trying.run(hangs, cwd=tmp_path, path=[], seconds=0.5)
    assert done.returncode != 0
    assert "ikke ferdig etter 0.5 sekunder" in done.stdout
