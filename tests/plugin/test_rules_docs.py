"""What stands on the pages about words and plugins is what the code has, and the other way round."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from architecture.tree import ROOT
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.intake.domain import vocabulary
from bindeledd.features.pathways.domain.words import EVENTS, FACTS, TASKS
from bindeledd.features.patients.domain.identifiers import stated
from bindeledd.features.reports import domain as reports
from bindeledd.features.staff.domain.values import UNIT_KINDS
from bindeledd.foundation.texts import read_texts
from bindeledd.plugin import asking, facts, hooks, working
from bindeledd.plugin.covering import pack_said
from bindeledd.plugin.loading import Gathered, gather, installed

PACKS = ("example", "helse-sor-ost", "helse-nord-trondelag", "helse-vest", "sms")
# These are no data: they name a function that runs in the pack's host.
IN_PYTHON = ("channels", "jobs", "intakes", "reports")
PLUGINS = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
WORDS = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def alone() -> Gathered:
    return gather()


@pytest.fixture(scope="module")
def packs() -> Gathered:
    return gather(PACKS)


@pytest.fixture(scope="module")
def every() -> Gathered:
    """All packs of this repository, switched on together."""
    return gather([folder.name.removeprefix("bindeledd-") for folder in ROOT.glob("plugins/*/")])


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def codes(title: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section(WORDS, title), re.MULTILINE))


# --- hooks --------------------------------------------------------------------------------------


def test_every_hook_is_on_the_page_and_nothing_else() -> None:
    assert tuple(re.findall(r"^### `(\w+)\(\)`", PLUGINS, re.MULTILINE)) == hooks.HOOKS


def test_every_hook_has_a_specification_and_a_type() -> None:
    specified = [
        name for name, thing in vars(hooks).items() if hasattr(thing, f"{hooks.PROJECT}_spec")
    ]
    assert tuple(specified) == hooks.HOOKS
    assert tuple(asking.TYPES) == hooks.HOOKS


@pytest.mark.parametrize("hook", hooks.HOOKS)
def test_every_hook_shows_an_example(hook: str) -> None:
    told = re.search(rf"^### `{hook}\(\)`(.*?)(?=^### |^## |\Z)", PLUGINS, re.M | re.DOTALL)
    assert told is not None
    assert ("```python" if hook in IN_PYTHON else "```toml") in told[1]
    assert "yield " in (getattr(hooks, hook).__doc__ or "")


def on_the_page(hook: str) -> dict[str, Any]:
    """What the second example of a hook declares: what runs in the host, as an author copies it."""
    told = re.search(rf"^### `{hook}\(\)`(.*?)(?=^### |^## |\Z)", PLUGINS, re.M | re.DOTALL)
    assert told is not None
    example = re.findall(r"^```python\n(.*?)^```", told[1], re.M | re.DOTALL)[1]
    space = {**vars(working), **vars(facts), "UTC": UTC, "datetime": datetime, "Callable": Callable}
    exec(example, space)  # noqa: S102  (our own page)
    return space


def test_the_reader_on_the_page_reads_what_the_core_takes() -> None:
    message = on_the_page("intakes")["open_reader"](None)(b"MSH|")
    told = json.loads(json.dumps(vocabulary.as_json(message)))
    assert vocabulary.from_json(told, format="p:r").message_id == message.message_id == "17"


def test_the_report_on_the_page_makes_a_table_that_the_core_takes() -> None:
    counted = working.Count(month="2027-01", team="dps", measure="event.reached", many=None)
    other = working.Count(month="2027-01", team="dps", measure="opened", many=9)
    day = date(2027, 1, 1)
    numbers = working.Numbers(since=day, until=day, least=5, counts=(counted, other))
    made = on_the_page("reports")["open_report"](None)(numbers)
    told = json.loads(json.dumps(reports.as_json(made)))
    assert reports.from_json(told).rows == (("2027-01", "dps", None),)


def test_every_hook_is_used_by_a_pack_of_this_repository(alone: Gathered, packs: Gathered) -> None:
    used = {
        "pathways": len(packs.book.layers) > len(alone.book.layers),
        "fields": bool(packs.fields),
        "rungs": len(packs.book.ladders) > len(alone.book.ladders),
        "calendars": bool(packs.calendars),
        "units": bool(packs.organisations),
        "contacts": bool(packs.book.contacts),
        "channels": any(one.channels for one in packs.hosted),
        "jobs": any(one.jobs for one in packs.hosted),
        "intakes": any(one.readers for one in packs.hosted),
        "reports": any(one.reports for one in packs.hosted),
    }
    assert [hook for hook in hooks.HOOKS if not used[hook]] == []


def test_what_the_page_shows_is_what_the_packs_say(packs: Gathered) -> None:
    shown = set(re.findall(r'^key = "([\w.-]+)"', PLUGINS, re.MULTILINE))
    known = {field.key for field in packs.fields} | {o.key for o in packs.organisations}
    known |= {one.key for one in packs.book.contacts}
    known |= {gate.key for layer in packs.book.layers for gate in layer.gates}
    known |= {word.key for layer in packs.book.layers for word in layer.tightenings}
    assert shown <= known


# --- words --------------------------------------------------------------------------------------


def test_every_kind_of_event_is_on_the_page() -> None:
    assert codes("Kinds of events") == {kind.value for kind in EventKind}


def test_every_kind_of_task_is_on_the_page(alone: Gathered) -> None:
    planned = {one.task for path in alone.book.pathways.values() for one in path.owed}
    assert codes("Kinds of tasks") == set(TASKS) | planned | set(alone.book.core)


def test_every_kind_of_task_has_its_words_on_the_page_of_a_person() -> None:
    texts = read_texts()
    assert [kind for kind in sorted(TASKS) if not texts.find(f"tasks.kinds.{kind}")] == []


def test_pathways_choose_from_kinds_that_the_core_records() -> None:
    assert EVENTS - {kind.value for kind in EventKind} == set()


def test_the_three_kinds_of_receivers_are_facts_of_the_core() -> None:
    three = {"gp", "municipal_mental_health", "specialist_mental_health"}
    known = FACTS["receiver_kind"]
    assert known is not None
    assert three <= known


# --- pages --------------------------------------------------------------------------------------


def test_pages_point_at_what_is_there() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *ROOT.glob("plugins/*.md")]
    pattern = r"`((?:docs|config|core|tests|plugins|migrations)/[\w./-]+)`"
    gone = [
        f"{page.name}: {path}"
        for page in pages
        for path in re.findall(pattern, page.read_text(encoding="utf-8"))
        if not (ROOT / path).exists() and not (ROOT / f"{path}.py").exists()
    ]
    assert gone == []


def test_every_pack_is_for_kinds_of_units_that_setup_offers(every: Gathered) -> None:
    asked = {unit for layer in every.book.layers for unit in layer.units}
    named = {unit.key for one in every.organisations for unit in one.units}
    assert asked - set(UNIT_KINDS) - named == set()


@pytest.mark.parametrize("folder", sorted(ROOT.glob("plugins/*/")), ids=lambda one: one.name)
def test_every_pack_says_in_two_languages_what_it_does_and_what_is_not_in_it(folder: Path) -> None:
    """Issue 4.1: version, what it does, for which rows, what is not in it, what has changed."""
    norsk, _, english = (folder / "README.md").read_text(encoding="utf-8").partition("**English.**")
    assert ("**Norsk.**" in norsk, "**Ikke med:**" in norsk) == (True, True)
    assert "**Not in it:**" in english
    assert (folder / "CHANGELOG.md").read_text(encoding="utf-8").startswith("# ")
    name = folder.name.removeprefix("bindeledd-")
    assert f'"{name}"' in norsk + english, "how it is switched on"
    (point,) = [one for one in installed() if one.name == name]
    rows = {said.row for said in pack_said(point)}
    assert {row for row in rows if row.startswith("S-") and row not in norsk} == set()


def test_every_number_of_a_person_that_a_page_shows_is_taken_and_is_nobodys() -> None:
    pages = [page.read_text("utf-8") for page in ROOT.glob("docs/*.md")]
    shown = {number for page in pages for number in re.findall(r"[\"`]([0-9]{11})[\"`]", page)}
    assert shown
    assert [n for n in shown if not stated("FNR", n, allow_synthetic=True).synthetic] == []
