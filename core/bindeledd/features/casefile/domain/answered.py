"""What packs asked, as a receiver outside is told it: the latest answer to each question."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.noted import Noted
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.foundation.spelling import OSLO


def known(at: datetime, *, date_only: bool) -> str:
    """What is known by its day is a day, `YYYY-MM-DD`, as it was where the person is."""
    return at.astimezone(OSLO).date().isoformat() if date_only else at.isoformat()


def answers(file: CaseFile, asked: Sequence[CaseField]) -> Iterator[dict[str, Any]]:
    """The last answer to each question that a routine wants the receiver to know, and to each that
    a gate of this case looks at, in the words of the pack."""
    shown = file.noted_in("package")
    yield from map(_noted, shown)
    gates, told_already = {gate.key for gate in file.gates}, {one.key for one in shown}
    stand = [one for one in file.timeline if not one.in_error]
    for own in asked:
        told = [one for one in stand if own.allows(one.facts.get(own.key))]
        last = max(told, key=lambda one: (one.at, one.recorded_at), default=None)
        if last is None or own.key in told_already or not gates & set(own.used_by):
            continue
        value = last.facts[own.key]
        yield {
            "key": own.key,
            "value": value,
            "question": dict(own.label),
            "answer": next(dict(one.label) for one in own.options if one.value == value),
            "at": known(last.at, date_only=last.date_only),
            "date_only": last.date_only,
        }


def _noted(one: Noted) -> dict[str, Any]:
    return {
        "key": one.key,
        "value": one.value,
        "question": dict(one.question),
        "answer": dict(one.answer),
        "at": known(one.at, date_only=one.date_only),
        "date_only": one.date_only,
    }
