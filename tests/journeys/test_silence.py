"""The silence race: who hears of what is late, when owners are gone and the worker was away.

200 things that are owed: a third held by somebody who is there, a third by somebody who is not
(left, away, or switched off by hand), a third by nobody. `pytest -s` prints what was counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.ladders import REPEAT, read
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import INBOX
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.service.leaving import go_away, leave
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow, FaultRow
from bindeledd.features.staff.domain import system
from bindeledd.features.staff.tables import AbsenceRow, DutyRow, MemberRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from builders import a_book
from features.reminders.builders import (
    DAY,
    HOUR,
    TUESDAY,
    FakeChannel,
    Site,
    a_site,
    a_task,
    add_duty,
    add_member,
)

MANY = 200
HOLDERS = ("anna", "bo")
GONE = ("left", "away", "off")
MINUTES = timedelta(minutes=5)
# The worker stands still from a Tuesday at 05:50 in Oslo.
STOPS = TUESDAY + 7 * DAY - timedelta(hours=4, minutes=10)
OUTAGES = [
    pytest.param(timedelta(0), marks=pytest.mark.prove),
    timedelta(minutes=30),
    DAY,
    3 * DAY,
    9 * DAY,
]
END = 17 * DAY


@dataclass(kw_only=True)
class Race:
    """One site, its 200 things, and a worker whose clock the test moves."""

    database: Database
    site: Site
    planned: dict[UUID, list[datetime]] = field(default_factory=dict)
    moment: datetime = TUESDAY
    post: FakeChannel = field(default_factory=FakeChannel)
    deliverer: Deliverer = field(init=False)

    def __post_init__(self) -> None:
        self.deliverer = Deliverer(
            self.database, [self.post], "https://b.example", Rules(jitter=0), lambda: self.moment
        )

    def owe(self, session: Session, due: list[datetime]) -> None:
        """A third each; what a task was planned to say in its first round is remembered."""
        for number, due_at in enumerate(due):
            names = (*HOLDERS, HOLDERS[0], *GONE, None, None, None)
            name = names[number % len(names)]
            task = a_task(session, self.site, due_at=due_at, held_by=name, book=a_book())
            plan = session.execute(sa.select(TaskRow.rung_plan).where(TaskRow.id == task)).scalar()
            self.planned[task] = [read(when) for when, who in plan if who != REPEAT]

    def work(self) -> int:
        """One sweep and what is to be sent. Gives the alerts that it raised."""
        swept = jobs.sweep(
            self.database, a_book(), rules=Rules(jitter=0), clock=lambda: self.moment,
            channels=["email"],
        )  # fmt: skip
        self.deliverer.run()
        return swept.alerts

    def reckoned(self, at: datetime) -> Counted:
        with self.database.reading() as session:
            raised = {
                (row.task_id, row.round, row.rung): row.raised_at
                for row in session.execute(
                    sa.select(AlertRow.task_id, AlertRow.round, AlertRow.rung, AlertRow.raised_at)
                )
            }
            there = self._there(session, at)
            inside = session.execute(
                sa.select(AlertRow.task_id, AlertRow.round, AlertRow.rung, DeliveryRow.member_id)
                .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
                .where(DeliveryRow.channel == INBOX)
            ).all()
        late = {task for task, plan in self.planned.items() if plan[0] <= at}
        heard = {row.task_id for row in inside if row.member_id in there}
        due = {(task, 1, n): when for task, plan in self.planned.items()
               for n, when in enumerate(plan) if when <= at}  # fmt: skip
        keys = [message.key for message in self.post.sent]
        return Counted(
            late=len(late),
            silent=len(late - heard),
            due=len(due),
            lost=sum(one not in raised for one in due),
            repeated=sum(times - 1 for times in Counter(map(tuple, inside)).values())
            + len(keys) - len(set(keys)),
            latest=max(raised[one] - when for one, when in due.items() if one in raised),
        )  # fmt: skip

    def _there(self, session: Session, at: datetime) -> set[UUID]:
        """Whoever works here and is not away."""
        away = sa.select(AbsenceRow.member_id).where(AbsenceRow.since <= at, AbsenceRow.until > at)
        return set(
            session.scalars(
                sa.select(MemberRow.id).where(MemberRow.active, MemberRow.id.not_in(away))
            )
        )


@dataclass(frozen=True, kw_only=True)
class Counted:
    late: int
    silent: int
    due: int
    lost: int
    repeated: int
    latest: timedelta

    def __str__(self) -> str:
        return (
            f"late {self.late}, rungs {self.due}, silent {self.silent}, lost {self.lost}, "
            f"repeated {self.repeated}, the latest {self.latest}"
        )


@pytest.fixture
def race(fresh_database: Database) -> Race:
    """Anna and Bo are there, Lise leads; three more hold things and will be gone."""
    with fresh_database.transaction() as session:
        site = a_site(session)
        for name in GONE:
            add_member(session, site, name)
            add_duty(session, site, name, TUESDAY - 60 * DAY, TUESDAY + 400 * DAY)
    return Race(database=fresh_database, site=site)


def they_go(race: Race) -> None:
    """One leaves, one is away for a month, one is only switched off, by hand in the database."""
    by, at = system(race.site.tenant), race.moment
    with race.database.transaction() as session:
        leave(session, race.site.members["left"], by=by, at=at)
        go_away(session, race.site.members["away"], since=at, until=at + 60 * DAY, by=by, at=at)
        off = race.site.members["off"]
        session.execute(sa.update(MemberRow).where(MemberRow.id == off).values(active=False))
        session.execute(sa.delete(DutyRow))
        for name in (*HOLDERS, "off"):
            add_duty(session, race.site, name, at - DAY, at + 100 * DAY)


def test_of_200_that_are_three_days_late_none_is_silent_and_none_is_said_twice(race: Race) -> None:
    with race.database.transaction() as session:
        race.owe(session, [TUESDAY - 3 * DAY] * MANY)
    they_go(race)

    race.work()
    first = race.reckoned(race.moment)
    race.moment += timedelta(seconds=30)
    again = race.work()

    print(f"late {first.late}, silent {first.silent}, second run {again}")
    assert (first.late, first.silent, again) == (MANY, 0, 0)
    assert race.reckoned(race.moment).repeated == 0


def ticks(outage: timedelta) -> Iterator[datetime]:
    """Every six hours; every five minutes around the outage, and none while it lasts."""
    moments = {TUESDAY + n * 6 * HOUR for n in range(int(END / (6 * HOUR)) + 1)}
    moments |= {STOPS + n * MINUTES for n in range(-3, 9)} | {STOPS + outage}
    yield from sorted(one for one in moments if not STOPS <= one < STOPS + outage)


@pytest.mark.parametrize("outage", OUTAGES, ids=str)
def test_an_outage_makes_nothing_silent_loses_nothing_and_repeats_nothing(
    race: Race, outage: timedelta
) -> None:
    random = Random(42)  # noqa: S311
    with race.database.transaction() as session:
        race.owe(session, [TUESDAY + random.uniform(1, 16) * DAY for _ in range(MANY)])
    they_go(race)
    back = STOPS + outage
    for race.moment in ticks(outage):
        if race.moment == back:
            away = jobs.resumed(race.database, rules=Rules(), clock=lambda: race.moment)
            assert (away is not None) == (outage > Rules().outage)
        race.work()
        if race.moment == back:
            after = race.reckoned(back)
            assert (after.silent, after.lost) == (0, 0), after

    done = race.reckoned(race.moment)
    print(f"{race.database.dialect:>10} {outage!s:>15} {done}")
    assert done.late == MANY
    assert (done.silent, done.lost, done.repeated) == (0, 0, 0)
    assert done.latest <= max(outage + MINUTES, 6 * HOUR)
    assert named(race.database) is (outage > Rules().outage)


def named(database: Database) -> bool:
    """Is the outage a fault in front of people?"""
    with database.reading() as session:
        return "worker.was_down" in session.scalars(sa.select(FaultRow.code)).all()
