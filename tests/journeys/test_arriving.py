"""What arrives: twice and out of order, about the wrong person, and a voice on the phone."""

from __future__ import annotations

from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.cases.domain import EventKind, IndexKind
from bindeledd.features.contacts.domain import Outcome
from bindeledd.features.intake import service as intake
from bindeledd.features.intake.domain.facts import Kind, Series
from bindeledd.features.intake.domain.queue import Status
from bindeledd.foundation.db import Database
from builders import a_book, an_open_case
from features.intake.builders import FRIDAY, NOW, a_logistic, a_report, an_epikrise, an_inbox
from journeys.story import DAY, HOUR, Person, Story, local

MONDAY = local(2027, 4, 12, 10)


def test_messages_that_come_twice_and_in_the_wrong_order_make_one_follow_up(
    database: Database,
) -> None:
    """L21, L22: the same thing said twice is once; what is late is late, and not lost."""
    story = Story(database, NOW, people=0)
    inbox = an_inbox(story.session)
    story.site, story.at = inbox.site, NOW

    # The letter first, then the report of the discharge, then the admission; each of them twice.
    first = inbox.receive(an_epikrise())
    assert (first.status, first.case_id is not None) == (Status.OPENED, True)
    assert first.case_id is not None
    assert first.patient_id is not None
    person = Person(story, first.case_id, first.patient_id)
    call = person.first_call()
    for data in (
        a_report(envelope={"message_id": "7b1c0f34-0c1e-4c1b-9a51-000000000002"}),
        a_logistic(
            Kind.ADMITTED,
            envelope={"message_id": "7b1c0f34-0c1e-4c1b-9a51-000000000003"},
            happened=FRIDAY - 3 * DAY,
        ),
        an_epikrise(),
    ):
        done = inbox.receive(data, at=NOW + HOUR)
        again = inbox.receive(data, at=NOW + 2 * HOUR)
        assert again.status is Status.DUPLICATE
        assert done.status in (Status.UPDATED, Status.DUPLICATE, Status.TO_DECIDE, Status.PARKED)

    story.go_on_to(NOW + 3 * HOUR)
    kinds = [event.kind for event in person.events if not event.in_error]
    assert kinds.count(EventKind.DISCHARGED) == 1
    assert person.first_call().due_at == call.due_at, "the first discharge counts from its time"
    calls = [(task.step_key, task.due_at) for task in person.owed("call_patient")]
    assert len(calls) == len(set(calls))
    story.everybody(registered=1)
    story.lives(call.due_at + DAY)
    assert len(story.alerts(call)) == len(set(story.alerts(call))) > 0


def test_a_discharge_that_its_sender_takes_back_keeps_everybody_called_and_searched_for(
    database: Database,
) -> None:
    """What was said is unsaid, and the person may be at home all the same."""
    story = Story(database, NOW, people=0)
    inbox = an_inbox(story.session, opens="always")
    story.site, story.at = inbox.site, NOW
    ids = [f"7b1c0f34-0c1e-4c1b-9a51-00000000000{n}" for n in (1, 2, 3)]
    first = inbox.receive(
        a_logistic(Kind.ADMITTED, envelope={"message_id": ids[0]}, happened=FRIDAY - 3 * DAY)
    )
    inbox.receive(a_report(envelope={"message_id": ids[1]}))
    assert first.case_id is not None
    assert first.patient_id is not None
    person = Person(story, first.case_id, first.patient_id)
    call = person.first_call()

    back = {"message_id": ids[2], "series": Series.CANCELLED, "parent_id": ids[1]}
    inbox.receive(a_report(envelope=back), at=NOW + HOUR)

    story.go_on_to(NOW + 2 * HOUR)
    story.everybody(registered=1)
    assert person.first_call().due_at == call.due_at
    find = person.owes("find_discharge")
    story.lives(max(find.due_at, call.due_at) + DAY)
    assert story.alerts(find)
    assert story.alerts(person.first_call())


def test_a_relative_who_will_not_say_of_whom_has_an_owner_until_somebody_finds_out(
    database: Database,
) -> None:
    """L8, L46: a voice that belongs to nobody here is still somebody's to answer."""
    story = Story(database, MONDAY)
    [person] = story.people
    called = intake.call_in(
        story.session,
        words={"said": "Hun har sluttet å svare", "caller": "Søster"},
        acute=False,
        by=story.site.anna,
        at=story.at,
        book=a_book(),
    )
    [waits] = story.loose("answer_call")
    assert waits.due_at <= MONDAY + 4 * HOUR
    story.lives(MONDAY + DAY, step=2 * HOUR)
    assert {"Anna", "Berit"} <= story.heard(waits.read())
    said = story.everybody(registered=1)
    assert said.undecided.overdue == 1

    # It is Kari she meant: the call becomes part of her follow-up, and is still to be answered.
    intake.match_call(
        story.session,
        called.call_id,
        patient_id=person.patient_id,
        by=story.site.anna,
        at=story.at,
        book=a_book(),
    )
    assert EventKind.CALLED_IN in [event.kind for event in person.events]
    answer = person.owes("answer_call")
    assert answer.due_at == waits.due_at, "found is not answered, and gives no more time"
    person.done(answer)
    assert story.loose("answer_call") == []
    story.go_on_to(story.at + HOUR)
    said = story.everybody(registered=1)
    assert (said.undecided.waiting, said.undecided.overdue) == (0, 0)


