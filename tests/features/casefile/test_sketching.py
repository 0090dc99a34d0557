"""What of a case is drawn: recorded by services, read back, and each thing drawn once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain.drawn import Look, Moment, Row, Sketch
from bindeledd.features.casefile.domain.sketching import sketch
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service import correcting
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import Direction, NewContact, Outcome
from bindeledd.features.handovers import service as handovers
from bindeledd.features.intake.service.calling import call_in
from builders import MONDAY, Followed, a_book

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = MONDAY + 4 * HOUR


@pytest.fixture
def followed(session: Session) -> Followed:
    return Followed(session, unit=True)


def sketched(followed: Followed, at: Any = NOON) -> Sketch:
    file = service.case_file(
        followed.session, followed.case_id, by=followed.site.anna, at=at, book=a_book()
    )
    return sketch(file, of_event=lambda one: one.kind, of_task=lambda one: one.kind)


def how(followed: Followed, at: Any = NOON) -> dict[str, Any]:
    return {"by": followed.site.anna, "at": at, "book": a_book()}


def call(followed: Followed, outcome: Outcome, **more: Any) -> None:
    contacts.register_contact(
        followed.session, followed.case_id, NewContact(outcome=outcome, **more), **how(followed)
    )


def book(followed: Followed) -> Any:
    return appointments.book_appointment(
        followed.session,
        followed.case_id,
        starts_at=NOON + 2 * DAY,
        detail={"where": "DPS"},
        **how(followed),
    )


def of(found: Sketch, row: Row) -> list[Moment]:
    return [one for one in found.moments if one.row is row]


def test_a_call_that_reached_the_person_is_full_and_one_in_vain_is_hollow(
    followed: Followed,
) -> None:
    call(followed, Outcome.NO_ANSWER)
    call(followed, Outcome.SPOKE_WITH_PATIENT)

    looks = {one.words: one.look for one in of(sketched(followed), Row.OUT)}
    assert looks == {"contact_attempted": Look.HOLLOW, "reached": Look.FULL}


@pytest.mark.parametrize(
    "outcome",
    [Outcome.DECLINED_THIS_TIME, Outcome.ANSWERED_BY_NEXT_OF_KIN, Outcome.DECEASED_REPORTED],
)
def test_a_contact_in_which_the_person_was_not_reached_has_no_full_mark(
    followed: Followed, outcome: Outcome
) -> None:
    call(followed, outcome)

    assert {one.look for one in of(sketched(followed), Row.OUT)} == {Look.HOLLOW}


@pytest.mark.parametrize("acute", [False, True])
def test_a_call_from_somebody_else_is_no_full_mark(followed: Followed, acute: bool) -> None:
    words = {"caller": "hans mor", "said": "Han spiser ikke"}
    call_in(
        followed.session, words=words, acute=acute, patient_id=followed.patient_id, **how(followed)
    )

    assert [one.look for one in of(sketched(followed), Row.IN)] == [Look.HOLLOW]


def test_a_call_in_stands_above(followed: Followed) -> None:
    call(followed, Outcome.SPOKE_WITH_PATIENT, direction=Direction.IN)

    found = sketched(followed)
    assert len(of(found, Row.IN)) == 1
    assert of(found, Row.OUT) == []


def test_an_appointment_is_drawn_once_and_not_its_events(followed: Followed) -> None:
    book(followed)

    found = sketched(followed)
    assert [one.at for one in of(found, Row.APPOINTMENT)] == [NOON + 2 * DAY]
    assert [one.words for one in found.moments if one.words.startswith("appointment_")] == []


def test_an_appointment_ahead_is_neither_kept_nor_missed(followed: Followed) -> None:
    book(followed)

    assert [one.look for one in of(sketched(followed), Row.APPOINTMENT)] == [Look.SOFT]


def test_a_stay_ends_with_the_discharge(followed: Followed) -> None:
    found = sketched(followed)

    assert [one.until for one in found.stays] == [MONDAY]


def test_an_admission_that_goes_on_is_a_stay_until_today(followed: Followed) -> None:
    followed.record(EventKind.ADMITTED, at=NOON)

    found = sketched(followed, NOON + DAY)

    assert [(one.since, one.until) for one in found.stays][-1] == (NOON, None)


def test_a_handover_that_waits_leaves_the_lane(followed: Followed) -> None:
    handovers.hand_over(
        followed.session,
        followed.case_id,
        to_team_id=followed.site.other_team,
        words={"reason": "Flytter hjem."},
        **how(followed),
    )

    found = sketched(followed)
    assert [one.name for one in found.holders] == ["follow-up"]
    assert Look.SOFT in {one.look for one in of(found, Row.LANE)}


def test_what_was_recorded_in_error_is_not_drawn(followed: Followed) -> None:
    done = followed.record(EventKind.CONTACT_ATTEMPTED, at=NOON)
    correcting.mark_in_error(
        followed.session, followed.case_id, [done.events[0].id], words={"words": "Feil"},
        **how(followed, NOON + HOUR),
    )  # fmt: skip

    assert of(sketched(followed, NOON + 2 * HOUR), Row.OUT) == []


def test_everything_else_that_stands_is_drawn_once(followed: Followed) -> None:
    followed.record(EventKind.RISK_ASSESSED, at=NOON)

    words = [one.words for one in sketched(followed).moments]
    assert words.count("risk_assessed") == 1
    assert words.count("index_event") == 1
    assert words.count("discharged") == 1


def test_what_is_owed_is_a_window_until_it_is_due(followed: Followed) -> None:
    found = sketched(followed)

    due = sorted(task.due_at for task in followed.tasks() if task.is_open)
    assert sorted(one.until for one in found.windows if one.is_open) == due


def test_only_what_is_owed_and_overdue_is_late(followed: Followed) -> None:
    at = MONDAY + 30 * DAY
    found = sketched(followed, at)

    assert {one.late for one in found.windows if one.until < at and one.is_open} == {True}
    assert {one.late for one in found.windows if one.until >= at} <= {False}
