"""A person does not want a parent to be told: withheld, owed a decision by a time, and decided.

Whoever writes it down does not decide of it. The task ends with the decision, or when the person
wants it no more; nothing else ends it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, EventKind, NewEvent
from bindeledd.features.cases.service import owing
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.relatives import domain, queries
from bindeledd.features.relatives.domain import DECIDE_OBJECTION, Relative
from bindeledd.features.relatives.domain.telling import Band, age_of
from bindeledd.features.relatives.service import unfollowed
from bindeledd.features.relatives.service.writing import change_row, lock_relative
from bindeledd.features.staff.domain import Actor, system
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.spelling import OSLO


def object_to(
    session: Session,
    relative_id: UUID,
    *,
    on: date | None = None,
    words: str = "",
    by: Actor,
    at: datetime,
    book: Book,
) -> Relative:
    """The person does not want this parent to be told; a clinician owes a decision of the reasons.

    Where a follow-up is open it has the task, with its clock; else the team that followed the
    person last. One is enough for each relative. Raises `ObjectionTooYoung`.
    """

    def change(relative: Relative) -> Relative:
        _check_age(session, relative, book, at)
        return domain.object_to(relative, on or at.date(), words, by.id)

    case = _followed(session, relative_id, by)
    changed = change_row(session, relative_id, change, "relatives.objected", by=by, at=at)
    _owe(session, case, changed, words, by=by, at=at, book=book)
    return changed


def _check_age(session: Session, relative: Relative, book: Book, at: datetime) -> None:
    """Raises `ObjectionTooYoung` where the person is known to be younger than the rule names."""
    patient = patients.get_patient(session, relative.patient_id, tenant_id=relative.tenant_id)
    age = age_of(patient.identity, book.kin, at.astimezone(OSLO).date())
    if age.band is Band.CHILD:
        raise domain.ObjectionTooYoung(relative=relative.id)


def owe_decision(
    session: Session, relative_id: UUID, *, by: Actor, at: datetime, book: Book
) -> bool:
    """Owe the decision where an objection waits for one and nobody owes it. Whether it was not."""
    case = _followed(session, relative_id, by)
    relative = lock_relative(session, relative_id, tenant_id=by.tenant_id)
    if not relative.waits_for_a_decision:
        return False
    said = "" if relative.objection is None else relative.objection.words
    return _owe(session, case, relative, said, by=by, at=at, book=book)


def _owe(
    session: Session,
    case: Case | None,
    relative: Relative,
    words: str,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> bool:
    """Make it owed once, by the follow-up or without one. The relative's row is locked."""
    if unfollowed.is_owed(session, relative.id):
        return False
    if case is None:
        return unfollowed.owe(session, relative, by=by, at=at, book=book) is not None
    if _owed(session, case, relative.id):
        return False
    owing.owe_by_rule(
        session,
        case,
        DECIDE_OBJECTION,
        words={"because": "objection", "words": words},
        about={"about": relative.id},
        by=_seeing(session, case, by),
        at=at,
        book=book,
    )
    return True


def decide_objection(
    session: Session,
    relative_id: UUID,
    *,
    respected: bool,
    words: str,
    by: Actor,
    at: datetime,
    book: Book,
) -> Relative:
    """Whether the reasons are to be respected, said by another person than who wrote them down.

    `words` say who decided, and why (sealed).
    Raises `ObjectionBackwards` where none stands, `ObjectionOwn`, `ObjectionUnexplained`, and
    `ObjectionTooYoung` for reasons that would be respected without effect.
    """

    def change(relative: Relative) -> Relative:
        if respected:
            _check_age(session, relative, book, at)
        return domain.decide_objection(
            relative, respected=respected, words=words, on=at.date(), by=by.id
        )

    case = _followed(session, relative_id, by)
    changed = change_row(session, relative_id, change, "relatives.objection_decided", by=by, at=at)
    said = {"objection": "respected" if respected else "not_respected", "words": words.strip()}
    _settle(session, case, changed, said, by=by, at=at, book=book)
    return changed


def end_objection(
    session: Session, relative_id: UUID, *, by: Actor, at: datetime, book: Book
) -> Relative:
    """The person objects no more. Raises `ObjectionBackwards` where none stands."""

    def change(relative: Relative) -> Relative:
        return domain.end_objection(relative, at.date())

    case = _followed(session, relative_id, by)
    changed = change_row(session, relative_id, change, "relatives.objection_ended", by=by, at=at)
    _settle(session, case, changed, {"objection": "ended"}, by=by, at=at, book=book)
    return changed


def _settle(
    session: Session,
    case: Case | None,
    relative: Relative,
    said: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """What was said of the objection, in the history each time; what was owed for it is done."""
    unfollowed.settle(session, [relative.id], at=at)
    if case is None:
        return
    told = {**said, "relative": relative.name or relative.relation}
    owed: list[Task | None] = [*_owed(session, case, relative.id)]
    decided = [
        NewEvent(
            kind=EventKind.OBJECTION_DECIDED,
            at=at,
            facts={"kind": DECIDE_OBJECTION} | ({} if task is None else {"task_id": str(task.id)}),
            note={name: value for name, value in told.items() if value},
        )
        for task in owed or [None]
    ]
    cases.record(session, case.id, decided, by=_seeing(session, case, by), at=at, book=book)


def _followed(session: Session, relative_id: UUID, by: Actor) -> Case | None:
    """The open follow-up of the person, locked before the relative is; None where there is none."""
    relative = queries.get_relative(session, relative_id, tenant_id=by.tenant_id)
    case = case_queries.find_open_case(
        session, tenant_id=relative.tenant_id, patient_id=relative.patient_id
    )
    if case is not None:
        case_queries.lock_cases(session, [case.id])
    return case


def _owed(session: Session, case: Case, relative_id: UUID) -> list[Task]:
    """The open tasks that ask for a decision about this relative."""
    asked = {
        event.id
        for event in case_queries.events_of(session, case.id)
        if event.kind is EventKind.TASK_ADDED and event.facts.get("about") == str(relative_id)
    }
    return [
        task
        for task in case_queries.tasks_of(session, case.id)
        if task.is_open and task.kind == DECIDE_OBJECTION and task.anchor_event_id in asked
    ]


def _seeing(session: Session, case: Case, by: Actor) -> Actor:
    """Whoever sees the person by an older follow-up owes it all the same: the product says so."""
    try:
        access.require_case(session, by, case.id)
    except OutOfSight:
        return system(by.tenant_id, by.request_id)
    return by
