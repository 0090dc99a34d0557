"""The regional plan of Helse Sør-Øst: what it asks for, where, and what nobody has confirmed."""

from __future__ import annotations

import pytest

from bindeledd.plugin.testing import is_kept

PACK = "helse-sor-ost"
WARD = {"unit_kind": "acute_ward", "organisation": "vestre-viken"}
SOMATIC = {"unit_kind": "emergency_department", "organisation": "sykehuset-telemark"}


def key(name: str) -> str:
    return f"{PACK}.{name}"


@pytest.fixture
def course(a_course):
    """Somebody in an acute ward of the region."""
    return a_course(PACK, **WARD).begun()


# --- at discharge ---------------------------------------------------------------------------------


def test_s047_the_summary_leaves_with_the_person(timeline, a_discharge, routine):
    left = a_discharge("2027-03-24T15:00", **WARD)
    assert timeline(PACK, discharge=left)["summary_sent"].due_at == left.at
    gate = routine(PACK, **WARD).find("summary_sent")
    assert (str(gate.strength), str(gate.deadline_basis.kind)) == ("must", "region")
    assert gate.basis.kind == "law"


def test_s047_it_is_late_the_moment_the_discharge_is_written_down(course):
    course.later(days=2).tell("discharged")
    assert course.owed["summary_sent"].due_at < course.now
    course.tell("summary_sent")
    assert "summary_sent" not in course.owed


def test_s048_the_plan_is_of_this_stay_and_holds_municipal_measures(routine):
    gate = routine(PACK, **WARD).find(key("plan-updated"))
    assert is_kept(gate, "plan_offered", hso_plan="updated", hso_municipal_measure="with_owner")
    assert is_kept(gate, "plan_offered", hso_plan="updated", hso_municipal_measure="not_wanted")
    assert not is_kept(gate, "plan_offered", hso_plan="updated", hso_municipal_measure="not_yet")
    assert not is_kept(
        gate, "plan_offered", hso_plan="not_updated", hso_municipal_measure="with_owner"
    )
    assert not is_kept(gate, "plan_offered")


def test_s048_what_is_missing_at_the_discharge_is_owed(course):
    course.tell("plan_offered", hso_plan="updated")
    course.later(days=1).tell("discharged")
    assert {"plan-updated", "plan-with-kin", "kin-heard"} <= course.owed_by(PACK)


def test_s082_the_plan_shows_whether_relatives_took_part(routine):
    gate = routine(PACK, **WARD).find(key("plan-with-kin"))
    for said in ("involved", "refused", "nobody"):
        assert is_kept(gate, "plan_offered", hso_plan_kin=said)
    assert not is_kept(gate, "plan_offered", hso_plan_kin="not_asked")
    assert str(gate.strength) == "should"


def test_s026_relatives_are_heard_when_risk_is_assessed(routine):
    gate = routine(PACK, **WARD).find(key("kin-heard"))
    for said in ("heard", "refused", "not_possible", "nobody"):
        assert is_kept(gate, "risk_assessed", hso_kin_heard=said)
    assert not is_kept(gate, "risk_assessed", hso_kin_heard="not_yet")


def test_s086_relatives_who_were_asked_about_are_contacted(course):
    course.tell("relatives_asked")
    assert "kin-contacted" in course.owed_by(PACK)
    course.tell("answered", hso_kin_contact="not_reached")
    assert "kin-contacted" in course.owed_by(PACK)
    course.tell("answered", hso_kin_contact="contacted")
    assert "kin-contacted" not in course.owed_by(PACK)


# --- in somatic wards -----------------------------------------------------------------------------


def test_s018_alcohol_is_asked_about_in_somatic_wards_and_followed_up_when_needed(a_course):
    course = a_course(PACK, **SOMATIC).begun("intent_unclarified")
    assert "alcohol" in course.owed_by(PACK)
    course.tell("answered", hso_audit_c="look_again")
    assert course.owed_by(PACK) & {"alcohol", "alcohol-followed-up"} == {"alcohol-followed-up"}
    course.tell("answered", hso_alcohol="talked")
    assert "alcohol-followed-up" not in course.owed_by(PACK)


def test_s018_the_score_is_nowhere(gathered):
    (audit,) = [one for one in gathered(PACK).fields if one.key == "hso_audit_c"]
    assert not any(char.isdigit() for option in audit.options for char in option.value)
    assert "ikke her" in audit.help["nb"]


@pytest.mark.parametrize("kind", ["acute_ward", "ward", "dps", "addiction_ward", "municipal"])
def test_s018_a_unit_that_is_not_somatic_does_not_owe_it(a_course, kind):
    course = a_course(PACK, unit_kind=kind, organisation="vestre-viken").begun()
    assert "alcohol" not in course.owed_by(PACK)


@pytest.mark.parametrize(
    "kind", ["emergency_department", "medical_ward", "surgical_ward", "intensive_care"]
)
def test_s018_each_somatic_unit_owes_it_by_its_kind(a_course, kind):
    course = a_course(PACK, unit_kind=kind, organisation="sykehuset-telemark").begun()
    assert "alcohol" in course.owed_by(PACK)


