"""Broken packs: each is refused by `plugins check` and by the start, with the place, the key, what is
wrong and what would be right."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from bindeledd.features.pathways.service import core_folder
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.commands import checking
from bindeledd.plugin.contract import faults_in
from bindeledd.plugin.loading import gather
from plugin.broken import (
    BROKEN,
    CALENDARS,
    CONTACTS,
    FIELDS,
    GOOD,
    HOSTILE,
    LADDERS,
    LAYER,
    PYTHON,
    ROWS,
    UNITS,
    Broken,
    hostile,
)
from plugin.packs import DATA, Shelf


def refused(shelf: Shelf, *names: str) -> list[tuple[str, str, str]]:
    """Where, what, what to do: what the start says, which the check has to say too."""
    named = names or ("good",)
    with pytest.raises(Misconfigured) as stopped:
        gather(named, points=shelf.points)
    started = [(one.where, one.what, one.do) for one in stopped.value.faults]
    checked = [(one["where"], one["what"], one["do"]) for one in checking(named)]
    assert set(started) <= set(checked), checked
    return started


def test_the_pack_that_is_broken_below_is_good(shelf: Shelf) -> None:
    shelf.put("good", DATA, files=GOOD)
    found = gather(["good"], points=shelf.points)
    assert [layer.key for layer in found.book.layers] == ["good.after-attempt@2027.1"]
    assert checking(["good"]) == []


def test_a_field_may_have_a_short_form_of_the_packs_name_before_it(shelf: Shelf) -> None:
    short = {name: text.replace("good_home", "gd_home") for name, text in GOOD.items()}
    shelf.put("good", DATA, files=short)
    assert [one.key for one in gather(["good"], points=shelf.points).fields] == ["gd_home"]
    assert faults_in("good", shelf.points) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "right"),
    [
        (
            LAYER,
            'id = "good.after-attempt"',
            'id = "town.after-attempt"',
            'id = "good.after-attempt"',
        ),
        (LAYER, 'key = "good.plan-first"', 'key = "plan-first"', 'key = "good.plan-first"'),
        (LAYER, 'key = "good.evenings"', 'key = "evenings"', 'key = "good.evenings"'),
        (LADDERS, "good.two-days", "two-days", '[ladder."good.two-days"]'),
        (CONTACTS, 'key = "good.helper"', 'key = "other.helper"', 'key = "good.helper"'),
    ],
)
def test_what_a_pack_adds_carries_its_name(
    shelf: Shelf, file: str, old: str, new: str, right: str
) -> None:
    changed = {name: text.replace(old, new) for name, text in GOOD.items()}
    if file is LADDERS:
        changed[LAYER] = changed[LAYER].replace("good.two-days", "two-days")
    shelf.put("good", DATA, files=changed)
    line = 1 + changed[file][: changed[file].index(new)].count("\n")
    [found] = faults_in("good", shelf.points)
    assert found["where"] in (f"pack-good:{Path(file).name}:{n}" for n in (line, line - 1))
    assert "uten navnet på tillegget foran" in found["what"]
    assert found["do"] == right


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (LADDERS, GOOD[LADDERS]),
        ("pathways/more.toml", '[task.evening_visit]\ntitle = { nb = "Kveldstur" }\n'),
    ],
)
def test_a_key_of_two_packs_is_told_with_both_files(shelf: Shelf, file: str, text: str) -> None:
    shelf.put("good", DATA, files=GOOD)
    shelf.put("twin", DATA, files={file: text})
    ((where, what, _),) = refused(shelf, "good", "twin")
    assert where == f"pack-twin:{Path(file).name}:1"
    there = "layer.toml:11" if file.endswith("more.toml") else "ladders.toml:1"
    assert f"pack-good:{there}" in what


def test_there_are_more_than_thirty_ways() -> None:
    assert len({one.name for one in BROKEN} | HOSTILE.keys() | PYTHON.keys()) >= 30


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.name)
def test_an_edit_that_breaks_it_is_told_with_its_line_and_key(shelf: Shelf, broken: Broken) -> None:
    files = broken.put(GOOD)
    shelf.put("good", DATA, files=files)
    told = refused(shelf)

    where = f"pack-good:{Path(broken.file).name}:{broken.line(files[broken.file])}"
    there = [one for one in told if one[0] == where]
    assert there, told
    assert any(
        broken.key in what and broken.wrong in what and broken.right in do for _, what, do in there
    ), there


def test_two_steps_of_one_name_in_one_file_are_told_once(shelf: Shelf) -> None:
    shelf.put(
        "good", DATA, files={**GOOD, LAYER: GOOD[LAYER].replace("plan-first", "evening-visit")}
    )
    assert len(refused(shelf)) == 1


def test_one_version_of_a_layer_in_two_files_is_told_at_its_version(shelf: Shelf) -> None:
    shelf.put("good", DATA, files={**GOOD, "pathways/next.toml": GOOD[LAYER]})
    [(where, what, do)] = refused(shelf)
    assert where == "pack-good:next.toml:2"
    assert "good.after-attempt 2027.1" in what
    assert "pack-good:layer.toml:2" in what
    assert "høyere version" in do


def test_one_version_in_two_folders_of_the_site_is_told_with_both_folders(tmp_path: Path) -> None:
    layer = """\
        id = "site.layer"
        version = "1"
        extends = "national.after-attempt"
        level = "unit"
        title = { nb = "Lokalt" }
        [[gate]]
        key = "appointment_given"
        strength = "must"
        basis = { kind = "local", source = "Planen" }
        """
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
        (folder / "own.toml").write_text(textwrap.dedent(layer), encoding="utf-8")
    with pytest.raises(Misconfigured) as stopped:
        gather((), folders=folders)
    first, second = (f"site:{folder}/own.toml:2" for folder in folders)
    assert stopped.value.where == second
    assert first in stopped.value.what


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *((name, LAYER) for name in HOSTILE),
        *zip(HOSTILE, (FIELDS, LADDERS, CALENDARS, UNITS, ROWS, LADDERS, CONTACTS), strict=True),
    ],
)
def test_a_hostile_file_is_told_and_not_read(shelf: Shelf, name: str, file: str) -> None:
    module = shelf.put("good", DATA, files=GOOD)
    line, wrong, right = hostile(name, module.parent / file)
    told = refused(shelf)
    assert told[0][0] == f"pack-good:{Path(file).name}:{line}"
    assert wrong in told[0][1]
    assert right in told[0][2]


@pytest.mark.parametrize(
    ("count", "text"),
    [(201, ""), (9, f"# {'x' * 400}\n" * 700)],
    ids=["too many files", "too large together"],
)
def test_a_folder_that_would_hold_a_start_up_is_told_and_the_rest_not_opened(
    shelf: Shelf, count: int, text: str
) -> None:
    many = {f"pathways/more-{number:02}.toml": text for number in range(count)}
    shelf.put("good", DATA, files={**GOOD, **many})
    [(where, what, do)] = [one for one in refused(shelf) if "resten blir ikke lest" in one[1]]
    assert where.startswith("pack-good:more-")
    assert "200 filer eller 2000 kB" in what
    assert "del tillegget i to" in do


@pytest.mark.parametrize("file", [LAYER, FIELDS, LADDERS, ROWS])
def test_a_link_that_leads_out_of_the_pack_is_not_followed(shelf: Shelf, file: str) -> None:
    module = shelf.put("good", DATA, files=GOOD)
    outside, own = shelf.folder.parent / "elsewhere.toml", module.parent / file
    own.rename(outside)
    own.symlink_to(outside)
    ((where, what, do),) = refused(shelf)
    assert where == f"pack-good:{Path(file).name}:1"
    assert f"peker ut av tillegget, til {outside}" in what
    assert "ingen lenke" in do


def test_a_folder_that_is_a_link_out_of_the_pack_is_not_followed(shelf: Shelf) -> None:
    module = shelf.put("good", DATA, files=GOOD)
    outside, own = shelf.folder.parent / "elsewhere", module.parent / "pathways"
    own.rename(outside)
    own.symlink_to(outside)
    ((where, what, _),) = refused(shelf)
    assert where == "pack-good:pathways:1"
    assert "peker ut av tillegget" in what


@pytest.mark.parametrize("file", [LAYER, FIELDS, ROWS])
def test_a_link_to_nothing_is_told(shelf: Shelf, file: str) -> None:
    module = shelf.put("good", DATA, files=GOOD)
    (module.parent / file).unlink()
    (module.parent / file).symlink_to((module.parent / file).with_name("gone.toml"))
    ((where, what, _),) = refused(shelf)
    assert where == f"pack-good:{Path(file).name}:1"
    assert "er ingen fil som kan leses" in what


@pytest.mark.parametrize("name", PYTHON)
def test_python_that_does_not_fit_is_told_with_its_line(shelf: Shelf, name: str) -> None:
    text, line, wrong, right = PYTHON[name]
    module = shelf.put("good", text)
    ((where, what, do),) = refused(shelf)
    assert where == (f"pack-good:{module}:{line}" if line else f"pack-good:{module}")
    assert wrong in what
    assert right in do


@pytest.mark.parametrize(
    ("requires", "wrong", "right"),
    [
        (None, "sier ikke hvilke versjoner av bindeledd", "bindeledd>="),
        ("bindeledd>=0.1", "sier ikke hvilke versjoner av bindeledd", "bindeledd>="),
        ("bindeledd>=7,<8", "vil ha bindeledd<8,>=7", "passer til denne kjernen"),
    ],
)
def test_a_pack_for_another_core_is_told(
    shelf: Shelf, requires: str | None, wrong: str, right: str
) -> None:
    shelf.put("good", DATA, files=GOOD, requires=requires)
    ((where, what, do),) = refused(shelf)
    assert where == "pack-good: dependencies"
    assert wrong in what
    assert right in do


def test_two_of_one_name_are_told_with_both_places(shelf: Shelf) -> None:
    shelf.put("good", DATA, files=GOOD)
    twin = {FIELDS: GOOD[FIELDS], LAYER: GOOD[LAYER].replace("good.after", "twin.after")}
    shelf.put("twin", DATA, files=twin)
    ((where, what, do),) = refused(shelf, "good", "twin")
    assert where == "pack-twin:fields.toml:1"
    assert "feltet «good_home» er erklært to ganger, først av pack-good:fields.toml:1" in what
    assert "sett navnet på tillegget foran" in do


def test_two_packs_that_add_one_step_are_told_with_both_places(shelf: Shelf) -> None:
    shelf.put("good", DATA, files=GOOD)
    text = GOOD[LAYER].replace("good.after", "twin.after").replace("[plan]\n", "")
    twin = text[: text.index("[[plan.section]]")].replace("[task.evening_visit]", "[task.late_tea]")
    twin = twin.replace('task = "evening_visit"', 'task = "late_tea"')
    shelf.put("twin", DATA, files={LAYER: twin})
    told = refused(shelf, "good", "twin")
    assert any(
        where == "pack-twin:layer.toml:15"
        and "good.evening-visit" in what
        and "pack-good:layer.toml:14" in what
        for where, what, _ in told
    ), told


def test_gates_of_two_packs_that_wait_for_each_other_are_told(shelf: Shelf) -> None:
    shelf.put("good", DATA, files=GOOD)
    other = """
        id = "other.after-attempt"
        version = "1"
        extends = "national.after-attempt"
        level = "unit"
        title = { nb = "En enhet" }
        [[gate]]
        key = "other.discharged-first"
        at = "plan_offered"
        need = "discharged"
        task = "offer_plan"
        due = { within = "P1D" }
        basis = { kind = "local", source = "Vår rutine" }
    """
    shelf.put("other", DATA, files={LAYER: other})
    ((where, what, do),) = refused(shelf, "good", "other")
    assert where == "pack-other:layer.toml:9"
    assert "other.discharged-first.need" in what
    assert "plan_offered → discharged → plan_offered" in what
    assert do


def test_a_pack_that_gives_the_national_routine_a_new_version_is_told(shelf: Shelf) -> None:
    whole = (core_folder().folder / "national.toml").read_text(encoding="utf-8")
    loose = whole.replace('version = "2026.1"', 'version = "2099.1"').replace("P3D", "P30D")
    shelf.put("good", DATA, files={"pathways/all.toml": loose.replace('"must"', '"may"')})
    ((where, what, do),) = refused(shelf)
    line = 1 + loose[: loose.index('id = "national.after-attempt"')].count("\n")
    assert where == f"pack-good:all.toml:{line}"
    assert "«national.after-attempt» hører til bindeledd" in what
    assert f"bindeledd:national.toml:{line}" in what
    assert 'extends = "national.after-attempt"' in do


def test_a_pack_that_calls_its_folder_the_cores_is_told_all_the_same(shelf: Shelf) -> None:
    python = """
        from importlib.resources import files
        from bindeledd.plugin.hooks import PathwayFolder, hookimpl
        api = (1, 4)
        @hookimpl
        def pathways():
            return [PathwayFolder("bindeledd", files(__name__) / "pathways")]
    """
    whole = (core_folder().folder / "national.toml").read_text(encoding="utf-8")
    files = {"pathways/all.toml": whole.replace('version = "2026.1"', 'version = "2099.1"')}
    shelf.put("good", python, files=files)
    ((where, what, _),) = refused(shelf)
    assert where.startswith("pack-good:all.toml:")
    assert "«national.after-attempt» hører til bindeledd" in what


@pytest.mark.parametrize("version", ["2027.1", "2099.1"])
def test_a_pack_that_takes_over_the_layer_of_another_is_told(shelf: Shelf, version: str) -> None:
    shelf.put("good", DATA, files=GOOD)
    text = GOOD[LAYER][: GOOD[LAYER].index("[task.")].replace("2027.1", version)
    gate = '[[gate]]\nkey = "summary_sent"\nstrength = "must"\n'
    gate += 'basis = { kind = "local", source = "Planen" }\n'
    shelf.put("thief", DATA, files={LAYER: text + gate})
    ((where, what, do),) = refused(shelf, "good", "thief")
    assert where == "pack-thief:layer.toml:1"
    assert "«good.after-attempt» hører til pack-good: det står i pack-good:layer.toml:1" in what
    assert "en egen id, med navnet på tillegget foran" in do


def test_a_site_that_gives_a_pack_s_layer_a_new_version_is_told(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.put("good", DATA, files=GOOD)
    text = GOOD[LAYER][: GOOD[LAYER].index("[task.")].replace("2027.1", "2099.1")
    gate = '[[gate]]\nkey = "summary_sent"\nstrength = "must"\n'
    gate += 'basis = { kind = "local", source = "Planen" }\n'
    (tmp_path / "own.toml").write_text(text + gate, encoding="utf-8")
    with pytest.raises(Misconfigured) as stopped:
        gather(["good"], points=shelf.points, folders=[tmp_path / "own.toml"])
    assert stopped.value.where == "site:own.toml:1"
    assert "pack-good:layer.toml:1" in stopped.value.what


CIRCLE = """

