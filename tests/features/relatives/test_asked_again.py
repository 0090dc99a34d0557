"""Who wants to wait is asked about relatives again, on a day; any other answer is an answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.relatives import service
from bindeledd.features.relatives.domain import Answer
from bindeledd.features.relatives.domain.again import AskAgainAhead
from bindeledd.foundation.spelling import OSLO
from builders import MONDAY, Followed, a_book

ASKED = MONDAY + timedelta(hours=2)


def ask(who: Followed, answer: Answer, on: date | None = None, days: int = 0) -> None:
    at = ASKED + timedelta(days=days)
    service.ask_about_relatives(
        who.session,
        who.case_id,
        answer=answer,
        ask_again_on=on,
        by=who.site.anna,
        at=at,
        book=a_book(),
    )


@pytest.mark.parametrize(
    ("on", "due"), [(date(2027, 3, 11), date(2027, 3, 11)), (None, date(2027, 3, 8))]
)
def test_who_wants_to_wait_is_asked_again_on_the_day(
    session: Session, on: date | None, due: date
) -> None:
    who = Followed(session)

    ask(who, Answer.LATER, on)

    [again] = who.open("ask_relatives")
    assert (again.due_at.astimezone(OSLO).date(), again.strength) == (due, "must")
    ask(who, Answer.DECLINED, days=10)
    assert who.open("ask_relatives") == []


def test_another_answer_has_no_such_day_and_the_day_lies_ahead(session: Session) -> None:
    who = Followed(session)
    with pytest.raises(AskAgainAhead):
        ask(who, Answer.LATER, ASKED.date())
    with pytest.raises(AskAgainAhead):
        ask(who, Answer.AGREED, date(2027, 3, 11))

    ask(who, Answer.AGREED)

    assert who.open("ask_relatives") == []
