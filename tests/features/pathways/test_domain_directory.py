"""Who can be asked: for which tasks, where, and whether somebody answers now."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest

from bindeledd.features.pathways.domain.directory import Contact, shown
from bindeledd.foundation.spelling import OSLO

DAY = (1, time(8), time(15, 30))
NIGHT = (1, time(15, 30), time(8))
WARD = ("ward-7", "medical_ward", "unn")


def a_contact(key: str = "day", **said: Any) -> Contact:
    usual = {"label": {"nb": key}, "tasks": frozenset({"consult"}), "phone": "+4777000000"}
    return Contact(key=key, **{**usual, **said})


@pytest.mark.parametrize(
    ("hours", "at", "answers"),
    [
        ((DAY,), "2027-03-01T08:00", True),
        ((DAY,), "2027-03-01T15:30", False),
        ((DAY,), "2027-03-02T09:00", False),
        ((NIGHT,), "2027-03-01T23:00", True),
        ((NIGHT,), "2027-03-02T07:59", True),  # the night that began on Monday
        ((NIGHT,), "2027-03-02T08:00", False),
        ((NIGHT,), "2027-03-01T07:00", False),  # the night before was Sunday's
        ((), "2027-03-07T03:00", True),
    ],
)
def test_s015_a_number_answers_at_its_hours(hours: Any, at: str, answers: bool) -> None:
    assert (
        a_contact(hours=hours).answers(datetime.fromisoformat(at).replace(tzinfo=OSLO)) is answers
    )


def test_s015_who_answers_now_stands_first() -> None:
    day, night = a_contact("a-day", hours=(DAY,)), a_contact("b-night", hours=(NIGHT,))
    late = datetime(2027, 3, 1, 23, tzinfo=OSLO)
    assert [one.key for one in shown([day, night], "consult", [WARD], late)] == ["b-night", "a-day"]


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        ({}, True),
        ({"units": frozenset({"medical_ward"})}, True),
        ({"units": frozenset({"ward-7"}), "organisations": frozenset({"unn"})}, True),
        ({"organisations": frozenset({"helse-bergen"})}, False),
        ({"units": frozenset({"dps"})}, False),
        ({"tasks": frozenset({"call_patient"})}, False),
    ],
)
def test_it_is_shown_with_its_tasks_where_it_is_for(said: dict[str, Any], fits: bool) -> None:
    found = shown([a_contact(**said)], "consult", [WARD], datetime(2027, 3, 1, 9, tzinfo=OSLO))
    assert bool(found) is fits


def test_what_has_no_number_is_shown_only_where_nothing_has_one() -> None:
    frame, own = a_contact("frame", phone=""), a_contact("own")
    at = datetime(2027, 3, 1, 9, tzinfo=OSLO)
    assert shown([frame], "consult", [WARD], at) == [frame]
    assert shown([frame, own], "consult", [WARD], at) == [own]
