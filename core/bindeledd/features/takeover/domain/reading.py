"""The columns of the template, and a row of it read cell by cell: docs/takeover.md says the same.

A cell that cannot be read is a reason, never a guess; all reasons of a row are said at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import zip_longest
from typing import TypeVar
from zoneinfo import ZoneInfo

from bindeledd.features.cases.domain import EventKind, IndexKind
from bindeledd.features.takeover.domain import Reason, Why
from bindeledd.features.takeover.domain.refusals import ColumnMissing, ColumnUnknown
from bindeledd.foundation.sheets import Line, heading_at
from bindeledd.foundation.written import read_both, read_day

T = TypeVar("T")

# Key → heading, in the order of the template.
COLUMNS: Mapping[str, str] = {
    "number": "Fødselsnummer",
    "given": "Fornavn",
    "family": "Etternavn",
    "born": "Fødselsdato",
    "phone": "Telefon",
    "index": "Hendelse",
    "index_at": "Hendelsesdato",
    "intoxication": "Forgiftning",
    "unit": "Enhet",
    "discharged": "Utskrevet",
    "owner": "Ansvarlig",
    "reached": "Sist nådd",
    "attempts": "Forsøk",
    "assessed": "Vurdert",
    "plan": "Kriseplan tilbudt",
    "summary": "Epikrise sendt",
    "relatives": "Pårørende spurt",
    "children": "Barn spurt",
    "next_step": "Neste steg",
    "next_at": "Frist",
    "appointment": "Time",
    "place": "Sted",
    "given_to": "Timen er gitt",
    "note": "Merknad",
}
# What is in place already, each with its day: it is not owed once more.
IN_PLACE: Mapping[str, EventKind] = {
    "assessed": EventKind.RISK_ASSESSED,
    "plan": EventKind.PLAN_OFFERED,
    "summary": EventKind.SUMMARY_SENT,
    "relatives": EventKind.RELATIVES_ASKED,
    "children": EventKind.CHILDREN_ASKED,
}
# A moment that lies further back is a slip of the pen, and no event that somebody is followed after.
OLDEST_YEARS = 10
NEEDED = ("index", "index_at", "owner")

INDEX: Mapping[str, IndexKind] = {
    "selvmordsforsøk": IndexKind.SUICIDE_ATTEMPT,
    "selvskading": IndexKind.SELF_HARM,
    "uavklart": IndexKind.INTENT_UNCLARIFIED,
}
# What the index event says of it; a list that says nothing leaves it unknown.
INTOXICATION = {"ja": "yes", "nei": "no"}
_YES_NO = {"ja": True, "nei": False, "": False}
# The words that a column may hold.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "index": (*INDEX,),
    "intoxication": (*INTOXICATION,),
    "given_to": ("ja", "nei"),
}


@dataclass(frozen=True, kw_only=True)
class When:
    """A moment in a cell; `date_only` where only the day was written (its start, then)."""

    at: datetime
    date_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it was read. Numbers and staff are still the words of the file.

    `tried` are attempts whose day is known, `tried_before` how many more, of unknown days.
    """

    number: int
    cells: Mapping[str, str] = field(repr=False)
    born_on: date | None = None
    index_kind: IndexKind | None = None
    index_at: When | None = None
    intoxication: str | None = None
    discharged: When | None = None
    reached: When | None = None
    tried: tuple[When, ...] = ()
    tried_before: int = 0
    in_place: Mapping[EventKind, When] = field(default_factory=dict)
    next_at: When | None = None
    appointment: When | None = None
    appointment_given: bool = False
    reasons: tuple[Reason, ...] = ()

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def name(self) -> str:
        return f"{self['given']} {self['family']}".strip()


def headings(line: Line) -> tuple[str, ...]:
    """The key of each column. Raises `ColumnUnknown`, `ColumnMissing`; a heading stands once."""
    known = {_folded(heading): key for key, heading in COLUMNS.items()}
    keys: list[str] = []
    for place, cell in enumerate(line.cells, 1):
        key = known.get(_folded(cell))
        if cell and (key is None or key in keys):
            raise ColumnUnknown(**heading_at(line, place, known))
        keys.append(key or "")
    missing = [COLUMNS[key] for key in NEEDED if key not in keys]
    if missing or not {"number", "family"} & set(keys):
        raise ColumnMissing(columns=missing or [COLUMNS["number"]])
    return tuple(keys)


def padded(number: str) -> str:
    """A spreadsheet takes the first zero from a number; the check digits say whether that was it."""
    return number.zfill(11) if number.isdigit() and len(number) == 10 else number


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("*", "").split())


def read_row(line: Line, keys: Sequence[str], *, at: datetime, zone: ZoneInfo) -> Row:
    """A row with everything that is wrong in it. What happened cannot lie after `at`."""
    cells = _cells(line, keys)
    reading = _Reading(cells=cells, at=at, zone=zone)
    reading.needs()
    tried, before = reading.attempts()
    row = Row(
        number=line.number,
        cells=cells,
        born_on=reading.day("born"),
        index_kind=reading.choice("index", INDEX),
        index_at=reading.past("index_at"),
        intoxication=reading.choice("intoxication", INTOXICATION),
        discharged=reading.past("discharged"),
        reached=reading.past("reached"),
        tried=tried,
        tried_before=before,
        in_place=reading.in_place(),
        next_at=reading.moment("next_at"),
        appointment=reading.ahead("appointment"),
        appointment_given=bool(reading.choice("given_to", _YES_NO)),
    )
    reading.fits(row)
    for column in line.unanswered_in(keys):
        reading.wrong(column, Why.NO_ANSWER)
    return replace(row, reasons=tuple(reading.reasons))