def test_a_discharge_on_the_wrong_person_is_owed_to_the_right_one_from_its_true_time(
    database: Database,
) -> None:
    """L3, L16: what was done for the wrong one is not lost, and the right one is not late unseen."""
    story = Story(database, MONDAY)
    [wrong] = story.people
    opened = an_open_case(story.session, story.site, at=MONDAY).case
    right = Person(story, opened.id, opened.patient_id)
    wrong.call(Outcome.SPOKE_WITH_PATIENT)
    discharged = next(event for event in wrong.events if event.kind is EventKind.DISCHARGED)
    story.go_on_to(MONDAY + 5 * DAY)
    assert all(task.step_key != "first-contact" for task in right.owed())

    move_to_right_person(
        story.session,
        wrong.case_id,
        [discharged.id],
        to_patient_id=right.patient_id,
        words={"words": "Feil person ble valgt"},
        by=story.site.anna,
        at=story.at,
        book=a_book(),
    )

    first = right.owes("call_patient", "first-contact")
    assert first.due_at <= MONDAY + 3 * DAY, "from the true time of the discharge"
    assert wrong.owed(), "the wrong one is still somebody whom we registered"
    marked = next(event for event in wrong.events if event.id == discharged.id)
    assert marked.in_error, "it stands in the history, struck out"
    story.go_on_to(story.at)
    assert story.alerts(first), "late at the moment in which it was found out, and said"
    story.lives(story.at + 2 * DAY)
    assert "Berit" in story.heard(first)
    story.everybody(registered=2, closed_signed=0)


def test_whoever_is_admitted_again_is_owed_both_what_was_and_what_comes(
    database: Database,
) -> None:
    story = Story(database, MONDAY)
    [person] = story.people
    person.call(Outcome.SPOKE_WITH_PATIENT)
    before = {task.id: task.due_at for task in person.owed()}
    story.go_on_to(MONDAY + 4 * DAY)

    # A new attempt: registering joins the follow-up that runs.
    again = an_open_case(
        story.session,
        story.site,
        at=story.at,
        patient=person.patient_id,
        facts={"index_kind": IndexKind.SUICIDE_ATTEMPT.value},
    )
    assert again.case.id == person.case_id
    after = {task.id: task.due_at for task in person.owed()}
    assert before.items() <= after.items(), "what was owed before is owed still"
    assert [event.kind for event in person.events].count(EventKind.INDEX_EVENT) == 2
    person.tell(EventKind.ADMITTED)
    story.lives(story.at + 3 * DAY)

    # Discharged once more: everything begins anew from that day.
    home = story.at
    person.tell(EventKind.DISCHARGED)
    first = person.owes("call_patient", "first-contact")
    assert home < first.due_at <= home + 3 * DAY
    assert person.owes("send_summary").due_at > MONDAY
    story.lives(first.due_at + DAY)
    assert story.alerts(first)
    story.everybody(registered=1)


def test_a_death_that_is_reported_on_a_saturday_is_somebodys_that_day(database: Database) -> None:
    """Two working hours, and everything that goes out is held meanwhile: see also the false report."""
    story = Story(database, local(2027, 4, 16, 10))
    [person] = story.people
    story.go_on_to(local(2027, 4, 17, 11))

    person.tell(EventKind.DEATH_REPORTED, by=story.site.berit)

    confirm = person.owes("confirm_death")
    assert confirm.due_at <= local(2027, 4, 19, 10), "two working hours"
    assert person.owed("call_patient") == []
    story.lives(confirm.due_at + HOUR, step=2 * HOUR)
    assert {"Anna", "Berit"} <= story.heard(confirm)
    assert person.case.is_open
    story.everybody(registered=1, escalated=1, closed_signed=0)


def test_before_christmas_somebody_is_to_answer_until_the_team_is_back(database: Database) -> None:
    """23 December 2026 is a Wednesday; the team is back on Monday the 28th."""
    story = Story(database, local(2026, 12, 23, 13))
    [person] = story.people
    eve = local(2026, 12, 24, 16)
    first = person.first_call()
    assert first.due_at <= eve, "three days end in the holiday: the call is owed before it"

    story.go_on_to(local(2026, 12, 24, 9))
    late = story.discharged()
    gap = late.owes("cover_gap")
    assert gap.due_at <= eve
    story.lives(local(2026, 12, 28, 9), step=12 * HOUR)
    assert "Berit" in story.heard(gap)
    late.tell(
        EventKind.GAP_COVERED,
        by=story.site.berit,
        facts={"cover": "accepted", "number_answered": "yes"},
    )
    assert late.owed("cover_gap") == []
    assert late.first_call().due_at <= local(2026, 12, 28, 16)
    story.everybody(registered=2, closed_signed=0)
