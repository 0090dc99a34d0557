"""Who a patient is, as values. Read `identifiers.py` for numbers, `phones.py`, `names.py`.

Nothing here knows of HTTP, of the database or of the clock.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind, day_in
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.patients.domain.phones import phone, phone_key
from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound


class PatientNotFound(NotFound):
    """There is no such patient, or the one who asks may not see them."""

    code = "patient.not_found"


class PatientChanged(Conflict):
    """Somebody else changed the patient in the meantime."""

    code = "patient.changed_meanwhile"


class PatientUnreadable(Conflict):
    """What would be replaced cannot be read: repair it first, or say that it shall be replaced."""

    code = "patient.unreadable"


class NoSuchNumber(NotFound):
    """The patient has no such contact way."""

    code = "patient.no_such_contact_way"


class NobodyToRegister(Invalid):
    """Neither a name, a number nor a way to reach the person."""

    code = "patient.nothing_said"


class ResponsibleTeamOnly(NotAllowed):
    """The agreed number of a person with a protected address is for the responsible team."""

    code = "patient.responsible_team_only"


class HintAnswered(Conflict):
    """A person has already said whether the two are the same."""

    code = "patient.hint_answered"


class BornHow(StrEnum):
    """How the birth date is known. Never from the digits of a number."""

    REGISTER = "register"
    MESSAGE = "message"
    PERSON_SAID = "person_said"
    ESTIMATED = "estimated"


class ContactKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    OTHER = "other"


class VerifiedHow(StrEnum):
    """How a number was tried: it was rung and answered, or a text was answered."""

    RUNG = "rung"
    TEXTED = "texted"


@dataclass(frozen=True, kw_only=True)
class Verified:
    """That a number was tried and answered: which day, how, by whom; `event` says so in a case."""

    on: date
    how: VerifiedHow | None = None
    by: UUID | None = None
    event: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class HeldIdentifier:
    """A number that the person has or had, and where we have it from."""

    identifier: Identifier
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Names, numbers with their history, birth date, language, interpreter, address.

    With `protected_address` there is no address and no municipality, whoever makes the value:
    they are neither stored nor shown. `municipality` is the one of the stay, which may be another
    than the registered one: services follow it. `interpreter` is `None` while nobody has asked.
    """

    given: str = ""
    family: str = ""
    full: str = ""
    identifiers: tuple[HeldIdentifier, ...] = ()
    born_on: date | None = None
    born_how: BornHow | None = None
    language: str | None = None
    interpreter: bool | None = None
    protected_address: bool = False
    municipality: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.protected_address:
            object.__setattr__(self, "address", None)
            object.__setattr__(self, "municipality", None)

    @property
    def name(self) -> str:
        """The name as it is shown; empty when none is known."""
        return self.full.strip() or f"{self.given} {self.family}".strip()

    @property
    def current(self) -> Identifier | None:
        """The number that holds now: the latest that has no end."""
        held = [h.identifier for h in self.identifiers if h.until is None]
        return held[-1] if held else None


@dataclass(frozen=True, kw_only=True)
class ContactWay:
    """A way to reach the person. What is `None` has not been asked: that is not the same as no.

    `value` of a phone is E.164 where it could be understood; `usual` says whether it could.
    `tested`: every time it was tried and answered, the latest last; that one counts.
    """

    kind: ContactKind = ContactKind.PHONE
    value: str
    label: str = ""
    usual: bool = True
    tested: tuple[Verified, ...] = ()
    safe_to_call: bool | None = None
    safe_to_leave_message: bool | None = None
    best_time: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        return phone_key(self.value) if self.kind is ContactKind.PHONE else self.value.casefold()

    @property
    def verified(self) -> Verified | None:
        """The latest time that it was tried and answered."""
        return self.tested[-1] if self.tested else None

    @property
    def verified_on(self) -> date | None:
        return None if self.verified is None else self.verified.on

    @property
    def verified_by(self) -> UUID | None:
        return None if self.verified is None else self.verified.by

    @property
    def verified_how(self) -> VerifiedHow | None:
        return None if self.verified is None else self.verified.how


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A person. A bundle that cannot be opened is `None` and stands in `unreadable`."""

    id: UUID
    tenant_id: UUID
    identity: Identity | None
    contact_ways: tuple[ContactWay, ...] | None
    version: int
    made_at: datetime
    unreadable: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.identity.name if self.identity else ""

    @property
    def address_protected(self) -> bool:
        """True also when the identity cannot be read: then nothing is shown by itself."""
        return self.identity is None or self.identity.protected_address


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows of a patient. `unreadable` means that the name could not be opened."""

    id: UUID
    name: str
    born_on: str | None
    interpreter: bool | None
    protected_address: bool
    unreadable: bool = False


@dataclass(frozen=True, kw_only=True)
class DuplicateHint:
    """Two patients who may be one. `same` is what a person answered; nothing is ever merged."""

    patient_id: UUID
    other_id: UUID
    tenant_id: UUID
    seen_at: datetime
    answered_at: datetime | None = None
    answered_by: UUID | None = None
    same: bool | None = None


def tidy(way: ContactWay) -> ContactWay:
    """The contact way with its phone normalised; what is unusual is kept as it was typed."""
    if way.kind is not ContactKind.PHONE:
        return replace(way, value=way.value.strip())
    found = phone(way.value)
    if found.known:
        return replace(way, value=found.value, usual=True)
    return replace(way, value=found.value, usual=False)


def tidy_all(ways: tuple[ContactWay, ...]) -> tuple[ContactWay, ...]:
    """Every way once (the first says most), normalised, in the order given, without empty ones."""
    kept: dict[tuple[ContactKind, str], ContactWay] = {}
    for way in map(tidy, ways):
        if way.value:
            kept.setdefault((way.kind, way.key), way)
    return tuple(kept.values())


def with_history(old: Identity, new: Identity, at: datetime) -> Identity:
    """The new identity; a number that is left out of it has ended at `at` and is kept."""
    kept = {h.identifier.key for h in new.identifiers}
    ended = tuple(
        held if held.until else replace(held, until=at)
        for held in old.identifiers
        if held.identifier.key not in kept
    )
    return replace(new, identifiers=ended + new.identifiers)


def may_be_one(a: Patient, b: Patient) -> bool:
    """True if a person should look: a number in common; or the same name, and a phone or the day of
    birth in common, with nothing that says that they are two. Only ever a suggestion.
    """
    if a.identity is None or b.identity is None:
        return False
    if _keys(a.identity) & _keys(b.identity):
        return True
    if not folded(a.name) or folded(a.name) != folded(b.name):
        return False
    born = {a.identity.born_on, b.identity.born_on} - {None}
    if len(born) > 1:
        return False
    if _phones(a) & _phones(b):
        return True
    return bool(days_born(a.identity) & days_born(b.identity)) and not (
        _national(a.identity) and _national(b.identity)
    )


def days_born(identity: Identity) -> set[str]:
    """The day of birth as six digits without a century: as it is said, and in a fødselsnummer."""
    said = set() if identity.born_on is None else {f"{identity.born_on:%d%m%y}"}
    return said | {day for h in identity.identifiers if (day := day_in(h.identifier))}


def _national(identity: Identity) -> bool:
    return any(h.identifier.kind is IdentifierKind.FNR for h in identity.identifiers)


def _keys(identity: Identity) -> set[str]:
    return {h.identifier.key for h in identity.identifiers}


def _phones(patient: Patient) -> set[str]:
    return {w.key for w in patient.contact_ways or () if w.kind is ContactKind.PHONE}
