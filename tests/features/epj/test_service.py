"""Notes for the patient record, on both databases: what they say, and whether they stand there."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight, RelationKind
from bindeledd.features.access.service import end_relation, relate, require_case
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending, MustStillOwed
from bindeledd.features.cases.domain.correcting import of_no_death
from bindeledd.features.cases.domain.planning import SatisfiedByEventOnly
from bindeledd.features.cases.queries import events_of
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import Channel, Direction, NewContact, Outcome
from bindeledd.features.epj import queries as epj_queries
from bindeledd.features.epj import service
from bindeledd.features.epj.domain import Asked, BadCursor, NoteNotFound, read_cursor
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import TeamRow
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.printing import plain
from bindeledd.foundation.spelling import written
from builders import MONDAY, Followed, a_book

LATER = MONDAY + timedelta(hours=3)


class Follow(Followed):
    def call(self, words: str = "Har det bra, skal på jobb", *, hours: int = 1) -> UUID:
        done = contacts.register_contact(
            self.session,
            self.case_id,
            NewContact(outcome=Outcome.SPOKE_WITH_PATIENT, words=words),
            by=self.site.anna,
            at=MONDAY + timedelta(hours=hours),
            book=a_book(),
        )
        return done.recorded.events[0].id

    def waiting(self) -> list[UUID]:
        found = service.show_waiting(self.session, by=self.site.anna, at=LATER)
        return [note.event_id for note in found.waiting]


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_s247_a_contact_has_a_ready_note_with_source_and_time(follow: Follow) -> None:
    event = follow.call()
    text = plain(service.show_note(follow.session, event, by=follow.site.anna, at=LATER).sheet)

    assert "Tidspunkt: 01.03.2027 kl. 10.00" in text
    assert "Utfall: Snakket med pasienten" in text
    assert "Har det bra, skal på jobb" in text
    assert "Registrert i Bindeledd av Anna, follow-up, 01.03.2027 kl. 10.00." in text


def test_the_note_of_a_demo_says_so_first(follow: Follow) -> None:
    event = follow.call()
    staff.set_installation(follow.session, "demo", at=MONDAY)

    text = plain(service.show_note(follow.session, event, by=follow.site.anna, at=LATER).sheet)

    assert text.startswith("DEMONSTRASJON.")


def test_s210_a_digital_message_is_part_of_the_record_with_its_words(follow: Follow) -> None:
    message = NewContact(
        outcome=Outcome.MESSAGE_SENT_UNCONFIRMED, channel=Channel.DIGITAL, words="Ring når du kan"
    )
    done = contacts.register_contact(
        follow.session,
        follow.case_id,
        message,
        by=follow.site.anna,
        at=MONDAY + timedelta(hours=1),
        book=a_book(),
    )
    event = done.recorded.events[0].id
    assert follow.waiting() == [event]
    text = plain(service.show_note(follow.session, event, by=follow.site.anna, at=LATER).sheet)
    assert "Ring når du kan" in text
    assert "Digital melding" in text


def test_the_note_of_a_no_says_what_it_was(follow: Follow) -> None:
    done = contacts.register_contact(
        follow.session,
        follow.case_id,
        NewContact(outcome=Outcome.DECLINED_THIS_TIME),
        by=follow.site.anna,
        at=MONDAY + timedelta(hours=1),
        book=a_book(),
    )
    event = done.recorded.events[0].id
    sheet = service.show_note(follow.session, event, by=follow.site.anna, at=LATER).sheet
    assert sheet.title == "Takket nei denne gangen"
    waiting = service.show_waiting(follow.session, by=follow.site.anna, at=LATER).waiting
    assert [note.answered for note in waiting] == [True]


def test_a_plan_has_one_too_and_what_a_message_told_has_none(follow: Follow) -> None:
    done = follow.record(EventKind.PLAN_OFFERED, at=LATER)

    assert follow.waiting() == [done.events[0].id]


def test_the_note_of_a_plan_says_what_came_of_it(follow: Follow) -> None:
    said = NewEvent(
        kind=EventKind.PLAN_OFFERED, at=LATER, note={"plan": "made", "words": "I jakka"}
    )
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    done = cases.record(follow.session, follow.case_id, [said], **how)
    found = service.show_note(follow.session, done.events[0].id, by=follow.site.anna, at=LATER)

    text = plain(found.sheet)
    assert "Utfall: Laget sammen med personen" in text
    assert "I jakka" in text


def test_the_note_of_a_call_says_who_called(follow: Follow) -> None:
    said = {"caller": "Søster Ida", "said": "Han har sluttet å spise"}
    told = NewEvent(kind=EventKind.CALLED_IN, at=LATER, note=said)
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    done = cases.record(follow.session, follow.case_id, [told], **how)

    found = service.show_note(follow.session, done.events[0].id, by=follow.site.anna, at=LATER)

    assert "Søster Ida" in plain(found.sheet)
    assert "Han har sluttet å spise" in plain(found.sheet)


def test_the_list_holds_what_is_not_in_the_epj_yet_the_oldest_first(follow: Follow) -> None:
    second, first = follow.call(hours=2), follow.call(hours=1)

    assert follow.waiting() == [first, second]


def test_in_the_epj_yes_by_whom_and_taken_back(follow: Follow) -> None:
    event = follow.call()
    service.mark(follow.session, event, entered=True, by=follow.site.berit, at=LATER, book=a_book())

    assert follow.waiting() == []
    note = service.show_note(follow.session, event, by=follow.site.anna, at=LATER).note
    assert (note.entered_by, note.entered_at) == (follow.site.berit.id, LATER)

    service.mark(
        follow.session, event, entered=False, by=follow.site.berit, at=LATER, book=a_book()
    )
    assert follow.waiting() == [event]


def test_an_error_that_stands_in_the_epj_is_listed_until_it_is_corrected_there(
    follow: Follow,
) -> None:
    event = follow.call("Gjaldt en annen")
    other = follow.call(hours=2)
    service.mark(follow.session, event, entered=True, by=follow.site.berit, at=LATER, book=a_book())
    cases.mark_in_error(
        follow.session,
        follow.case_id,
        [event, other],
        words={"words": "Feil person"},
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    def wrong() -> list[UUID]:
        found = service.show_waiting(follow.session, by=follow.site.anna, at=LATER)
        return [note.event_id for note in found.wrong]

    assert wrong() == [event]
    assert follow.waiting() == []
    assert service.show_note(follow.session, event, by=follow.site.anna, at=LATER).note.in_error
    service.mark(follow.session, event, entered=False, by=follow.site.anna, at=LATER, book=a_book())
    assert wrong() == []
    acts = follow.session.scalars(sa.select(AuditEventRow.act)).all()
    assert "epj.corrected" in acts


def test_a_note_that_was_pasted_without_saying_so_can_be_copied_after_it_was_an_error(
    follow: Follow,
) -> None:
    event = follow.call("Gjaldt en annen")
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    before = copied(follow, event)
    cases.mark_in_error(
        follow.session, follow.case_id, [event], words={"words": "Feil person"}, **how
    )

    after = copied(follow, event)

    assert "Gjaldt en annen" in before
    assert "Gjaldt en annen" in after
    assert "Grunn: Feil person" in after
    assert after.splitlines()[0] != before.splitlines()[0], "it says first that it was an error"
    with pytest.raises(NoteNotFound):
        service.show_note(follow.session, event, by=follow.site.carl, at=LATER)
    with pytest.raises(NoteNotFound):
        service.mark(follow.session, event, entered=True, **how)
    assert "epj.shown" in select_acts(follow)


def copied(follow: Follow, event: UUID) -> str:
    return plain(service.show_note(follow.session, event, by=follow.site.anna, at=LATER).sheet)


def test_the_note_of_an_error_says_so_first_with_who_when_and_why(follow: Follow) -> None:
    event = follow.call("Gjaldt en annen")
    how: dict[str, Any] = {"at": LATER, "book": a_book()}
    service.mark(follow.session, event, entered=True, by=follow.site.anna, **how)
    assert "Feilført" not in copied(follow, event)
    why = {"words": "Feil person"}
    cases.mark_in_error(
        follow.session, follow.case_id, [event], words=why, by=follow.site.berit, **how
    )

    text = copied(follow, event)
    assert text.startswith("Feilført: ")
    before, _, after = text.partition("Gjaldt en annen")
    for said in ("Sagt av: Berit", f"Når: {written(LATER)}", "Grunn: Feil person"):
        assert said in before
        assert said not in after


def test_the_note_of_a_refuted_death_says_who_refuted_it(follow: Follow) -> None:
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    [note] = hears_of_a_death(follow, direction=Direction.OUT)
    service.mark(follow.session, note, entered=True, **how)
    refutes(follow)

    text = copied(follow, note)
    assert text.startswith("Stemte ikke: ")
    assert "Sagt av: Anna" in text


@pytest.mark.parametrize(
    ("signed", "said"),
    [(False, "Bedt avsluttet som feilført: "), (True, "Oppfølgingen var feilført: ")],
)
def test_the_note_of_a_follow_up_that_was_an_error_says_so_first(
    follow: Follow, signed: bool, said: str
) -> None:
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    words = {"words": "Skulle aldri vært registrert"}
    if not signed:
        service.mark(follow.session, event, entered=True, **how)
    endings.request_closing(follow.session, follow.case_id, ending=ENDING, words=words, **how)
    if signed:
        sign = {**how, "by": follow.site.berit, "words": words}
        endings.sign_closing(follow.session, follow.case_id, **sign)

    text = copied(follow, event)
    assert text.startswith(said)
    assert "Grunn: Skulle aldri vært registrert" in text


def test_an_error_that_stands_in_the_epj_is_owed_the_same_day_until_it_is_corrected(
    follow: Follow,
) -> None:
    calls = [follow.call("Gjaldt en annen"), follow.call("Også en annen", hours=2)]
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    for event in calls:
        service.mark(follow.session, event, entered=True, **how)
    cases.mark_in_error(follow.session, follow.case_id, calls, words={"words": "Feil"}, **how)

    [task] = follow.open("correct_epj")
    assert task.due_at.date() == LATER.date()
    with pytest.raises(SatisfiedByEventOnly):
        work.complete_task(follow.session, follow.case_id, task.id, words={"words": "Ja"}, **how)
    service.mark(follow.session, calls[0], entered=False, **how)
    assert follow.open("correct_epj") == [task], "the other one stands there still"
    service.mark(follow.session, calls[1], entered=False, **how)
    assert follow.open("correct_epj") == []


def test_an_error_that_never_stood_in_the_epj_is_not_owed(follow: Follow) -> None:
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    service.mark(follow.session, event, entered=True, **how)
    service.mark(follow.session, event, entered=False, **how)
    cases.mark_in_error(follow.session, follow.case_id, [event], words={"words": "Feil"}, **how)

    assert follow.open("correct_epj") == []


def test_a_case_is_not_signed_as_an_error_before_the_epj_is_corrected(follow: Follow) -> None:
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    words = {"words": "Feil person"}
    service.mark(follow.session, event, entered=True, **how)
    cases.mark_in_error(follow.session, follow.case_id, [event], words=words, **how)
    ending = Ending.REGISTERED_IN_ERROR
    endings.request_closing(follow.session, follow.case_id, ending=ending, words=words, **how)
    sign: dict[str, Any] = {**how, "by": follow.site.berit, "words": words}
    with pytest.raises(MustStillOwed):
        endings.sign_closing(follow.session, follow.case_id, **sign)

    service.mark(follow.session, event, entered=False, **how)
    endings.sign_closing(follow.session, follow.case_id, **sign)
    assert not follow.case().is_open


ENDING = Ending.REGISTERED_IN_ERROR


def wrong(follow: Follow) -> list[UUID]:
    found = service.show_waiting(follow.session, by=follow.site.anna, at=LATER)
    return [note.event_id for note in found.wrong]


def test_the_notes_of_a_follow_up_that_was_an_error_are_corrected_before_it_is_signed(
    follow: Follow,
) -> None:
    event, never = follow.call(), follow.call(hours=2)
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    words = {"words": "Skulle aldri vært registrert"}
    service.mark(follow.session, event, entered=True, **how)

    endings.request_closing(follow.session, follow.case_id, ending=ENDING, words=words, **how)

    [task] = follow.open("correct_epj")
    assert task.due_at.date() == LATER.date()
    assert wrong(follow) == [event]
    assert follow.waiting() == [], "nobody puts more of it there"
    sign: dict[str, Any] = {**how, "by": follow.site.berit, "words": words}
    with pytest.raises(MustStillOwed):
        endings.sign_closing(follow.session, follow.case_id, **sign)
    service.mark(follow.session, event, entered=False, **how)
    assert follow.open("correct_epj") == []
    endings.sign_closing(follow.session, follow.case_id, **sign)
    assert not follow.case().is_open
    assert wrong(follow) == []
    assert follow.waiting() == []
    assert service.show_note(follow.session, never, by=follow.site.anna, at=LATER).note.in_error


def test_what_stands_in_the_epj_stays_on_the_list_after_an_error_was_signed(
    follow: Follow,
) -> None:
    """It was put there between the request and the signature."""
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    words = {"words": "Skulle aldri vært registrert"}
    endings.request_closing(follow.session, follow.case_id, ending=ENDING, words=words, **how)
    service.mark(follow.session, event, entered=True, **how)
    said = {**how, "by": follow.site.berit, "words": words}
    endings.sign_closing(follow.session, follow.case_id, **said)

    assert wrong(follow) == [event]
    assert service.show_note(follow.session, event, by=follow.site.anna, at=LATER).note.in_error

    service.mark(follow.session, event, entered=False, **how)
    assert wrong(follow) == []
    assert "epj.corrected" in follow.session.scalars(sa.select(AuditEventRow.act)).all()


def test_where_a_lead_says_it_was_no_error_the_notes_stand(follow: Follow) -> None:
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    words = {"words": "Skulle aldri vært registrert"}
    service.mark(follow.session, event, entered=True, **how)
    endings.request_closing(follow.session, follow.case_id, ending=ENDING, words=words, **how)

    no = {**how, "by": follow.site.berit, "words": words, "at": LATER + timedelta(minutes=5)}
    endings.refuse_closing(follow.session, follow.case_id, **no)

    assert follow.open("correct_epj") == []
    assert wrong(follow) == []


def test_what_stands_in_the_epj_of_another_ending_is_no_error(follow: Follow) -> None:
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    service.mark(follow.session, event, entered=True, **how)
    ended = {"ending": Ending.COMPLETED, "override": True, "words": {"words": "Ferdig"}}
    endings.request_closing(follow.session, follow.case_id, **ended, **how)

    assert follow.open("correct_epj") == []
    signed = {**how, "by": follow.site.berit, "words": {"words": "Ja"}}
    endings.sign_closing(follow.session, follow.case_id, **signed)
    assert wrong(follow) == []


def test_whoever_said_it_first_stands(follow: Follow) -> None:
    event = follow.call()
    service.mark(follow.session, event, entered=True, by=follow.site.berit, at=LATER, book=a_book())
    service.mark(
        follow.session,
        event,
        entered=True,
        by=follow.site.anna,
        at=LATER + timedelta(hours=1),
        book=a_book(),
    )

    note = service.show_note(follow.session, event, by=follow.site.anna, at=LATER).note
    assert note.entered_by == follow.site.berit.id


def test_another_team_finds_no_note(follow: Follow) -> None:
    event = follow.call()

    with pytest.raises(NoteNotFound):
        service.show_note(follow.session, event, by=follow.site.carl, at=LATER)
    with pytest.raises(NoteNotFound):
        service.mark(
            follow.session, event, entered=True, by=follow.site.carl, at=LATER, book=a_book()
        )
    assert service.show_waiting(follow.session, by=follow.site.carl, at=LATER).waiting == []


def test_every_look_is_written_down(follow: Follow) -> None:
    event = follow.call()
    service.show_waiting(follow.session, by=follow.site.anna, at=LATER)
    service.show_note(follow.session, event, form="pdf", by=follow.site.anna, at=LATER)
    service.mark(follow.session, event, entered=True, by=follow.site.anna, at=LATER, book=a_book())

    acts = follow.session.scalars(
        sa.select(AuditEventRow.act).where(AuditEventRow.act.like("epj.%"))
    ).all()
    assert sorted(acts) == ["epj.entered", "epj.listed", "epj.shown"]


# --- a long list ------------------------------------------------------------------------------------


def many(follow: Follow, count: int = 53) -> list[UUID]:
    """So many plans that were offered, a minute apart: Anna's, but for the last, which is Berit's."""
    events = []
    for number in range(count):
        by = follow.site.berit if number == count - 1 else follow.site.anna
        when = MONDAY + timedelta(minutes=number)
        said = NewEvent(kind=EventKind.PLAN_OFFERED, at=when)
        done = cases.record(follow.session, follow.case_id, [said], by=by, at=LATER, book=a_book())
        events.append(done.events[0].id)
    return events


def page(follow: Follow, **asked: Any) -> service.Waiting:
    found = Asked(**asked)
    return service.show_waiting(follow.session, found, by=follow.site.anna, at=LATER)


def test_the_list_counts_all_of_them_and_comes_a_page_at_a_time(follow: Follow) -> None:
    events = many(follow)

    first = page(follow)
    assert [note.event_id for note in first.waiting] == events[:50]
    assert first.count == 53
    second = page(follow, after=read_cursor(first.next))
    assert [note.event_id for note in second.waiting] == events[50:]
    assert (second.count, second.next) == (53, "")


def test_the_list_comes_newest_first_and_of_ones_own_when_that_is_asked_for(
    follow: Follow,
) -> None:
    events = many(follow)

    newest = page(follow, newest=True, mine=True)
    assert [note.event_id for note in newest.waiting] == events[-2:1:-1]
    assert newest.count == 52
    rest = page(follow, newest=True, mine=True, after=read_cursor(newest.next))
    assert [note.event_id for note in rest.waiting] == [events[1], events[0]]


@pytest.mark.parametrize("text", ["x", "2027-03-01T09:00:00~x", "2027-03-01T09:00:00+00:00~x"])
def test_a_cursor_that_no_page_gave_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(text)


def hears_of_a_death(follow: Follow, *, direction: Direction, hours: int = 1) -> list[UUID]:
    done = contacts.register_contact(
        follow.session,
        follow.case_id,
        NewContact(outcome=Outcome.DECEASED_REPORTED, direction=direction, words="Sa naboen"),
        by=follow.site.anna,
        at=MONDAY + timedelta(hours=hours),
        book=a_book(),
    )
    return [event.id for event in done.recorded.events]


def refutes(follow: Follow, at: datetime = LATER) -> UUID:
    done = saying.tell(
        follow.session,
        follow.case_id,
        EventKind.DEATH_REFUTED,
        words={"words": "Hun svarte på døra"},
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )
    return done.events[0].id


@pytest.mark.parametrize("direction", Direction)
def test_a_note_of_a_death_that_was_refuted_is_corrected_in_the_epj(
    follow: Follow, direction: Direction
) -> None:
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    notes = hears_of_a_death(follow, direction=direction)
    for event in notes:
        service.mark(follow.session, event, entered=True, **how)

    refutes(follow)

    [task] = follow.open("correct_epj")
    assert task.due_at.date() == LATER.date()
    assert sorted(wrong(follow)) == sorted(notes)
    for event in notes:
        assert follow.open("correct_epj") == [task]
        service.mark(follow.session, event, entered=False, **how)
    assert follow.open("correct_epj") == []
    assert wrong(follow) == []
    assert follow.waiting() == [], "nobody puts it there again"


@pytest.mark.parametrize("seed", range(4))
def test_the_list_and_the_rule_agree_on_which_notes_tell_of_no_death(
    follow: Follow, seed: int
) -> None:
    chance, contacts_of_it = Random(seed), [new_id() for _ in range(3)]  # noqa: S311
    kinds = ["called_in", "reached", "death_reported", "death_refuted"]
    follow.session.add_all(
        EventRow(
            id=new_id(),
            tenant_id=follow.site.tenant,
            case_id=follow.case_id,
            kind=chance.choices(kinds, [4, 2, 2, 1])[0],
            at=MONDAY,
            recorded_at=MONDAY + timedelta(hours=chance.randrange(6)),
            source="person",
            source_id=chance.choice([None, *contacts_of_it]),
            in_error_at=chance.choice([None, None, MONDAY]),
        )
        for _ in range(25)
    )
    follow.session.flush()
    found = follow.session.scalars(sa.select(EventRow.id).where(epj_queries.NOBODY_DIED))

    assert set(found) == of_no_death(events_of(follow.session, follow.case_id))


def test_a_refuted_death_that_never_stood_in_the_epj_is_not_owed(follow: Follow) -> None:
    notes = hears_of_a_death(follow, direction=Direction.OUT)
    assert follow.waiting() == notes
    refutes(follow)

    assert follow.open("correct_epj") == []
    assert follow.waiting() == []
    assert wrong(follow) == []


def test_a_death_that_is_reported_anew_after_it_was_refuted_is_no_error(follow: Follow) -> None:
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    refuted = refutes_after_report(follow)
    [again] = hears_of_a_death(follow, direction=Direction.OUT, hours=3)
    service.mark(follow.session, again, entered=True, **how)

    assert wrong(follow) == []
    cases.mark_in_error(follow.session, follow.case_id, [refuted], words={"words": "Nei"}, **how)
    assert wrong(follow) == []


def refutes_after_report(follow: Follow) -> UUID:
    hears_of_a_death(follow, direction=Direction.OUT)
    return refutes(follow, MONDAY + timedelta(hours=2))


def test_a_refutation_that_was_an_error_leaves_the_note_as_it_stood(follow: Follow) -> None:
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    [note] = hears_of_a_death(follow, direction=Direction.OUT)
    service.mark(follow.session, note, entered=True, **how)
    refuted = refutes(follow)
    assert follow.open("correct_epj")

    cases.mark_in_error(follow.session, follow.case_id, [refuted], words={"words": "Nei"}, **how)
    assert follow.open("correct_epj") == []
    assert wrong(follow) == []


def is_handed_over(follow: Follow, at: datetime) -> None:
    """From the team of Anna to the one of Carl."""
    how: dict[str, Any] = {"words": {"words": "Ja"}, "at": at, "book": a_book()}
    sent = handovers.hand_over(
        follow.session,
        follow.case_id,
        to_team_id=follow.site.other_team,
        by=follow.site.anna,
        **how,
    )
    first = FirstDate(due_at=at + timedelta(days=1))
    handovers.accept(follow.session, sent.handover.id, first=first, by=follow.site.carl, **how)


def owed(follow: Follow, by: Actor) -> list[UUID]:
    found = service.show_waiting(follow.session, by=by, at=LATER)
    assert found.count == len(found.waiting)
    return [note.event_id for note in found.waiting]


def takes_part(follow: Follow, how: Any) -> None:
    anna = follow.site.anna
    who = {"case_id": follow.case_id, "team_id": follow.site.team, "by": anna, "at": LATER}
    how(follow.session, kind=RelationKind.PARTICIPANT, **who)


def test_a_note_names_the_team_that_was_responsible_when_it_was_recorded(follow: Follow) -> None:
    before = follow.call()
    is_handed_over(follow, MONDAY + timedelta(hours=2))
    after = follow.record(EventKind.PLAN_OFFERED, at=LATER, by=follow.site.carl).events[0].id

    def said(event: UUID) -> str:
        return plain(service.show_note(follow.session, event, by=follow.site.carl, at=LATER).sheet)

    assert "Registrert i Bindeledd av Anna, follow-up, 01.03.2027" in said(before)
    assert "Registrert i Bindeledd av Carl, municipal, 01.03.2027" in said(after)


def test_a_note_is_owed_by_the_team_that_recorded_it_after_a_handover_too(follow: Follow) -> None:
    before = follow.call()
    is_handed_over(follow, MONDAY + timedelta(hours=2))
    after = follow.record(EventKind.PLAN_OFFERED, at=LATER, by=follow.site.carl).events[0].id
    anna, carl = follow.site.anna, follow.site.carl

    takes_part(follow, partial(relate, patient_id=follow.patient_id))
    assert (owed(follow, anna), owed(follow, carl)) == ([before], [after])

    takes_part(follow, end_relation)
    assert (owed(follow, anna), owed(follow, carl)) == ([before], [after])


def test_the_sender_sees_its_own_unwritten_notes_and_nothing_else(follow: Follow) -> None:
    first, second = follow.call(), follow.call(hours=2)
    how: dict[str, Any] = {"at": LATER, "book": a_book()}
    service.mark(follow.session, second, entered=True, by=follow.site.berit, **how)
    is_handed_over(follow, MONDAY + timedelta(hours=2))
    theirs = follow.record(EventKind.PLAN_OFFERED, at=LATER, by=follow.site.carl).events[0].id
    anna = follow.site.anna
    takes_part(follow, end_relation)

    [note] = service.show_waiting(follow.session, by=anna, at=LATER).waiting
    assert (note.event_id, note.follows) == (first, False)
    ready = service.show_note(follow.session, first, by=anna, at=LATER)
    assert "Har det bra" in plain(ready.sheet)
    assert ready.note.follows is False
    acts = select_acts(follow)
    assert {"epj.listed", "epj.shown"} <= acts, "each answer is written down"
    for other in (second, theirs):
        with pytest.raises(NoteNotFound):
            service.show_note(follow.session, other, by=anna, at=LATER)
        with pytest.raises(NoteNotFound):
            service.mark(follow.session, other, entered=True, by=anna, **how)
    with pytest.raises(OutOfSight):
        require_case(follow.session, anna, follow.case_id)

    service.mark(follow.session, first, entered=True, by=anna, **how)
    assert owed(follow, anna) == []
    with pytest.raises(NoteNotFound):
        service.show_note(follow.session, first, by=follow.site.berit, at=LATER)
    service.mark(follow.session, first, entered=False, by=anna, **how)
    assert owed(follow, anna) == [first], "whoever said so takes it back"


def test_the_notes_of_a_team_that_is_no_more_are_owed_by_whoever_is_responsible(
    follow: Follow,
) -> None:
    before = follow.call()
    is_handed_over(follow, MONDAY + timedelta(hours=2))
    takes_part(follow, end_relation)
    follow.session.execute(
        sa.update(TeamRow).where(TeamRow.id == follow.site.team).values(active=False)
    )

    assert (owed(follow, follow.site.anna), owed(follow, follow.site.carl)) == ([], [before])


def select_acts(follow: Follow) -> set[str]:
    about = AuditSubjectRow.subject_id == follow.patient_id
    found = sa.select(AuditEventRow.act).join(
        AuditSubjectRow, AuditSubjectRow.event_id == AuditEventRow.id
    )
    return set(follow.session.scalars(found.where(about)))


def test_an_error_of_the_sender_is_listed_for_whoever_owes_the_correction(follow: Follow) -> None:
    event = follow.call()
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}
    service.mark(follow.session, event, entered=True, **how)
    is_handed_over(follow, MONDAY + timedelta(hours=2))
    takes_part(follow, partial(relate, patient_id=follow.patient_id))
    cases.mark_in_error(follow.session, follow.case_id, [event], words={"words": "Feil"}, **how)

    for one in (follow.site.anna, follow.site.carl):
        found = service.show_waiting(follow.session, by=one, at=LATER)
        assert ([note.event_id for note in found.wrong], found.count_wrong) == ([event], 1)


def test_a_note_of_a_death_that_was_refuted_says_so_above_its_text(follow: Follow) -> None:
    [note] = hears_of_a_death(follow, direction=Direction.OUT)

    def said() -> str:
        return plain(service.show_note(follow.session, note, by=follow.site.anna, at=LATER).sheet)

    assert "Meldingen stemte ikke" not in said()
    refutes(follow)
    assert said().splitlines()[1] == "Meldingen stemte ikke."
