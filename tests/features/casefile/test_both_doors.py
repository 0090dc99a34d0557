"""What is recorded does the same whichever door it comes in by: the page of a case, or HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.casefile.jobs import tell_of_no_cover
from bindeledd.features.casefile.pages.telling import SAID
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.queries import events_of, get_case, notes_of, tasks_of
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.patients.service import change_contact_ways
from bindeledd.features.reminders.service.beginning import hold
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow, FaultRow
from bindeledd.features.staff.tables import MembershipRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book, a_site, a_task_row, an_open_case
from doors import a_door, an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of

NUMBER = "+4799887766"


@dataclass(frozen=True)
class Pair:
    """The same act: what the page is sent, and what the JSON door is sent; `before`: told first."""

    page: str
    form: dict[str, str]
    door: str
    body: dict[str, Any]
    before: Sequence[dict[str, Any]] = field(default=())


def said(
    kind: str, form: dict[str, str] | None = None, before: Sequence[Any] = (), **body: Any
) -> Pair:
    words = {"words": "Slik var det"}
    sent = {"kind": kind, **words, **body}
    return Pair(f"say/{kind}", {**words, **(form or {})}, "events", sent, before)


def died(step: str, *before: str) -> Pair:
    words = {"words": "Fra legevakten"}
    told = [{"kind": f"death_{one}", **words} for one in before]
    return Pair(
        "death", {"step": step, **words}, "events", {"kind": f"death_{step}", **words}, told
    )


def spoke(outcome: str, **more: str) -> Pair:
    told = {"outcome": outcome, "channel": "phone", **more}
    return Pair("contact", told, "contacts", told)


READY = {"kind": "ready_for_discharge"}
TRIED = {"number": NUMBER, "how": "rung"}
PAIRS = {
    "risk_assessed": said("risk_assessed"),
    "plan_offered": said("plan_offered"),
    "number_verified": said("number_verified", TRIED, **TRIED),
    "interpreter_asked": said(
        "interpreter_asked", {"interpreter": "yes"}, facts={"interpreter": "yes"}
    ),
    "receiver_named": said(
        "receiver_named", {"receiver_kind": "gp"}, facts={"receiver_kind": "gp"}
    ),
    "gap_covered": said("gap_covered", {"cover": "none"}, facts={"cover": "none"}),
    "relatives_considered": said("relatives_considered"),
    "contact_person_named": said("contact_person_named"),
    "receiver_told": said("receiver_told"),
    "admitted": said("admitted", facts={"inpatient": "yes"}),
    "ready_for_discharge": said("ready_for_discharge"),
    "discharge_withdrawn": said("discharge_withdrawn", before=[READY]),
    "discharged": said("discharged"),
    "death_reported": died("reported"),
    "death_confirmed": died("confirmed", "reported"),
    "death_refuted": died("refuted", "reported"),
    "spoke": spoke("spoke_with_patient"),
    "no_answer": spoke("no_answer"),
    "declined": spoke("declined_this_time", words="Vil ikke"),
    "closing": Pair(
        "closing",
        {"ending": "completed", "words": "Ferdig", "override": "yes"},
        "closing",
        {"ending": "completed", "words": "Ferdig", "override": True},
    ),
}


class Course:
    """A follow-up in the team that Berit leads."""

    def __init__(self, world: World, session: Session, name: str) -> None:
        self.world, site = world, world.site
        self.patient = a_named_patient(session, site, name)
        opened = an_open_case(session, site, at=world.now, patient=self.patient)
        self.id = opened.case.id
        way = ContactWay(value=NUMBER)
        change_contact_ways(session, self.patient, [way], by=site.anna, at=world.now)

    def stands(self) -> dict[str, object]:
        """All that came of what was told: what happened, what is owed, who heard, who it is."""
        with self.world.database.session() as session:
            who = get_patient(session, self.patient, tenant_id=self.world.site.tenant)
            return {
                "events": self._events(session),
                "tasks": sorted((one.kind, one.state.value) for one in tasks_of(session, self.id)),
                "told": self._told(session),
                "interpreter": who.identity and who.identity.interpreter,
                "tried": [len(way.tested) for way in who.contact_ways or ()],
            }

    @property
    def told(self) -> list[tuple[str, str, int]]:
        """Who has what in the inbox, and by which rung."""
        with self.world.database.session() as session:
            return self._told(session)

    def _told(self, session: Session) -> list[tuple[str, str, int]]:
        site = self.world.site
        names = {site.anna.id: "Anna", site.berit.id: "Berit"}
        rows = session.execute(
            sa.select(DeliveryRow.member_id, TaskRow.kind, AlertRow.rung)
            .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
            .join(TaskRow, TaskRow.id == DeliveryRow.task_id)
            .where(TaskRow.case_id == self.id)
        )
        return sorted((names.get(who, "?"), kind, rung) for who, kind, rung in rows)

    def _events(self, session: Session) -> list[tuple[str, list[str], bool]]:
        notes = notes_of(session, get_case(session, self.id, tenant_id=self.world.site.tenant))
        return sorted(
            (one.kind.value, sorted(one.facts), "interpreter_was" in notes.get(one.id, {}))
            for one in events_of(session, self.id)
        )


class World:
    """Two follow-ups alike: of one everything is told on pages, of the other over HTTP."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.now = database, clock.now()
        with database.transaction() as session:
            self.site = a_site(session, self.now)
            self.shown, self.sent = (Course(self, session, name) for name in ("Kari", "Ola"))
        app = an_app(database, home)
        people = (self.site.anna, self.site.berit)
        self.doors = [a_door(app, database, one) for one in people]
        self.visitors = [a_visitor(app, database, one) for one in people]

    def tell(self, course: Course, body: dict[str, Any], *, by: int = 0) -> None:
        answer = self.doors[by]("POST", f"/cases/{course.id}/events", body)
        assert answer.status_code == 201, answer.text

    def do(self, pair: Pair) -> tuple[int, int]:
        """The pair, each by its door; how many failures each put before somebody. A second person
        says what was reported before."""
        for course in (self.shown, self.sent):
            for body in pair.before:
                self.tell(course, body)
        by, faults = int(pair.page == "death" and bool(pair.before)), self.faults()
        done = self.visitors[by].post(f"/cases/{self.shown.id}/{pair.page}", dict(pair.form))
        assert done.status_code == 303, text_of(done)
        between = self.faults()
        sent = self.doors[by]("POST", f"/cases/{self.sent.id}/{pair.door}", pair.body)
        assert sent.status_code == 201, sent.text
        return between - faults, self.faults() - between

    def faults(self) -> int:
        with self.database.session() as session:
            return session.scalar(sa.select(sa.func.sum(FaultRow.count))) or 0

    def without_a_lead(self) -> None:
        with self.database.transaction() as session:
            session.execute(sa.update(MembershipRow).values(role="member"))

    def look(self) -> int:
        return tell_of_no_cover(self.database, clock=clock.now)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_the_same_comes_of_it_by_the_page_and_over_http(world: World, pair: Pair) -> None:
    world.do(pair)

    assert world.sent.stands() == world.shown.stands()


