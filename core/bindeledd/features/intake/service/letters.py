"""Files with messages in them: opened and read before any transaction, in the order of their making."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from bindeledd.features.intake.domain import row_notation
from bindeledd.features.intake.domain.facts import Message
from bindeledd.features.intake.domain.reading import made_at, try_to_read
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.service.desk import fingerprint
from bindeledd.features.intake.service.rules import Rules

# More than any message is: of a larger file only the fingerprint is kept, the file stays where it is.
KEPT = 64_000_000
_GLANCE, _LAST = 8192, datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A file as it was when it was opened, read before any transaction; `data` is None beyond `KEPT`.

    A list of discharges is taken row by row: `rows` are messages of their own, each with its
    number in the list (`row`; the headings are row 1), and the list itself is none.
    """

    name: str
    size: int
    sha256: str
    data: bytes | None = field(repr=False)
    said: Message | CannotRead | None = field(repr=False)
    row: int | None = None
    rows: tuple["Letter", ...] = field(default=(), repr=False)

    @property
    def messages(self) -> tuple["Letter", ...]:
        """What is to be taken in, one after the other: itself, or its rows."""
        return self.rows or (self,)


def in_order(files: Iterable[Path]) -> list[Path]:
    """The files in the order in which their messages were made; the others last, as they stood."""
    return sorted(files, key=_made)


def _made(file: Path) -> datetime:
    try:
        with _opened(file, follow=True) as opened:
            return made_at(opened.read(_GLANCE)) or _LAST
    except OSError:  # told when the file itself is taken
        return _LAST


def open_letter(file: Path, *, rules: Rules, follow: bool = True) -> Letter:
    """Read `file`, which stays where it is. Raises `OSError` like any file.

    Without `follow` a link is none: in a folder where others write, it could lead anywhere.
    """
    with _opened(file, follow=follow) as opened:
        size = os.fstat(opened.fileno()).st_size
        if size > KEPT:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            return Letter(name=file.name, size=size, sha256=digest, data=None, said=None)
        data = opened.read()
    return read_letter(data, rules=rules, name=file.name)


def read_letter(data: bytes, *, rules: Rules, name: str = "") -> Letter:
    """What came in, read: one message, or a list with a message in each row."""
    try:
        rows = row_notation.split(data)
    except CannotRead as refusal:
        return _letter(data, name, refusal)
    if rows is None:
        said = try_to_read(data, standards=rules.standards, foreign=rules.foreign)
        return _letter(data, name, said)
    return Letter(
        name=name,
        size=len(data),
        sha256=fingerprint(data),
        data=data,
        said=None,
        rows=tuple(_row(row, name) for row in rows),
    )


def _row(row: row_notation.Row, name: str) -> Letter:
    return _letter(row.data, f"{name}:{row.number}", try_to_read(row.data), row=row.number)


def _letter(
    data: bytes, name: str, said: Message | CannotRead, *, row: int | None = None
) -> Letter:
    return Letter(
        name=name, size=len(data), sha256=fingerprint(data), data=data, said=said, row=row
    )


def _opened(file: Path, *, follow: bool) -> BufferedReader:
    """The file for reading; never a pipe, at which whoever reads would wait for ever."""
    held = os.open(file, os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW))
    if not stat.S_ISREG(os.fstat(held).st_mode):
        os.close(held)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), file.name)
    return os.fdopen(held, "rb")


def legible(name: str) -> str:
    """The name of a file as text that can be written; what could not be decoded becomes "?"."""
    return name.encode("utf-8", errors="replace").decode("utf-8")
