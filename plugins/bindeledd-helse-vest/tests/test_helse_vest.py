"""The routine of Helse Vest for acute wards: what it asks for, of whom, and what it leaves alone."""

from __future__ import annotations

import pytest

from bindeledd.plugin.testing import is_kept

ACUTE = {"unit_kind": "acute_ward", "organisation": "helse-bergen"}
EXACTLY_THREE = ("gp", "municipal_mental_health", "specialist_mental_health")


def test_s064_time_in_hand_is_a_must_from_acute_wards(routine):
    """S-064."""
    gate = routine("helse-vest", **ACUTE).find("appointment_given")
    assert str(gate.strength) == "must"
    assert gate.basis.kind == "region"
    assert "S-064" in gate.basis.source


@pytest.mark.parametrize("kind", EXACTLY_THREE)
def test_s049_a_named_receiver_of_the_three_kinds_keeps_the_gate(routine, kind):
    """S-049."""
    gate = routine("helse-vest", **ACUTE).find("receiver_named")
    assert str(gate.strength) == "must"
    assert is_kept(gate, "receiver_named", receiver_kind=kind)


@pytest.mark.parametrize("kind", ["municipality", "other", "none", "family", None])
def test_no_other_receiver_keeps_it(routine, kind):
    gate = routine("helse-vest", **ACUTE).find("receiver_named")
    assert not is_kept(gate, "receiver_named", receiver_kind=kind)
    assert not is_kept(gate, "receiver_named")


def test_s049_there_are_exactly_three_kinds(routine):
    gate = routine("helse-vest", **ACUTE).find("receiver_named")
    assert gate.evidence["receiver_kind"] == frozenset(EXACTLY_THREE)


def test_the_receiver_confirms_and_we_say_how_we_know(routine, gathered):
    gate = routine("helse-vest", **ACUTE).find("helse-vest.receiver-confirmed")
    field = gathered("helse-vest").fields_asked_with("receiver_named")[0]
    assert str(gate.strength) == "should"
    assert is_kept(gate, "receiver_named", helse_vest_confirmed="by_phone")
    assert not is_kept(gate, "receiver_named", helse_vest_confirmed="not_yet")
    assert gate.evidence[field.key] < {option.value for option in field.options}


def test_a_row_that_nobody_has_read_in_the_original_is_shown_as_such(routine):
    pathway = routine("helse-vest", **ACUTE)
    for key in ("appointment_given", "receiver_named", "helse-vest.receiver-confirmed"):
        assert pathway.find(key).basis.shown_as_default


@pytest.mark.parametrize("kind", ["ward", "dps", "municipal", "emergency"])
def test_other_units_keep_the_national_routine(routine, kind):
    where = {**ACUTE, "unit_kind": kind}
    assert routine("helse-vest", **where) == routine(**where)


@pytest.mark.parametrize("organisation", ["vestre-viken", "unn", None])
def test_the_acute_wards_of_other_regions_keep_the_national_routine(routine, organisation):
    where = {**ACUTE, "organisation": organisation}
    assert routine("helse-vest", **where) == routine(**where)


@pytest.mark.parametrize(
    "organisation", ["helse-bergen", "helse-fonna", "helse-forde", "helse-stavanger"]
)
def test_s064_it_holds_in_each_of_the_four_trusts(routine, organisation):
    gate = routine("helse-vest", **{**ACUTE, "organisation": organisation}).find(
        "appointment_given"
    )
    assert str(gate.strength) == "must"


def test_nothing_national_is_lost_or_later(without_and_with):
    before, after = without_and_with("helse-vest", **ACUTE)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_a_discharge_on_the_wednesday_before_easter(timeline, a_discharge):
    owed = timeline("helse-vest", discharge=a_discharge("2027-03-24T15:00", **ACUTE))
    assert {"appointment_given", "receiver_named"} <= set(owed.keys_of("must"))
    assert owed["helse-vest.receiver-confirmed"].source.startswith("S-049")


def test_the_four_trusts_are_known_by_their_numbers(gathered):
    known = {one.name: dict(one.points)["ENH"] for one in gathered("helse-vest").organisations}
    assert known == {
        "Helse Bergen HF": "983974724",
        "Helse Stavanger HF": "983974678",
        "Helse Fonna HF": "983974694",
        "Helse Førde HF": "983974732",
    }
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    for number in known.values():
        assert (
            sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True)) % 11
            == 0
        )


def test_every_rule_says_where_it_comes_from(gathered):
    layer = gathered("helse-vest").book.layers[0]
    bases = [gate.basis for gate in layer.gates] + [w.fields["basis"] for w in layer.tightenings]
    assert [basis for basis in bases if not basis.source.startswith("S-0")] == []
