"""Is the key that we were given the key that was used here? A check value of each version says so.

The check value is derived from the tenant's key and tells nothing of it. It is written when a
version is first used, and compared before anything is sealed or looked up with it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bindeledd.foundation.db import table
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.tables import KeyCheckRow
from bindeledd.foundation.texts import said

_KNOWN = sa.select(KeyCheckRow.version, KeyCheckRow.value).where(
    KeyCheckRow.tenant_id == sa.bindparam("tenant")
)


def known_checks(session: Session, tenant: UUID) -> Mapping[int, str]:
    """The check values of the tenant's key that were written here, by version."""
    return {row.version: row.value for row in session.execute(_KNOWN, {"tenant": tenant})}


def wrong_versions(known: Mapping[int, str], at_hand: Mapping[int, str]) -> tuple[int, ...]:
    """The versions at hand that are not the keys that were used here."""
    return tuple(v for v, value in sorted(at_hand.items()) if known.get(v, value) != value)


def insist_right(tenant: UUID, known: Mapping[int, str], at_hand: Mapping[int, str]) -> None:
    """Raise `Misconfigured` when a version at hand is another key than the one used here."""
    wrong = wrong_versions(known, at_hand)
    if wrong:
        named = ", ".join(map(str, wrong))
        raise Misconfigured(
            "sealing.another_key",
            where=said("sealing.words.key_of", tenant=tenant),
            named=named,
        )


def write_check(session: Session, tenant: UUID, version: int, value: str, *, at: datetime) -> None:
    """Write the check value of a version that is used for the first time; once is enough."""
    made = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"tenant_id": tenant, "version": version, "value": value, "made_at": at}
    session.connection().execute(
        made.insert(table(KeyCheckRow)).values(values).on_conflict_do_nothing()
    )
