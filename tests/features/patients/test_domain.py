"""Phones, names, contact ways and who may be one, by values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest

from bindeledd.features.patients.domain import (
    ContactKind,
    ContactWay,
    HeldIdentifier,
    Identity,
    NoSuchNumber,
    Patient,
    Verified,
    VerifiedHow,
    may_be_one,
    tidy,
    tidy_all,
    with_history,
)
from bindeledd.features.patients.domain.identifiers import classify
from bindeledd.features.patients.domain.names import folded, matches
from bindeledd.features.patients.domain.phones import phone, phone_key, shown
from bindeledd.features.patients.domain.synthetic import complete, synthetic_number
from bindeledd.features.patients.domain.verifying import carry_verification, take_back, verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
RNG = Random(5)  # noqa: S311
TEXTED = Verified(on=MONDAY.date(), how=VerifiedHow.TEXTED)


def a_patient(*, ways: tuple[ContactWay, ...] = (), **identity: object) -> Patient:
    return Patient(
        id=uuid4(),
        tenant_id=uuid4(),
        identity=Identity(**identity),  # type: ignore[arg-type]
        contact_ways=ways,
        version=1,
        made_at=MONDAY,
    )


def held(*, until: datetime | None = None) -> HeldIdentifier:
    return HeldIdentifier(identifier=synthetic_number(RNG), until=until)


# --- phones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("41234567", "+4741234567"),
        ("412 34 567", "+4741234567"),
        ("+47 412 34 567", "+4741234567"),
        ("004741234567", "+4741234567"),
        ("22 33 44 55", "+4722334455"),
        ("+46 70 123 45 67", "+46701234567"),
        ("116117", "116117"),
        ("113", "113"),
    ],
)
def test_a_number_is_normalised_however_it_is_typed(typed: str, value: str) -> None:
    found = phone(typed)

    assert (found.value, found.known) == (value, True)
    assert phone_key(typed) == value


@pytest.mark.parametrize(
    "typed", ["ukjent", "412 34", "ring mor 41234567?", "99 99 99 99 99 99 99"]
)
def test_what_is_unusual_is_kept_as_typed(typed: str) -> None:
    found = phone(typed)

    assert (found.value, found.known) == (typed, False)


@pytest.mark.parametrize("typed", ["", " ", "+", "tlf.", "412 34 567 ext. 12", "\u0664\u0661"])
def test_nothing_that_is_typed_is_refused(typed: str) -> None:
    assert isinstance(phone_key(typed), str)


def test_a_number_among_words_keeps_its_words_and_is_found_by_the_number() -> None:
    assert phone_key("ring mor 412 34 567, etter 16") == "+4741234567"
    assert phone_key("+46 70 123 45 67 (søster)") == "+46701234567"


def test_a_number_is_shown_as_people_write_it_and_with_its_country_abroad() -> None:
    assert shown("+4741234567") == "412 34 567"
    assert shown("+4722334455") == "22 33 44 55"
    assert shown("+46701234567").startswith("+46 ")
    assert shown("spør nabo") == "spør nabo"


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åse", "aase"),
        ("Bjørn", "Bjorn"),
        ("Bjørn", "Björn"),
        ("Bjoern", "bjørn"),
        ("Kjærstad", "Kjaerstad"),
        ("Ánne Bæivi", "anne baeivi"),
        ("Čálliidlágádus", "calliidlagadus"),
        ("Đorvu Ŧ Ŋ", "dorvu t n"),
        ("ÅSE", "åse"),
        ("Nils-Aslak", "nils aslak"),
        ("Ｋａｒｉ", "kari"),
    ],
)
def test_two_ways_to_write_a_name_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_every_word_must_begin_a_word_of_the_name() -> None:
    assert matches("nord kar", "Kari Nordmann")
    assert not matches("nord ola", "Kari Nordmann")
    assert not matches("ordmann", "Kari Nordmann")
    assert not matches("", "Kari Nordmann")


# --- identity -------------------------------------------------------------------------------------


def test_no_value_holds_both_a_protected_address_and_an_address() -> None:
    protected = Identity(address="Storgata 1", municipality="4601", protected_address=True)
    later = replace(Identity(address="Storgata 1"), protected_address=True)
    again = replace(protected, address="Storgata 1")

    for identity in (protected, later, again):
        assert (identity.address, identity.municipality) == (None, None)


def test_the_number_that_holds_now_is_the_latest_without_an_end() -> None:
    old, new = held(until=MONDAY), held()

    assert Identity(identifiers=(old, new)).current == new.identifier
    assert Identity(identifiers=(old,)).current is None


def test_a_number_that_ended_keeps_its_first_end() -> None:
    first = held(until=MONDAY)
    was = Identity(identifiers=(first, held()))

    now = with_history(was, Identity(), MONDAY + timedelta(days=9))

    assert [h.until for h in now.identifiers] == [MONDAY, MONDAY + timedelta(days=9)]


# --- contact ways ---------------------------------------------------------------------------------


def test_the_same_number_twice_is_kept_once_as_first_said() -> None:
    ways = (ContactWay(value="41234567", label="eget"), ContactWay(value="+47 412 34 567"))

    assert [way.label for way in tidy_all(ways)] == ["eget"]
    assert tidy_all((ContactWay(value="  "),)) == ()


def test_an_unusual_number_is_marked_and_unverified() -> None:
    way = tidy(ContactWay(value="412 34"))

    assert (way.usual, way.verified_on) == (False, None)


def test_a_new_number_does_not_inherit_that_the_old_one_was_verified() -> None:
    old = verify((tidy(ContactWay(value="41234567")),), "41234567", TEXTED)
    new = tidy_all((ContactWay(value="41234568"), ContactWay(value="412 34 567")))

    carried = carry_verification(old, new)

    assert [way.verified_on for way in carried] == [None, MONDAY.date()]


def test_a_number_that_is_not_there_cannot_be_verified() -> None:
    mail = ContactWay(kind=ContactKind.EMAIL, value="a@example.test")

    with pytest.raises(NoSuchNumber):
        verify((mail,), "41234567", TEXTED)


def test_a_test_that_was_a_mistake_leaves_the_number_as_it_was_before() -> None:
    first, second = uuid4(), uuid4()
    ways = (tidy(ContactWay(value="41234567")), ContactWay(value="22334455"))
    rung = replace(TEXTED, how=VerifiedHow.RUNG, event=first)
    again = Verified(on=date(2026, 3, 4), how=VerifiedHow.TEXTED, event=second)
    tried = verify(verify(ways, "41234567", rung), "41234567", again)

    assert tried[0].verified == again
    assert take_back(tried, {second})[0].verified == rung
    assert take_back(tried, {first})[0].verified == again
    assert take_back(tried, {first, second}) == ways


def test_what_is_known_of_a_number_goes_on_when_more_is_said_of_it() -> None:
    old = verify((tidy(ContactWay(value="41234567")),), "41234567", TEXTED)
    rung = Verified(on=date(2026, 3, 4), how=VerifiedHow.RUNG)

    said = carry_verification(old, (tidy(ContactWay(value="412 34 567", tested=(rung,))),))
    silent = carry_verification(said, (tidy(ContactWay(value="412 34 567")),))

    assert said[0].tested == silent[0].tested == (TEXTED, rung)


# --- possible duplicates --------------------------------------------------------------------------

HOME = (ContactWay(value="+4741234567"),)


def test_a_number_in_common_is_enough_also_one_that_has_ended() -> None:
    number = held()
    a = a_patient(identifiers=(number,), full="Kari")
    b = a_patient(identifiers=(replace(number, until=MONDAY),), full="Ola")

    assert may_be_one(a, b)
    assert may_be_one(b, a)


@pytest.mark.parametrize(
    ("name", "born", "expected"),
    [
        ("Åse Lie", date(1990, 1, 1), True),
        ("Aase Lie", date(1990, 1, 1), True),
        ("Åse Lie", None, True),
        ("Åse Lie", date(1960, 1, 1), False),
        ("Per Lie", date(1990, 1, 1), False),
        ("", None, False),
    ],
)
def test_a_phone_in_common_needs_the_name_and_no_other_birth_date(
    name: str, born: date | None, expected: bool
) -> None:
    a = a_patient(full="Åse Lie", born_on=date(1990, 1, 1), ways=HOME)
    b = a_patient(full=name, born_on=born, ways=HOME)

    assert may_be_one(a, b) is expected


def test_the_same_name_alone_is_nothing() -> None:
    assert not may_be_one(a_patient(full="Åse Lie"), a_patient(full="Åse Lie"))


BORN = date(1990, 1, 1)


@pytest.mark.parametrize(
    ("name", "born", "expected"),
    [
        ("Aase Lie", BORN, True),
        ("Åse Lie", date(1990, 1, 2), False),
        ("Åse Lie", None, False),
        ("Per Lie", BORN, False),
    ],
)
def test_the_same_name_and_day_of_birth_is_looked_at(
    name: str, born: date | None, expected: bool
) -> None:
    a = a_patient(full="Åse Lie", born_on=BORN)

    assert may_be_one(a, a_patient(full=name, born_on=born)) is expected


def born_then() -> list[HeldIdentifier]:
    """Numbers of several who were born that day."""
    made = [number for serial in range(100, 150) if (number := complete(f"018190{serial}"))]
    return [HeldIdentifier(identifier=classify(one, allow_synthetic=True)) for one in made]


def test_the_day_in_a_number_counts_as_the_day_that_is_said() -> None:
    known = a_patient(full="Åse Lie", identifiers=(born_then()[0],))

    assert may_be_one(known, a_patient(full="Åse Lie", born_on=BORN))
    assert not may_be_one(known, a_patient(full="Åse Lie", born_on=BORN + timedelta(days=1)))


def test_two_with_a_national_number_each_are_two() -> None:
    a, b = (a_patient(full="Åse Lie", identifiers=(one,)) for one in born_then()[:2])

    assert not may_be_one(a, b)


def test_who_cannot_be_read_is_not_guessed_about() -> None:
    a = a_patient(full="Åse Lie", ways=HOME)

    assert not may_be_one(a, replace(a, id=uuid4(), identity=None))
    assert replace(a, identity=None).address_protected
