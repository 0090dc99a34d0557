"""Epikrise 1.1 and 1.2: a discharge summary, `Message` in a namespace of its own.

Where each fact stands: KITH's description of the format; the discharge is `EndDateTime` of the
reported event, and `ServProvId` joins a summary with its changes and its cancellation.
"""

from collections.abc import Iterator

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    ContactPoint,
    Diagnosis,
    Identifier,
    Kind,
    Message,
    Outcome,
    PersonFacts,
    PostalAddress,
    RelativeFacts,
    Series,
    Stay,
    TextBlock,
)
from bindeledd.features.intake.domain.safety import Document

_VERSIONS = {
    "http://www.kith.no/xmlstds/epikrise/2006-09-23": "epikrise-1.1",
    "http://www.kith.no/xmlstds/epikrise/2012-02-15": "epikrise-1.2",
}
_CARE = {"1": "inpatient", "2": "day", "3": "outpatient", "5": "outpatient"}


class Epikrise:
    """Reads Epikrise 1.1 and 1.2."""

    def format_of(self, document: Document) -> str | None:
        """The format, when this reader knows it: by root and namespace, never by file name."""
        name = etree.QName(document.root)
        return _VERSIONS.get(name.namespace or "") if name.localname == "Message" else None

    def read(self, document: Document, format: str) -> Message:
        """The facts. Raises a `CannotRead` where something needed is missing."""
        root = document.root
        report = tree.needed(root, "ServRprt")
        message_id = tree.text(root, "MsgId")
        if not message_id:
            raise tree.NoMessageId(at="msg_id", format=format)
        generated = tree.moment(tree.value(root, "GenDate"))
        if generated is None:
            raise tree.AgainstSchema(missing="GenDate", format=format)
        patient = _patient(tree.needed(report, "Patient"))
        stay = _stay(report)
        return Message(
            format=format,
            kind=Kind.DISCHARGE_SUMMARY,
            message_id=message_id,
            document_id=tree.text(report, "ServProvId") or None,
            series=_series(tree.value(report, "ServType")),
            generated_at=generated.at,
            test=tree.value(root, "Status") == "TEST",
            final=tree.value(report, "Status") != "P",
            title=tree.text(report, "MsgDescr"),
            sender=_points(tree.needed(report, "ServProvider")),
            receiver=_receivers(report),
            patient=patient,
            stay=stay,
            outcome=_outcome(report, patient),
            diagnoses=tuple(_diagnoses(report)),
            relatives=tuple(_relatives(report)),
            texts=tuple(_texts(report)),
            encoding=document.encoding,
            remarks=tuple(_remarks(report)),
        )


def _series(written: str) -> Series:
    """`A` and `H` are not to be used; they add to a summary, so they are read as a change."""
    return {"C": Series.CANCELLED, "M": Series.CHANGED, "A": Series.CHANGED}.get(
        written, Series.NEW
    )


def _points(party: etree._Element) -> tuple[ContactPoint, ...]:
    """Contact points of a party, department before legal entity."""
    points: list[ContactPoint | None] = []
    for inst in tree.every(party, "HCP", "Inst"):
        for part in (*tree.every(inst, "Dept"), inst):
            points.append(_point(part, "TypeId"))
            points.extend(
                _point(extra, "Type", tree.text(part, "Name"))
                for extra in tree.every(part, "AdditionalId")
            )
    return tree.distinct(points)


def _point(part: etree._Element, type_name: str, name: str = "") -> ContactPoint | None:
    return tree.point(
        tree.value(part, type_name), tree.text(part, "Id"), name or tree.text(part, "Name")
    )


def _receivers(report: etree._Element) -> tuple[ContactPoint, ...]:
    parties = (*tree.every(report, "Requester"), *tree.every(report, "CopyDest"))
    return tree.distinct(found for party in parties for found in _points(party))


def _patient(patient: etree._Element) -> PersonFacts:
    family, _, given = tree.text(patient, "Name").partition(",")
    address = tree.first(patient, "Address")
    return PersonFacts(
        family_name=family.strip(),
        given_name=given.strip(),
        ids=tuple(_ids(patient)),
        born_on=tree.day(tree.value(patient, "DateOfBirth")),
        died_on=tree.day(tree.value(patient, "DateOfDeath")),
        address=_address(address),
        phones=_phones(address),
    )


