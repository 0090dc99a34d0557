"""What answers a row, where no key of a routine or pack can say so; and how a row stands.

The core's own list is `config/coverage.toml`; a pack may have a `rows.toml` of the same form:
what answers (`answer`), what is a frame because its text was not seen (`frame`), what is left out
and why (`without`). The core's list also says what is not there yet, and in which pack it is meant
to come (`planned`): that list only becomes shorter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from bindeledd.features.pathways.domain.opening import Unsound, toml_of
from bindeledd.features.pathways.domain.reading_rules import read_words
from bindeledd.features.pathways.domain.rows import FORM, Relevance, Row, near
from bindeledd.features.pathways.domain.table import Finding, Sheet, Table
from bindeledd.features.pathways.domain.values import Origin
from bindeledd.foundation.texts import HOME

T = TypeVar("T", "Said", "Reason")


class Standing(StrEnum):
    """How a row stands. A frame is no answer: its text was not seen, and nothing was invented."""

    ANSWERED = "answered"
    FRAME = "frame"
    WITHOUT = "without"
    PLANNED = "planned"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Said:
    """Somebody says that this answers the row: a key, or a module or page (`by`) and what it does."""

    row: str
    what: str
    key: str = ""
    by: tuple[str, ...] = ()
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a row is a frame, or is left out; `text`: the text that a site has to open, of a frame.
    Both by language, as a title; what is said in one only stands under bokmål."""

    row: str
    reason: Mapping[str, str]
    text: Mapping[str, str] = field(default_factory=dict)
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Cover:
    """One list: what answers, what is a frame, what is left out, and what is not there yet."""

    answers: tuple[Said, ...] = ()
    frames: tuple[Reason, ...] = ()
    without: tuple[Reason, ...] = ()
    planned: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def read_cover(
    text: str, *, distribution: str, file: str, known: Mapping[str, Row], core: bool = False
) -> Cover:
    """The list of a pack, or of the core; every fault with its line."""
    sheet = Sheet(text, distribution=distribution, file=file)
    try:
        root = Table(sheet, toml_of(text))
    except Unsound as wrong:
        sheet.broken(wrong)
        return Cover(findings=tuple(sheet.findings))
    root.only("answer", "frame", "without", *(["planned"] if core else []))
    tables = {name: _of_rows(root, name, known) for name in ("answer", "frame", "without")}
    return Cover(
        answers=tuple(_answer(table) for table in tables["answer"]),
        frames=tuple(_reason(table, "text") for table in tables["frame"]),
        without=tuple(_reason(table) for table in tables["without"]),
        planned=_planned(root, known) if core else {},
        findings=tuple(sheet.findings),
    )


def _of_rows(root: Table, name: str, known: Mapping[str, Row]) -> list[Table]:
    """The tables `[name.ROW]`, each of a row that there is."""
    found = root.named(name)
    for table in found:
        _insist(table, table.name, known)
    return found


def _insist(table: Table, row: str, known: Mapping[str, Row]) -> None:
    if not FORM.fullmatch(row) or row not in known:
        table.wrong("", "pathways.row_unknown", row=row, known=near(row, known))


def _answer(table: Table) -> Said:
    table.only("by", "does")
    by = table.texts("by")
    if "by" in table.content and not by:
        table.wrong("by", "pathways.row_by_nothing")
    return Said(row=table.name, what=table.text("does"), by=by, origin=table.origin())


def _reason(table: Table, *more: str) -> Reason:
    table.only("reason", *more)
    reason = _words(table, "reason")
    if isinstance(table.content.get("reason"), str) and not table.text("reason").strip():
        table.wrong("reason", "pathways.row_no_reason")
    text = _words(table, "text") if more else {}
    return Reason(row=table.name, reason=reason, text=text, origin=table.origin())


def _words(table: Table, key: str) -> dict[str, str]:
    """In each language; a plain text is shown as it is to everybody."""
    if isinstance(table.content.get(key), dict):
        return read_words(table, key, "plugin.no_norwegian")
    return {HOME: table.text(key)}


def _planned(root: Table, known: Mapping[str, Row]) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in root.named("planned"):
        table.only("pack", "rows")
        pack = f"{table.name} {table.text('pack')}".strip()
        for row in table.texts("rows"):
            _insist(table, row, known)
            if row in found:
                table.wrong("rows", "pathways.row_planned_twice", row=row, pack=found[row])
            found[row] = pack
    return found


# --- how each row stands --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Stands:
    """One row with everything that was said of it, and the tests that carry its name."""

    row: Row
    standing: Standing
    answers: tuple[Said, ...] = ()
    reasons: tuple[Reason, ...] = ()
    planned: str = ""
    tests: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is answered, or a frame with its reason."""
        return self.standing in (Standing.ANSWERED, Standing.FRAME)


def stand(
    rows: Mapping[str, Row],
    said: Sequence[Said],
    covers: Sequence[Cover],
    tests: Mapping[str, Sequence[str]],
) -> list[Stands]:
    """Every row in the order of the list. A frame stays a frame, whatever else rests on the row."""
    answers = [*said, *(one for cover in covers for one in cover.answers)]
    frames = [one for cover in covers for one in cover.frames]
    without = [one for cover in covers for one in cover.without]
    planned = {row: pack for cover in covers for row, pack in cover.planned.items()}
    return [
        _stands(
            row,
            answers=_of(answers, row),
            frames=_of(frames, row),
            without=_of(without, row),
            planned=planned.get(row.id, ""),
            tests=tuple(tests.get(row.id, ())),
        )
        for row in rows.values()
    ]


def _of(every: Iterable[T], row: Row) -> tuple[T, ...]:
    return tuple(one for one in every if one.row == row.id)


def _stands(
    row: Row,
    *,
    answers: tuple[Said, ...],
    frames: tuple[Reason, ...],
    without: tuple[Reason, ...],
    planned: str,
    tests: tuple[str, ...],
) -> Stands:
    standing = Standing.SILENT
    for found, name in (
        (planned, Standing.PLANNED),
        (without, Standing.WITHOUT),
        (answers, Standing.ANSWERED),
        (frames, Standing.FRAME),
    ):
        standing = name if found else standing
    return Stands(
        row=row,
        standing=standing,
        answers=answers,
        reasons=frames or without,
        planned=planned,
        tests=tests,
    )


def faults(stands: Iterable[Stands]) -> list[str]:
    """What may not be: a row that nobody speaks of, that is said twice over, or that no test names."""
    found = []
    for one in stands:
        if one.row.relevance not in (Relevance.A, Relevance.B):
            continue
        if one.standing is Standing.SILENT:
            found.append(f"{one.row.id}: nothing answers it, and no reason is written")
        if one.planned and one.standing is not Standing.PLANNED:
            found.append(f"{one.row.id}: take it out of the planned ones, it is {one.standing}")
        if one.counts and not one.tests:
            found.append(f"{one.row.id}: no test is named after it")
        if one.standing is Standing.ANSWERED and one.reasons:
            found.append(f"{one.row.id}: answered, and left out with a reason: one of the two")
    return found
