"""My day: in the order of due times, within what the team may see, written down in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.features.worklist import service
from bindeledd.features.worklist.domain import ALL, Counts, Filter, NotYourTeam, edges
from bindeledd.features.worklist.service.leaving import show_leaving
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import ring
from builders import MONDAY, a_book, a_case_row, a_site, a_task_row
from features.worklist.builders import a_named_patient
from statements import statements

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def site(session):
    return a_site(session)


def shown(session, by, chosen=ALL, after=None):
    return service.show_worklist(session, by=by, at=MONDAY, after=after, chosen=chosen)


def test_what_is_owed_stands_in_the_order_of_its_due_time(session, site):
    cases = [a_case_row(session, site, due_at=MONDAY + days * DAY) for days in (3, -1, 1)]

    page = shown(session, site.anna)

    assert [row["case_id"] for row in page.rows] == [cases[1].id, cases[2].id, cases[0].id]
    assert [row["bucket"] for row in page.rows] == ["late", "week", "week"]
    assert page.next is None


def test_what_is_due_at_once_stands_in_the_order_of_its_id(session, site):
    tasks = [a_case_row(session, site).task for _ in range(5)]

    assert [row["id"] for row in shown(session, site.anna).rows] == sorted(tasks)


def test_a_row_says_whom_it_is_about(session, site):
    patient = a_named_patient(session, site, "Kari Prøve")
    a_case_row(session, site, patient=patient)

    (row,) = shown(session, site.anna).rows

    assert row["patient"]["id"] == patient
    assert row["patient"]["name"] == "Kari Prøve"
    assert row["withheld"] is False


def test_names_are_opened_with_the_keys_that_came_with_the_rows(session, site):
    patient = a_named_patient(session, site)
    a_case_row(session, site, patient=patient)
    session.flush()
    ring(session).forget()
    connection = session.connection()

    with statements(connection) as asked:
        (row,) = shown(session, site.anna).rows

    assert row["patient"]["name"] == "Kari Prøve"
    assert sum("FROM data_keys" in one or "JOIN data_keys" in one for one in asked) == 1
    assert sum("tasks" in one for one in asked) == 1
    # Event and subjects go in one statement where a set can be a parameter.
    written = {"postgresql": 1, "sqlite": 2}
    assert sum("audit" in one for one in asked) == written[connection.dialect.name]


def test_another_teams_work_is_not_there(session, site):
    a_case_row(session, site, team=site.other_team)

    assert shown(session, site.anna).rows == []
    assert len(shown(session, site.carl).rows) == 1


def test_a_task_of_the_team_whose_case_it_may_not_see_names_nobody(session, site):
    case = a_case_row(session, site, team=site.other_team)
    a_task_row(session, site, case=case.id, team=site.team)

    (row,) = shown(session, site.anna).rows

    assert row["patient"] is None
    assert row["withheld"] is True
    assert session.scalars(sa.select(AuditSubjectRow.subject_id)).all() == []


def test_a_relation_that_has_ended_names_nobody(session, site):
    case = a_case_row(session, site)
    session.execute(
        sa.update(CareRelationRow).where(CareRelationRow.case_id == case.id).values(until=MONDAY)
    )

    (row,) = shown(session, site.anna).rows

    assert (row["patient"], row["withheld"]) == (None, True)


def test_what_no_case_has_yet_stands_with_its_team(session, site):
    message = new_id()
    a_task_row(session, site, subject=message, kind="decide_message")

    (row,) = shown(session, site.anna).rows

    assert (row["subject_id"], row["case_id"], row["withheld"]) == (message, None, False)


def test_what_is_done_is_not_there(session, site):
    case = a_case_row(session, site)
    task = a_task_row(session, site, case=case.id)
    session.execute(
        sa.update(TaskRow)
        .where(TaskRow.id == task)
        .values(state="done", ended_at=MONDAY, ended_by_event_id=case.event)
    )

    assert [row["id"] for row in shown(session, site.anna).rows] == [case.task]


def test_pages_follow_one_another_without_gap_or_repetition(session, site):
    tasks = {
        a_case_row(session, site, due_at=MONDAY + (number % 7) * HOUR).task for number in range(120)
    }

    seen, after, pages = [], None, 0
    while pages == 0 or after is not None:
        page = shown(session, site.anna, after=after)
        seen += [row["id"] for row in page.rows]
        after, pages = page.next, pages + 1

    assert pages == 3
    assert len(seen) == len(set(seen))
    assert set(seen) == tasks


def test_whoever_works_in_two_teams_has_one_list(session, site):
    both = replace(site.anna, teams=frozenset({site.team, site.other_team}))
    for number in range(60):
        team = site.team if number % 3 else site.other_team
        a_case_row(session, site, team=team, due_at=MONDAY + number * HOUR)

    first = shown(session, both)
    rest = shown(session, both, after=first.next)

    dues = [row["due_at"] for row in (*first.rows, *rest.rows)]
    assert dues == [MONDAY + number * HOUR for number in range(60)]


def test_the_list_can_be_narrowed_to_a_team_a_person_and_kinds(session, site):
    both = replace(site.anna, teams=frozenset({site.team, site.other_team}))
    mine = a_case_row(session, site)
    other = a_case_row(session, site, team=site.other_team)
    held = a_task_row(session, site, case=mine.id, held_by=site.anna.id, kind="send_summary")

    def ids(**chosen):
        return {row["id"] for row in shown(session, both, Filter(**chosen)).rows}

    assert ids(team=site.other_team) == {other.task}
    assert ids(held_by=site.anna.id) == {held}
    assert ids(unheld=True) == {mine.task, other.task}
    assert ids(kinds=("send_summary",)) == {held}
    assert ids(kinds=("nothing",)) == set()


def test_somebody_elses_team_is_not_there_to_ask_for(session, site):
    with pytest.raises(NotYourTeam):
        shown(session, site.anna, Filter(team=site.other_team))


def test_nobody_without_a_team_has_a_list(session, site):
    a_case_row(session, site)

    assert shown(session, replace(site.anna, teams=frozenset())).rows == []


def test_one_answer_is_one_event_with_everyone_it_named(session, site):
    patients = {a_case_row(session, site).patient for _ in range(3)}
    shown(session, site.anna)

    events = session.execute(sa.select(AuditEventRow.id, AuditEventRow.act)).all()
    subjects = session.execute(
        sa.select(AuditSubjectRow.event_id, AuditSubjectRow.subject_id)
    ).all()

    assert [event.act for event in events] == ["worklist.shown"]
    assert {row.subject_id for row in subjects} == patients
    assert {row.event_id for row in subjects} == {events[0].id}


def test_a_name_that_cannot_be_read_hides_nothing_else(session, site):
    a_case_row(session, site, patient=a_named_patient(session, site, "Ola Prøve"))
    damaged = a_case_row(session, site, patient=a_named_patient(session, site))
    other = session.scalar(sa.select(PatientRow.identity).where(PatientRow.id != damaged.patient))
    session.execute(
        sa.update(PatientRow).where(PatientRow.id == damaged.patient).values(identity=other)
    )

    rows = {row["case_id"]: row["patient"] for row in shown(session, site.anna).rows}

    assert rows[damaged.id]["unreadable"] is True
    assert rows[damaged.id]["name"] == ""
    assert sorted(row["name"] for row in rows.values()) == ["", "Ola Prøve"]


# --- poll and counts ------------------------------------------------------------------------------


def test_a_poll_tells_that_something_has_changed_and_nothing_else(session, site):
    case = a_case_row(session, site)
    page = shown(session, site.anna)
    assert service.has_changed(session, page.token, by=site.anna) is False

    session.execute(sa.update(TaskRow).where(TaskRow.id == case.task).values(held_by=site.anna.id))

    assert service.has_changed(session, page.token, by=site.anna) is True
    assert len(session.scalars(sa.select(AuditEventRow.id)).all()) == 1


def test_a_poll_sees_what_is_new(session, site):
    page = shown(session, site.anna)

    a_case_row(session, site)

    assert service.has_changed(session, page.token, by=site.anna) is True


def test_the_parts_are_counted(session, site):
    for due in (-2, -1, 1, 30, 3 * 24, 20 * 24):
        a_case_row(session, site, due_at=MONDAY + due * HOUR)

    counts = service.count(session, by=site.anna, at=MONDAY)

    assert (counts.late, counts.today, counts.week, counts.later) == (2, 1, 2, 1)
    assert counts.total == 6


def test_the_counts_agree_with_the_list(session, site):
    both = replace(site.anna, teams=frozenset({site.team, site.other_team}))
    for number in range(40):
        team = (site.team, site.other_team)[number % 2]
        a_case_row(session, site, team=team, due_at=MONDAY + (number - 5) * 5 * HOUR)

    counts = service.count(session, by=both, at=MONDAY)

    buckets = [row["bucket"] for row in shown(session, both).rows]
    assert {name: buckets.count(name) for name in set(buckets)} == {
        name: getattr(counts, name) for name in set(buckets)
    }


def test_the_kinds_that_are_counted_are_those_that_these_teams_owe_now(session, site):
    both = replace(site.anna, teams=frozenset({site.team, site.other_team}))
    for team, *kinds in ((site.team, "b", "c", "b"), (site.other_team, "a", "b")):
        for kind in kinds:
            a_task_row(session, site, subject=new_id(), kind=kind, team=team)

    assert service.count(session, by=both, at=MONDAY).kinds == {"a", "b", "c"}
    assert service.count(session, by=site.anna, at=MONDAY).kinds == {"b", "c"}


@pytest.mark.parametrize("many", [0, 3])
def test_teams_that_owe_nothing_count_nothing(session, site, many):
    by = replace(site.anna, teams=frozenset(new_id() for _ in range(many)))

    assert service.count(session, by=by, at=MONDAY) == Counts()


def test_what_is_due_when_the_team_closes_is_todays_in_the_counts_and_the_list_and_stands_on_leaving(
    session, site
):
    calendar = staff.calendars(session, site.tenant)[site.team]
    closes = edges(calendar, MONDAY).leaves
    a_case_row(session, site, due_at=closes)
    a_case_row(session, site, due_at=closes + HOUR)

    counts = service.count(session, by=site.anna, at=MONDAY)
    [closed] = show_leaving(session, by=site.anna, at=MONDAY, book=a_book()).teams

    assert [row["bucket"] for row in shown(session, site.anna).rows] == ["today", "before_back"]
    assert (counts.today, counts.before_back, counts.total) == (1, 1, 2)
    assert [one.due_at for one in closed.ahead] == [closes, closes + HOUR]


def test_on_a_day_with_nobody_at_work_what_is_due_now_is_counted_where_it_stands(session, site):
    sunday = MONDAY - DAY
    a_case_row(session, site, due_at=sunday)

    [row] = service.show_worklist(session, by=site.anna, at=sunday).rows
    counts = service.count(session, by=site.anna, at=sunday)

    assert getattr(counts, row["bucket"]) == counts.total == 1
