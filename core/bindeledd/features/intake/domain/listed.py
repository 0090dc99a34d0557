"""One line of a discharge list as a message of our own, so that it waits as every message does.

A list says who left which unit when. A line about somebody whom nobody follows becomes such a
message: sealed, with owner and clock, until a person has said yes or no.
"""

from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    ContactPoint,
    Identifier,
    Kind,
    Message,
    Moment,
    PersonFacts,
    Series,
    Stay,
)
from bindeledd.features.intake.domain.safety import Document

FORMAT = "discharge-list"
_SPACE = "urn:bindeledd:discharge-list:1"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A line: who, when, where. `unit` is the unit's own address, None where nobody knows it."""

    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    discharged: Moment
    unit: ContactPoint | None = None
    unit_said: str = field(default="", repr=False)

    @property
    def reference(self) -> str:
        """What makes it the same line in another list."""
        return "|".join(
            (
                self.number or " ".join(self.name.casefold().split()),
                self.discharged.at.isoformat(),
                self.unit_said.casefold(),
            )
        )


def written(line: Listed, *, at: datetime) -> bytes:
    """The line as a message that was made `at`."""
    root = etree.Element(etree.QName(_SPACE, "Listed"))

    def put(name: str, text: str = "", **attributes: str) -> None:
        element = etree.SubElement(root, etree.QName(_SPACE, name), attributes)
        element.text = text or None

    moment = line.discharged
    put("MsgId", line.reference)
    put("GenDate", V=at.isoformat())
    put("Number", line.number)
    put("Name", line.name)
    day = moment.at.astimezone(tree.OSLO).date().isoformat()
    put("Discharged", V=day if moment.date_only else moment.at.isoformat())
    if line.unit is not None:
        put("Unit", line.unit.name, scheme=line.unit.scheme, value=line.unit.value)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


class DischargeList:
    """Reads what `written` writes."""

    def format_of(self, document: Document) -> str | None:
        name = etree.QName(document.root)
        return FORMAT if (name.namespace, name.localname) == (_SPACE, "Listed") else None

    def read(self, document: Document, format: str) -> Message:
        root = document.root
        generated = tree.moment(tree.value(root, "GenDate"))
        discharged = tree.moment(tree.value(root, "Discharged"))
        message_id = tree.text(root, "MsgId")
        if generated is None or discharged is None or not message_id:
            raise tree.AgainstSchema(format=format)
        return Message(
            format=format,
            kind=Kind.DISCHARGED,
            message_id=message_id,
            series=Series.NEW,
            generated_at=generated.at,
            sender=_sender(root),
            patient=_person(root),
            stay=Stay(discharged=discharged),
            encoding=document.encoding,
        )


def _sender(root: etree._Element) -> tuple[ContactPoint, ...]:
    unit = tree.first(root, "Unit")
    if unit is None:
        return ()
    found = ContactPoint(
        scheme=unit.get("scheme", ""), value=unit.get("value", ""), name=unit.text or ""
    )
    return (found,)


def _person(root: etree._Element) -> PersonFacts:
    """`Etternavn, Fornavn`, or the family name last."""
    name, number = tree.text(root, "Name"), tree.text(root, "Number")
    family, comma, given = name.partition(",")
    if not comma:
        given, _, family = name.rpartition(" ")
    ids = (Identifier(kind="FNR", value=number),) if number else ()
    return PersonFacts(family_name=family.strip(), given_name=given.strip(), ids=ids)
