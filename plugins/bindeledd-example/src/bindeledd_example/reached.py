"""A report: how many came home each month, and how many were reached, at each team."""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table

_SHOWN = {
    "event.discharged": "Utskrevet",
    "event.reached": "Nådd",
    "task.call_patient.in_time": "Ringt i tide",
    "task.call_patient.late": "Ikke ringt i tide",
}


def open_report(_opening: Opening) -> Callable[[Numbers], Table]:
    return report


def report(numbers: Numbers) -> Table:
    """One row for each month and team. A number that is too small to be said stays unsaid."""
    counted = {(one.month, one.team, one.measure): one.many for one in numbers.counts}
    places = sorted({(month, team) for month, team, _ in counted})
    return Table(
        columns=("Måned", "Team", *_SHOWN.values()),
        rows=tuple(
            (month, team, *(counted.get((month, team, measure), 0) for measure in _SHOWN))
            for month, team in places
        ),
        words="Antall samtaler, ikke antall personer: én kan være nådd flere ganger.",
    )
