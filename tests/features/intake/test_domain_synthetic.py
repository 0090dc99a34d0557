"""The messages that we make ourselves: nobody real, the same for the same seed, every story."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bindeledd.features.intake.domain.facts import Kind, Message, Series
from bindeledd.features.intake.domain.reading import read
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.domain.synthetic import persons
from bindeledd.features.intake.domain.synthetic.stories import STORIES, caseload

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def _read(data: bytes) -> Message | None:
    try:
        return read(data)
    except CannotRead:
        return None


def test_the_same_seed_tells_the_same_and_another_seed_something_else():
    assert list(caseload(7, 20, NOW)) == list(caseload(7, 20, NOW))
    assert list(caseload(7, 20, NOW)) != list(caseload(8, 20, NOW))


def test_messages_come_in_the_order_of_their_arrival_and_none_from_the_future():
    told = list(caseload(3, 60, NOW))

    assert [m.at for m in told] == sorted(m.at for m in told)
    assert all(NOW - timedelta(days=60) < m.at <= NOW for m in told)
    assert len({m.name for m in told}) == len(told)


def test_a_caseload_has_every_story():
    told = [m for seed in range(6) for m in caseload(seed, len(STORIES), NOW)]
    messages = [m for m in (_read(t.data) for t in told) if m is not None]

    assert {m.kind for m in messages} >= set(Kind) - {Kind.ADMISSION_REPORT}
    assert {m.series for m in messages} == set(Series)
    assert {m.format for m in messages} == {"epikrise-1.1", "epikrise-1.2", "plo-1.6"}
    assert any(m.test for m in messages)
    assert len(messages) < len(told), "one is unreadable"
    assert max(Counter(t.data for t in told).values()) > 1, "one comes twice"
    assert any(a.booked for m in messages for a in m.appointments)
    assert any(a.books for m in messages for a in m.appointments)
    codes = {d.code for m in messages for d in m.diagnoses}
    assert any("X60" <= code[:3] <= "X84" for code in codes)
    assert "I330" in codes


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_of_the_synthetic_series_with_right_check_digits(seed):
    person = persons.somebody(Random(seed))  # noqa: S311

    assert len(person.number) == 11
    assert int(person.number[2:4]) - 80 == person.born_on.month
    assert int(person.number[:2]) == person.born_on.day
    assert persons.check_digits(person.number[:9]) == person.number[9:]


def test_check_digits_agree_with_a_known_official_test_number():
    assert persons.check_digits("131169002") == "16"
