"""The pages of the plan: written, read, two who write at once, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bindeledd.foundation.db import Database
from features.casefile.following import World
from visitors import EITHER, Visitor, text_of

PER = {"what_0": "Ringer tirsdag", "whose_0": "municipality", "owner_0": "Per i teamet"}


@pytest.fixture
def dialect() -> str:
    return "sqlite"


both = pytest.mark.parametrize("dialect", EITHER)


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def writes(world: World, who: Visitor | None = None, *, base: int = 0, **own: str) -> str:
    """Save the plan; the page after it."""
    fields = {"base": str(base), **{"person": "yes", **own}}
    answer = (who or world.anna).post(world.path("plan/write"), dict(fields))
    assert answer.status_code == 303, text_of(answer)
    return text_of((who or world.anna).get(answer.headers["Location"]))


@both
def test_s075_s076_the_plan_is_written_and_stands_on_the_case_with_what_is_missing(
    world: World,
) -> None:
    assert "Skriv planen" in text_of(world.anna.get(world.path()))

    page = writes(
        world, section_wishes="Å komme tilbake på jobb", relatives="none_available", **PER
    )

    assert "Å komme tilbake på jobb" in page
    assert "Ringer tirsdag" in page
    case = text_of(world.anna.get(world.path()))
    assert "Ikke skrevet ennå: Tidlige tegn på at det blir verre" in case
    assert "Hva pårørende kan bidra med" not in case.partition("Ikke skrevet ennå")[2][:400]
    assert "plan_offered" in world.kinds()


def test_s078_the_part_of_the_relatives_is_shut_and_says_why(world: World) -> None:
    page = text_of(world.anna.get(world.path("plan/write")))

    assert "Låst: ingen pårørende kan få vite om planen uten samtykke." in page
    answer = world.anna.post(
        world.path("plan/write"),
        {"base": "0", "person": "yes", "section_relatives": "Mor", "section_wishes": "Ro"},
    )
    assert answer.status_code == 409
    assert "Ro" in text_of(answer)
    assert "plan_offered" not in world.kinds()


def test_who_made_it_is_said_anew_for_each_version_and_nothing_typed_is_lost(world: World) -> None:
    answer = world.anna.post(world.path("plan/write"), {"base": "0", "section_wishes": "Ro & tid"})

    assert answer.status_code == 422
    assert "Ro &amp; tid" in answer.text
    assert "Velg ja eller nei." in text_of(answer)


@both
def test_two_who_write_at_once_lose_nothing(world: World) -> None:
    writes(world, section_wishes="Ro", section_not_wanted="Tvang", **PER)
    theirs = {"section_wishes": "Ro", "section_not_wanted": "Tvang og venting"}
    writes(world, world.berit, base=1, **theirs, section_what_helps="Gå tur", **PER)

    mine = {"section_wishes": "Ro og tid", "section_not_wanted": "Tvang og lenge alene"}
    answer = world.anna.post(
        world.path("plan/write"),
        {"base": "1", "person": "yes", **mine, "section_what_helps": "", **PER},
    )

    page = answer.text
    assert answer.status_code == 409
    assert _field(page, "section_wishes") == "Ro og tid", "only mine: as typed"
    assert _field(page, "section_what_helps") == "Gå tur", "only theirs: taken over"
    assert _field(page, "section_not_wanted") == "Tvang og lenge alene"
    assert "Tvang og venting" in text_of(answer), "both: the other stands beside it"
    assert 'name="base" value="2"' in page
    after = writes(world, base=2, **mine, section_what_helps="Gå tur", **PER)
    assert "Tvang og lenge alene" in after


@both
def test_two_who_write_at_once_lose_nothing_of_who_took_part(world: World) -> None:
    writes(world, section_wishes="Ro")
    assert "checked" not in world.anna.get(world.path("plan/write")).text, "nobody has answered"
    theirs = {"relatives": "refused_by_patient", "service_trust": "yes"}
    writes(world, world.berit, base=1, section_wishes="Ro", **theirs)
    write = world.path("plan/write")

    mine = {"base": "1", "person": "yes", "section_wishes": "Ro og tid", "service_other": "yes"}
    for unsaid in ({}, {"relatives": "not_asked"}):
        page = world.anna.post(write, {**mine, **unsaid}).text
        assert _ticked(page) == {"yes", "refused_by_patient", "service_trust", "service_other"}
        assert 'class="there"' not in page

    both_said = world.anna.post(write, {**mine, "relatives": "none_available"})
    assert "none_available" in _ticked(both_said.text)
    assert "Nei, personen ønsket det ikke" in _there(both_said.text)


def test_what_a_version_says_of_who_took_part_stands_in_the_next_and_is_compared(
    world: World,
) -> None:
    writes(world, section_wishes="Ro", relatives="refused_by_patient")
    assert _ticked(world.anna.get(world.path("plan/write")).text) == {"refused_by_patient"}

    again = {"relatives": "none_available", "service_trust": "yes"}
    writes(world, base=1, section_wishes="Ro", **again)
    same, page = "plan/1", text_of(world.anna.get(world.path("plan/2")))
    told = " ".join(page.partition("Hvem laget planen")[2].split())
    assert told.startswith("Endret Før Laget sammen med personen")
    assert told.index("Nei, personen ønsket det ikke") < told.index("Det er ingen")
    assert "Hvem laget planen" not in text_of(world.anna.get(world.path(same)))


def _ticked(page: str) -> set[str]:
    """What is chosen in the form: the value of a choice, the name of a tick."""
    found = re.findall(
        r'<input[^>]* type="(radio|checkbox)" name="(\w+)" value="(\w+)" checked', page
    )
    return {value if kind == "radio" else name for kind, name, value in found}


def _there(page: str) -> str:
    found = re.search(r'<div class="there".*?</div>', page, re.S)
    assert found is not None
    return found[0]


def _field(page: str, name: str) -> str:
    found = re.search(rf'<textarea[^>]* id="{name}"[^>]*>(.*?)</textarea>', page, re.S)
    assert found is not None, name
    return found[1]


def test_a_plan_that_the_person_did_not_take_part_in_is_nowhere_said_to_be_made_together(
    world: World,
) -> None:
    page = writes(world, section_wishes="Ro", person="no")
    event = world.event("plan_offered").id

    for text in (
        page,
        text_of(world.anna.get(world.path())),
        text_of(world.anna.get(f"/epj/{event}")),
    ):
        assert "Laget sammen med personen" not in text
        assert "Personen var ikke med på å lage den" in text


def test_an_older_version_is_read_with_what_changed_in_the_next(world: World) -> None:
    writes(world, section_wishes="Ro", section_not_wanted="Tvang")
    writes(world, base=1, section_wishes="Ro", section_not_wanted="Tvang og venting")

    first, second = (text_of(world.anna.get(world.path(f"plan/{n}"))) for n in (1, 2))

    assert "Den første utgaven." in first
    assert "Sammenlignet med utgave 1." in second
    assert "Endret" in second
    assert "Før Tvang I denne utgaven Tvang og venting" in " ".join(second.split())


def test_the_plan_goes_home_on_paper_and_the_name_of_the_file_says_nothing(world: World) -> None:
    writes(world, section_wishes="Ro")

    answer = world.anna.post(world.path("plan/1/pdf"))

    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert re.search(r'filename="plan-\d{8}-\d{4}\.pdf"', answer.headers["Content-Disposition"])
    assert world.acts().count("plan.shown") == 2, "the page after saving, and the paper"


def test_s247_the_page_says_whether_it_stands_in_the_record(world: World) -> None:
    writes(world, section_wishes="Ro")
    event = world.event("plan_offered").id
    assert "Notatet er ikke ført i journalen ennå." in text_of(world.anna.get(world.path("plan")))

    world.anna.post(f"/epj/{event}", {"entered": "yes"})

    assert "Notatet er ført i journalen." in text_of(world.anna.get(world.path("plan")))


def test_whoever_may_not_see_the_follow_up_gets_no_page_of_its_plan(world: World) -> None:
    writes(world, section_wishes="Ro")
    before = world.reads()

    for page in ("plan", "plan/write", "plan/1"):
        assert world.carl.get(world.path(page)).status_code == 404
    assert world.carl.post(world.path("plan/1/pdf")).status_code == 404
    assert world.reads() == before


def test_a_version_that_there_is_not_is_not_found(world: World) -> None:
    assert "Ikke skrevet ennå." in text_of(world.anna.get(world.path("plan")))
    assert world.anna.get(world.path("plan/7")).status_code == 404


def test_a_reported_death_keeps_the_paper_in_the_house(world: World) -> None:
    writes(world, section_wishes="Ro")
    world.anna.post(world.path("death"), {"step": "reported", "words": "Søsteren ringte."})

    answer = world.anna.post(world.path("plan/1/pdf"))

    assert answer.status_code == 409
    assert "message_held" in world.kinds()
    page = text_of(world.anna.get(world.path("plan")))
    assert "Ro" in page
    assert "Skriv ut (PDF)" not in page


def test_what_the_paper_of_a_plan_has_no_letters_for_is_said_before_it_is_printed(
    world: World,
) -> None:
    page = writes(world, section_wishes="Ring أحمد 40000001")

    assert "Noen tegn kan ikke skrives ut" in page
    assert "أ ح م د" in page
