"""Which events should stand in the EPJ, and the note that is ready to be put there.

In the language of the site, whoever reads it, with source and time. Nothing here writes to the EPJ:
a person copies the note, and says that it stands there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bindeledd.features.cases.domain import EventKind
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.printing import Line, Section, Sheet
from bindeledd.foundation.texts import site_language, speaking, t, texts

# What a person did for a patient, with words of its own: contacts, plans, what was told by phone.
KINDS = (
    EventKind.REACHED,
    EventKind.CONTACT_ATTEMPTED,
    EventKind.CALLED_IN,
    EventKind.PLAN_OFFERED,
    EventKind.SUMMARY_INTERIM,
)
OSLO = ZoneInfo("Europe/Oslo")


class NoteNotFound(NotFound):
    """There is no such note, or the one who asks may not see the case."""

    code = "epj.not_found"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One event with what was said of it, and whether it stands in the EPJ: yes, by whom.

    `said` is opened words and codes; `None` where it cannot be read. `in_error`: it was recorded
    by mistake; where it stands in the EPJ, somebody has to correct it there.
    """

    event_id: UUID
    case_id: UUID
    patient_id: UUID
    kind: str
    at: datetime
    date_only: bool = False
    recorded_at: datetime
    recorded_by: UUID | None
    direction: str | None = None
    channel: str | None = None
    said: Mapping[str, Any] | None = field(default_factory=dict)
    entered_at: datetime | None = None
    entered_by: UUID | None = None
    in_error: bool = False

    @property
    def entered(self) -> bool:
        return self.entered_at is not None


def sheet(note: Note, *, name: str, born_on: str | None, by: str, team: str) -> Sheet:
    """The note as it goes into the EPJ. `by` recorded it; the source is said in the last line."""
    with speaking(site_language()):
        return _sheet(note, name=name, born_on=born_on, by=by, team=team)


def _sheet(note: Note, *, name: str, born_on: str | None, by: str, team: str) -> Sheet:
    who = name or t("patients.patient.nameless")
    lines = [Line(label=t("epj.note.patient"), text=who)]
    if born_on:
        lines.append(Line(label=t("epj.note.born"), text=_day(born_on)))
    lines.append(Line(label=t("epj.note.at"), text=moment(note.at, date_only=note.date_only)))
    lines += _contact(note)
    words = tuple(Line(text=text) for text in _words(note))
    recorded = t("epj.note.recorded", name=by, team=team, at=moment(note.recorded_at))
    return Sheet(
        title=_word("cases.events", note.kind),
        sections=(
            Section(title=t("epj.note.what"), lines=tuple(lines)),
            Section(title=t("epj.note.words"), lines=words or (Line(text=t("epj.note.none")),)),
            Section(title=t("epj.note.source"), lines=(Line(text=recorded),)),
        ),
        foot=t("epj.note.foot"),
    )


def moment(at: datetime, *, date_only: bool = False) -> str:
    """24.03.2027 kl. 15.00, on a Norwegian wall."""
    form = t("web.due.written_day" if date_only else "web.due.written")
    return at.astimezone(OSLO).strftime(form)


def _day(value: str) -> str:
    year, month, day = value.split("-")
    return f"{day}.{month}.{year}"


def _word(table: str, code: object) -> str:
    found = texts().find(f"{table}.{code}")
    return found if isinstance(found, str) else str(code)


def _contact(note: Note) -> Iterator[Line]:
    if note.channel:
        way = _word("contacts.channels", note.channel)
        whose = _word("contacts.directions", note.direction)
        yield Line(label=t("epj.note.how"), text=f"{way} · {whose}")
    outcome = (note.said or {}).get("outcome")
    if outcome:
        yield Line(label=t("epj.note.outcome"), text=_word("contacts.outcomes", outcome))
    plan = (note.said or {}).get("plan")
    if plan:
        yield Line(label=t("epj.note.outcome"), text=_word("casefile.plans", plan))


_SAID = ("whom", "words", "said", "done", "detail")


def _words(note: Note) -> Iterator[str]:
    if note.said is None:
        yield t("epj.note.unreadable")
        return
    yield from dict.fromkeys(str(note.said[name]) for name in _SAID if note.said.get(name))
