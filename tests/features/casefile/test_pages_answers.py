"""A task of a pack that asks something is answered on one page, and the answer does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.telling import NothingAnswered
from bindeledd.features.cases.service import saying, upgrading
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.spelling import written
from bindeledd.foundation.texts import said_of
from bindeledd.plugin.loading import gather
from doors import a_door, an_app
from features.casefile.following import World
from plugin.packs import DATA, a_shelf
from visitors import a_visitor, text_of

PACK = "barn-som-parorende"
NEEDS, TALK = "Er det avklart hva barna trenger", "Hva ble det av samtalen med barnet?"


def following(made: World, home: Path, pack: str) -> World:
    """The same case, in an app with the pack, as a case that follows it."""
    made.app = an_app(made.database, home, [pack])
    made.anna = a_visitor(made.app, made.database, made.site.anna)
    with made.database.transaction() as session:
        to = upgrading.target(
            session,
            made.site.tenant,
            pathway_id="national.after-attempt",
            version="2026.1",
            book=gather([pack]).book,
        )
        said = {"reason": "Rutinen gjelder nå", "by": made.site.berit, "at": clock.now()}
        assert upgrading.upgrade_case(session, made.case, to, **said) is not None
    return made


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    """A case that follows the pack, whose person has answered that there are minor children."""
    made = following(World(fresh_database, tmp_path), tmp_path, PACK)
    asked = made.anna.post(
        made.path("children"), {"children_number": "1", "siblings_number": "0", "told": "no"}
    )
    assert asked.status_code == 303, text_of(asked)
    return made


def layer_title() -> Mapping[str, str]:
    """What the layer of the pack is called."""
    return next(one.title for one in gather([PACK]).book.layers if one.id.startswith(PACK))


def test_the_page_of_a_tasks_question_is_called_as_the_task(world: World) -> None:
    page = world.anna.get(world.path(f"say/answered?of={PACK}.needs")).text
    assert re.findall(r"<h1[^>]*>\s*([^<]*?)\s*</h1>", page) == ["Avklart hva barna trenger"]
    assert page.count("Avklart hva barna trenger") == 2  # the browser's title and the heading


def test_the_page_of_every_question_has_a_name_of_its_own(world: World) -> None:
    page = world.anna.get(world.path("say/answered")).text
    assert re.findall(r"<h1[^>]*>\s*([^<]*?)\s*</h1>", page) == ["Svar på det rutinen spør om"]


def test_the_task_leads_to_its_own_questions_and_to_no_others(world: World) -> None:
    case = world.anna.get(world.path()).text
    assert f"say/answered?of={PACK}.needs" in case
    page = text_of(world.anna.get(world.path(f"say/answered?of={PACK}.needs")))
    assert "Avklart hva barna trenger" in page
    assert NEEDS in page
    assert TALK not in page
    every = text_of(world.anna.get(world.path("say/answered")))
    assert NEEDS in every
    assert TALK in every


def test_what_is_owed_now_stands_first_and_the_rest_is_folded_under_who_asks_it(
    world: World,
) -> None:
    world.anna.post(world.path("say/answered"), {"barn_needs": "clarified"})

    first, _, folded = world.anna.get(world.path("say/answered")).text.partition("<details")
    assert "Spurt om nå" in first
    assert (TALK in first, NEEDS in first) == (True, False)
    assert (TALK in folded, NEEDS in folded) == (False, True)
    assert said_of(layer_title()) in folded


def test_no_question_is_left_out_where_some_are_folded(world: World) -> None:
    world.anna.post(world.path("say/answered"), {"barn_needs": "clarified"})
    page = world.anna.get(world.path("say/answered")).text
    every = gather([PACK]).book.asked_with("answered", None)
    assert {page.count(f'<fieldset id="{own.key}"') for own in every} == {1}


def test_what_was_answered_behind_a_heading_stays_open_where_it_is_refused(world: World) -> None:
    world.anna.post(world.path("say/answered"), {"barn_needs": "clarified"})
    closed = world.anna.get(world.path("say/answered")).text
    said = {"barn_needs": "clarified", "happened_on": "2199-01-01"}
    refused = world.anna.post(world.path("say/answered"), said)

    assert '<details class="more">' in closed
    assert '<details class="more" open>' in refused.text


def test_the_answer_does_the_task_and_stands_in_the_history(world: World) -> None:
    said = {"barn_needs": "clarified", "words": "Tante følger dem.", "of": f"{PACK}.needs"}
    assert world.anna.post(world.path("say/answered"), said).status_code == 303
    assert world.open("care_for_children") == []
    assert world.open("talk_with_child")
    assert world.event("answered").facts == {"barn_needs": "clarified"}
    case = text_of(world.anna.get(world.path()))
    assert "Ja, avklart og fulgt opp" in case
    assert "Tante følger dem." in case


def test_who_answers_nothing_is_told_and_keeps_the_question(world: World) -> None:
    empty = world.anna.post(world.path("say/answered"), {"words": "Ord", "of": f"{PACK}.needs"})
    assert empty.status_code == 422
    page = text_of(empty)
    assert "Ingenting er besvart" in page
    assert TALK not in page
    assert world.open("care_for_children")


def test_an_answer_without_an_answer_is_refused_by_every_door(world: World) -> None:
    said = {"by": world.site.anna, "at": clock.now(), "book": gather([PACK]).book}
    with world.database.transaction() as session, pytest.raises(NothingAnswered):
        saying.tell(session, world.case, EventKind.ANSWERED, **said)


@pytest.mark.parametrize("kind", ["answered", "children_asked"])
def test_an_answer_that_there_is_not_is_refused_over_http_with_those_that_there_are(
    world: World, kind: str
) -> None:
    door = a_door(world.app, world.database, world.site.anna)
    said = {"kind": kind, "facts": {"barn_needs": "clarify"}}
    told = door("POST", f"/cases/{world.case}/events", said)
    assert told.status_code == 422, told.text
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:case.answer_not_listed"
    assert told.json["facts"]["fact"] == "barn_needs"
    assert "clarified" in told.json["facts"]["answers"]
    assert world.open("care_for_children")
    said = {"kind": "answered", "facts": {"barn_needs": "clarified"}}
    assert door("POST", f"/cases/{world.case}/events", said).status_code == 201
    assert world.open("care_for_children") == []


def test_where_no_routine_asks_nothing_invites_to_answer(
    fresh_database: Database, tmp_path: Path
) -> None:
    plain = World(fresh_database, tmp_path)
    assert "say/answered" not in plain.anna.get(plain.path()).text
    page = text_of(plain.anna.get(plain.path("say/answered")))
    assert "Ingen spørsmål i denne rutinen venter på svar her." in page


# --- before the window opens ------------------------------------------------------------------------

AGAIN = f"{PACK}.conversation-again"
NOT_NOW = {"barn_conversation": "not_now", "barn_interpreter": "not_needed"}
NO = {"barn_conversation": "declined", "barn_interpreter": "not_needed"}


def test_a_no_after_not_now_ends_the_question_and_stands_as_its_reason(world: World) -> None:
    assert world.anna.post(world.path("say/answered"), NOT_NOW).status_code == 303
    (task,) = [one for one in world.open("talk_with_child") if one.step_key == AGAIN]
    answer = world.anna.post(world.path("say/answered"), {**NO, "of": AGAIN})
    assert "står fortsatt" not in text_of(world.anna.get(answer.headers["Location"]))
    assert AGAIN not in {one.step_key for one in world.open("talk_with_child")}
    (ended,) = [one for one in world.all(TaskRow) if one.id == task.id]
    answered = [one.id for one in world.all(EventRow) if one.kind == "answered"]
    assert ended.state == "done"
    assert ended.ended_by_event_id in answered
    assert ended.ended_by_event_id != task.anchor_event_id


LOOKED_AT = "looked-at.later"
ASKED = """
    [[field]]
    key = "looked_first"
    label = { nb = "Er det avtalt?", en = "Is it agreed?" }
    asked_with = ["answered"]
    used_by = ["looked-at.later"]
    option = [
        { value = "yes", label = { nb = "Ja", en = "Yes" } },
        { value = "no", label = { nb = "Nei", en = "No" } },
    ]

    [[field]]
    key = "looked_later"
    label = { nb = "Holder avtalen?", en = "Does it hold?" }
    asked_with = ["answered"]
    used_by = ["looked-at.later"]
    option = [
        { value = "yes", label = { nb = "Ja", en = "Yes" } },
        { value = "no", label = { nb = "Nei", en = "No" } },
    ]
