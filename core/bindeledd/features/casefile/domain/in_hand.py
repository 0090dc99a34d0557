"""The sheet of an appointment for the person, and the same as a calendar file.

When, where, whom they meet and whom they can call; nothing of who they are, who follows them up or
why. Read `Paper`. What may not stand there: `foundation.revealing`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bindeledd.features.casefile.domain.shown import AppointmentView, Happened
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.covering import WHO, time_of
from bindeledd.features.pathways.domain.letter_values import GAP, Filled, Letter
from bindeledd.foundation.calendar_files import Entry
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Conflict, Invalid
from bindeledd.foundation.printing import Line, Section, Sheet, mark_of
from bindeledd.foundation.revealing import revealed_by
from bindeledd.foundation.spelling import weekday_written
from bindeledd.foundation.texts import HOME, LANGUAGES, speaking, t

_DAY = timedelta(days=1)
# How far ahead it is looked for when nobody is at work: further than that the paper is old.
_FAR = 60 * _DAY
# What a language is called by those who type it, beside its code.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "nb": ("bokmål", "norsk", "norsk bokmål", "norwegian", "no"),
    "nn": ("nynorsk", "norsk nynorsk"),
    "en": ("engelsk", "english"),
    "se": ("davvisámegiella", "nordsamisk", "samisk", "northern sámi", "northern sami"),
    "sma": ("åarjelsaemien", "sørsamisk", "southern sámi"),
    "smj": ("julevsámegiella", "lulesamisk", "lule sámi"),
}


class SheetReveals(Invalid):
    """A word on the paper would tell what it is about."""

    code = "sheet.reveals"


class NoSheet(Conflict):
    """The appointment is over, or has ended: no paper invites to it."""

    code = "sheet.none"


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What the person agreed may stand there. Empty where nobody knows it."""

    where: str = ""
    whom: str = ""
    call: str = ""

    @property
    def revealing(self) -> Mapping[str, str]:
        """Field → the word in it that reveals."""
        said = {"where": self.where, "whom": self.whom, "call": self.call}
        return {name: word for name, text in said.items() if (word := revealed_by(text))}


@dataclass(frozen=True, kw_only=True)
class Covering:
    """`who` said yes to answering from `since` until `until`: a name or a service, as it was typed."""

    since: datetime
    until: datetime
    who: str = field(repr=False)

    @property
    def reveals(self) -> str:
        """The word in it that keeps it from the paper; empty where it may stand there."""
        return revealed_by(self.who)


