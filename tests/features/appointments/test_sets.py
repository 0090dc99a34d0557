"""Several appointments of a person are asked after and written as one set, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service
from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.appointments.service.absence import cover_absence
from bindeledd.features.appointments.service.undoing import undo
from bindeledd.features.staff import service as staff
from builders import MONDAY, Followed, a_book
from statements import statements

DAY, LATER = timedelta(days=1), MONDAY + timedelta(hours=3)


class Follow(Followed):
    def said(self, **other: Any) -> dict[str, Any]:
        return {"by": self.site.anna, "at": LATER, "book": a_book(), **other}

    def book(self, many: int, **how: Any) -> list[UUID]:
        return [
            service.book_appointment(
                self.session,
                self.case_id,
                starts_at=MONDAY + (3 + number) * DAY,
                detail={"where": f"Rom {number}"},
                **self.said(**how),
            ).appointment.id
            for number in range(many)
        ]

    def asks(self, act: Callable[[], object]) -> int:
        """How many statements it takes."""
        self.session.flush()
        self.session.expire_all()
        with statements(self.session.connection()) as asked:
            act()
        return len(asked)


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_what_is_left_to_give_is_owed_with_as_many_questions_for_many_as_for_two(
    session: Session,
) -> None:
    asked = []
    for many in (2, 6):
        follow = Follow(session)
        first, *rest = follow.book(many)
        said = follow.said(words={}, at=LATER + timedelta(minutes=1))
        give = AppointmentAction.GIVE
        asked.append(follow.asks(lambda: service.act(session, first, give, **said)))  # noqa: B023
        assert len(follow.open("give_appointment")) == len(rest)

    assert asked[0] == asked[1]


def test_who_is_away_is_covered_with_as_many_questions_for_many_as_for_two(
    session: Session,
) -> None:
    asked = []
    for many in (2, 6):
        follow = Follow(session)
        member = follow.site.anna.id
        assert member is not None
        follow.book(many, give=True, member_id=member)
        away = follow.said(since=MONDAY + DAY, until=MONDAY + 30 * DAY, by=follow.site.berit)
        asked.append(follow.asks(lambda: cover_absence(session, member, **away)))  # noqa: B023
        assert len(follow.open("cover_appointment")) == many

    assert asked[0] == asked[1]


@pytest.mark.parametrize("ended", [AppointmentAction.CANCEL, AppointmentAction.HAND_ON])
def test_an_undone_appointment_is_covered_where_its_keeper_has_gone_away_since(
    follow: Follow, ended: AppointmentAction
) -> None:
    member = follow.site.anna.id
    assert member is not None
    [made] = follow.book(1, give=True, member_id=member)
    service.act(follow.session, made, ended, **follow.said(words={"whom": "Fastlegen"}))
    go_away(follow, member)
    assert follow.open("cover_appointment") == []

    undo(follow.session, made, **follow.said(words={"words": "Feil time"}))

    assert len(follow.open("cover_appointment")) == 1


def test_an_undone_appointment_is_covered_where_its_keeper_has_left_since(follow: Follow) -> None:
    member = follow.site.anna.id
    assert member is not None
    [made] = follow.book(1, give=True, member_id=member)
    service.act(follow.session, made, AppointmentAction.CANCEL, **follow.said(words={}))
    staff.deactivate_member(follow.session, member, by=follow.site.berit, at=MONDAY)

    undo(follow.session, made, **{**follow.said(words={"words": "Feil"}), "by": follow.site.berit})

    assert len(follow.open("cover_appointment")) == 1


def test_one_that_somebody_was_asked_about_before_it_ended_is_asked_about_once(
    follow: Follow,
) -> None:
    member = follow.site.anna.id
    assert member is not None
    [made] = follow.book(1, give=True, member_id=member)
    go_away(follow, member)
    service.act(follow.session, made, AppointmentAction.CANCEL, **follow.said(words={}))

    undo(follow.session, made, **follow.said(words={"words": "Feil time"}))

    assert len(follow.open("cover_appointment")) == 1


def go_away(follow: Follow, member: UUID) -> None:
    away = follow.said(since=MONDAY + DAY, until=MONDAY + 30 * DAY, by=follow.site.berit)
    staff.away(
        follow.session, member, **{name: away[name] for name in ("since", "until", "by", "at")}
    )
    cover_absence(follow.session, member, **away)


def test_a_second_word_of_the_same_absence_owes_nothing_more(follow: Follow) -> None:
    member = follow.site.anna.id
    assert member is not None
    follow.book(2, give=True, member_id=member)
    away = follow.said(since=MONDAY + DAY, until=MONDAY + 30 * DAY, by=follow.site.berit)

    first = cover_absence(follow.session, member, **away)
    again = cover_absence(follow.session, member, **away)

    assert first.cases == [follow.case_id, follow.case_id]
    assert again.cases == []
    assert len(follow.open("cover_appointment")) == 2
