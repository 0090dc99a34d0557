"""A page of the list with one statement: tasks, the patient's sealed name and its data key.

The statements are built once for each shape of question (how many teams, with or without cursor
and filters). Each team is read by itself from the index (team, due time, id) and stops after a
page, so that a page costs the same however much is owed. Changes nothing.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.queries import visible_cases
from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.features.worklist.domain import ALL, PAGE, Cursor, Filter
from bindeledd.foundation.db import Utc
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import (
    DataKey,
    keep_key,
    ring,
    unseal_or_report,
    unseal_with,
)
from bindeledd.foundation.sealing.tables import DataKeyRow

T, P = TaskRow.__table__.c, PatientRow.__table__.c
R, K = CareRelationRow.__table__.c, DataKeyRow.__table__.c

_OPEN = T.state == sa.literal_column("'open'")
_COLUMNS = (
    T.id,
    T.due_at,
    T.case_id,
    T.subject_id,
    T.kind,
    T.window_from,
    T.owner_team_id,
    T.held_by,
    T.strength,
    T.origin,
    T.seen_until,
    T.version,
    T.step_key,
)
Row = sa.Row[*tuple[Any, ...]]
# Where the patient stands in a row; sealed identity and data key follow.
PATIENT = len(_COLUMNS)


class Shape(NamedTuple):
    """What a statement is built for: how many teams, a cursor or not, which filters are set."""

    teams: int
    after: bool
    held_by: bool
    unheld: bool
    kinds: bool
    acute: bool = False

    @classmethod
    def of(cls, teams: int, after: Cursor | None, chosen: Filter) -> "Shape":
        held = chosen.held_by is not None
        return cls(teams, after is not None, held, chosen.unheld, bool(chosen.kinds))


def _of_team(number: int, shape: Shape) -> sa.Select[*tuple[Any, ...]]:
    """The first page of one team's open tasks, as the index holds them."""
    asked = [T.owner_team_id == sa.bindparam(f"team{number}", type_=sa.Uuid()), _OPEN]
    if shape.after:
        here = sa.tuple_(T.due_at, T.id)
        last = (
            sa.bindparam("after_due", type_=Utc()),
            sa.bindparam("after_id", type_=sa.Uuid()),
        )
        asked.append(here > sa.tuple_(*last))
    if shape.held_by:
        asked.append(T.held_by == sa.bindparam("held_by", type_=sa.Uuid()))
    if shape.unheld:
        asked.append(T.held_by.is_(None))
    if shape.acute:
        asked.append(T.kind == sa.literal_column("'acute_concern'"))
    if shape.kinds:
        asked.append(T.kind.in_(sa.bindparam("kinds", expanding=True)))
    return (
        sa.select(*_COLUMNS)
        .where(*asked)
        .order_by(T.due_at, T.id)
        .limit(sa.literal_column(str(PAGE + 1)))
    )


def _page(shape: Shape) -> sa.Subquery:
    """One page over all teams."""
    if shape.teams == 1:
        return _of_team(0, shape).subquery("page")
    parts = [_of_team(number, shape).subquery().select() for number in range(shape.teams)]
    every = sa.union_all(*parts).subquery()
    return (
        sa.select(every)
        .order_by(every.c.due_at, every.c.id)
        .limit(sa.literal_column(str(PAGE + 1)))
        .subquery("page")
    )


