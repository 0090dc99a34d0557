"""What a list says of us: names of teams and people, and for whom one stands in; one question."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import Actor, Around
from bindeledd.features.staff.queries.people import in_team_at
from bindeledd.features.staff.tables import (
    ABSENCE_STANDS,
    AbsenceRow,
    MemberRow,
    MembershipRow,
    TeamRow,
)
from bindeledd.foundation.db import Utc

_NEVER = sa.cast(sa.null(), AbsenceRow.until.type)
_Part = sa.Select[*tuple[Any, ...]]


def around(session: Session, by: Actor, *, holders: Collection[UUID] = (), at: datetime) -> Around:
    """The teams of `by` with the names of who works there, those of `holders` whether they have left
    or not, and the absences that run now in which `by` stands in."""
    asked = {"at": at} | ({"holders": list(holders)} if holders else {})
    found: dict[str, list[tuple[UUID, str, datetime | None]]] = {}
    for what, id_, name, until in session.execute(_asked(by.rights, bool(holders)), asked):
        found.setdefault(what, []).append((id_, name, until))
    stands = [(id_, until) for id_, _, until in found.get("stands_in", ()) if until is not None]
    return Around(
        teams={id_: name for id_, name, _ in found.get("team", ())},
        colleagues={id_: name for id_, name, _ in found.get("colleague", ())},
        members={id_: name for part in found for id_, name, _ in found[part] if part != "team"},
        stands_in=sorted(stands, key=lambda one: (one[1], one[0])),
    )


@lru_cache(maxsize=512)
def _asked(by: Actor, with_holders: bool) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """The question, made once for each member: it is asked by every list."""
    at = sa.bindparam("at", type_=Utc())
    parts = [_stood_in_for(by, at), _teams(by), _colleagues(by, at)]
    return sa.union_all(*parts, *([_members()] if with_holders else []))


def _what(word: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word}'", sa.Text())


def _stood_in_for(by: Actor, at: sa.BindParameter[datetime]) -> _Part:
    return (
        sa.select(_what("stands_in"), MemberRow.id, MemberRow.name, AbsenceRow.until)
        .join(AbsenceRow, AbsenceRow.member_id == MemberRow.id)
        .where(
            AbsenceRow.stand_in_id == by.id,
            ABSENCE_STANDS,
            AbsenceRow.since <= at,
            AbsenceRow.until > at,
            MemberRow.active,
        )
    )


def _teams(by: Actor) -> _Part:
    return sa.select(_what("team"), TeamRow.id, TeamRow.name, _NEVER).where(
        TeamRow.id.in_(by.teams)
    )


def _colleagues(by: Actor, at: sa.BindParameter[datetime]) -> _Part:
    return (
        sa.select(_what("colleague"), MemberRow.id, MemberRow.name, _NEVER)
        .join(MembershipRow, MembershipRow.member_id == MemberRow.id)
        .where(MembershipRow.team_id.in_(by.teams), MemberRow.active, in_team_at(at))
        .distinct()
    )


def _members() -> _Part:
    return sa.select(_what("member"), MemberRow.id, MemberRow.name, _NEVER).where(
        MemberRow.id.in_(sa.bindparam("holders", expanding=True))
    )
