"""Routines in words: what stands in the tables of the commands and on the pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bindeledd.features.pathways.domain import (
    Basis,
    BasisKind,
    Book,
    Due,
    Gate,
    Ground,
    Layer,
    Step,
)
from bindeledd.features.pathways.domain.bases import unread
from bindeledd.features.pathways.domain.explaining import Field, confirming, paper_said, plain
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.past import STEP, TASK
from bindeledd.features.pathways.domain.simulating import Simulated
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.periods import says_it
from bindeledd.foundation.spelling import word
from bindeledd.foundation.texts import language, said_of, t, texts


def owed_words(book: Book, kind: str, step_key: str) -> str:
    """What a task is owed for, beside its kind: a rule's own title, or which of several rules that
    make tasks of this kind (calls, assessments)."""
    own = said_of(book.step_titles.get(step_key) or book.past.of(STEP, step_key))
    if own or kind not in book.told_apart:
        return own
    gate, core = book.gates_at.get(step_key), step_key.startswith("core.")
    place = f"pathways.{step_key}" if core else f"pathways.steps.{step_key}"
    found = texts().find(f"pathways.gates.{gate}" if gate else place)
    return found if isinstance(found, str) else ""


def gate_words(book: Book, key: object) -> list[str]:
    """The gate that an event tells of, if it does: a breach says what was not in place."""
    if not isinstance(key, str):
        return []
    own = f"gate.{key}"
    kind = book.step_tasks.get(own) or book.past.made(own)
    title = book.step_titles.get(own) or book.past.of(STEP, own)
    return [step_words(key, title, task=kind, book=book)]


def task_words(kind: str, book: Book | None = None) -> str:
    """A task in words; a pack's own kind by the title of its file, which the book knows. Where the
    pack is gone that is said, with what it called it; by its code where nobody knows."""
    found = texts().find(f"tasks.kinds.{kind}")
    if isinstance(found, str):
        return found
    if book is None:
        return kind
    own = said_of(book.task_titles.get(kind, {}))
    return own or t("tasks.packs.gone", kind=said_of(book.past.of(TASK, kind), kind))


def owner_words(owner: str) -> str:
    if owner.startswith("team:"):
        return t("pathways.owners.team", name=owner.removeprefix("team:"))
    return t(f"pathways.owners.{owner}")


def due_words(due: Due) -> str:
    """When it is due, in words: «innen 3 dager (kalenderdager)», «innen 2 timer»."""
    counted = (
        "" if says_it(due.count, str(due.within)) else f" ({t(f'pathways.counts.{due.count}')})"
    )
    opens = period_words(due.opens) if due.opens is not None else ""
    within = period_words(due.within)
    form = f"{due.form}_later" if due.form == "end_of_day" and due.within else due.form
    return t(f"pathways.forms.{form}", within=within, opens=opens, counted=counted)


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
    if simulated.unread:
        said.append(t("pathways.moved.unread", source=simulated.unread))
    elif simulated.default:
        said.append(t("pathways.moved.ours"))
    return ". ".join(part[:1].upper() + part[1:].rstrip(".") for part in said) + "."


# --- fields ---------------------------------------------------------------------------------------


def step_words(
    key: str, title: Mapping[str, str] | None = None, *, task: str = "", book: Book | None = None
) -> str:
    """What a step or gate is called: its own title, the core's word for it, what its kind of
    `task` is called, else its key."""
    found = texts().find(f"pathways.steps.{key}")
    named = found if isinstance(found, str) else task and task_words(task, book)
    return said_of(title or {}) or named or key


def value_words(name: str, value: object, book: Book | None = None) -> str:
    """A field's value in words; what only a pack knows, by the labels that the book has of it."""
    if isinstance(value, Due):
        return due_words(value)
    if isinstance(value, bool):
        return t(f"pathways.yes_no.{'yes' if value else 'no'}")
    if name in ("title", "help") and isinstance(value, Mapping):
        return said_of(value)
    if isinstance(value, Mapping):
        return "; ".join(asked_words(fact, some, book) for fact, some in value.items())
    if name == "owner":
        return owner_words(str(value))
    if name == "strength":
        return t(f"pathways.strength.{value}")
    if name == "after_death":
        return t(f"pathways.after_deaths.{value or 'by_kind'}")
    if name == "task":
        return task_words(str(value), book)
    found = plain(value)
    every = [str(one) for one in found] if isinstance(found, list) else [str(found)]
    return " · ".join(word("cases.events", one) if name in _EVENTS else one for one in every)


