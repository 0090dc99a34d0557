"""Drammen: routine and service settled, grounds of sharing, the bereaved, learning, and four tables."""

from __future__ import annotations

from datetime import date

import pytest
from bindeledd_drammen_kommune.tables import (
    open_averages,
    open_measures,
    open_services,
    open_training,
)

from bindeledd.plugin.testing import numbers
from bindeledd.plugin.working import Opening, Unfit

PACK = "drammen-kommune"
HERE = {"unit_kind": "municipal", "organisation": "drammen"}
AT_A_DESK = ("post", "municipal", "drammen")


@pytest.fixture
def course(a_course):
    """Somebody who is followed up in a unit of the municipality."""
    return a_course(PACK, **HERE).begun()


@pytest.fixture
def died(course):
    """Somebody who was followed up has died."""
    course.tell("answered", dk_routine="common")
    course.tell("answered", dk_zone="by_home")
    course.later(days=9).tell("death_confirmed")
    return course


# --- routine and service --------------------------------------------------------------------------


def test_s117_which_routine_is_followed_is_settled_and_none_is_made_up(course):
    assert course.owed_by(PACK) == {"routine-own"}
    course.tell("answered", dk_routine="not_yet")
    assert course.owed_by(PACK) == {"routine-own"}
    course.tell("answered", dk_routine="none")
    assert course.owed_by(PACK) == {"zone"}


def test_s117_whoever_takes_over_settles_it_too(course):
    course.tell("answered", dk_routine="own")
    course.tell("answered", dk_zone="by_task")
    course.tell("handover_accepted", taken_over_by="trust")
    assert course.owed_by(PACK) == set()
    course.later(days=3).tell("handover_accepted", taken_over_by="municipality")
    assert course.owed_by(PACK) == {"routine"}


@pytest.mark.parametrize("how", ["by_home", "one_site", "by_task", "no_home"])
def test_s136_a_service_goes_by_home_or_by_something_else(course, how):
    course.tell("answered", dk_routine="common")
    course.tell("answered", dk_zone="not_yet")
    assert course.owed_by(PACK) == {"zone"}
    course.tell("answered", dk_zone=how)
    assert course.owed_by(PACK) == set()


def test_s135_s137_the_services_are_named_and_no_number_is_made_up(gathered):
    contacts = gathered(PACK).book.contacts
    named = [one for one in contacts if one.is_for("dk_zone", AT_A_DESK)]
    assert sum("S-135" in one.rows for one in named) == 9
    assert sum("S-137" in one.rows for one in named) == 1
    assert {(one.phone, one.hours) for one in contacts} == {("", ())}
    elsewhere = ("post", "municipal", "asker")
    assert not any(one.is_for("dk_zone", elsewhere) for one in contacts)


def test_s022_the_emergency_primary_care_and_the_two_that_it_turns_to(gathered):
    (drammen,) = gathered(PACK).organisations
    assert [(one.key, one.kind) for one in drammen.units] == [("drammen-legevakt", "emergency")]
    assert drammen.points == ()
    of_it = {one.key for one in gathered(PACK).book.contacts if "S-022" in one.rows}
    assert of_it == {f"{PACK}.crisis-team", f"{PACK}.assault-centre"}


# --- sharing --------------------------------------------------------------------------------------


def test_s205_three_grounds_and_no_paragraph(gathered):
    (layer,) = gathered(PACK).book.layers_for("national.after-attempt", None, None, "drammen")
    grounds = {one.key.removeprefix(f"{PACK}."): one for one in layer.grounds}
    assert set(grounds) == {"consent", "right", "duty", "danger"}
    assert not any(one.basis.verified for one in grounds.values())
    assert "§" not in str(layer.grounds)


def test_s206_danger_to_life_alone_is_looked_at_afterwards(gathered, course):
    (layer,) = gathered(PACK).book.layers_for("national.after-attempt", None, None, "drammen")
    assert [one.key for one in layer.grounds if one.reviewed] == [f"{PACK}.danger"]
    course.tell("handover_sent", ground=f"{PACK}.consent")
    assert "core.review_sharing" not in course.owed
    course.tell("handover_sent", ground=f"{PACK}.danger", ground_reviewed="yes")
    assert course.owed["core.review_sharing"].kind == "review_sharing"


# --- those who are left ---------------------------------------------------------------------------


def test_s106_help_at_once_and_help_that_goes_on(died):
    assert died.owed_by(PACK) == {"bereaved-now", "learning"}
    died.tell("answered", dk_now="not_wanted", dk_relation="family")
    assert died.owed_by(PACK) == {"bereaved-later", "peer", "learning"}
    died.later(days=50).tell("answered", dk_later="not_now")
    assert died.owed_by(PACK) == {"bereaved-goes-on", "peer", "learning"}
    died.later(days=50).tell("answered", dk_later="ends")
    assert died.owed_by(PACK) == {"peer", "learning"}


def test_s104_nobody_is_left_to_follow_up(died):
    died.tell("answered", dk_now="nobody_known", dk_relation="nobody_known")
    assert died.owed_by(PACK) == {"learning"}


@pytest.mark.parametrize("who", ["friend", "colleague", "neighbour", "teacher", "helper", "other"])
def test_s105_whoever_is_affected_and_not_only_the_family(died, who):
    died.tell("answered", dk_now="given")
    assert "bereaved-now" in died.owed_by(PACK)
    died.tell("answered", dk_relation=who, dk_now="given")
    assert "bereaved-now" not in died.owed_by(PACK)


