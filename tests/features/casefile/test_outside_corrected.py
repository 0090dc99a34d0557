"""A wrong answer of a receiver outside, put right page by page and over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.cases.tables import EventRow
from bindeledd.foundation.texts import refusal_text, t
from doors import a_door
from features.casefile.following import World
from features.casefile.test_outside import asked, both, dialect, handover, world
from visitors import text_of

__all__ = ["dialect", "world"]


@pytest.fixture
def page(world: World) -> str:
    """The page that corrects the yes of a receiver."""
    asked(world, first_at=world.at + timedelta(days=2))
    return world.path(f"handover/outside/answer/{handover(world).id}/correct")


def told(world: World) -> EventRow:
    return world.event("handover_accepted")


@both
def test_the_page_of_the_mistake_leads_to_where_the_answer_is_corrected(
    world: World, page: str
) -> None:
    mistake = world.anna.get(world.path(f"events/{told(world).id}/mistake"))

    assert f'href="{page}"' in mistake.text
    assert f'href="{page}"' in world.anna.get(world.path("mistakes")).text
    assert f'href="{page}"' in world.anna.get(world.path("handover/outside/answer")).text
    assert "Sara" in text_of(world.anna.get(page))


@both
def test_the_task_that_asks_whether_they_met_leads_to_the_correction(
    world: World, page: str
) -> None:
    [task] = world.open("ask_whether_met")

    assert f'href="{page}"' in world.anna.get(world.path(f"tasks/{task.id}")).text


@both
def test_an_answer_that_was_wrong_waits_again(world: World, page: str) -> None:
    for wrong in ({"why": "Feil person"}, {"instead": "waits"}):
        assert world.anna.post(page, wrong).status_code == 422
    done = world.anna.post(page, {"instead": "waits", "why": "Feil person"})

    assert done.status_code == 303
    assert handover(world).state == "sent"
    assert told(world).in_error_at is not None
    assert len(world.open("follow_up_handover")) == 1
    assert "Feil person" in text_of(world.anna.get(world.path()))
    again = world.anna.post(page, {"instead": "waits", "why": "Feil person"})
    assert again.status_code == 409


@both
def test_an_answer_that_they_take_back_is_returned_by_whoever_said_so(
    world: World, page: str
) -> None:
    no = {"instead": "returned", "why": "Har ikke plass", "how": "phone"}
    assert world.anna.post(page, {**no, "how": ""}).status_code == 422
    without = world.anna.post(page, no)
    assert (without.status_code, 'id="who-error"' in without.text) == (422, True)
    assert handover(world).state == "accepted"
    assert world.anna.post(page, {**no, "who": "Sara, leder"}).status_code == 303

    assert handover(world).state == "returned"
    assert world.open("name_receiver")


@both
def test_another_team_finds_no_answer_to_correct(world: World, page: str) -> None:
    assert world.carl.get(page).status_code == 404
    assert world.carl.post(page, {"instead": "waits", "why": "Feil"}).status_code == 404


@both
def test_an_answer_is_corrected_over_http_too(world: World, page: str) -> None:
    anna = a_door(world.app, world.database, world.site.anna)
    at = f"/handovers/{handover(world).id}/answers"
    accepts = {"action": "accept", "how": "phone", "who": "Sara"}
    first = {"first_at": (world.at + timedelta(days=3)).isoformat()}
    refused = anna("POST", at, {**accepts, **first})
    assert refused.json["type"].endswith("handover.action_refused")
    assert anna("POST", f"{at}/corrected", {}).status_code == 422
    done = anna("POST", f"{at}/corrected", {"why": "De mente en annen dag"})

    assert done.json["handover"]["state"] == "sent"
    again = anna("POST", at, {**accepts, **first})
    assert again.json["handover"]["state"] == "accepted"
    no = {"why": "Ringte tilbake", "returned": True, "how": "phone", "who": "Sara"}
    assert anna("POST", f"{at}/corrected", no).json["handover"]["state"] == "returned"


def test_whoever_answers_twice_reads_what_is_wrong_where_it_stands_and_what_to_do() -> None:
    said = refusal_text("handover.action_refused")

    assert said.startswith("Dette ble ikke lagret")
    assert t("casefile.page.handovers") in said
    assert t("casefile.outside.correct") in said
