"""What a follow-up that runs gets when a ladder changes (decision 0062)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.tasks.tables import TaskRow
from builders import MONDAY, Followed, a_book
from features.pathways.test_domain_layers import BASE, a_layer

LATER = MONDAY + timedelta(hours=2)


def with_slower(book: Book) -> Book:
    """The book, whose usual ladder lets nobody hear before a day has passed."""
    usual = book.ladder("standard")
    slow = replace(usual, rungs=usual.rungs[-1:])
    return replace(book, ladders={**book.ladders, "standard": slow}, _resolved={})


def plans(session: Session, case_id: UUID) -> dict[UUID, list[object]]:
    """The dated rungs of each open task that has the usual ladder."""
    rows = session.execute(
        sa.select(TaskRow.id, TaskRow.rung_plan).where(
            TaskRow.case_id == case_id, TaskRow.state == "open", TaskRow.ladder == "standard"
        )
    )
    return {row.id: row.rung_plan for row in rows}


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session, unit=True)


def test_a_round_that_runs_keeps_its_times_and_a_new_task_follows_the_ladder_of_today(
    follow: Followed,
) -> None:
    before = plans(follow.session, follow.case_id)
    told = NewEvent(kind=EventKind.APPOINTMENT_MISSED, at=LATER)
    cases.record(
        follow.session,
        follow.case_id,
        [told],
        by=follow.site.anna,
        at=LATER,
        book=with_slower(a_book()),
    )
    after = plans(follow.session, follow.case_id)
    kept, new = before.keys() & after.keys(), after.keys() - before.keys()
    assert kept
    assert {one: after[one] for one in kept} == {one: before[one] for one in kept}
    assert new
    assert max(len(after[one]) for one in new) < max(len(before[one]) for one in kept)


def test_a_ladder_with_a_key_of_its_own_is_for_those_who_begin_with_the_new_version() -> None:
    old = a_layer(LADDER.format(key="calm") + STEP.format(key="calm"), id="town")
    new = a_layer(LADDER.format(key="calm-2") + STEP.format(key="calm-2"), id="town")
    texts = {"old.toml": old, "new.toml": new.replace('version = "1"', 'version = "2"')}
    reads = [read_file(BASE, distribution="bindeledd", file="national.toml")]
    reads += [read_file(text, distribution="town", file=name) for name, text in texts.items()]
    book, findings = gathered(reads)
    assert findings == []
    names = "national.after-attempt", "2026.1"

    def ladder(layers: list[Layer]) -> str:
        step = book.followed(*names, [one.key for one in layers]).find("town.visit")
        assert step is not None
        return step.ladder

    assert [ladder([layer]) for layer in book.layers] == ["town.calm", "town.calm-2"]
    assert {"town.calm", "town.calm-2"} <= book.ladders.keys()


LADDER = """
[ladder."town.{key}"]
seen_for = "P1D"
repeat_every = "P1D"
rungs = [{{ after = "PT4H", to = "lead" }}]
"""
STEP = """
[[step]]
key = "town.visit"
task = "call_patient"
after = "discharged"
due = {{ within = "P3D" }}
satisfied_by = ["reached"]
ladder = "town.{key}"
basis = {{ kind = "local", source = "the plan" }}
"""
