"""The HTTP edge, for views and pages: `transaction()`, `current_actor()`, `answer()`.

`edge.py` puts it on an app (who asks, headers, refusals, repeated requests); read it second.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
import sqlalchemy as sa
from flask import Response, current_app, g, redirect, request, url_for
from marshmallow import Schema
from sqlalchemy.orm import Session

from bindeledd.foundation import clock
from bindeledd.foundation.actors import Actor
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Conflict, NotAllowed
from bindeledd.foundation.http.blueprints import Blueprint as Blueprint
from bindeledd.foundation.http.blueprints import StrictParser
from bindeledd.foundation.http.blueprints import plain_errors as plain_errors
from bindeledd.foundation.http.blueprints import reads_query as reads_query
from bindeledd.foundation.http.clashing import Clashed, constraint_of
from bindeledd.foundation.http.dumping import dump
from bindeledd.foundation.http.field_words import in_words
from bindeledd.foundation.http.languages import speak_to
from bindeledd.foundation.http.parsing import BadBody as BadBody
from bindeledd.foundation.http.parsing import BadFields as BadFields
from bindeledd.foundation.http.parsing import BadText as BadText
from bindeledd.foundation.logs import log

JSON_LIMIT = 1024 * 1024
MESSAGE_LIMIT = 50 * 1024 * 1024

F = TypeVar("F", bound=Callable[..., Any])
Resolve = Callable[[Session, datetime], Actor | None]
TakeKey = Callable[[Session, Any, datetime], UUID]


class NotLoggedIn(NotAllowed):
    """Nobody is logged in, or the session is over."""

    code = "request.not_logged_in"
    status = 401


class Changed(Conflict):
    """It was changed by somebody else since it was read."""

    code = "request.changed"
    status = 412


@dataclass(frozen=True, kw_only=True)
class Edge:
    """What the app gave the edge: the database, how to find out who asks, repeated requests."""

    database: Database
    resolve: Resolve
    take_key: TakeKey


def _edge() -> Edge:
    return cast(Edge, current_app.extensions["bindeledd.edge"])


def now() -> datetime:
    """The moment of this request: the same for everything that it does."""
    if "at" not in g:
        g.at = clock.now()
    return cast(datetime, g.at)


# --- one request, one transaction ---------------------------------------------------------------


def open_early() -> Session:
    """The session in which the first `transaction()` of this request will run."""
    if "early" not in g:
        g.early = _edge().database.session()
    return cast(Session, g.early)


@contextmanager
def transaction() -> Iterator[Session]:
    """One piece of work: committed whole at the end of the block, or not at all.

    The first one of a request goes on in the transaction in which it was found out who asks, and
    claims the key of the request, if there is one. What is not committed claims nothing.
    Refuses with `Clashed` what the database's own rules do not let stand beside what is there.
    """
    session: Session = g.pop("early", None) or _edge().database.session()
    claim = g.pop("claim", None)
    try:
        claimed = None if claim is None else (claim, _edge().take_key(session, claim, now()))
        g.wrote = False
        try:
            yield session
            session.commit()
        except BaseException:
            g.claim = claim
            raise
    except sa.exc.IntegrityError as error:
        session.rollback()
        log().error("clashed", request_id=request_id(), constraint=constraint_of(error))
        raise Clashed() from None
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
    if claimed is not None:
        g.claimed = claimed
    g.acted = g.get("acted", False) or g.pop("wrote")


@contextmanager
def beside() -> Iterator[Session]:
    """A piece of work of its own about one that was refused: it claims no key of the request, which
    may be sent again under it."""
    g.pop("claim", None)
    with transaction() as session:
        yield session


def find_actor() -> Actor | None:
    """Whoever asks, or None where nobody is logged in."""
    if "actor" not in g:
        asks = _edge().resolve(open_early(), now())
        g.actor = asks and replace(asks, door="api" if request.path.startswith("/api/") else "page")
        speak_to(g.actor)
    return cast(Actor | None, g.actor)


def current_actor() -> Actor:
    """Whoever asks. Refuses where nobody is logged in."""
    actor = find_actor()
    if actor is None:
        raise NotLoggedIn()
    return actor


def request_id() -> str:
    """The id under which this request stands in log, audit and error pages."""
    return cast(str, g.get("request_id", ""))


def public(view: F) -> F:
    """Mark a view that answers without anybody being logged in."""
    view.public = True  # type: ignore[attr-defined]
    return view


# --- bodies and answers ---------------------------------------------------------------------------


def read_body(schema: type[Schema]) -> dict[str, Any]:
    """The body of this request, checked by `schema`."""
    body = StrictParser().load_json(request, schema())
    errors = schema().validate(body) if isinstance(body, dict) else None
    if errors is None:
        raise BadBody(reason="not_an_object")
    if errors:
        raise BadFields(fields=in_words(errors))
    return cast(dict[str, Any], schema().load(body))


def answer(
    schema: type[Schema],
    value: object,
    *,
    many: bool = False,
    status: int = 200,
    version: int | None = None,
    location: str | None = None,
) -> Response:
    """`value` through `schema`, as JSON. `version` becomes the ETag."""
    return answer_json(
        dump(schema, value, many=many), status=status, version=version, location=location
    )


def answer_json(
    value: object, *, status: int = 200, version: int | None = None, location: str | None = None
) -> Response:
    """Plain values (dataclasses, UUIDs and moments included) as JSON, without a schema: lists."""
    made = Response(orjson.dumps(value, default=str), status, mimetype="application/json")
    if version is not None:
        made.set_etag(str(version))
    if location is not None:
        made.headers["Location"] = location
    return made


def expected_version() -> int | None:
    """The version that If-Match names, or None. Refuses one that cannot be a version."""
    given = request.if_match
    if not given or given.star_tag:
        return None
    tags = list(given.as_set())
    if len(tags) != 1 or not tags[0].isdigit():
        raise Changed(expected=",".join(tags))
    return int(tags[0])


def check_version(version: int) -> None:
    """Refuse when If-Match names another version than `version`."""
    expected = expected_version()
    if expected is not None and expected != version:
        raise Changed(expected=expected, version=version)


def go_to(endpoint: str, *, notice: str | None = None, **values: Any) -> Response:
    """After a form: on to a page, which says `notice` (a key such as `worklist.notices.done`)."""
    return cast(Response, redirect(url_for(endpoint, **values, notice=notice), 303))


def form_id(name: str) -> UUID | None:
    """The id in a form field, or None where it is empty. Refuses what is not an id."""
    text = request.form.get(name, "").strip()
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadFields(fields={name: ["not an id"]}) from None
