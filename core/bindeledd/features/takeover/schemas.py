"""A take-over in words for people, and as JSON for scripts: the shape only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words, task_words
from bindeledd.features.takeover.domain import Compared, Outcome, Reason, Takeover, Why
from bindeledd.features.takeover.domain.reading import (
    CHOICES,
    COLUMNS,
    NEEDED,
    Row,
    When,
    read_again,
)
from bindeledd.foundation.days import zone_named
from bindeledd.foundation.texts import t


def first_words(kind: str, step_key: str, book: Book) -> str:
    """What is owed first, in words: its kind, and what the step of the routine is called."""
    step = owed_words(book, kind, step_key)
    said = task_words(kind, book)
    return f"{said} – {step}" if step else said


def what_was_read(row: Compared, at: datetime, zone: str) -> Row | None:
    """The row as it was read when it was taken over; None where its cells are not shown."""
    if not row.cells:
        return None
    return read_again(row.number, row.cells, at=at, zone=zone_named(zone))


def reason_words(number: int, reason: Reason) -> str:
    """`Rad 7, kolonne «Utskrevet»: …`. Nothing of what stands in the cell."""
    why = why_words(reason)
    if not reason.column:
        return t("takeover.words.of_row", row=number, why=why)
    return t("takeover.words.of_cell", row=number, column=COLUMNS[reason.column], why=why)


def why_words(reason: Reason) -> str:
    """What is wrong, with the words that a cell may hold, or the number of the other row."""
    if reason.why is Why.TWICE_IN_FILE and reason.row is not None:
        return t("takeover.words.twice_in_file", row=reason.row)
    why = t(f"takeover.why.{reason.why.value}")
    if reason.why is not Why.NOT_A_CHOICE:
        return why
    key = "choices" if reason.column in NEEDED else "choices_or_none"
    return f"{why} {t(f'takeover.words.{key}', words=', '.join(CHOICES[reason.column]))}"


def as_json(
    takeover: Takeover,
    rows: Sequence[Compared],
    *,
    tried: bool,
    at: datetime,
    zone: str,
    teams: Mapping[UUID, str],
) -> dict[str, Any]:
    """What a script gets: the comparison row by row, without a cell that could name a patient.

    `teams`: the keys of the teams, for who follows somebody already.
    """
    made = {row.case_id for row in rows if tried and row.case_id}
    return {
        "takeover": None if tried else str(takeover.id),
        "state": "tried" if tried else takeover.state.value,
        "rows": len(rows),
        "taken": sum(row.case_id is not None for row in rows),
        "refused": sum(row.case_id is None for row in rows),
        "undecided": sum(row.undecided for row in rows),
        "lines": [
            {**_line(row, tried, at, zone), "followed": _followed(row, teams, made)} for row in rows
        ],
    }


def _line(row: Compared, tried: bool, at: datetime, zone: str) -> Mapping[str, Any]:
    said = {
        "row": row.number,
        "outcome": row.outcome.value,
        "case": None if row.case_id is None or tried else str(row.case_id),
        "reasons": [
            {
                "column": COLUMNS.get(reason.column),
                "code": reason.why.value,
                "text": reason_words(row.number, reason),
            }
            for reason in row.reasons
        ],
    }
    read = what_was_read(row, at, zone) if row.outcome is Outcome.TAKEN else None
    return said if read is None else {**said, **_told(row, read, zone)}


def _followed(
    row: Compared, teams: Mapping[UUID, str], made: Collection[UUID]
) -> Mapping[str, Any] | None:
    """Which follow-up the person has already, and of which team; of one that only a trial made
    (`made`), that there is one."""
    if row.followed is None:
        return None
    case = row.followed.case_id
    return {
        "case": None if case in made else str(case),
        "team": teams.get(row.followed.team_id, ""),
    }


def _told(row: Compared, read: Row, zone: str) -> Mapping[str, Any]:
    """What was read and what is owed first: days, times, numbers, and who of the staff."""
    first = row.first
    return {
        "owner": read["owner"],
        "last_reached": _moment(read.reached, zone),
        "attempts": len(read.tried) + read.tried_before,
        "next_step_by": _moment(read.next_at, zone) if read["next_step"] else None,
        "appointment": _moment(read.appointment, zone),
        "first_owed": None if first is None else first.kind,
        "first_step": None if first is None else first.step_key,
        "first_due": None if first is None else on_the_wall(first.due_at, zone),
    }


def _moment(when: When | None, zone: str) -> str | None:
    """As ISO 8601, the day only where only the day is known."""
    if when is None:
        return None
    return _day(when.at, zone).isoformat() if when.date_only else on_the_wall(when.at, zone)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(zone_named(zone)).date()


def on_the_wall(at: datetime, zone: str) -> str:
    """As ISO 8601 in this zone, to the minute."""
    return at.astimezone(zone_named(zone)).isoformat(timespec="minutes")
