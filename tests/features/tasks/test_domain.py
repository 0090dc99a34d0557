"""What a task is. Values only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState, is_overdue

DUE = datetime(2027, 3, 2, 9, tzinfo=UTC)
TASK = Task(
    id=uuid4(), tenant_id=uuid4(), case_id=uuid4(), kind="call_patient", origin=TaskOrigin.STEP,
    step_key="first-contact", anchor_event_id=uuid4(), owner_team_id=uuid4(), due_at=DUE,
    made_at=DUE - timedelta(days=2),
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "minutes", "late"),
    [("open", -1, False), ("open", 0, False), ("open", 1, True), ("done", 1, False),
     ("cancelled", 1, False)],
)  # fmt: skip
def test_late_is_late_and_only_what_is_open_is_late(state, minutes, late):
    task = replace(TASK, state=TaskState(state))
    assert is_overdue(task, DUE + timedelta(minutes=minutes)) is late


def test_the_natural_key_is_the_step_and_what_it_hangs_on():
    assert TASK.natural_key == ("first-contact", TASK.anchor_event_id)