def test_s019_an_internal_referral_has_an_answer_and_a_no_an_offer(course):
    course.tell("answered", hso_referral="sent")
    assert "referral-answered" in course.owed_by(PACK)
    assert course.refuses(hso_referral="rejected")
    course.later(days=1).tell("answered", hso_referral="rejected", words="Ikke rett til det.")
    assert course.owed_by(PACK) == {"referral-rejected"}
    assert course.refuses(hso_instead="no_need_with_reason")
    course.tell("answered", hso_instead="other_offer")
    assert course.owed_by(PACK) == set()


def test_s040_a_flag_is_looked_at_by_a_person_the_same_day(course):
    course.tell("answered", hso_delmedmeg="done")
    assert course.owed_by(PACK) == set()
    course.tell("answered", hso_delmedmeg="look_again")
    assert "answers-looked-at" in course.owed_by(PACK)
    course.tell("risk_assessed")
    assert "answers-looked-at" not in course.owed_by(PACK)


def test_s202_a_question_of_the_municipality_has_an_answer(course):
    course.tell("answered", hso_guidance="asked_for")
    assert "guidance" in course.owed_by(PACK)
    course.tell("answered", hso_guidance="given")
    assert "guidance" not in course.owed_by(PACK)


# --- the region -----------------------------------------------------------------------------------


def test_s005_with_the_frame_for_somatic_units_the_emergency_department_owes_its_routine(a_course):
    course = a_course(PACK, "somatic-ed-selfharm", **SOMATIC).begun("self_harm")
    assert "somatic-ed-selfharm.guide" in course.owed


def test_s253_the_plan_is_the_trusts_of_the_region(gathered, routine):
    layers = [one for one in gathered(PACK).book.layers if one.id.startswith(PACK)]
    trusts = frozenset(one.key for one in gathered(PACK).organisations)
    assert {(layer.level, layer.organisations) for layer in layers} == {("region", trusts)}
    for elsewhere in ("helse-bergen", None):
        there = {"unit_kind": "acute_ward", "organisation": elsewhere}
        assert routine(PACK, **there) == routine(**there)


@pytest.mark.parametrize("row", ["S-013", "S-016", "S-103", "S-214"])
def test_s013_s016_s103_and_s214_are_frames_and_nothing_is_made_up(gathered, row):
    """No source gives a number, a person or a template: the README says what is missing."""
    added = [owed for layer in gathered(PACK).book.layers for owed in layer.added]
    assert not [owed.key for owed in added if row in owed.basis.source]


def test_s214_the_letter_about_the_plan_is_our_own_example_and_says_nothing_of_why(gathered):
    (layer,) = [one for one in gathered(PACK).book.layers if one.id == key("after-attempt")]
    letter = layer.letter_of(f"gate.{key('plan-updated')}")
    assert letter.languages == ("nb", "en", "nn")
    assert (str(letter.basis.kind), letter.basis.shown_as_default) == ("default", True)
    for text in letter.text.values():
        assert not [word for word in ("mord", "suicid", "forsøk", "avdeling") if word in text]


def test_the_trusts_have_their_own_numbers(gathered):
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    numbers = [dict(one.points)["ENH"] for one in gathered(PACK).organisations]
    assert len(set(numbers)) == 8
    for number in numbers:
        assert sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11 == 0


@pytest.mark.parametrize(("where", "owed"), [(WARD, 8), (SOMATIC, 10)])
def test_nothing_is_verified_and_only_the_summary_has_a_time_of_its_source(routine, where, owed):
    mine = [owed for owed in routine(PACK, **where).owed if owed.key.startswith(PACK)]
    assert len(mine) == owed
    assert not any(owed.basis.verified for owed in mine)
    assert all(owed.deadline_basis.kind == "default" for owed in mine)


def test_nothing_national_is_lost_or_later(without_and_with):
    before, after = without_and_with(PACK, **WARD)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_it_stands_beside_the_other_packs(gathered):
    others = ("somatic-ed-selfharm", "kommune-veileder", "barn-som-parorende", "helse-vest")
    assert len(gathered(PACK, *others, "helse-nord-trondelag").plugins) == 6


def test_s075_the_plan_is_called_as_the_region_calls_it(gathered):
    of_region = [layer.key for layer in gathered(PACK).book.layers if layer.id.startswith(PACK)]
    assert gathered(PACK).book.plan_form(of_region).title["nb"] == "Mestringsplan"
    assert gathered(PACK).book.plan_form(()).title["nb"] == "Kriseplan"


def test_s048_s082_what_a_saved_plan_says_is_not_asked_once_more(gathered):
    fields = {one.key: one for one in gathered(PACK).book.fields}
    kin, measure = fields["hso_plan_kin"], fields["hso_municipal_measure"]
    said = {"yes": "involved", "refused_by_patient": "refused", "none_available": "nobody"}
    for fact, answer in said.items():
        assert kin.follows({"plan_relatives": fact}) == answer
    assert kin.left_to_ask({}) == ()
    assert measure.follows({"plan_municipal_measure": True}) == "with_owner"
    assert measure.follows({"plan_municipal_measure": False}) is None
    assert "with_owner" not in [one.value for one in measure.left_to_ask({})]
