"""Which appointments stand by what was recorded, and that no ending closes over one. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.ahead import AppointmentsStand, in_place, standing
from bindeledd.features.cases.domain.closing import Ending, check_ending
from bindeledd.foundation.calendars import Calendar
from builders import MONDAY, a_book

K = EventKind
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CASE = uuid4()


def told(kind: EventKind, one: UUID | None = None, at: datetime = MONDAY, day: int = 3) -> Event:
    facts = {} if one is None else appointed(one, day)
    return Event(id=uuid4(), case_id=CASE, kind=kind, at=at, recorded_at=at, facts=facts)


def appointed(one: UUID, day: int = 3) -> dict[str, str]:
    return {"appointment_id": str(one), "appointment_at": (MONDAY + day * DAY).isoformat()}


def close(ending: Ending, *events: Event, at: datetime = MONDAY + 60 * DAY) -> None:
    national = a_book().resolve("national.after-attempt", "2026.1").unreachable
    history = (told(K.INDEX_EVENT), *events)
    check_ending(
        ending,
        history,
        responsible=uuid4(),
        unreachable=national,
        calendar=Calendar(),
        at=at,
    )


def test_booked_or_given_stands_the_earliest_first_and_says_whether_the_person_knows() -> None:
    late, soon = uuid4(), uuid4()
    history = (
        told(K.APPOINTMENT_BOOKED, late, day=9),
        told(K.APPOINTMENT_BOOKED, soon),
        told(K.APPOINTMENT_GIVEN, soon),
    )

    found = standing(history)

    assert [(one.id, one.given) for one in found] == [(soon, True), (late, False)]
    assert found[0].starts_at == MONDAY + 3 * DAY


@pytest.mark.parametrize(
    "over",
    [
        K.APPOINTMENT_KEPT,
        K.APPOINTMENT_MISSED,
        K.APPOINTMENT_MOVED,
        K.APPOINTMENT_CANCELLED,
        K.APPOINTMENT_HANDED_ON,
    ],
    ids=str,
)
def test_what_became_of_it_settles_it_and_an_error_unsettles_it(over: EventKind) -> None:
    one = uuid4()
    given, ended = told(K.APPOINTMENT_GIVEN, one), told(over, one, MONDAY + HOUR)

    assert standing((given, ended)) == ()
    assert [found.id for found in standing((given, replace(ended, in_error=True)))] == [one]
    assert standing((replace(given, in_error=True),)) == (), "another person's"


def test_that_it_still_stands_settles_nothing() -> None:
    one = uuid4()
    history = (told(K.APPOINTMENT_GIVEN, one), told(K.APPOINTMENT_CONFIRMED, one, MONDAY + HOUR))

    assert [found.id for found in standing(history)] == [one]


@pytest.mark.parametrize("ending", [Ending.COMPLETED, Ending.REGISTERED_IN_ERROR], ids=str)
@pytest.mark.parametrize("day", [3, 90], ids=["passed", "ahead"])
def test_no_ending_closes_over_one_that_stands_and_says_which(ending: Ending, day: int) -> None:
    one = uuid4()
    given = told(K.APPOINTMENT_GIVEN, one, day=day)

    with pytest.raises(AppointmentsStand) as refused:
        close(ending, given)
    close(ending, given, told(K.APPOINTMENT_HANDED_ON, one, MONDAY + HOUR))

    said = {"id": str(one), "starts_at": (MONDAY + day * DAY).isoformat()}
    assert refused.value.facts["appointments"] == [said]


def test_what_lay_ahead_at_discharge_is_in_place_once_its_time_has_passed_too() -> None:
    given = told(K.APPOINTMENT_GIVEN, uuid4(), day=3)
    history = (given, told(K.DISCHARGED, at=MONDAY + 2 * DAY))

    assert given in in_place(history, "discharged", MONDAY + 6 * DAY)


def test_the_gate_of_a_discharge_is_asked_at_the_real_one_and_not_at_the_assumed() -> None:
    given = told(K.APPOINTMENT_GIVEN, uuid4(), day=3)
    assumed = replace(told(K.DISCHARGED, at=MONDAY + 5 * DAY), facts={"not_known": True})
    left = replace(told(K.DISCHARGED, at=MONDAY + 2 * DAY), recorded_at=MONDAY + 6 * DAY)

    assert given in in_place((given, assumed, left), "discharged", MONDAY + 6 * DAY)
