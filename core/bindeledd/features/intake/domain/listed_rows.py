"""One row of a daily list of discharges, read: who left when, and what the hospital says of it.

How a list becomes rows: `row_notation.py`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import NoReturn, TypeVar

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    Identifier,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    Series,
    Stay,
)
from bindeledd.features.intake.domain.plo import SeveralBodies
from bindeledd.features.intake.domain.row_notation import SPACE, BadCell
from bindeledd.features.intake.domain.safety import Document
from bindeledd.foundation.written import read_both, read_day

T = TypeVar("T")
FORMAT = "discharge-csv"
_OUTCOMES = {
    "": None,
    "i live": Outcome.ALIVE,
    "levende": Outcome.ALIVE,
    "død": Outcome.DEAD,
    "døde i selvmord": Outcome.DIED_BY_SUICIDE,
}
_SAID = {"": None, "ja": True, "nei": False}
_SCHEMES = ("HER", "RESH", "ENH")
_CODES = re.compile(r"[,\s]+")


class DischargeRows:
    """Reads what `split` makes: a list with one row."""

    def format_of(self, document: Document) -> str | None:
        name = etree.QName(document.root)
        return FORMAT if (name.namespace, name.localname) == (SPACE, "List") else None

    def read(self, document: Document, format: str) -> Message:
        """The facts of the row. Raises a `CannotRead` for a cell that cannot be understood."""
        rows = list(tree.every(document.root, "Row"))
        if len(rows) != 1:
            raise SeveralBodies(bodies=len(rows), format=format)
        row = rows[0]
        if row.get("beyond"):
            raise BadCell(at="row_beyond", format=format)
        discharged = _moment(row, "discharged")
        if discharged is None:
            raise tree.BadTime(at="row_not_discharged", format=format)
        person = _person(row)
        if not (person.ids or (person.family_name and person.born_on)):
            _bad("nobody")
        outcome = _one_of(row, "outcome", _OUTCOMES)
        admitted = _admitted(row, discharged)
        return Message(
            format=format,
            kind=Kind.DISCHARGED,
            message_id=_identity(row, discharged),
            series=Series.NEW,
            generated_at=discharged.at,
            sender=_sender(row),
            patient=person,
            stay=Stay(
                admitted=admitted, discharged=discharged, care="inpatient" if admitted else ""
            ),
            outcome=outcome,
            diagnoses=tuple(_diagnoses(row)),
            appointments=_appointments(row),
            title=tree.text(row, "note"),
            encoding=document.encoding,
            complete=False,
        )


def _identity(row: etree._Element, discharged: Moment) -> str:
    """By which a row is known in another list: the stay's own number, else who, when and where."""
    stay = tree.text(row, "stay")
    if stay:
        return f"stay|{stay}"
    who = tree.text(row, "number") or "|".join(
        tree.text(row, key).casefold() for key in ("family", "given", "born")
    )
    return "|".join((who, discharged.at.isoformat(), tree.text(row, "unit").casefold()))


def _moment(row: etree._Element, key: str) -> Moment | None:
    written = tree.text(row, key)
    if not written:
        return None
    found = read_both(written)
    if found is None or not 1900 < found[0].year < 2100:
        raise tree.BadTime(at=f"row_{key}_unread")
    at = datetime.combine(found[0], found[1] or time(), tzinfo=tree.OSLO).astimezone(UTC)
    return Moment(at=at, date_only=found[1] is None)


def _admitted(row: etree._Element, discharged: Moment) -> Moment | None:
    found = _moment(row, "admitted")
    if found is not None and found.at > discharged.at:
        same = found.at.astimezone(tree.OSLO).date() == discharged.at.astimezone(tree.OSLO).date()
        if not (same and discharged.date_only):
            _bad("admitted")
    return found


def _sender(row: etree._Element) -> tuple[ContactPoint, ...]:
    """`HER:12345`, `RESH:…`, `ENH:…`, or whatever the site has registered the unit as (local)."""
    written = tree.text(row, "unit")
    scheme, _, value = written.partition(":")
    if scheme.strip().upper() in _SCHEMES and value.strip():
        point = ContactPoint(
            scheme=scheme.strip().upper(), value=value.replace(" ", ""), name=written
        )
        return (point,)
    if not written:
        return ()
    return (ContactPoint(scheme="local", value=written.replace(" ", ""), name=written),)


def _person(row: etree._Element) -> PersonFacts:
    number = "".join(tree.text(row, "number").split())
    if number.isdecimal() and len(number) == 10:  # a spreadsheet takes the first zero
        number = number.zfill(11)
    phone = tree.phone(tree.text(row, "phone"))
    return PersonFacts(
        family_name=tree.text(row, "family"),
        given_name=tree.text(row, "given"),
        ids=(Identifier(kind="FNR", value=number),) if number else (),
        born_on=_born(row),
        phones=(phone,) if phone else (),
    )


def _born(row: etree._Element) -> date | None:
    written = tree.text(row, "born")
    found = read_day(written) if written else None
    if written and found is None:
        raise tree.BadTime(at="row_born")
    return found


def _diagnoses(row: etree._Element) -> list[Diagnosis]:
    codes = [code for code in _CODES.split(tree.text(row, "codes")) if code]
    return [
        Diagnosis(system="7110", code=code.replace(".", "").upper(), main=place == 0)
        for place, code in enumerate(codes)
    ]


def _appointments(row: etree._Element) -> tuple[AppointmentFacts, ...]:
    when = _moment(row, "time")
    if when is None:
        return ()
    if when.date_only:
        _bad("time")
    told = _one_of(row, "given_time", _SAID)
    place = tree.text(row, "place")
    return (AppointmentFacts(booked=True, at=when.at, place=place, patient_told=told),)


def _one_of(row: etree._Element, key: str, known: Mapping[str, T]) -> T:
    written = " ".join(tree.text(row, key).casefold().split())
    if written not in known:
        _bad(key)
    return known[written]


def _bad(key: str) -> NoReturn:
    raise BadCell(at=f"row_{key}")
