"""A table of how discharges go: what was in place in time and what was not, counted by the core.

What is too small to be said stays unsaid (the site's setting), and no share is worked out by which it could
be known. Which indicators: a choice of this pack; the authority's proposal of 2022 was not seen.
"""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_SHOWN = {
    "event.discharged": "Utskrevet",
    "task.send_summary.late": "Epikrise for sent",
    "task.name_receiver.late": "Mottaker for sent",
    "task.give_appointment.late": "Time for sent",
    "task.offer_plan.in_time": "Plan i tide",
    "task.offer_plan.late": "Plan for sent",
    "task.hf_told.in_time": "Kommunen visste i tide",
    "task.hf_told.late": "Kommunen visste for sent",
    "task.hf_contact.late": "Kontaktperson for sent",
    "event.handover_accepted": "Overføringer tatt imot",
}
_WORDS = (
    "Antall hendelser og oppgaver, ikke personer. En oppgave finnes bare der noe manglet ved utskrivningen: "
    "det som var på plass, teller ikke. Hva som følges med på, er et utvalg som stedet bekrefter."
)


def open_discharges(_opening: Opening) -> Callable[[Numbers], Table]:
    return lambda numbers: table_of(numbers, _SHOWN, places=("Måned", "Team"), words=_WORDS)
