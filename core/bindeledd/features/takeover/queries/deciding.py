"""Refused rows: which of them wait for an answer, and who of them is followed already."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.queries import sees_case
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover.domain import (
    Decision,
    Followed,
    Outcome,
    Reason,
    State,
    Why,
    is_followed,
)
from bindeledd.features.takeover.domain.reading import padded
from bindeledd.features.takeover.domain.refusals import RowNotOwed
from bindeledd.features.takeover.tables import (
    IS_OWED,
    ReopenedRow,
    RowDecisionRow,
    TakenRow,
    TakeoverRow,
    row_place,
)
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.written import read_day

K, R, D, G = TakeoverRow, TakenRow, RowDecisionRow, ReopenedRow


def undecided(session: Session, takeover_id: UUID) -> int:
    """How many of its refused rows wait for a person's answer."""
    waiting = sa.select(sa.func.count()).select_from(R).outerjoin(D, D.id == R.id)
    return session.scalar(waiting.where(R.takeover_id == takeover_id, IS_OWED, D.id.is_(None))) or 0


def is_put_right(row: TakeoverRow) -> sa.ColumnElement[bool]:
    """Refused first, and taken in as somebody corrected it, before the take-over was signed."""
    before = sa.true() if row.signed_at is None else D.decided_at <= row.signed_at
    return sa.and_(D.decision == Decision.TAKEN_IN, before)


def put_right(session: Session, row: TakeoverRow) -> int:
    """How many of its refused rows stand among the follow-ups that are signed."""
    asked = sa.select(sa.func.count()).select_from(D).where(D.takeover_id == row.id)
    return session.scalar(asked.where(is_put_right(row))) or 0


def get_owed(session: Session, takeover_id: UUID, number: int) -> TakenRow:
    """A refused row that a person decides. Raises `RowNotOwed`."""
    asked = sa.select(R).where(R.takeover_id == takeover_id, R.number == number, IS_OWED)
    found = session.scalar(asked)
    if found is None:
        raise RowNotOwed(takeover=takeover_id, row=number)
    return found


def cells_of(session: Session, line: TakenRow) -> Mapping[str, str]:
    """What stood in the cells of a refused row; nothing where that cannot be read."""
    place = row_place(line.tenant_id, line.id, line.takeover_id)
    return keyring.unseal_or_report(session, place, line.cells) or {}


def accounted(session: Session, takeover_id: UUID, state: State, left_open: Sequence[int]) -> int:
    """How many of its refused rows are of persons who are followed: nobody decides them."""
    refused = R.outcome == Outcome.REFUSED.value
    asked = sa.select(R.reasons).where(R.takeover_id == takeover_id, refused, ~IS_OWED)
    return sum(is_followed(read_reasons(said), state, left_open) for said in session.scalars(asked))


def read_reasons(said: Sequence[Sequence[Any]]) -> tuple[Reason, ...]:
    """Why a row was refused, as it is kept."""
    return tuple(
        Reason(column=column, why=Why(why), row=next(iter(row), None)) for column, why, *row in said
    )


def find_followed(session: Session, cells: Mapping[str, str], *, by: Actor) -> Followed | None:
    """The open follow-up that the asker sees and that fits: by the number where that can be read,
    else by the name and, where both know it, the day of birth. One, or None."""
    return followed_of(session, {0: cells}, by=by).get(0)


def followed_of(
    session: Session, rows: Mapping[int, Mapping[str, str]], *, by: Actor
) -> Mapping[int, Followed]:
    """The same of several rows, by their numbers; without those that no one follow-up fits. Names
    are opened once, and only where a row has no number that can be read."""
    known = {row: _known_by_number(session, one.get("number", ""), by) for row, one in rows.items()}
    ids = {one for found in known.values() for one in found or ()}
    numbered = _open_cases(session, by, ids) if ids else []
    nameless = [row for row, found in known.items() if found is None]
    every = _open_cases(session, by, None) if nameless else []
    listed = patients.get_names(session, {one.patient_id for one in every}) if every else {}
    found: dict[int, Followed] = {}
    for row, cells in rows.items():
        mine = known[row]
        if mine is None:
            fitting = _named(listed, cells)
            fits = [one for one in every if one.patient_id in fitting]
        else:
            fits = [one for one in numbered if one.patient_id in mine]
        if len(fits) == 1:
            found[row] = fits[0]
    return found


def _open_cases(session: Session, by: Actor, ids: Collection[UUID] | None) -> list[Followed]:
    """The open follow-ups that the asker sees, of these people or of anybody."""
    asked = sa.select(CaseRow.id, CaseRow.patient_id, CaseRow.responsible_team_id).where(
        CaseRow.tenant_id == by.tenant_id,
        CaseRow.state != "closed",
        sees_case(by, sa.type_coerce(CaseRow.id, sa.Uuid())),
    )
    if ids is not None:
        asked = asked.where(CaseRow.patient_id.in_(ids))
    return [
        Followed(case_id=case, patient_id=patient, team_id=team)
        for case, patient, team in session.execute(asked)
    ]


def _known_by_number(session: Session, number: str, by: Actor) -> list[UUID] | None:
    """Whom the number is, or None where there is none that can be read."""
    try:
        identifier = patients.read_number(session, padded(number)) if number else None
    except Invalid:
        return None
    if identifier is None:
        return None
    return [one.id for one in patients.find_by_number(session, by.tenant_id, identifier)]


def _named(listed: Mapping[UUID, Listed], cells: Mapping[str, str]) -> set[UUID]:
    name = folded(f"{cells.get('given', '')} {cells.get('family', '')}")
    born = read_day(cells.get("born", "")) if cells.get("born") else None
    return {
        patient
        for patient, one in listed.items()
        if name
        and folded(one.name) == name
        and (born is None or one.born_on is None or one.born_on == born.isoformat())
    }


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
