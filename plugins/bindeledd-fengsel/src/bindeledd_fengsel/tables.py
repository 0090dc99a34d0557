"""A table of follow-ups begun in prison: counts of the core, by the kind of unit where they began.

What is too small to be said stays unsaid; no sum and no share is worked out by which it could be known.
"""

from collections.abc import Callable
from dataclasses import replace

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_BEGUN = "begun_in.prison_health"
_SHOWN = {
    _BEGUN: "Oppfølginger begynt i fengsel",
    "task.fp_plan.in_time": "Tiltaksplan avklart i tide",
    "task.fp_plan.late": "Tiltaksplan for sent",
}
_WORDS = (
    "Oppfølginger her, ikke selvmordsforsøk i fengsel: de som ikke følges opp her, telles ikke."
)


def open_begun(_opening: Opening) -> Callable[[Numbers], Table]:
    return _table


def _table(numbers: Numbers) -> Table:
    """One row for each month and team: what began in prison, and the plans that this pack asks for.

    A team that took over somebody from prison has its plans here, and nothing else of its own.
    """
    theirs = replace(numbers, counts=tuple(one for one in numbers.counts if one.measure in _SHOWN))
    return table_of(theirs, _SHOWN, places=("Måned", "Team"), words=_WORDS)
