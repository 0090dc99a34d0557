"""Sending: at least once outside, exactly once inside, and never silently not at all."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import MailSettings, Message, Outcome, Receipt
from bindeledd.features.reminders.jobs.delivering import Deliverer, only_inside
from bindeledd.features.reminders.jobs.mail import FolderChannel, SmtpChannel
from bindeledd.features.reminders.service import (
    acknowledge,
    delivering,
    leasing,
    report_fault,
    see_notice,
)
from bindeledd.features.reminders.tables import DeliveryRow, FaultRow
from bindeledd.features.staff.tables import InstallationRow, MemberRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.ids import new_id
from features.reminders.builders import (
    BOOK,
    DAY,
    HOUR,
    TUESDAY,
    FakeChannel,
    a_site,
    a_task,
    alerts,
    at_once,
    do,
    heard,
    states,
)

RULES = Rules(batch=50, claim=20, jitter=0)
DOWN = Receipt(outcome=Outcome.LATER, reason="smtp_unreachable", channel_down=True)
LATER = Receipt(outcome=Outcome.LATER, reason="smtp_450")
NEVER = Receipt(outcome=Outcome.REFUSED, reason="smtp_550")


def sweep(database, at):
    return jobs.sweep(database, BOOK, rules=RULES, clock=at_once(at), channels=["email"])


def deliver(database, channel, at, **more):
    run = Deliverer(database, [channel], "https://b.example", RULES, at_once(at), **more)
    return run.run()


@pytest.fixture
def due(database):
    """Three late tasks of Anna's, swept on Tuesday."""
    with database.transaction() as session:
        site = a_site(session)
        tasks = [a_task(session, site, held_by="anna") for _ in range(3)]
    sweep(database, TUESDAY)
    return site, tasks


def test_what_waits_for_one_person_is_one_message_with_a_number(database, due):
    channel = FakeChannel()
    done = deliver(database, channel, TUESDAY)

    assert (done.messages, done.sent) == (1, 6)
    assert [(m.address, m.waiting) for m in channel.sent] == [("anna@staff.example", 3)]
    assert states(database) == {"delivered": 6}


def test_what_was_sent_is_not_sent_again(database, due):
    channel = FakeChannel()
    for minutes in (0, 1, 60):
        deliver(database, channel, TUESDAY + timedelta(minutes=minutes))
    assert channel.tried == 1


def test_failure_means_later_with_longer_and_longer_waits(database, due):
    channel = FakeChannel(LATER)
    now, waits = TUESDAY, []
    for _ in range(8):
        deliver(database, channel, now)
        with database.transaction() as session:
            again = session.scalar(
                sa.select(DeliveryRow.next_at).where(DeliveryRow.channel == "email")
            )
        waits.append(int((again - now).total_seconds()))
        assert deliver(database, channel, again - timedelta(seconds=1)).later == 0
        now = again

    assert waits == [10, 30, 120, 600, 1800, 3600, 3600, 3600]
    channel.answer = Receipt(outcome=Outcome.SENT)
    assert deliver(database, channel, now).messages == 1


def test_a_person_who_cannot_be_reached_all_day_becomes_the_leads_business(database, due):
    site, tasks = due
    channel = FakeChannel(anna=LATER)
    for hours in range(0, 27):
        deliver(database, channel, TUESDAY + hours * HOUR)

    with database.transaction() as session:
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.delivery_dead"
        assert "lise" in heard(session, site, tasks[0])
        assert session.scalar(
            sa.select(sa.func.count()).where(DeliveryRow.state == "dead")
        ) == 6  # fmt: skip


def test_a_refused_address_is_dead_at_once_and_the_lead_hears(database, due):
    site, tasks = due
    channel = FakeChannel(anna=NEVER)
    deliver(database, channel, TUESDAY)
    deliver(database, channel, TUESDAY + timedelta(seconds=5))

    assert states(database) == {"dead": 6, "delivered": 3}
    assert [m.address for m in channel.sent] == ["lise@staff.example"]
    with database.transaction() as session:
        assert heard(session, site, tasks[0]) == {"anna", "lise"}
        reason = session.scalar(sa.select(DeliveryRow.reason).where(DeliveryRow.state == "dead"))
        assert reason == "smtp_550"
        assert jobs.tell_faults(database, clock=at_once(TUESDAY)) == 1
        [told] = queries.notices(session, site.tenant, site.ada)
        assert (told.code, told.place) == ("reminders.delivery_dead", "channel:email")
        assert told.member_id == site.anna


