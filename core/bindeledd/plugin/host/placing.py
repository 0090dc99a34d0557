"""Where in the pack's own file something stands that the pack finds wrong.

A pack names a key (`sms.toml text.one`) and knows no path; whoever mends it needs file and line.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bindeledd.foundation.texts import said_of

_KEY = re.compile(r"(?<![\w/.-])[\w-]+\.toml ((?:[\w-]+\.)*[\w-]+)")
_HEAD = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]+")
_OWN = re.compile(r'\s*"?([\w-]+)"?\s*=')


def said_by_pack(told: object, file: Path | None) -> dict[str, str]:
    """What a pack says of itself, in the language of whoever reads it, with file and line."""
    given = told if isinstance(told, dict) else {}
    said = {name: _said(given.get(name, ""))[:500] for name in ("what", "where", "do")}
    return said | {name: placed(said[name], file) for name in ("what", "where")}


def _said(words: object) -> str:
    return str(said_of(words) if isinstance(words, dict) else words)


def placed(said: str, file: Path | None) -> str:
    """`said` with each key of the pack's file as `FILE:LINE key`; as it is where there is no file."""
    if file is None:
        return said
    try:
        lines = dict(_keys(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return said
    return _KEY.sub(lambda found: f"{file}{_line(found[1], lines)} {found[1]}", said)


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Each table and key with its line."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _HEAD.match(line):
            table = head[1]
            yield table, number
        elif own := _OWN.match(line):
            yield f"{table}.{own[1]}" if table else own[1], number


def _line(key: str, lines: dict[str, int]) -> str:
    """Of the key, else of the nearest table that it would stand in; nothing where it is missing."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return f":{lines[key]}" if key else ""