def test_every_page_on_which_something_is_told_stands_beside_its_door() -> None:
    of_packs = {"answered"}

    assert set(SAID) - of_packs <= set(PAIRS)


@pytest.mark.parametrize("dialect", EITHER)
def test_that_nobody_can_cover_reaches_the_lead_over_http_too(world: World) -> None:
    world.do(PAIRS["gap_covered"])

    assert world.sent.told == [("Berit", "cover_gap", -1500)]


def test_an_ending_that_nobody_may_sign_is_told_at_once_over_http_too(world: World) -> None:
    world.without_a_lead()

    assert world.do(PAIRS["closing"]) == (1, 1)


def test_an_acute_concern_over_http_does_not_wait_for_the_sweep(world: World) -> None:
    world.tell(world.sent, {"kind": "acute_concern", "words": "Mor er redd for henne"})

    assert "acute_concern" in {kind for _, kind, _ in world.sent.told}


def test_an_interpreter_over_http_stands_no_more_where_the_answer_was_a_mistake(
    world: World,
) -> None:
    world.tell(world.sent, PAIRS["interpreter_asked"].body)
    events = world.doors[0]("GET", f"/cases/{world.sent.id}").json["events"]
    [asked] = [one["id"] for one in events if one["kind"] == "interpreter_asked"]
    needed = world.sent.stands()["interpreter"]

    body = {"events": [asked], "words": "Feil person"}
    world.doors[0]("POST", f"/cases/{world.sent.id}/events/in-error", body)

    assert (needed, world.sent.stands()["interpreter"]) == (True, None)


def record_nobody(world: World, *, cover: str = "none") -> None:
    """By a door that tells nobody: a message, an import."""
    with world.database.transaction() as session:
        said = NewEvent(kind=EventKind.GAP_COVERED, at=world.now, facts={"cover": cover})
        due = {"by": world.site.anna, "at": clock.now(), "book": a_book()}
        cases.record(session, world.sent.id, [said], **due)


def owed_cover(world: World) -> None:
    due_at = world.now + timedelta(hours=3)
    with world.database.transaction() as session:
        a_task_row(session, world.site, case=world.sent.id, due_at=due_at, kind="cover_gap")


@pytest.mark.parametrize("dialect", EITHER)
def test_the_clock_tells_the_lead_where_the_answer_came_by_another_door(world: World) -> None:
    owed_cover(world)
    record_nobody(world)

    found = [world.look(), world.look()]

    assert (found, world.sent.told) == ([1, 0], [("Berit", "cover_gap", -1500)])


def test_the_clock_tells_nobody_where_a_door_has_told_the_lead(world: World) -> None:
    world.do(PAIRS["gap_covered"])

    assert world.look() == 0


def test_the_clock_tells_nobody_where_somebody_has_said_yes_since(world: World) -> None:
    owed_cover(world)
    record_nobody(world)
    record_nobody(world, cover="accepted")

    assert world.look() == 0


def test_the_clock_tells_nobody_of_what_a_take_over_holds(world: World) -> None:
    owed_cover(world)
    record_nobody(world)
    with world.database.transaction() as session:
        hold(session, [world.sent.id])

    assert world.look() == 0
