"""What a message tells: frozen values, the same whatever format it came in.

Moments are UTC; `date_only` marks one of which only the day was said (start of that day in
Norway). Nothing here is shown or stored in the open: facts are sealed with the message.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing the message tells of."""

    DISCHARGE_SUMMARY = "discharge_summary"
    ADMITTED = "admitted"
    READY_FOR_DISCHARGE = "ready_for_discharge"
    WITHDRAWN = "withdrawn"
    DISCHARGED = "discharged"
    DEATH = "death"
    DISCHARGE_REPORT = "discharge_report"
    ADMISSION_REPORT = "admission_report"


class Series(StrEnum):
    """New, a change with complete content, or a cancellation of the whole series (7309)."""

    NEW = "N"
    CHANGED = "M"
    CANCELLED = "C"


class Outcome(StrEnum):
    """How the stay ended (8431)."""

    ALIVE = "alive"
    DEAD = "dead"
    DIED_BY_SUICIDE = "died_by_suicide"


class Checked(StrEnum):
    """How strictly it was checked: against the schemas, or (without them) by structure only.

    What a pack read, nobody but the pack has checked.
    """

    SCHEMA = "schema"
    STRUCTURE = "structure"
    PACK = "pack"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When something happened."""

    at: datetime
    date_only: bool = False


@dataclass(frozen=True, kw_only=True)
class ContactPoint:
    """An address in the messages. `scheme` is HER, RESH, ENH or local."""

    scheme: str
    value: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A number of a person, with its type (8116: FNR, DNR, HNR, FHN, DUF …).

    `assigner` is who gave a local one, where the message says it beside the number.
    """

    kind: str
    value: str
    assigner: str = ""


@dataclass(frozen=True, kw_only=True)
class PostalAddress:
    street: str = ""
    postal_code: str = ""
    city: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """Who it is about, as the sender wrote it."""

    family_name: str = ""
    given_name: str = ""
    ids: tuple[Identifier, ...] = ()
    born_on: date | None = None
    died_on: date | None = None
    address: PostalAddress | None = None
    phones: tuple[str, ...] = ()
    language: str = ""
    interpreter: bool = False

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.given_name, self.family_name) if part)


@dataclass(frozen=True, kw_only=True)
class Stay:
    """The stay as far as the message tells of it."""

    admitted: Moment | None = None
    ready: Moment | None = None
    withdrawn: Moment | None = None
    discharged: Moment | None = None
    died: Moment | None = None
    care: str = ""  # inpatient, day, outpatient, or not said


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A coded condition. `system` is the end of its OID (7110 is ICD-10, 7170 ICPC-2)."""

    system: str
    code: str
    main: bool = False


@dataclass(frozen=True, kw_only=True)
class RelativeFacts:
    """Next of kin. `born_in` is said of relatives under age only."""

    name: str = ""
    relation: str = ""
    phones: tuple[str, ...] = ()
    born_in: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AppointmentFacts:
    """A time at hand, or what is said instead of one.

    `booked` is True for a time that stands, False where somebody has yet to book it (`books`:
    `patient` or `service`); `tentative` holds the words of a time that is not certain.
    """

    booked: bool
    at: datetime | None = None
    minutes: int | None = None
    place: str = ""
    tentative: str = ""
    books: str = ""
    patient_told: bool | None = None
    relatives_told: bool | None = None


@dataclass(frozen=True, kw_only=True)
class TextBlock:
    """Words under a heading, as plain text."""

    heading: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message, read. `remarks` are codes of what was odd but no reason to refuse it.

    `complete` is False where it may be silent of a time at hand that an earlier one told of.
    `format` is the core's to say, whoever read it.
    """

    format: str = ""
    kind: Kind
    message_id: str
    series: Series
    generated_at: datetime
    document_id: str | None = None
    parent_id: str | None = None
    test: bool = False
    final: bool = True
    title: str = ""
    sender: tuple[ContactPoint, ...] = ()
    receiver: tuple[ContactPoint, ...] = ()
    patient: PersonFacts = field(default_factory=PersonFacts)
    stay: Stay = field(default_factory=Stay)
    outcome: Outcome | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    relatives: tuple[RelativeFacts, ...] = ()
    appointments: tuple[AppointmentFacts, ...] = ()
    children: bool = False
    no_forwarding: bool = False
    reservations: tuple[str, ...] = ()
    texts: tuple[TextBlock, ...] = ()
    checked: Checked = Checked.STRUCTURE
    encoding: str = "utf-8"
    remarks: tuple[str, ...] = ()
    complete: bool = True

    @property
    def sender_key(self) -> str:
        """The innermost address of the sender; empty where it has none that a register may hold."""
        return f"{self.sender[0].scheme}:{self.sender[0].value}" if self.sender else ""

    @property
    def tells_of_death(self) -> bool:
        return (
            self.kind is Kind.DEATH
            or self.outcome in (Outcome.DEAD, Outcome.DIED_BY_SUICIDE)
            or self.patient.died_on is not None
        )

    @property
    def has_patient(self) -> bool:
        """True when it says who it is about: a number, or a name with a birth date."""
        who = self.patient
        return bool(who.ids) or bool(who.family_name and who.born_on)
