"""The log of a person: who saw, took out or did what, when and by which door.

Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bindeledd.features.audit.domain import LogEntry


@dataclass(frozen=True, kw_only=True)
class Look:
    """One line of the log, with whose it was: a name, and the teams they worked in then."""

    entry: LogEntry
    name: str = ""
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessLog:
    """A page of the log, the newest first, with what was done with records that only those named
    may open. `next`: where it goes on. `registrations`: how many times the person is registered,
    as far as somebody has said so."""

    case_id: UUID
    looks: Sequence[Look]
    next: UUID | None
    registrations: int
