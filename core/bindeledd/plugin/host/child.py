"""The other side: the process in which a plugin's Python runs. `python -m … LINE PARENT`.

It is told what to open and is then asked one thing at a time. Whatever the plugin raises is told
by its kind and its place in the plugin's own code: never by its words, which could be a person's.
"""

import base64
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from bindeledd.features.reports.domain import as_json as table_as_json
from bindeledd.plugin.host import kernel, wire
from bindeledd.plugin.host.granting import close_files
from bindeledd.plugin.host.limits import NotHere, Watch, end_by_itself, limit
from bindeledd.plugin.host.values import Trouble
from bindeledd.plugin.working import (
    Callback,
    Count,
    Message,
    Numbers,
    Opening,
    Receipt,
    Reported,
    Table,
    Unfit,
    Unreadable,
)

_OURS = str(Path(__file__).resolve().parents[1])

# How much longer than the worker a hanging host waits before the kernel ends it.
_LONGER = 5.0
_LOOK = 1.0


class Rubbish(Exception):
    """The plugin gave something else than it promised."""


class Desk:
    """What was opened, by place, and how each thing is asked."""

    def __init__(self, parent: int) -> None:
        self.opened: dict[str, Any] = {}
        self.parent = parent
        self.watch = Watch()
        self.seconds = 60.0

    def answer(self, asked: Mapping[str, Any]) -> Any:
        """The answer to one request, as plain values."""
        does: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "open": self._open,
            "send": self._send,
            "receipts": self._receipts,
            "job": self._job,
            "read": self._read,
            "report": self._report,
        }
        return does[asked["do"]](asked)

    def _open(self, asked: Mapping[str, Any]) -> None:
        start, limits = asked["start"], asked["limits"]
        sys.path[:] = [one for one in start["path"] if one]
        self.seconds = limits["seconds"]
        inside = start["inside"]
        if inside:
            kernel.inside()
        limit(limits["memory_mb"], inside=inside)
        close_files(start, start["run"].values(), own=asked["own"])
        _end_with_parent(self.parent)  # a thread that was there before would be held to nothing
        self.watch.begin(start["closed"], inside=inside)
        for place, run in start["run"].items():
            opening = Opening(
                settings=start["settings"],
                secrets=start["secrets"],
                names=tuple(start["names"]),
                base_url=start["base_url"],
                callback_url=start["callback_urls"].get(place, ""),
            )
            module, _, function = run.partition(":")
            self.opened[place] = getattr(import_module(module), function)(opening)

    def _send(self, asked: Mapping[str, Any]) -> Mapping[str, object]:
        given = self.opened[asked["place"]].send(Message(**asked["message"]))
        if not isinstance(given, Receipt):
            raise Rubbish
        return {
            "outcome": str(given.outcome),
            "reason": given.reason,
            "channel_down": given.channel_down,
            "reference": given.reference,
        }

    def _receipts(self, asked: Mapping[str, Any]) -> list[Mapping[str, object]] | None:
        try:
            given = list(self.opened[asked["place"]].receipts(Callback(**asked["callback"])))
        except Unreadable:
            return None
        if not all(isinstance(one, Reported) for one in given):
            raise Rubbish
        return [
            {"reference": one.reference, "arrival": str(one.arrival), "reason": one.reason}
            for one in given
        ]

    def _job(self, asked: Mapping[str, Any]) -> int:
        given = self.opened[asked["place"]](datetime.fromisoformat(asked["at"]))
        if given is not None and (isinstance(given, bool) or not isinstance(given, int)):
            raise Rubbish
        return given or 0

    def _read(self, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        from bindeledd.features.intake.domain.facts import Message as Facts
        from bindeledd.features.intake.domain.vocabulary import as_json

        try:
            given = self.opened[asked["place"]](base64.b64decode(asked["data"]))
        except Unreadable:
            return None
        if not isinstance(given, Facts):
            raise Rubbish
        return _plain(as_json, given)

    def _report(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        told = asked["numbers"]
        numbers = Numbers(
            since=date.fromisoformat(told["since"]),
            until=date.fromisoformat(told["until"]),
            least=told["least"],
            years=told["years"],
            counts=tuple(Count(**one) for one in told["counts"]),
        )
        given = self.opened[asked["place"]](numbers)
        if not isinstance(given, Table):
            raise Rubbish
        return _plain(table_as_json, given)


def _plain(told: Callable[[Any], Mapping[str, Any]], given: object) -> Mapping[str, Any]:
    """As plain values; what holds something else than it says is rubbish."""
    try:
        return told(given)
    except (TypeError, ValueError, AttributeError, RecursionError):
        raise Rubbish from None


def serve(line: socket.socket, parent: int) -> None:
    """Answer until nobody asks any more."""
    desk = Desk(parent)
    while True:
        try:
            asked = wire.take(line, most=wire.ASKED)
        except (wire.Ended, wire.Broken):
            return
        patience = asked["limits"]["opening_seconds"] if asked["do"] == "open" else desk.seconds
        end_by_itself(patience + _LONGER)
        told = _try(desk, asked)
        end_by_itself(0)
        watch = desk.watch
        told |= {"number": asked["number"], "processes": watch.processes, "closed": watch.closed}
        try:
            wire.put(line, told)
        except wire.Ended:
            return
        except (TypeError, ValueError):
            wire.put(line, {"number": asked["number"], "trouble": Trouble.RUBBISH.value})


def _try(desk: Desk, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": desk.answer(asked)}
    except Unfit as wrong:
        return {"unfit": {**wrong.said, "where": wrong.where}}
    except MemoryError as wrong:
        return _told(Trouble.MEMORY, wrong)
    except Rubbish as wrong:
        return _told(Trouble.RUBBISH, wrong)
    except NotHere as wrong:
        return _told(Trouble.FORKED if desk.watch.processes else Trouble.RAISED, wrong)
    except SystemExit as wrong:
        return _told(Trouble.ENDED, wrong)
    except BaseException as wrong:  # noqa: BLE001 (foreign code: whatever it raises is told)
        return _told(Trouble.RAISED, wrong)


def _told(trouble: Trouble, wrong: BaseException) -> dict[str, Any]:
    """The kind of it, and the last line of the plugin's own that it came through."""
    frames = [
        f"{frame.f_code.co_filename}:{line}"
        for frame, line in traceback.walk_tb(wrong.__traceback__)
        if not frame.f_code.co_filename.startswith((_OURS, "<"))
    ]
    where = frames[-1] if frames else ""
    if (
        isinstance(wrong, SyntaxError) and wrong.filename
    ):  # it stands there, not where it is fetched
        where = f"{wrong.filename}:{wrong.lineno}"
    return {"trouble": trouble.value, "where": where, "error": type(wrong).__name__}


def _end_with_parent(parent: int) -> None:
    """Whoever started this is gone, however that ended: nobody is left behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="parent").start()


def main() -> None:
    """Take the line that was left open for this process, and serve."""
    line, parent = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    sys.argv[:] = ["bindeledd-plugin-host"]
    kernel.end_with(parent)
    kernel.alone()
    serve(line, parent)
    os._exit(0)


if __name__ == "__main__":
    main()
