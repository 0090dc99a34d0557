"""A worker that is killed with -9 again and again: `python killing.py URL KILLS SEED SINK`.

Everything is imported once; each worker is a process of its own, forked from here, with its own
connections, and killed at a random moment. One of them dies of itself, just after a message has
left and before that is written down. The last one is let finish. Prints how many were killed while
there was work.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import AddressKind, Message, Outcome, Receipt
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.foundation.db import Database, open_database
from features.reminders.builders import BOOK, DAY, TUESDAY

RULES = Rules(batch=7, claim=5, jitter=0)
FIRST = TUESDAY + DAY
# Killed while working: the children go on from day to day, so that there is always something due.
LAST_DAY = 400


class Telling(Deliverer):
    """Tells the sink which deliveries a message stands for, which no real channel hears."""

    def _message(self, member_id, claims, waiting):
        made = super()._message(member_id, claims, waiting)
        self.channels[0].ids[made.key] = " ".join(claim.id.hex for claim in claims)
        return made


class Sink:
    """Appends one line for each message: what left the process before it died.

    `dies_after`: its own process is killed as soon as one message has left.
    """

    key = "email"
    leaves_machine = False
    address = AddressKind.EMAIL
    receipt_within = None

    def __init__(self, file: Path, dies_after: bool = False) -> None:
        self.file, self.dies_after = file, dies_after
        self.ids: dict[str, str] = {}

    def send(self, alert: Message) -> Receipt:
        time.sleep(0.01)  # on its way, like any real message: many die in the middle of it
        with self.file.open("a") as out:
            out.write(f"{self.ids[alert.key]}\n")
        if self.dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return Receipt(outcome=Outcome.SENT)


def work(database: Database, sink: Sink, days: int) -> None:
    """From the last day that was swept to its end (the heartbeat says so), `days` further."""
    with database.transaction() as session:
        last = queries.heartbeat(session)
    at: datetime = last.at if last else FIRST
    for _ in range(days):
        one_day(database, sink, at)
        at += DAY


def one_day(database: Database, sink: Sink, at: datetime) -> None:
    moments = iter([at] * 10_000)
    jobs.sweep(database, BOOK, rules=RULES, clock=lambda: next(moments), channels=["email"])
    runner = Telling(
        database, [sink], "https://b.example", RULES, lambda: at + timedelta(seconds=1)
    )
    runner.run()


def die_between(database: Database, file: Path) -> bool:
    """A worker is killed just after a message has left, and the next day is worked to its end.

    Then its lease is over, and what it sent is said again; what the next rungs say to whoever has
    been told of that round is stopped. False where nothing killed it.
    """
    child = os.fork()
    if child == 0:
        work(database, Sink(file, dies_after=True), LAST_DAY)
        os._exit(0)
    died = was_killed(child)
    work(database, Sink(file), 2)
    database.engine.dispose()
    return died


def was_killed(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def main(url: str, kills: int, seed: int, file: Path) -> int:
    chance = random.Random(seed)  # noqa: S311
    database = open_database(url)
    work(database, Sink(file), 1)  # compiled once and inherited: children die at work, not at it
    database.engine.dispose()
    killed = int(die_between(database, file))
    for _ in range(kills - 1):
        child = os.fork()
        if child == 0:
            work(database, Sink(file), LAST_DAY)
            os._exit(0)
        time.sleep(chance.uniform(0.02, 0.25))
        os.kill(child, signal.SIGKILL)
        killed += was_killed(child)
    work(database, Sink(file), 2)
    database.close()
    return killed


if __name__ == "__main__":
    address, number, start, file = sys.argv[1:]
    print(main(address, int(number), int(start), Path(file)))
