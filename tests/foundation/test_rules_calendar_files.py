"""What a calendar reads of our file, by a reader that is not ours (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bindeledd.foundation.calendar_files import Entry, calendar_file

AT = datetime(2027, 3, 1, 8, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")
# What is seen: no control characters, no half of a letter.
SEEN = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300)


def an_entry(**other: Any) -> Entry:
    said = {"uid": "one", "starts_at": AT, "title": "Time", **other}
    return Entry(**said)


def read(*entries: Entry) -> Calendar:
    made = Calendar.from_ical(calendar_file(entries, at=AT))
    assert isinstance(made, Calendar)
    return made


def only(entry: Entry) -> Any:
    (found,) = read(entry).walk("VEVENT")
    assert not found.errors
    return found


@given(SEEN, SEEN)
def test_what_is_written_is_what_is_read(where: str, words: str) -> None:
    found = only(an_entry(where=where, words=words))

    assert str(found.get("LOCATION", "")) == where
    assert str(found.get("DESCRIPTION", "")) == words


def test_lines_and_signs_that_mean_something_come_through() -> None:
    said = "Storgata 5, 2. etasje; bakgård \\ port\nRing på: «Åžđŋ»"

    assert str(only(an_entry(where=said))["LOCATION"]) == said


def test_nothing_that_is_typed_begins_a_line_of_its_own() -> None:
    found = only(an_entry(where="Her\r\nATTENDEE:mailto:kari@example.org\x0b\x85"))

    assert "ATTENDEE" not in found


@given(SEEN)
def test_no_line_is_longer_than_75_octets(words: str) -> None:
    lines = calendar_file([an_entry(words=words)], at=AT).split(b"\r\n")

    assert max(len(line) for line in lines) <= 75


@pytest.mark.parametrize(
    "wall",
    [
        datetime(2027, 3, 27, 10, tzinfo=OSLO),
        datetime(2027, 3, 28, 10, tzinfo=OSLO),
        datetime(2027, 10, 30, 10, tzinfo=OSLO),
        datetime(2027, 10, 31, 10, tzinfo=OSLO),
        datetime(2027, 10, 31, 2, 30, tzinfo=OSLO, fold=1),
    ],
)
def test_the_hour_on_the_wall_is_right_on_either_side_of_a_change_of_the_clock(
    wall: datetime,
) -> None:
    starts = only(an_entry(starts_at=wall))["DTSTART"].dt

    assert starts.astimezone(OSLO).replace(tzinfo=None) == wall.replace(tzinfo=None)
    assert starts == wall.astimezone(UTC)


def test_one_that_was_withdrawn_is_taken_back() -> None:
    made = read(an_entry(withdrawn=True, sequence=3))
    (found,) = made.walk("VEVENT")

    assert (made["METHOD"], found["STATUS"], found["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)


def test_one_that_stands_among_others_that_do_not_is_published() -> None:
    made = read(an_entry(), an_entry(uid="two", withdrawn=True))

    assert made["METHOD"] == "PUBLISH"
    assert [one["STATUS"] for one in made.walk("VEVENT")] == ["CONFIRMED", "CANCELLED"]


def test_the_file_does_not_name_the_product() -> None:
    assert b"bindeledd" not in calendar_file([an_entry()], at=AT).lower()
