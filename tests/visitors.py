"""The pages as a member sees them: forms sent as a browser sends them, without a browser."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

from flask import Flask
from werkzeug.test import TestResponse

from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import Database
from doors import a_door

EITHER = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Visitor:
    """One member at the pages."""

    app: Flask
    token: str

    in_place: bool = False

    def get(self, path: str) -> TestResponse:
        return self.app.test_client().get(path, headers=self._headers)

    def post(self, path: str, fields: dict[str, object] | None = None) -> TestResponse:
        return self.app.test_client().post(path, data=fields or {}, headers=self._headers)

    @property
    def beside(self) -> Visitor:
        """The same member, for whom pages draw a part of themselves in their place."""
        return replace(self, in_place=True)

    @property
    def _headers(self) -> dict[str, str]:
        asked = {"HX-Request": "true"} if self.in_place else {}
        return {"Authorization": f"Bearer {self.token}", "Accept": "text/html", **asked}


def a_visitor(app: Flask, database: Database, member: Actor) -> Visitor:
    """`member` at the pages, for an hour."""
    return Visitor(app, a_door(app, database, member).token)


def text_of(answer: TestResponse) -> str:
    """What stands on the page, without tags and with single spaces."""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())
