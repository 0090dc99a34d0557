"""What of a list has changed since it was shown: how many rows are new, how many are gone.

A token stands for what was shown. It holds a digest, and three bytes for each row that tell rows
apart; no id, and nothing of a patient.
"""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

_WIDE = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """What of one row tells that it has changed."""

    id: UUID
    version: int
    due_at: datetime
    team_id: UUID
    seen_until: datetime | None
    held_by: UUID | None


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows came and went. Both may be 0: then a row, or what is said of one, is another."""

    new: int = 0
    gone: int = 0


def token(marks: Sequence[Mark], at: datetime) -> str:
    """Of these rows as they are shown at `at`: another one once a row passes its due time or the end
    of *seen*, and each hour, by which the words for how late it is have changed."""
    kept = urlsafe_b64encode(b"".join(sorted(map(_short, _ids(marks))))).decode().rstrip("=")
    return f"{_digest(marks, at)}.{kept}"


def change(shown: str, marks: Sequence[Mark], at: datetime) -> Change | None:
    """What has changed since the list gave the token `shown`; None where nothing has.

    A token that no list gave is one of a list without rows.
    """
    digest, _, kept = shown.partition(".")
    if digest == _digest(marks, at):
        return None
    before, after = _rows(kept), {_short(one) for one in _ids(marks)}
    return Change(new=len(after - before), gone=len(before - after))


def _ids(marks: Iterable[Mark]) -> set[UUID]:
    return {mark.id for mark in marks}


def _short(one: UUID) -> bytes:
    return hashlib.blake2b(one.bytes, digest_size=_WIDE).digest()


def _rows(kept: str) -> set[bytes]:
    try:
        plain = urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
    except (ValueError, binascii.Error):
        return set()
    return {plain[start : start + _WIDE] for start in range(0, len(plain), _WIDE)}


def _digest(marks: Iterable[Mark], at: datetime) -> str:
    told = [
        (
            mark.id,
            mark.version,
            mark.due_at,
            mark.team_id,
            mark.held_by,
            mark.due_at < at,
            mark.seen_until if mark.seen_until is None or mark.seen_until > at else None,
        )
        for mark in marks
    ]
    said = orjson.dumps([told, at.strftime("%Y-%m-%dT%H")])
    return hashlib.blake2b(said, digest_size=12).hexdigest()
