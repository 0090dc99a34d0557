"""From bytes to facts, with messages that we make ourselves."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    Checked,
    Diagnosis,
    Kind,
    Outcome,
    RelativeFacts,
    Series,
)
from bindeledd.features.intake.domain.plo import SeveralBodies
from bindeledd.features.intake.domain.reading import UnknownFormat, made_at, read
from bindeledd.features.intake.domain.standards import Standards
from bindeledd.features.intake.domain.synthetic import letters
from bindeledd.features.intake.domain.synthetic.stories import HOSPITAL, TEAM
from bindeledd.features.intake.service import reason_text
from bindeledd.foundation.errors import Misconfigured
from features.intake.builders import (
    ATTEMPT,
    FRIDAY,
    IŊGÁ,
    a_cancellation,
    a_logistic,
    a_report,
    an_envelope,
    an_epikrise,
)

CHILD = RelativeFacts(name="Sára Boŋgu", relation="DA", born_in=2015)
PARTNER = RelativeFacts(name="Nils Ánte Hætta", relation="SA", phones=("+4799955555",))


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_an_epikrise_tells_who_when_and_why(version):
    message = read(an_epikrise(version=version))

    assert message.format == f"epikrise-{version}"
    assert message.kind is Kind.DISCHARGE_SUMMARY
    assert message.series is Series.NEW
    assert message.document_id == "d0000000-0000-4000-8000-000000000001"
    assert message.patient.name == "Iŋgá Márjá Boŋgu"
    assert message.patient.ids[0].value == IŊGÁ.number
    assert message.patient.born_on == date(1987, 5, 4)
    assert message.patient.phones == ("+4799912345",)
    assert message.stay.discharged is not None
    assert message.stay.discharged.at == FRIDAY
    assert not message.stay.discharged.date_only
    assert message.stay.care == "inpatient"
    assert message.diagnoses == ATTEMPT
    assert message.checked is Checked.STRUCTURE


def test_the_department_stands_before_the_legal_entity():
    assert read(an_epikrise()).sender == (HOSPITAL.department, HOSPITAL.legal)
    assert read(a_logistic(Kind.ADMITTED)).receiver == (TEAM.department, TEAM.legal)


def test_a_cancellation_carries_no_stay_and_joins_by_document():
    message = read(a_cancellation("7b1c0f34-0c1e-4c1b-9a51-00000000000c", "d-1"))

    assert message.series is Series.CANCELLED
    assert message.document_id == "d-1"
    assert message.stay.discharged is None


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (Kind.ADMITTED, "admitted"),
        (Kind.READY_FOR_DISCHARGE, "ready"),
        (Kind.WITHDRAWN, "withdrawn"),
        (Kind.DISCHARGED, "discharged"),
        (Kind.DEATH, "died"),
    ],
)
def test_a_logistic_message_tells_what_happened_when(kind, field):
    message = read(a_logistic(kind))

    assert message.kind is kind
    assert getattr(message.stay, field).at == FRIDAY
    assert message.document_id == message.message_id
    assert message.has_patient


def test_a_date_without_a_time_is_the_start_of_that_day_in_norway():
    message = read(a_logistic(Kind.DISCHARGED, date_only=True))

    assert message.stay.discharged is not None
    assert message.stay.discharged.date_only
    assert message.stay.discharged.at == datetime(2026, 3, 26, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "of_death"),
    [(Outcome.ALIVE, False), (Outcome.DEAD, True), (Outcome.DIED_BY_SUICIDE, True)],
)
def test_how_the_stay_ended_is_read_and_a_death_is_seen(outcome, of_death):
    message = read(a_logistic(Kind.DISCHARGED, outcome=outcome))

    assert message.outcome is outcome
    assert message.tells_of_death is of_death


def test_a_message_of_a_death_tells_of_death():
    assert read(a_logistic(Kind.DEATH)).tells_of_death


def test_a_report_carries_the_time_at_hand():
    at = FRIDAY + timedelta(days=5)
    given = AppointmentFacts(
        booked=True, at=at, minutes=45, place="DPS, rom 3", patient_told=True, relatives_told=False
    )

    assert read(a_report(appointment=given)).appointments == (given,)


@pytest.mark.parametrize("written", ["²", "٣٠", "9" * 5000, "-30", ""])
def test_a_length_that_is_no_number_is_left_out(written):
    time = AppointmentFacts(booked=True, at=FRIDAY + timedelta(days=3), minutes=30)
    data = a_report(appointment=time).decode()

    (read_time,) = read(data.replace(">30<", f">{written}<").encode()).appointments

    assert data.count(">30<") == 1
    assert read_time.booked
    assert read_time.minutes is None


@pytest.mark.parametrize("written", ["²²²²", "٢٠١٥", "ukjent"])
def test_a_year_that_is_no_number_is_left_out(written):
    child = RelativeFacts(name="Ella", relation="BARN", born_in=2015)
    data = a_report(relatives=[child]).decode()

    (relative,) = read(data.replace(">2015<", f">{written}<").encode()).relatives

    assert data.count(">2015<") == 1
    assert relative.born_in is None


@pytest.mark.parametrize(
    "given",
    [
        AppointmentFacts(booked=False, books="service", patient_told=False, relatives_told=False),
        AppointmentFacts(booked=False, books="patient"),
        AppointmentFacts(booked=False, tentative="i uke 15", place="DPS"),
        AppointmentFacts(booked=False, place="DPS"),
    ],
)
def test_a_report_says_when_somebody_has_yet_to_book(given):
    assert read(a_report(appointment=given)).appointments == (given,)


def test_a_report_reads_stay_conditions_children_and_words():
    message = read(a_report(diagnoses=ATTEMPT, relatives=(CHILD, PARTNER), plan="Ring på mandag."))

    assert message.kind is Kind.DISCHARGE_REPORT
    assert message.stay.admitted is not None
    assert message.stay.admitted.at == FRIDAY - timedelta(days=3)
    assert message.stay.discharged is not None
    assert message.stay.discharged.at == FRIDAY
    assert [d.code for d in message.diagnoses] == ["F322", "X61"]
    assert message.children
    assert message.relatives == (CHILD, PARTNER)
    assert [t.text for t in message.texts if t.heading.startswith("Planer")] == ["Ring på mandag."]


def test_an_admission_report_gives_relatives_and_no_discharge():
    message = read(letters.admission_report(an_envelope(), relatives=(PARTNER,)))

    assert message.kind is Kind.ADMISSION_REPORT
    assert message.relatives == (PARTNER,)
    assert message.stay.discharged is None


def test_a_change_in_plo_points_at_the_message_before_it():
    changed = an_envelope(series=Series.CHANGED, parent_id="first-one")
    message = read(letters.discharge_report(changed, admitted=FRIDAY, discharged=FRIDAY))

    assert message.series is Series.CHANGED
    assert message.document_id == "first-one"
    assert message.parent_id == "first-one"


def test_a_test_message_says_so():
    assert read(an_epikrise(envelope={"test": True})).test
    assert read(a_logistic(Kind.ADMITTED, envelope={"test": True})).test
    assert not read(an_epikrise()).test


def test_the_older_plo_version_is_read_too():
    older = a_logistic(Kind.DISCHARGED).replace(b"2012-04-01", b"2009-06-30")

    assert read(older).format == "plo-1.5"


def test_a_file_name_decides_nothing_and_an_unknown_root_is_refused():
    with pytest.raises(UnknownFormat):
        read(b"<Message xmlns='http://example.no/other'><MsgId>1</MsgId></Message>")
    with pytest.raises(UnknownFormat):
        read(b"<MsgHead xmlns='http://www.kith.no/xmlstds/msghead/2006-05-24'/>")


def test_an_envelope_with_two_messages_goes_to_a_person():
    one = a_logistic(Kind.ADMITTED).decode()
    start, end = one.index("<Document>"), one.index("</Document>") + len("</Document>")
    two = one[:end] + one[start:end] + one[end:]

    with pytest.raises(SeveralBodies):
        read(two.encode())


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        (b"<MsgId>7b1c0f34-0c1e-4c1b-9a51-000000000001</MsgId>", b"<MsgId/>", tree.NoMessageId),
        (b"<GenDate V=", b"<GenDatum V=", tree.AgainstSchema),
        (b'<EndDateTime V="2026-03-27T14:00:00"/>', b'<EndDateTime V="yesterday"/>', tree.BadTime),
    ],
)
def test_what_is_needed_and_missing_is_refused_with_a_code(before, after, refusal):
    data = an_epikrise()
    broken = data.replace(before, after)
    assert broken != data
    if refusal is tree.AgainstSchema:
        broken = broken.replace(b'T15:00:00"/><MsgId>', b'T15:00:00"></GenDatum><MsgId>')

    with pytest.raises(refusal) as refused:
        read(broken)

    assert IŊGÁ.number not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (an_epikrise(), "msg_id", "Message/MsgId"),
        (a_logistic(Kind.ADMITTED), "msg_head_id", "MsgHead/MsgInfo/MsgId"),
    ],
)
def test_a_message_without_a_name_of_its_own_says_which_field_is_missing(data, field, words):
    nameless = re.sub(rb"<MsgId>[^<]*</MsgId>", b"<MsgId/>", data)
    assert nameless != data

    with pytest.raises(tree.NoMessageId) as refused:
        read(nameless)

    assert refused.value.reason == f"intake.no_message_id:{field}"
    assert words in reason_text("intake.no_message_id", field)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-07-01T12:00:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-01-01T12:00:00", datetime(2026, 1, 1, 11, tzinfo=UTC)),
        ("2026-01-01T12:00:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01T12:00:00.250+05:00", datetime(2026, 1, 1, 7, 0, 0, 250000, tzinfo=UTC)),
        ("2026-01-01T24:00:00", datetime(2026, 1, 1, 23, tzinfo=UTC)),
        ("2026-03-29T02:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_norwegian_time(written, at):
    moment = tree.moment(written)

    assert moment is not None
    assert moment.at == at
    assert not moment.date_only


@pytest.mark.parametrize(
    "written",
    [
        "2026",
        "2026-13-01",
        "12:00:00",
        "0000-00-00T00:00:00",
        "0001-01-02",
        "0226-03-27T12:00:00",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_is_not_a_moment_is_refused(written):
    with pytest.raises(tree.BadTime):
        tree.moment(written)


def test_an_unknown_code_is_a_remark_and_no_reason_to_refuse():
    data = a_logistic(Kind.DISCHARGED).replace(b'Hendelsekode V="2"', b'Hendelsekode V="77"')

    message = read(data)

    assert message.remarks == ("9121:77",)
    assert message.stay.discharged is None


def test_a_folder_of_standards_that_is_not_there_stops_the_start(tmp_path: Path):
    with pytest.raises(Misconfigured):
        Standards(tmp_path / "nowhere")


def test_without_schemas_in_the_folder_it_reads_by_structure_and_says_so(tmp_path: Path):
    assert read(an_epikrise(), standards=Standards(tmp_path)).checked is Checked.STRUCTURE


def _standards() -> Standards:
    folder = os.environ.get("BINDELEDD_STANDARDS") or os.environ.get("BINDELEDD_SAMPLES")
    if not folder:
        pytest.skip("BINDELEDD_STANDARDS is not set: schema and code-list checks left out")
    return Standards(Path(folder))


def test_with_the_standards_a_message_against_its_schema_is_refused_without_its_content():
    standards = _standards()
    data = an_epikrise().replace(
        b"<MsgDescr>Epikrise</MsgDescr>", b"<Oppdiktet>Epikrise</Oppdiktet>"
    )

    with pytest.raises(tree.AgainstSchema) as refused:
        read(data, standards=standards)

    assert set(refused.value.facts) == {"line", "rule", "format"}
    assert read(data).checked is Checked.STRUCTURE


def test_with_the_standards_an_odd_code_is_a_remark():
    data = a_logistic(Kind.DISCHARGED).replace(b'UtTil V="1"', b'UtTil V="777"')

    assert "8408:777" in read(data, standards=_standards()).remarks


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("series", list(Series))
def test_our_own_epikriser_hold_against_the_official_schema(version, series):
    data = an_epikrise(
        version=version,
        envelope={"series": series},
        relatives=(PARTNER,),
        plan="Ring <mandag> & så",
    )

    assert read(data, standards=_standards()).checked is Checked.SCHEMA


def test_our_own_plo_messages_hold_against_the_official_schemas():
    standards = _standards()
    made = [a_logistic(kind) for kind in letters._LOGISTICS]
    made.append(letters.admission_report(an_envelope(), relatives=(CHILD, PARTNER), plan="Ord"))
    made.append(a_report(envelope={"test": True, "series": Series.CHANGED, "parent_id": "x"}))
    for appointment in (
        AppointmentFacts(booked=True, at=FRIDAY, minutes=30, place="A", patient_told=True),
        AppointmentFacts(booked=False, books="patient"),
        AppointmentFacts(booked=False, tentative="uke 3", place="B"),
    ):
        made.append(a_report(diagnoses=ATTEMPT, relatives=(CHILD,), appointment=appointment))

    assert [read(data, standards=standards).checked for data in made] == [Checked.SCHEMA] * len(
        made
    )


def test_codes_are_compared_without_dots_and_spaces():
    dotted = (Diagnosis(system="7110", code="x 61.0", main=True),)

    assert read(an_epikrise(diagnoses=dotted)).diagnoses[0].code == "X610"


@pytest.mark.parametrize("data", [an_epikrise(), a_report(), a_logistic(Kind.DISCHARGED)])
def test_when_a_message_was_made_is_seen_in_its_first_bytes(data):
    assert made_at(data[:8192]) == read(data).generated_at


@pytest.mark.parametrize("data", [b"", b"<GenDate/>", b"<GenDate>tomorrow</GenDate>", b"\xff<m"])
def test_when_it_was_made_is_not_guessed(data):
    assert made_at(data) is None
