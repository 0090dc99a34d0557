"""A stage for whole journeys: people in Chromium, on either database, at a moment that the story says.

The story (`journeys.story`) has the site and those who are followed up; the worker does whatever
falls due each time the clock goes on, and what it sends is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, g

from bindeledd.features.cases.domain import Case
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.staff.tables import MemberRow
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from bindeledd.worker.jobs import Jobs
from browser.conftest import Comes, may_log_in, people_at, served
from browser.test_keys import ON, press, registered
from doors import an_app
from features.reminders.builders import FakeChannel
from features.worklist.builders import a_named_patient
from journeys.story import Person, Story

NAME = "Áilu Márjá Čáhppe-Eira"


@dataclass(frozen=True)
class Followed(Person):
    """Somebody who is followed up; whoever asks leaves the database to the others at once."""

    @property
    def case(self) -> Case:
        return self._asked(super().case)

    def owed(self, kind: str | None = None) -> list[Task]:
        return self._asked(super().owed(kind))

    @property
    def kinds(self) -> list[str]:
        return [one.kind.value for one in self._asked(self.events)]

    @property
    def path(self) -> str:
        return f"/cases/{self.case_id}"

    def _asked(self, found: Any) -> Any:
        self.story.session.commit()
        return found


@dataclass
class Stage:
    """A site where Anna works in the team that Berit leads, and Carl in the one that Dina leads."""

    story: Story
    comes: Comes
    worker: Jobs
    sent: FakeChannel

    def somebody(self, patient: UUID | None = None) -> Followed:
        """Somebody of this name who is discharged now, to Anna's team."""
        session, site = self.story.session, self.story.site
        found = self.story.discharged(patient=patient or a_named_patient(session, site, NAME))
        session.commit()
        return Followed(self.story, found.case_id, found.patient_id)

    def goes_on_to(self, at: datetime) -> list[str]:
        """The worker does what is due by then. Gives the names of those who were alerted, each once
        (the numbers of a morning are no alert)."""
        self.now_is(at)
        before = len(self.sent.sent)
        self.worker.run_once()
        alerts = [one for one in self.sent.sent[before:] if one.morning is None]
        return sorted({one.address.split("@")[0] for one in alerts})

    def now_is(self, at: datetime) -> None:
        """The clock goes on; the worker has not looked since."""
        self.story.go_on_to(at, sweep=False)

    def mailed_of(self, task: Task) -> set[str]:
        """The names of those to whom a mail went because of this task."""
        mails = (DeliveryRow.channel == "email", DeliveryRow.state == "delivered")
        names = sa.select(MemberRow.name).join(DeliveryRow, DeliveryRow.member_id == MemberRow.id)
        with self.story.database.session() as session:
            return set(session.scalars(names.where(DeliveryRow.task_id == task.id, *mails)))

    def all(self, row: Any) -> list[Any]:
        with self.story.database.session() as session:
            return list(session.scalars(sa.select(row)))

        return self.story.all(row)


def _at_the_time_of(story: Story, app: Flask) -> Flask:
    """Requests happen when the story says: before anything else of the edge asks the clock."""

    def tell() -> None:
        g.at = story.at

    app.before_request_funcs.setdefault(None, []).insert(0, tell)
    return app


def to_the_follow_up(person: Any) -> None:
    """From the row that one is on to the whole follow-up: the row opens beside the list first.

    What was just registered draws list and row anew: a key is pressed once that is done.
    """
    person.page.locator("#rows tr:focus-within").wait_for()
    person.page.wait_for_load_state("networkidle")
    press(person, "o")
    way = person.page.locator("#beside").get_by_role("link", name="Hele oppfølgingen")
    way.wait_for()
    person.page.wait_for_load_state("networkidle")
    way.press("Enter")


def down_to(person: Any, *words: str) -> None:
    """Down the list with `j`, to the first row that has all of these words."""
    gone = []
    while not gone or gone[-1] not in gone[:-1]:
        press(person, "j")
        on = person.page.evaluate(ON)
        if all(word in on for word in words):
            return
        gone.append(on)
    raise AssertionError(f"no row with {words} among {gone}")


def registers(person: Any, outcome: str) -> Any:
    """From the row that one is on: the contact over the list, and the digit of what came of it."""
    press(person, "c")
    person.page.locator("#panel[open]").wait_for()
    press(person, outcome)
    return registered(person)


Opens = Callable[[datetime], Stage]


@pytest.fixture
def opens(browser: Any, fresh_database: Database, tmp_path: Path) -> Iterator[Opens]:
    """`opens(FRIDAY)`: the stage as the story begins."""
    with ExitStack() as open_until_the_end:

        def begin(at: datetime) -> Stage:
            story = Story(fresh_database, at, people=0)
            open_until_the_end.callback(story.session.close)
            for member in (story.site.anna, story.site.berit, story.site.carl, story.site.dina):
                may_log_in(story.session, member, member.name.lower())
            story.session.commit()
            app = _at_the_time_of(story, an_app(fresh_database, tmp_path))
            url = open_until_the_end.enter_context(served(app))
            comes = open_until_the_end.enter_context(people_at(browser, url))
            return Stage(story, comes, *_a_worker(story, tmp_path))

        yield begin


def _a_worker(story: Story, home: Path) -> tuple[Jobs, FakeChannel]:
    channel = FakeChannel()
    worker = Jobs(
        settings=replace(read_settings({"BINDELEDD_HOME": str(home)}), environment="test"),
        database=story.database,
        gathered=gather(),
        channels=[channel],
        clock=lambda: story.at,
        rules=Rules(hygiene=Hygiene(digest_at=time(7, 30))),
    )
    return worker, channel
