"""Puts the edge on an app: who asks, headers, refusals as problems, repeated requests.

`install()` is called once by `create_app`. The order of the steps before a view is the order of
the functions in `_before`.
"""

import time
import traceback
from collections.abc import Callable
from uuid import uuid4

import orjson
import sqlalchemy as sa
from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bindeledd.foundation import idempotency
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Invalid, NotAllowed, Refusal
from bindeledd.foundation.http import (
    JSON_LIMIT,
    MESSAGE_LIMIT,
    Edge,
    NotLoggedIn,
    Resolve,
    _edge,
    current_actor,
    find_actor,
    now,
    open_early,
    request_id,
)
from bindeledd.foundation.logs import log
from bindeledd.foundation.sealing.keyring import ring
from bindeledd.foundation.texts import t, texts

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


class TooLarge(Invalid):
    """The body is larger than this door takes."""

    code = "request.too_large"
    status = 413


class Busy(Refusal):
    """The database did not answer in time."""

    code = "request.busy"
    status = 503


class Unexpected(Refusal):
    """A fault of ours. The request id finds it in the log."""

    code = "request.unexpected"
    status = 500


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
    app.config["MAX_CONTENT_LENGTH"] = MESSAGE_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = JSON_LIMIT
    app.before_request(_begin)
    app.before_request(lambda: _limit(large))
    app.before_request(_own_origin)
    app.before_request(_read)
    app.before_request(_who)
    app.before_request(_repeated)
    app.after_request(_keep)
    app.after_request(lambda answer: _finish(answer, secure=secure))
    app.teardown_request(_let_go)
    app.register_error_handler(Refusal, _refused(log_in))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(sa.exc.OperationalError, _busy)
    app.register_error_handler(Exception, _fault)


# --- before -----------------------------------------------------------------------------------


def _begin() -> None:
    g.request_id = uuid4().hex
    g.started = time.perf_counter()


def _limit(large: frozenset[str]) -> None:
    allowed = MESSAGE_LIMIT if request.endpoint in large else JSON_LIMIT
    request.max_content_length = allowed
    if (request.content_length or 0) > allowed:
        raise TooLarge(limit=allowed)


def _own_origin() -> None:
    """An unsafe request with a cookie must come from our own pages (Fetch Metadata, Origin)."""
    if request.method in SAFE or request.headers.get("Authorization"):
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


def _is_public() -> bool:
    if request.endpoint is None or request.endpoint.rpartition(".")[2] == "static":
        return True
    view = current_app.view_functions.get(request.endpoint)
    return bool(getattr(view, "public", False))


def _who() -> None:
    if not _is_public():
        current_actor()


def _repeated() -> ResponseReturnValue | None:
    """A POST under an Idempotency-Key (or a form's `_once`): the first answer, if there is one."""
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
    body = str(kept["body"]).encode("utf-8", "surrogateescape")
    made = Response(body, int(str(kept["status"])), mimetype=str(kept["mimetype"]))
    if kept["location"]:
        made.headers["Location"] = str(kept["location"])
    made.headers["Idempotency-Replayed"] = "true"
    return made


# --- after ------------------------------------------------------------------------------------


def _keep(answer: Response) -> Response:
    """Keep the answer of a request whose key was claimed. Its work stands whatever happens here."""
    claimed = g.pop("claimed", None)
    if claimed is None or answer.direct_passthrough:
        return answer
    claim, row_id = claimed
    try:
        with _edge().database.transaction() as session:
            idempotency.keep_answer(
                session,
                claim,
                row_id,
                {
                    "status": answer.status_code,
                    "mimetype": answer.mimetype,
                    "location": answer.headers.get("Location"),
                    "body": answer.get_data().decode("utf-8", "surrogateescape"),
                },
                at=now(),
            )
    except sa.exc.SQLAlchemyError as error:
        with _edge().database.session() as session:
            ring(session).forget()
        log().warning("answer_not_kept", request_id=request_id(), error=type(error).__name__)
    return answer


def _finish(answer: Response, *, secure: bool) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if secure:
        answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint is None or request.endpoint.rpartition(".")[2] != "static":
        answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Request-Id"] = request_id()
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
    session = g.pop("early", None)
    if session is not None:
        session.rollback()
        session.close()


# --- refusals and faults -------------------------------------------------------------------------


def wants_html() -> bool:
    """True for a person in a browser, False for a program."""
    if request.path.startswith("/api/"):
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html"


def problem(refusal: Refusal) -> Response:
    """The refusal as a problem (RFC 9457), or as a page that says what to do next."""
    detail = texts().refusal(refusal.code)
    status = refusal.status
    title = t(f"web.problem.{_kind(status)}")
    if wants_html():
        page = render_template(
            "problem.html",
            title=title,
            detail=detail,
            status=status,
            request_id=request_id(),
        )
        return Response(page, status, mimetype="text/html")
    body = {
        "type": f"urn:bindeledd:{refusal.code}",
        "title": title,
        "status": status,
        "detail": detail,
        "facts": dict(refusal.facts),
        "request_id": request_id(),
    }
    return Response(orjson.dumps(body, default=str), status, mimetype="application/problem+json")


def _kind(status: int) -> str:
    known = {401: "log_in", 403: "not_allowed", 404: "not_found", 409: "conflict", 412: "conflict"}
    if status in known:
        return known[status]
    return "invalid" if status < 500 else "fault"


def _refused(log_in: str) -> Callable[[Refusal], ResponseReturnValue]:
    def handle(refusal: Refusal) -> ResponseReturnValue:
        if isinstance(refusal, NotLoggedIn) and wants_html():
            back = request.full_path if request.method == "GET" else None
            return redirect(url_for(log_in, next=back), 303)
        if refusal.status >= 500:
            log().error("refused", request_id=request_id(), code=refusal.code)
        made = problem(refusal)
        if refusal.status == 401:
            made.headers["WWW-Authenticate"] = 'Bearer realm="bindeledd"'
        return made

    return handle


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    names = {404: "request.no_such_page", 405: "request.wrong_method", 413: "request.too_large"}
    made = type(
        "Http", (Refusal,), {"code": names.get(code, "request.bad_request"), "status": code}
    )
    if code >= 500:
        return problem(Unexpected())
    answer = problem(made())
    for name, value in error.get_headers():
        if name.lower() == "allow":
            answer.headers["Allow"] = value
    return answer


def _busy(error: sa.exc.OperationalError) -> ResponseReturnValue:
    log().error("database", request_id=request_id(), error=type(error.orig).__name__)
    answer = problem(Busy())
    answer.headers["Retry-After"] = "5"
    return answer


def _fault(error: Exception) -> ResponseReturnValue:
    """What nobody foresaw: the place in our code is logged, never the words of the error."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "bindeledd" in f.filename]
    last = (ours or list(frames))[-1]
    log().error(
        "fault",
        request_id=request_id(),
        error=type(error).__name__,
        where=last.name,
        line=f"{last.filename.rpartition('bindeledd/')[2]}:{last.lineno}",
    )
    return problem(Unexpected())
