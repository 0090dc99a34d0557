"""One truth of the keys: keys.toml, the readers, the schemas for editors and the page say the same."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from architecture.tree import ROOT
from bindeledd.plugin import reference, schemas
from plugin.written import (
    Path_,
    Readers,
    as_json,
    changed,
    shipped,
    sort_of,
    tables,
    toml,
    words_of_all,
)

# Files that have no schema yet: their readers are those of the settings.
WITHOUT = {
    "config/defaults.toml",
    "config/examples/demo.toml",
    "config/examples/site.toml",
    "config/intake.toml",
    "config/revealing.toml",
    "config/words.toml",
    "plugins/bindeledd-sms/src/bindeledd_sms/revealing.toml",
}
# Made-up files with the tables and keys that no shipped file has.
MADE_UP = {
    "rules": """
        [ladder.x]
        seen_for = "P1D"
        seen_count = "hours"
        repeat_every = "P1D"
        repeat_count = "hours"
        at_once = true
        rungs = [{ before = "P1D", to = "owner" }, { after = "PT4H", to = "lead" }]
        basis = { kind = "default", source = "x", verified = false, note = "y" }
        rows = ["S-014"]
        [core.call_patient]
        due = { within = "P1D" }
        owner = "lead"
        ladder = "x"
        attempts = 3
        inside = "P7D"
        basis = { kind = "default" }
        rows = ["S-014"]
        [[core.call_patient.choices]]
        key = "x"
        title = { nb = "x" }
        task = "visit_patient"
        due = { before = "P1D", from = "P2D", of = "appointment_at", unknown = "P7D", latest = "P9D" }
        satisfied_by = ["reached"]
        needs = ["date"]
        latest = "P14D"
        [task.my_task]
        title = { nb = "x" }
        """,
    "units": """
        [[organisation]]
        key = "a"
        name = "a"
        kind = "trust"
        points = { ENH = "983974724" }
        rows = ["S-130"]
        [[organisation.unit]]
        key = "b"
        name = "b"
        kind = "acute_ward"
        points = { HER = "1" }
        team = "c"
        rows = ["S-130"]
        [[organisation.team]]
        key = "c"
        name = "c"
        rows = ["S-130"]
        hours = [{ weekdays = [1], opens = 08:00:00, closes = 15:00:00 }]
        """,
    "calendars": """
        [[calendar]]
        team = "*"
        closed = [2027-06-11]
        reason = "x"
        rows = ["S-015"]
        hours = [{ weekdays = [1], opens = 08:00:00, closes = 15:00:00 }]
        """,
    "fields": """
        [[field]]
        key = "x_met"
        label = { nb = "x" }
        help = { nb = "x" }
        asked_with = ["answered"]
        used_by = ["x.again"]
        shown_in = ["case"]
        rows = ["S-051"]
        [[field.option]]
        value = "yes"
        label = { nb = "Ja" }
        follows_from = { plan_relatives = ["yes"] }
        [[field.option]]
        value = "no"
        label = { nb = "Nei" }
        """,
    "contacts": """
        [[contact]]
        key = "x"
        label = { nb = "x" }
        tasks = ["call_patient"]
        phone = "+47 77 00 00 00"
        link = "https://a.example/x"
        version = "2027"
        on_paper = true
        to = ["b"]
        units = ["acute_ward"]
        organisations = ["a"]
        rows = ["S-015"]
        hours = [{ weekdays = [1, 7], opens = 08:00:00, closes = 15:00:00 }]
        """,
    "rows": """
        [answer.S-014]
        by = ["docs/pathways.md"]
        does = "x"
        [frame.S-015]
        text = "x"
        reason = "x"
        [without.S-004]
        reason = "x"
        """,
    "coverage": """
        [planned.P1]
        pack = "x"
        rows = ["S-014"]
        """,
    "layer": """
        id = "x.y"
        version = "1"
        extends = "national.after-attempt"
        level = "trust"
        title = { nb = "x" }
        rows = ["S-064"]
        applies_to = { units = ["acute_ward"], organisations = ["a"], to = ["b"] }
        [letter.x]
        title = { nb = "x" }
        text = { nb = "x" }
        basis = { kind = "local" }
        rows = ["S-214"]
        [letter.y]
        title = { nb = "x" }
        text = { nb = "{appointment} {place} {call}" }
        sheet = true
        basis = { kind = "local" }
        rows = ["S-214"]
        [agreement]
        reference = "x"
        begins = 2026-01-01
        ends = 2029-12-31
        [script]
        basis = { kind = "local", source = "x", verified = true }
        rows = ["RK-08"]
        [[script.step]]
        key = "x.step"
        title = { nb = "x" }
        help = { nb = "x" }
        tasks = ["call_patient"]
        after = "what-helps"
        basis = { kind = "local", source = "x" }
        rows = ["RK-08"]
        [plan]
        title = { nb = "x" }
        basis = { kind = "local" }
        rows = ["S-075"]
        [[plan.section]]
        key = "x.y"
        after = "services"
        title = { nb = "x" }
        help = { nb = "x" }
        asked_of = "person"
        form = "measures"
        stays_inside = true
        basis = { kind = "local" }
        rows = ["S-075"]
        [[step]]
        key = "first-contact"
        satisfied_by = ["reached"]
        due = { within = "P1D", count = "hours", end_of_day = true, never_earlier = true }
        evidence = { person_answered = ["yes"] }
        basis = { kind = "local" }
        [[step]]
        key = "x.again"
        title = { nb = "x" }
        after = "answered"
        given = { plan_written = ["yes"] }
        task = "call_patient"
        due = { within = "P1D" }
        due_basis = { kind = "local" }
        owner = "lead"
        strength = "may"
        ladder = "short"
        when = { inpatient = ["yes"] }
        contact = true
        letter = "x"
        adjustable = ["due"]
        basis = { kind = "local" }
        rows = ["S-064"]
        [[gate]]
        key = "x.gate"
        owner = "lead"
        at = "discharged"
        need = "plan_offered"
        task = "offer_plan"
        due = { at = "discharged" }
        strength = "must"
        hard = true
        basis = { kind = "local" }
        [[gate]]
        need = "appointment_given"
        key = "appointment_given"
        hard = true
        strength = "must"
        when = { inpatient = [true], receiver_kind = ["gp"] }
        owner = "team:a"
        ladder = "short"
        reason = "x"
        adjustable = ["hard"]
        basis = { kind = "local" }
        rows = ["S-064"]
        """,
}
# What is no text, no number, no list and no table that anything would take.
NONSENSE: list[Any] = ["no such word ~", "", -1, 2.5, True, [], [-1], ["~ ~"], {}, {"~": 1}]


@cache
def validator(sort: str) -> Any:
    return jsonschema_rs.validator_for(schemas.schema(sort))


def fits(sort: str, content: Any) -> bool:
    return bool(validator(sort).is_valid(as_json(content)))


def with_schema() -> list[Path]:
    return [file for file in shipped() if sort_of(file) is not None]


@cache
def places() -> list[tuple[str, str, dict[str, Any], Path_]]:
    """Every table with keys that were not met before: sort of file, table, whole content, the way."""
    found, seen = [], set()
    read = [(str(sort_of(file)), file.read_text(encoding="utf-8")) for file in with_schema()]
    for sort, text in chain(MADE_UP.items(), sorted(read, key=lambda one: len(one[1]))):
        content = tomllib.loads(text)
        for table, at in tables(schemas.described()["file"][sort]["root"], content):
            own = {(sort, table, key) for key in (*_at(content, at), "")}
            if own - seen:
                found.append((sort, table, content, at))
            seen |= own
    return found


def _at(content: Any, at: Path_) -> Any:
    for step in at:
        content = content[step]
    return content


def mutants() -> Iterator[tuple[str, str, Any]]:
    """Files in which one key is missing, or one value is nonsense; each with what was done.

    Where others than those of a list are taken (kinds of tasks), a word is no nonsense.
    """
    seen = set()
    for sort, table, content, at in places():
        for key in (key for key in schemas.keys(table) if key in _at(content, at)):
            if (sort, table, key) in seen:
                continue
            seen.add((sort, table, key))
            other = schemas.keys(table)[key]["form"].endswith("or other")
            for value in (..., *(one for one in NONSENSE if not (other and type(one) is str))):
                told = f"{sort}: {table}.{key} = {value!r}"
                yield sort, told, changed(content, at, {key: value})


# What was done, whether the schema takes it, and what the reader finds wrong.
Outcome = tuple[str, bool, set[str]]
# What a schema promises to see; what hangs together only a reader sees.
IN_FORM = {
    "pathways.missing",
    "pathways.wrong_form",
    "pathways.unknown_key",
    "pathways.no_choice",
    "pathways.no_length",
    "pathways.no_match",
    "pathways.names_nothing",
    "pathways.empty_list",
    "pathways.no_value",
    "plugin.few_options",
}


@pytest.fixture(scope="module")
def outcomes(readers: Readers) -> list[Outcome]:
    return [
        (
            told,
            fits(sort, content),
            {one.fault.code for one in readers.findings(sort, toml(content))},
        )
        for sort, told, content in mutants()
    ]


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    folder = tmp_path_factory.mktemp("packs") / "a_pack_of_the_schemas"
    folder.mkdir()
    (folder / "__init__.py").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder.parent))
        yield Readers(words_of_all(), folder)


# --- what is shipped ------------------------------------------------------------------------------


def test_every_file_has_a_schema_or_is_named_as_one_without() -> None:
    without = {file.relative_to(ROOT).as_posix() for file in shipped() if sort_of(file) is None}
    assert without == WITHOUT


def test_every_shipped_file_fits_its_schema() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {error.instance_path}: {error.message[:200]}"
        for file in with_schema()
        for error in validator(str(sort_of(file))).iter_errors(
            as_json(tomllib.loads(file.read_text(encoding="utf-8")))
        )
    ]
    assert wrong == []


def test_the_page_is_as_the_keys_are_now() -> None:
    there = (ROOT / reference.PAGE).read_text(encoding="utf-8")
    assert there == reference.page(), "run: python -m bindeledd.plugin.reference"


def test_every_schema_is_one_and_every_file_is_described() -> None:
    for name, _ in schemas.written():
        sort = name.removesuffix(".json")
        jsonschema_rs.meta.validate(schemas.schema(sort))
        assert not fits(sort, {"no_such_key": 1})


def test_every_example_is_what_its_key_takes() -> None:
    wrong = []
    for table in schemas.described()["table"]:
        for key, said in schemas.keys(table).items():
            if "example" not in said:
                assert schemas.tables_in(said["form"])[0], f"{table}.{key} has no example"
                continue
            own = schemas.schema("layer")["$defs"] | schemas.schema("rules")["$defs"]
            form = {**schemas.key_schema(said), "$defs": own}
            value = as_json(tomllib.loads(f"x = {said['example']}")["x"])
            if not jsonschema_rs.is_valid(form, value):
                wrong.append(f"{table}.{key}")
    assert wrong == []


# --- schemas and readers --------------------------------------------------------------------------


def test_the_readers_take_the_keys_that_are_described_and_no_others(readers: Readers) -> None:
    probed = set()
    for sort, table, content, at in places():
        if (sort, table) in probed:
            continue
        probed.add((sort, table))
        found = readers.findings(sort, toml(changed(content, at, {"zzz": 1})))
        known = [one.fault.values["known"] for one in found if one.key.endswith("zzz")]
        assert known == [", ".join(sorted(schemas.keys(table)))], f"{sort}: {table}"
    files = schemas.described()["file"].items()
    every = {(sort, table) for sort, file in files for table in schemas.reached(file["root"])}
    assert {table for _, table in every} - {table for _, table in probed} == set()


def test_every_key_that_is_described_stands_in_a_file() -> None:
    """In one of the tables that have it, where it means the same in several."""
    met = {
        (key, schemas.keys(table)[key]["form"])
        for _, table, content, at in places()
        for key in _at(content, at)
        if key in schemas.keys(table)
    }
    tables_there = schemas.described()["table"]
    every = {
        (key, said["form"]) for name in tables_there for key, said in schemas.keys(name).items()
    }
    assert every - met == set()


def test_a_made_up_file_is_right_before_it_is_changed(readers: Readers) -> None:
    for sort, text in MADE_UP.items():
        content = tomllib.loads(text)
        assert fits(sort, content), sort
        assert readers.findings(sort, toml(content)) == [], sort


def test_what_a_schema_refuses_the_reader_refuses_too(outcomes: list[Outcome]) -> None:
    assert [told for told, fitting, codes in outcomes if not fitting and not codes] == []


def test_what_a_reader_finds_wrong_in_form_the_schema_finds_too(outcomes: list[Outcome]) -> None:
    assert [told for told, fitting, codes in outcomes if fitting and codes & IN_FORM] == []


# Texts of which every pattern refuses one at least, but it says nothing.
ODD = ["A b", "", " ", "é", "-", "S-64", "P", "x" * 41, "+47 1 x", "http://a.example"]


def patterned() -> list[tuple[str, str]]:
    """Every key that takes a text of a pattern, or texts, with its form: it means the same in all
    tables that have it."""
    found = {
        (key, str(said["form"]))
        for table in schemas.described()["table"]
        for key, said in schemas.keys(table).items()
        if not schemas.tables_in(said["form"])[0]
    }
    return sorted(
        (key, form)
        for key, form in found
        if '"pattern": ' in json.dumps(schemas.key_schema({"says": "", "form": form}))
    )


@pytest.mark.parametrize(("key", "form"), patterned())
def test_what_a_pattern_of_a_schema_refuses_the_reader_refuses(
    readers: Readers, key: str, form: str
) -> None:
    found = (
        (sort, content, at)
        for sort, table, content, at in places()
        if key in _at(content, at) and schemas.keys(table).get(key, {}).get("form") == form
    )
    sort, content, at = next(found)
    many = schemas.key_schema({"says": "", "form": form}).get("type") == "array"
    tried = [(odd, changed(content, at, {key: [odd] if many else odd})) for odd in ODD]
    refused = [(odd, other) for odd, other in tried if not fits(sort, other)]
    assert refused, "the pattern refuses nothing"
    assert [odd for odd, other in refused if not readers.findings(sort, toml(other))] == []


@pytest.mark.parametrize("key", ["asked_with", "used_by"])
def test_a_question_that_nobody_asks_or_uses_is_marked_and_refused(
    readers: Readers, key: str
) -> None:
    text = MADE_UP["fields"]
    assert readers.findings("fields", text) == []
    empty = toml(changed(tomllib.loads(text), ("field", 0), {key: []}))
    assert not fits("fields", tomllib.loads(empty))
    assert [one.key for one in readers.findings("fields", empty)] == [f"field.x_met.{key}"]


@pytest.mark.parametrize(
    "wrong",
    [
        '[[contact]]\nkey = "x"\nlabel = { nb = "x" }\ntasks = ["free"]\nphone = "ring"\n',
        '[[contact]]\nkey = "x"\nlabel = { en = "x" }\ntasks = ["free"]\n',
        '[[contcat]]\nkey = "x"\n',
    ],
)
def test_what_is_wrong_with_a_contact_is_seen_by_both(readers: Readers, wrong: str) -> None:
    assert not fits("contacts", tomllib.loads(wrong))
    assert readers.findings("contacts", wrong)