def _ids(patient: etree._Element) -> Iterator[Identifier]:
    if tree.text(patient, "OffId"):
        kind = tree.value(patient, "TypeOffId") or "FNR"
        yield Identifier(kind=kind, value=tree.text(patient, "OffId").replace(" ", ""))
    for extra in tree.every(patient, "AdditionalId"):
        if tree.text(extra, "Id"):
            yield Identifier(kind=tree.value(extra, "Type"), value=tree.text(extra, "Id"))


def _address(address: etree._Element | None) -> PostalAddress | None:
    if address is None:
        return None
    return PostalAddress(
        street=tree.text(address, "StreetAdr"),
        postal_code=tree.text(address, "PostalCode"),
        city=tree.text(address, "City"),
    )


def _phones(address: etree._Element | None) -> tuple[str, ...]:
    written = (tree.phone(tree.value(found)) for found in tree.every(address, "TeleAddress"))
    return tuple(dict.fromkeys(number for number in written if number))


def _stay(report: etree._Element) -> Stay:
    """The stay of the outermost reported event: its end is the discharge."""
    for event in tree.every(report, "Event"):
        reported = tree.first(event, "ReportedEvent")
        if reported is not None:
            return Stay(
                admitted=tree.moment(tree.value(reported, "StartDateTime")),
                discharged=tree.moment(tree.value(reported, "EndDateTime")),
                care=_CARE.get(tree.value(event, "Service", "AdmCat"), ""),
            )
    return Stay()


def _outcome(report: etree._Element, patient: PersonFacts) -> Outcome | None:
    """The format has no agreed code for a death: the date of death, or the words beside the code."""
    for event in tree.every(report, "Event"):
        words = tree.said(event, "AdmOutcome").casefold()
        if "suicid" in words or "selvmord" in words:
            return Outcome.DIED_BY_SUICIDE
        if words.startswith(("død", "som død", "mors")):
            return Outcome.DEAD
        if words:
            return Outcome.DEAD if patient.died_on else Outcome.ALIVE
    return Outcome.DEAD if patient.died_on else None


def _events(report: etree._Element) -> Iterator[etree._Element]:
    waiting = list(tree.every(report, "Event"))
    while waiting:
        event = waiting.pop(0)
        yield event
        waiting.extend(tree.every(event, "Event"))


def _diagnoses(report: etree._Element) -> Iterator[Diagnosis]:
    for event in _events(report):
        for item in tree.every(event, "InfItem"):
            main = tree.value(item, "Type") == "H"
            for coded in tree.every(item, "Observation", "CodedDescr"):
                concepts = (*tree.every(coded, "Concept"), *tree.every(coded, "Modifier", "Value"))
                for concept in concepts:
                    if concept.get("V"):
                        yield Diagnosis(
                            system=(concept.get("S") or "").rpartition(".")[2],
                            code=(concept.get("V") or "").replace(".", "").replace(" ", "").upper(),
                            main=main,
                        )


def _relatives(report: etree._Element) -> Iterator[RelativeFacts]:
    for party in tree.every(report, "Patient", "PatientRelParty"):
        family, _, given = tree.text(party, "Name").partition(",")
        yield RelativeFacts(
            name=f"{given.strip()} {family.strip()}".strip(),
            relation=tree.value(party, "Relation"),
            phones=_phones(tree.first(party, "Address")),
        )


def _texts(report: etree._Element) -> Iterator[TextBlock]:
    for event in _events(report):
        for item in tree.every(event, "InfItem"):
            words = tree.plain(tree.first(item, "Observation", "Description"))
            if words:
                yield TextBlock(heading=tree.said(item, "Type"), text=words)
        for comment in tree.every(event, "Comment"):
            words = tree.plain(tree.first(comment, "TextResultValue"))
            if words:
                yield TextBlock(heading=tree.said(comment, "Heading"), text=words)


def _remarks(report: etree._Element) -> Iterator[str]:
    if tree.value(report, "ServType") not in ("N", "M", "C"):
        yield f"7309:{tree.value(report, 'ServType')[:8]}"
    if tree.first(report, "RefDoc") is not None:
        yield "attachments"
