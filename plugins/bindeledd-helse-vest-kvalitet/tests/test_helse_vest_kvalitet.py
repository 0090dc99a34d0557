"""Helse Stavanger's records gone through, Helse Bergen's training; a table that says how many."""

from __future__ import annotations

from datetime import date

import pytest
from bindeledd_helse_vest_kvalitet.tables import open_audit

from bindeledd.plugin.testing import is_kept
from bindeledd.plugin.working import Count, Numbers

PACK = "helse-vest-kvalitet"
STAVANGER = {"unit_kind": "acute_ward", "organisation": "helse-stavanger"}
BERGEN = {"unit_kind": "acute_ward", "organisation": "helse-bergen"}


def test_s222_a_lead_goes_through_the_record_and_what_was_missing_is_put_right(a_course):
    course = a_course(PACK, **STAVANGER).begun()
    assert course.owed_by(PACK) == set()
    course.tell("discharged")
    assert course.owed_by(PACK) == {"audit"}
    assert course.owed[f"{PACK}.audit"].owner == "lead"
    assert course.owed[f"{PACK}.audit"].strength == "may"
    course.tell("answered", stavanger_audit="missing")
    assert course.owed_by(PACK) == {"correct"}
    course.tell("answered", stavanger_correct="not_yet")
    assert course.owed_by(PACK) == {"correct"}
    course.tell("answered", stavanger_correct="done")
    assert course.owed_by(PACK) == set()


@pytest.mark.parametrize("answer", ["in_place", "not_in_sample"])
def test_s222_what_is_there_or_not_in_the_sample_owes_nothing(a_course, answer):
    course = a_course(PACK, **STAVANGER).begun()
    course.tell("discharged")
    course.tell("answered", stavanger_audit=answer)
    assert course.owed_by(PACK) == set()


def test_s222_the_table_says_how_many_and_never_which():
    counted = {"answer.stavanger_audit.in_place": 8, "answer.stavanger_audit.missing": None}
    counts = tuple(
        Count(month="2027-01", team="post-a", measure=measure, many=many)
        for measure, many in counted.items()
    )
    told = Numbers(since=date(2027, 1, 1), until=date(2027, 1, 31), least=5, counts=counts)
    assert open_audit(None)(told).rows == (("2027-01", "post-a", 8, None, 0, 0, 0, 0, 0),)


def test_s222_only_the_answers_that_the_table_shows_are_counted(gathered):
    (report,) = gathered(PACK).reports
    options = {one.key: {option.value for option in one.options} for one in gathered(PACK).fields}
    for key, values in report.answers.items():
        assert set(values) < options[key]


def test_s224_whether_whoever_assessed_is_trained_is_a_hint_in_bergen(routine):
    gate = routine(PACK, **BERGEN).find(f"{PACK}.trained")
    assert gate.strength == "may"
    assert is_kept(gate, "risk_assessed", bergen_trained="with_somebody")
    assert not is_kept(gate, "risk_assessed", bergen_trained="not_yet")
    assert not is_kept(gate, "risk_assessed")


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    for where in (STAVANGER, BERGEN):
        mine = own_rules(PACK, **where)
        assert mine
        assert not any(one.basis.verified for one in mine)
        assert all(one.deadline_basis.kind == "default" for one in mine)
        assert {one.strength for one in mine} == {"may"}


def test_elsewhere_the_national_routine_stands(routine):
    there = {"unit_kind": "acute_ward", "organisation": "helse-fonna"}
    assert routine(PACK, **there) == routine(**there)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
