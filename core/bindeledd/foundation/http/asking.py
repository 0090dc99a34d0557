"""How a page asks: for the whole of one, for a part in place (htmx), or by itself; and where."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, request, url_for

F = TypeVar("F", bound=Callable[..., Any])
_ANY = UUID(int=0)


def in_place() -> bool:
    """Whether a part is asked for, to be drawn in the page that stands there."""
    return request.headers.get("HX-Request") == "true"


def by_itself(view: F) -> F:
    """Mark a view that a page asks by itself: that nobody pressed anything keeps no session awake."""
    view.by_itself = True  # type: ignore[attr-defined]
    return view


def is_pressed() -> bool:
    """Whether a person asked for this, and not a page by itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    return not getattr(view, "by_itself", False)


def addresses(endpoint: str, name: str) -> Callable[[UUID], str]:
    """The addresses of `endpoint` for many ids as `name`, asked of the router once."""
    any_one: dict[str, Any] = {name: _ANY}
    before, _, after = url_for(endpoint, **any_one).partition(str(_ANY))
    return lambda one: f"{before}{one}{after}"