@lru_cache(maxsize=256)
def _rows_of(shape: Shape) -> sa.Select[*tuple[Any, ...]]:
    """The page with patient, sealed identity and data key, and whether a relation lets it be seen."""
    page = _page(shape)
    teams = [sa.bindparam(f"team{number}", type_=sa.Uuid()) for number in range(shape.teams)]
    # Whom it is about, if a relation lets it be seen: asked for each row, never for all of a team.
    seen = (
        sa.select(R.patient_id)
        .where(R.case_id == page.c.case_id, R.team_id.in_(teams), R.until.is_(None))
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    shown = (
        sa.select(page, seen.label("patient_id"))
        .cte("shown")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return (
        sa.select(
            *shown.c,
            P.identity,
            K.version.label("key_version"),
            K.tenant_key_version,
            K.wrapped,
        )
        .select_from(shown)
        .outerjoin(PatientRow.__table__, P.id == shown.c.patient_id)
        .outerjoin(
            DataKeyRow.__table__,
            sa.and_(K.subject_id == P.id, K.state == sa.literal_column("'active'")),
        )
        .order_by(shown.c.due_at, shown.c.id)
        .execution_options(packed=True)
    )


@lru_cache(maxsize=256)
def _marks_of(shape: Shape) -> sa.Select[*tuple[Any, ...]]:
    """What of a page tells that it has changed: nothing that names a patient."""
    page = _page(shape)
    marks = (page.c.id, page.c.version, page.c.due_at, page.c.owner_team_id, page.c.seen_until)
    return sa.select(*marks, page.c.held_by).order_by(page.c.due_at, page.c.id)


def _asked(teams: Sequence[UUID], after: Cursor | None, chosen: Filter) -> dict[str, Any]:
    asked: dict[str, Any] = {f"team{number}": team for number, team in enumerate(teams)}
    if after is not None:
        asked |= {"after_due": after.due_at, "after_id": after.id}
    if chosen.held_by is not None:
        asked["held_by"] = chosen.held_by
    if chosen.kinds:
        asked["kinds"] = list(chosen.kinds)
    return asked


def page_rows(
    session: Session, teams: Sequence[UUID], after: Cursor | None, chosen: Filter
) -> Sequence[Row]:
    """At most a page and one row of open tasks of these teams: one statement."""
    shape = Shape.of(len(teams), after, chosen)
    return session.execute(_rows_of(shape), _asked(teams, after, chosen)).all()


def acute_rows(session: Session, teams: Sequence[UUID]) -> Sequence[Row]:
    """The open acute concerns of these teams, what is due first; from an index of their own."""
    shape = Shape.of(len(teams), None, ALL)._replace(acute=True)
    return session.execute(_rows_of(shape), _asked(teams, None, ALL)).all()


def page_marks(
    session: Session, teams: Sequence[UUID], after: Cursor | None, chosen: Filter
) -> Sequence[Row]:
    """Ids, versions and times of the same rows."""
    shape = Shape.of(len(teams), after, chosen)
    return session.execute(_marks_of(shape), _asked(teams, after, chosen)).all()


def acute_marks(session: Session, teams: Sequence[UUID]) -> Sequence[Row]:
    """The same of the open acute concerns of these teams."""
    shape = Shape.of(len(teams), None, ALL)._replace(acute=True)
    return session.execute(_marks_of(shape), _asked(teams, None, ALL)).all()


def names(session: Session, tenant_id: UUID, rows: Sequence[Row]) -> list[Listed | None]:
    """Whom each row is about, opened with the key that came with it; None without a patient."""
    kept = ring(session).all_kept([row[PATIENT] for row in rows if row[PATIENT] is not None])
    return [
        None if row[PATIENT] is None else _listed(session, tenant_id, row, kept) for row in rows
    ]


def _listed(session: Session, tenant_id: UUID, row: Row, kept: dict[UUID, DataKey]) -> Listed:
    patient, sealed, *wrapping = row[PATIENT:]
    if sealed is None:
        return patients.nobody(patient)
    where = Place(tenant_id, "patients", "identity", patient, patient)
    key = kept.get(patient)
    if key is None and keep_key(session, tenant_id, patient, *wrapping):
        kept |= ring(session).all_kept([patient])
        key = kept.get(patient)
    said = None if key is None else unseal_with(key, where, sealed)
    return patients.listed(patient, said or unseal_or_report(session, where, sealed))


def names_of_cases(
    session: Session, case_ids: Collection[UUID], *, by: Actor
) -> dict[UUID, Listed]:
    """Case → whom it is about, for those that the asker's teams see; one question, and one for
    data keys not opened lately."""
    if not case_ids:
        return {}
    rows = session.execute(
        sa.select(R.case_id, P.id, P.tenant_id, P.identity)
        .join(PatientRow.__table__, P.id == R.patient_id)
        .where(R.case_id.in_(case_ids), R.case_id.in_(visible_cases(by)))
        .distinct()
    ).all()
    names = patients.open_names(session, [row[1:] for row in rows])
    return {row[0]: names[row[1]] for row in rows}
