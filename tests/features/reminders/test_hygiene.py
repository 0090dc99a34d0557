"""With a moving clock: nothing is dropped, a last rung is never held back, a morning is numbers."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Claim, Rules
from bindeledd.features.reminders.domain.channels import Outcome, Receipt
from bindeledd.features.reminders.domain.hygiene import OVER_BUDGET_RUNG, Hygiene
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.jobs.mail import compose
from bindeledd.features.reminders.jobs.morning import send_digests
from bindeledd.features.reminders.service.beginning import hold
from bindeledd.features.reminders.service.digesting import write_digests
from bindeledd.features.reminders.service.known import read_sent
from bindeledd.features.reminders.service.raising import raise_for_lead
from bindeledd.features.reminders.tables import DeliveryRow, DigestRow, FaultRow
from bindeledd.features.staff.tables import DutyRow, MemberRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from features.reminders.builders import (
    BOOK,
    DAY,
    HOUR,
    TUESDAY,
    FakeChannel,
    a_ladder,
    a_site,
    a_task,
    add_duty,
    alerts,
    at_once,
    case_of,
    heard,
    states,
)

# 22:00 in Oslo on Tuesday.
NIGHT = TUESDAY + 12 * HOUR
QUIET = Hygiene(quiet=(time(21), time(7)))


class Clock:
    """One worker with a moving clock: a sweep, then a run of the deliveries."""

    def __init__(self, database, hygiene, book=BOOK):
        self.database, self.book = database, book
        self.rules = Rules(batch=50, claim=20, jitter=0, hygiene=hygiene)
        self.channel = FakeChannel()

    def tick(self, at):
        done = [self._sweep(at)]
        run = Deliverer(
            self.database, [self.channel], "https://b.example", self.rules, at_once(at),
            day_and_night=self.book.day_and_night,
        )  # fmt: skip
        done.append(run.run())
        return done[-1]

    def _sweep(self, at):
        return jobs.sweep(
            self.database, self.book, rules=self.rules, clock=at_once(at), channels=["email"]
        )

    def morning(self, at):
        return send_digests(
            self.database, [self.channel], base_url="https://b.example", rules=self.rules,
            clock=at_once(at),
        )  # fmt: skip

    def told(self):
        return [m.address.split("@")[0] for m in self.channel.sent]


def test_at_night_whoever_is_off_duty_hears_in_the_morning_and_has_it_inside_at_once(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=(), admin=None)
        add_duty(session, site, "anna", NIGHT + 9 * HOUR, NIGHT + 20 * HOUR)
        task = a_task(session, site, due_at=NIGHT, held_by="anna", made_at=NIGHT - HOUR)
    clock = Clock(database, QUIET)
    done = clock.tick(NIGHT)

    assert (done.held, clock.told()) == (2, [])
    with database.transaction() as session:
        assert heard(session, site, task) == {"lise"}
        reasons = session.scalars(
            sa.select(DeliveryRow.reason).where(DeliveryRow.channel == "email")
        )
        assert set(reasons) == {"quiet_hours"}
    clock.tick(NIGHT + 8 * HOUR)
    assert clock.told() == []
    clock.tick(NIGHT + 9 * HOUR)
    assert "lise" in clock.told()


def test_a_last_rung_goes_out_in_the_middle_of_the_night(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        a_task(session, site, due_at=NIGHT + DAY, made_at=NIGHT)
    clock = Clock(database, QUIET)
    clock.tick(NIGHT)

    assert clock.told() == ["lise"]


def test_a_ladder_that_runs_day_and_night_is_never_silenced(database):
    acute = replace(a_ladder("short"), ignores_hours=True)
    book = Book(ladders={"standard": a_ladder(), "short": acute})
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        a_task(session, site, due_at=NIGHT + HOUR, made_at=NIGHT - HOUR, ladder="short", book=book)
    clock = Clock(database, replace(QUIET, budget=1), book)
    clock.tick(NIGHT)

    assert clock.told() == ["lise"]


def test_whoever_is_on_duty_at_night_hears_at_night(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site, due_at=NIGHT, held_by="anna")
    clock = Clock(database, QUIET)
    clock.tick(NIGHT)

    assert clock.told() == ["anna"]


def test_the_same_fact_interrupts_one_person_once_in_a_round(database):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    clock = Clock(database, Hygiene())
    for hours in (0, 4, 5):
        clock.tick(TUESDAY + hours * HOUR)
    # Anna at the due time; the team's rung four hours later is news to Bo only.
    assert clock.told() == ["anna", "bo"]
    clock.tick(TUESDAY + 24 * HOUR)
    assert clock.told() == ["anna", "bo", "lise"]
    # The next round is a new fact: nothing is muted for good.
    clock.tick(TUESDAY + 48 * HOUR + timedelta(minutes=1))
    assert clock.told().count("anna") == 2
    assert states(database)["stopped"] >= 1
    with database.transaction() as session:
        assert len(alerts(session, task)) >= 5


@pytest.mark.parametrize(("apart", "heard_twice"), [(5, False), (0, True)])
def test_a_lead_who_heard_a_moment_ago_does_not_hear_the_same_again(database, apart, heard_twice):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    clock = Clock(database, Hygiene(least_apart=timedelta(minutes=apart)))
    for seconds, rung in ((0, -1500), (5, -1000)):
        at = TUESDAY + timedelta(seconds=seconds)
        with database.transaction() as session:
            raise_for_lead(session, {task}, rung=rung, at=at)
        clock.tick(at)
    assert clock.told().count("lise") == 1 + heard_twice


@pytest.fixture
def busy(database):
    """Anna is late with one thing after the other; two messages a day."""
    with database.transaction() as session:
        site = a_site(session)
        tasks = [
            a_task(session, site, due_at=TUESDAY + n * HOUR / 4, held_by="anna",
                   made_at=TUESDAY - DAY + n * HOUR / 4)
            for n in range(5)
        ]  # fmt: skip
        # Bo stays out of it: one person's budget is looked at.
        session.execute(sa.delete(DutyRow).where(DutyRow.member_id == site.bo))
    return site, tasks


def test_beyond_the_budget_the_lead_hears_at_once_and_nothing_is_dropped(database, busy):
    site, tasks = busy
    clock = Clock(database, Hygiene(budget=2))
    for n in range(6):
        clock.tick(TUESDAY + n * HOUR / 4)

    assert clock.told().count("anna") == 2
    assert "lise" in clock.told()
    with database.transaction() as session:
        for task in tasks:
            assert "anna" in heard(session, site, task)
        assert heard(session, site, tasks[2]) == {"anna", "lise"}
        rungs = [rung for _, rung, _ in alerts(session, tasks[2])]
        assert rungs.count(OVER_BUDGET_RUNG) == 1
        item = queries.inbox(session, site.tenant, site.lise, TUESDAY + 2 * HOUR)[0]
        assert item.rung == OVER_BUDGET_RUNG


def test_what_goes_over_a_budget_shortly_after_each_other_is_one_message_to_the_lead(database):
    minute = HOUR / 60
    with database.transaction() as session:
        site = a_site(session, on_duty=("anna",))
        for n in range(4):
            a_task(session, site, due_at=TUESDAY + n * minute, held_by="anna",
                   made_at=TUESDAY - DAY)  # fmt: skip
    clock = Clock(database, Hygiene(budget=1, least_apart=5 * minute))
    for n in range(12):
        clock.tick(TUESDAY + n * minute)

    # Anna has hers; of three things over her budget the lead hears twice: the first, then the rest.
    assert clock.told() == ["anna", "lise", "lise"]
    assert states(database)["ready"] == 3


def test_what_could_not_be_delivered_counts_in_the_budget_of_its_address(database, busy):
    site, _ = busy
    clock = Clock(database, Hygiene(budget=2))
    clock.channel = FakeChannel(anna=Receipt(outcome=Outcome.REFUSED, reason="no such address"))
    for n in range(6):
        clock.tick(TUESDAY + n * HOUR / 4)
    assert clock.channel.asked.count("anna") == 2

    with database.transaction() as session:
        mended = {"email": "anna2@staff.example"}
        session.execute(sa.update(MemberRow).where(MemberRow.id == site.anna).values(mended))
    a_day = TUESDAY + 14 * HOUR  # midnight in Oslo: what waits is looked at again
    clock.tick(a_day)
    assert clock.channel.asked.count("anna2") == 1


def test_what_a_channel_failed_with_holds_back_neither_another_nor_a_new_address(database, busy):
    site, tasks = busy
    clock = Clock(database, Hygiene())
    clock.channel = FakeChannel(anna=Receipt(outcome=Outcome.REFUSED, reason="no such address"))
    clock.tick(TUESDAY)
    claim = Claim(
        id=new_id(), tenant_id=site.tenant, alert_id=new_id(), task_id=tasks[0],
        member_id=site.anna, channel="email", address="anna@staff.example", attempts=1,
        made_at=TUESDAY,
    )  # fmt: skip

    def counted(**changed):
        with database.transaction() as session:
            return len(read_sent(session, [replace(claim, **changed)], TUESDAY - HOUR)[site.anna])

    assert counted() == 1
    assert counted(channel="sms") == 0
    assert counted(address="anna2@staff.example") == 0


def test_the_next_day_has_a_budget_of_its_own(database, busy):
    clock = Clock(database, Hygiene(budget=2))
    for n in range(6):
        clock.tick(TUESDAY + n * HOUR / 4)
    before = clock.told().count("anna")
    clock.tick(TUESDAY + 14 * HOUR)  # midnight in Oslo

    assert clock.told().count("anna") == before + 1
    assert states(database).get("ready") is None


# --- what waits goes with what goes out ---------------------------------------------------------


def an_acute_concern(database, site, at):
    with database.transaction() as session:
        task = a_task(session, site, due_at=at, held_by="anna", made_at=at)
        session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(kind="acute_concern"))


def test_what_waits_because_a_message_went_just_now_goes_with_the_next_that_goes(database):
    minute = HOUR / 60
    with database.transaction() as session:
        site = a_site(session, on_duty=("anna",))
        for n in range(2):
            a_task(session, site, due_at=TUESDAY + n * minute, held_by="anna",
                   made_at=TUESDAY - DAY)  # fmt: skip
    clock = Clock(database, Hygiene(least_apart=5 * minute))
    clock.tick(TUESDAY)
    clock.tick(TUESDAY + minute)
    for n in (3, 7, 11):  # each goes at once, and each begins the least time anew
        an_acute_concern(database, site, TUESDAY + n * minute)
        clock.tick(TUESDAY + n * minute)
        assert states(database).get("ready") is None
    clock.tick(TUESDAY + 30 * minute)

    assert clock.told() == ["anna"] * 4


def test_what_waits_for_the_end_of_the_quiet_hours_goes_with_a_last_rung(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=(), admin=None)
        add_duty(session, site, "anna", NIGHT + 9 * HOUR, NIGHT + 20 * HOUR)
        a_task(session, site, due_at=NIGHT, made_at=NIGHT - HOUR)
        other = a_task(session, site, due_at=NIGHT + 30 * DAY, made_at=NIGHT)
    clock = Clock(database, QUIET)
    clock.tick(NIGHT)
    assert clock.told() == []
    with database.transaction() as session:
        raise_for_lead(session, {other}, rung=-1500, at=NIGHT + HOUR)
    clock.tick(NIGHT + HOUR)
    clock.tick(NIGHT + 9 * HOUR)

    assert [one.waiting for one in clock.channel.sent if "lise" in one.address] == [2]


def test_what_waits_for_the_next_days_budget_goes_with_a_last_rung(database, busy):
    site, _ = busy
    clock = Clock(database, Hygiene(budget=2))
    for n in range(5):
        clock.tick(TUESDAY + n * HOUR / 4)
    held = states(database)["ready"]
    an_acute_concern(database, site, TUESDAY + 2 * HOUR)
    clock.tick(TUESDAY + 2 * HOUR)

    assert held == 3
    assert clock.told().count("anna") == 3
    assert states(database).get("ready") is None


def test_whoever_comes_on_duty_in_the_quiet_hours_hears_then(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=(), admin=None)
        add_duty(session, site, "lise", NIGHT + 3 * HOUR, NIGHT + 20 * HOUR)
        a_task(session, site, due_at=NIGHT, made_at=NIGHT - HOUR)
    clock = Clock(database, QUIET)
    clock.tick(NIGHT)
    clock.tick(NIGHT + 2 * HOUR)
    assert clock.told() == []
    clock.tick(NIGHT + 3 * HOUR)

    assert clock.told() == ["lise"]


# --- the morning --------------------------------------------------------------------------------

MORNING = TUESDAY - 3 * HOUR / 2  # 08:30 in Oslo
DIGEST = Hygiene(digest_at=time(7, 30))


def test_the_morning_is_numbers_once_to_whoever_works(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site, due_at=MORNING - DAY)
        a_task(session, site, due_at=MORNING + HOUR)
        a_task(session, site, due_at=MORNING + 3 * DAY)
    clock = Clock(database, DIGEST)
    assert clock.morning(MORNING - 2 * HOUR) == 0
    assert clock.morning(MORNING) == 2
    assert clock.morning(MORNING + HOUR) == 0

    assert sorted(clock.told()) == ["anna", "bo"]
    assert (clock.channel.sent[0].morning.late, clock.channel.sent[0].morning.today) == (1, 1)
    text = compose(clock.channel.sent[0], "b@example.no", at=MORNING).as_string()
    assert "https://b.example" in text.replace("=\n", "")
    assert "call_patient" not in text
    assert clock.morning(MORNING + DAY) == 2


def test_a_morning_on_which_nothing_waits_is_silent(database):
    with database.transaction() as session:
        a_site(session)
    clock = Clock(database, DIGEST)

    assert clock.morning(MORNING) == 0
    assert clock.channel.tried == 0


def test_a_morning_that_cannot_be_sent_is_tried_again_and_at_last_a_fault(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site, due_at=MORNING - DAY)
    clock = Clock(database, DIGEST)
    clock.channel.answer = Receipt(outcome=Outcome.LATER, reason="smtp_450")
    clock.morning(MORNING)
    clock.channel.by_name = {"anna": Receipt(outcome=Outcome.SENT)}
    clock.morning(MORNING + timedelta(seconds=11))
    assert clock.told() == ["anna"]
    for hours in range(16):
        clock.morning(MORNING + hours * HOUR)

    with database.transaction() as session:
        assert set(session.scalars(sa.select(DigestRow.state))) == {"delivered", "dead"}
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.delivery_dead"


def written(clock, at):
    """The morning's rows are there, and the worker ends before it has sent any."""
    with clock.database.transaction() as session:
        write_digests(session, at=at, rules=clock.rules)


