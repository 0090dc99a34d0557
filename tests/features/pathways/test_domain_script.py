"""The script of a call as files say it: what is read, what layers add and confirm, what is refused."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import Read, read_file
from bindeledd.features.pathways.domain.script_values import Script, all_of

STEP = """
[[script.step]]
key = "{key}"
title = {{ nb = "{key}?" }}
basis = {basis}
"""
OURS = '{ kind = "default", source = "Bindeledd" }'
READ = '{ kind = "guideline", source = "RK-08", verified = true }'
FIRST = STEP.format(key="who", basis=OURS) + STEP.format(key="thoughts", basis=READ)
LAYER = """
id = "local.a"
version = "1"
extends = "national.after-attempt"
level = "municipality"
title = { nb = "Vår rutine" }
"""


def read(text: str, file: str = "script.toml") -> Read:
    return read_file(text, distribution="bindeledd", file=file)


def script(text: str) -> Script:
    [found] = read(text).scripts
    return found


def of_layer(text: str) -> Script:
    [layer] = read(LAYER + text).layers
    assert layer.script is not None
    return layer.script


def faults(*texts: str) -> list[str]:
    """What is said of the script in these files together."""
    reads = [read(text, file) for file, text in zip("abc", texts, strict=False)]
    found = [one.fault for one in gathered(reads, (), ())[1]]
    return [one.code for one in found if "script" in f"{one.code} {one.values}"]


def keys(one: Script) -> list[str]:
    return [step.key for step in one.steps]


def test_steps_stand_in_the_order_of_the_file() -> None:
    assert keys(script(FIRST)) == ["who", "thoughts"]


def test_a_layer_adds_a_step_where_it_says_and_else_at_the_end() -> None:
    added = STEP.format(key="a.last", basis=OURS)
    added += STEP.format(key="a.next", basis=OURS) + 'after = "who"\n'

    assert keys(all_of(script(FIRST), [of_layer(added)])) == ["who", "a.next", "thoughts", "a.last"]


def test_a_layer_that_says_where_the_script_stands_confirms_what_is_a_default_and_no_more() -> None:
    said = '[script]\nbasis = { kind = "local", source = "Rutine 12", verified = true }\n'
    steps = all_of(script(FIRST), [of_layer(said)]).steps

    assert [one.basis.source for one in steps] == ["Rutine 12", "RK-08"]
    assert not any(one.basis.shown_as_default for one in steps)


def test_a_layer_that_has_only_a_default_itself_confirms_nothing() -> None:
    said = f"[script]\nbasis = {OURS}\n"

    assert all_of(script(FIRST), [of_layer(said)]).steps[0].basis.shown_as_default


def test_a_step_for_kinds_of_tasks_stands_only_where_one_of_them_is_owed() -> None:
    text = FIRST + STEP.format(key="missed", basis=OURS)
    one = script(text + 'tasks = ["respond_to_missed_appointment"]\n')

    assert [step.key for step in one.of({"call_patient"})] == ["who", "thoughts"]
    assert [step.key for step in one.of({"respond_to_missed_appointment"})][-1] == "missed"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[script]\n", "pathways.script_empty"),
        (STEP.format(key="who", basis=OURS).replace(f"basis = {OURS}", ""), "pathways.no_basis"),
        (FIRST + STEP.format(key="who", basis=OURS), "pathways.key_twice"),
        (FIRST + 'tasks = ["no_such_task"]\n', "pathways.no_choice_of"),
        (FIRST + 'after = "who"\n', "pathways.unknown_key"),
    ],
)
def test_what_cannot_be_shown_is_refused(text: str, fault: str) -> None:
    assert [one.fault.code for one in read(text).findings] == [fault]


@pytest.mark.parametrize(
    ("key", "after", "fault"),
    [("who", "", "pathways.script_twice"), ("a.b", 'after = "nobody"', "pathways.script_after")],
)
def test_what_a_layer_cannot_say_beside_the_others_is_refused(
    key: str, after: str, fault: str
) -> None:
    assert faults(FIRST, LAYER + STEP.format(key=key, basis=OURS) + after) == [fault]


def test_two_files_with_a_script_stop_the_start() -> None:
    assert faults(FIRST, FIRST.replace("who", "another"))


@pytest.fixture(scope="module")
def shipped() -> Book:
    text = (files("bindeledd.config") / "pathways" / "script.toml").read_text("utf-8")
    return gathered([read(text)], (), ())[0]


def test_what_is_shipped_says_of_each_step_what_it_rests_on(shipped: Book) -> None:
    assert shipped.script is not None
    for one in shipped.script.steps:
        assert one.basis.shown_as_default or one.rows, one.key


def test_what_is_shipped_is_written_in_every_language(shipped: Book) -> None:
    assert shipped.script is not None
    for one in shipped.script.steps:
        assert set(one.title) == {"nb", "nn", "en"}
        assert set(one.help) in (set(), {"nb", "nn", "en"})
