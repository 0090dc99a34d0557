"""Which take-overs somebody may look at, sign or undo, and who else confirms an undoing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, Role
from bindeledd.features.takeover.domain import State, Takeover
from bindeledd.features.takeover.domain.refusals import TakeoverNotFound
from bindeledd.features.takeover.queries.comparing import left_open
from bindeledd.features.takeover.queries.deciding import accounted, put_right, undecided
from bindeledd.features.takeover.queries.reopening import tasks_anew
from bindeledd.features.takeover.tables import (
    RowDecisionRow,
    TakenRow,
    TakeoverRow,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.sealing import keyring

K, R, D = TakeoverRow, TakenRow, RowDecisionRow


def _of_leads(by: Actor) -> sa.ColumnElement[bool]:
    """What the teams that the asker leads have to sign; a command sees its tenant."""
    own = K.tenant_id == by.tenant_id
    return own if by.sees_all else sa.and_(own, K.team_id.in_(sorted(by.leads)))


def _shown_to(by: Actor) -> sa.ColumnElement[bool]:
    """What the asker may look at: the privacy officer finds every one, and reads no row by that."""
    return K.tenant_id == by.tenant_id if "privacy" in by.grants else _of_leads(by)


def _undone_by(by: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(K.tenant_id == by.tenant_id, K.undone_by == by.id) if by.id else sa.false()


def get_row(session: Session, takeover_id: UUID, *, by: Actor, at: datetime) -> TakeoverRow:
    """The take-over, to look at, also for whoever may confirm that it is undone: they see its
    numbers. Raises `TakeoverNotFound`."""
    found = session.scalar(sa.select(K).where(K.id == takeover_id, _shown_to(by)))
    if found is None:
        found = session.scalar(sa.select(K).where(K.id == takeover_id, K.tenant_id == by.tenant_id))
        if found is not None and not may_confirm(session, found, by=by, at=at):
            found = None
    return _insist(found)


def other_leads(session: Session, row: TakeoverRow, at: datetime) -> list[str]:
    """The names of those who lead its team, without the one who asked for undoing it."""
    leads = staff.leads(session, row.team_id, at)
    return [one.name for one in leads if one.id != row.undo_asked_by]


def may_confirm(session: Session, row: TakeoverRow, *, by: Actor, at: datetime) -> bool:
    """Whether the asker may be the second person who undoes it: another lead of the team; where
    it has none, whoever leads another team of the tenant, or an administrator."""
    if row.undo_asked_by in (None, by.id) or row.state != State.UNSIGNED or by.id is None:
        return False
    stands_in = bool(by.leads) or "admin" in by.grants
    return row.team_id in by.leads or (stands_in and not other_leads(session, row, at))


def second(session: Session, row: TakeoverRow, at: datetime) -> tuple[UUID, UUID | None]:
    """Whose task it is to confirm that it is undone: a team, and who of it leads and did not ask.

    The take-over's own team where it has another lead, else the first that somebody else leads;
    nobody by name where only an administrator may, or nobody.
    """
    for team_id in (row.team_id, *sorted(team.id for team in staff.teams(session, row.tenant_id))):
        for one in staff.leads(session, team_id, at):
            if one.id != row.undo_asked_by:
                return team_id, one.id
    return row.team_id, None


def confirmers(session: Session, row: TakeoverRow, at: datetime) -> list[str]:
    """The names of everybody who may confirm that it is undone; none where nobody may."""
    mine = other_leads(session, row, at)
    if mine:
        return mine
    return [
        one.name
        for one, teams, roles in staff.everybody(session, row.tenant_id, at)
        if one.active
        and one.id != row.undo_asked_by
        and ("admin" in roles or Role.LEAD in teams.values())
    ]


def get_row_to_undo(session: Session, takeover_id: UUID, *, by: Actor, at: datetime) -> TakeoverRow:
    """The take-over, locked, for a lead of its team or whoever may confirm that it is undone.

    Raises `TakeoverNotFound`.
    """
    asked = sa.select(K).where(K.id == takeover_id, K.tenant_id == by.tenant_id)
    locked = asked.with_for_update().execution_options(populate_existing=True)
    row = _insist(session.scalar(locked))
    mine = row.team_id in by.leads or may_confirm(session, row, by=by, at=at)
    return _insist(row if mine else None)


def get_row_to_sign(session: Session, takeover_id: UUID, *, by: Actor) -> TakeoverRow:
    """The take-over, locked, if the asker leads its team. Raises `TakeoverNotFound`."""
    asked = sa.select(K).where(K.id == takeover_id, _of_leads(by))
    locked = asked.with_for_update().execution_options(populate_existing=True)
    return _insist(session.scalar(locked))


def _insist(row: TakeoverRow | None) -> TakeoverRow:
    if row is None:
        raise TakeoverNotFound()
    return row


def opened(session: Session, row: TakeoverRow) -> Takeover:
    """The value, with the name of the file and its hash."""
    about = keyring.unseal_or_report(session, row.place("about"), row.about) or {}
    asked = sa.select(TaskRow.id, TaskRow.due_at)
    anew = tasks_anew(session, row)
    owed = asked.where(TaskRow.id.in_({row.task_id, row.refused_task_id, *anew} - {None}))
    due = {one.id: one.due_at for one in session.execute(owed)}
    refused_due = [due[one] for one in {row.refused_task_id, *anew} if one in due]
    open_still = left_open(session, row.id) if row.state == State.UNDONE else ()
    return Takeover(
        id=row.id,
        tenant_id=row.tenant_id,
        team_id=row.team_id,
        state=State(row.state),
        rows=row.rows_in,
        taken=row.taken,
        refused=row.refused,
        put_right=put_right(session, row),
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        task_id=row.task_id,
        due_at=due[row.task_id],
        signed_at=row.signed_at,
        signed_by=row.signed_by,
        undo_asked_at=row.undo_asked_at,
        undo_asked_by=row.undo_asked_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undecided=0 if row.state == State.UNDONE else undecided(session, row.id),
        accounted=accounted(session, row.id, State(row.state), open_still),
        refused_due_at=max(refused_due, default=None),
        left_open=open_still,
        file=about.get("file", ""),
        sha256=about.get("sha256", ""),
    )


def takeovers(session: Session, *, by: Actor, at: datetime, limit: int = 50) -> Sequence[Takeover]:
    """Those of the asker's teams, and those that the asker may confirm, or confirmed, are undone:
    unsigned ones first, then the newest."""
    asked = sa.select(K).where(
        K.tenant_id == by.tenant_id, K.state == State.UNSIGNED, K.undo_asked_by.is_not(None)
    )
    mine = [one.id for one in session.scalars(asked) if may_confirm(session, one, by=by, at=at)]
    rows = session.scalars(
        sa.select(K)
        .where(sa.or_(_shown_to(by), K.id.in_(mine), _undone_by(by)))
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
