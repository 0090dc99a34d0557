"""FHIR bundles and the rows of a daily list, through the whole intake, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bindeledd.app import create_app
from bindeledd.features.appointments.queries import appointments_of
from bindeledd.features.cases.queries import events_of
from bindeledd.features.intake import jobs, queries, service
from bindeledd.features.intake.commands import intake
from bindeledd.features.intake.domain.facts import AppointmentFacts
from bindeledd.features.intake.domain.queue import Reason, Status
from bindeledd.features.intake.domain.synthetic.lists import discharges, row
from bindeledd.features.intake.domain.synthetic.stories import HOSPITAL
from bindeledd.features.intake.service import Rules
from bindeledd.features.intake.tables import MessageRow
from bindeledd.foundation import clock
from bindeledd.foundation.console import Site
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from builders import a_member
from doors import a_door, an_app, writing
from features.intake.builders import (
    ATTEMPT,
    BOOK,
    BY_CODE,
    FRIDAY,
    HEART,
    IŊGÁ,
    NOW,
    Inbox,
    a_bundle,
    a_folder,
    an_epikrise,
    an_inbox,
)
from features.takeover.builders import excel

# A book in which no routine begins with anything.
NOTHING_BEGINS = replace(BOOK, pathways={})
WARD = f"{HOSPITAL.department.scheme}:{HOSPITAL.department.value}"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIME = AppointmentFacts(
    booked=True, at=FRIDAY + 5 * DAY, minutes=45, place="DPS", patient_told=True
)


def made(number: int, after: timedelta = HOUR) -> dict[str, Any]:
    """The envelope of message `number` about the same stay, made so long after the discharge."""
    return {"message_id": f"m{number}", "generated_at": FRIDAY + after}


def a_row(**cells: str) -> dict[str, str]:
    said = {"discharged": "27.3.2026 14.00", "codes": "X61", "unit": WARD, **cells}
    return dict(row(IŊGÁ, **said))


# --- bundles --------------------------------------------------------------------------------------


def test_a_bundle_with_a_listed_code_opens_a_follow_up_with_its_time_at_hand(session):
    inbox = an_inbox(session)

    done = inbox.receive(a_bundle(diagnoses=ATTEMPT, appointment=TIME))

    assert (done.status, done.format) == (Status.OPENED, "fhir-r4")
    assert set(inbox.events(done)) >= {"index_event", "admitted", "discharged", "message_received"}
    assert "summary_sent" not in inbox.events(done)
    assert "call_patient" in inbox.open_tasks(done)
    assert inbox.row(done).unit_id == inbox.site.unit
    assert done.case_id is not None
    (time,) = appointments_of(session, done.case_id, patient_id=done.patient_id)
    assert time.starts_at == TIME.at


def test_the_original_stands_sealed_with_its_hash(session):
    inbox = an_inbox(session)
    data = a_bundle()

    stored = inbox.row(inbox.receive(data))

    assert queries.original_of(session, stored) == data
    assert stored.original is not None
    assert IŊGÁ.number.encode() not in stored.original


def test_the_same_bundle_twice_changes_nothing_also_in_other_bytes(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(diagnoses=ATTEMPT))
    before = inbox.events(first)

    again = inbox.receive(a_bundle(diagnoses=ATTEMPT))
    spaced = inbox.receive(json.dumps(json.loads(a_bundle(diagnoses=ATTEMPT))).encode())

    assert (again.status, again.reason) == (Status.DUPLICATE, Reason.SAME_BYTES)
    assert (spaced.status, spaced.reason) == (Status.DUPLICATE, Reason.SAME_MESSAGE)
    assert inbox.events(first) == before


def test_the_discharge_follows_the_admission_and_waits_in_its_place(session):
    inbox = an_inbox(session, opens="ask")
    admitted = inbox.receive(
        a_bundle(envelope=made(1, -2 * DAY), status="in-progress", discharged=None)
    )
    assert admitted.status is Status.TO_DECIDE

    left = inbox.receive(a_bundle(envelope=made(2)))

    assert left.status is Status.TO_DECIDE
    assert inbox.row(admitted).reason == Reason.OVERTAKEN


def test_an_older_snapshot_that_comes_late_says_nothing_more(session):
    inbox = an_inbox(session)
    left = inbox.receive(a_bundle(envelope=made(2), diagnoses=ATTEMPT))
    before = inbox.events(left)

    late = inbox.receive(
        a_bundle(envelope=made(1, -2 * DAY), status="in-progress", discharged=None)
    )

    assert (late.status, late.reason) == (Status.DUPLICATE, Reason.OVERTAKEN)
    assert inbox.events(left) == before


def test_a_corrected_time_of_discharge_marks_the_old_one(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    changed = inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), discharged=FRIDAY - DAY))

    assert changed.status is Status.UPDATED
    assert changed.case_id == first.case_id
    assert inbox.events(first).count("discharged") == 1


def test_a_stay_that_goes_on_takes_its_discharge_back(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))
    assert "discharged" in inbox.events(first)

    there = inbox.receive(
        a_bundle(envelope=made(2, 2 * HOUR), status="in-progress", discharged=None)
    )

    assert there.status is Status.UPDATED
    assert "discharged" not in inbox.events(first)
    assert inbox.open_tasks(first)


def test_a_newer_bundle_that_is_silent_of_the_appointment_cancels_none(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT, appointment=TIME))

    inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), diagnoses=ATTEMPT))

    assert first.case_id is not None
    (time,) = appointments_of(session, first.case_id, patient_id=first.patient_id)
    assert time.is_ahead


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_stay_that_never_was_is_taken_back_and_a_person_looks(session, status):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    gone = inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), status=status))

    assert gone.status is Status.UPDATED
    assert "discharged" not in inbox.events(first)
    assert "clinician_decides" in inbox.open_tasks(first)


def test_a_cancellation_before_its_stay_waits_and_the_stay_then_goes_to_a_person(session):
    inbox = an_inbox(session)
    gone = inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), status="entered-in-error"))
    assert (gone.status, gone.reason) == (Status.PARKED, Reason.WAITS_FOR_ORIGINAL)

    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    assert (first.status, first.reason) == (Status.TO_DECIDE, Reason.CANCELLED_ALREADY)


def test_a_death_in_a_bundle_is_reported_and_opens_nothing(session):
    inbox = an_inbox(session)
    alone = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT, disposition="exp"))
    assert alone.status is Status.PARKED

    opened = inbox.receive(an_epikrise())

    assert "death_reported" in inbox.events(opened)
    assert "confirm_death" in inbox.open_tasks(opened)


def left_at(inbox, done):
    """When the person left, by what stands; and whether each of it is known."""
    standing = [
        one
        for one in events_of(inbox.session, done.case_id)
        if one.kind == "discharged" and not one.in_error
    ]
    return [(one.at, one.is_assumed) for one in standing]


def test_a_newer_bundle_with_a_death_and_another_end_reports_it_and_leaves_the_discharge_known(
    session,
):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    later = {"discharged": FRIDAY + 2 * HOUR, "disposition": "exp"}
    inbox.receive(a_bundle(envelope=made(2, 3 * HOUR), diagnoses=ATTEMPT, **later))

    assert inbox.events(first).count("death_reported") == 1
    assert "confirm_death" in inbox.open_tasks(first)
    assert left_at(inbox, first) == [(FRIDAY + 2 * HOUR, False)]


def test_a_newer_bundle_with_a_death_and_the_same_end_leaves_the_discharge_as_it_was(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), diagnoses=ATTEMPT, disposition="exp"))

    assert "death_reported" in inbox.events(first)
    assert left_at(inbox, first) == [(FRIDAY, False)]


def test_a_death_that_ends_the_stay_is_no_discharge(session):
    inbox = an_inbox(session)
    first = inbox.receive(
        a_bundle(
            envelope=made(1, -2 * DAY), status="in-progress", discharged=None, diagnoses=ATTEMPT
        )
    )

    inbox.receive(a_bundle(envelope=made(2), diagnoses=ATTEMPT, disposition="exp"))

    assert "death_reported" in inbox.events(first)
    assert left_at(inbox, first) == []


def test_a_death_made_at_the_same_moment_as_the_bundle_before_is_reported(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    inbox.receive(a_bundle(envelope=made(2, HOUR), diagnoses=ATTEMPT, disposition="exp"))

    assert inbox.events(first).count("death_reported") == 1
    assert "confirm_death" in inbox.open_tasks(first)


def test_other_content_made_at_the_same_moment_is_asked_of_a_person(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    beside = inbox.receive(a_bundle(envelope=made(2), status="in-progress", discharged=None))

    assert (beside.status, beside.reason) == (Status.TO_DECIDE, Reason.SAME_MOMENT)
    assert inbox.task(beside).state == "open"
    assert "discharged" in inbox.events(first)


def test_the_same_content_made_at_the_same_moment_under_another_id_asks_nobody(session):
    inbox = an_inbox(session)
    inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))

    beside = inbox.receive(a_bundle(envelope=made(2), diagnoses=ATTEMPT))

    assert beside.status is Status.DUPLICATE


def test_a_death_of_a_message_beside_one_that_waits_is_reported_once_the_follow_up_opens(session):
    inbox = an_inbox(session, opens="ask")
    asked = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT))
    beside = inbox.receive(a_bundle(envelope=made(2), diagnoses=ATTEMPT, disposition="exp"))

    opened = service.decide(
        session, asked.message_id, ours=True, by=inbox.site.anna, at=NOW, book=BOOK
    )

    assert "death_reported" in inbox.events(opened)
    assert inbox.row(beside).status == Status.TO_DECIDE


def test_a_death_that_only_an_older_bundle_tells_of_is_reported(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), diagnoses=ATTEMPT))

    inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT, disposition="exp"))

    assert "death_reported" in inbox.events(first)
    assert left_at(inbox, first) == [(FRIDAY, False)]


def test_a_death_that_waits_is_not_dropped_by_a_newer_bundle_without_it(session):
    inbox = an_inbox(session)
    dead = inbox.receive(a_bundle(envelope=made(1), diagnoses=ATTEMPT, disposition="exp"))
    assert dead.status is Status.PARKED

    opened = inbox.receive(a_bundle(envelope=made(2, 2 * HOUR), diagnoses=ATTEMPT))

    assert "death_reported" in inbox.events(opened)
    assert left_at(inbox, opened) == [(FRIDAY, False)]


def test_a_time_at_hand_that_a_bundle_tells_of_says_that_a_message_told_it(session):
    inbox = an_inbox(session)

    done = inbox.receive(a_bundle(diagnoses=ATTEMPT, appointment=TIME))

    sources = {one.kind: one.source for one in events_of(session, done.case_id)}
    assert sources["appointment_booked"] == sources["appointment_given"] == "message"


def test_bundle_summary_and_list_tell_of_one_discharge(session):
    inbox = an_inbox(session)
    first = inbox.receive(a_bundle(diagnoses=ATTEMPT))
    inbox.receive(an_epikrise())
    inbox.receive(a_bundle(envelope=made(3, 2 * HOUR), type="document", plan="Ring."))
    (line,) = service.read_letter(discharges([a_row()]), rules=Rules(book=BOOK)).messages
    inbox.receive(line.data or b"")

    events = inbox.events(first)
    assert events.count("discharged") == 1
    assert events.count("index_event") == 1
    assert "summary_sent" in events


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"resourceType":"Bundle"', "intake.not_json"),
        (b'{"resourceType":"Bundle","type":"message","type":"x"}', "intake.doubled_key"),
        (b'{"resourceType":"Patient"}', "intake.unknown_format"),
        (b'{"resourceType":"Bundle","type":"collection"}', "intake.not_said"),
        (b'{"a":' * 3000, "intake.too_deep"),
        (excel([["Fødselsnummer", "Utskrevet"], ["1", "2"]]), "intake.is_excel"),
    ],
)
def test_what_cannot_be_read_stands_in_the_queue_with_its_reason(session, data, reason):
    inbox = an_inbox(session)

    done = inbox.receive(data)

    assert (done.status, done.reason) == (Status.REFUSED, reason)
    assert inbox.task(done).state == "open"
    assert service.reason_text(reason)


# --- rows -----------------------------------------------------------------------------------------


@pytest.fixture
def folder(database, tmp_path: Path) -> jobs.Folder:
    return a_folder(database, tmp_path / "in")


def put(folder: jobs.Folder, name: str, data: bytes) -> None:
    (folder.path / name).write_bytes(data)
    folder.look()
    folder.look()


def stored(folder: jobs.Folder) -> list[tuple[str, str | None, int]]:
    with folder.database.transaction() as session:
        asked = sa.select(MessageRow.status, MessageRow.reason, MessageRow.repeats)
        return sorted(tuple(one) for one in session.execute(asked.order_by(MessageRow.received_at)))


LIST = [
    a_row(stay="1"),
    a_row(stay="2", number="", codes="I21"),
    a_row(stay="3", discharged="i går"),
]


def test_each_row_of_a_list_is_a_message_and_its_refusal_stands_for_itself(folder):
    put(folder, "liste.csv", discharges(LIST))

    assert stored(folder) == [
        ("opened", None, 0),
        ("refused", "intake.bad_time:row_discharged_unread", 0),
        ("to_decide", "intake.no_number", 0),
    ]
    assert not list(folder.path.iterdir())
    with folder.database.transaction() as session:
        refused = session.scalars(sa.select(MessageRow).where(MessageRow.status == "refused")).one()
        facts = queries.facts_of(session, refused)
    assert facts is not None
    assert facts["file"] == "liste.csv:4"


def test_the_same_list_tomorrow_changes_nothing(folder):
    put(folder, "mandag.csv", discharges(LIST))
    before = stored(folder)

    put(folder, "tirsdag.csv", discharges([{}, *reversed(LIST)], separator=",", encoding="utf-16"))

    assert [one[:2] for one in stored(folder)] == [one[:2] for one in before]
    assert {one[2] for one in stored(folder)} == {1}


def test_a_row_that_a_person_has_answered_is_not_asked_about_again_tomorrow(session):
    inbox = an_inbox(session, opens="ask")
    rules = Rules(book=BOOK)
    by, at = inbox.site.system, NOW

    def hand_in() -> list[Any]:
        letter = service.read_letter(
            discharges([a_row(), a_row(stay="3", discharged="i går")]), rules=rules
        )
        return [
            service.receive_letter(session, one, rules=rules, by=by, at=at)
            for one in letter.messages
        ]  # fmt: skip

    asked, refused = hand_in()
    service.decide(session, asked.message_id, ours=False, by=by, at=at, book=BOOK)
    service.answer_refused(session, refused.message_id, words={"done": "Ringte"}, by=by, at=at)

    assert {one.status for one in hand_in()} == {Status.DUPLICATE}
    assert inbox.row(asked).original is None


def test_a_row_that_says_something_else_tomorrow_goes_to_a_person(session):
    inbox = an_inbox(session)
    rules = Rules(book=BOOK)
    for cells, status in (
        ({"stay": "1"}, Status.OPENED),
        ({"stay": "1", "discharged": "26.3.2026"}, Status.TO_DECIDE),
    ):
        (one,) = service.read_letter(discharges([a_row(**cells)]), rules=rules).messages
        assert inbox.receive(one.data or b"").status is status


def test_a_list_whose_headings_are_not_right_is_one_refused_message(folder):
    put(folder, "liste.csv", "Fødselsnummer;Utskrevet;Risiko\r\n1;2;3\r\n".encode())

    assert stored(folder) == [("refused", "intake.column_unknown:list_heading", 0)]


def test_a_list_that_is_refused_whole_names_the_heading_to_whoever_opens_it(session):
    inbox = an_inbox(session)

    done = inbox.receive("Fødselsnummer;Utskrevet;Risiko\r\n1;2;3\r\n".encode())

    stored = inbox.row(done)
    assert (done.reason, done.wrong_at) == ("intake.column_unknown", "list_heading")
    assert done.about == {"column": 3, "heading": "Risiko"}
    facts = queries.facts_of(session, stored)
    assert facts is not None
    assert facts["about"] == done.about


def test_the_command_tells_of_each_row(database, tmp_path: Path):
    with database.transaction() as session:
        tenant = an_inbox(session).site.tenant
    said = SimpleNamespace(routes=BY_CODE, allow_test_messages=False, standards=None)
    site = Site(
        open_settings=lambda: said,
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(book=BOOK, foreign=()),
        find_tenants=lambda _: {"one": tenant},
    )
    (tmp_path / "liste.csv").write_bytes(discharges(LIST))
    (tmp_path / "bundle.json").write_bytes(
        a_bundle(envelope=made(9), stay_id="S-9", diagnoses=HEART)
    )

    result = CliRunner().invoke(intake, [str(tmp_path), "--json"], obj=site)

    told = {one["file"]: one["status"] for one in json.loads(result.output)}
    assert result.exit_code == 1
    assert told == {
        "bundle.json": "to_decide",
        "liste.csv:2": "updated" if "updated" in told.values() else "opened",
        "liste.csv:3": "to_decide",
        "liste.csv:4": "refused",
    }


class World:
    """A site, and the door of Eli, who has a token."""

    def __init__(self, database: Any, home: Path, **said: Any) -> None:
        self.database = database
        with database.transaction() as session:
            inbox: Inbox = an_inbox(session, opens="ask")
            self.member = a_member(
                session, inbox.site.tenant, inbox.site.team, "eli", "member", clock.now()
            )
        self.opens(home, **said)

    def opens(self, home: Path, *, routes: Any = (), book: Any = None) -> None:
        """The app as it starts with these routes, and with another book where one is named."""
        if book is None and not routes:
            app = an_app(self.database, home)
        else:
            gathered = gather()
            app = create_app(
                replace(
                    read_settings({"BINDELEDD_HOME": str(home)}), environment="test", routes=routes
                ),
                database=self.database,
                gathered=gathered if book is None else replace(gathered, book=book),
            )
        self.door = a_door(app, self.database, self.member)

    def hand_in(self, data: bytes, kind: str, key: str | None = None) -> Any:
        under = {} if key is None else {"Idempotency-Key": key}
        return self.door.app.test_client().post(
            "/api/v1/messages",
            data=data,
            content_type=kind,
            headers={"Authorization": f"Bearer {self.door.token}", **under},
        )


@pytest.fixture
def world(database, tmp_path) -> World:
    return World(database, tmp_path)


def test_a_list_over_http_is_answered_row_by_row(world):
    answer = world.hand_in(discharges(LIST), "text/csv")

    assert answer.status_code == 201
    assert answer.json["format"] == "discharge-csv"
    assert "message_id" not in answer.json
    assert [(one["row"], one["status"], one["reason"]) for one in answer.json["rows"]] == [
        (2, "to_decide", "intake.ask"),
        (3, "to_decide", "intake.no_number"),
        (4, "refused", "intake.bad_time"),
    ]
    assert len({one["message_id"] for one in answer.json["rows"]}) == 3
    assert world.hand_in(discharges(LIST), "text/csv").status_code == 200


@pytest.mark.parametrize("xml", [False, True])
def test_a_bundle_over_http_is_taken_in_and_shown(world, xml):
    kind = "application/fhir+xml" if xml else "application/fhir+json"

    answer = world.hand_in(a_bundle(plan="Ring mandag.", type="document", xml=xml), kind)

    assert answer.status_code == 201
    assert (answer.json["format"], answer.json["status"]) == ("fhir-r4", "to_decide")
    assert "rows" not in answer.json
    opened = world.door("GET", f"/messages/{answer.json['message_id']}").json
    assert opened["said"]["texts"][0]["text"] == "Ring mandag."


def told(answer: Any) -> list[tuple[int, bool, str | None, str | None]]:
    rows = answer.json["rows"]
    return [(one["row"], one["taken"], one.get("status"), one.get("reason")) for one in rows]


def test_a_row_that_cannot_be_taken_now_stops_no_other(database, tmp_path):
    """No routine is there for what the first row would open: a fault of the site."""
    world = World(database, tmp_path, routes=BY_CODE, book=NOTHING_BEGINS)

    answer = world.hand_in(discharges(LIST), "text/csv")

    assert answer.status_code == 207
    assert told(answer) == [
        (2, False, None, "pathway.unknown"),
        (3, True, "to_decide", "intake.no_number"),
        (4, True, "refused", "intake.bad_time"),
    ]
    assert "message_id" not in answer.json["rows"][0]


def test_a_list_under_a_key_goes_on_until_every_row_is_taken_and_only_then_is_repeated(
    database, tmp_path
):
    world = World(database, tmp_path, routes=BY_CODE, book=NOTHING_BEGINS)
    first = world.hand_in(discharges(LIST), "text/csv", key="monday")
    world.opens(tmp_path, routes=BY_CODE)

    second = world.hand_in(discharges(LIST), "text/csv", key="monday")
    third = world.hand_in(discharges(LIST), "text/csv", key="monday")

    assert (first.status_code, second.status_code, third.status_code) == (207, 201, 201)
    assert [one["status"] for one in second.json["rows"]] == ["opened", "duplicate", "duplicate"]
    assert "Idempotency-Replayed" not in second.headers
    assert third.headers["Idempotency-Replayed"] == "true"


def test_no_transaction_holds_more_than_one_row_of_a_list(world):
    """Whoever else writes waits for a row, never for a list: a row is there when the next begins."""
    database = world.door.app.extensions["bindeledd.edge"].database
    with writing(database, "messages") as steps:
        world.hand_in(discharges(LIST), "text/csv")

    assert steps.count("row") == len(LIST)
    assert all(pair != ("row", "row") for pair in pairwise(steps))


def test_a_refused_row_says_which_row_it_is(world):
    rows = world.hand_in(discharges(LIST), "text/csv").json["rows"]

    shown = world.door("GET", f"/messages/{rows[2]['message_id']}").json

    assert shown["message"]["facts"]["file"] == ":4"
