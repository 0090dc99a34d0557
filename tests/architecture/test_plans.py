"""The questions that are asked all day read from an index, on both databases.

Nothing is in the tables: what is asked of the planner is whether it may use the index, with
scans of whole tables made dear on PostgreSQL.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.access.queries import require_patient
from bindeledd.features.casefile import queries as casefile
from bindeledd.features.intake import queries as intake
from bindeledd.features.patients import queries as patients
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.queries.inbox import inbox_page
from bindeledd.features.reminders.service.delivering import clear_inbox
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.worklist import queries as worklist
from bindeledd.features.worklist.domain import ALL
from bindeledd.watching import measures

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM = uuid4()
BY = Actor(kind=ActorKind.MEMBER, tenant_id=uuid4(), id=uuid4(), teams=frozenset({TEAM}))
# Whatever grows with the caseload. Teams, members and their duty do not.
GROWS = (
    "tasks", "cases", "events", "contacts", "alerts", "deliveries", "messages", "calls",
    "patients", "patient_lookups", "data_keys", "care_relations", "duplicate_hints",
)  # fmt: skip
ASKED = {
    "the list": lambda s: worklist.page_rows(s, [TEAM], None, ALL),
    "acute concerns": lambda s: worklist.acute_rows(s, [TEAM]),
    "the inbox": lambda s: inbox_page(s, BY.tenant_id, BY.id, AT),
    "how much waits": lambda s: reminders.waiting(s, BY.id, AT),
    "the standing list": lambda s: clear_inbox(s, at=AT),
    "what is stuck": lambda s: reminders.stuck(s, AT),
    "what is due": lambda s: reminders.due_now(s, AT),
    "the queue": lambda s: intake.queue(s, by=BY),
    "events of a case": lambda s: casefile.event_rows(s, uuid4()),
    "tasks of a case": lambda s: casefile.task_rows(s, uuid4()),
    "duplicates": lambda s: patients.duplicate_hints(s, uuid4()),
    "responsibility": lambda s: patients.is_responsible(s, uuid4(), by=BY),
    "sight of a patient": lambda s: _refused(lambda: require_patient(s, BY, uuid4())),
    "the measures": lambda s: measures(s, AT),
}


def _refused(ask):
    with pytest.raises(OutOfSight):
        ask()


@pytest.mark.parametrize("asked", ASKED)
def test_no_question_of_the_day_reads_a_whole_table(session, asked):
    connection = session.connection()
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    plans = []

    @sa.event.listens_for(connection, "before_cursor_execute")
    def look(_connection, cursor, statement, parameters, _context, _many):
        if statement.lstrip()[:6] in ("SELECT", "UPDATE", "WITH s", "INSERT"):
            explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
            cursor.execute(explain + statement, parameters)
            plans.extend(str(row[0 if postgresql else 3]).strip() for row in cursor.fetchall())

    ASKED[asked](session)

    assert plans
    assert [line for line in plans if _reads_all(line)] == []


def _reads_all(line: str) -> bool:
    """A scan of a whole table without an index, or along one that is made for the question."""
    words = line.removeprefix("->").split()
    if words[:3] == ["Seq", "Scan", "on"]:
        return words[3] in GROWS
    if "AUTOMATIC" in words:
        return words[1] in GROWS
    return words[0] == "SCAN" and words[1] in GROWS and "INDEX" not in words
