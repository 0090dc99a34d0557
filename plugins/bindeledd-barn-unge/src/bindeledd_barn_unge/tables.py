"""A table of counts for a review of the offer to the young: tasks, never children.

Every number is one that the core has counted; what is too small to be said stays unsaid, and no share is
worked out by which it could be known.
"""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_SHOWN = {
    "task.bu_assessment.in_time": "Vurderingssamtale i tide",
    "task.bu_assessment.late": "Vurderingssamtale for sent",
    "task.bu_alternative.in_time": "Annet tilbud i tide",
    "task.bu_alternative.late": "Annet tilbud for sent",
    "task.bu_alert.in_time": "Varslet i tide",
    "task.bu_alert.late": "Varslet for sent",
}
_WORDS = "Antall oppgaver, ikke antall barn: ett barn kan telle flere ganger."


def open_review(_opening: Opening) -> Callable[[Numbers], Table]:
    return lambda numbers: table_of(numbers, _SHOWN, places=("Måned", "Team"), words=_WORDS)
