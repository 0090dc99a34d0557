"""Whether a person is interrupted now: quiet hours, the day's budget, and nothing twice."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bindeledd.features.reminders.domain.hygiene import Fact, Hygiene, Saying, Word, words_for
from bindeledd.foundation.ids import new_id

# Tuesday 2 March 2027 in Oslo (UTC+1).
NOON = datetime(2027, 3, 2, 11, tzinfo=UTC)
NIGHT = datetime(2027, 3, 2, 22, tzinfo=UTC)
SITE = Hygiene(budget=2, quiet=(time(21), time(7)), digest_at=time(7, 30))


def a_saying(**said: object) -> Saying:
    fact = Fact(task_id=new_id(), due_at=NOON, round=1, late=True)
    return replace(Saying(id=new_id(), fact=fact, never_waits=False), **said)  # type: ignore[arg-type]


def word(one: Saying, at: datetime = NOON, **said: object) -> Word:
    asked = {"told": frozenset(), "on_duty": True, "sent_today": 0, "hygiene": SITE} | said
    return words_for([one], at=at, **asked)[one.id]  # type: ignore[arg-type]


def test_by_day_and_within_the_budget_it_goes_out() -> None:
    assert word(a_saying(), sent_today=1) is Word.SAY


def test_at_night_it_waits_for_whoever_is_off_duty() -> None:
    assert word(a_saying(), NIGHT, on_duty=False) is Word.QUIET
    assert word(a_saying(), NIGHT, on_duty=True) is Word.SAY


def test_a_last_rung_is_silenced_by_no_night_and_no_budget() -> None:
    last = a_saying(never_waits=True)
    assert word(last, NIGHT, on_duty=False, sent_today=99, told=frozenset({last.fact})) is Word.SAY


def test_beyond_the_budget_it_waits() -> None:
    assert word(a_saying(), sent_today=2) is Word.BUDGET
    assert word(a_saying(), sent_today=99, hygiene=replace(SITE, budget=0)) is Word.SAY


def test_soon_after_a_message_the_next_waits_unless_it_is_a_last_rung() -> None:
    apart = replace(SITE, least_apart=timedelta(minutes=5))
    one = a_saying()
    for minutes, said in ((4, Word.APART), (5, Word.SAY)):
        asked = {"last_sent": NOON - timedelta(minutes=minutes), "hygiene": apart}
        assert word(one, **asked) is said
        assert word(replace(one, never_waits=True), **asked) is Word.SAY


def test_what_waits_for_its_turn_goes_with_what_goes_out() -> None:
    own = [a_saying(), a_saying()]
    asked = {"told": frozenset(), "on_duty": True, "sent_today": 0, "at": NOON}
    first = {own[0].fact: NOON + timedelta(minutes=5)}
    assert words_for(own[:1], first=first, hygiene=SITE, **asked) == {own[0].id: Word.TURN}
    assert set(words_for(own, first=first, hygiene=SITE, **asked).values()) == {Word.SAY}
    full = replace(SITE, budget=1)
    said = words_for(own, first=first, hygiene=full, **asked | {"sent_today": 1})
    assert list(said.values()) == [Word.TURN, Word.BUDGET]


def test_what_is_over_anothers_budget_waits_for_no_night_and_goes_by_one_way() -> None:
    lead = a_saying(never_waits=True, by_one_way=True)
    assert word(lead, NIGHT, on_duty=False, sent_today=99) is Word.SAY
    assert word(lead, first={lead.fact: NIGHT}) is Word.TURN
    assert word(lead, told=frozenset({lead.fact})) is Word.TWICE


def test_what_is_over_anothers_budget_goes_as_one_number_with_what_comes_just_after() -> None:
    apart = replace(SITE, least_apart=timedelta(minutes=5))
    lead = a_saying(never_waits=True, by_one_way=True)
    for minutes, said in ((4, Word.APART), (5, Word.SAY)):
        asked = {"last_sent": NOON - timedelta(minutes=minutes), "hygiene": apart}
        assert word(lead, sent_today=99, **asked) is said


def test_what_is_over_anothers_budget_goes_with_a_last_rung_that_goes() -> None:
    lead, last = a_saying(never_waits=True, by_one_way=True), a_saying(never_waits=True)
    said = words_for(
        [lead, last],
        told=frozenset(),
        on_duty=True,
        sent_today=99,
        last_sent=NOON,
        hygiene=replace(SITE, least_apart=timedelta(minutes=5)),
        at=NOON,
    )
    assert set(said.values()) == {Word.SAY}


def test_what_goes_out_takes_the_rest_with_it_because_it_is_one_message() -> None:
    first, last = a_saying(), a_saying(never_waits=True)
    said = words_for(
        [first, last], told=frozenset(), on_duty=False, sent_today=99, hygiene=SITE, at=NIGHT
    )
    assert set(said.values()) == {Word.SAY}


def test_the_same_fact_is_said_once_and_a_new_round_is_a_new_fact() -> None:
    one = a_saying()
    told = frozenset({one.fact})
    assert word(one, told=told) is Word.TWICE
    assert word(replace(one, fact=replace(one.fact, round=2)), told=told) is Word.SAY
    assert word(replace(one, fact=replace(one.fact, late=False)), told=told) is Word.SAY
    assert word(replace(one, fact=replace(one.fact, due_at=NIGHT)), told=told) is Word.SAY


def test_a_last_rung_is_not_said_again_by_the_channel_that_said_it_a_moment_ago() -> None:
    last = a_saying(never_waits=True)
    told = frozenset({last.fact})
    assert word(last, told=told, just_told=told) is Word.TWICE
    later = replace(last, fact=replace(last.fact, round=2))
    assert word(later, told=told, just_told=told) is Word.SAY


@pytest.mark.parametrize(
    ("wall", "until"),
    [
        (datetime(2027, 3, 2, 20, 0, tzinfo=UTC), datetime(2027, 3, 3, 6, tzinfo=UTC)),
        (datetime(2027, 3, 2, 3, 0, tzinfo=UTC), datetime(2027, 3, 2, 6, tzinfo=UTC)),
        (datetime(2027, 3, 2, 6, 0, tzinfo=UTC), None),
        (datetime(2027, 3, 2, 19, 59, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_cross_midnight_on_the_wall(wall: datetime, until: datetime | None) -> None:
    assert SITE.quiet_until(wall) == until


def test_quiet_hours_keep_the_wall_when_the_clocks_change() -> None:
    # Sunday 28 March 2027: 02:00 becomes 03:00.
    night = datetime(2027, 3, 27, 23, tzinfo=UTC)
    assert SITE.quiet_until(night) == datetime(2027, 3, 28, 5, tzinfo=UTC)


def test_a_new_day_begins_when_the_quiet_hours_end() -> None:
    assert SITE.new_day(NOON) == datetime(2027, 3, 3, 6, tzinfo=UTC)
    assert replace(SITE, quiet=None).new_day(NOON) == datetime(2027, 3, 2, 23, tzinfo=UTC)


def test_quiet_hours_in_the_middle_of_a_day_are_quiet_too() -> None:
    rest = replace(SITE, quiet=(time(12), time(13)))
    assert rest.quiet_until(NOON) == NOON + timedelta(hours=1)
    assert rest.quiet_until(NOON + timedelta(hours=1)) is None


def test_what_says_the_same_as_an_unconfirmed_message_waits_unless_it_is_a_last_rung() -> None:
    one = a_saying()
    awaited = {one.fact: NIGHT}
    assert word(one, awaited=awaited) is Word.AWAITED
    assert word(one, awaited=awaited, told=frozenset({one.fact})) is Word.TWICE
    assert word(replace(one, never_waits=True), awaited=awaited) is Word.SAY


def test_the_mornings_numbers_wake_nobody_and_come_on_their_own_day() -> None:
    early, late = replace(SITE, digest_at=time(6)), replace(SITE, digest_at=time(22))
    assert early.digest_moment(NOON) == datetime(2027, 3, 2, 6, tzinfo=UTC)  # seven in Oslo
    assert late.digest_moment(NOON) == datetime(2027, 3, 2, 21, tzinfo=UTC)
    assert SITE.digest_moment(NOON) == datetime(2027, 3, 2, 6, 30, tzinfo=UTC)


def test_a_last_rung_waits_for_what_its_own_gateway_took_a_moment_ago_and_for_no_other() -> None:
    last = a_saying(never_waits=True)
    taken = {last.fact: NOON + timedelta(minutes=5)}
    awaited = {last.fact: NOON + timedelta(minutes=15)}
    assert word(last, awaited=awaited, just_taken=taken) is Word.AWAITED
    assert word(last, awaited=awaited) is Word.SAY
    another = replace(last, fact=replace(last.fact, round=2))
    assert word(another, NIGHT, awaited=awaited, just_taken=taken, on_duty=False) is Word.SAY
