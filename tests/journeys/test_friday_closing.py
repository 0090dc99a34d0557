"""A Friday as the team closes: nobody goes home over a weekend with the question of cover unheard.

Somebody went home at ten; it is registered in the morning, or three minutes before the team goes
home. Whoever is there hears before they leave, the lead as they leave, the page says so all the
time, and on Monday it is the first thing.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.tasks.domain import Task
from bindeledd.features.worklist.domain.leaving import Closed, Going
from bindeledd.features.worklist.service.leaving import show_leaving
from bindeledd.foundation.db import Database
from builders import a_book, an_open_case
from journeys.story import DAY, HOUR, Person, Story, local

TEN = local(2027, 4, 16, 10)
AN_HOUR_BEFORE = local(2027, 4, 16, 15)
JUST_BEFORE = local(2027, 4, 16, 15, 57)
CLOSES = local(2027, 4, 16, 16)
MONDAY = local(2027, 4, 19, 8)
MINUTE = timedelta(minutes=1)


def asked(person: Person) -> list[Task]:
    """Who answers over the weekend, and the conversation before it."""
    return [task for task in person.owed() if task.step_key.startswith("before-a-gap")]


def page(story: Story) -> tuple[Going | None, Closed]:
    shown = show_leaving(story.session, by=story.site.anna, at=story.at, book=a_book())
    [team] = [one for one in shown.teams if one.team_id == story.site.team]
    return next(iter(shown.rows), None), team


def assumed_home(story: Story) -> Person:
    """Nobody knows whether somebody has left the ward: it is taken that they did at ten."""
    opened = an_open_case(story.session, story.site, at=TEN - HOUR, unit=True).case
    gone = NewEvent(kind=EventKind.DISCHARGED, at=TEN, facts={"not_known": True})
    how = {"by": story.site.anna, "at": story.at, "book": a_book()}
    cases.record(story.session, opened.id, [gone], **how)
    return Person(story, opened.id, opened.patient_id)


def as_the_clock_goes(story: Story, *moments: timedelta) -> None:
    for moment in moments:
        story.go_on_to(story.at + moment)


@pytest.mark.parametrize("assumed", [False, True])
def test_registered_three_minutes_before_closing_it_is_heard_before_the_team_leaves(
    database: Database, assumed: bool
) -> None:
    story = Story(database, JUST_BEFORE, people=0)
    person = assumed_home(story) if assumed else story.discharged(at=TEN)
    as_the_clock_goes(story, timedelta(), timedelta(seconds=30))

    assert [task.due_at for task in asked(person)] == [CLOSES, CLOSES]
    for task in asked(person):
        assert "Anna" in story.heard(task), "she is still there"
    row, team = page(story)
    assert row is not None
    assert row.unanswered
    assert {task.id for task in asked(person)} <= {one.task_id for one in team.ahead}


def test_registered_in_the_morning_it_is_heard_an_hour_before_closing_and_not_before(
    database: Database,
) -> None:
    story = Story(database, TEN + HOUR, people=0)
    person = story.discharged(at=TEN)
    story.go_on_to(AN_HOUR_BEFORE - MINUTE)
    assert [story.heard(task) for task in asked(person)] == [set(), set()]

    story.go_on_to(AN_HOUR_BEFORE + MINUTE)
    for task in asked(person):
        assert "Anna" in story.heard(task)


def test_as_the_team_closes_the_lead_hears_and_on_monday_it_is_the_first_thing(
    database: Database,
) -> None:
    story = Story(database, JUST_BEFORE, people=0)
    person = story.discharged(at=TEN)
    as_the_clock_goes(story, timedelta(), MINUTE, 2 * MINUTE, MINUTE / 2)
    for task in asked(person):
        assert "Berit" in story.heard(task, since=CLOSES)
    _, team = page(story)
    assert {task.id for task in asked(person)} <= {one.task_id for one in team.ahead}
    assert all(one.due_at < story.at for one in team.ahead[:2]), "overdue first"

    story.lives(MONDAY - MINUTE)
    story.go_on_to(MONDAY + 16 * MINUTE)
    for task in asked(person):
        assert "Anna" in story.heard(task, since=MONDAY)


def test_where_somebody_has_said_yes_nobody_is_told(database: Database) -> None:
    story = Story(database, TEN + HOUR, people=0)
    person = story.discharged(at=TEN)
    gap = person.owes("cover_gap")
    person.tell(EventKind.GAP_COVERED, facts={"cover": "accepted", "number_answered": "yes"})
    as_the_clock_goes(story, 4 * HOUR, HOUR, DAY)

    assert story.heard(gap) == set()
    row, _ = page(story)
    assert row is None or not row.unanswered
