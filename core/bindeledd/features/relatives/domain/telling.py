"""Who may be told what of a person, and which rule says so: by consent, age and responsibility.

Read `told`. An age is that of a stated birth date with how it is known; where it is not known,
nobody is told anything by age, and the answer says that. What concerns one relative (unsafe to
contact, an objection) concerns no other.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bindeledd.features.pathways.domain import Basis, KinRules
from bindeledd.features.patients.domain import BornHow, Identity
from bindeledd.features.patients.domain.ages import possible_ages
from bindeledd.features.relatives.domain import Carer, Relative, Share, may_be_told


class Band(StrEnum):
    """Where a person stands between the ages that the rules name."""

    CHILD = "child"
    MAY_OBJECT = "may_object"
    DECIDES = "decides"
    ADULT = "adult"
    UNKNOWN = "unknown"


_NOT_OF_AGE = frozenset({Band.CHILD, Band.MAY_OBJECT, Band.DECIDES})


class Topic(StrEnum):
    """What somebody may be told: what a consent names, and what needs none."""

    GENERAL = "general"
    RESPONSIBILITY = "responsibility"
    CONTACT = "contact"
    APPOINTMENTS = "appointments"
    PLAN = "plan"
    CONDITION = "condition"


class Why(StrEnum):
    """Which rule says so. `general_if_asked`: to whom nobody makes contact, where they ask us."""

    GENERAL = "general"
    GENERAL_IF_ASKED = "general_if_asked"
    CONSENT = "consent"
    NO_CONSENT = "no_consent"
    PARENTS_INFORMED = "parents_informed"
    NOT_RESPECTED = "objection_not_respected"
    RESPECTED = "objection_respected"
    UNDECIDED = "objection_undecided"
    STANDS = "objection_stands"
    STANDS_UNDECIDED = "objection_stands_undecided"
    RESPONSIBILITY = "responsibility"
    OWN_DECISION = "own_decision"
    DAILY_CARE = "daily_care"
    DAILY_CARE_ONLY = "daily_care_only"
    CARER_NOT_ASKED = "carer_not_asked"
    AGE_UNKNOWN = "age_unknown"
    UNSAFE = "unsafe"
    ENDED = "ended"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class Age:
    """How old the person is on a day, in completed years, and how the birth date is known.

    `estimated_too_near`: an estimate, and the answer may be another within its margin.
    """

    band: Band
    years: int | None = None
    how: BornHow | None = None
    estimated_too_near: bool = False


@dataclass(frozen=True, kw_only=True)
class May:
    """Whether a relative may be told this, why, and what the rule rests on."""

    topic: Topic
    told: bool
    why: Why
    basis: Basis | None = None


def age_of(identity: Identity | None, rules: KinRules | None, on: date) -> Age:
    """The age, and where it stands between the ages of the rules; unknown is an answer of its own."""
    if identity is None or rules is None:
        return Age(band=Band.UNKNOWN)
    ages = possible_ages(identity, on, margin=rules.estimate.years)
    if not ages:
        return Age(band=Band.UNKNOWN)
    years, how = ages[len(ages) // 2], identity.born_how
    bands = {_band(age, rules) for age in ages}
    if len(bands) > 1:
        return Age(band=Band.UNKNOWN, years=years, how=how, estimated_too_near=True)
    return Age(band=bands.pop(), years=years, how=how)


def _band(years: int, rules: KinRules) -> Band:
    if years >= rules.responsibility.years:
        return Band.ADULT
    if years >= rules.informed.years:
        return Band.DECIDES
    return Band.MAY_OBJECT if years >= rules.objection.years else Band.CHILD


def told(relative: Relative, age: Age, rules: KinRules | None, on: date) -> tuple[May, ...]:
    """What this relative may be told on that day, topic by topic; general information always.

    Of whom it is not safe to contact, what is held back comes first, and the rest only if asked.
    """
    unsafe = _stopped(relative) is Why.UNSAFE
    order = sorted(Topic, key=lambda one: unsafe and one is Topic.GENERAL)
    found = [(topic, _why(topic, relative, age.band, on)) for topic in order]
    return tuple(
        May(topic=topic, told=why in _YES, why=why, basis=_basis(why, rules))
        for topic, why in found
        if why is not None
    )


def may_know(lines: tuple[May, ...]) -> list[Topic]:
    """What may be told beyond what anybody may hear."""
    return [one.topic for one in lines if one.told and one.topic is not Topic.GENERAL]


_YES = frozenset(
    {
        Why.GENERAL,
        Why.GENERAL_IF_ASKED,
        Why.CONSENT,
        Why.PARENTS_INFORMED,
        Why.NOT_RESPECTED,
        Why.RESPONSIBILITY,
        Why.DAILY_CARE,
    }
)
_WITHHELD = frozenset({Why.RESPECTED, Why.UNDECIDED, Why.STANDS, Why.STANDS_UNDECIDED})
_WITH_DAILY_CARE = frozenset({Topic.PLAN, Topic.APPOINTMENTS})


def _why(topic: Topic, relative: Relative, band: Band, on: date) -> Why | None:
    stopped = _stopped(relative)
    if topic is Topic.GENERAL:
        return Why.GENERAL_IF_ASKED if stopped is Why.UNSAFE else Why.GENERAL
    if topic is Topic.RESPONSIBILITY:
        return _of_responsibility(relative, band, stopped)
    if stopped is not None:
        return stopped
    objected = _objected(relative, band)
    if objected in _WITHHELD:
        return objected
    if may_be_told(relative, Share(topic), on):
        return Why.CONSENT
    return _by_age(topic, relative, band, objected)


def _stopped(relative: Relative) -> Why | None:
    """What stands above every consent and every age, for this relative only."""
    if relative.unreadable:
        return Why.UNREADABLE
    if relative.unsafe_to_contact:
        return Why.UNSAFE
    return Why.ENDED if relative.ended_on is not None else None


def _of_responsibility(relative: Relative, band: Band, stopped: Why | None) -> Why | None:
    """Only of whoever has it, for a person who may not be of age; else there is nothing to say."""
    if relative.carer is not Carer.PARENTAL_RESPONSIBILITY or band is Band.ADULT:
        return None
    if stopped is not None:
        return stopped
    return Why.AGE_UNKNOWN if band is Band.UNKNOWN else Why.RESPONSIBILITY


def _objected(relative: Relative, band: Band) -> Why | None:
    """What became of an objection. A child is too young for one; past the ages that the rule names
    it goes on withholding until a person says otherwise: no birthday opens what it hid."""
    objection = relative.objection
    if band is Band.CHILD or objection is None or not objection.stands:
        return None
    between = band is Band.MAY_OBJECT
    if objection.respected is None:
        return Why.UNDECIDED if between else Why.STANDS_UNDECIDED
    if objection.respected:
        return Why.RESPECTED if between else Why.STANDS
    return Why.NOT_RESPECTED if between else None


def _by_age(topic: Topic, relative: Relative, band: Band, objected: Why | None) -> Why:
    if band is Band.ADULT or relative.carer is Carer.NEITHER:
        return Why.NO_CONSENT
    if band is Band.UNKNOWN:
        return Why.AGE_UNKNOWN
    if relative.carer is None:
        return Why.CARER_NOT_ASKED
    if band is Band.DECIDES and relative.carer is Carer.PARENTAL_RESPONSIBILITY:
        return Why.OWN_DECISION
    if relative.carer is Carer.DAILY_CARE:
        return Why.DAILY_CARE if topic in _WITH_DAILY_CARE else Why.DAILY_CARE_ONLY
    return objected or Why.PARENTS_INFORMED


def _basis(why: Why, rules: KinRules | None) -> Basis | None:
    """What the rule rests on; none for what stands above the rules, or waits for an answer."""
    if rules is None:
        return None
    objection, consent = rules.objection.basis, rules.consent
    return {
        Why.GENERAL: rules.general,
        Why.GENERAL_IF_ASKED: rules.general,
        Why.CONSENT: consent,
        Why.NO_CONSENT: consent,
        Why.OWN_DECISION: consent,
        Why.STANDS: consent,
        Why.STANDS_UNDECIDED: consent,
        Why.PARENTS_INFORMED: rules.informed.basis,
        Why.NOT_RESPECTED: objection,
        Why.RESPECTED: objection,
        Why.UNDECIDED: objection,
        Why.RESPONSIBILITY: rules.responsibility.basis,
        Why.DAILY_CARE: rules.daily_care,
        Why.DAILY_CARE_ONLY: rules.daily_care,
    }.get(why)
