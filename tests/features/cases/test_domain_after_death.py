"""A death and what a pack owes by kinds of its own: the rule says what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.pathways.domain import Basis, BasisKind, Due, Step
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.calendars import Period
from features.cases.test_domain_planning import DAY, HOUR, MONDAY, History, with_steps

K = EventKind


def a_follow_up(word: AfterDeath | None, *, after: EventKind = K.DISCHARGED) -> History:
    """Somebody was discharged, with one rule of a pack in the routine; then a death is reported."""
    own = Step(
        key="pack.look",
        task="pack_look",
        after=after.value,
        due=Due(within=Period(days=30)),
        basis=Basis(kind=BasisKind.DEFAULT, source="ours"),
        after_death=word,
    )
    history = History(frame=with_steps(own))
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, MONDAY + DAY)
    history.tell(K.DEATH_REPORTED, MONDAY + 2 * DAY)
    return history


def own(history: History) -> Task:
    return next(task for task in history.tasks.values() if task.kind == "pack_look")


def test_a_reported_death_leaves_it_owed() -> None:
    assert own(a_follow_up(AfterDeath.ENDS)).is_open


def test_a_confirmed_death_ends_it_and_is_the_reason() -> None:
    history = a_follow_up(AfterDeath.ENDS)
    confirmed = history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    assert own(history).state is TaskState.CANCELLED
    assert own(history).ended_by_event_id == confirmed.id


@pytest.mark.parametrize("word", [AfterDeath.STANDS, None])
def test_what_stands_is_owed_on(word: AfterDeath | None) -> None:
    history = a_follow_up(word)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    assert own(history).is_open


def test_what_is_told_after_the_death_begins_nothing_that_ends_with_it() -> None:
    history = a_follow_up(AfterDeath.ENDS, after=K.RISK_ASSESSED)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    history.tell(K.RISK_ASSESSED, MONDAY + 3 * DAY)
    assert [task for task in history.tasks.values() if task.kind == "pack_look"] == []


def test_a_refuted_death_owes_it_again_by_its_first_time() -> None:
    history = a_follow_up(AfterDeath.ENDS)
    before = own(history)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    history.tell(K.DEATH_REFUTED, MONDAY + 3 * DAY)
    assert own(history) == before


def test_a_task_that_was_made_before_the_rules_said_it_stays_owed() -> None:
    history = a_follow_up(AfterDeath.ENDS)
    made = own(history)
    reason = {name: said for name, said in made.due_reason.items() if name != "after_death"}
    history.tasks[made.id] = replace(made, due_reason=reason)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    assert own(history).is_open
