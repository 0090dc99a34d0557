"""What the person answered, as a receiver outside is told it: asked is not granted.

`consent` whether they may be contacted · `replies` to what is in place · `answers` to what packs ask.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.noted import Noted
from bindeledd.features.casefile.domain.owing import GateState
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.foundation.spelling import OSLO


def known(at: datetime, *, date_only: bool) -> str:
    """What is known by its day is a day, `YYYY-MM-DD`, as it was where the person is."""
    return at.astimezone(OSLO).date().isoformat() if date_only else at.isoformat()


def consent(file: CaseFile) -> dict[str, Any] | None:
    """What was answered last when we asked whether we may be in touch, by its code; None where
    nobody asked. The words stay here."""
    one = file.consent
    if one is None:
        return None
    return {
        "said": one.facts.get("contact_consent"),
        "again_on": _day(one.facts.get("ask_again_at")),
        "at": known(one.at, date_only=one.date_only),
        "date_only": one.date_only,
    }


def replies(file: CaseFile) -> Iterator[dict[str, Any]]:
    """What was answered to each thing that was asked, offered or tried and is in place by that."""
    told = {}
    for gate in file.gates:
        if gate.state is GateState.IN_PLACE and gate.reply is not None:
            told[gate.need] = gate.reply
    for need, one in told.items():
        yield {
            "need": need,
            "about": one.about.value,
            "said": one.said.value,
            "again_on": _day(one.again_at and one.again_at.isoformat()),
        }


def _day(moment: object) -> str | None:
    """The day on which it is asked again, as it is where the person is."""
    if not isinstance(moment, str):
        return None
    return datetime.fromisoformat(moment).astimezone(OSLO).date().isoformat()


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
