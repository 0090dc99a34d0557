"""A statement is kept as it was, and read by a lead."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.rollcall import queries, service
from bindeledd.features.rollcall.commands import told
from bindeledd.features.rollcall.domain import (
    LISTED,
    AlreadyRead,
    Kind,
    LeadReads,
    OutOfDate,
    Statement,
    StatementNotFound,
    Unaccounted,
)
from bindeledd.features.rollcall.tables import RollCallRow
from bindeledd.foundation.ids import new_id
from builders import MONDAY, a_case_row, a_site, a_task_row
from features.rollcall.builders import SILENCES, a_heartbeat, an_escalated

DAY = timedelta(days=1)


@pytest.fixture
def site(session):
    made = a_site(session)
    a_heartbeat(session)
    return made


def call(session, site, kind=Kind.RUN, at=MONDAY):
    return service.call_the_roll(session, site.tenant, silences=SILENCES, at=at, kind=kind)


def faults(session, site):
    rows = session.execute(
        sa.select(FaultRow.code, FaultRow.count).where(FaultRow.tenant_id == site.tenant)
    )
    return {row.code: row.count for row in rows}


def test_a_statement_is_kept_word_for_word(session, site):
    a_case_row(session, site)
    an_escalated(session, site)
    a_case_row(session, site, due_at=MONDAY + 30 * DAY)
    a_task_row(session, site, subject=new_id(), due_at=MONDAY - DAY)

    kept = call(session, site)

    session.expire_all()
    again = queries.get_statement(session, site.tenant, kept.id)
    derived = queries.derive(session, site.tenant, silences=SILENCES, at=MONDAY)
    assert again.statement.remainder == derived.remainder
    assert again.statement.numbers == derived.numbers
    assert again.statement.undecided == derived.undecided


def test_a_kept_statement_names_the_first_and_counts_all(session, site):
    lost = tuple(Unaccounted(id=new_id(), why="no_open_task") for _ in range(LISTED + 3))
    said = Statement(
        tenant_id=site.tenant,
        at=MONDAY,
        registered=len(lost),
        remainder=lost,
        pointer_wrong=(new_id(),) * (LISTED + 1),
    )

    kept = service.keep(session, said).statement

    assert kept.remainder == lost[:LISTED]
    assert len(kept.pointer_wrong) == LISTED
    assert (kept.unlisted, kept.unseen, kept.complete) == (4, LISTED + 3, False)
    assert len(told(said)["remainder"]) == LISTED + 3


def test_when_nobody_is_missing_no_fault_is_made(session, site):
    a_case_row(session, site)

    call(session, site)

    assert faults(session, site) == {}


def test_whoever_is_missing_stands_before_a_person_each_time(session, site):
    a_case_row(session, site, due_at=MONDAY - DAY)

    call(session, site)
    call(session, site, at=MONDAY + timedelta(minutes=10))

    assert faults(session, site) == {"remainder": 2}


def test_whoever_is_missing_and_not_named_stands_before_a_person_too(session, site):
    service.keep(session, Statement(tenant_id=site.tenant, at=MONDAY, registered=2, owned=1))

    assert faults(session, site) == {"remainder": 1}


def test_a_leads_signature_means_read_and_is_written_down(session, site):
    kept = call(session, site, Kind.MORNING)
    call(session, site, at=MONDAY + timedelta(minutes=55))

    signed = service.sign(session, kept.id, by=site.berit, at=MONDAY + timedelta(hours=1))

    assert signed.read_by == site.berit.id
    acts = session.scalars(sa.select(AuditEventRow.act)).all()
    assert "rollcall.read" in acts


def test_the_last_count_is_not_signed_once_it_is_too_old_to_say_anything_of_now(session, site):
    kept = call(session, site, Kind.MORNING)

    with pytest.raises(OutOfDate):
        service.sign(session, kept.id, by=site.berit, at=MONDAY + timedelta(minutes=31))

    assert service.show_latest(session, by=site.berit, at=MONDAY).read_at is None


def test_a_morning_that_nobody_read_waits_while_the_count_after_it_is_old(session, site):
    kept = call(session, site, Kind.MORNING)
    call(session, site, at=MONDAY + timedelta(hours=5))
    stopped = MONDAY + timedelta(hours=9)

    with pytest.raises(OutOfDate) as refused:
        service.sign(session, kept.id, by=site.berit, at=stopped)

    assert refused.value.facts["counted_at"] == MONDAY + timedelta(hours=5)
    call(session, site, at=stopped)
    signed = service.sign(session, kept.id, by=site.berit, at=stopped)
    assert signed.read_by == site.berit.id


def test_a_morning_that_was_read_is_not_called_old_by_a_count_that_stopped_later(session, site):
    kept = call(session, site, Kind.MORNING)
    service.sign(session, kept.id, by=site.berit, at=MONDAY)
    call(session, site, at=MONDAY + timedelta(minutes=10))

    shown = service.show_statement(session, kept.id, by=site.berit, at=MONDAY + timedelta(hours=9))

    assert not shown.out_of_date


def test_only_a_lead_signs(session, site):
    kept = call(session, site)

    for actor in (site.anna, site.system):
        with pytest.raises(LeadReads):
            service.sign(session, kept.id, by=actor, at=MONDAY)


def test_nobody_signs_twice(session, site):
    kept = call(session, site)
    service.sign(session, kept.id, by=site.berit, at=MONDAY)

    with pytest.raises(AlreadyRead):
        service.sign(session, kept.id, by=site.berit, at=MONDAY)


def test_another_tenants_statement_is_not_there(session, site):
    kept = call(session, site)
    other = a_site(session)

    with pytest.raises(StatementNotFound):
        service.sign(session, kept.id, by=other.berit, at=MONDAY)


@pytest.mark.parametrize(
    "change",
    [{"at": MONDAY + DAY}, {"numbers": {}}, {"remainder": {}}, {"kind": "morning"}],
    ids=["at", "numbers", "remainder", "kind"],
)
def test_a_statement_is_never_changed(session, site, change):
    kept = call(session, site)

    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        session.execute(sa.update(RollCallRow).where(RollCallRow.id == kept.id).values(**change))


def test_a_signature_is_never_taken_away(session, site):
    kept = call(session, site)
    service.sign(session, kept.id, by=site.berit, at=MONDAY)

    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        session.execute(
            sa.update(RollCallRow)
            .where(RollCallRow.id == kept.id)
            .values(read_by=None, read_at=None)
        )


def test_a_statement_is_never_deleted(session, site):
    kept = call(session, site)

    with pytest.raises(sa.exc.DBAPIError, match="never deleted"):
        session.execute(sa.delete(RollCallRow).where(RollCallRow.id == kept.id))


def test_a_lead_is_shown_the_last_statement_and_nobody_else(session, site):
    call(session, site, Kind.MORNING)
    last = call(session, site, at=MONDAY + timedelta(minutes=10))

    assert service.show_latest(session, by=site.berit, at=MONDAY).id == last.id
    assert len(service.show_mornings(session, by=site.berit, at=MONDAY)) == 1
    with pytest.raises(LeadReads):
        service.show_latest(session, by=site.anna, at=MONDAY)


def test_before_the_first_roll_call_there_is_no_statement(session, site):
    with pytest.raises(StatementNotFound):
        service.show_latest(session, by=site.berit, at=MONDAY)
