"""One fact, one person, one way: the next channel is for what the first has not delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import (
    AddressKind,
    Arrival,
    Message,
    Outcome,
    Receipt,
    Reported,
)
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.features.reminders.jobs import receipts
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.service.raising import raise_for_lead
from bindeledd.features.reminders.service.receipts import confirm
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.staff.tables import MemberRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from features.reminders.builders import (
    BOOK,
    DAY,
    HOUR,
    TUESDAY,
    FakeChannel,
    a_site,
    a_task,
    add_duty,
    add_member,
    at_once,
)

HALF, MINUTE = timedelta(seconds=30), timedelta(minutes=1)
SENT, LATER = Receipt(outcome=Outcome.SENT), Receipt(outcome=Outcome.LATER, reason="down")
REFUSED = Receipt(outcome=Outcome.REFUSED, reason="gone")


class Sms(FakeChannel):
    key = "sms"
    address = AddressKind.PHONE


@dataclass
class House:
    """A site with e-mail and SMS, each sent through by a job of its own; Anna owes a task."""

    database: Database
    ways: tuple[str, ...] = ("email",)
    on_duty: tuple[str, ...] = ("anna", "bo")
    mail: FakeChannel = field(default_factory=FakeChannel)
    sms: FakeChannel = field(default_factory=lambda: Sms())

    def __post_init__(self) -> None:
        self.rules = Rules(batch=50, claim=20, jitter=0, hygiene=Hygiene(ways=self.ways))
        with self.database.transaction() as session:
            self.site = a_site(session, on_duty=self.on_duty)
            session.execute(sa.update(MemberRow).values(phone="+4790000000"))

    def owe(self, due_at: datetime = TUESDAY, **more: object) -> None:
        with self.database.transaction() as session:
            a_task(session, self.site, **{"held_by": "anna", "due_at": due_at} | more)

    def sweep(self, at: datetime) -> None:
        keys = [self.mail.key, self.sms.key]
        jobs.sweep(
            self.database, BOOK, rules=self.rules, clock=at_once(at), channels=keys, phoned=["sms"]
        )

    def send(self, at: datetime, *order: str) -> None:
        """Each channel once, in this order of jobs, at one moment."""
        for key in order or ("sms", "email"):
            own, other = (self.sms, self.mail) if key == "sms" else (self.mail, self.sms)
            Deliverer(
                self.database, [own], "https://b.example", self.rules, at_once(at), beside=[other]
            ).run()

    def heard(self) -> tuple[int, int]:
        """How many messages went out, by e-mail and by SMS."""
        return len(self.mail.sent), len(self.sms.sent)

    def next_by(self, channel: str) -> datetime:
        """When the first that waits for this channel is looked at again."""
        with self.database.transaction() as session:
            waits = DeliveryRow.channel == channel, DeliveryRow.state == "ready"
            return session.scalars(sa.select(sa.func.min(DeliveryRow.next_at)).where(*waits)).one()

    def reasons(self, channel: str) -> set[str | None]:
        with self.database.transaction() as session:
            return set(
                session.scalars(sa.select(DeliveryRow.reason).where(DeliveryRow.channel == channel))
            )


@pytest.mark.parametrize("order", list(permutations(["sms", "email"])))
def test_what_went_by_e_mail_does_not_go_by_sms_whichever_job_comes_first(
    database: Database, order: tuple[str, ...]
) -> None:
    house = House(database)
    house.owe()
    for tick in range(20):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        house.send(at, *order)
    assert house.heard() == (1, 0)
    assert house.reasons("sms") == {"already_told"}


def test_a_site_may_have_sms_first_and_then_no_e_mail_says_the_same(database: Database) -> None:
    house = House(database, ways=("sms", "email"))
    house.owe()
    for tick in range(20):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        house.send(at, "email", "sms")
    assert house.heard() == (0, 1)


def test_what_cannot_go_by_e_mail_goes_by_sms_in_five_minutes_and_once(database: Database) -> None:
    house = House(database)
    house.mail.answer = LATER
    house.owe()
    house.sweep(TUESDAY)
    house.send(TUESDAY)
    house.send(TUESDAY + HALF)
    assert len(house.sms.sent) == 0
    house.send(TUESDAY + 6 * MINUTE)
    assert len(house.sms.sent) == 1
    # The server is back: what it was to say has been said.
    house.mail.answer = SENT
    before = len(house.mail.sent)
    house.send(TUESDAY + 20 * MINUTE)
    assert len(house.mail.sent) == before
    assert house.reasons("email") == {"already_told"}


def test_what_e_mail_will_never_take_goes_by_sms_at_once(database: Database) -> None:
    house = House(database)
    house.mail.answer = REFUSED
    house.owe()
    house.sweep(TUESDAY)
    house.send(TUESDAY, "email", "sms")
    # The lead hears as well, because something did not arrive.
    told = [one.member_id for one in house.sms.sent]
    assert sorted(told) == sorted([house.site.anna, house.site.lise])


def test_whoever_has_no_e_mail_address_hears_by_sms_at_once(database: Database) -> None:
    house = House(database)
    with database.transaction() as session:
        session.execute(sa.update(MemberRow).values(email=None))
    house.owe()
    house.sweep(TUESDAY)
    house.send(TUESDAY)
    assert house.heard() == (0, 1)


def test_what_a_gateway_took_and_never_delivered_goes_by_e_mail(database: Database) -> None:
    house = House(database, ways=("sms", "email"))
    house.sms.receipt_within = timedelta(minutes=15)  # type: ignore[assignment]
    house.owe()
    house.sweep(TUESDAY)
    house.send(TUESDAY)
    house.send(TUESDAY + 10 * MINUTE)
    assert house.heard() == (0, 1)
    later = TUESDAY + 16 * MINUTE
    receipts.miss(database, rules=house.rules, clock=at_once(later))
    house.send(later)
    house.send(later + MINUTE)
    assert "anna@staff.example" in {one.address for one in house.mail.sent}


@pytest.mark.parametrize("kind", ["call_patient", "acute_concern"])
def test_only_what_never_waits_goes_by_every_way(database: Database, kind: str) -> None:
    house = House(database)
    house.owe()
    with database.transaction() as session:
        session.execute(sa.update(TaskRow).values(kind=kind))
    house.sweep(TUESDAY)
    house.send(TUESDAY, "email", "sms")
    assert house.heard() == ((1, 1) if kind == "acute_concern" else (1, 0))


def test_a_lead_hears_by_every_way(database: Database) -> None:
    house = House(database)
    house.owe()
    house.sweep(TUESDAY)
    at = TUESDAY + DAY
    house.sweep(at)
    house.send(at, "email", "sms")
    lise = house.site.lise
    assert [lise in {one.member_id for one in way.sent} for way in (house.mail, house.sms)] == [
        True,
        True,
    ]


def test_a_new_rung_to_the_team_reaches_each_once(database: Database) -> None:
    """Anna was told; four hours later the team is: Bo hears by e-mail, nobody by SMS as well."""
    house = House(database)
    house.owe()
    for tick in range(0, 11):
        at = TUESDAY + tick * HALF * 60
        house.sweep(at)
        house.send(at)
        house.send(at + MINUTE)
    told = [one.address for one in house.mail.sent]
    assert sorted(told) == ["anna@staff.example", "bo@staff.example"]
    assert house.sms.sent == []


def test_what_waits_for_the_quiet_hours_to_end_goes_by_one_way_when_they_do(
    database: Database,
) -> None:
    house = House(database, on_duty=())
    quiet = Hygiene(quiet=(time(9), time(11)))  # TUESDAY is ten on the wall
    house.rules = replace(house.rules, hygiene=quiet)
    with database.transaction() as session:
        add_duty(session, house.site, "anna", TUESDAY + 9 * HOUR, TUESDAY + 20 * HOUR)
        a_task(session, house.site, due_at=TUESDAY, held_by="anna", made_at=TUESDAY - HOUR)
    for tick in range(0, 140):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        house.send(at)
        if at < TUESDAY + HOUR:
            assert house.heard() == (0, 0)
        if tick == 3:  # it does not look every half minute all night
            assert house.next_by("sms") >= TUESDAY + HOUR
    assert house.heard() == (1, 0)


@pytest.fixture
def mail_is_down(database: Database) -> House:
    """E-mail takes nothing; Anna is late with five things, one more each half minute."""
    house = House(database)
    house.mail.answer = replace(LATER, channel_down=True)
    for late in range(5):
        house.owe(due_at=TUESDAY + late * HALF, made_at=TUESDAY + late * HALF)
    return house


def test_while_e_mail_is_down_one_number_goes_by_sms_once(mail_is_down: House) -> None:
    """One job for both: when its turn has come, all that waits for it goes as one message."""
    house = mail_is_down
    run = Deliverer(
        house.database, [house.mail, house.sms], "https://b.example", house.rules,
        lambda: at,
    )  # fmt: skip
    for tick in range(40):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        run.run()
    told = [one.waiting for one in house.sms.sent]
    assert told == [5]


def test_while_e_mail_rests_nobodys_turn_is_put_off(database: Database) -> None:
    """The breaker lets one person's message try a minute; the others hear by SMS all the same."""
    house = House(database)
    house.mail.answer = replace(LATER, channel_down=True)
    names = [f"member{n}" for n in range(12)]
    with database.transaction() as session:
        for name in names:
            add_member(session, house.site, name)
            add_duty(session, house.site, name, TUESDAY - DAY, TUESDAY + DAY)
        session.execute(sa.update(MemberRow).values(phone="+4790000000"))
    for name in names:
        house.owe(held_by=name, made_at=TUESDAY - HOUR)
    run = Deliverer(
        house.database, [house.mail, house.sms], "https://b.example", house.rules, lambda: at
    )
    for tick in range(13):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        run.run()
    told = [one.member_id for one in house.sms.sent]
    assert sorted(told) == sorted(house.site.members[name] for name in names)


