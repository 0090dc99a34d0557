"""One table of a TOML file that remembers on which line each key stands.

A fault is written down as a finding and a harmless value is given back, so that one reading finds
every fault. A missing key points at the line of its table.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from bindeledd.features.pathways.domain.facts import fact_word
from bindeledd.features.pathways.domain.lines import Path, lines_of
from bindeledd.features.pathways.domain.opening import Unsound, toml_of
from bindeledd.features.pathways.domain.values import Origin
from bindeledd.foundation.calendars import Period, PeriodError
from bindeledd.foundation.spelling import visible
from bindeledd.foundation.texts import Fault, Said, said, t


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault: where it stands, which key, what is wrong and what would be right."""

    origin: Origin
    key: str
    fault: Fault

    @property
    def wrong(self) -> str:
        return self.fault.what

    @property
    def right(self) -> str:
        return self.fault.do

    def __str__(self) -> str:
        return t(
            "pathways.lint.line",
            origin=self.origin,
            name=self.key,
            wrong=self.wrong,
            right=self.right,
        )


# The signs of a wrong value that are shown.
_SHOWN = 100


class Sheet:
    """A file while it is read: its name, its lines and what was found wrong."""

    def __init__(self, text: str, *, distribution: str, file: str) -> None:
        self.distribution, self.file, self.text = distribution, file, text
        self.findings: list[Finding] = []

    @cached_property
    def lines(self) -> dict[Path, int]:
        """Which line each key stands on; not asked of a file that cannot be read."""
        return lines_of(self.text)

    @cached_property
    def ended_by(self) -> dict[str, str]:
        """Each step of this file by its key: the events that end it, as they stand there."""
        steps = toml_of(self.text).get("step", [])
        found = [one for one in steps if isinstance(one, dict)] if isinstance(steps, list) else []
        return {str(one["key"]): _ending(one.get("satisfied_by")) for one in found if "key" in one}

    def broken(self, wrong: Unsound) -> None:
        """The file is not TOML at all, or none that is read."""
        self.findings.append(
            Finding(origin=self.origin(wrong.line), key=wrong.key or self.file, fault=wrong.fault)
        )

    def origin(self, line: int) -> Origin:
        return Origin(distribution=self.distribution, file=self.file, line=line)


