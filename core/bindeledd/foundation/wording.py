"""Words that are not said here: of a person, of an attempt, of a death; and no ranking by risk.

`config/words.toml` holds them. What reads like code or a guide may say that there is none.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

# What a person reads on a page: nothing may be named there at all. Then what is only written.
SHOWN = (".html", ".toml", ".txt", ".js", ".css", ".mako", ".xml", ".csv")
WRITTEN = (*SHOWN, ".md", ".py")
_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n")
_KEY = re.compile(r"(?:^|[{,])[ \t]*([\w-]+)[ \t]*=", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Unused:
    """One word that is not used: on which line, as it was written, and what is said instead, in
    the language of the text around it."""

    line: int
    said: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class _Rule:
    pattern: re.Pattern[str]
    language: str
    instead: Mapping[str, str]
    everywhere: bool


@lru_cache(maxsize=1)
def _list() -> dict[str, Any]:
    text = files("bindeledd.config").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[_Rule, ...], re.Pattern[str]]:
    told = _list()
    rules = tuple(
        _Rule(
            pattern=re.compile("|".join(row["patterns"]), re.IGNORECASE),
            language=row["language"].partition(",")[0],
            instead=row["instead"],
            everywhere=kind == "never",
        )
        for kind in ("never", "shown")
        for row in told[kind]
    )
    return rules, re.compile(rf"\b({'|'.join(told['denial']['words'])})\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _measuring() -> Mapping[str, re.Pattern[str]]:
    told = _list()["asked"]
    names = ("measures", "danger", "grade", "points")
    return {name: re.compile("|".join(told[name]), re.IGNORECASE) for name in names}


def measured_in(question: str, answers: Sequence[str]) -> str | None:
    """By which words a question with these answers asks how great the danger of suicide is; `None`
    where none of them says so. Words are all that is seen: not what a pack means by them."""
    ask = _measuring()
    for text, name in ((question, "measures"), *((one, "points") for one in answers)):
        if found := ask[name].search(text):
            return found[0].strip()
    danger = ask["danger"].search(question)
    grades = [one for one in answers if ask["grade"].fullmatch(one.strip())]
    return f"{danger[0]}: {', '.join(grades)}" if danger and len(grades) > 1 else None


def unused_in(text: str, *, shown: bool = True, name: str = "") -> Iterator[Unused]:
    """What `text` says that is not said here. `shown`: a person reads it on a page. `name`: of the
    file, which may say its language."""
    rules, denied = _rules()
    for rule in rules:
        for found in rule.pattern.finditer(text):
            if not (rule.everywhere or shown) and denied.search(_sentence(text, found.start())):
                continue
            line = text.count("\n", 0, found.start()) + 1
            instead = rule.instead[_language(text, found.start(), name, rule.language)]
            yield Unused(line=line, said=" ".join(found[0].split()), instead=instead)


def _language(text: str, place: int, name: str, otherwise: str) -> str:
    """The language of the text at `place`: by its key (`en = "…"`), by the file's name, or by the
    small words around it; `otherwise` where none of them says so."""
    told: Mapping[str, list[str]] = _list()["telling"]
    if name.endswith(".toml"):
        key = next((found[1] for found in reversed(list(_KEY.finditer(text, 0, place)))), "")
        if key in told:
            return key
    for part in reversed(re.split(r"[/.]", name)):
        if part in told:
            return part
    words = re.findall(r"\w+", _sentence(text, place).lower())
    counted = {code: sum(word in small for word in words) for code, small in told.items()}
    most = [code for code, many in counted.items() if many == max(counted.values())]
    return otherwise if otherwise in most else most[0]


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
    file = name or place.name
    for found in unused_in(text, shown=place.name.endswith(SHOWN), name=file):
        yield file, found
