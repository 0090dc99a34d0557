"""What a discharge owes by a pack, drawn: asked of one that can be imported. Opens no database.

`bindeledd plugins test` runs it in a process of its own and shows what it says.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence

import click

from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.simulating import Simulated
from bindeledd.features.pathways.service.wording import task_words
from bindeledd.foundation.console import answer_table
from bindeledd.foundation.spelling import word
from bindeledd.foundation.texts import said_of, set_site_language, t
from bindeledd.foundation.usage import command_language
from bindeledd.plugin.contract import FRIDAY, drawn, places_of
from bindeledd.plugin.loading import gather

Row = dict[str, str]
_COLUMNS = ("place", "due", "opens", "task", "step", "strength")


def rows_of(name: str) -> list[Row]:
    """Each thing that the pack adds or changes after a discharge on a Friday at 15:00, by place."""
    gathered = gather([name])
    own = gathered.plugins[0].distribution
    layers = [one for one in gathered.book.layers if one.origin.distribution == own]
    found: dict[tuple[str, ...], Row] = {}
    for layer in layers:
        keys = {added.key for added in layer.added} | {word.key for word in layer.tightenings}
        for unit, organisation in places_of(layer):
            place = _place(unit, organisation, layer)
            for one in drawn(gathered.book, layer, unit, organisation):
                if one.step in keys:
                    row = _row(gathered.book, place, one)
                    found.setdefault(tuple(row.values()), row)
    return sorted(found.values(), key=lambda row: (row["place"], row["due"], row["step"]))


def counted_from(name: str) -> list[str]:
    """The events after which the pack's own steps and gates are owed; none where it has neither."""
    gathered = gather([name])
    own = gathered.plugins[0].distribution
    layers = (one for one in gathered.book.layers if one.origin.distribution == own)
    return sorted({added.anchor for layer in layers for added in layer.added})


def _place(unit: str | None, organisation: str | None, layer: Layer) -> str:
    """Where it is owed; by an agreement also with whom."""
    here = ", ".join(part for part in (unit, organisation) if part)
    return f"{here} → {' · '.join(sorted(layer.to))}" if layer.to else here


def _row(book: Book, place: str, one: Simulated) -> Row:
    own = book.step_titles.get(
        f"gate.{one.step}" if one.gate else one.step
    ) or book.task_titles.get(one.task)
    return {
        "place": place,
        "due": f"{one.due_at:%Y-%m-%d %H:%M}",
        "opens": "" if one.opens is None else f"{one.opens:%Y-%m-%d}",
        "task": said_of(own) if own else task_words(one.task),
        "step": one.step,
        "strength": str(one.strength),
    }


def show(rows: Sequence[Mapping[str, str]]) -> None:
    """For people: a table, the earliest first in each place."""
    told = [
        (
            row["place"] or t("pathways.show.all_units"),
            *(row[name] for name in ("due", "opens", "task", "step")),
            t(f"pathways.strength.{row['strength']}"),
        )
        for row in rows
    ]
    columns = [
        t("plugin.columns.place"),
        *(t(f"pathways.simulate.{name}") for name in _COLUMNS[1:]),
    ]
    answer_table(t("plugin.test.timeline", at=f"{FRIDAY:%Y-%m-%d %H:%M}"), columns, told)


def show_none(name: str, after: Sequence[str]) -> None:
    """For people: why there is no table."""
    events = ", ".join(f"«{word('cases.events', one)}»" for one in after)
    click.echo(t(f"plugin.test.{'no_timeline' if after else 'no_steps'}", name=name, after=events))


if __name__ == "__main__":
    set_site_language(command_language(os.environ))
    asked = sys.argv[1]
    told = {"timeline": rows_of(asked), "counted_from": counted_from(asked)}
    sys.stdout.write(json.dumps(told, ensure_ascii=True))
