"""What a pack's own tests may tell: what people, other systems or the product itself can say."""

from collections.abc import Iterable, Mapping

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.may_tell import (
    OWN,
    AnswerNotListed,
    FactNotAsked,
    check_listed,
    may_tell,
)
from bindeledd.features.cases.domain.telling import OURS, TELLABLE
from bindeledd.features.cases.domain.told_with import TOLD_WITH, ToldElsewhere, check_told_with
from bindeledd.features.pathways.domain.facts import fact_words
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.table import listed
from bindeledd.features.pathways.domain.words import FACTS
from bindeledd.foundation.texts import Said, said

_TOLD = frozenset(name for names in OWN.values() for name in names) | TOLD_WITH.keys()
# What the product writes down beside what it is told, and by what the law lets something be shared.
_WRITTEN = OURS | (FACTS.keys() - _TOLD) | {"ground"}


class CannotBeTold(ValueError):
    """Nobody can say this: the question, its answers and its events stand in the words."""


def check_can_be_told(
    kind: EventKind, facts: Mapping[str, object], asked: Iterable[CaseField]
) -> None:
    """Refuse what people and other systems are refused; what the product writes down itself, and
    what an event with a form of its own tells, is one of the answers that there are. `None` is a
    question that was not answered.

    Raises `CannotBeTold`.
    """
    fields = {one.key: one for one in asked}
    own = _WRITTEN if kind in TELLABLE else _WRITTEN | _TOLD
    for name, value in facts.items():
        if value is None and (name in fields or name in FACTS):
            continue
        try:
            check_told_with(kind, name)
            if name in own and name not in fields:
                _check_own(name, value)
            else:
                check_listed(kind, {name: value}, fields.values())
        except (AnswerNotListed, FactNotAsked, ToldElsewhere):
            raise CannotBeTold(str(_why(kind, name, value, fields))) from None


def check_is_answer(facts: Mapping[str, object], asked: Iterable[CaseField]) -> None:
    """Refuse a question that nobody asks, and an answer that is none. Raises `CannotBeTold`."""
    fields = {one.key: one for one in asked}
    for name, value in facts.items():
        known = name in fields and (value is None or fields[name].allows(value))
        if not known:
            raise CannotBeTold(str(_why(None, name, value, fields)))


def check_is_known(facts: Mapping[str, object], asked: Iterable[CaseField]) -> None:
    """The same of what is known of a follow-up, whichever event told it. Raises `CannotBeTold`."""
    fields = {one.key: one for one in asked}
    for name, value in facts.items():
        values = FACTS.get(name)
        if name in fields or name not in FACTS:
            check_is_answer({name: value}, fields.values())
        elif values is not None and value is not None and not fact_words(value) <= values:
            raise CannotBeTold(str(_why(None, name, value, fields)))


def _check_own(name: str, value: object) -> None:
    known = FACTS.get(name)
    if known is not None and not fact_words(value) <= known:
        raise AnswerNotListed(fact=name)


def _why(kind: EventKind | None, name: str, value: object, fields: Mapping[str, CaseField]) -> Said:
    """The question, and what may be answered with which events; else what there is to ask."""
    field = fields.get(name)
    events = field.asked_with if field else _events(name)
    answers = [one.value for one in field.options] if field else FACTS.get(name) or ()
    if field is None and name not in FACTS and not events:
        every = (
            may_tell(kind, fields.values())
            if kind is not None and kind in TELLABLE
            else list(fields)
        )
        known = listed(every or fields, name)
        if kind is None:
            return said("plugin.told.nothing_asked", name=name, known=known)
        return said("plugin.told.no_question", name=name, kind=kind, known=known)
    return said(
        "plugin.told.no_answer" if kind else "plugin.told.never_answered",
        name=name,
        value=value,
        kind=kind or "",
        answers=", ".join(sorted(answers)) or said("plugin.words.nothing"),
        events=", ".join(events) or said("plugin.words.nothing"),
    )


def _events(name: str) -> list[str]:
    """The events that tell this fact of the core's own."""
    kinds = {*TOLD_WITH.get(name, ()), *(kind for kind, own in OWN.items() if name in own)}
    return sorted(kind.value for kind in kinds)