"""
LOOKS = """
    id = "looked-at.routine"
    version = "1"
    extends = "national.after-attempt"
    level = "unit"
    [title]
    nb = "Avtalen"
    en = "The agreement"
    [task.look_later]
    title = { nb = "Se på avtalen", en = "Look at the agreement" }
    [[step]]
    key = "looked-at.later"
    task = "look_later"
    after = "answered"
    given = { looked_first = ["yes"] }
    due = { from = "P7D", to = "P14D" }
    satisfied_by = ["answered"]
    evidence = { looked_later = ["yes"] }
    contact = false
    basis = { kind = "local", source = "Egen rutine" }
"""
HOLDS = {"looked_later": "yes"}


@pytest.fixture
def looked_at(tmp_path: Path, fresh_database: Database) -> Iterator[World]:
    """A case that follows a pack by which what was agreed is looked at in a window of its own."""
    for shelf in a_shelf(tmp_path / "shelf"):
        shelf.put("looked-at", DATA, files={"fields.toml": ASKED, "pathways/it.toml": LOOKS})
        yield following(World(fresh_database, tmp_path), tmp_path, "looked-at")


def looked_at_later(world: World) -> TaskRow:
    """A task whose window is not open yet, that asks something else than what made it owed."""
    assert world.anna.post(world.path("say/answered"), {"looked_first": "yes"}).status_code == 303
    (task,) = world.open("look_later")
    return task


def test_an_answer_before_the_window_opens_is_told_with_when_it_does(looked_at: World) -> None:
    world, task = looked_at, looked_at_later(looked_at)
    answer = world.anna.post(world.path("say/answered"), {**HOLDS, "of": LOOKED_AT})
    assert answer.status_code == 303
    page = text_of(world.anna.get(answer.headers["Location"]))
    assert "Lagret. En oppgave som svaret hører til, står fortsatt" in page
    assert task.window_from is not None
    why = f"kan først gjøres fra {written(task.window_from)}"
    assert why in page
    assert why in text_of(world.anna.get(world.path(f"tasks/{task.id}")))


def test_an_answer_before_the_window_opens_says_so_over_http(looked_at: World) -> None:
    world, task = looked_at, looked_at_later(looked_at)
    door = a_door(world.app, world.database, world.site.anna)
    told = door("POST", f"/cases/{world.case}/events", {"kind": "answered", "facts": HOLDS}).json
    assert told is not None
    (early,) = told["early"]
    assert early["task_id"] == str(task.id)
    assert early["event_id"] == told["events"][0]["id"]
    assert datetime.fromisoformat(early["window_from"]) == task.window_from
    shown = door("GET", f"/cases/{world.case}/file").json
    assert shown is not None
    whys = [one["early"] for one in shown["owed"] if one["task"]["id"] == str(task.id)]
    assert [why["code"] for why in whys] == ["early"]


def test_an_answer_that_does_its_task_says_nothing_of_a_window(world: World) -> None:
    door = a_door(world.app, world.database, world.site.anna)
    said = {"kind": "answered", "facts": {"barn_needs": "clarified"}}
    told = door("POST", f"/cases/{world.case}/events", said).json
    assert told is not None
    assert told["early"] == []
    answer = world.anna.post(world.path("say/answered"), NO)
    assert "hører til, står fortsatt" not in text_of(world.anna.get(answer.headers["Location"]))
