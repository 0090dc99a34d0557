"""Questions about discharge lists. Nothing here changes anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import IS_ASSUMED, LEAVES, CaseRow, EventRow
from bindeledd.features.discharges.domain import Comparison, Outcome
from bindeledd.features.discharges.tables import DischargeListRow
from bindeledd.features.intake.domain.listed import FORMAT
from bindeledd.features.intake.tables import WAITS, MessageRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.staff.tables import ContactPointRow, UnitRow
from bindeledd.foundation.sealing import keyring

L, M = DischargeListRow, MessageRow


def opened(session: Session, row: DischargeListRow) -> Comparison:
    about = keyring.unseal_or_report(session, row.place("about"), row.about) or {}
    return Comparison(
        id=row.id,
        compared_at=row.compared_at,
        compared_by=row.compared_by,
        numbers={outcome: getattr(row, outcome.value) for outcome in Outcome},
        file=about.get("file", ""),
        sha256=about.get("sha256", ""),
    )


def comparisons(session: Session, tenant_id: UUID, *, limit: int = 30) -> Sequence[Comparison]:
    """The lists that were compared, the newest first."""
    rows = session.scalars(
        sa.select(L)
        .where(L.tenant_id == tenant_id)
        .order_by(L.compared_at.desc(), L.id)
        .limit(limit)
    ).all()
    keyring.open_keys(session, [row.id for row in rows])
    return [opened(session, row) for row in rows]


def count_waiting(session: Session, tenant_id: UUID) -> int:
    """How many of all lists are neither followed nor decided, whoever has to answer."""
    return int(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(M)
            .where(
                M.tenant_id == tenant_id,
                M.format == FORMAT,
                WAITS,
            )
        )
        or 0
    )


def unit_points(session: Session, tenant_id: UUID) -> dict[str, tuple[str, str, str]]:
    """(scheme, value, name) of each unit, by its name, its key and each of its addresses, folded.

    A unit without an address in messages has its key as a local one.
    """
    rows = session.execute(
        sa.select(ContactPointRow.scheme, ContactPointRow.value, UnitRow.name, UnitRow.key)
        .select_from(UnitRow)
        .outerjoin(ContactPointRow, ContactPointRow.unit_id == UnitRow.id)
        .where(UnitRow.tenant_id == tenant_id, UnitRow.active)
        .order_by(ContactPointRow.scheme, ContactPointRow.value, UnitRow.key)
    ).all()
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        scheme, value = (row.scheme, row.value) if row.scheme else ("local", row.key)
        for said in (row.name, row.key, value, f"{scheme}:{value}"):
            found.setdefault(folded(said), (scheme, value, row.name))
    return found


def knows_discharge(session: Session, case_id: UUID, at: datetime) -> bool:
    """Whether the follow-up knows of this discharge, by a day more or less, or of a later one.

    One that was only assumed is not known of.
    """
    known = sa.exists().where(
        EventRow.case_id == case_id,
        EventRow.kind == "discharged",
        EventRow.in_error_at.is_(None),
        sa.not_(IS_ASSUMED),
        EventRow.at >= at - timedelta(days=1),
    )
    return bool(session.scalar(sa.select(known)))


# How many spans one question asks about: a database reads no `OR` of any length.
_SPANS = 200


def _some(
    spans: Sequence[tuple[datetime, datetime]],
) -> Iterator[Sequence[tuple[datetime, datetime]]]:
    yield from (spans[start : start + _SPANS] for start in range(0, len(spans), _SPANS))


@dataclass(frozen=True, kw_only=True)
class WentHome:
    """Somebody who is followed, and when they were discharged; `name` is folded."""

    patient_id: UUID
    name: str = field(repr=False)
    at: datetime


def went_home(
    session: Session, tenant_id: UUID, spans: Sequence[tuple[datetime, datetime]]
) -> list[WentHome]:
    """Who of those who are followed was discharged within these spans, both ends included.

    The names of these are opened, and of nobody else.
    """
    rows = [
        row
        for some in _some(spans)
        for row in session.execute(
            sa.select(CaseRow.patient_id, EventRow.at)
            .join(EventRow, EventRow.case_id == CaseRow.id)
            .where(
                EventRow.tenant_id == tenant_id,
                LEAVES,
                EventRow.kind == "discharged",
                sa.not_(IS_ASSUMED),
                sa.or_(*(EventRow.at.between(since, until) for since, until in some)),
            )
        )
    ]
    names = patients.get_names(session, {row.patient_id for row in rows})
    return [
        WentHome(patient_id=patient, name=folded(names[patient].name), at=at)
        for patient, at in rows
        if patient in names
    ]