def test_a_lead_whose_address_is_refused_too_does_not_go_round_for_ever(database, due):
    _, tasks = due
    channel = FakeChannel(NEVER)
    for minutes in range(5):
        deliver(database, channel, TUESDAY + timedelta(minutes=minutes))
    assert channel.tried == 3, "the holder, the lead, and whoever stands beyond, once each"
    with database.transaction() as session:
        told = [audience for _, _, audience in alerts(session, tasks[0])]
        assert (told.count("lead"), told.count("beyond")) == (1, 1)


def test_nothing_goes_out_for_what_was_done_meanwhile(database, due):
    _, tasks = due
    with database.transaction() as session:
        for task in tasks:
            do(session, task, TUESDAY + timedelta(seconds=1))
    channel = FakeChannel()
    done = deliver(database, channel, TUESDAY + timedelta(seconds=2))

    assert (channel.tried, done.stopped) == (0, 6)
    assert states(database) == {"stopped": 6}


def test_nothing_goes_out_for_what_somebody_acknowledged_meanwhile(database, due):
    site, tasks = due
    with database.transaction() as session:
        for task in tasks:
            acknowledge(
                session, task, by=site.actor("bo"), at=TUESDAY + timedelta(seconds=1), book=BOOK
            )
    channel = FakeChannel()
    deliver(database, channel, TUESDAY + timedelta(seconds=2))
    assert channel.tried == 0
    with database.transaction() as session:
        assert queries.inbox(session, site.tenant, site.anna, TUESDAY + HOUR) == []


def test_what_was_seen_and_not_done_stands_and_is_sent_again_when_that_lapses(database, due):
    site, tasks = due
    channel = FakeChannel()
    deliver(database, channel, TUESDAY)
    with database.transaction() as session:
        for task in tasks:
            seen = acknowledge(session, task, by=site.actor("anna"), at=TUESDAY + HOUR, book=BOOK)
    before, after = seen.until - timedelta(seconds=1), seen.until
    for at in (before, after):
        sweep(database, at)
        deliver(database, channel, at)
        with database.transaction() as session:
            waits = queries.waiting(session, site.anna, at)
            assert waits == len(queries.inbox(session, site.tenant, site.anna, at))
        assert (waits, len(channel.sent)) == ((0, 1) if at == before else (3, 2))

    assert channel.sent[-1].waiting == 3
    with database.transaction() as session:
        assert all((2, 0, "owner") in alerts(session, task) for task in tasks)


@pytest.mark.parametrize("many", [1, 120])
def test_nothing_is_muted_however_much_it_is(database, many):
    with database.transaction() as session:
        site = a_site(session)
        for _ in range(many):
            a_task(session, site, held_by="anna")
    channel = FakeChannel()
    sweep(database, TUESDAY)
    deliver(database, channel, TUESDAY)

    with database.transaction() as session:
        assert queries.waiting(session, site.anna, TUESDAY) == many
    assert [one.waiting for one in channel.sent] == [many]


def test_whoever_has_left_is_not_written_to_and_somebody_else_hears(database, due):
    site, tasks = due
    with database.transaction() as session:
        session.execute(sa.update(MemberRow).where(MemberRow.id == site.anna).values(active=False))
    channel = FakeChannel()
    for seconds in (0, 5):
        deliver(database, channel, TUESDAY + timedelta(seconds=seconds))

    assert [m.address for m in channel.sent] == ["bo@staff.example"]
    with database.transaction() as session:
        assert heard(session, site, tasks[0]) == {"anna", "bo"}


def test_a_changed_address_is_used_at_once(database, due):
    site, _ = due
    with database.transaction() as session:
        session.execute(
            sa.update(MemberRow).where(MemberRow.id == site.anna).values(email="new@staff.example")
        )
    channel = FakeChannel()
    deliver(database, channel, TUESDAY)
    assert [m.address for m in channel.sent] == ["new@staff.example"]


