"""The helpers for plugin authors: light to load, made-up people, and a timeline by pure rules."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.patients.domain.identifiers import SyntheticRefused, classify
from bindeledd.plugin.answering import CannotBeTold
from bindeledd.plugin.loading import gather, installed
from bindeledd.plugin.testing import Timeline, numbers
from bindeledd.plugin.walking import walk
from plugin.broken import GOOD, LAYER
from plugin.packs import DATA, Shelf


def test_loading_them_loads_nothing_of_the_core() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, bindeledd.plugin.testing\n"
            "print([m for m in sys.modules if m.startswith('bindeledd.')"
            " and m not in ('bindeledd.plugin', 'bindeledd.plugin.testing')],"
            " [m for m in ('sqlalchemy', 'flask', 'holidays', 'pluggy.hooks') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[] []"


def test_a_course_owes_what_the_routine_says_and_no_more(a_course) -> None:
    course = a_course("helse-vest", organisation="helse-bergen").begun()
    course.later(days=1).tell("discharged")
    assert "appointment_given" in course.owed
    course.tell("appointment_given")
    assert "appointment_given" not in course.owed


@pytest.mark.parametrize(
    ("kind", "told", "named"),
    [
        ("answered", {"kv_referred": "snet"}, ("kv_referred", "snet", "answered", "not_wanted")),
        ("discharged", {"kv_referred": "sent"}, ("kv_referred", "discharged", "answered", "sent")),
        ("answered", {"kv_refered": "sent"}, ("kv_refered", "answered", "kv_referred")),
        ("answered", {"interpreter": "yes"}, ("interpreter", "interpreter_asked", "yes")),
        ("discharged", {"setting": "ward"}, ("setting", "ward", "somatic_ed")),
        ("reached", {"channel": "smoke"}, ("channel", "smoke", "phone")),
        ("reached", {"chanel": "phone"}, ("chanel",)),
        ("reached", {"kv_referred": "sent"}, ("kv_referred", "reached", "answered")),
    ],
)
def test_what_nobody_can_say_is_refused_with_what_can_be_said(a_course, kind, told, named) -> None:
    course = a_course("kommune-veileder", unit_kind="municipal_ward").begun()
    before = list(course.events)
    with pytest.raises(CannotBeTold) as refused:
        course.tell(kind, words="…", **told)
    assert [one for one in named if one not in str(refused.value)] == []
    assert course.events == before


@pytest.mark.parametrize("asked", [{"kv_refered": "not_wanted"}, {"kv_referred": "no_want"}])
def test_what_is_no_question_or_no_answer_is_not_called_taken(a_course, asked) -> None:
    course = a_course("kommune-veileder", unit_kind="municipal_ward")
    with pytest.raises(CannotBeTold, match=next(iter(asked))):
        course.refuses(**asked)


def test_a_question_that_is_not_answered_is_told_as_unknown(a_course) -> None:
    course = a_course("kommune-veileder", unit_kind="municipal_ward").begun(intoxication=None)
    assert course.tell("answered", kv_referred=None).facts == {"kv_referred": None}


@pytest.mark.parametrize("facts", [{"settin": "somatic_ed"}, {"setting": "ward"}])
def test_a_timeline_is_not_drawn_of_what_nobody_can_say(timeline, a_discharge, facts) -> None:
    with pytest.raises(CannotBeTold, match=next(iter(facts))):
        timeline(discharge=a_discharge(**facts))


def test_a_course_that_is_closed_owes_nothing_until_it_is_opened_again(a_course) -> None:
    course = a_course().begun()
    course.tell("discharged")
    course.tell("closing_requested", ending="completed")
    assert "core.sign_closing" in course.owed
    course.tell("closed")
    assert course.owed == {}
    course.tell("discharged")
    assert course.owed == {}
    course.tell("reopened")
    course.tell("discharged")
    assert "appointment_given" in course.owed


def test_what_a_pack_owes_is_told_apart_from_what_others_owe(a_course) -> None:
    course = a_course("tsb", unit_kind="addiction_ward").begun(intoxication="no")
    course.later(days=1).tell("discharged")
    own = course.owed_by("tsb")
    assert "treatment-plan" in own
    assert "appointment_given" in course.owed
    assert "appointment_given" not in own
    assert {f"tsb.{key}" for key in own} == {key for key in course.owed if key.startswith("tsb.")}
    assert course.owed_by("ts") == set()


def test_each_rule_of_every_pack_here_is_owed_heard_of_and_can_be_done(walked) -> None:
    gone = [one for point in installed() for one in walked(point.name)]
    assert len(gone) > 400
    assert [one for one in gone if not (one.owed and one.heard and one.ends)] == []


def test_a_rule_that_is_never_owed_is_found(shelf: Shelf) -> None:
    old, new = 'after = "discharged"', 'after = "death_reported"\ncontact = true'
    assert old in GOOD[LAYER]
    shelf.put("good", DATA, files={**GOOD, LAYER: GOOD[LAYER].replace(old, new)})
    [step] = [
        one
        for one in walk(gather(["good"], points=shelf.points))
        if one.key == "good.evening-visit"
    ]
    assert step.place == ("municipal_ward", None)
    assert (step.owed, step.ends, step.heard) == (False, False, False)


def test_a_rule_that_is_never_done_is_found(shelf: Shelf) -> None:
    """The question is not asked with that event, which a start refuses: what was gathered says it."""
    shelf.put("good", DATA, files=GOOD)
    found = gather(["good"], points=shelf.points)
    layers = tuple(
        replace(
            layer,
            steps=tuple(replace(one, satisfied_by=("risk_assessed",)) for one in layer.steps),
        )
        for layer in found.book.layers
    )
    never = replace(found, book=replace(found.book, layers=layers))
    [step] = [one for one in walk(never) if one.key == "good.evening-visit"]
    assert step.place == ("municipal_ward", None)
    assert (step.owed, step.ends, step.heard) == (True, False, True)


def test_a_rule_whose_ladder_tells_nobody_is_found(shelf: Shelf) -> None:
    shelf.put("good", DATA, files=GOOD)
    found = gather(["good"], points=shelf.points)
    ladders = dict(found.book.ladders)
    ladders["good.two-days"] = replace(ladders["good.two-days"], rungs=())
    silent = replace(found, book=replace(found.book, ladders=ladders))

    assert {one.key for one in walk(found) if one.heard} == {
        "good.evening-visit",
        "good.plan-first",
    }
    assert {one.key for one in walk(silent) if one.heard} == {"good.plan-first"}


def test_the_clock_stands_until_it_is_moved(a_clock) -> None:
    clock = a_clock("2027-03-28T01:30")
    assert clock.now == datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert clock.forward(hours=1) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_patient_is_nobody(a_patient) -> None:
    numbers = {a_patient(seed).number for seed in range(20)}
    assert len(numbers) == 20
    for number in numbers:
        with pytest.raises(SyntheticRefused):
            classify(number, allow_synthetic=False)


def test_a_discharge_without_a_zone_is_on_the_wall_in_oslo(a_discharge) -> None:
    assert a_discharge("2027-07-01T15:00").at == datetime(2027, 7, 1, 13, tzinfo=UTC)
    assert a_discharge("2027-07-01T15:00+00:00").at == datetime(2027, 7, 1, 15, tzinfo=UTC)


def test_the_timeline_of_the_core_alone(timeline, a_discharge) -> None:
    owed: Timeline = timeline(discharge=a_discharge("2027-03-24T15:00"))
    assert "summary_sent" in owed.keys_of("must")
    assert [one.due_at for one in owed.values()] == sorted(one.due_at for one in owed.values())


def test_what_is_lost_or_later_is_named(without_and_with) -> None:
    before, after = without_and_with("helse-vest", organisation="helse-bergen")
    assert set(before) < set(after)
    assert after.loses(before) == []
    (first, *_) = before
    later = {**after, first: replace(after[first], due_at=after[first].due_at + timedelta(days=1))}
    assert Timeline(later).loses(before) == [first]
    assert set(before.loses(after)) == set(after) - set(before)


def test_a_report_is_told_of_each_team(own_rules) -> None:
    told = numbers({"dps": {"opened": 9}, "post": {"opened": None}}, least=10)
    assert [(one.team, one.measure, one.many) for one in told.counts] == [
        ("dps", "opened", 9),
        ("post", "opened", None),
    ]
    assert told.least == 10
    mine = own_rules("helse-vest", organisation="helse-bergen")
    assert {one.key.partition(".")[0] for one in mine} == {"helse-vest"}
