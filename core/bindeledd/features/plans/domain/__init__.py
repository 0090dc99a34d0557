"""What a plan is: answers in the person's words, who took part, versions that are never changed.

One running plan for each follow-up. `bundles.py` says what is sealed of it, `paper.py` how it is
printed, `comparing.py` what changed. Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.pathways.domain import AskedOf, PlanForm, PlanSection, SectionForm
from bindeledd.foundation.errors import Conflict, Invalid, NotFound

LONGEST = 4_000  # letters in one section
MOST_MEASURES = 30


class VersionNotFound(NotFound):
    """There is no such version, or the one who asks may not see the follow-up."""

    code = "plan.not_found"


class PlanChanged(Conflict):
    """Somebody saved a version that whoever saves now has not read. Nothing was written."""

    code = "plan.changed_meanwhile"


class PlanEmpty(Invalid):
    """No section has an answer: that a plan was only offered is said elsewhere."""

    code = "plan.empty"


class NoSuchSection(Invalid):
    """The plan of this follow-up does not ask that."""

    code = "plan.no_such_section"


class TooLong(Invalid):
    """One section is longer than what anybody reads when it is needed."""

    code = "plan.too_long"


class MeasureOfNothing(Invalid):
    """Somebody has said yes, and it is not said to what."""

    code = "plan.measure_of_nothing"


class RelativesLocked(Conflict):
    """No relative may be told of the plan today: what is theirs in it cannot be changed."""

    code = "plan.relatives_locked"


class Relatives(StrEnum):
    """Whether relatives took part."""

    YES = "yes"
    REFUSED = "refused_by_patient"
    NONE = "none_available"
    NOT_ASKED = "not_asked"


# Nobody is waited for: the section of the relatives is not among what is not yet written.
_NOBODY = frozenset({Relatives.REFUSED, Relatives.NONE})


class Service(StrEnum):
    """Which kind of service took part, or does a measure."""

    TRUST = "trust"
    MUNICIPALITY = "municipality"
    PRACTICE = "practice"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a service does. `owner`: whoever there has said yes to it, in words; empty: nobody yet."""

    what: str
    whose: Service
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class TookPart:
    """Who the plan was made with."""

    person: bool
    relatives: Relatives = Relatives.NOT_ASKED
    services: frozenset[Service] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands in a plan: the answer of each section by its key, and the measures."""

    sections: Mapping[str, str] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    took_part: TookPart


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A section as it was asked when a version was saved. `measures`: its answer is the measures."""

    key: str
    title: Mapping[str, str]
    measures: bool = False
    stays_inside: bool = False
    of_relatives: bool = False


@dataclass(frozen=True, kw_only=True)
class Version:
    """The plan as it was saved once. `words` is `None` where it was not opened or cannot be read."""

    id: UUID
    case_id: UUID
    number: int
    event_id: UUID
    made_at: datetime
    made_by: UUID | None
    in_error: bool = False
    title: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    words: Words | None = None


# --- what may be saved ----------------------------------------------------------------------------


def asked_now(form: PlanForm, before: Version | None) -> tuple[Asked, ...]:
    """The sections of today, and those that the version before had an answer to and nobody asks
    any more: a pack that goes away takes no answer with it."""
    now = tuple(_as_asked(one) for one in form.sections)
    if before is None or before.words is None:
        return now
    keys = {one.key for one in now}
    kept = tuple(
        one
        for one in before.asked
        if one.key not in keys and not one.measures and before.words.sections.get(one.key)
    )
    return (*now, *kept)


def _as_asked(one: PlanSection) -> Asked:
    return Asked(
        key=one.key,
        title=one.title,
        measures=one.form is SectionForm.MEASURES,
        stays_inside=one.stays_inside,
        of_relatives=one.asked_of is AskedOf.RELATIVES,
    )


