"""Style sheets, scripts and pictures: an address that changes with the content, kept by the browser.

`install_assets()` reads a folder once, at start, and compresses what gains by it. What the
address names by its digest is kept for a year; anything else is asked for anew each time.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import cast

from flask import Flask, Response, abort, request

_YEAR = 365 * 24 * 60 * 60
_COMPRESSED = frozenset({"text/css", "text/javascript", "image/svg+xml"})


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file as it is sent. `small` is the same, compressed, where that is shorter."""

    body: bytes
    small: bytes | None
    kind: str
    digest: str


def digest_of(body: bytes) -> str:
    """Twelve hexadecimal digits of its SHA-256: another file, another address."""
    return hashlib.sha256(body).hexdigest()[:12]


@cache
def read_assets(folder: Hashable) -> Mapping[str, Asset]:
    """Every file under `folder`, by its path there, as it stood when it was first read."""
    return {
        name: _asset(name, file.read_bytes())
        for name, file in _files(cast(Traversable, folder), "")
    }


def install_assets(app: Flask, folder: Traversable) -> None:
    """Answer at `/static/…`; `url_for("static", filename=…)` names the content too."""
    assets = read_assets(cast(Hashable, folder))

    @app.url_defaults
    def _version(endpoint: str, values: dict[str, object]) -> None:
        asset = assets.get(str(values.get("filename"))) if endpoint == "static" else None
        if asset is not None:
            values["v"] = asset.digest

    app.add_url_rule(
        "/static/<path:filename>", "static", lambda filename: _answer(assets, filename)
    )


def _answer(assets: Mapping[str, Asset], filename: str) -> Response:
    asset = assets.get(filename)
    if asset is None:
        abort(404)
    shorter = asset.small if request.accept_encodings["gzip"] else None
    answer = Response(asset.body if shorter is None else shorter, content_type=asset.kind)
    if asset.small is not None:
        answer.headers["Vary"] = "Accept-Encoding"
    if shorter is not None:
        answer.headers["Content-Encoding"] = "gzip"
    if request.args.get("v") == asset.digest:
        answer.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(f"{asset.digest}-gz" if shorter is not None else asset.digest)
    answer.make_conditional(request)
    return answer


def _files(folder: Traversable, under: str) -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        name = f"{under}{one.name}"
        if one.is_dir():
            yield from _files(one, f"{name}/")
        else:
            yield name, one


def _asset(name: str, body: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "text/plain"
    small = gzip.compress(body, 9, mtime=0) if kind in _COMPRESSED else None
    if small is not None and len(small) >= len(body):
        small = None
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Asset(body=body, small=small, kind=f"{kind}{charset}", digest=digest_of(body))
