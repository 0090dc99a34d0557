"""What comes back from a host is looked at anew: whatever it is, the core gets its own values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bindeledd.features.intake.domain.reading import ReaderFailed
from bindeledd.features.reminders.domain.channels import Arrival, Message, Outcome
from bindeledd.features.reports.domain import Numbers
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.host.values import (
    PluginChannel,
    PluginJob,
    PluginReader,
    PluginReport,
    Start,
    Trouble,
)
from bindeledd.plugin.host.work import HostedChannel, HostedJob, HostedReader, HostedReport

RUN = "pack.module:function"
AT = datetime(2027, 3, 2, 9, tzinfo=UTC)
MESSAGE = Message(
    key="k", member_id=new_id(), address="a@b.example", waiting=1, base_url="https://b"
)
NUMBERS = Numbers(since=date(2027, 1, 1), until=date(2027, 1, 31), least=5)
REPORTED = {"reference": "r", "arrival": "delivered", "reason": ""}


@dataclass
class FakeHost:
    """Answers everything with the same, as foreign code could that writes on the line itself."""

    gives: object
    start: Start = field(default_factory=lambda: Start(plugin="pack", run={}))
    told: list[Trouble] = field(default_factory=list)
    is_closed: bool = False

    def ask(self, does: str, **told: object) -> object:
        return self.gives

    def tell(self, trouble: Trouble) -> None:
        self.told.append(trouble)


ODD = [7, "r", {}, {"reference": "r"}, True, 1.5, [7], [None], [{**REPORTED, "arrival": []}]]


@pytest.mark.parametrize("gives", ODD)
def test_odd_receipts_are_rubbish_and_never_raise(gives: object) -> None:
    host = FakeHost(gives)
    channel = HostedChannel(host, PluginChannel(key="sms", run=RUN))  # type: ignore[arg-type]
    assert channel.read({}) is None
    assert host.told == [Trouble.RUBBISH]


def test_right_receipts_are_read() -> None:
    channel = HostedChannel(FakeHost([REPORTED]), PluginChannel(key="sms", run=RUN))  # type: ignore[arg-type]
    assert [one.arrival for one in channel.read({}) or ()] == [Arrival.DELIVERED]


@pytest.mark.parametrize("gives", [None, 7, [], {}, {"outcome": []}, "sent"])
def test_an_odd_receipt_for_what_was_sent_means_later(gives: object) -> None:
    host = FakeHost(gives)
    receipt = HostedChannel(host, PluginChannel(key="sms", run=RUN)).send(MESSAGE)  # type: ignore[arg-type]
    assert (receipt.outcome, receipt.channel_down) == (Outcome.LATER, True)
    assert host.told == [Trouble.RUBBISH]


@pytest.mark.parametrize("gives", [True, "7", None, [], -1])
def test_a_job_that_says_something_odd_did_nothing(gives: object) -> None:
    job = PluginJob(key="work", run=RUN, every=timedelta(minutes=5))
    assert HostedJob(FakeHost(gives), job).work(AT) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("gives", [7, [], {}, "facts", {"kind": "discharged"}])
def test_odd_facts_are_a_reader_that_failed(gives: object) -> None:
    host = FakeHost(gives)
    reader = HostedReader(host, PluginReader(key="adt", run=RUN, begins="MSH|"))  # type: ignore[arg-type]
    assert isinstance(reader.read(b"MSH|"), ReaderFailed)
    assert host.told == [Trouble.RUBBISH]


@pytest.mark.parametrize("gives", [None, 7, [], {}, "table", {"columns": ["A"]}])
def test_an_odd_table_is_none(gives: object) -> None:
    host = FakeHost(gives)
    report = HostedReport(host, PluginReport(key="all", run=RUN, title={"nb": "Alle"}))  # type: ignore[arg-type]
    assert report.make(NUMBERS) is None
    assert host.told == [Trouble.RUBBISH]