def check(said: Words, asked: Collection[Asked], before: Words | None, *, locked: bool) -> Words:
    """The words, tidied. `locked`: no relative may be told of the plan today.

    Raises `PlanEmpty`, `NoSuchSection`, `TooLong`, `MeasureOfNothing`, `RelativesLocked`.
    """
    tidy = _tidied(said)
    if set(tidy.sections) - {one.key for one in asked if not one.measures}:
        raise NoSuchSection()
    if any(len(words) > LONGEST for words in tidy.sections.values()):
        raise TooLong()
    if len(tidy.measures) > MOST_MEASURES or any(_long(one) for one in tidy.measures):
        raise TooLong()
    if any(not one.what for one in tidy.measures):
        raise MeasureOfNothing()
    if not tidy.sections and not tidy.measures:
        raise PlanEmpty()
    if locked:
        _keep_out(tidy, asked, before)
    return tidy


def _long(one: Measure) -> bool:
    return max(len(one.what), len(one.owner)) > LONGEST


def _tidied(said: Words) -> Words:
    sections = {key: _lines(words) for key, words in said.sections.items()}
    measures = (
        replace(one, what=one.what.strip(), owner=one.owner.strip()) for one in said.measures
    )
    return replace(
        said,
        sections={key: words for key, words in sections.items() if words},
        measures=tuple(one for one in measures if one.what or one.owner),
    )


def _lines(words: str) -> str:
    """What was typed, with the line ends of one kind and no blanks after the words."""
    return "\n".join(line.rstrip() for line in words.strip().splitlines())


def _keep_out(said: Words, asked: Collection[Asked], before: Words | None) -> None:
    """While it is locked, what is the relatives' stands as it stood, and none of them takes part."""
    was = {} if before is None else before.sections
    changed = any(
        said.sections.get(one.key, "") != was.get(one.key, "") for one in asked if one.of_relatives
    )
    if changed or said.took_part.relatives is Relatives.YES:
        raise RelativesLocked()


def check_base(latest: int, base: int) -> None:
    """Refuse to save over a version that was not read. Raises `PlanChanged`."""
    if latest != base:
        raise PlanChanged(latest=latest, read=base)


# --- what is there --------------------------------------------------------------------------------


def filled(asked: Collection[Asked], words: Words) -> list[str]:
    """The keys of the sections that hold something, in their order."""
    return [one.key for one in asked if (words.measures if one.measures else _said(one, words))]


def _said(one: Asked, words: Words) -> str:
    return words.sections.get(one.key, "")


def not_yet(asked: Collection[Asked], words: Words | None) -> list[Asked]:
    """The sections that nobody has written yet, in their order. Not the relatives' where the
    person does not want them asked, or there is nobody."""
    if words is None:
        return list(asked)
    there = set(filled(asked, words))
    nobody = words.took_part.relatives in _NOBODY
    return [one for one in asked if one.key not in there and not (one.of_relatives and nobody)]


def has_municipal_measure(words: Words) -> bool:
    """Whether the municipality does something, and somebody there has said yes to it (S-048)."""
    return any(one.whose is Service.MUNICIPALITY and one.owner for one in words.measures)


def facts(version_id: UUID, asked: Collection[Asked], words: Words) -> dict[str, Any]:
    """What a version is to routines: plain codes, no words."""
    return {
        "plan_version_id": str(version_id),
        "plan_written": True,
        "plan_person": words.took_part.person,
        "plan_relatives": words.took_part.relatives.value,
        "plan_services": sorted(one.value for one in words.took_part.services),
        "plan_sections": filled(asked, words),
        "plan_municipal_measure": has_municipal_measure(words),
        "plan_complete": not not_yet(asked, words),
    }


def current(versions: Collection[Version]) -> Version | None:
    """The plan: the newest version that was no error."""
    standing = [one for one in versions if not one.in_error]
    return max(standing, key=lambda one: one.number, default=None)


def latest_number(versions: Collection[Version]) -> int:
    """The number of the newest version, error or not; 0 where there is none."""
    return max((one.number for one in versions), default=0)
