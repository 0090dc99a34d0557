"""Whole stories with a moving clock: a Friday before Easter, nights when clocks change, an outage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.reminders.service import acknowledge
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.db import Database
from builders import a_book, an_open_case
from journeys.story import DAY, OSLO, Story, local


def everybody_is_accounted_for(story: Story) -> bool:
    said = story.roll()
    return (said.registered, said.unseen, said.remainder) == (1, 0, ())


# --- Friday at 15:00 before Easter ----------------------------------------------------------------

# 2027: Palm Sunday is 21 March, Maundy Thursday 25 March, Easter Monday 29 March.
BEFORE_EASTER = local(2027, 3, 19, 15)
WEDNESDAY_15 = local(2027, 3, 24, 15)


def test_on_the_friday_before_palm_sunday_the_call_is_owed_before_people_go_home(
    database: Database,
) -> None:
    """Three calendar days end on Monday at 15:00, which is staffed: nothing has to move."""
    story = Story(database, BEFORE_EASTER)

    assert story.first_call().due_at == local(2027, 3, 22, 15)


def test_in_the_last_hour_before_easter_the_call_is_owed_before_the_team_goes_home(
    database: Database,
) -> None:
    """Three days later is Easter Eve: the due time moves to the last staffed moment before."""
    story = Story(database, WEDNESDAY_15)

    first = story.first_call()
    assert first.due_at == local(2027, 3, 24, 16)
    assert first.due_reason["moved"] == "earlier"


def test_a_discharge_after_the_team_went_home_stays_and_says_so(database: Database) -> None:
    """Nobody is at work between the discharge and Easter Eve: it stays, and the lead hears."""
    story = Story(database, local(2027, 3, 24, 17))

    first = story.first_call()
    assert first.due_at == local(2027, 3, 27, 17)
    assert first.due_reason["moved"] == "no_staffed_moment"


def test_nobody_calls_over_easter_and_somebody_hears_of_it_until_somebody_acts(
    database: Database,
) -> None:
    story = Story(database, WEDNESDAY_15)
    first = story.first_call()
    heard = []
    moment = WEDNESDAY_15
    while moment < local(2027, 4, 9, 15):
        moment += timedelta(hours=6)
        story.go_on_to(moment)
        assert everybody_is_accounted_for(story), moment
        heard.append(len(story.alerts(first)))

    assert heard == sorted(heard)
    assert {audience for _, _, audience in story.alerts(first)} == {"owner", "team", "lead"}
    rounds = {number for number, _, _ in story.alerts(first)}
    assert len(rounds) >= 2, "there is no last round"


def test_an_acknowledgement_holds_for_a_while_and_the_call_ends_it_for_good(
    database: Database,
) -> None:
    story = Story(database, BEFORE_EASTER)
    first = story.first_call()
    story.go_on_to(local(2027, 3, 22, 16))
    before = len(story.alerts(first))
    acknowledge(story.session, first.id, by=story.site.berit, at=story.at, book=a_book())
    story.go_on_to(local(2027, 3, 22, 20))
    assert len(story.alerts(first)) == before

    story.go_on_to(local(2027, 4, 2, 12))
    lapsed = len(story.alerts(first))
    assert lapsed > before

    contacts.register_contact(
        story.session,
        story.case_id,
        NewContact(outcome=Outcome.SPOKE_WITH_PATIENT),
        by=story.site.anna,
        at=story.at,
        book=a_book(),
    )
    story.go_on_to(local(2027, 4, 3, 12))
    assert len(story.alerts(first)) == lapsed
    assert first.id not in [task.id for task in story.owed()]
    assert everybody_is_accounted_for(story)


# --- nights when the clocks change ------------------------------------------------------------------


@pytest.mark.parametrize(
    "discharged",
    [
        local(2027, 3, 26, 23, 30),
        local(2027, 3, 27, 22, 15),
        datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        local(2027, 10, 30, 22, 15),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    ],
)
def test_a_discharge_in_a_night_when_clocks_change_is_owed_its_call_within_three_days(
    database: Database, discharged: datetime
) -> None:
    story = Story(database, discharged)

    first = story.first_call()

    wall = (discharged.astimezone(OSLO).replace(tzinfo=None) + 3 * DAY).replace(tzinfo=OSLO)
    assert discharged < first.due_at <= wall.astimezone(UTC)
    assert everybody_is_accounted_for(story)


def test_no_alert_is_lost_or_said_twice_in_the_hour_that_comes_twice(database: Database) -> None:
    story = Story(database, local(2027, 10, 27, 23))
    moment = datetime(2027, 10, 30, 20, tzinfo=UTC)
    while moment < datetime(2027, 10, 31, 6, tzinfo=UTC):
        story.go_on_to(moment)
        assert everybody_is_accounted_for(story), moment
        moment += timedelta(minutes=20)

    for task in story.owed():
        said = story.alerts(task)
        assert len(said) == len(set(said))


# --- a month without a worker -------------------------------------------------------------------------


def test_after_a_month_of_outage_everything_that_became_due_is_said(database: Database) -> None:
    at = local(2027, 4, 5, 10)
    story = Story(database, at)
    story.go_on_to(at)
    late = [task for task in story.owed() if task.due_at < at + 31 * DAY]
    story.go_on_to(at + 31 * DAY, sweep=False)
    assert story.roll().unseen == 1, "while the sweep stands still, the roll call says so"

    story.go_on_to(at + 31 * DAY)

    assert late
    assert all(story.alerts(task) for task in late)
    assert everybody_is_accounted_for(story)
    story.go_on_to(at + 31 * DAY + timedelta(minutes=1))
    for task in story.owed():
        assert len(story.alerts(task)) == len(set(story.alerts(task)))


def test_what_came_late_to_us_is_late_from_the_first_moment(database: Database) -> None:
    """A message of a discharge ten days ago: its call is overdue, and people hear at once."""
    at = local(2027, 4, 12, 10)
    story = Story(database, at - 10 * DAY)
    story.session.commit()
    done = an_open_case(
        story.session, story.site, at=at, discharged_at=at - 10 * DAY, by=story.site.system
    )
    story.session.commit()

    story.go_on_to(at)

    first = min(
        (task for task in done.new if task.kind == "call_patient"), key=lambda task: task.due_at
    )
    assert first.due_at < at
    assert story.alerts(first)
    calendar = staff.team_calendar(story.session, story.site.team)
    assert calendar.staffed(at)
    assert EventKind.DISCHARGED in [event.kind for event in done.events]
