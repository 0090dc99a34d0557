"""A case handed over outside, page by page: what goes with it, what stays, and who answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.casefile.domain import leaflet
from bindeledd.features.handovers.domain import Answered, HandoverAction, Way
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.handovers.service import answering
from bindeledd.features.handovers.service import outside as service
from bindeledd.features.handovers.tables import HandoverRow, OutsideRow, PackageRow
from bindeledd.features.patients.domain import BornHow
from bindeledd.features.staff import service as staff
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.printing import plain
from bindeledd.foundation.spelling import OSLO, telephone, written, written_day
from builders import a_book
from doors import a_door
from features.casefile.following import NAME, PHONE, World, day_in, in_days
from features.casefile.test_pages_bedside import a_parent, born, decides, writes
from visitors import EITHER, text_of

both = pytest.mark.parametrize("dialect", EITHER)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def registered(world: World, name: str = "Prøve kommune") -> str:
    fields = {"organisation": name, "kind": "municipality", "phone": "77 00 00 00"}
    assert world.anna.post(f"/outside/{new_id()}", fields).status_code == 303
    with world.database.transaction() as session:
        found = sa.select(OutsideRow.id).where(OutsideRow.organisation == name)
        return str(session.scalars(found).one())


def prepared(world: World, words: str = "Bor alene") -> str:
    fields = {"receiver": registered(world), "phone": "55 00 00 00", "words": words}
    answer = world.anna.post(world.path("handover/outside"), fields)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"]).removeprefix(world.path()).lstrip("/")


def asked(world: World, *, first_at: datetime) -> str:
    """The page of the task that asks whether a receiver met the person, who said yes ten minutes ago."""
    then = world.at - timedelta(minutes=10)
    said: dict[str, Any] = {"by": world.site.anna, "at": then, "book": a_book()}
    with world.database.transaction() as session:
        receiver = Outside(
            id=new_id(), tenant_id=world.site.tenant, organisation="Prøve kommune", phone="77000000"
        )
        service.set_outside(session, receiver, by=world.site.anna, at=then)
        package = service.prepare(
            session, world.case, outside_id=receiver.id, content={}, by=world.site.anna, at=then
        )
        service.take_out(session, package.id, form="pdf", **said)
        sent = service.send(session, package.id, way=Way.LETTER, words={}, **said)
        yes: dict[str, Any] = {"how": Answered.PHONE, "who": "Sara", "words": {}}
        action = HandoverAction.ACCEPT
        answering.answer(session, sent.handover.id, action, first_at=first_at, **yes, **said)
    [task] = world.open("ask_whether_met")
    return world.path(f"tasks/{task.id}")


def handover(world: World) -> HandoverRow:
    with world.database.transaction() as session:
        return session.scalars(sa.select(HandoverRow)).one()


@both
def test_s195_the_whole_way_from_a_package_to_an_answer(world: World) -> None:
    world.anna.post(
        world.path("contact"), {"outcome": "spoke_with_patient", "words": "Bare til kollegaer"}
    )
    package = prepared(world)
    page = text_of(world.anna.get(world.path(package)))
    assert "Bor alene" in page
    assert NAME in page
    assert "Bare til kollegaer" not in page  # what colleagues wrote to one another stays here

    pdf = world.anna.post(world.path(f"{package}/pdf"), {})
    assert pdf.data.startswith(b"%PDF-")
    assert NAME.split()[0] not in pdf.headers["Content-Disposition"]
    said = world.anna.post(world.path(f"{package}/file"), {}).get_json()
    assert (said["format"], said["version"]) == ("bindeledd.handover", 2)
    assert [way["value"] for way in said["reach"]] == [PHONE]
    assert said["missing"]
    assert {"appointments", "relatives", "children", "in_place", "happened"} <= said.keys()
    assert "Bare til kollegaer" not in str(said)

    sent = world.anna.post(world.path(f"{package}/sent"), {"way": "e_message"})
    assert sent.status_code == 303
    assert len(world.open("follow_up_handover")) == 1
    assert world.open("accept_handover") == []
    answer = world.path(f"handover/outside/answer/{handover(world).id}")
    said_yes = {"action": "accept", "how": "phone", "who": "Sara, leder"}
    assert world.anna.post(answer, said_yes).status_code == 422  # not without their first date
    world.anna.post(answer, {**said_yes, **in_days(2, on="first")})
    assert handover(world).state == "accepted"
    case = text_of(world.anna.get(world.path()))
    assert "Sara, leder" in case
    assert "sagt på telefon" in case
    assert world.open("follow_up_handover") == []


@both
def test_the_page_of_the_task_asks_whether_the_person_was_met_and_by_whom_it_is_said(
    world: World,
) -> None:
    page = asked(world, first_at=world.at - timedelta(minutes=5))

    shown = text_of(world.anna.get(page))
    assert "Spør om personen ble møtt" in shown
    assert "Prøve kommune" in shown
    said = {"met": "no", "how": "phone", "who": "Kari, sekretær"}
    for wrong in ({"met": ""}, {"how": "receipt"}, {"who": ""}):
        assert world.anna.post(f"{page}/met", {**said, **wrong}).status_code == 422
    assert world.anna.post(f"{page}/done", {"done": "Ferdig"}).status_code == 409
    calls = len(world.open("call_patient"))
    assert world.anna.post(f"{page}/met", said).status_code == 303
    assert world.open("ask_whether_met") == []
    assert len(world.open("call_patient")) == calls + 1
    assert "Personen ble ikke møtt, sier Kari, sekretær" in text_of(world.anna.get(world.path()))


@both
def test_that_the_person_was_met_is_said_with_its_day_and_read_with_it(world: World) -> None:
    page = asked(world, first_at=world.at + timedelta(days=2))
    assert "har ikke vært ennå" in text_of(world.anna.get(page))
    said = {"met": "yes", "how": "phone", "who": "Kari, sekretær"}
    without = world.anna.post(f"{page}/met", said)
    assert (without.status_code, "Skriv dagen personen ble møtt" in text_of(without)) == (422, True)
    assert world.anna.post(f"{page}/met", {**said, "met_on": day_in(0)}).status_code == 303

    shown = text_of(world.anna.get(world.path()))
    assert "før datoen de hadde satt" in shown
    assert world.open("ask_whether_met") == []


@both
def test_before_their_date_a_no_is_refused_with_when_to_ask_and_what_to_do(world: World) -> None:
    page = asked(world, first_at=world.at + timedelta(days=2))
    refused = world.anna.post(f"{page}/met", {"met": "no", "how": "phone", "who": "Kari"})

    assert refused.status_code == 422
    assert "så svaret kan ikke være nei" in text_of(refused)
    assert len(world.open("ask_whether_met")) == 1


@both
def test_whether_the_person_was_met_is_answered_over_http_with_its_moment(world: World) -> None:
    page = asked(world, first_at=world.at + timedelta(days=2))
    anna = a_door(world.app, world.database, world.site.anna)
    said = {"how": "phone", "who": "Kari"}
    for body, code in (
        ({"met": True}, "handover.met_when"),
        ({"met": True, "met_at": "2199-01-01T10:00:00Z"}, "handover.known_in_future"),
        ({"met": False}, "handover.not_met_yet"),
    ):
        assert anna("POST", f"{page}/met", {**said, **body}).json["type"].endswith(code)
    told = {**said, "met": True, "met_at": world.at.isoformat()}
    assert anna("POST", f"{page}/met", told).status_code == 200


@both
def test_not_received_by_our_own_word_and_returned_with_a_reason(world: World) -> None:
    package = prepared(world)
    world.anna.post(world.path(f"{package}/pdf"), {})
    world.anna.post(world.path(f"{package}/sent"), {"way": "letter"})
    answer = world.path(f"handover/outside/answer/{handover(world).id}")

    assert world.anna.post(answer, {"action": "receive", "how": "self"}).status_code == 422
    receipt = {"action": "accept", "how": "receipt", "who": "X", **in_days(2, on="first")}
    assert "bare at den er kommet fram" in text_of(world.anna.post(answer, receipt))
    assert handover(world).state == "sent"
    back = {"action": "return", "how": "phone", "who": "Sara"}
    assert world.anna.post(answer, back).status_code == 422
    assert world.anna.post(answer, {**back, "words": "Har flyttet"}).status_code == 303
    assert handover(world).state == "returned"
    assert world.open("name_receiver")


def test_an_appointment_that_others_answer_for_goes_along_as_that(world: World) -> None:
    world.anna.post(
        world.path("appointment"), {**in_days(9, on="starts"), "give": "yes", "how": "self"}
    )
    with world.database.session() as session:
        one = session.scalars(sa.select(AppointmentRow.id)).one()
    told = {"action": "hand_on", "whom": "Fastlegen"}
    assert world.anna.post(world.path(f"appointments/{one}"), told).status_code == 303
    package = prepared(world)
    world.anna.post(world.path(f"{package}/pdf"), {})

    said = world.anna.post(world.path(f"{package}/file"), {}).get_json()

    assert [ahead["state"] for ahead in said["appointments"]] == ["handed_on"]
    assert "andre følger den opp" in text_of(world.anna.get(world.path(package)))


def test_what_nobody_took_out_cannot_be_said_to_be_sent(world: World) -> None:
    package = prepared(world)
    refused = world.anna.post(world.path(f"{package}/sent"), {"way": "letter"})

    assert refused.status_code == 409
    assert "Ingen har lastet ned pakken" in text_of(refused)


def test_a_reported_death_stops_the_file_at_once(world: World) -> None:
    package = prepared(world)
    world.anna.post(world.path("death"), {"step": "reported", "words": "Sykehuset ringte"})
    assert "death_reported" in world.kinds()

    for form in ("pdf", "file"):
        assert world.anna.post(world.path(f"{package}/{form}"), {}).status_code == 409
    assert world.kinds().count("message_held") == 2
    assert "Ingenting sendes ut" in text_of(world.anna.get(world.path("handover/outside")))


def test_what_left_before_the_death_was_known_may_be_said_to_be_sent(world: World) -> None:
    package = prepared(world)
    world.anna.post(world.path(f"{package}/pdf"), {})
    world.anna.post(world.path("death"), {"step": "reported", "words": "Sykehuset ringte"})

    page = world.anna.get(world.path(package)).text
    assert f"{package}/sent" in page
    assert f"{package}/pdf" not in page


def test_another_team_finds_neither_package_nor_file(world: World) -> None:
    package = prepared(world)

    assert world.carl.get(world.path(package)).status_code == 404
    assert world.carl.post(world.path(f"{package}/pdf"), {}).status_code == 404


def test_each_file_is_written_down_before_it_leaves(world: World) -> None:
    package = prepared(world)
    world.anna.post(world.path(f"{package}/pdf"), {})
    world.anna.post(world.path(f"{package}/file"), {})

    with world.database.transaction() as session:
        left = sa.select(AuditEventRow.facts).where(AuditEventRow.act == "package.left")
        assert sorted(facts["form"] for facts in session.scalars(left)) == ["json", "pdf"]
        assert b"Bor alene" not in session.scalars(sa.select(PackageRow.content)).one()


def test_a_protected_address_takes_no_number_along() -> None:
    said = {
        "from": {"organisation": "O", "team": "T", "person": "P", "phone": "1"},
        "to": {"organisation": "K", "unit": ""},
        "made_at": "2027-03-01T08:00:00+00:00",
        "patient": {"name": "Kari"},
        "words": "",
        "reach": [],
        "reach_hidden": True,
        "happened": [],
        "last_reached_at": None,
        "last_reached_date_only": False,
        "appointments": [],
        "in_place": [],
        "missing": [],
        "relatives": [
            {
                "name": "Ola",
                "relation": "bror",
                "unsafe_to_contact": True,
                "phone": "",
                "may_be_told": [],
            }
        ],
        "children": {"asked": False, "children": None, "told": None},
        "unreadable": False,
    }
    text = plain(leaflet.sheet(said))

    assert "Adressen er beskyttet" in text
    assert "Ola · bror: Skal ikke kontaktes" in text


def taken_out(world: World, package: str) -> Any:
    world.anna.post(world.path(f"{package}/pdf"), {})
    return world.anna.post(world.path(f"{package}/file"), {}).get_json()


@pytest.mark.parametrize(
    ("version", "day"),
    [(1, "2027-03-01T11:00:00+00:00"), (1, "2027-03-01"), (2, "2027-03-01")],
    ids=["a moment, version 1", "a day from between the two", "a day, version 2"],
)
def test_a_package_of_either_version_is_shown_with_the_day_that_is_known(
    world: World, version: int, day: str
) -> None:
    said = taken_out(world, prepared(world)) | {
        "version": version,
        "happened": [
            {"kind": "admitted", "at": day, "date_only": True, "what": None, "channel": None}
        ],
        "last_reached_at": day,
        "last_reached_date_only": True,
    }

    lines = [line for part in leaflet.sheet(said).sections for line in part.lines]
    assert [line.text for line in lines if line.label == "Sist nådd"] == [written_day("2027-03-01")]
    assert written_day("2027-03-01") in {line.label for line in lines}


def test_what_is_known_by_its_day_is_a_day_in_the_package(world: World) -> None:
    told = world.anna.post(world.path("say/admitted"), {"happened_on": day_in(-1)})
    assert told.status_code == 303
    yesterday = (clock.now().astimezone(OSLO) - timedelta(days=1)).date().isoformat()

    said = taken_out(world, prepared(world))

    days = {one["at"] for one in said["happened"] if one["date_only"]}
    assert yesterday in days
    assert all("T" in one["at"] for one in said["happened"] if not one["date_only"])


def test_the_receiver_is_told_whom_not_to_contact_and_who_must_not_be_told(world: World) -> None:
    world.identity(born_on=born(14), born_how=BornHow.REGISTER)
    a_parent(world, "Far", unsafe="yes", phone="99 00 00 01")
    mother = a_parent(world, "Mor", phone="99 00 00 02")
    aunt = a_parent(world, "Tante", carer="daily_care", phone="99 00 00 03")
    a_parent(world, "Nabo", carer="neither")
    for one in (mother, aunt):
        objects = {"step": "object", "objection_words": "Er redd henne."}
        assert world.anna.post(world.path(f"{one}/objection"), objects).status_code == 303
    decides(world, mother, "respect")

    before = text_of(world.anna.get(world.path("handover/outside")))
    package = prepared(world)
    said = taken_out(world, package)

    near = {one["name"]: one for one in said["relatives"]}
    assert near.keys() == {"Far", "Mor", "Tante"}
    assert [near[name]["objection"] for name in near] == [None, "respected", "undecided"]
    assert near["Mor"]["may_be_told"] == ["responsibility"]
    assert (near["Far"]["phone"], near["Tante"]["phone"]) == ("", "")
    assert "Er redd henne." not in str(said)
    page = text_of(world.anna.get(world.path(package)))
    assert "Skal ikke kontaktes" in page
    assert "av grunner som respekteres" in page
    assert "ikke avgjort" in page
    assert "de som ikke skal kontaktes" in before
    assert "pårørende som ikke kan få vite noe" not in before


def test_the_register_says_what_is_wrong(world: World) -> None:
    fields = {"organisation": "Prøve kommune", "kind": "gp", "phone": "77 00 00 00"}
    for wrong in ({"phone": ""}, {"orgnr": "123"}, {"her_id": "x"}):
        refused = world.anna.post(f"/outside/{new_id()}", {**fields, **wrong})

        assert refused.status_code == 422
        assert f'id="{next(iter(wrong))}-error"' in refused.text


def test_the_same_way_over_http(world: World) -> None:
    anna = a_door(world.app, world.database, world.site.anna)
    receiver = new_id()
    said = {"organisation": "Prøve kommune", "kind": "gp", "phone": "77 00 00 00"}
    assert anna("PUT", f"/outside-receivers/{receiver}", said).status_code == 200
    assert len(anna("GET", "/outside-receivers").json["receivers"]) == 1
    body = {"outside_id": str(receiver), "phone": "55 00 00 00", "words": "Bor alene"}
    made = anna("POST", f"/cases/{world.case}/packages", body).json
    assert anna("POST", f"/packages/{made['id']}/sent", {"way": "letter"}).status_code == 409
    out = anna("POST", f"/packages/{made['id']}/taken-out", {}).json
    assert out["content"]["words"] == "Bor alene"
    sent = anna("POST", f"/packages/{made['id']}/sent", {"way": "letter"})
    assert sent.status_code == 201, sent.text
    at = f"/handovers/{sent.json['handover']['id']}/answers"
    receipt = anna("POST", at, {"action": "receive", "how": "receipt"})
    assert receipt.json["handover"]["state"] == "received"
    assert anna("POST", at, {"action": "accept", "how": "receipt"}).status_code == 422
    undated = anna("POST", at, {"action": "accept", "how": "phone", "who": "Sara"})
    assert undated.json["type"].endswith("handover.first_date_needed")


def test_a_package_of_a_demo_says_so_in_the_file_and_first_on_the_paper(world: World) -> None:
    with world.database.transaction() as session:
        staff.set_installation(session, "demo", at=clock.now())

    said = taken_out(world, prepared(world))

    assert said["environment"] == "demo"
    assert plain(leaflet.sheet(said)).startswith("DEMONSTRASJON.")


def test_a_package_of_production_has_no_mark(world: World) -> None:
    with world.database.transaction() as session:
        staff.set_installation(session, "production", at=clock.now())

    said = taken_out(world, prepared(world))

    assert said["environment"] == "production"
    assert leaflet.sheet(said).mark == ""


def asks_before_going_home(world: World, **answers: str) -> None:
    writes(world, **answers)


def paper(world: World, package: str) -> str:
    return text_of(world.anna.get(world.path(package)))


def test_the_receiver_reads_that_the_person_said_no_to_contact(world: World) -> None:
    asks_before_going_home(world, contact_consent="no", consent_words="Ring ikke meg")

    package = prepared(world)
    said = taken_out(world, package)

    assert said["contact_consent"]["said"] == "no"
    assert "Ring ikke meg" not in str(said)
    assert "vil ikke kontaktes" in paper(world, package)


def test_the_receiver_reads_until_when_the_person_wants_to_wait(world: World) -> None:
    day = day_in(9)
    asks_before_going_home(world, contact_consent="later", ask_again_on=day)

    package = prepared(world)

    again = taken_out(world, package)["contact_consent"]["again_on"]
    assert again is not None
    assert f"Spørres igjen {written_day(again)}" in paper(world, package)


def test_a_plan_that_was_not_wanted_is_no_plain_plan_offered(world: World) -> None:
    asks_before_going_home(world, plan="declined")

    package = prepared(world)

    replied = {one["need"]: one["said"] for one in taken_out(world, package)["replies"]}
    assert replied["plan_offered"] == "no"
    assert "Tilbudt – ønsker det ikke" in paper(world, package)


def test_nobody_asked_is_not_an_answer(world: World) -> None:
    assert taken_out(world, prepared(world))["contact_consent"] is None


def with_a_sibling(world: World) -> str:
    fields = {"children_number": "0", "siblings_number": "1", "siblings": "2018", "told": "no"}
    answer = world.anna.post(world.path("children"), fields)
    assert answer.status_code == 303, text_of(answer)
    return prepared(world)


def test_a_sibling_under_age_stands_in_the_package(world: World) -> None:
    package = with_a_sibling(world)

    assert taken_out(world, package)["children"]["siblings"] == [2018]
    assert "1 søsken (2018)" in paper(world, package)


def test_that_whoever_answers_for_children_was_not_told_stands_on_the_paper(world: World) -> None:
    assert "Barneansvarlig har ikke fått beskjed" in paper(world, with_a_sibling(world))


def sent_out(world: World) -> HandoverRow:
    package = prepared(world)
    world.anna.post(world.path(f"{package}/pdf"), {})
    answer = world.anna.post(world.path(f"{package}/sent"), {"way": "letter"})
    assert answer.status_code == 303, text_of(answer)
    return handover(world)


def dies(world: World) -> None:
    for who, step in ((world.anna, "reported"), (world.berit, "confirmed")):
        said = {"step": step, "words": "Folkeregisteret."}
        assert who.post(world.path("death"), said).status_code == 303


def to_withdraw(world: World) -> str:
    return text_of(world.anna.get(world.path(f"tasks/{world.open('withdraw_booked')[0].id}")))


def accepts(world: World, one: HandoverRow) -> str:
    first = world.at + timedelta(days=4)
    with world.database.transaction() as session:
        answering.answer(
            session,
            one.id,
            HandoverAction.ACCEPT,
            first_at=first,
            how=Answered.PHONE,
            who="Sara",
            words={},
            by=world.site.anna,
            at=clock.now(),
            book=a_book(),
        )
    return written(first)


def test_after_a_death_somebody_tells_a_receiver_who_has_not_answered(world: World) -> None:
    sent_out(world)
    dies(world)

    page = to_withdraw(world)

    assert f"Prøve kommune, {telephone('77 00 00 00')}: hva er sagt om dødsfallet" in page


def test_after_a_death_a_receiver_who_took_over_is_named_with_their_date(world: World) -> None:
    first = accepts(world, sent_out(world))
    dies(world)

    assert f"deres første avtale {first}" in to_withdraw(world)


def test_what_is_withdrawn_after_a_death_is_not_done_while_a_receiver_is_not_told(
    world: World,
) -> None:
    sent_out(world)
    dies(world)
    [task] = world.open("withdraw_booked")

    answer = world.anna.post(world.path(f"tasks/{task.id}/done"), {"done": "Timene er avlyst."})

    assert answer.status_code == 422


def test_what_is_withdrawn_after_a_death_is_not_done_over_http_while_a_receiver_is_not_told(
    world: World,
) -> None:
    sent_out(world)
    dies(world)
    [task] = world.open("withdraw_booked")
    anna = a_door(world.app, world.database, world.site.anna)
    path = f"{world.path('tasks')}/{task.id}"

    answer = anna("POST", f"{path}/complete", {"words": "Timene er avlyst."})

    assert (answer.status_code, answer.json["type"]) == (
        422,
        "urn:bindeledd:case.not_everyone_told",
    )
    assert answer.json["facts"] == {"left_out": 1, "lacking": [1]}
    assert len(world.open("withdraw_booked")) == 1


def test_what_is_withdrawn_after_a_death_is_done_over_http_once_each_receiver_is_told(
    world: World,
) -> None:
    answer = withdrawn(world, words="Timene er avlyst.")

    assert answer.status_code == 200
    assert world.open("withdraw_booked") == []


def withdrawn(world: World, **said: str) -> TestResponse:
    """Whoever has a package is told of the death; what was done with the rest is what is `said`."""
    sent_out(world)
    dies(world)
    [task] = world.open("withdraw_booked")
    anna = a_door(world.app, world.database, world.site.anna)
    path = f"{world.path('tasks')}/{task.id}"
    told = [
        {"to": one["to"], "said": "Ringte dem."}
        for one in anna("GET", f"{path}/receivers").json["receivers"]
    ]
    return anna("POST", f"{path}/complete", {**said, "told": told})


@pytest.mark.parametrize("dialect", EITHER)
def test_what_is_withdrawn_after_a_death_is_said_in_words_over_http_as_on_the_page(
    world: World,
) -> None:
    answer = withdrawn(world)

    assert (answer.status_code, answer.json["type"]) == (422, "urn:bindeledd:case.reason_needed")
    assert answer.json["facts"] == {"fact": "words"}


@pytest.mark.parametrize("dialect", EITHER)
def test_what_is_withdrawn_without_words_writes_nothing(world: World) -> None:
    withdrawn(world)

    assert len(world.open("withdraw_booked")) == 1
    assert "task_done" not in world.kinds()


def test_an_acceptance_after_the_death_is_recorded_and_somebody_tells_them(world: World) -> None:
    one = sent_out(world)
    dies(world)
    [task] = world.open("withdraw_booked")
    told = {"done": "Timene er avlyst.", "told_0": "Ringte, fikk ikke svar."}
    assert world.anna.post(world.path(f"tasks/{task.id}/done"), told).status_code == 303

    first = accepts(world, one)

    assert "handover_accepted" in world.kinds()
    assert f"deres første avtale {first}" in to_withdraw(world)


def test_after_a_death_the_sender_reads_it_and_asks_for_no_appointment(world: World) -> None:
    sent_out(world)
    before = text_of(world.anna.get(world.path("handover/outside/answer")))
    dies(world)

    page = text_of(world.anna.get(world.path("handover/outside/answer")))

    assert "Personen er død." in page
    asked = "Mottakerens første egne avtale"
    assert (asked in before, asked in page) == (True, False)


def test_an_acceptance_before_a_death_owes_nothing_of_it(world: World) -> None:
    accepts(world, sent_out(world))

    assert world.open("withdraw_booked") == []


def test_what_the_paper_of_a_package_has_no_letters_for_is_said_before_it_is_printed(
    world: World,
) -> None:
    page = text_of(world.anna.get(world.path(prepared(world, "Ring أحمد 40000001"))))

    assert "Noen tegn kan ikke skrives ut" in page
    assert "أ ح م د" in page
