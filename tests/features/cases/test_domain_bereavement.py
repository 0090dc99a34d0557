"""Somebody bereaved is followed up themselves: what is owed, and what is owed by an attempt only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.cases.domain import (
    BEGINNINGS,
    EventKind,
    Origin,
    closing,
    last_of,
    unreachable,
    whereabouts,
)
from bindeledd.features.cases.domain.silence import phase_began
from bindeledd.features.cases.service.beginning import begun_with
from bindeledd.features.pathways.domain.words import BEGINNINGS as OF_ROUTINES
from bindeledd.features.pathways.domain.words import FACTS
from bindeledd.foundation.calendars import Calendar
from builders import MONDAY, a_book
from features.cases.test_domain_planning import DAY, HOUR, History, discharged

K = EventKind
TEAM = Origin.PSYCHOSOCIAL_CRISIS_TEAM.value
OWED = {"bereavement-contact-person", "bereavement-first-contact", "bereavement-checkpoint"}


def bereaved() -> History:
    history = History()
    history.tell(K.BEREAVEMENT, MONDAY, origin=TEAM)
    return history


def keys(history: History) -> set[str]:
    return {task.step_key for task in history.tasks.values() if task.is_open}


def test_somebody_bereaved_is_owed_a_name_a_contact_and_a_new_one_and_nothing_of_an_attempt() -> (
    None
):
    assert keys(bereaved()) == OWED


def test_a_contact_person_by_name_and_a_contact_leave_the_later_one() -> None:
    history = bereaved()
    history.tell(K.CONTACT_PERSON_NAMED, MONDAY + HOUR)
    history.tell(K.REACHED, MONDAY + 2 * HOUR, channel="phone")

    assert "bereavement-checkpoint" in keys(history)
    assert not keys(history) & (OWED - {"bereavement-checkpoint"})


def test_where_all_is_done_a_review_is_owed_within_the_silence() -> None:
    history = bereaved()
    history.tell(K.CONTACT_PERSON_NAMED, MONDAY + HOUR)
    for day in (0, 25):
        history.tell(K.REACHED, MONDAY + day * DAY + HOUR, channel="phone")

    assert [task.kind for task in history.open()] == ["review_case"]


def test_every_time_that_it_owes_is_a_default() -> None:
    steps = [one for one in a_book().current("bereavement").steps if one.key in OWED]

    assert {one.deadline_basis.kind.value for one in steps} == {"default"}
    assert len(steps) == len(OWED)


def test_what_is_owed_after_a_discharge_stands_when_the_patient_is_bereaved() -> None:
    history = discharged()
    before = keys(history)
    history.tell(K.BEREAVEMENT, MONDAY + DAY, origin=TEAM)

    assert before | OWED == keys(history)


def test_a_later_attempt_of_somebody_bereaved_owes_what_an_attempt_owes() -> None:
    history = bereaved()
    history.tell(K.INDEX_EVENT, MONDAY + 9 * DAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, MONDAY + 10 * DAY)

    assert {"first-contact", "gate.plan_offered", "gate.risk_assessed"} | OWED <= keys(history)


def test_nobody_who_is_bereaved_is_in_hospital_by_it() -> None:
    history = discharged()
    history.tell(K.BEREAVEMENT, MONDAY + DAY, origin=TEAM)

    assert whereabouts.in_hospital(tuple(history.events)) is None


def test_the_close_first_phase_begins_with_it() -> None:
    history = discharged()
    history.tell(K.BEREAVEMENT, MONDAY + 90 * DAY, origin=TEAM)

    assert phase_began(history.case, tuple(history.events)) == MONDAY + 90 * DAY


def test_what_was_tried_in_vain_before_it_counts_no_more() -> None:
    history = discharged()
    history.tell(K.CONTACT_ATTEMPTED, MONDAY + DAY, channel="phone")
    history.tell(K.BEREAVEMENT, MONDAY + 2 * DAY, origin=TEAM)

    assert unreachable.tried(tuple(history.events), Calendar()).attempts == 0


def test_an_ending_that_was_asked_for_before_it_is_asked_for_no_more() -> None:
    history = discharged()
    history.tell(K.CLOSING_REQUESTED, MONDAY + DAY, ending="completed")
    history.tell(K.BEREAVEMENT, MONDAY + 2 * DAY, origin=TEAM)

    assert closing.standing_request(tuple(history.events)) is None
    assert history.open("sign_closing") == []


def test_a_report_of_a_death_stops_the_contact_that_is_owed() -> None:
    history = bereaved()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)

    assert not keys(history) & {"bereavement-first-contact", "bereavement-checkpoint"}


def test_whoever_is_bereaved_is_alive_and_a_death_that_stands_is_the_leads_to_settle() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * HOUR)
    history.tell(K.BEREAVEMENT, MONDAY + DAY, origin=TEAM)

    assert [task.owner for task in history.open("confirm_death")] == ["lead"]


def test_a_bereavement_and_an_index_event_are_what_a_routine_begins_with() -> None:
    history = bereaved()
    index = history.tell(K.INDEX_EVENT, MONDAY + timedelta(days=1), index_kind="self_harm")
    began = last_of(tuple(history.events[:1]), *BEGINNINGS)

    assert began is not None
    assert {begun_with(index), begun_with(began)} <= OF_ROUTINES


@pytest.mark.parametrize("origin", Origin)
def test_who_told_is_a_fact_that_routines_know(origin: Origin) -> None:
    assert origin.value in (FACTS["origin"] or ())
