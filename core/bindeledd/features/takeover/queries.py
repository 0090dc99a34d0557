"""Questions about take-overs. Nothing here changes anything; who asks writes down the read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
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
    Decided,
    Decision,
    FirstOwed,
    Outcome,
    Reason,
    RowNotOwed,
    State,
    Takeover,
    TakeoverNotFound,
    Why,
    WhyNot,
)
from bindeledd.features.takeover.domain.reading import padded
from bindeledd.features.takeover.tables import (
    RowDecisionRow,
    TakenRow,
    TakeoverRow,
    decision_place,
    row_place,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.written import read_day

K, R, D = TakeoverRow, TakenRow, RowDecisionRow
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
    asked = sa.select(TaskRow.id, TaskRow.due_at)
    owed = asked.where(TaskRow.id.in_([one for one in (row.task_id, row.refused_task_id) if one]))
    due = {one.id: one.due_at for one in session.execute(owed)}
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
        due_at=due[row.task_id],
        signed_at=row.signed_at,
        signed_by=row.signed_by,
        undo_asked_at=row.undo_asked_at,
        undo_asked_by=row.undo_asked_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undecided=0 if row.state == State.UNDONE else undecided(session, row.id),
        refused_due_at=due.get(row.refused_task_id) if row.refused_task_id else None,
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
    of one `outcome` whose number is greater than `after`, at most `limit`.

    Whom the asker may not see is neither named nor opened: such a row is `withheld`.
    """
    shown = _seen(session, row, by)
    asked = (
        sa.select(R, CaseRow.state, ClosureRow.ending, shown, D)
        .outerjoin(D, D.id == R.id)
        .outerjoin(CaseRow, CaseRow.id == R.case_id)
        .outerjoin(ClosureRow, ClosureRow.id == CaseRow.closure_id)
        .where(R.takeover_id == row.id, R.number > after)
        .order_by(R.number)
        .limit(limit)
    )
    if outcome is not None:
        asked = asked.where(R.outcome == outcome)
    if outcome is Outcome.TAKEN:
        asked = asked.where(shown)
    found = session.execute(asked).all()
    opened = [one.patient_id for one, _, _, seen, _ in found if seen and one.patient_id]
    opened += [said.patient_id for *_, seen, said in found if seen and said and said.patient_id]
    keyring.open_keys(session, [row.id, *opened])
    first = first_owed(session, [one.case_id for one, _, _, seen, _ in found if seen])
    return [
        replace(
            _compared(session, one, state, ending) if seen else _withheld(one),
            owed=one.owed,
            decided=None if said is None else _decided(session, said, seen),
            first=first.get(one.case_id),
        )
        for one, state, ending, seen, said in found
    ]


def withheld(session: Session, row: TakeoverRow, *, by: Actor) -> int:
    """How many of its follow-ups the asker may not see."""
    asked = sa.select(sa.func.count()).select_from(R)
    hidden = sa.not_(sees_case(by, CASE))
    if is_shown_whole(session, row, by=by):
        return 0
    mine = asked.where(R.takeover_id == row.id, R.outcome == Outcome.TAKEN)
    return session.scalar(mine.where(hidden)) or 0


def first_owed(
    session: Session, case_ids: Collection[UUID | None]
) -> Mapping[UUID | None, FirstOwed]:
    """What each of these open follow-ups owes first, and by when."""
    asked = (
        sa.select(CaseRow.id, TaskRow.kind, TaskRow.due_at)
        .join(TaskRow, TaskRow.id == CaseRow.next_task_id)
        .where(CaseRow.id.in_([one for one in case_ids if one]), CaseRow.state != "closed")
    )
    return {
        case_id: FirstOwed(kind=kind, due_at=due_at)
        for case_id, kind, due_at in session.execute(asked)
    }


def _seen(session: Session, row: TakeoverRow, by: Actor) -> sa.ColumnElement[bool]:
    """Everybody, for whoever may see the whole of it; else those whom `_shown_row` lets be seen."""
    return sa.true() if is_shown_whole(session, row, by=by) else _shown_row(row, by)


def _shown_row(row: TakeoverRow, by: Actor) -> sa.ColumnElement[bool]:
    """Whom the asker sees; and a refused row that those who lead the team have yet to decide."""
    if row.team_id not in by.leads or row.state == State.UNDONE:
        return sees_case(by, CASE)
    return sa.or_(sees_case(by, CASE), sa.and_(R.owed, D.id.is_(None)))


def _withheld(one: TakenRow) -> Compared:
    return Compared(
        number=one.number,
        outcome=Outcome(one.outcome),
        reasons=_reasons(one),
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


def undecided(session: Session, takeover_id: UUID) -> int:
    """How many of its refused rows wait for a person's answer."""
    waiting = sa.select(sa.func.count()).select_from(R).outerjoin(D, D.id == R.id)
    return session.scalar(waiting.where(R.takeover_id == takeover_id, R.owed, D.id.is_(None))) or 0


def get_owed(session: Session, takeover_id: UUID, number: int) -> TakenRow:
    """A refused row that a person decides. Raises `RowNotOwed`."""
    asked = sa.select(R).where(R.takeover_id == takeover_id, R.number == number, R.owed)
    found = session.scalar(asked)
    if found is None:
        raise RowNotOwed(takeover=takeover_id, row=number)
    return found


def cells_of(session: Session, line: TakenRow) -> Mapping[str, str]:
    """What stood in the cells of a refused row; nothing where that cannot be read."""
    place = row_place(line.tenant_id, line.id, line.takeover_id)
    return keyring.unseal_or_report(session, place, line.cells) or {}


def find_followed(
    session: Session, cells: Mapping[str, str], *, by: Actor
) -> tuple[UUID, UUID] | None:
    """The open follow-up (case, patient) that the asker sees and that fits: by the number where
    that can be read, else by the name and, where both know it, the day of birth. One, or None."""
    ids = _known_by_number(session, cells.get("number", ""), by)
    if ids is not None and not ids:
        return None
    asked = sa.select(CaseRow.id, CaseRow.patient_id).where(
        CaseRow.tenant_id == by.tenant_id, CaseRow.state != "closed", sees_case(by, CaseRow.id)
    )
    if ids is not None:
        asked = asked.where(CaseRow.patient_id.in_(ids))
    found = [(case_id, patient_id) for case_id, patient_id in session.execute(asked)]
    if ids is None:
        fitting = _named(session, [patient for _, patient in found], cells)
        found = [one for one in found if one[1] in fitting]
    return found[0] if len(found) == 1 else None


def _known_by_number(session: Session, number: str, by: Actor) -> list[UUID] | None:
    """Whom the number is, or None where there is none that can be read."""
    try:
        identifier = patients.read_number(session, padded(number)) if number else None
    except Invalid:
        return None
    if identifier is None:
        return None
    return [one.id for one in patients.find_by_number(session, by.tenant_id, identifier)]


def _named(session: Session, ids: Sequence[UUID], cells: Mapping[str, str]) -> set[UUID]:
    name = folded(f"{cells.get('given', '')} {cells.get('family', '')}")
    born = read_day(cells.get("born", "")) if cells.get("born") else None
    listed = patients.get_names(session, ids) if name else {}
    return {
        patient
        for patient, one in listed.items()
        if folded(one.name) == name
        and (born is None or one.born_on is None or one.born_on == born.isoformat())
    }


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
