"""Asking an app in process, and what that takes of the processors on both sides."""

from __future__ import annotations

import io
import os
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bench.sites import Place
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings

TICK = os.sysconf("SC_CLK_TCK")


def request(path: str, token: str, method: str = "GET", body: bytes = b"") -> dict[str, Any]:
    """A WSGI environment."""
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_ACCEPT": "application/json", "CONTENT_TYPE": "application/json" if body else "",
        "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip


def ask(app: Any, environ: dict[str, Any]) -> bytes:
    """The body of a successful answer."""
    return sent(app, environ)[1]


def sent(app: Any, environ: dict[str, Any]) -> tuple[bytes, bytes]:
    """The head (status line and headers) and the body of a successful answer, as they are sent."""
    said: list[tuple[str, list[tuple[str, str]]]] = []
    found = app(environ, lambda status, headers, exc=None: said.append((status, headers)))
    body = b"".join(found)
    if hasattr(found, "close"):
        found.close()
    status, headers = said[0]
    if not status.startswith("2"):
        raise AssertionError(f"{status}: {body[:400]!r}")
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode(), body


@contextmanager
def quiet() -> Any:
    """The log of the requests goes nowhere; writing it is still paid for."""
    kept = sys.stderr
    with Path(os.devnull).open("w") as nowhere:
        sys.stderr = nowhere
        try:
            yield
        finally:
            sys.stderr = kept


def make_app(site: Place) -> Any:
    from bindeledd.app import create_app

    settings = replace(read_settings({"BINDELEDD_HOME": str(site.home)}), environment="test")
    return create_app(settings, database=site.database, gathered=gather())


class Spent:
    """CPU seconds of this process and of the PostgreSQL backends of a database, where they can
    be read (the server on the same machine)."""

    def __init__(self, url: str) -> None:
        asked = psycopg.connect(plain_url(url))
        with asked:
            pids = asked.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchall()
        asked.close()
        self.pids = [pid for (pid,) in pids if Path(f"/proc/{pid}/stat").exists()]

    def now(self) -> float:
        return time.process_time() + sum(map(_backend, self.pids)) / TICK


def _backend(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def plain_url(url: str) -> str:
    made = sa.make_url(url).set(drivername="postgresql")
    return made.render_as_string(hide_password=False)
