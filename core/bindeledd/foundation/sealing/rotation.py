"""Turning over keys: rewrap data keys under a new tenant key, say how far it got, erase one.

All of it online: bundles are not touched, only the wrapped data keys. The caller commits after
each step, so that a sweep that was interrupted goes on where it stopped.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.sealing.envelope import Unreadable
from bindeledd.foundation.sealing.keyring import proven, ring
from bindeledd.foundation.sealing.proving import known_checks, wrong_versions
from bindeledd.foundation.sealing.tables import DataKeyRow


class NoSuchSubject(NotFound):
    """There is no data key for this subject in this tenant."""

    code = "sealing.no_such_subject"


@dataclass(frozen=True, kw_only=True)
class Rewrapped:
    """One step of a sweep. `after` is where the next begins; `None` when it is through."""

    done: int
    damaged: tuple[UUID, ...]
    after: tuple[UUID, int] | None


@dataclass(frozen=True, kw_only=True)
class VersionStatus:
    """One version of the tenant's key: whether it is at hand, and how many keys it wraps.

    `wrong`: a key of this number is at hand, and it is not the one that was used here.
    """

    version: int
    at_hand: bool
    wrong: bool
    newest: bool
    wraps: int


@dataclass(frozen=True, kw_only=True)
class KeyStatus:
    """What `bindeledd keys status` prints for a tenant. `lost` counts keys nobody can open."""

    tenant_id: UUID
    versions: tuple[VersionStatus, ...]
    active: int
    retired: int
    destroyed: int

    @property
    def to_rewrap(self) -> int:
        return sum(v.wraps for v in self.versions if v.at_hand and not v.newest)

    @property
    def lost(self) -> int:
        return sum(v.wraps for v in self.versions if not v.at_hand)

    @property
    def wrong(self) -> tuple[int, ...]:
        return tuple(v.version for v in self.versions if v.wrong)


def rewrap_data_keys(
    session: Session,
    tenant_id: UUID,
    *,
    after: tuple[UUID, int] | None = None,
    limit: int = 500,
) -> Rewrapped:
    """Wrap the next data keys by the newest version of the tenant's key.

    Safe to run twice, by two at once and after a crash: each row changes only from the version
    that was read. Keys that cannot be opened are left as they are and named.
    """
    keys = ring(session)
    newest = proven(session, tenant_id).newest
    rows = session.execute(_to_rewrap(tenant_id, newest, after, limit)).all()
    changed, damaged = [], []
    for row in rows:
        try:
            material = keys.unwrapped(
                tenant_id, row.subject_id, row.version, row.tenant_key_version, row.wrapped
            )
        except Unreadable:
            damaged.append(row.subject_id)
            continue
        wrapped = keys.wrapped(tenant_id, row.subject_id, row.version, material)
        changed.append(
            {
                "subject": row.subject_id,
                "which": row.version,
                "was": row.tenant_key_version,
                "newest": newest,
                "fresh": wrapped,
            }
        )
    if changed:
        session.connection().execute(_REWRAP, changed)
    last = (rows[-1].subject_id, rows[-1].version) if len(rows) == limit else None
    return Rewrapped(done=len(changed), damaged=tuple(damaged), after=last)


_REWRAP = (
    sa.update(DataKeyRow)
    .where(
        DataKeyRow.subject_id == sa.bindparam("subject"),
        DataKeyRow.version == sa.bindparam("which"),
        DataKeyRow.tenant_key_version == sa.bindparam("was"),
        DataKeyRow.wrapped.is_not(None),
    )
    .values(wrapped=sa.bindparam("fresh"), tenant_key_version=sa.bindparam("newest"))
)


def _to_rewrap(
    tenant_id: UUID, newest: int, after: tuple[UUID, int] | None, limit: int
) -> sa.Select[UUID, int, int, bytes | None]:
    asked = sa.select(
        DataKeyRow.subject_id,
        DataKeyRow.version,
        DataKeyRow.tenant_key_version,
        DataKeyRow.wrapped,
    ).where(
        DataKeyRow.tenant_id == tenant_id,
        DataKeyRow.tenant_key_version != newest,
        DataKeyRow.wrapped.is_not(None),
    )
    if after is not None:
        here = sa.tuple_(DataKeyRow.subject_id, DataKeyRow.version)
        last = sa.tuple_(sa.literal(after[0], sa.Uuid()), sa.literal(after[1]))
        asked = asked.where(here > last)
    return asked.order_by(DataKeyRow.subject_id, DataKeyRow.version).limit(limit)


def key_status(session: Session, tenant_id: UUID) -> KeyStatus:
    """How many data keys each version of the tenant's key wraps, and how many are destroyed.

    An old version may be taken away when it wraps none and the lookups were written anew.
    """
    rows = session.execute(
        sa.select(DataKeyRow.tenant_key_version, DataKeyRow.state, sa.func.count())
        .where(DataKeyRow.tenant_id == tenant_id)
        .group_by(DataKeyRow.tenant_key_version, DataKeyRow.state)
    ).all()
    wraps: dict[int, int] = {}
    states = {"active": 0, "retired": 0, "destroyed": 0}
    for version, state, count in rows:
        states[state] += count
        if state != "destroyed":
            wraps[version] = wraps.get(version, 0) + count
    keys = ring(session).tenant(tenant_id)
    wrong = wrong_versions(known_checks(session, tenant_id), keys.checks)
    return KeyStatus(
        tenant_id=tenant_id,
        versions=tuple(
            VersionStatus(
                version=version,
                at_hand=version in keys.wrap and version not in wrong,
                wrong=version in wrong,
                newest=version == keys.newest,
                wraps=wraps.get(version, 0),
            )
            for version in sorted(wraps.keys() | keys.wrap.keys())
        ),
        **states,
    )


def destroy_subject(session: Session, *, tenant_id: UUID, subject_id: UUID) -> int:
    """Erase a subject: every version of its data key is gone for good, here and in copies made

    from now on. Only under a legal rule that the caller has checked and logged. Gives how many
    versions were destroyed now. Other processes may hold the opened key for up to five minutes.
    """
    mine = (DataKeyRow.tenant_id == tenant_id, DataKeyRow.subject_id == subject_id)
    if not session.scalar(sa.select(sa.func.count()).select_from(DataKeyRow).where(*mine)):
        raise NoSuchSubject(subject=subject_id)
    gone = session.connection().execute(
        sa.update(DataKeyRow)
        .where(*mine, DataKeyRow.state != "destroyed")
        .values(state="destroyed", wrapped=None)
    )
    ring(session).drop([subject_id])
    return gone.rowcount
