"""Who may see whom, and who is logged in. Read `domain.py` first.

Care relations are written by cases and handovers; sessions, passwords and tokens by the pages
and commands of this feature.
"""

import base64
import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta
from uuid import UUID

import argon2
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries
from bindeledd.features.access.domain import (
    FORGOTTEN_AFTER,
    Account,
    RelationKind,
    SessionRules,
    check_password,
    require_grant,
    require_lead,
    wait_after,
)
from bindeledd.features.access.queries import (
    require_case,
    require_patient,
    sees_case,
    sees_patient,
    visible_cases,
)
from bindeledd.features.access.tables import CareRelationRow, LoginTryRow, SessionRow, TokenRow
from bindeledd.features.audit import service as audit
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.staff.tables import MemberRow, TenantRow
from bindeledd.foundation.ids import new_id

__all__ = [
    "actor_of_session",
    "actor_of_token",
    "choose_password",
    "code_fits",
    "count_wrong",
    "end_access",
    "end_relation",
    "end_session",
    "find_account",
    "give_code",
    "make_token",
    "open_session",
    "password_fits",
    "relate",
    "require_case",
    "require_grant",
    "require_lead",
    "require_patient",
    "sees_case",
    "sees_patient",
    "visible_cases",
]

R = CareRelationRow


# --- care relations -------------------------------------------------------------------------------


def relate(
    session: Session,
    *,
    case_id: UUID,
    patient_id: UUID,
    team_id: UUID,
    kind: RelationKind,
    by: Actor,
    at: datetime,
) -> UUID:
    """Let the team see the case from `at`. Where it does so already, that relation stands."""
    known = session.scalar(
        sa.select(R.id).where(
            R.case_id == case_id, R.team_id == team_id, R.kind == kind, R.until.is_(None)
        )
    )
    if known is not None:
        return known
    relation_id = new_id()
    session.execute(
        sa.insert(R).values(
            id=relation_id,
            tenant_id=by.tenant_id,
            case_id=case_id,
            patient_id=patient_id,
            team_id=team_id,
            kind=kind,
            since=at,
        )
    )
    return relation_id


def end_relation(
    session: Session,
    *,
    case_id: UUID,
    team_id: UUID,
    by: Actor,
    at: datetime,
    kind: RelationKind | None = None,
) -> int:
    """End the team's relations to the case (of one kind, or all). How many ended."""
    statement = (
        sa.update(R)
        .where(
            R.tenant_id == by.tenant_id,
            R.case_id == case_id,
            R.team_id == team_id,
            R.until.is_(None),
        )
        .values(until=at)
        .returning(R.id)
    )
    if kind is not None:
        statement = statement.where(R.kind == kind)
    return len(session.scalars(statement).all())


# --- secrets --------------------------------------------------------------------------------------

_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash(secrets.token_urlsafe(32))


