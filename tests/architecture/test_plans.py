"""The questions that are asked all day read from an index, on both databases.

Nothing is in the tables: what is asked of the planner is whether it may use the index, with
scans of whole tables made dear on PostgreSQL.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.access.queries import require_patient
from bindeledd.features.audit.queries import subject_log
from bindeledd.features.casefile import queries as casefile
from bindeledd.features.discharges import queries as discharges
from bindeledd.features.epj import queries as epj
from bindeledd.features.intake import queries as intake
from bindeledd.features.morning import queries as morning
from bindeledd.features.patients import queries as patients
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain import Claim
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.features.reminders.queries.inbox import inbox_page
from bindeledd.features.reminders.service import known
from bindeledd.features.reminders.service.delivering import clear_inbox
from bindeledd.features.reminders.service.receipts import stop_abandoned
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.worklist import queries as worklist
from bindeledd.features.worklist.domain import ALL, Edges
from bindeledd.features.worklist.domain.calendar import Chosen, Week
from bindeledd.features.worklist.queries.calendar import own_week, slots_of
from bindeledd.features.worklist.queries.counting import count_by_bucket
from bindeledd.watching import measures
from builders import a_site, a_task_row

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM, WEEK = uuid4(), Week.of(AT)
EDGES = Edges(leaves=AT, back=AT + timedelta(days=1), week_ends=AT + timedelta(days=7))
BY = Actor(kind=ActorKind.MEMBER, tenant_id=uuid4(), id=uuid4(), teams=frozenset({TEAM}))
LEAD = replace(BY, leads=BY.teams)
# Whatever grows with the caseload. Teams, members and their duty do not.
GROWS = (
    "tasks", "cases", "events", "contacts", "alerts", "deliveries", "messages", "calls",
    "patients", "patient_lookups", "data_keys", "care_relations", "duplicate_hints",
    "appointments",
)  # fmt: skip
ASKED = {
    "the list": lambda s: worklist.page_rows(s, [TEAM], None, ALL),
    "acute concerns": lambda s: worklist.acute_rows(s, [TEAM]),
    "how much the list holds": lambda s: count_by_bucket(s, [TEAM], [EDGES], AT),
    "the inbox": lambda s: inbox_page(s, BY.tenant_id, BY.id, AT),
    "how much waits": lambda s: reminders.waiting(s, BY.id, AT),
    "how much waits for an answer": lambda s: reminders.waiting(s, BY.id, AT, by=BY),
    "the standing list": lambda s: clear_inbox(s, at=AT),
    "what is stuck": lambda s: reminders.stuck(s, AT),
    "what is due": lambda s: reminders.due_now(s, AT),
    "the queue": lambda s: intake.queue(s, by=BY),
    "events of a case": lambda s: casefile.event_rows(s, uuid4()),
    "tasks of a case": lambda s: casefile.task_rows(s, uuid4()),
    "duplicates": lambda s: patients.duplicate_hints(s, uuid4()),
    "responsibility": lambda s: patients.is_responsible(s, uuid4(), by=BY),
    "sight of a patient": lambda s: _refused(lambda: require_patient(s, BY, uuid4())),
    "notes that wait": lambda s: epj.not_yet(s, BY, limit=51),
    "notes to correct": lambda s: epj.to_correct(s, BY, limit=50),
    "the measures": lambda s: measures(s, AT),
    "a week of the calendar": lambda s: slots_of(s, BY, WEEK, [TEAM], Chosen(), None),
    "one's own week": lambda s: own_week(s, BY, WEEK.since, WEEK.until),
    "a lead's numbers": lambda s: morning.numbers(s, LEAD, AT),
    "what came to a lead": lambda s: morning.escalations(s, LEAD, AT, answered=False),
    "whom nobody has reached": lambda s: morning.unreached(s, LEAD),
    "what each person holds": lambda s: morning.loads(s, [TEAM], AT),
}
CLAIM = Claim(
    id=uuid4(), tenant_id=BY.tenant_id, alert_id=uuid4(), task_id=uuid4(), member_id=uuid4(),
    channel="sms", address="", attempts=1, made_at=AT,
)  # fmt: skip
# Each holds only what waits for a person; PostgreSQL takes either.
_WAITING = "ix_messages_listed ix_messages_queue"
# What grows though its table is not one of those, and the index that keeps it from being read.
RESTS = {
    "what went out today": (lambda s: known.read_sent(s, [CLAIM], AT), "ix_deliveries_sent"),
    "who is on duty of some": (lambda s: known.read_on_duty(s, [BY.id], AT), "ix_duty_member"),
    "who was told": (lambda s: known.read_told(s, [CLAIM], Hygiene(), AT), "ix_deliveries_"),
    "when each team has somebody": (lambda s: reminders.covered_from(s, AT), "ix_duty_"),
    "a channel that is gone": (
        lambda s: stop_abandoned(s, ["email"], at=AT, after=timedelta()), "ix_deliveries_ready"
    ),
    "who was discharged": (
        lambda s: discharges.went_home(s, BY.tenant_id, [(AT, AT)]), "ix_events_"
    ),
    "what somebody held": (lambda s: morning.loads(s, [TEAM], AT), "ix_tasks_ended"),
    "who has opened their list": (
        lambda s: morning.opened(s, BY.tenant_id, [BY.id], AT), "ix_audit_events_tenant_at"
    ),
    "a death that was none": (lambda s: epj.not_yet(s, BY, limit=51), "ix_events_deaths"),
    "what was listed": (
        lambda s: discharges.count_waiting(s, BY.tenant_id), _WAITING
    ),
    "what the law cannot see": (lambda s: _told(s, BY.tenant_id), _WAITING),
    "who has looked": (
        lambda s: subject_log(s, BY.tenant_id, uuid4(), before=uuid4(), limit=51),
        "ix_audit_subjects_subject",
    ),
    "the pairs": (lambda s: _told(s, BY.tenant_id), "ix_events_handovers"),
}  # fmt: skip


def _told(session, tenant):
    rollcall.derive(session, tenant, silences={}, at=AT)


def _refused(ask):
    with pytest.raises(OutOfSight):
        ask()


@pytest.fixture
def session(fresh_database):
    """In a database of its own: what other tests left in the statistics would change a plan."""
    with fresh_database.transaction() as one:
        yield one


@pytest.mark.parametrize("asked", ASKED)
def test_no_question_of_the_day_reads_a_whole_table(session, asked):
    plans = _plans(session, ASKED[asked])

    assert plans
    assert [line for line in plans if _reads_all(line)] == []


@pytest.mark.parametrize("asked", RESTS)
def test_what_grows_with_time_rests_on_its_index(session, asked):
    ask, index = RESTS[asked]
    plans = _plans(session, ask)

    assert [line for line in plans if any(name in line for name in index.split())], plans
    assert [line for line in plans if line.startswith(("SCAN duty", "SCAN deliveries "))] in (
        [], ["SCAN deliveries USING INDEX ix_deliveries_ready"]
    )  # fmt: skip


def test_how_much_a_list_holds_is_counted_from_indexes_alone(session):
    site = a_site(session)
    for number in range(300):
        team = (site.team, site.other_team)[number % 2]
        due, kind = AT + timedelta(hours=number), f"kind_{number % 7}"
        a_task_row(session, site, subject=uuid4(), due_at=due, kind=kind, team=team)
    session.execute(sa.text("ANALYZE tasks"))

    plans = _plans(session, lambda s: count_by_bucket(s, [site.team], [EDGES], AT))

    read = [line for line in plans if re.search(r"\btasks\b", line)]
    assert len(read) >= 6, plans
    assert [line for line in read if not re.search("Index Only Scan|COVERING INDEX", line)] == []


def test_the_roll_call_looks_for_the_earliest_task_of_a_case_once(session):
    plans = _plans(session, lambda s: _told(s, BY.tenant_id))

    # `o` is what the law calls an open task of a case, in either notation.
    asked = [line for line in plans if "ix_tasks_case" in line and re.search(r"\bo\b", line)]
    assert len(asked) == 1, asked


def _plans(session, ask):
    connection = session.connection()
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    plans = []

    @sa.event.listens_for(connection, "before_cursor_execute")
    def look(_connection, cursor, statement, parameters, _context, _many):
        if statement.lstrip()[:6] in (
            "SELECT",
            "UPDATE",
            "WITH c",
            "WITH s",
            "WITH h",
            "WITH r",
            "WITH R",
            "INSERT",
        ):
            explain = "EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN "
            cursor.execute(explain + statement, parameters)
            plans.extend(str(row[0 if postgresql else 3]).strip() for row in cursor.fetchall())

    ask(session)
    return plans


def _reads_all(line: str) -> bool:
    """A scan of a whole table without an index, or along one that is made for the question."""
    words = line.removeprefix("->").split()
    if words[:3] == ["Seq", "Scan", "on"]:
        return words[3] in GROWS
    if "AUTOMATIC" in words:
        return words[1] in GROWS
    return words[0] == "SCAN" and words[1] in GROWS and "INDEX" not in words
