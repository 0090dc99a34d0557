"""What opening a case over HTTP costs, against one statement that writes the same rows.

`run(url)` makes what it needs in an empty PostgreSQL database. Both go through the same app and
the same edge (token, headers, log), seal a note, commit and answer the case with its events and
its fifteen tasks; the variant asks and plans nothing: it copies the tasks of a case that was
opened before. No two cases begin at the same time.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from itertools import count
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from flask import request as flask_request

from bench.asking import Spent, ask, quiet, request
from bench.sites import Place, prepare
from bindeledd.app import create_app
from bindeledd.features.pathways.domain import Step
from bindeledd.features.staff.tables import DutyRow
from bindeledd.foundation.http import answer_json, current_actor, now, transaction
from bindeledd.foundation.http.parsing import parse_json
from bindeledd.foundation.ids import new_id, ordered_id
from bindeledd.foundation.sealing.envelope import Place as Where
from bindeledd.foundation.sealing.keyring import new_subject, seal
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from bindeledd.tables import metadata

_COPIED = (
    "kind, origin, step_key, strength, owner, window_from, due_at, first_due_at, due_reason, "
    "satisfied_by, ladder, next_rung, next_rung_at, rung_plan"
)
_TASK = (
    "id", "kind", "origin", "strength", "owner", "owner_team_id", "held_by", "window_from",
    "due_at", "due_reason", "satisfied_by", "state", "ended_at", "ended_by_event_id", "seen_until",
    "version",
)  # fmt: skip
_ONE = f"""
WITH new_tasks AS (
  INSERT INTO tasks (id, tenant_id, case_id, owner_team_id, anchor_event_id, state, made_at, made_by,
    round, seen_in_a_row, version, {_COPIED})
  SELECT CASE WHEN x.n = 1 THEN %(task)s::uuid ELSE gen_random_uuid() END, %(tenant)s::uuid,
    %(case)s::uuid, %(team)s::uuid, %(event)s::uuid, 'open', %(at)s, %(actor)s::uuid, 1, 0, 1,
    {", ".join("x." + name.strip() for name in _COPIED.split(","))}
  FROM bench_template x RETURNING {", ".join(_TASK)}),
new_case AS (
  INSERT INTO cases (id, tenant_id, patient_id, state, pathway_id, pathway_version,
    responsible_team_id, opened_at, next_task_id, closing_number, version)
  VALUES (%(case)s, %(tenant)s, %(patient)s, 'open', 'national.after-attempt', '2026.1', %(team)s,
    %(began)s, %(task)s, 1, 1)),
new_events AS (
  INSERT INTO events (id, tenant_id, case_id, kind, at, date_only, recorded_at, recorded_by, source,
    facts, note)
  VALUES (%(event)s, %(tenant)s, %(case)s, 'index_event', %(began)s, false, %(at)s, %(actor)s, 'person',
    '{{"index_kind": "suicide_attempt"}}'::jsonb, %(note)s),
  (%(other)s, %(tenant)s, %(case)s, 'discharged', %(began)s, false, %(at)s, %(actor)s, 'person',
    '{{}}'::jsonb, NULL)),
new_relation AS (
  INSERT INTO care_relations (id, tenant_id, case_id, patient_id, team_id, kind, since)
  VALUES (gen_random_uuid(), %(tenant)s, %(case)s, %(patient)s, %(team)s, 'owner', %(at)s)),
logged AS (
  INSERT INTO audit_events (id, tenant_id, at, act, purpose, actor_kind, actor_id, request_id, facts)
  VALUES (%(log)s, %(tenant)s, %(at)s, 'case.opened', 'TREAT', 'member', %(actor)s, NULL,
    '{{}}'::jsonb)),
logged_subject AS (
  INSERT INTO audit_subjects (event_id, subject_id, tenant_id)
  VALUES (%(log)s, %(patient)s, %(tenant)s))
