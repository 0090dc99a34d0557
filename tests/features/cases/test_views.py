"""Cases and what people do for a patient over HTTP: by status, body, refusals and who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.staff.tables import InstallationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_patient_row, a_site
from doors import Door, a_door, an_app


class World:
    """A site with one discharged patient in Anna's team, and everybody's doors."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.now = database, clock.now()
        with database.transaction() as session:
            session.execute(
                sa.insert(InstallationRow).values(id=1, environment="test", made_at=self.now)
            )
            self.site = a_site(session, self.now)
            self.patient = a_patient_row(session, self.site, self.now)
        app = an_app(database, home)
        self.anna: Door = a_door(app, database, self.site.anna)
        self.berit: Door = a_door(app, database, self.site.berit)
        self.carl: Door = a_door(app, database, self.site.carl)
        opened = self.open()
        self.case = opened["case"]["id"]

    def open(self) -> dict[str, Any]:
        before = self.now - timedelta(days=1)
        answer = self.anna(
            "POST",
            "/cases",
            {
                "patient_id": str(self.patient),
                "index_kind": "suicide_attempt",
                "happened_at": before.isoformat(),
                "discharged_at": (before + timedelta(hours=4)).isoformat(),
                "team_id": str(self.site.team),
                "words": "Innlagt natt til mandag",
            },
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json)  # type: ignore[arg-type]

    def later(self, **much: int) -> str:
        return (self.now + timedelta(**much)).isoformat()

    def owed(self, kind: str) -> list[dict[str, Any]]:
        shown = self.anna("GET", f"/cases/{self.case}").json
        return [t for t in shown["tasks"] if t["kind"] == kind and t["state"] == "open"]

    def discharge(self) -> str:
        """The event by which the patient was discharged."""
        events = self.anna("GET", f"/cases/{self.case}").json["events"]
        return str(next(event["id"] for event in events if event["kind"] == "discharged"))

    def acts(self) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(sa.select(AuditEventRow.act)))


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_a_case_is_shown_to_its_team_and_that_is_written_down(world: World) -> None:
    answer = world.anna("GET", f"/cases/{world.case}")

    assert answer.status_code == 200
    assert answer.json["case"]["state"] == "open"
    assert answer.headers["ETag"] == f'"{answer.json["case"]["version"]}"'
    assert {"call_patient", "send_summary"} <= {task["kind"] for task in answer.json["tasks"]}
    assert "case.shown" in world.acts()
    assert "natt til mandag" not in answer.text


def test_another_team_finds_nothing(world: World) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/events", {"kind": "risk_assessed"}),
        ("POST", "/contacts", {"outcome": "no_answer"}),
        ("POST", "/appointments", {"starts_at": world.later(days=1)}),
        ("POST", "/documents", {}),
        ("POST", "/handovers", {"to_team_id": str(world.site.other_team)}),
        ("POST", "/closing", {"ending": "completed", "words": "x"}),
    ):
        answer = world.carl(method, f"/cases/{world.case}{path}", body)
        assert answer.status_code == 404, path
        assert answer.json["type"] == "urn:bindeledd:access.out_of_sight"


def test_saying_that_something_was_done_does_what_was_owed(world: World) -> None:
    assert world.owed("ask_children")

    answer = world.anna(
        "POST",
        f"/cases/{world.case}/events",
        {"kind": "children_asked", "words": "To barn hos far"},
    )

    assert answer.status_code == 201
    assert world.owed("ask_children") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "reached"}, "request.bad_fields"),
        ({"kind": "closed"}, "request.bad_fields"),
        ({"kind": "risk_assessed", "facts": {"why": "Sa at hun ikke orker mer"}}, "case.bad_fact"),
        ({"kind": "risk_assessed", "facts": {"task_id": "x"}}, "case.bad_fact"),
        ({"kind": "risk_assessed", "facts": {"stays_following": "abc"}}, "case.bad_fact"),
        ({"kind": "risk_assessed", "facts": {"channel": "phone"}}, "case.told_elsewhere"),
        ({"kind": "discharged", "facts": {"not_known": True}}, "case.told_elsewhere"),
        ({"kind": "risk_assessed", "facts": {"risk": "high"}}, "case.fact_not_asked"),
        ({"kind": "risk_assessed", "facts": {"fnr": "01018012345"}}, "case.fact_not_asked"),
        ({"kind": "discharged", "facts": {"inpatient": "f32"}}, "case.answer_not_listed"),
        (
            {"kind": "receiver_named", "facts": {"receiver_organisation": "01018012345"}},
            "case.bad_fact",
        ),
        ({"kind": "risk_assessed"}, "case.reason_needed"),
        ({"kind": "risk_assessed", "words": "  "}, "case.reason_needed"),
        ({"kind": "contact_consent_asked"}, "case.answer_needed"),
        ({"kind": "relatives_asked"}, "case.answer_needed"),
        ({"kind": "death_confirmed"}, "case.reason_needed"),
        ({"kind": "death_confirmed", "words": "Fra legen"}, "case.no_death_reported"),
    ],
)
def test_what_cannot_be_said_in_this_way_is_refused(
    world: World, body: dict[str, object], code: str
) -> None:
    answer = world.anna("POST", f"/cases/{world.case}/events", body)

    assert answer.status_code in (409, 422)
    assert answer.json["type"] == f"urn:bindeledd:{code}"
    assert "orker" not in answer.text