def digest(secret: str) -> str:
    """What is stored of a secret of 128 bits or more: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(kind: str, text: str) -> str:
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


def code_fits(account: Account, code: str, at: datetime) -> bool:
    """Is it the one-time code of the account, and does it still hold?"""
    plain = "".join(code.split()).replace("-", "").upper()
    same = hmac.compare_digest(account.code_hash or digest("-"), digest(plain))
    return same and account.code_until is not None and at < account.code_until


# --- accounts -------------------------------------------------------------------------------------

_FREE = {"login": 5, "address": 25}


def find_account(session: Session, login: str, *, address: str, at: datetime) -> Account:
    """The account of a log-in name (or `tenant/name`), and how long it must wait first."""
    tenant, _, name = login.strip().lower().rpartition("/")
    statement = sa.select(MemberRow).where(MemberRow.login == name, MemberRow.active)
    if tenant:
        statement = statement.join(TenantRow, TenantRow.id == MemberRow.tenant_id).where(
            TenantRow.key == tenant
        )
    rows = session.scalars(statement.limit(2)).all()
    wait = _wait(session, login, address, at)
    if len(rows) != 1:
        return Account(login=login, wait=wait)
    row = rows[0]
    return Account(
        login=login,
        member_id=row.id,
        tenant_id=row.tenant_id,
        name=row.name,
        password_hash=row.password_hash,
        code_hash=row.code_hash,
        code_until=row.code_until,
        wait=wait,
    )


def _wait(session: Session, login: str, address: str, at: datetime) -> timedelta:
    until = session.scalar(
        sa.select(sa.func.max(LoginTryRow.wait_until)).where(
            LoginTryRow.key.in_([_key("login", login), _key("address", address)])
        )
    )
    return max(until - at, timedelta()) if until is not None else timedelta()


def count_wrong(session: Session, login: str, *, address: str, at: datetime) -> None:
    """Count a wrong try for the name and for the address. Known and unknown names alike."""
    for kind, text in (("login", login), ("address", address)):
        row = session.get(LoginTryRow, _key(kind, text), with_for_update=True)
        if row is None:
            row = LoginTryRow(key=_key(kind, text), failed=0, last_at=at)
            session.add(row)
        elif at - row.last_at > FORGOTTEN_AFTER:
            row.failed = 0
        row.failed += 1
        row.last_at = at
        wait = wait_after(row.failed, free=_FREE[kind])
        row.wait_until = at + wait if wait else None


def _acting(account: Account, request_id: str | None) -> Actor:
    if account.member_id is None or account.tenant_id is None:
        raise ValueError("nobody has this log-in name")
    return Actor(
        kind=ActorKind.MEMBER,
        tenant_id=account.tenant_id,
        id=account.member_id,
        name=account.name,
        request_id=request_id,
    )


def open_session(
    session: Session, account: Account, *, at: datetime, request_id: str | None = None
) -> str:
    """Log the member in: the secret for the cookie (256 bits). Only its hash is kept."""
    by = _acting(account, request_id)
    secret = secrets.token_urlsafe(32)
    session.execute(sa.delete(LoginTryRow).where(LoginTryRow.key == _key("login", account.login)))
    session.execute(
        sa.insert(SessionRow).values(
            secret_hash=digest(secret),
            tenant_id=by.tenant_id,
            member_id=by.id,
            made_at=at,
            seen_at=at,
        )
    )
    audit.record(session, "access.logged_in", by=by, at=at, purpose="admin")
    return secret


def choose_password(
    session: Session,
    account: Account,
    password_hash: str,
    *,
    at: datetime,
    request_id: str | None = None,
) -> None:
    """Set the password (`hash_password`), use up the code, end every other session."""
    by = _acting(account, request_id)
    session.execute(
        sa.update(MemberRow)
        .where(MemberRow.id == account.member_id)
        .values(password_hash=password_hash, code_hash=None, code_until=None)
    )
    _end_sessions(session, account.member_id, at)
    audit.record(session, "access.password_chosen", by=by, at=at, purpose="admin")


def give_code(
    session: Session,
    member_id: UUID,
    *,
    by: Actor,
    at: datetime,
    holds: timedelta = timedelta(hours=24),
) -> str:
    """A one-time code (128 bits) with which the member chooses a password. Shown once."""
    plain = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    session.execute(
        sa.update(MemberRow)
        .where(MemberRow.id == member_id, MemberRow.tenant_id == by.tenant_id)
        .values(code_hash=digest(plain), code_until=at + holds)
    )
    audit.record(
        session, "access.code_given", by=by, at=at, facts={"member": member_id}, purpose="admin"
    )
    return "-".join(plain[i : i + 5] for i in range(0, len(plain), 5))


# --- sessions and tokens --------------------------------------------------------------------------


def actor_of_session(
    session: Session,
    secret: str,
    *,
    at: datetime,
    rules: SessionRules,
    request_id: str | None = None,
) -> Actor | None:
    """Whoever is logged in with this secret; None where the session is over or was ended."""
    found = queries.find_by_session(session, digest(secret), at=at, request_id=request_id)
    if found is None:
        return None
    actor, made_at, seen_at = found
    if rules.is_over(made_at, seen_at, at):
        return None
    if at - seen_at > rules.touch_every:
        session.execute(
            sa.update(SessionRow).where(SessionRow.secret_hash == digest(secret)).values(seen_at=at)
        )
    return actor


def actor_of_token(
    session: Session, secret: str, *, at: datetime, request_id: str | None = None
) -> Actor | None:
    """Whoever made this token; None where it is over, ended, or the member has left."""
    return queries.find_by_token(session, digest(secret), at=at, request_id=request_id)


def end_session(session: Session, secret: str, *, by: Actor, at: datetime) -> None:
    """Log out: the secret opens nothing any more."""
    session.execute(
        sa.update(SessionRow)
        .where(SessionRow.secret_hash == digest(secret), SessionRow.ended_at.is_(None))
        .values(ended_at=at)
    )
    audit.record(session, "access.logged_out", by=by, at=at, purpose="admin")


def make_token(
    session: Session, member_id: UUID, *, label: str, until: datetime, by: Actor, at: datetime
) -> str:
    """A token for the API that acts with the member's rights until `until`. Shown once."""
    secret = f"bdl_{secrets.token_urlsafe(32)}"
    session.execute(
        sa.insert(TokenRow).values(
            secret_hash=digest(secret),
            tenant_id=by.tenant_id,
            member_id=member_id,
            label=label,
            made_at=at,
            until=until,
        )
    )
    audit.record(
        session,
        "access.token_made",
        by=by,
        at=at,
        facts={"member": member_id, "until": until},
        purpose="admin",
    )
    return secret


def _end_sessions(session: Session, member_id: UUID | None, at: datetime) -> None:
    session.execute(
        sa.update(SessionRow)
        .where(SessionRow.member_id == member_id, SessionRow.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_access(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> None:
    """End every session and token of the member at once."""
    _end_sessions(session, member_id, at)
    session.execute(
        sa.update(TokenRow)
        .where(TokenRow.member_id == member_id, TokenRow.ended_at.is_(None))
        .values(ended_at=at)
    )
    audit.record(
        session, "access.ended", by=by, at=at, facts={"member": member_id}, purpose="admin"
    )
