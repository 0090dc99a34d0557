"""A worker that is killed with -9 again and again: `python killing.py URL KILLS SEED SINK`.

Everything is imported once; each worker is a process of its own, forked from here, with its own
connections, and killed at a random moment. The last one is let finish. Prints how many were
killed while there was work.
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
    """Appends one line for each message: what left the process before it died."""

    key = "email"
    leaves_machine = False
    address = AddressKind.EMAIL
    receipt_within = None

    def __init__(self, file: Path) -> None:
        self.file = file
        self.ids: dict[str, str] = {}

    def send(self, alert: Message) -> Receipt:
        time.sleep(0.01)  # on its way, like any real message: many die in the middle of it
        with self.file.open("a") as out:
            out.write(f"{self.ids[alert.key]}\n")
        return Receipt(outcome=Outcome.SENT)


def work(database: Database, sink: Path, days: int) -> None:
    """From the last day that was swept to its end (the heartbeat says so), `days` further."""
    with database.transaction() as session:
        last = queries.heartbeat(session)
    at: datetime = last.at if last else FIRST
    for _ in range(days):
        one_day(database, sink, at)
        at += DAY


def one_day(database, sink: Path, at: datetime) -> None:
    moments = iter([at] * 10_000)
    jobs.sweep(database, BOOK, rules=RULES, clock=lambda: next(moments), channels=["email"])
    runner = Telling(
        database, [Sink(sink)], "https://b.example", RULES, lambda: at + timedelta(seconds=1)
    )
    runner.run()


def main(url: str, kills: int, seed: int, sink: Path) -> int:
    chance = random.Random(seed)  # noqa: S311
    killed = 0
    database = open_database(url)
    work(database, sink, 1)  # what is compiled once is inherited: children die at work, not at it
    database.engine.dispose()
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            work(database, sink, LAST_DAY)
            os._exit(0)
        time.sleep(chance.uniform(0.02, 0.25))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    work(database, sink, 2)
    database.close()
    return killed


if __name__ == "__main__":
    address, number, start, file = sys.argv[1:]
    print(main(address, int(number), int(start), Path(file)))
