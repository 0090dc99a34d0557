"""What may be kept of an answer, and what text from outside must be."""

from typing import Any
from uuid import UUID


def only_ids(value: Any) -> Any:
    """Of a JSON answer its own ids, in their places; nothing that says something of a patient."""
    if isinstance(value, dict):
        found = {key: only_ids(held) for key, held in value.items() if not _is_id(key, held)}
        ids = {key: held for key, held in value.items() if _is_id(key, held)}
        ids.pop("patient_id", None)
        return ids | {key: held for key, held in found.items() if held}
    if isinstance(value, list):
        return [held for one in value if (held := only_ids(one))]
    return None


def _is_id(key: str, value: object) -> bool:
    if not (key == "id" or key.endswith("_id")):
        return False
    try:
        return UUID(str(value)) is not None
    except ValueError:
        return False


def is_text(value: str) -> bool:
    """Can this be stored as text anywhere? Not with a NUL or half of a character in it."""
    return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def all_text(value: Any) -> bool:
    """Are all strings and keys in a JSON value text?"""
    level = [value]
    while level:
        one = level.pop()
        if isinstance(one, str) and not is_text(one):
            return False
        if isinstance(one, dict):
            level.extend(one)
            level.extend(one.values())
        elif isinstance(one, list):
            level.extend(one)
    return True
