"""What the product ships: every number with its source, and nothing shown as more than it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.casefile.pages.bedside import ASKED
from bindeledd.features.casefile.pages.telling import SAID
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.telling import TELLABLE
from bindeledd.features.pathways.domain import BasisKind, Book, Due, Gate, Pathway, Strength
from bindeledd.features.pathways.domain.simulating import simulate
from bindeledd.features.pathways.domain.words import (
    ASKING,
    BEGINNINGS,
    EVENTS,
    FACTS,
    OWNERS,
    TASKS,
)
from bindeledd.features.pathways.service import check, load_book
from bindeledd.features.pathways.service.wording import due_words, owed_words, reason_words
from bindeledd.foundation.calendars import Calendar, Count, Period, zone_named
from bindeledd.foundation.texts import speaking, t, texts

OSLO = zone_named("Europe/Oslo")


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book()


@pytest.fixture(scope="module")
def national(book: Book) -> Pathway:
    return book.current("suicide_attempt")


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def test_the_files_that_come_with_the_product_are_right() -> None:
    assert [str(finding) for finding in check()[1]] == []


def test_s032_rg06_no_fact_that_is_recorded_grades_a_danger() -> None:
    named = {*FACTS, *(value for values in FACTS.values() for value in values or ())}
    words = {word for name in named for word in name.split("_")}
    graded = {"risk", "score", "level", "grade", "rank", "high", "low", "medium", "moderate"}
    assert words & graded == set()


def test_every_index_event_begins_a_pathway(book: Book) -> None:
    assert {book.current(kind).id for kind in BEGINNINGS} == {"national.after-attempt"}


def test_the_words_of_routines_are_those_of_cases() -> None:
    assert {kind.value for kind in EventKind} == EVENTS


def test_packs_may_ask_with_what_is_told_by_http_or_on_a_page() -> None:
    assert {kind.value for kind in TELLABLE} == ASKING
    assert {*SAID, *(kind.value for kind in ASKED)} <= ASKING


def test_at_discharge_nine_things_should_be_in_place(national: Pathway) -> None:
    assert {gate.need for gate in national.gates if gate.at == "discharged"} == {
        "appointment_given",
        "summary_sent",
        "risk_assessed",
        "plan_offered",
        "relatives_asked",
        "children_asked",
        "number_verified",
        "contact_consent_asked",
        "receiver_named",
    }


def test_s213_every_rule_names_its_source_and_every_number_is_a_default(
    book: Book, national: Pathway
) -> None:
    assert [owed.key for owed in national.owed if not owed.basis.source] == []
    numbers = [
        national.longest_silence.basis,
        national.reopen_basis,
        national.unreachable.basis,
        *(ladder.basis for ladder in book.ladders.values()),
        *(rule.basis for rule in book.core.values()),
    ]
    assert all(basis is not None and basis.kind is BasisKind.DEFAULT for basis in numbers)


def test_only_what_an_authority_has_said_itself_is_a_rule(national: Pathway) -> None:
    drafts = ("RG-2", "S-0", "RC-", "RE-")
    claimed = [
        owed.key
        for owed in national.owed
        if owed.basis.source.startswith(drafts) and not owed.basis.shown_as_default
    ]
    assert claimed == []


def test_no_deadline_but_the_two_that_have_one_is_shown_as_a_rule(national: Pathway) -> None:
    ruled = {owed.key for owed in national.owed if not owed.deadline_basis.shown_as_default}
    assert ruled == {"specialist-assessment", "open-return"}


def test_a_must_rests_on_law_or_guideline(national: Pathway) -> None:
    weak = [
        owed.key
        for owed in national.owed
        if owed.strength is Strength.MUST
        and (owed.basis.kind is BasisKind.DEFAULT or not owed.basis.verified)
    ]
    assert weak == []


def test_what_the_bereaved_are_owed_is_not_held_by_the_death(national: Pathway) -> None:
    owed = [step for step in national.steps if step.after == "death_confirmed"]
    assert owed
    assert not any(step.contact for step in owed)


def test_what_reaches_out_to_the_person_is_marked(national: Pathway) -> None:
    calling = [
        s
        for s in national.steps
        if s.task in ("call_patient", "confirm_appointment", "record_outcome")
    ]
    assert [s.key for s in calling if not s.contact] == ["appointment-outcome"]


def test_the_core_has_a_rule_for_each_task_that_no_pathway_makes(
    book: Book, national: Pathway
) -> None:
    made = {owed.task for owed in national.owed}
    assert made | book.core.keys() == TASKS


@pytest.mark.parametrize("kind", sorted(OWNERS))
def test_every_owner_has_a_word(kind: str) -> None:
    assert t(f"pathways.owners.{kind}")


def test_every_step_has_a_title_and_every_task_a_word(national: Pathway) -> None:
    titles = texts().find("pathways.steps")
    kinds = texts().find("tasks.kinds")
    assert isinstance(titles, dict)
    assert isinstance(kinds, dict)
    assert {owed.key for owed in national.owed} == titles.keys()
    assert kinds.keys() >= TASKS


def test_two_tasks_of_one_kind_are_told_apart_by_what_they_are_owed_for(
    book: Book, national: Pathway
) -> None:
    words: dict[str, list[str]] = {}
    for owed in national.owed:
        step_key = f"gate.{owed.key}" if isinstance(owed, Gate) else owed.key
        words.setdefault(owed.task, []).append(owed_words(book, owed.task, step_key))
    several = {kind: said for kind, said in words.items() if len(said) > 1}

    assert several.keys() >= {"call_patient", "assess_risk", "give_appointment", "offer_plan"}
    assert [kind for kind, said in several.items() if "" in said or len({*said}) < len(said)] == []
    assert words["send_summary"] == [""], "one rule alone: its kind says enough"


def test_a_discharge_before_easter_is_met_before_easter(national: Pathway) -> None:
    at = oslo("2027-03-24 09:00")
    found = {
        one.step: one for one in simulate(national, discharged_at=at, calendar=Calendar(), at=at)
    }
    first = found["first-contact"]
    assert first.due_at.isoformat() == "2027-03-24T15:30:00+01:00"
    assert first.moved
    assert first.default
    assert first.reason["moved"] == "earlier"
    assert "siste bemannede tidspunkt" in reason_words(first)
    assert found["second-contact"].opens is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "innen 5 dager (virkedager), ved slutten av den dagen"),
        ("nn", "innan 5 dagar (virkedagar), ved slutten av den dagen"),
        ("en", "within 5 days (working days), by the end of that day"),
    ],
)
def test_the_end_of_the_fifth_working_day_is_said_as_it_is(language: str, words: str) -> None:
    due = Due(within=Period(5), count=Count.WORKING_DAYS, end_of_day=True)
    with speaking(language):
        assert due_words(due) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "innen 24 timer"), ("nn", "innan 24 timar"), ("en", "within 24 hours")],
)
def test_hours_of_the_clock_are_not_said_twice(language: str, words: str) -> None:
    due = Due(within=Period(time=timedelta(hours=24)), count=Count.HOURS)
    with speaking(language):
        assert due_words(due) == words


def test_the_end_of_the_day_itself_is_the_same_day() -> None:
    assert due_words(Due(within=Period(), end_of_day=True)) == "samme dag"


def test_the_name_of_a_source_stands_as_it_is_written(national: Pathway) -> None:
    at = oslo("2027-03-19 15:00")
    found = simulate(national, discharged_at=at, calendar=Calendar(), at=at)[0]

    assert "Planen for Verdal 2027" in reason_words(replace(found, unread="Planen for Verdal 2027"))


def test_a_discharge_on_friday_afternoon_before_a_weekend(national: Pathway) -> None:
    at = oslo("2027-03-19 15:00")
    found = {
        one.step: one for one in simulate(national, discharged_at=at, calendar=Calendar(), at=at)
    }
    assert found["first-contact"].due_at.isoformat() == "2027-03-22T15:00:00+01:00"


def test_a_discharge_that_is_learned_of_late_keeps_its_true_times(national: Pathway) -> None:
    found = simulate(
        national,
        discharged_at=oslo("2027-03-01 10:00"),
        calendar=Calendar(),
        at=oslo("2027-03-20 10:00"),
    )
    late = {one.step for one in found if one.reason["late"]}
    assert {"first-contact", "second-contact", "summary_sent"} <= late
    assert "third-contact" not in late
    assert "var ute" in reason_words(found[0])


def test_a_simulation_can_be_written_as_json(national: Pathway) -> None:
    at = oslo("2027-03-24 09:00")
    first = simulate(national, discharged_at=at, calendar=Calendar(), at=at)[0].as_json()
    assert first["due_at"] == "2027-03-24T15:30:00+01:00"
    assert set(first) >= {"step", "opens", "due_at", "reason", "moved"}
