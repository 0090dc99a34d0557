"""Puts the edge on an app: who asks, headers, refusals as problems, repeated requests.

`install()` is called once by `create_app`. The order of the steps before a view is the order of
the functions in `_before`.
"""

import time
from collections.abc import Mapping
from typing import cast
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from bindeledd.foundation import idempotency
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import NotAllowed, Refusal
from bindeledd.foundation.http import (
    JSON_LIMIT,
    MESSAGE_LIMIT,
    BadText,
    Edge,
    Resolve,
    _edge,
    answer_json,
    current_actor,
    find_actor,
    now,
    open_early,
    request_id,
)
from bindeledd.foundation.http.blueprints import refuse_unread
from bindeledd.foundation.http.languages import speak_to
from bindeledd.foundation.http.plain import is_text, only_ids
from bindeledd.foundation.http.problems import (
    TooLarge,
    busy,
    clashed,
    fault,
    http,
    refused,
    unstorable,
)
from bindeledd.foundation.http.writes import follow
from bindeledd.foundation.logs import log
from bindeledd.foundation.sealing.keyring import ring
from bindeledd.foundation.texts import language, speak

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class ForeignRequest(NotAllowed):
    """The request comes from another site, or does not say where it comes from."""

    code = "request.foreign"


class ReadOnly(NotAllowed):
    """The token is for reading, and this would change something."""

    code = "request.read_only"


def install(
    app: Flask,
    database: Database,
    resolve: Resolve,
    *,
    log_in: str,
    secure: bool,
    large: frozenset[str] = frozenset(),
) -> None:
    """Put the edge on `app`. `log_in` is the endpoint of the page to log in.

    `resolve` finds out who asks, with the session in which the view will go on.

    `large` names endpoints that take a message (50 MiB); all others take 1 MiB.
    """
    app.extensions["bindeledd.edge"] = Edge(
        database=database,
        resolve=resolve,
        take_key=lambda session, claim, at: idempotency.take(session, claim, at=at),
    )
    follow(database.engine)
    app.config["MAX_CONTENT_LENGTH"] = MESSAGE_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = JSON_LIMIT
    app.before_request(_begin)
    app.before_request(lambda: _limit(large))
    app.before_request(_own_origin)
    app.before_request(_read)
    app.before_request(_only_text)
    app.before_request(_who)
    app.before_request(refuse_unread)
    app.before_request(_repeated)
    app.after_request(_keep)
    app.after_request(lambda answer: _finish(answer, secure=secure))
    app.teardown_request(_let_go)
    app.register_error_handler(Refusal, refused(log_in))
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(sa.exc.OperationalError, busy)
    app.register_error_handler(sa.exc.IntegrityError, clashed)
    app.register_error_handler(sa.exc.DataError, unstorable)
    app.register_error_handler(OverflowError, unstorable)
    app.register_error_handler(Exception, fault)


# --- before -----------------------------------------------------------------------------------


def _begin() -> None:
    g.request_id = uuid4().hex
    g.started = time.perf_counter()
    speak_to(None)


def _limit(large: frozenset[str]) -> None:
    allowed = MESSAGE_LIMIT if request.endpoint in large else JSON_LIMIT
    request.max_content_length = allowed
    if (request.content_length or 0) > allowed:
        raise TooLarge(limit=allowed)


def _own_origin() -> None:
    """An unsafe request with a cookie must come from our own pages (Fetch Metadata, Origin)."""
    if request.method in SAFE or request.headers.get("Authorization") or _marked("from_machines"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForeignRequest()
        return
    origin = request.headers.get("Origin")
    if origin is not None:
        if origin != request.host_url.rstrip("/"):
            raise ForeignRequest()
        return
    if request.cookies or _browser_form():
        raise ForeignRequest()


def _browser_form() -> bool:
    return request.mimetype in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    )


def _read() -> None:
    """Read the body before a transaction is open: a slow client holds no lock."""
    if request.method not in SAFE:
        request.get_data(cache=True)


def _only_text() -> None:
    """No NUL and no half of a character in path, query or form: no door need think of it."""
    held: list[MultiDict[str, str]] = [request.args]
    if request.method not in SAFE and _browser_form():
        held.append(request.form)
    told = [
        request.path,
        *(text for one in held for pair in one.items(multi=True) for text in pair),
    ]
    if not all(map(is_text, told)):
        raise BadText()


def _is_public() -> bool:
    if request.endpoint is None or request.endpoint.rpartition(".")[2] == "static":
        return True
    return _marked("public")


def _marked(mark: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, mark, False))


def _who() -> None:
    """Somebody, unless the door is public; whoever only reads comes no further than reading."""
    if not _is_public() and current_actor().reads_only and request.method not in SAFE:
        raise ReadOnly(method=request.method)


def _repeated() -> ResponseReturnValue | None:
    """A POST under an Idempotency-Key (or a form's `_once`) that was done already: what it made.

    Status, address and ids only: whoever repeats a request may not see the patient any more.
    """
    if request.method != "POST":
        return None
    key = request.headers.get("Idempotency-Key")
    if key is None and _browser_form():
        key = request.form.get("_once")
    actor = find_actor() if key else None
    if not key or actor is None:
        return None
    claim = idempotency.claim_of(
        actor.tenant_id, actor.id, key, request.method, request.path, request.get_data()
    )
    kept = idempotency.find_answer(open_early(), claim, at=now())
    if kept is None:
        g.claim = claim
        return None
    return _again(kept)


def _again(kept: Mapping[str, object]) -> Response:
    status, location = int(str(kept["status"])), kept["location"]
    if _browser_form():
        made = redirect(str(location or "/"), 303)
    else:
        made = answer_json(kept.get("ids") or {}, status=status)
        if location:
            made.headers["Location"] = str(location)
    made.headers["Idempotency-Replayed"] = "true"
    return cast(Response, made)


# --- after ------------------------------------------------------------------------------------


def _keep(answer: Response) -> Response:
    """Keep what a request under a key has made; let go of a key under which nothing was done.

    Something done that ends in a refusal keeps its key without an answer: it is never repeated.
    """
    claimed, acted = g.pop("claimed", None), g.pop("acted", False)
    if claimed is None or (acted and answer.status_code >= 400):
        return answer
    claim, row_id = claimed
    try:
        with _edge().database.transaction() as session:
            if acted:
                idempotency.keep_answer(session, claim, row_id, _made(answer), at=now())
            else:
                idempotency.let_go(session, row_id)
    except sa.exc.SQLAlchemyError as error:
        with _edge().database.session() as session:
            ring(session).forget()
        log().warning("answer_not_kept", request_id=request_id(), error=type(error).__name__)
    return answer


def _made(answer: Response) -> dict[str, object]:
    return {
        "status": answer.status_code,
        "location": answer.headers.get("Location"),
        "ids": only_ids(answer.get_json(silent=True)) if answer.is_json else None,
    }


def _finish(answer: Response, *, secure: bool) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if secure:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint is None or request.endpoint.rpartition(".")[2] != "static":
        answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Request-Id"] = request_id()
    answer.headers.setdefault("Content-Language", language())
    actor = g.get("actor")
    log().info(
        "request",
        request_id=request_id(),
        method=request.method,
        route=str(request.url_rule) if request.url_rule else "-",
        status=answer.status_code,
        took_ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        actor_kind=str(actor.kind) if actor else "-",
    )
    return answer


def _let_go(_error: BaseException | None) -> None:
    speak(None)
    session = g.pop("early", None)
    if session is not None:
        session.rollback()
        session.close()
