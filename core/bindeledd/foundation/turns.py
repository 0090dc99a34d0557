"""Taking turns: whoever writes in this process, one after another, in the order of asking.

SQLite lets one write at a time and lets the others try again by chance: among many threads one may
try in vain until it gives up. Here they stand in line, and only the first of them tries.
"""

from collections import deque
from threading import Event, Lock


class Turns:
    """One turn at a time. Whoever asked first is next; a turn that is left goes over at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder: object | None = None
        self._line: deque[tuple[object, Event]] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)

    def take(self, who: object, seconds: float) -> bool:
        """Wait for the turn, so long at most. Whether `who` has it now."""
        with self._lock:
            if self._holder is None:
                self._holder = who
                return True
            mine = (who, Event())
            self._line.append(mine)
        if mine[1].wait(seconds):
            return True
        with self._lock:
            if mine[1].is_set():  # it came in the very moment
                return True
            self._line.remove(mine)
            return False

    def leave(self, who: object) -> None:
        """Give the turn to whoever is next. Nothing where `who` has none."""
        with self._lock:
            if self._holder is not who:
                return
            if not self._line:
                self._holder = None
                return
            self._holder, came = self._line.popleft()
            came.set()
