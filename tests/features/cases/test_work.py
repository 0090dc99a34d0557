"""Who sees and holds what is owed, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.cases.service import work
from bindeledd.features.staff.domain import TeamNotFound
from bindeledd.features.staff.tables import UnitRow
from bindeledd.features.tasks.domain import DueInPast, NotOfTheTeam
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_book, a_site, an_open_case

LATER = MONDAY + timedelta(hours=2)
WORDS = {"words": "Ring skolen"}


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session)


def test_a_ward_that_owes_a_summary_sees_the_case(session: Session) -> None:
    site = a_site(session)
    session.execute(sa.update(UnitRow).values(team_id=site.other_team))

    done = an_open_case(session, site, discharged_at=MONDAY, unit=True)

    [summary] = [task for task in done.new if task.kind == "send_summary"]
    assert summary.owner_team_id == site.other_team
    assert access.require_case(session, site.carl, done.case.id)


def test_a_team_that_is_given_a_task_sees_the_case(follow: Followed) -> None:
    work.add_task(
        follow.session,
        follow.case_id,
        due_at=LATER + timedelta(days=1),
        words=WORDS,
        team_id=follow.site.other_team,
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    assert access.require_case(follow.session, follow.site.carl, follow.case_id)


def test_a_task_goes_to_a_team_that_exists_at_a_time_that_comes(follow: Followed) -> None:
    told = {"words": WORDS, "by": follow.site.anna, "at": LATER, "book": a_book()}
    with pytest.raises(TeamNotFound):
        work.add_task(
            follow.session,
            follow.case_id,
            due_at=LATER + timedelta(days=1),
            team_id=new_id(),
            **told,  # type: ignore[arg-type]
        )
    with pytest.raises(DueInPast):
        work.add_task(
            follow.session,
            follow.case_id,
            due_at=MONDAY,
            **told,  # type: ignore[arg-type]
        )


def test_a_task_is_held_by_somebody_of_its_team_or_by_nobody(follow: Followed) -> None:
    [call, *_] = follow.open("call_patient")

    def hold(member: object) -> None:
        work.hold_task(
            follow.session,
            follow.case_id,
            call.id,
            member_id=member,  # type: ignore[arg-type]
            by=follow.site.anna,
            at=LATER,
        )

    hold(follow.site.berit.id)
    assert follow.open("call_patient")[0].held_by == follow.site.berit.id
    with pytest.raises(NotOfTheTeam):
        hold(follow.site.carl.id)
    hold(None)
    assert follow.open("call_patient")[0].held_by is None
