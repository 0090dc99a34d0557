"""What a host takes from itself before a line of the plugin runs: memory, processes, files.

Limits of the kernel where there are any; an audit hook for the rest. They stop accidents. A
plugin is still code that somebody chose to install.
"""

import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from bindeledd.plugin.host import naming

_PROCESSES = frozenset(
    [
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "os.exec",
        "os.kill",
        "os.killpg",
        "pty.spawn",
        "subprocess.Popen",
    ]
)
_OPENED = frozenset(["open", "sqlite3.connect", "os.listdir", "os.scandir", "os.chdir"])
# What SQLite asks before it opens a file beside its own.
_ATTACH, _DENY = 24, 1
_OUT = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethost")
# What leaves a mark among files, where a name can say as much as a byte.
_CHANGED = (
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.symlink",
    "os.truncate",
    "os.utime",
)
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FILES = 256
_FILE_SIZE = 64 * 2**20


class NotHere(RuntimeError):
    """The host starts and looks into no other process, and opens none of our own files."""


@dataclass
class Watch:
    """What the plugin tried that it may not."""

    processes: bool = False
    closed: bool = False
    _shut: tuple[str, ...] = ()

    def begin(self, closed: Sequence[str], *, inside: bool = False) -> None:
        """From here on, for as long as the process lives. `inside`: it reaches no network, and files are there to be read."""
        self._shut = tuple(os.path.realpath(path) for path in closed)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if event in _PROCESSES:
                self.processes = True
                raise NotHere(event)
            if event in _OPENED or event.startswith(_CHANGED):
                self._look(event, arguments)
            if inside and event.startswith(_OUT):
                raise NotHere(event)
            if inside and (event.startswith(_CHANGED) or _writes(event, arguments)):
                raise PermissionError(event)

        sys.addaudithook(hook)
        self._look_after_sqlite()

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if any(_is_shut(path, self._shut) for path in naming.meant(event, arguments)):
            self.closed = True
            raise NotHere(event)

    def _look_after_sqlite(self) -> None:
        """It attaches in C, which no event tells of: each connection asks us before it does."""
        connect = sqlite3.connect

        @wraps(connect)
        def asking(*said: Any, **told: Any) -> sqlite3.Connection:
            made: sqlite3.Connection = connect(*said, **told)
            sqlite3.Connection.set_authorizer(made, self._may)
            return made

        sqlite3.connect = sqlite3.dbapi2.connect = asking  # type: ignore[assignment]

    def _may(self, action: int, name: str | None, *_: object) -> int:
        if action != _ATTACH:
            return 0
        if name is None:  # as a parameter: which file it is, is not said
            return _DENY
        if any(_is_shut(path, self._shut) for path in naming.attached(name)):
            self.closed = True
            return _DENY
        return 0


def _writes(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether a file is opened for more than reading."""
    if event != "open" or len(arguments) < 3 or isinstance(arguments[0], int):
        return False
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & _FOR_WRITING)


def _is_shut(found: str, shut: Sequence[str]) -> bool:
    process = found.removeprefix("/proc/").partition("/")[0] if found.startswith("/proc/") else ""
    if process.isdigit() and int(process) != os.getpid():
        return True
    return any(found == one or found.startswith(one + os.sep) for one in shut)


def limit(memory_mb: int, *, inside: bool = False) -> None:
    """Memory beyond what is held now; no core dump; few files, none of them large.

    `inside`: not a byte into any file. What it was given stays in its memory.
    """
    _set(resource.RLIMIT_AS, _held() + memory_mb * 2**20)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NOFILE, _FILES)
    _set(resource.RLIMIT_FSIZE, 0 if inside else _FILE_SIZE)


def _set(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(which, (most, most))


def _held() -> int:
    """The address space of this process, in bytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 512 * 2**20
    return pages * resource.getpagesize()


def end_by_itself(seconds: float) -> None:
    """The kernel ends this process after `seconds`, whatever it does then; 0 takes that back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
