"""The clock's way in: downtime lists at their times. A failure stands before a named person."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.service.faults import beat, report_fault
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import system
from bindeledd.features.worklist.domain.downtime import (
    LEAST,
    Downtime,
    file_name,
    is_due,
    over,
)
from bindeledd.features.worklist.queries import downtime as queries
from bindeledd.features.worklist.service.downtime import locked_list
from bindeledd.foundation.db import Database

JOB = "downtime"
Clock = Callable[[], datetime]


def write_due(database: Database, said: Downtime, book: Book, *, clock: Clock) -> int:
    """Write each team's list if a time for it has come; gives how many were written."""
    with database.transaction() as session:
        last = reminders.heartbeat(session, JOB)
    if not is_due(said, last.at if last else None, clock()):
        return 0
    written, _ = write_all(database, said, book, clock=clock)
    return written


def write_all(database: Database, said: Downtime, book: Book, *, clock: Clock) -> tuple[int, int]:
    """Write each team's list now; gives how many were written, and how many failed.

    What fails is a fault that a person sees, and is tried again.
    """
    at, password = clock(), _password(said)
    if len(password) < LEAST or said.folder is None:
        with database.transaction() as session:
            report_fault(session, f"job:{JOB}", "downtime.no_password", at=at)
        return 0, 1
    written = failed = 0
    with database.transaction() as session:
        teams = [
            (key, tenant, team)
            for key, tenant in queries.tenants(session)
            for team in staff.teams(session, tenant)
        ]
    for key, tenant, team in teams:
        try:
            with database.transaction() as session:
                pdf = locked_list(
                    session, team, by=system(tenant), at=at, book=book, zone=said.zone,
                    password=password,
                )  # fmt: skip
            _put(said.folder / file_name(key, team.id.hex, at), pdf)
            written += 1
        except OSError:
            failed += 1
            _tell(database, tenant, at)
    if not failed:
        with database.transaction() as session:
            _done(session, written, at)
        _tidy(said, at)
    return written, failed


def _password(said: Downtime) -> str:
    try:
        return said.password
    except (OSError, UnicodeDecodeError):
        return ""


def _tell(database: Database, tenant: UUID, at: datetime) -> None:
    with database.transaction() as session:
        report_fault(session, f"job:{JOB}", "downtime.not_written", at=at, tenant_id=tenant)


def _done(session: Session, written: int, at: datetime) -> None:
    beat(session, JOB, worker=JOB, took_ms=0, count=written, at=at)


def _put(file: Path, data: bytes) -> None:
    """Whole or not at all, and for its owner's eyes."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_suffix(".part")
    held = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(held, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)


def _tidy(said: Downtime, at: datetime) -> None:
    if said.folder is None:
        return
    names = [one.name for one in said.folder.iterdir()]
    for name in over(names, keep=said.keep, at=at):
        (said.folder / name).unlink(missing_ok=True)