def test_a_new_number_waits_for_a_while_after_the_last_one_and_a_last_rung_does_not(
    database: Database,
) -> None:
    house = House(database)
    house.rules = replace(house.rules, hygiene=replace(house.rules.hygiene, least_apart=5 * MINUTE))
    with database.transaction() as session:
        session.execute(sa.update(MemberRow).values(email=None))
    for late in range(8):
        house.owe(due_at=TUESDAY + late * MINUTE, made_at=TUESDAY + late * MINUTE)
    for tick in range(20):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        house.send(at)
        if at == TUESDAY + 4 * MINUTE:
            assert [one.waiting for one in house.sms.sent] == [1]
            assert house.reasons("sms") == {None, "just_told"}
    assert [one.waiting for one in house.sms.sent] == [1, 6]
    house.owe(due_at=TUESDAY + 11 * MINUTE, made_at=TUESDAY + 11 * MINUTE)
    with database.transaction() as session:
        session.execute(sa.update(TaskRow).values(kind="acute_concern"))
    house.sweep(TUESDAY + 11 * MINUTE)
    house.send(TUESDAY + 11 * MINUTE)
    assert [one.waiting for one in house.sms.sent] == [1, 6, 9]


def test_what_is_over_the_budget_reaches_the_lead_by_the_first_way_that_works(
    database: Database,
) -> None:
    house = House(database)
    house.rules = replace(house.rules, hygiene=replace(house.rules.hygiene, budget=1))
    for late in range(2):
        house.owe(due_at=TUESDAY + late * MINUTE, made_at=TUESDAY + late * MINUTE)
    for tick in range(30):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        house.send(at, "sms", "email")
    lise = house.site.lise
    assert [one.member_id for one in house.mail.sent].count(lise) == 1
    assert house.sms.sent == []


