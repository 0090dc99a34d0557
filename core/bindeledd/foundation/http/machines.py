"""Doors for other systems' machines: no browser comes here, and nobody is logged in."""

from collections.abc import Callable
from typing import Any, TypeVar

from bindeledd.foundation.http import public

F = TypeVar("F", bound=Callable[..., Any])


def from_machines(view: F) -> F:
    """Mark a public view that rests on nothing that a browser adds.

    A form from elsewhere is let through; its address alone says whether it is believed.
    """
    view.from_machines = True  # type: ignore[attr-defined]
    return public(view)
