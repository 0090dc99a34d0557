"""Whether a transaction did anything, or only read and wrote down that it did."""

import re
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context

# What every answer writes: that somebody read, and that they were here.
_TOLD = frozenset({"audit_events", "audit_subjects", "idempotency_keys", "sessions"})
_STEPS = frozenset({"SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET"})
_CHANGES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def does(statement: str) -> bool:
    """Does this SQL change anything but the log? What cannot be told apart counts as a deed."""
    first = statement.split(None, 1)[0].upper()
    if first in _STEPS:
        return False
    changed = set(_CHANGES.findall(statement))
    return not changed <= _TOLD if changed else first != "WITH"


def follow(engine: sa.Engine) -> None:
    """Note in `g.wrote` that the running request changed something, where it asks for it."""

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if has_request_context() and g.get("wrote") is False:
            g.wrote = does(statement)
