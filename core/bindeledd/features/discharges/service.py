"""Comparing a discharge list with the register, and showing leads what nobody has decided."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.queries.opening import latest_case
from bindeledd.features.discharges import queries
from bindeledd.features.discharges.domain import (
    ComparedLine,
    Comparison,
    LeadsOnly,
    ListLine,
    NothingListed,
    Outcome,
    Register,
    headings,
    read_line,
    spans_near,
)
from bindeledd.features.discharges.tables import DischargeListRow, ListedRow, list_place
from bindeledd.features.intake import queries as intake
from bindeledd.features.intake.domain.facts import ContactPoint, Moment
from bindeledd.features.intake.domain.listed import FORMAT, Listed
from bindeledd.features.intake.domain.queue import Reason, Waiting
from bindeledd.features.intake.service import listing, receiving
from bindeledd.features.intake.service.desk import Desk
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain import Patient
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.days import zone_named
from bindeledd.foundation.db import table
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.sheets import read_sheet

ZONE, SHOWN = "Europe/Oslo", 200


@dataclass(frozen=True, kw_only=True)
class ComparedList:
    """A list with every line beside what became of it."""

    comparison: Comparison
    lines: Sequence[ComparedLine]


def compare(
    session: Session, *, data: bytes, name: str, by: Actor, at: datetime, book: Book
) -> ComparedList:
    """Compare a list (CSV or Excel) with the register; docs/takeover.md says its columns.

    A discharge that is neither known nor decided waits for a person from now on, with owner and
    clock, also where the person is followed: nothing is owed after it before it is known. A
    line that cannot be compared stops no other. Its three parts may each have a transaction of
    their own. Raises what `read_lines` raises.
    """
    lines = read_lines(data, by=by, at=at)
    register = read_register(session, lines, by=by, at=at)
    compared = [
        compare_line(session, line, register=register, file=name, by=by, at=at, book=book)
        for line in lines
    ]
    return keep_list(session, compared, data=data, name=name, by=by, at=at, book=book)


def read_lines(data: bytes, *, by: Actor, at: datetime) -> list[ListLine]:
    """The lines of a list, before any transaction.

    Raises `LeadsOnly`, `SheetUnreadable`, `SheetTooLarge`, `ColumnUnknown`, `ColumnMissing`,
    `NothingListed`.
    """
    if not by.sees_all and not by.leads:
        raise LeadsOnly()
    heads, *rows = read_sheet(data)
    keys = headings(heads)
    if not rows:
        raise NothingListed()
    return [read_line(row, keys, at=at, zone=zone_named(ZONE)) for row in rows]


def read_register(
    session: Session, lines: Sequence[ListLine], *, by: Actor, at: datetime
) -> Register:
    """What these lines are laid beside: one question about units; one about names where any line
    says who it is by name alone. Whose names were opened is written down."""
    units = queries.unit_points(session, by.tenant_id)
    when = [line.at for line in lines if line.at and line.name and not line.person]
    if not when:
        return Register(units=units)
    found: dict[str, list[datetime]] = {}
    home = queries.went_home(session, by.tenant_id, spans_near(when))
    for one in home:
        found.setdefault(one.name, []).append(one.at)
    about, facts = sorted({one.patient_id for one in home}), {"lines": len(when)}
    audit.record(session, "discharges.names_read", by=by, at=at, subjects=about, facts=facts)
    return Register(units=units, went_home=found)


def compare_line(
    session: Session,
    line: ListLine,
    *,
    register: Register,
    file: str,
    by: Actor,
    at: datetime,
    book: Book,
) -> ComparedLine:
    """One line beside the register; where nobody knows of it, it waits for a person from now on.

    The same line again only says that it waits.
    """
    desk = receiving.desk_of(session, by=by, at=at, book=book)
    return _compare(desk, line, register, file)


def keep_list(
    session: Session,
    compared: Sequence[ComparedLine],
    *,
    data: bytes,
    name: str,
    by: Actor,
    at: datetime,
    book: Book,
) -> ComparedList:
    """Write down that this list was compared, and what became of each line."""
    desk = receiving.desk_of(session, by=by, at=at, book=book)
    row = _keep(desk, data, name, compared)
    facts = {"list": row.id, **{outcome.value: getattr(row, outcome.value) for outcome in Outcome}}
    if row.refused:
        code, tenant = "list_lines_refused", by.tenant_id
        report_fault(session, f"discharges:{tenant}", code, at=at, tenant_id=tenant)
    asked = [one.message_id for one in compared if one.outcome is Outcome.ASKED and one.message_id]
    audit.record(session, "discharges.compared", by=by, at=at, subjects=asked, facts=facts)
    return ComparedList(comparison=queries.opened(session, row), lines=compared)


def _compare(desk: Desk, line: ListLine, register: Register, file: str) -> ComparedLine:
    if line.at is None:
        return _refused(desk, line, file)
    unit = register.units.get(folded(line.unit)) if line.unit else None
    listed = Listed(
        number=line.person,
        name=line.name,
        discharged=Moment(at=line.at, date_only=line.date_only),
        unit=None if unit is None else ContactPoint(scheme=unit[0], value=unit[1], name=unit[2]),
        unit_said=line.unit,
    )
    data, message, identifier = listing.read_line(desk, listed)
    desk.hold(identifier)
    done = ComparedLine(number=line.number, outcome=Outcome.FOLLOWED)
    if _is_followed(desk, desk.find_patient(identifier), line, register):
        return done
    same = listing.same_before(desk, message)
    if listing.waits(desk, identifier) or any(listing.is_waiting(row) for row in same):
        return replace(done, outcome=Outcome.WAITING)
    if same:
        return replace(done, outcome=Outcome.DECIDED, message_id=same[-1].id)
    asked = listing.ask_about(desk, data, message, identifier, file)
    return replace(done, outcome=Outcome.ASKED, message_id=asked.message_id)


def _refused(desk: Desk, line: ListLine, file: str) -> ComparedLine:
    """What cannot be read is lost by nobody: it stands sealed, as it came, until a person answers."""
    why = Reason(f"intake.line_{line.why}")
    kept = listing.keep_unread(desk, line.words.encode(), why, file)
    return ComparedLine(
        number=line.number,
        outcome=Outcome.REFUSED,
        message_id=kept.message_id,
        column=line.column,
        why=line.why,
    )


def _is_followed(desk: Desk, patient: Patient | None, line: ListLine, register: Register) -> bool:
    """An open follow-up that knows of this discharge, or one that was closed after it; by name, the
    same discharge. What an open one was never told of is a message that never came."""
    assert line.at is not None  # noqa: S101
    if patient is None:
        return bool(line.name) and not line.person and register.knows(line.name, line.at)
    last = latest_case(desk.session, tenant_id=desk.tenant, patient_id=patient.id)
    if last is None or cases.in_error(desk.session, last):
        return False
    if last.is_open:
        return queries.knows_discharge(desk.session, last.id, line.at)
    return last.closed_at is not None and last.closed_at >= line.at


def _keep(desk: Desk, data: bytes, name: str, compared: Sequence[ComparedLine]) -> DischargeListRow:
    session, list_id = desk.session, new_id()
    keyring.new_subject(session, tenant_id=desk.tenant, subject_id=list_id, at=desk.at)
    about = {"file": name[:200], "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    counted = Counter(one.outcome for one in compared)
    row = DischargeListRow(
        id=list_id,
        tenant_id=desk.tenant,
        about=keyring.seal(session, list_place(desk.tenant, list_id, "about"), about),
        lines=len(compared),
        **{outcome.value: counted[outcome] for outcome in Outcome},
        compared_at=desk.at,
        compared_by=desk.by.id,
    )
    session.add(row)
    session.flush()
    session.execute(
        sa.insert(table(ListedRow)),
        [
            {
                "id": new_id(),
                "tenant_id": desk.tenant,
                "list_id": list_id,
                "number": one.number,
                "outcome": one.outcome.value,
                "message_id": one.message_id,
            }
            for one in compared
        ],
    )
    return row


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a lead sees: the lists, how many wait anywhere, and those that wait for their teams."""

    comparisons: Sequence[Comparison]
    undecided: int
    waiting: Sequence[Waiting]


def show_lists(session: Session, *, by: Actor, at: datetime) -> Shown:
    """The lists and what nobody has decided, for a lead; written down. Raises `LeadsOnly`."""
    if not by.sees_all and not by.leads:
        raise LeadsOnly()
    theirs = [
        one
        for one in intake.queue(session, by=by, format=FORMAT, limit=SHOWN)
        if by.sees_all or one.team_id in by.leads
    ]
    waiting = intake.with_facts(session, theirs)
    found = queries.comparisons(session, by.tenant_id)
    about: list[UUID] = [one.patient_id or one.id for one in waiting]
    facts = {"lists": [one.id for one in found]}
    audit.record(session, "discharges.shown", by=by, at=at, subjects=about, facts=facts)
    return Shown(
        comparisons=found,
        undecided=queries.count_waiting(session, by.tenant_id),
        waiting=waiting,
    )
