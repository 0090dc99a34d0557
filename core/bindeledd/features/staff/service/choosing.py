"""The language that a member reads in: chosen by themselves, or given while they have chosen none."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import Actor, Grant, LanguageUnknown, NotYours
from bindeledd.features.staff.service.directory import Installed
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.texts import LANGUAGES


def choose_language(
    session: Session, member_id: UUID, code: str | None, *, by: Actor, at: datetime
) -> None:
    """The language that the member reads in, pages and alerts; None: whatever the site's is.

    Refuses with `LanguageUnknown` what is not spoken here, and with `NotYours` anybody else.
    """
    queries.get_member(session, by.tenant_id, member_id)
    if not by.sees_all and by.id != member_id:
        raise NotYours(member=member_id)
    if code is not None and code not in LANGUAGES:
        raise LanguageUnknown()
    _write(session, member_id, code, by=by, at=at)


def choose_keys(session: Session, *, on: bool, by: Actor, at: datetime) -> None:
    """Whether single keys do things on the pages, for whoever asks, on every machine.

    Refuses with `NotYours` where nobody's own choice is asked for.
    """
    if by.id is None:
        raise NotYours()
    session.execute(sa.update(MemberRow).where(MemberRow.id == by.id).values(single_keys=on))
    facts = {"member": by.id, "keys": on}
    audit.record(session, "staff.keys_chosen", by=by, at=at, facts=facts, purpose="admin")


def give_language(
    session: Session, member_id: UUID, code: str, *, by: Actor, at: datetime
) -> Installed:
    """The language of a member who has chosen none; what they chose themselves stands.

    For whoever sets people up: the command line, or the role `admin`. Refuses as `choose_language`.
    """
    member = queries.get_member(session, by.tenant_id, member_id)
    if not by.sees_all and Grant.ADMIN not in by.grants:
        raise NotYours(member=member_id)
    if code not in LANGUAGES:
        raise LanguageUnknown()
    if member.language is not None:
        return Installed(id=member_id, outcome="same")
    _write(session, member_id, code, by=by, at=at)
    return Installed(id=member_id, outcome="changed", columns=("language",))


def _write(session: Session, member_id: UUID, code: str | None, *, by: Actor, at: datetime) -> None:
    session.execute(sa.update(MemberRow).where(MemberRow.id == member_id).values(language=code))
    facts = {"member": member_id, "language": code}
    audit.record(session, "staff.language_chosen", by=by, at=at, facts=facts, purpose="admin")
