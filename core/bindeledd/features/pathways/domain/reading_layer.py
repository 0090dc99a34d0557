"""Reading a layer: what it is for, what it adds and what it tightens; every fault with its line."""

from datetime import date

from bindeledd.features.pathways.domain.layer_values import (
    LEVELS,
    ORGANISATION_KINDS,
    Layer,
    Paper,
    Tightening,
)
from bindeledd.features.pathways.domain.layers import TIGHTENED
from bindeledd.features.pathways.domain.reading_after_death import insist_said_in_chains
from bindeledd.features.pathways.domain.reading_due import read_due
from bindeledd.features.pathways.domain.reading_grounds import read_grounds
from bindeledd.features.pathways.domain.reading_letters import read_letters
from bindeledd.features.pathways.domain.reading_plan import read_plan
from bindeledd.features.pathways.domain.reading_rules import (
    KEY,
    VERSION,
    one_key,
    owed_key,
    read_basis,
    read_condition,
    read_ending,
    read_gate,
    read_hard,
    read_owner,
    read_step,
    read_strength,
    read_words,
    stands,
)
from bindeledd.features.pathways.domain.reading_script import read_script
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.words import Words

_LAYER = (
    *("id", "version", "extends", "level", "title", "rows", "applies_to"),
    *("step", "gate", "ladder", "core", "task", "plan", "script", "ground", "agreement"),
    "letter",
)


def read_layer(root: Table, words: Words) -> Layer:
    """What a layer adds, tightens, and says of the plan, of calls and of sharing."""
    root.only(*_LAYER)
    for_units = root.table("applies_to") if "applies_to" in root.content else None
    if for_units is not None:
        for_units.only("units", "organisations", "to")
    to = _named(for_units, "to")
    if to and for_units is not None:
        _check_ends(for_units, root)
    steps, gates = root.tables("step"), root.tables("gate")
    one_key(root)
    insist_said_in_chains(root)
    return Layer(
        id=root.matching("id", KEY, "region.after-attempt"),
        version=root.matching("version", VERSION, "2026.1"),
        extends=root.text("extends"),
        level=root.choice("level", LEVELS),
        title=read_words(root, "title"),
        rows=read_rows(root, words.rows),
        units=_named(for_units, "units"),
        organisations=_named(for_units, "organisations"),
        to=to,
        paper=_paper(root, agreed=bool(to)),
        steps=tuple(read_step(table, words) for table in steps if "task" in table.content),
        gates=tuple(read_gate(table, words) for table in gates if "task" in table.content),
        tightenings=tuple(
            _tightening(table, words, gate="gate" in table.path, agreed=bool(to))
            for table in (*steps, *gates)
            if "task" not in table.content
        ),
        plan=read_plan(root, words, layer=True),
        script=read_script(root, words, layer=True),
        grounds=read_grounds(root, words),
        letters=read_letters(root, words),
        origin=root.origin(),
        stands=stands(root),
    )


def _named(table: Table | None, key: str) -> frozenset[str]:
    return table.named_texts(key) if table is not None else frozenset()


def _check_ends(ends: Table, root: Table) -> None:
    """An agreement names both ends, which are two, and of each rule whose task it is."""
    organisations, to = (frozenset(ends.texts(end, ())) for end in ("organisations", "to"))
    if not organisations:
        ends.wrong("organisations", "pathways.agreement_one_end")
    for name in sorted(organisations & to - ORGANISATION_KINDS):
        ends.wrong("to", "pathways.agreement_with_itself", name=name)
    for table in (*root.tables("step"), *root.tables("gate")):
        if "task" in table.content and "owner" not in table.content:
            table.call(owed_key(table))
            table.wrong("owner", "pathways.agreement_without_owner")


def _paper(root: Table, *, agreed: bool) -> Paper | None:
    """The agreement as it was signed; only of a layer that is one."""
    table = root.table("agreement") if "agreement" in root.content else None
    if table is None:
        return None
    if not agreed:
        root.wrong("agreement", "pathways.agreement_without_ends")
    table.only("reference", "begins", "ends")
    days = {name: table.content.get(name) for name in ("begins", "ends")}
    for name, day in days.items():
        if day is not None and type(day) is not date:
            table.wrong(name, "pathways.no_date")
            days[name] = None
    return Paper(reference=table.text("reference", ""), **days)


def _tightening(table: Table, words: Words, *, gate: bool, agreed: bool = False) -> Tightening:
    table.call(owed_key(table))
    mine = {"key", "reason", "basis", "adjustable", "rows"} | ({"need"} if gate else set())
    table.only(*sorted(mine | TIGHTENED - {"satisfied_by" if gate else "hard"}))
    for name in ("key", "need"):
        table.text(name, "")
    basis = read_basis(table)
    if basis is None:
        table.wrong(
            "basis",
            "pathways.no_reason",
        )
    given: dict[str, object] = {
        name: _said(table, name, words) for name in sorted(TIGHTENED & table.content.keys())
    }
    if not given and basis is not None and basis.shown_as_default:
        table.wrong("key", "pathways.tightens_nothing")
    if basis is not None:
        given["basis"] = basis
    return Tightening(
        key=owed_key(table),
        gate=gate,
        fields={name: value for name, value in given.items() if value is not None},
        agreed=agreed,
        adjustable=frozenset(table.choices("adjustable", given.keys(), "fields", missing=())),
        reason=table.text("reason", ""),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
        stands=stands(table),
    )


def _said(table: Table, name: str, words: Words) -> object:
    if name == "due":
        return read_due(table, events=words.events)
    if name == "strength":
        return read_strength(table)
    if name == "satisfied_by":
        return read_ending(table, words)
    if name in ("when", "evidence"):
        return read_condition(table, name, words)
    if name == "hard":
        return read_hard(table)
    return read_owner(table) if name == "owner" else table.text(name)
