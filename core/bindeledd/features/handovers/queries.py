"""Questions about handovers. Nothing here changes anything."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.queries.rows import find_row, in_sight
from bindeledd.features.handovers.domain import Handover, HandoverNotFound, Pair
from bindeledd.features.handovers.domain.outside import (
    Outside,
    OutsideNotFound,
    Package,
    PackageNotFound,
)
from bindeledd.features.handovers.tables import (
    HandoverRow,
    OutsideRow,
    PackageRow,
    note_place,
    package_place,
)
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import unseal, unseal_or_report


def get_row(
    session: Session, by: Actor, handover_id: UUID, *, for_update: bool = False
) -> tuple[HandoverRow, UUID]:
    """The row and its patient, for the service; refuses what `by` may not see."""
    row = find_row(session, HandoverRow, handover_id, for_update=for_update)
    return in_sight(session, by, row, HandoverNotFound(handover=handover_id))


def find_pending(session: Session, case_id: UUID) -> UUID | None:
    """The handover of the case that waits for an answer, if one does."""
    return session.scalar(
        sa.select(HandoverRow.id).where(
            HandoverRow.case_id == case_id, HandoverRow.state.in_(["sent", "received"])
        )
    )


def handovers_of(session: Session, case_id: UUID, *, patient_id: UUID) -> Sequence[Handover]:
    """The handovers of a case, opened, the latest first. The caller writes down the read."""
    rows = session.scalars(
        sa.select(HandoverRow)
        .where(HandoverRow.case_id == case_id)
        .order_by(HandoverRow.sent_at.desc(), HandoverRow.id)
    )
    return [opened(session, row, patient_id) for row in rows]


def waiting_for(session: Session, team_ids: Iterable[UUID]) -> Sequence[Handover]:
    """Handovers that wait for an answer of these teams, the oldest first, without any words."""
    rows = session.scalars(
        sa.select(HandoverRow)
        .where(
            HandoverRow.to_team_id.in_(list(team_ids)), HandoverRow.state.in_(["sent", "received"])
        )
        .order_by(HandoverRow.sent_at, HandoverRow.id)
    )
    return [row.read() for row in rows]


def opened(session: Session, row: HandoverRow, patient_id: UUID) -> Handover:
    """The value of a row with the words of both sides."""
    bare = row.read()
    said = {}
    for purpose, sealed in (("note", row.note), ("answer", row.answer)):
        if sealed is not None:
            place = note_place(bare, purpose, patient_id)
            said[purpose] = unseal_or_report(session, place, sealed)
    return row.read(said)


def pairs(session: Session, tenant_id: UUID) -> Sequence[Pair]:
    """For each pair of a team and a team or receiver outside: how many handovers were sent, and what became of them."""

    def of(*states: str) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((HandoverRow.state.in_(states), 1), else_=0))

    rows = session.execute(
        sa.select(
            HandoverRow.from_team_id,
            HandoverRow.to_team_id,
            HandoverRow.to_outside_id,
            sa.func.count(),
            of("accepted"),
            of("returned"),
            of("sent", "received"),
        )
        .where(HandoverRow.tenant_id == tenant_id)
        .group_by(HandoverRow.from_team_id, HandoverRow.to_team_id, HandoverRow.to_outside_id)
        .order_by(HandoverRow.from_team_id, HandoverRow.to_team_id, HandoverRow.to_outside_id)
    )
    return [
        Pair(
            from_team_id=sender,
            to_team_id=receiver,
            to_outside_id=outside,
            sent=int(sent),
            accepted=int(accepted),
            returned=int(returned),
            pending=int(pending),
        )
        for sender, receiver, outside, sent, accepted, returned, pending in rows
    ]


# --- receivers outside, and what went to them ------------------------------------------------------


def outsiders(session: Session, tenant_id: UUID, *, every: bool = False) -> Sequence[Outside]:
    """The register, by organisation and unit; with `every` also those no longer used."""
    asked = sa.select(OutsideRow).where(OutsideRow.tenant_id == tenant_id)
    if not every:
        asked = asked.where(OutsideRow.active)
    rows = session.scalars(asked.order_by(OutsideRow.organisation, OutsideRow.unit))
    return [row.read() for row in rows]


def get_outside(session: Session, tenant_id: UUID, outside_id: UUID) -> Outside:
    return get_outside_row(session, tenant_id, outside_id).read()


def called(session: Session, tenant_id: UUID, outside_id: UUID) -> str:
    """The name of a receiver of the register. Raises `OutsideNotFound`."""
    return get_outside(session, tenant_id, outside_id).name


def get_outside_row(session: Session, tenant_id: UUID, outside_id: UUID) -> OutsideRow:
    row = session.get(OutsideRow, outside_id)
    if row is None or row.tenant_id != tenant_id:
        raise OutsideNotFound(outside=outside_id)
    return row


def has_outside(session: Session, tenant_id: UUID, outside_id: UUID) -> bool:
    """Whether the register has a receiver of this id."""
    row = session.get(OutsideRow, outside_id)
    return row is not None and row.tenant_id == tenant_id


def find_outside(session: Session, tenant_id: UUID, organisation: str, unit: str) -> UUID | None:
    """Who stands in the register under this name."""
    return session.scalar(
        sa.select(OutsideRow.id).where(
            OutsideRow.tenant_id == tenant_id,
            OutsideRow.organisation == organisation,
            OutsideRow.unit == unit,
        )
    )


def get_package_row(
    session: Session, by: Actor, package_id: UUID, *, for_update: bool = False
) -> tuple[PackageRow, UUID]:
    """The row of a package and its patient; refuses what `by` may not see."""
    row = find_row(session, PackageRow, package_id, for_update=for_update)
    return in_sight(session, by, row, PackageNotFound(package=package_id))


def opened_package(session: Session, row: PackageRow, patient_id: UUID) -> Package:
    """The package with what is in it. Raises `Unreadable` where it cannot be read."""
    sent = session.scalar(sa.select(HandoverRow.id).where(HandoverRow.package_id == row.id))
    place = package_place(row.tenant_id, row.id, patient_id)
    return row.read(unseal(session, place, row.content), sent=sent is not None)


def unsent_packages(session: Session, case_id: UUID) -> Sequence[tuple[UUID, UUID, datetime]]:
    """Packages of the case that nobody has said were sent: id, receiver, made; the latest first."""
    rows = session.execute(
        sa.select(PackageRow.id, PackageRow.outside_id, PackageRow.made_at)
        .outerjoin(HandoverRow, HandoverRow.package_id == PackageRow.id)
        .where(PackageRow.case_id == case_id, HandoverRow.id.is_(None))
        .order_by(PackageRow.made_at.desc(), PackageRow.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]
