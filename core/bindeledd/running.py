"""Running it: `run` supervises web and worker on one machine; `web` and `worker` run one of them.

The supervisor imports next to nothing, so that the children start at once; a child that dies is
started again, one that says it is wrongly set up ends everything with its words. A child whose
supervisor is killed ends by itself.
"""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from bindeledd.foundation.errors import Misconfigured, PortTaken
from bindeledd.foundation.texts import t

# What a child leaves with when the installation is wrongly set up (sysexits: EX_CONFIG).
WRONG_SETUP = 78
# And when its address is taken (EX_UNAVAILABLE): the end of everything at the first start only.
TAKEN = 69
# By which a child knows its supervisor, and where it says what is wrong: one line, said once.
SUPERVISED = "BINDELEDD_SUPERVISOR"
SAYS = "BINDELEDD_SUPERVISOR_SAYS"
_REST = (0.2, 1.0, 5.0, 15.0, 60.0)
_STEADY = 60.0
_LOOK = 0.2
_ORPHAN = 1.0
_LONGEST = 65536


@dataclass
class Child:
    """One process that has to be there. `start_at` is when it may be started, by `seconds()`."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    deaths: int = 0
    heard: int = -1

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "bindeledd.cli", self.name]

    def start(self, environment: Mapping[str, str], at: float) -> None:
        """Start it; what it says of a wrong setup is read from `heard` once it has ended."""
        self.started = at
        self.heard, says = os.pipe()
        own = {SUPERVISED: str(os.getpid()), SAYS: str(says)}
        self.process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            self.command, env={**environment, **own}, pass_fds=(says,)
        )
        os.close(says)

    def ended(self) -> int | None:
        """With which code it has ended since it was started; None while it runs or rests."""
        code = None if self.process is None else self.process.poll()
        if code is not None:
            self.process = None
            if code in (WRONG_SETUP, TAKEN):
                click.echo(
                    os.read(self.heard, _LONGEST).decode(errors="replace"), err=True, nl=False
                )
            os.close(self.heard)
        return code

    def rest(self, at: float) -> float:
        """How long it rests before it is started again: longer the more often it died at once."""
        if at - self.started > _STEADY:
            self.deaths = 0
        self.deaths += 1
        rest = _REST[min(self.deaths, len(_REST)) - 1]
        self.start_at = at + rest
        return rest


@dataclass
class Supervisor:
    """Keeps web and worker running until it is told to stop. No child waits for another."""

    children: list[Child] = field(default_factory=lambda: [Child("web"), Child("worker")])
    stopping: bool = False
    grace: float = 15.0
    seconds: Callable[[], float] = time.monotonic

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        code = 0
        while not self.stopping and not code:
            code = self.look()
            time.sleep(_LOOK)
        self._end()
        return code

    def look(self) -> int:
        """Start what is due, notice what has ended. 1 when a child says it is wrongly set up."""
        for child in self.children:
            ended = child.ended()
            if ended == WRONG_SETUP or (ended == TAKEN and not child.deaths):
                return 1
            at = self.seconds()
            if ended is not None and not self.stopping:
                rest = child.rest(at)
                click.echo(
                    t("commands.run.again", name=child.name, code=ended, rest=f"{rest:g}"), err=True
                )
            elif child.process is None and child.start_at <= at and not self.stopping:
                child.start(os.environ, at)
        return 0

    def _stop(self, *_: Any) -> None:
        self.stopping = True

    def _end(self) -> None:
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        if running and self.stopping:
            click.echo(t("commands.run.stopping"), err=True)
        for process in running:
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + self.grace
        for process in running:
            try:
                process.wait(timeout=max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()


def end_with_supervisor() -> None:
    """A child ends when its supervisor is gone, however that ended: nobody is left behind."""
    supervisor = os.environ.pop(SUPERVISED, "")
    if not supervisor.isdigit():
        return

    def watch() -> None:
        while os.getppid() == int(supervisor):
            time.sleep(_ORPHAN)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="supervisor").start()


def supervise() -> int:
    """Run web and worker until stopped. 0 when told to stop, 1 when wrongly set up."""
    return Supervisor().run()


@click.command()
def run() -> None:
    """Run web, API and worker on this machine, until it is stopped."""
    sys.exit(supervise())


@click.command()
def web() -> None:
    """Run the web and the API only."""
    with _importing():
        from bindeledd.serving import serve

    _or_wrong_setup(serve)


@click.command()
def worker() -> None:
    """Run the worker only: alerts, sending, roll call, duty and the watched folder."""
    with _importing():
        from bindeledd.installation import (
            gather,
            insist_ready,
            open_site,
            read_settings,
            watched_folder,
        )
        from bindeledd.worker import create_worker

    def work() -> None:
        settings = read_settings()
        database = open_site(settings)
        gathered = gather(settings)
        insist_ready(settings, database, gathered)
        intake = watched_folder(settings, database, gathered)
        create_worker(settings, database=database, gathered=gathered, intake=intake).run()

    _or_wrong_setup(work)


@contextmanager
def _importing() -> Iterator[None]:
    """What is imported stays for good: it is not searched for garbage, then or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _or_wrong_setup(call: Any) -> None:
    says = os.environ.pop(SAYS, "")
    end_with_supervisor()
    try:
        call()
    except Misconfigured as wrong:
        line = t("commands.root.wrong", wrong=wrong) + "\n"
        if says.isdigit():
            os.write(int(says), line.encode()[:_LONGEST])
        else:
            click.echo(line, err=True, nl=False)
        sys.exit(TAKEN if isinstance(wrong, PortTaken) else WRONG_SETUP)
