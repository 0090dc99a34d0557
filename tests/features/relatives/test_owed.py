"""Objections of before somebody owed a decision of them, and of people who are followed no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings
from bindeledd.features.relatives import domain, service
from bindeledd.features.relatives.domain import DECIDE_OBJECTION
from bindeledd.features.relatives.jobs import owe_decisions
from bindeledd.features.relatives.service.writing import change_row
from bindeledd.features.relatives.tables import RelativeRow, person_place
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.sealing import keyring
from builders import MONDAY, Site, a_book, a_site, an_open_case
from features.rollcall.builders import SILENCES

LATER = MONDAY + timedelta(days=2)


class Home:
    """Somebody whose daughter does not want a parent told, from before that was owed a decision."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.site: Site = a_site(session)
            self.case = an_open_case(session, self.site, discharged_at=MONDAY).case
            self.parent: UUID = service.add_relative(
                session, self.case.patient_id, name="Ole", by=self.site.anna, at=MONDAY
            ).id

    def objected_before(self) -> None:
        """As it was written down when nobody owed a decision of it."""
        with self.database.transaction() as session:
            change_row(
                session,
                self.parent,
                lambda one: domain.object_to(one, MONDAY.date(), "er redd", self.site.anna.id),
                "relatives.objected",
                by=self.site.anna,
                at=MONDAY,
            )

    def close(self) -> None:
        with self.database.transaction() as session:
            case, words = self.case.id, {"words": "Ferdig"}
            how = {"at": LATER, "book": a_book(), "words": words}
            endings.request_closing(
                session, case, ending=Ending.COMPLETED, override=True, by=self.site.anna, **how
            )
            endings.sign_closing(session, case, by=self.site.berit, **how)

    def catch_up(self, at: datetime = LATER) -> int:
        return owe_decisions(self.database, a_book(), clock=lambda: at)

    def owed(self) -> list[TaskRow]:
        with self.database.session() as session:
            asked = sa.select(TaskRow).where(TaskRow.kind == DECIDE_OBJECTION)
            rows = session.scalars(asked.where(TaskRow.state == "open")).all()
            session.expunge_all()
            return list(rows)

    def decide(self, at: datetime = LATER) -> None:
        with self.database.transaction() as session:
            service.decide_objection(
                session,
                self.parent,
                respected=True,
                words="Legen har snakket med henne.",
                by=self.site.berit,
                at=at,
                book=a_book(),
            )


@pytest.fixture
def home(fresh_database: Database) -> Home:
    return Home(fresh_database)


def test_an_objection_of_before_is_owed_by_the_open_follow_up_once(home: Home) -> None:
    home.objected_before()
    assert home.owed() == []

    assert home.catch_up() == 1
    assert home.catch_up() == 0

    [task] = home.owed()
    assert task.case_id == home.case.id
    assert LATER < task.due_at < LATER + timedelta(days=1)
    home.decide()
    assert home.owed() == []
    assert home.catch_up() == 0


def test_of_somebody_who_is_followed_no_more_the_last_team_owes_it(home: Home) -> None:
    home.objected_before()
    home.close()

    assert home.catch_up() == 1
    assert home.catch_up() == 0

    [task] = home.owed()
    assert (task.case_id, task.subject_id) == (None, home.parent)
    assert task.owner_team_id == home.site.team
    assert LATER < task.due_at < LATER + timedelta(days=1)
    assert task.next_rung_at is not None
    home.decide()
    assert home.owed() == []


def test_a_new_objection_without_an_open_follow_up_is_owed_at_once_and_each_time(
    home: Home,
) -> None:
    home.close()
    for day in range(2):
        at = LATER + timedelta(days=day)
        with home.database.transaction() as session:
            how = {"by": home.site.anna, "at": at, "book": a_book()}
            service.object_to(session, home.parent, words="er redd", **how)
            service.object_to(session, home.parent, words="sa det igjen", **how)
        assert len(home.owed()) == 1
        with home.database.transaction() as session:
            service.end_objection(session, home.parent, **how)
        assert home.owed() == []


def test_a_follow_up_that_opens_meanwhile_owes_it_not_twice(home: Home) -> None:
    home.objected_before()
    home.close()
    home.catch_up()
    with home.database.transaction() as session:
        an_open_case(
            session, home.site, at=LATER, discharged_at=LATER, patient=home.case.patient_id
        )

    assert home.catch_up() == 0
    assert len(home.owed()) == 1
    home.decide()
    assert home.owed() == []


def test_the_roll_call_counts_it_among_what_waits_for_a_decision(home: Home) -> None:
    def waits(at: datetime) -> tuple[int, int]:
        with home.database.transaction() as session:
            kept = rollcall.call_the_roll(session, home.site.tenant, silences=SILENCES, at=at)
        said = kept.statement.undecided
        return said.waiting, said.overdue

    home.objected_before()
    home.close()
    assert waits(LATER) == (0, 0)
    home.catch_up()
    assert waits(LATER) == (1, 0)
    home.decide()
    assert waits(LATER) == (0, 0)


def test_what_a_closing_took_away_is_owed_again_once(home: Home) -> None:
    with home.database.transaction() as session:
        how = {"by": home.site.anna, "at": MONDAY, "book": a_book()}
        service.object_to(session, home.parent, words="er redd", **how)
    [task] = home.owed()
    assert task.case_id == home.case.id
    home.close()
    assert home.owed() == []

    assert home.catch_up() == 1
    assert home.catch_up() == 0

    [task] = home.owed()
    assert (task.case_id, task.subject_id) == (None, home.parent)


def test_one_that_cannot_be_read_stops_no_other_and_is_a_fault(home: Home) -> None:
    home.objected_before()
    with home.database.transaction() as session:
        for _ in range(3):
            other = service.add_relative(
                session, home.case.patient_id, name="Kari", by=home.site.anna, at=MONDAY
            )
            row = session.get_one(RelativeRow, other.id)
            place = person_place(other.tenant_id, other.id, other.patient_id)
            wrong = {"name": "Kari", "objection": {"since": "i går"}}
            row.person, row.undecided = keyring.seal(session, place, wrong), True

    assert home.catch_up() == 1

    assert [task.anchor_event_id is not None for task in home.owed()] == [True]
    with home.database.session() as session:
        [fault] = session.scalars(sa.select(FaultRow))
    assert (fault.code, fault.count) == ("relatives.not_owed", 3)
    assert fault.tenant_id == home.site.tenant


def test_only_those_that_wait_are_opened(home: Home) -> None:
    """A relative of whom nobody objects is not looked into: what stands there is not even read."""
    with home.database.transaction() as session:
        row = session.get_one(RelativeRow, home.parent)
        place = person_place(row.tenant_id, row.id, row.patient_id)
        row.person = keyring.seal(session, place, {"consents": "no list"})
    assert home.catch_up() == 0
    with home.database.session() as session:
        assert session.scalars(sa.select(FaultRow)).all() == []


def test_what_was_decided_or_ended_is_owed_nothing(home: Home) -> None:
    home.objected_before()
    home.decide()
    assert home.catch_up() == 0
    with home.database.transaction() as session:
        history = partial(cases.tasks_of, session, home.case.id)
        assert [task for task in history() if task.kind == DECIDE_OBJECTION] == []
