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


def a_chain() -> History:
    """Those who are left are talked with, and what they answer makes somebody owe more."""
    ours = Basis(kind=BasisKind.DEFAULT, source="ours")
    talk = Step(
        key="pack.talk",
        task="pack_talk",
        after=K.DEATH_CONFIRMED.value,
        due=Due(within=Period(days=7)),
        basis=ours,
        satisfied_by=("answered",),
        evidence={"talk": frozenset({"held"})},
    )
    again = replace(
        talk,
        key="pack.again",
        task="pack_look",
        after="answered",
        given={"talk": frozenset({"held"})},
        evidence={"again": frozenset({"met"})},
        after_death=AfterDeath.STANDS,
    )
    later = replace(again, key="pack.later", given={"again": frozenset({"met"})})
    history = History(frame=with_steps(talk, again, later))
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, MONDAY + DAY)
    history.tell(K.DEATH_REPORTED, MONDAY + 2 * DAY)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    return history


def looks(history: History) -> list[Task]:
    return [task for task in history.tasks.values() if task.kind == "pack_look"]


@pytest.mark.parametrize("answers", [({"talk": "held"},), ({"talk": "held"}, {"again": "met"})])
def test_what_an_answer_about_the_death_began_ends_when_it_is_refuted(
    answers: tuple[dict[str, str], ...],
) -> None:
    history = a_chain()
    for days, said in enumerate(answers, 3):
        history.tell(K.ANSWERED, MONDAY + days * DAY, **said)
    assert any(task.is_open for task in looks(history))

    refuted = history.tell(K.DEATH_REFUTED, MONDAY + 9 * DAY)

    assert not any(task.is_open for task in looks(history))
    assert refuted.id in {task.ended_by_event_id for task in looks(history)}


def test_what_was_answered_of_something_else_while_the_death_stood_stands() -> None:
    history = a_chain()
    history.tell(K.ANSWERED, MONDAY + 3 * DAY, again="met")

    history.tell(K.DEATH_REFUTED, MONDAY + 9 * DAY)

    [owed] = looks(history)
    assert owed.is_open


def test_what_the_answer_began_of_the_person_stands_when_they_live() -> None:
    history = a_chain()
    history.tell(K.ANSWERED, MONDAY + 3 * DAY, talk="held")
    [owed] = looks(history)
    reason = {**owed.due_reason, "after_death": AfterDeath.ENDS.value}
    history.tasks[owed.id] = replace(owed, due_reason=reason)

    history.tell(K.DEATH_REFUTED, MONDAY + 9 * DAY)

    assert looks(history)[0].is_open


def test_the_refutation_having_been_an_error_owes_the_bereaved_again() -> None:
    history = a_chain()
    history.tell(K.ANSWERED, MONDAY + 3 * DAY, talk="held")
    refuted = history.tell(K.DEATH_REFUTED, MONDAY + 9 * DAY)

    history.in_error(refuted, MONDAY + 10 * DAY)

    [owed] = looks(history)
    assert owed.is_open


def test_a_task_that_was_made_before_the_rules_said_it_stays_owed() -> None:
    history = a_follow_up(AfterDeath.ENDS)
    made = own(history)
    reason = {name: said for name, said in made.due_reason.items() if name != "after_death"}
    history.tasks[made.id] = replace(made, due_reason=reason)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * DAY + HOUR)
    assert own(history).is_open
