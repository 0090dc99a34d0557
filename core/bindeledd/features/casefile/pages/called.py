"""What a task is called on the pages of its case: in the list, on its own page, in the drawing."""

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.appointed import too_late_to_check
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words, task_words
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.texts import t


def task_called(book: Book, file: CaseFile, task: Task, *, by_rule: bool = False) -> str:
    """What it asks of the reader now: that a time without staff is over which nobody covered, or
    what became of an appointment that nobody checked; why a second one of a kind stands beside the
    first; else its kind. `by_rule`: the title of its
    rule stands for its kind, where it has one."""
    if file.uncovered(task):
        return t("casefile.task.gap_over")
    if too_late_to_check(file, task):
        return task_words("record_outcome", book)
    apart = _APART.get((task.kind, _begun_by(file, task)))
    if apart is not None:
        return t(f"casefile.task.{apart}")
    own = owed_words(book, task.kind, task.step_key) if by_rule else ""
    return own or task_words(task.kind, book)


# What is owed twice after a death: the second says of what it is.
_APART = {
    ("withdraw_booked", "after"): "withdraw_of_receiver",
    ("confirm_death", "after"): "confirm_sign_of_life",
}
_FIRST = frozenset({"death_reported", "death_confirmed"})


def _begun_by(file: CaseFile, task: Task) -> str:
    """Whether what was said of the death itself began it, or something that came after."""
    anchor = file.anchor_of(task)
    return "first" if anchor is None or anchor.kind in _FIRST else "after"
