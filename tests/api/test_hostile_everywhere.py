"""Each place in each body and address, filled with what no database can hold: refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from api.conftest import Standing
from web.test_map import some

HOSTILE: dict[str, tuple[str, ...]] = {
    "text": (r'"a\u0000b"', r'"\ud800"', r'"\udfffb"', '"' + "x" * 25_000 + '"'),
    "moment": ('"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-12:00"', '"1e400"'),
    "day": ('"0001-01-01"', '"9999-12-31"', '"2027-02-30"'),
    "number": (str(2**63), str(-(2**63) - 1), str(10**400), "1e308", "-1e308", "1e400"),
    "id": ('"a\\u0000b"', '"ffffffff-ffff-ffff-ffff-fffffffffffff"', str(2**128)),
}
HOLE = "a place to fill"


def kind_of(part: dict[str, Any]) -> str:
    formats = {"uuid": "id", "date": "day", "date-time": "moment"}
    if part.get("format") in formats:
        return formats[part["format"]]
    return "number" if {"integer", "number"} & set(_types(part)) else "text"


def _types(part: dict[str, Any]) -> list[str]:
    kinds = part.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def resolved(described: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        return resolved(described, described["components"]["schemas"][part["$ref"].split("/")[-1]])
    found = next((one for one in part.get("anyOf", ()) if one.get("type") != "null"), None)
    return resolved(described, found) if found else part


def holes(
    described: dict[str, Any], schema: dict[str, Any], depth: int = 0
) -> Iterator[tuple[Any, str]]:
    """The smallest body once for each of its places, with a hole there; and what belongs in it."""
    part = resolved(described, schema)
    if "properties" in part and depth < 4:
        whole = some(described, part)
        for name, held in part["properties"].items():
            for filled, kind in holes(described, held, depth + 1):
                yield deepcopy(whole) | {name: filled}, kind
    elif "items" in part:
        for filled, kind in holes(described, part["items"], depth + 1):
            yield [filled], kind
    else:
        yield HOLE, kind_of(part)


def requests(described: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, doors in described["paths"].items():
        for method, door in doors.items():
            content = door.get("requestBody", {}) if isinstance(door, dict) else {}
            schema = content.get("content", {}).get("application/json", {}).get("schema")
            for body, kind in holes(described, schema) if schema else ():
                for value in HOSTILE[kind]:
                    yield method, path, json.dumps(body).replace(f'"{HOLE}"', value)


def test_no_place_in_any_body_takes_what_cannot_be_stored(standing: Standing) -> None:
    described = standing.app.test_client().get("/api/v1/openapi.json").json
    assert described is not None
    taken: dict[str, int] = {}
    asked = 0
    for method, path, body in requests(described):
        told = standing.ask(method, path, body)
        asked += 1
        if not 400 <= told.status_code < 500:
            taken[f"{method} {path} {body[:200]}"] = told.status_code

    assert taken == {}
    assert asked > 400


ADDRESSED = ("%00", "%ED%A0%80", str(2**63), "1" * 400, "0001-01-01", "é")


def places(path: str, doors: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each part of an address that takes something, with a hole there."""
    for method, door in doors.items():
        if method != "parameters" and "{" in path:
            yield method, path.split("{")[0] + HOLE + path.split("}", 1)[1]
        for one in door.get("parameters", ()) if method == "get" else ():
            yield method, f"{path}?{one['name']}={HOLE}"


def test_no_address_takes_what_cannot_be_stored(standing: Standing) -> None:
    described = standing.app.test_client().get("/api/v1/openapi.json").json
    assert described is not None
    wrong, asked = {}, 0
    for path, doors in described["paths"].items():
        for method, place in places(path, doors):
            for value in ADDRESSED:
                told = standing.ask(method, place.replace(HOLE, value), "{}")
                asked += 1
                if told.status_code >= 500 or (told.status_code < 300 and value == "%00"):
                    wrong[f"{method} {place} {value}"] = told.status_code

    assert wrong == {}
    assert asked > 200


def test_facts_of_an_event_are_plain_codes_and_nothing_else(standing: Standing) -> None:
    for value in ("1", "1.5", "[]", "{}", '"Bor hos søsteren"'):
        body = f'{{"kind": "risk_assessed", "facts": {{"how": {value}}}}}'
        told = standing.ask("post", "/api/v1/cases/{case_id}/events", body)
        said = told.json
        assert said is not None
        assert (told.status_code, said["type"]) == (422, "urn:bindeledd:case.bad_fact"), value
