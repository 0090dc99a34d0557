"""`bindeledd plugins list|check`: for people as a table, for scripts as JSON, with exit codes."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from architecture.tree import ROOT
from bindeledd.foundation.console import Site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.commands import checking
from plugin.broken import FIELDS, GOOD, LAYER
from plugin.packs import DATA, PYTHON, Shelf, run


def test_what_the_site_says_to_a_pack_that_is_on_is_looked_at_too() -> None:
    asked = []

    def try_packs(_: Site, gathered: Any) -> list[tuple[str, Misconfigured | None]]:
        asked.append([str(one.plugin.name) for one in gathered.hosted])
        wrong = Misconfigured(
            "plugin.told",
            where="sms.toml sender",
            what="avsenderen røper",
            do="et nøytralt navn",
        )
        return [("sms", wrong)]

    told = run("check", "--json", named=("sms",), try_packs=try_packs)

    assert told.exit_code == 1
    assert json.loads(told.output)["faults"] == [
        {
            "where": "sms.toml sender",
            "what": "avsenderen røper",
            "do": "et nøytralt navn",
            "then": "left_out",
        }
    ]
    for_people = run("check", named=("sms",), try_packs=try_packs).output
    for_people = " ".join(for_people.split())
    assert "Tillegget blir ikke brukt før det er rettet." in for_people
    assert "Start er stanset" not in for_people
    assert asked == [["sms"]] * 2
    assert run("check", "sms", named=("example",), try_packs=try_packs).exit_code == 0


def test_the_list_says_what_is_installed_and_what_is_on() -> None:
    told = json.loads(run("list", "--json", named=("helse-vest",)).output)
    there = {each.name.removeprefix("bindeledd-") for each in ROOT.glob("plugins/bindeledd-*")}
    assert {row["name"] for row in told} == there
    assert {row["name"] for row in told if row["on"]} == {"helse-vest"}
    assert {row["version"] for row in told} == {"0.1.0", "2026.1"}


def test_the_list_shows_a_name_that_is_not_installed() -> None:
    told = json.loads(run("list", "--json", named=("nowhere",)).output)
    assert {"name": "nowhere", "distribution": None, "version": None, "on": True} in told


def test_the_list_for_people_is_a_table() -> None:
    told = run("list", named=("example",))
    assert told.exit_code == 0
    assert "bindeledd-example" in told.output


@pytest.mark.parametrize(
    "named", [(), ("example",), ("example", "helse-vest", "helse-nord-trondelag")]
)
def test_what_fits_is_good(named: tuple[str, ...]) -> None:
    told = run("check", "--json", named=named)
    assert told.exit_code == 0
    assert json.loads(told.output) == {"ok": True, "plugins": list(named), "faults": []}


def test_what_does_not_fit_is_something_to_look_at() -> None:
    told = run("check", "--json", named=("example", "nowhere"))
    fault = json.loads(told.output)["faults"][0]
    assert told.exit_code == 1
    assert fault["where"] == "[site] plugins"
    assert "«nowhere» er nevnt, men ikke installert" in fault["what"]
    assert fault["do"]


@pytest.mark.parametrize(
    ("arguments", "named", "then", "said"),
    [
        (["check"], ("nowhere",), "stops", "Start er stanset til det er rettet."),
        (["check", "nowhere"], (), "would_stop", "Med tillegget slått på ville start vært stanset"),
        (["check", "./nowhere"], (), "would_stop", "Med tillegget slått på ville start vært"),
    ],
)
def test_it_is_said_whether_a_start_is_stopped(
    arguments: list[str], named: tuple[str, ...], then: str, said: str
) -> None:
    faults = json.loads(run(*arguments, "--json", named=named).output)["faults"]
    assert {fault["then"] for fault in faults} == {then}
    told = " ".join(run(*arguments, named=named).output.split())
    assert said in told
    assert told.count("Dette passer ikke.") == 1


def test_one_plugin_can_be_checked_before_it_is_switched_on() -> None:
    told = run("check", "helse-vest", named=("nowhere",))
    assert told.exit_code == 0
    assert "helse-vest" in told.output


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("fields.toml", "# etter mislykket forsøk\n", "mislykket"),
        ("templates/x.html", "<p>Risk level</p>", "Risk level"),
        ("note.md", "She committed suicide.", "committed suicide"),
        ("more.py", "# ein sjølvmordskandidat", "sjølvmordskandidat"),
    ],
)
def test_a_pack_with_a_word_that_is_not_used_does_not_fit(
    shelf: Shelf, file: str, text: str, said: str
) -> None:
    shelf.put("worded", DATA, files={file: text})
    told = run("check", "worded", "--json")
    faults = json.loads(told.output)["faults"]
    assert told.exit_code == 1
    worded = [fault for fault in faults if said in fault["what"]]
    assert [fault["where"] for fault in worded] == [f"pack-worded:{file}:1"]
    assert worded[0]["do"]
    assert faults[0]["then"] == "mend"


def test_an_answer_that_is_not_there_in_english_is_named_with_file_line_and_key(
    shelf: Shelf,
) -> None:
    fields = GOOD[FIELDS].replace('nb = "Nei", en = "No"', 'nb = "Nei"')
    shelf.put("good", DATA, files=GOOD | {FIELDS: fields})
    [fault] = json.loads(run("check", "good", "--json").output)["faults"]
    line = fields.splitlines().index('label = { nb = "Nei" }') + 1
    assert fault["where"] == f"pack-good:{FIELDS}:{line}"
    assert fault["what"].startswith("«field.0.option.1.label» ")
    assert fault["then"] == "mend"


def test_a_title_of_a_task_that_is_not_there_in_english_is_named(shelf: Shelf) -> None:
    layer = GOOD[LAYER].replace(', en = "Evening visit"', "")
    shelf.put("good", DATA, files=GOOD | {LAYER: layer})
    [fault] = json.loads(run("check", "good", "--json").output)["faults"]
    assert fault["what"].startswith("«task.evening_visit.title» ")


def test_a_catalogue_has_a_folder_for_each_language_and_is_not_looked_through(
    shelf: Shelf,
) -> None:
    shelf.put("worded", DATA, files={"translations/nb/x.toml": '[a]\nnb = "Noe"\n'})
    assert checking(["worded"]) == []


def test_of_a_pack_that_is_one_module_only_that_is_read(shelf: Shelf) -> None:
    shelf.put("single", target="single_pack")
    (shelf.folder / "single_pack.py").write_text(textwrap.dedent(PYTHON).lstrip())
    (shelf.folder / "somebody_elses.md").write_text("et mislykket forsøk")
    assert checking(["single"]) == []


def test_a_fault_is_told_once() -> None:
    assert len(checking(["nowhere"])) == 1


def test_everything_that_is_wrong_in_the_files_of_a_pack_is_told(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = """
        id = "Not A Key"
        version = "1"
        extends = "national.after-attempt"
        level = "nowhere"
        title = { nb = "Feil" }
    """
    shelf.put("wrong", DATA, files={"pathways/wrong.toml": layer})
    found = [fault["where"] for fault in checking(["wrong"])]
    assert len(found) == 2
    assert all("wrong.toml" in where for where in found)
