"""A site with one of everything, and a lead with a token who asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.texts import texts
from builders import a_site
from doors import a_door, an_app
from web.a_world import a_world


@dataclass(frozen=True)
class Standing:
    """The app, the token of the lead, and the ids of what stands there."""

    app: Flask
    token: str
    ids: dict[str, Any]

    def ask(self, method: str, path: str, body: str) -> TestResponse:
        """A request with ids that are there in the address, and this body as it is."""
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", str(value))
        return self.app.test_client().open(
            path,
            method=method.upper(),
            data=None if method == "get" else body,
            content_type=None if method == "get" else "application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )


@pytest.fixture
def standing(fresh_database: Database, tmp_path: Any) -> Iterator[Standing]:
    app = an_app(fresh_database, tmp_path)
    with fresh_database.transaction() as session:
        site = a_site(session, now())
    ids = a_world(app, fresh_database, site)
    named = {
        "team_id": site.team,
        "unit_id": site.unit,
        "member_id": site.anna.id,
        "statement_id": ids["other_id"],
        "handover_id": ids["other_id"],
        "package_id": ids["other_id"],
        "outside_id": ids["other_id"],
    }
    token = a_door(app, fresh_database, site.berit).token
    yield Standing(app=app, token=token, ids={**ids, **named})
    texts().strict = True
