"""What runs and what failed, packs and keys; and what only the installation knows of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often something is done, and after how long without it something is wrong."""

    every: timedelta
    limit: timedelta


@dataclass(frozen=True, kw_only=True)
class Beat:
    """A job that writes down when it came to its end. `at` is None where it never did."""

    name: str
    rhythm: Rhythm
    at: datetime | None = None
    took_ms: int = 0

    @property
    def next_at(self) -> datetime | None:
        """When it should come to its end again."""
        return None if self.at is None else self.at + self.rhythm.every

    def is_late(self, at: datetime) -> bool:
        return self.at is None or at - self.at > self.rhythm.limit


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something that failed and nobody has marked as seen, in words, and who was told of it."""

    source: str
    words: str
    first_at: datetime
    last_at: datetime
    count: int
    told: tuple[str, ...] = ()

    def is_of(self, plugin: str) -> bool:
        """Whether it is about that pack: the pack itself or what it brings."""
        return self.source.partition("@")[0] == f"plugin:{plugin}"


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One pack that is loaded. `fingerprint`: of its files as they lie here; `locked`: whether the
    lock file says the same, None where there is no lock file."""

    name: str
    distribution: str
    version: str
    fingerprint: str = ""
    locked: bool | None = None


class Finding(Protocol):
    """What a check says: `checkup.findings.Check` is one."""

    @property
    def title(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def found(self) -> str: ...
    @property
    def do(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Given:
    """What only the installation knows, asked when a page is: how often jobs run, how much waits,
    what was found of a tenant, and which packs are loaded."""

    rhythms: Mapping[str, Rhythm]
    measures: Callable[[], Mapping[str, float]]
    examine: Callable[[UUID], Sequence[Finding]]
    packs: Callable[[], Sequence[Pack]]
    closed_days: Callable[[str], Collection[date]]


@dataclass(frozen=True, kw_only=True)
class KeyAge:
    """One version of the tenant's key: in use since when, how many data keys it wraps."""

    version: int
    at_hand: bool
    newest: bool
    wraps: int
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The versions of a tenant's key, and when they were turned over last."""

    versions: tuple[KeyAge, ...]
    turned_at: datetime | None = None

    @property
    def oldest(self) -> KeyAge | None:
        """The oldest that something is still wrapped by."""
        return next((one for one in self.versions if one.wraps), None)

    @property
    def unfinished(self) -> bool:
        """Whether something is wrapped by another version than the newest."""
        return any(one.wraps and not one.newest for one in self.versions)
