"""A file is taken over: every row becomes a follow-up or is refused with its reasons.

The original is sealed with its hash first. What it made owed is held: it raises nothing until a
lead has signed. Whoever only tries it rolls the transaction back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.intake.service.owed import owe
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.reminders.service.beginning import hold
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, LeadOnly
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import (
    SIGN,
    Compared,
    Outcome,
    Reason,
    State,
    Takeover,
    Why,
    is_owed,
)
from bindeledd.features.takeover.domain.reading import Row, headings, read_row
from bindeledd.features.takeover.domain.refusals import NothingToTake, SameFile
from bindeledd.features.takeover.service import rows as one_row
from bindeledd.features.takeover.service.desks import a_desk, hold_by
from bindeledd.features.takeover.service.reopening import owe_anew
from bindeledd.features.takeover.service.rows import Desk
from bindeledd.features.takeover.service.showing import with_followed
from bindeledd.features.takeover.tables import TakenRow, TakeoverRow, row_place, takeover_place
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.days import zone_named
from bindeledd.foundation.db import table
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.sealing.sameness import same_tokens
from bindeledd.foundation.sheets import read_sheet


@dataclass(frozen=True, kw_only=True)
class TookOver:
    """The take-over with every row of the file beside what became of it."""

    takeover: Takeover
    rows: Sequence[Compared]


def take_over(
    session: Session,
    *,
    data: bytes,
    name: str,
    team_id: UUID,
    by: Actor,
    at: datetime,
    book: Book,
) -> TookOver:
    """Take a caseload over for a team, from CSV or Excel: see docs/takeover.md for the columns.

    Every follow-up has an open, owned, dated task at once; none raises anything before `sign`. A
    file of which every row is refused is kept as every other. Raises `SheetUnreadable`,
    `SheetTooLarge`, `ColumnUnknown`, `ColumnMissing`, `NothingToTake` (no row), `SameFile`.
    """
    if not by.sees_all and team_id not in by.leads:
        raise LeadOnly(team=team_id)
    desk = a_desk(session, team_id, by=by, at=at, book=book)
    heads, *lines = read_sheet(data)
    keys = headings(heads)
    if not lines:
        raise NothingToTake()
    zone = zone_named(desk.calendar.zone)
    read = [read_row(line, keys, at=at, zone=zone) for line in lines]
    tokens = same_tokens(
        session, tenant_id=by.tenant_id, kind="takeover", text=hashlib.sha256(data).hexdigest()
    )
    known = queries.find_same(session, by.tenant_id, tokens)
    if known is not None:
        raise SameFile(takeover=known.id, at=known.taken_at)
    if any(not row["number"] for row in read):
        desk.followed = queries.names_followed(session, by.tenant_id)
    row = _begin(desk, data, name, tokens[0])
    taken = _take_rows(desk, read)
    compared = list(taken.values())
    _hold(desk, compared, read)
    _insert(session, row, taken)
    _still_followed(desk, taken)
    compared = list(with_followed(session, compared, by=desk.team))
    _audit(desk, row, compared)
    first = queries.first_owed(session, [one.case_id for one in compared])
    rows = [
        replace(one, first=first.get(one.case_id), owed=is_owed(one.outcome, one.reasons))
        for one in compared
    ]
    return TookOver(takeover=queries.opened(session, row), rows=rows)


def _begin(desk: Desk, data: bytes, name: str, fingerprint: str) -> TakeoverRow:
    """Seal the original with its hash, and let the lead owe the signature."""
    session, takeover_id = desk.session, new_id()
    keyring.new_subject(session, tenant_id=desk.tenant, subject_id=takeover_id, at=desk.at)
    about = {"file": name[:200], "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    task = owe(
        session,
        subject_id=takeover_id,
        kind=SIGN,
        team_id=desk.team_id,
        by=desk.writer,
        at=desk.at,
        book=desk.book,
    )
    leads = staff.leads(session, desk.team_id, desk.at)
    if leads:
        session.execute(
            sa.update(table(TaskRow)).where(TaskRow.id == task.id).values(held_by=leads[0].id)
        )
    place = [takeover_place(desk.tenant, takeover_id, what) for what in ("original", "about")]
    return TakeoverRow(
        id=takeover_id,
        tenant_id=desk.tenant,
        team_id=desk.team_id,
        state=State.UNSIGNED.value,
        fingerprint=fingerprint,
        task_id=task.id,
        original=keyring.seal_raw(session, place[0], data),
        about=keyring.seal(session, place[1], about),
        taken_at=desk.at,
        taken_by=desk.by.id,
    )


def _take_rows(desk: Desk, read: Sequence[Row]) -> dict[UUID, Compared]:
    """Each row by itself: what stops one stops no other, and leaves nothing behind."""
    seen: dict[str, int] = {}
    return {row_id: _take_row(desk, one, row_id, seen) for row_id, one in _numbered(read)}


def _numbered(read: Sequence[Row]) -> list[tuple[UUID, Row]]:
    return [(new_id(), one) for one in read]


def _take_row(desk: Desk, row: Row, row_id: UUID, seen: dict[str, int]) -> Compared:
    refused = Compared(number=row.number, outcome=Outcome.REFUSED, cells=row.cells)
    identifier, more = one_row.identify(desk, row)
    reasons = [*row.reasons, *more]
    who = identifier.key if identifier else f"{folded(row.name)}|{row.born_on}"
    if who in seen and not any(reason.column == "number" for reason in reasons):
        reasons.append(Reason(column="", why=Why.TWICE_IN_FILE, row=seen[who]))
    if reasons:
        return replace(refused, reasons=tuple(reasons))
    not_taken = one_row.why_not(desk, row, identifier)
    if not_taken is not None:
        return replace(refused, reasons=(not_taken,))
    try:
        with desk.session.begin_nested():
            case_id, patient_id = one_row.take(desk, row, row_id, identifier)
    except Refusal:
        return replace(refused, reasons=(Reason(column="", why=Why.BY_HAND),))
    seen[who] = row.number
    return Compared(
        number=row.number,
        outcome=Outcome.TAKEN,
        case_id=case_id,
        patient_id=patient_id,
        cells=row.cells,
        case_state="open",
    )


def _hold(desk: Desk, compared: Sequence[Compared], read: Sequence[Row]) -> None:
    """Nothing is raised yet; and each follow-up's tasks are held by whom the file names."""
    taken = {one.number: one.case_id for one in compared if one.case_id is not None}
    owners: dict[UUID, list[UUID]] = {}
    for one in read:
        if one.number in taken:
            owners.setdefault(desk.staff[folded(one["owner"])], []).append(taken[one.number])
    for member, cases in owners.items():
        hold_by(desk, member, cases)
    hold(desk.session, list(taken.values()))


