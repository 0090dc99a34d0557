"""Reading the grounds of sharing that a layer names; every fault with its line."""

from collections.abc import Iterator, Sequence

from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.reading_rules import KEY, read_basis, read_words
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Finding, Table
from bindeledd.features.pathways.domain.values import Basis, BasisKind
from bindeledd.features.pathways.domain.versions import newest
from bindeledd.features.pathways.domain.words import Words
from bindeledd.foundation.texts import Fault


def read_grounds(root: Table, words: Words) -> tuple[Ground, ...]:
    """Every `[[ground]]` of a file. None is without its source, and one at least is looked at
    afterwards: where none of the others holds, what is urgent still goes.
    """
    seen: dict[str, int] = {}
    tables = root.tables("ground")
    for table in tables:
        key = str(table.content.get("key", ""))
        if key in seen:
            table.wrong("key", "pathways.key_twice", name=key, seen=seen[key])
        seen.setdefault(key, table.line("key"))
    grounds = tuple(_ground(table, words) for table in tables)
    if tables and not any(one.reviewed for one in grounds):
        tables[0].wrong("reviewed", "pathways.ground_none_reviewed")
    return grounds


def _ground(table: Table, words: Words) -> Ground:
    table.only("key", "title", "help", "reviewed", "basis", "rows")
    basis = read_basis(table)
    if basis is None:
        table.wrong("basis", "pathways.no_reason")
    return Ground(
        key=table.matching("key", KEY, "my-pack.consent"),
        title=read_words(table, "title"),
        help=read_words(table, "help") if "help" in table.content else {},
        reviewed=table.flag("reviewed"),
        basis=basis or Basis(kind=BasisKind.DEFAULT, source=""),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
    )


def ground_findings(layers: Sequence[Layer]) -> Iterator[Finding]:
    """One key that two layers name: nobody would know which of them was meant."""
    there: dict[str, Ground] = {}
    for layer in in_order(newest(layers, lambda layer: layer.id).values()):
        for one in layer.grounds:
            before = there.setdefault(one.key, one)
            if before is not one:
                fault = Fault("pathways.ground_twice", {"there": before.origin})
                yield Finding(origin=one.origin, key=one.key, fault=fault)
