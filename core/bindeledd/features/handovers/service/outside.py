"""Handing a case over to somebody outside the tenant: prepared, taken out, sent.

The product sends nothing out: a person takes the package out (written down before it leaves),
sends it, and says how. The sender is responsible until acceptance, and our own clock runs until
there is an answer: `answering.py`. Who they are is kept here too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, silent_since
from bindeledd.features.cases.domain.correcting import Outgoing
from bindeledd.features.cases.service import saying
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.handovers import domain, queries
from bindeledd.features.handovers.domain import (
    Handover,
    NotTheSender,
    Way,
    sharing,
)
from bindeledd.features.handovers.domain import outside as rules
from bindeledd.features.handovers.domain.outside import (
    DeathReported,
    Outside,
    OutsideNotFound,
    OutsideTakesPart,
    Package,
    PackageOutdated,
)
from bindeledd.features.handovers.service import Handed, check_sender
from bindeledd.features.handovers.service.writing import (
    event_of,
    insert,
    write_audit,
)
from bindeledd.features.handovers.tables import OutsideRow, PackageRow, package_place
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal


def prepare(
    session: Session,
    case_id: UUID,
    *,
    outside_id: UUID,
    content: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Package:
    """Keep, sealed, what this receiver may see. Nothing has been sent by that.

    Raises `NotTheSender`, `HandoverRuns`, `OutsideNotFound`, `OutsideTakesPart`, `DeathReported`, `NotFound`.
    """
    patient_id = access.require_case(session, by, case_id)
    case = case_queries.get_case(session, case_id, tenant_id=by.tenant_id)
    check_sender(session, by, case.responsible_team_id, case_id)
    _check_alive(session, case_id)
    _used(session, by, outside_id)
    row = PackageRow(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=case_id,
        outside_id=outside_id,
        made_at=at,
        made_by=by.id,
    )
    place = package_place(row.tenant_id, row.id, patient_id)
    row.content = seal(session, place, content)
    session.add(row)
    session.flush()
    package = row.read(content, sent=False)
    _told(session, "package.prepared", package, patient_id, by=by, at=at)
    return package


def _used(session: Session, by: Actor, outside_id: UUID) -> Outside:
    outside = queries.get_outside(session, by.tenant_id, outside_id)
    if not outside.active:
        raise OutsideNotFound(outside=outside_id)
    if not outside.may_take_over:
        raise OutsideTakesPart(outside=outside_id)
    return outside


def _check_alive(session: Session, case_id: UUID, sent_at: datetime | None = None) -> None:
    """A death that was reported stops everything that goes out, until it is refuted.

    What went out before anybody here knew (`sent_at`) may still be written down.
    """
    since = silent_since(case_queries.events_of(session, case_id))
    if since is not None and (sent_at is None or sent_at >= since):
        raise DeathReported(case=case_id)


def show_package(session: Session, package_id: UUID, *, by: Actor, at: datetime) -> Package:
    """The package for one who may see the case. A read that is written down."""
    row, patient_id = queries.get_package_row(session, by, package_id)
    package = queries.opened_package(session, row, patient_id)
    _told(session, "package.shown", package, patient_id, by=by, at=at)
    return package


def take_out(
    session: Session, package_id: UUID, *, form: str, by: Actor, at: datetime, book: Book
) -> Package | None:
    """The package, to leave as a file (`form`: pdf, json). Written down before it leaves.

    None where a death was reported: it is held, which stands in the history. By the responsible
    team only. Raises `NotTheSender`, `CaseClosed`, `PackageOutdated`, `NotFound`.
    """
    row, patient_id = _own_package(session, package_id, by)
    whom = queries.get_outside(session, by.tenant_id, row.outside_id).name
    words = {"whom": whom}
    what = Outgoing.HANDOVER_PACKAGE
    if not may_go_out(session, row.case_id, what, words=words, by=by, at=at, book=book):
        return None
    if _corrected_since(session, row):
        raise PackageOutdated(package=package_id)
    if row.left_at is None:
        row.left_at = at
        session.flush()
    package = queries.opened_package(session, row, patient_id)
    _told(session, "package.left", package, patient_id, by=by, at=at, form=form)
    return package


def _corrected_since(session: Session, row: PackageRow) -> bool:
    """Whether something of the case was marked as an error, or moved away, after it was made."""
    return any(
        event.kind is EventKind.MARKED_IN_ERROR and event.recorded_at > row.made_at
        for event in case_queries.events_of(session, row.case_id)
    )


def _own_package(session: Session, package_id: UUID, by: Actor) -> tuple[PackageRow, UUID]:
    row, patient_id = queries.get_package_row(session, by, package_id, for_update=True)
    case = case_queries.get_case(session, row.case_id, tenant_id=by.tenant_id)
    if not by.sees_all and case.responsible_team_id not in by.teams:
        raise NotTheSender(case=row.case_id, team=case.responsible_team_id)
    return row, patient_id


def send(
    session: Session,
    package_id: UUID,
    *,
    way: Way,
    as_of: datetime | None = None,
    words: Mapping[str, Any],
    why: str = "",
    by: Actor,
    at: datetime,
    book: Book,
) -> Handed:
    """Say that the package was sent, and how. Sent is not received: our own clock begins.

    `why`: where the ground that it was made on is looked at afterwards. Raises `PackageStayed`, `PackageSent`, `HandoverRuns`, `DeathReported`, `WhyNeeded`…
    """
    row, patient_id = _own_package(session, package_id, by)
    saying.locked_version(session, row.case_id, by=by)
    case = case_queries.get_case(session, row.case_id, tenant_id=by.tenant_id)
    sent_at = as_of or at
    package = queries.opened_package(session, row, patient_id)
    rules.check_sending(package, as_of=sent_at, at=at)
    check_sender(session, by, case.responsible_team_id, row.case_id)
    _check_alive(session, row.case_id, sent_at)
    shared = sharing.from_paper(package.content, row.made_by)
    words = words if shared is None else {**words, **shared.said(why)}
    handover = Handover(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=row.case_id,
        from_team_id=case.responsible_team_id,
        to_outside_id=row.outside_id,
        package_id=package_id,
        way=way,
        sent_at=sent_at,
        missing=domain.missing(case_queries.tasks_of(session, row.case_id)),
    )
    receiver = queries.get_outside(session, by.tenant_id, row.outside_id).called
    told = EventKind.HANDOVER_SENT
    event = event_of(told, handover, sent_at, words, shared=shared, receiver=receiver)
    recorded = cases.record(session, row.case_id, [event], by=by, at=at, book=book)
    insert(session, handover, patient_id, words, by=by)
    write_audit(session, handover, patient_id, by=by, at=at)
    return Handed(handover=handover, recorded=recorded)


def _told(
    session: Session,
    act: str,
    package: Package,
    patient_id: UUID,
    *,
    by: Actor,
    at: datetime,
    form: str = "",
) -> None:
    facts: dict[str, UUID | str] = {
        "case": package.case_id,
        "package": package.id,
        "outside": package.outside_id,
    }
    if form:
        facts = {**facts, "form": form}
    audit.record(session, act, by=by, at=at, subjects=[patient_id], facts=facts)


# --- the register ---------------------------------------------------------------------------------


def set_outside(session: Session, outside: Outside, *, by: Actor, at: datetime) -> Outside:
    """Put a receiver in the register, or change the one of this id. Written down.

    Raises `OutsideUnnamed`, `OutsideWithoutWay`, `WrongOrganisationNumber`, `HerWrong`, `OutsideKnown`.
    """
    tidy = rules.checked(outside)
    known = queries.find_outside(session, by.tenant_id, tidy.organisation, tidy.unit)
    if known not in (None, tidy.id):
        raise rules.OutsideKnown(outside=known)
    row = session.get(OutsideRow, tidy.id)
    act = "outside.made" if row is None else "outside.changed"
    if row is None:
        row = OutsideRow(id=tidy.id, tenant_id=by.tenant_id, made_at=at, made_by=by.id)
        session.add(row)
    elif row.tenant_id != by.tenant_id:
        raise OutsideNotFound(outside=tidy.id)
    row.write(tidy)
    session.flush()
    facts = {"outside": tidy.id, "active": tidy.active}
    audit.record(session, act, by=by, at=at, facts=facts, purpose="admin")
    return row.read()
