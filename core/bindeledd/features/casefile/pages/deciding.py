"""What now, on the page of its task: a choice of the routine, words, and what the choice asks for."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.owing import Owed
from bindeledd.features.casefile.pages.doing import insist
from bindeledd.features.casefile.service import deciding
from bindeledd.features.cases.domain.deciding import DECIDES, Decision
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives.domain import Relative
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import said_of, t

PLACES = {
    "task.unknown_choice": "choice",
    "task.who_answered_needed": "who",
    "task.relative_needed": "relative",
    "task.relative_unsafe": "relative",
    "task.relative_objected": "relative",
    "task.next_day_needed": "on",
    "task.next_day_too_late": "on",
}


def decided(case_id: UUID, task_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    """Reads the decision and does it."""

    def act(session: Session, form: Form) -> str:
        said = Decision(
            choice=form.needed("choice", t("web.form.choose")),
            words=form.needed("why", t("casefile.decide.words_needed")),
            who=form.text("who"),
            relative_id=form.id("relative"),
            on=form.day("on"),
        )
        insist(form)
        by = current_actor()
        done = deciding.decide(session, case_id, task_id, said, by=by, at=now(), book=book)
        return deciding.became(done)

    return act


def shown(book: Book, file: CaseFile, owed: Owed) -> Mapping[str, Any]:
    """What the page needs beside the task: the choices, for which of them each field is, relatives."""
    note = owed.note or {}
    about = str(note.get("relative_id", ""))
    found: dict[str, Any] = {"about": next((r for r in file.relatives if str(r.id) == about), None)}
    if owed.task.kind != DECIDES:
        return found | {"decisions": []}
    kinds = book.rule(DECIDES).choices
    return found | {
        "decisions": [(one.key, said_of(one.title, one.key)) for one in kinds],
        "asked_for": {
            need: ", ".join(said_of(one.title, one.key) for one in kinds if need in one.needs)
            for need in ("who", "relative", "date")
        },
        "near": [(one.id, _named(one)) for one in file.relatives if one.may_be_called],
        "unsafe": any(one.unsafe_to_contact for one in file.relatives),
        "objected": any(one.is_near and one.is_objected_to for one in file.relatives),
    }


def chosen(book: Book, note: Mapping[str, Any]) -> list[str]:
    """What was decided, and who answered, as the history says it."""
    key = note.get("choice")
    kinds = book.core[DECIDES].choices if DECIDES in book.core else ()
    lines = [said_of(one.title, one.key) for one in kinds if one.key == key]
    if key and note.get("who"):
        lines.append(t("casefile.decide.answered", who=note["who"]))
    return lines


def _named(one: Relative) -> str:
    return ", ".join(part for part in (one.name, one.relation) if part)
