"""Ids that we make before we write.

v4 where an id shows in an address (a v7 id of a case would tell when the person came);
v7 for rows that are only ever appended and read in order: audit, alerts, deliveries.
"""

import os
import time
from uuid import UUID, uuid4


def new_id() -> UUID:
    """An id that tells nothing: for whatever may show in an address."""
    return uuid4()


def read_id(text: str) -> UUID | None:
    """The id that stands there, or None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def ordered_id() -> UUID:
    """An id that sorts by the moment it was made (RFC 9562, version 7)."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
