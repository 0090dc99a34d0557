"""Who may be told what, by values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from bindeledd.features.relatives.domain import (
    Carer,
    Consent,
    ConsentBackwards,
    ConsentNotFound,
    ConsentWithdrawn,
    Family,
    NobodyNamed,
    Objection,
    Relative,
    Share,
    YearMakesNoSense,
    Young,
    check,
    check_consent,
    check_family,
    child_contact,
    has_minors,
    may_be_told,
    withdraw,
)
from bindeledd.features.relatives.domain.bundles import (
    family_bundle,
    person_bundle,
    read_family,
    with_person,
)

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 31)


def a_consent(**changes: object) -> Consent:
    said: dict[str, object] = {"id": uuid4(), "what": (Share.PLAN,), "since": FIRST}
    return Consent(**(said | changes))  # type: ignore[arg-type]


def a_relative(*consents: Consent, **changes: object) -> Relative:
    said: dict[str, object] = {
        "id": uuid4(),
        "tenant_id": uuid4(),
        "patient_id": uuid4(),
        "name": "Máret",
        "relation": "søster",
        "made_at": MONDAY,
        "consents": consents,
    }
    return Relative(**(said | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (date(2026, 3, 1), False),
        (FIRST, True),
        (LAST, True),
        (date(2026, 4, 1), False),
    ],
)
def test_a_consent_holds_from_its_first_day_to_its_last(on: date, holds: bool) -> None:
    assert a_consent(until=LAST).holds(on) is holds


def test_a_consent_without_an_end_goes_on_until_it_is_withdrawn() -> None:
    consent = a_consent()
    relative = withdraw(a_relative(consent), consent.id, date(2026, 5, 4))

    assert relative.consents[0].holds(date(2026, 5, 3))
    assert not relative.consents[0].holds(date(2026, 5, 4))


def test_s089_a_consent_covers_what_it_names_and_nothing_else() -> None:
    relative = a_relative(a_consent(), a_consent(what=(Share.CONTACT,), until=FIRST))

    assert may_be_told(relative, Share.PLAN, LAST)
    assert may_be_told(relative, Share.CONTACT, FIRST)
    assert not may_be_told(relative, Share.CONTACT, LAST)
    assert not may_be_told(relative, Share.CONDITION, FIRST)


@pytest.mark.parametrize(
    "changes",
    [{"unsafe_to_contact": True}, {"unreadable": True}, {"ended_on": FIRST}],
    ids=["unsafe", "unreadable", "ended"],
)
def test_no_consent_stands_above_what_makes_it_unsafe(changes: dict[str, object]) -> None:
    relative = replace(a_relative(a_consent()), **changes)  # type: ignore[arg-type]

    assert not may_be_told(relative, Share.PLAN, FIRST)


def test_without_consent_nothing_is_told() -> None:
    assert not any(may_be_told(a_relative(), what, FIRST) for what in Share)


def test_a_consent_is_withdrawn_once() -> None:
    consent = a_consent()
    relative = withdraw(a_relative(consent), consent.id, LAST)

    with pytest.raises(ConsentWithdrawn):
        withdraw(relative, consent.id, LAST)
    with pytest.raises(ConsentNotFound):
        withdraw(relative, uuid4(), LAST)


@pytest.mark.parametrize("wrong", [{"what": ()}, {"until": date(2026, 3, 1)}])
def test_a_consent_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConsentBackwards):
        check_consent(a_consent(**wrong))


def test_a_relative_needs_a_name_or_a_relation() -> None:
    assert check(a_relative(name="", relation=" mor ")).relation == "mor"
    with pytest.raises(NobodyNamed):
        check(a_relative(name=" ", relation=""))


@pytest.mark.parametrize("year", [1902, 2027])
def test_a_birth_year_of_nobody_alive_is_refused(year: int) -> None:
    with pytest.raises(YearMakesNoSense):
        check_family(Family(siblings=(Young(born_year=year),)), FIRST)


def test_number_and_birth_years_are_all_that_is_kept_of_children() -> None:
    family = Family(children=(Young(born_year=2015), Young()), child_contact_told=True)

    assert check_family(family, FIRST) == family
    assert family_bundle(family)["children"] == [2015, None]
    assert read_family(family_bundle(family)) == family


def test_what_is_sealed_of_a_relative_is_read_back_whole() -> None:
    consent = a_consent(until=LAST, words="bare om timene")
    objection = Objection(since=FIRST, words="bor hos far", respected=True, decided_by=uuid4())
    relative = a_relative(
        consent,
        phone="41234567",
        nearest=True,
        words="ring helst etter 16",
        carer=Carer.PARENTAL_RESPONSIBILITY,
        objection=objection,
    )
    bare = replace(relative, name="", relation="", phone="", nearest=False, words="", consents=())
    bare = replace(bare, carer=None, objection=None)

    assert with_person(bare, person_bundle(relative)) == relative


@pytest.mark.parametrize(
    ("children", "siblings", "known"),
    [
        ((Young(born_year=2015),), None, True),
        ((Young(),), (), True),
        ((Young(born_year=1990),), (), False),
        ((Young(born_year=2008),), (), True),  # turns 18 this year: perhaps tomorrow
        ((), (Young(born_year=2020),), True),
        ((), (), False),
        ((), None, None),
        (None, None, None),
    ],
)
def test_whether_there_are_minors_is_known_only_where_both_groups_are(
    children: tuple[Young, ...] | None, siblings: tuple[Young, ...] | None, known: bool | None
) -> None:
    family = Family(children=children, siblings=siblings)
    assert has_minors(family, date(2026, 5, 1), under=18) is known


@pytest.mark.parametrize(
    ("told", "minors", "said"),
    [
        (True, True, "yes"),
        (False, True, "no"),
        (False, None, "no"),
        (False, False, "nobody"),
        (None, True, None),
    ],
)
def test_whether_whoever_is_responsible_for_children_was_told(
    told: bool | None, minors: bool | None, said: str | None
) -> None:
    assert child_contact(Family(child_contact_told=told), minors=minors) == said
