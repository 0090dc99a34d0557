"""The smallest complete plugin, tested as an author would."""

from __future__ import annotations

from datetime import date

from bindeledd.plugin.testing import is_kept


def test_a_home_visit_is_owed_within_two_weeks(timeline, a_discharge):
    visit = timeline("example", discharge=a_discharge("2027-03-01T15:00"))["example.home-visit"]
    assert visit.opens.date() == date(2027, 3, 8)
    assert visit.due_at.date() == date(2027, 3, 15)
    assert visit.default


def test_a_phone_call_is_no_home_visit(routine):
    step = routine("example").find("example.home-visit")
    assert is_kept(step, "reached", channel="visit")
    assert not is_kept(step, "reached", channel="phone")


def test_whoever_says_no_is_not_visited(timeline, a_discharge):
    asked = timeline("example", discharge=a_discharge(example_home_visit="no"))
    unknown = timeline("example", discharge=a_discharge())
    assert "example.home-visit" not in asked
    assert "example.home-visit" in unknown


def test_the_gate_is_kept_by_any_answer(routine):
    gate = routine("example").find("example.home-visit-offered")
    assert is_kept(gate, "contact_consent_asked", example_home_visit="no")
    assert not is_kept(gate, "contact_consent_asked")


def test_the_ladder_ends_with_the_lead(gathered):
    ladder = gathered("example").book.ladder("example.one-day")
    assert [rung.audience for rung in ladder.rungs] == ["team", "lead"]


def test_a_planning_day_is_closed_for_every_team(gathered):
    assert gathered("example").closed_days("any-team") == {date(2027, 6, 11)}


def test_a_new_kind_of_task_has_a_title(gathered):
    titles = gathered("example").book.task_titles
    assert titles["home_visit"]["nb"] == "Hjemmebesøk"


def test_the_clock_and_the_patient_are_made_up(a_clock, a_patient):
    clock = a_clock("2027-03-26T15:00")
    assert clock.forward(days=3).isoformat() == "2027-03-29T14:00:00+00:00"
    assert a_patient(7) == a_patient(7)
    assert int(a_patient().number[2:4]) > 12
