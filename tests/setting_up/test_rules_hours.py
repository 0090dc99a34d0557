"""Opening hours are asked of a person, and understood as a person writes them."""

from __future__ import annotations

import pytest

from bindeledd.features.staff.domain.hours import hours_said
from bindeledd.setting_up.reading import describe


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("man-fre 08:00-15:30", ["man-fre 08:00-15:30"]),
        ("Mandag til fredag 8-15.30", ["man-fre 08:00-15:30"]),
        ("mandag–torsdag kl. 8–16, fredag 8 til 15", ["man-tor 08:00-16:00", "fre 08:00-15:00"]),
        ("hverdager 7.30-22 og lørdag 10-14", ["man-fre 07:30-22:00", "lør 10:00-14:00"]),
        ("alle dager hele døgnet", ["man-søn 00:00-00:00"]),
        ("måndag til fredag 8-16, laurdag 10-14", ["man-fre 08:00-16:00", "lør 10:00-14:00"]),
        ("kvardagar 8-16", ["man-fre 08:00-16:00"]),
        ("alle dagar heile døgnet", ["man-søn 00:00-00:00"]),
        ("tysdag-laurdag 9-17", ["tir-lør 09:00-17:00"]),
        ("Monday-Friday 8:00-16:00", ["man-fre 08:00-16:00"]),
        ("søn 18-24", ["søn 18:00-00:00"]),
    ],
)
def test_hours_are_understood_as_they_are_typed(typed: str, meant: list[str]) -> None:
    assert hours_said(typed) == meant
    team = {"key": "t", "name": "T", "organisation": "o", "hours": meant}
    assert describe({"team": [team]}).teams[0].hours


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "åpent",
        "8-16",
        "fredag til mandag 8-16",
        "man 25-26",
        "man 8.75-16",
        "jan 8-16",
        "søn 18-24.30",
    ],
)
def test_what_is_not_understood_is_said(typed: str) -> None:
    with pytest.raises(ValueError, match=typed or "^$"):
        hours_said(typed)
