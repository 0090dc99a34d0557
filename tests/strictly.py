"""Templates in tests: a name that no page gave is an error. In a running product it is empty, for a
page with a hole is better than none; here nobody is to write one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from jinja2 import Undefined
from jinja2.utils import missing


class NotGiven(Undefined):
    """A name that nobody gave to a template raises; a field that a thing lacks is empty."""

    def __str__(self) -> str:
        return self._empty()

    def __bool__(self) -> bool:
        return bool(self._empty())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._empty())

    def _empty(self) -> str:
        if self._undefined_obj is missing and self._undefined_hint is None:
            self._fail_with_undefined_error()
        return ""


def strictly(app: Flask) -> Flask:
    """The app, with templates that say what they were not given."""
    app.jinja_env.undefined = NotGiven
    return app
