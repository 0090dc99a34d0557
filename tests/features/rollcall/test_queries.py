"""Where a case stands, each state and each way to be lost, derived from rows alone."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake.tables import CallRow
from bindeledd.features.reminders.tables import AlertRow, FaultRow, HeartbeatRow
from bindeledd.features.rollcall.domain import Statement
from bindeledd.features.rollcall.queries import derive, law
from bindeledd.features.staff.tables import DutyRow, MemberRow
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Site, a_case_row, a_site, a_task_row
from features.rollcall.builders import (
    SILENCES,
    a_closed,
    a_handover_row,
    a_heartbeat,
    an_alert,
    an_escalated,
    an_event,
    lift_guards,
    watch,
)

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def site(session: Session) -> Site:
    made = a_site(session)
    a_heartbeat(session)
    return made


def call(session: Session, site: Site) -> Statement:
    session.flush()
    return derive(session, site.tenant, silences=SILENCES, at=MONDAY)


def why(statement: Statement) -> dict[UUID, str]:
    return {one.id: one.why for one in statement.remainder}


def test_a_site_with_nobody_in_it_is_accounted_for(session, site):
    statement = call(session, site)

    assert statement.registered == 0
    assert statement.complete


def test_a_case_whose_next_task_is_covered_and_not_far_off_is_owned(session, site):
    a_case_row(session, site, due_at=MONDAY + 3 * DAY)

    statement = call(session, site)

    assert (statement.registered, statement.owned, statement.unseen) == (1, 1, 0)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_duty_that_is_over_is_never_read(session, site):
    question = law.standing(1)
    names = set(re.findall(r"(?<!:):(\w+)", question))
    plan = session.execute(sa.text("EXPLAIN QUERY PLAN " + question), dict.fromkeys(names))
    [duty] = [row.detail for row in plan if " d USING " in row.detail]

    assert duty == "SEARCH d USING INDEX ix_duty_team_ends (team_id=? AND ends_at>?)"


def test_the_earliest_task_counts_not_the_one_pointed_at(session, site):
    case = a_case_row(session, site, due_at=MONDAY + 3 * DAY)
    a_task_row(session, site, case=case.id, due_at=MONDAY - DAY)

    statement = call(session, site)

    assert why(statement) == {case.id: "round_stopped"}
    assert statement.pointer_wrong == (case.id,)


def test_two_tasks_due_at_once_make_no_difference_to_the_pointer(session, site):
    case = a_case_row(session, site, due_at=MONDAY + DAY)
    a_task_row(session, site, case=case.id, due_at=MONDAY + DAY)

    assert call(session, site).pointer_wrong == ()


def test_what_falls_due_after_the_longest_silence_is_missing(session, site):
    case = a_case_row(session, site, due_at=MONDAY + 8 * DAY)

    assert why(call(session, site)) == {case.id: "beyond_silence"}


def test_the_longest_silence_is_longer_after_a_month(session, site):
    a_case_row(session, site, due_at=MONDAY + 8 * DAY, at=MONDAY - 40 * DAY)

    assert call(session, site).owned == 1


def test_a_new_discharge_begins_the_close_phase_anew(session, site):
    case = a_case_row(session, site, due_at=MONDAY + 8 * DAY, at=MONDAY - 40 * DAY)
    an_event(session, site, case.id, "discharged", MONDAY - 5 * DAY)

    assert why(call(session, site)) == {case.id: "beyond_silence"}


def test_an_hour_for_the_clocks_is_no_silence(session, site):
    a_case_row(session, site, due_at=MONDAY + 7 * DAY + HOUR)

    assert call(session, site).owned == 1


def test_a_pathway_that_is_not_installed_is_missing(session, site):
    case = a_case_row(session, site)

    statement = derive(session, site.tenant, silences={}, at=MONDAY)

    assert why(statement) == {case.id: "pathway_unknown"}


def test_a_task_that_fell_due_just_now_is_owned_while_the_sweep_lives(session, site):
    a_case_row(session, site, due_at=MONDAY - 119 * SECOND)

    assert call(session, site).owned == 1


def test_a_task_that_fell_due_just_now_is_missing_when_the_sweep_stands_still(session, site):
    session.execute(sa.update(HeartbeatRow).values(at=MONDAY - 121 * SECOND))
    case = a_case_row(session, site, due_at=MONDAY - 60 * SECOND)

    assert why(call(session, site)) == {case.id: "sweep_stopped"}


def test_an_early_word_does_not_hide_a_sweep_that_stands_still(session, site):
    session.execute(sa.delete(HeartbeatRow))
    case = a_case_row(session, site, due_at=MONDAY - 60 * SECOND)
    an_alert(session, site, case.task)

    assert why(call(session, site)) == {case.id: "sweep_stopped"}


def test_late_and_acknowledged_is_seen(session, site):
    case = a_case_row(session, site, due_at=MONDAY - DAY)
    until = MONDAY + HOUR
    watch(session, case.task, seen_by=site.anna.id, seen_until=until, next_rung_at=until)

    assert call(session, site).overdue_seen == 1


def test_an_acknowledgement_by_nobody_is_none(session, site):
    case = a_case_row(session, site, due_at=MONDAY - DAY)
    watch(session, case.task, seen_until=MONDAY + HOUR, next_rung_at=MONDAY + HOUR)

    assert why(call(session, site)) == {case.id: "nobody_told"}


def test_an_acknowledgement_that_has_lapsed_is_none(session, site):
    case = a_case_row(session, site, due_at=MONDAY - DAY)
    until = MONDAY - 3 * HOUR
    watch(session, case.task, seen_by=site.anna.id, seen_until=until, next_rung_at=until)

    assert why(call(session, site)) == {case.id: "round_stopped"}


def test_late_with_a_running_round_is_escalated(session, site):
    an_escalated(session, site)

    statement = call(session, site)

    assert (statement.escalated, statement.unseen) == (1, 0)


def test_late_and_nobody_was_told_in_this_round_is_missing(session, site):
    case = an_escalated(session, site)
    watch(session, case.task, round=2)

    assert why(call(session, site)) == {case.id: "nobody_told"}


def test_an_alert_that_nobody_was_told_of_escalates_nothing(session, site):
    case = an_escalated(session, site)
    session.execute(sa.update(AlertRow).values(addressed_at=None, raised_at=MONDAY - 121 * SECOND))

    assert why(call(session, site)) == {case.id: "nobody_told"}


def test_an_alert_that_was_raised_just_now_is_on_its_way_while_the_sweep_is_alive(session, site):
    case = an_escalated(session, site)
    session.execute(sa.update(AlertRow).values(addressed_at=None, raised_at=MONDAY - 60 * SECOND))

    assert call(session, site).escalated == 1
    session.execute(sa.update(HeartbeatRow).values(at=MONDAY - 121 * SECOND))
    assert why(call(session, site)) == {case.id: "nobody_told"}


def test_a_lead_who_was_not_told_does_not_cover_for_a_team(session, site):
    session.execute(sa.delete(DutyRow))
    case = a_case_row(session, site, due_at=MONDAY + DAY)
    an_alert(session, site, case.task, audience="lead", raised_at=MONDAY - HOUR, addressed_at=None)

    assert why(call(session, site)) == {case.id: "nobody_on_duty"}


def test_a_round_that_is_behind_has_stopped(session, site):
    case = an_escalated(session, site)
    watch(session, case.task, next_rung_at=MONDAY - 121 * SECOND)

    assert why(call(session, site)) == {case.id: "round_stopped"}


def test_a_round_that_has_just_begun_is_on_its_way_while_the_sweep_lives(session, site):
    case = an_escalated(session, site)
    watch(session, case.task, round=2, next_rung_at=MONDAY - 10 * SECOND)

    assert call(session, site).escalated == 1


def test_nobody_on_duty_before_it_is_due_is_missing_until_the_lead_hears(session, site):
    session.execute(sa.delete(DutyRow))
    case = a_case_row(session, site, due_at=MONDAY + DAY)
    assert why(call(session, site)) == {case.id: "nobody_on_duty"}

    an_alert(session, site, case.task, audience="lead")

    assert call(session, site).escalated == 1


def test_an_early_word_to_one_who_is_not_there_is_no_escalation(session, site):
    session.execute(sa.delete(DutyRow))
    case = a_case_row(session, site, due_at=MONDAY + DAY)
    an_alert(session, site, case.task, audience="owner")

    assert why(call(session, site)) == {case.id: "nobody_on_duty"}


def test_duty_of_somebody_who_has_left_covers_nothing(session, site):
    session.execute(sa.update(MemberRow).values(active=False))
    case = a_case_row(session, site, due_at=MONDAY + DAY)

    assert why(call(session, site)) == {case.id: "nobody_on_duty"}


def test_duty_that_begins_when_the_task_is_due_covers_nothing(session, site):
    session.execute(sa.update(DutyRow).values(starts_at=MONDAY + DAY))
    case = a_case_row(session, site, due_at=MONDAY + DAY)

    assert why(call(session, site)) == {case.id: "nobody_on_duty"}


def test_duty_that_has_just_ended_covers_while_the_sweep_lives(session, site):
    session.execute(sa.update(DutyRow).values(ends_at=MONDAY - SECOND))
    a_case_row(session, site, due_at=MONDAY + DAY)

    assert call(session, site).owned == 1


def test_the_team_of_the_task_is_asked_not_that_of_the_case(session, site):
    session.execute(sa.delete(DutyRow).where(DutyRow.team_id == site.other_team))
    case = a_case_row(session, site, due_at=MONDAY + 2 * DAY)
    a_task_row(session, site, case=case.id, due_at=MONDAY + DAY, team=site.other_team)

    assert why(call(session, site)) == {case.id: "nobody_on_duty"}


def test_closed_with_its_signature_is_accounted_for(session, site):
    a_closed(session, site)
    a_closed(session, site, ending="died", second=site.berit.id)

    statement = call(session, site)

    assert (statement.closed_signed, statement.unseen) == (2, 0)


def test_registered_in_error_is_part_of_the_sum_and_has_a_number_of_its_own(session, site):
    a_closed(session, site)
    a_closed(session, site, ending="registered_in_error", second=site.berit.id)

    statement = call(session, site)

    assert (statement.closed_signed, statement.registered_in_error) == (2, 1)
    assert (statement.registered, statement.unseen) == (2, 0)


def test_another_tenants_cases_are_not_counted(session, site):
    other = a_site(session)
    a_case_row(session, other)

    assert call(session, site).registered == 0
    assert call(session, other).registered == 1


# --- what is undecided ----------------------------------------------------------------------------


def test_what_waits_for_a_decision_has_a_clock(session, site):
    a_task_row(session, site, subject=new_id(), kind="decide_message")

    undecided = call(session, site).undecided

    assert (undecided.waiting, undecided.overdue, undecided.unseen) == (1, 0, ())


def test_undecided_past_its_clock_and_unseen_is_named(session, site):
    message = new_id()
    a_task_row(session, site, subject=message, kind="decide_message", due_at=MONDAY - DAY)

    statement = call(session, site)

    assert [one.id for one in statement.undecided.unseen] == [message]
    assert statement.unseen == 0
    assert not statement.complete


def test_undecided_past_its_clock_with_a_running_round_is_no_fault(session, site):
    task = a_task_row(session, site, subject=new_id(), due_at=MONDAY - DAY)
    an_alert(session, site, task)
    watch(session, task, next_rung_at=MONDAY + HOUR)

    undecided = call(session, site).undecided

    assert (undecided.overdue, undecided.unseen) == (1, ())


def test_what_waits_without_a_task_has_lost_its_clock(session, site):
    lift_guards(session)
    call_id = new_id()
    session.execute(
        sa.insert(CallRow.__table__).values(
            id=call_id,
            tenant_id=site.tenant,
            kind="call",
            team_id=site.team,
            task_id=new_id(),
            words=b"\xc1" + bytes(40),
            called_at=MONDAY,
        )
    )

    statement = call(session, site)

    assert [(one.id, one.why) for one in statement.undecided.unseen] == [(call_id, "no_clock")]


# --- what the law cannot see ------------------------------------------------------------------------


def test_never_reached_since_discharge_is_counted(session, site):
    never = a_case_row(session, site)
    before = a_case_row(session, site)
    after = a_case_row(session, site)
    for case in (never, before, after):
        an_event(session, site, case.id, "discharged", MONDAY - 5 * DAY)
    an_event(session, site, before.id, "reached", MONDAY - 6 * DAY)
    an_event(session, site, after.id, "reached", MONDAY - 2 * DAY)

    beside = call(session, site).beside

    assert beside.never_reached == 2
    assert beside.longest_days_since_reached == 6
    assert beside.median_days_since_reached == 6


def test_a_word_marked_as_an_error_reaches_nobody(session, site):
    case = a_case_row(session, site)
    an_event(session, site, case.id, "discharged", MONDAY - 5 * DAY)
    an_event(session, site, case.id, "reached", MONDAY - DAY, in_error_at=MONDAY)

    assert call(session, site).beside.never_reached == 1


def test_due_times_moved_later_are_counted(session, site):
    case = a_case_row(session, site)
    an_event(session, site, case.id, "task_moved_later", MONDAY - 3 * DAY)
    an_event(session, site, case.id, "task_moved_later", MONDAY - HOUR)

    beside = call(session, site).beside

    assert (beside.moved_later, beside.moved_later_last_day) == (2, 1)
    assert (beside.counted_anew, beside.counted_anew_last_day) == (0, 0)


def test_due_times_that_the_rules_put_later_are_counted_beside_those_that_people_moved(
    session, site
):
    """Of open follow-ups; what a lead has signed as taken over is no fault of knowing late."""
    for because, made_at, closes in (
        ("stay_over", MONDAY - 3 * DAY, False),
        ("stay_over", MONDAY - HOUR, False),
        ("stay_over", MONDAY - HOUR, True),
        ("takeover", MONDAY - HOUR, False),
    ):
        case = a_closed(session, site) if closes else a_case_row(session, site)
        watch(
            session, case.task, due_reason={"moved": "x", "counted_anew": because}, made_at=made_at
        )

    beside = call(session, site).beside

    assert (beside.counted_anew, beside.counted_anew_last_day) == (2, 1)
    assert beside.moved_later == 0


def test_every_handover_is_accepted_returned_or_pending(session, site):
    for answer in ("handover_accepted", "handover_returned", None):
        case = a_case_row(session, site)
        an_event(session, site, case.id, "handover_sent", MONDAY - 2 * DAY)
        if answer:
            an_event(session, site, case.id, answer, MONDAY - DAY)

    handed = call(session, site).beside.handovers

    assert (handed.sent, handed.accepted, handed.returned, handed.pending) == (3, 1, 1, 1)
    assert handed.lost == 0


def test_faults_that_nobody_has_seen_are_counted(session, site):
    for number, tenant in enumerate((site.tenant, None, new_id())):
        session.execute(
            sa.insert(FaultRow).values(
                id=new_id(),
                tenant_id=tenant,
                source=f"job:{number}-{site.tenant}",
                code="x",
                first_at=MONDAY,
                last_at=MONDAY,
                count=1,
            )
        )

    assert call(session, site).beside.faults_unseen == 2


def test_handovers_are_counted_for_each_pair_of_organisations(session, site):
    for _ in range(2):
        a_handover_row(session, site)
    a_handover_row(session, site, answer="handover_accepted")
    a_handover_row(session, site, answer="handover_returned", state="sent")

    [pair] = call(session, site).beside.pairs

    assert (pair.sender, pair.receiver) == ("Prøvesykehuset", "Prøve kommune")
    assert (pair.sent, pair.accepted, pair.returned, pair.pending) == (4, 1, 0, 2)
    assert pair.lost == 1  # answered in the history, and said to wait
    assert not call(session, site).complete
