"""All packs of this repository switched on together: the start, what a case follows, the lint."""

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.spreading import set_up, spread
from bench.starting import begin, call
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.layers import resolved
from bindeledd.features.pathways.domain.meeting import Places, meetings
from bindeledd.plugin.loading import gather

_HERE = Path(__file__).resolve().parent.parent


def run(home: Path, *, rounds: int = 5, port: int = 8878) -> list[dict[str, Any]]:
    """Each with what it is without any pack, measured in the same rounds."""
    names = sorted(
        one.name.removeprefix("bindeledd-") for one in (_HERE / "plugins").glob("bindeledd-*")
    )
    every = gather(names)
    return [
        *_starts(home, names, spread(every, one_kind=True), rounds=rounds, port=port),
        _meet(every.book, spread(every), rounds=rounds),
        _resolve(every.book, gather().book, rounds=rounds * 4),
        *_lints(home, names, rounds=max(rounds // 2, 1)),
    ]


def _starts(
    home: Path, names: list[str], everywhere: Places, *, rounds: int, port: int
) -> list[dict[str, Any]]:
    sites = {name: home / name for name in ("bare", "all", "spread")}
    environments = {name: _environment(folder, port) for name, folder in sites.items()}
    for environment in environments.values():
        call(["demo", "--no-serve", "--json", "--patients", "5"], environment)
    for name in ("all", "spread"):
        _switch_on(sites[name] / "settings.toml", names)
    set_up(sites["spread"], everywhere)
    took: dict[str, list[float]] = {name: [] for name in sites}
    for _ in range(rounds):
        for name, environment in environments.items():
            took[name].append(begin(environment, port)[0])
    return [
        _start("start_with_every_pack", took, "all", packs=len(names)),
        _start("start_with_every_organisation", took, "spread", units=len(everywhere.units)),
    ]


def _start(name: str, took: dict[str, list[float]], of: str, **more: int) -> dict[str, Any]:
    ratios = [one / bare for one, bare in zip(took[of], took["bare"], strict=True)]
    return {
        "name": name,
        "unit": "s",
        "value": statistics.median(took[of]),
        "limit": 3.0,
        "at_least": False,
        "rounds": took[of],
        "without_packs": took["bare"],
        "x_of_without_packs": statistics.median(ratios),
        **more,
    }


def _environment(home: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "BINDELEDD_HOME": str(home),
        "BINDELEDD_PORT": str(port),
        "BINDELEDD_DATABASE_URL": "",
    }


def _switch_on(settings: Path, names: list[str]) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    text = re.sub(r"^plugins = .*\n", "", settings.read_text("utf-8"), flags=re.MULTILINE)
    settings.write_text(text.replace("[site]\n", f"[site]\nplugins = [{listed}]\n", 1), "utf-8")


# --- layers that meet ------------------------------------------------------------------------------


def _meet(book: Book, everywhere: Places, *, rounds: int) -> dict[str, Any]:
    """What a start asks of the layers, where every organisation has a unit of every kind."""
    return {
        "name": "layers_that_meet_everywhere",
        "unit": "s (every organisation with a unit of every kind)",
        "value": _median(lambda: meetings(book, everywhere), rounds),
        "limit": 3.0,
        "at_least": False,
        "units": len(everywhere.units),
        "teams": len(everywhere.teams),
    }


# --- what a case follows ---------------------------------------------------------------------------


def _resolve(every: Book, bare: Book, *, rounds: int) -> dict[str, Any]:
    """The slowest place of all: its layers found and put on the routine, nothing remembered."""
    took = {
        place: _median(lambda place=place: _follow(every, place), rounds) for place in _of(every)
    }
    place = max(took, key=lambda one: took[one])
    without = _median(lambda: _follow(bare, place), rounds)
    return {
        "name": "resolve_of_a_case",
        "unit": "ms (the slowest unit, nothing remembered)",
        "value": took[place] * 1000,
        "limit": 5.0,
        "at_least": False,
        "places": len(took),
        "without_packs_ms": without * 1000,
    }


def _follow(book: Book, place: tuple[str | None, str | None, str | None]) -> None:
    routine = book.newest("national.after-attempt")
    resolved(routine, book.layers_for(routine.id, *place))


def _of(book: Book) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Every place of which a layer speaks."""
    units = sorted({unit for layer in book.layers for unit in layer.units})
    organisations = sorted({one for layer in book.layers for one in layer.organisations})
    for organisation in (None, *organisations):
        yield from ((None, unit, organisation) for unit in (None, *units))


def _median(what: Callable[[], None], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        what()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


# --- lint -----------------------------------------------------------------------------------------


def _lints(home: Path, names: list[str], *, rounds: int) -> list[dict[str, Any]]:
    environment = _environment(home / "bare", 0)
    folders = sorted(str(one) for one in (_HERE / "plugins").glob("*/src/*/pathways"))
    commands = {
        "check_of_every_pack": ["plugins", "check", *names],
        "lint_of_every_routine": ["pathways", "lint", *folders],
    }
    return [
        {
            "name": name,
            "unit": "s",
            "value": _median(lambda arguments=arguments: call(arguments, environment), rounds),
            "limit": 10.0,
            "at_least": False,
        }
        for name, arguments in commands.items()
    ]
