"""Is it one of ours? What a site has said about each source, and which codes open a follow-up.

A site's routes are asked in their order; the first that fits counts. What none fits is asked of a
person.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.intake.domain.facts import Kind, Message, Series
from bindeledd.foundation.calendars import Period, PeriodError
from bindeledd.foundation.errors import Misconfigured

ANY = "*"
ICD_10 = "7110"
# What a route calls each kind of message.
KINDS = {
    Kind.DISCHARGE_SUMMARY: "epikrise",
    Kind.ADMITTED: "plo.admitted",
    Kind.READY_FOR_DISCHARGE: "plo.ready",
    Kind.WITHDRAWN: "plo.withdrawn",
    Kind.DISCHARGED: "plo.discharged",
    Kind.DEATH: "plo.death",
    Kind.DISCHARGE_REPORT: "plo.discharge_report",
    Kind.ADMISSION_REPORT: "plo.admission_report",
}
# What can open a follow-up by itself. The rest waits for its turn.
_CAN_OPEN = frozenset(
    {
        Kind.DISCHARGE_SUMMARY,
        Kind.DISCHARGED,
        Kind.DISCHARGE_REPORT,
        Kind.ADMITTED,
        Kind.READY_FOR_DISCHARGE,
    }
)
_RANGE = re.compile(r"([A-Z][0-9]{2,4})(?:-([A-Z][0-9]{2,4}))?")


class Opens(StrEnum):
    """What a message of a source does where no follow-up runs."""

    ALWAYS = "always"
    BY_CODE = "by_code"
    ASK = "ask"


class RouteSaid(Protocol):
    """A route as a site's settings say it: `settings.RouteSetting` is one."""

    @property
    def source(self) -> str: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    @property
    def opens(self) -> str: ...
    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def codes_from(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class CodeRange:
    """ICD-10 codes from `first` to `last`, compared by as many signs as they have."""

    first: str
    last: str
    source: str

    def holds(self, system: str, code: str) -> bool:
        return (
            system == ICD_10
            and self.first <= code[: len(self.first)]
            and code[: len(self.last)] <= self.last
        )


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is done with messages of `kinds` from `source`, a (scheme, value) or None for any."""

    opens: Opens = Opens.ASK
    source: tuple[str, str] | None = None
    kinds: frozenset[str] = frozenset({ANY})
    codes: tuple[CodeRange, ...] = ()

    def fits(self, message: Message) -> bool:
        if ANY not in self.kinds and KINDS[message.kind] not in self.kinds:
            return False
        senders = {(point.scheme, point.value) for point in message.sender}
        return self.source is None or self.source in senders


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Everything that is known about whose a message is.

    `known` says what a code began with; `other` what any other code of a route did; `facts` what
    a code says beside that.
    """

    routes: tuple[Route, ...] = ()
    known: tuple[tuple[CodeRange, IndexKind], ...] = ()
    facts: tuple[tuple[CodeRange, str, str], ...] = ()
    other: IndexKind = IndexKind.INTENT_UNCLARIFIED
    accept_tests: bool = False
    late_after: timedelta = field(kw_only=True)

    def of(self, message: Message) -> Route:
        """The first route that fits; where none does, a person is asked."""
        return next((route for route in self.routes if route.fits(message)), Route())

    def index_kind(self, message: Message) -> IndexKind | None:
        """What a code of the message says that it began with; None where no such code stands."""
        for diagnosis in message.diagnoses:
            for codes, kind in self.known:
                if codes.holds(diagnosis.system, diagnosis.code):
                    return kind
        return self.other if self._listed(message) else None

    def coded(self, message: Message) -> dict[str, str]:
        """The plain facts that the codes of the message say, of each the first that is listed;
        nothing of what no code says."""
        found: dict[str, str] = {}
        for codes, fact, value in self.facts:
            if any(codes.holds(one.system, one.code) for one in message.diagnoses):
                found.setdefault(fact, value)
        return found

    def _listed(self, message: Message) -> bool:
        codes = self.of(message).codes
        return any(known.holds(d.system, d.code) for d in message.diagnoses for known in codes)

    def opens_as(self, message: Message) -> IndexKind | None:
        """What a follow-up would begin with because of this message; None means: ask a person."""
        if not can_open(message):
            return None
        opens = self.of(message).opens
        if opens is Opens.ALWAYS:
            return self.index_kind(message) or self.other
        if opens is Opens.BY_CODE and self._listed(message):
            return self.index_kind(message)
        return None


def can_open(message: Message) -> bool:
    """Whether a message of this kind may begin a follow-up at all."""
    return (
        message.kind in _CAN_OPEN
        and message.series is not Series.CANCELLED
        and not message.tells_of_death
    )


# --- reading what is said -------------------------------------------------------------------------


def read_routes(
    tables: Mapping[str, Any], said: Iterable[RouteSaid] = (), *, accept_tests: bool = False
) -> Routes:
    """Routes as a site has `said` them, with what the product knows (`config/intake.toml`)."""
    index = tables["index"]
    return Routes(
        routes=tuple(read_route(one) for one in said),
        known=tuple(
            (_range(table["range"], table["basis"]["source"]), IndexKind(table["kind"]))
            for table in index["codes"]
        ),
        facts=tuple(
            (_range(table["range"], table["basis"]["source"]), table["fact"], table["value"])
            for table in tables["facts"]
        ),
        other=IndexKind(index["other"]),
        accept_tests=accept_tests,
        late_after=_duration(tables["late"]["after"]),
    )


def read_route(said: RouteSaid) -> Route:
    """One route. Raises `Misconfigured` for what cannot be understood."""
    if said.opens not in list(Opens):
        raise _wrong("opens", f"opens = {said.opens!r}", known=", ".join(Opens))
    unknown = set(said.kinds) - set(KINDS.values()) - {ANY}
    if unknown:
        raise _wrong("kinds", f"kinds = {sorted(unknown)}", known=", ".join([ANY, *KINDS.values()]))
    return Route(
        opens=Opens(said.opens),
        source=None if said.source == ANY else _source(said.source),
        kinds=frozenset(said.kinds),
        codes=tuple(_range(text, said.codes_from) for text in said.codes),
    )


def _range(text: str, source: str) -> CodeRange:
    found = _RANGE.fullmatch(text.replace(".", "").replace(" ", "").upper())
    if found is None or not source:
        raise _wrong("codes", f"codes: {text!r}")
    first, last = found.group(1), found.group(2) or found.group(1)
    if first > last:
        raise _wrong("order", f"codes: {text!r}")
    return CodeRange(first=first, last=last, source=source)


def _source(text: str) -> tuple[str, str]:
    scheme, _, value = text.partition(":")
    if scheme not in ("HER", "RESH", "ENH", "local") or not value.strip():
        raise _wrong("source", f"source = {text!r}")
    return scheme, value.replace(" ", "")


def _duration(text: str) -> timedelta:
    try:
        period = Period.parse(text)
    except PeriodError as wrong:
        raise Misconfigured(
            "intake.late_after", where="intake.toml, late.after", wrong=wrong
        ) from None
    return timedelta(days=period.days) + period.time


def _wrong(name: str, written: str, **values: object) -> Misconfigured:
    return Misconfigured(f"intake.route_{name}", where="[[route]]", written=written, **values)
