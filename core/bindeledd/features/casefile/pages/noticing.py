"""Which notice says what came of something that was told: saved, and perhaps still owed."""

from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.casefile.service.at_once import tell_at_once
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book

# Where nobody can answer: who has it now, or that nobody does.
_NO_COVER = {True: "no_cover", False: "no_cover_nobody", None: "said"}


def what_came_of_it(
    session: Session, done: Recorded, fact: str, value: str, *, at: datetime, book: Book
) -> str:
    """The key of the notice. Of the answer that there is nobody it says what is owed still."""
    told = tell_at_once(session, done, at=at, book=book)
    if fact == "cover" and value == "none":
        return _NO_COVER[told.lead]
    if fact == "receiver_kind" and value == "none" and _is_owed(session, done):
        return "no_receiver"
    return "said_early" if done.early else "said"


def _is_owed(session: Session, done: Recorded) -> bool:
    """Whether somebody has to name a receiver still."""
    tasks = queries.tasks_of(session, done.case.id)
    return any(task.is_open and EventKind.RECEIVER_NAMED in task.satisfied_by for task in tasks)
