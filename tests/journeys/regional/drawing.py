"""A course drawn from what was run: one row per task, from when it was owed until it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from bindeledd.features.pathways.service.wording import step_words, task_words
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.texts import said_of
from journeys.regional.walking import BEGAN, LENGTH, Walk

LEFT, TOP, ROW, WIDTH = 380, 64, 17, 720
# Each level has a colour and a place of its own; what is late has a shape too.
LEVELS = {
    "core": ("the core", "#3f3f46"),
    "national": ("national", "#475569"),
    "region": ("region", "#1d4ed8"),
    "trust": ("trust", "#047857"),
    "municipality": ("municipality", "#7c3aed"),
    "unit": ("unit", "#b45309"),
}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One task: who asked for it, when it was owed, due and done. Days are counted from the first."""

    what: str
    layer: str
    level: str
    strength: str
    made: float
    due: float
    ended: float | None
    state: str

    @property
    def late(self) -> bool:
        return self.state != "dropped" and (LENGTH.days if self.ended is None else self.ended) > (
            self.due
        )


def bars(walk: Walk) -> list[Bar]:
    """What was ever owed, by level and then by time."""
    found = [_bar(walk, task) for task in walk.tasks()]
    order = list(LEVELS)
    return sorted(
        found, key=lambda one: (order.index(one.level), one.layer, one.made, one.due, one.what)
    )


def _bar(walk: Walk, task: Task) -> Bar:
    rule = walk.rule(task)
    words = step_words(walk.key(task), rule.title) if rule is not None else task_words(task.kind)
    layers = {one.key: one for one in walk.book.layers} | {one.id: one for one in walk.book.layers}
    level, layer = ("core", "") if rule is None else (rule.level, rule.layer)
    if rule is not None and not layer:
        level, layer = "national", "national.after-attempt"
    named = said_of(layers[layer].title) if layer in layers else ""
    ended = None if task.ended_at is None else day_of(walk, task.ended_at)
    state = {TaskState.OPEN: "open", TaskState.DONE: "done", TaskState.CANCELLED: "dropped"}
    return Bar(
        what=words,
        layer=named,
        level=level,
        strength=task.strength,
        made=day_of(walk, task.made_at),
        due=day_of(walk, task.due_at),
        ended=ended,
        state=state[task.state],
    )


def day_of(walk: Walk, at: datetime) -> float:
    """Days since the story began, to two places."""
    return round((at - walk.moment(0, BEGAN)).total_seconds() / 86_400, 2)


# --- the picture ----------------------------------------------------------------------------------


def picture(title: str, rows: Sequence[Bar], happened: Sequence[float]) -> str:
    """The timeline as SVG. Each thing that happened is a numbered line; the page has its words."""
    groups = _groups(rows)
    height = TOP + sum(ROW * (len(own) + 1.6) for _, own in groups) + 24
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {LEFT + WIDTH + 30} {height:.0f}" font-family="system-ui, sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="12" y="22" font-size="15" font-weight="600" fill="#111827">{escape(title)}</text>',
    ]
    out += _days(height)
    out += _marks(happened, height)
    y = float(TOP)
    for (level, layer), own in groups:
        name, colour = LEVELS[level]
        said = f"{name}: {layer}" if layer else name
        y += ROW * 1.3
        out.append(
            f'<text x="12" y="{y:.1f}" font-weight="600" fill="{colour}">{escape(_short(said, 62))}</text>'
        )
        for bar in own:
            y += ROW
            out += _row(bar, y, colour)
        y += ROW * 0.3
    out.append("</svg>")
    return "\n".join(out) + "\n"


def _groups(rows: Sequence[Bar]) -> list[tuple[tuple[str, str], list[Bar]]]:
    found: dict[tuple[str, str], list[Bar]] = {}
    for one in rows:
        found.setdefault((one.level, one.layer), []).append(one)
    return list(found.items())


def _x(day: float) -> float:
    return LEFT + max(0.0, min(day, LENGTH.days)) / LENGTH.days * WIDTH


def _days(height: float) -> list[str]:
    out = []
    for day in range(0, LENGTH.days + 1, 10):
        x = _x(day)
        out.append(
            f'<line x1="{x:.1f}" y1="48" x2="{x:.1f}" y2="{height - 14:.0f}" stroke="#e5e7eb"/>'
            f'<text x="{x:.1f}" y="44" text-anchor="middle" fill="#6b7280">{day}</text>'
        )
    return out


def _marks(happened: Sequence[float], height: float) -> list[str]:
    out, last = [], -99.0
    for number, day in enumerate(happened, start=1):
        x = _x(day)
        out.append(
            f'<line x1="{x:.1f}" y1="56" x2="{x:.1f}" y2="{height - 14:.0f}" stroke="#9ca3af" stroke-dasharray="2 3"/>'
        )
        if x - last > 13:
            out.append(
                f'<text x="{x:.1f}" y="60" text-anchor="middle" fill="#111827" font-weight="600">{number}</text>'
            )
            last = x
    return out


def _row(bar: Bar, y: float, colour: str) -> list[str]:
    start, end = _x(bar.made), _x(LENGTH.days if bar.ended is None else bar.ended)
    due, middle = _x(bar.due), y - 4
    tint = "0.25" if bar.state == "dropped" else "0.75"
    words = f"{_short(bar.what, 56)}{'' if bar.strength != 'must' else ' *'}"
    out = [
        f'<text x="24" y="{y:.1f}" fill="#111827">{escape(words)}</text>',
        f'<rect x="{start:.1f}" y="{middle - 4:.1f}" width="{max(end - start, 2):.1f}" height="8" '
        f'rx="2" fill="{colour}" fill-opacity="{tint}"/>',
    ]
    if bar.late:
        late = max(due, start)
        out.append(
            f'<rect x="{late:.1f}" y="{middle - 4:.1f}" width="{max(end - late, 2):.1f}" height="8" '
            'fill="#b91c1c"/>'
        )
    if bar.due <= LENGTH.days:
        out.append(
            f'<path d="M{due:.1f} {middle - 6:.1f}l4 6l-4 6l-4 -6z" fill="#ffffff" stroke="#111827"/>'
        )
    if bar.ended is None:
        out.append(f'<text x="{_x(LENGTH.days) + 4:.1f}" y="{y:.1f}" fill="#111827">open</text>')
    return out


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
