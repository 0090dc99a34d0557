"""The page that moves to the right person, and the lists behind the tasks that follow."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.correcting import Outgoing
from bindeledd.features.cases.service import record
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.web.shell import moment
from builders import a_book, an_open_case
from features.casefile.following import World, in_days
from features.worklist.builders import a_named_patient
from visitors import text_of

RIGHT = "Nora Riktig"
WHY = "Feil person ble valgt i listen"


@pytest.fixture
def dialect() -> str:
    return "sqlite"


class Two(World):
    """Kari was chosen; it was Nora's."""

    def __init__(self, database: Database, home: Path) -> None:
        super().__init__(database, home)
        with database.transaction() as session:
            self.nora = a_named_patient(session, self.site, RIGHT)
            at = self.at - timedelta(hours=1)
            self.right: UUID = an_open_case(session, self.site, at=at, patient=self.nora).case.id

    def tick(self, kind: str) -> str:
        return f"event-{self.event(kind).id}"


@pytest.fixture
def two(fresh_database: Database, tmp_path: Path) -> Two:
    return Two(fresh_database, tmp_path)


def test_a_move_is_found_chosen_and_told_to_both(two: Two) -> None:
    one = two.event("discharged").id
    assert two.path(f"move?event={one}") in two.anna.get(two.path(f"events/{one}/mistake")).text
    first = two.anna.get(two.path(f"move?event={one}"))
    assert f'name="event-{one}"' in first.text

    found = two.anna.post(two.path("move/find"), {"who": "Riktig", f"event-{one}": "yes"})
    assert RIGHT in text_of(found)
    assert f'value="{two.nora}"' in found.text

    sent = {"to": str(two.nora), f"event-{one}": "yes", "words": WHY}
    assert two.anna.post(two.path("move"), sent).status_code == 303

    here = text_of(two.anna.get(two.path()))
    there = text_of(two.anna.get(f"/cases/{two.right}"))
    assert "Står nå hos en annen person" in here
    assert "feilført" in here.lower()
    assert "Kom fra en annen person" in there
    assert WHY in here
    assert WHY in there
    assert RIGHT not in here


def test_whoever_moves_the_last_discharge_away_is_asked_what_is_right_here(two: Two) -> None:
    sent = {"who": "Riktig", two.tick("discharged"): "yes"}
    assert "Fortsatt innlagt" in text_of(two.anna.post(two.path("move/find"), sent))

    moved = {"to": str(two.nora), "words": WHY, "where": "still_in", **sent}
    assert two.anna.post(two.path("move"), moved).status_code == 303

    assert two.event("admitted").in_error_at is None


def test_what_is_asked_at_discharge_applies_then_where_the_person_is_in_hospital(two: Two) -> None:
    moved = {"to": str(two.nora), "words": WHY, "where": "still_in", two.tick("discharged"): "yes"}
    two.anna.post(two.path("move"), moved)

    here = text_of(two.anna.get(two.path()))
    assert "Gjelder ved utskrivning" in here[here.index("Skal være på plass") :]
    assert "Falt bort" not in here[here.index("Skal være på plass") :].split("Historikk")[0]


def test_the_question_about_the_discharge_is_there_before_anything_is_ticked(two: Two) -> None:
    page = text_of(two.anna.post(two.path("move/find"), {"who": "Riktig"}))
    assert "Hva er riktig om utskrivningen, når den flyttes" in page
    assert "Fortsatt innlagt" in page

    ticked = {"to": str(two.nora), "words": WHY, "where": "still_in", two.tick("discharged"): "yes"}
    assert two.anna.post(two.path("move"), {"who": "Riktig", **ticked}).status_code == 303
    assert two.event("admitted").in_error_at is None


def test_the_question_about_the_discharge_is_not_held_against_what_else_is_moved(two: Two) -> None:
    said = {"channel": "sms", "outcome": "message_sent_unconfirmed", "whom": "Til 99 11 22 33"}
    assert two.anna.post(two.path("contact"), said).status_code == 303
    sent = {"to": str(two.nora), "words": WHY, two.tick("contact_attempted"): "yes"}

    assert two.anna.post(two.path("move"), {"who": "Riktig", **sent}).status_code == 303
    assert "admitted" not in two.kinds()


def test_what_was_typed_about_the_discharge_stands_where_something_else_is_asked_back(
    two: Two,
) -> None:
    sent = {"who": "Riktig", "where": "left", "left_on": "2.3.2027", "left_time": "10:15"}
    back = two.anna.post(two.path("move"), sent)

    assert back.status_code == 422
    for kept in ('value="left" checked', 'value="2.3.2027"', 'value="10:15"'):
        assert kept in back.text


