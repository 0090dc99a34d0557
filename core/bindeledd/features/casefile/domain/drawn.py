"""What is drawn of a case, in moments (`Sketch`), and where it stands in the box (`Drawing`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bindeledd.features.casefile.domain.scaling import Fold, Tick


class Row(StrEnum):
    """Contacts in above the lanes; appointments and contacts out below; the rest on the axis."""

    IN = "in"
    LANE = "lane"
    APPOINTMENT = "appointment"
    OUT = "out"
    OTHER = "other"


class Look(StrEnum):
    """`full`: it came about, and of a contact: the person was reached; `hollow`: it did not;
    `soft`: nobody knows yet."""

    FULL = "full"
    SOFT = "soft"
    HOLLOW = "hollow"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that happened or is agreed. `words`: what it is called."""

    at: datetime
    row: Row
    look: Look = Look.FULL
    words: str = ""
    date_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Stay:
    """In hospital; `until` is None while the person is."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Window:
    """When something is owed; `late`: open, and its time has passed."""

    since: datetime
    until: datetime
    words: str = ""
    is_open: bool = True
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who is responsible, and from when."""

    name: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """What is drawn. `today` is None of what is over; then the line ends at `ended_at`."""

    today: datetime | None
    ended_at: datetime | None = None
    holders: Sequence[Holder] = ()
    moments: Sequence[Moment] = ()
    stays: Sequence[Stay] = ()
    windows: Sequence[Window] = ()

    def all(self) -> Iterator[datetime]:
        """Every moment that has a place."""
        yield from (one for one in (self.today, self.ended_at) if one is not None)
        yield from (one.since for one in self.holders)
        yield from (one.at for one in self.moments)
        yield from (one.since for one in self.stays)
        yield from (one.until for one in self.stays if one.until is not None)
        yield from (at for one in self.windows for at in (one.since, one.until))


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One or more moments of a row that stand too near each other to be told apart."""

    x: float
    y: float
    row: Row
    look: Look
    told: tuple[Moment, ...]


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: float
    y: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words at a place; `to_left`: they end there."""

    x: float
    y: float
    words: str
    to_left: bool = False


@dataclass(frozen=True, kw_only=True)
class Bracket:
    """A window, or several with the same ends. `late_to`: where today is, of what is late."""

    x: float
    y: float
    width: float
    is_open: bool
    late_to: float | None
    label: Label | None
    told: tuple[Window, ...]

    @property
    def end(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Everything with its place. `rows` are the heights of the rows that have something in them."""

    width: float
    height: float
    axis: float
    today: float | None
    rows: dict[Row, float]
    windows_at: float | None
    marks: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    brackets: tuple[Bracket, ...]
    lanes: tuple[Label, ...]
    thread: tuple[tuple[float, float], ...]
    ticks: tuple[Tick, ...]
    folds: tuple[Fold, ...]

    @property
    def is_mostly_past(self) -> bool:
        """Whether what is now stands nearer to the end: where there is no room, that is seen first."""
        return self.today is None or self.today > self.width / 2
