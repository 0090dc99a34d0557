"""A tenant, somebody who acts, and builders of patients."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.features.staff.tables import TenantRow

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def a_tenant(session: Session) -> UUID:
    tenant_id = uuid4()
    session.execute(
        sa.insert(TenantRow).values(
            id=tenant_id, key=tenant_id.hex, name="Testhelse", settings={}, made_at=MONDAY
        )
    )
    return tenant_id


@pytest.fixture
def tenant(session: Session) -> UUID:
    return a_tenant(session)


@pytest.fixture
def by(tenant: UUID) -> Actor:
    return system(tenant)


def a_member(tenant: UUID, *teams: UUID) -> Actor:
    return Actor(kind=ActorKind.MEMBER, tenant_id=tenant, id=uuid4(), teams=frozenset(teams))
