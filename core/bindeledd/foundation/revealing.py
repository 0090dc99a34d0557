"""What a paper or a file in a person's hand may not say: words that tell what it is about.

The list is `config/revealing.toml`. Read `revealed_by`.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class _Revealing:
    stems: tuple[str, ...]
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def _list() -> _Revealing:
    text = files("bindeledd.config").joinpath("revealing.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return _Revealing(stems=tuple(told["stems"]), words=tuple(told["words"]))


def revealed_by(text: str) -> str:
    """The first word of the list that `text` says, however it is written; empty where it says none."""
    plain = _plain(text)
    spaced = f" {' '.join(_WORD.findall(plain))} "
    written = _words(plain)
    known = _list()
    for stem in known.stems:
        if any(stem in word for word in written):
            return stem
    return next((word for word in known.words if f" {word} " in spaced), "")


def _words(plain: str) -> list[str]:
    """The words, without signs in them; letters that stand apart are one word."""
    found, apart = [], ""
    for chunk in [*plain.split(), ""]:
        word = "".join(one for one in chunk if one.isalnum())
        if len(word) == 1:
            apart += word
            continue
        found += [apart, word]
        apart = ""
    return [*found, apart]


def _plain(text: str) -> str:
    """Small letters, without signs that are there only to hide."""
    found = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in found if unicodedata.category(one) != "Cf")