def test_a_question_without_an_answer_stays_owed_and_the_field_is_named(world: World) -> None:
    events = f"/cases/{world.case}/events"

    consent = world.anna("POST", events, {"kind": "contact_consent_asked"})
    relatives = world.anna("POST", events, {"kind": "relatives_asked"})

    assert (consent.json["facts"]["fact"], relatives.json["facts"]["fact"]) == (
        "contact_consent",
        "answer",
    )
    assert world.owed("ask_relatives")


def test_an_assessment_without_a_word_leaves_it_owed(world: World) -> None:
    owed = world.owed("assess_risk")

    world.anna("POST", f"/cases/{world.case}/events", {"kind": "risk_assessed"})

    assert owed
    assert world.owed("assess_risk") == owed


COVERED = {
    "kind": "gap_covered",
    "facts": {"cover": "accepted", "number_answered": "yes"},
    "covers": {
        "who": "Legevakten",
        "from": "2027-03-05T15:00:00Z",
        "until": "2027-03-08T07:00:00Z",
    },
}


def test_who_answers_while_nobody_is_on_duty_is_told_with_its_time(world: World) -> None:
    answer = world.anna("POST", f"/cases/{world.case}/events", COVERED)

    assert answer.status_code == 201
    [event] = answer.json["events"]
    times = {name: event["facts"][name] for name in ("covers_from", "covers_until")}
    assert [datetime.fromisoformat(one) for one in times.values()] == [
        datetime(2027, 3, 5, 15, tzinfo=UTC),
        datetime(2027, 3, 8, 7, tzinfo=UTC),
    ]
    assert "Legevakten" not in answer.text


@pytest.mark.parametrize("missing", ["who", "from", "until"])
def test_a_yes_without_who_answers_or_when_names_the_field(world: World, missing: str) -> None:
    covers = {name: value for name, value in COVERED["covers"].items() if name != missing}

    answer = world.anna("POST", f"/cases/{world.case}/events", {**COVERED, "covers": covers})

    assert answer.status_code == 422
    assert missing in answer.text


@pytest.mark.parametrize(
    ("said", "field", "task"),
    [
        ({"kind": "children_asked"}, "words", "ask_children"),
        ({"kind": "receiver_named"}, "receiver_kind", "name_receiver"),
        ({"kind": "receiver_named", "words": "DPS"}, "receiver_kind", "name_receiver"),
        ({"kind": "receiver_named", "facts": {"receiver_kind": "gp"}}, "words", "name_receiver"),
        ({"kind": "gap_covered"}, "cover", "cover_gap"),
        ({"kind": "gap_covered", "facts": {"cover": "accepted"}}, "number_answered", "cover_gap"),
        (
            {"kind": "gap_covered", "facts": {"cover": "accepted", "number_answered": "yes"}},
            "covers",
            "cover_gap",
        ),
        ({"kind": "risk_assessed", "words": " "}, "words", "assess_risk"),
        ({"kind": "plan_offered"}, "words", "offer_plan"),
        ({"kind": "plan_offered", "facts": {"plan_later": False}}, "words", "offer_plan"),
        ({"kind": "declined"}, "words", "call_patient"),
        ({"kind": "bereaved_offered", "words": "Far"}, "bereaved", "support_bereaved"),
        (
            {"kind": "bereaved_offered", "facts": {"bereaved": "accepted"}},
            "words",
            "support_bereaved",
        ),
        (
            {"kind": "bereaved_children_offered", "words": "To barn"},
            "bereaved",
            "support_bereaved_children",
        ),
    ],
)
def test_a_bare_word_does_nothing_of_what_is_owed_and_the_missing_field_is_named(
    world: World, said: dict[str, Any], field: str, task: str
) -> None:
    events = f"/cases/{world.case}/events"
    if task == "cover_gap":
        nobody = {"kind": "gap_covered", "facts": {"cover": "none"}, "words": "Alle er på kurs"}
        assert world.anna("POST", events, nobody).status_code == 201
    if said["kind"].startswith("bereaved"):
        world.anna("POST", events, {"kind": "death_reported", "words": "Fra legevakten"})
        world.berit("POST", events, {"kind": "death_confirmed", "words": "Fra sykehuset"})
    owed = world.owed(task)

    refused = world.anna("POST", events, said)

    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert refused.json["facts"]["fact"] == field
    assert owed
    assert world.owed(task) == owed