def test_a_move_that_lacks_something_says_what_and_does_nothing(two: Two) -> None:
    answer = two.anna.post(two.path("move"), {"who": "Riktig"})

    assert answer.status_code == 422
    page = text_of(answer)
    for words in ("Velg hvem det gjelder", "Velg det som skal flyttes", "Skriv hva som har skjedd"):
        assert words in page
    assert "moved_here" not in two.kinds()


def test_nobody_is_found_whom_one_does_not_see_and_no_id_opens_a_door(two: Two) -> None:
    with two.database.transaction() as session:
        hidden = a_named_patient(session, two.site, "Siri Skjult")
    page = text_of(two.anna.post(two.path("move/find"), {"who": "Skjult"}))
    assert "Fant ingen som du kan se" in page

    sent = {"to": str(hidden), two.tick("discharged"): "yes", "words": WHY}
    assert two.anna.post(two.path("move"), sent).status_code == 404
    assert two.carl.get(two.path("move")).status_code == 404


def test_who_has_what_was_wrong_is_listed_on_the_task(two: Two) -> None:
    said = {"channel": "sms", "outcome": "message_sent_unconfirmed", "whom": "Til 99 11 22 33"}
    assert two.anna.post(two.path("contact"), said).status_code == 303
    sent = {"to": str(two.nora), two.tick("discharged"): "yes", "words": WHY}
    assert two.anna.post(two.path("move"), sent).status_code == 303

    [task] = two.open("recall_sent")
    page = text_of(two.anna.get(two.path(f"tasks/{task.id}")))

    assert "Si fra til dem som fikk noe feil" in page
    assert "SMS" in page


def test_what_each_receiver_was_told_is_said_by_name_and_nobody_is_left_out(two: Two) -> None:
    for whom in ("Til 99 11 22 33", "Til søster"):
        said = {"channel": "sms", "outcome": "message_sent_unconfirmed", "whom": whom}
        assert two.anna.post(two.path("contact"), said).status_code == 303
    sent = {"to": str(two.nora), two.tick("discharged"): "yes", "words": WHY}
    assert two.anna.post(two.path("move"), sent).status_code == 303
    [task] = two.open("recall_sent")
    page = two.path(f"tasks/{task.id}")
    shown = text_of(two.anna.get(page))
    assert "Til 99 11 22 33: hva er sagt om feilen, når og hvordan" in shown

    some = {"done": "Ringt begge", "told_0": "Ringt kl. 12"}
    assert two.anna.post(f"{page}/done", some).status_code == 422
    assert two.open("recall_sent")
    every = {"told_0": "Ringt kl. 12", "told_1": "Har slettet den"}
    assert two.anna.post(f"{page}/done", every).status_code == 303
    assert two.open("recall_sent") == []
    case = text_of(two.anna.get(two.path()))
    assert "Til 99 11 22 33: Ringt kl. 12" in case
    assert "Til søster: Har slettet den" in case


def test_two_messages_that_name_nobody_are_told_apart_on_the_page(two: Two) -> None:
    for channel, outcome in (("sms", "message_sent_unconfirmed"), ("letter", "letter_sent")):
        said = {"channel": channel, "outcome": outcome}
        assert two.anna.post(two.path("contact"), said).status_code == 303
    sent = {"to": str(two.nora), two.tick("discharged"): "yes", "words": WHY}
    assert two.anna.post(two.path("move"), sent).status_code == 303
    [task] = two.open("recall_sent")
    shown = text_of(two.anna.get(two.path(f"tasks/{task.id}")))

    for way in ("SMS", "Brev"):
        assert f"Pasienten: Prøvde å få kontakt ({way})" in shown


def test_an_appointment_is_listed_with_its_time_where_it_is_chosen(two: Two) -> None:
    two.anna.post(two.path("appointment"), {**in_days(7, on="starts"), "where": "DPS Vest"})
    with two.database.session() as session:
        starts_at = session.scalars(sa.select(AppointmentRow.starts_at)).one()

    found = two.anna.post(two.path("move/find"), {"who": "Riktig", two.tick("discharged"): "yes"})

    assert f"Time satt opp {moment(starts_at)}" in text_of(found)


def test_what_was_held_and_what_lies_ahead_is_listed_for_a_person(two: Two) -> None:
    booked = {**in_days(7, on="starts"), "where": "DPS Vest", "given": "yes"}
    two.anna.post(two.path("appointment"), booked)
    two.anna.post(two.path("death"), {"step": "reported", "words": "Legevakten ringte"})
    with two.database.transaction() as session:
        by, at = two.site.system, clock.now()
        letter = {"whom": "Kari", "words": "Innkalling"}
        assert not may_go_out(
            session, two.case, Outgoing.LETTER, words=letter, by=by, at=at, book=a_book()
        )
    two.anna.post(two.path("death"), {"step": "refuted", "words": "Hun svarte selv"})
    [look] = two.open("review_held")
    assert "Brev til pasienten" in text_of(two.anna.get(two.path(f"tasks/{look.id}")))

    two.anna.post(two.path("death"), {"step": "reported", "words": "Politiet ringte"})
    two.berit.post(two.path("death"), {"step": "confirmed", "words": "Legen har skrevet det"})
    [withdraw] = two.open("withdraw_booked")
    page = text_of(two.anna.get(two.path(f"tasks/{withdraw.id}")))
    assert "Avlys timer og stans brev" in page


