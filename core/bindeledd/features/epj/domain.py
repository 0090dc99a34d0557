"""Which events should stand in the EPJ, and the note that is ready to be put there.

In the language of the site, whoever reads it, with source and time. Nothing here writes to the EPJ:
a person copies the note, and says that it stands there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.foundation.errors import Invalid, NotFound
from bindeledd.foundation.printing import Line, Section, Sheet, mark_of
from bindeledd.foundation.spelling import word, written, written_day
from bindeledd.foundation.texts import site_language, speaking, t

# What a person did for a patient, with words of its own: contacts, plans, what was told by phone.
KINDS = (
    EventKind.REACHED,
    EventKind.CONTACT_ATTEMPTED,
    EventKind.CALLED_IN,
    EventKind.DEATH_REPORTED,
    EventKind.PLAN_OFFERED,
    EventKind.SUMMARY_INTERIM,
)


class BadCursor(Invalid):
    """The cursor is not one that a page of the list gave."""

    code = "epj.bad_cursor"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which notes are asked for, and in which order: the longest waiting first, or the newest.

    `mine`: what the asker recorded. `team`: of that team of theirs alone. `after`: when and which
    the last note of the page before was.
    """

    mine: bool = False
    newest: bool = False
    team: UUID | None = None
    after: tuple[datetime, UUID] | None = None


ALL = Asked()


def write_cursor(last: "Note") -> str:
    """Where the next page begins."""
    return f"{last.at.isoformat()}~{last.event_id}"


def read_cursor(text: str) -> tuple[datetime, UUID] | None:
    """What `write_cursor` wrote; None where nothing stands. Raises `BadCursor`."""
    if not text:
        return None
    moment, _, one = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise BadCursor()
        return at.astimezone(UTC), UUID(one)
    except (ValueError, OverflowError):
        raise BadCursor() from None


class NoteNotFound(NotFound):
    """There is no such note, or the one who asks may not see the case."""

    code = "epj.not_found"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One event with what was said of it, and whether it stands in the EPJ: yes, by whom.

    `said` is opened words and codes; `None` where it cannot be read. `in_error`: it was recorded
    by mistake; where it stands in the EPJ, somebody has to correct it there; `marked`: the event
    itself was marked as that. `first_at`, `first_by`:
    of one that was moved here from another person, when and by whom it was recorded there.
    `refuted`: it tells of a death that was none. `team_id`: who was responsible when it was
    recorded; `owed_by_team_id`: that team, or who is responsible now where there is no such team
    any more. `answered`: the person did, with a no or with *later*. `follows`: whoever asks sees the
    follow-up; else it was handed over, and only the note is theirs.
    """

    event_id: UUID
    case_id: UUID
    patient_id: UUID
    kind: str
    at: datetime
    date_only: bool = False
    recorded_at: datetime
    recorded_by: UUID | None
    first_at: datetime | None = None
    first_by: UUID | None = None
    direction: str | None = None
    channel: str | None = None
    said: Mapping[str, Any] | None = field(default_factory=dict)
    entered_at: datetime | None = None
    entered_by: UUID | None = None
    in_error: bool = False
    marked: bool = False
    refuted: bool = False
    team_id: UUID | None = None
    owed_by_team_id: UUID | None = None
    answered: bool = False
    follows: bool = True

    @property
    def entered(self) -> bool:
        return self.entered_at is not None


class Why(StrEnum):
    """Why a note is not to be read as true: it, or its whole follow-up, was recorded in error
    (`asked`: somebody has asked for the follow-up to be closed as that); nobody died."""

    MARKED = "marked"
    CLOSED = "closed"
    ASKED = "asked"
    REFUTED = "refuted"


def said_wrong(note: Note, history: Sequence[Event]) -> tuple[Why, Event] | None:
    """What says of the note that it was wrong, and why; None where nothing does."""
    if not note.in_error:
        return None
    own = str(note.event_id)
    marks = [e for e in history if e.kind is _MARK and own in e.facts.get("events", ())]
    stand = [e for e in history if not e.in_error]
    refuted = [e for e in stand if e.kind is EventKind.DEATH_REFUTED and note.refuted]
    ended = [e for e in stand if e.facts.get("ending") == "registered_in_error"]
    closed = [e for e in ended if e.kind is EventKind.CLOSED]
    asked = [e for e in ended if e.kind is EventKind.CLOSING_REQUESTED]
    for why, found in (
        (Why.MARKED, marks),
        (Why.REFUTED, refuted),
        (Why.CLOSED, closed),
        (Why.ASKED, asked),
    ):
        if found:
            return why, max(found, key=lambda event: event.recorded_at)
    return None


_MARK = EventKind.MARKED_IN_ERROR


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """That the note was wrong: why, when it was said, by whom (empty: a message said it), and in
    which words (None: they cannot be read). `moved`: it is another person's, and stands there."""

    why: Why
    at: datetime
    by: str = ""
    words: str | None = ""
    moved: bool = False


