"""Structured logs: one JSON object a line, known keys only, nothing of a patient."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "request_id",
        "method",
        "route",
        "status",
        "took_ms",
        "actor_kind",
        "code",
        "constraint",
        "job",
        "count",
        "worker",
        "error",
        "where",
        "line",
        "facts_ids",
        "channel",
        "attempts",
        "dialect",
        "version",
        "environment",
    ]
)


class Log:
    """Writes lines on standard error: each whole, whoever else writes at the same time."""

    def __init__(self, level: int = logging.INFO) -> None:
        self.level = level
        self._lock = threading.Lock()

    def log(self, level: int, event: str, **said: object) -> None:
        """One line. A key that is not on the list is dropped: a new key is a decision."""
        if level < self.level:
            return
        told = {"event": event} | {key: said[key] for key in said if key in ALLOWED}
        told["level"] = logging.getLevelName(level).lower()
        told["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = json.dumps(told, default=repr)
        with self._lock:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    def info(self, event: str, **said: object) -> None:
        self.log(logging.INFO, event, **said)

    def warning(self, event: str, **said: object) -> None:
        self.log(logging.WARNING, event, **said)

    def error(self, event: str, **said: object) -> None:
        self.log(logging.ERROR, event, **said)

    def critical(self, event: str, **said: object) -> None:
        self.log(logging.CRITICAL, event, **said)


class Library(logging.Handler):
    """What a library logs, as one of our lines: who spoke and of what kind, never its words.

    Libraries put values into their words, and a value may be a patient's. Of the web server the
    sentence is told as it stands in its source, with the places of the values: no value.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        said = {"code": str(record.msg)} if record.args and record.name in _SENTENCES else {}
        log().log(
            record.levelno,
            "library.said",
            where=record.name,
            line=record.lineno,
            error=error.__name__ if error else "",
            **said,
        )


_LOG = Log()
_SENTENCES = frozenset(["gunicorn.error"])


def start_logging(*, level: int = logging.INFO) -> None:
    """JSON lines on standard error, for this process: our own, and what libraries warn of."""
    root = logging.getLogger()
    if not any(isinstance(known, Library) for known in root.handlers):
        root.addHandler(Library(logging.WARNING))
    _LOG.level = level


def log() -> Log:
    """The log of this process."""
    return _LOG
