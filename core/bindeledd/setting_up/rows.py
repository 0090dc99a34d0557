"""One row of a description: each value asked for by its kind, each fault with its place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bindeledd.features.staff.domain import may_be_address, may_be_key
from bindeledd.foundation.errors import Misconfigured
from bindeledd.settings.checking import Tables

SCHEMES = {"her": "HER", "resh": "RESH", "orgnr": "ENH", "local": "local"}
Points = tuple[tuple[str, str], ...]
# Where each key of a row stands: file, line, table. Nowhere for what a pack knows.
Places = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One table of the file: each value asked for by its kind; what nobody asked for is refused."""

    table: str
    number: int
    values: Mapping[str, Any]
    source: str
    name: str
    keys: frozenset[str]
    faults: list[Misconfigured]

    def __post_init__(self) -> None:
        for key in self.values:
            if key not in self.keys:
                self.wrong(key, "setup.no_key", known=", ".join(sorted(self.keys)))

    def wrong(self, key: str, code: str, /, **values: object) -> None:
        """Write down a fault; reading goes on, so that all of them are told at once."""
        self.faults.append(Misconfigured(code, where=self.place(key), **values))

    def place(self, key: str) -> str:
        """`site.toml:12 [team] hours`; without a line for what was answered."""
        line = f":{self._line(key)}" if self.source else ""
        return f"{self.name}{line} [{self.table}] {key}"

    @property
    def places(self) -> Places:
        return {key: self.place(key) for key in self.keys}

    def _line(self, key: str) -> int:
        seen, inside = 0, False
        first = 1
        for number, line in enumerate(self.source.splitlines(), start=1):
            head = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
            if head:
                seen += head[1] == self.table
                inside = head[1] == self.table and seen == self.number
                first = number if inside else first
            elif inside and re.match(rf"\s*{re.escape(key)}\s*=", line):
                return number
        return first

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "setup.no_text", name=key)
            return ""
        return value.strip()

    def maybe(self, key: str) -> str | None:
        return self.text(key) if self.values.get(key) not in (None, "") else None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self.wrong(key, "setup.no_texts", name=key)
            return ()
        return tuple(one.strip() for one in listed if one.strip())

    def key(self, key: str = "key") -> str:
        text = self.text(key)
        if text and not may_be_key(text):
            self.wrong(key, "setup.not_a_key", text=text)
        return text

    def points(self) -> Points:
        found = [
            (scheme, re.sub(r"\s", "", value))
            for name, scheme in SCHEMES.items()
            for value in self.texts(name)
        ]
        for scheme, value in found:
            if may_be_address(scheme, value):
                continue
            if scheme == "ENH":
                self.wrong("orgnr", "setup.not_an_orgnr", value=value)
            elif scheme in ("HER", "RESH"):
                self.wrong(scheme.lower(), "setup.not_an_id", value=value, scheme=scheme)
        return tuple(found)


_KEYS = {
    "tenant": frozenset({"key", "name", "intake_team", "use"}),
    "organisation": frozenset({"key", "name", "kind", *SCHEMES}),
    "team": frozenset({"key", "name", "organisation", "zone", "hours", "closed"}),
    "unit": frozenset({"key", "name", "kind", "organisation", "team", "acute_number", *SCHEMES}),
    "administrator": frozenset({"login", "name", "email"}),
}


@dataclass(frozen=True, kw_only=True)
class Rows:
    tables: Tables
    source: str
    name: str
    faults: list[Misconfigured]

    def many(self, table: str) -> Sequence[Row]:
        found = self.tables.get(table, [])
        listed = found if isinstance(found, list) else [found]
        rows = self._rows(table, listed)
        for number, row in enumerate(rows):
            key = row.values.get("key")
            if key and key in [other.values.get("key") for other in rows[:number]]:
                row.wrong("key", "setup.key_twice", name=key)
        return rows

    def _rows(self, table: str, listed: Sequence[Any]) -> list[Row]:
        return [
            Row(
                table=table,
                number=number,
                values=values,
                source=self.source,
                name=self.name,
                keys=_KEYS[table],
                faults=self.faults,
            )
            for number, values in enumerate(listed, start=1)
        ]

    def one(self, table: str) -> Row | None:
        return next(iter(self.many(table)), None)