def test_what_is_over_the_budget_goes_by_the_leads_next_way_where_the_first_fails(
    database: Database,
) -> None:
    house = House(database)
    house.rules = replace(house.rules, hygiene=replace(house.rules.hygiene, budget=1))
    house.mail.by_name = {"lise": LATER}
    for late in range(2):
        house.owe(due_at=TUESDAY + late * MINUTE, made_at=TUESDAY + late * MINUTE)
    for tick in range(30):
        at = TUESDAY + tick * HALF
        house.sweep(at)
        house.send(at, "sms", "email")
        if at == TUESDAY + 4 * MINUTE:
            assert house.sms.sent == []
    assert [one.member_id for one in house.sms.sent] == [house.site.lise]


@pytest.fixture
def lead_by_both(database: Database) -> House:
    """Lise has e-mail and SMS, whose gateway owes receipts; two rungs for her, five seconds apart."""
    house = House(database)
    house.rules = replace(house.rules, hygiene=replace(house.rules.hygiene, least_apart=5 * MINUTE))
    house.sms.receipt_within = timedelta(minutes=15)  # type: ignore[assignment]
    house.sms.answer = replace(SENT, reference="first")
    house.owe()
    for seconds, rung in ((0, -1500), (5, -1000)):
        at = TUESDAY + timedelta(seconds=seconds)
        with database.transaction() as session:
            [task] = session.scalars(sa.select(TaskRow.id).where(TaskRow.state == "open"))
            raise_for_lead(session, {task}, rung=rung, at=at)
        house.sweep(at)
        house.send(at, "email", "sms")
    return house


