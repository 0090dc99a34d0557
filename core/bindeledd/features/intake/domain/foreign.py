"""Formats that the core does not read and a pack does: how one is known, and who is asked.

The core's own readers are asked first, always: a pack is given what none of them knows, and only
what begins (or whose XML root is) as the pack has said. It gives facts; what comes of them, a
person says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from bindeledd.features.intake.domain.facts import Message
from bindeledd.features.intake.domain.safety import BOMS, CannotRead

_BEGINS = re.compile(r"[A-Za-z0-9][!-~]{2,39}")
_ROOT = re.compile(r"\{[^{}\s]{1,200}\}[A-Za-z_][\w.-]{0,80}|[A-Za-z_][\w.-]{0,80}")
# The core's own: whatever stands in them is the core's to read, or to refuse.
_OURS = (
    "http://www.kith.no/xmlstds/epikrise/",
    "http://hl7.org/fhir",
    "urn:bindeledd:",
)


class WaitsForReader(CannotRead):
    """A pack reads this format. It stands in the queue, owed and sealed, until that was done."""

    code = "intake.waits_for_reader"

    def __init__(self, format: str) -> None:
        super().__init__(format=format)
        self.format = format


class ReaderRefused(CannotRead):
    """The pack that reads this format says that this message cannot be read."""

    code = "intake.reader_refused"


@dataclass(frozen=True, kw_only=True)
class ForeignFormat:
    """A format that a pack reads. `key` is PACK:READER, and is what a message's `format` says.

    Known by `begins`, what its text begins with (`MSH|`), or by `root`, its XML root
    (`{namespace}Name`). Raises `ValueError` for what would reach into a format of the core.
    """

    key: str
    begins: str = ""
    root: str = ""

    def __post_init__(self) -> None:
        if bool(self.begins) == bool(self.root):
            raise ValueError("a format is known by 'begins' or by 'root': one of the two")
        if self.begins and not _BEGINS.fullmatch(self.begins):
            raise ValueError("'begins' is 3 to 40 plain signs, the first a letter or a digit")
        if self.root and not _ROOT.fullmatch(self.root):
            raise ValueError("'root' is \"{namespace}Name\"")
        if self.root.removeprefix("{").startswith(_OURS):
            raise ValueError(f"the core reads {self.root} itself")

    def meets(self, other: "ForeignFormat") -> bool:
        """Whether one message could be of both."""
        if self.begins and other.begins:
            return self.begins.startswith(other.begins) or other.begins.startswith(self.begins)
        return bool(self.root) and self.root == other.root


class PackReader(Protocol):
    """Reads one such format, in the pack's own process."""

    @property
    def format(self) -> str: ...

    def is_ready(self) -> bool:
        """Whether it can be asked now."""
        ...

    def read(self, data: bytes) -> Message | CannotRead | None:
        """The facts, or why there are none; None where it could not be asked: it waits on."""
        ...


def is_foreign(format: str | None) -> bool:
    """Whether a format is one that a pack reads."""
    return format is not None and ":" in format


def by_beginning(data: bytes, formats: Sequence[ForeignFormat]) -> WaitsForReader | None:
    """Whose a text is that is neither XML, JSON nor a list; None where nobody says so."""
    bare = next((data[len(mark) :] for mark, _ in BOMS if data.startswith(mark)), data).lstrip()
    for one in formats:
        if one.begins and bare.startswith(one.begins.encode("ascii")):
            return WaitsForReader(one.key)
    return None


def by_root(root: etree._Element, formats: Sequence[ForeignFormat]) -> WaitsForReader | None:
    """Whose an XML document is that no reader of the core knows."""
    for one in formats:
        if one.root and one.root == root.tag:
            return WaitsForReader(one.key)
    return None