def test_whoever_had_no_morning_yesterday_has_one_today_and_not_two(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=("anna",))
        a_task(session, site, due_at=MORNING - DAY)
    clock = Clock(database, DIGEST)
    written(clock, MORNING)
    clock.morning(MORNING + DAY)

    assert clock.told() == ["anna"]
    with database.transaction() as session:
        assert list(session.scalars(sa.select(DigestRow.state))) == ["delivered"] * 2


def test_whoever_has_left_since_has_no_morning(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site, due_at=MORNING - DAY)
    clock = Clock(database, DIGEST)
    written(clock, MORNING)
    with database.transaction() as session:
        left = sa.update(MemberRow).where(MemberRow.id == site.anna)
        session.execute(left.values(active=False))
    clock.morning(MORNING)

    assert clock.told() == ["bo"]


def test_what_a_lead_has_still_to_sign_is_no_number_of_a_morning(database):
    with database.transaction() as session:
        site = a_site(session, on_duty=("anna",))
        held = a_task(session, site, due_at=MORNING - DAY)
        hold(session, [case_of(session, held)])
    clock = Clock(database, DIGEST)

    assert clock.morning(MORNING) == 0


def test_a_worker_that_was_slow_sends_no_morning_that_another_has_taken(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site, due_at=MORNING - DAY)
    slow, other = Clock(database, DIGEST), Clock(database, DIGEST)
    at = MORNING

    def send(message):
        nonlocal at
        at = MORNING + timedelta(seconds=130)  # longer than the lease
        other.morning(at)
        slow.channel.sent.append(message)
        return Receipt(outcome=Outcome.SENT)

    slow.channel.send = send
    send_digests(
        database, [slow.channel], base_url="https://b.example", rules=slow.rules,
        clock=lambda: at,
    )  # fmt: skip

    assert sorted(other.told()) == ["anna", "bo"]
    assert len(slow.told()) == 1  # what it had sent before it knew
