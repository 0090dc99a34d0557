"""Ends a worker that hangs, so that it is started again."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from bindeledd.foundation.logs import log

# A sweep that has not moved for so long hangs: the process ends and is started again.
HANGS_AFTER = 120.0


_HUNG = 70


@dataclass(kw_only=True)
class Watchdog:
    """Ends the process when a sweep has not moved for too long: a hanging worker is a silent one."""

    limit: float = HANGS_AFTER
    seconds: Callable[[], float] = time.monotonic
    end: Callable[[int], None] = os._exit
    _moved: float | None = None

    def begin(self) -> None:
        self._moved = self.seconds()

    def moved(self) -> None:
        """The sweep came a batch further."""
        if self._moved is not None:
            self._moved = self.seconds()

    def done(self) -> None:
        self._moved = None

    def look(self) -> None:
        """Asked every second by a thread of its own."""
        moved = self._moved
        if moved is not None and self.seconds() - moved > self.limit:
            log().critical("worker.hung", job="sweep")
            self.end(_HUNG)
