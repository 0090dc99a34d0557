"""Whose a message is: the routes of a tenant, and the units by their addresses."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake.domain.facts import ContactPoint
from bindeledd.features.intake.domain.routing import Routes, RouteSaid, read_routes
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.tables import ContactPointRow, UnitRow


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    return tomllib.loads((files("bindeledd.config") / "intake.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A route as a tenant's own settings say it."""

    source: str = "*"
    kinds: tuple[str, ...] = ("*",)
    opens: str = "ask"
    codes: tuple[str, ...] = ()
    codes_from: str = ""


def routes_of(
    session: Session,
    tenant_id: UUID,
    site: Iterable[RouteSaid] = (),
    *,
    accept_tests: bool = False,
) -> Routes:
    """Whose a message is: the tenant's own `routes` first, then the installation's (`site`)."""
    own = staff.tenant_settings(session, tenant_id).get("routes")
    tables = own if isinstance(own, list) else []
    said = [_Said(**{key: _plain(value) for key, value in table.items()}) for table in tables]
    return read_routes(_known(), (*said, *site), accept_tests=accept_tests)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def find_unit(
    session: Session, tenant_id: UUID, points: Sequence[ContactPoint]
) -> tuple[UUID, UUID | None] | None:
    """The unit with the first of these addresses, and its team. One query.

    A unit is known by its own key too, as a local address: packs and lists name it so.
    """
    if not points:
        return None
    wanted = [(point.scheme, point.value) for point in points]
    keys = [value for scheme, value in wanted if scheme == "local"]
    registered = sa.tuple_(ContactPointRow.scheme, ContactPointRow.value).in_(wanted)
    rows = session.execute(
        sa.select(
            ContactPointRow.scheme, ContactPointRow.value, UnitRow.key, UnitRow.id, UnitRow.team_id
        )
        .select_from(UnitRow)
        .outerjoin(ContactPointRow, sa.and_(ContactPointRow.unit_id == UnitRow.id, registered))
        .where(
            UnitRow.tenant_id == tenant_id,
            UnitRow.active,
            sa.or_(ContactPointRow.id.is_not(None), UnitRow.key.in_(keys)),
        )
    ).all()
    found = {("local", row.key): (row.id, row.team_id) for row in rows if row.key in keys}
    found |= {(row.scheme, row.value): (row.id, row.team_id) for row in rows if row.scheme}
    return next((found[point] for point in wanted if point in found), None)