SELECT * FROM new_tasks
"""


def run(url: str, *, rounds: int = 7, requests: int = 60) -> dict[str, Any]:
    """CPU a request of opening a case, sealed and logged, against the one-statement variant.

    Value: ours ÷ variant, the median of interleaved rounds; less is better.
    """
    site = prepare(url, teams=5)
    _duty(site)
    patients = _patients(site, 2 * (rounds + 1) * requests + 3)
    with quiet():
        app = _app(site)
        _variant(app, site)
        tasks = _template(app, site, next(patients))
        both = ("/api/v1/cases", "/api/v1/bench/case")
        same(*(_open(app, site, path, next(patients)) for path in both))
        for path in both:
            _spend(app, site, path, patients, requests, None)
        spent = Spent(url)
        took: dict[str, list[float]] = {"/api/v1/cases": [], "/api/v1/bench/case": []}
        for number in range(rounds):
            for path in list(took) if number % 2 else reversed(list(took)):
                took[path].append(_spend(app, site, path, patients, requests, spent))
    ours, one = took.values()
    ratios = [mine / other for mine, other in zip(ours, one, strict=True)]
    site.database.close()
    return {
        "name": "open_case",
        "unit": "x of the one-statement variant (CPU)",
        "value": statistics.median(ratios),
        "limit": 1.7,
        "at_least": False,
        "ours_ms": statistics.median(ours) * 1000,
        "one_statement_ms": statistics.median(one) * 1000,
        "tasks": tasks,
        "backends_counted": len(spent.pids),
        "ratios": ratios,
    }


def _duty(site: Place) -> None:
    with site.database.transaction() as session:
        hours = metadata.tables["opening_hours"]
        eight, four = clock_time(8), clock_time(16)
        for team in site.teams:
            for day in range(1, 6):
                session.execute(
                    hours.insert().values(
                        team_id=team, weekday=day, opens=eight, closes=four, tenant_id=site.tenant
                    )
                )
            session.execute(
                sa.insert(DutyRow).values(
                    team_id=team, member_id=site.member, tenant_id=site.tenant, kind="hours",
                    starts_at=site.at, ends_at=site.at + timedelta(days=60),
                )
            )  # fmt: skip


def _patients(site: Place, many: int) -> Iterator[UUID]:
    ids = [new_id() for _ in range(many)]
    with site.database.transaction() as session:
        session.execute(
            metadata.tables["patients"].insert(),
            [
                {"id": one, "tenant_id": site.tenant, "version": 1, "made_at": site.at}
                for one in ids
            ],
        )
        for one in ids:
            new_subject(session, tenant_id=site.tenant, subject_id=one, at=site.at)
    return iter(ids)


def _app(site: Place) -> Any:
    """The app with the national routine, three of its rules owed twice: fifteen tasks."""
    gathered = gather()
    book = gathered.book
    path = book.current("suicide_attempt")
    again = [replace(step, key=f"bench.{step.key}") for step in path.steps if _at_once(step)][:3]
    longer = replace(path, steps=(*path.steps, *again))
    book = replace(book, pathways={**book.pathways, path.key: longer}, _resolved={})
    settings = replace(read_settings({"BINDELEDD_HOME": str(site.home)}), environment="test")
    return create_app(settings, database=site.database, gathered=replace(gathered, book=book))


def _at_once(step: Step) -> bool:
    return step.after == "discharged" and not step.when


_number = count(1)


def _body(site: Place, patient: UUID) -> bytes:
    began = site.at - next(_number) * timedelta(seconds=61)
    return orjson.dumps(
        {
            "patient_id": patient,
            "index_kind": "suicide_attempt",
            "happened_at": began,
            "discharged_at": began,
            "team_id": site.teams[0],
            "words": "Innlagt etter overdose. Datter på seksten. Ønsker å bli ringt etter klokken fire.",
        }
    )


def _open(app: Any, site: Place, path: str, patient: UUID) -> bytes:
    return ask(app, request(path, site.token, "POST", _body(site, patient)))


def _template(app: Any, site: Place, patient: UUID) -> int:
    """Open one case the long way, and keep its tasks to be copied."""
    _open(app, site, "/api/v1/cases", patient)
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE bench_template AS SELECT row_number() OVER (ORDER BY due_at, id) AS n, "
            f"{_COPIED} FROM tasks WHERE state = 'open'"
        )
        return int(connection.exec_driver_sql("SELECT count(*) FROM bench_template").scalar_one())


def _variant(app: Any, site: Place) -> None:
    """The same work in one statement, behind the same edge."""

    @app.post("/api/v1/bench/case")
    def bench_case() -> Any:
        said = parse_json(flask_request.get_data())
        by, at, case, event, other = current_actor(), now(), new_id(), new_id(), new_id()
        began = datetime.fromisoformat(said["happened_at"])
        patient = UUID(said["patient_id"])
        with transaction() as session:
            where = Where(site.tenant, "events", "note", event, patient)
            asked = {
                "case": case, "event": event, "other": other, "task": new_id(), "began": began,
                "tenant": by.tenant_id, "team": UUID(said["team_id"]), "patient": patient,
                "actor": by.id, "at": at, "log": ordered_id(),
                "note": seal(session, where, {"words": said["words"]}),
            }  # fmt: skip
            rows = session.connection().exec_driver_sql(_ONE, asked).all()
        return answer_json(_said(asked, rows), status=201, version=1)


def _said(asked: dict[str, Any], rows: Sequence[Any]) -> dict[str, Any]:
    """The same answer as ours."""
    event = {
        "at": asked["began"], "date_only": False, "recorded_at": asked["at"],
        "recorded_by": asked["actor"], "source": "person", "in_error": False,
    }  # fmt: skip
    facts = {"index_kind": "suicide_attempt"}
    return {
        "case": {
            "id": asked["case"], "patient_id": asked["patient"], "state": "open",
            "pathway_id": "national.after-attempt", "pathway_version": "2026.1",
            "responsible_team_id": asked["team"], "unit_id": None, "previous_case_id": None,
            "opened_at": asked["began"], "closed_at": None, "next_task_id": asked["task"],
            "version": 1,
        },
        "how": "opened",
        "events": [
            {"id": asked["event"], "kind": "index_event", "facts": facts, **event},
            {"id": asked["other"], "kind": "discharged", "facts": {}, **event},
        ],
        "new": [dict(zip(_TASK, row, strict=True)) for row in rows],
        "changed": [],
        "early": [],
    }  # fmt: skip


def same(mine: bytes, other: bytes) -> None:
    """Both answers hold the same fields, and as many events and tasks."""
    if _shape(orjson.loads(mine)) != _shape(orjson.loads(other)):
        raise AssertionError("the two answers differ")


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        known = {"due_reason", "facts"}
        return {name: name if name in known else _shape(one) for name, one in value.items()}
    return [_shape(one) for one in value] if isinstance(value, list) and value else None


def _spend(
    app: Any, site: Place, path: str, patients: Iterator[UUID], many: int, spent: Spent | None
) -> float:
    bodies = [_body(site, next(patients)) for _ in range(many)]
    before = spent.now() if spent else 0.0
    for body in bodies:
        ask(app, request(path, site.token, "POST", body))
    return (spent.now() - before) / many if spent else 0.0
