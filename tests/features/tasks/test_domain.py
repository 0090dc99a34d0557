"""What a task is: open, done or cancelled; late when its time has passed, and not before."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState, is_overdue

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def a_task(**changes: object) -> Task:
    task = Task(
        id=uuid4(),
        tenant_id=uuid4(),
        case_id=uuid4(),
        kind="call_patient",
        origin=TaskOrigin.STEP,
        step_key="first-contact",
        anchor_event_id=uuid4(),
        owner_team_id=uuid4(),
        due_at=MONDAY,
        made_at=MONDAY - timedelta(days=3),
    )
    return replace(task, **changes)


def test_there_are_three_states_and_no_more() -> None:
    assert [state.value for state in TaskState] == ["open", "done", "cancelled"]


@pytest.mark.parametrize(
    ("at", "late"), [(MONDAY - A_SECOND, False), (MONDAY, False), (MONDAY + A_SECOND, True)]
)
def test_a_task_is_late_once_its_time_has_passed(at: datetime, late: bool) -> None:
    assert is_overdue(a_task(), at) is late


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.CANCELLED])
def test_what_has_ended_is_never_late(state: TaskState) -> None:
    assert not is_overdue(a_task(state=state), MONDAY + timedelta(days=365))


def test_no_time_is_too_long_ago_to_be_late() -> None:
    assert is_overdue(a_task(), MONDAY + timedelta(days=365 * 50))


def test_an_acknowledgement_does_not_make_it_less_late() -> None:
    later = MONDAY + timedelta(hours=1)
    assert is_overdue(a_task(seen_until=later + timedelta(days=1)), later)


def test_the_natural_key_is_step_and_anchor() -> None:
    task = a_task()
    again = replace(task, id=uuid4(), due_at=MONDAY + timedelta(days=1), strength="must")
    other_event = replace(task, anchor_event_id=uuid4())
    assert again.natural_key == task.natural_key
    assert other_event.natural_key != task.natural_key


def test_a_task_is_a_value() -> None:
    with pytest.raises(FrozenInstanceError):
        a_task().state = TaskState.DONE  # type: ignore[misc]
