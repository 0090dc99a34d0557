"""A calendar file (RFC 5545): some events, each at an instant, for a calendar to read.

Only what we write stands here; nothing is read. Moments are in UTC: no change of the clock moves
them, and no table of time zones goes with the file. Why not a library: decision 0071.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from unicodedata import category

MIMETYPE = "text/calendar; charset=utf-8"
_OCTETS = 75  # the most of a line, without its end
_SIGNS = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event. `uid` stays when it is moved, and `sequence` counts up; what was `withdrawn` is
    said to be. An empty text is left out."""

    uid: str
    starts_at: datetime
    title: str
    sequence: int = 0
    where: str = ""
    words: str = ""
    link: str = ""
    withdrawn: bool = False


def calendar_file(entries: Sequence[Entry], *, at: datetime) -> bytes:
    """The file, as it is made at `at`. It names neither the product nor whoever made it.

    Where everything in it was withdrawn, it asks the calendar to take it back.
    """
    gone = bool(entries) and all(one.withdrawn for one in entries)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Calendar//File//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if gone else 'PUBLISH'}",
        *(line for one in entries for line in _event(one, at)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _event(one: Entry, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(one.uid)}"
    yield f"DTSTAMP:{_moment(at)}"
    yield f"DTSTART:{_moment(one.starts_at)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"STATUS:{'CANCELLED' if one.withdrawn else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield f"SUMMARY:{_text(one.title)}"
    for name, said in (("LOCATION", one.where), ("DESCRIPTION", one.words)):
        if said:
            yield f"{name}:{_text(said)}"
    if one.link:
        yield f"URL:{one.link}"
    yield "END:VEVENT"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """The text with the signs that mean something escaped, and without those that nobody sees."""
    lines = "\n".join(value.splitlines())
    seen = (one for one in lines if one == "\n" or category(one) != "Cc")
    return "".join(_SIGNS.get(one, one) for one in seen)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which cuts a letter."""
    pieces, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _OCTETS:
            pieces.append("")
            size = 1  # the space that says that it goes on
        pieces[-1] += letter
        size += octets
    return "\r\n ".join(pieces)
