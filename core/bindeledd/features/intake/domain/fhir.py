"""FHIR R4 bundles, JSON or XML: what an Encounter (or a closed EpisodeOfCare) says of a stay.

A bundle of one stay is a snapshot: the newest says all that is known of it, so each replaces what
came before. `period.end` of a stay that is `finished` is the discharge; `cancelled` and
`entered-in-error` take back what was said of it. A document that is a discharge summary is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from bindeledd.features.intake.domain import fhir_parts, tree
from bindeledd.features.intake.domain.facts import (
    ContactPoint,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    Series,
    Stay,
)
from bindeledd.features.intake.domain.fhir_bundle import Bundle, codings, said, words
from bindeledd.features.intake.domain.plo import SeveralBodies
from bindeledd.features.intake.domain.safety import CannotRead, Document
from bindeledd.features.intake.domain.written_json import FHIR

FORMAT = "fhir-r4"
_TYPES = ("message", "document", "collection", "transaction")
_LEFT, _THERE = ("finished",), ("arrived", "triaged", "in-progress", "onleave")
_TAKEN_BACK = ("cancelled", "entered-in-error")
_STATUSES = (*_LEFT, *_THERE, *_TAKEN_BACK, "planned", "unknown")
_EPISODES = (*_LEFT, *_TAKEN_BACK, "planned", "waitlist", "active", "onhold")
_CARE = {"IMP": "inpatient", "ACUTE": "inpatient", "NONAC": "inpatient", "SS": "day"}
_CARE |= {"AMB": "outpatient", "VR": "outpatient", "HH": "outpatient"}
# LOINC, SNOMED CT: a document of one of these types is a discharge summary.
_SUMMARIES = ("18842-5", "11490-0", "34105-7", "28655-9", "373942005")
_ENDED = "2.16.578.1.12.4.1.1.8431"
_ENDED_AS = {"1": Outcome.ALIVE, "2": Outcome.DEAD, "3": Outcome.DIED_BY_SUICIDE}
# (end of the system's name, code): the person died during the stay (HL7, UB-04).
_UB_04 = ("20", "40", "41", "42")
_DIED = {
    ("discharge-disposition", "exp"),
    *((system, code) for system in ("nubc-UB92", "PatDischargeStatus") for code in _UB_04),
}
_DIED_IN_WORDS = ("død", "som død", "mors", "expired", "deceased")
_TEST = "HTEST"


class SeveralPatients(CannotRead):
    """One bundle about more than one person, or a stay of somebody whom it does not name."""

    code = "intake.several_patients"


class NothingTold(CannotRead):
    """No stay that has begun or ended, no summary, no death: nothing that a follow-up rests on."""

    code = "intake.nothing_told"


class Contradiction(CannotRead):
    """Two things that it says cannot both be so: a person has to ask the sender."""

    code = "intake.contradiction"


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What the rest is read from."""

    bundle: Bundle
    header: etree._Element | None
    composition: etree._Element | None
    stay: etree._Element | None
    who: etree._Element | None
    subject: etree._Element | None

    @property
    def status(self) -> str:
        return said(self.stay, "status")

    @property
    def is_summary(self) -> bool:
        found = codings(self.composition, "type")
        return self._is_document and any(code in _SUMMARIES for _, code in found)

    @property
    def _is_document(self) -> bool:
        return said(self.bundle.root, "type") == "document"


class Fhir:
    """Reads FHIR R4 bundles of the types message, document, collection and transaction."""

    def format_of(self, document: Document) -> str | None:
        """The format, when the root is a bundle of a type that carries something new."""
        name = etree.QName(document.root)
        ours = (name.namespace, name.localname) == (FHIR, "Bundle")
        return FORMAT if ours and said(document.root, "type") in _TYPES else None

    def read(self, document: Document, format: str) -> Message:
        """The facts. Raises a `CannotRead` where something needed is missing."""
        parts = _parts(document.root)
        generated = _generated(parts)
        person = fhir_parts.patient(parts.who, parts.subject)
        series, stay = _series(parts), _stay(parts, generated)
        outcome = _outcome(parts, person)
        close = tuple(fhir_parts.relatives(parts.bundle, parts.who, generated.date()))
        return Message(
            format=format,
            kind=_kind(parts, series, outcome),
            message_id=_message_id(parts),
            document_id=_document_id(parts),
            series=series,
            generated_at=generated,
            test=_is_test(parts),
            final=said(parts.composition, "status") != "preliminary",
            title=_title(parts),
            sender=_sender(parts),
            receiver=_receiver(parts),
            patient=person,
            stay=stay,
            outcome=outcome,
            diagnoses=tuple(
                () if parts.stay is None else fhir_parts.diagnoses(parts.bundle, parts.stay)
            ),
            relatives=close,
            appointments=tuple(fhir_parts.appointments(parts.bundle, parts.who)),
            children=any(one.born_in for one in close),
            texts=tuple(fhir_parts.texts(parts.composition, parts.stay)),
            encoding=document.encoding,
            remarks=tuple(_remarks(parts)),
            complete=False,
        )


