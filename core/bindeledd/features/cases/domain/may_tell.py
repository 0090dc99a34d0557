"""Which plain facts an event that a person tells may have: a list, and nothing beside it.

The core's own stand here, by kind of event; beside them stands what a pack in the book asks with
that kind. Whatever is in neither is words, and words are sealed.
"""

import re
from collections.abc import Iterable, Mapping

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.joining import RECEIVER
from bindeledd.features.pathways.domain.facts import fact_word
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.words import FACTS, YES_NO
from bindeledd.foundation.errors import Invalid

_K = EventKind
_OF_A_STAY = ("inpatient", "setting", "intoxication", "repeated")

# Kind of event → the core's own facts that it may tell. Their values are those of `FACTS`, else yes
# or no; a receiver is one that there is, which is asked where it is written.
OWN: Mapping[EventKind, tuple[str, ...]] = {
    _K.ADMITTED: _OF_A_STAY,
    _K.READY_FOR_DISCHARGE: _OF_A_STAY,
    _K.DISCHARGED: _OF_A_STAY,
    _K.RISK_ASSESSED: ("intoxication", "repeated"),
    _K.PLAN_OFFERED: ("plan_later", "plan_declined"),
    _K.RELATIVES_ASKED: ("relatives_later",),
    _K.CONTACT_CONSENT_ASKED: ("contact_consent",),
    _K.INTERPRETER_ASKED: ("interpreter",),
    _K.RECEIVER_NAMED: ("receiver_kind", RECEIVER),
    _K.BEREAVED_OFFERED: ("bereaved",),
    _K.BEREAVED_CHILDREN_OFFERED: ("bereaved",),
    _K.GAP_COVERED: ("cover", "number_answered"),
}
# Asked and answered in one: without the answer the question would be owed no more, and nobody knows.
_ANSWERS: Mapping[EventKind, str] = {
    _K.CONTACT_CONSENT_ASKED: "contact_consent",
    _K.INTERPRETER_ASKED: "interpreter",
    _K.BEREAVED_OFFERED: "bereaved",
    _K.BEREAVED_CHILDREN_OFFERED: "bereaved",
    _K.GAP_COVERED: "cover",
    _K.RECEIVER_NAMED: "receiver_kind",
}
# Of a key that is refused no more is repeated than a name can be: a number may be somebody's.
_NAME = re.compile(r"[a-z][a-z_]{0,39}[0-9]{0,2}")


class FactNotAsked(Invalid):
    """Neither the core nor a pack asks for this with this event. Names what it `may` tell."""

    code = "case.fact_not_asked"


class AnswerNotListed(Invalid):
    """What is asked has a closed list of answers, and this is none of them. Names the field and the
    answers that there are; what was said may be anything, and is not repeated."""

    code = "case.answer_not_listed"


class AnswerNeeded(Invalid):
    """Somebody was asked, and what they answered is not said: the question would be owed no more.
    Names the field (`fact`), its `answers` where they are listed, and another `door` to say it by."""

    code = "case.answer_needed"


class AnswerInWords(Invalid):
    """A pack asks that this answer is given with words, such as the reason, and there are none. Names
    the field of the words (`fact`) and the question (`asked`)."""

    code = "case.answer_in_words"


def may_tell(kind: EventKind, asked: Iterable[CaseField] = ()) -> list[str]:
    """Every plain fact that an event of this kind may have: the core's own, and what packs ask."""
    packs = [one.key for one in asked if kind.value in one.asked_with]
    return sorted({*OWN.get(kind, ()), *packs})


def check_listed(
    kind: EventKind, facts: Mapping[str, object], asked: Iterable[CaseField] = ()
) -> None:
    """Refuse a fact that nothing asks for with this event, and an answer that is not listed."""
    fields = {one.key: one for one in asked}
    may = may_tell(kind, fields.values())
    for name, value in facts.items():
        answers = _answers(name, fields.get(name))
        if answers is not None and fact_word(value) not in answers:
            raise AnswerNotListed(fact=name, answers=answers)
        if name not in may:
            raise FactNotAsked(fact=named(name), kind=kind.value, may=may, words="words")


def _answers(name: str, field: CaseField | None) -> list[str] | None:
    """The answers to it; `None` where nobody asks, and where they are known only as it is written."""
    if field is not None:
        return [one.value for one in field.options]
    own = any(name in names for names in OWN.values())
    return sorted(FACTS.get(name) or YES_NO) if own and name != RECEIVER else None


def check_answered(kind: EventKind, facts: Mapping[str, object]) -> None:
    """Refuse that somebody was asked, offered or found, without what they answered.

    About relatives only *later* is a plain fact: any other answer is sealed, by its own door. A
    receiver is known by their kind, or as an organisation; whoever says yes to answering while
    nobody is on duty is of use where the person has a number that is answered.
    """
    needed = _ANSWERS.get(kind)
    if kind is _K.RECEIVER_NAMED and facts.get(RECEIVER):
        needed = None
    if kind is _K.GAP_COVERED and facts.get("cover") == "accepted":
        needed = "number_answered"
    if needed is not None and facts.get(needed) is None:
        raise AnswerNeeded(fact=needed, answers=sorted(FACTS[needed] or ()))
    if kind is _K.RELATIVES_ASKED and fact_word(facts.get("relatives_later")) != "yes":
        raise AnswerNeeded(fact="answer", door="relatives-asked")


def check_in_words(
    facts: Mapping[str, object], words: Mapping[str, object], asked: Iterable[CaseField] = ()
) -> None:
    """Refuse an answer that a pack takes with words only, where nothing is said in words."""
    if str(words.get("words") or "").strip():
        return
    for one in asked:
        if one.in_words(facts.get(one.key)):
            raise AnswerInWords(fact="words", asked=one.key)


def named(key: str) -> str:
    """The key as a refusal may repeat it."""
    return key if _NAME.fullmatch(key) else "?"
