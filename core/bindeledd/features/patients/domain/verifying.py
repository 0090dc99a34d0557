"""Numbers that were tried: which, when, how and by whom; and what stands when that was a mistake."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from bindeledd.features.patients.domain import ContactWay, NoSuchNumber, Verified
from bindeledd.features.patients.domain.phones import phone_key

Ways = tuple[ContactWay, ...]


def verify(ways: Ways, value: str, verified: Verified) -> Ways:
    """The ways, the one with `value` verified. Raises `NoSuchNumber`."""
    found = next((w for w in ways if w.value == value or w.key == phone_key(value)), None)
    if found is None:
        raise NoSuchNumber()
    done = replace(found, tested=(*found.tested, verified))
    return tuple(done if way is found else way for way in ways)


def take_back(ways: Ways, events: Collection[UUID]) -> Ways:
    """The ways without what these events said: a number is verified as it was before them."""
    return tuple(
        replace(way, tested=tuple(one for one in way.tested if one.event not in events))
        for way in ways
    )


def carry_verification(old: Ways, new: Ways) -> Ways:
    """New ways; a number that stays keeps what is known of it, and what the new says comes after."""
    known = {(way.kind, way.key): way.tested for way in old}
    return tuple(
        replace(way, tested=_joined(known.get((way.kind, way.key), ()), way)) for way in new
    )


def _joined(before: tuple[Verified, ...], way: ContactWay) -> tuple[Verified, ...]:
    return (*before, *(one for one in way.tested if one not in before))
