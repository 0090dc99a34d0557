"""What was answered of the questions of packs, in the words of the pack, also when it is gone."""

from collections.abc import Iterator
from typing import Any

from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.cases.domain.telling import OURS
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.past import QUESTION
from bindeledd.features.pathways.domain.words import ANSWERED, FACTS
from bindeledd.foundation.texts import said_of, t


def answered(book: Book, happened: Happened) -> list[str]:
    """What was answered of the extra facts that packs ask for, with the question; in the words that
    it had here where the answer is none of those that there are now, or the pack that asked is
    gone, and as it was recorded where nobody knows them. What the product itself keeps is none."""
    asked = {
        own.key: f"{said_of(own.label)} {said_of(option.label)}"
        for own in book.fields
        for option in own.options
        if happened.facts.get(own.key) == option.value
    }
    gone = happened.facts.keys() - asked.keys() - FACTS.keys() - OURS
    told = (_as_it_was(book, happened, one) for one in sorted(gone))
    return [*asked.values(), *(one for one in told if one)]


def _as_it_was(book: Book, happened: Happened, key: str) -> str:
    value = happened.facts[key]
    answer = said_of(book.past.answer(key, value), str(value))
    question = next(_questions(book, key), None)
    if question is not None:
        return _if_answer(happened, "answer_not_offered", question=question, value=answer)
    question = said_of(book.past.of(QUESTION, key))
    if question:
        return t("casefile.page.answer_of_gone_pack", question=question, answer=answer)
    return _if_answer(happened, "answer_without_question", key=key, value=value)


def _questions(book: Book, key: str) -> Iterator[str]:
    return (said_of(own.label) for own in book.fields if own.key == key)


def _if_answer(happened: Happened, code: str, **values: Any) -> str:
    """Nothing for other kinds of events: the product keeps facts of its own with them."""
    return t(f"casefile.page.{code}", **values) if happened.kind == ANSWERED else ""
