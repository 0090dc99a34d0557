"""Two write a plan at once: what only one of them changed is taken, what both did stands side by side.

Three are compared: what was read when the form was opened, what stands in it now, and what somebody
else saved meanwhile.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bindeledd.features.plans.domain import Relatives

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Merged(Generic[T]):
    """What stands in the form, and what somebody else saved there, where both changed it."""

    value: T
    there: T | None = None


def merged(typed: T, was: T, theirs: T, *, same: Callable[[T, T], bool] = operator.eq) -> Merged[T]:
    """What only the other changed is taken over; nothing that was typed is lost."""
    if same(typed, was):
        return Merged(value=theirs)
    settled = same(theirs, was) or same(theirs, typed)
    return Merged(value=typed, there=None if settled else theirs)


def merged_each(typed: frozenset[T], was: frozenset[T], theirs: frozenset[T]) -> frozenset[T]:
    """The same for what is ticked: each tick stands for itself, so nothing stands side by side."""
    mine = typed ^ was
    return (typed & mine) | (theirs - mine)


_UNSAID = ("", Relatives.NOT_ASKED)


def same_answer(one: str, other: str) -> bool:
    """Whether two say the same of relatives: no answer says what *not asked* says."""
    return one == other or (one in _UNSAID and other in _UNSAID)
