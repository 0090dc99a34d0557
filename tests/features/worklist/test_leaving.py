"""Leaving today, and away today: on pages and by the service, both databases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.appointments.service.absence import cover_absence
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.domain.covering import Cover
from bindeledd.features.cases.domain.replying import Said
from bindeledd.features.cases.domain.whereabouts import Where, Whereabouts
from bindeledd.features.cases.queries import events_of
from bindeledd.features.cases.service import endings
from bindeledd.features.cases.service.undoing import close_as_error
from bindeledd.features.reminders.tables import AlertRow, FaultRow
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.tables import DutyRow, OnCallRow, OpeningHoursRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.features.worklist.domain.leaving import Ahead, Cell
from bindeledd.features.worklist.pages.leaving import _target
from bindeledd.features.worklist.service.absence import leave_for_today
from bindeledd.features.worklist.service.leaving import show_leaving
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import local_day
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_book, a_case_row, a_site, a_task_row, an_open_case
from doors import an_app
from features.worklist.builders import a_named_patient
from statements import statements
from visitors import EITHER, a_visitor, text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRIDAY = MONDAY + 4 * DAY


def rows(follow: Followed, at=MONDAY + HOUR, by=None):
    return show_leaving(follow.session, by=by or follow.site.anna, at=at, book=a_book()).rows


def test_somebody_discharged_today_stands_there_with_what_is_missing(session: Session) -> None:
    follow = Followed(session)
    [row] = rows(follow)

    assert row.left
    assert [part.need for part in row.parts] == [
        "receiver_named",
        "summary_sent",
        "risk_assessed",
        "relatives_asked",
        "children_asked",
        "appointment_given",
        "plan_offered",
        "number_verified",
        "contact_consent_asked",
    ]
    routine = a_book().current("suicide_attempt")
    assert {part.key for part in row.parts} == {gate.key for gate in routine.gates}
    assert {part.cell for part in row.parts} == {Cell.OWED}
    assert all(part.due_at is not None for part in row.parts)
    follow.record(EventKind.NUMBER_VERIFIED, EventKind.PLAN_OFFERED, at=MONDAY + HOUR)
    cells = {part.need: part.cell for part in rows(follow, MONDAY + 2 * HOUR)[0].parts}
    assert cells["number_verified"] == cells["plan_offered"] == Cell.IN_PLACE
    assert cells["summary_sent"] == Cell.OWED


def test_what_fell_away_with_a_wrong_discharge_is_missing_when_the_person_is_ready(
    session: Session,
) -> None:
    follow = Followed(session)
    history = events_of(session, follow.case_id)
    stay = next(event for event in history if event.kind is EventKind.DISCHARGED)
    cases.mark_in_error(
        session,
        follow.case_id,
        [stay.id],
        right=Whereabouts(where=Where.STILL_IN),
        words={"words": "Fortsatt innlagt"},
        by=follow.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    follow.record(EventKind.READY_FOR_DISCHARGE, at=MONDAY + 2 * HOUR)

    [row] = rows(follow, MONDAY + 3 * HOUR)
    assert {part.cell for part in row.parts} == {Cell.NOT_YET}


def test_what_was_answered_stands_in_the_row_not_only_that_it_was_asked(session: Session) -> None:
    follow = Followed(session)
    again = MONDAY + 9 * DAY
    follow.record(
        EventKind.PLAN_OFFERED, at=MONDAY + HOUR, plan_later="yes", offer_again_at=again.isoformat()
    )
    follow.record(EventKind.CONTACT_CONSENT_ASKED, at=MONDAY + HOUR, contact_consent="no")
    follow.record(EventKind.NUMBER_VERIFIED, at=MONDAY + HOUR)

    parts = {part.need: part for part in rows(follow, MONDAY + 2 * HOUR)[0].parts}
    plan, consent = parts["plan_offered"], parts["contact_consent_asked"]
    assert plan.cell == consent.cell == Cell.IN_PLACE
    assert plan.reply is not None
    assert consent.reply is not None
    assert (plan.reply.said, plan.reply.again_at) == (Said.LATER, again)
    assert consent.reply.said is Said.NO
    assert parts["number_verified"].reply is None


def test_a_reported_death_is_marked_and_a_confirmed_one_taken_out_where_all_see_it(
    session: Session,
) -> None:
    follow = Followed(session)
    follow.record(EventKind.DEATH_REPORTED, at=MONDAY + HOUR)
    [row] = rows(follow, MONDAY + 2 * HOUR)
    assert (row.death is not None, row.dead) == (True, False)

    by = follow.site.berit
    follow.record(EventKind.DEATH_CONFIRMED, at=MONDAY + 2 * HOUR, by=by)
    page = show_leaving(session, by=by, at=MONDAY + 3 * HOUR, book=a_book())
    assert page.rows == ()
    assert [row.case_id for row in page.dead] == [follow.case_id]
    assert follow.case_id in page.names

    follow.record(EventKind.DEATH_REFUTED, at=MONDAY + 4 * HOUR, by=by)
    page = show_leaving(session, by=by, at=MONDAY + 5 * HOUR, book=a_book())
    assert [(row.case_id, row.death) for row in page.rows] == [(follow.case_id, None)]
    assert page.dead == ()


def test_whoever_was_ready_and_died_is_not_on_the_way_home_the_day_after(
    session: Session,
) -> None:
    follow = Followed(session)
    follow.record(EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, at=MONDAY + DAY)
    follow.record(EventKind.DEATH_REPORTED, at=MONDAY + DAY)
    confirmed = MONDAY + DAY + HOUR
    follow.record(EventKind.DEATH_CONFIRMED, at=confirmed, by=follow.site.berit)

    for days, dead in ((1, 1), (2, 0), (30, 0)):
        page = show_leaving(
            session, by=follow.site.anna, at=MONDAY + days * DAY + 2 * HOUR, book=a_book()
        )
        assert (len(page.rows), len(page.dead)) == (0, dead)


def test_a_time_that_was_cancelled_is_not_in_place(session: Session) -> None:
    follow = Followed(session)
    given = booked(follow, MONDAY + 3 * DAY, None)

    def cell(at) -> Cell:
        [row] = rows(follow, at)
        return next(part.cell for part in row.parts if part.need == "appointment_given")

    assert cell(MONDAY + 2 * HOUR) == Cell.IN_PLACE
    appointments.act(
        session, given, AppointmentAction.CANCEL, words={"words": "DPS avlyste"},
        by=follow.site.anna, at=MONDAY + 2 * HOUR, book=a_book(),
    )  # fmt: skip
    assert cell(MONDAY + 3 * HOUR) == Cell.NOT_YET


@pytest.mark.parametrize("left", [False, True])
def test_a_time_that_is_over_before_somebody_goes_home_is_not_in_place(
    session: Session, left: bool
) -> None:
    follow = Followed(session)
    follow.record(EventKind.ADMITTED, at=MONDAY + HOUR)
    booked(follow, MONDAY + DAY, None)
    word = EventKind.DISCHARGED if left else EventKind.READY_FOR_DISCHARGE
    follow.record(word, at=MONDAY + 2 * DAY)

    [row] = rows(follow, MONDAY + 2 * DAY + HOUR)
    part = next(part for part in row.parts if part.need == "appointment_given")
    assert part.cell is not Cell.IN_PLACE
    assert row.missing == len(row.parts)


@pytest.mark.parametrize(("day", "cell"), [(9, Cell.IN_PLACE), (2, Cell.NOT_YET)])
def test_a_time_of_before_this_stay_is_in_place_if_it_lies_ahead_of_going_home(
    session: Session, day: int, cell: Cell
) -> None:
    follow = Followed(session)
    booked(follow, MONDAY + day * DAY, None)
    follow.record(EventKind.ADMITTED, at=MONDAY + DAY)
    follow.record(EventKind.READY_FOR_DISCHARGE, at=MONDAY + 3 * DAY)

    [row] = rows(follow, MONDAY + 3 * DAY + HOUR)
    assert next(part.cell for part in row.parts if part.need == "appointment_given") is cell


def test_what_was_answered_after_an_earlier_stay_is_not_in_place_for_this_one(
    session: Session,
) -> None:
    follow = Followed(session)
    follow.record(EventKind.NUMBER_VERIFIED, at=MONDAY + HOUR)
    follow.record(EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, at=MONDAY + DAY)

    [row] = rows(follow, MONDAY + DAY + HOUR)
    assert {p.cell for p in row.parts if p.need == "number_verified"} == {Cell.NOT_YET}


def is_not_known(follow: Followed, at: datetime, days: int = 0) -> None:
    """Nobody knows whether they have left; taken to be discharged `days` before `at`."""
    follow.record(EventKind.ADMITTED, at=at - (days + 1) * DAY)
    event = NewEvent(kind=EventKind.DISCHARGED, at=at - days * DAY, facts={"not_known": True})
    by = follow.site.anna
    cases.record(follow.session, follow.case_id, [event], by=by, at=at, book=a_book())


@pytest.mark.parametrize("days", [0, 3])
def test_whoever_nobody_knows_the_discharge_of_stands_there_as_not_known(
    session: Session, days: int
) -> None:
    follow = Followed(session, discharged_at=MONDAY - 9 * DAY)
    is_not_known(follow, MONDAY, days)

    [row] = rows(follow, MONDAY + HOUR)
    assert (row.not_known, row.left) == (True, False)
    assert row.at == MONDAY - days * DAY
    assert row.missing
    assert rows(follow, MONDAY + DAY) == ()


@pytest.mark.parametrize(
    "told", [EventKind.DISCHARGE_WITHDRAWN, EventKind.ADMITTED], ids=["stays", "admitted"]
)
def test_whoever_is_known_to_be_in_hospital_is_not_leaving_today(
    session: Session, told: EventKind
) -> None:
    follow = Followed(session, discharged_at=MONDAY - 9 * DAY)
    is_not_known(follow, MONDAY)
    follow.record(told, at=MONDAY + HOUR)

    assert rows(follow, MONDAY + 2 * HOUR) == ()


def test_the_real_discharge_stands_there_in_the_place_of_the_assumed_one(session: Session) -> None:
    follow = Followed(session, discharged_at=MONDAY - 9 * DAY)
    is_not_known(follow, MONDAY)
    follow.record(EventKind.DISCHARGED, at=MONDAY + HOUR)

    [row] = rows(follow, MONDAY + 2 * HOUR)
    assert (row.not_known, row.left, row.at) == (False, True, MONDAY + HOUR)


def test_a_discharge_of_another_day_that_is_told_today_is_not_leaving_today(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=MONDAY - 9 * DAY)
    follow.record(EventKind.ADMITTED, at=MONDAY - 5 * DAY)
    late = NewEvent(kind=EventKind.DISCHARGED, at=MONDAY - 3 * DAY, source="message")
    by = follow.site.anna
    cases.record(session, follow.case_id, [late], by=by, at=MONDAY, book=a_book())

    assert rows(follow, MONDAY + HOUR) == ()


def test_the_day_after_only_who_is_still_to_go_home_stands_there(session: Session) -> None:
    follow = Followed(session)
    assert rows(follow, MONDAY + DAY) == ()
    follow.record(EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, at=MONDAY + DAY)
    [ready] = rows(follow, MONDAY + 2 * DAY)
    assert not ready.left
    follow.record(EventKind.DISCHARGE_WITHDRAWN, at=MONDAY + 2 * DAY)
    assert rows(follow, MONDAY + 2 * DAY + HOUR) == ()


def test_whoever_is_ready_stands_there_until_something_is_said_however_long_it_takes(
    session: Session,
) -> None:
    follow = Followed(session)
    follow.record(EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, at=MONDAY + DAY)

    for days in (2, 31, 32, 200):
        [ready] = rows(follow, MONDAY + days * DAY)
        assert (ready.case_id, ready.left) == (follow.case_id, False)
    follow.record(EventKind.DISCHARGED, at=MONDAY + 200 * DAY)
    assert rows(follow, MONDAY + 200 * DAY + HOUR)[0].left
    assert rows(follow, MONDAY + 201 * DAY) == ()


def test_a_discharge_without_an_hour_is_said_after_the_word_of_that_morning(
    session: Session,
) -> None:
    follow = Followed(session)
    day = MONDAY + DAY
    follow.record(EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, at=day + 2 * HOUR)
    midnight = day.replace(hour=0) - HOUR
    gone_home = NewEvent(kind=EventKind.DISCHARGED, at=midnight, date_only=True, source="message")
    cases.record(
        session, follow.case_id, [gone_home], by=follow.site.anna, at=day + 6 * HOUR, book=a_book()
    )

    assert rows(follow, day + 7 * HOUR)[0].left
    assert rows(follow, day + DAY) == ()


def test_others_see_nobody_and_every_patient_on_the_page_stands_in_the_log(
    session: Session,
) -> None:
    follow = Followed(session)
    assert rows(follow, by=follow.site.carl) == ()
    rows(follow)
    event = session.scalars(
        sa.select(AuditEventRow.id)
        .where(AuditEventRow.act == "leaving.shown")
        .order_by(AuditEventRow.id.desc())
    ).first()
    assert follow.patient_id in set(
        session.scalars(
            sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == event)
        )
    )


def test_before_a_weekend_what_falls_due_until_monday_stands_there_by_person(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    page = show_leaving(session, by=follow.site.anna, at=FRIDAY + HOUR, book=a_book())
    [team] = [one for one in page.teams if one.team_id == follow.site.team]

    assert team.long
    assert (team.back - team.leaves) > 2 * DAY
    assert all(one.due_at < team.back for one in team.ahead)
    at_closing = [one.step_key for one in team.ahead if one.due_at == team.leaves]
    assert sorted(at_closing) == BEFORE_A_GAP


# What the national routine asks for only before a gap.
BEFORE_A_GAP = ["before-a-gap", "before-a-gap-talk"]


def left_behind(session: Session, follow: Followed, at: datetime) -> list[Ahead]:
    page = show_leaving(session, by=follow.site.anna, at=at, book=a_book())
    [team] = [one for one in page.teams if one.team_id == follow.site.team]
    return list(team.ahead)


@pytest.mark.parametrize("seconds", [0, 21, 3600])
def test_whoever_nobody_answers_for_is_named_also_once_the_team_has_left(
    session: Session, seconds: int
) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    closes = FRIDAY + 7 * HOUR
    left = left_behind(session, follow, closes + timedelta(seconds=seconds))

    assert sorted(one.step_key for one in left if one.due_at == closes) == BEFORE_A_GAP
    assert {one.case_id for one in left} == {follow.case_id}


def test_who_is_still_without_cover_the_day_after_is_named_though_they_left_before(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    saturday = FRIDAY + DAY

    assert rows(follow, saturday) == ()
    assert sorted(one.step_key for one in left_behind(session, follow, saturday)) == BEFORE_A_GAP


def test_what_is_overdue_of_whoever_leaves_today_stands_before_what_falls_due(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    late = a_task_row(session, follow.site, due_at=FRIDAY - DAY, case=follow.case_id)
    other = an_open_case(session, follow.site).case.id
    elsewhere = a_task_row(session, follow.site, due_at=FRIDAY - DAY, case=other)

    left = [one.task_id for one in left_behind(session, follow, FRIDAY + HOUR)]
    assert left[0] == late
    assert elsewhere not in left


def test_nothing_stands_there_where_cover_and_conversation_are_in_place(session: Session) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    at = FRIDAY + HOUR
    follow.record(EventKind.REACHED, at=at)
    follow.record(EventKind.GAP_COVERED, at=at, cover="accepted", number_answered="yes")

    assert left_behind(session, follow, FRIDAY + 2 * HOUR) == []


def test_a_row_says_that_the_question_of_cover_is_open_until_somebody_answers(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    assert [row.unanswered for row in rows(follow, FRIDAY + HOUR)] == [True]

    follow.record(EventKind.GAP_COVERED, at=FRIDAY + HOUR, cover="none")
    assert [row.unanswered for row in rows(follow, FRIDAY + 2 * HOUR)] == [False]


def a_saturday_shift(follow: Followed) -> None:
    """The team works on Saturday morning too, and one of them has that shift."""
    hours = {"weekday": 6, "opens": time(9), "closes": time(12), "tenant_id": follow.site.tenant}
    follow.session.execute(sa.insert(OpeningHoursRow).values(team_id=follow.site.team, **hours))
    follow.session.execute(sa.delete(DutyRow))
    staff.materialise_duty(follow.session, follow.site.tenant, since=MONDAY)


def test_a_weekend_with_a_shift_on_saturday_morning_shows_when_nobody_answers(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    a_saturday_shift(follow)
    page = show_leaving(session, by=follow.site.anna, at=FRIDAY + HOUR, book=a_book())
    [team] = [one for one in page.teams if one.team_id == follow.site.team]

    friday, saturday, monday = FRIDAY + 7 * HOUR, FRIDAY + DAY, FRIDAY + 3 * DAY
    opens, closes = saturday, saturday + 3 * HOUR
    assert (team.leaves, team.back, team.long) == (friday, monday - HOUR, True)
    assert {one.name for one in team.watches} == {"Anna", "Berit"}
    assert team.uncovered == ((friday, opens), (closes, monday - HOUR))
    staff.put_on_call(
        session, follow.site.team, follow.site.carl.id, starts_at=closes, ends_at=monday,
        by=follow.site.berit, at=FRIDAY,
    )  # fmt: skip
    page = show_leaving(session, by=follow.site.anna, at=FRIDAY + HOUR, book=a_book())
    [team] = [one for one in page.teams if one.team_id == follow.site.team]
    assert team.uncovered == ((friday, opens),)


# --- before a gap -----------------------------------------------------------------------------


def test_going_home_before_a_weekend_asks_who_answers_the_same_day(session: Session) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    [gap] = follow.open("cover_gap")

    assert gap.due_at.date() == FRIDAY.date()
    follow.record(EventKind.GAP_COVERED, at=FRIDAY + HOUR, cover="none")
    assert len(follow.open("cover_gap")) == 1
    follow.record(EventKind.GAP_COVERED, at=FRIDAY + HOUR, cover="accepted", number_answered="yes")
    assert follow.open("cover_gap") == []


def test_what_was_said_of_who_answers_stands_with_the_person_until_the_next_stay(
    session: Session,
) -> None:
    follow = Followed(session)
    assert rows(follow)[0].cover is None

    follow.record(EventKind.GAP_COVERED, at=MONDAY + HOUR, cover="accepted")
    follow.record(EventKind.GAP_COVERED, at=MONDAY + 2 * HOUR, cover="none")
    said = rows(follow, MONDAY + 3 * HOUR)[0].cover
    assert said is not None
    assert said.facts["cover"] == "none"

    again = MONDAY + 4 * HOUR
    follow.record(EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, at=again)
    assert rows(follow, again + HOUR)[0].cover is None


def covering(world: World, days: int) -> dict[str, str]:
    """The fields of a yes: the out-of-hours service answers from today for so many days."""
    until = world.at + timedelta(days=days)
    return {
        "covers_who": "Legevakten",
        "covers_from_on": local_day(world.at),
        "covers_from_time": "00.00",
        "covers_until_on": local_day(until),
        "covers_until_time": "08.00",
    }


@pytest.mark.parametrize("missing", ["covers_who", "covers_from_on", "covers_until_time"])
def test_a_yes_without_who_answers_and_when_is_not_kept(world: World, missing: str) -> None:
    said = {"cover": "accepted", "number_answered": "yes", **covering(world, days=5), missing: ""}

    answer = world.berit.post(f"/cases/{world.case}/say/gap_covered", said)

    assert answer.status_code == 422
    assert f'id="{missing}-error"' in answer.text


def test_the_history_says_who_answers_from_when_until_when(world: World) -> None:
    said = {"cover": "accepted", "number_answered": "yes", **covering(world, days=5)}
    assert world.berit.post(f"/cases/{world.case}/say/gap_covered", said).status_code == 303

    assert "Legevakten svarer fra" in text_of(world.berit.get(f"/cases/{world.case}"))


def test_a_yes_counts_no_more_when_its_time_has_passed(session: Session) -> None:
    follow = Followed(session, discharged_at=FRIDAY)
    cover = Cover(who="Legevakten", starts_at=FRIDAY, ends_at=FRIDAY + 2 * HOUR)
    follow.record(EventKind.GAP_COVERED, at=FRIDAY + HOUR, cover="accepted", **cover.facts)

    assert rows(follow, FRIDAY + HOUR)[0].covered == (cover.starts_at, cover.ends_at)
    assert rows(follow, FRIDAY + 3 * HOUR)[0].cover is None


@pytest.mark.parametrize(
    ("cover", "words"),
    [
        ("none", "Ingen kan svare mens teamet er borte (i dag"),
        ("accepted", "Noen har sagt ja til å svare fra"),
    ],
)
def test_the_page_says_whether_somebody_answers_for_this_person(
    world: World, cover: str, words: str
) -> None:
    said = {"cover": cover, "words": "Ringte tre", "happened_on": "", "number_answered": "yes"}
    said |= covering(world, days=5)
    assert world.berit.post(f"/cases/{world.case}/say/gap_covered", said).status_code == 303
    assert words in text_of(world.berit.get("/leaving"))


@pytest.mark.parametrize("dialect", EITHER)
def test_the_page_says_that_nobody_has_answered_for_this_person_and_what_is_open(
    world: World,
) -> None:
    with world.database.transaction() as session:
        due = {"due_at": world.at - HOUR, "case": world.case}
        a_task_row(session, world.site, kind="cover_gap", **due)
    page = world.berit.get("/leaving")

    assert "Ingen har sagt ja ennå til å svare mens teamet er borte" in text_of(page)
    assert f"/cases/{world.case}/say/gap_covered" in page.text
    assert "Ingenting får frist mens teamet er stengt" not in text_of(page)


def test_a_gap_is_asked_about_until_the_person_was_spoken_with_after_it(session: Session) -> None:
    follow = Followed(session, discharged_at=FRIDAY)

    follow.record(EventKind.REACHED, at=FRIDAY + HOUR)
    assert len(follow.open("cover_gap")) == 1  # who answers on Saturday is as open as before
    follow.record(EventKind.REACHED, at=FRIDAY + timedelta(days=3))
    assert follow.open("cover_gap") == []
    [gap] = [task for task in follow.tasks() if task.kind == "cover_gap"]
    assert gap.state == "cancelled"  # moot: nobody covered it


def test_a_shift_on_saturday_morning_hides_no_gap_and_is_not_the_end_of_it(
    session: Session,
) -> None:
    follow = Followed(session, discharged_at=MONDAY)
    a_saturday_shift(follow)
    follow.record(EventKind.DISCHARGED, at=FRIDAY)
    [gap] = follow.open("cover_gap")

    assert gap.due_at.date() == FRIDAY.date()
    follow.record(EventKind.REACHED, at=FRIDAY + DAY + HOUR)  # on Saturday, before the long gap
    assert len(follow.open("cover_gap")) == 1
    follow.record(EventKind.REACHED, at=FRIDAY + 3 * DAY)
    assert follow.open("cover_gap") == []


def test_in_the_middle_of_a_week_nobody_asks(session: Session) -> None:
    assert Followed(session).open("cover_gap") == []


# --- away today ---------------------------------------------------------------------------------


def booked(follow: Followed, starts_at, member: UUID | None) -> UUID:
    return appointments.book_appointment(
        follow.session, follow.case_id, starts_at=starts_at, detail={"where": "Rom 2"}, give=True,
        member_id=member, by=follow.site.anna, at=MONDAY + HOUR, book=a_book(),
    ).appointment.id  # fmt: skip


def hand_on(session: Session, appointment_id: UUID, *, by, at) -> None:
    appointments.act(
        session, appointment_id, AppointmentAction.HAND_ON, words={"whom": "DPS ser etter"}, by=by,
        at=at, book=a_book(),
    )  # fmt: skip


def as_before_the_rule(session: Session, appointment_id: UUID) -> None:
    """It stands, and its follow-up is closed: as one that was closed before the rule was there."""
    session.execute(
        sa.update(AppointmentRow)
        .where(AppointmentRow.id == appointment_id)
        .values(state="given", ended_at=None)
    )


def gone(follow: Followed, by, hours: int = 24, **said):
    at = MONDAY + 2 * HOUR
    return leave_for_today(
        follow.session, follow.site.anna.id, since=at, until=at + hours * HOUR, by=by, at=at,
        book=a_book(), **said,
    )  # fmt: skip


def test_the_days_appointments_of_somebody_ill_become_tasks_before_they_begin(
    session: Session,
) -> None:
    follow = Followed(session)
    anna = follow.site.anna.id
    today = booked(follow, MONDAY + 4 * HOUR, anna)
    booked(follow, MONDAY + 3 * DAY, anna)
    booked(follow, MONDAY + 5 * HOUR, follow.site.berit.id)
    booked(follow, MONDAY + 6 * HOUR, None)
    done = gone(follow, follow.site.berit)

    assert done.appointments == [follow.case_id]
    [task] = follow.open("cover_appointment")
    assert task.due_at == MONDAY + 2 * HOUR, "while the person is still at home"
    appointments.move(
        session, today, starts_at=MONDAY + 2 * DAY, words={}, give=True, by=follow.site.berit,
        at=MONDAY + 3 * HOUR, book=a_book(),
    )  # fmt: skip
    assert follow.open("cover_appointment") == []


def test_a_stand_in_hears_but_the_appointment_is_still_seen_to(session: Session) -> None:
    follow = Followed(session)
    booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    gone(follow, follow.site.anna, stand_in_id=follow.site.berit.id)

    assert len(follow.open("cover_appointment")) == 1


def test_what_becomes_of_one_appointment_says_nothing_of_the_next(session: Session) -> None:
    follow = Followed(session)
    first, second = (booked(follow, MONDAY + n * HOUR, follow.site.anna.id) for n in (4, 6))
    gone(follow, follow.site.berit)
    assert len(follow.open("cover_appointment")) == 2

    appointments.act(
        session, first, AppointmentAction.CANCEL, words={}, by=follow.site.berit,
        at=MONDAY + 3 * HOUR, book=a_book(),
    )  # fmt: skip

    [left] = follow.open("cover_appointment")
    assert left.due_at == MONDAY + 4 * HOUR
    appointments.move(
        session, second, starts_at=MONDAY + 9 * DAY, words={}, by=follow.site.berit,
        at=MONDAY + 3 * HOUR, book=a_book(),
    )  # fmt: skip
    assert follow.open("cover_appointment") == []


def test_an_appointment_elsewhere_or_of_a_closed_case_keeps_nobody_from_being_away(
    session: Session,
) -> None:
    follow = Followed(session)
    anna = follow.site.anna
    booked(follow, MONDAY + 4 * HOUR, anna.id)
    common = {"words": {"words": "Ferdig"}, "by": follow.site.berit, "book": a_book()}
    closed = an_open_case(session, follow.site)
    elsewhere = an_open_case(session, follow.site, by=follow.site.carl, team=follow.site.other_team)
    made = [
        appointments.book_appointment(
            session, case.case.id, starts_at=MONDAY + 5 * HOUR, detail={"where": "Rom 2"},
            give=True, member_id=anna.id, by=by, at=MONDAY + HOUR, book=a_book(),
        ).appointment.id
        for case, by in ((closed, follow.site.anna), (elsewhere, follow.site.carl))
    ]  # fmt: skip
    at = MONDAY + HOUR
    hand_on(session, made[0], by=follow.site.berit, at=at)
    endings.request_closing(
        session, closed.case.id, ending=Ending.COMPLETED, override=True, at=at, **common
    )
    endings.sign_closing(session, closed.case.id, at=at, **common)
    as_before_the_rule(session, made[0])

    done = gone(follow, follow.site.berit)

    assert set(done.appointments) == {follow.case_id, elsewhere.case.id}


def test_two_appointments_at_the_same_hour_are_each_seen_to_once(session: Session) -> None:
    follow = Followed(session)
    for _ in range(2):
        booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    gone(follow, follow.site.berit)
    assert len(follow.open("cover_appointment")) == 2

    at = MONDAY + 3 * HOUR
    staff.back_again(session, follow.site.anna.id, by=follow.site.anna, at=at)
    leave_for_today(
        session, follow.site.anna.id, since=at, until=at + DAY, by=follow.site.anna, at=at,
        book=a_book(),
    )  # fmt: skip
    assert len(follow.open("cover_appointment")) == 2


def test_how_many_questions_an_absence_asks_does_not_grow_with_what_is_covered_already(
    session: Session,
) -> None:
    follow = Followed(session)

    def asked(since) -> int:
        with statements(session.get_bind()) as seen:
            cover_absence(
                session, follow.site.anna.id, since=since, until=since + DAY, by=follow.site.anna,
                at=since, book=a_book(),
            )  # fmt: skip
        return len(seen)

    booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    asked(MONDAY + 2 * HOUR)
    once = asked(MONDAY + 2 * HOUR)  # all of it is answered for
    for hours in (5, 6, 7):
        booked(follow, MONDAY + hours * HOUR, follow.site.anna.id)
    asked(MONDAY + 2 * HOUR)
    assert asked(MONDAY + 2 * HOUR) == once
    assert len(follow.open("cover_appointment")) == 4


def test_what_becomes_of_one_appointment_ends_the_worry_about_no_other(session: Session) -> None:
    follow = Followed(session)
    first = booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    booked(follow, MONDAY + DAY, follow.site.anna.id)
    gone(follow, follow.site.berit, hours=72)
    assert len(follow.open("cover_appointment")) == 2
    appointments.move(
        session, first, starts_at=MONDAY + 9 * DAY, words={}, give=True, by=follow.site.berit,
        at=MONDAY + 3 * HOUR, book=a_book(),
    )  # fmt: skip

    [task] = follow.open("cover_appointment")
    assert MONDAY < task.due_at <= MONDAY + DAY - 2 * HOUR


def test_a_time_with_somebody_who_is_away_then_is_seen_to_though_it_was_booked_later(
    session: Session,
) -> None:
    follow = Followed(session)
    first = booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    gone(follow, follow.site.berit, hours=72)
    appointments.move(
        session, first, starts_at=MONDAY + DAY, words={}, give=True, by=follow.site.berit,
        at=MONDAY + 3 * HOUR, book=a_book(),
    )  # fmt: skip

    [task] = follow.open("cover_appointment")
    assert MONDAY + 3 * HOUR < task.due_at <= MONDAY + DAY - 2 * HOUR
    booked(follow, MONDAY + 8 * DAY, follow.site.anna.id)
    assert len(follow.open("cover_appointment")) == 1


def test_whoever_says_it_need_not_see_every_follow_up_of_the_absent(session: Session) -> None:
    follow = Followed(session)
    booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    dina = follow.site.dina  # leads the other team, in which Anna has a place too
    staff.join_team(session, follow.site.anna.id, next(iter(dina.leads)), by=dina, at=MONDAY)
    done = gone(follow, dina)

    assert done.appointments == [follow.case_id]
    assert len(follow.open("cover_appointment")) == 1


def test_an_appointment_of_a_closed_follow_up_holds_no_absence_back_and_is_told(
    session: Session,
) -> None:
    follow = Followed(session)
    made = booked(follow, MONDAY + 4 * HOUR, follow.site.anna.id)
    site = follow.site
    hand_on(session, made, by=site.anna, at=MONDAY + HOUR)
    close_as_error(
        session, follow.case_id, asked_by=site.anna.id, asked_at=MONDAY + HOUR, words={"words": "x"},
        source="person", by=site.berit, at=MONDAY + HOUR,
    )  # fmt: skip
    as_before_the_rule(session, made)
    done = gone(follow, site.berit)

    assert done.appointments == []
    assert "away_after_closing" in set(session.scalars(sa.select(FaultRow.code)))


# --- the pages ------------------------------------------------------------------------------------


class World:
    """Berit leads the team in which Anna works; one person went home just now."""

    def __init__(self, database: Database, home: Path) -> None:
        self.at = clock.now()
        self.database = database
        with database.transaction() as session:
            self.site = a_site(session, self.at)
            patient = a_named_patient(session, self.site, "Kari Prøve")
            self.case = an_open_case(
                session, self.site, at=self.at, patient=patient, discharged_at=self.at
            ).case.id
        app = an_app(database, home)
        self.anna, self.berit, self.carl = (
            a_visitor(app, database, one)
            for one in (self.site.anna, self.site.berit, self.site.carl)
        )


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_the_page_leads_to_where_each_missing_thing_is_recorded(world: World) -> None:
    page = world.anna.get("/leaving")

    assert page.status_code == 200
    assert "Kari Prøve" in text_of(page)
    assert f'/cases/{world.case}/appointment"' in page.text
    assert f'/cases/{world.case}/say/number_verified"' in page.text
    assert 'href="/leaving"' in page.text
    assert "Kari Prøve" not in text_of(world.carl.get("/leaving"))


@pytest.mark.parametrize("dialect", EITHER)
def test_the_page_says_that_nobody_knows_whether_the_person_has_left(world: World) -> None:
    told = [
        NewEvent(kind=EventKind.ADMITTED, at=world.at),
        NewEvent(kind=EventKind.DISCHARGED, at=world.at, facts={"not_known": True}),
    ]
    with world.database.transaction() as session:
        stays = events_of(session, world.case)
        wrong = [one.id for one in stays if one.kind is EventKind.DISCHARGED]
        how = {"by": world.site.anna, "at": world.at, "book": a_book()}
        cases.record(session, world.case, told, **how)
        cases.mark_in_error(session, world.case, wrong, words={"words": "Feil"}, **how)

    shown = text_of(world.anna.get("/leaving"))
    assert "Ukjent om personen er utskrevet" in shown
    assert "Regnes som utskrevet" in shown


@pytest.mark.parametrize("dialect", EITHER)
def test_the_page_says_what_was_answered_and_until_when(world: World) -> None:
    again = (world.at + 9 * DAY).isoformat()
    asked = {
        EventKind.ADMITTED: {},
        EventKind.READY_FOR_DISCHARGE: {},
        EventKind.CONTACT_CONSENT_ASKED: {"contact_consent": "later", "ask_again_at": again},
        EventKind.PLAN_OFFERED: {"plan_declined": "yes"},
        EventKind.CHILDREN_ASKED: {},
    }
    told = [NewEvent(kind=kind, at=world.at, facts=facts) for kind, facts in asked.items()]
    with world.database.transaction() as session:
        cases.record(session, world.case, told, by=world.site.anna, at=world.at, book=a_book())

    shown = text_of(world.anna.get("/leaving"))
    assert "Spurt – vil vente til " in shown
    assert "Tilbudt – ønsker det ikke" in shown
    assert "Spurt – se oppfølgingen" in shown, "children: no answer is known here"


@pytest.mark.parametrize("dialect", EITHER)
def test_the_page_says_where_it_stands_whether_the_number_that_answered_is_safe(
    world: World,
) -> None:
    kinds = (EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, EventKind.NUMBER_VERIFIED)
    told = [NewEvent(kind=kind, at=world.at) for kind in kinds]
    with world.database.transaction() as session:
        cases.record(session, world.case, told, by=world.site.anna, at=world.at, book=a_book())

    assert "Svarte – om det er trygt å ringe, står i oppfølgingen" in text_of(
        world.anna.get("/leaving")
    )


@pytest.mark.parametrize("dialect", EITHER)
def test_a_missing_thing_that_is_overdue_says_so_in_words(world: World) -> None:
    late = sa.update(TaskRow).where(TaskRow.step_key == "gate.plan_offered")
    with world.database.transaction() as session:
        session.execute(late.values(due_at=world.at - 3 * HOUR))

    assert "3 timer for sent" in text_of(world.anna.get("/leaving"))


@pytest.mark.parametrize("dialect", EITHER)
def test_what_is_overdue_already_is_said_beside_what_falls_due_while_the_team_is_away(
    world: World,
) -> None:
    with world.database.transaction() as session:
        for hours in (2, 3):
            a_task_row(session, world.site, due_at=world.at - hours * HOUR, case=world.case)
    page = world.anna.get("/leaving")

    assert "er over fristen allerede" in text_of(page)
    assert f"/day?team={world.site.team}" in page.text


@pytest.mark.parametrize(("days", "late"), [(0, 0), (40, 1)])
def test_a_team_is_told_how_much_is_overdue_when_it_leaves(
    session: Session, days: int, late: int
) -> None:
    site = a_site(session)
    a_case_row(session, site, due_at=MONDAY + DAY)
    at = MONDAY + days * DAY
    page = show_leaving(session, by=site.anna, at=at, book=a_book())

    assert [team.late for team in page.teams] == [late]


@pytest.mark.parametrize(
    ("kind", "page"),
    [("sign_takeover", "takeovers"), ("decide_message", "queue"), ("answer_call", "calls")],
)
def test_what_has_no_follow_up_yet_leads_to_its_own_page(kind: str, page: str) -> None:
    about = new_id()
    ahead = Ahead(
        task_id=new_id(), case_id=None, subject_id=about, kind=kind, due_at=MONDAY, held_by=None
    )
    assert _target(ahead, seen=False) == f"/{page}/{about}"


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_puts_somebody_on_call_and_they_see_the_team_while_it_runs(world: World) -> None:
    case = f"/cases/{world.case}"
    assert world.carl.get(case).status_code == 404
    begins, ends = (world.at - HOUR).astimezone(), (world.at + DAY).astimezone()
    form = {
        "team": world.site.team,
        "member": world.site.carl.id,
        "since_on": begins.strftime("%Y-%m-%d"),
        "since_time": "00:00",
        "until_on": (ends + DAY).strftime("%Y-%m-%d"),
        "until_time": "08:00",
    }
    assert world.anna.post("/duty", form).status_code in (403, 422)
    assert world.berit.post("/duty", form | {"until_time": ""}).status_code == 422
    a_year = (ends + 365 * DAY).strftime("%Y-%m-%d")
    too_long = world.berit.post("/duty", form | {"until_on": a_year})
    assert too_long.status_code == 422
    assert "lengre enn den kan være" in text_of(too_long)
    assert "høyst 14 døgn" in text_of(too_long)
    done = world.berit.post("/duty", form)
    assert done.status_code == 303
    assert "Carl" in text_of(world.berit.get("/duty"))
    assert world.carl.get(case).status_code == 200

    with world.database.session() as session:
        window = session.scalar(sa.select(OnCallRow.id))
    assert world.berit.post(f"/duty/{window}/end").status_code == 303
    assert world.carl.get(case).status_code == 404


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_says_that_a_colleague_is_ill(world: World) -> None:
    assert "Hvem er borte" in text_of(world.berit.get("/away"))
    assert "Hvem er borte" not in text_of(world.anna.get("/away"))
    done = world.berit.post("/away", {"member": world.site.anna.id})
    assert done.status_code == 303
    refused = world.anna.post("/away", {"member": world.site.berit.id})
    assert refused.status_code == 422


def test_no_cover_goes_to_the_lead_at_once(session: Session) -> None:
    from bindeledd.features.reminders.service import no_cover

    follow = Followed(session, discharged_at=FRIDAY)
    no_cover(session, follow.case_id, at=FRIDAY + HOUR)
    told = session.execute(sa.select(AlertRow.audience, AlertRow.rung)).all()
    assert [tuple(one) for one in told] == [("lead", -1500)]
