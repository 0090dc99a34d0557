"""Running it: `run` supervises web and worker on one machine; `web` and `worker` run one of them.

The supervisor imports next to nothing, so that the children start at once; a child that dies is
started again, one that says it is wrongly set up ends everything with its words.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from bindeledd.foundation.errors import Misconfigured

# What a child leaves with when the installation is wrongly set up (sysexits: EX_CONFIG).
WRONG_SETUP = 78
_REST = (0.2, 1.0, 5.0, 15.0, 60.0)
_STEADY = 60.0


@dataclass
class Child:
    """One process that has to be there."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0

    def start(self, environment: Mapping[str, str]) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-m", "bindeledd.cli", self.name], env=dict(environment)
        )

    def rest(self) -> float:
        """How long to wait before it is started again: longer the more often it died at once."""
        if time.monotonic() - self.started > _STEADY:
            self.deaths = 0
        self.deaths += 1
        return _REST[min(self.deaths, len(_REST)) - 1]


@dataclass
class Supervisor:
    """Keeps web and worker running until it is told to stop."""

    children: list[Child] = field(default_factory=lambda: [Child("web"), Child("worker")])
    stopping: bool = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for child in self.children:
            child.start(os.environ)
        code = 0
        while not self.stopping:
            code = self._look()
            if code:
                break
            time.sleep(0.2)
        self._end()
        return code

    def _look(self) -> int:
        for child in self.children:
            ended = None if child.process is None else child.process.poll()
            if ended is None:
                continue
            if ended == WRONG_SETUP:
                return 1
            if self.stopping:
                return 0
            rest = child.rest()
            click.echo(f"{child.name} stanset ({ended}); startes igjen om {rest:g} s", err=True)
            time.sleep(rest)
            child.start(os.environ)
        return 0

    def _stop(self, *_: Any) -> None:
        self.stopping = True

    def _end(self) -> None:
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def supervise() -> int:
    """Run web and worker until stopped. 0 when told to stop, 1 when wrongly set up."""
    return Supervisor().run()


@click.command()
def run() -> None:
    """Kjør nett, API og arbeider på denne maskinen, til den stanses."""
    sys.exit(supervise())


@click.command()
def web() -> None:
    """Kjør bare nett og API."""
    from bindeledd.serving import serve

    _or_wrong_setup(serve)


@click.command()
def worker() -> None:
    """Kjør bare arbeideren: varsler, utsending, daglig oversikt, vakt og innboksmappe."""
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


def _or_wrong_setup(call: Any) -> None:
    try:
        call()
    except Misconfigured as wrong:
        click.echo(f"Feil: {wrong}", err=True)
        sys.exit(WRONG_SETUP)
