"""Who may be told what, and which rule says so: by age, consent, responsibility and safety."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.pathways.service import load_book
from bindeledd.features.patients.domain import BornHow, HeldIdentifier, Identity
from bindeledd.features.patients.domain.ages import years_on
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.relatives.domain import (
    Carer,
    Consent,
    Objection,
    ObjectionBackwards,
    Relative,
    Share,
    decide_objection,
    end_objection,
    object_to,
)
from bindeledd.features.relatives.domain.telling import (
    Age,
    Band,
    May,
    Topic,
    Why,
    age_of,
    may_know,
    told,
)

TODAY = date(2027, 3, 1)
RULES = load_book().kin
ALL = {Topic.CONTACT, Topic.APPOINTMENTS, Topic.PLAN, Topic.CONDITION}
PARENT = Carer.PARENTAL_RESPONSIBILITY


def somebody(**said: object) -> Relative:
    plain: dict[str, object] = {
        "id": uuid4(),
        "tenant_id": uuid4(),
        "patient_id": uuid4(),
        "name": "Inga",
        "made_at": datetime(2027, 2, 1, tzinfo=UTC),
    }
    return Relative(**(plain | said))  # type: ignore[arg-type]


def of_age(years: int, how: BornHow | None = BornHow.REGISTER, days: int = 0) -> Age:
    """Somebody who had this birthday so many days ago."""
    born = TODAY.replace(year=TODAY.year - years) - timedelta(days=days)
    return age_of(Identity(full="Kari", born_on=born, born_how=how), RULES, TODAY)


def why(relative: Relative, age: Age) -> dict[Topic, Why]:
    return {one.topic: one.why for one in told(relative, age, RULES, TODAY)}


def told_to(relative: Relative, age: Age) -> set[Topic]:
    return set(may_know(told(relative, age, RULES, TODAY)))


# --- the age --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (11, Band.CHILD),
        (12, Band.MAY_OBJECT),
        (15, Band.MAY_OBJECT),
        (16, Band.DECIDES),
        (17, Band.DECIDES),
        (18, Band.ADULT),
    ],
)
def test_an_age_begins_on_its_birthday_and_not_a_day_before(years: int, band: Band) -> None:
    born = TODAY.replace(year=TODAY.year - years)
    who = Identity(full="Kari", born_on=born, born_how=BornHow.PERSON_SAID)

    assert age_of(who, RULES, TODAY).band is band
    assert age_of(who, RULES, TODAY).years == years
    assert age_of(who, RULES, TODAY - timedelta(days=1)).years == years - 1


def test_whoever_is_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    leap = date(2012, 2, 29)

    assert (years_on(leap, date(2027, 2, 28)), years_on(leap, date(2027, 3, 1))) == (14, 15)


def test_no_age_is_ever_read_from_a_number() -> None:
    number = Identifier(kind=IdentifierKind.FNR, value="01031450000")
    who = Identity(full="Kari", identifiers=(HeldIdentifier(identifier=number),))

    assert age_of(who, RULES, TODAY) == Age(band=Band.UNKNOWN)


@pytest.mark.parametrize(
    "who",
    [
        None,
        Identity(full="Kari"),
        Identity(full="Kari", born_on=date(2014, 1, 1)),
        Identity(full="Kari", born_on=date(2028, 1, 1), born_how=BornHow.MESSAGE),
    ],
    ids=["unreadable", "no date", "nobody knows where it is from", "not born"],
)
def test_an_age_that_is_not_known_is_unknown(who: Identity | None) -> None:
    assert age_of(who, RULES, TODAY).band is Band.UNKNOWN


def test_an_estimate_counts_only_where_the_answer_is_the_same_around_it() -> None:
    near, far = of_age(17, BornHow.ESTIMATED), of_age(40, BornHow.ESTIMATED)

    assert (near.band, near.years, near.estimated_too_near) == (Band.UNKNOWN, 17, True)
    assert (far.band, far.estimated_too_near) == (Band.ADULT, False)


def test_without_rules_nobody_is_told_anything_by_age() -> None:
    parent, age = somebody(carer=PARENT), age_of(Identity(full="Kari"), None, TODAY)

    assert may_know(told(parent, age, None, TODAY)) == []


# --- parents --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "may", "because"),
    [
        (11, ALL | {Topic.RESPONSIBILITY}, Why.PARENTS_INFORMED),
        (14, ALL | {Topic.RESPONSIBILITY}, Why.PARENTS_INFORMED),
        (16, {Topic.RESPONSIBILITY}, Why.OWN_DECISION),
        (17, {Topic.RESPONSIBILITY}, Why.OWN_DECISION),
        (18, set(), Why.NO_CONSENT),
    ],
)
def test_s151_rp10_what_a_parent_is_told_without_consent_goes_by_the_age(
    years: int, may: set[Topic], because: Why
) -> None:
    parent, age = somebody(carer=PARENT), of_age(years)

    assert told_to(parent, age) == may
    assert why(parent, age)[Topic.CONDITION] is because


@pytest.mark.parametrize("years", [11, 14, 17])
def test_each_line_says_on_what_it_rests(years: int) -> None:
    lines = told(somebody(carer=PARENT), of_age(years), RULES, TODAY)

    assert all(one.basis is not None and one.basis.source for one in lines)
    assert {
        one.basis.source for one in lines if one.basis and one.topic is Topic.RESPONSIBILITY
    } == {"RP-10"}


@pytest.mark.parametrize(
    ("respected", "may", "because"),
    [
        (None, {Topic.RESPONSIBILITY}, Why.UNDECIDED),
        (True, {Topic.RESPONSIBILITY}, Why.RESPECTED),
        (False, ALL | {Topic.RESPONSIBILITY}, Why.NOT_RESPECTED),
    ],
    ids=["nobody has decided", "respected", "not respected"],
)
def test_an_objection_between_12_and_16_withholds_until_a_clinician_says_otherwise(
    respected: bool | None, may: set[Topic], because: Why
) -> None:
    objection = Objection(since=TODAY, respected=respected)
    parent = somebody(carer=PARENT, objection=objection)

    assert told_to(parent, of_age(14)) == may
    assert why(parent, of_age(14))[Topic.PLAN] is because


def test_a_child_below_the_age_that_the_rule_names_withholds_nothing() -> None:
    parent = somebody(carer=PARENT)
    objects = replace(parent, objection=Objection(since=TODAY, respected=True))

    assert why(objects, of_age(11)) == why(parent, of_age(11))


def objected_to(respected: bool | None, carer: Carer = PARENT) -> Relative:
    """Somebody with a consent from before the person objected."""
    consent = Consent(id=uuid4(), what=tuple(Share), since=TODAY - timedelta(days=9))
    said = Objection(since=TODAY - timedelta(days=3), respected=respected)
    return somebody(carer=carer, consents=(consent,), objection=said)


@pytest.mark.parametrize("carer", [PARENT, Carer.DAILY_CARE])
@pytest.mark.parametrize("respected", [True, None], ids=["respected", "undecided"])
@pytest.mark.parametrize("years", [12, 15, 16, 17, 18])
def test_no_birthday_opens_what_an_objection_hid(
    years: int, respected: bool | None, carer: Carer
) -> None:
    assert told_to(objected_to(respected, carer), of_age(years)) <= {Topic.RESPONSIBILITY}


def test_an_objection_withholds_where_the_age_is_not_known() -> None:
    assert told_to(objected_to(True), Age(band=Band.UNKNOWN)) == set()


def test_past_the_ages_of_the_rule_it_says_that_it_stands_until_the_person_says_otherwise() -> None:
    assert why(objected_to(True), of_age(17))[Topic.PLAN] is Why.STANDS


@pytest.mark.parametrize("years", [16, 18])
def test_an_objection_that_is_not_respected_changes_nothing_for_who_decides_alone(
    years: int,
) -> None:
    parent = somebody(carer=PARENT)
    objects = replace(parent, objection=Objection(since=TODAY, respected=False))

    assert why(objects, of_age(years)) == why(parent, of_age(years))


def test_an_objection_stands_above_a_consent_and_falls_with_its_end() -> None:
    consent = Consent(id=uuid4(), what=(Share.PLAN,), since=TODAY)
    parent = somebody(carer=PARENT, consents=(consent,))
    objects = object_to(parent, TODAY, "bor ikke hos ham")

    assert why(objects, of_age(14))[Topic.PLAN] is Why.UNDECIDED
    assert why(end_objection(objects, TODAY), of_age(14))[Topic.PLAN] is Why.CONSENT


def test_an_objection_is_decided_of_once_it_stands() -> None:
    parent, who = somebody(carer=PARENT), uuid4()
    decided = decide_objection(
        object_to(parent, TODAY, ""), respected=True, words="Legen", on=TODAY, by=who
    )

    assert decided.objection == Objection(
        since=TODAY, respected=True, decided_on=TODAY, decided_by=who, decision_words="Legen"
    )
    for wrong in (parent, end_objection(decided, TODAY)):
        with pytest.raises(ObjectionBackwards):
            decide_objection(wrong, respected=True, words="Legen", on=TODAY, by=who)
        with pytest.raises(ObjectionBackwards):
            end_objection(wrong, TODAY)


@pytest.mark.parametrize("years", [11, 14, 17, 18])
def test_one_unsafe_parent_blocks_that_parent_only(years: int) -> None:
    safe = somebody(carer=PARENT)
    unsafe = somebody(carer=PARENT, unsafe_to_contact=True)
    alone = told(safe, of_age(years), RULES, TODAY)

    assert told_to(unsafe, of_age(years)) == set()
    assert set(why(unsafe, of_age(years)).values()) == {Why.GENERAL_IF_ASKED, Why.UNSAFE}
    first, *_, last = told(unsafe, of_age(years), RULES, TODAY)
    assert (first.told, first.why) == (False, Why.UNSAFE)
    assert (last.topic, last.why) == (Topic.GENERAL, Why.GENERAL_IF_ASKED)
    assert told(safe, of_age(years), RULES, TODAY) == alone


# --- others, and what is not known ------------------------------------------------------------------


def test_with_an_unknown_age_a_parent_is_told_nothing_and_the_answer_says_why() -> None:
    lines = why(somebody(carer=PARENT), Age(band=Band.UNKNOWN))

    assert lines.pop(Topic.GENERAL) is Why.GENERAL
    assert set(lines.values()) == {Why.AGE_UNKNOWN}


@pytest.mark.parametrize("years", [11, 14, 17])
def test_whether_somebody_has_parental_responsibility_is_asked_not_guessed(years: int) -> None:
    mother = somebody(relation="mor")

    assert told_to(mother, of_age(years)) == set()
    assert why(mother, of_age(years))[Topic.PLAN] is Why.CARER_NOT_ASKED
    assert why(mother, of_age(18))[Topic.PLAN] is Why.NO_CONSENT
    assert why(replace(mother, carer=Carer.NEITHER), of_age(14))[Topic.PLAN] is Why.NO_CONSENT


def test_with_those_who_have_daily_care_a_plan_is_made_and_no_more_is_said_by_the_source() -> None:
    carer = somebody(carer=Carer.DAILY_CARE)

    assert told_to(carer, of_age(14)) == {Topic.PLAN, Topic.APPOINTMENTS}
    assert why(carer, of_age(14))[Topic.CONDITION] is Why.DAILY_CARE_ONLY
    assert told_to(carer, of_age(18)) == set()


@given(
    carer=st.sampled_from([None, *Carer]),
    years=st.integers(0, 99),
    known=st.booleans(),
    unsafe=st.booleans(),
    ended=st.booleans(),
    respected=st.none() | st.booleans(),
    shares=st.sets(st.sampled_from(Share)),
)
def test_s098_rp11_whoever_it_is_general_information_is_given_and_unsafe_is_above_all(
    carer: Carer | None,
    years: int,
    known: bool,
    unsafe: bool,
    ended: bool,
    respected: bool | None,
    shares: set[Share],
) -> None:
    consent = Consent(id=uuid4(), what=tuple(shares), since=TODAY)
    who = somebody(
        carer=carer,
        unsafe_to_contact=unsafe,
        ended_on=TODAY if ended else None,
        consents=(consent,) if shares else (),
        objection=Objection(since=TODAY, respected=respected),
    )
    age = of_age(years) if known else Age(band=Band.UNKNOWN)
    lines = told(who, age, RULES, TODAY)
    may = set(may_know(lines))

    assert lines[-1 if unsafe else 0] == May(
        topic=Topic.GENERAL,
        told=True,
        why=Why.GENERAL_IF_ASKED if unsafe else Why.GENERAL,
        basis=RULES.general if RULES else None,
    )
    assert not (may and (unsafe or ended))
    if age.band in (Band.ADULT, Band.UNKNOWN):
        assert may <= {Topic(share) for share in shares}


def test_s209_what_may_not_be_shared_is_said_with_its_reason_and_never_left_out() -> None:
    """Nobody has to find out by asking: each thing stands there, with why not, and what would change it."""
    lines = told(somebody(), of_age(40), RULES, TODAY)
    assert {line.topic for line in lines if not line.told} == set(Topic) - {
        Topic.GENERAL,
        Topic.RESPONSIBILITY,
    }
    assert {line.why for line in lines if not line.told} == {Why.NO_CONSENT}
