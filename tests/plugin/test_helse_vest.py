"""Helse Vest's routine at work: a discharge from an acute ward, recorded through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, EventKind, IndexKind, NewEvent
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.features.tasks.domain import Task
from bindeledd.plugin.loading import Gathered, gather
from builders import MONDAY, Site, a_patient_row, a_site

EVENING = MONDAY + timedelta(hours=6)


@pytest.fixture(scope="module")
def helse_vest() -> Gathered:
    return gather(["helse-vest"])


@pytest.fixture
def site(session: Session) -> Site:
    made = a_site(session)
    session.execute(sa.update(OrganisationRow).values(key="helse-bergen"))
    return made


def discharged(session: Session, site: Site, gathered: Gathered, *, ward: bool = True) -> Case:
    opened = cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=MONDAY - timedelta(days=2),
        team_id=site.team,
        unit_id=site.unit if ward else None,
        more=[NewEvent(kind=EventKind.DISCHARGED, at=MONDAY, source="message")],
        by=site.anna,
        at=MONDAY,
        book=gathered.book,
    )
    return opened.case


def open_by_step(session: Session, case: Case) -> dict[str, Task]:
    return {t.step_key: t for t in queries.tasks_of(session, case.id) if t.is_open}


def named(session: Session, site: Site, case: Case, gathered: Gathered, **facts: Any) -> None:
    event = NewEvent(kind=EventKind.RECEIVER_NAMED, at=EVENING, facts=facts)
    cases.record(session, case.id, [event], by=site.anna, at=EVENING, book=gathered.book)


def test_a_breach_becomes_tasks_that_must_be_done(
    session: Session, site: Site, helse_vest: Gathered
) -> None:
    owed = open_by_step(session, discharged(session, site, helse_vest))
    assert owed["gate.appointment_given"].strength == "must"
    assert owed["gate.receiver_named"].strength == "must"
    assert owed["gate.helse-vest.receiver-confirmed"].strength == "should"


def test_time_in_hand_is_no_must_where_the_layer_is_not_for(
    session: Session, site: Site, helse_vest: Gathered
) -> None:
    owed = open_by_step(session, discharged(session, site, helse_vest, ward=False))
    assert owed["gate.appointment_given"].strength == "should"
    assert "gate.helse-vest.receiver-confirmed" not in owed


@pytest.mark.parametrize("kind", ["gp", "municipal_mental_health", "specialist_mental_health"])
def test_one_of_the_three_is_enough(
    session: Session, site: Site, helse_vest: Gathered, kind: str
) -> None:
    case = discharged(session, site, helse_vest)
    named(session, site, case, helse_vest, receiver_kind=kind)
    owed = open_by_step(session, case)
    assert "gate.receiver_named" not in owed
    assert "gate.helse-vest.receiver-confirmed" in owed


@pytest.mark.parametrize("facts", [{"receiver_kind": "other"}, {"receiver_kind": "none"}, {}])
def test_another_receiver_leaves_it_owed(
    session: Session, site: Site, helse_vest: Gathered, facts: dict[str, str]
) -> None:
    case = discharged(session, site, helse_vest)
    named(session, site, case, helse_vest, **facts)
    assert "gate.receiver_named" in open_by_step(session, case)


def test_a_confirmed_receiver_ends_both(session: Session, site: Site, helse_vest: Gathered) -> None:
    case = discharged(session, site, helse_vest)
    named(session, site, case, helse_vest, receiver_kind="gp", helse_vest_confirmed="by_phone")
    owed = open_by_step(session, case)
    assert not {"gate.receiver_named", "gate.helse-vest.receiver-confirmed"} & set(owed)