# --- what it is read from -------------------------------------------------------------------------


def _parts(root: etree._Element) -> _Parts:
    bundle = Bundle(root)
    header = next(iter(bundle.of("MessageHeader")), None)
    composition = next(iter(bundle.of("Composition")), None)
    stay = _the_stay(bundle, header, composition)
    subject = tree.first(stay, "subject")
    if subject is None:
        subject = tree.first(stay, "patient")
    if subject is None:
        subject = tree.first(composition, "subject")
    return _Parts(
        bundle=bundle,
        header=header,
        composition=composition,
        stay=stay,
        who=_the_patient(bundle, subject, stay),
        subject=subject,
    )


def _the_stay(
    bundle: Bundle, header: etree._Element | None, composition: etree._Element | None
) -> etree._Element | None:
    """The encounter that it is about: the one in focus, else the only one; else an episode."""
    stays = bundle.of("Encounter") or bundle.of("EpisodeOfCare")
    pointed = (*tree.every(header, "focus"), *tree.every(composition, "encounter"))
    meant = [one for one in (bundle.find(found) for found in pointed) if one in stays]
    chosen = meant or stays
    if len({id(one) for one in chosen}) > 1:
        raise SeveralBodies(bodies=len(chosen), format=FORMAT)
    return chosen[0] if chosen else None


def _the_patient(
    bundle: Bundle, subject: etree._Element | None, stay: etree._Element | None
) -> etree._Element | None:
    """The one patient: the stay's own, where both stand there."""
    patients = bundle.of("Patient")
    found = bundle.find(subject, within=stay)
    if len(patients) > 1:
        raise SeveralPatients(patients=len(patients))
    named = found is None and subject is not None and said(subject, "reference")
    if patients and (named or (found is not None and found is not patients[0])):
        raise SeveralPatients(patients=2)
    return found if found is not None else next(iter(patients), None)


def _generated(parts: _Parts) -> datetime:
    written = (
        said(parts.bundle.root, "timestamp"),
        said(parts.composition, "date"),
        said(parts.stay, "meta", "lastUpdated"),
        said(parts.bundle.root, "meta", "lastUpdated"),
    )
    made = tree.moment(next((text for text in written if text), ""))
    if made is None:
        raise tree.AgainstSchema(missing="Bundle.timestamp", format=FORMAT)
    return made.at


# --- which message it is --------------------------------------------------------------------------


def _identified(holder: etree._Element | None) -> str:
    """The first identifier as `system|value`; empty where there is none."""
    for found in tree.every(holder, "identifier"):
        if said(found, "value"):
            return f"{said(found, 'system')}|{said(found, 'value')}"
    return ""


def _message_id(parts: _Parts) -> str:
    """The bundle's own name, else the message's, else which version of the stay it tells of."""
    root, stay = parts.bundle.root, parts.stay
    version = said(stay, "meta", "versionId") or said(stay, "meta", "lastUpdated")
    of_stay = _identified(stay) or said(stay, "id")
    versioned = f"{of_stay}/{version}" if of_stay and version else ""
    named = (_identified(root), said(parts.header, "id"), said(root, "id"), versioned)
    found = next((text for text in named if text), "")
    if not found:
        raise tree.NoMessageId(format=FORMAT)
    return found


def _document_id(parts: _Parts) -> str | None:
    """What joins it with what came before: the document that it replaces, else document, else stay."""
    if parts.is_summary:
        for related in tree.every(parts.composition, "relatesTo"):
            if said(related, "code") == "replaces":
                return _identified_as(related, "targetIdentifier")
        return _identified(parts.composition) or _identified(parts.bundle.root) or None
    return _identified(parts.stay) or said(parts.stay, "id") or None


def _identified_as(holder: etree._Element, name: str) -> str | None:
    found = tree.first(holder, name)
    value = said(found, "value")
    return f"{said(found, 'system')}|{value}" if value else None


def _series(parts: _Parts) -> Series:
    if parts.is_summary:
        status = said(parts.composition, "status")
        if status == "entered-in-error":
            return Series.CANCELLED
        replaces = any(
            said(one, "code") == "replaces" for one in tree.every(parts.composition, "relatesTo")
        )
        return Series.CHANGED if status == "amended" or replaces else Series.NEW
    if parts.status in _TAKEN_BACK:
        return Series.CANCELLED
    return Series.NEW if parts.stay is None else Series.CHANGED


