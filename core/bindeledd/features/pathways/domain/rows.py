"""Rows: what a named text asks for, under the name by which routines, packs and tests speak of it.

`S-064` is a row of the plans that the product was asked to carry, `RK-26` one of the texts that
they name. All of them stand in `config/rows.toml`; whatever answers one says so: `rows = ["S-064"]`.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bindeledd.features.pathways.domain.table import Finding, Sheet, Table
from bindeledd.features.pathways.domain.values import Origin

FORM = re.compile(r"S-\d{3}|R[A-Z]-\d{2}")


class Relevance(StrEnum):
    """A: the core of follow-up after an attempt. B: clearly supports it. C: context only."""

    A = "A"
    B = "B"
    C = "C"


# How sure it is that a text says so; what is not FIN or CUR is shown as a default (docs/pathways.md).
SURE = frozenset({"FIN", "CUR", "TITLE", "DRAFT", "SEC", "OLD"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that a text asks for, in our words. `sources`: which text, and which lines of it.

    `relevance` is None for rows of the texts that the plans name; those say how `sure` they are.
    """

    id: str
    asks: str
    sources: tuple[str, ...]
    actor: str = ""
    place: str = ""
    relevance: Relevance | None = None
    sure: str = ""
    origin: Origin = field(default_factory=Origin)


def read_rows(table: Table, known: Collection[str] | None) -> tuple[str, ...]:
    """The rows that a step, a field … says it answers, each once. `known` None: only their form."""
    found = table.texts("rows", missing=())
    for place, row in enumerate(found):
        if not FORM.fullmatch(row):
            table.wrong("rows", "pathways.row_form", row=row)
        elif known is not None and row not in known:
            table.wrong("rows", "pathways.row_unknown", row=row, known=near(row, known))
        elif row in found[:place]:
            table.wrong("rows", "pathways.row_twice", row=row)
    return found


def near(row: str, known: Iterable[str]) -> str:
    """What would be right: the rows of the same text, else the letters of every text."""
    every = sorted(known)
    same = [one for one in every if one.partition("-")[0] == row.partition("-")[0]]
    texts = dict.fromkeys(one.partition("-")[0] for one in every)
    return f"{same[0]} – {same[-1]}" if same else " · ".join(f"{text}-…" for text in texts)


# --- the list of them -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Every row by its id, and the name of each text by its key."""

    rows: dict[str, Row]
    texts: dict[str, str]
    findings: list[Finding]


def read_catalogue(text: str, *, file: str = "rows.toml") -> Catalogue:
    """The list of rows; every fault with its line."""
    sheet = Sheet(text, distribution="bindeledd", file=file)
    root = Table(sheet, tomllib.loads(text))
    root.only("text", "seed", "rule")
    texts = root.table("text")
    rows = [_seed(table) for table in root.named("seed")]
    rows += [_rule(table) for table in root.named("rule")]
    for row in rows:
        if not FORM.fullmatch(row.id):
            root.wrong(row.id, "pathways.row_form", row=row.id)
    return Catalogue(
        rows={row.id: row for row in rows},
        texts={key: texts.text(key) for key in texts.content} if texts else {},
        findings=sheet.findings,
    )


def _seed(table: Table) -> Row:
    table.only("relevance", "source", "actor", "place", "asks")
    return Row(
        id=table.name,
        relevance=Relevance(table.choice("relevance", [str(one) for one in Relevance])),
        sources=table.texts("source"),
        actor=table.text("actor"),
        place=table.text("place"),
        asks=table.text("asks"),
        origin=table.origin(),
    )


def _rule(table: Table) -> Row:
    table.only("sure", "asks")
    return Row(
        id=table.name,
        sure=table.choice("sure", sorted(SURE)),
        sources=(table.name.partition("-")[0],),
        asks=table.text("asks"),
        origin=table.origin(),
    )
