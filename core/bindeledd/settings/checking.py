"""One settings file over the defaults: kinds of values, unknown keys, and where a fault stands."""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from bindeledd.foundation.broken_toml import toml_wrong
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.foundation.periods import Period, PeriodError
from bindeledd.foundation.texts import Said, said

Tables = dict[str, Any]


@lru_cache(maxsize=1)
def defaults() -> Tables:
    """What stands in `config/defaults.toml`."""
    text = files("bindeledd.config").joinpath("defaults.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def not_toml(file: Path, wrong: tomllib.TOMLDecodeError) -> Misconfigured:
    """What is said of a file that is not TOML: the line and column stand in its words."""
    return Misconfigured("settings.not_toml", where=str(file), wrong=toml_wrong(wrong))


class WrongValue(Misconfigured):
    """A fault of one key of the settings, or of a whole table (`key` empty)."""

    table, key = "", ""

    def of(self, table: str, key: str) -> "WrongValue":
        self.table, self.key = table, key
        return self


def without(tables: Tables, table: str, key: str) -> Tables:
    """The tables without what is wrong, and what rests on it: one key, or all of a table."""
    held = tables.get(table)
    if not key or not isinstance(held, dict) or key not in held:
        gone = {table}
        rest = {}
    else:
        gone = {"plugin"} if (table, key) == ("site", "plugins") else set()
        rest = {table: {name: value for name, value in held.items() if name != key}}
    return {name: value for name, value in {**tables, **rest}.items() if name not in gone}


def line_of(source: str, table: str, key: str) -> int | None:
    """The line of a TOML text on which the key of the table stands; of the table where `key` is
    empty; None where it does not."""
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        head = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
        if head:
            inside = head[1] == table
            if inside and not key:
                return number
        elif inside and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
            return number
    return None


@dataclass(frozen=True)
class Checked:
    """One settings file over the defaults: each fault is said with its place.

    `base`: the folder of the file that is still to be written, where there is no `file` yet;
    `told`: the name and text of the file that somebody wrote it in meanwhile.
    """

    file: Path | None
    source: str
    own: Tables
    environ: Mapping[str, str]
    base: Path | None = None
    told: tuple[str, str] | None = None

    def wrong(self, table: str, key: str, code: str, /, **values: object) -> NoReturn:
        raise WrongValue(code, where=self.place(table, key), **values).of(table, key)

    def place(self, table: str, key: str) -> str | Said:
        """`settings.toml:12 [web] port`: the line where the key stands, if it does."""
        name = f"[{table}] {key}".strip()
        file, source = self.told or (self.file, self.source)
        line = line_of(source, table, key)
        if line is not None:
            return f"{file}:{line} {name}"
        return said(
            "settings.words.place", file=self.file or said("settings.words.settings"), name=name
        )

    def only_known(self) -> None:
        """Refuse tables and keys that nobody reads: a misspelt key must not pass."""
        known = {name: table for name, table in defaults().items() if name != "calendar"}
        for name, table in self.own.items():
            if name not in known:
                self.wrong(name, "", "settings.no_table", near=_near(name, known))
            rows = table if isinstance(table, list) else [table]
            keys = known[name][0] if isinstance(known[name], list) else known[name]
            if isinstance(table, list) is not isinstance(known[name], list):
                self.wrong(name, "", "settings.wrong_form", form=form_of(name))
            for row in rows:
                for key in row:
                    if key not in keys:
                        self.wrong(name, key, "settings.no_key", near=_near(key, keys))

    def value(self, table: str, key: str) -> Any:
        """The site's own value, or the default."""
        return self.own.get(table, {}).get(key, defaults()[table][key])

    def text(self, table: str, key: str) -> str:
        value = self.value(table, key)
        if not isinstance(value, str):
            self.wrong(table, key, "settings.no_text", value=value, name=key)
        return value.strip()

    def texts(self, table: str, key: str) -> tuple[str, ...]:
        value = self.value(table, key)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong(table, key, "settings.no_texts", value=value, name=key)
        return tuple(value)

    def one_of(self, table: str, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(table, key)
        if value not in allowed:
            options = ", ".join(f'"{one}"' for one in allowed if one)
            self.wrong(table, key, "settings.no_choice", value=value, options=options)
        return value

    def number(self, table: str, key: str, least: int, most: int) -> int:
        value = self.value(table, key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(table, key, "settings.no_number", value=value, least=least, most=most)
        return value

    def env_number(self, variable: str, value: int) -> int:
        text = self.environ.get(variable, "")
        if not text:
            return value
        if not text.isdigit() or int(text) > 65535:
            raise Misconfigured("settings.no_port", where=variable, text=text)
        return int(text)

    def path(self, table: str, key: str) -> Path | None:
        text = self.text(table, key)
        return self.beside(text) if text else None

    def beside(self, text: str) -> Path:
        """A path as it is written: if it is no whole one, beside the file in which it stands."""
        path = Path(text).expanduser()
        base = self.file.parent if self.file else self.base
        return (base / path if base else path).absolute()

    def period(self, key: str, most: timedelta) -> timedelta:
        hours = int(most.total_seconds() // 3600)
        within = (timedelta(minutes=1), most, said("settings.words.minute_to_hours", hours=hours))
        return self.length("web", key, within, example="PT30M")

    def length(
        self,
        table: str,
        key: str,
        within: tuple[timedelta, timedelta, Said],
        *,
        example: str,
        text: str | None = None,
    ) -> timedelta:
        """How long `key` says (or `text`, one of its values): within two lengths, said in words."""
        text = self.text(table, key) if text is None else text
        try:
            length = Period.parse(text).length
        except PeriodError:
            self.wrong(table, key, "settings.no_length", text=text, example=example)
        if not within[0] <= length <= within[1]:
            self.wrong(table, key, "settings.length_outside", text=text, within=within[2])
        return length


def _near(name: str, known: Mapping[str, Any]) -> Said:
    close = difflib.get_close_matches(name, list(known), n=1)
    if close:
        return said("settings.words.near", name=close[0])
    return said("settings.words.known", known=", ".join(sorted(known)))


def form_of(name: str) -> str:
    """How a table of the settings is written."""
    return f"[[{name}]]" if isinstance(defaults()[name], list) else f"[{name}]"


def has_form(name: str, held: object) -> bool:
    """Whether it is a table, or a list of tables, as the settings of that name are."""
    if isinstance(defaults()[name], list):
        return isinstance(held, list) and all(isinstance(row, dict) for row in held)
    return isinstance(held, dict)


Reads = TypeVar("Reads", bound=Checked)
Whole = TypeVar("Whole")


def read_whole(reader: Reads, read: Callable[[Reads], Whole]) -> Whole:
    """Read to the end: what is wrong is put aside, and the rest read without it; then all is told."""
    faults: list[Misconfigured] = []
    seen: set[tuple[str, str]] = set()
    while True:
        try:
            found = read(reader)
        except WrongValue as wrong:
            again = (wrong.table, wrong.key) in seen  # by what the default is not enough for
            seen.add((wrong.table, wrong.key))
            if not again:
                faults.append(wrong)
            rest = without(reader.own, wrong.table, "" if again else wrong.key)
            if rest == reader.own:
                break
            reader = replace(reader, own=rest)
        except Misconfigured as wrong:
            faults.append(wrong)
            break
        else:
            break
    insist_none(faults)
    return found
