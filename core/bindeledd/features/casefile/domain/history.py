"""A long history is read part by part: the newest first, and how many are older."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from bindeledd.features.casefile.domain.shown import Happened

# So many lines stand at a time.
LENGTH = 20


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some lines of a history, the newest first, and how many are `older` than the last of them."""

    lines: tuple[Happened, ...]
    older: int

    @property
    def last(self) -> UUID:
        """The line that the next part begins behind."""
        return self.lines[-1].id


def part_of(history: Sequence[Happened], *, before: UUID | None = None) -> Part | None:
    """The newest lines, or those behind `before`; None where that line is not in the history."""
    lines = tuple(_each_once(history))
    begins = 0
    if before is not None:
        places = [place for place, one in enumerate(lines, 1) if one.id == before]
        if not places:
            return None
        begins = places[0]
    return Part(lines=lines[begins : begins + LENGTH], older=max(len(lines) - begins - LENGTH, 0))


def _each_once(history: Sequence[Happened]) -> Iterator[Happened]:
    """Without what the line above says already: one message that told of several things."""
    above: Happened | None = None
    for one in history:
        same = above is not None and (above.kind, above.at) == (one.kind, one.at)
        if not (same and one.kind == "message_received"):
            yield one
        above = one
