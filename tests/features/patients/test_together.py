"""Two who register the same person in the same moment: never unseen, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid4

import sqlalchemy as sa

from bindeledd.features.patients import queries, service
from bindeledd.features.patients.domain import HeldIdentifier, Identity
from bindeledd.features.patients.domain.synthetic import synthetic_number
from bindeledd.features.patients.service import finding
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.staff.domain import system
from bindeledd.features.staff.tables import TenantRow
from bindeledd.foundation.db import Database

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
NUMBER = synthetic_number(Random(3))  # noqa: S311


def a_tenant(database: Database) -> UUID:
    tenant = uuid4()
    with database.transaction() as session:
        session.execute(
            sa.insert(TenantRow).values(
                id=tenant, key="t", name="Testhelse", settings={}, made_at=MONDAY
            )
        )
    return tenant


def find_or_register(database: Database, tenant: UUID, start: threading.Barrier) -> None:
    """What intake does: hold the number, look, register where nobody is found."""
    start.wait()
    with database.transaction() as session:
        finding.hold_numbers(session, tenant, [NUMBER])
        if not queries.find_by_number(session, tenant, NUMBER):
            service.register_patient(
                session,
                tenant_id=tenant,
                identity=Identity(identifiers=(HeldIdentifier(identifier=NUMBER),)),
                by=system(tenant),
                at=MONDAY,
            )


def test_of_two_who_look_first_one_registers_and_the_other_finds(fresh_database: Database) -> None:
    tenant = a_tenant(fresh_database)
    start = threading.Barrier(4)
    people = [
        threading.Thread(target=find_or_register, args=(fresh_database, tenant, start))
        for _ in range(4)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(30)

    with fresh_database.transaction() as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(PatientRow))
        assert count == 1
        assert len(queries.find_by_number(session, tenant, NUMBER)) == 1
