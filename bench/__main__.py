"""`python -m bench`: every figure that the product answers for, in one run.

`--quick` measures on small sizes, to see that everything works; `--only NAME` one part.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import case, deliveries, growth, packs, pages, searching, starting, sweep, worklist
from bench.places import Places, places

RESULTS = Path(__file__).parent / "results"
Figures = list[dict[str, Any]]


def parts(here: Places, quick: bool) -> dict[str, Callable[[], Figures]]:
    """What is measured, by name."""
    tasks, overdue = (20_000, 2_000) if quick else (1_000_000, 100_000)
    few, many = 10_000, 40_000 if quick else 1_000_000
    cases = 1_000 if quick else 10_000

    def on_both(measure: Callable[[str], Figures]) -> Figures:
        return [figure for dialect in ("postgresql", "sqlite") for figure in measure(dialect)]

    def in_two(measure: Callable[[str, str], Figures], dialect: str) -> Figures:
        urls = here.of(dialect), here.of(dialect)
        try:
            return measure(*urls)
        finally:
            for url in urls:
                here.drop(url)

    def grown(dialect: str) -> Figures:
        return in_two(lambda *urls: growth.growth(*urls, few=few, many=many), dialect)

    def searched(dialect: str) -> Figures:
        return in_two(
            lambda *urls: searching.growth(*urls, many=few // 5 if quick else few), dialect
        )

    def some(measure: Callable[[str], Figures], dialect: str) -> Figures:
        url = here.of(dialect)
        try:
            return measure(url)
        finally:
            here.drop(url)

    def once(measure: Callable[[str], dict[str, Any]], dialect: str) -> Figures:
        return some(lambda url: [measure(url)], dialect)

    return {
        "worklist": lambda: once(lambda url: worklist.api(url, cases=cases), "postgresql"),
        "pages": lambda: some(lambda url: pages.run(url, cases=cases), "postgresql"),
        "growth": lambda: on_both(grown),
        "search": lambda: on_both(searched),
        "sweep": lambda: on_both(
            lambda dialect: once(lambda url: sweep.run(url, tasks=tasks, overdue=overdue), dialect)
        ),
        "case": lambda: once(case.run, "postgresql"),
        "deliveries": lambda: on_both(
            lambda dialect: once(
                lambda url: deliveries.run(url, deliveries=2_000 if quick else 20_000), dialect
            )
        ),
        "starting": lambda: starting.run(here.folder / "home", rounds=2 if quick else 5),
        "packs": lambda: packs.run(here.folder / "packs", rounds=2 if quick else 5),
    }


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="small sizes")
    asked.add_argument("--only", action="append", help="one part; may be said again")
    chosen = asked.parse_args()
    figures: Figures = []
    with places() as here:
        wanted = {
            name: measure
            for name, measure in parts(here, chosen.quick).items()
            if not chosen.only or name in chosen.only
        }
        for name, measure in wanted.items():
            figures += told(name, measure)
            write(figures, quick=chosen.quick)
    return 0 if all(good(figure) for figure in figures) else 1


def told(name: str, measure: Callable[[], Figures]) -> Figures:
    """Measure one part and print its figures."""
    begun = time.perf_counter()
    found = measure()
    for figure in found:
        print(line(figure), flush=True)
    print(f"    ({name}: {time.perf_counter() - begun:.0f} s)", file=sys.stderr)
    return found


def good(figure: dict[str, Any]) -> bool:
    value, limit = figure["value"], figure["limit"]
    return bool(value >= limit if figure["at_least"] else value <= limit)


def line(figure: dict[str, Any]) -> str:
    sign = "≥" if figure["at_least"] else "≤"
    mark = "ok " if good(figure) else "NOT"
    return (
        f"{mark} {figure['name']:<34} {figure['value']:>10.2f}   {sign} {figure['limit']:<7g} "
        f"{figure['unit']}"
    )


def write(figures: Figures, *, quick: bool) -> None:
    RESULTS.mkdir(exist_ok=True)
    said = {
        "quick": quick,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": figures,
    }
    (RESULTS / "latest.json").write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
