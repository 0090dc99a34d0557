"""What a FHIR bundle is about and which message it is: its parts, its names, what it replaces."""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import Series
from bindeledd.features.intake.domain.fhir_bundle import Bundle, codings, said, words
from bindeledd.features.intake.domain.plo import SeveralBodies
from bindeledd.features.intake.domain.safety import CannotRead

FORMAT = "fhir-r4"
TAKEN_BACK = ("cancelled", "entered-in-error")
# LOINC, SNOMED CT: a document of one of these types is a discharge summary.
_SUMMARIES = ("18842-5", "11490-0", "34105-7", "28655-9", "373942005")
_TEST = "HTEST"


class SeveralPatients(CannotRead):
    """One bundle about more than one person, or a stay of somebody whom it does not name."""

    code = "intake.several_patients"


@dataclass(frozen=True, kw_only=True)
class Parts:
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


# --- what it is read from -------------------------------------------------------------------------


def parts_of(root: etree._Element) -> Parts:
    bundle = Bundle(root)
    header = next(iter(bundle.of("MessageHeader")), None)
    composition = next(iter(bundle.of("Composition")), None)
    stay = _the_stay(bundle, header, composition)
    subject = tree.first(stay, "subject")
    if subject is None:
        subject = tree.first(stay, "patient")
    if subject is None:
        subject = tree.first(composition, "subject")
    return Parts(
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


def generated_at(parts: Parts) -> datetime:
    """When it was made: of two bundles of one stay the newer counts, whichever came first, so that
    the time of receipt does not stand in for it. Raises `NotSaid` where nothing says it."""
    written = (
        said(parts.bundle.root, "timestamp"),
        said(parts.composition, "date"),
        said(parts.header, "meta", "lastUpdated"),
        said(parts.stay, "meta", "lastUpdated"),
        said(parts.bundle.root, "meta", "lastUpdated"),
    )
    made = tree.moment(next((text for text in written if text), ""))
    if made is None:
        raise tree.NotSaid(at="bundle_timestamp", format=FORMAT)
    return made.at


# --- which message it is --------------------------------------------------------------------------


def _identified(holder: etree._Element | None) -> str:
    """The first identifier as `system|value`; empty where there is none."""
    for found in tree.every(holder, "identifier"):
        if said(found, "value"):
            return f"{said(found, 'system')}|{said(found, 'value')}"
    return ""


def message_id_of(parts: Parts) -> str:
    """The bundle's own name, else the message's, else which version of the stay it tells of."""
    root, stay = parts.bundle.root, parts.stay
    version = said(stay, "meta", "versionId") or said(stay, "meta", "lastUpdated")
    of_stay = _identified(stay) or said(stay, "id")
    versioned = f"{of_stay}/{version}" if of_stay and version else ""
    named = (_identified(root), said(parts.header, "id"), said(root, "id"), versioned)
    found = next((text for text in named if text), "")
    if not found:
        raise tree.NoMessageId(at="bundle_identifier", format=FORMAT)
    return found


def document_id_of(parts: Parts) -> str | None:
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


def series_of(parts: Parts) -> Series:
    if parts.is_summary:
        status = said(parts.composition, "status")
        if status == "entered-in-error":
            return Series.CANCELLED
        replaces = any(
            said(one, "code") == "replaces" for one in tree.every(parts.composition, "relatesTo")
        )
        return Series.CHANGED if status == "amended" or replaces else Series.NEW
    if parts.status in TAKEN_BACK:
        return Series.CANCELLED
    return Series.NEW if parts.stay is None else Series.CHANGED


def is_test(parts: Parts) -> bool:
    marks = ("security", "tag")
    return any(
        said(found, "code") == _TEST
        for holder in (parts.bundle.root, parts.header, parts.stay, parts.who)
        for mark in marks
        for found in tree.every(holder, "meta", mark)
    )


def title_of(parts: Parts) -> str:
    shown = (
        said(parts.composition, "title"),
        said(parts.header, "eventCoding", "display"),
        words(parts.stay, "type"),
    )
    return next((text for text in shown if text), "")
