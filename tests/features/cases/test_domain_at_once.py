"""What was just registered is undone at once, by whoever registered it: as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.at_once import UNDO_FOR, just_made, made_with, tried_again
from bindeledd.foundation.ids import new_id
from builders import MONDAY

K = EventKind
CASE, CONTACT, ANNA, BERIT = new_id(), new_id(), new_id(), new_id()
SOON = MONDAY + timedelta(seconds=30)


def told(kind: EventKind = K.CONTACT_ATTEMPTED, **said: object) -> Event:
    plain = Event(
        id=new_id(),
        case_id=CASE,
        kind=kind,
        at=MONDAY,
        recorded_at=MONDAY,
        recorded_by=ANNA,
        source_id=CONTACT,
        facts={"channel": "phone", "direction": "out"},
    )
    return replace(plain, **said)  # type: ignore[arg-type]


def owed(about: UUID = CONTACT) -> Event:
    facts = {"kind": "call_patient", "about": str(about)}
    return told(K.TASK_ADDED, source_id=None, facts=facts)


@pytest.mark.parametrize("kind", [K.CONTACT_ATTEMPTED, K.REACHED, K.CALLED_IN])
def test_whoever_registered_a_contact_may_undo_it_for_a_minute(kind: EventKind) -> None:
    event = told(kind)

    assert just_made([event], by=ANNA, at=MONDAY + UNDO_FOR) == event


@pytest.mark.parametrize(
    ("event", "by", "at"),
    [
        (told(), BERIT, SOON),
        (told(), None, SOON),
        (told(), ANNA, MONDAY + UNDO_FOR + timedelta(seconds=1)),
        (told(in_error=True), ANNA, SOON),
        (told(source="message"), ANNA, SOON),
        (told(facts={}), ANNA, SOON),
        (told(K.RISK_ASSESSED), ANNA, SOON),
    ],
    ids=["another", "nobody", "later", "undone", "of a message", "no contact", "an assessment"],
)
def test_nothing_else_is_undone_at_once(event: Event, by: UUID | None, at: object) -> None:
    assert just_made([event], by=by, at=at) is None  # type: ignore[arg-type]


def test_only_the_last_one_is_undone() -> None:
    first, second = told(), told(recorded_at=SOON, source_id=new_id())

    assert just_made([first, second], by=ANNA, at=SOON) == second
    assert just_made([first, replace(second, in_error=True)], by=ANNA, at=SOON) is None


def test_a_death_that_was_told_of_is_refuted_and_not_undone() -> None:
    call = told(K.CALLED_IN)

    assert just_made([call, told(K.DEATH_REPORTED)], by=ANNA, at=SOON) is None


def test_a_no_goes_with_the_call_in_which_it_was_said_and_so_does_what_it_made_owed() -> None:
    call, no, task = told(), told(K.DECLINED), owed()
    others = [told(source_id=new_id()), owed(about=new_id())]

    assert made_with([call, no, task, *others], call) == [call.id, no.id, task.id]


def test_an_attempt_after_which_a_next_one_is_owed_is_tried_again() -> None:
    call, task = told(), owed()

    assert tried_again([call, task], call)
    assert not tried_again([call, replace(task, in_error=True)], call)
    assert not tried_again([call, owed(about=new_id())], call)
