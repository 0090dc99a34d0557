"""An answer that a pack takes with words only is refused without them by every door, and owed still."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service import upgrading
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from doors import a_door, an_app
from features.casefile.following import World
from visitors import a_visitor, text_of

PACK = "kommune-veileder"
BOTH = [
    pytest.param("pathway_2", {"kv_referred": "not_wanted"}, "referred", id="s028"),
    pytest.param("pathway_1", {"kv_conferred": "not_with_reason"}, "conferred", id="s029"),
]
both = pytest.mark.parametrize(("pathway", "no", "task"), BOTH)


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    """A case that a municipality has taken over, and that follows its guide."""
    made = World(fresh_database, tmp_path)
    made.app = an_app(fresh_database, tmp_path, [PACK])
    made.anna = a_visitor(made.app, fresh_database, made.site.anna)
    book, at = gather([PACK]).book, clock.now()
    with made.database.transaction() as session:
        to = upgrading.target(
            session,
            made.site.tenant,
            pathway_id="national.after-attempt",
            version="2026.1",
            book=book,
        )
        said = {"reason": "Rutinen gjelder nå", "by": made.site.berit, "at": at}
        assert upgrading.upgrade_case(session, made.case, to, **said) is not None
        taken = {"taken_over_by": "municipality"}
        new = [NewEvent(kind=EventKind.HANDOVER_ACCEPTED, at=at, facts=taken)]
        cases.record(session, made.case, new, by=made.site.anna, at=at, book=book)
    return made


def found(world: World, pathway: str) -> None:
    """Something was found in this pathway: somebody has to refer, or to talk it over."""
    for facts in ({"kv_pathway": pathway, "kv_mapped_before": "no"}, {"kv_finding": "found"}):
        assert world.anna.post(world.path("say/answered"), facts).status_code == 303


def owed(world: World, step: str) -> list[TaskRow]:
    """What this step of the guide still owes."""
    asked = [one for one in world.all(TaskRow) if one.step_key == f"{PACK}.{step}"]
    return [one for one in asked if one.state == "open"]


@both
def test_s028_s029_on_the_page_no_is_refused_without_a_word_of_why(
    world: World, pathway: str, no: dict[str, str], task: str
) -> None:
    found(world, pathway)

    told = world.anna.post(world.path("say/answered"), {**no, "words": "  "})

    assert (told.status_code, len(owed(world, task))) == (422, 1)


def test_s028_what_was_chosen_stays_and_the_page_says_what_is_needed(world: World) -> None:
    found(world, "pathway_2")

    told = world.anna.post(world.path("say/answered"), {"kv_referred": "not_wanted"})

    chosen = next(line for line in told.text.split("<input") if 'value="not_wanted"' in line)
    assert " checked" in chosen
    assert "Skriv i merknaden det som svaret ber om" in text_of(told)


@both
def test_s028_s029_with_words_it_is_saved_and_nothing_is_owed(
    world: World, pathway: str, no: dict[str, str], task: str
) -> None:
    found(world, pathway)

    told = world.anna.post(world.path("say/answered"), {**no, "words": "Går hos psykolog."})

    assert (told.status_code, owed(world, task)) == (303, [])


@both
def test_s028_s029_over_http_it_is_refused_and_names_the_field_of_the_words(
    world: World, pathway: str, no: dict[str, str], task: str
) -> None:
    found(world, pathway)
    door = a_door(world.app, world.database, world.site.anna)

    told = door("POST", f"/cases/{world.case}/events", {"kind": "answered", "facts": no})

    assert told.status_code == 422
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:case.answer_in_words"
    assert told.json["facts"] == {"fact": "words", "asked": next(iter(no))}
    assert len(owed(world, task)) == 1


def test_s028_over_http_it_is_saved_with_words(world: World) -> None:
    found(world, "pathway_2")
    door = a_door(world.app, world.database, world.site.anna)
    said = {"kind": "answered", "facts": {"kv_referred": "not_wanted"}, "words": "Vil ikke"}

    assert door("POST", f"/cases/{world.case}/events", said).status_code == 201


def test_what_needs_no_words_is_saved_without_them(world: World) -> None:
    found(world, "pathway_2")

    told = world.anna.post(world.path("say/answered"), {"kv_referred": "sent"})

    assert (told.status_code, owed(world, "referred")) == (303, [])


def test_an_answer_that_comes_without_words_from_elsewhere_is_not_lost(world: World) -> None:
    found(world, "pathway_2")
    at = clock.now()
    new = [NewEvent(kind=EventKind.ANSWERED, at=at, facts={"kv_referred": "not_wanted"})]

    with world.database.transaction() as session:
        told = {"by": world.site.anna, "at": at, "book": gather([PACK]).book}
        cases.record(session, world.case, new, **told)

    assert "Nei, personen ønsker det ikke" in text_of(world.anna.get(world.path()))


def test_the_page_says_beforehand_that_some_answers_need_a_note(world: World) -> None:
    page = text_of(world.anna.get(world.path(f"say/answered?of={PACK}.referred")))

    assert "Noen av svarene over lagres bare med en merknad" in page


# --- beside the plan ------------------------------------------------------------------------------


@pytest.fixture
def planned(fresh_database: Database, tmp_path: Path) -> World:
    """A case that follows a layer which asks beside the plan."""
    made = World(fresh_database, tmp_path)
    made.app = an_app(fresh_database, tmp_path, ["helse-sor-ost"])
    made.anna = a_visitor(made.app, fresh_database, made.site.anna)
    return made


PLAN = {"base": "0", "person": "yes", "section_wishes": "Ro"}


def test_s048_beside_the_plan_too_it_is_refused_without_words(planned: World) -> None:
    said = {**PLAN, "hso_municipal_measure": "none_needed"}

    told = planned.anna.post(planned.path("plan/write"), said)

    assert told.status_code == 422
    assert "lagres bare med ord: Har planen tiltak i kommunen?" in text_of(told)
    assert "plan_offered" not in planned.kinds()


def test_s048_and_is_saved_with_them(planned: World) -> None:
    said = {**PLAN, "hso_municipal_measure": "none_needed", "words": "Har alt på plass."}

    assert planned.anna.post(planned.path("plan/write"), said).status_code == 303
    assert "Har alt på plass." in text_of(planned.anna.get(planned.path()))


def test_s048_over_http_the_plan_has_a_note_for_it(planned: World) -> None:
    door = a_door(planned.app, planned.database, planned.site.anna)
    body = {"base": 0, "person": True, "facts": {"hso_municipal_measure": "none_needed"}}
    body["sections"] = {"wishes": "Ro"}
    path = f"/cases/{planned.case}/plan/versions"

    refused = door("POST", path, body)
    saved = door("POST", path, {**body, "note": "Har alt på plass."})

    assert (refused.status_code, saved.status_code) == (422, 201)