def test_an_ending_that_is_not_earned_says_what_is_missing(two: Two) -> None:
    asked = {"ending": "unreachable", "words": "Svarer ikke", "override": "yes"}
    page = text_of(two.anna.post(two.path("closing"), asked))
    for words in ("et brev", "å vurdere pårørende", "fastlege eller mottaker"):
        assert words in page

    two.anna.post(two.path("contact"), {"outcome": "declined_all_further", "channel": "phone"})
    asked = {"ending": "declined", "words": "Vil ikke", "override": "yes"}
    page = text_of(two.anna.post(two.path("closing"), asked))
    assert "Tilbudet må gis igjen" in page
    assert "Det skal tilbys igjen" in page


def test_what_a_person_who_is_not_reached_needs_is_offered_once_somebody_tried(two: Two) -> None:
    page = two.path("say/relatives_considered")
    assert page not in two.anna.get(two.path()).text
    two.anna.post(two.path("contact"), {"channel": "phone", "outcome": "no_answer"})
    assert page in two.anna.get(two.path()).text

    said = {"words": "Søsteren er trygg å ringe; hun ringes i dag."}
    assert two.anna.post(page, said).status_code == 303
    assert "relatives_considered" in two.kinds()


def test_a_note_in_the_wrong_persons_record_is_listed_until_it_is_corrected(two: Two) -> None:
    two.anna.post(two.path("contact"), {"outcome": "spoke_with_patient", "words": "Om Nora"})
    event = two.event("reached").id
    two.anna.post(f"/epj/{event}", {"entered": "yes"})
    sent = {"to": str(two.nora), f"event-{event}": "yes", "words": WHY}
    assert two.anna.post(two.path("move"), sent).status_code == 303

    [task] = two.open("correct_epj")
    owed = two.anna.get(two.path(f"tasks/{task.id}"))
    assert "Rett det som står feil i journalen" in text_of(owed)
    assert 'href="/epj"' in owed.text
    assert "1 må rettes i journalen" in text_of(two.anna.get("/epj"))
    assert "Rettet i journalen" in text_of(two.anna.get(f"/epj/{event}"))
    assert two.anna.post(f"/epj/{event}", {"entered": "corrected"}).status_code == 303
    page = text_of(two.anna.get("/epj"))
    assert "må rettes i journalen" not in page
    assert two.open("correct_epj") == []
    assert "1 er ikke ført" in page  # at the right person it is still to be put there


def test_a_moved_note_says_who_recorded_it_and_who_moved_it(two: Two) -> None:
    two.anna.post(two.path("contact"), {"outcome": "spoke_with_patient", "words": "Om Nora"})
    event = two.event("reached").id
    sent = {"to": str(two.nora), f"event-{event}": "yes", "words": WHY}
    assert two.berit.post(two.path("move"), sent).status_code == 303

    page = two.anna.get("/epj").text
    [moved] = set(re.findall(r"/epj/[0-9a-f-]{36}", page))
    note = text_of(two.anna.get(moved))
    assert re.search(
        r"Registrert i Bindeledd av Anna[^.]*, .*Flyttet til rett person av Berit", note
    )
    [right] = set(re.findall(r"/cases/[0-9a-f-]{36}", two.anna.get(moved).text))
    assert "registrert av Anna, flyttet hit av Berit" in text_of(two.anna.get(right))


def test_the_list_for_the_record_tells_how_many_and_leads_on(two: Two) -> None:
    with two.database.transaction() as session:
        for _ in range(52):
            said = [NewEvent(kind=EventKind.PLAN_OFFERED, at=two.at)]
            record(session, two.case, said, by=two.site.anna, at=clock.now(), book=a_book())

    first = two.anna.get("/epj")
    assert "52 er ikke ført" in text_of(first)
    [onward] = re.findall(r'href="(/epj\?[^"]*after=[^"]*)"', first.text)
    second = two.anna.get(onward.replace("&amp;", "&"))
    assert "52 er ikke ført" in text_of(second)
    assert second.text.count('href="/epj/') == 2
    assert "Ingenting her" in text_of(two.berit.get("/epj?whose=mine"))
    assert two.anna.get("/epj?after=x").status_code == 422
