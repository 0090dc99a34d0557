"""A person says that they have seen it: it pauses the ladder, and it ends nothing."""

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import PersonalOnly, Rules
from bindeledd.features.reminders.domain.channels import AddressKind
from bindeledd.features.reminders.service import acknowledge, answerable
from bindeledd.features.reminders.service.delivering import standings
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.tasks.domain import TaskNotFound, TaskNotOpen
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from features.reminders.builders import (
    BOOK,
    DAY,
    HOUR,
    TUESDAY,
    a_site,
    a_task,
    add_team,
    alerts,
    at_once,
    do,
    heard,
)


def sweep(database, at):
    return jobs.sweep(database, BOOK, rules=Rules(), clock=at_once(at))


@pytest.fixture
def late(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    sweep(database, TUESDAY)
    return site, task


def see(database, site, task, at, name="anna"):
    with database.transaction() as session:
        return acknowledge(session, task, by=site.actor(name), at=at, book=BOOK)


def test_it_pauses_the_ladder_for_as_long_as_the_ladder_says(database, late):
    site, task = late
    seen = see(database, site, task, TUESDAY + HOUR)

    assert seen.until == TUESDAY + HOUR + DAY
    assert seen.in_a_row == 1
    sweep(database, seen.until - HOUR)
    with database.transaction() as session:
        assert len(alerts(session, task)) == 2
        row = session.get_one(TaskRow, task)
        assert (row.state, row.seen_by, row.next_rung_at) == ("open", site.anna, seen.until)


def shown_and_waiting(database, site, task, kind):
    """What of a task stands before Anna, and how much waits for her, an hour after she saw it."""
    with database.transaction() as session:
        session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(kind=kind))
    see(database, site, task, TUESDAY + HOUR)
    with database.transaction() as session:
        now = (session, site.anna, TUESDAY + 2 * HOUR)
        page = queries.inbox_page(session, site.tenant, *now[1:])
        return [item.task_id for item in page.items], queries.waiting(*now)


@pytest.mark.parametrize(("kind", "stands"), [("confirm_death", True), ("call_patient", False)])
def test_only_a_reported_death_stands_in_the_inbox_after_it(database, late, kind, stands):
    site, task = late
    shown, waiting = shown_and_waiting(database, site, task, kind)

    assert (shown, waiting) == ([task] if stands else [], 0)


def test_before_the_due_time_it_lasts_until_then_at_most(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    sweep(database, TUESDAY - 2 * HOUR)
    seen = see(database, site, task, TUESDAY - HOUR)
    sweep(database, TUESDAY)

    assert (seen.until, seen.in_a_row) == (TUESDAY, 0)
    with database.transaction() as session:
        assert alerts(session, task) == [(1, 0, "owner"), (2, 0, "owner")]


def test_the_third_in_a_row_goes_to_the_lead_at_once(database, late):
    site, task = late
    now = TUESDAY + HOUR
    for n in range(3):
        with database.transaction() as session:
            assert "lise" not in heard(session, site, task)
        assert see(database, site, task, now).in_a_row == n + 1
        now += DAY + HOUR
        if n < 2:
            sweep(database, now)
    jobs.sweep(database, BOOK, rules=Rules(), clock=at_once(now - DAY))

    with database.transaction() as session:
        assert heard(session, site, task) == {"anna", "lise"}
        items = queries.inbox(session, site.tenant, site.lise, now - DAY)
        assert [item.task_id for item in items] == [task]


def test_a_round_that_nobody_answered_breaks_the_row(database, late):
    site, task = late
    see(database, site, task, TUESDAY + HOUR)
    for hours in range(25, 25 + 73):
        sweep(database, TUESDAY + hours * HOUR)
    assert see(database, site, task, TUESDAY + 99 * HOUR).in_a_row == 1


def test_opening_a_page_is_not_acknowledging(database, late):
    site, task = late
    with database.transaction() as session:
        queries.inbox(session, site.tenant, site.anna, TUESDAY)
    sweep(database, TUESDAY + 4 * HOUR)
    with database.transaction() as session:
        assert (1, 2, "team") in alerts(session, task)


def test_it_is_written_down_who_did_it_and_about_whom(database, late):
    site, task = late
    see(database, site, task, TUESDAY + HOUR)
    with database.transaction() as session:
        event = session.scalars(sa.select(AuditEventRow)).one()
        assert (event.act, event.actor_id) == ("task.acknowledged", site.anna)
        assert session.scalar(sa.select(sa.func.count(AuditSubjectRow.event_id))) == 1


def test_it_is_personal(database, late):
    site, task = late
    with database.transaction() as session, pytest.raises(PersonalOnly):
        acknowledge(session, task, by=system(site.tenant), at=TUESDAY, book=BOOK)


def test_members_of_other_teams_and_tenants_do_not_find_it(database, late):
    site, task = late
    for tenant in (site.tenant, new_id()):
        stranger = Actor(
            kind=ActorKind.MEMBER, tenant_id=tenant, id=new_id(), teams=frozenset({new_id()})
        )
        with database.transaction() as session, pytest.raises(TaskNotFound):
            acknowledge(session, task, by=stranger, at=TUESDAY, book=BOOK)


def test_an_admin_who_was_told_because_nobody_else_could_be_may_answer(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=(), lead=None)
        task = a_task(session, site)
    sweep(database, TUESDAY)
    admin = Actor(
        kind=ActorKind.MEMBER, tenant_id=site.tenant, id=site.ada, grants=frozenset({"admin"})
    )
    with database.transaction() as session:
        seen = acknowledge(session, task, by=admin, at=TUESDAY + HOUR, book=BOOK)
    assert seen.by == site.ada


def test_an_admin_who_was_told_of_nothing_answers_for_no_team(database, late):
    site, task = late
    admin = Actor(
        kind=ActorKind.MEMBER, tenant_id=site.tenant, id=site.ada, grants=frozenset({"admin"})
    )
    with database.transaction() as session, pytest.raises(TaskNotFound):
        acknowledge(session, task, by=admin, at=TUESDAY + HOUR, book=BOOK)


def test_whoever_was_told_while_they_answered_for_the_team_may_not_afterwards(database, late):
    site, task = late
    with database.transaction() as session:
        session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(held_by=None))
    gone = Actor(kind=ActorKind.MEMBER, tenant_id=site.tenant, id=site.anna)
    with database.transaction() as session:
        items = queries.inbox(session, site.tenant, site.anna, TUESDAY + HOUR)
        assert [item.task_id for item in items] == [task]
        assert answerable(session, items, by=gone) == set()
        assert answerable(session, items, by=site.actor("anna")) == {task}
    with database.transaction() as session, pytest.raises(TaskNotFound):
        acknowledge(session, task, by=gone, at=TUESDAY + HOUR, book=BOOK)
    assert see(database, site, task, TUESDAY + HOUR).by == site.anna


