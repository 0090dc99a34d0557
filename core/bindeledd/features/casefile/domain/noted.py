"""What packs asked, as it was answered last: shown where the pack says that somebody needs it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.pathways.domain.fields import CaseField


@dataclass(frozen=True, kw_only=True)
class Noted:
    """One question of a pack with its latest answer that stands, and when that was.

    `answer` is the value as it was recorded where the pack does not offer it any more.
    """

    key: str
    value: str
    question: Mapping[str, str]
    answer: Mapping[str, str]
    at: datetime
    date_only: bool
    shown_in: tuple[str, ...]


def noted(fields: Iterable[CaseField], timeline: Iterable[Happened]) -> Iterator[Noted]:
    """Of each question that is shown somewhere the latest answer; `timeline` is the latest first."""
    stands = [one for one in timeline if not one.in_error]
    for own in fields:
        said = next((one for one in stands if one.facts.get(own.key) is not None), None)
        if said is None or not own.shown_in:
            continue
        value = str(said.facts[own.key])
        labels = (option.label for option in own.options if option.value == value)
        yield Noted(
            key=own.key,
            value=value,
            question=own.label,
            answer=next(labels, {"nb": value}),
            at=said.at,
            date_only=said.date_only,
            shown_in=own.shown_in,
        )
