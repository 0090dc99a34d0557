"""Words that tell whoever sees a paper what it is about."""

from __future__ import annotations

import pytest

from bindeledd.foundation.revealing import revealed_by


@pytest.mark.parametrize(
    "text",
    [
        "Psykiatrisk poliklinikk",
        "DPS Nord, 2. etasje",
        "P s y k i a t r i s k ungdomsteam",
        "p.s.y.k.-huset",
        "Ambulant akutt-team: kriseteamet",
        "Poliklinikk for rus",
        "p\u00adsykologen",  # a hyphen that nobody sees
        "SELVMORDSFOREBYGGENDE TEAM",
        "Mental Health Clinic",
        "ｐｓｙｋ",  # wide letters
    ],
)
def test_a_name_that_reveals_is_found_however_it_is_written(text: str) -> None:
    assert revealed_by(text)


@pytest.mark.parametrize(
    "text",
    ["", "Storgata 5, 2. etasje", "Legesenteret", "Berit Hansen", "Rustad skole", "Carmen Talberg"],
)
def test_an_ordinary_place_or_name_reveals_nothing(text: str) -> None:
    assert revealed_by(text) == ""