def test_holding_a_task_opens_nothing_where_the_follow_up_is_not_seen(database, late):
    site, task = late
    gone = Actor(kind=ActorKind.MEMBER, tenant_id=site.tenant, id=site.anna)
    with database.transaction() as session, pytest.raises(TaskNotFound):
        acknowledge(session, task, by=gone, at=TUESDAY + HOUR, book=BOOK)


def test_what_another_team_took_over_waits_for_that_team_alone(database, late):
    site, task = late
    other = new_id()
    with database.transaction() as session:
        assert queries.waiting(session, site.anna, TUESDAY) == 1
        organisation = session.scalar(sa.select(TeamRow.organisation_id))
        add_team(session, site, organisation, other)
        session.flush()
        moved = {"owner_team_id": other, "held_by": None}
        session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(moved))
        told = session.scalars(sa.select(DeliveryRow.id)).all()
        assert not any(
            one.task_open for one in standings(session, told, AddressKind.EMAIL).values()
        )
        assert queries.inbox(session, site.tenant, site.anna, TUESDAY) == []
        assert queries.waiting(session, site.anna, TUESDAY) == 0
    with pytest.raises(TaskNotFound):
        see(database, site, task, TUESDAY + HOUR)


def test_the_number_in_the_menu_is_of_what_the_page_has_a_button_for(database, late):
    site, task = late
    anna = site.actor("anna")
    gone = Actor(kind=ActorKind.MEMBER, tenant_id=site.tenant, id=site.anna)
    for by, number in ((anna, 1), (gone, 0)):
        with database.transaction() as session:
            items = queries.inbox(session, site.tenant, site.anna, TUESDAY)
            assert [item.task_id for item in items] == [task]
            assert len(answerable(session, items, by=by)) == number
            assert queries.waiting(session, site.anna, TUESDAY, by=by) == number


def test_what_is_done_cannot_be_acknowledged(database, late):
    site, task = late
    with database.transaction() as session:
        do(session, task, TUESDAY + HOUR)
    with pytest.raises(TaskNotOpen):
        see(database, site, task, TUESDAY + 2 * HOUR)


def test_an_alert_raised_after_an_acknowledgement_still_stands(database, late):
    site, task = late
    see(database, site, task, TUESDAY + HOUR)
    with database.transaction() as session:
        assert queries.waiting(session, site.anna, TUESDAY + 2 * HOUR) == 0
    sweep(database, TUESDAY + HOUR + DAY)
    with database.transaction() as session:
        assert queries.waiting(session, site.anna, TUESDAY + HOUR + DAY) == 1
