"""Noticing what is late: nothing is too late to be said, and no round ends without a next."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.ladder_values import Rung
from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import acknowledge
from bindeledd.features.reminders.service.beginning import begin_uncovered
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.features.reminders.tables import AlertRow, FaultRow
from bindeledd.features.staff.tables import DutyRow, MemberRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import Count, Period
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from features.reminders.builders import (
    BOOK,
    DAY,
    HOUR,
    TUESDAY,
    Site,
    a_ladder,
    a_site,
    a_task,
    add_absence,
    add_duty,
    alerts,
    at_once,
    do,
    heard,
)

RULES = Rules(batch=3)
MINUTE = timedelta(minutes=1)


def sweep(database: Database, at: datetime, **more):
    return jobs.sweep(database, more.pop("book", BOOK), rules=RULES, clock=at_once(at), **more)


def test_the_ladder_is_climbed_one_rung_after_the_other(database):
    with database.transaction() as session:
        task = a_task(session, a_site(session))
    seen = []
    for hours in (-3, -2, 0, 3, 4, 24):
        sweep(database, TUESDAY + hours * HOUR)
        with database.transaction() as session:
            seen.append([audience for _, _, audience in alerts(session, task)])

    assert [len(found) for found in seen] == [0, 1, 2, 2, 3, 4]
    assert seen[-1] == ["owner", "owner", "team", "lead"]


def test_sweeping_twice_says_nothing_twice(database):
    with database.transaction() as session:
        site = a_site(session)
        tasks = [a_task(session, site) for _ in range(7)]
    first = sweep(database, TUESDAY)
    again = sweep(database, TUESDAY)

    assert first.alerts == 14
    assert again.alerts == again.addressed == 0
    with database.transaction() as session:
        assert len(alerts(session)) == 14
        assert all(len(alerts(session, task)) == 2 for task in tasks)


def test_after_a_month_of_outage_everything_is_raised_and_the_next_round_runs(database):
    with database.transaction() as session:
        site = a_site(session)
        tasks = [a_task(session, site, due_at=TUESDAY + n * DAY) for n in range(9)]
    back = TUESDAY + 31 * DAY
    sweep(database, back)
    sweep(database, back + timedelta(seconds=30))

    with database.transaction() as session:
        for task in tasks:
            first_round = [audience for round_, _, audience in alerts(session, task) if round_ == 1]
            assert first_round == ["owner", "owner", "team", "lead"]
            row = session.get_one(TaskRow, task)
            assert row.round == 2
            assert row.next_rung_at > back
        assert queries.due_now(session, back + timedelta(seconds=30)) == 0


def test_when_nobody_answers_the_next_round_begins_a_day_after_the_last_rung(database):
    with database.transaction() as session:
        task = a_task(session, a_site(session))
    sweep(database, TUESDAY + 24 * HOUR)
    sweep(database, TUESDAY + 47 * HOUR)
    with database.transaction() as session:
        assert session.get_one(TaskRow, task).round == 1
    sweep(database, TUESDAY + 48 * HOUR)

    with database.transaction() as session:
        assert session.get_one(TaskRow, task).round == 2
        assert (2, 0, "owner") in alerts(session, task)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.integers(min_value=1, max_value=40 * 24), min_size=3, max_size=12))
def test_no_round_ends_without_a_next(database, steps):
    with database.transaction() as session:
        task = a_task(session, a_site(session))
    now, rounds = TUESDAY, [1]
    for hours in steps:
        now += hours * HOUR
        for _ in range(2):
            sweep(database, now)
        with database.transaction() as session:
            row = session.get_one(TaskRow, task, populate_existing=True)
            assert row.next_rung_at > now
            assert row.rung_plan[-1][1] == "repeat"
            rounds.append(row.round)

    assert rounds == sorted(rounds)
    assert rounds[-1] >= 1 + (now - TUESDAY) // (49 * DAY)
    with database.transaction() as session:
        told = alerts(session, task)
        assert len(told) == len(set(told))
        assert {round_ for round_, _, _ in told} >= set(range(1, rounds[-1]))


def test_done_stops_it_for_good(database):
    with database.transaction() as session:
        task = a_task(session, a_site(session))
    sweep(database, TUESDAY)
    with database.transaction() as session:
        do(session, task, TUESDAY + HOUR)
    sweep(database, TUESDAY + 20 * DAY)

    with database.transaction() as session:
        assert len(alerts(session, task)) == 2


def test_a_lapsed_acknowledgement_begins_the_next_round_and_is_cleared(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site)
    sweep(database, TUESDAY)
    with database.transaction() as session:
        acknowledge(session, task, by=site.actor("anna"), at=TUESDAY + HOUR, book=BOOK)
    sweep(database, TUESDAY + 24 * HOUR)
    with database.transaction() as session:
        assert len(alerts(session, task)) == 2
    sweep(database, TUESDAY + 25 * HOUR)

    with database.transaction() as session:
        row = session.get_one(TaskRow, task, populate_existing=True)
        assert (row.round, row.seen_at, row.seen_until, row.seen_by) == (2, None, None, None)
        assert (2, 0, "owner") in alerts(session, task)


def test_a_task_that_nobody_is_on_duty_for_goes_to_the_lead_at_once_and_once(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        task = a_task(session, site, due_at=TUESDAY + 2 * DAY, made_at=TUESDAY)
    for minutes in (0, 1, 2):
        sweep(database, TUESDAY + timedelta(minutes=minutes))

    with database.transaction() as session:
        assert alerts(session, task) == [(1, 0, "lead")]
        assert heard(session, site, task) == {"lise"}
        row = session.get_one(TaskRow, task)
        assert (row.round, row.uncovered_at) == (1, TUESDAY)
        assert row.next_rung_at <= TUESDAY + 2 * DAY


def test_what_was_acknowledged_begins_a_new_round_where_nobody_is_on_duty_when_it_lapses(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, due_at=TUESDAY + 27 * HOUR, made_at=TUESDAY)
        acknowledge(session, task, by=site.actor("anna"), at=TUESDAY, book=BOOK)
        session.execute(sa.delete(DutyRow))
        begin_uncovered(
            session,
            Rounds(book=BOOK, fallback_repeat=RULES.fallback_repeat),
            at=TUESDAY + 25 * HOUR,
            batch=3,
        )
        row = session.get_one(TaskRow, task, populate_existing=True)

        assert row.round == 2, "what the lead is told now was not said in the round before"


def test_an_uncovered_task_is_repeated_until_somebody_is_on_duty(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        task = a_task(session, site, due_at=TUESDAY + 5 * DAY, made_at=TUESDAY)
    for days in (0, 1, 2):
        sweep(database, TUESDAY + days * DAY)
    with database.transaction() as session:
        assert len(alerts(session, task)) == 3
        add_duty(session, site, "anna", TUESDAY, TUESDAY + 50 * DAY)
    for hours in range(0, 49, 6):
        sweep(database, TUESDAY + 3 * DAY + hours * HOUR)

    with database.transaction() as session:
        told = alerts(session, task)
        assert [audience for _, _, audience in told] == ["lead"] * 3 + ["owner"] * 2
        assert session.get_one(TaskRow, task).uncovered_at is None


def an_acute_book() -> Book:
    def rung(to: str, minutes: int) -> Rung:
        length = Period(0, timedelta(minutes=abs(minutes)))
        return Rung(before=minutes < 0, offset=length, count=Count.HOURS, audience=to)

    short = replace(
        a_ladder("short"),
        seen_for=Period(0, timedelta(minutes=30)),
        seen_count=Count.HOURS,
        repeat_every=Period(0, timedelta(minutes=15)),
        repeat_count=Count.HOURS,
        rungs=(
            rung("owner", -15),
            rung("team", -10),
            rung("owner", 0),
            rung("team", 5),
            rung("lead", 10),
        ),
        ignores_hours=True,
    )
    return Book(ladders={**BOOK.ladders, "short": short})


def watched(database: Database, task: UUID, site: Site, minutes: int, book: Book) -> list[int]:
    """A sweep every half minute; the minute at which each round begins."""
    begins, last = [], 0
    for half in range(2 * minutes + 1):
        sweep(database, TUESDAY + timedelta(seconds=30 * half), book=book)
        with database.transaction() as session:
            found = session.get_one(TaskRow, task, populate_existing=True).round
        if found != last:
            begins.append(half // 2)
            last = found
    return begins


@pytest.mark.parametrize(
    ("on_duty", "rounds", "first_round"),
    [
        (("anna",), [0, 40, 65, 90], ["owner", "team", "owner", "team", "lead"]),
        # nobody: the lead at once, and no new round for that
        ((), [0, 35, 60, 85], ["owner", "lead", "team", "owner", "team"]),
    ],
)
def test_an_acute_concern_begins_its_next_round_when_its_ladder_repeats(
    database, on_duty, rounds, first_round
):
    book = an_acute_book()
    with database.transaction() as session:
        site = a_site(session, on_duty=on_duty)
        task = a_task(
            session, site, due_at=TUESDAY + 15 * MINUTE, made_at=TUESDAY, ladder="short", book=book
        )
    assert watched(database, task, site, 91, book) == rounds

    with database.transaction() as session:
        told = alerts(session, task)
        assert [to for round_, _, to in told if round_ == 1] == first_round
        assert [round_ for round_, _, _ in told] == sorted(round_ for round_, _, _ in told)
        assert "lise" in heard(session, site, task)


def test_for_want_of_cover_a_reminder_that_was_said_is_not_said_again(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site)
    sweep(database, TUESDAY - 2 * HOUR)
    with database.transaction() as session:
        session.execute(sa.delete(DutyRow))
    for minutes in range(0, 121, 5):
        sweep(database, TUESDAY - 2 * HOUR + timedelta(minutes=minutes))

    with database.transaction() as session:
        assert alerts(session, task) == [(1, 0, "owner"), (1, 1, "lead"), (1, 2, "owner")]


def test_only_the_earliest_task_of_a_case_counts_as_uncovered(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        task = a_task(session, site, due_at=TUESDAY + 2 * DAY, made_at=TUESDAY)
        case = session.get_one(TaskRow, task).case_id
        later = a_task(session, site, due_at=TUESDAY + 4 * DAY, made_at=TUESDAY, case=case)
    sweep(database, TUESDAY)

    with database.transaction() as session:
        assert len(alerts(session, task)) == 1
        assert alerts(session, later) == []


def test_duty_that_begins_before_the_task_is_due_is_cover(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        add_duty(session, site, "anna", TUESDAY + DAY, TUESDAY + 2 * DAY)
        task = a_task(session, site, due_at=TUESDAY + 2 * DAY, made_at=TUESDAY)
    assert sweep(database, TUESDAY).uncovered == 0
    with database.transaction() as session:
        assert alerts(session, task) == []


def test_a_ladder_that_is_unknown_goes_on_with_the_lead_and_is_a_fault(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site)
    sweep(database, TUESDAY + 24 * HOUR, book=Book())
    sweep(database, TUESDAY + 48 * HOUR, book=Book())

    with database.transaction() as session:
        assert (2, 0, "lead") in alerts(session, task)
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.ladder_unreadable"
        assert session.get_one(TaskRow, task).next_rung_at > TUESDAY + 48 * HOUR


def test_a_task_with_an_empty_plan_starts_a_new_round(database):
    with database.transaction() as session:
        task = a_task(session, a_site(session))
        session.execute(sa.update(TaskRow).values(rung_plan=[], next_rung_at=TUESDAY))
    sweep(database, TUESDAY)

    with database.transaction() as session:
        assert alerts(session, task) == [(2, 0, "owner")]


def test_who_holds_it_hears_alone_while_on_duty(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"anna"}


def test_the_stand_in_hears_when_the_holder_is_away(database):
    with database.transaction() as session:
        site = a_site(session)
        add_absence(session, site, "anna", TUESDAY - DAY, TUESDAY + DAY, stand_in="bo")
        task = a_task(session, site, held_by="anna")
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"bo"}


def test_the_team_hears_when_the_holder_has_left_or_is_gone(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
        session.execute(sa.update(MemberRow).where(MemberRow.id == site.anna).values(active=False))
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"bo"}


def test_the_lead_hears_when_nobody_of_the_team_is_there(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
        session.execute(sa.delete(DutyRow))
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"lise"}


def test_an_admin_hears_when_there_is_no_lead(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=(), lead=None)
        task = a_task(session, site)
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"ada"}


def test_nobody_at_all_is_a_fault_and_the_alert_waits_until_somebody_can_be_found(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=(), lead=None, admin=None)
        task = a_task(session, site)
        session.execute(sa.update(MemberRow).values(active=False))
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert queries.counts(session, site.tenant)["unaddressed"] == 2
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.nobody_to_tell"
        session.execute(sa.update(MemberRow).values(active=True))
        add_duty(session, site, "bo", TUESDAY - DAY, TUESDAY + DAY)
    sweep(database, TUESDAY + HOUR)

    with database.transaction() as session:
        assert heard(session, site, task) == {"bo"}
        assert queries.counts(session, site.tenant)["unaddressed"] == 0


def test_alerts_that_can_be_addressed_never_wait_for_those_that_cannot(database):
    with database.transaction() as session:
        empty = a_site(session, on_duty=(), lead=None, admin=None)
        session.execute(sa.update(MemberRow).values(active=False))
        for _ in range(8):
            a_task(session, empty, due_at=TUESDAY - DAY)
        site = a_site(session)
        task = a_task(session, site)
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"anna", "bo"}


def test_an_alert_reaches_an_inbox_exactly_once_with_an_id_that_sorts_by_time(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    sweep(database, TUESDAY)
    with database.transaction() as session:
        items = queries.inbox(session, site.tenant, site.anna, TUESDAY)
        alert = session.scalars(sa.select(AlertRow.id)).first()
        assert [item.task_id for item in items] == [task]
        assert queries.waiting(session, site.anna, TUESDAY) == 1
        assert alert.version == 7
        assert alert.int >> 80 == int(TUESDAY.timestamp() * 1000)


def test_the_heartbeat_is_written_last_and_grows_old(database):
    limit = timedelta(seconds=120)
    with database.transaction() as session:
        assert queries.stale(session, TUESDAY, limit)
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert not queries.stale(session, TUESDAY + limit, limit)
        assert queries.stale(session, TUESDAY + limit + timedelta(seconds=1), limit)
        assert queries.heartbeat(session).at == TUESDAY


def test_a_sweep_that_fails_leaves_no_heartbeat(database):
    class Broken:
        def ladder(self, key: str):
            raise RuntimeError(key)

    with database.transaction() as session:
        a_task(session, a_site(session))
        session.execute(sa.update(TaskRow).values(rung_plan=[], next_rung_at=TUESDAY))
    try:
        sweep(database, TUESDAY, book=Broken())
        failed = False
    except RuntimeError:
        failed = True

    assert failed
    with database.transaction() as session:
        assert queries.heartbeat(session) is None


def test_coming_back_says_how_long_it_was_down_and_what_became_due(database):
    with database.transaction() as session:
        site = a_site(session)
        for _ in range(4):
            a_task(session, site)
    sweep(database, TUESDAY - DAY)
    back = jobs.resumed(database, rules=RULES, clock=at_once(TUESDAY + DAY))

    assert (back.lasted, back.due) == (2 * DAY, 4)
    with database.transaction() as session:
        assert session.scalar(sa.select(FaultRow.code)) == "worker.was_down"


def test_a_jump_of_the_clock_becomes_a_fault_and_stops_nothing(database):
    ticks = iter([0.0, 30.0])
    watch = jobs.ClockWatch(RULES, monotonic=lambda: next(ticks))
    with database.transaction() as session:
        now = queries.database_clock(session)
        assert session.scalar(sa.select(sa.func.count(FaultRow.id))) == 0
    watch.look(database, clock=at_once(now))
    jumped = watch.look(database, clock=at_once(now + timedelta(hours=1)))

    assert jumped >= timedelta(minutes=59)
    with database.transaction() as session:
        assert session.scalar(sa.select(FaultRow.code)) == "worker.clock_jumped"


def test_a_task_without_a_case_is_swept_like_any_other(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site)
        session.execute(
            sa.text(
                "INSERT INTO tasks (id, tenant_id, subject_id, kind, origin, step_key, strength, "
                "owner, owner_team_id, due_at, first_due_at, due_reason, satisfied_by, ladder, "
                "state, made_at, round, next_rung, next_rung_at, rung_plan, seen_in_a_row, version)"
                " SELECT :id, tenant_id, :subject, 'decide_message', origin, 'decide', strength, "
                "owner, owner_team_id, due_at, first_due_at, due_reason, satisfied_by, ladder, "
                "state, made_at, 1, 0, next_rung_at, rung_plan, 0, 1 FROM tasks WHERE id = :task"
            ).bindparams(
                sa.bindparam("id", type_=sa.Uuid()),
                sa.bindparam("subject", type_=sa.Uuid()),
                sa.bindparam("task", type_=sa.Uuid()),
            ),
            {"id": (own := new_id()), "subject": new_id(), "task": task},
        )
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, own) == {"anna", "bo"}
