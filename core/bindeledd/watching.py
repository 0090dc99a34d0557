"""What a watcher outside asks: is it alive, is it ready, how much waits. Nothing of a patient."""

import hmac
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.orm import Session

from bindeledd import __version__
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.tables import IS_DEAD, WAITS, AlertRow, DeliveryRow, FaultRow
from bindeledd.features.rollcall.domain import CALLED_WITHIN
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database, Utc
from bindeledd.foundation.errors import Misconfigured, NotAllowed
from bindeledd.foundation.http import answer_json, public
from bindeledd.revisions import insist_upgraded

STALE_AFTER = timedelta(seconds=120)


class MetricsClosed(NotAllowed):
    """The measures are for this machine itself, or for whoever has the token."""

    code = "request.metrics_closed"


def watch(
    database: Database, environment: str, *, stuck_after: timedelta, token: str = ""
) -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`: names of checks and counts only.

    `/metrics` answers this machine itself, and with `token` whoever has it.
    """
    bp = Blueprint("watch", __name__)

    @bp.get("/healthz")
    @public
    def healthz() -> ResponseReturnValue:
        return _told(health(database, now(), stuck_after))

    @bp.get("/readyz")
    @public
    def readyz() -> ResponseReturnValue:
        return _told(readiness(database, environment))

    @bp.get("/metrics")
    @public
    def metrics() -> ResponseReturnValue:
        if not (_has(token) or _from_here()):
            raise MetricsClosed()
        with database.transaction() as session:
            measured = measures(session, now())
        return Response(_exposed(measured, environment), mimetype="text/plain; version=0.0.4")

    return bp


def _has(token: str) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


_THROUGH = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


def _from_here() -> bool:
    """From this machine itself, and not through a proxy on it."""
    if any(name in request.headers for name in _THROUGH) or "Via" in request.headers:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _told(checks: Mapping[str, bool]) -> Response:
    good = all(checks.values())
    return answer_json({"ok": good, "checks": checks}, status=200 if good else 503)


def health(database: Database, at: datetime, stuck_after: timedelta) -> dict[str, bool]:
    """The database answers, and each of the three that nobody may miss came to its end lately.

    The last sweep is younger than 120 s, the last roll call than 30 min; the last sending is
    younger than `stuck_after`, and nothing that is due to be sent has waited for longer.
    """
    limits = {
        reminders.SWEEP: STALE_AFTER,
        reminders.DELIVER: stuck_after,
        reminders.ROLL_CALL: CALLED_WITHIN,
    }
    try:
        with database.transaction() as session:
            checks = {"database": True} | {
                name: not reminders.stale(session, at, limit, name=name)
                for name, limit in limits.items()
            }
            return checks | {"sent": not reminders.stuck(session, at - stuck_after)}
    except sa.exc.SQLAlchemyError:
        return dict.fromkeys(("database", *limits, "sent"), False)


def readiness(database: Database, environment: str) -> dict[str, bool]:
    """The database answers, is upgraded, and was made for this environment."""
    checks = {"database": False, "upgraded": False, "set_up": False}
    with suppress(sa.exc.SQLAlchemyError, Misconfigured):
        with database.transaction() as session:
            checks["database"] = True
            checks["set_up"] = staff.environment(session) == environment
        insist_upgraded(database)
        checks["upgraded"] = True
    return checks


def measures(session: Session, at: datetime) -> dict[str, float]:
    """Queue sizes and ages over all tenants, each by one query over an index."""
    oldest, overdue = session.execute(_LATE, {"at": at}).one()
    waiting = session.execute(
        sa.select(sa.func.count(), sa.func.min(DeliveryRow.next_at)).where(WAITS)
    ).one()
    beat = reminders.heartbeat(session)
    return {
        "cases_open": _count(session, CaseRow.state != sa.literal_column("'closed'")),
        "tasks_open": _count(session, IS_OPEN),
        "tasks_overdue": overdue,
        "tasks_without_case": _count(session, IS_OPEN, TaskRow.case_id.is_(None)),
        "task_oldest_overdue_seconds": _age(oldest, at),
        "alerts_unaddressed": _count(session, AlertRow.addressed_at.is_(None)),
        "deliveries_waiting": waiting[0],
        "delivery_oldest_waiting_seconds": _age(waiting[1], at),
        "deliveries_dead": _count(session, IS_DEAD),
        "faults_unseen": _count(session, FaultRow.seen_at.is_(None)),
        "sweep_age_seconds": -1 if beat is None else _age(beat.at, at),
    }


def _of_each_team(asked: sa.Select[Any]) -> Any:
    theirs = asked.where(TaskRow.owner_team_id == TeamRow.id, IS_OPEN).correlate(TeamRow)
    return theirs.scalar_subquery()


# Team by team, so that the index of the lists answers and only what is late is read.
_LATE = sa.select(
    sa.func.min(_of_each_team(sa.select(sa.func.min(TaskRow.due_at))), type_=Utc()),
    sa.func.coalesce(
        sa.func.sum(
            _of_each_team(
                sa.select(sa.func.count()).where(TaskRow.due_at < sa.bindparam("at", type_=Utc()))
            ),
            type_=sa.Integer(),
        ),
        0,
    ),
).select_from(TeamRow)


def _count(session: Session, *where: sa.ColumnElement[bool]) -> int:
    return int(session.scalar(sa.select(sa.func.count()).where(*where)) or 0)


def _age(since: datetime | None, at: datetime) -> float:
    return 0.0 if since is None else max((at - since).total_seconds(), 0.0)


_HELP: Mapping[str, str] = {
    "cases_open": "Cases that are not closed",
    "tasks_open": "Tasks that are owed",
    "tasks_overdue": "Open tasks whose time has passed",
    "tasks_without_case": "Messages and calls that wait for a person's decision",
    "task_oldest_overdue_seconds": "How late the latest task is",
    "alerts_unaddressed": "Alerts for which nobody could be found",
    "deliveries_waiting": "Messages to staff that wait to be sent",
    "delivery_oldest_waiting_seconds": "How long the oldest of them waits",
    "deliveries_dead": "Messages to staff that were given up",
    "faults_unseen": "Failures that nobody has seen",
    "sweep_age_seconds": "Seconds since the last completed sweep, -1 when there was none",
}


def _exposed(measured: Mapping[str, float], environment: str) -> bytes:
    registry = CollectorRegistry()
    for name, value in measured.items():
        Gauge(f"bindeledd_{name}", _HELP[name], registry=registry).set(value)
    labels = ("version", "environment")
    info = Gauge("bindeledd_info", "This installation", labels, registry=registry)
    info.labels(__version__, environment).set(1)
    return generate_latest(registry)


def names() -> Iterator[str]:
    """Every measure, for the manual."""
    return (f"bindeledd_{name}" for name in _HELP)
