"""The page before going home, leaving unassessed, and what relatives may know: as a member sees it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import BornHow, ContactWay
from bindeledd.features.relatives.tables import RelativeRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import ZONE
from bindeledd.foundation.spelling import OSLO, telephone
from doors import a_door
from features.casefile.following import PHONE, World, day_in
from visitors import Visitor, text_of

NOTHING = {"contact_consent": "", "interpreter": "", "plan": "", "answer": "", "told": ""}


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def writes(world: World, page: str = "bedside", **fields: Any) -> str:
    """Send the form as the browser does, with what stands there untouched; the case after it."""
    version = world.version() if page == "bedside" else ""
    answer = world.anna.post(world.path(page), {**NOTHING, "version": version, **fields})
    assert answer.status_code == 303, text_of(answer)
    return text_of(world.anna.get(answer.headers["Location"]))


def refuses(world: World, **fields: Any) -> str:
    sent = {**NOTHING, "version": world.version(), **fields}
    answer = world.anna.post(world.path("bedside"), sent)
    assert answer.status_code == 422, text_of(answer)
    assert 'role="alert"' in answer.text
    return answer.text


def ways(world: World) -> tuple[ContactWay, ...]:
    with world.database.transaction() as session:
        return patients.get_patient(session, world.patient).contact_ways or ()


def test_everything_is_asked_on_one_page_and_saved_once(world: World) -> None:
    page = world.anna.get(world.path("bedside"))
    assert page.status_code == 200
    for asked in ("Er det greit at vi tar kontakt?", "Prøvd nå", "Trygt å legge igjen beskjed"):
        assert asked in text_of(page)

    shown = writes(
        world,
        contact_consent="yes",
        safe_0="yes",
        message_0="no",
        best_0="etter 16",
        how_0="rung",
        value_new="22 33 44 55",
        label_new="jobb",
        interpreter="yes",
        language="tigrinja",
        plan="made",
        plan_words="Den ligger i jakka.",
        answer="later",
        children_number="2",
        children="2015, 2018",
        siblings_number="0",
        told="yes",
    )

    assert "svarene står i historikken" in shown
    own, job = ways(world)
    assert (own.safe_to_call, own.safe_to_leave_message, own.best_time) == (True, False, "etter 16")
    assert own.verified is not None
    assert own.verified.by == world.site.anna.id
    assert (job.value, job.label, job.safe_to_call) == ("+4722334455", "jobb", None)
    assert "ringt og svart, Anna" in shown
    for words in ("Legg ikke igjen beskjed", "Trenger tolk", "tigrinja", "Den ligger i jakka."):
        assert words in shown
    assert "2 barn (2015, 2018)" in shown
    for kind in ("ask_contact_consent", "verify_number", "ask_children"):
        assert world.open(kind) == []
    assert len(world.open("ask_relatives")) == 1


def test_one_answer_is_enough_and_the_rest_stays_as_not_asked(world: World) -> None:
    writes(world, plan="declined")

    assert "plan_offered" in world.kinds()
    asked = {"contact_consent_asked", "number_verified", "interpreter_asked", "children_asked"}
    assert not asked & set(world.kinds())
    assert world.open("ask_contact_consent")


def test_the_birth_date_alone_may_be_written_and_the_rest_stays(world: World) -> None:
    shown = writes(world, born_on="1.6.2015", born_how="person_said")

    assert "age_noted" in world.kinds()
    assert "Mindreårig" in shown
    again = refuses(world, born_on="1.6.2015", born_how="person_said")
    assert "Ingen spørsmål er besvart" in again


def test_a_birth_date_that_lies_ahead_goes_back_with_what_was_typed(world: World) -> None:
    back = refuses(world, born_on=day_in(3))

    assert "Fødselsdatoen ligger fram i tid" in back
    assert f'value="{day_in(3)}"' in back


def test_no_answer_at_all_says_so(world: World) -> None:
    assert "Ingen spørsmål er besvart" in refuses(world)


def test_not_now_asks_for_a_day_keeps_what_was_typed_and_becomes_a_task(world: World) -> None:
    typed = {"contact_consent": "later", "consent_words": "Sliten nå."}
    back = refuses(world, **typed, how_0="rung")
    assert "Skriv hvilken dag vi skal spørre igjen" in back
    assert 'value="later" checked' in back
    assert 'value="Sliten nå."' in back
    assert 'name="how_0" value="rung" checked' in back
    assert ways(world)[0].verified is None

    shown = writes(world, **typed, ask_again_on=day_in(9))
    (again,) = world.open("ask_contact_consent")
    in_nine = (clock.now() + timedelta(days=9)).astimezone(ZONE).date()
    assert in_nine - timedelta(days=4) <= again.due_at.astimezone(ZONE).date() <= in_nine
    assert f"Ikke nå, spør igjen {in_nine.day}.{in_nine.month}.{in_nine.year}" in shown


def test_what_should_be_in_place_says_what_was_answered(world: World) -> None:
    shown = writes(
        world,
        contact_consent="later",
        ask_again_on=day_in(9),
        plan="later",
        plan_again_on=day_in(9),
        answer="declined",
    )

    gates = shown[shown.index("Skal være på plass") :]
    assert "Spurt – vil vente til " in gates
    assert "Tilbudt – vil vente til " in gates
    assert "Spurt – nei" in gates


def test_that_it_is_unsafe_to_contact_relatives_stands_in_both_places(world: World) -> None:
    shown = writes(world, answer="unsafe", children_unknown="yes")
    gates, near = shown.index("Skal være på plass"), shown.index("Ingen pårørende er skrevet ned")

    assert "Spurt – ikke trygt å kontakte" in shown[gates:]
    assert "Spurt – vet ikke" in shown[gates:]
    assert "Ikke trygt å kontakte Svart" in shown[:near]


def test_that_it_is_unsafe_stands_until_another_answer_says_of_whom_there_is(world: World) -> None:
    said = "Ikke trygt å kontakte Svart"
    writes(world, answer="unsafe")
    assert said in writes(world, answer="declined"), "a no says nothing of whether it is safe"

    assert said not in writes(world, answer="agreed")


def test_a_number_that_answered_and_is_not_safe_to_call_says_so(world: World) -> None:
    shown = writes(world, **{"safe_0": "no", "how_0": "rung"})

    assert "Svarte – ikke trygt å ringe" in shown[shown.index("Skal være på plass") :]


def test_who_wants_to_wait_with_the_plan_is_offered_it_again_on_a_day_that_a_person_chooses(
    world: World,
) -> None:
    assert "som rutinen sier. Senest" in text_of(world.anna.get(world.path("bedside")))
    back = refuses(world, plan="made", plan_again_on=day_in(9))
    assert "hører til når personen vil vente" in back
    assert f'value="{day_in(9)}"' in back

    shown = writes(world, plan="later", plan_again_on=day_in(9))

    assert "Tilbudt, vil vente" in shown
    assert "Tilbys igjen" in shown
    assert "personen ville vente" in shown
    assert "Kriseplan gått gjennom på nytt" not in shown
    [again] = [task for task in world.open("offer_plan") if task.step_key == "core.offer_plan"]
    assert again.due_at > clock.now() + timedelta(days=7)


@pytest.mark.parametrize("page", ["bedside", "say/plan_offered"])
def test_a_plan_to_which_the_person_said_no_comes_back_as_a_new_offer(
    world: World, page: str
) -> None:
    shown = writes(world, page, plan="declined")

    assert "Tilbys igjen" in shown
    assert "Kriseplan gått gjennom på nytt" not in shown


def test_who_wants_to_wait_is_asked_about_relatives_on_a_day_that_a_person_chooses(
    world: World,
) -> None:
    assert "Uten en dag spør vi igjen om en uke" in text_of(world.anna.get(world.path("bedside")))
    back = refuses(world, answer="declined", relatives_again_on=day_in(9))
    assert "hører til svaret om at personen vil vente" in back
    assert f'value="{day_in(9)}"' in back

    writes(world, answer="later", relatives_again_on=day_in(9))

    assert max(task.due_at for task in world.open("ask_relatives")) > clock.now() + timedelta(
        days=7
    )


def test_the_same_is_said_of_a_plan_that_was_only_offered(world: World) -> None:
    page, waits = "say/plan_offered", {"plan": "later", "offer_again_on": day_in(9)}
    assert "som rutinen sier" in text_of(world.anna.get(world.path(page)))
    wrong = world.anna.post(world.path(page), {**waits, "plan": "made"})
    assert "hører til når personen vil vente" in text_of(wrong)

    shown = writes(world, page, **waits)

    assert "Tilbudt, vil vente" in shown
    assert "core.offer_plan" in {task.step_key for task in world.open("offer_plan")}


def test_a_new_number_needs_its_number(world: World) -> None:
    assert "Skriv nummeret" in refuses(world, plan="made", label_new="jobb")


def test_a_page_that_is_old_does_not_write_over_a_newer_number(world: World) -> None:
    old = world.version()
    writes(world, best_0="kveld")
    sent = {**NOTHING, "version": old, "best_0": "morgen", "plan": "made"}
    answer = world.anna.post(world.path("bedside"), sent)

    assert answer.status_code == 409
    assert ways(world)[0].best_time == "kveld"
    assert "plan_offered" not in world.kinds()


def test_more_children_are_not_forgotten_by_asking_of_siblings(world: World) -> None:
    writes(world, children_number="1", children="2015")
    shown = writes(world, siblings_number="2")

    assert "1 barn (2015)" in shown
    assert "2 søsken" in shown
    assert "Skriv hvor mange barn" not in text_of(world.anna.get(world.path("bedside")))


def test_a_hidden_number_is_not_shown_on_the_page_of_another_team(world: World) -> None:
    world.identity(protected_address=True)
    world.let_see(world.site.other_team)

    theirs = world.carl.get(world.path("bedside"))
    ours = world.anna.get(world.path("bedside"))

    assert (theirs.status_code, ours.status_code) == (200, 200)
    assert "Nummeret er skjermet" in text_of(theirs)
    assert PHONE not in theirs.text
    assert "99 11 22 33" not in theirs.text
    assert "99 11 22 33" in ours.text
    answer = world.carl.post(world.path("bedside"), {**NOTHING, "plan": "made"})
    assert answer.status_code == 303


def test_for_others_the_pages_are_not_there(world: World) -> None:
    for page in ("bedside", "left"):
        assert world.carl.get(world.path(page)).status_code == 404
        assert world.carl.post(world.path(page), {"plan": "made"}).status_code == 404


# --- left before assessment -----------------------------------------------------------------------


def test_leaving_before_assessment_is_registered_and_stands_until_somebody_has_assessed(
    world: World,
) -> None:
    shown = writes(world, "left", words="Gikk ut for å røyke.")

    assert "personen gikk før vurdering" in shown
    assert "Vurderingen gjenstår" in shown
    assert "Gikk ut for å røyke." in shown
    assert "left-reached" in {task.step_key for task in world.open("call_patient")}

    after = writes(world, "say/risk_assessed", words="Vurdert på telefon.")
    assert "Vurderingen gjenstår" not in after


def test_a_day_to_come_is_refused_where_somebody_left(world: World) -> None:
    answer = world.anna.post(world.path("left"), {"happened_on": day_in(2)})

    assert answer.status_code == 422
    assert "left_before_assessment" not in world.kinds()


# --- mistakes -------------------------------------------------------------------------------------


def test_answers_that_are_marked_as_wrong_are_put_back(world: World) -> None:
    writes(world, children_number="2", how_0="rung", interpreter="yes")
    for kind in ("children_asked", "number_verified", "interpreter_asked"):
        page = f"events/{world.event(kind).id}/mistake"
        assert world.path(page) in world.anna.get(world.path("mistakes")).text
        shown = writes(world, page, words="Feil person ble spurt.")

    assert ways(world)[0].verified is None
    assert "Ikke spurt om tolk" in shown
    assert "2 barn" not in shown.split("Hva som har skjedd")[0]
    assert world.open("ask_children")
    assert world.open("verify_number")


# --- parents --------------------------------------------------------------------------------------


def born(years: int) -> date:
    today = clock.now().astimezone(ZONE).date()
    return today.replace(year=today.year - years, day=min(today.day, 28))


def a_parent(world: World, name: str, **fields: str) -> str:
    world.anna.post(
        world.path("relatives"),
        {"answer": "contacted", "name": name, "carer": "parental_responsibility", **fields},
    )
    newest = max(world.all(RelativeRow), key=lambda row: row.made_at)
    return f"relatives/{newest.id}"


def told(world: World, page: str, visitor: Visitor | None = None) -> str:
    return text_of((visitor or world.anna).get(world.path(page)))


def decides(world: World, page: str, step: str) -> None:
    """Another one than who wrote the objection down."""
    said = {"step": step, "decision_words": "Legen har snakket med henne."}
    assert world.berit.post(world.path(f"{page}/objection"), said).status_code == 303


def test_each_parent_sees_what_they_may_know_why_and_which_rule_says_so(world: World) -> None:
    world.identity(born_on=born(14), born_how=BornHow.REGISTER)
    page = told(world, a_parent(world, "Inga"))

    assert "Hva kan Inga få vite" in page
    assert "Pasienten er 14 år (fra registeret)." in page
    assert "foreldre skal informeres" in page
    assert "RP-10" in page


def test_one_unsafe_parent_blocks_that_parent_only(world: World) -> None:
    world.identity(born_on=born(14), born_how=BornHow.REGISTER)
    safe, unsafe = a_parent(world, "Inga"), a_parent(world, "Ole", unsafe="yes")

    assert "foreldre skal informeres" in told(world, safe)
    hers = told(world, unsafe)
    assert "foreldre skal informeres" not in hers
    assert "Det gjelder bare denne" in hers
    case = text_of(world.anna.get(world.path()))
    assert "Kan få vite: det foreldre trenger" in case
    assert "Kan ikke få vite noe om pasienten" in case


def test_with_an_unknown_age_the_page_says_so_and_leads_to_the_date(world: World) -> None:
    page = a_parent(world, "Inga")

    assert "Alderen er ikke kjent. Ingen får vite noe ut fra alder" in told(world, page)
    assert world.path("person") in world.anna.get(world.path(page)).text


def test_not_now_stands_at_the_top_of_the_list_and_where_a_call_is_written_down(
    world: World,
) -> None:
    writes(world, contact_consent="later", ask_again_on=day_in(9), consent_words="Vil ha ro nå.")

    for page in ("contact", f"tasks/{world.open('call_patient')[0].id}"):
        shown = text_of(world.anna.get(world.path(page)))
        assert "Vil ikke bli kontaktet før" in shown
        assert "Vil ha ro nå." in shown
    day = text_of(world.anna.get("/day"))
    assert "Vil ikke bli kontaktet før" in day
    assert "Første kontakt" in day
    writes(world, contact_consent="yes")
    assert "Vil ikke bli kontaktet" not in text_of(world.anna.get("/day"))
    assert "Vil ikke bli kontaktet" not in text_of(world.anna.get(world.path("contact")))


@pytest.mark.parametrize("where", ["contact", "task"])
def test_a_no_to_contact_stands_at_the_top_where_somebody_is_about_to_ring(
    world: World, where: str
) -> None:
    page = "contact" if where == "contact" else f"tasks/{world.open('call_patient')[0].id}"
    assert "Sa nei til å bli kontaktet" not in text_of(world.anna.get(world.path(page)))
    writes(world, contact_consent="no", consent_words="Klarer meg selv.")

    shown = text_of(world.anna.get(world.path(page)))
    assert "Sa nei til å bli kontaktet" in shown
    assert "Klarer meg selv." in shown
    assert "avslutter ikke oppfølgingen" in shown


def test_a_number_that_is_not_safe_to_call_stands_at_the_top_where_somebody_is_about_to_ring(
    world: World,
) -> None:
    writes(world, way_0=PHONE, safe_0="no")

    for page in ("contact", f"tasks/{world.open('call_patient')[0].id}"):
        assert "Ring ikke dette nummeret" in text_of(world.anna.get(world.path(page)))


def test_a_number_that_is_not_safe_to_call_is_read_and_not_rung_by_a_click(world: World) -> None:
    dials = f'href="tel:{PHONE}"'
    before = world.anna.get(world.path()).text
    writes(world, way_0=PHONE, safe_0="no")

    after = world.anna.get(world.path())

    assert dials in before
    assert dials not in after.text
    assert telephone(PHONE) in text_of(after)


def test_a_midnight_is_said_on_the_task_as_on_the_case(world: World) -> None:
    midnight = datetime.combine(clock.now().astimezone(OSLO).date() + timedelta(days=2), time())
    with world.database.transaction() as session:
        task = world.open("call_patient")[0].id
        due = midnight.replace(tzinfo=OSLO)
        session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(due_at=due))

    assert "i morgen kl. 24.00" in text_of(world.anna.get(world.path(f"tasks/{task}")))


def test_an_objection_is_written_decided_and_ended(world: World) -> None:
    world.identity(born_on=born(14), born_how=BornHow.REGISTER)
    page = a_parent(world, "Ole")

    said = writes(world, f"{page}/objection", step="object", objection_words="Er redd ham.")
    assert "En kliniker må avgjøre" in said
    assert "Er redd ham." in told(world, page)
    assert "så det holdes tilbake" in told(world, page)
    assert "Du skrev ned innvendingen. En annen avgjør" in told(world, page)
    assert 'value="respect"' not in world.anna.get(world.path(page)).text
    own = world.anna.post(world.path(f"{page}/objection"), {"step": "respect"})
    assert own.status_code in (403, 422)

    [task] = world.open("decide_objection")
    shown = world.berit.get(world.path(f"tasks/{task.id}"))
    assert "Avgjør om innvendingen skal respekteres" in text_of(shown)
    assert world.path(page) in shown.text
    assert "Anna" in told(world, page, world.berit)

    silent = world.berit.post(world.path(f"{page}/objection"), {"step": "respect"})
    assert silent.status_code == 422
    assert "Skriv hvem som har avgjort, og hvorfor" in text_of(silent)
    assert "kan stå tomt" not in silent.text.split('id="decision_words"')[0].split("<form")[-1]
    assert len(world.open("decide_objection")) == 1

    decides(world, page, "respect")
    assert "av grunner som respekteres" in told(world, page)
    assert world.open("decide_objection") == []
    assert "Legen har snakket med henne." in told(world, page)
    assert "Skrevet ned av Berit" in told(world, page)
    history = text_of(world.anna.get(world.path()))
    assert "Legen har snakket med henne." in history
    assert "Innvendingen mot at Ole får vite: grunnene respekteres." in history
    decides(world, page, "not_respect")
    assert "grunnene respekteres ikke: foreldre skal informeres" in told(world, page)
    writes(world, f"{page}/objection", step="end")
    assert "ønsker det ikke lenger" in told(world, page)
    wrong = world.anna.post(world.path(f"{page}/objection"), {"step": "noe"})
    assert wrong.status_code == 422


def test_from_sixteen_the_patient_decides_and_parents_get_what_they_need(world: World) -> None:
    world.identity(born_on=born(17), born_how=BornHow.PERSON_SAID)
    page = told(world, a_parent(world, "Inga"))

    assert "foreldre får det som trengs for foreldreansvaret" in page
    assert "bestemmer selv, og har ikke samtykket" in page


# --- over HTTP ------------------------------------------------------------------------------------


def test_the_same_is_written_over_http(world: World) -> None:
    anna = a_door(world.app, world.database, world.site.anna)
    carl = a_door(world.app, world.database, world.site.carl)
    body: dict[str, Any] = {
        "consent": "later",
        "ask_again_on": (clock.now() + timedelta(days=9)).date().isoformat(),
        "contact_ways": [{"value": PHONE, "safe_to_call": True}],
        "tried": [{"value": PHONE, "how": "texted"}],
        "interpreter": False,
        "plan": "later",
    }

    assert carl("POST", f"/cases/{world.case}/bedside", body).status_code == 404
    assert anna("POST", f"/cases/{world.case}/bedside", body).status_code == 204
    assert {"contact_consent_asked", "number_verified", "plan_offered"} <= set(world.kinds())
    assert ways(world)[0].safe_to_call is True
    empty = anna("POST", f"/cases/{world.case}/bedside", {})
    assert (empty.status_code, empty.json["type"]) == (422, "urn:bindeledd:bedside.nothing_said")
    assert anna("POST", f"/cases/{world.case}/left-before-assessment", {}).status_code == 204
    file = anna("GET", f"/cases/{world.case}/file").json
    assert file["age"]["band"] == "unknown"
    assert "left_before_assessment" in {one["kind"] for one in file["timeline"]}
