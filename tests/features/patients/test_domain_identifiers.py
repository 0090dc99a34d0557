"""Numbers by table, by Skatteetaten's own rows, and by generated ones of every kind."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from random import Random

import pytest

from bindeledd.features.patients.domain import identifiers
from bindeledd.features.patients.domain.identifiers import (
    AssignerMissing,
    Identifier,
    IdentifierKind,
    SyntheticRefused,
    WrongCheckDigit,
    WrongDate,
    WrongHprNumber,
    WrongLength,
    WrongOrganisationNumber,
    classify,
    hpr_number,
    organisation_number,
    stated,
)
from bindeledd.features.patients.domain.synthetic import complete, synthetic_number
from bindeledd.foundation.errors import Invalid

RNG = Random(2032)  # noqa: S311


def numbers(day: int, month: int, *, rest: int, count: int = 20) -> list[str]:
    """Numbers of this day and month whose first check digit has `rest`."""
    made = [
        complete(f"{day:02}{month:02}{RNG.randrange(100):02}{RNG.randrange(1000):03}", rest=rest)
        for _ in range(count * 3)
    ]
    return [number for number in made if number][:count]


# --- the official rows ----------------------------------------------------------------------------

SAMPLES = os.environ.get("BINDELEDD_SAMPLES")


@pytest.mark.skipif(not SAMPLES, reason="BINDELEDD_SAMPLES is not set: 10 official rows left out")
def test_skatteetatens_own_rows_come_out_as_they_say() -> None:
    file = Path(SAMPLES or "") / "identifiers" / "skatteetaten-foedselsnummer.csv"
    with file.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            number = row["fødselsnummer"]
            if row["erGyldig"] == "true":
                found = classify(number, allow_synthetic=True)
                assert found.synthetic is (row["erSyntetisk"] == "true"), row["beskrivelse"]
            else:
                with pytest.raises(Invalid):
                    classify(number, allow_synthetic=True)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("13116900216", IdentifierKind.FNR),
        ("15076500565", IdentifierKind.FNR),
        ("21016400952", IdentifierKind.FNR),
        ("12057900499", IdentifierKind.FNR),
        ("70019950032", IdentifierKind.D_NUMBER),
        ("21030550231", IdentifierKind.FNR),
    ],
)
def test_the_official_test_people_are_ordinary_numbers(number: str, kind: IdentifierKind) -> None:
    assert classify(number, allow_synthetic=False) == Identifier(kind=kind, value=number)


# --- the rule of today and that of 2032 -----------------------------------------------------------


@pytest.mark.parametrize("rest", range(4))
@pytest.mark.parametrize(("day", "kind"), [(17, IdentifierKind.FNR), (57, IdentifierKind.D_NUMBER)])
def test_the_first_check_digit_may_have_a_rest_of_none_to_three(
    rest: int, day: int, kind: IdentifierKind
) -> None:
    for number in numbers(day, 5, rest=rest):
        assert classify(number, allow_synthetic=False).kind is kind


@pytest.mark.parametrize("rest", range(4, 11))
def test_any_other_rest_is_a_wrong_check_digit(rest: int) -> None:
    for number in numbers(17, 5, rest=rest):
        with pytest.raises(WrongCheckDigit):
            classify(number, allow_synthetic=False)


def test_the_second_check_digit_has_one_value_only() -> None:
    for number in numbers(17, 5, rest=0) + numbers(17, 5, rest=3):
        accepted = [digit for digit in "0123456789" if is_accepted(number[:10] + digit)]
        assert accepted == [number[10]]


def is_accepted(number: str) -> bool:
    try:
        classify(number, allow_synthetic=True)
    except Invalid:
        return False
    return True


def test_every_slip_of_one_digit_is_found_in_numbers_of_today_but_for_the_first_check_digit() -> (
    None
):
    """The second check digit catches what the widened first one lets through."""
    for number in numbers(17, 5, rest=0, count=10):
        for place in range(11):
            for digit in "0123456789":
                changed = number[:place] + digit + number[place + 1 :]
                if changed != number and changed[0] not in "89":
                    assert not is_accepted(changed), changed


# --- series ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "month"),
    [(17, 85), (57, 85), (57, 45)],
    ids=["Tenor", "D-number in Tenor", "D-number at NAV"],
)
@pytest.mark.parametrize("rest", range(4))
def test_a_synthetic_number_is_taken_in_test_and_refused_in_production(
    day: int, month: int, rest: int
) -> None:
    for number in numbers(day, month, rest=rest, count=5):
        assert classify(number, allow_synthetic=True).synthetic
        with pytest.raises(SyntheticRefused):
            classify(number, allow_synthetic=False)


def test_month_plus_forty_is_a_help_number_with_its_assigner_and_else_of_navs_series() -> None:
    for number in numbers(17, 45, rest=0):
        helped = classify(number, allow_synthetic=False, assigner="Helse Bergen")
        assert (helped.kind, helped.synthetic) == (IdentifierKind.H_NUMBER, False)
        assert classify(number, allow_synthetic=True).synthetic
        with pytest.raises(AssignerMissing):
            classify(number, allow_synthetic=False)


@pytest.mark.parametrize("offset", [20, 60, 65])
def test_a_month_of_no_series_in_use_is_no_date(offset: int) -> None:
    for number in numbers(17, 5 + offset, rest=0, count=5):
        with pytest.raises(WrongDate):
            classify(number, allow_synthetic=True)


@pytest.mark.parametrize(("day", "month"), [(0, 1), (32, 1), (31, 4), (30, 2), (10, 0), (10, 13)])
def test_a_day_that_never_was_is_no_date(day: int, month: int) -> None:
    for number in numbers(day, month, rest=0, count=3):
        with pytest.raises(WrongDate):
            classify(number, allow_synthetic=True)


def test_the_29th_of_february_is_a_date_only_in_leap_years_of_any_century() -> None:
    for year in range(100):
        number = next(n for i in range(1000) if (n := complete(f"2902{year:02}{i:03}")) is not None)
        if year % 4:
            with pytest.raises(WrongDate):
                classify(number, allow_synthetic=True)
        else:
            assert classify(number, allow_synthetic=True).kind is IdentifierKind.FNR


def test_an_fh_number_holds_no_date_and_keeps_the_rule_of_today() -> None:
    taken = [complete(f"{RNG.choice('89')}{RNG.randrange(10**8):08}") for _ in range(50)]
    for number in filter(None, taken):
        assert classify(number, allow_synthetic=False).kind is IdentifierKind.FH_NUMBER
    for number in filter(None, [complete(f"9{RNG.randrange(10**8):08}", rest=2) for _ in range(9)]):
        with pytest.raises(WrongCheckDigit):
            classify(number, allow_synthetic=False)


def test_a_duf_number_has_twelve_digits_and_its_own_check() -> None:
    assert classify("201012345610", allow_synthetic=False).kind is IdentifierKind.DUF
    with pytest.raises(WrongCheckDigit):
        classify("201012345611", allow_synthetic=False)


# --- how it is typed ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["131169 00216", " 13.11.69-00216 ", "13116900216\u00a0"])
def test_spaces_dots_and_hyphens_are_left_out(text: str) -> None:
    assert classify(text, allow_synthetic=False).value == "13116900216"


@pytest.mark.parametrize(
    "text", ["", "1311690021", "1311690021600", "1311690021O", "١٣١١٦٩٠٠٢١٦", "13116900216\n1"]
)
def test_anything_else_has_the_wrong_length_and_is_not_repeated_in_the_refusal(text: str) -> None:
    with pytest.raises(WrongLength) as refused:
        classify(text, allow_synthetic=False)

    assert set(refused.value.facts) == {"digits"}


def test_a_refusal_carries_no_digit_of_the_number() -> None:
    for wrong in ("13116900217", "32116900216", "81116900216"):
        with pytest.raises(Invalid) as refused:
            classify(wrong, allow_synthetic=False)
        assert refused.value.facts == {}


def test_a_number_says_neither_sex_nor_birth_date() -> None:
    found = classify("13116900216", allow_synthetic=False)

    assert set(vars(found)) == {"kind", "value", "synthetic", "assigner"}
    names = " ".join(vars(identifiers)).casefold()
    assert not any(word in names for word in ("sex", "gender", "birth", "born", "kjonn"))


def test_a_message_says_of_which_type_a_number_is() -> None:
    fnr = stated("FNR", "13116900216", allow_synthetic=False)
    local = stated("HNR", "A 17/03", allow_synthetic=False, assigner="Helse Bergen")
    foreign = stated("PNR", "SE 640823-3234", allow_synthetic=False)

    assert fnr.kind is IdentifierKind.FNR
    assert (local.kind, local.value) == (IdentifierKind.H_NUMBER, "A 17/03")
    assert (foreign.kind, foreign.assigner) == (IdentifierKind.OTHER, "PNR")
    with pytest.raises(AssignerMissing):
        stated("HNR", "A 17/03", allow_synthetic=False)


def test_a_d_number_that_a_message_calls_a_birth_number_is_a_d_number() -> None:
    assert stated("FNR", "70019950032", allow_synthetic=False).kind is IdentifierKind.D_NUMBER


# --- made for tests and the demo ------------------------------------------------------------------


@pytest.mark.parametrize("series", [40, 80])
@pytest.mark.parametrize("d_number", [False, True])
@pytest.mark.parametrize("rest", range(4))
def test_a_made_number_is_taken_as_synthetic_and_never_in_production(
    series: int, d_number: bool, rest: int
) -> None:
    for seed in range(25):
        made = synthetic_number(
            Random(seed),  # noqa: S311
            d_number=d_number,
            series=series,
            rest=rest,
        )
        assert classify(made.value, allow_synthetic=True) == made
        with pytest.raises((SyntheticRefused, AssignerMissing)):
            classify(made.value, allow_synthetic=False)


def test_the_same_seed_makes_the_same_numbers_and_enough_of_them() -> None:
    rng = Random(1)  # noqa: S311
    made = [synthetic_number(rng).value for _ in range(2000)]
    again = Random(1)  # noqa: S311

    assert made[:20] == [synthetic_number(again).value for _ in range(20)]
    assert len(set(made)) > 1990


# --- organisations and professionals --------------------------------------------------------------


def test_an_organisation_number_begins_with_eight_or_nine() -> None:
    assert organisation_number("974 760 673") == "974760673"
    for wrong in ("974760674", "97476067", "", "123456785"):
        with pytest.raises(WrongOrganisationNumber):
            organisation_number(wrong) if wrong else organisation_number("9747606730")


@pytest.mark.parametrize("text", ["9144900", "9144897", "123456789"])
def test_a_number_of_health_personnel_has_seven_to_nine_digits(text: str) -> None:
    assert hpr_number(text) == text


@pytest.mark.parametrize("text", ["123456", "1234567890", "0000000"])
def test_any_other_length_is_no_number_of_health_personnel(text: str) -> None:
    with pytest.raises(WrongHprNumber):
        hpr_number(text)
