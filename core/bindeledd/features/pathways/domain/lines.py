"""On which line of a TOML file each table and key stands. The file is one that can be read."""

import re
import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]

_LONG = r"\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}"
_TEXT = r"""\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'"""
_TOKEN = re.compile(
    rf"(?:{_LONG})|{_TEXT}|\#[^\n]*|[\[\]{{}},=.\n]|[^\s\[\]{{}},=.\"'#]+", re.DOTALL
)
_SIGNS, _ENDS = frozenset("[]{},=.\n"), frozenset("]},\n")


def lines_of(text: str) -> dict[Path, int]:
    """Which line each table and key stands on, by its path (`step`, 2, `due`); of a list, the
    tables in it."""
    reading = _Reading(*_tokens(text))
    reading.all()
    return reading.found


def _tokens(text: str) -> tuple[list[str], list[int]]:
    """Every sign, text and word with its line; no comment."""
    tokens, lines, number = [], [], 1
    for token in _TOKEN.findall(text):
        if token[0] != "#":
            tokens.append(token)
            lines.append(number)
        number += token.count("\n")
    return tokens, lines


@dataclass
class _Reading:
    """The words of a file, from the first to the last; `at` is the next one."""

    tokens: list[str]
    lines: list[int]
    at: int = 0
    found: dict[Path, int] = field(default_factory=dict)
    entries: dict[Path, int] = field(default_factory=dict)

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def all(self) -> None:
        where: Path = ()
        while self.next:
            if self.next == "[":
                where = self._heading()
            else:
                self._pair(where)

    def _heading(self) -> Path:
        line = self.lines[self.at]
        self.at += 1
        listed = self.next == "["
        self.at += listed
        where = self._table_path(self._key(), listed)
        self.found[where] = line
        self._to_end()
        return where

    def _table_path(self, parts: list[str], listed: bool) -> Path:
        """The way from the top; what lies in an entry of a list is of its last entry."""
        path: Path = ()
        for part in parts:
            if path in self.entries:
                path = (*path, self.entries[path])
            path = (*path, part)
        if listed:
            self.entries[path] = self.entries.get(path, -1) + 1
            return (*path, self.entries[path])
        return path

    def _key(self) -> list[str]:
        parts = []
        while self.next and (self.next == "." or self.next not in _SIGNS):
            if self.next != ".":
                parts.append(_meant(self.next))
            self.at += 1
        return parts

    def _pair(self, where: Path) -> None:
        """A key with its value; whatever else stands there is passed over."""
        line = self.lines[self.at]
        path = where
        for part in self._key():
            path = (*path, part)
            self.found.setdefault(path, line)
        self.at += 1
        if self.at > 1 and self.tokens[self.at - 1] == "=":
            self._value(path)

    def _value(self, path: Path) -> None:
        if self.next == "[":
            self._list(path)
        elif self.next == "{":
            self._table(path)
        else:
            self._to_end()

    def _list(self, path: Path) -> None:
        self.at, number = self.at + 1, 0
        while self.next not in ("]", ""):
            if self.next in _SIGNS - {"[", "{"}:
                self.at += 1
                continue
            if self.next == "{":
                self.found.setdefault((*path, number), self.lines[self.at])
            self._value((*path, number))
            number += 1
        self.at += 1

    def _table(self, path: Path) -> None:
        self.at += 1
        while self.next not in ("}", ""):
            if self.next in _SIGNS:
                self.at += 1
            else:
                self._pair(path)
        self.at += 1

    def _to_end(self) -> None:
        """To the end of the value, or of the line."""
        while self.next and self.next not in _ENDS:
            self.at += 1


def _meant(part: str) -> str:
    """A key as the file means it: what is quoted, without its quotes and with its signs."""
    if part[0] not in "\"'":
        return part
    try:
        return str(tomllib.loads(f"key = {part}")["key"])
    except tomllib.TOMLDecodeError:
        return part[1:-1]
