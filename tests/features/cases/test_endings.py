"""Asking for an ending, signing and refusing it, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import CaseClosed, EventKind, IndexKind
from bindeledd.features.cases.domain.closing import (
    ClosingRequested,
    DeathNotConfirmed,
    Ending,
    MustStillOwed,
    NothingToSign,
    SecondPersonNeeded,
)
from bindeledd.features.cases.domain.telling import CannotMark
from bindeledd.features.cases.domain.unreachable import NotYetUnreachable
from bindeledd.features.cases.service import endings, saying, signing
from bindeledd.features.cases.service.writing import How
from bindeledd.features.cases.tables import ClosureRow
from bindeledd.features.staff.domain import Actor, LeadOnly
from builders import MONDAY, Followed, a_book

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IN_PLACE = (
    EventKind.SUMMARY_SENT,
    EventKind.RECEIVER_NAMED,
    EventKind.RISK_ASSESSED,
    EventKind.RELATIVES_ASKED,
    EventKind.CHILDREN_ASKED,
)
ASKED, SIGNED = MONDAY + DAY, MONDAY + DAY + HOUR


class Follow(Followed):
    def ask(
        self,
        ending: Ending = Ending.COMPLETED,
        *,
        by: Actor | None = None,
        at: datetime = ASKED,
        override: bool = True,
    ) -> None:
        endings.request_closing(
            self.session,
            self.case_id,
            ending=ending,
            words={"words": "Ferdig"},
            override=override,
            by=by or self.site.anna,
            at=at,
            book=a_book(),
        )

    def sign(self, *, by: Actor | None = None, at: datetime = SIGNED) -> None:
        endings.sign_closing(self.session, self.case_id, **self._said(by, at))

    def refuse(self, *, by: Actor | None = None, at: datetime = SIGNED) -> None:
        endings.refuse_closing(self.session, self.case_id, **self._said(by, at))

    def _said(self, by: Actor | None, at: datetime) -> dict[str, Any]:
        return {"words": {"words": "Ja"}, "by": by or self.site.berit, "at": at, "book": a_book()}

    def tell(self, kind: EventKind, by: Actor, at: datetime) -> None:
        told = {"words": {"words": "Fra legevakten"}, "by": by, "at": at, "book": a_book()}
        saying.tell(self.session, self.case_id, kind, **told)  # type: ignore[arg-type]

    def closure(self) -> ClosureRow:
        return self.session.scalars(sa.select(ClosureRow)).one()


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_the_case_stays_open_until_it_is_signed(follow: Follow) -> None:
    follow.ask()
    assert follow.case().is_open
    assert len(follow.open("sign_closing")) == 1

    follow.sign()
    assert not follow.case().is_open


def test_closing_ends_every_task_by_the_event_that_closed(follow: Follow) -> None:
    follow.ask()
    open_before = {task.id for task in follow.tasks() if task.is_open}

    follow.sign()

    ended = {task.id: task for task in follow.tasks() if task.id in open_before}
    assert not any(task.is_open for task in ended.values())
    closed = [e for e in queries.events_of(follow.session, follow.case_id) if e.kind == "closed"]
    assert {task.ended_by_event_id for task in ended.values()} == {closed[0].id}


def test_the_closure_names_both_persons_where_two_were_needed(follow: Follow) -> None:
    follow.ask(Ending.REGISTERED_IN_ERROR)
    follow.sign()

    made = follow.closure()
    assert (made.signed_by, made.second_signed_by) == (follow.site.anna.id, follow.site.berit.id)


def test_a_lead_alone_may_complete_what_lacks_nothing_and_may_not_register_as_an_error(
    follow: Follow,
) -> None:
    follow.ask(Ending.REGISTERED_IN_ERROR, by=follow.site.berit)
    with pytest.raises(SecondPersonNeeded):
        follow.sign()
    follow.refuse()
    follow.record(*IN_PLACE, at=SIGNED)
    follow.ask(by=follow.site.berit, at=SIGNED + HOUR)
    follow.sign(at=SIGNED + 2 * HOUR)

    assert follow.closure().second_signed_by is None


def test_only_a_lead_of_the_team_signs_or_refuses(follow: Follow) -> None:
    follow.ask()
    for somebody in (follow.site.anna, follow.site.system):
        with pytest.raises(LeadOnly):
            follow.sign(by=somebody)
    with pytest.raises(LeadOnly):
        follow.refuse(by=follow.site.anna)


def test_the_product_itself_never_asks(follow: Follow) -> None:
    with pytest.raises(LeadOnly):
        follow.ask(by=follow.site.system)


def test_what_must_be_in_place_blocks_both_asking_and_signing(follow: Follow) -> None:
    with pytest.raises(MustStillOwed):
        follow.ask(override=False)
    for kind in IN_PLACE:
        follow.record(kind, at=MONDAY + HOUR)
    follow.ask(override=False)
    follow.record(EventKind.ADMITTED, at=ASKED + timedelta(minutes=10))
    follow.record(EventKind.DISCHARGED, at=ASKED + timedelta(minutes=20))
    with pytest.raises(MustStillOwed):
        follow.sign()


def test_a_concern_that_comes_after_the_request_is_not_closed_over(follow: Follow) -> None:
    follow.ask(override=True)
    follow.record(EventKind.ACUTE_CONCERN, at=ASKED + timedelta(minutes=5))
    [concern] = follow.open("acute_concern")

    with pytest.raises(MustStillOwed):
        follow.sign()

    assert concern.id in {task.id for task in follow.tasks() if task.is_open}
    shown = signing.show_request(follow.session, follow.case_id, by=follow.site.berit, at=SIGNED)
    assert [task.id for task in shown.blocking] == [concern.id]
    told = saying.show_case(follow.session, follow.case_id, by=follow.site.anna, at=SIGNED)
    assert told.blocking == [concern.id]


def test_an_override_at_the_request_covers_no_discharge_that_comes_later(follow: Follow) -> None:
    follow.ask(override=True)
    follow.record(EventKind.DISCHARGED, at=ASKED + timedelta(minutes=5))

    with pytest.raises(MustStillOwed):
        follow.sign()


def test_a_concern_keeps_anybody_from_asking(follow: Follow) -> None:
    follow.record(EventKind.ACUTE_CONCERN, at=ASKED)
    with pytest.raises(MustStillOwed):
        follow.ask(override=True)


def test_nobody_signs_alone_that_somebody_outside_took_over(follow: Follow) -> None:
    handover = {"handover_id": str(follow.case_id), "to_outside": str(follow.case_id)}
    follow.record(EventKind.HANDOVER_SENT, at=MONDAY + HOUR, **handover)
    follow.record(EventKind.HANDOVER_ACCEPTED, at=MONDAY + 2 * HOUR, **handover)
    follow.ask(Ending.MOVED_ON, by=follow.site.berit)

    with pytest.raises(SecondPersonNeeded):
        follow.sign(by=follow.site.berit)


def test_whoever_sets_aside_what_must_be_done_does_not_sign_it_too(follow: Follow) -> None:
    follow.ask(by=follow.site.berit, override=True)
    with pytest.raises(SecondPersonNeeded):
        follow.sign(by=follow.site.berit)
    shown = signing.show_request(follow.session, follow.case_id, by=follow.site.berit, at=SIGNED)
    assert shown.second_needed(follow.site.berit.id)

    follow.refuse(by=follow.site.berit)
    follow.ask(override=True, at=SIGNED)
    follow.sign(by=follow.site.berit, at=SIGNED + HOUR)
    assert not follow.case().is_open


def test_nobody_asks_twice(follow: Follow) -> None:
    follow.ask()
    with pytest.raises(ClosingRequested):
        follow.ask()


def test_a_no_leaves_the_case_open_with_something_owed(follow: Follow) -> None:
    follow.ask()
    follow.refuse()

    assert follow.case().is_open
    assert follow.open("sign_closing") == []
    with pytest.raises(NothingToSign):
        follow.sign(at=SIGNED + HOUR)


def test_a_new_index_event_takes_the_request_back_and_ends_its_task(follow: Follow) -> None:
    follow.ask()
    cases.open_case(
        follow.session,
        patient_id=follow.patient_id,
        index_kind=IndexKind.SELF_HARM,
        index_at=ASKED - HOUR,
        team_id=follow.site.team,
        by=follow.site.anna,
        at=ASKED + timedelta(minutes=5),
        book=a_book(),
    )
    assert follow.open("sign_closing") == []
    with pytest.raises(NothingToSign):
        follow.sign()
    with pytest.raises(NothingToSign):
        follow.refuse()


def test_unreachable_cannot_be_asked_for_before_it_is_earned(follow: Follow) -> None:
    with pytest.raises(NotYetUnreachable):
        follow.ask(Ending.UNREACHABLE)


def test_unreachable_that_was_asked_for_is_not_signed_when_the_person_answers(
    follow: Follow,
) -> None:
    for day in range(1, 6):
        for hour, channel in ((1, "phone"), (10, "letter")):
            at = MONDAY + day * DAY + hour * HOUR
            follow.record(EventKind.CONTACT_ATTEMPTED, at=at, channel=channel)
    at = MONDAY + 31 * DAY
    for before in (21, 14, 7, 3):
        follow.record(EventKind.CONTACT_ATTEMPTED, at=at - before * DAY, channel="phone")
    follow.record(EventKind.RELATIVES_CONSIDERED, EventKind.RECEIVER_TOLD, at=at - 2 * DAY)
    follow.ask(Ending.UNREACHABLE, at=at)
    follow.record(EventKind.REACHED, at=at + HOUR)

    with pytest.raises(NotYetUnreachable):
        follow.sign(at=at + 2 * HOUR)


def test_a_death_passes_three_hands(follow: Follow) -> None:
    follow.tell(EventKind.DEATH_REPORTED, follow.site.anna, MONDAY + HOUR)
    with pytest.raises(DeathNotConfirmed):
        follow.ask(Ending.DIED)
    with pytest.raises(SecondPersonNeeded):
        follow.tell(EventKind.DEATH_CONFIRMED, follow.site.anna, MONDAY + 2 * HOUR)
    follow.tell(EventKind.DEATH_CONFIRMED, follow.site.berit, MONDAY + 2 * HOUR)
    follow.ask(Ending.DIED)
    follow.sign()

    assert not follow.case().is_open


def test_what_is_closed_stays_closed_until_a_new_index_event(follow: Follow) -> None:
    follow.ask()
    follow.sign()
    with pytest.raises(CaseClosed):
        follow.record(EventKind.REACHED, at=SIGNED + HOUR)
    opened = cases.open_case(
        follow.session,
        patient_id=follow.patient_id,
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=SIGNED + DAY,
        team_id=follow.site.team,
        by=follow.site.anna,
        at=SIGNED + DAY,
        book=a_book(),
    )

    assert opened.how is How.REOPENED
    assert opened.case.id == follow.case_id
    assert follow.case().closing_number == 2
    assert any(task.is_open for task in follow.tasks())


def test_long_after_it_is_a_new_case_that_knows_the_old_one(follow: Follow) -> None:
    follow.ask()
    follow.sign()
    later = SIGNED + 400 * DAY
    opened = cases.open_case(
        follow.session,
        patient_id=follow.patient_id,
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=later,
        team_id=follow.site.team,
        by=follow.site.anna,
        at=later,
        book=a_book(),
    )

    assert opened.how is How.OPENED
    assert opened.case.previous_case_id == follow.case_id


def test_what_other_rows_rest_on_is_not_marked_as_an_error(follow: Follow) -> None:
    follow.ask()
    *_, asked = queries.events_of(follow.session, follow.case_id)

    with pytest.raises(CannotMark):
        cases.mark_in_error(
            follow.session,
            follow.case_id,
            [asked.id],
            by=follow.site.anna,
            at=SIGNED,
            book=a_book(),
        )
