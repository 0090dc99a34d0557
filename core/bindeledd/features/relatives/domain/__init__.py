"""What a relative may be told, and what was answered when somebody asked.

`telling.py` says who may be told what of whom, by consent, age and parental responsibility;
`bundles.py` what stands inside the sealed columns; `refusals.py` what is refused.

Nothing here knows of HTTP, of the database or of the clock.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.relatives.domain.refusals import (
    ConsentBackwards,
    ConsentNotFound,
    ConsentObjected,
    ConsentWithdrawn,
    NobodyNamed,
    ObjectionBackwards,
    ObjectionOwn,
    ObjectionTooYoung,
    ObjectionUnexplained,
    RelativeChanged,
    RelativeNotFound,
    RelativeUnreadable,
    YearMakesNoSense,
)

__all__ = [
    "Answer",
    "Carer",
    "Consent",
    "ConsentBackwards",
    "ConsentNotFound",
    "ConsentObjected",
    "ConsentWithdrawn",
    "DECIDE_OBJECTION",
    "Family",
    "NobodyNamed",
    "Objection",
    "ObjectionBackwards",
    "ObjectionOwn",
    "ObjectionTooYoung",
    "ObjectionUnexplained",
    "Relative",
    "RelativeChanged",
    "RelativeNotFound",
    "RelativeUnreadable",
    "Share",
    "YearMakesNoSense",
    "Young",
    "check",
    "check_consent",
    "check_family",
    "decide_objection",
    "end_objection",
    "child_contact",
    "has_minors",
    "may_be_told",
    "object_to",
    "withdraw",
]

# The task that an objection is until it is decided of.
DECIDE_OBJECTION = "decide_objection"


class Carer(StrEnum):
    """What a relative is to a person who is not of age. Not asked is none of these."""

    PARENTAL_RESPONSIBILITY = "parental_responsibility"
    DAILY_CARE = "daily_care"
    NEITHER = "neither"


class Share(StrEnum):
    """What a consent is about."""

    CONTACT = "contact"
    APPOINTMENTS = "appointments"
    PLAN = "plan"
    CONDITION = "condition"


class Answer(StrEnum):
    """What came of asking about relatives."""

    CONTACTED = "contacted"
    AGREED = "agreed"
    LATER = "later"
    DECLINED = "declined"
    NONE = "none"
    UNSAFE = "unsafe"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What may be told to this relative, from and until when (both days included)."""

    id: UUID
    what: tuple[Share, ...]
    since: date
    until: date | None = None
    withdrawn_on: date | None = None
    words: str = ""

    def holds(self, on: date) -> bool:
        """A consent that was withdrawn does not hold from that day on."""
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and (self.withdrawn_on is None or on < self.withdrawn_on)


