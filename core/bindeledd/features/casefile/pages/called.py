"""What a task is called on the pages of its case: in the list, on its own page, in the drawing."""

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.appointed import too_late_to_check
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words, task_words
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.texts import t


def task_called(book: Book, file: CaseFile, task: Task, *, by_rule: bool = False) -> str:
    """What it asks of the reader now: that a time without staff is over which nobody covered, or
    what became of an appointment that nobody checked; else its kind. `by_rule`: the title of its
    rule stands for its kind, where it has one."""
    if file.uncovered(task):
        return t("casefile.task.gap_over")
    if too_late_to_check(file, task):
        return task_words("record_outcome", book)
    own = owed_words(book, task.kind, task.step_key) if by_rule else ""
    return own or task_words(task.kind, book)
