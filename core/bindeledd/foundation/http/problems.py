"""Refusals and faults as answers: problem+json (RFC 9457) for programs, a page for people."""

import traceback
from collections.abc import Callable

import orjson
import sqlalchemy as sa
from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bindeledd.foundation.errors import Invalid, NotFound, Refusal
from bindeledd.foundation.http import NotLoggedIn, find_actor, request_id
from bindeledd.foundation.http.asking import in_place
from bindeledd.foundation.http.clashing import Clashed, constraint_of
from bindeledd.foundation.http.forms import left_out
from bindeledd.foundation.logs import log
from bindeledd.foundation.texts import t, texts


class TooLarge(Invalid):
    """The body is larger than this door takes."""

    code = "request.too_large"
    status = 413


class NoSuchPage(NotFound):
    code = "request.no_such_page"


class WrongMethod(Invalid):
    code = "request.wrong_method"
    status = 405


class BadRequest(Invalid):
    """What was sent cannot be understood as HTTP."""

    code = "request.bad_request"
    status = 400


class Unstorable(Invalid):
    """A value is too large, too long or of no kind that the database knows."""

    code = "request.unstorable"


class Busy(Refusal):
    """The database did not answer in time."""

    code = "request.busy"
    status = 503


class Unexpected(Refusal):
    """A fault of ours. The request id finds it in the log."""

    code = "request.unexpected"
    status = 500


def wants_html() -> bool:
    """True for a person in a browser, False for a program."""
    if request.path.startswith("/api/"):
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html"


def _speak_to_reader(status: int) -> None:
    """Nobody may have asked yet who this is: what stops before that is said in their language too.

    Not where something is wrong with us: then the database is left alone.
    """
    if status >= 500 or not (request.cookies or request.headers.get("Authorization")):
        return
    try:
        find_actor()
    except (Refusal, sa.exc.SQLAlchemyError):
        log().warning("reader_unknown", request_id=request_id())


def problem(refusal: Refusal) -> Response:
    """The refusal as a problem (RFC 9457), or as a page that says what to do next.

    In the language of whoever asks, as every other page.
    """
    _speak_to_reader(refusal.status)
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
            left_out=_typed(refusal),
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
    text = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(text, status, mimetype="application/problem+json")


def _typed(refusal: Refusal) -> list[str]:
    """What somebody of us typed into the form that is refused, to stand on the page of the refusal.

    Not what another site sent, nor a body that was too large to be read.
    """
    own = request.method == "POST" and g.get("actor") is not None
    if not own or refusal.status in (401, 413) or refusal.code == "request.foreign":
        return []
    return left_out(request.form.to_dict())


def _kind(status: int) -> str:
    known = {401: "log_in", 403: "not_allowed", 404: "not_found", 409: "conflict", 412: "conflict"}
    if status in known:
        return known[status]
    return "invalid" if status < 500 else "fault"


def refused(log_in: str) -> Callable[[Refusal], ResponseReturnValue]:
    """The handler of refusals; `log_in` is the endpoint where nobody is logged in.

    A form that was filled in goes on, with what was typed, to the endpoint `<log_in>_again`. A part
    of a page is refused: a whole page to log in on has no place in it.
    """

    def handle(refusal: Refusal) -> ResponseReturnValue:
        if isinstance(refusal, NotLoggedIn) and wants_html() and not in_place():
            if _is_filled_in():
                return redirect(url_for(f"{log_in}_again", next=request.full_path.rstrip("?")), 307)
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for(log_in, next=back), 303)
        if refusal.status >= 500:
            log().error("refused", request_id=request_id(), code=refusal.code)
        made = problem(refusal)
        if refusal.status == 401:
            made.headers["WWW-Authenticate"] = 'Bearer realm="bindeledd"'
        return made

    return handle


def _is_filled_in() -> bool:
    return request.method == "POST" and any(name != "_once" for name in request.form)


def http(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses, in our words."""
    code = error.code or 500
    if code < 400:
        return error.get_response()
    kinds: dict[int, type[Refusal]] = {404: NoSuchPage, 405: WrongMethod, 413: TooLarge}
    kind = Unexpected if code >= 500 else kinds.get(code, BadRequest)
    answer = problem(kind())
    for name, value in error.get_headers():
        if name.lower() == "allow":
            answer.headers["Allow"] = value
    return answer


def refusal_of(error: Exception) -> Refusal:
    """What stopped a piece of work, as a refusal; logged where it is a fault. Nothing was written."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, sa.exc.OperationalError):
        log().error("database", request_id=request_id(), error=type(error.orig).__name__)
        return Busy()
    if isinstance(error, sa.exc.IntegrityError):
        log().error("clashed", request_id=request_id(), constraint=constraint_of(error))
        return Clashed()
    if isinstance(error, sa.exc.DataError | OverflowError):
        cause = error.orig if isinstance(error, sa.exc.DataError) else error
        log().warning("unstorable", request_id=request_id(), error=type(cause).__name__)
        return Unstorable()
    _log_fault(error)
    return Unexpected()


def busy(error: sa.exc.OperationalError) -> ResponseReturnValue:
    """The database was locked or away: nothing was written."""
    answer = problem(refusal_of(error))
    answer.headers["Retry-After"] = "5"
    return answer


def clashed(error: sa.exc.IntegrityError) -> ResponseReturnValue:
    """A rule of the database itself, outside `transaction()`: nothing was written."""
    return problem(refusal_of(error))


def unstorable(error: sa.exc.DataError | OverflowError) -> ResponseReturnValue:
    """Some value is none that the database or the calendar knows: nothing was written."""
    return problem(refusal_of(error))


def fault(error: Exception) -> ResponseReturnValue:
    """What nobody foresaw."""
    return problem(refusal_of(error))


def _log_fault(error: Exception) -> None:
    """The place in our code is logged, never the words of the error."""
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
