"""What a person reads on a page, and which of it is bokmål."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser

from architecture.test_rules_translations import NB, NORWEGIAN, SAME, said_in

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "wbr"}
# What may stand where a text is filled in.
_HOLES = {None: "", "count": r"\d+"}
_SAID = ("title", "aria-label", "placeholder", "alt")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.language, self.said = "", list[str]()
        self.open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "html":
            self.language = has.get("lang") or ""
        if tag not in _VOID:
            other = has.get("lang") not in (None, self.language) or tag in ("style", "script")
            self.open.append(other or any(self.open[-1:]))
        if not any(self.open[-1:]):
            self.said += [str(has[name]) for name in _SAID if has.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not any(self.open[-1:]):
            self.said.append(text)


def read(page: str) -> tuple[str, list[str]]:
    """The language of a page, and every text on it that is said to be in that language."""
    reader = _Reader()
    reader.feed(page)
    return reader.language, reader.said


def _pattern(text: str) -> str:
    parts = string.Formatter().parse(text)
    return "".join(re.escape(said) + _HOLES.get(name, ".+") for said, name, *_ in parts)


@cache
def _bokmaal() -> tuple[frozenset[str], re.Pattern[str]]:
    english = set(said_in("en").values())
    only = {text for text in NB.values() if text not in english and text not in SAME}
    plain = frozenset(" ".join(text.split()) for text in only if "{" not in text)
    filled = {text for text in only if "{" in text}
    said = (text for text in filled if len(re.sub(r"\{.*?\}|[^a-zæøå]", "", text.lower())) > 3)
    return plain, re.compile("|".join(f"(?:{_pattern(text)})" for text in sorted(said)))


def bokmaal_in(texts: Iterable[str], but: Iterable[str] = ()) -> Iterator[str]:
    """Those of the texts that stand in the catalogue of bokmål, or hold a plain Norwegian word."""
    plain, filled = _bokmaal()
    for text in texts:
        left = text
        for known in but:
            left = left.replace(known, "")
        words = set("".join(one if one.isalpha() else " " for one in left.lower()).split())
        if left in plain or filled.fullmatch(left) or words & NORWEGIAN:
            yield text
