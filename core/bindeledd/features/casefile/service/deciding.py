"""A clinician decides what now: the choice, the words, and what is owed by it, written as one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import deciding
from bindeledd.features.cases.domain.deciding import Decision, RelativeObjected, RelativeUnsafe
from bindeledd.features.cases.service import work
from bindeledd.features.cases.service.adding import Wanted
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book, Choice
from bindeledd.features.relatives import queries as relatives
from bindeledd.features.relatives.domain import RelativeNotFound
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


def choices(
    session: Session, case_id: UUID, task_id: UUID, *, by: Actor, book: Book
) -> Sequence[Choice]:
    """What may be chosen for this task. Raises `NothingToChoose` for a task of another kind."""
    task = work.get_task(session, case_id, task_id, by=by)
    if task.kind != deciding.DECIDES:
        raise deciding.NothingToChoose(task=task_id)
    return book.rule(deciding.DECIDES).choices


def decide(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    said: Decision,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Do what was owed by a choice, and owe what the choice means: one task, with its date.

    Raises `NothingToChoose`, `UnknownChoice`, `ReasonNeeded`, `WhoAnsweredNeeded`,
    `RelativeNeeded`, `RelativeUnsafe`, `RelativeObjected`, `NextDayNeeded`, `NextDayTooLate`,
    `TaskNotOpen`.
    """
    choices(session, case_id, task_id, by=by, book=book)
    case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    calendar = staff.team_calendar(session, case.responsible_team_id)
    choice = deciding.choice_of(book, said.choice)
    said = deciding.check(said, choice, calendar, at)
    if said.relative_id is not None:
        _check_relative(session, case.patient_id, said.relative_id, by)
    due_at, reason = deciding.falls_due(said, choice, book, calendar, at)
    then = Wanted(
        kind=choice.task,
        due_at=due_at,
        reason=reason,
        words={"because": deciding.DECIDES, **said.note},
        satisfied_by=choice.satisfied_by,
        about={"about": said.relative_id} if said.relative_id else None,
    )
    return work.decide_task(
        session, case_id, task_id, words=said.note, then=then, by=by, at=at, book=book
    )


def became(done: Recorded) -> str:
    """Which notice says what became of the decision: a closed day has given way to the next open one."""
    owed = (task.due_reason for task in done.new)
    later = any(why.get("rule") == deciding.DECIDES and why.get("moved") == "later" for why in owed)
    return "decided_closed" if later else "decided"


def _check_relative(session: Session, patient_id: UUID, relative_id: UUID, by: Actor) -> None:
    """Whoever is unsafe to contact, or objected to, is not called, whatever was consented to."""
    found = relatives.get_relative(session, relative_id, tenant_id=by.tenant_id)
    if found.patient_id != patient_id:
        raise RelativeNotFound(relative=relative_id)
    if not found.is_near:
        raise RelativeUnsafe(relative=relative_id)
    if not found.may_be_called:
        raise RelativeObjected(relative=relative_id)
