"""A discharge list: its columns, its lines, and what became of each when it was compared.

lines = followed + waiting + decided + asked + refused. Nothing here knows of HTTP, of the
database or of the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from bindeledd.features.patients.domain.names import folded
from bindeledd.foundation.errors import Invalid, NotAllowed
from bindeledd.foundation.sheets import Line, heading_at
from bindeledd.foundation.written import read_both

COLUMNS: Mapping[str, str] = {
    "number": "Fødselsnummer",
    "name": "Navn",
    "discharged": "Utskrevet",
    "unit": "Enhet",
}


class Outcome(StrEnum):
    """What became of a line."""

    FOLLOWED = "followed"
    WAITING = "waiting"
    DECIDED = "decided"
    ASKED = "asked"
    REFUSED = "refused"


class Why(StrEnum):
    """Why a line cannot be compared."""

    NOBODY = "nobody"
    EMPTY = "empty"
    NO_DAY = "no_day"
    IN_FUTURE = "in_future"
    NO_ANSWER = "no_answer"


class ColumnUnknown(Invalid):
    """A heading that a discharge list does not have."""

    code = "discharges.column_unknown"


class ColumnMissing(Invalid):
    """A list needs the time, and a number or a name."""

    code = "discharges.column_missing"


class NothingListed(Invalid):
    """There is no line under the headings."""

    code = "discharges.nothing_listed"


class LeadsOnly(NotAllowed):
    """Lists are for those who lead a team."""

    code = "discharges.leads_only"


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """One line as it was read; `why` and `column` where it could not be, and `words` as it stood."""

    number: int
    person: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)
    at: datetime | None = None
    date_only: bool = False
    column: str = ""
    why: Why | None = None
    words: str = field(default="", repr=False)


Unit = tuple[str, str, str]
_NEAR = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Register:
    """What a list is laid beside, read once for all its lines.

    `units`: (scheme, value, name) by whatever a unit is called, folded. `went_home`: when those who
    are followed were discharged, by name, folded.
    """

    units: Mapping[str, Unit] = field(default_factory=dict)
    went_home: Mapping[str, Sequence[datetime]] = field(default_factory=dict, repr=False)

    def knows(self, name: str, at: datetime) -> bool:
        """Somebody of this name went home within a day of `at`."""
        when = (one for said in spellings(name) for one in self.went_home.get(said, ()))
        return any(abs(one - at) <= _NEAR for one in when)


def spans_near(moments: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """The times within a day of one of these moments, by when they begin; those that meet are one."""
    found: list[tuple[datetime, datetime]] = []
    for one in sorted(set(moments)):
        since, until = one - _NEAR, one + _NEAR
        if found and since <= found[-1][1]:
            since, _ = found.pop()
        found.append((since, until))
    return found


def spellings(name: str) -> set[str]:
    """The name as it stands, and `Etternavn, Fornavn` the other way round."""
    family, comma, given = name.partition(",")
    return {folded(name), folded(f"{given} {family}")} if comma else {folded(name)}


@dataclass(frozen=True, kw_only=True)
class ComparedLine:
    """A line beside what became of it; `message_id` where it waits, or waited, for a person."""

    number: int
    outcome: Outcome
    message_id: UUID | None = None
    column: str = ""
    why: Why | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One list as it was compared."""

    id: UUID
    compared_at: datetime
    compared_by: UUID | None
    numbers: Mapping[Outcome, int]
    file: str = field(default="", repr=False)
    sha256: str = ""

    @property
    def lines(self) -> int:
        return sum(self.numbers.values())


def headings(line: Line) -> tuple[str, ...]:
    """The key of each column. Raises `ColumnUnknown`, `ColumnMissing`."""
    known = {heading.casefold(): key for key, heading in COLUMNS.items()}
    keys: list[str] = []
    for place, cell in enumerate(line.cells, 1):
        key = known.get(" ".join(cell.casefold().split()), "")
        if cell and (not key or key in keys):
            raise ColumnUnknown(**heading_at(line, place, known))
        keys.append(key)
    if "discharged" not in keys or not {"number", "name"} & set(keys):
        raise ColumnMissing(columns=[COLUMNS["discharged"], COLUMNS["number"]])
    return tuple(keys)


def read_line(line: Line, keys: Sequence[str], *, at: datetime, zone: ZoneInfo) -> ListLine:
    """A line; the first thing that is wrong with it is said."""
    cells = {key: cell for key, cell in zip(keys, line.cells, strict=False) if key}
    said = ListLine(
        number=line.number,
        person=_padded(cells.get("number", "")),
        name=cells.get("name", ""),
        unit=cells.get("unit", ""),
        words="\n".join(f"{COLUMNS[key]}: {cell}" for key, cell in cells.items()),
    )
    lost = [column for column in line.unanswered_in(keys) if column]
    if lost:
        return replace(said, column=lost[0], why=Why.NO_ANSWER)
    if not said.person and not said.name:
        return replace(said, column="number", why=Why.NOBODY)
    if not cells.get("discharged"):
        return replace(said, column="discharged", why=Why.EMPTY)
    found = read_both(cells["discharged"])
    if found is None or not 1900 < found[0].year < 2200:
        return replace(said, column="discharged", why=Why.NO_DAY)
    moment = datetime.combine(found[0], found[1] or time(), tzinfo=zone).astimezone(UTC)
    if moment > at:
        return replace(said, column="discharged", why=Why.IN_FUTURE)
    return replace(said, at=moment, date_only=found[1] is None)


def _padded(number: str) -> str:
    """A spreadsheet takes the first zero from a number."""
    digits = "".join(number.split())
    return digits.zfill(11) if digits.isdigit() and len(digits) == 10 else digits