def _cells(line: Line, keys: Sequence[str]) -> dict[str, str]:
    """What stands in each column; what has no heading stands under the number of its column."""
    named = zip_longest(keys, line.cells, fillvalue="")
    return {key or str(place): cell for place, (key, cell) in enumerate(named, 1) if cell}


def loose(cells: Mapping[str, str]) -> Mapping[int, str]:
    """What stands in a row without a heading above it, by the number of its column."""
    return {int(key): cell for key, cell in cells.items() if key not in COLUMNS}


def read_again(number: int, cells: Mapping[str, str], *, at: datetime, zone: ZoneInfo) -> Row:
    """A row by its columns as it is read at `at`: of one that was taken, what was taken."""
    line = Line(number=number, cells=tuple(cell.strip() for cell in cells.values()))
    return read_row(line, tuple(cells), at=at, zone=zone)


@dataclass
class _Reading:
    """One row while it is read: cells in, reasons out."""

    cells: Mapping[str, str]
    at: datetime
    zone: ZoneInfo
    reasons: list[Reason] = field(default_factory=list)

    def wrong(self, column: str, why: Why) -> None:
        self.reasons.append(Reason(column=column, why=why))

    def needs(self) -> None:
        for key in NEEDED:
            if key not in self.cells:
                self.wrong(key, Why.MISSING)
        if "number" not in self.cells and not {"family", "born"} <= self.cells.keys():
            self.wrong("number", Why.NOBODY)
        if "next_step" in self.cells and "next_at" not in self.cells:
            self.wrong("next_at", Why.STEP_WITHOUT_TIME)
        self.belongs()

    def belongs(self) -> None:
        """Nothing of a row is passed over: what says nothing by itself is asked about."""
        if "next_at" in self.cells and "next_step" not in self.cells:
            self.wrong("next_step", Why.TIME_WITHOUT_STEP)
        given = _YES_NO.get(_folded(self.cells.get("given_to", "")))
        if "appointment" not in self.cells and ("place" in self.cells or given):
            self.wrong("appointment", Why.WITHOUT_APPOINTMENT)
        if loose(self.cells):
            self.wrong("", Why.NO_HEADING)

    def choice(self, column: str, choices: Mapping[str, T]) -> T | None:
        text = _folded(self.cells.get(column, ""))
        if text in choices:
            return choices[text]
        if text:
            self.wrong(column, Why.NOT_A_CHOICE)
        return None

    def day(self, column: str) -> date | None:
        text = self.cells.get(column, "")
        found = read_day(text) if text else None
        if text and (found is None or found > self.at.astimezone(self.zone).date()):
            self.wrong(column, Why.NO_DAY if found is None else Why.IN_FUTURE)
            return None
        return found

    def moment(self, column: str) -> When | None:
        return self._moment(column, self.cells.get(column, ""))

    def _moment(self, column: str, text: str) -> When | None:
        if not text:
            return None
        found = read_both(text)
        if found is None or not 1900 < found[0].year < 2200:
            self.wrong(column, Why.NO_DAY)
            return None
        local = datetime.combine(found[0], found[1] or time(), tzinfo=self.zone)
        return When(at=local.astimezone(UTC), date_only=found[1] is None)

    def past(self, column: str, text: str | None = None) -> When | None:
        when = self._moment(column, self.cells.get(column, "") if text is None else text)
        if when is not None and when.at > self.at:
            self.wrong(column, Why.IN_FUTURE)
            return None
        return when

    def ahead(self, column: str) -> When | None:
        """An appointment: it lies ahead, and has a time of day."""
        when = self.moment(column)
        if when is None:
            return None
        if when.date_only:
            self.wrong(column, Why.NO_MOMENT)
        elif when.at <= self.at:
            self.wrong(column, Why.IN_PAST)
        return when

    def attempts(self) -> tuple[tuple[When, ...], int]:
        """Those whose day is known, and how many more: `3`, `2.11.2026; 5.11.2026 14.30`, or both."""
        days: list[When] = []
        before = 0
        for part in self.cells.get("attempts", "").split(";"):
            text = part.strip()
            if text.isdigit() and len(text) <= 3:
                before += int(text)
                continue
            if text and read_both(text) is None:
                self.wrong("attempts", Why.NO_COUNT)
                continue
            when = self.past("attempts", text)
            if when is not None:
                days.append(when)
        return tuple(days), before

    def in_place(self) -> Mapping[EventKind, When]:
        read = {kind: self.past(column) for column, kind in IN_PLACE.items()}
        return {kind: when for kind, when in read.items() if when is not None}

    def fits(self, row: Row) -> None:
        """What happened afterwards cannot lie before the day on which it began; nor that so far
        back that nobody can be followed after it."""
        if row.index_at is None:
            return
        began = row.index_at.at.astimezone(self.zone).date()
        if self.at.year - began.year > OLDEST_YEARS:
            self.wrong("index_at", Why.LONG_AGO)
        told = {"discharged": row.discharged, "reached": row.reached}
        told |= {column: row.in_place.get(kind) for column, kind in IN_PLACE.items()}
        for column, when in told.items():
            if when is not None and when.at.astimezone(self.zone).date() < began:
                self.wrong(column, Why.BEFORE_INDEX)
