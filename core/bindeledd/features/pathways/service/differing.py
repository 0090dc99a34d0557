"""A difference between two routines in words: for the command line and for a page."""

from collections.abc import Mapping

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.comparing import Difference, words_that_differ
from bindeledd.features.pathways.domain.explaining import Field
from bindeledd.features.pathways.service.wording import (
    basis_words,
    place_words,
    step_words,
    value_words,
)
from bindeledd.foundation.texts import t


def difference_words(found: Difference, books: tuple[Book, Book]) -> tuple[str, ...]:
    """The step, what of it is another, how it is on either side, and who says so."""
    said_by = place_words(found.after or found.before)
    if found.what != "changed":
        kind = "ground_" if found.ground else "letter_" if found.letter else ""
        kind = "gate_" if found.gate else kind
        shown = t(f"pathways.diff.{kind}{found.what}")
        before, after = (_whole(found, side) for side in (found.before, found.after))
        return _name(found), shown, before, after, said_by
    if found.field == "text":
        return _name(found), t("pathways.fields.text"), *_texts(found), said_by
    sides = zip((found.before, found.after), books, strict=True)
    before, after = (_cell(found, side, book) for side, book in sides)
    return _name(found), t(f"pathways.fields.{found.field}"), before, after, said_by


def _texts(found: Difference) -> tuple[str, str]:
    """The lines of a letter that stand on one side only."""
    one, other = (side.value if side else {} for side in (found.before, found.after))
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return "", ""
    return words_that_differ(one, other), words_that_differ(other, one)


def _name(found: Difference) -> str:
    return found.key if found.ground or found.letter else step_words(found.key)


def _whole(found: Difference, side: Field | None) -> str:
    """When a step or gate is due, how strong it is and whether it knows an exception; and what a
    ground or a letter is called."""
    if side is None:
        return ""
    if found.owed is None:
        return value_words("title", side.value)
    said = [value_words("due", side.value), value_words("strength", found.owed.strength)]
    return " · ".join([*said, t("pathways.fields.hard")] if found.hard else said)


def _cell(found: Difference, side: Field | None, book: Book) -> str:
    if side is None:
        return ""
    if found.field in ("basis", "due_basis"):
        return basis_words(side.basis)
    return value_words(found.field, side.value, book)
