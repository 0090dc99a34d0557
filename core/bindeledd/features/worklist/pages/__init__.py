"""The pages of a day: the list (`day.py`), the inbox, who is leaving, who is away, who is on call."""

from datetime import timedelta

from flask import Blueprint

from bindeledd.features.pathways.domain import Book
from bindeledd.features.worklist.pages.away import add_away
from bindeledd.features.worklist.pages.calendar import add_calendar
from bindeledd.features.worklist.pages.day import add_day
from bindeledd.features.worklist.pages.duty import add_duty
from bindeledd.features.worklist.pages.inbox import add_inbox
from bindeledd.features.worklist.pages.leaving import add_leaving
from bindeledd.features.worklist.pages.searching import add_searching
from bindeledd.foundation.texts import said_of, texts


def pages(book: Book, *, longest_on_call: timedelta) -> Blueprint:
    """`url_for("worklist_pages.day")` and `.away`; `book` names the kinds of tasks of packs."""
    bp = Blueprint("worklist_pages", "bindeledd.features.worklist", template_folder="templates")
    titles = book.task_titles

    def words(kind: str) -> str:
        found = texts().find(f"tasks.kinds.{kind}")
        return found if isinstance(found, str) else said_of(titles.get(kind, {}), kind)

    add_day(bp, book, words)
    add_away(bp, book)
    add_duty(bp, longest_on_call)
    add_leaving(bp, book, words)
    add_calendar(bp)
    add_searching(bp)
    add_inbox(bp, book, words)
    return bp
