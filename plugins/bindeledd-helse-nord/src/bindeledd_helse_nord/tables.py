"""Two tables of counts: who dropped out and was met again, and which reviews were held in time.

Every number is one that the core has counted; what is too small to be said stays unsaid. No share is
worked out, by which such a number could be known.
"""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_PLACES = ("Måned", "Team")
_DROP_OUT = {
    "event.appointment_kept": "Timer møtt",
    "event.appointment_missed": "Timer ikke møtt",
    "task.respond_to_missed_appointment.in_time": "Nådd igjen i tide",
    "task.respond_to_missed_appointment.late": "Ikke nådd igjen i tide",
    "closed.unreachable": "Avsluttet: ikke nådd",
    "closed.declined": "Avsluttet: ønsket ikke",
    "event.reopened": "Åpnet på nytt",
}
_REVIEWS = {
    "task.nord_review.in_time": "Gjennomgått i tide",
    "task.nord_review.late": "Ikke gjennomgått i tide",
    "task.nord_gathering.in_time": "Tatt opp på samling i tide",
    "task.nord_gathering.late": "Ikke tatt opp i tide",
}


def open_drop_out(_opening: Opening) -> Callable[[Numbers], Table]:
    words = (
        "Antall timer, oppgaver og avslutninger, ikke antall personer: én kan telle flere ganger."
    )
    return lambda numbers: table_of(numbers, _DROP_OUT, places=_PLACES, words=words)


def open_reviews(_opening: Opening) -> Callable[[Numbers], Table]:
    words = "Antall gjennomganger etter når de skulle vært holdt. Hva som ble lært, står ikke her."
    return lambda numbers: table_of(numbers, _REVIEWS, places=_PLACES, words=words)
