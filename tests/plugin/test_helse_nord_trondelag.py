"""Namsos at work: the gate holds nobody back, and what was not known in time is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, Event, EventKind, IndexKind, NewEvent, closing
from bindeledd.features.cases.domain.whereabouts import Where, Whereabouts
from bindeledd.features.staff.tables import OrganisationRow, UnitRow
from bindeledd.features.tasks.domain import Task
from bindeledd.plugin.loading import Gathered, gather
from builders import MONDAY, Site, a_patient_row, a_site

ADMITTED = MONDAY - timedelta(days=2)
EVENING = MONDAY + timedelta(hours=6)
GATE = "helse-nord-trondelag.namsos-seen-and-documented"
BOTH = {"hnt_consult": "done", "hnt_assessment": "documented", "hnt_watch": "joint"}


@pytest.fixture(scope="module")
def packs() -> Gathered:
    return gather(["helse-nord-trondelag", "helse-vest"])


@pytest.fixture
def site(session: Session) -> Site:
    """The ward is the medical department in Namsos."""
    made = a_site(session)
    session.execute(
        sa.update(OrganisationRow)
        .where(OrganisationRow.id == made.organisation)
        .values(key="helse-nord-trondelag")
    )
    session.execute(
        sa.update(UnitRow)
        .where(UnitRow.id == made.unit)
        .values(key="namsos-medisinsk", kind="medical_ward")
    )
    return made


def admitted(session: Session, site: Site, packs: Gathered, **facts: Any) -> Case:
    stay = NewEvent(kind=EventKind.ADMITTED, at=ADMITTED, facts={"inpatient": True, **facts})
    opened = cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=ADMITTED,
        team_id=site.team,
        unit_id=site.unit,
        more=[stay],
        by=site.anna,
        at=ADMITTED,
        book=packs.book,
    )
    return opened.case


def tell(
    session: Session, site: Site, case: Case, packs: Gathered, kind: EventKind, **rest: Any
) -> tuple[Event, ...]:
    at = rest.pop("at", MONDAY)
    event = NewEvent(kind=kind, at=rest.pop("happened", at), facts=rest)
    done = cases.record(session, case.id, [event], by=site.anna, at=at, book=packs.book)
    return done.events


def breaches(session: Session, case: Case) -> list[Event]:
    history = queries.events_of(session, case.id)
    return [e for e in history if e.kind is EventKind.GATE_BREACHED and not e.in_error]


def gate_task(session: Session, case: Case) -> Task | None:
    found = [t for t in queries.tasks_of(session, case.id) if t.step_key == f"gate.{GATE}"]
    return found[0] if found else None


def test_seen_and_documented_before_discharge_is_no_breach(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = admitted(session, site, packs, intoxication=True)
    tell(session, site, case, packs, EventKind.RISK_ASSESSED, at=ADMITTED + timedelta(1), **BOTH)
    tell(session, site, case, packs, EventKind.DISCHARGED)
    assert breaches(session, case) == []
    assert gate_task(session, case) is None


def test_a_discharge_without_it_is_recorded_with_its_true_time(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = admitted(session, site, packs, intoxication=True)
    happened = MONDAY - timedelta(hours=5)
    events = tell(session, site, case, packs, EventKind.DISCHARGED, happened=happened)
    assert [event.kind for event in events] == [EventKind.DISCHARGED, EventKind.GATE_BREACHED]
    [breach] = breaches(session, case)
    assert (breach.at, breach.recorded_at) == (happened, MONDAY)
    assert breach.facts["gate"] == GATE
    task = gate_task(session, case)
    assert task is not None
    assert (task.due_at, task.strength, task.is_open) == (happened, "must", True)


def test_what_comes_later_does_the_task_and_does_not_unsay_the_breach(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = admitted(session, site, packs, intoxication=True)
    tell(session, site, case, packs, EventKind.DISCHARGED)
    tell(session, site, case, packs, EventKind.RISK_ASSESSED, at=EVENING, **BOTH)
    task = gate_task(session, case)
    assert task is not None
    assert not task.is_open
    assert len(breaches(session, case)) == 1
    tell(session, site, case, packs, EventKind.NUMBER_VERIFIED, at=EVENING)
    assert len(breaches(session, case)) == 1


def test_half_of_it_is_not_enough(session: Session, site: Site, packs: Gathered) -> None:
    case = admitted(session, site, packs, intoxication=True)
    half = {**BOTH, "hnt_assessment": "not_yet"}
    tell(session, site, case, packs, EventKind.RISK_ASSESSED, at=ADMITTED + timedelta(1), **half)
    tell(session, site, case, packs, EventKind.DISCHARGED)
    assert len(breaches(session, case)) == 1


@pytest.mark.parametrize(("known", "many"), [({"intoxication": False}, 0), ({}, 1)])
def test_it_applies_where_nobody_knows(
    session: Session, site: Site, packs: Gathered, known: dict[str, bool], many: int
) -> None:
    case = admitted(session, site, packs, **known)
    tell(session, site, case, packs, EventKind.DISCHARGED)
    assert len(breaches(session, case)) == many


def test_a_discharge_that_was_an_error_takes_its_breach_with_it(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = admitted(session, site, packs, intoxication=True)
    [left, _] = tell(session, site, case, packs, EventKind.DISCHARGED)
    cases.mark_in_error(
        session,
        case.id,
        [left.id],
        words={"because": "Feil pasient"},
        right=Whereabouts(where=Where.STILL_IN),
        by=site.anna,
        at=EVENING,
        book=packs.book,
    )
    assert breaches(session, case) == []
    task = gate_task(session, case)
    assert task is not None
    assert task.state.value == "cancelled"


def test_it_blocks_closing_until_a_lead_overrides_it_in_writing(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = admitted(session, site, packs, intoxication=True)
    tell(session, site, case, packs, EventKind.DISCHARGED)
    tasks = queries.tasks_of(session, case.id)
    task = gate_task(session, case)
    assert task is not None
    assert task in closing.blocking(tasks, closing.Ending.COMPLETED)
    assert task not in closing.blocking(tasks, closing.Ending.COMPLETED, [task.id])
    assert len(breaches(session, case)) == 1


def test_the_trust_and_the_unit_are_remembered_by_the_case(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = admitted(session, site, packs)
    assert case.layers == ("helse-nord-trondelag.namsos@2026.1",)
