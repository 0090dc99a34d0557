"""What has to be true afterwards: nothing lost, nothing doubled. Each question is asked of the rows."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.contacts import service as contacts
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.reminders.domain.channels import EMAIL, INBOX
from bindeledd.features.reminders.domain.hygiene import Word
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import Statement, silences_of
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.sealing.sameness import same_tokens
from builders import Site, a_book
from killing.load import Load


@dataclass(frozen=True, kw_only=True)
class Twice:
    """E-mails that came more than once, and those of a set that was never settled."""

    same_id: int
    other_id: int


def requests_once(session: Session, load: Load, *, at: datetime) -> Counter[str]:
    """Every request that was answered is there once; one that was given up at most once.

    One that is said to be done already, when nobody is working on it any more, is there too.
    """
    found = Counter(_words(session, load.site, load.cases, at))
    found += Counter(f"{moment.astimezone(UTC).isoformat()}" for moment in _moments(session))
    kept: Counter[str] = Counter()
    for one in load.requests:
        times = found[one.mark]
        assert times == 1 if one.done or one.busy else times <= 1, (one, times)
        kept[one.kind] += times
    return kept


def _words(session: Session, site: Site, cases: Iterable[UUID], at: datetime) -> Iterable[str]:
    for case in cases:
        for one in contacts.show_contacts(session, case, by=site.anna, at=at):
            yield str(one.sealed["words"])


def _moments(session: Session) -> Iterable[datetime]:
    """When people's own tasks are due, and when what was registered happened."""
    yield from session.scalars(sa.select(TaskRow.due_at).where(TaskRow.kind == "free"))
    yield from session.scalars(sa.select(EventRow.at).where(EventRow.kind == "index_event"))


def messages_once(session: Session, load: Load) -> None:
    """Every message that was dropped is there once, and opened one follow-up."""
    rows = session.execute(sa.select(MessageRow.fingerprint, MessageRow.status, MessageRow.case_id))
    found = rows.all()
    tenant, kind = load.site.tenant, "message.bytes"
    dropped = [
        same_tokens(session, tenant_id=tenant, kind=kind, text=digest)[0] for digest in load.dropped
    ]
    assert Counter(row.fingerprint for row in found) == Counter(dropped)
    assert {row.status for row in found} <= {"opened"}
    assert len({row.case_id for row in found}) == len(found)


def cases_add_up(session: Session, load: Load, kept: Counter[str]) -> None:
    """No follow-up but those that were there, came by message, by hand or with what falls due."""
    cases = session.scalar(sa.select(sa.func.count()).select_from(CaseRow))
    expected = len(load.cases) + len(load.dropped) + len(load.quick) + kept["register"]
    assert cases == expected


def alerts_once(session: Session, load: Load) -> int:
    """Every rung that was passed has one alert, and no other; each stands once with each person."""
    raised: defaultdict[tuple[UUID, int], list[int]] = defaultdict(list)
    for row in session.execute(sa.select(AlertRow.task_id, AlertRow.round, AlertRow.rung)):
        if row.rung >= 0:
            raised[row.task_id, row.round].append(row.rung)
    for task in load.quick:
        assert sorted(raised[task, 1]) == [0, 1, 2], task
    for row in session.execute(sa.select(TaskRow.id, TaskRow.round, TaskRow.next_rung)):
        assert sorted(raised[row.id, row.round]) == list(range(row.next_rung)), row
    assert not session.scalar(
        sa.select(sa.func.count()).select_from(AlertRow).where(AlertRow.addressed_at.is_(None))
    )
    return sum(map(len, raised.values()))


def inbox_once(session: Session) -> int:
    """Each alert once with each who was told; by e-mail to the same people. Gives how many."""
    rows = session.execute(
        sa.select(
            AlertRow.task_id, AlertRow.due_at, AlertRow.round, AlertRow.rung, AlertRow.id,
            DeliveryRow.member_id, DeliveryRow.channel,
        ).join(DeliveryRow, DeliveryRow.alert_id == AlertRow.id)
    ).all()  # fmt: skip
    inside = Counter((*tuple(row)[:4], row.member_id) for row in rows if row.channel == INBOX)
    assert set(inside.values()) == {1}
    told = {(row.id, row.member_id) for row in rows if row.channel == INBOX}
    assert {alert for alert, _ in told} == set(session.scalars(sa.select(AlertRow.id)))
    for channel in (EMAIL, "good"):
        assert {(row.id, row.member_id) for row in rows if row.channel == channel} == told
    return len(inside)


def mails_at_least_once(session: Session, mails: list[tuple[str, str]]) -> Twice:
    """Everything was sent, and what is said to be sent did arrive."""
    states = session.execute(
        sa.select(DeliveryRow.channel, DeliveryRow.state, DeliveryRow.reason).distinct()
    )
    # The same fact is said to a person once in a round, by each way out (docs/worker.md).
    twice = {(channel, "stopped", Word.TWICE.value) for channel in (EMAIL, "good")}
    sent = {(channel, "delivered", None) for channel in (INBOX, EMAIL, "good")}
    found = {tuple(row) for row in states}
    assert found <= sent | twice, found
    sets: defaultdict[tuple[UUID, datetime], list[str]] = defaultdict(list)
    mailed = sa.select(DeliveryRow).where(
        DeliveryRow.channel == EMAIL, DeliveryRow.state == "delivered"
    )
    for row in session.scalars(mailed):
        assert row.settled_at is not None
        sets[row.member_id, row.settled_at].append(row.id.hex)
    keys = {hashlib.sha256("".join(sorted(ids)).encode()).hexdigest()[:40] for ids in sets.values()}
    came = Counter(key for _, key in mails)
    assert keys - set(came) == set()
    return Twice(same_id=sum(times - 1 for times in came.values()), other_id=len(set(came) - keys))


def nobody_missing(session: Session, site: Site, *, at: datetime) -> Statement:
    """The law, by the roll call's own questions."""
    said = rollcall.derive(session, site.tenant, silences=silences_of(a_book()), at=at)
    assert said.complete, said
    return said


def whole(database: Database) -> None:
    """The file itself is in order, where the database is one."""
    if database.dialect == "sqlite":
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