def test_a_channel_that_is_down_rests_and_recovers(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site)
    sweep(database, TUESDAY)
    clock = [TUESDAY]
    channel = FakeChannel(DOWN)
    runner = Deliverer(
        database, [channel], "https://b.example", Rules(claim=20, jitter=0, breaker_after=2),
        lambda: clock[0],
    )  # fmt: skip
    runner.run()
    runner.run()
    assert channel.tried == 2
    clock[0] += timedelta(seconds=61)
    channel.answer = Receipt(outcome=Outcome.SENT)
    runner.run()

    assert len(channel.sent) == 2
    assert states(database) == {"delivered": 4}
    with database.transaction() as session:
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.channel_down"


def test_what_always_fails_never_holds_up_what_is_new(database):
    with database.transaction() as session:
        site = a_site(session)
        for _ in range(60):
            a_task(session, site, held_by="anna", due_at=TUESDAY - HOUR)
    sweep(database, TUESDAY)
    channel = FakeChannel(anna=LATER)
    deliver(database, channel, TUESDAY)
    with database.transaction() as session:
        a_task(session, site, held_by="bo", due_at=TUESDAY)
    sweep(database, TUESDAY + timedelta(seconds=30))
    order: list[str] = []
    send = channel.send
    channel.send = lambda alert: (order.append(alert.address), send(alert))[1]
    deliver(database, channel, TUESDAY + timedelta(seconds=30))

    assert order[0] == "bo@staff.example"
    assert len(order) == 2


def test_a_channel_that_raises_is_a_fault_and_is_tried_again(database, due):
    class Broken(FakeChannel):
        def send(self, alert: Message) -> Receipt:
            raise RuntimeError("a plugin's own bug")

    assert deliver(database, Broken(), TUESDAY).later == 6
    with database.transaction() as session:
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.channel_raised"
    channel = FakeChannel()
    assert deliver(database, channel, TUESDAY + timedelta(seconds=11)).messages == 1


def test_a_worker_that_died_leaves_a_lease_that_lapses(database, due):
    with database.transaction() as session:
        token, claims = leasing.claim(
            session, "email", fresh=True, at=TUESDAY, limit=20, rules=RULES
        )
    assert len(claims) == 6
    channel = FakeChannel()
    assert deliver(database, channel, TUESDAY + timedelta(seconds=119)).messages == 0
    assert deliver(database, channel, TUESDAY + timedelta(seconds=120)).messages == 1
    with database.transaction() as session:
        state = delivering.settle(session, token, claims, NEVER, at=TUESDAY + HOUR, rules=RULES)
    assert state == "dead"
    assert states(database) == {"delivered": 6}


def test_the_key_of_a_message_is_the_same_when_it_is_tried_again(database, due):
    channel = FakeChannel(LATER)
    keys = []
    send = channel.send
    channel.send = lambda alert: (keys.append(alert.key), send(alert))[1]
    for seconds in (0, 10, 40):
        deliver(database, channel, TUESDAY + timedelta(seconds=seconds))
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_slow_channel_gives_back_what_its_lease_has_no_time_for(database):
    with database.transaction() as session:
        site = a_site(session)
        a_task(session, site)
    sweep(database, TUESDAY)
    ticks = iter([0.0, 1.0, 1.0, 61.0, 62.0])
    channel = FakeChannel()
    deliver(database, channel, TUESDAY, seconds=lambda: next(ticks))
    assert len(channel.sent) == 1
    assert states(database) == {"delivered": 2, "ready": 2}
    assert deliver(database, channel, TUESDAY + timedelta(seconds=11)).messages == 1


def test_in_a_demonstration_no_channel_can_leave_the_machine(database, due):
    with database.transaction() as session:
        session.execute(
            sa.insert(InstallationRow).values(id=1, environment="demo", made_at=TUESDAY)
        )
    smtp = SmtpChannel(MailSettings(host="127.0.0.1", sender="a@b.example"))
    with pytest.raises(Misconfigured):
        deliver(database, smtp, TUESDAY)
    assert states(database) == {"ready": 6}
    with pytest.raises(Misconfigured):
        only_inside("demo", [smtp])


