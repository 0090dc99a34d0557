"""FHIR's JSON as the tree that FHIR's XML would be: one reader for both, and one way to compare.

The standard library's parser: it is the one that tells when a key stands twice. No `NaN`, no other
encoding than UTF-8 (or UTF-16 with its mark), a cap on depth and on how much there is.
"""

import html
import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from lxml import etree

from bindeledd.features.intake.domain import safety
from bindeledd.features.intake.domain.safety import (
    DEEPEST,
    LARGEST,
    MOST,
    CannotRead,
    Document,
    EntityRefused,
    TooDeep,
    TooLarge,
    WrongEncoding,
)

FHIR = "http://hl7.org/fhir"
_SPACE = {None: FHIR}
_TAG_OF = f"{{{FHIR}}}"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
_TAG = re.compile(r"<[^<>]*>")
_UNSAID = ("_", "fhir_comments")  # what a primitive carries beside its value


class NotJson(CannotRead):
    """It begins as JSON and is none: cut off, or with what JSON does not have."""

    code = "intake.not_json"


class DoubledKey(CannotRead):
    """A key stands twice in one object: which of the two is meant, nobody can say."""

    code = "intake.doubled_key"


def is_json(data: bytes) -> bool:
    """Whether the first sign that is no space is that of a JSON object or list."""
    for mark, name in safety.BOMS:
        if data.startswith(mark):
            return data[len(mark) :][:64].decode(name, "ignore").lstrip()[:1] in ("{", "[")
    return data[:64].lstrip()[:1] in (b"{", b"[")


def parse(data: bytes, *, largest: int = LARGEST) -> Document:
    """The tree of `data`. Raises a `CannotRead`; nothing of the content stands in it."""
    if len(data) > largest:
        raise TooLarge(size=len(data), largest=largest)
    text, encoding = _decoded(data)
    if text.count(":") + text.count(",") + text.count("[") > MOST:
        raise TooLarge(most=MOST)
    return Document(_root(_loaded(text)), encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, name in safety.BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name), name
    return _strict(data, "utf-8"), "utf-8"


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as wrong:
        raise WrongEncoding(declared=name, at_byte=wrong.start) from None


def _loaded(text: str) -> Any:
    """Numbers stay as they were written: none is large enough to do harm."""
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_refused, parse_int=str, parse_float=str
        )
    except RecursionError:
        raise TooDeep(deepest=DEEPEST) from None
    except json.JSONDecodeError as wrong:
        raise NotJson(line=wrong.lineno) from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DoubledKey()
    return found


def _refused(constant: str) -> NoReturn:
    raise NotJson(constant=constant)


# --- the tree -------------------------------------------------------------------------------------


def _root(said: Any) -> etree._Element:
    """A resource under its own name; what is no resource is a tree that no reader knows."""
    kind = said.get("resourceType") if isinstance(said, dict) else None
    if not isinstance(kind, str) or not _NAME.fullmatch(kind):
        return etree.Element("json")
    root = etree.Element(etree.QName(FHIR, kind), nsmap=_SPACE)  # type: ignore[arg-type]
    try:
        _fill(root, said, depth=1)
    except (ValueError, UnicodeEncodeError):  # a sign that no text has
        raise NotJson() from None
    return root


def _fill(element: etree._Element, said: dict[str, Any], *, depth: int) -> None:
    """Children in the order of their names: the order of keys says nothing."""
    if depth > DEEPEST:
        raise TooDeep(deepest=DEEPEST)
    for key in sorted(said):
        if key == "resourceType" or key.startswith(_UNSAID):
            continue
        if not _NAME.fullmatch(key):
            raise NotJson(rule="names")
        for value in _several(said[key]):
            _put(element, key, value, depth=depth)


def _several(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if any(isinstance(one, list) for one in values):
        raise NotJson(rule="lists in lists")
    return [one for one in values if one is not None]


def _put(element: etree._Element, key: str, value: Any, *, depth: int) -> None:
    if key == "div" and isinstance(value, str):
        element.append(_narrative(value))
        return
    child = etree.SubElement(element, f"{_TAG_OF}{key}")
    if not isinstance(value, dict):
        child.set("value", str(value).lower() if isinstance(value, bool) else str(value))
        return
    kind = value.get("resourceType")
    if kind is None:
        _fill(child, value, depth=depth + 1)
    elif isinstance(kind, str) and _NAME.fullmatch(kind):
        _fill(etree.SubElement(child, f"{_TAG_OF}{kind}"), value, depth=depth + 1)
    else:
        raise NotJson(rule="resourceType")


def _narrative(written: str) -> etree._Element:
    """The words of a resource: XHTML where it is that, else its text alone."""
    try:
        return safety.parse(written.encode()).root
    except (EntityRefused, TooDeep, TooLarge):
        raise
    except CannotRead:
        plain = etree.Element("div")
        plain.text = html.unescape(_TAG.sub(" ", written))
        return plain
