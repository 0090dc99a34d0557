"""JSON from outside: strict, and nothing in it that a database cannot hold."""

import json
from typing import Any, NoReturn

from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.http.plain import all_text

DEPTH_LIMIT = 32
NUMBER_LIMIT = 2**63


class BadBody(Invalid):
    """The body is not the JSON object that was expected."""

    code = "request.bad_body"


class BadFields(Invalid):
    """Some fields are missing, unknown or of the wrong kind: `fields` names them."""

    code = "request.bad_fields"


class BadText(Invalid):
    """A NUL or half of a character stands in what was sent."""

    code = "request.bad_text"


def _refuse_number(_text: str) -> NoReturn:
    raise BadBody(reason="not_a_number")


def _whole(text: str) -> int:
    value = int(text)
    _refuse_large(value)
    return value


def _broken(text: str) -> float:
    value = float(text)
    _refuse_large(value)
    return value


def _refuse_large(value: float) -> None:
    if abs(value) >= NUMBER_LIMIT:
        raise BadBody(reason="number_too_large")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadBody(reason="duplicate_key")
    return made


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level and deepest <= DEPTH_LIMIT:
        deepest += 1
        level = [
            part
            for held in level
            if isinstance(held, dict | list)
            for part in (held.values() if isinstance(held, dict) else held)
        ]
    return deepest


def parse_json(raw: bytes) -> Any:
    """JSON as it should be: one value for a key, no NaN, not deeper than 32, no larger number than
    databases hold."""
    try:
        value = json.loads(
            raw,
            object_pairs_hook=_once,
            parse_constant=_refuse_number,
            parse_int=_whole,
            parse_float=_broken,
        )
    except (ValueError, RecursionError):
        raise BadBody(reason="not_json") from None
    if _depth(value) > DEPTH_LIMIT:
        raise BadBody(reason="too_deep")
    if not all_text(value):
        raise BadText()
    return value
