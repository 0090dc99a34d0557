"""Why a task stands though its question was answered: the answer is not one that its routine asks for."""

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.facts import fact_words as values_of
from bindeledd.features.pathways.service.wording import asked_words
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.texts import t


def lacking(book: Book, file: CaseFile, task: Task) -> str:
    """What was answered last since the task began, and what its routine asks for; empty where
    nothing was answered, or the answer does it."""
    evidence = task.due_reason.get("evidence", {})
    anchor = file.anchor_of(task)
    since = task.made_at if anchor is None else anchor.at
    told = [
        one
        for one in file.timeline
        if one.kind in task.satisfied_by and not one.in_error and one.at >= since
    ]
    for fact, values in evidence.items():
        last = max((one for one in told if _says(one, fact)), key=lambda one: one.at, default=None)
        if task.is_open and last is not None and not values_of(last.facts[fact]) & set(values):
            return t(
                "casefile.task.lacking",
                said=asked_words(fact, values_of(last.facts[fact]), book),
                asked=asked_words(fact, values, book),
            )
    return ""


def _says(one: Happened, fact: str) -> bool:
    return one.facts.get(fact) is not None
