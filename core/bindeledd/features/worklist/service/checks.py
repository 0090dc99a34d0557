"""Checks of an appointment that has begun: nobody can make them any more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain.checking import CHECK
from bindeledd.features.worklist.queries.checks import appointments_asked_of


def too_late_to_check(
    session: Session, rows: Iterable[Mapping[str, Any]], *, at: datetime
) -> dict[UUID, datetime]:
    """Of rows that were shown: the checks that ask of an appointment which has begun by `at`, and when
    it did. What is owed there is what became of it, and saying that ends both."""
    checks = {row["id"] for row in rows if row["kind"] == CHECK}
    begun = appointments_asked_of(session, checks)
    return {task: begins for task, begins in begun.items() if begins <= at}