def _is_test(parts: _Parts) -> bool:
    marks = ("security", "tag")
    return any(
        said(found, "code") == _TEST
        for holder in (parts.bundle.root, parts.header, parts.stay, parts.who)
        for mark in marks
        for found in tree.every(holder, "meta", mark)
    )


def _title(parts: _Parts) -> str:
    shown = (
        said(parts.composition, "title"),
        said(parts.header, "eventCoding", "display"),
        words(parts.stay, "type"),
    )
    return next((text for text in shown if text), "")


# --- what it tells --------------------------------------------------------------------------------


def _kind(parts: _Parts, series: Series, outcome: Outcome | None) -> Kind:
    if parts.is_summary:
        return Kind.DISCHARGE_SUMMARY
    if series is Series.CANCELLED or parts.status in _LEFT:
        return Kind.DISCHARGED
    if outcome in (Outcome.DEAD, Outcome.DIED_BY_SUICIDE):
        return Kind.DEATH
    if parts.stay is not None and parts.status in _THERE:
        return Kind.ADMITTED
    raise NothingTold(format=FORMAT)


def _stay(parts: _Parts, generated: datetime) -> Stay:
    """The stay's period. An end of one who is still there may lie ahead; else it is refused."""
    died = tree.moment(said(parts.who, "deceasedDateTime"))
    if parts.stay is None or parts.status in _TAKEN_BACK:
        return Stay(died=died)
    known = _STATUSES if tree.name_of(parts.stay) == "Encounter" else _EPISODES
    if parts.status not in known:
        raise tree.AgainstSchema(missing="status", format=FORMAT)
    starts = tree.moment(said(parts.stay, "period", "start"))
    ends = tree.moment(said(parts.stay, "period", "end"))
    _refuse_contradictions(parts.status, starts, ends, generated)
    kept = parts.status in (*_LEFT, *_THERE)
    return Stay(
        admitted=starts if kept else None,
        discharged=ends if kept else None,
        died=died,
        care=_CARE.get(said(parts.stay, "class", "code"), ""),
    )


def _refuse_contradictions(
    status: str, starts: Moment | None, ends: Moment | None, generated: datetime
) -> None:
    if ends is None:
        if status in _LEFT:
            raise tree.AgainstSchema(missing="period.end", format=FORMAT)
        return
    if starts is not None and ends.at < starts.at:
        same_day = starts.at.astimezone(tree.OSLO).date() == ends.at.astimezone(tree.OSLO).date()
        if not (ends.date_only and same_day):
            raise Contradiction(rule="period", format=FORMAT)
    if status in _THERE and ends.at <= generated:
        raise Contradiction(rule="status", format=FORMAT)


def _outcome(parts: _Parts, person: PersonFacts) -> Outcome | None:
    """Of codes first; the words of a disposition only where they say a death and nothing else."""
    path = ("hospitalization", "dischargeDisposition")
    found = set(codings(parts.stay, *path))
    told = {_ENDED_AS.get(code) for system, code in found if system.endswith(_ENDED)}
    if Outcome.DIED_BY_SUICIDE in told:
        return Outcome.DIED_BY_SUICIDE
    died = any((system.rpartition("/")[2], code) in _DIED for system, code in found)
    in_words = words(parts.stay, *path).casefold().startswith(_DIED_IN_WORDS)
    gone = said(parts.who, "deceasedBoolean") == "true" or person.died_on is not None
    if Outcome.DEAD in told or died or in_words or gone:
        return Outcome.DEAD
    return Outcome.ALIVE if found else None


def _sender(parts: _Parts) -> tuple[ContactPoint, ...]:
    """The unit of the stay first, then whoever sent: department before legal entity."""
    return fhir_parts.points(
        parts.bundle,
        iter(
            [
                *tree.every(parts.stay, "serviceProvider"),
                *tree.every(parts.stay, "managingOrganization"),
                *tree.every(parts.header, "sender"),
                *tree.every(parts.header, "responsible"),
                *tree.every(parts.composition, "custodian"),
            ]
        ),
    )


def _receiver(parts: _Parts) -> tuple[ContactPoint, ...]:
    return fhir_parts.points(parts.bundle, tree.every(parts.header, "destination", "receiver"))


def _remarks(parts: _Parts) -> Iterator[str]:
    if any(parts.bundle.of(kind) for kind in ("Binary", "DocumentReference", "Media")):
        yield "attachments"
    for system, code in codings(parts.stay, "hospitalization", "dischargeDisposition"):
        if system.endswith(_ENDED) and code not in _ENDED_AS:
            yield f"8431:{code[:8]}"
