"""What a plugin declares that runs in its host, and how much it may take. Names only: no code.

`rows` says which rows of `config/rows.toml` each of them answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bindeledd.features.reminders.domain.channels import EMAIL, INBOX, AddressKind
from bindeledd.features.reports.domain import Declared

if TYPE_CHECKING:
    from bindeledd.features.intake.domain.foreign import ForeignFormat

MOST_MONTHS, MOST_YEARS = 36, 15
MOST_OFTEN = 28
_KEY = re.compile(r"[a-z][a-z0-9-]{0,30}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}")
_RUN = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, kw_only=True)
class PluginChannel:
    """A way to tell a member of staff. `run` names the function that opens it, in the host.

    `address`: which address of a person it sends to. `receipt_within`: how long a receipt may
    take; what was accepted and not confirmed by then is work for a person. None: no receipts.
    """

    key: str
    run: str
    address: AddressKind = AddressKind.PHONE
    receipt_within: timedelta | None = None
    rows: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"channel:{self.key}"

    def __post_init__(self) -> None:
        _insist(self.key, self.run)
        if self.key in (INBOX, EMAIL):
            raise ValueError(f"the channel '{self.key}' is the core's own")
        if self.receipt_within is not None and self.receipt_within <= timedelta():
            raise ValueError("receipt_within is longer than nothing, or None")


@dataclass(frozen=True, kw_only=True)
class PluginJob:
    """Something that is done every so often. `run` names the function that opens it, in the host."""

    key: str
    run: str
    every: timedelta
    rows: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"job:{self.key}"

    def __post_init__(self) -> None:
        _insist(self.key, self.run)
        if self.every < timedelta(seconds=5):
            raise ValueError("a job runs at most every five seconds")


@dataclass(frozen=True, kw_only=True)
class PluginReader:
    """Reads a format that the core does not know. `run` names the function that opens it.

    A message is of it when its text begins with `begins` (`MSH|`), or its XML root is `root`
    (`{namespace}Name`): one of the two. It is opened in a host without network and secrets.
    """

    key: str
    run: str
    begins: str = ""
    root: str = ""
    rows: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"reader:{self.key}"

    def format_in(self, plugin: str) -> "ForeignFormat":
        """The format as a message carries it. Raises `ValueError` for one of the core's own."""
        from bindeledd.features.intake.domain.foreign import ForeignFormat

        return ForeignFormat(key=f"{plugin}:{self.key}", begins=self.begins, root=self.root)

    def __post_init__(self) -> None:
        _insist(self.key, self.run)
        self.format_in("pack")


@dataclass(frozen=True, kw_only=True)
class PluginReport:
    """A table made of numbers that the core has counted. `run` names the function that opens it.

    `title` by language; `months` is how far back is counted. With `years`, running periods of so many
    whole years within them are counted instead of months. `answers`: fields, each with the values that
    are counted (`answer.FIELD.VALUE`). `review_every`: so many days after a lead has gone through it, it is owed again, by
    each team of `organisations` (all of them where none is named). Opened where readers are.
    """

    key: str
    run: str
    title: Mapping[str, str]
    months: int = 12
    years: int = 0
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    review_every: int = 0
    organisations: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"report:{self.key}"

    def declared_in(self, plugin: str) -> Declared:
        """The report as it is kept and shown."""
        return Declared(
            name=f"{plugin}:{self.key}",
            title=self.title,
            months=self.months,
            years=self.years,
            answers=self.answers,
            review_every=self.review_every,
            organisations=self.organisations,
        )

    def __post_init__(self) -> None:
        _insist(self.key, self.run)
        if not self.title.get("nb", "").strip():
            raise ValueError('a report has a title in Norwegian: title={"nb": "…"}')
        if not all(_FIELD.fullmatch(key) and values for key, values in self.answers.items()):
            raise ValueError('answers name fields with their values: {"my_field": ("yes", "no")}')
        if self.review_every and not MOST_OFTEN <= self.review_every <= 400:
            raise ValueError(f"a report is gone through every {MOST_OFTEN} to 400 days")
        if self.years:
            _insist_on_years(self.years, self.months)
        elif not 1 <= self.months <= MOST_MONTHS:
            raise ValueError(f"a report counts 1 to {MOST_MONTHS} months")


def _insist_on_years(years: int, months: int) -> None:
    if months % 12 or not 1 <= years <= months // 12 <= MOST_YEARS:
        raise ValueError(
            f"a report of years counts whole years, {MOST_YEARS} at most: "
            "months=12 * how many, and years not more than those"
        )


def _insist(key: str, run: str) -> None:
    if not _KEY.fullmatch(key):
        raise ValueError(f"'{key}' is not a key: small letters, digits and '-'")
    if not _RUN.fullmatch(run):
        raise ValueError(f"'{run}' does not name a function: \"package.module:function\"")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may take, and how much memory the host may hold beyond its start."""

    seconds: float = 20.0
    memory_mb: int = 256
    opening_seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Start:
    """All that a host is told when it starts. `secrets` are in no log and in no environment.

    `run`: place → "module:function", where a place is `channel:KEY`, `job:KEY`, `reader:KEY` or
    `report:KEY`, as in `callback_urls`. `closed`: files and folders that the host opens for
    nobody. `reads`, `writes`: what it may open besides what Python needs. `inside`: it reaches no
    network and writes no file.
    """

    plugin: str
    run: dict[str, str]
    settings: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    names: tuple[str, ...] = ()
    base_url: str = ""
    callback_urls: dict[str, str] = field(default_factory=dict, repr=False)
    closed: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    inside: bool = False


class Trouble(StrEnum):
    """What a host can do wrong. Each is a fault in front of a person, with words of its own."""

    RAISED = "plugin.raised"
    HUNG = "plugin.hung"
    ENDED = "plugin.ended"
    MEMORY = "plugin.memory"
    RUBBISH = "plugin.rubbish"
    FORKED = "plugin.forked"
    CLOSED = "plugin.closed"
    UNFIT = "plugin.unfit"


class HostTrouble(Exception):
    """A call into the host that gave nothing. `where` and `error` are of the plugin's own code."""

    def __init__(self, trouble: Trouble, *, where: str = "", error: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble, self.where, self.error = trouble, where, error
