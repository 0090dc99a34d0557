"""Reading ladders and the rules of the core; every fault with its line."""

import re
from collections.abc import Sequence

from bindeledd.features.pathways.domain.ladder_values import (
    NEEDS,
    Choice,
    CoreRule,
    Ladder,
    Rung,
)
from bindeledd.features.pathways.domain.reading_due import fits_count, fits_counting, read_due
from bindeledd.features.pathways.domain.reading_rules import (
    read_basis,
    read_owner,
    read_words,
)
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.values import Basis, BasisKind
from bindeledd.features.pathways.domain.words import AUDIENCES, Words
from bindeledd.foundation.calendars import Count, Period

_LADDER = (
    *("seen_for", "seen_count", "repeat_every", "repeat_count"),
    *("rungs", "ignores_hours", "at_once", "later_at_most", "basis", "rows"),
)

_CORE = (
    *("due", "owner", "ladder", "attempts", "inside"),
    *("choices", "later_at_most", "basis", "rows"),
)


def read_ladders(root: Table, words: Words) -> list[Ladder]:
    found = [_ladder(table, words) for table in root.named("ladder")]
    return [ladder for ladder in found if ladder is not None]


def _ladder(table: Table, words: Words) -> Ladder | None:
    table.only(*_LADDER)
    steps = table.tables("rungs")
    rungs = tuple(_rung(rung) for rung in steps)
    ignores = table.flag("ignores_hours")
    if not rungs:
        table.wrong("rungs", "pathways.no_rungs")
        return None
    if rungs[-1].audience != "lead":
        table.wrong("rungs", "pathways.no_last_lead")
    elif rungs[-1].before:
        steps[-1].wrong("before", "pathways.last_before_due")
    else:
        _check_order(steps, rungs)
    if ignores and any(rung.count is not Count.HOURS for rung in rungs):
        table.wrong("ignores_hours", "pathways.staffed_rungs")
    counts, missing = [str(value) for value in Count], "hours" if ignores else "working_days"
    seen_count = Count(table.choice("seen_count", counts, missing))
    repeat_count = Count(table.choice("repeat_count", counts, missing))
    return Ladder(
        key=table.name,
        seen_for=_some(table, "seen_for", seen_count),
        seen_count=seen_count,
        repeat_every=_some(table, "repeat_every", repeat_count),
        repeat_count=repeat_count,
        rungs=rungs,
        ignores_hours=ignores,
        at_once=table.flag("at_once"),
        later_at_most=_later(table),
        basis=read_basis(table),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
    )


def _check_order(steps: Sequence[Table], rungs: Sequence[Rung]) -> None:
    """A finding at each rung that comes before one that is written above it.

    Two ways of counting cannot be compared: there only what lies before the due time, at it or after
    it has its order.
    """
    for number, rung in enumerate(rungs):
        above = (each for each, one in enumerate(rungs[:number]) if _comes_first(rung, one))
        first = next(above, None)
        if first is not None:
            form, line = "before" if rung.before else "after", steps[first].line()
            said = f'{form} = "{rung.offset}"'
            steps[number].wrong(form, "pathways.rung_order", said=said, line=line)


def _comes_first(rung: Rung, above: Rung) -> bool:
    """Whether the moment of `rung` lies before that of one written above it."""
    ours, theirs = _side(rung), _side(above)
    if ours != theirs or rung.count is not above.count:
        return ours < theirs
    sign = -1 if rung.before else 1
    return sign * rung.offset.length < sign * above.offset.length


def _side(rung: Rung) -> int:
    """Before the due time, at it, or after it."""
    if not rung.offset:
        return 0
    return -1 if rung.before else 1


def _some(table: Table, key: str, count: Count) -> Period:
    period = table.period(key)
    if key in table.content and not period:
        table.wrong(key, "pathways.no_period")
    fits_counting(table, key, period, count, f"{key.partition('_')[0]}_count")
    return period


def _later(table: Table) -> Period | None:
    return table.period("later_at_most") if "later_at_most" in table.content else None


def _rung(table: Table) -> Rung:
    table.only("before", "after", "count", "to")
    forms = [form for form in ("before", "after") if form in table.content]
    if len(forms) > 1:
        table.wrong(forms[1], "pathways.when_twice", forms=", ".join(forms))
    elif not forms:
        table.wrong("", "pathways.rung_when")
    form = forms[0] if forms else "after"
    count = Count(table.choice("count", [str(value) for value in Count], "hours"))
    offset = table.period(form) if forms else Period()
    fits_count(table, form, offset, count)
    return Rung(
        before=form == "before",
        offset=offset,
        count=count,
        audience=table.choice("to", AUDIENCES),
    )


def read_core(root: Table, words: Words) -> list[CoreRule]:
    return [_rule(table, words) for table in root.named("core")]


def _rule(table: Table, words: Words) -> CoreRule:
    table.only(*_CORE)
    if table.name not in words.tasks:
        table.wrong("", "pathways.no_task", known=", ".join(sorted(words.tasks)))
    basis = read_basis(table)
    if basis is None:
        table.wrong("basis", "pathways.no_basis")
    return CoreRule(
        kind=table.name,
        due=read_due(table) if "due" in table.content else None,
        owner=read_owner(table),
        ladder=table.text("ladder", "standard"),
        attempts=table.number("attempts") if "attempts" in table.content else None,
        inside=table.period("inside") if "inside" in table.content else None,
        later_at_most=_later(table),
        choices=tuple(_choice(one, words) for one in table.tables("choices")),
        basis=basis or Basis(kind=BasisKind.DEFAULT, source=""),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
    )


def _choice(table: Table, words: Words) -> Choice:
    table.only("key", "title", "task", "due", "satisfied_by", "needs", "latest")
    needs = table.choices("needs", NEEDS, "needs", missing=())
    if "latest" in table.content and "date" not in needs:
        table.wrong("latest", "pathways.latest_without_date")
    return Choice(
        key=table.matching("key", re.compile(r"[a-z][a-z0-9_]*"), "home_visit"),
        title=read_words(table, "title"),
        task=table.choice("task", words.tasks),
        due=read_due(table) if "due" in table.content else None,
        satisfied_by=table.choices("satisfied_by", words.events, "events", missing=()),
        needs=frozenset(needs),
        latest=table.period("latest") if "latest" in table.content else None,
    )
