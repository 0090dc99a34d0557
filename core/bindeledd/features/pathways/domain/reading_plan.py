"""Reading what a plan asks, from the national file or from a layer; every fault with its line."""

from bindeledd.features.pathways.domain.plan_values import (
    AskedOf,
    PlanForm,
    PlanSection,
    SectionForm,
)
from bindeledd.features.pathways.domain.reading_rules import KEY, read_basis, read_words, stands
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.words import Words


def read_plan(root: Table, words: Words, *, layer: bool = False) -> PlanForm | None:
    """The plan of a file that speaks of one. A layer may name it, add to it, or both."""
    table = root.table("plan") if "plan" in root.content else None
    if table is None:
        return None
    table.only("title", "section", "basis", "rows")
    sections = [_section(one, words, layer=layer) for one in table.tables("section")]
    _each_once(table)
    if not layer and not sections:
        table.wrong("section", "pathways.plan_empty")
    named = "title" in table.content or not layer
    return PlanForm(
        title=read_words(table, "title") if named else {},
        sections=tuple(sections),
        basis=read_basis(table),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
    )


def _section(table: Table, words: Words, *, layer: bool) -> PlanSection:
    allowed = ["key", "title", "help", "asked_of", "form", "stays_inside", "basis", "rows"]
    table.only(*allowed, *(["after"] if layer else []))
    return PlanSection(
        key=table.matching("key", KEY, "early_signs"),
        title=read_words(table, "title"),
        help=read_words(table, "help") if "help" in table.content else {},
        asked_of=AskedOf(table.choice("asked_of", [str(one) for one in AskedOf], "person")),
        form=SectionForm(table.choice("form", [str(one) for one in SectionForm], "words")),
        stays_inside=table.flag("stays_inside"),
        after=table.text("after", ""),
        basis=read_basis(table),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
        stands=stands(table),
    )


def _each_once(table: Table) -> None:
    """One section of a key, and one of measures: who does what stands in one place."""
    seen: dict[str, int] = {}
    for one in table.tables("section"):
        key = str(one.content.get("key", ""))
        if key in seen:
            one.wrong("key", "pathways.key_twice", name=key, seen=seen[key])
        seen.setdefault(key, one.line("key"))
    measures = [one for one in table.tables("section") if one.content.get("form") == "measures"]
    for one in measures[1:]:
        one.wrong("form", "pathways.plan_measures_twice")
