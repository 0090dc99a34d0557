"""That something was not shared because nobody said on what ground: written down, and counted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.handovers.domain.sharing import GroundNeeded, GroundUnknown
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


@contextmanager
def noting_refused(
    case_id: UUID, beside: Callable[[], AbstractContextManager[Session]], *, by: Actor, at: datetime
) -> Iterator[None]:
    """Around the transaction in which something is shared: that it was not, because nobody said on
    what ground, is written down in the transaction that `beside` begins once that one is gone."""
    try:
        yield
    except (GroundNeeded, GroundUnknown) as refused:
        with beside() as session:
            note_refused(session, case_id, refused, by=by, at=at)
        raise


def note_refused(
    session: Session,
    case_id: UUID,
    refused: GroundNeeded | GroundUnknown,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write down that `by` shared nothing of this follow-up, and why not: codes, never words.

    In a transaction of its own: the one that was refused is rolled back. The team is the one that
    answers for the follow-up now, by whose key it is counted (`shares_refused`).
    """
    patient_id = access.require_case(session, by, case_id)
    case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    team = staff.get_team(session, by.tenant_id, case.responsible_team_id)
    facts = {"case": case_id, "team": team.key, "refused": refused.code}
    audit.record(session, "sharing.refused", by=by, at=at, subjects=[patient_id], facts=facts)
