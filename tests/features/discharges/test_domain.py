"""What a list is laid beside: names, and when those who bear them went home."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.discharges.domain import Register, Why, read_line
from bindeledd.features.patients.domain.names import folded
from bindeledd.foundation.sheets import Line
from bindeledd.foundation.spelling import OSLO

AT = datetime(2027, 2, 20, 14, tzinfo=UTC)
DAY = timedelta(days=1)
REGISTER = Register(went_home={folded("Ane Prøve"): (AT - 30 * DAY, AT)})


@pytest.mark.parametrize("name", ["Ane Prøve", "Prøve, Ane", "  ane  PRØVE "])
@pytest.mark.parametrize(("away", "known"), [(-DAY, True), (DAY, True), (2 * DAY, False)])
def test_a_name_is_known_either_way_round_and_within_a_day(
    name: str, away: timedelta, known: bool
) -> None:
    assert REGISTER.knows(name, AT + away) is known


def test_another_name_and_nobody_are_not_known() -> None:
    assert not REGISTER.knows("Bo Prøve", AT)
    assert not Register().knows("Ane Prøve", AT)


@pytest.mark.parametrize(("cell", "why"), [("", Why.EMPTY), ("snart", Why.NO_DAY)])
def test_a_line_without_a_day_is_told_apart_from_one_whose_day_cannot_be_read(
    cell: str, why: Why
) -> None:
    line = Line(number=2, cells=("Ane Prøve", cell))

    assert read_line(line, ("name", "discharged"), at=AT, zone=OSLO).why is why
