"""Whether a step or gate reaches out to the person: it says so, or what it owes says it for it."""

from collections.abc import Iterable

from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.pathways.domain.words import ANSWERED, REACHING, TASKS

DEATHS = frozenset({"death_reported", "death_confirmed"})
# What is done only by turning to the person or the relatives. Of the first two one may also be what
# happens beside the rule: then the rule says which it is.
_SPOKEN = frozenset({"reached", "contact_attempted"})
_ASKED = frozenset(
    {
        "appointment_confirmed",
        "children_asked",
        "contact_consent_asked",
        "declined",
        "interpreter_asked",
        "number_verified",
        "plan_offered",
        "relatives_asked",
    }
)


def read_contact(table: Table, anchor: str, ends: Iterable[str]) -> bool:
    """Whether a reported death ends it at once, as what reaches out is ended.

    What cannot be anything else is taken as said, and may not be denied. What an answer of the
    file's own does is known by nobody else: it is said. What is owed because somebody has died is
    owed to others.
    """
    said = table.flag("contact")
    if anchor in DEATHS:
        return said
    ends = frozenset(ends)
    always = "letter" in table.content or str(table.content.get("task")) in REACHING
    if always or (ends and ends <= _SPOKEN | _ASKED):
        if table.content.get("contact") is False:
            table.wrong("contact", "pathways.contact_denied")
        return True
    if ends & _SPOKEN and "contact" not in table.content:
        table.wrong("contact", "pathways.contact_unsaid", events=", ".join(sorted(ends & _SPOKEN)))
    elif _only_the_file_knows(table, ends):
        table.wrong("contact", "pathways.contact_of_answer")
    return said


def _only_the_file_knows(table: Table, ends: frozenset[str]) -> bool:
    """An answer does a task of the file's own, and nothing says whether it reaches out.

    What stands after a death has said that it does not.
    """
    if str(table.content.get("task")) in TASKS or ANSWERED not in ends:
        return False
    stands = table.content.get("after_death") == AfterDeath.STANDS
    return "contact" not in table.content and not stands
