"""Turning over a tenant's key, while everything runs: `bindeledd keys turn`.

Each batch is a transaction of its own. What was interrupted, however, goes on where it stopped
when it is asked for again; no step makes anything unreadable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients.service.finding import refresh_lookups
from bindeledd.foundation.actors import Actor
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.keyring import Keyring, prove, ring
from bindeledd.foundation.sealing.providers import EnvironmentKeys, FileKeys
from bindeledd.foundation.sealing.rotation import key_status, rewrap_data_keys
from bindeledd.foundation.texts import said

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The version that is turned to; whether it was made now, and how many keys wait for it."""

    version: int
    made: bool
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Turned:
    """How many data keys were wrapped anew; `damaged`: those that could not be opened."""

    version: int
    done: int
    damaged: tuple[UUID, ...]


def begin(database: Database, tenant: UUID) -> Begun:
    """A new version of the tenant's key, unless an earlier turn is not through: then that one.

    Nothing is sealed with it yet by this process: the key file is to be copied first. Raises
    `Misconfigured` where the key comes from somewhere that this product does not write.
    """
    with database.transaction() as session:
        status, keys = key_status(session, tenant), ring(session)
    if status.lost or status.wrong:
        raise Misconfigured(
            "installation.keys_lost",
            where="keys turn",
            lost=said("web.counted.data_keys", count=status.lost),
        )
    if status.to_rewrap:
        return Begun(version=keys.tenant(tenant).newest, made=False, waiting=status.to_rewrap)
    version = _new_version(keys, tenant)
    keys.forget()
    waiting = status.active + status.retired
    return Begun(version=version, made=True, waiting=waiting)


def _new_version(keys: Keyring, tenant: UUID) -> int:
    provider = keys.provider
    if isinstance(provider, FileKeys):
        return provider.add_version(tenant)
    variable: object = said("installation.words.source_of_keys")
    if isinstance(provider, EnvironmentKeys):
        variable = provider.variable
    newest = keys.tenant(tenant).newest
    raise Misconfigured(
        "installation.keys_elsewhere",
        where=variable,
        newest=newest + 1,
    )


def turn(
    database: Database,
    tenant: UUID,
    *,
    by: Actor,
    progress: Progress = lambda _done, _total: None,
    batch: int = BATCH,
) -> Turned:
    """Write the lookup tokens and wrap every data key by the newest version. Bundles stay."""
    with database.transaction() as session:
        prove(session, tenant, at=now())
        status = key_status(session, tenant)
    version = next(v.version for v in status.versions if v.newest)
    _lookups(database, tenant, batch)
    done, damaged, after = 0, list[UUID](), None
    while True:
        with database.transaction() as session:
            step = rewrap_data_keys(session, tenant, after=after, limit=batch)
            done += step.done
            damaged += step.damaged
            if step.after is None:
                _written_down(session, version, done, by)
        progress(done, status.to_rewrap)
        after = step.after
        if after is None:
            return Turned(version=version, done=done, damaged=tuple(damaged))


def _lookups(database: Database, tenant: UUID, batch: int) -> None:
    """Tokens of every version, written before the keys: what is left undone begins again here."""
    after: UUID | None = None
    while True:
        with database.transaction() as session:
            after = refresh_lookups(session, tenant, after=after, limit=batch)
        if after is None:
            return


def _written_down(session: Session, version: int, done: int, by: Actor) -> None:
    facts = {"version": version, "count": done}
    audit.record(session, "keys.turned", by=by, at=now(), facts=facts)
