"""Words that are not said here: of a person, of an attempt, of a death; and no ranking by risk.

`config/words.toml` holds them. What reads like code or a guide may say that there is none.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

# What a person reads on a page: nothing may be named there at all. Then what is only written.
SHOWN = (".html", ".toml", ".txt", ".js", ".css", ".mako", ".xml", ".csv")
WRITTEN = (*SHOWN, ".md", ".py")
_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class Unused:
    """One word that is not used: on which line, as it was written, and what is said instead."""

    line: int
    said: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class _Rule:
    pattern: re.Pattern[str]
    instead: str
    everywhere: bool


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[_Rule, ...], re.Pattern[str]]:
    text = files("bindeledd.config").joinpath("words.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    rules = tuple(
        _Rule(
            pattern=re.compile("|".join(row["patterns"]), re.IGNORECASE),
            instead=row["instead"],
            everywhere=kind == "never",
        )
        for kind in ("never", "shown")
        for row in told[kind]
    )
    return rules, re.compile(rf"\b({'|'.join(told['denial']['words'])})\b", re.IGNORECASE)


def unused_in(text: str, *, shown: bool = True) -> Iterator[Unused]:
    """What `text` says that is not said here. `shown`: a person reads it on a page."""
    rules, denied = _rules()
    for rule in rules:
        for found in rule.pattern.finditer(text):
            if not (rule.everywhere or shown) and denied.search(_sentence(text, found.start())):
                continue
            line = text.count("\n", 0, found.start()) + 1
            yield Unused(line=line, said=" ".join(found[0].split()), instead=rule.instead)


def _sentence(text: str, place: int) -> str:
    """The sentence in which `place` stands."""
    begins, ends = 0, len(text)
    for end in _END.finditer(text):
        if end.start() > place:
            ends = end.start()
            break
        begins = end.end()
    return text[begins:ends]


def unused_below(place: Traversable, name: str = "") -> Iterator[tuple[str, Unused]]:
    """What a file, or every file below a folder, says that is not said here, by the file's path."""
    if place.is_dir():
        for inner in sorted(place.iterdir(), key=lambda one: one.name):
            yield from unused_below(inner, f"{name}/{inner.name}" if name else inner.name)
        return
    if not place.name.endswith(WRITTEN):
        return
    try:
        text = place.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for found in unused_in(text, shown=place.name.endswith(SHOWN)):
        yield name or place.name, found
