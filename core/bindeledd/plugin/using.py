"""What packs declare is used: a field by a step or gate, a contact with a kind of task that there is;
and a field has a name under which it can be answered."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bindeledd.features.casefile.domain.form_names import is_own_name
from bindeledd.features.cases.domain.telling import RESERVED
from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.table import listed
from bindeledd.features.pathways.domain.words import ASKING, EVENTS, FACTS, TASKS
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Said, said
from bindeledd.foundation.wording import measured_in
from bindeledd.plugin.asking import Yielded

# A word of a key that names a measure of risk, in the languages of the catalogues; of a longer word
# what is whole of it: somebody who is well is *frisk*.
_OF_RISK = re.compile(
    r"[a-z]*(?:risiko|score|scoring|skår|skaar|skåre)[a-zæøå]*|(?:suicide?)?risks?"
)


def word_of_risk(key: str) -> str | None:
    """The word by which a key names a risk, its level or its score; None where it names none."""
    return next((word for word in key.lower().split("_") if _OF_RISK.fullmatch(word)), None)


def _measured(asked: CaseField) -> str | None:
    """The words by which a question, in one of its languages, asks for a level of danger."""
    for language, question in asked.label.items():
        answers = [one.label.get(language, "") for one in asked.options]
        if words := measured_in(question, answers):
            return words
    return None


def insist_own_names(yielded: Sequence[Yielded]) -> None:
    """A field of a name that the product keeps for itself, as a fact or in its forms, could never be
    answered, or what was written beside it would be lost. Asked before any routine is read: the
    answers of such a field would be taken for those of the core."""
    for one in yielded:
        if isinstance(one.value, CaseField):
            name = one.value.key
            if name in RESERVED | FACTS.keys() or is_own_name(name):
                raise Misconfigured("plugin.field_reserved", where=one.at("key"), name=name)


def insist_named_contacts(yielded: Sequence[Yielded]) -> None:
    """Who can be asked carries the name of the pack that says so: two packs never mean different
    people by one key."""
    for one in yielded:
        if isinstance(one.value, Contact) and not one.value.key.startswith(f"{one.plugin.name}."):
            right = f"{one.plugin.name}.{one.value.key.rpartition('.')[2]}"
            raise Misconfigured(
                "plugin.key_without_name",
                where=one.at("key"),
                added=one.value.key,
                right=f'key = "{right}"',
            )


def insist_used(yielded: Sequence[Yielded], book: Book) -> None:
    """A field that no step or gate looks at, or whose step is not there, is a slip of the pen; none
    measures risk."""
    places: list[Pathway | Layer] = [*book.pathways.values(), *book.layers]
    owed = {step.key for place in places for step in place.steps}
    owed |= {gate.key for place in places for gate in place.gates}
    owed |= {word.key for layer in book.layers for word in layer.tightenings}
    for one in yielded:
        if not isinstance(one.value, CaseField):
            continue
        scores = word_of_risk(one.value.key)
        if scores:
            raise Misconfigured(
                "plugin.field_scores", where=one.at("key"), name=one.value.key, word=scores
            )
        measured = _measured(one.value)
        if measured:
            raise Misconfigured(
                "plugin.field_measures", where=one.at("label"), name=one.value.key, words=measured
            )
        never = sorted(set(one.value.asked_with) - ASKING)
        if never or not one.value.asked_with:
            known = never and EVENTS.issuperset(never)
            raise Misconfigured(
                "plugin.field_not_asked" if known else "plugin.field_never_asked",
                where=one.at("asked_with"),
                name=one.value.key,
                missing=", ".join(never) or said("plugin.words.nothing"),
                known=listed(ASKING, next(iter(never), "")),
            )
        missing = [key for key in one.value.used_by if key not in owed]
        if missing or not one.value.used_by:
            raise Misconfigured(
                "plugin.field_unused",
                where=one.at("used_by"),
                name=one.value.key,
                missing=", ".join(missing) or said("plugin.words.nothing"),
                nearest=_nearest(missing, owed),
            )


def _nearest(missing: Sequence[str], owed: Iterable[str]) -> str | Said:
    """The step or gate whose key is nearest to the first that is not there, to be asked for."""
    near = get_close_matches(next(iter(missing), ""), sorted(owed), n=1)
    return said("pathways.lint.near_one", near=near[0]) if near else ""


def insist_tasks(yielded: Sequence[Yielded], book: Book) -> None:
    """Whoever can be asked about a kind of task that there is not would never be shown."""
    known = TASKS | book.task_titles.keys()
    for one in yielded:
        if isinstance(one.value, Contact) and not (one.value.tasks and one.value.tasks <= known):
            raise Misconfigured(
                "plugin.contact_task",
                where=one.at("tasks"),
                name=one.value.key,
                missing=", ".join(sorted(one.value.tasks - known)) or said("plugin.words.nothing"),
            )
