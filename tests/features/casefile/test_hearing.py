"""Who was told of what is owed, by name, and whose message waits and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain.hearing import Heard, heard
from bindeledd.features.reminders.domain.hygiene import OVER_BUDGET_RUNG
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_book

HOUR = timedelta(hours=1)
ANNA, BERIT, CARL = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = {ANNA: "Anna", BERIT: "Berit", CARL: "Carl"}


def a_task(**more: Any) -> Task:
    return Task(
        id=new_id(), tenant_id=new_id(), case_id=new_id(), kind="call_patient",
        origin=TaskOrigin.STEP, step_key="x", anchor_event_id=None, owner_team_id=new_id(),
        due_at=MONDAY, made_at=MONDAY - HOUR, **more,
    )  # fmt: skip


def told(by: UUID = ANNA, **more: Any) -> Heard:
    known = {"audience": "owner", "at": MONDAY, "rung": 1, "channel": "inbox"}
    return Heard(**{"by": by, "name": NAMES[by], **known, **more})


def said(*rows: Heard, task: Task | None = None) -> list[tuple[str, str]]:
    found = heard(task or a_task(), rows, MONDAY + HOUR, name=lambda one: NAMES.get(one, ""))
    return [(one.code, one.values["who"]) for one in found]


def test_whoever_was_told_last_is_named() -> None:
    assert said(told(), told(BERIT, audience="lead", at=MONDAY + HOUR)) == [("told_whom", "Berit")]


def test_all_who_were_told_at_once_are_named_together() -> None:
    assert said(told(BERIT), told(ANNA)) == [("told_whom", "Anna, Berit")]


def test_a_stand_in_is_told_instead_of_whoever_has_it() -> None:
    task = a_task(held_by=ANNA)

    [one] = heard(task, [told(BERIT)], MONDAY, name=lambda who: NAMES[who])

    assert one.code == "told_instead"
    assert one.values == {"who": "Berit", "of": "Anna", "at": MONDAY}


def test_whoever_has_it_is_told_and_not_instead_of_anybody() -> None:
    assert said(told(ANNA), task=a_task(held_by=ANNA)) == [("told_whom", "Anna")]


def test_quiet_hours_are_said_until_when() -> None:
    until = MONDAY + 9 * HOUR
    mail = told(channel="email", waits="quiet_hours", again=until)

    assert said(mail) == [("quiet_until", "Anna")]


def test_quiet_hours_that_are_over_are_not_said() -> None:
    assert said(told(channel="email", waits="quiet_hours", again=MONDAY)) == []


def test_over_budget_says_who_has_it_instead() -> None:
    mail = told(channel="email", waits="over_budget", again=MONDAY + 9 * HOUR)
    lead = told(BERIT, audience="lead", rung=OVER_BUDGET_RUNG)

    [one] = heard(a_task(), [mail, lead], MONDAY, name=str)

    assert (one.code, one.values["who"], one.values["lead"]) == ("over_budget", "Anna", "Berit")


def test_over_budget_with_no_lead_says_so() -> None:
    mail = told(channel="email", waits="over_budget", again=MONDAY + 9 * HOUR)

    assert said(mail) == [("over_budget_nobody", "Anna")]


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.CANCELLED])
def test_nothing_is_said_of_what_has_ended(state: TaskState) -> None:
    assert said(told(), task=a_task(state=state)) == []


# --- read with the case ---------------------------------------------------------------------------


def an_alert(session: Session, followed: Followed, task: Task, **more: Any) -> None:
    """Berit was told of a task; its round and due time as they stand now, unless said."""
    known = {"due_at": task.due_at, "round": 1, "rung": 1, "audience": "lead"}
    alert = AlertRow(
        id=new_id(), tenant_id=task.tenant_id, task_id=task.id, team_id=task.owner_team_id,
        held_by=None, raised_at=MONDAY, addressed_at=MONDAY, **{**known, **more},
    )  # fmt: skip
    session.add(alert)
    session.flush()
    session.add(
        DeliveryRow(
            id=new_id(),
            tenant_id=task.tenant_id,
            alert_id=alert.id,
            task_id=task.id,
            member_id=followed.site.berit.id,
            channel="inbox",
            state="delivered",
            made_at=MONDAY,
            next_at=MONDAY,
            settled_at=MONDAY,
        )
    )
    session.flush()


def codes(session: Session, followed: Followed) -> list[str]:
    file = service.case_file(
        session, followed.case_id, by=followed.site.anna, at=MONDAY + HOUR, book=a_book()
    )
    return [one.code for owed in file.owed for one in owed.heard]


def test_the_case_says_who_was_told(session: Session) -> None:
    followed = Followed(session)
    an_alert(session, followed, followed.tasks()[0])

    assert codes(session, followed) == ["told_whom"]


@pytest.mark.parametrize(
    "other", [{"round": 0}, {"due_at": MONDAY - HOUR}], ids=["round", "due time"]
)
def test_what_was_said_in_another_round_is_not_said_of_this_one(
    session: Session, other: dict[str, Any]
) -> None:
    followed = Followed(session)
    an_alert(session, followed, followed.tasks()[0], **other)

    assert codes(session, followed) == []
