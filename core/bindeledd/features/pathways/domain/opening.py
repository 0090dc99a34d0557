"""A file before a word of it is believed: how large it is, in which letters, how deep, and TOML.

Whoever opens one gets its content or `Unsound`, with the line. A file that would hold a start up
for minutes, or end it by a fault of the reader, is refused like any other slip.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bindeledd.foundation.broken_toml import broken_at
from bindeledd.foundation.texts import Fault

# The bytes of one file, the signs of one line, and how many tables may lie inside each other.
LARGEST, LONGEST, DEEPEST = 500_000, 50_000, 20
# The files of one folder, and their signs together.
MOST_FILES, MOST_TOGETHER = 200, 2_000_000

# A string or a comment; one that is never closed ends with its line, so that no line is read twice.
_ASIDE = re.compile(r"\"(?:[^\"\\]|\\.)*(?:\"|\\?$)|'[^']*(?:'|$)|#.*")
_NUMBER = re.compile(r"[0-9_]{1000,}")
_BRACKETS = re.compile(r"[][{}]")


class Unsound(Exception):
    """A file that cannot be opened: the line and its key, what is wrong there and what would be right."""

    def __init__(self, line: int, code: str, key: str = "", /, **values: object) -> None:
        super().__init__(code)
        self.line, self.key, self.fault = line, key, Fault(code, values)

    @property
    def ends(self) -> bool:
        """Whether nothing more of its folder is read."""
        return self.fault.code == "pathways.too_much_together"


def text_of(file: Traversable, inside: Traversable | None = None) -> str:
    """Its text. `inside`: the folder of the pack, which no link leads out of."""
    if inside is not None:
        insist_inside(file, inside)
    if not file.is_file():
        raise Unsound(1, "pathways.no_file")
    with file.open("rb") as opened:
        data: bytes = opened.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unsound(1, "pathways.too_large", most=LARGEST // 1000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Unsound(data.count(b"\n", 0, wrong.start) + 1, "pathways.not_utf8") from None


def insist_few(files: int, signs: int) -> None:
    """So many files of one folder, with so many signs together, are read; the rest is not opened."""
    if files > MOST_FILES or signs > MOST_TOGETHER:
        most = {"files": MOST_FILES, "most": MOST_TOGETHER // 1000}
        raise Unsound(1, "pathways.too_much_together", **most)


def insist_inside(file: Traversable, folder: Traversable) -> None:
    """A link that leads out of the folder is not followed: what is read is what was installed."""
    if isinstance(file, Path) and isinstance(folder, Path):
        place = file.resolve()
        if not place.is_relative_to(folder.resolve()):
            raise Unsound(1, "pathways.leads_out", to=place)


@lru_cache(maxsize=16)
def toml_of(text: str) -> Mapping[str, Any]:
    """What stands in it. The files of a folder are asked twice: what they declare, what they say."""
    lines = text.splitlines()
    depth = 0
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST:
            raise Unsound(number, "pathways.long_line", most=LONGEST)
        if _NUMBER.search(_ASIDE.sub("", line)):
            raise Unsound(number, "pathways.long_number", line.partition("=")[0].strip())
        depth = _deep(line, depth)
        if depth > DEEPEST:
            raise Unsound(number, "pathways.too_deep", most=DEEPEST)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        at = broken_at(text, wrong)
        raise Unsound(
            at.line, "pathways.not_toml", at.key, wrong=at.wrong, right=at.right
        ) from None


def _deep(line: str, depth: int) -> int:
    """How deep the deepest of this line lies, or the next line where nothing is too deep."""
    bare = _ASIDE.sub("", line)
    if bare.count(".") > DEEPEST:
        return DEEPEST + 1
    for sign in _BRACKETS.findall(bare):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        if depth > DEEPEST:
            break
    return depth
