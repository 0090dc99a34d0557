"""Questions about who may see whom and who is logged in. Nothing here changes anything."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bindeledd.features.access.domain import OutOfSight, RelationKind, Scope, Token
from bindeledd.features.access.tables import CareRelationRow, SessionRow, TokenRow
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.staff.tables import (
    DutyRow,
    GrantRow,
    InstallationRow,
    MemberRow,
    MembershipRow,
)
from bindeledd.foundation.db import table

R = CareRelationRow


# --- who may see ----------------------------------------------------------------------------------


def visible_cases(actor: Actor) -> sa.Select[UUID]:
    """The ids of the cases that the actor may see, for `case_id.in_(…)`."""
    if actor.sees_all:
        return sa.select(R.case_id).where(R.tenant_id == actor.tenant_id)
    return sa.select(R.case_id).where(
        R.tenant_id == actor.tenant_id, R.team_id.in_(sorted(actor.teams)), R.until.is_(None)
    )


def cases_of_before(actor: Actor, teams: Collection[UUID]) -> sa.Select[UUID]:
    """The ids of the cases to which one of the teams has, or once had, a care relation: what they
    wrote there may be theirs to finish. It gives sight of nothing by itself."""
    return sa.select(R.case_id).where(R.tenant_id == actor.tenant_id, R.team_id.in_(sorted(teams)))


def owner_at(
    case_id: sa.SQLColumnExpression[UUID],
    at: sa.SQLColumnExpression[datetime] | sa.SQLColumnExpression[datetime | None],
    *,
    just_before: bool = False,
) -> sa.ScalarSelect[UUID]:
    """For one query: the team that answered for the case then; before the first, the first one.

    In the moment of a handover it is the team that takes over, `just_before` the one that hands on.
    """
    owner = aliased(R)
    began = owner.since < at if just_before else owner.since <= at
    return (
        sa.select(owner.team_id)
        .where(owner.case_id == case_id, owner.kind == RelationKind.OWNER.value)
        .order_by(sa.case((began, 0), else_=1), sa.case((began, owner.since)).desc(), owner.since)
        .limit(1)
        .correlate_except(owner)
        .scalar_subquery()
    )


def visible_patients(actor: Actor) -> sa.Select[UUID]:
    """The ids of the patients of whom the actor may see some case."""
    return visible_cases(actor).with_only_columns(R.patient_id).distinct()


def sees_case(actor: Actor, case_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """A condition for one query: the actor may see the case in column `case_id`."""
    return visible_cases(actor).where(R.case_id == case_id).correlate_except(R).exists()


def sees_patient(actor: Actor, patient_id: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """A condition for one query: the actor may see some case of the patient in the column."""
    return visible_cases(actor).where(R.patient_id == patient_id).correlate_except(R).exists()


def require_case(session: Session, actor: Actor, case_id: UUID) -> UUID:
    """The patient of a case that the actor may see. Anything else: `OutOfSight` (not found)."""
    found = session.scalar(
        visible_cases(actor).with_only_columns(R.patient_id).where(R.case_id == case_id).limit(1)
    )
    if found is None:
        raise OutOfSight(case=case_id)
    return found


def may_see(session: Session, actor: Actor, case_id: UUID) -> bool:
    """Whether the actor may see the case, for where that is no refusal but an answer."""
    try:
        require_case(session, actor, case_id)
    except OutOfSight:
        return False
    return True


def require_patient(session: Session, actor: Actor, patient_id: UUID) -> None:
    """Refuse with `OutOfSight` (not found) unless the actor may see a case of the patient."""
    found = session.scalar(visible_cases(actor).where(R.patient_id == patient_id).limit(1))
    if found is None:
        raise OutOfSight(patient=patient_id)


def teams_of_case(session: Session, case_id: UUID) -> dict[UUID, RelationKind]:
    """The teams with an active relation to the case; owner comes before any other kind."""
    rows = session.execute(
        sa.select(R.team_id, R.kind).where(R.case_id == case_id, R.until.is_(None))
    ).all()
    order = {kind: place for place, kind in enumerate(reversed(RelationKind))}
    ranked = sorted(rows, key=lambda row: order[RelationKind(row.kind)])
    return {row.team_id: RelationKind(row.kind) for row in ranked}


# --- who asks: one statement each -----------------------------------------------------------------


# Asked before everything else, of tables only: nothing of it becomes an object.
M, S, D, G = (table(row).c for row in (MemberRow, MembershipRow, DutyRow, GrantRow))
K, L = table(TokenRow).c, table(SessionRow).c


def _word(text: str) -> sa.ColumnElement[str]:
    """A word of our own in a statement: it says nothing of anybody and is no parameter."""
    return sa.literal_column(f"'{text}'", sa.Text())


def _with_roles(who: sa.CTE) -> sa.CompoundSelect[Any]:
    """The member with teams, leads, teams lent by stand-in or on-call, and grants."""
    at = sa.bindparam("at", type_=S.since.type)
    none = sa.cast(sa.null(), sa.Uuid())
    return sa.union_all(
        sa.select(who, _word("self").label("what"), none.label("team"), _word("-")),
        sa.select(who, _word("team"), S.team_id, S.role).where(
            S.member_id == who.c.id,
            S.since <= at,
            sa.or_(S.until.is_(None), S.until > at),
        ),
        sa.select(who, _word("team"), D.team_id, D.kind).where(
            D.member_id == who.c.id,
            D.kind != _word("hours"),
            D.starts_at <= at,
            D.ends_at > at,
        ),
        sa.select(who, _word("grant"), none, G.role).where(G.member_id == who.c.id),
    ).execution_options(packed=True)


_BY_SESSION = _with_roles(
    sa.select(
        M.id,
        M.tenant_id,
        M.name,
        M.language,
        M.single_keys,
        L.made_at,
        L.seen_at,
        _word(Scope.FULL.value).label("scope"),
    )
    .join(table(SessionRow), L.member_id == M.id)
    .where(
        L.secret_hash == sa.bindparam("secret_hash"),
        L.ended_at.is_(None),
        M.active,
    )
    .cte("who")
)
_BY_TOKEN = _with_roles(
    sa.select(
        M.id,
        M.tenant_id,
        M.name,
        M.language,
        M.single_keys,
        K.made_at,
        K.until.label("seen_at"),
        K.scope,
    )
    .join(table(TokenRow), K.member_id == M.id)
    .where(
        K.secret_hash == sa.bindparam("secret_hash"),
        K.ended_at.is_(None),
        K.until > sa.bindparam("at", type_=S.since.type),
        M.active,
    )
    .cte("who")
)

Found = tuple[Actor, datetime, datetime]


def _actor(rows: Sequence[tuple[Any, ...]], request_id: str | None) -> Found | None:
    if not rows:
        return None
    teams, leads, grants = set(), set(), set()
    for *_, what, team, role in rows:
        if what == "team":
            teams.add(team)
            if role == "lead":
                leads.add(team)
        elif what == "grant":
            grants.add(role)
    member_id, tenant_id, name, language, keys, made_at, seen_at, scope = rows[0][:8]
    actor = Actor(
        kind=ActorKind.MEMBER,
        tenant_id=tenant_id,
        id=member_id,
        name=name,
        teams=frozenset(teams),
        leads=frozenset(leads),
        grants=frozenset(grants),
        language=language,
        keys=keys,
        request_id=request_id,
        reads_only=scope == Scope.READ,
    )
    return actor, made_at, seen_at


def find_by_session(
    session: Session, secret_hash: str, *, at: datetime, request_id: str | None = None
) -> Found | None:
    """The actor of a session that was not ended, and when it was made and last seen."""
    rows = session.execute(_BY_SESSION, {"secret_hash": secret_hash, "at": at}).all()
    return _actor([tuple(row) for row in rows], request_id)


def find_by_token(
    session: Session, secret_hash: str, *, at: datetime, request_id: str | None = None
) -> Actor | None:
    """The actor of a token that holds at `at`."""
    rows = session.execute(_BY_TOKEN, {"secret_hash": secret_hash, "at": at}).all()
    found = _actor([tuple(row) for row in rows], request_id)
    return None if found is None else found[0]


# A token is called by the beginning of its hash.
MARK = 12


def tokens_of(session: Session, tenant_id: UUID, member_id: UUID) -> list[Token]:
    """The tokens of a member that were not ended, the latest first."""
    rows = session.scalars(
        sa.select(TokenRow)
        .where(
            TokenRow.tenant_id == tenant_id,
            TokenRow.member_id == member_id,
            TokenRow.ended_at.is_(None),
        )
        .order_by(TokenRow.made_at.desc(), TokenRow.secret_hash)
    )
    return [
        Token(
            mark=row.secret_hash[:MARK],
            label=row.label,
            scope=Scope(row.scope),
            made_at=row.made_at,
            until=row.until,
        )
        for row in rows
    ]


def demo_logins(session: Session, limit: int = 12) -> list[tuple[str, str, str]]:
    """Log-in name, name and role of some members, for the page where one logs in to a demo."""
    rows = session.execute(
        sa.select(MemberRow.login, MemberRow.name, sa.func.min(MembershipRow.role).label("role"))
        .join(MembershipRow, MembershipRow.member_id == MemberRow.id)
        .where(
            MemberRow.active,
            MemberRow.password_hash.is_not(None),
            MembershipRow.until.is_(None),
            sa.exists().where(InstallationRow.environment == "demo"),
        )
        .group_by(MemberRow.login, MemberRow.name)
        .order_by(MemberRow.login)
        .limit(limit)
    )
    return [(row.login, row.name, row.role) for row in rows]
