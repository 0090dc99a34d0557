"""Passwords, one-time codes and wrong tries: how a member proves who they are."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import argon2
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import (
    DEMO_PASSWORD,
    FORGOTTEN_AFTER,
    Account,
    check_password,
    wait_after,
)
from bindeledd.features.access.tables import LoginTryRow
from bindeledd.features.staff.tables import MemberRow, TenantRow
from bindeledd.foundation.db import table

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)


def _random(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")


# A hash of the same cost that no password has: what an unknown log-in name is compared with.
_NOBODY = (
    f"$argon2id$v=19$m={_HASHER.memory_cost},t={_HASHER.time_cost},p=1${_random(16)}${_random(32)}"
)


def digest(secret: str) -> str:
    """What is stored of a secret of 128 bits or more: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_of(kind: str, text: str) -> str:
    """Under what wrong tries at a log-in name or from an address are counted."""
    return digest(f"{kind}|{text.strip().casefold()}")


def password_fits(account: Account, password: str) -> bool:
    """Is it the password of the account? The same work whether there is such an account or not.

    Takes about 150 ms and 46 MiB: called outside any transaction.
    """
    with _AT_ONCE:
        try:
            _HASHER.verify(account.password_hash or _NOBODY, password)
        except argon2.exceptions.VerificationError:
            return False
        except argon2.exceptions.InvalidHashError:
            return False
    return account.password_hash is not None


def hash_password(password: str, *, login: str = "", name: str = "") -> str:
    """The hash to store of a password that keeps the rules. Outside any transaction."""
    check_password(password, login=login, name=name)
    with _AT_ONCE:
        return _HASHER.hash(password)


def demo_hash() -> str:
    """The hash of the demo's password."""
    with _AT_ONCE:
        return _HASHER.hash(DEMO_PASSWORD)


def code_fits(account: Account, code: str, at: datetime) -> bool:
    """Is it the one-time code of the account, and does it still hold?"""
    plain = "".join(code.split()).replace("-", "").upper()
    same = hmac.compare_digest(account.code_hash or digest("-"), digest(plain))
    return same and account.code_until is not None and at < account.code_until


_FREE = {"login": 5, "address": 25}
_MISSES = 30


def find_account(session: Session, login: str, *, address: str, at: datetime) -> Account:
    """The account of a log-in name (or `tenant/name`), and how long it must wait first."""
    found = _account(session, login)
    keys = _keys(found, address).values()
    until = session.scalar(
        sa.select(sa.func.max(LoginTryRow.wait_until)).where(LoginTryRow.key.in_(keys))
    )
    return replace(found, wait=_left(until, at))


def try_account(session: Session, login: str, *, address: str, at: datetime) -> Account:
    """The account, with this try counted as a wrong one before it is looked at.

    Where it must wait first nothing is counted and nothing may be tried. `take_back` says that
    the try was right. Tries at the same time wait for one another here.
    """
    found = _account(session, login)
    rows = {kind: _locked(session, key, at) for kind, key in _keys(found, address).items()}
    wait = max(_left(row.wait_until, at) for row in rows.values())
    if not wait:
        for kind, row in rows.items():
            _count(row, free=_FREE[kind], at=at)
    return replace(found, wait=wait)


def take_back(session: Session, account: Account, *, address: str, at: datetime) -> None:
    """The try of `try_account` was right: wrong ones at this name are forgotten, too."""
    keys = _keys(account, address)
    session.execute(sa.delete(LoginTryRow).where(LoginTryRow.key == keys["login"]))
    row = session.get(LoginTryRow, keys["address"], with_for_update=True)
    if row is not None and row.failed:
        row.failed -= 1
        if row.last_at == at:
            row.wait_until = None


def wait_to_search(session: Session, member_id: UUID, *, at: datetime) -> timedelta:
    """How long the member must wait after searches that found nobody."""
    key = key_of("search", str(member_id))
    until = session.scalar(sa.select(LoginTryRow.wait_until).where(LoginTryRow.key == key))
    return _left(until, at)


def count_miss(session: Session, member_id: UUID, *, at: datetime) -> None:
    """One more search that found nobody; an hour without any and they are forgotten."""
    _count(_locked(session, key_of("search", str(member_id)), at), free=_MISSES, at=at)


def forget_tries(session: Session, *, at: datetime) -> int:
    """Delete what is counted no more. How many."""
    old = sa.delete(LoginTryRow).where(LoginTryRow.last_at < at - FORGOTTEN_AFTER)
    return len(session.scalars(old.returning(LoginTryRow.key)).all())


def _account(session: Session, login: str) -> Account:
    tenant, _, name = login.strip().lower().rpartition("/")
    if not tenant:
        keys = session.scalars(sa.select(TenantRow.key).limit(2)).all()
        tenant = keys[0] if len(keys) == 1 else ""
    statement = sa.select(MemberRow).where(MemberRow.login == name, MemberRow.active)
    if tenant:
        statement = statement.join(TenantRow, TenantRow.id == MemberRow.tenant_id).where(
            TenantRow.key == tenant
        )
    rows = session.scalars(statement.limit(2)).all()
    if len(rows) != 1:
        return Account(login=login, counted=f"{tenant}/{name}")
    row = rows[0]
    return Account(
        login=login,
        counted=str(row.id),
        member_id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        password_hash=row.password_hash,
        code_hash=row.code_hash,
        code_until=row.code_until,
    )


def _keys(account: Account, address: str) -> dict[str, str]:
    """Under what tries are counted: always locked in this order."""
    return {"login": key_of("login", account.counted), "address": key_of("address", address)}


def _left(until: datetime | None, at: datetime) -> timedelta:
    return max(until - at, timedelta()) if until is not None else timedelta()


def _locked(session: Session, key: str, at: datetime) -> LoginTryRow:
    of = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = of.insert(table(LoginTryRow)).values(key=key, failed=0, last_at=at)
    session.execute(first.on_conflict_do_nothing())
    return session.get_one(LoginTryRow, key, with_for_update=True, populate_existing=True)


def _count(row: LoginTryRow, *, free: int, at: datetime) -> None:
    if at - row.last_at > FORGOTTEN_AFTER:
        row.failed = 0
    row.failed += 1
    row.last_at = at
    wait = wait_after(row.failed, free=free)
    row.wait_until = at + wait if wait else None