def _insert(session: Session, row: TakeoverRow, compared: Mapping[UUID, Compared]) -> None:
    row.rows_in = len(compared)
    row.taken = sum(one.outcome is Outcome.TAKEN for one in compared.values())
    row.refused = row.rows_in - row.taken
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise SameFile(takeover=row.id) from None
    session.execute(
        sa.insert(table(TakenRow)),
        [_values(session, row, row_id, one) for row_id, one in compared.items()],
    )


def _still_followed(desk: Desk, compared: Mapping[UUID, Compared]) -> None:
    """Whoever was followed when the row was read, and is no more because that take-over was undone
    meanwhile, waits for a person at once."""
    known = {why.case_id for one in compared.values() for why in one.reasons if why.case_id}
    undone = queries.undone_among(desk.session, known)
    owe_anew(desk.session, undone, by=desk.writer, at=desk.at, book=desk.book)


def _values(session: Session, row: TakeoverRow, row_id: UUID, one: Compared) -> dict[str, Any]:
    place = row_place(row.tenant_id, row_id, one.patient_id or row.id)
    return {
        "id": row_id,
        "tenant_id": row.tenant_id,
        "takeover_id": row.id,
        "number": one.number,
        "outcome": one.outcome.value,
        "reasons": [_reason(reason) for reason in one.reasons],
        "owed": is_owed(one.outcome, one.reasons),
        "case_id": one.case_id,
        "patient_id": one.patient_id,
        "followed_id": next((why.case_id for why in one.reasons if why.case_id), None),
        "cells": keyring.seal(session, place, one.cells or {}),
    }


def _reason(one: Reason) -> list[str | int]:
    return [one.column, one.why.value, *([] if one.row is None else [one.row])]


def _shown(rows: Sequence[Compared]) -> list[UUID]:
    """Whom the rows are about, and who is said to be followed already."""
    about = [one.patient_id or (one.followed and one.followed.patient_id) for one in rows]
    return list(dict.fromkeys(one for one in about if one))


def note_tried(session: Session, done: TookOver, *, by: Actor, at: datetime) -> None:
    """Write down whom a trial that was rolled back said to be followed already."""
    about = _shown([one for one in done.rows if one.followed])
    if about:
        audit.record(session, "takeover.tried", by=by, at=at, subjects=about, facts={})


def _audit(desk: Desk, row: TakeoverRow, compared: Sequence[Compared]) -> None:
    audit.record(
        desk.session,
        "takeover.taken",
        by=desk.by,
        at=desk.at,
        subjects=[row.id, *_shown(compared)],
        facts={
            "takeover": row.id,
            "team": row.team_id,
            "rows": row.rows_in,
            "taken": row.taken,
            "refused": row.refused,
        },
    )
