"""From one team to the next: a municipality that says nothing, one that returns it, a move, a caseload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bindeledd.features.cases.domain.closing import Ending, HandoverPending
from bindeledd.features.contacts.domain import Outcome
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate, Handover
from bindeledd.features.takeover.service import sign as sign_takeover
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.db import Database
from builders import a_book
from features.takeover.builders import a_row, csv_of, taken_over
from journeys.story import DAY, HOUR, Person, Story, local

MONDAY, FRIDAY = local(2027, 4, 12, 10), local(2027, 4, 16, 13)
NOTE = {"words": "Bor i kommunen"}


def hand_over(person: Person) -> Handover:
    story = person.story
    return handovers.hand_over(
        story.session,
        person.case_id,
        to_team_id=story.site.other_team,
        words=NOTE,
        by=story.site.anna,
        at=story.at,
        book=a_book(),
    ).handover


def answer(story: Story, handover: Handover, act: Callable[..., Any], **more: Any) -> None:
    told = {"by": story.site.carl, "at": story.at, "book": a_book(), **more}
    act(story.session, handover.id, **told)


def owners(tasks: list[Task]) -> set[object]:
    return {task.owner_team_id for task in tasks}


def test_a_municipality_that_says_nothing_is_asked_and_the_sender_owes_all_along(
    database: Database,
) -> None:
    """L40: sent is not accepted, and an unanswered handover has a clock on both ends."""
    story = Story(database, MONDAY)
    [person] = story.people
    first = person.first_call()
    hand_over(person)
    theirs, ours = person.owes("accept_handover"), person.owes("follow_up_handover")
    assert (theirs.owner_team_id, ours.owner_team_id) == (story.site.other_team, story.site.team)

    # A week goes by. Nobody in the municipality looks; its lead hears, and so does ours.
    story.lives(MONDAY + 7 * DAY)
    assert "Dina" in story.heard(theirs)
    assert "Berit" in story.heard(ours)
    assert person.case.responsible_team_id == story.site.team
    assert person.first_call().id == first.id
    assert "Berit" in story.heard(first)
    with pytest.raises(HandoverPending):
        person.ask_to_end(Ending.MOVED_ON)
    said = story.everybody(registered=1, escalated=1)
    assert (said.beside.handovers.sent, said.beside.handovers.pending) == (1, 1)


def test_a_handover_returned_on_friday_afternoon_leaves_nobody_in_between(
    database: Database,
) -> None:
    story = Story(database, FRIDAY - DAY)
    [person] = story.people
    handover = hand_over(person)
    story.go_on_to(FRIDAY)
    answer(story, handover, handovers.receive)
    assert person.case.responsible_team_id == story.site.team, "received is not accepted"
    story.go_on_to(FRIDAY + 2 * HOUR)

    answer(story, handover, handovers.send_back, words={"words": "Flyttet"})

    assert person.owed("accept_handover") == person.owed("follow_up_handover") == []
    assert owners(person.owed()) == {story.site.team}
    named = person.owes("name_receiver")
    story.lives(local(2027, 4, 19, 12))
    assert story.heard(named)
    said = story.everybody(registered=1)
    assert (said.beside.handovers.sent, said.beside.handovers.returned) == (1, 1)


def test_whoever_moves_to_another_municipality_keeps_what_is_owed(database: Database) -> None:
    """On acceptance exactly the team's own tasks move; the ward still owes its summary."""
    story = Story(database, MONDAY)
    [person] = story.people
    before = {task.id: task for task in person.owed()}
    summary = person.owes("send_summary")
    handover = hand_over(person)
    story.go_on_to(MONDAY + 5 * HOUR)

    first = FirstDate(due_at=MONDAY + 2 * DAY, words="Vi ringer onsdag")
    answer(story, handover, handovers.accept, first=first, words=NOTE)

    assert person.case.responsible_team_id == story.site.other_team
    after = {task.id: task for task in person.owed()}
    assert before.keys() <= after.keys(), "nothing is lost on the way"
    assert {after[key].due_at for key in before} == {task.due_at for task in before.values()}
    assert after[summary.id].owner_team_id == story.site.team
    calls = person.owed("call_patient")
    assert owners(calls) == {story.site.other_team}
    assert min(task.due_at for task in calls) <= MONDAY + 2 * DAY

    # Nobody calls on Wednesday: it is the municipality's people who hear, and not ours.
    story.lives(MONDAY + 4 * DAY)
    late = person.first_call()
    assert {"Carl", "Dina"} <= story.heard(late)
    assert not {"Anna", "Berit"} & story.heard(late)
    assert {"Anna", "Berit"} & story.heard(after[summary.id])
    person.call(Outcome.SPOKE_WITH_PATIENT, by=story.site.carl)
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=1, closed_signed=0)


def test_a_caseload_that_was_taken_over_is_silent_until_a_lead_has_signed_it(
    database: Database,
) -> None:
    story = Story(database, MONDAY, people=0)
    site = story.site
    done = taken_over(
        story.session,
        site,
        csv_of(a_row(reached=""), a_row(number="ikke et nummer", given="Cato")),
        at=story.at,
    )
    assert [row.outcome.value for row in done.rows] == ["taken", "refused"]
    [case_id] = [row.case_id for row in done.rows if row.case_id]
    [patient_id] = [row.patient_id for row in done.rows if row.patient_id]
    person = Person(story, case_id, patient_id)
    first = person.first_call()
    assert first.due_at > story.at, "nobody is late on the first day"

    # Nobody signs. What waits for the signature is said; of the caseload itself there is nothing.
    moment = MONDAY
    while moment < MONDAY + 4 * DAY:
        moment += 12 * HOUR
        story.go_on_to(moment)
        said = story.roll()
        assert said.beside.takeovers_unsigned == 1
        assert (said.registered, said.unseen) == (1, 0)
    [waits] = story.loose("sign_takeover")
    assert "Berit" in story.heard(waits.read())
    assert story.alerts(first) == []

    sign_takeover(story.session, done.takeover.id, by=site.berit, at=story.at, book=a_book())
    story.go_on_to(story.at + HOUR)
    assert story.alerts(person.first_call()), "late already: said with the signature"
    story.lives(story.at + DAY)
    said = story.everybody(registered=1)
    assert said.beside.takeovers_unsigned == 0
    person.call(Outcome.SPOKE_WITH_PATIENT)
    assert person.owed()