def test_s107_leve_is_offered_and_may_be_declined(died):
    died.tell("answered", dk_now="given", dk_relation="partner")
    assert died.owed[f"{PACK}.peer"].strength == "may"
    died.tell("answered", dk_peer="not_wanted")
    assert "peer" not in died.owed_by(PACK)


def test_s218_a_lead_sees_to_learning_and_says_nothing_of_what_was_learnt(died):
    assert died.owed[f"{PACK}.learning"].owner == "lead"
    died.tell("answered", dk_learning="in_review")
    assert "learning" not in died.owed_by(PACK)


# --- the tables -----------------------------------------------------------------------------------


def test_s257_eleven_measures_stand_by_number_and_no_title_is_made_up():
    table = open_measures(Opening(settings={}))(numbers())
    assert [row[0] for row in table.rows] == [f"Tiltak {number}" for number in range(1, 12)]
    assert {row[1:] for row in table.rows} == {("Står i planen", "", "", "Ikke sagt")}


def test_s226_how_far_each_measure_has_come_is_the_sites_word():
    said = {"measure": {"3": {"title": "Prøve", "goal": 2, "state": "begun", "coordinator": "A"}}}
    table = open_measures(Opening(settings=said))(numbers())
    assert table.rows[2] == ("Tiltak 3", "Prøve", 2, "A", "I gang")
    assert "2024" in table.words


@pytest.mark.parametrize(
    "wrong", [{"12": {}}, {"1": {"state": "half"}}, {"1": {"goal": 6}}, {"x": {}}]
)
def test_s226_what_the_plan_does_not_have_is_refused(wrong):
    with pytest.raises(Unfit):
        open_measures(Opening(settings={"measure": wrong}))


def test_s225_training_stands_by_service_and_names_nobody():
    said = {"training": [{"service": "Legevakten", "what": "Prøve", "last": date(2026, 5, 4)}, {}]}
    table = open_training(Opening(settings=said))(numbers())
    assert table.rows == (("Legevakten", "Prøve", "2026-05-04"), ("", "", "Ikke ennå"))


def test_s134_the_services_side_by_side_hold_counts_and_nothing_of_a_case():
    told = numbers(
        {"desk": {"event.handover_accepted": 7, "task.dk_learning.late": None, "opened": 30}}
    )
    table = open_services(Opening(settings={}))(told)
    assert table.rows == (("2027-01", "desk", 7, 0, 0, 0, 0, 0, 0, 0, 0, None),)


def test_s205_s209_what_was_not_shared_for_want_of_a_ground_stands_and_few_are_not_said():
    told = numbers({"desk": {"shares_refused": 6}, "psyk": {"shares_refused": None}})
    table = open_services(Opening(settings={}))(told)
    at = table.columns.index("Delinger stoppet uten grunnlag")
    assert [(row[1], row[at]) for row in table.rows] == [("desk", 6), ("psyk", None)]


def averages(years: dict[str, int], least: int = 5, **more: int) -> tuple[object, ...]:
    settings = {"averages": {"years": 10, "year": years, **more}}
    return open_averages(Opening(settings=settings))(numbers(least=least)).rows


def test_s236_ten_years_running_stand_for_years_that_are_too_small():
    years = {str(year): 8 for year in range(2012, 2023)}
    assert averages(years) == (("2012-2021", 8), ("2013-2022", 8))
    assert averages({str(year): 8 for year in range(2013, 2022)}) == ()


def test_s236_too_few_in_the_whole_time_is_not_said_and_the_bound_is_a_setting():
    years = {str(year): 0 for year in range(2012, 2022)} | {"2020": 4}
    assert averages(years) == (("2012-2021", None),)
    assert averages({**years, "2020": 0}) == (("2012-2021", 0),)
    assert averages({**years, "2020": 6}) == (("2012-2021", 1),)
    assert averages({**years, "2020": 6}, least=10) == (("2012-2021", None),)
    assert averages({**years, "2020": 6}, **{"least": 7}) == (("2012-2021", None),)


def test_s236_two_means_that_follow_one_another_give_no_year_away():
    """Exact means would: their difference times ten is the new year less the old one."""
    years = {str(year): 8 for year in range(2012, 2022)}
    for last in (5, 8, 11):
        assert [mean for _, mean in averages({**years, "2022": last})] == [8, 8]


@pytest.mark.parametrize("wrong", [{"years": 1}, {"least": 0}, {"year": {"2020": -1}}])
def test_s236_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(Unfit):
        open_averages(Opening(settings={"averages": wrong}))


# --- what holds for all of it ---------------------------------------------------------------------


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK, **HERE)
    assert len(mine) == 8
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


@pytest.mark.parametrize("organisation", ["vestre-viken", "asker", None])
def test_elsewhere_the_national_routine_stands(routine, organisation):
    there = {"unit_kind": "municipal", "organisation": organisation}
    assert routine(PACK, **there) == routine(**there)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_s226_the_tables_are_made_in_the_packs_own_process(hosted):
    reports = hosted(PACK, settings={"measure": {"1": {"state": "done"}}}).reports
    assert set(reports) == {"measures", "training", "services", "averages"}
    assert reports["measures"].make(numbers()).rows[0][-1] == "Gjennomført"
