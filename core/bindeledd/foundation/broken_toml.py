"""What is wrong with a file that is not TOML, in the words of the catalogues.

The library says it in English only; here stand its sentences by what they begin with.
"""

import re
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bindeledd.foundation.spelling import is_unseen, visible
from bindeledd.foundation.texts import Said, said

_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
_SAYS = {
    "Invalid statement": "statement",
    "Expected '='": "equals",
    "Invalid value": "value",
    "Invalid date": "date",
    "Expected newline": "rest",
    "Unterminated string": "string",
    "Expected \"'''\"": "string",
    "Cannot ": "twice",
    "Duplicate ": "twice",
    "Unclosed ": "unclosed",
    "Expected ']": "unclosed",
    "Invalid initial": "key",
    "Illegal character '\\n'": "string",
    "Illegal character": "character",
    "Found invalid": "character",
    "Unescaped": "character",
    "Escaped": "character",
    "Invalid hex": "character",
}


_NAMED = re.compile(r"\s*(?:\[\[?([^\]]+)\]|([\w.\"'-]+)\s*=)")
_ASIDE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")


def toml_wrong(wrong: tomllib.TOMLDecodeError) -> Said:
    """Where it stops, and what is wrong there."""
    what, at = said(f"toml.wrong.{_kind(wrong)}"), _AT.search(str(wrong))
    if at is None or at[1] is None:
        return said("toml.at.end", what=what)
    return said("toml.at.place", line=at[1], column=at[2], what=what)


def _kind(wrong: tomllib.TOMLDecodeError) -> str:
    text = str(wrong)
    return next((kind for begins, kind in _SAYS.items() if text.startswith(begins)), "other")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """Where a file stops being TOML: the line, the key or table there, what is wrong, what is right."""

    line: int
    key: str
    wrong: Said
    right: Said


def broken_at(text: str, wrong: tomllib.TOMLDecodeError) -> Broken:
    """The line that a person has to mend. What is never closed is told where it was opened; what is
    said twice, with the line on which it stood first."""
    lines, kind, at = text.splitlines(), _kind(wrong), _AT.search(str(wrong))
    found = int(at[1]) if at and at[1] else _opened(lines, text=kind == "string")
    ran_on = _ran_on(lines[:found])
    if ran_on is not None:
        return _never_ended(lines, *ran_on)
    key = _name(lines[found - 1]) if 0 < found <= len(lines) else ""
    told = toml_wrong(wrong)
    day = _day_at(lines[found - 1], int(at[2])) if at and at[2] and found <= len(lines) else None
    if day is not None:
        return Broken(line=found, key=key, wrong=day[0], right=day[1])
    alone = _alone(lines, key) if kind == "twice" else None
    if alone is not None:
        return alone
    if kind == "twice" and (first := _first(lines, found, key)):
        told = said("toml.wrong.twice_since", what=told, line=first)
    slip = _slip_at(lines[found - 1]) if 0 < found <= len(lines) else None
    if slip is not None:
        return Broken(line=found, key=key, wrong=slip[0], right=slip[1])
    right = said(f"toml.right.{kind if kind in ('string', 'twice', 'unclosed') else 'other'}")
    return Broken(line=found, key=key, wrong=told, right=right)


# A day as somebody writes one, with or without a time of day after it.
_DAY = re.compile(r"(?<![\w-])([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9-])")


def _day_at(line: str, column: int) -> tuple[Said, Said] | None:
    """What is wrong with the day in this column, and which one would be right."""
    bare = _ASIDE.sub(lambda text: " " * len(text[0]), line)
    days = (one for one in _DAY.finditer(bare) if one.start() < column <= one.end() + 1)
    found = next(days, None)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    if not (1 <= month <= 12 and year):
        return said("toml.wrong.no_day", day=found[0]), said("toml.right.month")
    most, begins = monthrange(year, month)[1], f"{year:04}-{month:02}"
    if not 1 <= day <= most:
        right = said("toml.right.day", month=begins, most=most, last=f"{begins}-{most}")
        return said("toml.wrong.no_day", day=found[0]), right
    written = f"{begins}-{day:02}"
    if written == found[0]:
        return None
    return said("toml.wrong.day_form", day=found[0]), said("toml.right.day_form", day=written)


# A month without its day, a time without its seconds, and a truth value as other languages write it; each as a whole value.
_MONTH = re.compile(r"[=\[,]\s*([0-9]{4})-([0-9]{1,2})\s*(?=[],}]|$)")
_TIME = re.compile(r"[=\[,]\s*([01]?[0-9]|2[0-3]):([0-5][0-9])\s*(?=[],}]|$)")
_TRUTH = re.compile(r"[=\[,]\s*(true|false)\s*(?=[],}]|$)", re.IGNORECASE)


