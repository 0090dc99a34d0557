"""What runs in a host, as the core uses it: channels, jobs, readers, reports.

What comes back is looked at anew here: it came from foreign code.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bindeledd.features.intake.domain.facts import Message as Facts
from bindeledd.features.intake.domain.foreign import ReaderRefused
from bindeledd.features.intake.domain.reading import ReaderFailed
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.domain.vocabulary import NoFacts, from_json
from bindeledd.features.reminders.domain.channels import (
    AddressKind,
    Arrival,
    Message,
    Outcome,
    Receipt,
    Reported,
)
from bindeledd.features.reports.domain import Declared, NoTable, Numbers, Table
from bindeledd.features.reports.domain import from_json as table_from_json
from bindeledd.plugin.host.process import Host
from bindeledd.plugin.host.values import (
    HostTrouble,
    PluginChannel,
    PluginJob,
    PluginReader,
    PluginReport,
    Trouble,
)

# A reason is a code, never what a server said about a person.
_CODE = re.compile(r"[a-z0-9_.:-]{0,60}")
_REFERENCE = 120


@dataclass(frozen=True)
class HostedChannel:
    """A plugin's way to tell a person. Trouble in its host means later, and rest for the channel."""

    host: Host
    declared: PluginChannel

    @property
    def key(self) -> str:
        return self.declared.key

    @property
    def leaves_machine(self) -> bool:
        return True

    @property
    def address(self) -> AddressKind:
        return self.declared.address

    @property
    def receipt_within(self) -> timedelta | None:
        return self.declared.receipt_within

    def send(self, alert: Message) -> Receipt:
        """Have it sent: a number of things, an address, and a key to know a repetition by."""
        message = {
            "key": alert.key,
            "address": alert.address,
            "waiting": alert.waiting,
            "language": alert.language,
        }
        try:
            return _receipt(
                self.host, self.host.ask("send", place=self.declared.place, message=message)
            )
        except HostTrouble as trouble:
            reason = trouble.trouble.value.replace(".", "_")
            return Receipt(outcome=Outcome.LATER, reason=reason, channel_down=True)

    def read(self, callback: Mapping[str, Any]) -> Sequence[Reported] | None:
        """What a gateway's callback says; None when that cannot be told."""
        try:
            said = self.host.ask("receipts", place=self.declared.place, callback=dict(callback))
            return (
                None
                if said is None
                else [_reported(self.host, one) for one in _list(self.host, said)]
            )
        except HostTrouble:
            return None


@dataclass(frozen=True)
class HostedJob:
    """A plugin's work that is done every so often."""

    host: Host
    declared: PluginJob

    @property
    def name(self) -> str:
        return f"{self.host.start.plugin}:{self.declared.key}"

    def work(self, at: datetime) -> int:
        """How much it did; 0 where the host had trouble, which has been told."""
        try:
            given = self.host.ask("job", place=self.declared.place, at=at.isoformat())
        except HostTrouble:
            return 0
        odd = isinstance(given, bool) or not isinstance(given, int)
        return 0 if odd else max(given, 0)


@dataclass(frozen=True)
class HostedReader:
    """A plugin's way to read a format. Trouble in its host leaves the message with its owner."""

    host: Host
    declared: PluginReader

    @property
    def format(self) -> str:
        return self.declared.format_in(self.host.start.plugin).key

    def is_ready(self) -> bool:
        return self.host.is_ready()

    def read(self, data: bytes) -> Facts | CannotRead | None:
        """The facts, or why there are none; None where we are stopping: it waits on."""
        told = base64.b64encode(data).decode("ascii")
        try:
            said = self.host.ask("read", place=self.declared.place, data=told)
        except HostTrouble as trouble:
            return None if self.host.is_closed else ReaderFailed(kind=trouble.trouble.value)
        if said is None:
            return ReaderRefused(format=self.format)
        try:
            return from_json(said, format=self.format)
        except NoFacts as wrong:
            self.host.tell(Trouble.RUBBISH)
            return wrong


@dataclass(frozen=True)
class HostedReport:
    """A plugin's table, made of numbers. It is told nothing else, and gives it in time or not."""

    host: Host
    made: PluginReport

    @property
    def declared(self) -> Declared:
        return self.made.declared_in(self.host.start.plugin)

    def is_ready(self) -> bool:
        return self.host.is_ready()

    def make(self, numbers: Numbers) -> Table | None:
        told = {
            "since": numbers.since.isoformat(),
            "until": numbers.until.isoformat(),
            "least": numbers.least,
            "years": numbers.years,
            "counts": [asdict(one) for one in numbers.counts],
        }
        try:
            return table_from_json(self.host.ask("report", place=self.made.place, numbers=told))
        except HostTrouble:
            return None
        except NoTable:
            self.host.tell(Trouble.RUBBISH)
            return None


def _list(host: Host, told: object) -> list[Any]:
    if not isinstance(told, list):
        raise _rubbish(host)
    return told


def _receipt(host: Host, told: object) -> Receipt:
    given = told if isinstance(told, dict) else {}
    try:
        receipt = Receipt(
            outcome=Outcome(given["outcome"]),
            reason=_code(given["reason"]),
            channel_down=bool(given["channel_down"]),
            reference=_reference(given["reference"]),
        )
    except (KeyError, ValueError):
        raise _rubbish(host) from None
    return receipt


def _reported(host: Host, told: object) -> Reported:
    given = told if isinstance(told, dict) else {}
    try:
        return Reported(
            reference=_reference(given["reference"]),
            arrival=Arrival(given["arrival"]),
            reason=_code(given["reason"]),
        )
    except (KeyError, ValueError):
        raise _rubbish(host) from None


def _rubbish(host: Host) -> HostTrouble:
    host.tell(Trouble.RUBBISH)
    return HostTrouble(Trouble.RUBBISH)


def _code(text: object) -> str:
    if not isinstance(text, str) or not _CODE.fullmatch(text):
        raise ValueError
    return text


def _reference(text: object) -> str:
    if not isinstance(text, str) or len(text) > _REFERENCE or not text.isprintable():
        raise ValueError
    return text
