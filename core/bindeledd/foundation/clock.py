"""The clock. Asked at the edge only (views, jobs, commands); everything below takes `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC, with its zone."""
    return datetime.now(UTC)
