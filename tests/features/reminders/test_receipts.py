"""Accepted is not delivered: receipts that come, come twice, come late, or never."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import (
    AddressKind,
    Arrival,
    Outcome,
    Receipt,
    Reported,
)
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.features.reminders.jobs import faults, receipts, sweep
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.service import acknowledge, keep_callback
from bindeledd.features.reminders.service.receipts import confirm
from bindeledd.features.reminders.tables import AlertRow, CallbackRow, DeliveryRow, FaultRow
from bindeledd.features.staff.tables import MemberRow
from features.reminders.builders import (
    BOOK,
    TUESDAY,
    FakeChannel,
    a_site,
    a_task,
    add_member,
    at_once,
    do,
    heard,
    states,
)

RULES = Rules()
WITHIN = timedelta(minutes=15)
LATE = TUESDAY + WITHIN


class Sms:
    """Takes everything, names it, and says nothing of what became of it."""

    key = "sms"
    leaves_machine = False
    address = AddressKind.PHONE
    receipt_within = WITHIN

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, alert):
        self.sent.append(alert.address)
        return Receipt(outcome=Outcome.SENT, reference=f"ref-{len(self.sent)}")


def sent(database):
    """One task, told to Anna by SMS, and accepted by the gateway."""
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
        session.execute(sa.update(MemberRow).values(phone="+4799999999"))
    channel = Sms()
    sweep(database, BOOK, rules=RULES, clock=at_once(TUESDAY), channels=["sms"], phoned=["sms"])
    deliverer = Deliverer(database, [channel], "https://b.example", RULES, at_once(TUESDAY))
    done = deliverer.run()
    assert (done.accepted, done.sent, done.messages) == (2, 0, 1)
    assert channel.sent == ["+4799999999"]
    return site, task


def said(arrival: Arrival, reference: str = "ref-1", reason: str = "") -> Reported:
    return Reported(reference=reference, arrival=arrival, reason=reason)


def report(database, *reported, at=TUESDAY) -> list[bool]:
    with database.transaction() as session:
        return [confirm(session, "sms", one, at=at) for one in reported]


def miss(database, at) -> int:
    return receipts.miss(database, rules=RULES, clock=at_once(at))


def codes(database) -> set[str]:
    with database.transaction() as session:
        return set(session.scalars(sa.select(FaultRow.code)))


def lead_was_alerted(database, task) -> bool:
    with database.transaction() as session:
        found = session.scalars(
            sa.select(AlertRow.audience).where(AlertRow.task_id == task, AlertRow.rung < -1)
        )
        return list(found) == ["lead"]


def test_what_is_accepted_waits_for_its_receipt(database):
    sent(database)
    assert states(database, "sms") == {"accepted": 2}
    assert miss(database, LATE - timedelta(seconds=1)) == 0


def test_a_receipt_makes_it_delivered_and_twice_is_once(database):
    sent(database)
    good = said(Arrival.DELIVERED)
    assert report(database, said(Arrival.UNDER_WAY), good, good) == [True] * 3
    assert states(database, "sms") == {"delivered": 2}
    assert miss(database, LATE) == 0
    assert codes(database) == set()


def test_a_receipt_that_never_comes_is_work_for_the_lead(database):
    site, task = sent(database)
    assert miss(database, LATE) == 2
    assert miss(database, LATE) == 0
    assert states(database, "sms") == {"dead": 2}
    assert codes(database) == {"reminders.receipt_missing"}
    assert lead_was_alerted(database, task)

    with database.transaction() as session:
        faults.tell_faults(session, at=LATE)
        (notice,) = queries.notices(session, site.tenant, site.lise)
    assert (notice.place, notice.member_id) == ("channel:sms", site.anna)


def to_the_lead(database, *, other=False):
    """The team has nobody on duty: it is Lise who was told by SMS, and the gateway took it."""
    with database.transaction() as session:
        site = a_site(session, on_duty=())
        if other:
            add_member(session, site, "nils", role="lead")
        task = a_task(session, site)
        lise = MemberRow.id == site.lise
        session.execute(sa.update(MemberRow).where(lise).values(phone="+4799999999"))
    told(database, TUESDAY)
    return site, task


def told(database, at):
    sweep(database, BOOK, rules=RULES, clock=at_once(at), channels=["sms"], phoned=["sms"])
    Deliverer(database, [Sms()], "https://b.example", RULES, at_once(at)).run()


def hearers(database, site, task) -> set[str]:
    with database.transaction() as session:
        return heard(session, site, task)


def test_a_lead_whose_own_message_is_not_confirmed_is_not_the_only_one_who_hears(database):
    site, task = to_the_lead(database)
    assert hearers(database, site, task) == {"lise"}

    miss(database, LATE)
    told(database, LATE)

    assert hearers(database, site, task) == {"lise", "ada"}


def test_where_another_lead_hears_nobody_beyond_them_is_told(database):
    site, task = to_the_lead(database, other=True)

    miss(database, LATE)
    told(database, LATE)

    assert hearers(database, site, task) == {"lise", "nils"}


def test_a_message_that_failed_is_work_at_once(database):
    _, task = sent(database)
    report(database, said(Arrival.FAILED, reason="unknown_number"))
    assert states(database, "sms") == {"dead": 2}
    assert codes(database) == {"reminders.delivery_dead"}
    assert lead_was_alerted(database, task)


def test_delivered_stays_delivered_whatever_comes_later(database):
    sent(database)
    report(database, said(Arrival.DELIVERED), said(Arrival.FAILED))
    assert states(database, "sms") == {"delivered": 2}
    assert codes(database) == set()


def test_a_late_receipt_puts_right_what_was_given_up(database):
    sent(database)
    miss(database, LATE)
    report(database, said(Arrival.DELIVERED), at=LATE)
    assert states(database, "sms") == {"delivered": 2}


def test_where_nothing_is_owed_any_more_no_receipt_is_missed(database):
    _, task = sent(database)
    with database.transaction() as session:
        do(session, task, TUESDAY)
    miss(database, LATE)
    assert states(database, "sms") == {"stopped": 2}
    assert codes(database) == set()


def test_where_somebody_has_seen_it_no_receipt_is_missed(database):
    site, task = sent(database)
    with database.transaction() as session:
        later = TUESDAY + timedelta(minutes=1)
        acknowledge(session, task, by=site.actor("anna"), at=later, book=BOOK)
    miss(database, LATE)
    assert states(database, "sms") == {"stopped": 2}


def hours_later(database, channel, hours, hygiene=None):
    """A sweep and a run of the deliveries, some hours after the task fell due."""
    at = TUESDAY + timedelta(hours=hours)
    rules = Rules(jitter=0, hygiene=hygiene or Hygiene())
    sweep(database, BOOK, rules=rules, clock=at_once(at), channels=["sms"], phoned=["sms"])
    return Deliverer(database, [channel], "https://b.example", rules, at_once(at)).run()


def with_numbers(database, **asked):
    with database.transaction() as session:
        site = a_site(session, **asked)
        for name, number in (("anna", "+4799999991"), ("bo", "+4799999992")):
            told = sa.update(MemberRow).where(MemberRow.id == site.members[name])
            session.execute(told.values(phone=number))
    return site


def test_what_was_taken_and_never_delivered_silences_no_later_word(database):
    site, channel = with_numbers(database), Sms()
    channel.receipt_within = timedelta(hours=5)
    with database.transaction() as session:
        a_task(session, site, held_by="anna", made_at=TUESDAY - timedelta(hours=1))
    hours_later(database, channel, 0)
    # The team's rung says the same to Anna, while the first message still owes its receipt.
    done = hours_later(database, channel, 4)
    assert (channel.sent, done.held) == (["+4799999991", "+4799999992"], 1)

    late = TUESDAY + timedelta(hours=5, minutes=1)
    assert miss(database, late) == 2
    hours_later(database, channel, 5.1)
    assert channel.sent.count("+4799999991") == 2


@pytest.mark.parametrize(
    ("arrival", "runs_at", "messages"),
    [
        pytest.param(Arrival.FAILED, 4.5, 2, id="failed: said again at once"),
        pytest.param(Arrival.DELIVERED, 5.1, 1, id="arrived: not said again"),
    ],
)
def test_what_waits_for_a_receipt_follows_what_the_receipt_says(
    database, arrival, runs_at, messages
):
    site, channel = with_numbers(database), Sms()
    channel.receipt_within = timedelta(hours=5)
    with database.transaction() as session:
        a_task(session, site, held_by="anna", made_at=TUESDAY - timedelta(hours=1))
    hours_later(database, channel, 0)
    hours_later(database, channel, 4)
    report(database, said(arrival), at=TUESDAY + timedelta(hours=4.5))
    hours_later(database, channel, runs_at)

    assert channel.sent.count("+4799999991") == messages


def test_what_a_gateway_took_counts_as_one_of_the_days_messages(database):
    site, channel = with_numbers(database), Sms()
    with database.transaction() as session:
        for hours in (0, 1):
            due_at = TUESDAY + timedelta(hours=hours)
            a_task(session, site, due_at=due_at, held_by="anna", made_at=due_at)
    hours_later(database, channel, 0, Hygiene(budget=1))
    hours_later(database, channel, 1, Hygiene(budget=1))

    assert channel.sent == ["+4799999991"]


def test_what_a_pack_sends_holds_back_none_of_the_cores_own(database):
    """One thing goes by SMS, because e-mail is away; the next goes by e-mail, whatever SMS has sent."""
    away = Receipt(outcome=Outcome.LATER, reason="away")
    site, sms, email = with_numbers(database), Sms(), FakeChannel(away)
    rules = Rules(jitter=0, hygiene=Hygiene(budget=1))
    for minutes, answer in ((0, away), (6, away), (10, Receipt(outcome=Outcome.SENT))):
        at, email.answer = TUESDAY + timedelta(minutes=minutes), answer
        if minutes != 6:
            with database.transaction() as session:
                a_task(session, site, held_by="anna", due_at=at, made_at=at - timedelta(hours=1))
        both = {"channels": ["sms", "email"], "phoned": ["sms"]}
        sweep(database, BOOK, rules=rules, clock=at_once(at), **both)
        for channel in (email, sms):
            Deliverer(database, [channel], "https://b.example", rules, at_once(at)).run()

    assert (len(sms.sent), len(email.sent)) == (1, 1)


def test_a_receipt_is_of_its_own_channel_only(database):
    sent(database)
    with database.transaction() as session:
        assert not confirm(session, "fax", said(Arrival.DELIVERED), at=TUESDAY)
    assert states(database, "sms") == {"accepted": 2}


# --- callbacks ------------------------------------------------------------------------------------


def keep(database, at=TUESDAY) -> None:
    with database.transaction() as session:
        keep_callback(session, "sms", '{"fields": {}}', at=at)


def kept(database) -> list[tuple[str | None, str | None]]:
    with database.transaction() as session:
        rows = session.execute(sa.select(CallbackRow.outcome, CallbackRow.body)).all()
        return [(row[0], row[1]) for row in rows]


def read(database, said, at=TUESDAY) -> int:
    return receipts.read_callbacks(database, "sms", lambda _: said, clock=at_once(at))


def test_a_callback_is_read_once_and_then_erased(database):
    sent(database)
    keep(database)
    assert read(database, [said(Arrival.DELIVERED)]) == 1
    assert read(database, [said(Arrival.FAILED)]) == 0
    assert kept(database) == [("read", None)]
    assert states(database, "sms") == {"delivered": 2}


def test_a_callback_that_comes_before_its_message_is_known_waits_for_it(database):
    keep(database)
    assert read(database, [said(Arrival.DELIVERED)]) == 0
    sent(database)
    assert read(database, [said(Arrival.DELIVERED)]) == 1
    assert states(database, "sms") == {"delivered": 2}


def test_a_callback_of_nothing_we_know_is_told_after_a_while(database):
    keep(database)
    assert read(database, [said(Arrival.DELIVERED)], at=TUESDAY + timedelta(minutes=10)) == 1
    assert codes(database) == {"reminders.callback_unknown"}


def test_a_callback_that_cannot_be_read_is_tried_again_and_then_told(database):
    keep(database)
    later = TUESDAY + timedelta(minutes=10)
    assert [read(database, None, at=later) for _ in range(6)] == [0, 0, 0, 0, 1, 0]
    assert kept(database) == [("unreadable", None)]
    assert codes(database) == {"reminders.callback_unreadable"}


def test_while_nobody_can_read_no_callback_is_given_up(database):
    sent(database)
    for _ in range(3):
        keep(database)
    assert [read(database, None) for _ in range(20)] == [0] * 20
    assert read(database, [said(Arrival.DELIVERED)], at=TUESDAY + timedelta(minutes=5)) == 3
    assert states(database, "sms") == {"delivered": 2}
    assert codes(database) == set()


def test_one_that_cannot_be_read_holds_up_no_other(database):
    sent(database)
    keep(database)
    keep(database, at=TUESDAY + timedelta(seconds=1))
    answers = iter([None, [said(Arrival.DELIVERED)]])
    for _ in range(2):
        receipts.read_callbacks(
            database, "sms", lambda _: next(answers, None), clock=at_once(TUESDAY)
        )
    assert states(database, "sms") == {"delivered": 2}


@pytest.mark.parametrize("reference", ["", "ref-2", "REF-1"])
def test_a_receipt_of_another_message_changes_nothing(database, reference):
    sent(database)
    assert report(database, said(Arrival.DELIVERED, reference)) == [False]
    with database.transaction() as session:
        assert set(session.scalars(sa.select(DeliveryRow.reference))) == {None, "ref-1"}
    assert states(database, "sms") == {"accepted": 2}
