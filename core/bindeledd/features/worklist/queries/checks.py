"""What was told of what a list shows: ids and times, and nobody's name."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import EventRow
from bindeledd.features.tasks.tables import TaskRow

_SAID, _OWED = EventRow.__table__.c, TaskRow.__table__.c
_Told = sa.Select[tuple[UUID, dict[str, Any]]]


def appointments_asked_of(session: Session, tasks: Collection[UUID]) -> dict[UUID, datetime]:
    """Task → when the appointment begins that it was made for, where that is known."""
    if not tasks:
        return {}
    rows = session.execute(_asked(checks=True, cases=False), {"checks": list(tasks)})
    return _moments(rows, "appointment_at")


def told_of(
    session: Session, *, checks: Collection[UUID], cases: Collection[UUID]
) -> tuple[dict[UUID, datetime], dict[UUID, datetime]]:
    """With one question: what `appointments_asked_of` gives for `checks`; and case → the day before
    which the person does not want to be contacted, as the question that comes back was agreed."""
    asked = {name: list(ids) for name, ids in (("checks", checks), ("cases", cases)) if ids}
    made = _asked(checks=bool(checks), cases=bool(cases)) if asked else None
    rows = () if made is None else session.execute(made, asked).all()
    return _moments(rows, "appointment_at"), _moments(rows, "ask_again_at")


@cache
def _asked(*, checks: bool, cases: bool) -> sa.CompoundSelect[UUID, dict[str, Any]]:
    """The question, made once: it is asked by every list."""
    return sa.union_all(*([_of_checks()] if checks else []), *([_of_consent()] if cases else []))


def _of_checks() -> _Told:
    return (
        sa.select(_OWED.id, _SAID.facts)
        .join(EventRow.__table__, _SAID.id == _OWED.anchor_event_id)
        .where(_OWED.id.in_(sa.bindparam("checks", expanding=True)))
    )


def _of_consent() -> _Told:
    return (
        sa.select(_OWED.case_id, _SAID.facts)
        .join(EventRow.__table__, _SAID.id == _OWED.anchor_event_id)
        .where(
            _OWED.case_id.in_(sa.bindparam("cases", expanding=True)),
            _OWED.state == sa.literal_column("'open'"),
            _OWED.kind == sa.literal_column("'ask_contact_consent'"),
            _SAID.kind == sa.literal_column("'contact_consent_asked'"),
        )
    )


def _moments(rows: Iterable[Any], fact: str) -> dict[UUID, datetime]:
    found = ((row[0], row.facts.get(fact)) for row in rows)
    return {one: datetime.fromisoformat(at) for one, at in found if isinstance(at, str)}
