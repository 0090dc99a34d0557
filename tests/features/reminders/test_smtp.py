"""Real e-mail through a real server on this machine: a number and an address, and nothing else."""

import socket
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import MailSettings, Message, Outcome
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.jobs.mail import SmtpChannel
from bindeledd.features.reminders.tables import DeliveryRow, FaultRow
from bindeledd.features.staff.tables import TeamRow, TenantRow
from features.reminders.builders import BOOK, TUESDAY, a_site, a_task, at_once, heard, states

MARKERS = ("KARI-NORDMANN", "call_patient", "Team", "selvmord", "12057900499", "standard")
RULES = Rules(jitter=0, breaker_after=2)


class Post:
    """A mail server's memory. `refuse` names local parts that it will never take."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refuse: set[str] = set()
        self.busy = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.busy:
            return "450 later"
        if address.split("@")[0] in self.refuse:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope.content)
        return "250 OK"


def free_ports(many: int) -> list[int]:
    """So many different ones."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(many)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in found]


@pytest.fixture
def post():
    memory = Post()
    (memory.port,) = free_ports(1)
    memory.controller = Controller(memory, hostname="127.0.0.1", port=memory.port)
    memory.controller.start()
    yield memory
    if memory.controller.loop.is_running():
        memory.controller.stop()


def smtp(port: int) -> SmtpChannel:
    return SmtpChannel(
        MailSettings(host="127.0.0.1", port=port, sender="bindeledd@b.example", timeout=5)
    )


def deliver(database, channel, at):
    return Deliverer(database, [channel], "https://b.example", RULES, at_once(at)).run()


@pytest.fixture
def due(database):
    with database.transaction() as session:
        site = a_site(session)
        session.execute(sa.update(TenantRow).values(name="KARI-NORDMANN"))
        session.execute(sa.update(TeamRow).values(name="KARI-NORDMANN Team"))
        tasks = [a_task(session, site, held_by="anna") for _ in range(3)]
    jobs.sweep(database, BOOK, rules=RULES, clock=at_once(TUESDAY), channels=["email"])
    return site, tasks


def test_the_mail_arrives_and_says_a_number_and_an_address_only(database, due, post):
    site, tasks = due
    assert deliver(database, smtp(post.port), TUESDAY).messages == 1

    (raw,) = post.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["To"] == "anna@staff.example"
    assert mail["Subject"] == "Bindeledd: 3 varsler venter"
    assert mail["Date"].datetime.utcoffset() is not None
    body = mail.get_content().strip()
    assert body == "3 varsler venter på deg i Bindeledd. Logg inn: https://b.example"
    text = raw.decode() + body + str(mail["Subject"])
    ids = [site.tenant, site.team, *tasks]
    assert not [marker for marker in MARKERS if marker in text]
    assert not [one for one in ids if str(one) in text or one.hex in text]


def test_a_server_that_is_down_means_later_and_then_it_arrives(database, due, post):
    post.controller.stop()
    channel = smtp(post.port)
    assert deliver(database, channel, TUESDAY).later == 6
    assert states(database) == {"ready": 6}
    post.controller = Controller(post, hostname="127.0.0.1", port=post.port)
    post.controller.start()
    assert deliver(database, channel, TUESDAY + timedelta(seconds=9)).messages == 0
    assert deliver(database, channel, TUESDAY + timedelta(seconds=10)).messages == 1
    assert len(post.mails) == 1


def test_a_busy_server_is_asked_again(database, due, post):
    post.busy = True
    channel = smtp(post.port)
    assert deliver(database, channel, TUESDAY).later == 6
    post.busy = False
    assert deliver(database, channel, TUESDAY + timedelta(seconds=10)).messages == 1


def test_a_refused_person_is_dead_and_the_lead_gets_the_mail(database, due, post):
    site, tasks = due
    post.refuse.add("anna")
    channel = smtp(post.port)
    deliver(database, channel, TUESDAY)
    deliver(database, channel, TUESDAY + timedelta(seconds=5))

    assert [message_from_bytes(raw)["To"] for raw in post.mails] == ["lise@staff.example"]
    with database.transaction() as session:
        assert heard(session, site, tasks[0]) == {"anna", "lise"}
        reasons = session.scalars(sa.select(DeliveryRow.reason).where(DeliveryRow.state == "dead"))
        assert set(reasons) == {"smtp_550"}
        assert session.scalar(sa.select(FaultRow.code)) == "reminders.delivery_dead"


def test_a_server_without_starttls_gets_nothing_when_it_is_asked_for(post):
    channel = SmtpChannel(
        MailSettings(host="127.0.0.1", port=post.port, sender="a@b.example", security="starttls")
    )
    receipt = channel.send(a_message())
    assert (receipt.outcome, receipt.channel_down) == (Outcome.LATER, True)
    assert post.mails == []


def test_an_address_that_would_break_the_header_is_refused(post):
    receipt = smtp(post.port).send(a_message("anna@b.example\nBcc: all@b.example"))
    assert receipt.outcome is Outcome.REFUSED
    assert not receipt.channel_down
    assert post.mails == []


def test_the_same_message_again_has_the_same_id(post):
    channel = smtp(post.port)
    for _ in range(2):
        assert channel.send(a_message()).outcome is Outcome.SENT
    ids = {message_from_bytes(raw)["Message-ID"] for raw in post.mails}
    assert ids == {"<key@b.example>"}


def a_message(address: str = "anna@b.example") -> Message:
    return Message(
        key="key", member_id=UUID(int=1), address=address, waiting=1, base_url="https://b.example"
    )
