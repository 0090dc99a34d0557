"""The letter of a task: filled in for its person, read, and taken out on paper.

Opening and printing are written down and do nothing else: that it was sent is an attempt by letter.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.letter import LetterNotFound, Sender, Written, places_of
from bindeledd.features.casefile.service import case_file
from bindeledd.features.casefile.service.directory import on_paper
from bindeledd.features.cases.domain.correcting import DeathStands, Outgoing
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task, TaskNotFound
from bindeledd.foundation.texts import speaking


def letter_of(book: Book, file: CaseFile, task: Task) -> Letter | None:
    """The letter that the rule of this task names, as the case follows it."""
    found = _found(book, file, task)
    return None if found is None else found[1]


def show_letter(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    language: str,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Written:
    """The letter, filled in. Raises `LetterNotFound`, `DeathStands`, `TaskNotFound`, `NotFound`."""
    file = case_file(session, case_id, by=by, at=at, book=book)
    return write(session, file, task_id, language, by=by, book=book)


def take_out(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    language: str,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Written | None:
    """The letter, to be printed. Written down before it leaves.

    None where a death was reported: it is held, which stands in the history. Raises `CaseClosed`,
    `LetterNotFound`, `TaskNotFound`, `NotFound`.
    """
    if not may_go_out(session, case_id, Outgoing.LETTER, words={}, by=by, at=at, book=book):
        return None
    file = case_file(session, case_id, by=by, at=at, book=book)
    return write(session, file, task_id, language, act="letter.printed", by=by, book=book)


def write(
    session: Session,
    file: CaseFile,
    task_id: UUID,
    language: str,
    *,
    act: str = "letter.shown",
    by: Actor,
    book: Book,
) -> Written:
    """The letter of a case that was read: filled in, and written down as `act`."""
    task = _task(file, task_id)
    found = _found(book, file, task)
    if found is None:
        raise LetterNotFound(task=task_id)
    if file.death is not None:
        raise DeathStands(case=file.case.id)
    layer, letter = found
    spoken = letter.spoken(language)
    with speaking(spoken):
        values = places_of(file, _sender(session, file, task, by, book))
    facts = {
        "case": file.case.id,
        "task": task_id,
        "letter": letter.key,
        "layer": layer.key,
        "language": spoken,
    }
    audit.record(session, act, by=by, at=file.at, subjects=[file.patient.id], facts=facts)
    filled = letter.filled(spoken, values)
    return Written(
        of=letter,
        layer=layer.key,
        language=spoken,
        filled=filled,
        environment=staff.environment(session),
    )


def _found(book: Book, file: CaseFile, task: Task) -> tuple[Layer, Letter] | None:
    layers = (*file.case.layers, *(layer for stay in file.elsewhere for layer in stay))
    return book.letter_of(layers, task.step_key)


def _task(file: CaseFile, task_id: UUID) -> Task:
    for one in (*file.owed, *file.done):
        if one.task.id == task_id:
            return one.task
    raise TaskNotFound(task=task_id)


def _sender(session: Session, file: CaseFile, task: Task, by: Actor, book: Book) -> Sender:
    team = staff.get_team(session, by.tenant_id, task.owner_team_id)
    numbers = on_paper(session, book, file.case, task.kind, file.at)
    return Sender(
        team=team.name,
        organisation=staff.organisation_name(session, team.organisation_id) or "",
        telephone=numbers[0].phone if numbers else "",
        member=file.names.get(by.id, "") if by.id else "",
    )
