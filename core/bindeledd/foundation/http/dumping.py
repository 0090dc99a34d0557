"""A schema as a plain function: the fields that it names, out of values, for orjson.

Only for schemas of plain fields, and for values that have every field as an attribute; where a
schema does more (hooks, renamed or computed fields) or a value has less, marshmallow does it.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from typing import Any

from marshmallow import Schema, fields, missing

Dump = Callable[[Any], Any]

# What orjson writes just as these fields would.
_AS_IT_IS = (fields.UUID, fields.AwareDateTime, fields.Boolean)


def dump(schema: type[Schema], value: Any, *, many: bool = False) -> Any:
    """`value` through `schema`, for orjson to write."""
    made = dumper(schema)
    if made is not None:
        with suppress(AttributeError):  # a mapping, or a value without all of the fields
            return [made(one) for one in value] if many else made(value)
    return _schema(schema, many).dump(value)


@lru_cache(maxsize=512)
def _schema(schema: type[Schema], many: bool) -> Schema:
    """One of each kind: making a schema costs more than using it, and dumping leaves no trace."""
    return schema(many=many)


@lru_cache(maxsize=512)
def dumper(schema: type[Schema]) -> Dump | None:
    """What `schema().dump` does to one value, as a function; None where it cannot be one."""
    made = schema()
    if any(schema._hooks.values()):
        return None
    names, changes = [], []
    for name, field in made.dump_fields.items():
        change = _change(field)
        if change is None or field.attribute is not None or field.data_key is not None:
            return None
        if field.dump_default is not missing:
            return None
        names.append(name)
        if change is not _same:
            changes.append((name, change))
    return _of(tuple(names), tuple(changes))


def _of(names: tuple[str, ...], changes: tuple[tuple[str, Dump], ...]) -> Dump | None:
    if len(names) < 2:
        return None
    get = attrgetter(*names)

    def dump(value: Any) -> Any:
        said = dict(zip(names, get(value), strict=True))
        for name, change in changes:
            if said[name] is not None:
                said[name] = change(said[name])
        return said

    return dump


def _same(value: Any) -> Any:
    return value


def _change(field: fields.Field[Any]) -> Dump | None:
    """What a field does to a value that is there; None for a field that is not known here."""
    kind = type(field)
    if kind in _AS_IT_IS:
        plain = kind is not fields.AwareDateTime or field.format in (None, "iso")  # type: ignore[attr-defined]
        return _same if plain else None
    if kind is fields.String:
        return _text
    if kind is fields.Integer:
        return _same if not field.as_string else None  # type: ignore[attr-defined]
    if kind is fields.Enum:
        return _same if field.by_value is True else None  # type: ignore[attr-defined]
    if kind is fields.Dict:
        bare = field.key_field is None and field.value_field is None  # type: ignore[attr-defined]
        return dict if bare else None
    return _nested(field)


def _text(value: Any) -> str:
    return value if type(value) is str else str(value)


def _nested(field: fields.Field[Any]) -> Dump | None:
    if type(field) is fields.List:
        each = _change(field.inner)
        return None if each is None else lambda values: [_or_none(each, one) for one in values]
    if type(field) is fields.Nested and not (field.many or field.only or field.exclude):
        named = field.nested
        return dumper(named) if isinstance(named, type) else None
    return None


def _or_none(each: Dump, value: Any) -> Any:
    return None if value is None else each(value)
