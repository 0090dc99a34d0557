"""Care relations: which team may see which case, from when to when."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import (
    RelationKind,
)
from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import table
from bindeledd.foundation.db.sets import insert_set
from bindeledd.foundation.ids import new_id

R = CareRelationRow


_STANDING = (
    sa.select(R.id)
    .where(
        R.case_id == sa.bindparam("case", type_=sa.Uuid()),
        R.team_id == sa.bindparam("team", type_=sa.Uuid()),
        R.kind == sa.bindparam("kind"),
        R.until.is_(None),
    )
    .limit(1)
)
_RELATE = sa.insert(table(R))


def relate(
    session: Session,
    *,
    case_id: UUID,
    patient_id: UUID,
    team_id: UUID,
    kind: RelationKind,
    by: Actor,
    at: datetime,
) -> UUID:
    """Let the team see the case from `at`. Where it does so already, that relation stands."""
    known = session.scalar(_STANDING, {"case": case_id, "team": team_id, "kind": kind.value})
    if known is not None:
        return known
    made = {"case_id": case_id, "patient_id": patient_id, "team_id": team_id, "kind": kind}
    relation_id = new_id()
    session.execute(_RELATE, _relation(relation_id, made, by, at))
    return relation_id


def relate_first(
    session: Session,
    *,
    case_id: UUID,
    patient_id: UUID,
    teams: Iterable[tuple[UUID, RelationKind]],
    by: Actor,
    at: datetime,
) -> None:
    """Let these teams see a case that is being made: none sees it yet, so none is asked for."""
    made = [
        {"case_id": case_id, "patient_id": patient_id, "team_id": team, "kind": kind}
        for team, kind in dict.fromkeys(teams)
    ]
    insert_set(session, table(R), [_relation(new_id(), one, by, at) for one in made])


def _relation(
    relation_id: UUID, made: Mapping[str, Any], by: Actor, at: datetime
) -> dict[str, Any]:
    return {
        **made,
        "id": relation_id,
        "tenant_id": by.tenant_id,
        "kind": made["kind"].value,
        "since": at,
    }


def end_relation(
    session: Session,
    *,
    case_id: UUID,
    team_id: UUID,
    by: Actor,
    at: datetime,
    kind: RelationKind | None = None,
) -> int:
    """End the team's relations to the case (of one kind, or all). How many ended."""
    statement = (
        sa.update(R)
        .where(
            R.tenant_id == by.tenant_id,
            R.case_id == case_id,
            R.team_id == team_id,
            R.until.is_(None),
        )
        .values(until=at)
        .returning(R.id)
    )
    if kind is not None:
        statement = statement.where(R.kind == kind)
    return len(session.scalars(statement).all())
