"""What packs called things is kept, and read when they are gone. On both databases."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.service.remembering import remember_words, remembered
from builders import a_book

LAMP = CaseField(
    key="bodo_lamp",
    label={"nb": "Fikk de låne lampen?"},
    options=(Option(value="lent", label={"nb": "Ja"}), Option(value="no", label={"nb": "Nei"})),
    asked_with=("answered",),
    used_by=(),
)


def with_the_pack(title: str = "Lån ut lampen") -> Book:
    return replace(a_book(), fields=(LAMP,), task_titles={"lend_lamp": {"nb": title}})


def test_what_a_pack_called_things_is_known_without_it(session: Session) -> None:
    remember_words(session, with_the_pack())
    remember_words(session, a_book())
    past = remembered(session)

    assert past.of("task", "lend_lamp") == {"nb": "Lån ut lampen"}
    assert past.of("question", "bodo_lamp") == {"nb": "Fikk de låne lampen?"}
    assert past.answer("bodo_lamp", "lent") == {"nb": "Ja"}


def test_the_newest_words_of_a_pack_are_kept(session: Session) -> None:
    remember_words(session, with_the_pack())
    remember_words(session, with_the_pack("Lån bort lampen"))

    assert remembered(session).of("task", "lend_lamp") == {"nb": "Lån bort lampen"}


def test_which_kind_of_task_a_gate_made_is_kept_too(session: Session) -> None:
    book = a_book()
    remember_words(session, book)
    key, kind = next(iter(book.step_tasks.items()))

    assert remembered(session).made(key) == kind


def test_what_was_never_known_has_no_words(session: Session) -> None:
    remember_words(session, a_book())

    assert remembered(session).of("task", "lend_lamp") == {}
