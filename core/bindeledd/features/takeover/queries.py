"""Questions about take-overs. Nothing here changes anything; who asks writes down the read."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.queries import sees_case
from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover.domain import (
    SOURCE,
    Compared,
    Outcome,
    Reason,
    State,
    Takeover,
    TakeoverNotFound,
    Why,
)
from bindeledd.features.takeover.tables import TakenRow, TakeoverRow, row_place
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.sealing import keyring

K, R = TakeoverRow, TakenRow
CASE = sa.type_coerce(R.case_id, sa.Uuid())


def _of_leads(by: Actor) -> sa.ColumnElement[bool]:
    """What the teams that the asker leads have to sign; a command sees its tenant."""
    own = K.tenant_id == by.tenant_id
    return own if by.sees_all else sa.and_(own, K.team_id.in_(sorted(by.leads)))


def _shown_to(by: Actor) -> sa.ColumnElement[bool]:
    """What the asker may look at: the privacy officer finds every one, and reads no row by that."""
    return K.tenant_id == by.tenant_id if "privacy" in by.grants else _of_leads(by)


def get_row(session: Session, takeover_id: UUID, *, by: Actor) -> TakeoverRow:
    """The take-over, to look at. Raises `TakeoverNotFound`."""
    return _insist(session.scalar(sa.select(K).where(K.id == takeover_id, _shown_to(by))))


def get_row_to_sign(session: Session, takeover_id: UUID, *, by: Actor) -> TakeoverRow:
    """The take-over, locked, if the asker leads its team. Raises `TakeoverNotFound`."""
    asked = sa.select(K).where(K.id == takeover_id, _of_leads(by))
    locked = asked.with_for_update().execution_options(populate_existing=True)
    return _insist(session.scalar(locked))


def _insist(row: TakeoverRow | None) -> TakeoverRow:
    if row is None:
        raise TakeoverNotFound()
    return row


def is_shown_whole(session: Session, row: TakeoverRow, *, by: Actor) -> bool:
    """Whether the asker may see everybody in the file.

    A lead has to read the whole file to sign it. After that: whoever sees each follow-up of it now.
    """
    if by.sees_all or (row.state == State.UNSIGNED and row.team_id in by.leads):
        return True
    out_of_sight = (
        sa.select(R.id)
        .where(R.takeover_id == row.id, R.case_id.is_not(None), sa.not_(sees_case(by, CASE)))
        .limit(1)
    )
    return session.scalar(out_of_sight) is None


def opened(session: Session, row: TakeoverRow) -> Takeover:
    """The value, with the name of the file and its hash."""
    about = keyring.unseal_or_report(session, row.place("about"), row.about) or {}
    due_at = session.scalars(sa.select(TaskRow.due_at).where(TaskRow.id == row.task_id)).one()
    return Takeover(
        id=row.id,
        tenant_id=row.tenant_id,
        team_id=row.team_id,
        state=State(row.state),
        rows=row.rows_in,
        taken=row.taken,
        refused=row.refused,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        task_id=row.task_id,
        due_at=due_at,
        signed_at=row.signed_at,
        signed_by=row.signed_by,
        undo_asked_at=row.undo_asked_at,
        undo_asked_by=row.undo_asked_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        file=about.get("file", ""),
        sha256=about.get("sha256", ""),
    )


def takeovers(session: Session, *, by: Actor, limit: int = 50) -> Sequence[Takeover]:
    """Those of the asker's teams: unsigned ones first, then the newest."""
    rows = session.scalars(
        sa.select(K)
        .where(_shown_to(by))
        .order_by(sa.case((K.state == State.UNSIGNED, 0), else_=1), K.taken_at.desc(), K.id)
        .limit(limit)
    ).all()
    keyring.open_keys(session, [row.id for row in rows])
    return [opened(session, row) for row in rows]


def find_same(session: Session, tenant_id: UUID, tokens: Collection[str]) -> TakeoverRow | None:
    """The take-over of the same bytes that stands (is not undone)."""
    return session.scalar(
        sa.select(K).where(
            K.tenant_id == tenant_id, K.fingerprint.in_(tokens), K.state != State.UNDONE
        )
    )


def compared(session: Session, row: TakeoverRow, *, by: Actor) -> Sequence[Compared]:
    """Every row of the file beside what became of it, in the order of the file.

    Whom the asker may not see is neither named nor opened: such a row is `withheld`.
    """
    shown = sa.true() if is_shown_whole(session, row, by=by) else sees_case(by, CASE)
    found = session.execute(
        sa.select(R, CaseRow.state, ClosureRow.ending, shown)
        .outerjoin(CaseRow, CaseRow.id == R.case_id)
        .outerjoin(ClosureRow, ClosureRow.id == CaseRow.closure_id)
        .where(R.takeover_id == row.id)
        .order_by(R.number)
    ).all()
    opened = [one.patient_id for one, _, _, seen in found if seen and one.patient_id]
    keyring.open_keys(session, [row.id, *opened])
    return [
        _compared(session, one, state, ending) if seen else _withheld(one)
        for one, state, ending, seen in found
    ]


def _withheld(one: TakenRow) -> Compared:
    return Compared(
        number=one.number,
        outcome=Outcome(one.outcome),
        reasons=_reasons(one),
        withheld=True,
    )


def _reasons(one: TakenRow) -> tuple[Reason, ...]:
    return tuple(Reason(column=column, why=Why(why)) for column, why in one.reasons)


def _compared(session: Session, one: TakenRow, state: str | None, ending: str | None) -> Compared:
    place = row_place(one.tenant_id, one.id, one.patient_id or one.takeover_id)
    return Compared(
        number=one.number,
        outcome=Outcome(one.outcome),
        reasons=_reasons(one),
        case_id=one.case_id,
        patient_id=one.patient_id,
        cells=keyring.unseal_or_report(session, place, one.cells),
        case_state=ending or state or "",
    )


def cases_of(session: Session, takeover_id: UUID) -> list[UUID]:
    """The follow-ups that its rows became."""
    return list(
        session.scalars(
            sa.select(R.case_id)
            .where(R.takeover_id == takeover_id, R.case_id.is_not(None))
            .order_by(R.number)
        )
    )


def patients_of(session: Session, takeover_id: UUID) -> list[UUID]:
    """Whom its rows that were taken are about."""
    return list(
        session.scalars(
            sa.select(R.patient_id)
            .where(R.takeover_id == takeover_id, R.patient_id.is_not(None))
            .order_by(R.number)
        )
    )


def worked_on(session: Session, case_ids: Collection[UUID], since: Any) -> set[UUID]:
    """Those in which something was recorded after the take-over itself."""
    return set(
        session.scalars(
            sa.select(EventRow.case_id)
            .where(
                EventRow.case_id.in_(case_ids),
                EventRow.recorded_at > since,
                EventRow.source != SOURCE,
            )
            .distinct()
        )
    )


def names_followed(session: Session, tenant_id: UUID) -> dict[str, set[str | None]]:
    """The names of everybody with an open follow-up, folded, with their birth dates."""
    ids = session.scalars(
        sa.select(CaseRow.patient_id).where(
            CaseRow.tenant_id == tenant_id, CaseRow.state != "closed"
        )
    ).all()
    found: dict[str, set[str | None]] = {}
    for listed in patients.get_names(session, ids).values():
        found.setdefault(folded(listed.name), set()).add(listed.born_on)
    return found
