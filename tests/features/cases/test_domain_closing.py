"""What each ending rests on. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.closing import (
    TWO_SIGNATURES,
    DeathNotConfirmed,
    Ending,
    HandoverPending,
    MustStillOwed,
    NobodyAccepted,
    NothingToSign,
    ReceiverFollowsUp,
    Request,
    SecondPersonNeeded,
    check_death,
    check_ending,
    may_override,
    needs_second,
    sign,
    standing_request,
)
from bindeledd.features.cases.domain.deaths import NoDeathReported
from bindeledd.features.cases.domain.declining import NotDeclined, NotOfferedAgain
from bindeledd.features.cases.domain.unreachable import NotYetUnreachable, tried
from bindeledd.features.cases.tables import TWO_SIGNATURES as BY_THE_DATABASE
from bindeledd.features.pathways.domain import Unreachable
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.foundation.calendars import Calendar, Period
from bindeledd.foundation.errors import Refusal
from builders import MONDAY, a_book, refusal

K = EventKind
CALENDAR = Calendar()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANNA, BERIT, TEAM = uuid4(), uuid4(), uuid4()


def an_event(
    kind: EventKind, at: datetime, by: UUID | None = ANNA, *, wrong: bool = False, **facts: Any
) -> Event:
    return Event(
        id=uuid4(),
        case_id=uuid4(),
        kind=kind,
        at=at,
        recorded_at=at,
        recorded_by=by,
        facts=facts,
        in_error=wrong,
    )


def national() -> Unreachable:
    return a_book().resolve("national.after-attempt", "2026.1").unreachable


def check(ending: Ending, *events: Event, at: datetime = MONDAY + 60 * DAY) -> None:
    history = (an_event(K.INDEX_EVENT, MONDAY), *events)
    check_ending(
        ending, history, responsible=TEAM, unreachable=national(), calendar=CALENDAR, at=at
    )


def why_not(ending: Ending, *events: Event, at: datetime = MONDAY + 60 * DAY) -> Refusal | None:
    """Why it cannot end so; None where what was recorded carries it."""
    return refusal(lambda: check(ending, *events, at=at))


def attempts(*, days: int = 3, per_day: int = 2) -> list[Event]:
    """Mornings by phone, evenings by letter."""
    return [
        an_event(
            K.CONTACT_ATTEMPTED,
            MONDAY + (day + 1) * DAY + number * 10 * HOUR,
            channel="letter" if number % 2 else "phone",
        )
        for day in range(days)
        for number in range(per_day)
    ]


def considered(at: datetime = MONDAY + 4 * DAY) -> list[Event]:
    """Relatives and receiver were considered."""
    return [an_event(kind, at) for kind in (K.RELATIVES_CONSIDERED, K.RECEIVER_TOLD)]


def weekly(until: datetime) -> list[Event]:
    """An attempt each week, by phone in the morning."""
    weeks = range(1, (until - MONDAY).days // 7 + 1)
    return [an_event(K.CONTACT_ATTEMPTED, MONDAY + n * 7 * DAY, channel="phone") for n in weeks]


def tried_all(until: datetime = MONDAY + 60 * DAY) -> list[Event]:
    return [*attempts(), *weekly(until), *considered()]


def missing(*events: Event, at: datetime = MONDAY + 60 * DAY) -> dict[str, Any]:
    with pytest.raises(NotYetUnreachable) as refused:
        check(Ending.UNREACHABLE, *events, at=at)
    return dict(refused.value.facts["missing"])  # type: ignore[call-overload]


def test_the_database_and_the_rule_name_the_same_endings() -> None:
    assert {ending.value for ending in TWO_SIGNATURES} == set(BY_THE_DATABASE)
    assert len(Ending) == 6


def test_unreachable_is_earned() -> None:
    assert why_not(Ending.UNREACHABLE, *tried_all()) is None


def test_nothing_tried_is_nothing_earned() -> None:
    assert missing() == {
        "attempts": 5,
        "days": 3,
        "times_of_day": 2,
        "channels": 2,
        "calls": 1,
        "letter": True,
        "relatives": True,
        "receiver": True,
    }


@pytest.mark.parametrize(
    "without", [K.RELATIVES_CONSIDERED, K.RECEIVER_TOLD], ids=lambda kind: str(kind)
)
def test_relatives_and_receiver_are_considered_first(without: EventKind) -> None:
    rest = [event for event in tried_all() if event.kind is not without]
    name = "relatives" if without is K.RELATIVES_CONSIDERED else "receiver"
    assert missing(*rest) == {name: True}


def test_a_letter_is_sent_first() -> None:
    calls = [
        an_event(event.kind, event.at, **{**event.facts, "channel": "sms"})
        if event.facts.get("channel") == "letter"
        else event
        for event in tried_all()
    ]
    assert missing(*calls) == {"letter": True}


def written(day: int, channel: str, **facts: Any) -> Event:
    at = MONDAY + day * DAY + (day % 2) * 10 * HOUR
    return an_event(K.CONTACT_ATTEMPTED, at, channel=channel, **facts)


def test_a_receipt_of_an_earlier_attempt_is_no_attempt() -> None:
    receipts = [written(day, "sms", receipt=True) for day in range(1, 59)]
    back = written(57, "letter", receipt=True)
    call = an_event(K.CONTACT_ATTEMPTED, MONDAY + 5 * DAY, channel="phone")

    assert missing(call, *receipts, back, *considered(), at=MONDAY + 31 * DAY) == {
        "recent": (MONDAY + 12 * DAY).isoformat(),
        "attempts": 4,
        "days": 2,
        "times_of_day": 1,
        "channels": 1,
        "letter": True,
    }


def test_receipts_do_not_make_a_week_in_which_somebody_tried() -> None:
    late = [written(day, "sms", receipt=True) for day in range(12, 60)]

    assert set(missing(*attempts(), *late, *considered())) == {"recent"}


def test_s070_what_was_tried_in_writing_only_earns_nothing() -> None:
    only = [written(day, "sms" if day % 3 else "letter") for day in range(5, 60, 5)]

    assert missing(*only, *considered()) == {"calls": 1}
    assert why_not(Ending.UNREACHABLE, *only, written(58, "visit"), *considered()) is None


def test_a_week_in_which_nobody_tried_is_not_waiting() -> None:
    found = missing(*attempts(), *considered())
    assert found == {"recent": (MONDAY + 10 * DAY + 10 * HOUR).isoformat()}


def test_it_says_what_is_missing() -> None:
    few = [an_event(e.kind, e.at, **e.facts) for e in attempts(days=2)]
    found = missing(*few, *considered(), at=MONDAY + 5 * DAY)
    assert (found["attempts"], found["days"]) == (1, 1)
    one_way = [an_event(K.CONTACT_ATTEMPTED, MONDAY + n * 5 * DAY) for n in range(1, 7)]
    found = missing(*one_way, *considered(), at=MONDAY + 31 * DAY)
    assert found == {"times_of_day": 1, "channels": 1, "letter": True}


def calls(*days: int) -> list[Event]:
    return [an_event(K.CONTACT_ATTEMPTED, MONDAY + day * DAY, channel="phone") for day in days]


def test_a_month_in_which_nobody_tried_is_not_made_good_by_one_call() -> None:
    found = missing(*attempts(), *calls(35), *considered(), at=MONDAY + 36 * DAY)

    assert found == {
        "hole": {
            "since": (MONDAY + 3 * DAY + 10 * HOUR).isoformat(),
            "until": (MONDAY + 35 * DAY).isoformat(),
        },
        "earliest": (MONDAY + 65 * DAY).isoformat(),
    }


def test_the_first_attempt_comes_within_the_week_too() -> None:
    late = [an_event(e.kind, e.at + 9 * DAY, **e.facts) for e in attempts()]
    found = missing(*late, *calls(18, 25, 32), *considered(MONDAY + 20 * DAY), at=MONDAY + 33 * DAY)

    assert found["hole"] == {
        "since": MONDAY.isoformat(),
        "until": (MONDAY + 10 * DAY).isoformat(),
    }


def test_who_tries_once_a_week_again_for_as_long_as_it_takes_has_earned_it() -> None:
    again = [*attempts(), *calls(*range(35, 64, 7)), *considered()]

    assert set(missing(*again, at=MONDAY + 64 * DAY)) == {"hole", "earliest"}
    assert why_not(Ending.UNREACHABLE, *again, *calls(65), at=MONDAY + 65 * DAY) is None


def test_the_same_weekday_is_a_week_whatever_the_hour() -> None:
    made = [
        an_event(K.CONTACT_ATTEMPTED, MONDAY + n * 7 * DAY + n * HOUR, channel="phone")
        for n in range(1, 9)
    ]
    rest = [written(8, "letter"), written(9, "sms"), *considered()]

    assert why_not(Ending.UNREACHABLE, *made, *rest, at=MONDAY + 58 * DAY) is None


def test_the_figure_is_the_one_of_the_routine() -> None:
    history = (an_event(K.INDEX_EVENT, MONDAY), *calls(3, 13, 23), *considered())
    for every, broken in (("P9D", True), ("P10D", False)):
        needed = replace(national(), every=Period.parse(every))
        found = tried(history, CALENDAR).missing(needed, CALENDAR, MONDAY + 31 * DAY)
        assert ("hole" in found) is broken


def test_a_hole_lasts_until_now() -> None:
    history = (an_event(K.INDEX_EVENT, MONDAY), *calls(3, 12))
    earned = tried(history, CALENDAR)

    assert earned.longest_hole(MONDAY + 13 * DAY).days(CALENDAR) == 9
    assert earned.longest_hole(MONDAY + 30 * DAY).days(CALENDAR) == 18
    assert tried(history[:1], CALENDAR).longest_hole(MONDAY + 4 * DAY).days(CALENDAR) == 4


def test_it_is_never_earned_early() -> None:
    assert set(missing(*tried_all(), at=MONDAY + 29 * DAY)) == {"earliest"}


@pytest.mark.parametrize("kind", [K.REACHED, K.APPOINTMENT_KEPT, K.INDEX_EVENT, K.DISCHARGED])
def test_counting_begins_anew_when_the_person_was_reached_or_discharged(kind: EventKind) -> None:
    found = missing(*attempts(), an_event(kind, MONDAY + 10 * DAY))

    assert found["attempts"] == 5


def test_an_attempt_that_was_entered_in_error_counts_for_nothing() -> None:
    wrong = [an_event(K.CONTACT_ATTEMPTED, e.at, wrong=True, **e.facts) for e in attempts()]

    assert missing(*wrong)["attempts"] == 5


def test_an_attempt_that_the_person_answered_with_a_no_was_not_in_vain() -> None:
    late = [an_event(e.kind, e.at + 50 * DAY, **e.facts) for e in attempts()]
    no = an_event(K.CONTACT_ATTEMPTED, late[0].at - HOUR, channel="visit", person_answered="yes")

    counted = tried((an_event(K.INDEX_EVENT, MONDAY), no, *late), CALENDAR)

    assert (counted.attempts, counted.calls, counted.channels) == (6, 3, 2)


def test_whoever_answered_with_a_no_can_be_reached_what_was_tried_counts_from_then() -> None:
    answered = an_event(
        K.CONTACT_ATTEMPTED, MONDAY + 59 * DAY, channel="phone", person_answered="yes"
    )

    found = missing(*tried_all(), answered)

    assert found["attempts"] == 5
    assert found["earliest"] == (MONDAY + 89 * DAY).isoformat()


@given(st.lists(st.integers(min_value=0, max_value=24 * 59), max_size=30))
def test_more_attempts_never_earn_less(hours: list[int]) -> None:
    made = [an_event(K.CONTACT_ATTEMPTED, MONDAY + hour * HOUR) for hour in hours]
    start = an_event(K.INDEX_EVENT, MONDAY)
    for number in range(len(made)):
        fewer = tried((start, *made[:number]), CALENDAR)
        more = tried((start, *made[: number + 1]), CALENDAR)
        for name in ("attempts", "days", "times_of_day", "channels", "calls"):
            assert getattr(fewer, name) <= getattr(more, name)


def test_moved_on_needs_a_receiver_who_accepted() -> None:
    sent, returned, accepted = (
        an_event(kind, MONDAY + number * HOUR)
        for number, kind in enumerate(
            (K.HANDOVER_SENT, K.HANDOVER_RETURNED, K.HANDOVER_ACCEPTED), 1
        )
    )
    with pytest.raises(NobodyAccepted):
        check(Ending.MOVED_ON)
    with pytest.raises(NobodyAccepted):
        check(Ending.MOVED_ON, sent, returned)
    assert why_not(Ending.MOVED_ON, sent, accepted) is None


def test_a_team_that_took_over_and_follows_up_itself_is_nobody_it_moved_on_to() -> None:
    sent = an_event(K.HANDOVER_SENT, MONDAY + HOUR, to_team=str(TEAM))
    accepted = an_event(K.HANDOVER_ACCEPTED, MONDAY + 2 * HOUR, to_team=str(TEAM))
    with pytest.raises(ReceiverFollowsUp):
        check(Ending.MOVED_ON, sent, accepted)
    assert why_not(Ending.COMPLETED, sent, accepted) is None

    outside = str(uuid4())
    on = an_event(K.HANDOVER_SENT, MONDAY + 3 * HOUR, to_outside=outside)
    with pytest.raises(HandoverPending):
        check(Ending.MOVED_ON, sent, accepted, on)
    taken = an_event(K.HANDOVER_ACCEPTED, MONDAY + 4 * HOUR, to_outside=outside)
    assert why_not(Ending.MOVED_ON, sent, accepted, on, taken) is None


@pytest.mark.parametrize("ending", Ending)
def test_nothing_is_closed_under_a_handover_that_waits(ending: Ending) -> None:
    with pytest.raises(HandoverPending):
        check(ending, *attempts(), an_event(K.HANDOVER_SENT, MONDAY + 20 * DAY))


def test_a_handover_that_was_told_of_late_waits_all_the_same() -> None:
    returned = an_event(K.HANDOVER_RETURNED, MONDAY + 2 * DAY)
    earlier = an_event(K.HANDOVER_SENT, MONDAY + DAY)
    with pytest.raises(HandoverPending):
        check(Ending.COMPLETED, returned, replace(earlier, recorded_at=MONDAY + 3 * DAY))


def test_declined_needs_that_the_person_declined() -> None:
    with pytest.raises(NotDeclined):
        check(Ending.DECLINED)


def test_a_no_today_is_asked_again_at_its_date() -> None:
    agreed = (MONDAY + 10 * DAY).isoformat()
    no = an_event(K.DECLINED, MONDAY + DAY, offer_again_at=agreed)
    with pytest.raises(NotOfferedAgain) as refused:
        check(Ending.DECLINED, no)
    assert refused.value.facts["at"] == agreed
    with pytest.raises(NotOfferedAgain):
        check(Ending.DECLINED, no, an_event(K.DECLINED, MONDAY + 9 * DAY))

    assert why_not(Ending.DECLINED, no, an_event(K.DECLINED, MONDAY + 10 * DAY - HOUR)) is None


def test_one_no_is_never_its_own_answer_to_the_new_offer() -> None:
    no = an_event(K.DECLINED, MONDAY + DAY, offer_again_at=(MONDAY + DAY).isoformat())

    assert isinstance(why_not(Ending.DECLINED, no), NotOfferedAgain)


def a_no(day: int) -> Event:
    """A no, offered again ten days later."""
    return an_event(
        K.DECLINED, MONDAY + day * DAY, offer_again_at=(MONDAY + (day + 10) * DAY).isoformat()
    )


@pytest.mark.parametrize("kind", [K.APPOINTMENT_KEPT, K.REACHED, K.INDEX_EVENT])
def test_a_no_from_before_the_person_said_yes_is_no_earlier_no(kind: EventKind) -> None:
    yes = an_event(kind, MONDAY + 30 * DAY)
    with pytest.raises(NotOfferedAgain) as refused:
        check(Ending.DECLINED, a_no(1), yes, a_no(50))
    assert refused.value.facts["at"] == (MONDAY + 60 * DAY).isoformat()
    with pytest.raises(NotDeclined):
        check(Ending.DECLINED, a_no(1), a_no(12), yes)

    assert why_not(Ending.DECLINED, a_no(1), yes, a_no(40), a_no(50)) is None


def test_a_conversation_that_ends_in_a_no_is_no_yes() -> None:
    before = an_event(K.REACHED, MONDAY + 5 * DAY)
    same_day = an_event(K.REACHED, MONDAY + 12 * DAY - HOUR)

    assert why_not(Ending.DECLINED, a_no(1), before, same_day, a_no(12)) is None


def test_a_no_without_a_date_ends_nothing() -> None:
    with pytest.raises(NotOfferedAgain):
        check(
            Ending.DECLINED,
            an_event(K.DECLINED, MONDAY + DAY),
            an_event(K.DECLINED, MONDAY + 50 * DAY),
        )


def test_a_no_from_before_the_case_opened_again_is_no_no() -> None:
    with pytest.raises(NotDeclined):
        check(
            Ending.DECLINED,
            an_event(K.DECLINED, MONDAY + DAY),
            an_event(K.CLOSED, MONDAY + 2 * DAY),
            an_event(K.REOPENED, MONDAY + 3 * DAY),
        )


def test_died_needs_a_death_that_was_confirmed_and_stands() -> None:
    reported = an_event(K.DEATH_REPORTED, MONDAY + DAY)
    confirmed = an_event(K.DEATH_CONFIRMED, MONDAY + 2 * DAY)
    refuted = an_event(K.DEATH_REFUTED, MONDAY + 3 * DAY)
    for history in ((), (reported,), (reported, confirmed, refuted)):
        with pytest.raises(DeathNotConfirmed):
            check(Ending.DIED, *history)
    assert why_not(Ending.DIED, reported, confirmed) is None


def test_a_death_is_confirmed_by_another_person_than_the_one_who_reported_it() -> None:
    reported = (an_event(K.DEATH_REPORTED, MONDAY, ANNA),)

    assert refusal(lambda: check_death(reported, K.DEATH_CONFIRMED, BERIT)) is None
    assert refusal(lambda: check_death(reported, K.DEATH_REFUTED, ANNA)) is None
    for somebody in (ANNA, None):
        with pytest.raises(SecondPersonNeeded):
            check_death(reported, K.DEATH_CONFIRMED, somebody)


@pytest.mark.parametrize("somebody", [ANNA, BERIT])
def test_a_report_that_was_moved_is_confirmed_by_neither_who_made_nor_who_moved_it(
    somebody: UUID,
) -> None:
    moved = (an_event(K.DEATH_REPORTED, MONDAY, BERIT, first_recorded_by=str(ANNA)),)

    with pytest.raises(SecondPersonNeeded):
        check_death(moved, K.DEATH_CONFIRMED, somebody)


def test_a_third_person_confirms_a_report_that_was_moved() -> None:
    moved = (an_event(K.DEATH_REPORTED, MONDAY, BERIT, first_recorded_by=str(ANNA)),)
    assert refusal(lambda: check_death(moved, K.DEATH_CONFIRMED, uuid4())) is None


def test_of_two_who_made_and_moved_a_report_one_confirms_what_the_other_reports_anew() -> None:
    moved = an_event(K.DEATH_REPORTED, MONDAY, BERIT, first_recorded_by=str(ANNA))
    anew = an_event(K.DEATH_REPORTED, MONDAY + HOUR, ANNA)
    assert refusal(lambda: check_death((moved, anew), K.DEATH_CONFIRMED, BERIT)) is None


def test_a_confirmation_that_names_the_day_of_the_death_confirms_it() -> None:
    reported = an_event(K.DEATH_REPORTED, MONDAY + 2 * DAY)
    named = an_event(K.DEATH_CONFIRMED, MONDAY + DAY)
    assert why_not(Ending.DIED, reported, replace(named, recorded_at=MONDAY + 3 * DAY)) is None


def test_nobody_confirms_what_nobody_reported() -> None:
    refuted = (an_event(K.DEATH_REPORTED, MONDAY), an_event(K.DEATH_REFUTED, MONDAY + HOUR))
    for history in ((), refuted):
        with pytest.raises(NoDeathReported):
            check_death(history, K.DEATH_CONFIRMED, BERIT)


def a_request(ending: Ending, *covers: Task) -> Request:
    ids = frozenset(task.id for task in covers)
    return Request(
        event_id=uuid4(), ending=ending, by=ANNA, at=MONDAY, override=bool(ids), covers=ids
    )


@pytest.mark.parametrize("ending", Ending)
def test_some_endings_need_a_second_different_person(ending: Ending) -> None:
    assert sign(a_request(ending), [], BERIT).ending is ending
    if ending is not Ending.COMPLETED:
        with pytest.raises(SecondPersonNeeded):
            sign(a_request(ending), [], ANNA)
    else:
        assert sign(a_request(ending), [], ANNA)


def test_nothing_is_signed_that_nobody_asked_for() -> None:
    with pytest.raises(NothingToSign):
        sign(None, [], BERIT)


@pytest.mark.parametrize("answer", [K.CLOSING_REFUSED, K.CLOSED, K.REOPENED, K.INDEX_EVENT])
def test_a_request_stands_until_it_is_answered_or_something_new_happens(
    answer: EventKind,
) -> None:
    asked = an_event(K.CLOSING_REQUESTED, MONDAY, ending="completed")

    assert standing_request((asked,)) is not None
    assert standing_request((asked, an_event(answer, MONDAY + HOUR))) is None


def owed(strength: str, kind: str = "send_summary") -> Task:
    return Task(
        id=uuid4(),
        tenant_id=uuid4(),
        case_id=uuid4(),
        kind=kind,
        origin=TaskOrigin.GATE,
        step_key="gate.x",
        anchor_event_id=uuid4(),
        strength=strength,
        owner_team_id=uuid4(),
        due_at=MONDAY,
        made_at=MONDAY,
    )


def test_s115_s116_what_must_be_in_place_blocks_unless_it_is_overridden_in_writing() -> None:
    task = owed("must")
    with pytest.raises(MustStillOwed):
        sign(a_request(Ending.COMPLETED), [task], BERIT)
    assert sign(a_request(Ending.COMPLETED, task), [task], BERIT)
    assert sign(a_request(Ending.COMPLETED), [owed("should")], BERIT)
    assert sign(a_request(Ending.REGISTERED_IN_ERROR), [task], BERIT)


@pytest.mark.parametrize("kind", ["recall_sent", "correct_epj"])
def test_an_error_is_signed_only_once_those_who_have_it_were_told(kind: str) -> None:
    told = owed("must", kind)

    with pytest.raises(MustStillOwed):
        sign(a_request(Ending.REGISTERED_IN_ERROR, told), [told], BERIT)


def test_an_override_covers_what_was_owed_when_it_was_asked_for_and_no_more() -> None:
    known, later = owed("must"), owed("must")

    with pytest.raises(MustStillOwed):
        sign(a_request(Ending.COMPLETED, known), [known, later], BERIT)


@pytest.mark.parametrize("kind", ["acute_concern", "confirm_death", "answer_call"])
@pytest.mark.parametrize("ending", Ending)
def test_whoever_waits_for_an_answer_blocks_every_ending(ending: Ending, kind: str) -> None:
    for strength in ("must", "should"):
        waits = owed(strength, kind)
        with pytest.raises(MustStillOwed):
            sign(a_request(ending, waits), [waits], BERIT)
        assert not may_override([waits, owed("must")])


def test_a_reason_in_words_may_stand_for_what_must_be_done() -> None:
    assert may_override([owed("must"), owed("should")])


def test_what_an_override_covers_is_read_from_the_request() -> None:
    task = uuid4()
    asked = an_event(K.CLOSING_REQUESTED, MONDAY, ending="completed", covers=[str(task)])

    request = standing_request((asked,))

    assert request is not None
    assert request.covers == {task}


def test_a_second_person_signs_where_something_was_set_aside() -> None:
    plain = Request(event_id=uuid4(), ending=Ending.COMPLETED, by=ANNA, at=MONDAY)
    aside = replace(plain, override=True, covers=frozenset({uuid4()}))

    assert not needs_second(plain, ANNA)
    assert needs_second(aside, ANNA)
    assert not needs_second(aside, BERIT)