def told_to_lead(house: House) -> list[int]:
    lise = house.site.lise
    return [sum(one.member_id == lise for one in way.sent) for way in (house.mail, house.sms)]


def test_a_lead_with_two_ways_hears_the_same_once_by_each_within_the_least_time(
    lead_by_both: House,
) -> None:
    assert told_to_lead(lead_by_both) == [1, 1]


@pytest.mark.parametrize(("arrival", "heard"), [(Arrival.DELIVERED, 1), (Arrival.FAILED, 2)])
def test_what_a_lead_was_just_sent_is_said_again_where_its_receipt_says_that_it_failed(
    lead_by_both: House, arrival: Arrival, heard: int
) -> None:
    house, at = lead_by_both, TUESDAY + MINUTE
    with house.database.transaction() as session:
        confirm(session, "sms", Reported(reference="first", arrival=arrival), at=at)
    for tick in range(12):
        house.send(at + tick * HALF, "email", "sms")
    assert told_to_lead(house)[1] == heard


def test_where_no_receipt_comes_a_lead_hears_the_last_rung_again_after_the_least_time(
    lead_by_both: House,
) -> None:
    for tick in range(11):
        assert told_to_lead(lead_by_both)[1] == 1
        lead_by_both.send(TUESDAY + tick * HALF, "email", "sms")
    assert told_to_lead(lead_by_both)[1] == 2


SOON = timedelta(seconds=5)


class Broken(FakeChannel):
    """A way of a pack that takes its time, and then has not sent it."""

    def __init__(self, key: str, clock: Callable[[timedelta], None]) -> None:
        super().__init__(replace(LATER, channel_down=True))
        self.key, self.takes = key, clock

    def send(self, alert: Message) -> Receipt:
        self.takes(timedelta(seconds=4))
        return super().send(alert)


class Street:
    """Six broken ways stand before SMS, each sent through by a job of its own, every five seconds."""

    def __init__(self, database: Database) -> None:
        self.at, self.sms = TUESDAY, Sms()
        broken = [Broken(f"broken{n}", self.passes) for n in range(6)]
        ways = [*broken, self.sms]
        hygiene = Hygiene(
            ways=tuple(one.key for one in ways),
            next_way_after=timedelta(seconds=20),
            least_apart=timedelta(),
        )
        self.house = House(database)
        self.house.rules = replace(self.house.rules, hygiene=hygiene)
        self.runs = [
            Deliverer(
                database, [own], "https://b.example", self.house.rules, lambda: self.at,
                beside=[one for one in ways if one is not own], given_up=self.given_up,
            )
            for own in reversed(ways)
        ]  # fmt: skip

    def passes(self, length: timedelta) -> None:
        self.at += length

    def given_up(self) -> set[str]:
        return {key for run in self.runs for key in run.failing()}

    def until_sms(self) -> timedelta:
        """Owe one thing now, and see how long it takes until its SMS has gone."""
        begun, before = self.at, len(self.sms.sent)
        self.house.owe(due_at=begun, made_at=begun)
        while len(self.sms.sent) == before and self.at < begun + HOUR:
            self.turn()
        return self.at - begun

    def turn(self) -> None:
        """The sweep and every job once; then a pause."""
        jobs.sweep(
            self.house.database, BOOK, rules=self.house.rules, clock=at_once(self.at),
            channels=[one.channels[0].key for one in self.runs], phoned=["sms"],
        )  # fmt: skip
        for run in self.runs:
            run.run()
        self.passes(SOON)


def test_what_has_failed_for_as_long_as_a_way_is_waited_for_is_not_waited_for_again(
    database: Database,
) -> None:
    street = Street(database)
    for _ in range(6):
        street.until_sms()

    later = [street.until_sms() for _ in range(4)]

    patience = street.house.rules.hygiene.next_way_after
    assert max(later) <= 2 * patience + HALF, "six ways, each waited for, take six times as long"


def test_a_way_that_was_given_up_is_waited_for_again_once_something_has_gone_through(
    database: Database,
) -> None:
    street = Street(database)
    for _ in range(8):
        street.until_sms()
    first = street.runs[-1].channels[0]
    first.answer = SENT

    street.at += HOUR
    sent, said = len(street.sms.sent), len(first.sent)
    street.house.owe(due_at=street.at, made_at=street.at)
    for _ in range(60):
        street.turn()

    assert len(first.sent) > said
    assert len(street.sms.sent) == sent
    assert street.given_up().isdisjoint({first.key})
