"""Answers to IS-24/8 as a municipality has written them, and tables that say nothing of anybody."""

from __future__ import annotations

import pytest
from bindeledd_reports_is248.answers import QUESTIONS, open_answers
from bindeledd_reports_is248.tables import (
    open_averages,
    open_begun,
    open_on_time,
    open_to_correct,
    open_waiting,
)

from bindeledd.plugin.testing import numbers
from bindeledd.plugin.working import Opening, Unfit

PACK = "reports-is248"
DRAMMEN = {
    "name": "Drammen",
    "after_attempt": {"answer": "yes", "since": "2026-03-01", "document": "Sak 26/123"},
    "at_discharge": {"answer": "no"},
}


def answers(*municipalities: object) -> dict[str, tuple[object, ...]]:
    told = Opening(settings={"municipality": list(municipalities)})
    return {str(row[1]): row[2:] for row in open_answers(told)(numbers()).rows}


# --- the answers ----------------------------------------------------------------------------------


def test_s232_a_routine_after_an_attempt_has_a_date_and_a_document():
    assert answers(DRAMMEN)[QUESTIONS["after_attempt"]] == ("Ja", "01.03.2026", "Sak 26/123")


def test_s233_cooperation_at_discharge_is_a_question_of_its_own():
    assert answers(DRAMMEN)[QUESTIONS["at_discharge"]] == ("Nei", "", "")


def test_s234_self_harm_is_kept_apart_and_what_nobody_said_is_not_answered():
    assert answers(DRAMMEN)[QUESTIONS["self_harm"]] == ("Ikke besvart", "", "")
    assert len(QUESTIONS) == len(set(QUESTIONS.values())) == 3


def test_s235_each_municipality_has_three_answers_and_none_is_worked_out():
    told = Opening(settings={"municipality": [DRAMMEN, {"name": "Lier"}]})
    counted = numbers({"psyk": {"index.suicide_attempt": 99}})
    assert open_answers(told)(counted) == open_answers(told)(numbers())
    assert len(open_answers(told)(counted).rows) == 6
    assert open_answers(Opening(settings={}))(counted).rows == ()


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"municipalities": []}, "is248.toml"),
        ({"municipality": [{"name": ""}]}, "is248.toml municipality 1 name"),
        ({"municipality": [{"name": "Lier", "selfharm": {}}]}, "is248.toml municipality 1"),
        (
            {"municipality": [{"name": "Lier", "self_harm": {"answer": "maybe"}}]},
            "is248.toml municipality 1 self_harm",
        ),
        (
            {"municipality": [{"name": "Lier", "self_harm": {"answer": "yes", "since": "mars"}}]},
            "is248.toml municipality 1 self_harm",
        ),
    ],
)
def test_what_a_municipality_cannot_have_meant_is_said_with_its_place(said, where):
    with pytest.raises(Unfit) as wrong:
        open_answers(Opening(settings=said))
    assert wrong.value.where == where


# --- the tables -----------------------------------------------------------------------------------


def test_s231_what_was_followed_up_here_is_counted_and_never_called_how_many_there_were():
    table = open_begun(None)(
        numbers({"psyk": {"index.suicide_attempt": 6, "index.self_harm": None}})
    )
    assert table.rows == (("2027-01", "psyk", 6, None, 0),)
    assert "ikke hvor mange selvmordsforsøk det var" in table.words


def test_s231_s236_an_average_of_years_stands_where_months_are_too_small():
    table = open_averages(None)(numbers({"psyk": {"index.suicide_attempt": 25}}, years=3))
    assert table.rows == (("2027-01", "psyk", 8.3, 0.0, 0.0),)
    assert "3 hele år" in table.words


def test_s241_begun_in_time_and_late_of_a_team_and_of_nobody():
    table = open_on_time(None)(
        numbers({"psyk": {"opened": 7, "tasks.in_time": 40, "tasks.late": None}})
    )
    assert table.rows == (("2027-01", "psyk", 7, 40, None, 0),)
    assert table.columns[:2] == ("Måned", "Team")


def test_s228_what_was_late_breached_overridden_and_moved_is_there_to_correct():
    counted = {"event.gate_breached": 5, "event.closing_requested.over": None, "tasks.late": 9}
    table = open_to_correct(None)(numbers({"psyk": counted}))
    assert table.rows == (("2027-01", "psyk", 9, 5, None, 0),)
    assert "Hva skal gjøres annerledes" in table.words


def test_s243_waiting_is_within_the_sites_goal_or_beyond_it():
    table = open_waiting(None)(numbers({"psyk": {"wait.within": 12, "wait.beyond": 5}}))
    assert table.rows == (("2027-01", "psyk", 12, 5),)
    assert "[reports] waits" in table.words


# --- what holds for all of it ---------------------------------------------------------------------


def test_nothing_is_owed_because_of_it(routine, gathered):
    assert routine(PACK) == routine()
    assert not gathered(PACK).fields


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_the_tables_are_made_in_the_packs_own_process(hosted):
    trial = hosted(PACK, settings={"municipality": [DRAMMEN]})
    assert set(trial.reports) == {
        "is-24-8",
        "begun",
        "averages",
        "on-time",
        "to-correct",
        "waiting",
    }
    assert len(trial.reports["is-24-8"].make(numbers()).rows) == 3
    made = trial.reports["averages"].make(numbers({"psyk": {"index.self_harm": 15}}, years=3))
    assert made.rows == (("2027-01", "psyk", 0.0, 5.0, 0.0),)
    assert trial.troubles == []
