"""Why nobody is alerted, and why something is due then: an answer for every standing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.casefile.domain.explaining import alerting, due_because, period
from bindeledd.features.casefile.domain.owing import Watch
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import speaking

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_task(due_at=MONDAY + HOUR, origin=TaskOrigin.STEP, **reason):
    return Task(
        id=new_id(),
        tenant_id=new_id(),
        case_id=new_id(),
        kind="call_patient",
        origin=origin,
        step_key="x",
        anchor_event_id=None,
        owner_team_id=new_id(),
        due_at=due_at,
        due_reason=reason,
        made_at=MONDAY,
    )


def watch(next_at=MONDAY + HOUR, audience="owner", **more):
    return Watch(
        round=1,
        next_at=next_at,
        next_audience=audience,
        **{"covered_from": MONDAY - HOUR, **more},
    )


LATE = MONDAY - HOUR


@pytest.mark.parametrize(
    ("due_at", "seen", "code"),
    [
        (MONDAY + HOUR, watch(), "not_due_yet"),
        (MONDAY + 2 * HOUR, watch(), "word_before_due"),
        (MONDAY + HOUR, watch(covered_from=None), "nobody_on_duty"),
        (MONDAY + HOUR, watch(covered_from=MONDAY + HOUR), "nobody_on_duty"),
        (MONDAY + HOUR, watch(covered_from=None, told_at=LATE), "uncovered_told"),
        (LATE, watch(next_at=MONDAY), "late_first_word"),
        (LATE, watch(told_at=LATE), "late_running"),
        (LATE, watch(told_at=LATE, audience="repeat"), "late_next_round"),
        (LATE, watch(next_at=MONDAY - timedelta(seconds=121)), "stopped"),
        (LATE, watch(next_at=None), "stopped"),
        (LATE, watch(seen_until=MONDAY + HOUR, seen_by=new_id()), "seen"),
        (LATE, watch(seen_until=LATE, seen_by=new_id(), told_at=LATE), "late_running"),
    ],
)
def test_every_standing_has_its_answer(due_at, seen, code):
    found = alerting(a_task(due_at), seen, MONDAY, name=lambda _: "Anna")

    assert found.code == code
    assert "{" not in found.text
    assert "None" not in found.text


def test_moments_are_told_by_the_wall_clock():
    found = alerting(a_task(), watch(), MONDAY, name=lambda _: "")

    assert "01.03.2027 kl. 10.00" in found.text


@pytest.mark.parametrize(
    ("reason", "codes"),
    [
        ({"rule": "longest_silence", "within": "P7D"}, ["longest_silence"]),
        ({"rule": "first", "form": "within", "within": "P3D", "count": "calendar_days",
          "moved": "no", "basis": "law", "source": "RX-01"}, ["counted_within", "source"]),
        ({"rule": "first", "form": "window", "opens": "P10D", "within": "P21D",
          "count": "calendar_days", "moved": "earlier", "default": True},
         ["counted_window", "moved_to_staffed", "default"]),
        ({"rule": "x", "form": "at", "default": True, "unread": "Rutine N-12"},
         ["counted_at", "unread"]),
        ({"rule": "x", "form": "at", "date_only": True, "moved": "no_staffed_moment"},
         ["counted_at", "no_staffed_moment", "date_only"]),
        ({"rule": "x", "form": "end_of_day", "moved": "task_moved_later"},
         ["counted_end_of_day", "task_moved_later"]),
    ],
)  # fmt: skip
def test_the_reason_for_a_due_time_is_told_in_words(reason, codes):
    found = due_because(a_task(**reason))

    assert [one.code for one in found] == codes
    assert all(one.text and "{" not in one.text for one in found)


def test_that_nothing_else_was_due_is_said_of_when_the_task_was_made():
    [told] = due_because(a_task(rule="longest_silence", within="P7D"))

    assert told.text.startswith("Da oppgaven ble laget, gjensto ingenting annet før denne fristen")


def test_the_end_of_the_fifth_working_day_is_not_called_the_same_day():
    reason = {"form": "end_of_day", "within": "P5D", "count": "working_days"}
    [told] = due_because(a_task(rule="x", **reason))

    assert told.text == "Innen 5 dager (virkedager), ved slutten av den dagen."


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("nb", "hours", "Innen 2 timer."),
        ("nn", "hours", "Innan 2 timar."),
        ("en", "hours", "Within 2 hours."),
        ("nb", "staffed_hours", "Innen 2 timer (bemannede timer)."),
    ],
)
def test_hours_are_not_said_twice(language, count, words):
    reason = {"rule": "x", "form": "within", "within": "PT2H", "count": count}
    with speaking(language):
        [told] = due_because(a_task(**reason))

    assert told.text == words


def test_the_end_of_the_second_day_after_an_appointment_is_not_called_its_day():
    reason = {"form": "end_of_day", "of": "appointment_at", "within": "P2D"}
    [told] = due_because(a_task(rule="x", count="calendar_days", **reason))

    assert told.code == "counted_end_of_day_later"


def test_a_rule_whose_source_is_named_is_not_called_ours():
    reason = {"form": "at", "basis": "local", "source": "x", "default": True, "unread": "N-12"}
    told = " ".join(one.text for one in due_because(a_task(**reason)))

    assert "Fra N-12, ikke kontrollert." in told
    assert "Vår egen" not in told


def test_a_due_time_names_what_set_it_and_not_what_the_rule_rests_on():
    reason = {"form": "at", "basis": "law", "source": "RX-01"}
    layered = {**reason, "due_basis": "local", "due_source": "EQS 1"}
    [_, told] = due_because(a_task(**layered))
    [_, above] = due_because(a_task(**reason))

    assert (told.code, told.values["source"]) == ("source", "EQS 1")
    assert "okal" in told.text
    assert above.values["source"] == "RX-01"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ({"moved": "task_brought_forward", "moved_by": "1"}, "Anna har flyttet den frem."),
        (
            {"moved": "task_moved_later", "moved_by": "1"},
            "Anna har flyttet den til senere, med en grunn.",
        ),
        (
            {"not_before": "2027-03-10", "by": "1"},
            "Dagen er avtalt med personen, eller valgt av Anna.",
        ),
    ],
)
def test_whoever_moved_or_chose_a_day_is_named(reason, says):
    [found] = due_because(a_task(**reason), who="Berit", names={"1": "Anna"})

    assert found.text == says


def test_a_time_that_a_person_chose_says_so():
    found = due_because(a_task(origin=TaskOrigin.PERSON, rule="person"))

    assert [one.code for one in found] == ["person_chose"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("P1D", "1 dag"), ("P3D", "3 dager"), ("PT1H", "1 time"), ("PT15M", "15 minutter"),
     ("P1DT12H", "P1DT12H"), ("", "")],
)  # fmt: skip
def test_a_period_in_words(text, words):
    assert period(text) == words
