"""What was gone through: how many records had what was looked for, and what was put right."""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

_SHOWN = {
    "answer.stavanger_audit.in_place": "Gjennomgått: på plass",
    "answer.stavanger_audit.missing": "Gjennomgått: noe manglet",
    "answer.stavanger_correct.done": "Rettet",
    "answer.stavanger_correct.not_needed": "Ikke noe å rette",
    "task.send_summary.late": "Epikriser for sent",
    "task.give_appointment.late": "Timer for sent",
    "task.offer_plan.late": "Planer for sent",
}
_WORDS = (
    "Antall journaler, aldri hvilke. Utvalget er det lederen har sett gjennom. De tre siste kolonnene gjelder "
    "alle oppfølginger hos teamet, ikke bare utvalget."
)


def open_audit(_opening: Opening) -> Callable[[Numbers], Table]:
    return lambda numbers: table_of(numbers, _SHOWN, places=("Måned", "Team"), words=_WORDS)
