"""Whose is it, and what does it tell of: rules over values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bindeledd.features.cases.domain import Event, EventKind, IndexKind, death_reported
from bindeledd.features.intake.domain import routing, telling
from bindeledd.features.intake.domain.facts import Diagnosis, Kind, Outcome, Series
from bindeledd.features.intake.domain.reading import read
from bindeledd.features.intake.domain.routing import Opens
from bindeledd.foundation.errors import Misconfigured
from features.intake.builders import (
    ATTEMPT,
    FRIDAY,
    HEART,
    NOW,
    Said,
    a_cancellation,
    a_logistic,
    a_report,
    an_epikrise,
    routes,
)

ROW = uuid4()


def coded(code: str, system: str = "7110"):
    return read(an_epikrise(diagnoses=(Diagnosis(system=system, code=code, main=True),)))


@pytest.mark.parametrize(
    ("code", "system", "holds"),
    [
        ("X60", "7110", True),
        ("X61.9", "7110", True),
        ("x84", "7110", True),
        ("X849", "7110", True),
        ("X59", "7110", False),
        ("X85", "7110", False),
        ("X599", "7110", False),
        ("Y870", "7110", False),
        ("X61", "7170", False),
    ],
)
def test_a_range_of_codes_holds_what_lies_in_it_and_only_in_its_own_system(code, system, holds):
    assert (routes("by_code").opens_as(coded(code, system)) is IndexKind.SELF_HARM) is holds


@pytest.mark.parametrize(
    ("code", "system", "known"),
    [
        ("X60", "7110", {"intoxication": "yes"}),
        ("X69.1", "7110", {"intoxication": "yes"}),
        ("T39.1", "7110", {"intoxication": "yes"}),
        ("X70", "7110", {"intoxication": "no"}),
        ("X80.9", "7110", {"intoxication": "no"}),
        ("X76", "7110", {}),
        ("X84", "7110", {}),
        ("X61", "7170", {}),
    ],
)
def test_a_code_says_whether_it_was_an_intoxication_where_it_says_so(code, system, known):
    assert routes("by_code").coded(coded(code, system)) == known


@pytest.mark.parametrize("also", ["X61", "T42.4"])
def test_a_poisoning_beside_another_way_was_an_intoxication(also):
    codes = (Diagnosis(system="7110", code="X70"), Diagnosis(system="7110", code=also))
    message = read(an_epikrise(diagnoses=codes))

    assert routes("by_code").coded(message) == {"intoxication": "yes"}


@pytest.mark.parametrize(
    ("care", "known"), [("inpatient", "yes"), ("day", "no"), ("outpatient", "no"), ("", None)]
)
def test_an_admission_that_is_told_of_says_whether_it_is_an_inpatient_stay(care, known):
    message = read(an_epikrise())
    message = replace(message, stay=replace(message.stay, care=care))
    events = telling.tell(message, row=ROW, at=NOW, late=False)
    [admitted] = [event for event in events if event.kind is EventKind.ADMITTED]

    assert admitted.facts.get("inpatient") == known


def test_a_discharge_that_lies_ahead_is_known_before_anybody_says_yes():
    def goes_home_later(at):
        return telling.goes_home_later({"stay": {"discharged": {"at": at.isoformat()}}}, NOW)

    assert goes_home_later(NOW + timedelta(days=1))
    assert not goes_home_later(NOW)
    assert not telling.goes_home_later({}, NOW)


def test_whoever_is_told_of_as_admitted_is_an_inpatient():
    assert read(a_logistic(Kind.ADMITTED)).stay.care == "inpatient"


@pytest.mark.parametrize(
    ("opens", "diagnoses", "kind"),
    [
        ("always", HEART, IndexKind.INTENT_UNCLARIFIED),
        ("always", ATTEMPT, IndexKind.SELF_HARM),
        ("by_code", ATTEMPT, IndexKind.SELF_HARM),
        ("by_code", HEART, None),
        ("ask", ATTEMPT, None),
    ],
)
def test_a_route_says_what_a_follow_up_would_begin_with(opens, diagnoses, kind):
    assert routes(opens).opens_as(read(an_epikrise(diagnoses=diagnoses))) is kind


def test_the_first_route_that_fits_counts():
    found = routes(
        "ask",
        Said(source="HER:1", opens="always"),
        Said(kinds=("plo.discharged",), opens="always"),
        Said(source="HER:8500010", opens="by_code", codes=("X60-X84",), codes_from="ICD-10"),
    )

    assert found.of(read(an_epikrise())).opens is Opens.BY_CODE
    assert found.of(read(a_logistic(Kind.DISCHARGED))).opens is Opens.ALWAYS
    assert routes("ask").of(read(an_epikrise())).opens is Opens.ASK


def test_a_code_that_a_site_adds_opens_too():
    added = routes("ask", Said(opens="by_code", codes=("T36-T50", "R45.8"), codes_from="site"))

    assert added.opens_as(coded("T391")) is IndexKind.INTENT_UNCLARIFIED
    assert added.opens_as(coded("R458")) is IndexKind.INTENT_UNCLARIFIED
    assert added.opens_as(coded("T51")) is None


@pytest.mark.parametrize(
    "said",
    [
        Said(opens="sometimes"),
        Said(kinds=("letters",)),
        Said(source="HER"),
        Said(source="FAX:123"),
        Said(opens="by_code", codes=("X84-X60",), codes_from="x"),
        Said(opens="by_code", codes=("everything",), codes_from="x"),
        Said(opens="by_code", codes=("X60",)),
    ],
)
def test_a_route_that_cannot_be_understood_stops_the_start(said):
    with pytest.raises(Misconfigured):
        routes("ask", said)


@pytest.mark.parametrize(
    "data",
    [
        a_logistic(Kind.WITHDRAWN),
        a_logistic(Kind.DEATH),
        a_logistic(Kind.DISCHARGED, outcome=Outcome.DIED_BY_SUICIDE),
        a_cancellation("m", "d"),
    ],
)
def test_some_messages_never_open_a_follow_up(data):
    assert not routing.can_open(read(data))
    assert routes("always").opens_as(read(data)) is None


# --- what a message tells -------------------------------------------------------------------------


def tell(data: bytes, **more):
    return telling.tell(read(data), **{"row": ROW, "at": NOW, "late": False, **more})


def event(kind: EventKind, at: datetime, **more) -> Event:
    return Event(id=uuid4(), case_id=uuid4(), kind=kind, at=at, recorded_at=NOW, **more)


def kinds(events) -> list[str]:
    return [one.kind.value for one in events]


def test_a_summary_that_lies_here_was_sent_and_is_received_only_where_it_came_to_us():
    assert {"summary_sent", "summary_received"} <= set(kinds(tell(an_epikrise())))
    assert "summary_received" not in kinds(tell(an_epikrise(), ours_received=False))


def test_a_preliminary_summary_is_an_interim_one():
    told = kinds(tell(an_epikrise().replace(b'<Status V="F"', b'<Status V="P"')))

    assert "summary_interim" in told
    assert "summary_sent" not in told


@pytest.mark.parametrize(
    ("known_at", "date_only", "again"),
    [
        (FRIDAY, False, False),
        (FRIDAY - timedelta(hours=3), False, False),
        (datetime(2026, 3, 26, 23, tzinfo=UTC), True, False),
        (FRIDAY - timedelta(days=1), False, True),
        (FRIDAY + timedelta(days=3), False, True),
    ],
)
def test_a_discharge_of_the_same_day_is_known(known_at, date_only, again):
    known = [event(EventKind.DISCHARGED, known_at, date_only=date_only)]

    assert ("discharged" in kinds(tell(an_epikrise(), known=known))) is again


def test_an_event_in_error_is_not_known():
    known = [event(EventKind.DISCHARGED, FRIDAY, in_error=True)]

    assert "discharged" in kinds(tell(an_epikrise(), known=known))


def test_ready_again_on_the_same_day_after_a_withdrawal_is_news():
    ready = FRIDAY - timedelta(hours=5)
    known = [event(EventKind.READY_FOR_DISCHARGE, ready)]
    data = a_logistic(Kind.READY_FOR_DISCHARGE, happened=FRIDAY - timedelta(hours=1))

    assert "ready_for_discharge" not in kinds(tell(data, known=known))
    known.append(event(EventKind.DISCHARGE_WITHDRAWN, ready + timedelta(hours=1)))
    assert "ready_for_discharge" in kinds(tell(data, known=known))


def test_a_death_is_told_once_and_no_discharge_with_it():
    dead = a_logistic(Kind.DISCHARGED, outcome=Outcome.DEAD)

    assert "death_reported" in kinds(tell(dead))
    assert "discharged" not in kinds(tell(dead))
    known = [event(EventKind.DEATH_REPORTED, FRIDAY)]
    assert "death_reported" not in kinds(tell(dead, known=known))


@pytest.mark.parametrize(("days", "left"), [(0, False), (1, True)])
def test_a_death_on_a_later_day_than_the_discharge_is_told_with_it(days, left):
    message = read(a_logistic(Kind.DISCHARGED, outcome=Outcome.DEAD))
    gone = message.stay.discharged
    died = replace(message.stay, died=replace(gone, at=gone.at + timedelta(days=days)))
    later = FRIDAY + timedelta(days=3)

    told = telling.tell(replace(message, stay=died), row=ROW, at=later, late=False)

    assert "death_reported" in kinds(told)
    assert ("discharged" in kinds(told)) is left


def test_nothing_happens_after_the_moment_at_which_it_is_written_down():
    early = FRIDAY - timedelta(hours=4)
    told = tell(an_epikrise(), at=early)

    assert max(one.at for one in told) == early
    announced = next(one for one in told if one.kind is EventKind.READY_FOR_DISCHARGE)
    assert announced.facts["announced_for"] == FRIDAY.isoformat()
    assert announced.facts["announces"] == "discharged"
    assert "discharged" not in kinds(told)
    assert told[-1].facts["discharge_expected_at"] == FRIDAY.isoformat()


def test_a_discharge_that_lies_ahead_is_not_announced_twice():
    early = FRIDAY - timedelta(hours=4)
    ready = event(EventKind.READY_FOR_DISCHARGE, early - timedelta(days=1))
    withdrawn = event(EventKind.DISCHARGE_WITHDRAWN, early - timedelta(hours=1))

    assert "ready_for_discharge" not in kinds(tell(an_epikrise(), at=early, known=[ready]))
    again = tell(an_epikrise(), at=early, known=[ready, withdrawn])
    assert "ready_for_discharge" in kinds(again)


def test_clocks_that_differ_a_little_make_no_discharge_wait():
    told = tell(an_epikrise(), at=FRIDAY - timedelta(minutes=5))

    assert "discharged" in kinds(told)
    assert max(one.at for one in told) == FRIDAY - timedelta(minutes=5)


def test_a_stay_whose_discharge_was_announced_is_not_new_when_it_comes():
    announced = {"announced_for": FRIDAY.isoformat(), "announces": "discharged"}
    began = event(EventKind.INDEX_EVENT, FRIDAY - timedelta(days=9), source_id=ROW)
    ready = event(EventKind.READY_FOR_DISCHARGE, began.at, source_id=ROW, facts=announced)

    assert not telling.tells_of_new_stay(read(an_epikrise()), [began, ready])
    assert telling.tells_of_new_stay(read(an_epikrise()), [began])


def test_a_change_moves_what_was_announced_for_another_day():
    message = read(
        an_epikrise(envelope={"series": Series.CHANGED}, discharged=FRIDAY + timedelta(days=1))
    )
    announced = {"announced_for": FRIDAY.isoformat(), "announces": "discharged"}
    ready = event(EventKind.READY_FOR_DISCHARGE, NOW, source_id=ROW, facts=announced)

    assert telling.moved_by(message, [ready], [ROW]) == [ready.id]


def test_a_death_after_a_refuted_one_is_told_and_stands():
    refuted = [
        event(EventKind.DEATH_REPORTED, FRIDAY - timedelta(days=1)),
        event(EventKind.DEATH_REFUTED, FRIDAY + timedelta(hours=1)),
    ]
    dead = a_logistic(Kind.DEATH)  # the death is said to be before the report was refuted

    (death,) = [e for e in tell(dead, known=refuted) if e.kind is EventKind.DEATH_REPORTED]

    stands = death_reported((*refuted, event(death.kind, death.at)))
    assert stands is not None


def test_a_cancellation_tells_of_nothing_but_itself():
    cancelled = a_report(envelope={"series": Series.CANCELLED})

    assert kinds(tell(cancelled)) == ["message_received"]
    assert kinds(tell(a_logistic(Kind.DEATH, envelope={"series": Series.CANCELLED}))) == [
        "message_received"
    ]


def test_no_word_of_a_message_stands_in_its_plain_facts():
    told = tell(a_report(diagnoses=ATTEMPT, plan="ORD"))

    assert all("ORD" not in str(one.facts) and "X61" not in str(one.facts) for one in told)
    assert "ORD" in str(told[-1].note)


@pytest.mark.parametrize(
    ("index_at", "new"),
    [
        (FRIDAY - timedelta(days=3), False),
        (FRIDAY - timedelta(days=5), False),
        (FRIDAY, False),
        (FRIDAY - timedelta(days=6), True),
        (FRIDAY + timedelta(days=2), True),
    ],
)
def test_a_stay_is_new_when_no_index_event_lies_near_it(index_at, new):
    known = [event(EventKind.INDEX_EVENT, index_at)]

    assert telling.tells_of_new_stay(read(an_epikrise()), known) is new


def test_a_change_moves_only_what_it_tells_of_at_another_time_and_what_its_series_said():
    message = read(
        an_epikrise(envelope={"series": Series.CHANGED}, discharged=FRIDAY + timedelta(days=1))
    )
    ours = event(EventKind.DISCHARGED, FRIDAY, source_id=ROW)
    kept = event(EventKind.ADMITTED, FRIDAY - timedelta(days=3), source_id=ROW)
    by_hand = event(EventKind.DISCHARGED, FRIDAY)

    assert telling.moved_by(message, [ours, kept, by_hand], [ROW]) == [ours.id]
