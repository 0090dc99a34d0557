"""The states of an appointment. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from bindeledd.features.appointments.domain import (
    Appointment,
    AppointmentAction,
    AppointmentInPast,
    AppointmentNotYet,
    AppointmentRefused,
    AppointmentState,
    act,
    happened_at,
)
from builders import MONDAY

TOMORROW = MONDAY + timedelta(days=1)
AFTER = TOMORROW + timedelta(hours=1)


def an_appointment(
    state: AppointmentState = AppointmentState.BOOKED, starts_at: datetime = TOMORROW
) -> Appointment:
    return Appointment(
        id=uuid4(), tenant_id=uuid4(), case_id=uuid4(), starts_at=starts_at, state=state
    )


ENDED = [state for state in AppointmentState if state not in ("booked", "given")]


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("action", AppointmentAction)
def test_what_has_ended_stays_as_it_ended(
    state: AppointmentState, action: AppointmentAction
) -> None:
    with pytest.raises(AppointmentRefused):
        act(an_appointment(state), action, AFTER)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (AppointmentAction.KEEP, AppointmentState.KEPT),
        (AppointmentAction.MISS, AppointmentState.MISSED),
        (AppointmentAction.MOVE, AppointmentState.MOVED),
        (AppointmentAction.CANCEL, AppointmentState.CANCELLED),
    ],
)
@pytest.mark.parametrize("before", [AppointmentState.BOOKED, AppointmentState.GIVEN])
def test_what_stands_may_end_in_four_ways(
    before: AppointmentState, action: AppointmentAction, state: AppointmentState
) -> None:
    ended = act(an_appointment(before), action, AFTER)

    assert ended.state is state
    assert ended.ended_at == AFTER
    assert not ended.is_ahead


def test_given_is_when_the_person_has_it_in_hand() -> None:
    given = act(an_appointment(), AppointmentAction.GIVE, MONDAY)

    assert (given.state, given.given_at, given.ended_at) == (AppointmentState.GIVEN, MONDAY, None)


def test_a_time_that_has_passed_cannot_be_given() -> None:
    with pytest.raises(AppointmentInPast):
        act(an_appointment(), AppointmentAction.GIVE, AFTER)


@pytest.mark.parametrize("action", [AppointmentAction.KEEP, AppointmentAction.MISS])
def test_nobody_kept_or_missed_what_has_not_begun(action: AppointmentAction) -> None:
    with pytest.raises(AppointmentNotYet):
        act(an_appointment(), action, MONDAY)


def test_a_no_show_happened_at_the_time_of_the_appointment() -> None:
    missed = replace(an_appointment(), state=AppointmentState.MISSED)

    assert happened_at(missed, AppointmentAction.MISS, AFTER) == TOMORROW
    assert happened_at(missed, AppointmentAction.CANCEL, AFTER) == AFTER
