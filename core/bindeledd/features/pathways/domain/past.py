"""What packs called things, as this installation last knew it: a pack goes, and histories stay.

A book that remembers says it where a pack that is gone was the only one to know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bindeledd.features.pathways.domain.book import Book

Words = Mapping[str, str]
# What it is (`task`, `step`, `made`, `question`, `answer`, `ground`), and its key.
Named = tuple[str, str]
TASK, STEP, MADE, QUESTION, ANSWER, GROUND = "task", "step", "made", "question", "answer", "ground"


@dataclass(frozen=True, kw_only=True)
class Past:
    """Words by what they are of; each by language. `made`: which kind of task a step or gate made."""

    words: Mapping[Named, Words] = field(default_factory=dict)

    def of(self, what: str, key: str) -> Words:
        """Nothing where it was never known here."""
        return self.words.get((what, key), {})

    def answer(self, question: str, value: object) -> Words:
        return self.of(ANSWER, f"{question}={value}")

    def made(self, step_key: str) -> str:
        return self.of(MADE, step_key).get("task", "")


def words_of(book: "Book") -> dict[Named, dict[str, str]]:
    """What packs and the site itself call things now."""
    return {named: dict(words) for named, words in _words_of(book) if words}


def _words_of(book: "Book") -> Iterator[tuple[Named, Words]]:
    yield from (((TASK, kind), title) for kind, title in book.task_titles.items())
    yield from (((STEP, key), title) for key, title in book.step_titles.items())
    yield from (((MADE, key), {"task": kind}) for key, kind in book.step_tasks.items())
    for one in book.fields:
        yield (QUESTION, one.key), one.label
        yield from (((ANSWER, f"{one.key}={own.value}"), own.label) for own in one.options)
    for layer in book.layers:
        yield from (((GROUND, ground.key), ground.title) for ground in layer.grounds)
