"""Sessions, one-time codes and tokens: who is logged in, and until when."""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries
from bindeledd.features.access.domain import (
    Account,
    DemoOnly,
    Scope,
    SessionRules,
    TokenNotFound,
    WrongLogin,
)
from bindeledd.features.access.service.proving import demo_hash, digest
from bindeledd.features.access.tables import SessionRow, TokenRow
from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.staff.tables import MemberRow


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
    """Set the password (`hash_password`), use up the code, end every session and token.

    Raises `WrongLogin` where the code was used up meanwhile: of two who have it, one chooses.
    """
    by = _acting(account, request_id)
    chosen = session.scalar(
        sa.update(MemberRow)
        .where(
            MemberRow.id == account.member_id,
            MemberRow.code_hash.is_not_distinct_from(account.code_hash),
        )
        .values(password_hash=password_hash, code_hash=None, code_until=None)
        .returning(MemberRow.id)
    )
    if chosen is None:
        raise WrongLogin()
    _end_all(session, by.tenant_id, account.member_id, at)
    audit.record(session, "access.password_chosen", by=by, at=at, purpose="admin")


def give_demo_password(
    session: Session, member_ids: Iterable[UUID], *, by: Actor, at: datetime
) -> None:
    """Give members the password that everybody knows. Refuses outside a demo database."""
    if staff.environment(session) != "demo":
        raise DemoOnly()
    session.execute(
        sa.update(MemberRow)
        .where(MemberRow.tenant_id == by.tenant_id, MemberRow.id.in_(list(member_ids)))
        .values(password_hash=demo_hash())
    )
    audit.record(session, "access.demo_password_given", by=by, at=at, purpose="admin")


def give_code(
    session: Session,
    member_id: UUID,
    *,
    by: Actor,
    at: datetime,
    holds: timedelta = timedelta(hours=24),
) -> str:
    """A one-time code (128 bits) with which the member chooses a password. Shown once.

    It is asked for where a password is forgotten or known to others: sessions and tokens end.
    """
    plain = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    session.execute(
        sa.update(MemberRow)
        .where(MemberRow.id == member_id, MemberRow.tenant_id == by.tenant_id)
        .values(code_hash=digest(plain), code_until=at + holds)
    )
    _end_all(session, by.tenant_id, member_id, at)
    audit.record(
        session, "access.code_given", by=by, at=at, facts={"member": member_id}, purpose="admin"
    )
    return "-".join(plain[i : i + 5] for i in range(0, len(plain), 5))


def actor_of_session(
    session: Session,
    secret: str,
    *,
    at: datetime,
    rules: SessionRules,
    request_id: str | None = None,
    awake: bool = True,
) -> Actor | None:
    """Whoever is logged in with this secret; None where the session is over or was ended.

    Without `awake` nobody pressed anything: the session goes on towards its end.
    """
    found = queries.find_by_session(session, digest(secret), at=at, request_id=request_id)
    if found is None:
        return None
    actor, made_at, seen_at = found
    if rules.is_over(made_at, seen_at, at):
        return None
    if awake and at - seen_at > rules.touch_every:
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


def find_mark(session: Session, secret: str) -> str:
    """A mark of the member whose session, over or not, this secret was; empty where nobody's."""
    mark = digest(secret)
    known = session.scalar(sa.select(SessionRow.tenant_id).where(SessionRow.secret_hash == mark))
    return mark if known is not None else ""


def is_marked(session: Session, account: Account, mark: str) -> bool:
    """Is `mark` (from `find_mark`) one of this member?"""
    owner = session.scalar(sa.select(SessionRow.member_id).where(SessionRow.secret_hash == mark))
    return owner is not None and owner == account.member_id


def make_token(
    session: Session,
    member_id: UUID,
    *,
    label: str,
    until: datetime,
    scope: Scope = Scope.FULL,
    by: Actor,
    at: datetime,
) -> str:
    """A token for the API that acts, or only reads, as the member until `until`. Shown once."""
    secret = f"bdl_{secrets.token_urlsafe(32)}"
    session.execute(
        sa.insert(TokenRow).values(
            secret_hash=digest(secret),
            tenant_id=by.tenant_id,
            member_id=member_id,
            label=label,
            scope=scope.value,
            made_at=at,
            until=until,
        )
    )
    audit.record(
        session,
        "access.token_made",
        by=by,
        at=at,
        facts={"member": member_id, "until": until, "scope": scope.value},
        purpose="admin",
    )
    return secret


def end_token(session: Session, member_id: UUID, mark: str, *, by: Actor, at: datetime) -> None:
    """End one token of the member, by its mark: it opens nothing any more.

    Raises `TokenNotFound` where there is none, or none that stands.
    """
    ended = session.scalars(
        sa.update(TokenRow)
        .where(
            TokenRow.tenant_id == by.tenant_id,
            TokenRow.member_id == member_id,
            sa.func.substr(TokenRow.secret_hash, 1, queries.MARK) == mark,
            TokenRow.ended_at.is_(None),
        )
        .values(ended_at=at)
        .returning(TokenRow.secret_hash)
    ).all()
    if not ended:
        raise TokenNotFound(member=member_id)
    audit.record(
        session, "access.token_ended", by=by, at=at, facts={"member": member_id}, purpose="admin"
    )


def _end_all(session: Session, tenant_id: UUID, member_id: UUID | None, at: datetime) -> None:
    for row in (SessionRow, TokenRow):
        session.execute(
            sa.update(row)
            .where(row.tenant_id == tenant_id, row.member_id == member_id, row.ended_at.is_(None))
            .values(ended_at=at)
        )


def end_access(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> None:
    """End every session and token of the member at once."""
    _end_all(session, by.tenant_id, member_id, at)
    audit.record(
        session, "access.ended", by=by, at=at, facts={"member": member_id}, purpose="admin"
    )
