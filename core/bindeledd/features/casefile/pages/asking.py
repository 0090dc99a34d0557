"""The questions that packs ask with what is recorded, as a page lays them out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.asking import Asked, by_layer, owed_now
from bindeledd.features.cases.domain import staying, telling
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.words import ANSWERED
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import said_of, t


@dataclass(frozen=True, kw_only=True)
class Section:
    """Questions behind one heading; `open` where one of them is answered in the form, or wrong."""

    title: str
    questions: tuple[CaseField, ...]
    open: bool


def routine_of(book: Book, file: CaseFile) -> staying.Routines | None:
    """The routines that the case follows, wherever the person stayed; None where not installed."""
    if not file.pathway_known:
        return None
    return staying.routines(book, file.case, file.elsewhere)


def questions(book: Book, kind: str, file: CaseFile, of: str = "") -> list[CaseField]:
    """The extra facts that are asked for with an event of this kind; `of`: by that rule only."""
    asked = book.asked_with(kind, routine_of(book, file))
    return [own for own in asked if of in own.used_by] or asked


def own_facts(
    book: Book, kind: str, form: Form, *, words: str = "words"
) -> dict[str, telling.Fact]:
    """What was answered of the extra facts that packs ask for; what was not answered is unknown.

    `words`: the field in which is said what an answer takes in words, empty where there is none.
    """
    found: dict[str, telling.Fact] = {}
    for own in book.asked_with(kind, None):
        value = form.text(own.key)
        if value and not own.allows(value):
            form.wrong(own.key, t("web.form.choose"))
        elif value:
            found[own.key] = value
            if own.in_words(value) and not (words and form.text(words)):
                needed = t("casefile.form.answer_in_words", question=said_of(own.label))
                form.wrong(words or own.key, needed)
    return found


def takes_words(asked: Iterable[CaseField]) -> bool:
    """Whether one of the answers to these is saved with words only."""
    return any(option.in_words for own in asked for option in own.options)


def laid_out(book: Book, kind: str, file: CaseFile, form: Form) -> dict[str, Any]:
    """What the form asks at once (`own_fields`), and what stands behind headings (`sections`).

    Where nothing but questions is asked, those that are owed now stand first, and none is left out.
    `takes_words`: one of the answers is saved with words only.
    """
    asked = questions(book, kind, file, form["of"])
    return {**_placed(book, kind, file, form, asked), "takes_words": takes_words(asked)}


def _placed(
    book: Book, kind: str, file: CaseFile, form: Form, asked: Sequence[CaseField]
) -> dict[str, Any]:
    of = form["of"]
    if kind != ANSWERED or any(of in own.used_by for own in asked):
        return {"own_fields": asked, "sections": []}
    owed = frozenset(one.task.step_key.removeprefix("gate.") for one in file.owed)
    first = owed_now(asked, owed)
    routine = routine_of(book, file)
    rest = [own for own in asked if own not in first]
    found = by_layer(rest, lambda key: None if routine is None else routine.find(key))
    if not first and len(found) == 1:
        return {"own_fields": rest, "sections": []}
    return {"own_fields": first, "sections": _sections(book, found, form)}


def _sections(book: Book, found: Sequence[Asked], form: Form) -> list[Section]:
    titles = {layer.key: layer.title for layer in book.layers}
    return [
        Section(
            title=said_of(titles.get(one.layer, {})) or t("casefile.say.of_routine"),
            questions=one.questions,
            open=any(form[own.key] or own.key in form.errors for own in one.questions),
        )
        for one in found
    ]
