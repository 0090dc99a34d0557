"""The helpers for plugin authors: light to load, made-up people, and a timeline by pure rules."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bindeledd.features.patients.domain.identifiers import SyntheticRefused, classify
from bindeledd.plugin.testing import Timeline


def test_loading_them_loads_nothing_of_the_core() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, bindeledd.plugin.testing\n"
            "print([m for m in sys.modules if m.startswith('bindeledd.')"
            " and m not in ('bindeledd.plugin', 'bindeledd.plugin.testing')],"
            " [m for m in ('sqlalchemy', 'flask', 'holidays', 'pluggy.hooks') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[] []"


def test_a_course_owes_what_the_routine_says_and_no_more(a_course) -> None:
    course = a_course("helse-vest")
    course.tell("index_event", index_kind="suicide_attempt")
    course.later(days=1).tell("discharged")
    assert "appointment_given" in course.owed
    course.tell("appointment_given")
    assert "appointment_given" not in course.owed


def test_the_clock_stands_until_it_is_moved(a_clock) -> None:
    clock = a_clock("2027-03-28T01:30")
    assert clock.now == datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert clock.forward(hours=1) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_patient_is_nobody(a_patient) -> None:
    numbers = {a_patient(seed).number for seed in range(20)}
    assert len(numbers) == 20
    for number in numbers:
        with pytest.raises(SyntheticRefused):
            classify(number, allow_synthetic=False)


def test_a_discharge_without_a_zone_is_on_the_wall_in_oslo(a_discharge) -> None:
    assert a_discharge("2027-07-01T15:00").at == datetime(2027, 7, 1, 13, tzinfo=UTC)
    assert a_discharge("2027-07-01T15:00+00:00").at == datetime(2027, 7, 1, 15, tzinfo=UTC)


def test_the_timeline_of_the_core_alone(timeline, a_discharge) -> None:
    owed: Timeline = timeline(discharge=a_discharge("2027-03-24T15:00"))
    assert "summary_sent" in owed.keys_of("must")
    assert [one.due_at for one in owed.values()] == sorted(one.due_at for one in owed.values())
