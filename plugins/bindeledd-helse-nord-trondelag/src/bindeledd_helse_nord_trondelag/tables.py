"""Half a year for the quality committee: what deviated, by month and team. Nobody is in it."""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_SHOWN = {
    "tasks.late": "For sent eller ikke gjort",
    "event.gate_breached": "Krav brutt",
    "event.closing_requested.over": "Bedt avsluttet selv om noe manglet",
    "event.task_moved_later": "Frister flyttet",
    "event.appointment_missed": "Timer ikke møtt",
    "event.left_before_assessment": "Gikk før vurdering",
}
_WORDS = (
    "De siste seks hele månedene, til utvalgets møte. Antall hendelser og oppgaver, ikke personer. Klager og "
    "tilsyn registreres ikke her."
)


def open_half_year(_opening: Opening) -> Callable[[Numbers], Table]:
    return lambda numbers: table_of(numbers, _SHOWN, places=("Måned", "Team"), words=_WORDS)
