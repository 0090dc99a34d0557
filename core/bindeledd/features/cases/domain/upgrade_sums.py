"""What an upgrade comes to over many open cases, step by step."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from bindeledd.features.cases.domain.upgrading import Upgrade
from bindeledd.features.tasks.domain import Task

PARTS = (
    "earlier",
    "later",
    "new",
    "overdue_now",
    "ruleless",
    "blocks",
    "strength",
    "owner",
    "gates",
)


@dataclass(kw_only=True)
class Sums:
    """What an upgrade comes to over all open cases; `steps`: the same for each step or gate.

    `strengths`: from what to what, for each step or gate whose open tasks get another one. `stays`:
    in how many follow-ups each layer of stays elsewhere gives way to another.
    """

    cases: int = 0
    behind: int = 0
    refused: list[UUID] = field(default_factory=list)
    steps: dict[str, Counter[str]] = field(default_factory=dict)
    strengths: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    stays: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, done: Upgrade) -> None:
        """Count one case that is behind."""
        self.behind += 1
        self.stays.update(done.stays)
        self._count("earlier", (moved.task for moved in done.earlier))
        self._count("later", (moved.task for moved in done.later))
        self._count("new", done.changes.new)
        self._count("ruleless", done.ruleless)
        self._count("overdue_now", done.overdue_now)
        self._count("blocks", done.blocks)
        self._count("strength", (task for _, task in done.strength))
        self._count("owner", (task for _, task in done.owner))
        for key in done.gates:
            self._of(f"gate.{key}")["gates"] += 1
        for was, task in done.strength:
            self.strengths.setdefault(task.step_key, set()).add((was.strength, task.strength))

    def _count(self, what: str, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self._of(task.step_key)[what] += 1

    def _of(self, key: str) -> Counter[str]:
        return self.steps.setdefault(key, Counter())

    def total(self, what: str) -> int:
        """How many in all of one of `PARTS`: tasks, and for `gates` a gate of a case."""
        return sum(counts[what] for counts in self.steps.values())

    @property
    def numbers(self) -> dict[str, int]:
        """What a script may rely on."""
        return {
            "cases": self.cases,
            "behind": self.behind,
            **{part: self.total(part) for part in PARTS},
            "refused": len(self.refused),
        }