def test_in_a_demonstration_mail_becomes_files(database, due, tmp_path):
    with database.transaction() as session:
        session.execute(
            sa.insert(InstallationRow).values(id=1, environment="demo", made_at=TUESDAY)
        )
    deliver(database, FolderChannel(tmp_path / "mail"), TUESDAY)
    files = list((tmp_path / "mail").iterdir())

    assert [file.suffix for file in files] == [".eml"]
    assert "3 varsler venter" in files[0].read_text()
    assert "https://b.example" in files[0].read_text()


def test_a_person_without_an_address_has_the_inbox(database):
    with database.transaction() as session:
        site = a_site(session)
        session.execute(sa.update(MemberRow).values(email=None))
        task = a_task(session, site, held_by="anna")
    sweep(database, TUESDAY)
    with database.transaction() as session:
        assert heard(session, site, task) == {"anna"}
        assert heard(session, site, task, "email") == set()


def test_looking_at_the_inbox_changes_nothing_and_what_has_ended_is_tidied(database, due):
    site, tasks = due
    for _ in range(3):
        with database.transaction() as session:
            assert len(queries.inbox(session, site.tenant, site.anna, TUESDAY)) == 3
    with database.transaction() as session:
        do(session, tasks[0], TUESDAY + HOUR)
        assert queries.waiting(session, site.anna, TUESDAY + HOUR) == 2
    assert jobs.tidy(database, clock=at_once(TUESDAY + HOUR)) == 2


def test_another_tenant_sees_nothing_of_an_inbox(database, due):
    site, _ = due
    with database.transaction() as session:
        assert queries.inbox(session, new_id(), site.anna, TUESDAY) == []


def test_a_fault_that_happens_again_is_shown_again(database, due):
    site, _ = due
    for _ in range(2):
        jobs.report(database, "job:x", "worker.job_failed", clock=at_once(TUESDAY))
    assert jobs.tell_faults(database, clock=at_once(TUESDAY)) == 1
    assert jobs.tell_faults(database, clock=at_once(TUESDAY)) == 0
    with database.transaction() as session:
        (notice,) = queries.notices(session, site.tenant, site.lise)
        assert notice.count == 2
        see_notice(session, notice.fault_id, by=site.actor("lise"), at=TUESDAY)
        assert queries.notices(session, site.tenant, site.lise) == []
    jobs.report(database, "job:x", "worker.job_failed", clock=at_once(TUESDAY + HOUR))
    assert jobs.tell_faults(database, clock=at_once(TUESDAY + HOUR)) == 0
    jobs.report(database, "job:x", "worker.job_failed", clock=at_once(TUESDAY + DAY))
    assert jobs.tell_faults(database, clock=at_once(TUESDAY + DAY)) == 1
    with database.transaction() as session:
        assert len(queries.notices(session, site.tenant, site.lise)) == 1


def test_what_is_new_never_keeps_what_is_old_from_reaching_the_lead(database, due):
    """An address that always says "later", and something new every hour: the oldest still dies."""
    site, _ = due
    channel = FakeChannel(LATER)
    for hour in range(1, 40):
        at = TUESDAY + hour * HOUR
        with database.transaction() as session:
            a_task(session, site, held_by="anna", due_at=at - HOUR)
        sweep(database, at)
        deliver(database, channel, at)
    with database.transaction() as session:
        dead = session.scalar(sa.select(sa.func.count()).where(DeliveryRow.state == "dead"))
        told = session.scalars(sa.select(FaultRow.code)).all()

    assert dead
    assert "delivery_dead" in {code.rpartition(".")[2] for code in told} | set(told)


def test_the_same_fault_of_two_tenants_is_told_to_both(database):
    with database.transaction() as session:
        sites = [a_site(session), a_site(session)]
        for site in sites:
            report_fault(
                session, "channel:email", "delivery_dead", at=TUESDAY, tenant_id=site.tenant
            )
        rows = session.execute(
            sa.select(FaultRow.tenant_id, FaultRow.count).where(FaultRow.code == "delivery_dead")
        ).all()

    assert {row.tenant_id for row in rows} == {site.tenant for site in sites}
    assert [row.count for row in rows] == [1, 1]
