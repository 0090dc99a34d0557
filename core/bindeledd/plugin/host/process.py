"""The worker's side of a host: starts the process, asks it one thing at a time, ends it.

Whatever the plugin does, a call ends in time, with an answer or with a `HostTrouble`. A host that
did wrong is ended, with all that it left behind, and started anew for the next call.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.logs import log
from bindeledd.plugin.host import granting, wire
from bindeledd.plugin.host.placing import said_by_pack
from bindeledd.plugin.host.starting import started
from bindeledd.plugin.host.values import HostTrouble, Limits, Start, Trouble

# By which everything that came out of a host is known, whoever its parent is now.
COOKIE = "BINDELEDD_HOST"
# One thread starts every host and lasts as long as we do: the kernel ends them with it.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="hosts")
_WAIT = 10.0


@dataclass(kw_only=True)
class Host:
    """One plugin's process. `tell` hears of each trouble, before it is raised.

    `file` is the pack's own file: the process is told what stands there, and not where it lies.
    """

    start: Start
    limits: Limits = field(default_factory=Limits)
    tell: Callable[[Trouble], None] = lambda _: None
    file: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _line: socket.socket | None = field(default=None, repr=False)
    _cookie: str = field(default="", repr=False)
    _own: str = field(default="", repr=False)
    _seen: granting.Seen = field(default=(), repr=False)
    _asked: int = field(default=0, repr=False)
    _closed: bool = field(default=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    def open(self) -> None:
        """Start, and have the plugin open what it declared.

        Raises `Misconfigured` where the pack says that it is set up wrongly.
        """
        with self._lock:
            self._open()

    def begin(self) -> bool:
        """Start it, whatever comes of that: what is wrong is told, and nothing is raised."""
        with self._lock:
            return self._try_again()

    @property
    def is_closed(self) -> bool:
        """Whether it was ended for good: what is asked of it then fails, and says nothing."""
        return self._closed

    def is_ready(self) -> bool:
        """Whether it can be asked something, after trying to start it."""
        with self._lock:
            return self._process is not None or self._try_again()

    def ask(self, does: str, **told: object) -> Any:
        """The answer to one request, in time. Raises `HostTrouble`."""
        if not self._lock.acquire(timeout=self.limits.seconds):
            raise HostTrouble(Trouble.HUNG)
        try:
            if self._process is None or self._seen != granting.seen():
                self._again()
            return self._exchange({"do": does, **told}, self.limits.seconds)
        finally:
            self._lock.release()

    def look(self) -> bool:
        """Is all well while nothing is asked? What is not, is told, ended and started again."""
        if not self._lock.acquire(blocking=False):
            return True  # it is being asked something, and that has its own end
        try:
            if self._process is None or self._seen != granting.seen():
                return self._try_again()
            if self._process.poll() is not None:
                self._wrong(self._how_it_ended())
            elif _resident(self._process.pid) > self.limits.memory_mb * 2**20:
                self._wrong(Trouble.MEMORY)
            elif self._left_behind():
                self._wrong(Trouble.FORKED)
            else:
                return True
            return self._try_again()
        finally:
            self._lock.release()

    def close(self) -> None:
        """End it, for good, also in the middle of a call."""
        self._closed = True
        pid = self.pid
        if pid is not None:
            _kill(pid, group=True)
        with self._lock:
            self._end()

    # --- starting

    def _open(self) -> None:
        if self._closed:
            raise HostTrouble(Trouble.ENDED)
        self._end()
        ours, theirs = socket.socketpair()
        self._cookie = f"{os.getpid()}-{secrets.token_hex(16)}"
        self._seen = granting.seen()
        try:
            self._own = "" if self.start.inside else tempfile.mkdtemp(prefix="bindeledd-pack-")
            self._process = _STARTER.submit(
                started, theirs.fileno(), {COOKIE: self._cookie}, self._own
            ).result()
        except OSError as wrong:
            ours.close()
            raise HostTrouble(Trouble.ENDED, error=type(wrong).__name__) from wrong
        finally:
            theirs.close()
        self._line = ours
        if self._closed:  # by somebody who saw no process yet
            self._end()
            raise HostTrouble(Trouble.ENDED)
        told = asdict(self.start) | {"path": list(self.start.path or sys.path)}
        asked = {"do": "open", "start": told, "limits": asdict(self.limits), "own": self._own}
        self._exchange(asked, self.limits.opening_seconds)

    def _again(self) -> None:
        """Start for work: a pack that is set up wrongly is a trouble as every other."""
        try:
            self._open()
        except Misconfigured as wrong:
            self._wrong(Trouble.UNFIT, where=wrong.where, error=wrong.what)
            raise HostTrouble(Trouble.UNFIT) from wrong

    def _try_again(self) -> bool:
        try:
            self._again()
        except HostTrouble:
            return False
        return True

    # --- asking

    def _exchange(self, asked: dict[str, Any], seconds: float) -> Any:
        self._asked += 1
        told = self._reply(asked | {"number": self._asked}, time.monotonic() + seconds)
        if told.get("closed"):
            raise self._wrong(
                Trouble.CLOSED, where=_text(told, "where"), error=_text(told, "error")
            )
        if "unfit" in told and asked["do"] == "open":
            self._end()
            said = said_by_pack(told["unfit"], self.file)
            where = said.pop("where")
            raise Misconfigured("plugin.told", where=where, **said)
        if "unfit" in told:
            said = said_by_pack(told["unfit"], self.file)
            raise self._wrong(Trouble.UNFIT, where=said["where"], error=said["what"], keep=True)
        if told.get("processes") or self._left_behind():
            raise self._wrong(Trouble.FORKED)
        if "answer" in told:
            return told["answer"]
        raise self._told_of(told, opening=asked["do"] == "open")

    def _reply(self, asked: dict[str, Any], until: float) -> dict[str, Any]:
        line = self._line
        if line is None:
            raise HostTrouble(Trouble.ENDED)
        try:
            wire.put(line, asked, until=until)
            told = wire.take(line, most=wire.ANSWERED, until=until)
        except TimeoutError:
            raise self._wrong(Trouble.HUNG) from None
        except wire.Broken:
            raise self._wrong(Trouble.RUBBISH) from None
        except (wire.Ended, OSError):
            raise self._wrong(self._how_it_ended()) from None
        if not isinstance(told, dict) or told.get("number") != self._asked:
            raise self._wrong(Trouble.RUBBISH)
        return told

    def _told_of(self, told: dict[str, Any], *, opening: bool) -> HostTrouble:
        """What the plugin did itself: one that only raised may go on living."""
        try:
            trouble = Trouble(told["trouble"])
        except (KeyError, ValueError):
            return self._wrong(Trouble.RUBBISH)
        where, error = _text(told, "where"), _text(told, "error")
        harmless = trouble in (Trouble.RAISED, Trouble.RUBBISH) and not opening
        return self._wrong(trouble, where=where, error=error, keep=harmless)

    def _wrong(
        self, trouble: Trouble, *, where: str = "", error: str = "", keep: bool = False
    ) -> HostTrouble:
        if not keep:
            self._end()
        if not self._closed:
            job = f"plugin:{self.start.plugin}"
            log().error(trouble.value, job=job, where=where, error=error)
            self.tell(trouble)
        return HostTrouble(trouble, where=where, error=error)

    # --- ending

    def _end(self) -> None:
        """End the process and whatever came out of it, whoever its parent is by now."""
        process, self._process = self._process, None
        if self._line is not None:
            self._line.close()
            self._line = None
        if process is not None:
            self._stop(process)
        own, self._own = self._own, ""
        if own:
            shutil.rmtree(own, ignore_errors=True)

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        _kill(process.pid, group=True)
        until = time.monotonic() + _WAIT
        while (left := list(marked(self._cookie))) and time.monotonic() < until:
            for pid in left:
                _kill(pid)
            time.sleep(0.02)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_WAIT)

    def _how_it_ended(self) -> Trouble:
        """The kernel ends with SIGSYS what tries to start a process (`kernel.alone`)."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                if self._process.wait(timeout=1) == -signal.SIGSYS:
                    return Trouble.FORKED
        return Trouble.ENDED

    def _left_behind(self) -> bool:
        """Does anything but the host itself carry its mark?

        Looked for twice: what is being born while we look is seen the second time, or by `look`.
        """
        return any(pid != self.pid for _ in range(2) for pid in marked(self._cookie))


def _text(told: dict[str, Any], key: str) -> str:
    return str(told.get(key, ""))[:200]


def _kill(pid: int, *, group: bool = False) -> None:
    with suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)


def marked(cookie: str) -> Iterator[int]:
    """Processes that were born with this mark, and are alive. Nothing where there is no /proc."""
    if not cookie:
        return
    sign = f"{COOKIE}={cookie}".encode()
    for place in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError, ValueError):
            if sign in place.read_bytes():
                yield int(place.parent.name)


def _resident(pid: int) -> int:
    """Memory that a process holds, in bytes; 0 where that cannot be seen."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
