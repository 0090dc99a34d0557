"""Versions of routines and layers, in their order: `2026.2` before `2026.10`."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """What has a version."""

    @property
    def version(self) -> str: ...


_V = TypeVar("_V", bound=Versioned)


def version_order(version: str) -> tuple[tuple[int, str], ...]:
    """A key to sort versions by, number by number."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


def plain(version: str) -> str:
    """The version as it is compared: `2027.01` is `2027.1`."""
    return ".".join(part.lstrip("0") or "0" for part in version.split("."))


def newest(every: Iterable[_V], name: Callable[[_V], str]) -> dict[str, _V]:
    """The newest of each name."""
    found: dict[str, _V] = {}
    for one in every:
        there = found.get(name(one))
        if there is None or version_order(one.version) > version_order(there.version):
            found[name(one)] = one
    return found
