"""What is asked of the database, for a test that counts it or looks at its words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def statements(to: sa.Engine | sa.Connection) -> Iterator[list[str]]:
    """Every statement that is sent inside, in order."""
    sent: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    sa.event.listen(to, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        sa.event.remove(to, "before_cursor_execute", keep)
