"""Reading the script of a call, from the national file or from a layer; every fault with its line."""

from bindeledd.features.pathways.domain.reading_rules import (
    KEY,
    once,
    read_basis,
    read_words,
    stands,
)
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.script_values import Script, ScriptStep
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.values import Basis, BasisKind
from bindeledd.features.pathways.domain.words import Words


def read_script(root: Table, words: Words, *, layer: bool = False) -> Script | None:
    """The script of a file that has one. A layer may confirm what is there, add to it, or both."""
    table = root.table("script") if "script" in root.content else None
    if table is None:
        return None
    table.only("step", "basis", "rows")
    tables = table.tables("step")
    if not tables and not (layer and "basis" in table.content):
        table.wrong("step", "pathways.script_empty")
    once([(str(one.content.get("key", "")), one) for one in tables], "key", "pathways.key_twice")
    return Script(
        steps=tuple(_step(one, words, layer=layer) for one in tables),
        basis=read_basis(table),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
    )


def _step(table: Table, words: Words, *, layer: bool) -> ScriptStep:
    table.call(str(table.content.get("key", "")))
    table.only("key", "title", "help", "tasks", "basis", "rows", *(["after"] if layer else []))
    basis = read_basis(table)
    if basis is None:
        table.wrong("basis", "pathways.no_basis")
    return ScriptStep(
        key=table.matching("key", KEY, "how-it-is"),
        title=read_words(table, "title"),
        help=read_words(table, "help") if "help" in table.content else {},
        tasks=frozenset(table.choices("tasks", words.tasks, "tasks", missing=())),
        after=table.text("after", ""),
        basis=basis or Basis(kind=BasisKind.DEFAULT, source=""),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
        stands=stands(table),
    )
