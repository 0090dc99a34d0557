"""The API's description made whole: a name for each door, refusals as they are answered, links.

`complete()` takes what the schemas say and adds what they cannot know.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.routing import Map

JSON = dict[str, Any]
_METHODS = ("get", "put", "post", "patch", "delete")
_SCHEMAS = "#/components/schemas/"
# Views whose name does not say which id theirs is.
_OTHER_NAMES = {
    "WaitingView": "message_id",
    "CaseBare": "case_id",
    "RestrictedHead": "record_id",
    "RestrictedView": "record_id",
}
_DEEPEST = 3

PROBLEM: JSON = {
    "type": "object",
    "description": "A refusal (RFC 9457). `type` ends with a stable code; `facts` hold ids, states and dates.",
    "required": ["type", "title", "status", "detail", "facts", "request_id"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:bindeledd:[a-z_.]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "facts": {"type": "object", "additionalProperties": {}},
        "request_id": {"type": "string"},
    },
    "additionalProperties": False,
}


def complete(document: JSON, addresses: Map) -> JSON:
    """The description `document` of the doors at `addresses`, made whole in place.

    Each operation gets its name and, where its answer holds ids, links to the doors that take them.
    """
    _name(document, addresses)
    _say_refusals(document)
    _link(document)
    return document


def _operations(document: JSON) -> Iterator[tuple[str, JSON]]:
    for path, held in document["paths"].items():
        for method in _METHODS:
            if method in held:
                yield path, held[method]


def _name(document: JSON, addresses: Map) -> None:
    for rule in addresses.iter_rules():
        held = document["paths"].get(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), {})
        for method in rule.methods or ():
            if method.lower() in held:
                held[method.lower()]["operationId"] = rule.endpoint


def _say_refusals(document: JSON) -> None:
    held = document["components"]
    for unused in ("Error", "PaginationMetadata"):
        held["schemas"].pop(unused, None)
    held["schemas"]["Problem"] = PROBLEM
    for name in held["responses"]:
        held["responses"][name] = {
            "description": "Refused",
            "content": {"application/problem+json": {"schema": {"$ref": f"{_SCHEMAS}Problem"}}},
        }


# --- links: what an answer names, and which doors take it ---------------------------------------


def _link(document: JSON) -> None:
    doors = {
        one["operationId"]: needed
        for path, one in _operations(document)
        if (needed := set(re.findall(r"{(\w+)}", path)))
    }
    known = set().union(*doors.values())
    for path, one in _operations(document):
        here = set(re.findall(r"{(\w+)}", path))
        for status, answer in one["responses"].items():
            found = _found(document, answer, known - here) if status.startswith("2") else {}
            places = {name: f"$request.path.{name}" for name in here}
            places |= {name: f"$response.body#{at}" for name, at in found.items()}
            links = {
                door: {"operationId": door, "parameters": {name: places[name] for name in needed}}
                for door, needed in doors.items()
                if needed & set(found) and needed <= set(places)
            }
            if links:
                answer["links"] = links


def _found(document: JSON, answer: Mapping[str, Any], known: set[str]) -> dict[str, str]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    found: dict[str, str] = {}
    for name, at in _ids(document, schema or {}, "", 0):
        if name in known and at.count("/") < found.get(name, "/" * 9).count("/"):
            found[name] = at
    return found


def _ids(document: JSON, schema: JSON, at: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if "$ref" in schema:
        view = schema["$ref"].removeprefix(_SCHEMAS)
        schema = document["components"]["schemas"][view]
        if "id" in schema.get("properties", {}):
            own = _OTHER_NAMES.get(view, view.removesuffix("View").lower() + "_id")
            yield own, f"{at}/id"
    for one in schema.get("anyOf", ()):
        yield from _ids(document, one, at, depth)
    if "items" in schema:
        yield from _ids(document, schema["items"], f"{at}/0", depth + 1)
    for name, held in schema.get("properties", {}).items():
        if name.endswith("_id"):
            yield name, f"{at}/{name}"
        yield from _ids(document, held, f"{at}/{name}", depth + 1)
