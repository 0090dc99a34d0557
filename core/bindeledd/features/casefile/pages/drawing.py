"""What the template of the drawn timeline asks for: the drawing of a case, and the words on it."""

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.drawing import draw
from bindeledd.features.casefile.domain.drawn import Drawing
from bindeledd.features.casefile.domain.scaling import Tick
from bindeledd.features.casefile.domain.sketching import sketch
from bindeledd.features.casefile.pages.called import task_called
from bindeledd.features.casefile.pages.words import event_words
from bindeledd.features.pathways.domain import Book
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.foundation.texts import t

# So many letters of a month's name stand on the axis.
SHORT = 3


def given(book: Book) -> dict[str, object]:
    """What the template may use."""

    def drawn(file: CaseFile) -> Drawing | None:
        def of_task(task: Task) -> str:
            by_rule = task.origin is not TaskOrigin.GATE
            return task_called(book, file, task, by_rule=by_rule)

        return draw(sketch(file, of_event=lambda one: event_words(file, one), of_task=of_task))

    return {"drawn": drawn, "drawn_day": day_words}


def day_words(one: Tick) -> str:
    """`8. mar` of a week that begins, `apr` of a month; with its year in January."""
    month = t(f"web.months.{one.on.month}")[:SHORT]
    if not one.by_month:
        return t("casefile.drawn.of_week", day=one.on.day, month=month)
    return f"{month} {one.on.year}" if one.on.month == 1 else month