def fact_words(fact: str, book: Book | None = None) -> str:
    """What a fact is called: the label of the pack that asks for it, else our own word."""
    own = _field(fact, book)
    return word("pathways.facts", fact) if own is None else said_of(own.label, fact)


def asked_words(fact: str, values: Iterable[str], book: Book | None = None) -> str:
    """What a condition asks of a fact: «Er tilsynet utført? Ja», «Forgiftning: ja»."""
    label = fact_words(fact, book)
    answers = " · ".join(_answer(fact, value, book) for value in sorted(values))
    return f"{label} {answers}" if label.endswith("?") else f"{label}: {answers}"


def _answer(fact: str, value: str, book: Book | None) -> str:
    own = _field(fact, book)
    if own is not None:
        labels = (said_of(one.label, value) for one in own.options if one.value == value)
        return next(labels, value)
    table = _ANSWERS.get(fact, "pathways.yes_no")
    return word(table, value)


def _field(fact: str, book: Book | None) -> CaseField | None:
    return None if book is None else next((one for one in book.fields if one.key == fact), None)


# Fields of a rule whose values are kinds of events.
_EVENTS = frozenset({"after", "at", "need", "satisfied_by"})
# Where the answers to the core's own facts have their words; else they are yes and no.
_ANSWERS = {
    "index_kind": "cases.index_kinds",
    "setting": "pathways.settings",
    "receiver_kind": "casefile.receiver_kinds",
    "contact_consent": "casefile.consents",
    "cover": "casefile.covers",
    "bereaved": "casefile.bereaved_answers",
    "channel": "contacts.channels",
    "plan_relatives": "plans.relatives",
    "taken_over_by": "pathways.takers",
}


def default_words(owed: Step | Gate) -> str:
    """Whether rule or deadline has to be confirmed: ours, or from a source that nobody has read."""
    what = confirming(owed)
    basis = owed.basis if what == "rule" else owed.deadline_basis
    if what != "nothing" and unread(basis):
        return t("pathways.default.unread", source=unread(basis))
    return t(f"pathways.default.{what}")


def place_words(field: Field | None) -> str:
    """Which level said it, and on which line of which file."""
    return "" if field is None else f"{t(f'pathways.levels.{field.level}')}, {field.said_by}"


def basis_words(basis: Basis) -> str:
    """What something rests on: its kind and source; what is ours beside which text it stands."""
    kind = t(f"pathways.basis.{basis.kind}")
    if basis.kind is not BasisKind.DEFAULT:
        return f"{kind}: {basis.source}"
    if basis.source.strip() in ("", "Bindeledd"):
        return kind
    return t("pathways.basis.default_beside", source=basis.source)


def note_words(basis: Basis) -> str:
    """What the file notes beside the source; notes are written in English."""
    return basis.note if language() == "en" else ""


def source_words(basis: Basis) -> str:
    """What something rests on, and whether anybody has read it in the text in force."""
    said = basis_words(basis)
    return t("pathways.default.unread", source=said) if unread(basis) else said


def ground_words(ground: Ground) -> str:
    """What a ground of sharing rests on, and whether what was shared is looked at afterwards."""
    said = [source_words(ground.basis), note_words(ground.basis)]
    if ground.reviewed:
        said.append(t("pathways.grounds.reviewed"))
    return ". ".join(part.rstrip(".") for part in said if part) + "."


def why_words(field: Field, book: Book | None = None) -> str:
    """On what basis, whether the site has to confirm it, and the reason of a layer."""
    basis = field.basis
    said = [source_words(basis)]
    if note_words(basis):
        said.append(note_words(basis))
    if field.to_confirm:
        said.append(t("pathways.explain.confirm"))
    if field.reason:
        said.append(t("pathways.explain.reason", reason=field.reason))
    for was in field.before:
        shown = value_words(field.name, was.value, book)
        level = t(f"pathways.levels.{was.level}")
        said.append(t("pathways.explain.was", value=shown, level=level, said_by=was.said_by))
    return ". ".join(part.rstrip(".") for part in said) + "."


def agreement_words(
    receivers: Sequence[str], layers: Iterable[Layer], today: date
) -> Iterator[str]:
    """With whom something is agreed, and what of it was signed."""
    if receivers:
        yield t("pathways.explain.agreements", to=", ".join(receivers))
    for layer in layers:
        said = paper_said(layer, today)
        if said:
            ended = "ended" if said["ended"] else "signed"
            words = {name: said[name] or "–" for name in ("reference", "begins", "ends")}
            yield t(f"pathways.explain.agreement_{ended}", layer=layer.key, **words)