@dataclass(frozen=True, kw_only=True)
class Objection:
    """The person does not want this parent to be told. `respected`: what a clinician decided of the
    reasons, and when; `None` while nobody has. `ended_on`: the person wants it no more.
    `written_by`: whoever wrote it down, and does not decide of it. `decided_by`: whoever wrote the
    decision down; `decision_words` say who made it, and why.
    """

    since: date
    words: str = ""
    written_by: UUID | None = None
    respected: bool | None = None
    decided_on: date | None = None
    decided_by: UUID | None = None
    decision_words: str = ""
    ended_on: date | None = None

    @property
    def stands(self) -> bool:
        return self.ended_on is None


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Somebody who stands near the patient. `unsafe_to_contact` is above every consent.

    `carer` is `None` while nobody has asked whether they have parental responsibility.
    """

    id: UUID
    tenant_id: UUID
    patient_id: UUID
    name: str = ""
    relation: str = ""
    phone: str = ""
    nearest: bool = False
    unsafe_to_contact: bool = False
    consents: tuple[Consent, ...] = ()
    carer: Carer | None = None
    objection: Objection | None = None
    words: str = ""
    ended_on: date | None = None
    version: int = 1
    made_at: datetime
    unreadable: bool = False

    @property
    def waits_for_a_decision(self) -> bool:
        """Whether an objection stands of which no clinician has decided."""
        one = self.objection
        stands = one is not None and one.stands and one.respected is None
        return stands and self.ended_on is None

    @property
    def is_near(self) -> bool:
        """Whether this is known to be somebody near, whom it is safe to contact."""
        return not (self.unsafe_to_contact or self.unreadable or self.ended_on is not None)

    @property
    def is_objected_to(self) -> bool:
        """Whether an objection stands that nobody has decided not to respect."""
        one = self.objection
        return one is not None and one.stands and one.respected is not False

    @property
    def may_be_called(self) -> bool:
        """Whether a call can be decided: a call tells them that the person is followed up."""
        return self.is_near and not self.is_objected_to


@dataclass(frozen=True, kw_only=True)
class Young:
    """A child or a sibling: the birth year, where it is known, is enough."""

    born_year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Family:
    """The children and siblings of the patient, and whether those who care for them were told.

    Empty means: asked, has none. `None` means that nobody knows: not asked, or not answered; it
    is never shown as none. `child_contact_told` is `None` where it was not said.
    """

    children: tuple[Young, ...] | None = None
    siblings: tuple[Young, ...] | None = None
    child_contact_told: bool | None = None
    words: str = ""


def check(relative: Relative) -> Relative:
    """The relative, tidied. Raises `NobodyNamed`, `ConsentBackwards`."""
    tidy = replace(relative, name=relative.name.strip(), relation=relative.relation.strip())
    if not (tidy.name or tidy.relation):
        raise NobodyNamed()
    for consent in tidy.consents:
        check_consent(consent)
    return tidy


def check_consent(consent: Consent) -> Consent:
    """The consent. Raises `ConsentBackwards` where it says nothing or ends before it begins."""
    if not consent.what or (consent.until is not None and consent.until < consent.since):
        raise ConsentBackwards(consent=consent.id)
    return consent


def may_be_told(relative: Relative, what: Share, on: date) -> bool:
    """True if a consent that holds says so. Never where contact is unsafe or nothing is read."""
    if not relative.is_near:
        return False
    return any(what in consent.what and consent.holds(on) for consent in relative.consents)


def withdraw(relative: Relative, consent_id: UUID, on: date) -> Relative:
    """The relative, the consent withdrawn. Raises `ConsentNotFound`, `ConsentWithdrawn`."""
    found = next((c for c in relative.consents if c.id == consent_id), None)
    if found is None:
        raise ConsentNotFound(consent=consent_id)
    if found.withdrawn_on is not None:
        raise ConsentWithdrawn(consent=consent_id)
    gone = replace(found, withdrawn_on=on)
    return replace(relative, consents=tuple(gone if c is found else c for c in relative.consents))


# Older than the oldest person who ever lived: a slip of the keyboard, no rule of the clinic.
_LONGEST_LIFE = 123


def check_family(family: Family, on: date) -> Family:
    """The family. Raises `YearMakesNoSense`."""
    for young in (*(family.children or ()), *(family.siblings or ())):
        year = young.born_year
        if year is not None and not on.year - _LONGEST_LIFE <= year <= on.year:
            raise YearMakesNoSense(year=year)
    return family


def has_minors(family: Family, on: date, *, under: int) -> bool | None:
    """Whether somebody here may be `under` that age; `None` where nobody knows of one of the groups.

    Only a birth year is known: whoever reaches the age this year counts, and so does an unknown year.
    """
    groups = (family.children, family.siblings)
    young = [one for group in groups for one in group or ()]
    if any(one.born_year is None or on.year - one.born_year <= under for one in young):
        return True
    return None if None in groups else False


def child_contact(family: Family, *, minors: bool | None) -> str | None:
    """Whether whoever answers for children here was told of them, as routines ask: yes, no, or
    `nobody` to tell of; `None` where it was not said."""
    if minors is False:
        return "nobody"
    return {True: "yes", False: "no", None: None}[family.child_contact_told]


def object_to(relative: Relative, on: date, words: str, by: UUID | None = None) -> Relative:
    """The person does not want this relative to be told; nobody has decided of the reasons yet."""
    return replace(relative, objection=Objection(since=on, words=words, written_by=by))


def decide_objection(
    relative: Relative, *, respected: bool, words: str, on: date, by: UUID | None
) -> Relative:
    """A clinician decides of the reasons: another person than the one who wrote them down.

    Raises `ObjectionBackwards` where no objection stands, `ObjectionOwn`, `ObjectionUnexplained`.
    """
    one = relative.objection
    if one is None or not one.stands:
        raise ObjectionBackwards(relative=relative.id)
    if one.written_by is not None and one.written_by == by:
        raise ObjectionOwn(relative=relative.id)
    if not words.strip():
        raise ObjectionUnexplained(relative=relative.id)
    decided = replace(
        one, respected=respected, decided_on=on, decided_by=by, decision_words=words.strip()
    )
    return replace(relative, objection=decided)


def end_objection(relative: Relative, on: date) -> Relative:
    """The person objects no more. Raises `ObjectionBackwards` where no objection stands."""
    one = relative.objection
    if one is None or not one.stands:
        raise ObjectionBackwards(relative=relative.id)
    return replace(relative, objection=replace(one, ended_on=on))