def _slip_at(line: str) -> tuple[Said, Said] | None:
    """A usual slip on this line, and what would be right: a sign that is not seen, half a day, a
    time without seconds, or a truth value with a capital letter."""
    bare = _ASIDE.sub(lambda text: " " * len(text[0]), line)
    for column, sign in enumerate(line, 1):
        if is_unseen(sign) and (sign == "\0" or bare[column - 1] == sign):
            return said("toml.wrong.unseen", sign=visible(sign), at=column), said(
                "toml.right.unseen"
            )
    month = _MONTH.search(bare)
    if month is not None:
        written = f"{month[1]}-{month[2]}"
        day = f"{month[1]}-{month[2]:0>2}-01"
        right = said("toml.right.half_day", day=day, text=written)
        return said("toml.wrong.half_day", day=written), right
    hour = _TIME.search(bare)
    if hour is not None:
        right = said("toml.right.time", time=f"{hour[1]:0>2}:{hour[2]}:00")
        return said("toml.wrong.time", written=f"{hour[1]}:{hour[2]}"), right
    truth = _TRUTH.search(bare)
    if truth is not None and truth[1] != truth[1].lower():
        right = said("toml.right.truth", truth=truth[1].lower())
        return said("toml.wrong.truth", written=truth[1]), right
    return None


def _alone(lines: Sequence[str], key: str) -> Broken | None:
    """A heading in one pair of brackets, `[gate]`, where others of the name have two, `[[gate]]`."""
    headed = [(number, line.strip()) for number, line in enumerate(lines, 1)]
    one = next((number for number, line in headed if line.startswith(f"[{key}]")), 0)
    two = next((number for number, line in headed if line.startswith(f"[[{key}]]")), 0)
    if not (key and one and two):
        return None
    wrong = said("toml.wrong.one_bracket", name=key, line=two)
    return Broken(line=one, key=key, wrong=wrong, right=said("toml.right.one_bracket", name=key))


def _never_ended(lines: Sequence[str], opened: int, ended: int) -> Broken:
    wrong = said("toml.wrong.ran_on", line=ended, next=_name(lines[ended - 1]))
    return Broken(
        line=opened, key=_name(lines[opened - 1]), wrong=wrong, right=said("toml.right.ran_on")
    )


def _ran_on(lines: Sequence[str]) -> tuple[int, int] | None:
    """Where a long text began that nobody closed, and the line that ended it, which begins another."""
    sign, opened = "", 0
    for number, line in enumerate(lines, 1):
        if sign and sign in line:
            if re.fullmatch(r"\s*[\w.\"-]+\s*=\s*" + sign, line.rstrip()):
                return opened, number
            sign = ""
        elif not sign:
            open_ = [each for each in _LONG if line.count(each) % 2]
            sign, opened = (open_[0], number) if open_ else ("", opened)
    return None


def _name(line: str) -> str:
    """The key that the line sets, or the table that it heads."""
    found = _NAMED.match(line)
    return (found[1] or found[2]).strip(" \"'") if found else ""


def _first(lines: Sequence[str], found: int, key: str) -> int:
    """The line on which the same table, or the same key of this table, stood before; 0: none."""
    before = list(_all_named(lines[: found - 1]))
    if lines[found - 1].lstrip().startswith("["):
        same = [number for number, _, name in before if name == key]
    else:
        table = next((number for number, heading, _ in reversed(before) if heading), 0)
        here = [one for one in before if one[0] > table]
        same = [number for number, _, name in here if name.rpartition(".")[2] == key]
    return same[-1] if key and same else 0


def _all_named(lines: Sequence[str]) -> Iterator[tuple[int, bool, str]]:
    """Every table (True) and key on its line, by its whole name; the words of a long text are none."""
    heading, inside = "", False
    for number, line in enumerate(lines, 1):
        was, inside = inside, inside != any(line.count(sign) % 2 for sign in _LONG)
        name = "" if was else _name(line)
        if name and line.lstrip().startswith("["):
            heading = name
            yield number, True, name
        elif name:
            yield number, False, f"{heading}.{name}" if heading else name


def _opened(lines: Sequence[str], *, text: bool) -> int:
    """The line of the text, or of the bracket, that the end of the file leaves open."""
    opened, depth, last = max(len(lines), 1), 0, False
    for number, line in enumerate(lines, 1):
        if text:
            if (line.count(_LONG[0]) + line.count(_LONG[1])) % 2:
                last = not last
                opened = number if last else opened
            continue
        bare = _ASIDE.sub("", line)
        if depth == 0 and re.search(r"[\[{]", bare):
            opened = number
        depth = max(depth + len(re.findall(r"[\[{]", bare)) - len(re.findall(r"[\]}]", bare)), 0)
    return opened


_LONG = ('"' * 3, "'" * 3)
