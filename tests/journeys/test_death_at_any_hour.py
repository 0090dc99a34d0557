"""Somebody is reported dead: at any hour a person hears at once, and it is found out in two hours.

All contact is stopped meanwhile, so that nothing of this waits for the office to open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service import saying
from bindeledd.features.staff import service as staff
from bindeledd.foundation.db import Database
from builders import a_book
from journeys.story import DAY, HOUR, Person, Story, local

MONDAY = local(2027, 4, 12, 9)
MINUTE = HOUR / 60


@dataclass(frozen=True)
class Row:
    """When it is reported, and whether somebody is on call; who hears at once, and who in the end."""

    when: str
    at: datetime
    on_call: bool
    at_once: set[str]


# The team is at work Monday to Friday 08-16; Carl, of another team, may be on call for it.
TABLE = [
    Row("working time", local(2027, 4, 14, 10), False, {"Anna", "Berit"}),
    Row("working time with on-call", local(2027, 4, 14, 10), True, {"Anna", "Berit"}),
    Row("Friday at 15:40", local(2027, 4, 16, 15, 40), False, {"Anna", "Berit"}),
    Row("Friday at 16:10", local(2027, 4, 16, 16, 10), False, {"Berit"}),
    Row("Friday at 16:10 with on-call", local(2027, 4, 16, 16, 10), True, {"Carl"}),
    Row("evening", local(2027, 4, 14, 21), False, {"Berit"}),
    Row("evening with on-call", local(2027, 4, 14, 21), True, {"Carl"}),
    Row("Saturday", local(2027, 4, 17, 13), False, {"Berit"}),
    Row("Saturday with on-call", local(2027, 4, 17, 13), True, {"Carl"}),
]


def a_story(database: Database, *, on_call: bool) -> Story:
    """One person of the team; outside its hours nobody is there, or Carl is on call."""
    story = Story(database, MONDAY)
    if on_call:
        for evening in (local(2027, 4, 14, 16), local(2027, 4, 16, 16)):
            staff.put_on_call(
                story.session,
                story.site.team,
                story.site.carl.id,
                starts_at=evening,
                ends_at=evening + 2 * DAY,
                by=story.site.berit,
                at=MONDAY,
            )
    staff.materialise_duty(story.session, story.site.tenant, since=MONDAY - DAY)
    return story


def report(story: Story, at: datetime) -> Person:
    story.go_on_to(at)
    person = story.people[0]
    saying.tell(
        story.session,
        person.case_id,
        EventKind.DEATH_REPORTED,
        words={"words": "Fra legevakten"},
        by=story.site.anna,
        at=at,
        book=a_book(),
    )
    story.go_on_to(at + MINUTE)
    return person


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.when)
def test_whoever_is_there_hears_of_a_reported_death_at_once(database: Database, row: Row) -> None:
    story = a_story(database, on_call=row.on_call)
    person = report(story, row.at)

    confirm = person.owes("confirm_death")
    assert confirm.due_at == row.at + 2 * HOUR
    assert story.heard(confirm) == row.at_once
    assert not person.owed("call_patient"), "nothing goes out meanwhile"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.when)
def test_so_does_whoever_is_there_of_an_acute_concern(database: Database, row: Row) -> None:
    story = a_story(database, on_call=row.on_call)
    story.go_on_to(row.at)
    person = story.people[0]
    person.tell(EventKind.ACUTE_CONCERN)
    story.go_on_to(row.at + MINUTE)

    concern = person.owes("acute_concern")
    assert concern.due_at == row.at + 15 * MINUTE
    assert row.at_once <= story.heard(concern)


@pytest.mark.parametrize("on_call", [False, True])
def test_where_nobody_answers_the_lead_hears_the_same_night(
    database: Database, on_call: bool
) -> None:
    story = a_story(database, on_call=on_call)
    saturday = local(2027, 4, 17, 13)
    person = report(story, saturday)
    confirm = person.owes("confirm_death")

    story.go_on_to(saturday + 2 * HOUR + 6 * MINUTE)
    assert "Berit" in story.heard(confirm, since=saturday + 2 * HOUR)
    story.go_on_to(saturday + 4 * HOUR)
    assert story.heard(confirm, since=saturday + 3 * HOUR), "there is no last round"


def test_the_lead_hears_when_the_team_goes_home_over_a_reported_death(database: Database) -> None:
    """Reported at 15:40, the team goes home at 16 and something else of the case is late already."""
    story = a_story(database, on_call=False)
    friday = local(2027, 4, 16, 15, 40)
    person = report(story, friday)
    confirm = person.owes("confirm_death")
    assert person.owes("send_summary").due_at < friday

    closed = local(2027, 4, 16, 16)
    story.go_on_to(closed + MINUTE)
    assert story.heard(confirm, since=closed) == {"Berit"}
