"""Is the appointment still valid? Once it is over, that is asked of nobody: what became of it is."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.tasks.domain import Task, TaskState
from builders import MONDAY
from features.cases.test_domain_planning import DAY, HOUR, History, appoint, discharged

K = EventKind
STARTS = MONDAY + 9 * DAY + HOUR


def checked(history: History) -> Task:
    [task] = [task for task in history.tasks.values() if task.kind == "confirm_appointment"]
    return task


def a_person_with_an_appointment() -> tuple[History, dict[str, str]]:
    history = discharged()
    facts = {"appointment_id": str(uuid4()), "appointment_at": STARTS.isoformat()}
    history.tell(K.APPOINTMENT_GIVEN, MONDAY + HOUR, **facts)
    return history, facts


@pytest.mark.parametrize("became", [K.APPOINTMENT_KEPT, K.APPOINTMENT_MISSED])
def test_a_check_that_nobody_made_falls_away_by_the_outcome_and_is_not_done(
    became: EventKind,
) -> None:
    history, facts = a_person_with_an_appointment()

    told = history.tell(became, STARTS, known=STARTS + DAY, **facts)

    task = checked(history)
    assert (task.state, task.ended_by_event_id) == (TaskState.CANCELLED, told.id)
    assert history.open("record_outcome") == []


@pytest.mark.parametrize("said", [STARTS - DAY, STARTS + DAY])
def test_somebody_who_is_reached_has_not_said_that_the_appointment_stands(said: datetime) -> None:
    history, _ = a_person_with_an_appointment()

    history.tell(K.REACHED, said, known=STARTS + DAY)

    assert checked(history).state is TaskState.OPEN
    assert len(history.open("record_outcome")) == 1


@pytest.mark.parametrize(
    ("kind", "said", "known"),
    [
        (K.APPOINTMENT_CONFIRMED, STARTS - DAY, STARTS - DAY),
        (K.APPOINTMENT_CONFIRMED, STARTS - DAY, STARTS + DAY),
        (K.APPOINTMENT_CANCELLED, STARTS - HOUR, STARTS - HOUR),
    ],
)
def test_what_was_said_before_it_begins_is_a_check_that_was_made(
    kind: EventKind, said: datetime, known: datetime
) -> None:
    history, facts = a_person_with_an_appointment()

    history.tell(kind, said, known=known, **facts)

    assert checked(history).state is TaskState.DONE


def test_time_alone_ends_no_check() -> None:
    history, _ = a_person_with_an_appointment()

    history.plan(STARTS + 9 * DAY)

    assert checked(history).is_open


def test_an_outcome_that_was_an_error_leaves_the_check_open_again() -> None:
    history, facts = a_person_with_an_appointment()
    told = history.tell(K.APPOINTMENT_KEPT, STARTS, known=STARTS + DAY, **facts)

    history.in_error(told, STARTS + DAY + HOUR)

    assert checked(history).is_open


def test_an_appointment_of_which_nobody_knows_when_it_begins_is_checked_by_what_became_of_it() -> (
    None
):
    history = discharged()

    appoint(history, MONDAY + HOUR, None, K.APPOINTMENT_KEPT, said=MONDAY + 8 * DAY)

    assert checked(history).state is TaskState.DONE