@pytest.mark.parametrize(
    ("said", "task"),
    [
        ({"facts": {"receiver_kind": "gp"}, "words": "Dr. Vik, Byåsen"}, "name_receiver"),
        ({"kind": "children_asked", "words": "Har ingen"}, "ask_children"),
    ],
)
def test_who_it_is_and_what_was_answered_does_what_is_owed(
    world: World, said: dict[str, Any], task: str
) -> None:
    assert world.owed(task)

    told = world.anna("POST", f"/cases/{world.case}/events", {"kind": "receiver_named", **said})

    assert told.status_code == 201, told.text
    assert world.owed(task) == []


def test_a_death_that_is_reported_without_a_word_stops_contact_at_once(world: World) -> None:
    told = world.anna("POST", f"/cases/{world.case}/events", {"kind": "death_reported"})

    assert told.status_code == 201
    assert world.owed("confirm_death")
    assert world.owed("call_patient") == []


def test_a_second_confirmation_of_a_death_says_who_confirmed_it_when(world: World) -> None:
    events = f"/cases/{world.case}/events"
    world.anna("POST", events, {"kind": "death_reported", "words": "Fra legevakten"})
    world.berit("POST", events, {"kind": "death_confirmed", "words": "Fra sykehuset"})

    again = world.anna("POST", events, {"kind": "death_confirmed", "words": "Fra sykehuset"})

    assert (again.status_code, again.json["type"]) == (409, "urn:bindeledd:case.death_confirmed")
    assert again.json["facts"]["by"] == str(world.site.berit.id)
    assert again.json["facts"]["at"]
    assert len(world.owed("support_bereaved")) == 1


def test_that_nobody_receives_names_no_receiver(world: World) -> None:
    owed = world.owed("name_receiver")
    assert owed

    nobody = {"facts": {"receiver_kind": "none"}, "words": "Fastlegen har sluttet"}
    told = world.anna("POST", f"/cases/{world.case}/events", {"kind": "receiver_named", **nobody})

    assert told.status_code == 201
    assert world.owed("name_receiver") == owed


@pytest.mark.parametrize("kind", ["relatives_considered", "receiver_told"])
def test_what_was_considered_is_said_in_words(world: World, kind: str) -> None:
    refused = world.anna("POST", f"/cases/{world.case}/events", {"kind": kind})

    assert (refused.status_code, refused.json["facts"]) == (422, {"fact": "words"})


def test_a_fact_beside_the_list_is_refused_by_its_key_and_writes_nothing(world: World) -> None:
    before = world.anna("GET", f"/cases/{world.case}").json["events"]
    said = {"kind": "risk_assessed", "facts": {"risk_score": "5"}}

    told = world.anna("POST", f"/cases/{world.case}/events", said).json["facts"]

    assert (told["fact"], told["words"]) == ("risk_score", "words")
    assert "intoxication" in told["may"]
    assert world.anna("GET", f"/cases/{world.case}").json["events"] == before


