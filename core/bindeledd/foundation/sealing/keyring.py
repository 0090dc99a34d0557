"""The key ring: seals and opens bundles inside a transaction.

A session carries the ring (`session.info[Keyring]`); services and queries call `seal`, `unseal`
(or `unseal_or_report`, where a damaged bundle must not hide the rest) and `lookup_tokens`. Data
keys are opened once and kept for a short while in memory. `rotation.py` rewraps and destroys.
"""

import hashlib
import hmac
import os
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session, SessionTransaction

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing import envelope
from bindeledd.foundation.sealing.envelope import Place, Unreadable
from bindeledd.foundation.sealing.providers import KeyProvider
from bindeledd.foundation.sealing.proving import insist_right, known_checks, write_check
from bindeledd.foundation.sealing.tables import DataKeyRow

_KEPT, _KEPT_FOR = 5000, 300.0
BATCH = 2000
# An opened data key, as `Keyring.all_kept` gives it.
DataKey = AESGCM
ON_UNREADABLE = "sealing.on_unreadable"


@dataclass
class _TenantKeys:
    newest: int
    wrap: Mapping[int, AESGCM]
    index: Mapping[int, bytes]
    checks: Mapping[int, str]
    proven: bool = False


@dataclass
class Keyring:
    """The tenants' keys and the data keys that were opened lately. Safe to share by threads."""

    provider: KeyProvider
    _tenants: dict[UUID, _TenantKeys] = field(default_factory=dict)
    _data: "OrderedDict[tuple[UUID, int], tuple[float, AESGCM]]" = field(
        default_factory=OrderedDict
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _highest: int = 1

    def tenant(self, tenant: UUID) -> _TenantKeys:
        known = self._tenants.get(tenant)
        if known is None:
            known = self._tenants[tenant] = self._read(tenant)
        return known

    def _read(self, tenant: UUID) -> _TenantKeys:
        keys = self.provider.keys(tenant)
        return _TenantKeys(
            newest=keys[-1].version,
            wrap={k.version: AESGCM(_derive(k.material, b"wrap", tenant)) for k in keys},
            index={k.version: _derive(k.material, b"index", tenant) for k in keys},
            checks={k.version: _derive(k.material, b"check", tenant).hex() for k in keys},
        )

    def wrapping(self, tenant: UUID, version: int) -> AESGCM | None:
        """One version of the tenant's wrapping key; another process may have added it lately."""
        found = self.tenant(tenant).wrap.get(version)
        if found is None:
            self._tenants[tenant] = self._read(tenant)
            found = self._tenants[tenant].wrap.get(version)
        return found

    def forget(self) -> None:
        """Drop everything that was opened (a key was revoked, a version was added)."""
        with self._lock:
            self._data.clear()
            self._tenants.clear()

    def drop(self, subjects: Iterable[UUID]) -> None:
        """Drop the data keys of these subjects: destroyed, or made in what was rolled back."""
        with self._lock:
            for subject in set(subjects):
                for version in range(1, self._highest + 1):
                    self._data.pop((subject, version), None)

    def kept(self, subject: UUID, version: int) -> AESGCM | None:
        with self._lock:
            found = self._data.get((subject, version))
            if found is None:
                return None
            if found[0] < time.monotonic():
                del self._data[subject, version]
                return None
            self._data.move_to_end((subject, version))
            return found[1]

    def all_kept(self, subjects: Iterable[UUID]) -> dict[UUID, AESGCM]:
        """The first versions of these subjects' keys, as far as they are opened."""
        now = time.monotonic()
        with self._lock:
            return {
                subject: found[1]
                for subject in subjects
                if (found := self._data.get((subject, 1))) is not None and found[0] >= now
            }

    def keep(self, subject: UUID, version: int, key: AESGCM) -> None:
        with self._lock:
            self._data[subject, version] = (time.monotonic() + _KEPT_FOR, key)
            self._highest = max(self._highest, version)
            while len(self._data) > _KEPT:
                self._data.popitem(last=False)

    def unwrap(
        self, tenant: UUID, subject: UUID, version: int, tenant_version: int, wrapped: bytes | None
    ) -> AESGCM:
        """The data key, opened and kept. Raises `Unreadable` when it is destroyed or damaged."""
        material = self.unwrapped(tenant, subject, version, tenant_version, wrapped)
        key = AESGCM(material)
        self.keep(subject, version, key)
        return key

    def unwrapped(
        self, tenant: UUID, subject: UUID, version: int, tenant_version: int, wrapped: bytes | None
    ) -> bytes:
        """The 32 bytes of a data key. Raises `Unreadable`."""
        if wrapped is None:
            raise Unreadable(subject=subject, key_version=version, key="destroyed")
        wrap = self.wrapping(tenant, tenant_version)
        if wrap is None:
            raise Unreadable(subject=subject, key_version=version, tenant_key=tenant_version)
        try:
            return wrap.decrypt(wrapped[:12], wrapped[12:], _dek_aad(tenant, subject, version))
        except (InvalidTag, ValueError):
            raise Unreadable(subject=subject, key_version=version, key="damaged") from None

    def wrapped(self, tenant: UUID, subject: UUID, version: int, material: bytes) -> bytes:
        """A data key, wrapped by the newest version of the tenant's key."""
        keys = self.tenant(tenant)
        nonce = os.urandom(12)
        aad = _dek_aad(tenant, subject, version)
        return nonce + keys.wrap[keys.newest].encrypt(nonce, material, aad)


def _derive(material: bytes, what: bytes, tenant: UUID) -> bytes:
    """One block of HKDF-Expand (RFC 5869) from key material that is already uniform.

    The tenant is part of it: where one key serves all tenants, their tokens still differ.
    """
    info = b"bindeledd.v1." + what + tenant.bytes
    return hmac.digest(material, info + b"\x01", hashlib.sha256)


def _dek_aad(tenant: UUID, subject: UUID, version: int) -> bytes:
    return b"bindeledd.dek.v1" + tenant.bytes + subject.bytes + struct.pack(">H", version)


def ring(session: Session) -> Keyring:
    """The ring that the session carries."""
    found = session.info.get(Keyring)
    if not isinstance(found, Keyring):
        raise Misconfigured("sealing.no_keys", where="sealing")
    return found


def proven(session: Session, tenant_id: UUID) -> _TenantKeys:
    """The tenant's keys, compared with the check values that were written here.

    Raises `Misconfigured` for another key than the one that was used. Asks the database until
    the newest version stands there, and then no more.
    """
    keys = ring(session).tenant(tenant_id)
    if not keys.proven:
        known = known_checks(session, tenant_id)
        insist_right(tenant_id, known, keys.checks)
        keys.proven = keys.newest in known
    return keys


def prove(session: Session, tenant_id: UUID, *, at: datetime) -> None:
    """Compare the tenant's keys, and write the check value of what is used for the first time."""
    keys = proven(session, tenant_id)
    if not keys.proven:
        write_check(session, tenant_id, keys.newest, keys.checks[keys.newest], at=at)


_KEY = sa.insert(cast(sa.Table, DataKeyRow.__table__))


def new_subject(session: Session, *, tenant_id: UUID, subject_id: UUID, at: datetime) -> None:
    """Make the data key of a new subject. Once for each subject, ever: the database refuses more."""
    keys = ring(session)
    prove(session, tenant_id, at=at)
    material = AESGCM.generate_key(256)
    session.connection().execute(
        _KEY,
        {
            "subject_id": subject_id,
            "version": 1,
            "tenant_id": tenant_id,
            "tenant_key_version": keys.tenant(tenant_id).newest,
            "wrapped": keys.wrapped(tenant_id, subject_id, 1, material),
            "state": "active",
            "made_at": at,
        },
    )
    _forget_if_rolled_back(session, subject_id)
    keys.keep(subject_id, 1, AESGCM(material))


_MADE = "sealing.made"


def _forget_if_rolled_back(session: Session, subject_id: UUID) -> None:
    """A key whose row was rolled back must not seal anything: nobody could open it again.

    So what was made is kept until its transaction (or savepoint) ends, and then read anew.
    """
    made: set[UUID] | None = session.info.get(_MADE)
    if made is None:
        made = session.info[_MADE] = set()
        sa.event.listen(session, "after_transaction_end", _drop_made)
    made.add(subject_id)


def _drop_made(session: Session, transaction: SessionTransaction) -> None:
    made: set[UUID] = session.info[_MADE]
    if transaction.nested or transaction.parent is None:
        ring(session).drop(made)
    if transaction.parent is None:
        made.clear()


_KEYS = sa.select(
    DataKeyRow.subject_id,
    DataKeyRow.version,
    DataKeyRow.tenant_id,
    DataKeyRow.tenant_key_version,
    DataKeyRow.wrapped,
).where(DataKeyRow.subject_id.in_(sa.bindparam("subjects", expanding=True)))
_NEWEST = _KEYS.where(DataKeyRow.state == "active").order_by(DataKeyRow.version.desc()).limit(1)


def open_keys(session: Session, subjects: Iterable[UUID]) -> None:
    """Open the data keys of many subjects with one query, those that are not kept already.

    For as many as are opened at once: at most `BATCH`, so that none is dropped before its use.
    """
    keys = ring(session)
    several = set(subjects)
    wanted = list(several - keys.all_kept(several).keys())
    if not wanted:
        return
    for row in session.execute(_KEYS, {"subjects": wanted}):
        with suppress(Unreadable):  # told where a bundle is opened, for that bundle only
            keys.unwrap(
                row.tenant_id, row.subject_id, row.version, row.tenant_key_version, row.wrapped
            )


def keep_key(
    session: Session,
    tenant: UUID,
    subject: UUID,
    version: int | None,
    tenant_version: int,
    wrapped: bytes | None,
) -> bool:
    """Open a data key that came with a row; whether it could be: one that is damaged shows with its
    own bundle."""
    if version is None:
        return False
    with suppress(Unreadable):
        ring(session).unwrap(tenant, subject, version, tenant_version, wrapped)
        return True
    return False


def _data_key(session: Session, subject: UUID, version: int) -> AESGCM:
    keys = ring(session)
    found = keys.kept(subject, version)
    if found is not None:
        return found
    row = session.execute(
        _KEYS.where(DataKeyRow.version == version), {"subjects": [subject]}
    ).one_or_none()
    if row is None:
        raise Unreadable(subject=subject, key_version=version, key="missing")
    return keys.unwrap(row.tenant_id, subject, version, row.tenant_key_version, row.wrapped)


def _newest_key(session: Session, subject: UUID) -> tuple[int, AESGCM]:
    keys = ring(session)
    found = keys.kept(subject, 1)
    if found is not None:
        return 1, found
    row = session.execute(_NEWEST, {"subjects": [subject]}).one_or_none()
    if row is None:
        raise Unreadable(subject=subject, key="destroyed or never made")
    found = keys.kept(subject, row.version)
    if found is None:
        found = keys.unwrap(
            row.tenant_id, subject, row.version, row.tenant_key_version, row.wrapped
        )
    return row.version, found


def seal(session: Session, place: Place, value: Mapping[str, Any]) -> bytes:
    """`value` sealed for `place`, under the newest data key of the subject."""
    return seal_raw(session, place, envelope.pack(value))


def seal_raw(session: Session, place: Place, plain: bytes) -> bytes:
    """Bytes sealed for `place` (a message as it came in)."""
    version, key = _newest_key(session, place.subject)
    return envelope.seal_bytes(key, version, place, plain)


def unseal(session: Session, place: Place, sealed: bytes) -> dict[str, Any]:
    """The object that was sealed for `place`. Raises `Unreadable` for this bundle only."""
    return envelope.unpack(unseal_raw(session, place, sealed))


def unseal_raw(session: Session, place: Place, sealed: bytes) -> bytes:
    version = envelope.key_version(sealed)
    return envelope.open_bytes(_data_key(session, place.subject, version), place, sealed)


def unseal_or_report(session: Session, place: Place, sealed: bytes) -> dict[str, Any] | None:
    """The object, or `None` when this bundle cannot be read: then whoever listens is told.

    The listener is `session.info[ON_UNREADABLE]`, a function of session, place and refusal; it
    makes the fault that a person sees. Other bundles of the same row are not affected.
    """
    try:
        return unseal(session, place, sealed)
    except Unreadable as damaged:
        tell = session.info.get(ON_UNREADABLE)
        if tell is not None:
            tell(session, place, damaged)
        return None


def unseal_all(
    session: Session, bundles: Sequence[tuple[Place, bytes]]
) -> list[dict[str, Any] | None]:
    """Many bundles at once, for lists: at most one query for the keys of at most `BATCH` subjects.

    `None` stands where one cannot be read; it is reported as by `unseal_or_report`.
    """
    subjects = [place.subject for place, _ in bundles]
    open_keys(session, subjects)
    keys = ring(session).all_kept(subjects)
    return [
        unseal_with(keys.get(place.subject), place, sealed)
        or unseal_or_report(session, place, sealed)  # another key version, or damaged
        for place, sealed in bundles
    ]


def unseal_with(key: AESGCM | None, place: Place, sealed: bytes) -> dict[str, Any] | None:
    """The object, opened with a first key of `Keyring.all_kept`; `None` where that does not do."""
    if key is None or envelope.key_version(sealed) != 1:
        return None
    try:
        return envelope.unpack(envelope.open_bytes(key, place, sealed))
    except Unreadable:
        return None


def lookup_tokens(session: Session, *, tenant_id: UUID, kind: str, text: str) -> list[int]:
    """Keyed, truncated tokens of `text` for lookup, one for each version of the tenant's key.

    13 bits: several people share a token, so that a stolen index names nobody; whoever looks
    up opens the few candidates and compares (security.md b1).
    """
    return [
        int.from_bytes(
            hmac.digest(key, f"bindeledd.bidx.v1|{kind}|{text}".encode(), hashlib.sha256)[:2],
            "big",
        )
        >> 3
        for _, key in sorted(proven(session, tenant_id).index.items(), reverse=True)
    ]
