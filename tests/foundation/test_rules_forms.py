"""Days and times of day as people write them into a form."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bindeledd.foundation.http.forms import Form, local_day, stamped

MARCH = date(2027, 3, 24)


@pytest.mark.parametrize(
    "typed",
    [
        "24.3.2027",
        "24.03.2027",
        " 24. 3. 2027 ",
        "24.3.2027.",
        "24/3-2027",
        "24-3-2027",
        "24 3 2027",
        "24,3,2027",
        "24032027",
        "24. mars 2027",
        "24 Mars 2027",
        "2027-03-24",
    ],
)
def test_a_day_is_read_however_people_write_it(typed: str) -> None:
    form = Form(values={"on": typed})

    assert form.day("on") == MARCH
    assert form.is_good


@pytest.mark.parametrize(
    "typed", ["24.3", "24.3.27", "31.2.2027", "i morgen", "24. marsj 20", "20270324", "0.0.2027"]
)
def test_a_day_that_cannot_be_read_stays_as_it_was_typed(typed: str) -> None:
    form = Form(values={"on": typed})

    assert form.day("on") is None
    assert (form["on"], "24.3.2027" in form.errors["on"]) == (typed, True)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14.30", time(14, 30)),
        ("14:30", time(14, 30)),
        ("14,30", time(14, 30)),
        ("1430", time(14, 30)),
        ("14:30:00", time(14, 30)),
        ("kl. 14.30", time(14, 30)),
        ("kl 9", time(9)),
        ("9", time(9)),
        ("905", time(9, 5)),
    ],
)
def test_a_time_of_day_is_read_however_people_write_it(typed: str, read: time) -> None:
    form = Form(values={"at": typed})

    assert form.clock("at") == read
    assert form.is_good


@pytest.mark.parametrize("typed", ["25.00", "14.60", "halv tre", "14.3", "14.30.1"])
def test_a_time_that_cannot_be_read_is_said_to_be_wrong(typed: str) -> None:
    form = Form(values={"at": typed})

    assert form.clock("at") is None
    assert "14.30" in form.errors["at"]


def test_a_day_is_written_as_it_is_read() -> None:
    moment = datetime(2027, 3, 24, 22, 30, tzinfo=UTC)

    assert Form(values={"on": local_day(moment)}).day("on") == MARCH


def test_a_file_is_named_by_the_time_on_the_wall() -> None:
    assert stamped(datetime(2026, 11, 27, 8, 17, tzinfo=UTC)) == "20261127-0917"
    assert stamped(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "20260702-0030"
