"""What a lead is shown in the morning: their own teams, no name on the page, written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.morning import queries, service
from bindeledd.features.morning.domain import Load
from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.rollcall.domain import LeadReads
from bindeledd.features.rollcall.queries import derive
from bindeledd.features.staff import service as staff
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from builders import MONDAY, RawCase, Site, a_case_row, a_site, a_task_row
from features.rollcall.builders import SILENCES, an_alert, an_event, end_task
from features.worklist.builders import a_named_patient
from statements import statements

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def a_discharged(session: Session, site: Site, days_ago: int, **more: object) -> RawCase:
    case = a_case_row(session, site, **more)  # type: ignore[arg-type]
    an_event(session, site, case.id, "discharged", MONDAY - days_ago * DAY)
    return case


def came(session: Session, site: Site, *, at: object = MONDAY, **more: object) -> RawCase:
    """A follow-up with a task that is late, of which the lead was told at `at`."""
    case = a_case_row(session, site, due_at=MONDAY - 2 * DAY, at=MONDAY - 9 * DAY, **more)  # type: ignore[arg-type]
    an_alert(session, site, case.task, audience="lead", rung=2, raised_at=at)
    return case


def change(session: Session, task: UUID, **values: object) -> None:
    session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(**values))


def acts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEventRow.act).order_by(AuditEventRow.id)))


def subjects(session: Session) -> set[UUID]:
    return set(session.scalars(sa.select(AuditSubjectRow.subject_id)))


# --- what came to a lead --------------------------------------------------------------------------


def test_what_came_to_a_lead_stands_by_when_it_came(session, site):
    later, first = came(session, site), came(session, site, at=MONDAY - HOUR)
    shown = service.show_escalations(session, answered=False, by=site.berit, at=MONDAY + HOUR)

    assert [one.task_id for one in shown.rows] == [first.task, later.task]


def test_what_only_the_team_heard_of_did_not_come_to_the_lead(session, site):
    case = a_case_row(session, site, due_at=MONDAY - DAY)
    an_alert(session, site, case.task, audience="team")

    assert queries.numbers(session, site.berit, MONDAY).unanswered == 0


def test_what_was_said_of_another_due_time_is_over(session, site):
    case = came(session, site)
    change(session, case.task, due_at=MONDAY + 3 * DAY)

    assert queries.escalations(session, site.berit, MONDAY, answered=False) == []


def test_what_is_answered_stands_with_the_answered_until_its_time_is_over(session, site):
    case = came(session, site)
    change(
        session,
        case.task,
        seen_at=MONDAY + HOUR,
        seen_until=MONDAY + 3 * HOUR,
        seen_by=site.berit.id,
    )
    told = [
        (found.unanswered, found.answered)
        for found in (queries.numbers(session, site.berit, MONDAY + n * HOUR) for n in (2, 4))
    ]

    assert told == [(0, 1), (1, 0)]


def test_the_numbers_are_those_of_the_lists(session, site):
    for case in [came(session, site) for _ in range(3)][:1]:
        change(session, case.task, seen_at=MONDAY + HOUR, seen_until=MONDAY + 9 * HOUR)
    at = MONDAY + 2 * HOUR
    found = queries.numbers(session, site.berit, at)

    assert [found.unanswered, found.answered] == [
        len(queries.escalations(session, site.berit, at, answered=one)) for one in (False, True)
    ]


def test_of_a_team_that_one_does_not_lead_nothing_is_shown(session, site):
    came(session, site)
    a_discharged(session, site, 3)
    numbers = queries.numbers(session, site.dina, MONDAY)

    assert (numbers.unanswered, numbers.unreached) == (0, 0)


def test_the_list_goes_on_where_its_page_ends(session, site):
    cases = [came(session, site, at=MONDAY - n * HOUR) for n in (3, 2, 1)]
    first = queries.escalations(session, site.berit, MONDAY, answered=False, limit=1)
    rest = queries.escalations(session, site.berit, MONDAY, answered=False, after=first[0].cursor)

    assert [one.task_id for one in (*first, *rest)] == [case.task for case in cases]


# --- never reached --------------------------------------------------------------------------------


def test_who_was_discharged_first_stands_first(session, site):
    late, early = a_discharged(session, site, 2), a_discharged(session, site, 20)
    shown = service.show_unreached(session, by=site.berit, at=MONDAY)

    assert [one.case_id for one in shown.rows] == [early.id, late.id]


@pytest.mark.parametrize("kind", ["reached", "appointment_kept"])
def test_who_was_met_after_the_discharge_is_reached(session, site, kind):
    case = a_discharged(session, site, 9)
    an_event(session, site, case.id, kind, MONDAY - DAY)

    assert queries.unreached(session, site.berit) == []


def test_who_was_met_before_the_last_discharge_only_is_not_reached(session, site):
    case = a_discharged(session, site, 9)
    an_event(session, site, case.id, "reached", MONDAY - 12 * DAY)

    assert [one.case_id for one in queries.unreached(session, site.berit)] == [case.id]


def test_it_is_the_number_of_the_roll_call(session, site):
    for days in (1, 5, 9):
        a_discharged(session, site, days)
    a_case_row(session, site)
    said = derive(session, site.tenant, silences=SILENCES, at=MONDAY).beside.never_reached

    assert queries.numbers(session, site.berit, MONDAY).unreached == said == 3


# --- load -----------------------------------------------------------------------------------------


def loads_of(session: Session, site: Site, holder: UUID | None) -> list[Load]:
    found = queries.loads(session, {site.team}, MONDAY)[site.team, holder]
    return [found.now, found.week_ago, found.month_ago]


def test_a_load_is_what_was_made_by_then_and_had_not_ended_by_then(session, site):
    anna = site.anna.id
    case = a_case_row(session, site, at=MONDAY - 40 * DAY)
    old = a_task_row(
        session, site, case=case.id, held_by=anna, at=MONDAY - 35 * DAY, due_at=MONDAY + DAY
    )
    end_task(session, old, case.event, MONDAY - 3 * DAY)
    a_task_row(session, site, case=case.id, held_by=anna, at=MONDAY - DAY, due_at=MONDAY + DAY)

    assert [one.open for one in loads_of(session, site, anna)] == [1, 1, 1]


def test_it_was_late_then_where_its_time_had_passed_then(session, site):
    anna = site.anna.id
    case = a_case_row(session, site, at=MONDAY - 40 * DAY)
    a_task_row(
        session,
        site,
        case=case.id,
        held_by=anna,
        at=MONDAY - 35 * DAY,
        due_at=MONDAY - 10 * DAY,
    )

    assert [one.late for one in loads_of(session, site, anna)] == [1, 1, 0]


def test_what_ended_before_four_weeks_ago_is_in_no_number(session, site):
    case = a_case_row(session, site, at=MONDAY - 90 * DAY)
    old = a_task_row(session, site, case=case.id, at=MONDAY - 80 * DAY, held_by=site.anna.id)
    end_task(session, old, case.event, MONDAY - 30 * DAY)

    assert (site.team, site.anna.id) not in queries.loads(session, {site.team}, MONDAY)


def test_what_nobody_holds_is_counted_apart(session, site):
    a_case_row(session, site)

    assert loads_of(session, site, None)[0] == Load(open=1, late=0)


# --- the morning ----------------------------------------------------------------------------------


def person(morning, actor):
    return next(one for one in morning.teams[0].people if one.id == actor.id)


def test_who_was_shown_their_list_today_has_opened_it(session, site):
    audit.record(session, "worklist.shown", by=site.anna, at=MONDAY)
    morning = service.show_morning(session, by=site.berit, at=MONDAY + HOUR)

    assert person(morning, site.anna).opened_at == MONDAY
    assert [one.name for one in morning.not_opened] == ["Berit"]


def test_who_opened_it_yesterday_has_not_opened_it_today(session, site):
    audit.record(session, "worklist.shown", by=site.anna, at=MONDAY - DAY)
    morning = service.show_morning(session, by=site.berit, at=MONDAY)

    assert "Anna" in [one.name for one in morning.not_opened]


def test_that_a_list_was_opened_answers_nothing(session, site):
    came(session, site)
    audit.record(session, "worklist.shown", by=site.berit, at=MONDAY + HOUR)
    morning = service.show_morning(session, by=site.berit, at=MONDAY + 2 * HOUR)

    assert morning.numbers.unanswered == 1


def test_who_is_away_with_nobody_is_said(session, site):
    staff.away(
        session, site.anna.id, since=MONDAY - HOUR, until=MONDAY + DAY, by=site.anna, at=MONDAY
    )
    morning = service.show_morning(session, by=site.berit, at=MONDAY)

    assert [one.absence.member_id for one in morning.alone] == [site.anna.id]
    assert person(morning, site.anna).away


def test_the_statement_that_was_made_last_is_in_it(session, site):
    said = rollcall.call_the_roll(session, site.tenant, silences=SILENCES, at=MONDAY)
    morning = service.show_morning(session, by=site.berit, at=MONDAY + HOUR)

    assert morning.statement is not None
    assert morning.statement.id == said.id


def test_before_the_first_roll_call_there_is_a_morning_too(session, site):
    assert service.show_morning(session, by=site.berit, at=MONDAY).statement is None


def test_the_morning_names_nobody_and_is_written_down(session, site):
    came(session, site, patient=a_named_patient(session, site))
    service.show_morning(session, by=site.berit, at=MONDAY + HOUR)

    assert acts(session)[-1] == "morning.shown"
    assert subjects(session) == set()


@pytest.mark.parametrize("show", ["escalations", "unreached"])
def test_a_list_with_names_is_written_down_with_everybody_on_it(session, site, show):
    patients = {a_named_patient(session, site) for _ in range(2)}
    for patient in patients:
        case = came(session, site, patient=patient)
        an_event(session, site, case.id, "discharged", MONDAY - DAY)
    if show == "escalations":
        service.show_escalations(session, answered=False, by=site.berit, at=MONDAY + HOUR)
    else:
        service.show_unreached(session, by=site.berit, at=MONDAY)

    assert subjects(session) == patients


@pytest.mark.parametrize("who", ["anna", "system"])
def test_only_a_lead_is_shown_any_of_it(session, site, who):
    by = getattr(site, who)
    for ask in (
        lambda: service.show_morning(session, by=by, at=MONDAY),
        lambda: service.show_escalations(session, answered=False, by=by, at=MONDAY),
        lambda: service.show_unreached(session, by=by, at=MONDAY),
    ):
        with pytest.raises(LeadReads):
            ask()


def test_it_asks_as_much_of_five_follow_ups_as_of_five_hundred(session, site):
    def asked() -> int:
        with statements(session.connection()) as sent:
            service.show_morning(session, by=site.berit, at=MONDAY + HOUR)
            service.show_escalations(session, answered=False, by=site.berit, at=MONDAY + HOUR)
            service.show_unreached(session, by=site.berit, at=MONDAY + HOUR)
        return len(sent)

    def more(count: int) -> None:
        for _ in range(count):
            case = came(session, site)
            an_event(session, site, case.id, "discharged", MONDAY - DAY)

    more(5)
    few = asked()
    more(495)

    assert asked() == few
