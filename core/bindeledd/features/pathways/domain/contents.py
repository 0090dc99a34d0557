"""What a version of a routine or of a layer says, as one hash: a version is one text, and stays it.

A follow-up remembers names and versions (`id@version`). That is worth something only while the same
name and version say the same.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.values import Origin

# What may stand in the same file and is of today, in whatever version: no case remembers it.
OF_TODAY = frozenset({"ladder", "core", "task"})


def content_of(tables: Mapping[str, Any]) -> str:
    """The hash of what a file says; comments, order of the keys and blank lines are none of it."""
    told = {key: value for key, value in tables.items() if key not in OF_TODAY}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one version says now: its key (`id@version`), the hash of it, and where it stands."""

    key: str
    content: str
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A version that says something else than it did when this installation first saw it."""

    now: Said
    was: str
    since: datetime


def versions_of(book: Book) -> list[Said]:
    """Every version of a routine and of a layer that stands in a file."""
    routines = (
        Said(key=f"{one.id}@{one.version}", content=one.content, origin=one.origin)
        for one in book.pathways.values()
    )
    layers = (
        Said(key=one.key, content=one.content, origin=one.stands.get("version", one.origin))
        for one in book.layers
    )
    return [one for one in (*routines, *layers) if one.content]


def differing(
    versions: Iterable[Said], seen: Mapping[str, tuple[str, datetime]], followed: Collection[str]
) -> list[Changed]:
    """Those that are followed, and say another thing than they did when they were first seen.

    What nobody follows may still be edited: it says from then on what it says now.
    """
    return [
        Changed(now=one, was=seen[one.key][0], since=seen[one.key][1])
        for one in versions
        if one.key in followed and one.key in seen and seen[one.key][0] != one.content
    ]
