"""The supervisor: no child waits for another, and none outlives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bindeledd.foundation.errors import PortTaken
from bindeledd.running import TAKEN, WRONG_SETUP, Child, Supervisor
from bindeledd.serving import insist_free
from bindeledd.settings import read_settings

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "raise SystemExit(3)"]
# A child of a supervisor that is killed: says its id, then watches.
ORPHAN = """
import os, subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-c",
     "import bindeledd.running as r, time; r.end_with_supervisor(); print('up', flush=True);"
     "time.sleep(60)"],
    env={**os.environ, "BINDELEDD_SUPERVISOR": str(os.getpid())}, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


@dataclass
class Scripted(Child):
    """A child that runs what the test says."""

    script: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        return list(self.script)


class Hand:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def ended(child: Child) -> None:
    assert child.process is not None
    child.process.wait(timeout=20)


def test_a_child_that_rests_keeps_no_other_from_being_started_again() -> None:
    hand = Hand()
    bad, good = Scripted("web", script=tuple(DIES)), Scripted("worker", script=tuple(DIES))
    supervisor = Supervisor(children=[bad, good], seconds=hand)
    supervisor.look()
    bad.deaths = 4
    ended(bad)
    ended(good)

    supervisor.look()
    assert (bad.start_at, good.start_at) == (60.0, 0.2)
    hand.now += 0.3
    supervisor.look()

    assert bad.process is None
    assert good.process is not None
    ended(good)


def test_nothing_is_started_once_it_is_told_to_stop() -> None:
    child = Scripted("web", script=tuple(SLEEPS))
    supervisor = Supervisor(children=[child])
    supervisor.stopping = True

    supervisor.look()

    assert child.process is None


def test_wrongly_set_up_ends_everything() -> None:
    child = Scripted("web", script=(sys.executable, "-c", f"raise SystemExit({WRONG_SETUP})"))
    supervisor = Supervisor(children=[child])
    supervisor.look()
    ended(child)

    assert supervisor.look() == 1


def test_it_ends_soon_also_while_a_child_rests(tmp_path: Path) -> None:
    """The real loop, in a process of its own: the worker dies at once again and again."""
    program = (
        "import sys, bindeledd.running as r\n"
        "class C(r.Child):\n"
        "    command = property(lambda self: [sys.executable, '-c', 'raise SystemExit(3)'])\n"
        "bad = C('worker'); bad.deaths = 4\n"
        "sys.exit(r.Supervisor(children=[bad]).run())\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert running.stderr is not None
    assert "60 s" in running.stderr.readline()

    begun = time.monotonic()
    running.send_signal(signal.SIGTERM)

    assert running.wait(timeout=20) == 0
    assert time.monotonic() - begun < 5


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_a_child_ends_when_its_supervisor_is_killed() -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())

    supervisor.kill()
    supervisor.wait(timeout=20)

    assert gone(child)


def gone(pid: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return False


def test_an_address_that_is_taken_ends_the_first_start_and_no_later_one() -> None:
    taken = (sys.executable, "-c", f"raise SystemExit({TAKEN})")
    fresh, restarted = Scripted("web", script=taken), Scripted("web", script=taken)
    restarted.deaths = 1
    ends = []
    for child in (fresh, restarted):
        supervisor = Supervisor(children=[child])
        supervisor.look()
        ended(child)
        ends.append(supervisor.look())

    assert ends == [1, 0]


def test_an_address_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = read_settings({"BINDELEDD_PORT": str(port)}, tables={})

        with pytest.raises(PortTaken, match=f"127.0.0.1:{port} .*BINDELEDD_PORT"):
            insist_free(settings)
