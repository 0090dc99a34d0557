"""One night: what can wait does, the last rung does not, and the morning is numbers outside and a
list inside.

Anna and Berit, who leads, are at work from eight to four; the site is quiet from nine to seven.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.cases.service import work
from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import Message
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.jobs.mail import compose
from bindeledd.features.reminders.jobs.morning import send_digests
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.staff.tables import DutyRow
from bindeledd.foundation.db import Database
from builders import a_book
from features.reminders.builders import FakeChannel
from journeys.story import DAY, HOUR, Story, local

NOON = local(2027, 4, 12, 12)  # a Monday
NIGHT, LATER = local(2027, 4, 13, 22), local(2027, 4, 13, 23)
MORNING, DIGEST = local(2027, 4, 14, 7), local(2027, 4, 14, 7, 30)
QUIET = Hygiene(quiet=(time(21), time(7)), digest_at=time(7, 30))


@dataclass
class Mail(FakeChannel):
    """Remembers when each message went out."""

    story: Story
    out: list[tuple[datetime, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def send(self, alert: Message):
        self.out.append((self.story.at, alert))
        return super().send(alert)


class Night:
    """A story with a worker that sends: sweep, deliver and the morning's numbers, in turn."""

    def __init__(self, database: Database) -> None:
        self.story = story = Story(database, NOON, people=1)
        site = story.site
        story.session.execute(sa.delete(DutyRow))
        for days in range(5):
            opens = NOON - 4 * HOUR + days * DAY
            for one in (site.anna, site.berit):
                duty = {"member_id": one.id, "team_id": site.team, "tenant_id": site.tenant}
                hours = {"starts_at": opens, "ends_at": opens + 8 * HOUR, "kind": "hours"}
                story.session.execute(sa.insert(DutyRow).values(**duty, **hours))
        self.mail, self.rules = Mail(story), Rules(jitter=0, hygiene=QUIET)

    def owe(self, due_at: datetime) -> UUID:
        story, before = self.story, {task.id for task in self.story.owed("free")}
        work.add_task(
            story.session, story.case_id, due_at=due_at, words={"words": "Ringe igjen"},
            by=story.site.anna, at=story.at, book=a_book(),
        )  # fmt: skip
        (task,) = [one for one in story.owed("free") if one.id not in before]
        story.people[0].hold(task, story.site.anna)
        return task.id

    def lives(self, until: datetime) -> None:
        while self.story.at < until:
            self.tick(min(until, self.story.at + timedelta(minutes=15)))

    def tick(self, at: datetime) -> None:
        story, known = self.story, {"rules": self.rules, "clock": lambda: at}
        story.at = at
        story.session.commit()
        jobs.sweep(story.database, a_book(), channels=["email"], **known)
        Deliverer(
            story.database, [self.mail], "https://b.example", self.rules, known["clock"],
            day_and_night=a_book().day_and_night,
        ).run()  # fmt: skip
        send_digests(story.database, [self.mail], base_url="https://b.example", **known)

    def told(self, task: UUID, channel: str) -> list[tuple[UUID, datetime]]:
        rows = self.story.session.execute(
            sa.select(DeliveryRow.member_id, DeliveryRow.settled_at)
            .where(
                DeliveryRow.task_id == task,
                DeliveryRow.channel == channel,
                DeliveryRow.state == "delivered",
            )
            .order_by(DeliveryRow.settled_at)
        )
        return [(member, at) for member, at in rows]


@pytest.fixture
def night(database: Database) -> Night:
    return Night(database)


def test_a_night_keeps_the_first_word_until_morning(night: Night) -> None:
    story, berit = night.story, night.story.site.berit.id
    night.lives(NIGHT - 10 * HOUR)
    first = night.owe(NIGHT)
    night.lives(NIGHT)

    # Ten at night: nobody is at work. It stands inside at once, for the lead, and nothing goes out.
    assert night.told(first, "inbox") == [(berit, NIGHT)]
    night.lives(MORNING - HOUR / 4)
    assert night.told(first, "email") == []
    assert [at for at, _ in night.mail.out if NIGHT <= at < MORNING] == []

    # Seven: the night is over, and what waited is told.
    night.lives(MORNING)
    assert night.told(first, "email") == [(berit, MORNING)]

    _the_morning(night, {first})
    story.everybody()


def test_a_night_never_keeps_the_last_word_and_what_waits_goes_with_it(night: Night) -> None:
    story, berit = night.story, night.story.site.berit.id
    last = night.owe(NIGHT - DAY + HOUR)  # its lead hears a working day later: tonight at eleven
    night.lives(NIGHT - 10 * HOUR)
    first = night.owe(NIGHT)
    night.lives(NIGHT)
    assert night.told(first, "email") == []

    # Eleven: the other one's last rung. That goes out, to whoever leads, once, with what waits.
    night.lives(LATER)
    assert (berit, LATER) in night.told(last, "email")
    assert night.told(first, "email") == [(berit, LATER)]
    night.lives(MORNING - HOUR / 4)
    woken = [(at, one.member_id) for at, one in night.mail.out if NIGHT <= at < MORNING]
    assert woken == [(LATER, berit)]

    # Seven: nothing is told again.
    night.lives(MORNING)
    assert night.told(first, "email") == [(berit, LATER)]

    _the_morning(night, {first, last})
    story.everybody()


def _the_morning(night: Night, waiting: set[UUID]) -> None:
    """Half past seven: numbers outside, once to each who works today; the list is inside."""
    story = night.story
    night.lives(DIGEST + 2 * HOUR)
    mornings = [(at, one) for at, one in night.mail.out if one.morning and at >= MORNING]
    assert sorted(one.member_id for _, one in mornings) == sorted(
        [story.site.anna.id, story.site.berit.id]
    )
    assert {at for at, _ in mornings} == {DIGEST}
    (berits,) = [one for _, one in mornings if one.member_id == story.site.berit.id]
    inside = queries.inbox(story.session, story.site.tenant, story.site.berit.id, DIGEST)
    assert waiting <= {item.task_id for item in inside}
    assert berits.waiting == len(inside)
    assert berits.morning is not None
    assert berits.morning.late >= len(waiting)
    text = compose(berits, "b@example.no", at=DIGEST).get_content()
    assert f"Varsler til deg: {berits.waiting}." in text
    assert f"Over fristen: {berits.morning.late}." in text
    assert [word for word in ("Ringe igjen", "free", "Anna", "Post 3") if word in text] == []
