"""Deriving where everyone stands, and the statements that were stored. Changes nothing.

The SQL stands in `law.py`; it is shared with nobody.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.rollcall.domain import (
    CLOCK_CHANGE,
    FIRST_PHASE,
    GRACE,
    Beside,
    Handovers,
    Kept,
    Kind,
    PairOfOrganisations,
    Silences,
    Standing,
    Statement,
    StatementNotFound,
    Unaccounted,
    Undecided,
)
from bindeledd.features.rollcall.queries import law
from bindeledd.features.rollcall.tables import RollCallRow
from bindeledd.foundation.db import Utc

_MOMENTS = ("at", "grace", "since", "young", "day_ago", "held")
# The next rung of what raises nothing before it is signed; said here anew, as everything is.
_HELD = datetime(9000, 1, 1, tzinfo=UTC)

_IN_ERROR = "registered_in_error"

_SWEPT = sa.text("SELECT at FROM heartbeats WHERE name = 'sweep'").columns(at=Utc())


def derive(session: Session, tenant_id: UUID, *, silences: Silences, at: datetime) -> Statement:
    """Where every case of the tenant stands at `at`, derived anew from the rows."""
    swept_at = session.execute(_SWEPT).scalar_one_or_none()
    asked = _asked(tenant_id, swept_at, at)
    counted = dict.fromkeys(Standing, 0)
    remainder, astray, registered, in_error = [], [], 0, 0
    for row in session.execute(_standing(silences, at), asked):
        registered = row.registered
        if row.standing == _IN_ERROR:
            in_error += row.many
            counted[Standing.CLOSED_SIGNED] += row.many
        elif row.standing in counted:
            counted[Standing(row.standing)] += row.many
        else:
            remainder.append(Unaccounted(id=row.id, why=row.standing))
        if row.astray:
            astray.append(row.id)
    return Statement(
        tenant_id=tenant_id,
        at=at,
        registered=registered,
        **{standing.value: many for standing, many in counted.items()},
        registered_in_error=in_error,
        remainder=tuple(sorted(remainder, key=lambda one: one.id)),
        pointer_wrong=tuple(sorted(astray)),
        undecided=_undecided(session, asked),
        beside=_beside(session, asked, at),
        swept_at=swept_at,
    )


def _asked(tenant_id: UUID, swept_at: datetime | None, at: datetime) -> dict[str, object]:
    """What every statement is asked with. `alive`: the sweep came to its end lately."""
    alive = swept_at is not None and swept_at >= at - GRACE
    return {
        "tenant": tenant_id,
        "at": at,
        "alive": alive,
        "grace": at - GRACE,
        "since": at - GRACE if alive else at,
        "young": at - FIRST_PHASE,
        "day_ago": at - timedelta(days=1),
        "held": _HELD,
    }


def _prepared(sql: str, **moments: datetime) -> sa.TextClause:
    typed: list[sa.BindParameter[Any]]
    typed = [sa.bindparam(name, type_=Utc()) for name in _MOMENTS if f":{name}" in sql]
    typed += [sa.bindparam(name, value, type_=Utc()) for name, value in moments.items()]
    if ":alive" in sql:
        typed.append(sa.bindparam("alive", type_=sa.Boolean()))
    return sa.text(sql).bindparams(sa.bindparam("tenant", type_=sa.Uuid()), *typed)


def _standing(silences: Silences, at: datetime) -> sa.TextualSelect:
    """The statement with the longest silence of each pathway written into it."""
    given: dict[str, str] = {}
    moments: dict[str, datetime] = {}
    for number, ((pathway_id, version), silence) in enumerate(sorted(silences.items())):
        given |= {f"id{number}": pathway_id, f"version{number}": version}
        first, later = silence.first_30_days, silence.later
        for name, length in (("first", first), ("later", later), ("least", min(first, later))):
            moments[f"{name}{number}"] = at + length + CLOCK_CHANGE
    made = _prepared(law.standing(len(silences)), **moments).bindparams(**given)
    return made.columns(
        standing=sa.Text(),
        astray=sa.Integer(),
        id=sa.Uuid(),
        many=sa.Integer(),
        registered=sa.Integer(),
    )


_UNDECIDED_ASKED = _prepared(law.UNDECIDED).columns(
    standing=sa.Text(), late=sa.Integer(), id=sa.Uuid(), many=sa.Integer()
)
_BESIDE_ASKED = _prepared(law.BESIDE).columns(
    never_reached=sa.Integer(),
    longest=Utc(),
    median=Utc(),
    moved_later=sa.Integer(),
    moved_later_last_day=sa.Integer(),
    counted_anew=sa.Integer(),
    counted_anew_last_day=sa.Integer(),
    takeovers_unsigned=sa.Integer(),
    takeover_rows_undecided=sa.Integer(),
    listed_undecided=sa.Integer(),
    faults_unseen=sa.Integer(),
)
_HANDOVERS_ASKED = _prepared(law.HANDOVERS).columns(
    sent=sa.Integer(), accepted=sa.Integer(), returned=sa.Integer(), pending=sa.Integer()
)

_PAIRS_ASKED = _prepared(law.PAIRS).columns(
    sender=sa.Text(),
    receiver=sa.Text(),
    sent=sa.Integer(),
    accepted=sa.Integer(),
    returned=sa.Integer(),
    pending=sa.Integer(),
)


def _only(asked: dict[str, object], sql: str) -> dict[str, object]:
    return {name: value for name, value in asked.items() if f":{name}" in sql}


def _undecided(session: Session, asked: dict[str, object]) -> Undecided:
    waiting, overdue, unseen = 0, 0, []
    for row in session.execute(_UNDECIDED_ASKED, _only(asked, law.UNDECIDED)):
        waiting += row.many
        overdue += row.many * row.late
        if row.id is not None:
            unseen.append(Unaccounted(id=row.id, why=row.standing))
    unseen.sort(key=lambda one: one.id)
    return Undecided(waiting=waiting, overdue=overdue, unseen=tuple(unseen))


def _beside(session: Session, asked: dict[str, object], at: datetime) -> Beside:
    row = session.execute(_BESIDE_ASKED, _only(asked, law.BESIDE)).one()
    handed = session.execute(_HANDOVERS_ASKED, _only(asked, law.HANDOVERS)).one()
    return Beside(
        never_reached=row.never_reached,
        longest_days_since_reached=_days(row.longest, at),
        median_days_since_reached=_days(row.median, at),
        moved_later=row.moved_later,
        moved_later_last_day=row.moved_later_last_day,
        counted_anew=row.counted_anew,
        counted_anew_last_day=row.counted_anew_last_day,
        handovers=Handovers(**handed._mapping),
        takeovers_unsigned=row.takeovers_unsigned,
        takeover_rows_undecided=row.takeover_rows_undecided,
        listed_undecided=row.listed_undecided,
        pairs=tuple(
            PairOfOrganisations(**row._mapping)
            for row in session.execute(_PAIRS_ASKED, _only(asked, law.PAIRS))
        ),
        faults_unseen=row.faults_unseen,
    )


def _days(since: datetime | None, at: datetime) -> int | None:
    return None if since is None else max((at - since).days, 0)


# --- the statements that were stored ---------------------------------------------------------------


def get_statement(session: Session, tenant_id: UUID, statement_id: UUID) -> Kept:
    """A stored statement. Raises `StatementNotFound`, also when it is another tenant's."""
    row = session.get(RollCallRow, statement_id)
    if row is None or row.tenant_id != tenant_id:
        raise StatementNotFound(statement=statement_id)
    return row.read()


def find_latest(session: Session, tenant_id: UUID, kind: Kind | None = None) -> Kept | None:
    """The statement that was stored last, of a kind where it is given."""
    found = _statements(tenant_id).limit(1)
    if kind is not None:
        found = found.where(RollCallRow.kind == kind)
    row = session.scalar(found)
    return None if row is None else row.read()


def morning_statements(session: Session, tenant_id: UUID, *, limit: int = 30) -> Sequence[Kept]:
    """The statements that leads read and sign, the newest first."""
    rows = _statements(tenant_id).where(RollCallRow.kind == Kind.MORNING).limit(limit)
    return [row.read() for row in session.scalars(rows)]


def _statements(tenant_id: UUID) -> sa.Select[RollCallRow]:
    return (
        sa.select(RollCallRow)
        .where(RollCallRow.tenant_id == tenant_id)
        .order_by(RollCallRow.at.desc(), RollCallRow.id.desc())
    )
