"""The gate before anything leaves the house about or to a person: asked when it is sent, not before.

Every outbound channel asks it in the transaction in which it hands over what it sends: a letter,
an SMS of a plugin, a package to a receiver. What is stopped stands in the history, and becomes
work for a person when the report of death is settled.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    CaseClosed,
    EventKind,
    NewEvent,
    death_reported,
    silent_since,
)
from bindeledd.features.cases.domain.correcting import DeathStands, Outgoing
from bindeledd.features.cases.service.writing import lock, write_down
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor


def may_go_out(
    session: Session,
    case_id: UUID,
    what: Outgoing,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> bool:
    """Whether this may be sent now. Where a death was reported it is held, and written down.

    The case is locked until the transaction ends: a report that comes meanwhile waits, and finds
    what was sent. `words` (to whom, what it says) are sealed. Raises `CaseClosed`, `OutOfSight`.
    """
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    if row.state == "closed":
        raise CaseClosed(case=case_id)
    if death_reported(queries.events_of(session, case_id)) is None:
        return True
    held = NewEvent(
        kind=EventKind.MESSAGE_HELD,
        at=at,
        facts={"what": what.value},
        note=dict(words),
        source="person" if by.id is not None else "core",
    )
    write_down(session, row, [held], by=by, at=at, book=book)
    return False


def check_alive(session: Session, case_id: UUID, *, happened_at: datetime, by: Actor) -> None:
    """Refuse what people do towards a person who is reported dead. Raises `DeathStands`.

    What was done before anybody here knew of it may still be written down; so may what a message
    tells of (`by` is nobody). The case is locked until the transaction ends: a report waits.
    """
    if by.id is None:
        return
    lock(session, case_id)
    since = silent_since(queries.events_of(session, case_id))
    if since is not None and happened_at >= since:
        raise DeathStands(case=case_id)
