"""Who answers while nobody is on duty says from when until when, and counts for that time only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.covering import (
    Cover,
    CoverEndsFirst,
    NobodyCovers,
    check,
    is_over,
    reaching,
)
from bindeledd.features.cases.domain.may_tell import AnswerNeeded
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.spelling import OSLO
from builders import refusal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2027, 3, 5, 12, tzinfo=OSLO)
LEAVES, SATURDAY, BACK = NOON + 4 * HOUR, NOON + DAY, NOON + 2 * DAY + 20 * HOUR
YES = {"cover": "accepted", "number_answered": "yes"}


def a_cover(
    starts_at: datetime = LEAVES, ends_at: datetime = BACK, who: str = "Legevakten"
) -> Cover:
    return Cover(who=who, starts_at=starts_at, ends_at=ends_at)


def said(cover: Cover | None, at: datetime = NOON) -> Event:
    return Event(
        id=new_id(),
        case_id=new_id(),
        kind=EventKind.GAP_COVERED,
        at=at,
        recorded_at=at,
        facts={**YES, **({} if cover is None else cover.facts)},
    )


def counted(*events: Event) -> list[bool]:
    """Of each answer, whether it covers the weekend with those before it."""
    task = Task(
        id=new_id(),
        tenant_id=new_id(),
        case_id=new_id(),
        kind="cover_gap",
        origin=TaskOrigin.STEP,
        step_key="before-a-gap",
        anchor_event_id=new_id(),
        strength="should",
        owner_team_id=new_id(),
        due_at=LEAVES,
        due_reason={},
        ladder="gap",
        made_at=NOON,
    )
    left = reaching(task, events, Calendar())
    return [event in left for event in events]


def test_whoever_answers_until_the_team_is_back_covers_the_weekend():
    assert counted(said(a_cover())) == [True]


@pytest.mark.parametrize(
    ("starts_at", "ends_at"), [(LEAVES, SATURDAY), (SATURDAY, BACK), (BACK, BACK + DAY)]
)
def test_whoever_answers_for_some_of_it_does_not_cover_it(starts_at, ends_at):
    assert counted(said(a_cover(starts_at, ends_at))) == [False]


def test_two_who_answer_one_after_the_other_cover_it_together():
    first, then = a_cover(LEAVES, SATURDAY), a_cover(SATURDAY, BACK)

    assert counted(said(first), said(then, NOON + HOUR)) == [False, True]


def test_what_had_passed_when_it_was_said_is_not_asked_for():
    assert counted(said(a_cover(SATURDAY, BACK), at=SATURDAY)) == [True]


def test_an_answer_of_before_that_names_no_time_counts_for_all_of_it():
    assert counted(said(None)) == [True]


@pytest.mark.parametrize(
    ("facts", "cover", "kind", "field"),
    [
        (YES, None, AnswerNeeded, "covers"),
        (YES, a_cover(who=" "), AnswerNeeded, "covers.who"),
        (YES, a_cover(ends_at=LEAVES), CoverEndsFirst, "covers.until"),
        ({"cover": "none"}, a_cover(), NobodyCovers, "covers"),
    ],
)
def test_who_answers_and_when_is_said_with_a_yes_and_with_nothing_else(facts, cover, kind, field):
    refused = refusal(lambda: check(EventKind.GAP_COVERED, facts, cover))

    assert isinstance(refused, kind)
    assert refused.facts == {"fact": field}


@pytest.mark.parametrize("cover", [None, a_cover()])
def test_who_answers_is_asked_of_no_other_event(cover):
    refused = refusal(lambda: check(EventKind.RISK_ASSESSED, {}, cover))

    assert (refused is None) == (cover is None)


@pytest.mark.parametrize(
    ("cover", "at", "over"),
    [(a_cover(), BACK - HOUR, False), (a_cover(), BACK, True), (None, BACK + DAY, False)],
)
def test_a_yes_is_over_when_its_time_has_passed(cover, at, over):
    assert is_over(said(cover), at) is over


def test_whoever_answers_stands_in_no_log():
    assert "Legevakten" not in repr(a_cover())
