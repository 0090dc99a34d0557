"""A request of many parts, such as a list: what stops one part stops no other."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from flask import g
from sqlalchemy.orm import Session

from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http import transaction
from bindeledd.foundation.http.problems import refusal_of

P = TypeVar("P")
T = TypeVar("T")


def each_by_itself(parts: Iterable[P], do: Callable[[Session, P], T]) -> list[T | Refusal]:
    """What `do` made of each part, in a transaction of its own; its refusal where it made nothing.

    Nobody else waits for the whole. For parts that change nothing when they come again: the key of
    the request is claimed at the end, and only where every part was done, so that whoever sends it
    once more goes on with the rest.
    """
    claim = g.pop("claim", None)
    done = [_one(part, do) for part in parts]
    if claim is not None and not any(isinstance(one, Refusal) for one in done):
        g.claim = claim
        with transaction():
            pass
    return done


def _one(part: P, do: Callable[[Session, P], T]) -> T | Refusal:
    try:
        with transaction() as session:
            return do(session, part)
    except Exception as error:  # noqa: BLE001  (logged there; the other parts go on)
        return refusal_of(error)
