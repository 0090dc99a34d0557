"""What becomes of a rule when a death is confirmed: it ends with the person, or it stands."""

from bindeledd.features.pathways.domain.reading_contact import DEATHS
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.pathways.domain.words import ANSWERED, TASKS


def read_after_death(table: Table, anchor: str, *, contact: bool) -> AfterDeath | None:
    """What the file says, or what holds where it says nothing; None: as the core's own of its kind.

    What a file owes by a kind of its own is owed to the living person, unless it is counted from
    the death itself. What reaches out never stands.
    """
    if "after_death" in table.content:
        said = AfterDeath(table.choice("after_death", list(AfterDeath)))
        if contact and said is AfterDeath.STANDS:
            table.wrong("after_death", "pathways.contact_after_death")
        return said
    own = str(table.content.get("task")) not in TASKS
    return AfterDeath.ENDS if own and not contact and anchor not in DEATHS else None


def insist_said_in_chains(root: Table) -> None:
    """Each rule that is counted from an answer says it, where a rule that stands asks for that answer.

    Else the help to those who are left, or a review, would be asked for once and never go on.
    """
    owed = [*root.tables("step"), *root.tables("gate")]
    asked = {answer for table in owed if _stands(table) for answer in _answers(table, "evidence")}
    for table in owed:
        own = str(table.content.get("task", "")) not in (*TASKS, "")
        reaches = table.content.get("contact") is True
        silent = own and not reaches and "after_death" not in table.content
        if silent and _anchor(table) == ANSWERED and asked & _answers(table, "given"):
            table.call(str(table.content.get("key", "")))
            table.wrong("after_death", "pathways.after_death_unsaid")


def _stands(table: Table) -> bool:
    return table.content.get("after_death") == AfterDeath.STANDS or _anchor(table) in DEATHS


def _anchor(table: Table) -> str:
    return str(table.content.get("after", table.content.get("at")))


def _answers(table: Table, key: str) -> set[tuple[str, str]]:
    """Each answer of a condition, by question; what has another form is told where it is read."""
    said = table.content.get(key)
    if not isinstance(said, dict):
        return set()
    lists = {name: values for name, values in said.items() if isinstance(values, list)}
    return {(name, str(value)) for name, values in lists.items() for value in values}
