"""The clock's way in: the watched folder, and what packs read.

A file is deleted once its bytes stand sealed in the database. Only what is too large to be sealed is kept, in `refused/`, for nobody but the product's own user.
A stop between the two only makes the same bytes come twice, which changes nothing.
"""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain.foreign import PackReader
from bindeledd.features.intake.service import Letter, Rules
from bindeledd.features.staff.domain import system
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Refusal

Clock = Callable[[], datetime]
REFUSED = "refused"
_UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload")


@dataclass(kw_only=True)
class Folder:
    """A folder that messages are put into. A file whose size still changes is left until it rests."""

    path: Path
    database: Database
    tenant: UUID
    rules: Rules
    clock: Clock
    _seen: dict[Path, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def look(self) -> int:
        """Take in what has come to rest since the last look; gives how many.

        One file that fails does not hold up the others: the first failure is raised at the end.
        """
        taken, failed = 0, None
        for file in self._resting():
            try:
                self._leave(file, self._take(file))
            except FileNotFoundError:
                continue  # another worker was quicker
            except (Refusal, SQLAlchemyError, OSError) as failure:
                failed = failed or failure
                continue
            taken += 1
        if failed is not None:
            raise failed
        return taken

    def _take(self, file: Path) -> Letter:
        """Each message in a transaction of its own: a stop within a list only begins it anew."""
        letter = service.open_letter(file, rules=self.rules, follow=False)
        for one in letter.messages:
            with self.database.transaction() as session:
                service.receive_letter(
                    session, one, rules=self.rules, by=system(self.tenant), at=self.clock()
                )
        return letter

    def _leave(self, file: Path, letter: Letter) -> None:
        """Delete what stands in the database; another file that came under its name stays."""
        if _mark(file) != self._seen[file]:
            return
        if letter.data is None:
            _move(file, self.path / REFUSED)
        else:
            file.unlink(missing_ok=True)

    def _resting(self) -> Iterator[Path]:
        """Files whose size and time are those of the last look, what was made first before."""
        there = {file: _mark(file) for file in _files(self.path)}
        resting = [file for file, mark in there.items() if self._seen.get(file) == mark]
        self._seen = there
        yield from service.in_order(sorted(resting, key=lambda file: (there[file], file.name)))


def _files(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(folder):
        name = entry.name.lower()
        if name.startswith(".") or name.endswith(_UNFINISHED):
            continue
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _mark(file: Path) -> tuple[int, ...]:
    """By which it is seen that a file is still the same."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _move(file: Path, folder: Path) -> None:
    """Into `folder`, under a name that is free there."""
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder.name)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    target, number = folder / file.name, 0
    while target.exists():
        number += 1
        target = folder / f"{file.stem}-{number}{file.suffix}"
    try:
        file.replace(target)
    except FileNotFoundError:
        return


def folder_job(
    path: Path, database: Database, *, tenant: UUID, rules: Rules, clock: Clock
) -> Callable[[], int]:
    """What the worker calls every few seconds: looks at the folder, gives how many it took in."""
    return Folder(path=path, database=database, tenant=tenant, rules=rules, clock=clock).look


def read_by_pack(database: Database, reader: PackReader, *, rules: Rules, clock: Clock) -> int:
    """Have what waits for this reader read, outside every transaction; gives how many were.

    One that cannot be asked now leaves everything as it waits.
    """
    done = 0
    with database.reading() as session:
        waiting = queries.waiting_for_pack(session, reader.format)
    if not waiting or not reader.is_ready():
        return 0
    for message_id in waiting:
        with database.transaction() as session:
            data = service.give_out(session, message_id, at=clock())
        if data is None:
            continue  # another worker was quicker, or a person
        said = reader.read(data)
        if said is None:
            return done
        with database.transaction() as session:
            service.take_read(session, message_id, said, rules=rules, at=clock())
        done += 1
    return done