def sheet(
    note: Note,
    *,
    name: str,
    born_on: str | None,
    by: str,
    team: str,
    first: str = "",
    more: tuple[Section, ...] = (),
    wrong: Wrong | None = None,
    environment: str | None = None,
) -> Sheet:
    """The note as it goes into the EPJ. `by` recorded it; the source is said in the last line.

    Of one that was moved here, `first` recorded it and `by` moved it. `more`: what a plan says.
    `wrong`: that it was an error, which it says first. `environment`: what the installation is for, which the note says where nobody is real.
    """
    with speaking(site_language()):
        source = _source(note, by, team, first)
        return _sheet(
            note,
            name=name,
            born_on=born_on,
            source=source,
            more=more,
            wrong=wrong,
            mark=mark_of(environment),
        )


def _source(note: Note, by: str, team: str, first: str) -> str:
    at = written(note.recorded_at)
    if note.first_at is None:
        return t("epj.note.recorded", name=by, team=team, at=at)
    was = written(note.first_at)
    if not first:
        return t("epj.note.moved_message", was=was, name=by, team=team, at=at)
    return t("epj.note.moved", first=first, was=was, name=by, team=team, at=at)


def _sheet(
    note: Note,
    *,
    name: str,
    born_on: str | None,
    source: str,
    more: tuple[Section, ...],
    wrong: Wrong | None,
    mark: str,
) -> Sheet:
    who = name or t("patients.patient.nameless")
    lines = [Line(label=t("epj.note.patient"), text=who)]
    if born_on:
        lines.append(Line(label=t("epj.note.born"), text=written_day(born_on)))
    lines.append(Line(label=t("epj.note.at"), text=written(note.at, date_only=note.date_only)))
    lines += _contact(note)
    words = tuple(Line(text=text) for text in _words(note))
    said = words or (() if more else (Line(text=t("epj.note.none")),))
    title = _title(note)
    return Sheet(
        title=title if wrong is None else f"{t(f'epj.wrong.{wrong.why.value}')}: {title}",
        lead=t("epj.note.refuted") if note.refuted else "",
        sections=(
            *(() if wrong is None else (_wrong(wrong),)),
            Section(title=t("epj.note.what"), lines=tuple(lines)),
            *((Section(title=t("epj.note.words"), lines=said),) if said else ()),
            *more,
            Section(title=t("epj.note.source"), lines=(Line(text=source),)),
        ),
        foot=t("epj.note.foot"),
        mark=mark,
    )


def _wrong(wrong: Wrong) -> Section:
    """Who said that it was wrong, when and why: read before what it says."""
    words = t("epj.note.unreadable") if wrong.words is None else wrong.words
    lines = [
        Line(label=t("epj.wrong.by"), text=wrong.by or t("epj.wrong.message")),
        Line(label=t("epj.wrong.at"), text=written(wrong.at)),
        Line(label=t("epj.wrong.because"), text=words or t("epj.wrong.no_reason")),
    ]
    if wrong.moved:
        lines.append(Line(text=t("epj.wrong.moved")))
    return Section(title=t(f"epj.wrong.{wrong.why.value}"), lines=tuple(lines))


def _title(note: Note) -> str:
    """What it was: an attempt that the person answered is called by what they said."""
    if not note.answered:
        return word("cases.events", note.kind)
    outcome = (note.said or {}).get("outcome")
    return word("contacts.outcomes", outcome) if outcome else t("epj.page.answered")


def _contact(note: Note) -> Iterator[Line]:
    if note.channel:
        way = word("contacts.channels", note.channel)
        whose = word("contacts.directions", note.direction)
        yield Line(label=t("epj.note.how"), text=f"{way} · {whose}")
    outcome = (note.said or {}).get("outcome")
    if outcome:
        yield Line(label=t("epj.note.outcome"), text=word("contacts.outcomes", outcome))
    way_told = (note.said or {}).get("way")
    if way_told:
        yield Line(label=t("epj.note.how"), text=word("contacts.channels", way_told))
    plan = (note.said or {}).get("plan")
    if plan:
        yield Line(label=t("epj.note.outcome"), text=word("casefile.plans", plan))


_SAID = ("whom", "caller", "words", "said", "done", "detail")


def _words(note: Note) -> Iterator[str]:
    if note.said is None:
        yield t("epj.note.unreadable")
        return
    yield from dict.fromkeys(str(note.said[name]) for name in _SAID if note.said.get(name))
