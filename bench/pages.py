"""What my day weighs and takes: statements, bytes on the wire, and processor beside the same as JSON.

A list of fifty sealed rows among `cases` of one team, as the app answers it in process.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from posixpath import dirname, join, normpath
from typing import Any

import sqlalchemy as sa

from bench.asking import Spent, ask, make_app, quiet, request, sent
from bench.sites import Place, fill_sealed, prepare

PAGE, JSON = "/day", "/api/v1/worklist"
# Whatever a page makes a browser fetch by itself, and a style sheet too.
_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_NAMED = re.compile(r'url\("?([^")]+)"?\)')


def run(
    url: str, *, cases: int = 10_000, rounds: int = 7, requests: int = 40
) -> list[dict[str, Any]]:
    """Statements for any number of rows, bytes of the first visit and of the next one, and CPU of the
    page ÷ CPU of the same rows as JSON (the median of interleaved rounds). PostgreSQL only."""
    site = prepare(url)
    try:
        with quiet():
            app = make_app(site)
            most = [_statements(app, site)]
            for more in (1, 49, cases - 50):
                fill_sealed(site, more)
                most.append(_statements(app, site))
            weights = _weights(app, site)
            beside = _beside_json(app, site, url, rounds, requests)
        return [
            _limit("my_day_statements", "statements, however many rows", max(most), 12),
            *weights,
            beside,
        ]
    finally:
        site.database.close()


def _limit(name: str, unit: str, value: float, limit: float, **more: Any) -> dict[str, Any]:
    figure = {"name": name, "unit": unit, "value": value, "limit": limit, "at_least": False}
    return figure | more


# --- statements -----------------------------------------------------------------------------------


@contextmanager
def _told(engine: sa.Engine) -> Iterator[list[str]]:
    told: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    sa.event.listen(engine, "before_cursor_execute", keep)
    try:
        yield told
    finally:
        sa.event.remove(engine, "before_cursor_execute", keep)


def _statements(app: Any, site: Place) -> int:
    ask(app, request(PAGE, site.token))
    with _told(site.database.engine) as told:
        ask(app, request(PAGE, site.token))
    return len(told)


# --- bytes ----------------------------------------------------------------------------------------


def _weights(app: Any, site: Place) -> list[dict[str, Any]]:
    page, text = _fetched(app, site, PAGE)
    assets = _assets(app, site, text)
    first = page + sum(assets.values())
    return [
        _limit(
            "first_visit",
            "kB on the wire, page and all that it fetches",
            first / 1000,
            150,
            assets=assets,
        ),
        _limit("next_visit", "kB on the wire, fifty rows, nothing else fetched", page / 1000, 30),
    ]


def _assets(app: Any, site: Place, page: str) -> dict[str, int]:
    """Bytes of each thing that the page makes a browser fetch, by address."""
    found: dict[str, int] = {}
    waiting = list(dict.fromkeys(_LINKED.findall(page)))
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address], text = _fetched(app, site, address)
        if ".css" in address:
            here = dirname(address.partition("?")[0])
            waiting += [normpath(join(here, one)) for one in _NAMED.findall(text)]
    return found


def _fetched(app: Any, site: Place, address: str) -> tuple[int, str]:
    """How many bytes are sent to a browser that takes what is compressed, and what it says."""
    plain = request(address, site.token)
    head, body = sent(app, plain | {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"})
    return len(head) + len(body), ask(app, request(address, site.token)).decode()


# --- the same rows as JSON ------------------------------------------------------------------------


def _beside_json(app: Any, site: Place, url: str, rounds: int, requests: int) -> dict[str, Any]:
    for path in (PAGE, JSON):
        _spend(app, site, path, requests, lambda: 0.0)
    spent = Spent(url)
    took: dict[str, list[float]] = {PAGE: [], JSON: []}
    for number in range(rounds):
        for path in (PAGE, JSON) if number % 2 else (JSON, PAGE):
            took[path].append(_spend(app, site, path, requests, spent.now))
    ratios = [page / rows for page, rows in zip(took[PAGE], took[JSON], strict=True)]
    return _limit(
        "my_day_beside_json",
        "x of the same rows as JSON (CPU)",
        statistics.median(ratios),
        2.5,
        page_ms=statistics.median(took[PAGE]) * 1000,
        json_ms=statistics.median(took[JSON]) * 1000,
        backends_counted=len(spent.pids),
        ratios=ratios,
    )


def _spend(app: Any, site: Place, path: str, many: int, now: Callable[[], float]) -> float:
    before = now()
    for _ in range(many):
        ask(app, request(path, site.token))
    return (now() - before) / many
