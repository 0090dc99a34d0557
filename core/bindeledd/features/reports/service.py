"""Keeping what a pack made of the numbers, and showing it to a lead; both are written down."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.reports import queries
from bindeledd.features.reports.domain import Declared, LeadsOnly, Made, Numbers, Table, as_json
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.staff.domain import Actor, system


def keep(
    session: Session, tenant_id: UUID, name: str, table: Table, *, numbers: Numbers, at: datetime
) -> None:
    """Keep the table in the place of the one before."""
    counted = {
        "since": numbers.since.isoformat(),
        "until": numbers.until.isoformat(),
        "least": numbers.least,
    }
    session.merge(
        ReportRow(
            tenant_id=tenant_id, name=name, made_at=at, counted=counted, content=as_json(table)
        )
    )
    facts = {"report": name, **counted}
    audit.record(session, "report.made", by=system(tenant_id), at=at, facts=facts)


def show(
    session: Session, declared: Sequence[Declared], *, by: Actor, at: datetime
) -> Mapping[str, Made]:
    """Report → what was made of it last, for a lead. Raises `LeadsOnly`."""
    if not by.sees_all and not by.leads:
        raise LeadsOnly()
    found = queries.made_last(session, by.tenant_id, [one.name for one in declared])
    facts = {"reports": sorted(found)}
    audit.record(session, "report.shown", by=by, at=at, facts=facts, purpose="admin")
    return found
