"""After a contact: the next attempt is proposed and taken by one press, and a slip is undone at once."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.contacts.service import register_contact
from bindeledd.foundation.db import Database
from builders import a_book
from features.casefile.following import World, in_days
from visitors import EITHER, Visitor, text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def register(world: World, who: Visitor, outcome: str, **fields: object) -> str:
    """Where it leads to."""
    done = who.post(world.path("contact"), {"outcome": outcome, **fields})
    assert done.status_code == 303, text_of(done)
    return done.headers["Location"]


def hidden(page: str, action: str) -> dict[str, object]:
    """The hidden fields of the form that is sent to `action`."""
    form = page[page.index(f'action="{action}"') :].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def undo(world: World, who: Visitor) -> int:
    page = world.anna.get(world.path()).text
    sent = hidden(page, world.path("contact/undone"))
    return who.post(world.path("contact/undone"), sent).status_code


def test_in_place_the_panel_has_number_outcomes_and_the_numbers_for_an_emergency(
    world: World,
) -> None:
    reads = world.reads()
    part = world.anna.beside.get(world.path("contact")).text

    assert "<html" not in part
    assert 'href="tel:+4799112233"' in part
    assert 'data-key="2"' in part
    assert "113" in part
    assert world.reads() == reads + 1


def test_on_the_case_no_digit_registers_anything(world: World) -> None:
    assert not re.search(r'data-key="\d"', world.anna.get(world.path()).text)


def test_registered_in_place_it_says_what_it_did_and_what_can_be_done_now(world: World) -> None:
    beside = world.anna.beside
    to = register(world, beside, "no_answer")
    reads = world.reads()
    part = beside.get(to)

    assert to.startswith(world.path("contact/registered"))
    assert "<html" not in part.text
    for words in ("Det som gjenstod, gjenstår.", "Neste forsøk:", "Kan angres til"):
        assert words in text_of(part)
    assert world.reads() == reads + 1


def test_without_scripts_the_case_says_the_same(world: World) -> None:
    page = text_of(world.anna.get(register(world, world.anna, "no_answer")))

    assert "Neste forsøk:" in page
    assert "Kan angres til" in page


@pytest.mark.parametrize("dialect", EITHER)
def test_the_proposal_is_taken_by_one_press_and_once(world: World) -> None:
    page = world.anna.get(register(world, world.anna, "no_answer")).text
    before = {task.id for task in world.open("call_patient")}
    sent = hidden(page, world.path("contact/next"))
    taken = world.anna.post(world.path("contact/next"), sent)
    again = world.anna.post(world.path("contact/next"), {**sent, "_once": "another-one"})

    assert taken.status_code == 303
    assert "Neste forsøk er lagret" in text_of(world.anna.get(taken.headers["Location"]))
    (new,) = (one for one in world.open("call_patient") if one.id not in before)
    assert new.due_at.isoformat() == sent["due_at"]
    assert again.status_code == 409
    assert "Neste forsøk:" not in text_of(world.anna.get(world.path()))


def test_nothing_is_proposed_once_the_person_is_reached(world: World) -> None:
    page = text_of(world.anna.get(register(world, world.anna, "spoke_with_patient")))

    assert "Neste forsøk:" not in page
    assert "Kan angres til" in page


@pytest.mark.parametrize("dialect", EITHER)
def test_undone_at_once_both_stand_and_what_was_owed_is_owed_again(world: World) -> None:
    owed = len(world.open("call_patient"))
    register(world, world.anna, "spoke_with_patient")
    assert len(world.open("call_patient")) < owed
    assert undo(world, world.anna) == 303

    assert len(world.open("call_patient")) == owed
    assert world.event("reached").in_error_at is not None
    assert "marked_in_error" in world.kinds()
    assert "Angret med det samme." in text_of(world.anna.get(world.path()))


def test_what_a_contact_made_owed_falls_with_it(world: World) -> None:
    before = {task.id for task in world.open("call_patient")}
    register(world, world.anna, "no_answer", **in_days(2, on="next"))
    assert {task.id for task in world.open("call_patient")} != before
    undo(world, world.anna)

    assert {task.id for task in world.open("call_patient")} == before


def test_a_next_attempt_that_was_taken_falls_with_the_attempt_before_it(world: World) -> None:
    before = {task.id for task in world.open("call_patient")}
    page = world.anna.get(register(world, world.anna, "no_answer")).text
    world.anna.post(world.path("contact/next"), hidden(page, world.path("contact/next")))
    undo(world, world.anna)

    assert {task.id for task in world.open("call_patient")} == before


def test_another_person_undoes_nothing(world: World) -> None:
    register(world, world.anna, "no_answer")

    assert undo(world, world.berit) == 409
    assert "marked_in_error" not in world.kinds()
    assert "Kan angres til" not in text_of(world.berit.get(world.path()))


def test_after_a_minute_it_is_a_correction_and_the_refusal_says_where(world: World) -> None:
    with world.database.transaction() as session:
        register_contact(
            session,
            world.case,
            NewContact(outcome=Outcome.NO_ANSWER),
            by=world.site.anna,
            at=world.at - timedelta(minutes=2),
            book=a_book(),
        )
    event = world.event("contact_attempted").id
    late = world.anna.post(world.path("contact/undone"), {"event": str(event)})

    assert late.status_code == 409
    assert "Merk det som feil i historikken" in text_of(late)
    assert "Kan angres til" not in text_of(world.anna.get(world.path()))


def test_sent_twice_it_is_undone_once(world: World) -> None:
    register(world, world.anna, "no_answer")
    sent = hidden(world.anna.get(world.path()).text, world.path("contact/undone"))
    first, second = (world.anna.post(world.path("contact/undone"), sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert world.kinds().count("marked_in_error") == 1


def test_a_form_that_is_refused_in_place_comes_back_in_place_with_what_was_typed(
    world: World,
) -> None:
    sent = {"other": "", "outcome": "", "words": "Ringte to ganger"}
    told = world.anna.beside.post(world.path("contact"), sent)

    assert told.status_code == 422
    assert "<html" not in told.text
    assert "Ringte to ganger" in told.text
