"""The pages of somebody whose death is reported or confirmed: nothing on them invites contact."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.relatives.tables import RelativeRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.spelling import telephone
from builders import a_book, a_task_row
from features.casefile.following import NAME, PHONE, World, day_in
from visitors import EITHER, Visitor, text_of

both = pytest.mark.parametrize("dialect", EITHER)
INVITES = (
    "Kan vi ta kontakt",
    "Registrer svar",
    "Før hjemreise",
    "Gikk før vurdering",
    "Spør om pårørende",
    "Spør om barn",
)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def sends(world: World, page: str, fields: dict[str, str], who: Visitor | None = None) -> str:
    """Send the form; the case, with its notice."""
    answer = (who or world.anna).post(world.path(page), fields)
    assert answer.status_code == 303, text_of(answer)
    return text_of((who or world.anna).get(answer.headers["Location"]))


def dies(world: World) -> None:
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    sends(world, "death", {"step": "confirmed", "words": "Folkeregisteret."}, world.berit)


def test_the_page_of_the_living_invites_contact(world: World) -> None:
    page = text_of(world.anna.get(world.path()))

    assert telephone(PHONE) in page
    assert [one for one in INVITES if one not in page] == []


def test_a_reported_death_leaves_no_question_to_the_person(world: World) -> None:
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    page = text_of(world.anna.get(world.path()))

    assert [one for one in INVITES if one in page] == []


def test_a_number_is_no_link_once_a_death_is_reported_and_the_page_says_why(world: World) -> None:
    assert "tel:" + PHONE in world.anna.get(world.path()).text
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    page = world.anna.get(world.path())

    assert "tel:" + PHONE not in page.text
    assert telephone(PHONE) in text_of(page)
    assert "Kontakt med personen er stanset: ring ikke" in text_of(page)


def test_the_page_of_a_report_that_was_moved_names_who_made_it_and_who_moved_it(
    world: World,
) -> None:
    facts = {"first_recorded_by": str(world.site.anna.id)}
    moved = NewEvent(kind=EventKind.DEATH_REPORTED, at=world.at, facts=facts)
    with world.database.transaction() as session:
        how = {"by": world.site.berit, "at": world.at, "book": a_book()}
        cases.record(session, world.case, [moved], **how)
    page = text_of(world.berit.get(world.path("death")))

    assert re.search(r"registrert av Anna\b.*, flyttet hit av Berit\b", page)


def test_whether_a_reported_death_is_true_is_the_first_thing_to_do(world: World) -> None:
    with world.database.transaction() as session:
        late = {"due_at": world.at - timedelta(days=2), "kind": "send_summary"}
        a_task_row(session, world.site, case=world.case, **late)
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    page = text_of(world.anna.get(world.path()))

    owed = page[page.index("Det som gjenstår") + len("Det som gjenstår") :].strip()
    assert owed.startswith("Bekreft dødsfall")


def test_nothing_invites_contact_with_the_dead(world: World) -> None:
    sends(world, "say/plan_offered", {"words": "Laget sammen."})
    assert "På plass" in text_of(world.anna.get(world.path()))
    dies(world)
    page = world.anna.get(world.path())

    assert telephone(PHONE) not in text_of(page)
    assert "tel:" + PHONE not in page.text
    assert [one for one in INVITES if one in text_of(page)] == []
    assert "Personen er død. Ingen skal ta kontakt." in text_of(page)
    assert world.path("contact") not in page.text
    assert world.path("say/risk_assessed") not in page.text
    assert world.path("say/number_verified") not in page.text
    assert "På plass" not in text_of(page), "nothing is in place for the dead"
    assert "Det stemmer ikke" in text_of(page), "it can be taken back"
    assert telephone(PHONE) not in text_of(world.anna.get(world.path("contact")))


def test_no_appointment_is_offered_once_a_death_is_reported_and_the_page_says_why(
    world: World,
) -> None:
    booked = {"starts_on": day_in(3), "starts_time": "10:00", "where": "Poliklinikken"}
    sends(world, "appointment", booked)
    [one] = world.all(AppointmentRow)
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})

    case = world.anna.get(world.path()).text
    assert world.path("say/discharged") not in case
    assert world.path("say/admitted") not in case
    page = world.anna.get(world.path("appointment"))
    assert 'name="starts_on"' not in page.text
    assert "All kontakt er stanset til det er avklart." in text_of(page)
    assert world.path(f"appointments/{one.id}") in page.text
    stands = world.anna.get(world.path(f"appointments/{one.id}")).text
    for never in ('value="give"', 'value="confirm"', 'name="starts_on"'):
        assert never not in stands
    assert 'value="cancel"' in stands


def test_nobody_is_called_not_reached_once_they_are_dead(world: World) -> None:
    assert "Ikke nådd etter utskrivning" in text_of(world.anna.get(world.path()))
    dies(world)
    assert "Ikke nådd etter utskrivning" not in text_of(world.anna.get(world.path()))


@pytest.mark.parametrize(
    ("told", "words"), [("dead", "Død"), ("died_by_suicide", "Døde i selvmord")]
)
def test_what_a_message_told_of_a_death_stands_in_words(
    world: World, told: str, words: str
) -> None:
    reported = NewEvent(
        kind=EventKind.DEATH_REPORTED,
        at=world.at,
        facts={"how_known": "message"},
        note={"outcome": told},
        source="message",
    )
    with world.database.transaction() as session:
        who = {"by": world.site.system, "at": world.at, "book": a_book()}
        cases.record(session, world.case, [reported], **who)
    page = world.anna.get(world.path())

    assert words in text_of(page)
    assert told not in text_of(page)


@both
def test_what_the_bereaved_were_offered_has_a_form_of_its_own(world: World) -> None:
    dies(world)
    page = text_of(world.anna.get(world.path()))
    assert "Tilby hjelp til de etterlatte" in page
    assert "Hjelp til etterlatte barn og søsken" in page
    form = world.anna.get(world.path("bereaved/bereaved_offered")).text
    assert "Pasienten vil vente" not in form
    empty = world.anna.post(world.path("bereaved/bereaved_offered"), {"words": "Bror"})
    assert empty.status_code == 422

    said = {"bereaved": "accepted", "words": "Broren tar imot en samtale i morgen."}
    named = {"name": "Nils Prøve", "relation": "bror"}
    page = sends(world, "bereaved/bereaved_offered", said | named)
    assert "De tar imot hjelp" in page
    assert "Nils Prøve" in page
    assert len(world.all(RelativeRow)) >= 1
    assert world.open("support_bereaved") == []
    assert len(world.open("follow_up_bereaved")) == 1

    sends(world, "bereaved/bereaved_children_offered", {"bereaved": "none", "words": "Ingen barn."})
    assert world.open("support_bereaved_children") == []


def test_the_bereaved_who_want_to_wait_choose_their_day(world: World) -> None:
    dies(world)
    page, on = world.path("bereaved/bereaved_offered"), {"offer_again_on": day_in(20)}
    now = {"bereaved": "accepted", "words": "Broren"} | on
    assert "hører til når de vil vente" in text_of(world.anna.post(page, now))
    yesterday = {"bereaved": "later", "words": "Broren", "offer_again_on": day_in(-1)}
    assert world.anna.post(page, yesterday).status_code == 422
    assert len(world.open("support_bereaved")) == 1

    said = {"bereaved": "later", "words": "Broren vil ha ro nå."} | on
    assert "Tilbys igjen" in sends(world, "bereaved/bereaved_offered", said)
    [again] = world.open("support_bereaved")
    assert again.due_at - world.at > timedelta(days=19)


def test_nobody_is_bereaved_of_the_living(world: World) -> None:
    page = world.path("bereaved/bereaved_offered")
    assert world.anna.get(page).status_code == 404
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    assert world.anna.get(page).status_code == 404
    said = {"bereaved": "none", "words": "Ingen"}
    assert world.anna.post(page, said).status_code in (404, 409)
    assert "bereaved_offered" not in world.kinds()


def test_to_be_told_of_a_death_says_that_contact_is_stopped(world: World) -> None:
    page = sends(world, "contact", {"outcome": "", "other": "deceased_reported", "words": "Bror"})

    assert "All kontakt er stanset" in page
    assert "Det som gjenstod, gjenstår" not in page
    assert "Prøvde å få kontakt" not in page
    assert "Fikk høre at pasienten er død" in page
    assert "contact_attempted" not in world.kinds()


def test_who_goes_home_today_is_marked_as_reported_dead_and_asked_nothing(world: World) -> None:
    sends(world, "say/discharged", {})  # today, also in the first hour of a day
    assert world.path("bedside") in world.anna.get("/leaving").text
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    page = world.anna.get("/leaving")

    assert NAME in text_of(page)
    assert "Meldt død: all kontakt er stanset" in text_of(page)
    assert world.path("bedside") not in page.text
    sends(world, "death", {"step": "confirmed", "words": "Folkeregisteret."}, world.berit)
    page = text_of(world.anna.get("/leaving"))
    assert "Dødsfall bekreftet i dag: står ikke lenger i lista" in page
    assert NAME in page


def test_whether_a_death_is_true_is_not_offered_for_later(world: World) -> None:
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    [confirm] = world.open("confirm_death")

    page = text_of(world.anna.get(world.path(f"tasks/{confirm.id}")))

    assert "Flytt til senere" not in page
    assert "kan ikke flyttes til senere" in page


def answers(world: World, step: str, stands: str, who: Visitor) -> str:
    """Send an answer from a page that was opened while this stood; what comes back is refused."""
    fields = {"step": step, "words": "Ringte legevakten.", "stands": stands}
    answer = who.post(world.path("death"), fields)
    assert answer.status_code == 409, text_of(answer)
    return answer.text


def owed_kinds(world: World) -> list[str]:
    return sorted(one.kind for one in world.all(TaskRow) if one.state == "open")


@both
@pytest.mark.parametrize("step", ["confirmed", "refuted"])
def test_a_page_that_was_overtaken_by_a_confirmation_does_nothing_twice(
    world: World, step: str
) -> None:
    dies(world)
    before = owed_kinds(world)

    page = answers(world, step, "death_reported", world.berit)

    assert owed_kinds(world) == before
    assert world.kinds().count("death_confirmed") == 1
    assert "death_refuted" not in world.kinds()
    assert "Ringte legevakten." in page


def test_a_page_that_was_overtaken_says_who_confirmed_it_and_what_to_do(world: World) -> None:
    dies(world)
    [event] = [one for one in world.all(EventRow) if one.kind == "death_confirmed"]

    page = answers(world, "confirmed", "death_reported", world.anna)

    assert "Dødsfallet er bekreftet av en annen" in page
    assert "Folkeregisteret." in page
    assert event.recorded_by == world.site.berit.id


def test_a_confirmed_death_is_taken_back_by_whoever_saw_that_it_was_confirmed(world: World) -> None:
    dies(world)
    form = world.anna.get(world.path("death")).text
    assert 'name="stands" value="death_confirmed"' in form

    said = {"step": "refuted", "words": "Det var en annen.", "stands": "death_confirmed"}
    sends(world, "death", said)

    assert "death_refuted" in world.kinds()


def test_a_report_that_repeats_another_stands_with_its_own_source_and_adds_no_question(
    world: World,
) -> None:
    sends(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    told = {"outcome": "", "other": "deceased_confirmed", "words": "Legevakten sier det."}
    sends(world, "contact", told, world.berit)

    page = text_of(world.anna.get(world.path("death")))

    assert len(world.open("confirm_death")) == 1
    assert "Søsteren ringte." in page
    assert "Legevakten sier det." in page


def test_a_lead_who_is_asked_because_of_a_sign_of_life_can_confirm_on_the_page(
    world: World,
) -> None:
    dies(world)
    assert 'value="confirmed"' not in world.anna.get(world.path("death")).text
    alive = NewEvent(kind=EventKind.REACHED, at=clock.now())
    with world.database.transaction() as session:
        who = {"by": world.site.system, "at": clock.now(), "book": a_book()}
        cases.record(session, world.case, [alive], **who)

    assert 'value="confirmed"' in world.anna.get(world.path("death")).text
