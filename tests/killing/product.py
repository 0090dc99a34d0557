"""The product as it runs on one machine: `bindeledd run` with everything that it starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random

from bindeledd.plugin.host.process import COOKIE

SETTINGS = """
[site]
environment = "test"
plugins = ["good"]
[keys]
folder = "{keys}"
[web]
port = {port}
workers = 2
[intake]
folder = "{folder}"
[[route]]
source = "*"
kinds = ["*"]
opens = "always"
[mail]
host = "127.0.0.1"
port = {mail}
security = "none"
sender = "bindeledd@b.example"
[alerts]
back_off = ["PT1S"]
then_every = "PT2S"
budget = 0
quiet_from = ""
quiet_until = ""
digest_at = ""
"""

# What is killed how often: starting web and worker anew costs the most.
WEIGHTS = {"run": 1, "web": 1, "web worker": 3, "worker": 3, "host": 2}
_HOST = "bindeledd.plugin.host.child"


@dataclass(frozen=True, kw_only=True)
class One:
    """A process of ours: what it is, and who started it."""

    pid: int
    kind: str
    parent: int
    ticks: int = 0


@dataclass(kw_only=True)
class Product:
    """One installation in `home`. Whoever ends its supervisor starts it again, as systemd would."""

    home: Path
    port: int
    environment: dict[str, str]
    supervisor: subprocess.Popen[bytes] | None = None
    killed: dict[str, int] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    ticks: dict[int, int] = field(default_factory=dict)
    drawn: list[str] = field(default_factory=list)

    @property
    def spared(self) -> set[str]:
        """The kinds of which none was killed yet."""
        return set(WEIGHTS) - set(self.killed)

    @property
    def spent(self) -> float:
        """Seconds of a processor that its processes took, as far as they were looked at."""
        return sum(self.ticks.values()) / os.sysconf("SC_CLK_TCK")

    @property
    def folder(self) -> Path:
        return self.home / "in"

    def keep_running(self) -> None:
        """Start the supervisor where there is none."""
        if self.supervisor is None or self.supervisor.poll() is not None:
            with (self.home / "said.log").open("ab") as said:
                self.supervisor = subprocess.Popen(
                    [sys.executable, "-m", "bindeledd.cli", "run"],
                    env=self.environment, stdout=said, stderr=said, start_new_session=True,
                )  # fmt: skip

    def family(self) -> list[One]:
        """Every process of this installation that is alive, also one that nobody looks after."""
        sign = f"BINDELEDD_HOME={self.home}\0".encode()
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            one = _look(place, sign, frozenset(self.seen))
            if one is not None:
                found.append(one)
                self.seen[one.pid] = one.kind
                self.ticks[one.pid] = one.ticks
        webs = {one.pid for one in found if one.kind == "web"}
        forked = {one.pid for one in found if one.kind == "web" and one.parent in webs}
        return [
            One(pid=one.pid, kind="web worker" if one.pid in forked else one.kind,
                parent=one.parent)
            for one in found
        ]  # fmt: skip

    def left_alone(self) -> list[One]:
        """Hosts whose worker is gone."""
        there = self.family()
        workers = {one.pid for one in there if one.kind == "worker"}
        return [one for one in there if one.kind == "host" and one.parent not in workers]

    def kill_one(self, random: Random) -> str | None:
        """-9 to one of them, of each kind as often as it weighs. Gives what it was."""
        there = self.family()
        if not there:
            return None
        one = random.choice(self._of_the_next_kind(there, random))
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
        if self.supervisor is not None and one.pid == self.supervisor.pid:
            self.supervisor.wait()
        self.killed[one.kind] = self.killed.get(one.kind, 0) + 1
        return one.kind

    def _of_the_next_kind(self, there: list[One], random: Random) -> list[One]:
        """Those of a kind that is drawn as from a pack of cards; cards of what is away stay in it."""
        kinds = {one.kind for one in there}
        if kinds.isdisjoint(self.drawn):
            self.drawn += [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
        kind = random.choice([kind for kind in self.drawn if kind in kinds])
        self.drawn.remove(kind)
        return [one for one in there if one.kind == kind]

    def kill_all(self) -> None:
        """-9 to all at once, as when the power goes; also to what was forked in that very moment."""
        while there := self.family():
            for one in there:
                with suppress(ProcessLookupError):
                    os.kill(one.pid, signal.SIGKILL)
            time.sleep(0.01)
        if self.supervisor is not None:
            self.supervisor.wait()

    def is_whole(self) -> bool:
        """Everything that belongs to it is there, and it answers."""
        return {one.kind for one in self.family()} == set(WEIGHTS) and self.answers()

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """One request on a connection of its own. Raises where no whole answer came."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body, {"Connection": "close", **sent})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def said(self) -> str:
        return (self.home / "said.log").read_text(errors="replace")


def _look(place: Path, sign: bytes, ours: frozenset[int]) -> One | None:
    try:
        command = (place / "cmdline").read_bytes().decode(errors="replace").split("\0")
        environment = (place / "environ").read_bytes()
        told = (place / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError, IndexError):
        return None
    pid, parent, ticks = int(place.name), int(told[1]), int(told[11]) + int(told[12])
    if sign in environment + b"\0" and "bindeledd.cli" in command:
        kind = command[command.index("bindeledd.cli") + 1]
        return One(pid=pid, kind=kind, parent=parent, ticks=ticks)
    started_by = environment.rpartition(f"{COOKIE}=".encode())[2].partition(b"-")[0]
    if _HOST in command and started_by.isdigit() and int(started_by) in ours:
        return One(pid=pid, kind="host", parent=parent, ticks=ticks)
    return None
