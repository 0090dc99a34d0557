"""A table of follow-ups begun in prison: counts of the core, of teams that owe what this pack asks.

What is too small to be said stays unsaid; no sum and no share is worked out by which it could be known.
"""

from collections.abc import Callable
from dataclasses import replace

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_SHOWN = {
    "opened": "Oppfølginger begynt",
    "task.fp_plan.in_time": "Tiltaksplan avklart i tide",
    "task.fp_plan.late": "Tiltaksplan for sent",
}
_WORDS = (
    "Oppfølginger her, ikke selvmordsforsøk i fengsel: de som ikke følges opp her, telles ikke."
)


def open_begun(_opening: Opening) -> Callable[[Numbers], Table]:
    return _table


def _table(numbers: Numbers) -> Table:
    """One row for each month and team of the prison health service: it had a task of this pack."""
    prison = {one.team for one in numbers.counts if one.measure.startswith("task.fp_")}
    theirs = replace(numbers, counts=tuple(one for one in numbers.counts if one.team in prison))
    return table_of(theirs, _SHOWN, places=("Måned", "Team"), words=_WORDS)
