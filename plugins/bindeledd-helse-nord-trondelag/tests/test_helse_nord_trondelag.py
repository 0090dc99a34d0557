"""The routines of Helse Nord-Trøndelag: what they ask for, where, and what nobody has confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from bindeledd_helse_nord_trondelag.tables import open_half_year

from bindeledd.plugin.testing import is_kept
from bindeledd.plugin.working import Count, Numbers

PACK = "helse-nord-trondelag"
WARD = {"unit_kind": "acute_ward", "organisation": PACK}
CHILDREN = {"unit_kind": "child_psychiatry", "organisation": PACK}
NAMSOS = {"unit": "namsos-medisinsk", "unit_kind": "medical_ward", "organisation": PACK}

SOMATIC = {"unit_kind": "childrens_ward", "organisation": PACK}
ADDICTION = {"unit_kind": "addiction_ward", "organisation": PACK}
EVERYWHERE = (NAMSOS, WARD, CHILDREN, SOMATIC, ADDICTION)

GATE = f"{PACK}.namsos-seen-and-documented"
WATCH = f"{PACK}.namsos-watch"
READY = f"{PACK}.ready"
BEGUN = f"{PACK}.plan-begun"
TOGETHER = f"{PACK}.plan-together"
SIX = (
    "hnt_housing",
    "hnt_economy",
    "hnt_network",
    "hnt_occupation",
    "hnt_municipal_follow_up",
    "hnt_specialist_follow_up",
)


# --- Namsos ---------------------------------------------------------------------------------------


def test_s025_the_gate_of_namsos_is_the_only_one_without_should(routine):
    """S-025."""
    everywhere = [routine(PACK, **where) for where in EVERYWHERE]
    own = {owed.key: owed for path in everywhere for owed in path.owed if PACK in owed.key}
    assert {key for key, owed in own.items() if str(owed.strength) == "must"} == {GATE}
    assert {key for key, owed in own.items() if getattr(owed, "hard", False)} == {GATE}
    assert {GATE, WATCH, READY, BEGUN, TOGETHER} < set(own)


def test_s025_the_gate_asks_for_both_halves_of_the_sentence(routine):
    """S-025: «tilsynet er utført og risikovurderingen er dokumentert»."""
    gate = routine(PACK, **NAMSOS).find(GATE)
    assert is_kept(gate, "risk_assessed", hnt_consult="done", hnt_assessment="documented")
    assert not is_kept(gate, "risk_assessed", hnt_consult="done")
    assert not is_kept(gate, "risk_assessed", hnt_consult="done", hnt_assessment="not_yet")
    assert not is_kept(gate, "risk_assessed", hnt_consult="not_done", hnt_assessment="documented")
    assert not is_kept(gate, "risk_assessed")


@pytest.mark.parametrize(("intoxication", "asked"), [("yes", True), (None, True), ("no", False)])
def test_it_is_for_acute_intoxications_and_for_what_nobody_knows(
    timeline, a_discharge, intoxication, asked
):
    owed = timeline(PACK, discharge=a_discharge(**NAMSOS, intoxication=intoxication))
    assert (GATE in owed) is asked


def test_it_is_late_from_the_discharge_on_at_any_hour(timeline, a_discharge):
    left = a_discharge("2027-03-27T23:40", **NAMSOS, intoxication="yes")
    owed = timeline(PACK, discharge=left)[GATE]
    assert owed.due_at == left.at
    assert owed.ladder == f"{PACK}.breach"


def test_the_leads_hear_at_once_and_always(gathered):
    ladder = gathered(PACK).book.ladder(f"{PACK}.breach")
    assert ladder.ignores_hours
    assert [str(rung.offset) for rung in ladder.rungs if rung.audience == "lead"] == ["PT0S"]


def test_s010_who_keeps_the_watch_is_settled_the_same_day(routine):
    """S-010."""
    step = routine(PACK, **NAMSOS).find(WATCH)
    assert (step.after, str(step.strength), step.due.end_of_day) == ("admitted", "should", True)
    assert is_kept(step, "risk_assessed", hnt_watch="joint")
    assert not is_kept(step, "risk_assessed", hnt_watch="not_settled")
    assert not is_kept(step, "risk_assessed")


# --- the trust ------------------------------------------------------------------------------------


def test_s053_six_things_are_settled_before_a_ward_discharges(routine):
    """S-053."""
    gate = routine(PACK, **WARD).find(READY)
    assert (gate.at, str(gate.strength)) == ("discharged", "should")
    assert set(gate.evidence) == set(SIX)
    settled = dict.fromkeys(SIX, "in_place")
    assert is_kept(gate, "ready_for_discharge", **settled)
    for one in SIX:
        assert not is_kept(gate, "ready_for_discharge", **{**settled, one: "not_in_place"})
        assert is_kept(gate, "ready_for_discharge", **{**settled, one: "handed_on"})


@pytest.mark.parametrize("one", SIX)
def test_s053_what_is_not_in_place_is_handed_on_with_a_reason_only(a_course, one):
    assert a_course(PACK, **WARD).refuses(**{one: "handed_on"})


def test_s079_the_plan_is_begun_in_the_first_days(routine):
    """S-079: how many is not said, so the site may set another number with a reason."""
    step = routine(PACK, **WARD).find(BEGUN)
    assert (step.task, step.after) == ("offer_plan", "admitted")
    assert step.deadline_basis.kind == "default"
    assert "due" in step.adjustable


def test_s081_the_plan_of_a_child_is_made_together(routine):
    """S-081."""
    gate = routine(PACK, **CHILDREN).find(TOGETHER)
    assert is_kept(gate, "plan_offered", hnt_plan_with="patient_and_relatives")
    assert is_kept(gate, "plan_offered", hnt_plan_with="patient_with_reason")
    assert not is_kept(gate, "plan_offered", hnt_plan_with="not_yet")
    assert not is_kept(gate, "plan_offered")


# --- children, addiction --------------------------------------------------------------------------


@pytest.fixture
def child(a_course):
    """A child on the ward after a severe intoxication."""
    made = a_course(PACK, **SOMATIC).begun("intent_unclarified", intoxication="yes", minor="yes")
    made.later(hours=1).tell("admitted", inpatient="yes")
    return made


def test_s150_child_psychiatry_takes_part_in_the_watch_and_assesses_the_need(child):
    assert child.owed_by(PACK) == {"bup-watch"}
    child.tell("answered", hnt_bup_watch="joint")
    child.later(days=1).tell("discharged")
    assert child.owed_by(PACK) == {"bup-need"}
    child.tell("answered", hnt_bup_need="not_assessed")
    assert child.owed_by(PACK) == {"bup-need"}
    child.tell("answered", hnt_bup_need="no_more_help")
    assert child.owed_by(PACK) == set()


def test_s150_more_help_goes_on_in_the_first_line_and_fact_ung(child):
    child.tell("answered", hnt_bup_watch="joint", hnt_bup_need="more_help")
    assert child.owed_by(PACK) == {"first-line", "fact-ung"}
    assert child.owed[f"{PACK}.fact-ung"].strength == "may"
    child.tell("answered", hnt_first_line="settled", hnt_fact_ung="not_fitting")
    assert child.owed_by(PACK) == set()


def test_s150_it_is_for_the_young_after_an_intoxication(a_course):
    for known in ({"minor": "no", "intoxication": "yes"}, {"minor": "yes", "intoxication": "no"}):
        course = a_course(PACK, **SOMATIC).begun("self_harm", **known)
        course.tell("admitted", inpatient="yes")
        course.later(days=1).tell("discharged")
        assert course.owed_by(PACK) == set()


def test_s174_theory_and_practice_are_offered_before_somebody_leaves(a_course):
    course = a_course(PACK, **ADDICTION).begun()
    course.tell("answered", hnt_overdose_theory="done")
    course.later(days=9).tell("discharged")
    assert course.owed_by(PACK) == {"overdose-training"}
    course.tell("answered", hnt_overdose_theory="done", hnt_overdose_practice="not_wanted")
    assert course.owed_by(PACK) == set()


# --- what holds for all of it -----------------------------------------------------------------------


@pytest.mark.parametrize("where", EVERYWHERE)
def test_what_nobody_has_read_in_the_original_is_shown_as_such(routine, where):
    own = [owed for owed in routine(PACK, **where).owed if PACK in owed.key]
    assert own
    assert all(owed.basis.shown_as_default for owed in own)


def test_only_the_deadline_of_namsos_is_its_sources_own(routine):
    deadlines = {
        owed.key: owed.deadline_basis.kind == "default"
        for where in EVERYWHERE
        for owed in routine(PACK, **where).owed
        if PACK in owed.key
    }
    assert {key for key, ours in deadlines.items() if not ours} == {GATE}


@pytest.mark.parametrize(
    "where",
    [
        {"unit_kind": "acute_ward", "organisation": "helse-bergen"},
        {"unit_kind": "acute_ward"},
        {"unit_kind": "dps", "organisation": PACK},
        {"unit": "levanger-medisinsk", "unit_kind": "medical_ward", "organisation": PACK},
    ],
)
def test_elsewhere_the_national_routine_stands(routine, where):
    assert routine(PACK, **where) == routine(**where)


@pytest.mark.parametrize("where", EVERYWHERE)
def test_nothing_national_is_lost_or_later(without_and_with, where):
    before, after = without_and_with(PACK, **where)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_every_rule_says_where_it_comes_from(gathered):
    rows = {"S-010", "S-025", "S-053", "S-079", "S-081", "S-150", "S-174"}
    added = [owed for layer in gathered(PACK).book.layers for owed in layer.added]
    assert {owed.basis.source for owed in added} == rows
    assert [owed.key for owed in added if owed.basis.verified or not owed.title["en"]] == []


def test_every_field_is_looked_at_by_its_rule(gathered):
    found = gathered(PACK)
    asked = {owed.key: owed.evidence for layer in found.book.layers for owed in layer.added}
    begun = {owed.key: owed.given for layer in found.book.layers for owed in layer.added}
    for field in found.fields:
        for key in field.used_by:
            looked_at = asked[key].get(field.key) or begun[key][field.key]
            assert looked_at < {option.value for option in field.options}


def test_no_answer_says_how_great_a_danger_is(gathered):
    values = {option.value for field in gathered(PACK).fields for option in field.options}
    assert not values & {"high", "low", "moderate", "continuous", "interval"}


def test_the_trust_and_its_unit_are_known(gathered):
    [trust] = gathered(PACK).organisations
    assert dict(trust.points) == {"ENH": "983974791"}
    assert [(unit.key, unit.kind) for unit in trust.units] == [("namsos-medisinsk", "medical_ward")]
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    digits = dict(trust.points)["ENH"]
    assert sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def test_it_stands_beside_the_pack_of_another_region(gathered):
    assert len(gathered(PACK, "helse-vest").plugins) == 2


def test_s220_the_quality_committee_has_half_a_year_of_what_deviated_and_of_nobody(gathered):
    (report,) = gathered(PACK).reports
    assert (report.months, report.review_every, report.organisations) == (6, 182, (PACK,))
    counted = {"tasks.late": 9, "event.gate_breached": None, "event.reached": 40}
    counts = tuple(
        Count(month="2027-01", team="post-a", measure=measure, many=many)
        for measure, many in counted.items()
    )
    told = Numbers(since=date(2027, 1, 1), until=date(2027, 6, 30), least=5, counts=counts)
    table = open_half_year(None)(told)
    assert table.rows == (("2027-01", "post-a", 9, None, 0, 0, 0, 0),)
    assert "ikke personer" in table.words
