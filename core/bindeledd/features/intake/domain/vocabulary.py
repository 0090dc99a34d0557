"""The facts of a message as JSON, and back: how a pack's reader tells them, and how they are kept.

Whatever comes back is looked at anew: each key and type is one of `facts.py`, nothing more, and
what it says is of the size and the time of a message. What is not, is no message.
"""

import types
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, asdict, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from bindeledd.features.intake.domain.facts import Checked, Message, Series
from bindeledd.features.intake.domain.reading import ReaderFailed
from bindeledd.features.intake.domain.tree import YEARS

# Under which a message's sealed facts hold everything that a pack said of it.
TOLD = "told"
SCHEMES = ("HER", "RESH", "ENH", "local")
# The most that one message says: things in a list, signs in a word, signs in what is written.
MOST, WORD, WRITTEN = 200, 500, 100_000
_LONG = ("text", "note")
# What the core says of a message itself, whoever read it.
_OURS = ("format", "checked", "encoding")


class NoFacts(ReaderFailed):
    """What was given is not the facts of a message. Says where, and never what stood there."""


def as_json(message: Message) -> dict[str, Any]:
    """The facts as plain values."""
    told = {name: _plain(value) for name, value in asdict(message).items()}
    return {name: value for name, value in told.items() if name not in _OURS}


def from_json(told: object, *, format: str) -> Message:
    """The facts of a message of a pack's format. Raises `NoFacts`."""
    if not isinstance(told, dict):
        raise NoFacts(place="message")
    wrong = sorted(set(told) & set(_OURS))
    if wrong:
        raise NoFacts(place=wrong[0])
    message: Message = _value(Message, {**told, "format": format}, "message")
    _insist(message)
    return replace(message, checked=Checked.PACK)


def _insist(message: Message) -> None:
    """What no type says: an id, addresses that a register holds, codes that are codes."""
    points = (*message.sender, *message.receiver)
    named = [one.kind and one.value for one in message.patient.ids]
    codes = [*message.remarks, *(one.code for one in message.diagnoses)]
    right = {
        "message_id": bool(message.message_id.strip()),
        # What takes everything back is told as what happened, and not by a word of the envelope.
        "series": message.series is not Series.CANCELLED,
        "sender": all(one.scheme in SCHEMES and one.value for one in points),
        "patient.ids": all(named),
        "codes": all(one.isascii() and one.isprintable() and 0 < len(one) <= 60 for one in codes),
    }
    for place, holds in right.items():
        if not holds:
            raise NoFacts(place=place)


# --- from values ----------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


# --- to values ------------------------------------------------------------------------------------


def _value(kind: Any, told: Any, place: str) -> Any:
    """`told` as a value of `kind`, or `NoFacts` that names the place."""
    if get_origin(kind) in (Union, types.UnionType):
        inner = next(one for one in get_args(kind) if one is not type(None))
        return None if told is None else _value(inner, told, place)
    if get_origin(kind) is tuple:
        if not isinstance(told, list) or len(told) > MOST:
            raise NoFacts(place=place)
        return tuple(_value(get_args(kind)[0], one, place) for one in told)
    if is_dataclass(kind):
        return _filled(kind, told, place)
    try:
        return _READ[_family(kind)](kind, told, place)
    except (ValueError, TypeError, OverflowError):
        raise NoFacts(place=place) from None


def _filled(kind: Any, told: Any, place: str) -> Any:
    known = _fields(kind)
    if not isinstance(told, dict) or not set(told) <= set(known):
        raise NoFacts(place=place)
    missing = {name for name, (one, _) in known.items() if _is_needed(one)} - set(told)
    if missing:
        raise NoFacts(place=f"{place}.{min(missing)}")
    return kind(**dict(_parts(known, told, place)))


def _parts(
    known: Mapping[str, tuple[Field[Any], Any]], told: Mapping[str, Any], place: str
) -> Iterator[tuple[str, Any]]:
    for name, value in told.items():
        yield name, _value(known[name][1], value, f"{place}.{name}")


@lru_cache(maxsize=32)
def _fields(kind: Any) -> Mapping[str, tuple[Field[Any], Any]]:
    hints = get_type_hints(kind)
    return {one.name: (one, hints[one.name]) for one in fields(kind)}


def _is_needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _family(kind: Any) -> type:
    return next(one for one in _READ if issubclass(kind, one))


def _one_of(kind: Any, told: Any, place: str) -> Any:
    return kind(_text(str, told, place))


def _text(_: Any, told: Any, place: str) -> str:
    if not isinstance(told, str):
        raise TypeError
    most = WRITTEN if place.endswith(_LONG) else WORD
    odd = {sign for sign in told if unicodedata.category(sign) in ("Cc", "Cs")} - {"\n", "\t"}
    if odd or len(told) > most:
        raise ValueError
    return told


def _truth(_: Any, told: Any, __: str) -> bool:
    if not isinstance(told, bool):
        raise TypeError
    return told


def _number(_: Any, told: Any, __: str) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told <= 10_000:
        raise ValueError
    return told


def _moment(_: Any, told: Any, place: str) -> datetime:
    at = datetime.fromisoformat(_text(str, told, place))
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError
    return at.astimezone(UTC)


def _day(_: Any, told: Any, place: str) -> date:
    on = date.fromisoformat(_text(str, told, place))
    if on.year not in YEARS:
        raise ValueError
    return on


_READ: Mapping[type, Any] = {
    StrEnum: _one_of,
    str: _text,
    bool: _truth,
    int: _number,
    datetime: _moment,
    date: _day,
}
