"""Structured logs: one JSON object a line, known keys only, nothing of a patient."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

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


def only_known(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Drop every key that is not on the list: a new key is a decision."""
    return {key: value for key, value in event.items() if key in ALLOWED}


class Library(logging.Handler):
    """What a library logs, as one of our lines: who spoke and of what kind, never its words.

    Libraries put values into their words, and a value may be a patient's.
    """

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        log().log(
            record.levelno,
            "library.said",
            where=record.name,
            line=record.lineno,
            error=error.__name__ if error else "",
        )


def start_logging(*, level: int = logging.INFO) -> None:
    """JSON lines on standard error, for this process: our own, and what libraries warn of."""
    root = logging.getLogger()
    if not any(isinstance(known, Library) for known in root.handlers):
        root.addHandler(Library(logging.WARNING))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log() -> Any:
    """The log of this process."""
    return structlog.get_logger()
