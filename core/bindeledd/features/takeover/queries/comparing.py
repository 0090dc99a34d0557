"""The rows of a file beside what became of them, as far as the asker may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bindeledd.features.access.queries import sees_case
from bindeledd.features.cases.domain import Event
from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow, read_event
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover.domain import (
    Compared,
    Decided,
    Decision,
    FirstOwed,
    Outcome,
    State,
    WhyNot,
    is_worked_on,
)
from bindeledd.features.takeover.queries.deciding import is_put_right, read_reasons
from bindeledd.features.takeover.tables import (
    IS_OWED,
    RowDecisionRow,
    TakenRow,
    TakeoverRow,
    decision_place,
    row_place,
)
from bindeledd.features.tasks.domain import TaskState
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.sealing import keyring

K, R, D = TakeoverRow, TakenRow, RowDecisionRow
# The follow-up of a row: what it became, or what somebody said that a refused one is.
CASE = sa.type_coerce(sa.func.coalesce(R.case_id, D.case_id), sa.Uuid())


def is_shown_whole(session: Session, row: TakeoverRow, *, by: Actor) -> bool:
    """Whether the asker may see everybody in the file.

    A lead has to read the whole file to sign it. After that: whoever sees each follow-up of it now.
    """
    if by.sees_all or (row.state == State.UNSIGNED and row.team_id in by.leads):
        return True
    out_of_sight = (
        sa.select(R.id)
        .outerjoin(D, D.id == R.id)
        .where(R.takeover_id == row.id, CASE.is_not(None), sa.not_(sees_case(by, CASE)))
        .limit(1)
    )
    return session.scalar(out_of_sight) is None


def compared(
    session: Session,
    row: TakeoverRow,
    *,
    by: Actor,
    outcome: Outcome | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[Compared]:
    """Rows of the file beside what became of them, in the order of the file: all of them, or those
    of one `outcome` whose number is greater than `after`, at most `limit`. With those that were
    taken stand those that were refused and put right before the signature, as they were put right.

    Whom the asker may not see is neither named nor opened: such a row is `withheld`.
    """
    shown = _seen(session, row, by)
    asked = (
        sa.select(R, CaseRow.state, ClosureRow.ending, shown, IS_OWED, D)
        .outerjoin(D, D.id == R.id)
        .outerjoin(CaseRow, CaseRow.id == (CASE if outcome is Outcome.TAKEN else R.case_id))
        .outerjoin(ClosureRow, ClosureRow.id == CaseRow.closure_id)
        .where(R.takeover_id == row.id, R.number > after)
        .order_by(R.number)
        .limit(limit)
    )
    if outcome is Outcome.TAKEN:
        asked = asked.where(shown, sa.or_(R.outcome == outcome, is_put_right(row)))
    elif outcome is not None:
        asked = asked.where(R.outcome == outcome)
    found = session.execute(asked).all()
    opened = [one.patient_id for one, _, _, seen, *_ in found if seen and one.patient_id]
    opened += [said.patient_id for *_, seen, _, said in found if seen and said and said.patient_id]
    keyring.open_keys(session, [row.id, *opened])
    right = {said.id: said for *_, said in found if said is not None and outcome is Outcome.TAKEN}
    became = {
        one.id: right[one.id].case_id if one.id in right else one.case_id for one, *_ in found
    }
    first = first_owed(session, [became[one.id] for one, _, _, seen, *_ in found if seen])
    return [
        replace(
            _compared(session, one, state, ending, right.get(one.id)) if seen else _withheld(one),
            owed=owed,
            decided=None if said is None else _decided(session, said, seen),
            first=first.get(became[one.id]),
        )
        for one, state, ending, seen, owed, said in found
    ]


def withheld(session: Session, row: TakeoverRow, *, by: Actor) -> int:
    """How many of its follow-ups the asker may not see."""
    asked = sa.select(sa.func.count()).select_from(R)
    hidden = sa.not_(sees_case(by, CASE))
    if by.sees_all or (row.team_id in by.leads and is_shown_whole(session, row, by=by)):
        return 0
    mine = asked.outerjoin(D, D.id == R.id).where(
        R.takeover_id == row.id, sa.or_(R.outcome == Outcome.TAKEN, is_put_right(row))
    )
    return session.scalar(mine.where(hidden)) or 0


def first_owed(
    session: Session, case_ids: Collection[UUID | None]
) -> Mapping[UUID | None, FirstOwed]:
    """What each of these open follow-ups owes first, and by when.

    Of what is due at one moment it is always the same, so that two comparisons of a list agree.
    """
    first, same = aliased(TaskRow), aliased(TaskRow)
    asked = (
        sa.select(CaseRow.id, same.kind, same.step_key, same.due_at)
        .join(first, first.id == CaseRow.next_task_id)
        .join(same, sa.and_(same.case_id == CaseRow.id, same.due_at == first.due_at))
        .where(
            CaseRow.id.in_([one for one in case_ids if one]),
            CaseRow.state != "closed",
            same.state == TaskState.OPEN.value,
        )
        .order_by(CaseRow.id, same.kind.desc(), same.step_key.desc(), same.id)
    )
    return {
        case_id: FirstOwed(kind=kind, step_key=step_key, due_at=due_at)
        for case_id, kind, step_key, due_at in session.execute(asked)
    }


def _seen(session: Session, row: TakeoverRow, by: Actor) -> sa.ColumnElement[bool]:
    """Everybody, for a lead of the team who may see the whole of it; else whom the asker sees."""
    if row.team_id not in by.leads and not by.sees_all:
        return sees_case(by, CASE)
    return sa.true() if is_shown_whole(session, row, by=by) else _shown_row(row, by)


def _shown_row(row: TakeoverRow, by: Actor) -> sa.ColumnElement[bool]:
    """Whom the asker sees; and a refused row that those who lead the team have yet to decide."""
    if row.team_id not in by.leads or row.state == State.UNDONE:
        return sees_case(by, CASE)
    return sa.or_(sees_case(by, CASE), sa.and_(IS_OWED, D.id.is_(None)))


def _withheld(one: TakenRow) -> Compared:
    return Compared(
        number=one.number,
        outcome=Outcome(one.outcome),
        reasons=read_reasons(one.reasons),
        withheld=True,
    )


def _decided(session: Session, said: RowDecisionRow, seen: bool) -> Decided:
    """What was said; whom it is about, and the words, only where the row itself is shown."""
    place = decision_place(said.tenant_id, said.id, said.patient_id or said.takeover_id)
    words = (keyring.unseal_or_report(session, place, said.said) or {}) if seen else {}
    return Decided(
        decision=Decision(said.decision),
        reason=None if said.reason is None else WhyNot(said.reason),
        case_id=said.case_id if seen else None,
        by=said.decided_by,
        at=said.decided_at,
        words=words.get("words"),
    )


def _compared(
    session: Session,
    one: TakenRow,
    state: str | None,
    ending: str | None,
    right: RowDecisionRow | None,
) -> Compared:
    """The row as it stood in the file, or as it was put `right`."""
    became = right or one
    return Compared(
        number=one.number,
        outcome=Outcome(one.outcome),
        reasons=read_reasons(one.reasons),
        case_id=became.case_id,
        patient_id=became.patient_id,
        cells=_cells(session, one) if right is None else _cells_put_right(session, right),
        case_state=ending or state or "",
    )


def _cells(session: Session, one: TakenRow) -> Mapping[str, str] | None:
    place = row_place(one.tenant_id, one.id, one.patient_id or one.takeover_id)
    return keyring.unseal_or_report(session, place, one.cells)


def _cells_put_right(session: Session, said: RowDecisionRow) -> Mapping[str, str] | None:
    place = decision_place(said.tenant_id, said.id, said.patient_id or said.takeover_id)
    opened = keyring.unseal_or_report(session, place, said.said)
    return None if opened is None else opened.get("cells")


def cases_of(session: Session, takeover_id: UUID) -> list[UUID]:
    """The follow-ups that its rows became, at once or as somebody corrected them."""
    became = sa.or_(R.case_id.is_not(None), D.decision == Decision.TAKEN_IN)
    return list(
        session.scalars(
            sa.select(CASE)
            .select_from(R)
            .outerjoin(D, D.id == R.id)
            .where(R.takeover_id == takeover_id, became)
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


def worked_on(session: Session, case_ids: Collection[UUID], since: datetime) -> set[UUID]:
    """Those in which somebody recorded something of the person after the take-over itself."""
    told = session.scalars(
        sa.select(EventRow).where(EventRow.case_id.in_(case_ids), EventRow.recorded_at > since)
    )
    histories: dict[UUID, list[Event]] = {}
    for row in told:
        histories.setdefault(row.case_id, []).append(read_event(row))
    return {case_id for case_id, history in histories.items() if is_worked_on(history, since)}


def left_open(session: Session, takeover_id: UUID) -> tuple[int, ...]:
    """The numbers of its rows whose follow-ups are open, in the order of the file."""
    asked = (
        sa.select(R.number)
        .outerjoin(D, D.id == R.id)
        .join(CaseRow, CaseRow.id == CASE)
        .where(
            R.takeover_id == takeover_id,
            sa.or_(R.case_id.is_not(None), D.decision == Decision.TAKEN_IN),
            CaseRow.state != "closed",
        )
        .order_by(R.number)
    )
    return tuple(session.scalars(asked))
