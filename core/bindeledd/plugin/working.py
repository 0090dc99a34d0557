"""What a plugin's Python gets and gives while it works in its host: frozen values, all of them.

A channel is an object with `send`, and `receipts` where its gateway reports back:

    def open_channel(opening: Opening) -> Channel: ...

    class Channel:
        def send(self, message: Message) -> Receipt: ...
        def receipts(self, callback: Callback) -> Iterable[Reported]: ...

A job is a function of the moment, `job(at) -> int | None`: how much it did. A reader is one of
bytes, `read(data) -> Message` (`facts.py`). A report is one of numbers, `report(numbers) -> Table`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bindeledd.features.reminders.domain.channels import Arrival, Outcome, Receipt, Reported
from bindeledd.features.reports.domain import Count, Numbers, Table, averages_of, table_of

Words = str | Mapping[str, str]


class Unfit(Exception):
    """The pack cannot work as it is set up: what is wrong, where it stands, what would be right.

    It is a fault that people see, and the rest goes on. `bindeledd doctor` says it before a start.
    `what` and `do` are words in bokmål, or in several languages: `{"nb": "…", "en": "…"}`.
    """

    def __init__(self, what: Words, *, where: str, do: Words) -> None:
        self.said = {"what": in_languages(what), "do": in_languages(do)}
        self.what, self.where, self.do = _first(what), where, _first(do)
        super().__init__(f"{where}: {self.what}; {self.do}")


def in_languages(words: Words) -> Mapping[str, str]:
    """The words by language; a text alone is bokmål."""
    return {"nb": words} if isinstance(words, str) else words


def _first(words: Words) -> str:
    """In bokmål; in the first language that is there, where it is not."""
    found = in_languages(words)
    return found.get("nb") or next(iter(found.values()), "")


class Unreadable(Exception):
    """A callback that is none, or wrongly signed; a message that this reader cannot read."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a pack is told when it is opened.

    `settings`: the site's file for it. `secrets`: by name, from where the site keeps them.
    `names`: of the site's units and teams, which no message may say. `base_url`: where to log
    in. `callback_url`: where a gateway reports what became of a message; empty where none is set.
    """

    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: tuple[str, ...] = ()
    base_url: str = ""
    callback_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """All that may leave: how many things wait for whoever has this address.

    `key` is the same when the same message is tried again. `language` is the receiver's: nb, nn, en.
    """

    key: str
    address: str
    waiting: int
    language: str = "nb"


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What a gateway sent to the callback address: `fields` of address or form, `body` as text.

    `headers`: by small name, only those that a signature may need.
    """

    method: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


__all__ = [
    "Arrival",
    "Callback",
    "Count",
    "Message",
    "Numbers",
    "Opening",
    "Outcome",
    "Receipt",
    "Reported",
    "Table",
    "Unfit",
    "Unreadable",
    "averages_of",
    "table_of",
]
