"""Whatever page or answer names a patient stands in the log, before it leaves; made from the map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import Site, a_site
from doors import a_door
from web.a_world import PLANTED, a_world
from web.test_map import PUBLIC, body_of, doors, path_of


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session, now())


@pytest.fixture
def ids(app: Flask, fresh_database: Database, site: Site) -> dict[str, Any]:
    return a_world(app, fresh_database, site)


def written(database: Database, request_id: str) -> set[Any]:
    with database.transaction() as session:
        return set(
            session.scalars(
                sa.select(AuditSubjectRow.subject_id)
                .join(AuditEventRow, AuditEventRow.id == AuditSubjectRow.event_id)
                .where(AuditEventRow.request_id == request_id)
            )
        )


@pytest.mark.parametrize("html", [True, False])
def test_whatever_names_a_patient_stands_in_the_log(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any], html: bool
) -> None:
    described = app.test_client().get("/api/v1/openapi.json").json
    assert described is not None
    unlogged, named = [], set()
    order = sorted(doors(app), key=lambda door: door[1] != "GET")
    for member in (site.anna, site.berit):
        headers = {"Authorization": f"Bearer {a_door(app, fresh_database, member).token}"}
        headers |= {"Accept": "text/html"} if html else {}
        for rule, method in order:
            if rule.endpoint in PUBLIC or html == rule.rule.startswith("/api/"):
                continue
            known = {name: ids.get(name, new_id()) for name in rule.arguments}
            sent: dict[str, Any] = {}
            if method != "GET":
                sent = (
                    {"data": {"person": PLANTED[0]} if "find" in rule.rule else {}}
                    if html
                    else {"json": body_of(described, rule, method)}
                )
            told = app.test_client().open(
                path_of(app, rule, known), method=method, headers=headers, **sent
            )
            said = told.data.decode(errors="replace")  # paper is no text
            assert told.status_code < 500, (method, rule.rule, said)
            if any(word in said for word in PLANTED):
                named.add(f"{method} {rule.rule}")
                # A record of its own stands in the log under itself: that it is there is no word
                # of the person's log (0053).
                known_by = ("patient_id", "call_id", "message_id", "record_id")
                about = {UUID(str(ids[name])) for name in known_by}
                if not written(fresh_database, told.headers["X-Request-Id"]) & about:
                    unlogged.append(f"{method} {rule.rule} {told.status_code}")

    assert unlogged == []
    assert len(named) > (20 if html else 5)
