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
    lines = [
        f"Meldinger mottatt      {n['received']:>6}",
        f"  åpnet oppfølging     {n['opened']:>6}",
        f"  gjenåpnet            {n['reopened']:>6}",
        f"  oppdaterte           {n['updated']:>6}",
        f"  venter på avklaring  {n['to_decide']:>6}",
        f"  venter på sin tur    {n['parked']:>6}",
        f"  samme melding igjen  {n['duplicate']:>6}",
        f"  ikke våre            {n['not_ours']:>6}",
        f"  avvist               {n['refused']:>6}",
    ]
    lines += [f"      {count} × {reason_text(code)}" for code, count in told.refused.items()]
    lines += [
        f"Oppgaver               {n['tasks']:>6}",
        f"  over fristen nå      {n['overdue']:>6}",
        f"Varsler reist          {n['alerts']:>6}",
        f"  sendt på e-post      {n['delivered']:>6}   (flere varsler i hver e-post, i mappen mail)",
        "",
        f"Daglig oversikt: {n['registered']} registrert = {n['owned']} eid + "
        f"{n['overdue_seen']} sent og sett + {n['escalated']} varsles + "
        f"{n['closed_signed']} lukket og signert. Rest: {n['unseen']}.",
    ]
    return lines
