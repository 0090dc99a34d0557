"""Colleagues: one leaves the job, one is away today, and a mail server is down for three days."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import TokenRow
from bindeledd.features.appointments.service.absence import cover_absence
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.contacts.domain import Outcome as Came
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import Message, Outcome, Receipt
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.service import acknowledge
from bindeledd.features.reminders.service.leaving import go_away, leave
from bindeledd.features.reminders.tables import DeliveryRow, FaultRow
from bindeledd.features.staff.domain import command
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from builders import a_book
from features.reminders.builders import FakeChannel
from journeys.story import DAY, HOUR, Story, local

MONDAY = local(2027, 4, 12, 10)


def faults(story: Story) -> set[str]:
    return set(story.session.scalars(sa.select(FaultRow.code)))


def test_a_colleague_leaves_the_job_and_takes_nobody_along(database: Database) -> None:
    """L25, L43, L44: what she held has an owner the minute after, and her lead is told."""
    story = Story(database, MONDAY, people=3)
    anna = story.site.anna
    held = [person.first_call() for person in story.people]
    for person, task in zip(story.people, held, strict=True):
        person.hold(task, anna)
    story.go_on_to(MONDAY + HOUR)

    assert anna.id is not None
    gone = leave(story.session, anna.id, by=command(story.site.tenant, name="kari"), at=story.at)

    assert set(gone) == {task.id for task in held}
    rows = story.session.scalars(sa.select(TaskRow).where(TaskRow.id.in_(gone)))
    assert {(row.held_by, row.owner_team_id) for row in rows} == {(None, story.site.team)}
    assert story.session.scalars(sa.select(TokenRow.member_id)).all() == []
    assert "member_left" in faults(story)
    story.go_on_to(story.at)
    jobs.tell_faults(database, clock=lambda: story.at)

    # The calls are due when they were; the alerts go to whoever is left, and not to her.
    story.lives(held[0].due_at + 2 * DAY, step=12 * HOUR)
    for task in held:
        assert "Berit" in story.heard(task)
        assert "Anna" not in story.heard(task, since=MONDAY + HOUR)
    story.everybody(registered=3, escalated=3)


def test_away_today_makes_her_appointments_work_for_those_who_are_here(
    database: Database,
) -> None:
    story = Story(database, MONDAY)
    [person] = story.people
    site, anna = story.site, story.site.anna
    tomorrow = local(2027, 4, 13, 13)
    person.appointment(tomorrow, member_id=anna.id)
    person.appointment(tomorrow + 7 * DAY, member_id=anna.id)
    story.go_on_to(local(2027, 4, 13, 7, 50))

    until = local(2027, 4, 14, 16)
    away = {"since": story.at, "until": until, "by": anna, "at": story.at}
    assert anna.id is not None
    go_away(story.session, anna.id, **away)  # type: ignore[arg-type]
    covered = cover_absence(story.session, anna.id, **away, book=a_book())  # type: ignore[arg-type]

    assert covered.cases == [person.case_id], "the one of today; next week she is back"
    cover = person.owes("cover_appointment")
    assert (cover.due_at, cover.held_by) == (tomorrow - 2 * HOUR, None)
    # Whoever is on duty hears at once, not when the person stands at the door.
    story.lives(story.at + HOUR / 2, step=HOUR / 2)
    assert story.heard(cover)
    assert cover_absence(story.session, anna.id, **away, book=a_book()).cases == []  # type: ignore[arg-type]

    # Nobody covers it: late with the appointment, and said.
    story.lives(tomorrow + HOUR, step=HOUR)
    assert story.heard(cover)
    story.everybody(registered=1, escalated=1)
    person.done(cover, by=site.berit)
    assert person.owed("cover_appointment") == []
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=1)


@dataclass
class Broken(FakeChannel):
    """A mail server that is away until somebody mends it."""

    down: bool = True
    sent: list[Message] = field(default_factory=list)
    tried: int = 0

    def send(self, alert: Message) -> Receipt:
        self.tried += 1
        if self.down:
            return Receipt(outcome=Outcome.LATER, reason="smtp_451")
        self.sent.append(alert)
        return Receipt(outcome=Outcome.SENT)


def post(story: Story, channel: Broken) -> None:
    Deliverer(story.database, [channel], "https://b.example", Rules(), lambda: story.at).run()


def test_a_mail_server_that_is_down_for_three_days_silences_nobody(database: Database) -> None:
    """L19, L38: a message that failed is a row in front of a person, and goes out later, once."""
    story = Story(database, MONDAY)
    [person] = story.people
    first = person.first_call()
    mail = Broken()
    story.channels = (mail.key,)
    story.go_on_to(first.due_at)
    while story.at < first.due_at + 3 * DAY:
        story.go_on_to(story.at + 4 * HOUR)
        post(story, mail)
        story.everybody(registered=1, escalated=1)

    assert mail.tried > 3
    assert mail.sent == []
    assert "reminders.delivery_dead" in faults(story)
    assert {"Anna", "Berit"} <= story.heard(first), "the inbox does not need the mail server"

    mail.down = False
    mended = story.at
    while story.at < mended + DAY:
        story.go_on_to(story.at + 4 * HOUR)
        post(story, mail)
        post(story, mail)

    assert mail.sent, "the next round goes out: what was late is late still"
    assert len({message.key for message in mail.sent}) == len(mail.sent)
    states = set(
        story.session.scalars(sa.select(DeliveryRow.state).where(DeliveryRow.channel == mail.key))
    )
    assert "leased" not in states
    person.call(Came.SPOKE_WITH_PATIENT)
    story.go_on_to(story.at + HOUR)
    assert first.id not in [task.id for task in person.owed()]


def test_seen_three_times_and_never_done_comes_to_the_lead(database: Database) -> None:
    """L13: to look at something is not to have done it."""
    story = Story(database, MONDAY)
    [person] = story.people
    first = person.first_call()
    story.go_on_to(first.due_at + HOUR)
    for _ in range(3):
        acknowledge(story.session, first.id, by=story.site.anna, at=story.at, book=a_book())
        story.go_on_to(story.at)
        story.everybody(registered=1)
        story.go_on_to(story.at + 2 * DAY)

    assert "Berit" in story.heard(first)
    assert person.first_call().id == first.id
    kinds = [event.kind for event in person.events]
    assert EventKind.REACHED not in kinds
    story.everybody(registered=1, closed_signed=0)


@pytest.mark.parametrize("stand_in", [True, False])
def test_a_week_away_with_and_without_a_stand_in(database: Database, stand_in: bool) -> None:
    story = Story(database, MONDAY)
    [person] = story.people
    first, site = person.first_call(), story.site
    person.hold(first, site.anna)
    assert site.anna.id is not None
    go_away(
        story.session,
        site.anna.id,
        since=story.at,
        until=MONDAY + 7 * DAY,
        stand_in_id=site.berit.id if stand_in else None,
        by=site.anna,
        at=story.at,
    )

    held = person.first_call().held_by
    assert held == (site.anna.id if stand_in else None)
    story.lives(first.due_at + HOUR)
    assert "Berit" in story.heard(first)
    story.everybody(registered=1, escalated=1)
