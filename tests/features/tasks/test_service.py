"""What is written on a task itself when a person has seen it."""

from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.tasks import queries, service
from bindeledd.features.tasks.domain import TaskNotFound, TaskNotOpen
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from features.reminders.builders import DAY, HOUR, TUESDAY, a_site, a_task, case_of, do

PLAN = [["2027-03-03 10:00:00.000000", "repeat"]]
UNTIL = datetime(2027, 3, 3, 10, tzinfo=UTC)


def see(session, site, task, at):
    found = queries.get_task(session, task, tenant_id=site.tenant, for_update=True)
    return service.see(session, found, by=site.anna, at=at, until=UNTIL, plan=PLAN)


def test_seeing_it_pauses_the_round_and_ends_nothing(session):
    site = a_site(session)
    task = a_task(session, site)
    seen = see(session, site, task, TUESDAY + HOUR)

    row = session.get_one(TaskRow, task, populate_existing=True)
    assert (seen.in_a_row, seen.until) == (1, UNTIL)
    assert (row.state, row.next_rung, row.next_rung_at) == ("open", 0, UNTIL)
    assert row.rung_plan == PLAN
    assert row.version == 2


def test_only_what_is_overdue_counts_in_a_row(session):
    site = a_site(session)
    task = a_task(session, site)
    counts = [see(session, site, task, TUESDAY + n * HOUR).in_a_row for n in (-1, 0, 1)]
    assert counts == [0, 1, 2]


def test_what_is_done_cannot_be_seen(session):
    site = a_site(session)
    task = a_task(session, site)
    do(session, task, TUESDAY)
    with pytest.raises(TaskNotOpen):
        see(session, site, task, TUESDAY)


def test_an_unknown_task_and_one_of_another_tenant_are_not_found(session):
    site = a_site(session)
    task = a_task(session, site)
    for wanted, tenant in ((new_id(), site.tenant), (task, new_id())):
        with pytest.raises(TaskNotFound):
            queries.get_task(session, wanted, tenant_id=tenant)


def test_what_a_case_owes_comes_earliest_first(session):
    site = a_site(session)
    later = a_task(session, site, due_at=TUESDAY + DAY)
    case = case_of(session, later)
    first = a_task(session, site, due_at=TUESDAY, case=case, made_at=TUESDAY - timedelta(days=1))
    assert [task.id for task in queries.open_tasks(session, case)] == [first, later]
