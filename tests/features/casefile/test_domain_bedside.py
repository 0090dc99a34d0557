"""What is asked before somebody goes home, and that somebody left unassessed: by values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bindeledd.features.casefile.domain.bedside import (
    AskAgainWhen,
    Bedside,
    Consent,
    NewRelative,
    NothingSaid,
    PlanAnswer,
    Tried,
    check,
    events,
    left,
)
from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.patients.domain import Identity, VerifiedHow

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = date(2027, 3, 10)


def happened(kind: EventKind, at: datetime, **said: Any) -> Event:
    return Event(id=uuid4(), case_id=uuid4(), kind=kind, at=at, recorded_at=at, **said)


def test_where_nothing_was_answered_nothing_is_written() -> None:
    for silent in (Bedside(), Bedside(consent_words="hm"), Bedside(plan_words="hm")):
        with pytest.raises(NothingSaid):
            check(silent, NOON)


@pytest.mark.parametrize(
    "answer",
    [
        {"consent": Consent.NO},
        {"ways": ()},
        {"tried": (Tried(value="41234567", how=VerifiedHow.RUNG),)},
        {"interpreter": False},
        {"language": ""},
        {"plan": PlanAnswer.DECLINED},
        {"relative": NewRelative(relation="mor")},
    ],
    ids=lambda answer: next(iter(answer)),
)
def test_any_one_answer_is_enough(answer: dict[str, Any]) -> None:
    said = Bedside(**answer)
    check(said, NOON)
    assert not said.says_nothing


@pytest.mark.parametrize("on", [None, NOON.date(), NOON.date() - timedelta(days=1)])
def test_not_now_needs_a_day_to_come(on: date | None) -> None:
    with pytest.raises(AskAgainWhen):
        check(Bedside(consent=Consent.LATER, ask_again_on=on), NOON)

    tomorrow = NOON.date() + timedelta(days=1)
    check(Bedside(consent=Consent.LATER, ask_again_on=tomorrow), NOON)


def test_each_answer_is_one_event_and_what_was_not_asked_is_none() -> None:
    said = Bedside(
        consent=Consent.LATER,
        ask_again_on=LATER,
        consent_words="sliten nå",
        tried=(Tried(value="+4741234567", how=VerifiedHow.RUNG),),
        plan=PlanAnswer.MADE,
        facts={EventKind.PLAN_OFFERED: {"with": "mor"}},
    )

    made = events(said, Identity(full="Kari"), happened_at=NOON, date_only=False)

    assert [(one.kind, dict(one.facts), one.note) for one in made] == [
        (
            EventKind.CONTACT_CONSENT_ASKED,
            {"contact_consent": "later", "ask_again_at": "2027-03-09T23:00:00+00:00"},
            {"words": "sliten nå"},
        ),
        (EventKind.NUMBER_VERIFIED, {}, {"phone": "+4741234567", "how": "rung"}),
        (EventKind.PLAN_OFFERED, {"with": "mor"}, {"plan": "made"}),
    ]
    assert {one.at for one in made} == {NOON}


@pytest.mark.parametrize("was", [None, True, False])
def test_what_was_known_of_an_interpreter_is_kept_with_the_answer(was: bool | None) -> None:
    known = Identity(full="Kari", interpreter=was)

    made = events(Bedside(interpreter=True), known, happened_at=NOON, date_only=False)

    assert [dict(one.facts) for one in made] == [{"interpreter": "yes"}]
    assert made[0].note == {"interpreter_was": was}


def test_no_day_is_kept_with_a_yes() -> None:
    said = Bedside(consent=Consent.YES, ask_again_on=LATER)

    made = events(said, None, happened_at=NOON, date_only=False)

    assert dict(made[0].facts) == {"contact_consent": "yes"}


def test_whoever_leaves_unassessed_has_left_and_that_is_written_once() -> None:
    index = happened(EventKind.INDEX_EVENT, NOON - timedelta(hours=5))
    home = happened(EventKind.DISCHARGED, NOON - timedelta(hours=1))
    wrong = happened(EventKind.DISCHARGED, NOON - timedelta(hours=1), in_error=True)
    before = happened(EventKind.DISCHARGED, NOON - timedelta(days=9))
    both = [EventKind.LEFT_BEFORE_ASSESSMENT, EventKind.DISCHARGED]

    def kinds(*history: Event) -> list[EventKind]:
        said = left(history, happened_at=NOON, date_only=False, words="gikk ut for å røyke")
        assert said[0].note == {"words": "gikk ut for å røyke"}
        return [one.kind for one in said]

    assert kinds(index) == kinds(before, index) == kinds(index, wrong) == both
    assert kinds(index, home) == both[:1]
