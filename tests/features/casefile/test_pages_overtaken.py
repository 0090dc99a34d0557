"""A form that somebody else overtook comes back with the words still in it."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest

from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import SECRET, left_out
from features.casefile.following import World, in_days
from visitors import EITHER, text_of

both = pytest.mark.parametrize("dialect", EITHER)
WORDS = "Snakket med søsteren, hun ringer i morgen."
TEMPLATES = Path(__file__).parents[3] / "core" / "bindeledd"


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def a_task_of_ones_own(world: World) -> str:
    said = {"kind": "free", "words": "Ring fastlegen", **in_days(2)}
    assert world.anna.post(world.path("tasks/new"), said).status_code == 303
    [task] = world.open("free")
    return world.path(f"tasks/{task.id}")


@both
@pytest.mark.parametrize("act", ["done", "move"])
def test_words_about_a_task_that_somebody_else_has_done_come_back(world: World, act: str) -> None:
    task = a_task_of_ones_own(world)
    assert world.berit.post(f"{task}/done", {"done": "Gjort av Berit"}).status_code == 303
    said = {"done": {"done": WORDS}, "move": {"words": WORDS, "way": "later", **in_days(5)}}[act]

    late = world.anna.post(f"{task}/{act}", said)

    assert late.status_code == 409
    assert WORDS in late.text
    assert "Dette er ikke lagret" in text_of(late)


def test_a_page_that_still_has_the_field_says_the_words_once(world: World) -> None:
    task = a_task_of_ones_own(world)

    page = world.anna.post(f"{task}/move", {"words": WORDS, "way": "later"})

    assert (page.status_code, page.text.count(WORDS)) == (422, 1)


def test_every_form_of_a_case_that_went_out_of_sight_gives_the_words_back(world: World) -> None:
    ids = {"case_id": world.case, "kind": "risk_assessed"}
    rules = [
        rule
        for rule in world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and str(rule).startswith("/cases/<uuid:case_id>")
    ]
    assert len(rules) > 20
    silent = []
    for rule in rules:
        names = re.findall(r"<(?:\w+:)?(\w+)>", str(rule))
        path = str(rule)
        for name in names:
            path = re.sub(rf"<(\w+:)?{name}>", str(ids.get(name, uuid4())), path)
        answer = world.carl.post(path, {"words": WORDS})
        if WORDS not in answer.text:
            silent.append(f"{rule} {answer.status_code}")

    assert silent == []


def test_the_same_form_with_other_words_gives_them_back(world: World) -> None:
    page = world.path("say/risk_assessed")
    first = world.anna.post(page, {"words": "Vurdert.", "_once": "en-gang"})
    assert first.status_code == 303

    other = world.anna.post(page, {"words": WORDS, "_once": "en-gang"})

    assert other.status_code == 422
    assert WORDS in other.text
    assert "Gå tilbake" not in text_of(other)


def test_no_field_for_a_secret_is_ever_shown_again() -> None:
    found = set()
    for one in TEMPLATES.rglob("*.html"):
        found |= set(re.findall(r'ui\.field\("(\w+)"[^}]*type="password"', one.read_text("utf-8")))

    assert found
    assert found <= SECRET
    assert left_out(dict.fromkeys(found, "Hemmelig ord!")) == []
