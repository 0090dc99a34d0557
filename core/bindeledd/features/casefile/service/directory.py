"""Which contacts of the directory are for a case: where it began, and who answers for it now."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain.dialling import numbers_of
from bindeledd.features.cases.domain import Case
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.directory import Contact, Where, shown
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.days import zone_named


def on_paper(session: Session, book: Book, case: Case, kind: str, at: datetime) -> list[Contact]:
    """Whose number may stand on paper for the person, for this kind of task: who answers now first."""
    kept = [one for one in book.contacts if one.on_paper and one.phone and kind in one.tasks]
    if not kept:
        return []
    return shown(kept, kind, places(session, case), clock_of(session, case, at))


def numbers_on_paper(
    session: Session, book: Book, case: Case, at: datetime, kind: str = "offer_plan"
) -> Iterator[tuple[str, str]]:
    """Whom the person may call, and at which number: what packs put on the paper of the plan, or of
    another kind of task."""
    return numbers_of(on_paper(session, book, case, kind, at))


def clock_of(session: Session, case: Case, at: datetime) -> datetime:
    """The moment on the wall of the team that has the case."""
    team = staff.get_team(session, case.tenant_id, case.responsible_team_id)
    return at.astimezone(zone_named(team.zone))


def places(session: Session, case: Case) -> list[Where]:
    """The unit in which the case began, and the organisation that answers for it now."""
    now: Where = (None, None, staff.team_place(session, case.responsible_team_id)[0])
    began = None if case.unit_id is None else staff.find_unit_place(session, case.unit_id)
    return [now] if began is None else [began, now]
