"""The doors over HTTP: strict about what they are asked, described by their schemas."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Request, current_app, request
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser

from bindeledd.foundation.http.field_words import in_words
from bindeledd.foundation.http.parsing import BadBody, BadFields, parse_json
from bindeledd.foundation.texts import t

F = TypeVar("F", bound=Callable[..., Any])
UNKNOWN = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}


class StrictParser(FlaskParser):
    """Reads bodies and queries for `Blueprint.arguments`: strict JSON, unknown fields refused."""

    DEFAULT_UNKNOWN_BY_LOCATION = UNKNOWN

    def load_json(self, req: Request, schema: Schema) -> Any:
        del schema
        if not req.is_json:
            raise BadBody(reason="content_type")
        return parse_json(req.get_data(cache=True))

    def handle_error(self, error: Any, *_: Any, **__: Any) -> NoReturn:
        raise BadFields(fields=plain_errors(error.messages))


def plain_errors(messages: Mapping[str, Any]) -> dict[str, Any]:
    """Field names with what is wrong with them, in the language of the request; the location that
    webargs adds is left out."""
    for place in ("json", "query", "form"):
        if set(messages) == {place}:
            return dict(in_words(messages[place]))
    return dict(in_words(messages))


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A JSON blueprint: documented by its schemas, strict about bodies.

    What its doors say of themselves is gathered when somebody asks for the description: that takes
    a quarter of a start, and few ask.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *named: Any, **more: Any) -> None:
        super().__init__(*named, **more)
        self._untold: list[Callable[[], None]] = []

    def arguments(self, schema: type[Schema] | Schema, **more: Any) -> Any:
        """What a request is read with; a schema that is named by its class is made once."""
        known = made_once(schema)
        reads = super().arguments(known, **more)
        if more.get("location") != "query":
            return reads
        names = [one.data_key or name for name, one in known.fields.items()]
        return lambda view: reads_query(*names)(reads(view))

    def _store_endpoint_docs(self, *door: Any, **options: Any) -> None:
        self._untold.append(partial(super()._store_endpoint_docs, *door, **options))

    def register_views_in_doc(self, *where: Any, **more: Any) -> None:
        while self._untold:
            self._untold.pop(0)()
        super().register_views_in_doc(*where, **more)


def made_once(schema: type[Schema] | Schema) -> Schema:
    """The schema; where it is named by its class, the one that all share. Nothing in it changes."""
    return _made(schema) if isinstance(schema, type) else schema


@cache
def _made(schema: type[Schema]) -> Schema:
    return schema()


def refuse_unread() -> None:
    """What a door does not know behind the `?` is refused: a filter that is misspelt would else be
    answered as if it held."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or not request.path.startswith("/api/"):
        return
    unread = sorted(request.args.keys() - getattr(view, "reads_query", frozenset()))
    if unread:
        raise BadFields(fields={name: [t("web.fields.unknown")] for name in unread})


def reads_query(*names: str) -> Callable[[F], F]:
    """Mark a view that reads these of its query by itself; all others are refused before it."""

    def mark(view: F) -> F:
        view.reads_query = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark
