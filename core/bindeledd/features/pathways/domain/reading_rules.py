"""Reading steps and gates: basis, due time, owner, conditions; every fault with its line."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any
from unicodedata import category

from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.layers import TIGHTENED
from bindeledd.features.pathways.domain.reading_after_death import read_after_death
from bindeledd.features.pathways.domain.reading_contact import read_contact
from bindeledd.features.pathways.domain.reading_due import read_due
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table, listed
from bindeledd.features.pathways.domain.values import (
    Basis,
    BasisKind,
    Due,
    Gate,
    Origin,
    Step,
    Strength,
)
from bindeledd.features.pathways.domain.words import ANSWERED, ENDED, MISSED, OWNERS, Words
from bindeledd.foundation.calendars import Period

VERSION = re.compile(r"\d+(\.\d+)*")
KEY = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")


_COMMON = [
    "key",
    "title",
    "task",
    "due",
    "due_basis",
    "owner",
    "strength",
    "basis",
    "ladder",
    "when",
    "given",
    "evidence",
    "contact",
    "after_death",
    "letter",
    "adjustable",
    "rows",
]


def read_step(table: Table, words: Words) -> Step:
    table.call(str(table.content.get("key", "")))
    table.only(*_COMMON, "after", "satisfied_by")
    after = _anchor(table, "after", words)
    ends = read_ending(table, words)
    return Step(
        key=table.matching("key", KEY, "first-contact"),
        after=after,
        satisfied_by=ends,
        **_common(table, words, after, ends),
    )


def read_gate(table: Table, words: Words) -> Gate:
    table.call(owed_key(table))
    table.only(*_COMMON, "at", "need", "hard")
    at, need = _anchor(table, "at", words), table.choice("need", words.events)
    _says_which(table, "need", [need])
    key = table.matching("key", KEY, "appointment-given") if "key" in table.content else need
    return Gate(
        key=key, at=at, need=need, hard=read_hard(table), **_common(table, words, at, [need])
    )


def _anchor(table: Table, key: str, words: Words) -> str:
    """The event that it is counted from. Whoever names a step there is told by which event that ends."""
    value = table.content.get(key)
    if value == ENDED:
        table.wrong(key, "pathways.after_the_end")
    if not isinstance(value, str) or value in words.events:
        return table.choice(key, words.events)
    ends = table.sheet.ended_by
    step = next(iter(get_close_matches(value, [*ends, *words.events], n=1)), "")
    if step in ends:
        table.wrong(key, "pathways.after_a_step", value=value, step=step, events=ends[step])
        return min(words.events)
    return table.choice(key, words.events)


def read_ending(table: Table, words: Words) -> tuple[str, ...]:
    found = table.choices("satisfied_by", words.events, "events", missing=())
    again = next((one for at, one in enumerate(found) if one in found[:at]), None)
    if again is not None:
        table.wrong("satisfied_by", "pathways.event_twice", event=again)
    _says_which(table, "satisfied_by", found)
    return found


def _says_which(table: Table, key: str, ends: Sequence[str]) -> None:
    """Any answer to anything would do it, where nobody says which; and closing does nothing."""
    if ENDED in ends:
        table.wrong(key, "pathways.done_by_the_end")
    if ANSWERED in ends and not table.content.get("evidence"):
        table.wrong(key, "pathways.which_answer_ends")


def read_given(table: Table, words: Words, anchor: str) -> Condition:
    """Which answer it is counted from: has to be said of an answer, and of nothing else.

    Of every other event a fact may be unknown, and then the rule applies: that is `when`.
    """
    if anchor == ANSWERED and not table.content.get("given"):
        table.wrong("given", "pathways.which_answer_begins")
    elif anchor != ANSWERED and "given" in table.content:
        table.wrong("given", "pathways.given_elsewhere")
        return {}
    return read_condition(table, "given", words)


def read_hard(table: Table) -> bool:
    """Whether a gate knows no exception: that can only be said of what must be."""
    hard = table.flag("hard")
    if hard and table.content.get("strength") != "must":
        table.wrong("hard", "pathways.hard_not_must")
    return hard


# A word of a key that names something to pay.
_TO_PAY = re.compile(
    r"[a-z]*(?:gebyr|faktura|egenandel|invoice)[a-z]*|fees?|bill(?:s|ing)?|copay[a-z]*"
)


def _check_costs_nothing(table: Table, anchor: str) -> None:
    """Whoever did not come is answered, and never sent a bill: a fee is no part of a follow-up."""
    if anchor != MISSED:
        return
    for name in ("key", "task"):
        words = re.split(r"[._-]", str(table.content.get(name, "")))
        found = next((word for word in words if _TO_PAY.fullmatch(word)), None)
        if found is not None:
            table.wrong(name, "pathways.missed_costs", value=table.content[name], word=found)
            return


def _common(table: Table, words: Words, anchor: str, ends: Sequence[str]) -> dict[str, Any]:
    _check_costs_nothing(table, anchor)
    strength, basis = read_strength(table), read_basis(table)
    contact = read_contact(table, anchor, ends)
    if basis is None and strength is Strength.MUST:
        table.wrong("basis", "pathways.must_without_basis")
    elif basis is None:
        table.wrong("basis", "pathways.no_basis")
    return {
        "task": table.choice("task", words.tasks),
        "due": read_due(table, anchor) or Due(within=Period()),
        "due_basis": read_basis(table, "due_basis"),
        "owner": read_owner(table),
        "strength": strength,
        "title": read_words(table, "title") if "title" in table.content else {},
        "basis": basis or Basis(kind=BasisKind.DEFAULT, source=""),
        "ladder": table.text("ladder", "standard"),
        "when": read_condition(table, "when", words),
        "given": read_given(table, words, anchor),
        "evidence": read_condition(table, "evidence", words),
        "contact": contact,
        "after_death": read_after_death(table, anchor, contact=contact),
        "letter": table.matching("letter", KEY, "by-hand") if "letter" in table.content else "",
        "adjustable": frozenset(table.choices("adjustable", TIGHTENED, "fields", missing=())),
        "rows": read_rows(table, words.rows),
        "origin": table.origin(),
        "stands": stands(table),
    }


# The signs of a title, a label or a help; and what is unseen and still part of writing: the soft
# hyphen, the end of a line, the joiners of some scripts.
LONGEST_WORDS, _JOINING = 1_000, frozenset("\u00ad\n\u200c\u200d")
# The languages in which a file may say something of itself.
SPOKEN = ("nb", "nn", "en", "se")


def read_words(table: Table, key: str, missing: str = "pathways.no_norwegian") -> dict[str, str]:
    """Words in several languages; Norwegian is not left out: `missing` says so."""
    inner = table.table(key)
    if inner is None:
        return {}
    inner.only(*SPOKEN)
    found = {language: inner.text(language) for language in inner.content}
    if not found.get("nb"):
        inner.wrong("nb", missing)
    for language, text in found.items():
        _check_shown(inner, language, text)
        if key != "help":
            check_one_line(inner, language, text)
    return found


def _check_shown(table: Table, language: str, text: str) -> None:
    """Whether it can stand in a list and on a page as it was meant."""
    if not text.strip() and (text or language != "nb"):
        table.wrong(language, "pathways.words_blank")
    if len(text) > LONGEST_WORDS:
        table.wrong(language, "pathways.letter_long", signs=len(text), most=LONGEST_WORDS)
    if any(category(sign) in ("Cc", "Cf") and sign not in _JOINING for sign in text):
        table.wrong(language, "pathways.words_unseen")


def check_one_line(table: Table, language: str, text: str) -> None:
    """Titles and labels stand in lists and headings: a line each. A help may have several."""
    if "\n" in text:
        table.wrong(language, "pathways.words_lines")


def stands(table: Table) -> dict[str, Origin]:
    """On which line each field stands that was written."""
    return {name: table.sheet.origin(table.line(name)) for name in table.content}


def read_strength(table: Table) -> Strength:
    return Strength(table.choice("strength", [str(value) for value in Strength], "should"))


def read_owner(table: Table, missing: str = "responsible_team") -> str:
    owner = table.text("owner", missing)
    team = owner.removeprefix("team:")
    if owner not in OWNERS and (team == owner or not KEY.fullmatch(team)):
        table.wrong("owner", "pathways.no_owner", owner=owner, known=listed(OWNERS, owner))
    return owner


def read_basis(table: Table, key: str = "basis") -> Basis | None:
    """Where the rule comes from; law, guideline and region need a source."""
    if key not in table.content:
        return None
    inner = table.table(key)
    if inner is None:
        return None
    inner.only("kind", "source", "verified", "note")
    kind = BasisKind(inner.choice("kind", [str(value) for value in BasisKind], "default"))
    source = inner.text("source", "")
    sourced = kind in (BasisKind.LAW, BasisKind.GUIDELINE, BasisKind.REGION)
    if not source.strip() and (sourced or source):
        inner.wrong("source", "pathways.no_source", kind=kind)
    return Basis(
        kind=kind,
        source=source,
        verified=inner.flag("verified"),
        note=inner.text("note", ""),
    )


def read_condition(table: Table, key: str, words: Words) -> Condition:
    if key not in table.content:
        return {}
    inner = table.table(key)
    if inner is None:
        return {}
    found = {}
    for fact in inner.content:
        if fact not in words.facts:
            inner.wrong(fact, "pathways.no_fact", fact=fact, known=listed(words.facts, fact))
            continue
        found[fact] = frozenset(inner.fact_values(fact, words.facts[fact]))
    return found


def owed_key(table: Table) -> str:
    return str(table.content.get("key", table.content.get("need", "")))


def one_key(root: Table) -> None:
    """Steps and gates share their keys: whoever tightens has to know which is meant."""
    owed = [(owed_key(table), table) for table in (*root.tables("step"), *root.tables("gate"))]
    for key, table in owed:
        table.call(key)
    once(owed, "key", "pathways.key_twice")


def once(named: Iterable[tuple[str, Table]], key: str, code: str) -> None:
    """What is said under `key` of one is said of no other; the second is told, with the first's line."""
    seen: dict[str, int] = {}
    for name, table in named:
        if name in seen:
            table.wrong(key, code, name=name, seen=seen[name])
        seen.setdefault(name, table.line(key))
