"""Setting up, duty, being away and leaving, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain.inbox import Notice, of_member
from bindeledd.features.reminders.service.faults import report_fault, see_notice, tell_faults
from bindeledd.features.reminders.service.leaving import begin_absences, go_away, leave
from bindeledd.features.reminders.service.wording import fault
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import (
    AlreadyAway,
    EnvironmentFixed,
    Hours,
    MemberNotFound,
    NotForwards,
    NotYours,
    PointTaken,
    Role,
    StandInIsAway,
    TeamNotFound,
)
from bindeledd.features.staff.tables import ClosedDayRow, DutyRow, TeamRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Site, a_case_row, a_site

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = MONDAY + 3 * HOUR


def who(actor: object) -> UUID:
    member: UUID = actor.id  # type: ignore[attr-defined]
    return member


def staffed(session: Session) -> Site:
    """A site whose duty rows are those that hours and memberships say."""
    site = a_site(session)
    session.execute(sa.delete(DutyRow))
    service.materialise_duty(session, site.tenant, since=MONDAY)
    return site


def names_on_duty(session: Session, team: UUID, at: datetime) -> list[str]:
    return [member.name for member in queries.on_duty(session, team, at)]


# --- setting up -----------------------------------------------------------------------------------


def test_what_a_database_is_for_is_fixed_when_it_is_made(session: Session) -> None:
    assert service.set_installation(session, "production", at=MONDAY) == "made"
    assert service.set_installation(session, "production", at=MONDAY) == "same"
    with pytest.raises(EnvironmentFixed):
        service.set_installation(session, "demo", at=MONDAY)


def test_setting_up_again_changes_what_differs_and_keeps_the_id(session: Session) -> None:
    site = a_site(session)
    asked = {"key": "dps", "organisation_id": site.organisation, "by": site.system, "at": MONDAY}
    first = service.set_team(session, name="DPS", **asked)
    again = service.set_team(session, name="DPS", **asked)
    renamed = service.set_team(session, name="DPS Nord", **asked)

    assert (first.outcome, again.outcome, renamed.outcome) == ("made", "same", "changed")
    assert renamed.columns == ("name",)
    assert first.id == again.id == renamed.id


def test_an_address_belongs_to_one_unit(session: Session) -> None:
    site = a_site(session)
    asked = {"scheme": "HER", "value": "80 123", "by": site.system, "at": MONDAY}
    service.set_contact_point(
        session, organisation_id=site.organisation, unit_id=site.unit, **asked
    )

    found = queries.find_contact_point(session, site.tenant, "HER", "80123")
    assert found is not None
    assert (found.unit_id, found.team_id) == (site.unit, site.team)
    with pytest.raises(PointTaken):
        service.set_contact_point(session, organisation_id=site.organisation, **asked)


def test_hours_are_written_whole_and_a_calendar_reads_them(session: Session) -> None:
    site = a_site(session)
    hours = [Hours(weekday=6, opens=time(10), closes=time(14))]

    done = service.set_hours(session, site.team, hours, by=site.system, at=MONDAY)
    again = service.set_hours(session, site.team, hours, by=site.system, at=MONDAY)

    assert (done.outcome, again.outcome) == ("changed", "same")
    calendar = queries.team_calendar(session, site.team)
    assert not calendar.staffed(NOON)
    assert calendar.staffed(datetime(2027, 3, 6, 11, tzinfo=UTC))
    assert queries.calendars(session, site.tenant)[site.team] == calendar


def test_closed_days_of_site_and_plugin_close_the_team(session: Session) -> None:
    site = a_site(session)
    service.close_day(session, site.team, MONDAY.date(), source="site", by=site.system, at=MONDAY)
    tuesday = (MONDAY + DAY).date()

    assert not queries.team_calendar(session, site.team).staffed(NOON)
    assert queries.team_calendar(session, site.team).staffed(NOON + DAY)
    assert not queries.team_calendar(session, site.team, [tuesday]).staffed(NOON + DAY)
    assert session.scalar(sa.select(sa.func.count()).select_from(ClosedDayRow)) == 1


def test_an_unknown_team_has_no_calendar(session: Session) -> None:
    with pytest.raises(TeamNotFound):
        queries.team_calendar(session, UUID(int=0))


# --- duty -----------------------------------------------------------------------------------------


def test_duty_follows_hours_weekends_and_holidays(session: Session) -> None:
    site = staffed(session)

    assert names_on_duty(session, site.team, NOON) == ["Anna", "Berit"]
    assert names_on_duty(session, site.team, NOON + 8 * HOUR) == []
    assert names_on_duty(session, site.team, datetime(2027, 3, 6, 12, tzinfo=UTC)) == []
    easter_monday = datetime(2027, 3, 29, 10, tzinfo=UTC)
    assert names_on_duty(session, site.team, easter_monday) == []
    assert names_on_duty(session, site.team, easter_monday + DAY) == ["Anna", "Berit"]


def test_hours_stay_on_the_wall_when_clocks_change(session: Session) -> None:
    site = staffed(session)
    rows = queries.duty_of(session, site.team, MONDAY, MONDAY + 60 * DAY)
    starts = {row.starts_at.time() for row in rows if row.starts_at > MONDAY}

    assert starts == {time(7), time(6)}
    assert {r.starts_at.hour for r in rows if r.starts_at > datetime(2027, 3, 28, tzinfo=UTC)} == {
        6
    }


def test_making_duty_anew_changes_nothing_and_keeps_what_was(session: Session) -> None:
    site = staffed(session)
    before = queries.duty_of(session, site.team, MONDAY - DAY, MONDAY + 70 * DAY)
    service.materialise_duty(session, site.tenant, since=MONDAY)
    assert queries.duty_of(session, site.team, MONDAY - DAY, MONDAY + 70 * DAY) == before

    service.materialise_duty(session, site.tenant, since=NOON)
    assert names_on_duty(session, site.team, MONDAY + HOUR) == ["Anna", "Berit"]
    assert names_on_duty(session, site.team, NOON + HOUR) == ["Anna", "Berit"]


def test_duty_is_sixty_days_ahead_for_every_team_by_night(session: Session) -> None:
    site = staffed(session)
    later = MONDAY + 30 * DAY
    assert service.materialise_all(session, at=later) > 0
    reach = queries.duty_reaches(session, site.tenant)

    assert reach is not None
    assert reach > later + 56 * DAY


def test_days_that_a_pack_closes_stay_closed_whoever_makes_duty_anew(session: Session) -> None:
    site = staffed(session)
    tuesday = NOON + DAY
    closed = {site.team: {tuesday.date()}}
    service.materialise_all(session, at=MONDAY, closed=closed)
    service.materialise_all(session, at=MONDAY, closed=closed)
    away(session, site)

    assert names_on_duty(session, site.team, tuesday + HOUR) == []
    assert names_on_duty(session, site.other_team, tuesday + HOUR) == ["Carl", "Dina"]


def test_a_team_without_hours_has_nobody_and_is_named(session: Session) -> None:
    site = staffed(session)
    service.set_hours(session, site.team, [], by=site.system, at=MONDAY)
    service.materialise_duty(session, site.tenant, since=MONDAY)

    assert not queries.covered(session, site.team, MONDAY, MONDAY + 60 * DAY)
    assert [t.id for t in queries.teams_without_hours(session, site.tenant)] == [site.team]


def test_covered_asks_whether_anybody_is_there_in_between(session: Session) -> None:
    site = staffed(session)
    friday = datetime(2027, 3, 5, 15, tzinfo=UTC)

    assert not queries.covered(session, site.team, friday, friday + 2 * DAY)
    assert queries.covered(session, site.team, friday, friday + 3 * DAY)


def test_leads_are_those_who_lead_now(session: Session) -> None:
    site = staffed(session)
    assert [m.name for m in queries.leads(session, site.team)] == ["Berit"]

    service.join_team(session, who(site.anna), site.team, Role.LEAD, by=site.system, at=NOON)
    service.leave_team(session, who(site.berit), site.team, by=site.system, at=NOON)

    assert [m.name for m in queries.leads(session, site.team, NOON + HOUR)] == ["Anna"]
    assert [m.name for m in queries.leads(session, site.team, MONDAY)] == ["Berit"]
    assert names_on_duty(session, site.team, NOON + HOUR) == ["Anna"]


# --- away and gone --------------------------------------------------------------------------------


def away(session: Session, site: Site, **more: object) -> object:
    asked = {"since": NOON, "until": NOON + DAY, "by": site.anna, "at": NOON} | more
    return service.away(session, who(site.anna), **asked)  # type: ignore[arg-type]


def test_away_today_takes_the_duty_at_once(session: Session) -> None:
    site = staffed(session)
    away(session, site, stand_in_id=site.carl.id, by=site.berit)

    assert names_on_duty(session, site.team, NOON + HOUR) == ["Berit", "Carl"]
    assert names_on_duty(session, site.team, NOON + DAY + HOUR) == ["Anna", "Berit"]


def test_back_again_gives_it_back(session: Session) -> None:
    site = staffed(session)
    away(session, site)
    service.back_again(session, who(site.anna), by=site.anna, at=NOON + HOUR)

    assert names_on_duty(session, site.team, NOON + 2 * HOUR) == ["Anna", "Berit"]


def test_a_lead_may_say_it_for_their_own_people_only(session: Session) -> None:
    site = staffed(session)
    away(session, site, by=site.berit)
    with pytest.raises(NotYours):
        service.away(
            session,
            who(site.anna),
            since=NOON + 9 * DAY,
            until=NOON + 10 * DAY,
            by=site.dina,
            at=NOON,
        )


def test_an_absence_that_makes_no_sense_is_refused(session: Session) -> None:
    site = staffed(session)
    with pytest.raises(NotForwards):
        away(session, site, until=NOON)
    with pytest.raises(StandInIsAway):
        away(session, site, stand_in_id=site.anna.id)
    away(session, site)
    with pytest.raises(AlreadyAway):
        away(session, site, until=NOON + 2 * DAY)
    with pytest.raises(StandInIsAway):
        service.away(
            session,
            who(site.berit),
            since=NOON,
            until=NOON + DAY,
            stand_in_id=site.anna.id,
            by=site.berit,
            at=NOON,
        )


def test_only_a_lead_lets_somebody_of_another_team_stand_in(session: Session) -> None:
    """Whoever stands in sees what the absent one sees."""
    site = staffed(session)
    with pytest.raises(MemberNotFound):
        away(session, site, stand_in_id=site.carl.id)
    assert names_on_duty(session, site.team, NOON + HOUR) == ["Anna", "Berit"]

    away(session, site, stand_in_id=site.carl.id, by=site.berit)
    assert names_on_duty(session, site.team, NOON + HOUR) == ["Berit", "Carl"]


def holding(session: Session, site: Site, member: UUID) -> UUID:
    case = a_case_row(session, site)
    session.execute(sa.update(TaskRow).where(TaskRow.id == case.task).values(held_by=member))
    return case.task


def holder(session: Session, task: UUID) -> UUID | None:
    return session.scalar(sa.select(TaskRow.held_by).where(TaskRow.id == task))


def test_away_without_a_stand_in_gives_the_tasks_to_the_team_and_tells_the_lead(
    session: Session,
) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    span = {"since": NOON, "until": NOON + DAY}

    given = go_away(session, who(site.anna), **span, by=site.anna, at=NOON)

    assert (given.tasks, given.absence.since) == ([task], NOON)
    assert holder(session, task) is None
    (source, code) = session.execute(sa.select(FaultRow.source, FaultRow.code)).one()
    assert (source, code) == (
        f"{of_member(site.team, who(site.anna))}@{site.tenant}",
        "member_away",
    )


def test_the_lead_of_that_team_hears_of_each_who_is_away_however_soon_one_follows_the_other(
    session: Session,
) -> None:
    site = staffed(session)
    lead = site.dina  # of a team that is not the intake team
    for minutes in (0, 10):
        at = NOON + timedelta(minutes=minutes)
        fault = {"at": at, "tenant_id": site.tenant, "each": True}
        report_fault(session, f"team:{site.other_team}", "member_away", **fault)
        assert tell_faults(session, at=at) == 1
        [notice] = reminders.notices(session, site.tenant, who(lead))
        assert notice.code == "member_away"
        see_notice(session, notice.fault_id, by=lead, at=at)
        assert reminders.notices(session, site.tenant, who(lead)) == []


def test_what_is_told_of_somebody_who_is_away_has_words_of_its_own_and_names_them() -> None:
    anna = new_id()
    source = f"{of_member(new_id(), anna)}@{new_id()}"
    for code in ("member_left", "member_away", "member_was_away", "away_after_closing"):
        notice = Notice(
            fault_id=new_id(), source=source, code=code, first_at=NOON, last_at=NOON, count=1
        )
        assert fault(notice, {anna: ("Anna", "anna")}).startswith("Anna (anna) ")
        assert fault(notice, {}).startswith("En medarbeider ")


def test_the_lead_is_told_of_each_who_leaves_by_name(session: Session) -> None:
    site = staffed(session)
    for one in (site.anna, site.carl):
        holding(session, site, who(one))
        leave(session, who(one), by=site.system, at=NOON)
    assert tell_faults(session, at=NOON) == 2

    notices = reminders.notices(session, site.tenant, who(site.berit))
    whose = queries.logins_of(session, {who(site.anna), who(site.carl)})
    said = {fault(one, whose).partition(" ")[0] for one in notices}
    assert said == {"Anna", "Carl"}


def test_with_a_stand_in_or_later_the_tasks_stay(session: Session) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    go_away(
        session,
        who(site.anna),
        since=NOON,
        until=NOON + DAY,
        stand_in_id=site.carl.id,
        by=site.berit,
        at=NOON,
    )
    go_away(
        session, who(site.anna), since=NOON + 9 * DAY, until=NOON + 10 * DAY, by=site.anna, at=NOON
    )

    assert holder(session, task) == site.anna.id


def said_in_advance(session: Session, site: Site, **more: object) -> None:
    span = {"since": NOON + DAY, "until": NOON + 2 * DAY, "by": site.berit, "at": NOON}
    go_away(session, who(site.anna), **{**span, **more})  # type: ignore[arg-type]


def test_an_absence_said_in_advance_gives_the_tasks_to_the_team_when_it_begins(
    session: Session,
) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site)

    assert begin_absences(session, at=NOON + DAY - timedelta(minutes=1)) == 0
    assert holder(session, task) == site.anna.id
    assert begin_absences(session, at=NOON + DAY) == 1
    assert holder(session, task) is None
    (source, code) = session.execute(sa.select(FaultRow.source, FaultRow.code)).one()
    assert (source, code) == (
        f"{of_member(site.team, who(site.anna))}@{site.tenant}",
        "member_away",
    )
    event = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "tasks.let_go")
    ).one()
    assert event.tenant_id == site.tenant


def test_a_worker_that_was_down_when_it_began_does_it_late_and_once(session: Session) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site)
    late = NOON + DAY + timedelta(hours=9)

    assert begin_absences(session, at=late) == 1
    # What somebody takes on while away is theirs.
    session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(held_by=site.anna.id))
    assert begin_absences(session, at=late + timedelta(hours=1)) == 0
    assert holder(session, task) == site.anna.id


def test_whoever_has_a_stand_in_or_is_back_keeps_what_they_hold(session: Session) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site, stand_in_id=site.carl.id)
    assert begin_absences(session, at=NOON + DAY) == 0
    said_in_advance(session, site, since=NOON + 5 * DAY, until=NOON + 6 * DAY)
    assert begin_absences(session, at=NOON + 6 * DAY) == 0

    assert holder(session, task) == site.anna.id


def test_when_the_stand_in_is_away_too_the_tasks_are_the_teams_and_its_lead_hears(
    session: Session,
) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site, stand_in_id=site.carl.id, until=NOON + 5 * DAY)
    assert begin_absences(session, at=NOON + DAY) == 0
    away_too = {"since": NOON + 2 * DAY, "until": NOON + 3 * DAY, "at": NOON + DAY}
    go_away(session, who(site.carl), by=site.carl, **away_too)  # type: ignore[arg-type]
    assert begin_absences(session, at=NOON + DAY + HOUR) == 0, "the stand-in is there yet"

    assert begin_absences(session, at=NOON + 2 * DAY) == 1
    assert holder(session, task) is None
    codes = set(session.scalars(sa.select(FaultRow.source).where(FaultRow.code == "member_away")))
    assert f"{of_member(site.team, who(site.anna))}@{site.tenant}" in codes


def test_a_stand_in_of_another_team_who_is_away_stands_in_for_nobody(session: Session) -> None:
    site = staffed(session)
    away(
        session,
        site,
        since=NOON + DAY,
        until=NOON + 2 * DAY,
        stand_in_id=site.dina.id,
        by=site.berit,
    )
    mine = queries.absences(session, site.tenant, [site.team], NOON)
    assert queries.unstood(session, site.tenant, mine) == frozenset()
    span = {"since": NOON, "until": NOON + 2 * DAY, "at": NOON}
    service.away(session, who(site.dina), by=site.dina, **span)  # type: ignore[arg-type]

    assert queries.absences(session, site.tenant, [site.team], NOON) == mine
    assert queries.unstood(session, site.tenant, mine) == {mine[0].id}
    service.back_again(session, who(site.dina), by=site.dina, at=NOON + HOUR)
    assert queries.unstood(session, site.tenant, mine) == frozenset()


def test_a_stand_in_whose_own_absence_was_taken_back_stands_in(session: Session) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site, stand_in_id=site.carl.id, until=NOON + 5 * DAY)
    span = {"since": NOON + 2 * DAY, "until": NOON + 3 * DAY, "at": NOON + DAY}
    absence = service.away(session, who(site.carl), by=site.carl, **span)  # type: ignore[arg-type]
    assert absence.id is not None
    service.cancel_absence(session, absence.id, by=site.carl, at=NOON + DAY)

    assert begin_absences(session, at=NOON + 2 * DAY) == 0
    assert holder(session, task) == site.anna.id


def test_an_absence_that_came_and_went_while_the_worker_was_down_is_told_to_the_lead_once(
    session: Session,
) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site)
    late = NOON + 3 * DAY  # the absence was over a day before

    assert begin_absences(session, at=late) == 0
    assert holder(session, task) == site.anna.id  # who is here again, and keeps it
    (source, code) = session.execute(sa.select(FaultRow.source, FaultRow.code)).one()
    whom = of_member(site.team, who(site.anna))
    assert (source, code) == (f"{whom}@{site.tenant}", "member_was_away")
    tell_faults(session, at=late)
    [notice] = reminders.notices(session, site.tenant, who(site.berit))
    see_notice(session, notice.fault_id, by=site.berit, at=late)
    begin_absences(session, at=late + HOUR)
    assert reminders.notices(session, site.tenant, who(site.berit)) == []
    event = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "tasks.kept_while_away")
    ).one()
    assert event.facts["tasks"] == [str(task)]


def test_an_absence_with_a_stand_in_that_is_over_is_told_to_nobody_though_they_leave_later(
    session: Session,
) -> None:
    site = staffed(session)
    holding(session, site, who(site.anna))
    said_in_advance(session, site, stand_in_id=site.carl.id)
    begin_absences(session, at=NOON + 3 * DAY)
    leave(session, who(site.carl), by=site.system, at=NOON + 4 * DAY)
    begin_absences(session, at=NOON + 5 * DAY)

    assert session.scalars(sa.select(FaultRow.code)).all() == []


def test_whoever_says_afterwards_that_they_were_away_keeps_what_they_hold(
    session: Session,
) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    span = {"since": NOON - DAY, "until": NOON - HOUR}

    assert go_away(session, who(site.anna), **span, by=site.anna, at=NOON).tasks == ()
    assert holder(session, task) == site.anna.id


def test_a_stand_in_who_has_left_is_none(session: Session) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))
    said_in_advance(session, site, stand_in_id=site.carl.id)
    leave(session, who(site.carl), by=site.system, at=NOON)

    assert begin_absences(session, at=NOON + DAY) == 1
    assert holder(session, task) is None


def test_whoever_leaves_is_off_duty_at_once_and_what_they_held_is_the_teams(
    session: Session,
) -> None:
    site = staffed(session)
    task = holding(session, site, who(site.anna))

    assert leave(session, who(site.anna), by=site.system, at=NOON) == [task]

    assert holder(session, task) is None
    assert names_on_duty(session, site.team, NOON + HOUR) == ["Berit"]
    assert not queries.get_member(session, site.tenant, who(site.anna)).active
    assert queries.members_of(session, site.team, NOON + HOUR, Role.MEMBER) == []


def test_somebody_who_comes_back_has_no_place_until_one_is_given(session: Session) -> None:
    site = staffed(session)
    login = queries.get_member(session, site.tenant, who(site.anna)).login
    leave(session, who(site.anna), by=site.system, at=NOON)

    back = service.set_member(session, login=login, name="Anna", by=site.system, at=NOON + DAY)

    assert back.id == site.anna.id
    assert names_on_duty(session, site.team, NOON + DAY + HOUR) == ["Berit"]
    service.join_team(session, back.id, site.team, by=site.system, at=NOON + DAY)
    assert names_on_duty(session, site.team, NOON + DAY + HOUR) == ["Anna", "Berit"]


def test_a_tenant_knows_its_own_people_only(session: Session) -> None:
    site, other = staffed(session), a_site(session)
    with pytest.raises(TeamNotFound):
        service.join_team(session, who(site.anna), other.team, by=site.system, at=NOON)
    assert queries.team_names(session, site.tenant).keys() == set(
        session.scalars(sa.select(TeamRow.id).where(TeamRow.tenant_id == site.tenant))
    )
