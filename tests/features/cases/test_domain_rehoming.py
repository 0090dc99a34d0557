"""A pack goes: what nobody can answer any more is not waited for, and nothing gets looser by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bindeledd.features.cases.domain import Case, Event, EventKind
from bindeledd.features.cases.domain.by_hand import done_in_words, withdrawn_by
from bindeledd.features.cases.domain.rehoming import Away, home, rehomed
from bindeledd.features.cases.domain.standing import done_by
from bindeledd.features.cases.domain.staying import LET_GO, STAYED, followed_by_stays
from bindeledd.features.pathways.domain import Book
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.plugin.loading import gather
from builders import MONDAY

HOUR = timedelta(hours=1)
GONE = MONDAY + 6 * HOUR


@pytest.fixture(scope="module")
def book() -> Book:
    return gather().book


def away(book: Book, **more: frozenset[str]) -> Away:
    return Away(pack="pack", book=book, facts=frozenset({"ed_assessor"}), **more)


def a_task(**more: Any) -> Task:
    return Task(
        **{
            "id": uuid4(),
            "tenant_id": uuid4(),
            "case_id": uuid4(),
            "kind": "assess_risk",
            "origin": TaskOrigin.GATE,
            "step_key": "gate.risk_assessed",
            "anchor_event_id": None,
            "owner_team_id": uuid4(),
            "due_at": MONDAY + 24 * HOUR,
            "made_at": MONDAY,
            "satisfied_by": ("risk_assessed",),
            "due_reason": {"evidence": {"ed_assessor": ["competent"], "mode": ["in_person"]}},
            **more,
        }
    )


def told(kind: EventKind, hours: int, **facts: Any) -> Event:
    at = MONDAY + hours * HOUR
    return Event(id=uuid4(), case_id=uuid4(), kind=kind, at=at, recorded_at=at, facts=facts)


def test_a_core_gate_that_a_pack_tightened_can_be_met_again(book: Book) -> None:
    task = home(a_task(), away(book), GONE)
    assert (task.satisfied_by, task.origin) == (("risk_assessed",), TaskOrigin.GATE)
    assert task.due_reason["evidence"] == {"mode": ["in_person"]}
    assert not done_in_words(task), "it is done by what happens, as before"
    assert done_by(task, (told(EventKind.RISK_ASSESSED, 7),)) is None
    assert done_by(task, (told(EventKind.RISK_ASSESSED, 7, mode="in_person"),)) is not None


def test_what_was_not_enough_before_does_not_end_it_now(book: Book) -> None:
    before = told(EventKind.RISK_ASSESSED, 2, mode="in_person")
    assert done_by(home(a_task(), away(book), GONE), (before,)) is None


def test_what_does_not_rest_on_the_pack_is_left_alone(book: Book) -> None:
    task = a_task(due_reason={"evidence": {"mode": ["in_person"]}})
    assert home(task, away(book), GONE) == task


def a_step(**more: Any) -> Task:
    own = {"origin": TaskOrigin.STEP, "step_key": "pack.call", "kind": "call_patient"}
    return a_task(**{**own, "satisfied_by": ("reached",), "due_reason": {}, **more})


def test_a_step_that_something_else_still_does_is_not_ticked_off_in_words(book: Book) -> None:
    going = away(book, steps=frozenset({"pack.call"}))
    task = home(a_step(), going, GONE)
    assert not done_in_words(task)
    assert done_by(task, (told(EventKind.REACHED, 7),)) is not None
    assert done_in_words(home(a_step(satisfied_by=()), going, GONE))


def test_nobody_withdraws_what_a_pack_made_owed(book: Book) -> None:
    going = away(book, steps=frozenset({"pack.call"}))
    task = home(a_step(), going, GONE)
    gone = told(EventKind.TASK_WITHDRAWN, 7, task_id=str(task.id))
    assert withdrawn_by(task, gone) is False
    assert withdrawn_by(replace(task, due_reason={}), gone) is True


def test_a_question_that_nobody_asks_any_more_is_answered_in_words(book: Book) -> None:
    going = away(book, steps=frozenset({"pack.call"}))
    asked = a_step(
        satisfied_by=("answered",), due_reason={"evidence": {"ed_assessor": ["competent"]}}
    )
    task = home(asked, going, GONE)
    assert task.satisfied_by == (), "any answer to anything would end it else"
    assert done_in_words(task)


def test_what_only_a_stay_elsewhere_follows_is_named_and_let_go(book: Book) -> None:
    case = Case(
        id=uuid4(),
        tenant_id=uuid4(),
        patient_id=uuid4(),
        pathway_id="national.after-attempt",
        pathway_version="2026.1",
        responsible_team_id=uuid4(),
        unit_id=uuid4(),
        opened_at=MONDAY,
    )
    going = away(book, layers=frozenset({"ward"}))
    stay = told(EventKind.ADMITTED, 1, **{STAYED: ["ward@1", "trust@1"]})
    found = rehomed(case, (), followed_by_stays([stay]), going, GONE)
    assert found is not None
    assert found.stays == ("ward@1",)
    gone = told(EventKind.ROUTINE_CHANGED, 2, **{LET_GO: list(found.stays)})
    assert followed_by_stays([stay, gone]) == ("trust@1",)
    assert rehomed(case, (), followed_by_stays([stay, gone]), going, GONE) is None
    again = told(EventKind.ADMITTED, 3, **{STAYED: ["ward@1"]})
    assert set(followed_by_stays([stay, gone, again])) == {"trust@1", "ward@1"}
    assert followed_by_stays([replace(stay, in_error=True)]) == ()