@dataclass(frozen=True, kw_only=True)
class Closed:
    """The team is closed from `since` to `until`. On duty meanwhile: `names`; `covers`: who else
    said yes to answering."""

    since: datetime
    until: datetime
    names: tuple[str, ...]
    covers: tuple[Covering, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether somebody is known to answer."""
        return bool(self.names or self.covers)

    @property
    def unprinted(self) -> tuple[Covering, ...]:
        """Who answers and cannot stand on the paper as it was typed."""
        return tuple(one for one in self.covers if one.reveals)

    @property
    def spans(self) -> Iterator[tuple[datetime, datetime, str]]:
        """Who answers from when until when, as it may stand on the paper."""
        if self.names:
            yield self.since, self.until, ", ".join(self.names)
        for one in self.covers:
            if not one.reveals:
                yield one.since, one.until, one.who


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The sheet, in one of its `languages`. `numbers`: who can be called, and the number with hours.

    `letter`: the text of a layer (`id@version`) that stands instead of ours. `environment`: what
    the installation is for, which paper says where nobody is real.
    """

    appointment: AppointmentView
    at: datetime
    language: str
    languages: tuple[str, ...]
    agreed: Agreed
    numbers: Sequence[tuple[str, str]] = ()
    closed: Closed | None = None
    letter: Letter | None = None
    layer: str = ""
    environment: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What nobody knows: a line for a pen."""
        said = {"where": self.agreed.where, "whom": self.agreed.whom, "call": self._calls}
        return tuple(name for name, known in said.items() if not known)

    @property
    def sheet(self) -> Sheet:
        with speaking(self.language):
            mark = mark_of(self.environment)
            if self.letter is not None:
                found = self._filled(self.letter)
                lines = (Section(lines=(Line(text=one),)) for one in found.paragraphs)
                return Sheet(title=found.title, sections=tuple(lines), mark=mark, discreet=True)
            ours = tuple(self._ours())
            return Sheet(title=t("casefile.sheet.title"), sections=ours, mark=mark, discreet=True)

    @property
    def entry_words(self) -> str:
        """What the calendar file says under the title."""
        with speaking(self.language):
            met = self.agreed.whom and t("casefile.sheet.meets", whom=self.agreed.whom)
            return "\n".join(filter(None, (met, *self._calls)))

    def _filled(self, letter: Letter) -> Filled:
        values = {
            "today": weekday_written(self.at, date_only=True),
            "appointment": weekday_written(self.appointment.starts_at),
            "place": self.agreed.where,
            "whom": self.agreed.whom,
            "call": "\n".join(self._calls),
        }
        return letter.filled(self.language, values)

    def _ours(self) -> Iterator[Section]:
        when = weekday_written(self.appointment.starts_at)
        yield Section(
            lines=(
                Line(label=t("casefile.sheet.when"), text=when),
                Line(label=t("casefile.sheet.where"), text=self.agreed.where or GAP),
                Line(label=t("casefile.sheet.whom"), text=self.agreed.whom or GAP),
            )
        )
        calls = tuple(Line(text=one) for one in self._calls or (GAP,))
        yield Section(title=t("casefile.sheet.call"), lines=calls)

    @property
    def _calls(self) -> tuple[str, ...]:
        """Whom they can call, one line each: as typed, by the directory, and while we are closed."""
        with speaking(self.language):
            phone = t("casefile.sheet.phone")
            numbers = (
                f"{phone if revealed_by(label) else label}: {number}"
                for label, number in self.numbers
            )
            return tuple(filter(None, (self.agreed.call, *numbers, *self._while_closed())))

    def _while_closed(self) -> Iterator[str]:
        for since, until, names in self.closed.spans if self.closed else ():
            yield t(
                "casefile.sheet.while_closed",
                since=weekday_written(since),
                until=weekday_written(until),
                names=names,
            )


def covering(
    timeline: Iterable[Happened], since: datetime, until: datetime
) -> tuple[Covering, ...]:
    """Who said yes to answering in some of the time between two moments, the first first.

    What was said before the last *nobody can* counts no more.
    """
    told = [one for one in timeline if one.kind == EventKind.GAP_COVERED and not one.in_error]
    found = set()
    for one in sorted(told, key=lambda one: one.recorded_at, reverse=True):
        if one.facts.get("cover") == "none":
            break
        times, who = time_of(one.facts), str((one.note or {}).get(WHO) or "").strip()
        if times is not None and who and times[0] < until and times[1] > since:
            found.add((*times, who))
    return tuple(Covering(since=start, until=end, who=who) for start, end, who in sorted(found))


def first_closed(
    calendar: Calendar, at: datetime, until: datetime
) -> tuple[datetime, datetime] | None:
    """The first day or more between two moments in which nobody of the team is at work."""
    until = min(until, at + _FAR)
    since = at
    for opens, closes in calendar.intervals(at, until):
        if opens - since >= _DAY:
            return since, opens
        since = closes
    return (since, until) if until - since >= _DAY else None


def language_for(typed: str | None, languages: Sequence[str], site: str) -> str:
    """The language of a person, as it was typed, if the sheet is in it; else the site's."""
    said = (typed or "").strip().casefold()
    for code in languages:
        if said == code or said in _CALLED.get(code, ()):
            return code
    return site if site in languages else HOME


def called(code: str) -> str:
    """A language by its own name; its code where we know none."""
    ours = LANGUAGES.get(code)
    return ours or _CALLED.get(code, (code,))[0].capitalize()


def check_agreed(agreed: Agreed) -> None:
    """Refuse what reveals. The word itself is said on the page alone."""
    for name in agreed.revealing:
        raise SheetReveals(field=name)


def entry(
    paper: Paper, appointments: Sequence[AppointmentView], timeline: Sequence[Happened]
) -> Entry:
    """The appointment in a calendar: one that was moved keeps what it is called, and counts up."""
    chain = _chain(paper.appointment, appointments)
    with speaking(paper.language):
        title = t("casefile.sheet.entry")
    return Entry(
        uid=str(chain[-1]),
        starts_at=paper.appointment.starts_at,
        title=title,
        sequence=_changes(chain, timeline),
        where=paper.agreed.where,
        words=paper.entry_words,
        withdrawn=paper.appointment.state == "cancelled",
    )


def _chain(one: AppointmentView, appointments: Sequence[AppointmentView]) -> list[UUID]:
    """This appointment and those that it was moved from, the first of them last."""
    before = {each.id: each.previous_id for each in appointments}
    found, at = [one.id], one.previous_id
    while at is not None and at not in found:
        found.append(at)
        at = before.get(at)
    return found


_CHANGES = ("appointment_moved", "appointment_cancelled")


def _changes(chain: Sequence[UUID], timeline: Sequence[Happened]) -> int:
    """How often it was another: moved, cancelled, and cancelled by mistake and back."""
    mine = {str(one) for one in chain}
    told = (
        one
        for one in timeline
        if one.kind in _CHANGES and str(one.facts.get("appointment_id")) in mine
    )
    return sum(2 if one.in_error else 1 for one in told)
