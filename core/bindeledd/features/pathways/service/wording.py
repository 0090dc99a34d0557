"""Routines in words: what stands in the tables of the commands."""

from collections.abc import Mapping

from bindeledd.features.pathways.domain import Book, Due
from bindeledd.features.pathways.domain.explaining import Field, plain
from bindeledd.features.pathways.domain.simulating import Simulated
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.texts import said_of, t, texts


def owed_words(book: Book, kind: str, step_key: str) -> str:
    """What a task is owed for, beside its kind: a rule's own title, or which of several calls."""
    own = said_of(book.step_titles.get(step_key, {}))
    if own or kind != "call_patient":
        return own
    found = texts().find(f"pathways.steps.{step_key}")
    return found if isinstance(found, str) else ""


def task_words(kind: str) -> str:
    """A task in words; a pack's own kind, whose title stands in its file, by its code."""
    found = texts().find(f"tasks.kinds.{kind}")
    return found if isinstance(found, str) else kind


def owner_words(owner: str) -> str:
    if owner.startswith("team:"):
        return t("pathways.owners.team", name=owner.removeprefix("team:"))
    return t(f"pathways.owners.{owner}")


def due_words(due: Due) -> str:
    """When it is due, in words: «innen 3 dager (kalenderdager)»."""
    count = t(f"pathways.counts.{due.count}")
    opens = period_words(due.opens) if due.opens is not None else ""
    within = period_words(due.within)
    return t(f"pathways.forms.{due.form}", within=within, opens=opens, count=count)


def period_words(period: Period) -> str:
    """A period in words: «1 dag», «2 timer 30 minutter»."""
    hours, minutes = divmod(int(period.time.total_seconds()) // 60, 60)
    parts = (("days", period.days), ("hours", hours), ("minutes", minutes))
    said = [t(f"pathways.periods.{name}", count=number) for name, number in parts if number]
    return " ".join(said) or t("pathways.periods.none")


def reason_words(simulated: Simulated) -> str:
    """Why it is due then, in words: the rule, what was moved, and whether it is ours."""
    said = [due_words(simulated.due), t(f"pathways.moved.{simulated.reason['moved']}")]
    if simulated.reason["late"]:
        said.append(t("pathways.moved.late"))
    if simulated.default:
        said.append(t("pathways.moved.ours"))
    return ". ".join(part.rstrip(".").capitalize() for part in said) + "."


# --- fields ---------------------------------------------------------------------------------------


def step_words(key: str, title: Mapping[str, str] | None = None) -> str:
    """What a step or gate is called: its own title, the core's word for it, else its key."""
    found = texts().find(f"pathways.steps.{key}")
    return said_of(title or {}) or (found if isinstance(found, str) else key)


def value_words(name: str, value: object) -> str:
    """A field's value in words."""
    if isinstance(value, Due):
        return due_words(value)
    if isinstance(value, bool):
        return t(f"pathways.yes_no.{'yes' if value else 'no'}")
    if isinstance(value, Mapping):
        return "; ".join(f"{fact}: {' · '.join(sorted(some))}" for fact, some in value.items())
    if name == "owner":
        return owner_words(str(value))
    if name == "strength":
        return t(f"pathways.strength.{value}")
    if name == "task":
        return task_words(str(value))
    found = plain(value)
    return " · ".join(found) if isinstance(found, list) else str(found)


def place_words(field: Field | None) -> str:
    """Which level said it, and on which line of which file."""
    return "" if field is None else f"{t(f'pathways.levels.{field.level}')}, {field.said_by}"


def why_words(field: Field) -> str:
    """On what basis, whether the site has to confirm it, and the reason of a layer."""
    basis = field.basis
    said = [f"{t(f'pathways.basis.{basis.kind}')}: {basis.source}"]
    if field.to_confirm:
        said.append(t("pathways.explain.confirm"))
    if field.reason:
        said.append(t("pathways.explain.reason", reason=field.reason))
    for was in field.before:
        shown = value_words(field.name, was.value)
        level = t(f"pathways.levels.{was.level}")
        said.append(t("pathways.explain.was", value=shown, level=level, said_by=was.said_by))
    return ". ".join(part.rstrip(".") for part in said) + "."
