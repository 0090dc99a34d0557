"""What a restricted record is: a title, those who may open it, and words that are only added to.

Being named is the only way in: no team, no lead, no command opens one. It is never left to nobody:
the last who can open it stays, and where all of them have left the house, whoever leads the team
that answers for the follow-up names somebody anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

TITLE, WORDS = 200, 20_000


class RestrictedNotFound(NotFound):
    """There is no such record, or not for the one who asks."""

    code = "restricted.not_found"


class NothingSaid(Invalid):
    """A record has a title, and what is added to it has words."""

    code = "restricted.nothing_said"


class OpenedByMember(NotAllowed):
    """A record is opened by a person, who can be named in it."""

    code = "restricted.by_member"


class ReaderUnknown(Invalid):
    """Only somebody who works here now can be named."""

    code = "restricted.reader_unknown"


class LastReader(Conflict):
    """Somebody has to be able to open it."""

    code = "restricted.last_reader"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who may open it, since when, and who named them; `ended_at`: until when."""

    member_id: UUID
    named_at: datetime
    named_by: UUID
    ended_at: datetime | None = None
    active: bool = True

    @property
    def may_open(self) -> bool:
        return self.ended_at is None and self.active


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was written once. `words` is None where they cannot be read."""

    id: UUID
    number: int
    at: datetime
    by: UUID
    words: str | None


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record, with what stands in it where it was opened for somebody who is named."""

    id: UUID
    tenant_id: UUID
    case_id: UUID
    patient_id: UUID
    opened_at: datetime
    opened_by: UUID
    title: str | None = None
    readers: Sequence[Reader] = ()
    entries: Sequence[Entry] = ()


def said(words: str) -> str:
    """The words, tidied. Raises `NothingSaid`."""
    tidy = words.strip()
    if not tidy:
        raise NothingSaid()
    return tidy


def may_open(readers: Collection[Reader], member: UUID | None) -> bool:
    """Whether somebody is named, and has not been taken out."""
    return any(one.member_id == member and one.ended_at is None for one in readers)


def check_leaving(readers: Collection[Reader], member: UUID) -> None:
    """Refuse to take out the last who can open it. Raises `LastReader`, `ReaderUnknown`."""
    if not may_open(readers, member):
        raise ReaderUnknown(member=member)
    if not any(one.may_open for one in readers if one.member_id != member):
        raise LastReader(member=member)


def is_left(readers: Collection[Reader]) -> bool:
    """Whether everybody who was named has left the house, so that nobody can open it."""
    return not any(one.may_open for one in readers)