class Table:
    """One table, with the way to it from the top of the file."""

    def __init__(
        self, sheet: Sheet, content: Mapping[str, Any], path: Path = (), called: str = ""
    ) -> None:
        self.sheet, self.content, self.path, self.called = sheet, content, path, called

    @property
    def name(self) -> str:
        """The last part of its path."""
        return str(self.path[-1])

    def call(self, key: str) -> None:
        """Say in findings which step or gate this is."""
        self.called = f"{self.path[0]}.{key}" if key else self.called

    def line(self, key: str = "") -> int:
        """The line of a key, else of the nearest table around it."""
        path = (*self.path, key) if key else self.path
        lines = self.sheet.lines
        while path and path not in lines and (*path, 0) not in lines:
            path = path[:-1]
        return lines.get(path) or lines.get((*path, 0), 1)

    def origin(self) -> Origin:
        return self.sheet.origin(self.line())

    def wrong(self, key: str, code: str, /, **values: object) -> None:
        """Write down a finding at the line of `key`: the code and the values of a `Fault`."""
        called = self.called or ".".join(str(part) for part in self.path)
        shown = {n: visible(each) if isinstance(each, str) else each for n, each in values.items()}
        found = Finding(
            origin=self.sheet.origin(self.line(key)),
            key=visible(".".join(part for part in (called, key) if part)),
            fault=Fault(code, shown),
        )
        if found not in self.sheet.findings:
            self.sheet.findings.append(found)

    # -- what stands in it

    def only(self, *keys: str) -> None:
        """Refuse keys that nobody reads: a misspelt key would be a rule that is not there."""
        for key in self.content:
            if key not in keys:
                self.wrong(key, "pathways.unknown_key", name=key, known=listed(keys, key))

    def table(self, key: str) -> "Table | None":
        """The table under `key`; a missing one is a finding."""
        value = self._get(key, dict, "table", None)
        if value is None:
            return None
        called = f"{self.called}.{key}" if self.called else ""
        return Table(self.sheet, value, (*self.path, key), called)

    def tables(self, key: str) -> "list[Table]":
        """The entries of a list of tables; none if it is absent."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.wrong(key, "pathways.no_tables", name=key)
            return []
        called = f"{self.called}.{key}" if self.called else ""
        return [
            Table(self.sheet, entry, (*self.path, key, number), called)
            for number, entry in enumerate(value)
        ]

    def named(self, key: str) -> "list[Table]":
        """The tables `[key.name]`."""
        value = self.content.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
            self.wrong(key, "pathways.no_named", name=key)
            return []
        return [
            Table(self.sheet, entry, (*self.path, key, name), f"{key}.{name}")
            for name, entry in value.items()
        ]

    def text(self, key: str, missing: str | None = None) -> str:
        value: str = self._get(key, str, "text", missing, "")
        return value

    def flag(self, key: str) -> bool:
        value: bool = self._get(key, bool, "flag", False, False)
        return value

    def number(self, key: str) -> int:
        """A whole number of at least one."""
        value: int = self._get(key, int, "number", None, 1)
        if value < 1 or isinstance(value, bool):
            self.wrong(key, "pathways.too_small", value=value)
            return 1
        return value

    def period(self, key: str) -> Period:
        text = self._get(key, str, "period", None, "PT0S")
        try:
            return Period.parse(text)
        except PeriodError as wrong:
            self.wrong(key, "pathways.no_length", wrong=wrong)
            return Period()

    def texts(self, key: str, missing: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self._get(key, list, "list", missing, ())
        if not all(isinstance(entry, str) for entry in value):
            self.wrong(key, "pathways.no_texts")
            return ()
        return tuple(value)

    def some_texts(self, key: str) -> tuple[str, ...]:
        """Texts of which one at least has to be said."""
        if self.content.get(key) == []:
            self.wrong(key, "pathways.empty_list", name=key, of=self.content.get("key", key))
        return self.texts(key)

    def named_texts(self, key: str) -> frozenset[str]:
        """Whom something is for: everybody where the key is not there, so that an empty list, which
        would name nobody, is a finding."""
        if self.content.get(key) == []:
            self.wrong(key, "pathways.names_nothing", name=key)
        return frozenset(self.texts(key, ()))

    def matching(self, key: str, pattern: re.Pattern[str], example: str) -> str:
        value = self.text(key)
        if isinstance(self.content.get(key), str) and not pattern.fullmatch(value):
            self.wrong(key, "pathways.no_match", value=value, name=key, example=example)
        return value

    def choice(self, key: str, among: Collection[str], missing: str | None = None) -> str:
        """One word of a closed list."""
        if key not in self.content and missing is None:
            self.wrong(
                key, "pathways.missing", right=said("pathways.lint.one_of", known=listed(among))
            )
            return next(iter(among))
        value = self.text(key, missing)
        if key in self.content and value not in among:
            self.wrong(key, "pathways.no_choice", value=value, listed=listed(among, value))
        if value not in among:
            return next(iter(among))
        return value

    def choices(
        self,
        key: str,
        among: Collection[str],
        what: str,
        missing: tuple[str, ...] | None = None,
    ) -> tuple[str, ...]:
        """Words of a closed list."""
        values = self.texts(key, missing)
        for value in values:
            if value not in among:
                self.wrong(
                    key,
                    "pathways.no_choice_of",
                    value=value,
                    what=said(f"pathways.sets.{what}"),
                    listed=listed(among, value),
                )
        return tuple(value for value in values if value in among)

    def fact_values(self, fact: str, among: frozenset[str] | None) -> list[str]:
        """The values of a fact in a condition: words, or true and false."""
        value = self._get(fact, list, "values", None, [])
        found = [fact_word(entry) for entry in value]
        if not found and fact in self.content:
            self.wrong(fact, "pathways.no_value")
        for entry in found:
            if among is not None and entry not in among:
                self.wrong(fact, "pathways.not_a_value", listed=listed(among, entry), value=entry)
        return found

    def _get(self, key: str, kind: type, right: str, missing: Any, harmless: Any = None) -> Any:
        if key not in self.content:
            if missing is None:
                self.wrong(key, "pathways.missing", right=said(f"pathways.forms_of.{right}"))
                return harmless
            return missing
        value = self.content[key]
        if not isinstance(value, kind):
            self.wrong(
                key,
                "pathways.wrong_form",
                value=_short(value),
                right=said(f"pathways.forms_of.{right}"),
            )
            return missing if missing is not None else harmless
        return value


class _Shortened(str):
    __slots__ = ()
    __repr__ = str.__str__


def _short(value: object) -> object:
    """The value, or the beginning of what would fill a screen."""
    shown = repr(value)
    return value if len(shown) <= _SHOWN else _Shortened(f"{shown[:_SHOWN]}…")


def _ending(events: object) -> str:
    return ", ".join(map(str, events)) if isinstance(events, list) else "–"


def listed(among: Iterable[str], meant: str = "") -> str | Said:
    """What may stand there. What is nearest to what somebody wrote is asked for first."""
    known = sorted(among)
    every, near = ", ".join(known), get_close_matches(meant, known, n=1)
    return (
        said("pathways.lint.near", near=near[0], known=every) if near and known != near else every
    )
