"""Nobody can answer while nobody is on duty: owed until somebody can, whatever day it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.covering import Cover
from bindeledd.features.cases.domain.may_tell import AnswerNeeded
from bindeledd.features.cases.domain.planning import SatisfiedByEventOnly
from bindeledd.features.cases.service import mark_in_error, saying
from bindeledd.features.cases.service.work import complete_task
from bindeledd.features.cases.service.writing import Recorded
from builders import MONDAY, Followed, a_book, a_cover

HOUR = timedelta(hours=1)


def says(follow: Followed, cover: str, at: datetime, **more: str) -> Recorded:
    covers = {"covers": a_cover(at)} if cover == "accepted" else {}
    return saying.tell(
        follow.session,
        follow.case_id,
        EventKind.GAP_COVERED,
        facts={"cover": cover, **more},
        words={"words": "Alle er på kurs."},
        **covers,
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )


def test_on_an_ordinary_day_it_is_owed_once_until_somebody_says_yes(session: Session) -> None:
    follow = Followed(session)
    assert follow.open("cover_gap") == []

    says(follow, "none", MONDAY + HOUR)
    says(follow, "none", MONDAY + HOUR * 2)
    [task] = follow.open("cover_gap")
    assert MONDAY + HOUR < task.due_at < MONDAY + 12 * HOUR
    said = {"words": {"words": "Ferdig"}, "by": follow.site.anna, "book": a_book()}
    with pytest.raises(SatisfiedByEventOnly):
        complete_task(session, follow.case_id, task.id, at=MONDAY + HOUR * 3, **said)

    with pytest.raises(AnswerNeeded):
        says(follow, "accepted", MONDAY + HOUR * 4)
    says(follow, "accepted", MONDAY + HOUR * 4, number_answered="no")
    assert len(follow.open("cover_gap")) == 1, "the person has no number that is answered"
    says(follow, "accepted", MONDAY + HOUR * 5, number_answered="yes")
    assert follow.open("cover_gap") == []


def test_an_answer_by_mistake_takes_what_it_left_owed_away_again(session: Session) -> None:
    follow = Followed(session)
    first = says(follow, "none", MONDAY + HOUR).events[0].id
    again = says(follow, "none", MONDAY + HOUR * 2).events[0].id
    how = {"words": {"words": "Feil"}, "by": follow.site.anna, "book": a_book()}

    mark_in_error(session, follow.case_id, [first], at=MONDAY + HOUR * 3, **how)
    assert len(follow.open("cover_gap")) == 1, "it was said again since"
    mark_in_error(session, follow.case_id, [again], at=MONDAY + HOUR * 4, **how)
    assert follow.open("cover_gap") == []


def test_for_nobody_who_is_reported_dead_is_anything_covered(session: Session) -> None:
    follow = Followed(session)
    follow.record(EventKind.DEATH_REPORTED, at=MONDAY + HOUR)
    says(follow, "none", MONDAY + HOUR * 2)

    assert follow.open("cover_gap") == []


def yes(follow: Followed, hours: int, at: datetime = MONDAY + 2 * HOUR) -> Recorded:
    """Somebody answers from before the team leaves, for so many hours."""
    cover = Cover(who="Legevakten", starts_at=MONDAY, ends_at=MONDAY + hours * HOUR)
    return saying.tell(
        follow.session,
        follow.case_id,
        EventKind.GAP_COVERED,
        facts={"cover": "accepted", "number_answered": "yes"},
        covers=cover,
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )


@pytest.mark.parametrize(("hours", "owed"), [(12, 1), (48, 0)])
def test_whoever_answers_for_some_of_the_time_leaves_it_owed(
    session: Session, hours: int, owed: int
) -> None:
    follow = Followed(session)
    says(follow, "none", MONDAY + HOUR)

    yes(follow, hours)

    assert len(follow.open("cover_gap")) == owed


def test_who_answers_is_sealed_and_the_times_are_not(session: Session) -> None:
    follow = Followed(session)

    [event] = yes(follow, 48).events

    assert event.facts["covers_until"] == (MONDAY + 48 * HOUR).isoformat()
    assert "Legevakten" not in repr(event.facts)
    case = queries.get_case(session, follow.case_id, tenant_id=follow.site.tenant)
    assert queries.words_of(session, {event.id: case})[event.id] == {"who": "Legevakten"}
