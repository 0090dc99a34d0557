"""Who was offered a coordinator and an individual plan, and what came of it: answers counted, nobody named."""

from collections.abc import Callable

from bindeledd.plugin.working import Numbers, Opening, Table, table_of

# What came of the offer, by the value of the answer.
ANSWERS = {
    "accepted": "tilbudt og tatt imot",
    "has_one": "har fra før",
    "declined": "tilbudt, ikke ønsket",
    "not_yet": "ikke tilbudt ennå",
}
_ASKED = {"kv_coordinator": "Koordinator", "kv_individual_plan": "Individuell plan"}
_SHOWN = {
    f"answer.{field}.{value}": f"{label}: {said}"
    for field, label in _ASKED.items()
    for value, said in ANSWERS.items()
}
_WORDS = (
    "Antall svar, ikke antall personer: den som svarte «ikke tilbudt ennå» og senere «tilbudt», står to ganger. "
    "Hvor mange som har rett til det, sier tallene ikke; det vurderes for hver enkelt."
)


def open_offered(_opening: Opening) -> Callable[[Numbers], Table]:
    return lambda numbers: table_of(numbers, _SHOWN, places=("Måned", "Team"), words=_WORDS)
