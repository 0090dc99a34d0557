"""From bytes to facts: a reader is found by what stands in the message, never by its file name."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bindeledd.features.intake.domain import notations, tree
from bindeledd.features.intake.domain.epikrise import Epikrise
from bindeledd.features.intake.domain.facts import Checked, Message
from bindeledd.features.intake.domain.fhir import Fhir
from bindeledd.features.intake.domain.foreign import ForeignFormat, by_beginning, by_root
from bindeledd.features.intake.domain.listed import DischargeList
from bindeledd.features.intake.domain.listed_rows import DischargeRows
from bindeledd.features.intake.domain.plo import Plo
from bindeledd.features.intake.domain.safety import (
    CannotRead,
    Document,
    ExcelRefused,
    NotXml,
    is_excel,
)
from bindeledd.features.intake.domain.standards import Standards


class UnknownFormat(CannotRead):
    """Well-formed, but no reader knows it."""

    code = "intake.unknown_format"


class ReaderFailed(CannotRead):
    """A reader met what nobody thought of. It says nothing of the message: the reader is mended."""

    code = "intake.reader_failed"


class Reader(Protocol):
    """Reads one family of formats. Promise: changes nothing, fetches nothing, never guesses."""

    def format_of(self, document: Document) -> str | None:
        """The format of `document`, or None when it is not one of this reader's."""
        ...

    def read(self, document: Document, format: str) -> Message:
        """The facts. Raises a `CannotRead` that carries no content."""
        ...


READERS: tuple[Reader, ...] = (Epikrise(), Plo(), Fhir(), DischargeRows(), DischargeList())


def read(
    data: bytes,
    *,
    readers: Sequence[Reader] = READERS,
    standards: Standards | None = None,
    foreign: Sequence[ForeignFormat] = (),
) -> Message:
    """The facts of one message; `checked` says how strictly it was looked at.

    With `standards` it is validated against the official schema of its format and its codes are
    looked up (an unknown code is a remark, not a refusal). What none of them knows and a pack
    reads (`foreign`) is a `WaitsForReader`. Raises a `CannotRead`, and nothing else: whatever a
    reader raises is a `ReaderFailed`.
    """
    try:
        return _read(data, readers, standards, foreign)
    except CannotRead:
        raise
    except Exception as failure:  # noqa: BLE001  (one message must never hold up the others)
        raise ReaderFailed(kind=type(failure).__name__) from None


def try_to_read(
    data: bytes,
    *,
    readers: Sequence[Reader] = READERS,
    standards: Standards | None = None,
    foreign: Sequence[ForeignFormat] = (),
) -> Message | CannotRead:
    """The facts, or why there are none: what is given to `receive`, read before it begins."""
    try:
        return read(data, readers=readers, standards=standards, foreign=foreign)
    except CannotRead as refusal:
        return refusal


_MADE = re.compile(
    rb"<(?:[\w.-]+:)?GenDate(?:\s+V=[\"']([^\"'<>]+)|>([^<>]+)<)"
    rb"|\"timestamp\"\s*:\s*\"([^\"]+)\"|<timestamp\s+value=[\"']([^\"'<>]+)"
)


def made_at(beginning: bytes) -> datetime | None:
    """When a message was made, by a glance at its first bytes; None where that is not seen.

    Good for putting many in order before they are read, and for nothing else.
    """
    found = _MADE.search(beginning)
    if found is None:
        return None
    try:
        written: bytes = next(filter(None, found.groups()), b"")
        moment = tree.moment(written.decode("ascii", "replace").strip())
    except tree.BadTime:
        return None
    return None if moment is None else moment.at


def _read(
    data: bytes,
    readers: Sequence[Reader],
    standards: Standards | None,
    formats: Sequence[ForeignFormat],
) -> Message:
    document = _parsed(data, formats)
    for reader in readers:
        format = reader.format_of(document)
        if format is None:
            continue
        strict = standards is not None and standards.check(document, format)
        message = reader.read(document, format)
        remarks = message.remarks
        if standards is not None:
            remarks = (*remarks, *standards.odd_codes(document))
        return replace(
            message,
            checked=Checked.SCHEMA if strict else Checked.STRUCTURE,
            remarks=tuple(dict.fromkeys(remarks)),
        )
    raise by_root(document.root, formats) or UnknownFormat()


def _parsed(data: bytes, formats: Sequence[ForeignFormat]) -> Document:
    if is_excel(data):
        raise by_beginning(data, formats) or ExcelRefused()
    try:
        return notations.parse(data)
    except NotXml as refusal:
        raise by_beginning(data, formats) or refusal from None
