"""The smallest complete plugin, tested as an author would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bindeledd_example.adt import read

from bindeledd.plugin.testing import is_kept, numbers
from bindeledd.plugin.working import Unreadable


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


# --- the reader and the report --------------------------------------------------------------------

LEFT = "\r".join(
    [
        r"MSH|^~\&|EPJ|PSYK-HF|BINDELEDD||20260327143000||ADT^A03^ADT_A03|M-17|P|2.5||||||UNICODE UTF-8",
        "EVN|A03|20260327143000",
        "PID|1||9988^^^LOKAL^PI~04858649981^^^NO^FNR||Boŋgu^Iŋgá||19860504|F|||||+4799912345",
        "PV1|1|I|PSYK-A^12^1" + "|" * 41 + "20260324090000|20260327140000",
    ]
)


def facts(text=LEFT):
    return read(text.encode())


def test_who_left_when_and_from_where(hosted):
    (reader,) = hosted("example").readers.values()
    told = reader.read(LEFT.encode())
    assert told == replace(facts(), format="example:adt", checked=told.checked)
    assert (told.kind, told.message_id, told.test) == ("discharged", "M-17", False)
    assert told.patient.name == "Iŋgá Boŋgu"
    assert [(one.kind, one.value) for one in told.patient.ids] == [("FNR", "04858649981")]
    assert told.stay.discharged.at == datetime(2026, 3, 27, 13, tzinfo=UTC)
    assert [one.value for one in told.sender] == ["PSYK-A", "PSYK-HF"]


def test_who_came_and_whose_leaving_was_called_off():
    came = facts(LEFT.replace("A03", "A01").replace("|20260327140000", "|"))
    assert (came.kind, came.stay.discharged) == ("admitted", None)
    off = facts(LEFT.replace("A03", "A13"))
    assert (off.kind, off.stay.withdrawn.at) == (
        "withdrawn",
        datetime(2026, 3, 27, 13, 30, tzinfo=UTC),
    )


def test_a_death_is_told():
    assert facts(LEFT + "\r").outcome is None
    dead = LEFT.replace("+4799912345", "+4799912345" + "|" * 16 + "20260327|Y")
    assert facts(dead).outcome == "dead"
    assert facts(dead).patient.died_on == date(2026, 3, 27)


@pytest.mark.parametrize(
    "text",
    [
        LEFT.replace("ADT^A03", "ADT^A08"),
        LEFT.replace("ADT^A03", "ORU^R01"),
        LEFT.replace("|20260327140000", "|"),
        LEFT.replace("20260324090000", "in March"),
        LEFT.replace("UNICODE UTF-8", "8859/9"),
        LEFT.replace(r"MSH|^~\&|", "MSH#^~#&#"),
        LEFT.split("\rPID")[0],
    ],
)
def test_whatever_is_not_certain_is_not_read(text):
    with pytest.raises(Unreadable):
        facts(text)


def test_letters_are_right_or_the_message_is_not_read():
    western = LEFT.replace("UNICODE UTF-8", "8859/1").replace("Boŋgu^Iŋgá", "Sørbø^Åse")
    assert read(western.encode("iso-8859-1")).patient.name == "Åse Sørbø"
    with pytest.raises(Unreadable):
        read(LEFT.replace("Boŋgu^Iŋgá", "Sørbø^Åse").encode("iso-8859-1"))


def test_a_number_that_is_too_small_to_be_said_is_not_said_by_the_report(hosted):
    (report,) = hosted("example").reports.values()
    told = {"dps": {"event.discharged": 9, "event.reached": None}}
    made = report.make(numbers(told))
    assert made.columns[:4] == ("Måned", "Team", "Utskrevet", "Nådd")
    assert made.rows == (("2027-01", "dps", 9, None, 0, 0),)
