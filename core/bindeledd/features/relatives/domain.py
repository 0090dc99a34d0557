"""What a relative may be told, and what was answered when somebody asked.

Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid, NotFound


class RelativeNotFound(NotFound):
    """There is no such relative, or the one who asks may not see them."""

    code = "relatives.not_found"


class RelativeChanged(Conflict):
    """Somebody else changed the relative in the meantime."""

    code = "relatives.changed_meanwhile"


class RelativeUnreadable(Conflict):
    """What would be changed cannot be read."""

    code = "relatives.unreadable"


class ConsentNotFound(NotFound):
    code = "relatives.consent_not_found"


class ConsentWithdrawn(Conflict):
    """The consent was withdrawn already; a new one is given anew."""

    code = "relatives.consent_withdrawn"


class ConsentBackwards(Invalid):
    """The consent would end before it begins, or says nothing of what may be told."""

    code = "relatives.consent_makes_no_sense"


class NobodyNamed(Invalid):
    """A relative needs a name or a relation."""

    code = "relatives.nobody_named"


class YearMakesNoSense(Invalid):
    """A birth year lies in the future or before anybody who lives was born."""

    code = "relatives.birth_year_makes_no_sense"


class Share(StrEnum):
    """What a consent is about."""

    CONTACT = "contact"
    APPOINTMENTS = "appointments"
    PLAN = "plan"
    CONDITION = "condition"


class Answer(StrEnum):
    """What came of asking about relatives."""

    CONTACTED = "contacted"
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
class Relative:
    """Somebody who stands near the patient. `unsafe_to_contact` is above every consent."""

    id: UUID
    tenant_id: UUID
    patient_id: UUID
    name: str = ""
    relation: str = ""
    phone: str = ""
    nearest: bool = False
    unsafe_to_contact: bool = False
    consents: tuple[Consent, ...] = ()
    words: str = ""
    ended_on: date | None = None
    version: int = 1
    made_at: datetime
    unreadable: bool = False


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
    if relative.unsafe_to_contact or relative.unreadable or relative.ended_on is not None:
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


# --- bundles: what stands inside the sealed columns ---------------------------------------------


def person_bundle(relative: Relative) -> dict[str, Any]:
    """What is sealed of a relative, as JSON."""
    return {
        "name": relative.name,
        "relation": relative.relation,
        "phone": relative.phone,
        "nearest": relative.nearest,
        "unsafe": relative.unsafe_to_contact,
        "words": relative.words,
        "ended_on": relative.ended_on.isoformat() if relative.ended_on else None,
        "consents": [
            {
                "id": str(consent.id),
                "what": [str(what) for what in consent.what],
                "since": consent.since.isoformat(),
                "until": consent.until.isoformat() if consent.until else None,
                "withdrawn_on": consent.withdrawn_on.isoformat() if consent.withdrawn_on else None,
                "words": consent.words,
            }
            for consent in relative.consents
        ],
    }


def with_person(relative: Relative, bundle: Mapping[str, Any]) -> Relative:
    """The relative with what stood in the bundle."""
    return replace(
        relative,
        name=bundle["name"],
        relation=bundle["relation"],
        phone=bundle["phone"],
        nearest=bundle["nearest"],
        unsafe_to_contact=bundle["unsafe"],
        words=bundle["words"],
        ended_on=_day(bundle["ended_on"]),
        consents=tuple(
            Consent(
                id=UUID(consent["id"]),
                what=tuple(Share(what) for what in consent["what"]),
                since=date.fromisoformat(consent["since"]),
                until=_day(consent["until"]),
                withdrawn_on=_day(consent["withdrawn_on"]),
                words=consent["words"],
            )
            for consent in bundle["consents"]
        ),
    )


def family_bundle(family: Family) -> dict[str, Any]:
    """What is sealed of children and siblings, as JSON."""
    return {
        "children": _years(family.children),
        "siblings": _years(family.siblings),
        "child_contact_told": family.child_contact_told,
        "words": family.words,
    }


def read_family(bundle: Mapping[str, Any]) -> Family:
    return Family(
        children=_young(bundle["children"]),
        siblings=_young(bundle["siblings"]),
        child_contact_told=bundle["child_contact_told"],
        words=bundle["words"],
    )


def _years(young: tuple[Young, ...] | None) -> list[int | None] | None:
    return None if young is None else [one.born_year for one in young]


def _young(years: list[int | None] | None) -> tuple[Young, ...] | None:
    return None if years is None else tuple(Young(born_year=year) for year in years)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
