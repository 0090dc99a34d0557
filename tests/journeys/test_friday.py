"""One Friday at 15:40, twenty minutes before everybody goes home.

Three are discharged, a colleague is ill, somebody does not answer, a relative phones, and the
summary of last week's patient has not come. On Monday nobody is lost, and everybody is known.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.contacts.domain import Outcome
from bindeledd.features.documents import service as documents
from bindeledd.features.intake import service as intake
from bindeledd.features.intake.tables import CallRow
from bindeledd.features.reminders.service.leaving import go_away
from bindeledd.foundation.db import Database
from builders import a_book
from journeys.story import DAY, HOUR, Person, Story, local

FRIDAY = local(2027, 4, 16, 15, 40)
GOING_HOME = local(2027, 4, 16, 16)
MONDAY = local(2027, 4, 19, 8)


class Friday:
    """Last week's patient, the one who does not answer, and three who leave the ward now."""

    def __init__(self, database: Database) -> None:
        self.story = Story(database, FRIDAY - 4 * DAY)
        story = self.story
        self.last_week: Person = story.people[0]
        self.silent: Person = story.discharged()
        self.held = self.silent.first_call()
        self.silent.hold(self.held, story.site.anna)
        story.go_on_to(FRIDAY)
        self.three = [story.discharged() for _ in range(3)]
        story.go_on_to(FRIDAY)


@pytest.fixture
def friday(database: Database) -> Friday:
    return Friday(database)


def test_a_friday_at_twenty_to_four_loses_nobody(friday: Friday) -> None:
    story, site = friday.story, friday.story.site
    story.everybody(registered=5)

    # Anna, who has called twice this week without an answer, goes home ill. What she held is the
    # team's at once, and no minute later.
    friday.silent.call(Outcome.NO_ANSWER)
    due = friday.held.due_at
    go_away(
        story.session,
        site.anna.id,
        since=story.at,
        until=MONDAY + 5 * DAY,
        by=site.anna,
        at=story.at,
    )
    call = next(task for task in friday.silent.owed() if task.id == friday.held.id)
    assert (call.held_by, call.due_at) == (None, due)

    # Berit tries once more. The second silence within three days: a clinician decides today.
    story.go_on_to(FRIDAY + HOUR / 12)
    friday.silent.call(Outcome.NO_ANSWER, by=site.berit)
    decides = friday.silent.owes("clinician_decides")
    assert decides.due_at <= GOING_HOME
    assert call.id in [task.id for task in friday.silent.owed()], "an attempt ends nothing"

    # A mother phones about a son whom she will not name. Her call has an owner and a clock.
    called = intake.call_in(
        story.session,
        words={"said": "Han svarer ikke", "caller": "Mor", "about": "ukjent"},
        acute=False,
        by=site.berit,
        at=story.at,
        book=a_book(),
    )
    [answer] = story.loose("answer_call")
    assert answer.subject_id == called.call_id
    assert answer.owner_team_id == site.team

    # The three: before the weekend each is owed a conversation, and cover that somebody accepts.
    for person in friday.three:
        gap = person.owes("cover_gap")
        assert gap.due_at <= GOING_HOME
        [talk] = [task for task in person.owed() if task.step_key == "before-a-gap-talk"]
        assert talk.due_at <= GOING_HOME
        assert person.first_call().due_at <= local(2027, 4, 19, 15, 40)
    friday.three[0].call(Outcome.SPOKE_WITH_PATIENT, by=site.berit)
    friday.three[0].tell(
        EventKind.GAP_COVERED, by=site.berit, facts={"cover": "accepted", "number_answered": "yes"}
    )
    friday.three[1].tell(EventKind.GAP_COVERED, by=site.berit, facts={"cover": "none"})
    assert friday.three[0].owed("cover_gap") == []
    assert friday.three[1].owed("cover_gap"), "no cover is not cover"
    assert friday.three[2].owed("cover_gap")

    # Last week's summary: the ward owes it, it was due on Tuesday, and people know.
    summary = friday.last_week.owes("send_summary")
    assert summary.due_at < FRIDAY
    story.go_on_to(story.at)
    assert story.heard(summary)

    _the_weekend(friday, decides.id, answer.due_at)


def _the_weekend(friday: Friday, late: UUID, answer_due: datetime) -> None:
    """Nothing is done by anybody. Monday finds each of them, by name."""
    story = friday.story
    story.lives(MONDAY + HOUR)
    said = story.everybody(registered=5, closed_signed=0)
    assert (said.owned, said.escalated) == (1, 4), (
        "late and called out, but for the one who was spoken with and has cover"
    )
    assert friday.three[0].owes("verify_number").due_at > story.at

    for person in friday.three[1:]:
        assert "Berit" in story.heard(person.owes("cover_gap")), "the lead hears before the weekend"
    decides = friday.silent.owes("clinician_decides")
    assert decides.id == late
    assert "Berit" in story.heard(decides)
    assert (said.undecided.waiting, said.undecided.overdue) == (1, 0)
    assert MONDAY < answer_due <= MONDAY + 4 * HOUR, "four staffed hours"

    # Monday: the call is answered, the summary comes, everyone is spoken with. All stand as owned.
    [answer] = story.loose("answer_call")
    call = story.session.get_one(CallRow, answer.subject_id)
    by = story.site.berit
    intake.answer_call(story.session, call.id, words={"done": "Ringte tilbake"}, by=by, at=story.at)
    assert story.loose("answer_call") == []
    for person in story.people:
        person.call(Outcome.SPOKE_WITH_PATIENT, by=by)
        assert person.owed(), "there is always a next thing"
    _sent(friday.last_week)
    assert friday.last_week.owed("send_summary") == []
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=5, closed_signed=0)


def _sent(person: Person) -> None:
    story = person.story
    told = {"by": story.site.berit, "at": story.at, "book": a_book()}
    filed = documents.begin_summary(
        story.session, person.case_id, by=story.site.berit, at=story.at
    ).document
    documents.write_summary(story.session, filed.id, **told)
    everyone = [recipient.id for recipient in filed.recipients]
    documents.send_summary(story.session, filed.id, everyone, **told)
