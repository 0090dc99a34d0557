"""One row of a list, drawn beside it: what is owed, how to reach the person, what happened last."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.access.service import require_case
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.tasks import find_owed
from bindeledd.features.casefile.service import case_file
from bindeledd.features.pathways.domain import Book
from bindeledd.features.tasks.domain import TaskNotFound
from bindeledd.features.tasks.queries import get_task
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.asking import by_itself, in_place

# So much of what else is owed, and of what happened, stands beside a list; the case has the rest.
MOST = 4


def add(bp: Blueprint, book: Book) -> None:
    """Put the row of a task on `bp`: a part for the list that stands there; for whoever comes by its
    address the case at that task. A task without a follow-up has no row here: `TaskNotFound`."""

    @bp.get("/tasks/<uuid:task_id>")
    def beside(task_id: UUID) -> ResponseReturnValue:
        return _row(book, task_id)

    @bp.get("/tasks/<uuid:task_id>/anew")
    @by_itself
    def beside_anew(task_id: UUID) -> ResponseReturnValue:
        """The same, as the list asks for it that was drawn anew."""
        return _row(book, task_id)


def _row(book: Book, task_id: UUID) -> ResponseReturnValue:
    by = current_actor()
    with transaction() as session:
        case_id = get_task(session, task_id, tenant_id=by.tenant_id).case_id
        if case_id is None:
            raise TaskNotFound(task=task_id)
        try:
            require_case(session, by, case_id)
        except OutOfSight:  # an id of somebody else's answers as one of nobody's
            raise TaskNotFound(task=task_id) from None
        if in_place():
            return _part(case_file(session, case_id, by=by, at=now(), book=book), task_id)
    return go_to("casefile_pages.show", case_id=case_id, _anchor=f"task-{task_id}")


def _part(file: CaseFile, task_id: UUID) -> str:
    return render_template(
        "casefile/beside.html",
        file=file,
        case_id=file.case.id,
        owed=find_owed(file, task_id),
        others=[one for one in file.in_order if one.task.id != task_id][:MOST],
        happened=file.timeline[:MOST],
        at=file.at,
    )
