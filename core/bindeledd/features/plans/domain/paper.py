"""The plan on paper, for the person to keep; the same sections go into the note for the record.

And what a receiver outside gets of it. In the language of the site, except what was typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bindeledd.features.plans.domain import Asked, Measure, Version, Words, not_yet
from bindeledd.foundation.printing import Line, Section, Sheet, mark_of
from bindeledd.foundation.spelling import word, written
from bindeledd.foundation.texts import said_of, site_language, speaking, t


def sheet(
    version: Version,
    *,
    name: str,
    calls: Sequence[tuple[str, str]] = (),
    environment: str | None = None,
) -> Sheet:
    """What is printed and given to the person: the plan, without who follows them up or why.

    `calls`: who can be called beside it, and the number. `environment`: what the installation is
    for, which paper says where nobody is real.
    """
    with speaking(site_language()):
        return Sheet(
            title=said_of(version.title),
            lead=" · ".join(filter(None, (name, t("plans.paper.as_of", at=_made(version))))),
            sections=(*_answers(version), *_calls(calls)),
            foot=t("plans.paper.foot", at=_made(version)),
            mark=mark_of(environment),
        )


def _calls(calls: Sequence[tuple[str, str]]) -> Iterator[Section]:
    if calls:
        lines = tuple(Line(label=label, text=number) for label, number in calls)
        yield Section(title=t("plans.paper.calls"), lines=lines)


def for_record(version: Version) -> tuple[Section, ...]:
    """The plan in the note for the record of the hospital: what it says, and who took part."""
    with speaking(site_language()):
        return (*_answers(version), Section(title=t("plans.paper.who"), lines=tuple(_who(version))))


def _made(version: Version) -> str:
    return written(version.made_at)


def _answers(version: Version) -> Iterator[Section]:
    if version.words is None:
        return
    for one in version.asked:
        lines = tuple(_lines(one, version.words))
        if lines:
            yield Section(title=said_of(one.title), lines=lines)


def _lines(one: Asked, words: Words) -> Iterator[Line]:
    if one.measures:
        yield from (Line(text=measure_words(measure)) for measure in words.measures)
        return
    yield from (Line(text=line) for line in words.sections.get(one.key, "").splitlines() if line)


def measure_words(measure: Measure) -> str:
    """A measure in one line: what, which service, and who there."""
    owner = measure.owner or t("plans.measures.no_owner")
    return f"{measure.what} · {word('plans.services', measure.whose.value)}: {owner}"


def _who(version: Version) -> Iterator[Line]:
    if version.words is None:
        return
    part = version.words.took_part
    yield Line(text=t("plans.person." + ("yes" if part.person else "no")))
    yield Line(label=t("plans.page.relatives"), text=word("plans.relatives", part.relatives.value))
    services = ", ".join(word("plans.services", one.value) for one in sorted(part.services))
    if services:
        yield Line(label=t("plans.page.services"), text=services)


# --- for a receiver outside -----------------------------------------------------------------------


def for_receiver(version: Version, *, relatives_may_be_told: bool) -> Mapping[str, Any]:
    """What goes out of it: not what stays inside, and not what is the relatives' while none of
    them may be told of the plan. That there is an answer is said."""
    words = version.words
    if words is None:
        return {"made_at": version.made_at.isoformat(), "unreadable": True}
    out = [one for one in version.asked if relatives_may_be_told or not one.of_relatives]
    return {
        "made_at": version.made_at.isoformat(),
        "unreadable": False,
        "title": dict(version.title),
        "person": words.took_part.person,
        "relatives": words.took_part.relatives.value,
        "services": sorted(one.value for one in words.took_part.services),
        "sections": [
            {
                "key": one.key,
                "title": dict(one.title),
                "words": "" if one.stays_inside else words.sections.get(one.key, ""),
                "kept_inside": one.stays_inside,
            }
            for one in out
            if words.sections.get(one.key)
        ],
        "measures": [
            {"what": one.what, "whose": one.whose.value, "owner": one.owner}
            for one in words.measures
        ],
        "not_yet": [dict(one.title) for one in not_yet(out, words)],
    }