[[step]]
key = "good.look"
task = "assess_risk"
after = "plan_offered"
satisfied_by = ["risk_assessed"{first}]
contact = true
due = {{ within = "P1D" }}
basis = {{ kind = "local", source = "Vår rutine" }}

[[step]]
key = "good.plan"
task = "offer_plan"
after = "{after}"
satisfied_by = ["plan_offered"]
due = {{ within = "P1D" }}
basis = {{ kind = "local", source = "Vår rutine" }}
"""


def test_a_circle_of_steps_is_told_with_its_way(shelf: Shelf) -> None:
    text = GOOD[LAYER] + CIRCLE.format(first="", after="risk_assessed")
    shelf.put("good", DATA, files={**GOOD, LAYER: text})
    first, second = refused(shelf)
    line = text[: text.index('satisfied_by = ["risk_assessed"]')].count("\n") + 1
    assert first[0] == f"pack-good:layer.toml:{line}"
    assert "good.look.satisfied_by" in first[1]
    assert "good.look → good.plan → good.look" in first[1]
    assert "ikke begynner det neste" in first[2]
    assert "good.plan → good.look → good.plan" in second[1]


AGAIN = """
[[step]]
key = "good.again"
task = "evening_visit"
after = "answered"
given = {{ good_home = ["no"] }}
satisfied_by = ["answered"]
evidence = {{ good_home = [{ends}] }}
strength = "must"
contact = true
due = {{ within = "P1D" }}
basis = {{ kind = "local", source = "Vår rutine" }}
"""


@pytest.mark.parametrize(
    ("ends", "ways"), [('"no"', ["good.again → good.again"]), ('"no", "yes"', [])]
)
def test_a_step_that_each_answer_which_ends_it_begins_again_has_no_way_out(
    shelf: Shelf, ends: str, ways: list[str]
) -> None:
    shelf.put("good", DATA, files={**GOOD, LAYER: GOOD[LAYER] + AGAIN.format(ends=ends)})
    told = [str(one) for one in checking(["good"])]
    assert len(told) == len(ways)
    assert all(way in one for way, one in zip(ways, told, strict=True))


@pytest.mark.parametrize(
    ("first", "after"),
    [(', "reached"', "risk_assessed"), ("", "plan_offered")],
    ids=["there is a way out", "a step that is owed again by what ended it"],
)
def test_steps_that_may_end_are_no_circle(shelf: Shelf, first: str, after: str) -> None:
    text = GOOD[LAYER] + CIRCLE.format(first=first, after=after)
    shelf.put("good", DATA, files={**GOOD, LAYER: text})
    assert checking(["good"]) == []


@pytest.mark.parametrize("name", ["minor", "channel", "plan_written"])
def test_other_answers_to_what_the_core_asks_are_told_where_they_stand(
    shelf: Shelf, name: str
) -> None:
    files = {file: text.replace("good_home", name) for file, text in GOOD.items()}
    shelf.put("good", DATA, files={**files, FIELDS: files[FIELDS].replace('"yes"', '"perhaps"')})
    ((where, what, _),) = refused(shelf)
    assert where == "pack-good:fields.toml:2"
    assert f"«{name}» har et navn som produktet selv bruker" in what


@pytest.mark.parametrize(
    ("old", "line"),
    [('after = "discharged"', 'after = "closed"'), ('at = "discharged"', 'at = "closed"')],
    ids=["a step", "a gate"],
)
def test_nothing_is_counted_from_the_end_of_a_follow_up(shelf: Shelf, old: str, line: str) -> None:
    text = GOOD[LAYER].replace(old, line, 1)
    shelf.put("good", DATA, files={**GOOD, LAYER: text})
    ((where, what, right),) = refused(shelf)
    assert where == f"pack-good:layer.toml:{text.splitlines().index(line) + 1}"
    assert "avsluttet" in what
    assert '"closing_requested"' in right


OTHER = """
[[field]]
key = "good_home"
label = { nb = "Var noen ute?" }
asked_with = ["answered"]
used_by = ["good.evening-visit"]
option = [{ value = "yes", label = { nb = "Ja" } }, { value = "no", label = { nb = "Nei" } }]
"""


@pytest.mark.parametrize(
    ("text", "line", "first"),
    [
        (GOOD[FIELDS].replace('value = "no"', 'value = "yes"'), 10, 7),
        (GOOD[FIELDS] + OTHER, 14, 2),
    ],
    ids=["two answers of one value", "two questions of one key"],
)
def test_what_is_said_twice_in_a_file_is_told_with_both_lines(
    shelf: Shelf, text: str, line: int, first: int
) -> None:
    shelf.put("good", DATA, files={**GOOD, FIELDS: text})
    ((where, what, right),) = refused(shelf)
    assert where == f"pack-good:fields.toml:{line}"
    assert f"står allerede på linje {first}" in what
    assert right


ALONE = """
[[step]]
key = "good.alone"
task = "evening_visit"
after = "discharged"
satisfied_by = ["{event}"]
evidence = {{ {fact} = ["{value}"] }}
strength = "must"
contact = true
due = {{ within = "P1D" }}
basis = {{ kind = "local", source = "Vår rutine" }}
"""
# Fact, its value, an event that it never stands with, and one that it does (none: there is none).
CARRIED = [
    ("plan_written", "yes", "number_verified", "plan_offered"),
    ("plan_complete", "yes", "contact_attempted", "plan_offered"),
    ("plan_relatives", "yes", "relatives_asked", "plan_offered"),
    ("minors", "no", "number_verified", "children_asked"),
    ("taken_over_by", "trust", "handover_received", "handover_accepted"),
    ("person_answered", "yes", "reached", "contact_attempted"),
    ("channel", "visit", "number_verified", "reached"),
    ("index_kind", "self_harm", "number_verified", "index_event"),
    ("minor", "yes", "number_verified", "age_noted"),
    ("unit_kind", "ward", "number_verified", ""),
    ("next_day_unstaffed", "yes", "discharged", ""),
    ("interpreter", "yes", "number_verified", "interpreter_asked"),
]


@pytest.mark.parametrize(("fact", "value", "never", "ever"), CARRIED, ids=[c[0] for c in CARRIED])
def test_what_no_event_that_does_it_carries_is_refused_where_it_is_asked_for(
    shelf: Shelf, fact: str, value: str, never: str, ever: str
) -> None:
    text = GOOD[LAYER] + ALONE.format(event=never, fact=fact, value=value)
    shelf.put("good", DATA, files={**GOOD, LAYER: text})
    ((where, what, right),) = refused(shelf)
    line = text[: text.rindex("evidence =")].count("\n") + 1
    assert where == f"pack-good:layer.toml:{line}"
    assert f"«{fact}»" in what
    assert (ever or "-") in right


@pytest.mark.parametrize(("fact", "value", "ever"), [(c[0], c[1], c[3]) for c in CARRIED if c[3]])
def test_what_an_event_that_does_it_carries_may_be_asked_for(
    shelf: Shelf, fact: str, value: str, ever: str
) -> None:
    text = GOOD[LAYER] + ALONE.format(event=ever, fact=fact, value=value)
    shelf.put("good", DATA, files={**GOOD, LAYER: text})
    assert "good.alone" not in str(checking(["good"]))


@pytest.mark.parametrize(
    ("label", "yes", "said"),
    [
        ('nb = "Hvor høy er selvmordsrisikoen?"', 'nb = "Lav"', "Hvor høy er selvmordsrisiko"),
        ('nb = "Vurdert?", en = "How high is the risk?"', 'nb = "Ja"', "How high is the risk"),
        ('nb = "Vurdert?", nn = "Grad av suicidalitet"', 'nb = "Ja"', "Grad av suicidalitet"),
        ('nb = "MADRS"', 'nb = "20-34 poeng"', "20-34 poeng"),
    ],
    ids=["bokmål", "english", "nynorsk", "points"],
)
def test_a_question_that_asks_how_great_the_danger_is_is_refused_whatever_its_key_is(
    shelf: Shelf, label: str, yes: str, said: str
) -> None:
    text = GOOD[FIELDS].replace('nb = "Var noen hjemme?", en = "Was anybody in?"', label)
    text = text.replace('nb = "Ja"', yes, 1)
    shelf.put("good", DATA, files={**GOOD, FIELDS: text})
    ((where, what, right),) = refused(shelf)
    assert where == "pack-good:fields.toml:3"
    assert "good_home" in what
    assert said in what
    assert "i journalen" in right
