"""What a demo says of itself: one set of numbers, as JSON or in words."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bindeledd.demo.bringing import Demo, standing
from bindeledd.features.intake.domain.queue import Status
from bindeledd.features.intake.service import reason_text
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import Statement, silences_of
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.texts import t

# What became of the messages, in the order in which it is told; and what begins a part.
_BECAME = (
    "opened",
    "reopened",
    "updated",
    "to_decide",
    "parked",
    "duplicate",
    "not_ours",
    "refused",
)
_FIRST = ("received", "tasks", "alerts")


@dataclass(frozen=True, kw_only=True)
class Told:
    """The numbers that a script may rely on, and why messages were refused."""

    numbers: dict[str, int]
    refused: dict[str, int]
    statement: Statement


def tell(demo: Demo, at: datetime) -> Told:
    """Count what stands in the database now; the roll call counts with its own SQL."""
    stands = standing(demo.database, demo.tenant)
    with demo.database.transaction() as session:
        opened = sa.select(sa.func.count()).where(TaskRow.state == "open")
        tasks = session.scalar(sa.select(sa.func.count()).select_from(TaskRow)) or 0
        overdue = session.scalar(opened.where(TaskRow.due_at < at)) or 0
        said = rollcall.derive(
            session, demo.tenant, silences=silences_of(demo.gathered.book), at=at
        )
    reopened = sum(1 for one in demo.received if one.reopened)
    others = sum(count for status, count in stands.items() if status != Status.DUPLICATE)
    numbers = {
        "received": len(demo.received),
        "opened": stands.get(Status.OPENED, 0) - reopened,
        "reopened": reopened,
        "updated": stands.get(Status.UPDATED, 0),
        "to_decide": stands.get(Status.TO_DECIDE, 0),
        "parked": stands.get(Status.PARKED, 0),
        "duplicate": len(demo.received) - others,
        "refused": stands.get(Status.REFUSED, 0),
        "not_ours": stands.get(Status.NOT_OURS, 0),
        "tasks": tasks,
        "overdue": overdue,
        "alerts": demo.alerts,
        "delivered": demo.delivered,
        **said.numbers,
    }
    why = Counter(one.reason or "?" for one in demo.received if one.status is Status.REFUSED)
    return Told(numbers=numbers, refused=dict(why), statement=said)


def words(told: Told) -> list[str]:
    """The same in lines for people."""
    n = told.numbers
    lines = [_line(name, n[name]) for name in ("received", *_BECAME)]
    lines += [f"      {count} × {reason_text(code)}" for code, count in told.refused.items()]
    lines += [_line(name, n[name]) for name in ("tasks", "overdue", "alerts", "delivered")]
    lines[-1] += f"   {t('demo.numbers.in_mails')}"
    return [*lines, "", t("demo.numbers.roll_call", **n)]


def _line(name: str, count: int) -> str:
    said = t(f"demo.numbers.{name}")
    return f"{said if name in _FIRST else f'  {said}':<23}{count:>6}"
