"""A daily list of discharges (CSV): each row is a message of its own, with an identity of its own.

`split` makes of one file as many small ones, each a heading line and a row, in an order and a
notation that do not depend on the file: the same row in another list tomorrow is the same bytes.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import NoReturn, TypeVar

from lxml import etree

from bindeledd.features.intake.domain import safety, tree
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
from bindeledd.features.intake.domain.safety import CannotRead, Document, TooLarge
from bindeledd.foundation.sheets import Line, SheetTooLarge, SheetUnreadable, read_sheet
from bindeledd.foundation.written import read_both, read_day

T = TypeVar("T")
FORMAT = "discharge-csv"
_SPACE = "urn:bindeledd:discharge-rows:1"
MOST_ROWS = 2000
_GLANCE = 4096
COLUMNS: Mapping[str, str] = {
    "stay": "Opphold-ID",
    "number": "Fødselsnummer",
    "given": "Fornavn",
    "family": "Etternavn",
    "born": "Fødselsdato",
    "phone": "Telefon",
    "admitted": "Innlagt",
    "discharged": "Utskrevet",
    "unit": "Enhet",
    "codes": "Koder",
    "outcome": "Utfall",
    "time": "Time",
    "place": "Sted",
    "given_time": "Timen er gitt",
    "note": "Merknad",
}
_KEYS = {heading.casefold(): key for key, heading in COLUMNS.items()}
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


class ColumnUnknown(CannotRead):
    """A heading that the list does not have, or one that stands twice."""

    code = "intake.column_unknown"


class ColumnMissing(CannotRead):
    """A list needs when the person left, and a number or a name with a birth date."""

    code = "intake.column_missing"


class NothingListed(CannotRead):
    """There is no row under the headings."""

    code = "intake.nothing_listed"


class BadCell(CannotRead):
    """A cell of the row holds what its column does not take, or the row has too many cells."""

    code = "intake.bad_cell"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as a message of its own, and its number in the list (the headings are row 1)."""

    number: int
    data: bytes = field(repr=False)


def is_list(data: bytes) -> bool:
    """Whether the first line is that of such a list: one of its headings is `Utskrevet`."""
    mark, name = next(((m, n) for m, n in safety.BOMS if data.startswith(m)), (b"", "ascii"))
    text = data[len(mark) : _GLANCE].decode(name, "ignore")
    headings = {_plain(one) for one in re.split(r"[;,\t]", text.partition("\n")[0])}
    return "utskrevet" in headings and len(headings) > 1


def split(data: bytes) -> tuple[Row, ...] | None:
    """The rows of a list; None for what is no list. Raises a `CannotRead` for the list as a whole."""
    if not is_list(data):
        return None
    keys, lines = _lines(data)
    return tuple(Row(number=line.number, data=_written(keys, line)) for line in lines)


def parse(data: bytes) -> Document:
    """A list as a tree: an element for each row, one in it for each cell that says anything."""
    keys, lines = _lines(data)
    root = etree.Element(etree.QName(_SPACE, "List"))
    for line in lines:
        row = etree.SubElement(root, etree.QName(_SPACE, "Row"))
        if any(line.cells[len(keys) :]):
            row.set("beyond", "true")
        for key, cell in zip(keys, line.cells, strict=False):
            if key and cell:
                _put(row, key, cell)
    return Document(root, safety.decode(data)[1])


def _put(row: etree._Element, key: str, cell: str) -> None:
    try:
        etree.SubElement(row, etree.QName(_SPACE, key)).text = cell
    except ValueError:  # a sign that no text has
        raise BadCell(column=COLUMNS[key]) from None


def _lines(data: bytes) -> tuple[tuple[str, ...], Sequence[Line]]:
    if len(data) > safety.LARGEST:
        raise TooLarge(size=len(data), largest=safety.LARGEST)
    text, _ = safety.decode(data)
    try:
        lines = read_sheet(text.encode())
    except SheetTooLarge:
        raise TooLarge(most=MOST_ROWS) from None
    except SheetUnreadable:
        raise NothingListed() from None
    if len(lines) - 1 > MOST_ROWS:
        raise TooLarge(most=MOST_ROWS)
    keys = _headings(lines[0])
    if len(lines) == 1:
        raise NothingListed()
    return keys, lines[1:]


def _plain(heading: str) -> str:
    return " ".join(heading.strip().strip('"').casefold().split())


def _headings(line: Line) -> tuple[str, ...]:
    keys: list[str] = []
    for place, cell in enumerate(line.cells, 1):
        key = _KEYS.get(_plain(cell), "")
        if cell and (not key or key in keys):
            raise ColumnUnknown(column=place)
        keys.append(key)
    if "discharged" not in keys or not ("number" in keys or {"family", "born"} <= set(keys)):
        raise ColumnMissing()
    return tuple(keys)


def _written(keys: Sequence[str], line: Line) -> bytes:
    """One row in the notation of this module: every column that says anything, in one order."""
    cells = {key: cell for key, cell in zip(keys, line.cells, strict=False) if key and cell}
    beyond = [cell for cell in line.cells[len(keys) :] if cell]
    names = [key for key in COLUMNS if key in cells or key in ("number", "discharged")]
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow([COLUMNS[key] for key in names])
    rows.writerow([*(cells.get(key, "") for key in names), *beyond])
    return out.getvalue().encode()


# --- reading --------------------------------------------------------------------------------------


class DischargeRows:
    """Reads what `split` makes: a list with one row."""

    def format_of(self, document: Document) -> str | None:
        name = etree.QName(document.root)
        return FORMAT if (name.namespace, name.localname) == (_SPACE, "List") else None

    def read(self, document: Document, format: str) -> Message:
        """The facts of the row. Raises a `CannotRead` for a cell that cannot be understood."""
        rows = list(tree.every(document.root, "Row"))
        if len(rows) != 1:
            raise SeveralBodies(bodies=len(rows), format=format)
        row = rows[0]
        if row.get("beyond"):
            raise BadCell(format=format)
        discharged = _moment(row, "discharged")
        if discharged is None:
            raise tree.BadTime(format=format)
        outcome = _one_of(row, "outcome", _OUTCOMES)
        return Message(
            format=format,
            kind=Kind.DISCHARGED,
            message_id=_identity(row, discharged),
            series=Series.NEW,
            generated_at=discharged.at,
            sender=_sender(row),
            patient=_person(row),
            stay=Stay(admitted=_admitted(row, discharged), discharged=discharged),
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
        raise tree.BadTime(column=COLUMNS[key])
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
        raise tree.BadTime(column=COLUMNS["born"])
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
    raise BadCell(column=COLUMNS[key])
