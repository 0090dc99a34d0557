"""A pack that open tasks rest on is not taken away unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind, NewEvent
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.pathways.service.remembering import remember_words
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.leaving import insist_nothing_left_behind, left_behind, without_words
from bindeledd.plugin.loading import Gathered, gather
from builders import MONDAY, Site, a_case_row, a_patient_row, a_site, a_task_row


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


def a_stay_that_follows(session: Session, layer: str) -> None:
    """A stay elsewhere in the only follow-up there is."""
    discharged = sa.select(EventRow).where(EventRow.kind == "discharged")
    row = session.scalars(discharged).one()
    copied = {one.key: getattr(row, one.key) for one in sa.inspect(EventRow).column_attrs}
    told = {**copied, "id": uuid4(), "facts": {"layers_of_stay": [layer]}}
    session.execute(sa.insert(EventRow).values(told))


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


def test_a_version_that_was_edited_in_its_place_is_asked_for_and_not_the_pack(
    session: Session, site: Site, example: Gathered
) -> None:
    open_case(session, site, example)
    layers = tuple(replace(layer, version="0.2") for layer in example.book.layers)
    with pytest.raises(Misconfigured, match=r"example\.after-attempt@0\.1") as stopped:
        insist_nothing_left_behind(session, replace(example.book, layers=layers))
    assert stopped.value.where == str(layers[0].origin)
    assert "ved siden av den nye" in stopped.value.do
    assert "slå på" not in stopped.value.do


def test_nothing_that_it_says_is_about_a_person(
    session: Session, site: Site, core: Gathered, example: Gathered
) -> None:
    open_case(session, site, example)
    patient = session.scalar(sa.select(PatientRow.id))
    assert str(patient) not in " ".join(left_behind(session, core.book))


def test_an_empty_database_misses_nothing(session: Session, core: Gathered) -> None:
    insist_nothing_left_behind(session, core.book)
    assert left_behind(session, core.book) == []


def test_a_layer_that_only_a_stay_elsewhere_follows_is_missed(
    session: Session, site: Site, core: Gathered
) -> None:
    open_case(session, site, core)
    a_stay_that_follows(session, "ward@1")
    assert left_behind(session, core.book) == ["laget ward@1"]


def test_an_ended_task_that_no_pack_has_words_for_is_told_until_its_pack_was_there_once(
    session: Session, site: Site, core: Gathered, example: Gathered
) -> None:
    kind = "home_visit"
    case = a_case_row(session, site)
    task = a_task_row(session, site, case=case.id)
    ended = sa.update(TaskRow).where(TaskRow.id == task)
    session.execute(
        ended.values(kind=kind, state="done", ended_at=MONDAY, ended_by_event_id=case.event)
    )

    [told] = without_words(session, core.book)
    assert kind in told.what
    assert without_words(session, example.book) == []
    remember_words(session, example.book)
    assert without_words(session, core.book) == []