def test_a_change_of_an_older_version_is_refused(world: World) -> None:
    path = f"/cases/{world.case}/events"
    version = world.anna("GET", f"/cases/{world.case}").headers["ETag"]

    first = world.anna(
        "POST", path, {"kind": "risk_assessed", "words": "I samtale"}, If_Match=version
    )
    second = world.anna(
        "POST", path, {"kind": "plan_offered", "words": "I jakka"}, If_Match=version
    )

    assert (first.status_code, second.status_code) == (201, 412)
    assert world.owed("offer_plan")


def test_a_request_that_is_sent_twice_acts_once(world: World) -> None:
    path, body = f"/cases/{world.case}/contacts", {"outcome": "no_answer"}

    answers = [world.anna("POST", path, body, Idempotency_Key="one") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert "no_answer" not in answers[1].text
    assert len(world.anna("GET", path).json["contacts"]) == 1


def test_a_call_is_registered_by_its_outcome_alone(world: World) -> None:
    answer = world.anna("POST", f"/cases/{world.case}/contacts", {"outcome": "spoke_with_patient"})

    assert answer.status_code == 201
    done = [task["kind"] for task in answer.json["recorded"]["changed"] if task["state"] == "done"]
    assert "call_patient" in done


@pytest.mark.parametrize(
    ("outcome", "channel"),
    [
        ("letter_sent", "letter"),
        ("message_sent_unconfirmed", "sms"),
        ("home_visit_not_seen", "visit"),
    ],
)
def test_a_contact_without_a_way_is_kept_in_the_way_of_its_outcome(
    world: World, outcome: str, channel: str
) -> None:
    answer = world.anna("POST", f"/cases/{world.case}/contacts", {"outcome": outcome})

    assert (answer.status_code, answer.json["contact"]["channel"]) == (201, channel)


def test_a_letter_by_phone_is_refused_with_the_ways_that_there_are(world: World) -> None:
    sent = {"outcome": "letter_sent", "channel": "phone"}

    answer = world.anna("POST", f"/cases/{world.case}/contacts", sent)

    assert answer.status_code == 422
    assert answer.json["facts"]["may"] == ["letter", "digital"]


def test_tasks_are_added_held_brought_forward_moved_and_done(world: World) -> None:
    tasks = f"/cases/{world.case}/tasks"
    added = world.anna(
        "POST", tasks, {"due_at": world.later(days=2), "words": "Ring NAV for ham"}
    ).json["new"][0]
    at = f"{tasks}/{added['id']}"

    earlier = world.anna(
        "POST", f"{at}/bring-forward", {"due_at": world.later(days=1), "words": "Haster"}
    )
    refused = world.anna(
        "POST", f"{at}/bring-forward", {"due_at": world.later(days=3), "words": "Kan vente"}
    )
    later = world.anna(
        "POST", f"{at}/move-later", {"due_at": world.later(days=3), "words": "Avtalt"}
    )
    held = world.anna("POST", f"{at}/hold", {"member_id": str(world.site.anna.id)})
    done = world.anna("POST", f"{at}/complete", {"words": "Snakket med NAV"})

    assert [earlier.status_code, later.status_code, done.status_code] == [200, 200, 200]
    assert refused.json["type"] == "urn:bindeledd:task.later_needs_reason"
    assert held.status_code == 204
    assert world.owed("free") == []


def test_a_task_that_something_else_does_is_not_ticked_off(world: World) -> None:
    [call, *_] = world.owed("call_patient")

    answer = world.anna(
        "POST", f"/cases/{world.case}/tasks/{call['id']}/complete", {"words": "Gjort"}
    )

    assert answer.status_code == 409
    assert answer.json["type"] == "urn:bindeledd:task.satisfied_by_event_only"


def test_an_appointment_from_booking_to_no_show(world: World) -> None:
    made = world.anna(
        "POST",
        f"/cases/{world.case}/appointments",
        {
            "starts_at": world.later(days=1),
            "give": True,
            "how": "patient_said",
            "detail": {"where": "DPS"},
        },
    )
    one = made.json["appointment"]
    unsaid = world.anna("POST", f"/appointments/{one['id']}/actions", {"action": "miss"})
    how = {"action": "miss", "how": "self"}
    early = world.anna("POST", f"/appointments/{one['id']}/actions", how)
    moved = world.anna(
        "POST",
        f"/appointments/{one['id']}/move",
        {"starts_at": world.later(days=2), "give": True, "how": "patient_said"},
    )
    listed = world.anna("GET", f"/cases/{world.case}/appointments").json["appointments"]

    assert made.status_code == 201
    assert (unsaid.status_code, list(unsaid.json["facts"]["fields"])) == (422, ["how"])
    assert early.json["type"] == "urn:bindeledd:appointment.not_yet"
    assert moved.json["appointment"]["previous_id"] == one["id"]
    assert [a["state"] for a in listed] == ["moved", "given"]


def test_an_appointment_that_is_given_over_http_says_how_we_know(world: World) -> None:
    booked = f"/cases/{world.case}/appointments"
    bare = {"starts_at": world.later(days=1)}
    one = world.anna("POST", booked, bare).json["appointment"]["id"]
    for at in (booked, f"/appointments/{one}/move"):
        unsaid = world.anna("POST", at, {**bare, "give": True})
        assert (unsaid.status_code, list(unsaid.json["facts"]["fields"])) == (422, ["how"])

        said = world.anna("POST", at, {**bare, "give": True, "how": "receiver_said"})
        assert said.json["appointment"]["how_known"] == "receiver_said"


def test_a_summary_from_due_to_received(world: World) -> None:
    begun = world.anna("POST", f"/cases/{world.case}/documents", {}).json["document"]
    at, who = f"/documents/{begun['id']}", [one["id"] for one in begun["recipients"]]

    world.anna("POST", f"{at}/written", {})
    sent = world.anna("POST", f"{at}/sent", {"recipients": who})
    word = world.anna("POST", f"{at}/received", {"recipients": who, "how": "colleague_said"})
    have = world.anna("POST", f"{at}/received", {"recipients": who, "how": "receipt"})

    assert sent.json["document"]["is_sent"]
    assert not sent.json["document"]["is_received"]
    assert word.json["type"] == "urn:bindeledd:document.senders_word"
    assert have.json["document"]["is_received"]
    assert world.owed("send_summary") == []


def test_s194_a_handover_from_sent_to_accepted(world: World) -> None:
    sent = world.anna(
        "POST", f"/cases/{world.case}/handovers", {"to_team_id": str(world.site.other_team)}
    )
    at = f"/handovers/{sent.json['handover']['id']}"
    read = world.carl("POST", f"{at}/received")
    accepted = world.carl("POST", f"{at}/accepted", {"first_at": world.later(days=1)})
    [pair] = world.anna("GET", "/handovers/pairs").json["pairs"]

    assert sent.status_code == 201
    assert sent.json["handover"]["missing"]
    assert (read.status_code, accepted.status_code) == (200, 200)
    case = accepted.json["recorded"]["case"]
    assert case["responsible_team_id"] == str(world.site.other_team)
    assert pair["adds_up"]
    assert (pair["sent"], pair["accepted"]) == (1, 1)


def test_a_closing_is_asked_for_and_signed_by_a_lead(world: World) -> None:
    path = f"/cases/{world.case}/closing"
    owed = world.anna("POST", path, {"ending": "completed", "words": "Ferdig"})
    asked = world.anna("POST", path, {"ending": "completed", "override": True, "words": "Ferdig"})
    alone = world.anna("POST", f"{path}/sign", {"words": "Enig"})
    waiting = world.anna("GET", f"/cases/{world.case}").json["request"]
    signed = world.berit("POST", f"{path}/sign", {"words": "Enig"})

    assert owed.json["type"] == "urn:bindeledd:case.must_still_owed"
    assert asked.status_code == 201
    assert alone.json["type"] == "urn:bindeledd:staff.lead_only"
    assert waiting["ending"] == "completed"
    assert signed.json["case"]["state"] == "closed"
    assert all(
        task["state"] != "open" for task in world.anna("GET", f"/cases/{world.case}").json["tasks"]
    )


def test_a_signature_under_another_version_than_if_match_names_is_refused(world: World) -> None:
    path = f"/cases/{world.case}/closing"
    asked = {"ending": "completed", "override": True, "words": "Ferdig"}
    seen = world.anna("POST", path, asked).json["case"]["version"]
    owed = {"due_at": world.later(days=2), "words": "Ring fastlegen"}
    world.anna("POST", f"/cases/{world.case}/tasks", owed)

    late = world.berit("POST", f"{path}/sign", {"words": "Enig"}, If_Match=f'"{seen}"')

    assert late.status_code == 412
    assert world.berit("GET", f"/cases/{world.case}").json["case"]["state"] == "open"


def test_an_ending_is_refused_with_the_appointments_that_stand(world: World) -> None:
    starts = world.later(days=9)
    made = world.anna(
        "POST",
        f"/cases/{world.case}/appointments",
        {"starts_at": starts, "give": True, "how": "patient_said"},
    )
    one = made.json["appointment"]["id"]
    asked = {"ending": "completed", "override": True, "words": "Ferdig"}

    refused = world.anna("POST", f"/cases/{world.case}/closing", asked)

    assert (refused.status_code, refused.json["type"]) == (
        409,
        "urn:bindeledd:case.appointments_stand",
    )
    assert [said["id"] for said in refused.json["facts"]["appointments"]] == [one]
    standing = world.anna("GET", f"/cases/{world.case}").json["appointments"]
    assert [(said["id"], said["given"]) for said in standing] == [(one, True)]
    to = {"action": "hand_on", "detail": {"whom": "Fastlegen"}}
    assert world.anna("POST", f"/appointments/{one}/actions", to).status_code == 200
    assert world.anna("POST", f"/cases/{world.case}/closing", asked).status_code == 201


def test_an_event_that_was_wrong_is_marked_and_planned_anew(world: World) -> None:
    told = world.anna(
        "POST", f"/cases/{world.case}/events", {"kind": "children_asked", "words": "Har ingen"}
    )
    event = told.json["events"][0]["id"]

    answer = world.anna("POST", f"/cases/{world.case}/events/in-error", {"events": [event]})
    assert answer.status_code == 422
    answer = world.anna(
        "POST",
        f"/cases/{world.case}/events/in-error",
        {"events": [event], "words": "Feil pasient"},
    )

    assert answer.status_code == 200
    assert len(world.owed("ask_children")) == 1


def test_registering_twice_joins_the_case(world: World) -> None:
    again = world.open()

    assert again["how"] == "updated"
    assert again["case"]["id"] == world.case


def test_moments_are_read_with_their_zone(world: World) -> None:
    answer = world.anna("GET", f"/cases/{world.case}").json

    assert datetime.fromisoformat(answer["case"]["opened_at"]).tzinfo is not None


@pytest.mark.parametrize(
    ("right", "finds_out", "calls"),
    [
        ({}, 1, True),
        ({"discharge": "not_known"}, 1, True),
        ({"discharge": "still_in"}, 0, False),
        ({"discharge": "left", "left_at": "an_hour_ago"}, 0, True),
        ({"left_at": "an_hour_ago"}, 0, True),
    ],
)
def test_what_is_right_instead_of_a_discharge_is_told_with_the_mark(
    world: World, right: dict[str, str], finds_out: int, calls: bool
) -> None:
    home = world.discharge()
    said = {
        name: world.later(hours=-1) if name == "left_at" else one for name, one in right.items()
    }

    answer = world.anna(
        "POST",
        f"/cases/{world.case}/events/in-error",
        {"events": [home], "words": "Feil", **said},
    )

    assert answer.status_code == 200
    assert len(world.owed("find_discharge")) == finds_out
    assert bool(world.owed("call_patient")) is calls


def test_a_discharge_at_another_time_says_which(world: World) -> None:
    home = world.discharge()

    answer = world.anna(
        "POST",
        f"/cases/{world.case}/events/in-error",
        {"events": [home], "words": "Feil", "discharge": "left"},
    )

    assert answer.status_code == 422
    assert answer.json["type"] == "urn:bindeledd:case.left_when_needed"


@pytest.mark.parametrize(("move", "days"), [("move-later", 3), ("bring-forward", 1)])
def test_a_task_that_is_moved_is_said_to_be_changed(world: World, move: str, days: int) -> None:
    owed = {"due_at": world.later(days=2), "words": "Ring fastlegen"}
    [task] = world.anna("POST", f"/cases/{world.case}/tasks", owed).json["new"]
    to = world.later(days=days)

    moved = world.anna(
        "POST", f"/cases/{world.case}/tasks/{task['id']}/{move}", {"due_at": to, "words": "Avtalt"}
    )

    found = {one["id"]: datetime.fromisoformat(one["due_at"]) for one in moved.json["changed"]}
    assert found.get(task["id"]) == datetime.fromisoformat(to)
