"""The case on one screen: what stands there, who may see it, what is written down of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service import saying
from bindeledd.features.handovers import service as handovers
from bindeledd.features.patients.tables import PatientRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import a_book
from features.casefile.following import NAME, World, day_in
from visitors import EITHER, Visitor, text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_the_screen_shows_who_what_is_owed_and_why(world: World) -> None:
    page = text_of(world.anna.get(world.path()))

    for words in (NAME, "Det som gjenstår", "Ring pasienten", "Hvorfor da", "99 11 22 33"):
        assert words in page
    for number in ("113", "116 117", "55 00 00 00"):
        assert number in page
    assert "Ikke nådd etter utskrivning" in page
    assert "case.shown" in world.acts()


def test_whoever_was_admitted_again_is_said_to_be_in_hospital_and_not_unreached(
    world: World,
) -> None:
    world.anna.post(world.path("say/admitted"), {"happened_on": day_in(0)})

    page = text_of(world.anna.get(world.path()))
    assert "Innlagt nå siden" in page
    assert "Ikke nådd etter utskrivning" not in page


def test_each_thing_owed_has_the_one_act_that_does_it(world: World) -> None:
    page = world.anna.get(world.path()).text
    assert len(world.open("call_patient")) > 0
    for address in ("contact", "appointment", "summary", "relatives", "children"):
        assert f'href="{world.path(address)}"' in page
    for kind in ("risk_assessed", "plan_offered", "number_verified", "receiver_named"):
        assert f'href="{world.path(f"say/{kind}")}"' in page


def _walk(world: World, visitor: Visitor) -> dict[str, int]:
    """Every page of a case, asked for and sent to: path → status."""
    ids = {"case_id": world.case, "task_id": world.open("call_patient")[0].id, "kind": "discharged"}
    found = {}
    for rule in world.app.url_map.iter_rules():
        if not rule.endpoint.startswith("casefile_pages."):
            continue
        values = {name: ids.get(name, new_id()) for name in rule.arguments}
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m, v=values: str(v[m.group(1)]), rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = visitor.get(path) if method == "GET" else visitor.post(path)
            assert NAME not in answer.text or visitor is not world.carl
            found[f"{method} {rule.rule}"] = answer.status_code
    return found


def test_a_member_of_another_team_finds_nothing_on_any_page(world: World) -> None:
    before = len(world.kinds())
    found = _walk(world, world.carl)

    assert len(found) >= 35
    assert set(found.values()) == {404}, found
    assert len(world.kinds()) == before


def test_no_page_that_names_the_person_goes_unwritten(world: World) -> None:
    pages = ["", "contact", "appointment", "appointments", "summary", "relatives", "children"]
    pages += ["say/receiver_named", "death", "tasks/new", "handover", "closing"]
    pages.append(f"tasks/{world.open('call_patient')[0].id}")
    for page in pages:
        before = world.reads()
        answer = world.anna.get(world.path(page))
        assert answer.status_code == 200, page
        assert NAME in answer.text
        assert world.reads() > before, page
        assert NAME not in answer.request.url
    before = world.reads()
    refused = world.anna.post(world.path("closing"))
    assert NAME in refused.text
    assert world.reads() > before


def test_a_protected_number_is_shown_only_when_asked_for_and_that_is_written_down(
    world: World,
) -> None:
    world.identity(protected_address=True)
    hidden = text_of(world.anna.get(world.path()))
    contact = text_of(world.anna.get(world.path("contact")))
    shown = text_of(world.anna.post(world.path("number")))

    assert "99 11 22 33" not in hidden + contact
    assert "Vis nummeret" in hidden
    assert "99 11 22 33" in shown
    assert world.acts().count("case.number_revealed") == 1


def test_a_receiver_is_not_shown_the_protected_number(world: World) -> None:
    world.identity(protected_address=True)
    with world.database.transaction() as session:
        handovers.hand_over(
            session,
            world.case,
            to_team_id=world.site.other_team,
            words={},
            by=world.site.anna,
            at=clock.now(),
            book=a_book(),
        )
    answer = world.carl.post(world.path("number"))

    assert answer.status_code == 303
    assert "not_revealed" in answer.headers["Location"]
    assert "case.number_revealed" not in world.acts()


def test_a_death_a_request_and_a_handover_stand_on_top(world: World) -> None:
    world.anna.post(world.path("handover"), {"to_team": world.site.other_team})
    world.anna.post(world.path("death"), {"step": "reported", "words": "Søsteren ringte."})
    page = text_of(world.anna.get(world.path()))

    assert "Det er meldt at personen er død" in page
    assert "venter på svar" in page
    assert page.index("er død") < page.index("Det som gjenstår")


def test_an_unreadable_part_is_named_and_hides_nothing_else(world: World) -> None:
    with world.database.transaction() as session:
        row = session.get_one(PatientRow, world.patient)
        assert row.contact_ways is not None
        row.contact_ways = row.contact_ways[:-1] + bytes([row.contact_ways[-1] ^ 1])
    page = text_of(world.anna.get(world.path()))

    assert NAME in page
    assert "kan ikke leses" in page


def test_names_and_words_are_shown_as_text_never_as_markup(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path, name="<b>Iŋgá</b> Čáhppe")
    world.anna.post(world.path("contact"), {"outcome": "no_answer", "words": "<script>x</script>"})
    page = world.anna.get(world.path()).text

    assert "&lt;b&gt;Iŋgá&lt;/b&gt; Čáhppe" in page
    assert "<script>" not in page


def test_what_was_entered_in_error_and_learned_late_says_so(world: World) -> None:
    with world.database.transaction() as session:
        done = saying.tell(
            session,
            world.case,
            EventKind.RISK_ASSESSED,
            happened_at=world.at - timedelta(days=3),
            words={"words": "Vurdert i samtale"},
            by=world.site.anna,
            at=clock.now(),
            book=a_book(),
        )
        cases.mark_in_error(
            session,
            world.case,
            [done.events[0].id],
            words={"words": "Feil pasient"},
            by=world.site.anna,
            at=clock.now(),
            book=a_book(),
        )
    page = text_of(world.anna.get(world.path()))

    assert "Feilført" in page
    assert "Registrert " in page


def test_a_summary_that_came_as_a_message_stands_beside_those_made_by_hand(world: World) -> None:
    message, sent_at = new_id(), world.at - timedelta(minutes=30)
    told = {"title": "Epikrise", "sender": ["Medisinsk avdeling", "Et sykehus"]}
    common = {"source": "message", "source_id": message}
    with world.database.transaction() as session:
        cases.record(
            session,
            world.case,
            [
                NewEvent(kind=EventKind.MESSAGE_RECEIVED, at=world.at, note=told, **common),
                NewEvent(kind=EventKind.SUMMARY_SENT, at=sent_at, **common),
                NewEvent(kind=EventKind.SUMMARY_RECEIVED, at=world.at, **common),
            ],
            by=world.site.system,
            at=clock.now(),
            book=a_book(),
        )
    assert "Kom som melding mottatt" in text_of(world.anna.get(world.path()))
    world.anna.post(
        world.path("summary"), {"step": "sent", "how": "self", "write": "yes", "to": "gp"}
    )

    for page in (world.path(), world.path("summary")):
        shown = text_of(world.anna.get(page))
        assert "Kom som melding mottatt fra Medisinsk avdeling, Et sykehus" in shown
        assert "Fastlegen sendt" in shown
