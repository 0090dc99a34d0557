"""A pack's routine that is not there any more: what it had begun is owed, said and counted."""

from __future__ import annotations

from dataclasses import replace

from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.foundation.db import Database
from builders import a_book
from journeys.story import DAY, HOUR, Story, local

MONDAY = local(2027, 4, 12, 10)


def test_a_routine_that_cannot_be_read_any_more_lets_nobody_go(database: Database) -> None:
    """L6, L23: the tasks stand in the database, and the sweep needs neither pack nor ladder."""
    story = Story(database, MONDAY)
    [person] = story.people
    before = {task.id: task.due_at for task in person.owed()}
    first = person.first_call()
    gone = replace(a_book(), pathways={}, ladders={})
    story.session.commit()

    while story.at < first.due_at + 4 * DAY:
        story.at += 12 * HOUR
        jobs.sweep(database, gone, rules=Rules(), clock=lambda: story.at)
        said = rollcall.derive(
            story.session, story.site.tenant, silences=silences_of(gone), at=story.at
        )
        story.session.commit()
        # Nobody knows how long it may be silent, so it is never owned: named until it is late.
        named = {one.why for one in said.remainder}
        assert (said.registered, said.owned) == (1, 0), story.at
        assert named == ({"pathway_unknown"} if said.escalated == 0 else set())

    assert {task.id: task.due_at for task in person.owed()} == before
    assert said.escalated == 1
    assert "Berit" in story.heard(first)
    assert len({number for number, _, _ in story.alerts(first)}) > 1, "round after round"

    # Somebody calls all the same. What was done is kept, and there is a next thing to do.
    contacts.register_contact(
        story.session,
        person.case_id,
        NewContact(outcome=Outcome.SPOKE_WITH_PATIENT),
        by=story.site.anna,
        at=story.at,
        book=replace(a_book(), pathways={}),
    )
    assert person.owed()
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=1)
