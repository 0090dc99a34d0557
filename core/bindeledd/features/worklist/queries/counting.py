"""How much the whole list holds: counted from two indexes, and no task is read for it."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.tasks.tables import TaskRow
from bindeledd.features.worklist.domain import Bucket, Counts, Edges
from bindeledd.foundation.db import Utc, table

_TASKS = table(TaskRow)
_PARTS = tuple(bucket.value for bucket in Bucket)


def count_by_bucket(
    session: Session, teams: Sequence[UUID], edges: Sequence[Edges], at: datetime
) -> Counts:
    """How much each part of the list holds, and of which kinds: one statement for all teams."""
    if not teams:
        return Counts()
    asked: dict[str, Any] = {f"team{number}": team for number, team in enumerate(teams)}
    for number, edge in enumerate(edges):
        asked |= {f"edge{number}_{place}": end for place, end in enumerate(edge.ends(at))}
    rows = session.execute(_counted(len(teams)), asked).all()
    many = {part: sum(row[place] for row in rows) for place, part in enumerate(_PARTS, 1)}
    return Counts(**many, kinds=frozenset(row.kind for row in rows if row.kind))


@lru_cache(maxsize=64)
def _counted(teams: int) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """The question of `count_by_bucket` for so many teams, made once: of each a row of numbers, and
    a row for every kind."""
    each = (one(team) for team in range(teams) for one in (_numbers, _kinds))
    return sa.union_all(*each)


def _numbers(team: int) -> sa.Select[*tuple[Any, ...]]:
    """Each part is a stretch of the index (team, due time): its own lines are all that is read."""
    due = _TASKS.c.due_at
    ends = [sa.bindparam(f"edge{team}_{place}", type_=Utc()) for place in range(len(_PARTS) - 1)]
    since: list[sa.ColumnElement[bool]] = [sa.true(), *(due >= end for end in ends)]
    until: list[sa.ColumnElement[bool]] = [*(due < end for end in ends), sa.true()]
    return sa.select(
        sa.literal_column("''").label("kind"),
        *(
            sa.select(sa.func.count())
            .select_from(_TASKS)
            .where(*_owed(_TASKS.c, team), *stretch)
            .scalar_subquery()
            .label(part)
            for part, stretch in zip(_PARTS, zip(since, until, strict=True), strict=True)
        ),
    )


def _kinds(team: int) -> sa.Select[*tuple[Any, ...]]:
    """From one kind to the next in the index (team, kind), however many tasks are of each."""
    first = sa.select(sa.func.min(_TASKS.c.kind).label("kind")).where(*_owed(_TASKS.c, team))
    known = first.cte(f"kinds{team}", recursive=True)
    further = _TASKS.alias().c
    after = sa.select(sa.func.min(further.kind)).where(
        *_owed(further, team), further.kind > known.c.kind
    )
    found = known.union_all(sa.select(after.scalar_subquery()).where(known.c.kind.is_not(None)))
    none: list[sa.ColumnElement[int]] = [sa.literal_column("0") for _ in _PARTS]
    return sa.select(found.c.kind, *none).where(found.c.kind.is_not(None))


def _owed(of: Any, team: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Open tasks of one of the teams that are asked for."""
    whose = sa.bindparam(f"team{team}", type_=sa.Uuid())
    return of.owner_team_id == whose, of.state == sa.literal_column("'open'")
