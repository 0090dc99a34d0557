"""A pack that open tasks rest on is not taken away unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind, NewEvent
from bindeledd.features.patients.tables import PatientRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.leaving import insist_nothing_left_behind, left_behind
from bindeledd.plugin.loading import Gathered, gather
from builders import MONDAY, Site, a_patient_row, a_site


@pytest.fixture(scope="module")
def core() -> Gathered:
    return gather()


@pytest.fixture(scope="module")
def example() -> Gathered:
    return gather(["example"])


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def open_case(session: Session, site: Site, gathered: Gathered) -> None:
    discharged = NewEvent(kind=EventKind.DISCHARGED, at=MONDAY, source="message")
    cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=MONDAY - timedelta(days=2),
        team_id=site.team,
        unit_id=site.unit,
        more=[discharged],
        by=site.anna,
        at=MONDAY,
        book=gathered.book,
    )


def test_what_the_core_made_owed_rests_on_the_core(
    session: Session, site: Site, core: Gathered, example: Gathered
) -> None:
    open_case(session, site, core)
    assert left_behind(session, core.book) == []
    assert left_behind(session, example.book) == []


def test_a_pack_whose_tasks_are_open_is_missed(
    session: Session, site: Site, core: Gathered, example: Gathered
) -> None:
    open_case(session, site, example)
    assert left_behind(session, example.book) == []
    assert left_behind(session, core.book) == [
        "laget example.after-attempt@0.1",
        "steget example.home-visit",
        "steget gate.example.home-visit-offered",
        "varslingstrappen example.one-day",
    ]


def test_the_start_stops_and_says_what_to_do(
    session: Session, site: Site, core: Gathered, example: Gathered
) -> None:
    open_case(session, site, example)
    with pytest.raises(Misconfigured, match=r"slå på tillegget igjen") as stopped:
        insist_nothing_left_behind(session, core.book)
    assert stopped.value.where == "[site] plugins"


def test_nothing_that_it_says_is_about_a_person(
    session: Session, site: Site, core: Gathered, example: Gathered
) -> None:
    open_case(session, site, example)
    patient = session.scalar(sa.select(PatientRow.id))
    assert str(patient) not in " ".join(left_behind(session, core.book))


def test_an_empty_database_misses_nothing(session: Session, core: Gathered) -> None:
    insist_nothing_left_behind(session, core.book)
    assert left_behind(session, core.book) == []
