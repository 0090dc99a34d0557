"""FHIR bundles: the same facts from JSON and XML, what is refused, and nothing guessed."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    Diagnosis,
    Kind,
    Message,
    Moment,
    Outcome,
    RelativeFacts,
    Series,
)
from bindeledd.features.intake.domain.notations import same_content
from bindeledd.features.intake.domain.queue import reason_and_field
from bindeledd.features.intake.domain.reading import (
    ReaderFailed,
    UnknownFormat,
    made_at,
    read,
    try_to_read,
)
from bindeledd.features.intake.domain.safety import DEEPEST, MOST, CannotRead
from bindeledd.features.intake.domain.synthetic.bundles import as_json, as_xml
from bindeledd.features.intake.domain.synthetic.stories import HOSPITAL, TEAM
from bindeledd.features.intake.domain.tree import AgainstSchema
from bindeledd.features.intake.service import reason_text
from features.intake.builders import ATTEMPT, FRIDAY, IŊGÁ, a_bundle

CHILD = RelativeFacts(name="Ánne Boŋgu", relation="barn", phones=(), born_in=2015)
TIME = AppointmentFacts(
    booked=True, at=FRIDAY + timedelta(days=5), minutes=45, place="DPS Nord", patient_told=True
)
Said = dict[str, Any]


def said(**more: Any) -> Said:
    """A bundle as plain values, to be bent."""
    found: Said = json.loads(a_bundle(**more))
    return found


def of(bundle: Said, kind: str) -> Said:
    found: Said = next(
        e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind
    )
    return found


def refusal(data: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read(data)
    assert IŊGÁ.number not in str(refused.value)
    assert refused.value.__cause__ is None
    return refused.value.code


# --- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize("xml", [False, True])
def test_a_finished_stay_is_a_discharge_with_all_that_it_tells(xml):
    message = read(a_bundle(diagnoses=ATTEMPT, relatives=(CHILD,), appointment=TIME, xml=xml))

    assert (message.format, message.kind) == ("fhir-r4", Kind.DISCHARGED)
    assert message.series is Series.CHANGED
    assert message.generated_at == FRIDAY + timedelta(hours=1)
    assert message.document_id == "urn:hospital:stay|S-1"
    assert message.message_id.startswith("urn:hospital:message|")
    assert message.patient.name == "Iŋgá Márjá Boŋgu"
    assert [(i.kind, i.value) for i in message.patient.ids] == [("FNR", IŊGÁ.number)]
    assert message.patient.born_on == IŊGÁ.born_on
    assert message.patient.phones == (IŊGÁ.phone,)
    assert message.stay.admitted == Moment(at=FRIDAY - timedelta(days=3))
    assert message.stay.discharged == Moment(at=FRIDAY)
    assert message.stay.care == "inpatient"
    assert message.outcome is Outcome.ALIVE
    assert message.diagnoses == ATTEMPT
    assert message.relatives == (CHILD,)
    assert message.children
    assert message.appointments == (TIME,)
    assert not message.complete
    assert message.sender[0].scheme == HOSPITAL.department.scheme
    assert message.sender[0].value == HOSPITAL.department.value
    assert message.sender[1].value == HOSPITAL.legal.value
    assert message.receiver[0].value == TEAM.department.value


@pytest.mark.parametrize("kind", ["message", "document", "collection", "transaction"])
def test_json_and_xml_tell_the_same(kind):
    one, other = (
        read(a_bundle(diagnoses=ATTEMPT, plan="Ring mandag.", type=kind, xml=xml))
        for xml in (False, True)
    )

    assert one == other


def test_a_document_that_is_a_discharge_summary_is_one():
    message = read(a_bundle(type="document", plan="Ring mandag."))

    assert message.kind is Kind.DISCHARGE_SUMMARY
    assert message.series is Series.NEW
    assert message.final
    assert [(b.heading, b.text) for b in message.texts] == [
        ("Planer for videre oppfølging", "Ring mandag.")
    ]


def test_a_document_of_another_type_is_no_summary():
    bundle = said(type="document")
    of(bundle, "Composition")["type"] = {"coding": [{"system": "http://loinc.org", "code": "1-8"}]}

    assert read(as_json(bundle)).kind is Kind.DISCHARGED


def test_a_summary_that_replaces_another_is_a_change_of_that_one():
    bundle = said(type="document")
    of(bundle, "Composition")["relatesTo"] = [
        {"code": "replaces", "targetIdentifier": {"system": "urn:x", "value": "first"}}
    ]

    message = read(as_json(bundle))

    assert (message.series, message.document_id) == (Series.CHANGED, "urn:x|first")


def test_a_preliminary_summary_is_not_final_and_one_in_error_takes_back():
    bundle = said(type="document")
    of(bundle, "Composition")["status"] = "preliminary"
    assert not read(as_json(bundle)).final
    of(bundle, "Composition")["status"] = "entered-in-error"
    assert read(as_json(bundle)).series is Series.CANCELLED


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_stay_that_never_was_takes_back_what_was_said_of_it(status):
    message = read(a_bundle(status=status))

    assert message.series is Series.CANCELLED
    assert message.stay.discharged is None


@pytest.mark.parametrize("status", ["arrived", "triaged", "in-progress", "onleave"])
def test_who_is_there_is_admitted(status):
    message = read(a_bundle(status=status, discharged=None))

    assert message.kind is Kind.ADMITTED
    assert message.stay.admitted == Moment(at=FRIDAY - timedelta(days=3))


def test_a_discharge_that_is_expected_lies_ahead():
    later = FRIDAY + timedelta(days=2)

    message = read(a_bundle(status="in-progress", discharged=later))

    assert message.kind is Kind.ADMITTED
    assert message.stay.discharged == Moment(at=later)


@pytest.mark.parametrize(
    ("disposition", "outcome"),
    [("home", Outcome.ALIVE), ("psy", Outcome.ALIVE), ("aadvice", Outcome.ALIVE), ("exp", Outcome.DEAD)],
)  # fmt: skip
def test_how_the_stay_ended(disposition, outcome):
    message = read(a_bundle(disposition=disposition))

    assert message.outcome is outcome
    assert message.tells_of_death == (outcome is Outcome.DEAD)


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        ({"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.8431", "code": "1"}]}, Outcome.ALIVE),
        ({"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.8431", "code": "2"}]}, Outcome.DEAD),
        (
            {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.8431", "code": "3"}]},
            Outcome.DIED_BY_SUICIDE,
        ),
        ({"coding": [{"system": "http://x/nubc-UB92", "code": "20"}]}, Outcome.DEAD),
        ({"text": "Død under oppholdet"}, Outcome.DEAD),
        ({"text": "Hjem etter selvmordsforsøk"}, None),
        ({}, None),
    ],
)
def test_a_death_is_known_by_its_codes(ended, outcome):
    bundle = said()
    of(bundle, "Encounter")["hospitalization"] = {"dischargeDisposition": ended}

    assert read(as_json(bundle)).outcome is outcome


def test_a_patient_who_has_died_is_a_death_whatever_the_stay_says():
    bundle = said(status="in-progress", discharged=None)
    of(bundle, "Patient")["deceasedDateTime"] = "2026-03-27T10:00:00+01:00"

    message = read(as_json(bundle))

    assert message.kind is Kind.DEATH
    assert message.tells_of_death
    assert message.stay.died == Moment(at=datetime(2026, 3, 27, 9, tzinfo=UTC))
    assert message.patient.died_on == date(2026, 3, 27)


def test_dates_without_a_time_stay_dates():
    message = read(a_bundle(date_only=True))

    assert message.stay.discharged == Moment(
        at=datetime(2026, 3, 26, 23, tzinfo=UTC), date_only=True
    )


def test_an_episode_that_is_closed_is_a_discharge_and_one_that_runs_tells_nothing():
    bundle = said()
    episode = of(bundle, "Encounter")
    episode["resourceType"] = "EpisodeOfCare"
    episode["patient"] = episode.pop("subject")
    for key in ("class", "hospitalization", "serviceProvider"):
        episode.pop(key)

    assert read(as_json(bundle)).kind is Kind.DISCHARGED

    episode["status"] = "active"
    assert refusal(as_json(bundle)) == "intake.nothing_told"


@pytest.mark.parametrize(
    ("system", "kind"),
    [
        ("urn:oid:2.16.578.1.12.4.1.4.1", "FNR"),
        ("2.16.578.1.12.4.1.4.2", "DNR"),
        ("urn:oid:2.16.578.1.12.4.1.4.3", "FHN"),
        ("urn:oid:2.16.578.1.12.4.1.4.5", "DUF"),
    ],
)
def test_norwegian_numbers_are_known_by_their_oid(system, kind):
    bundle = said()
    of(bundle, "Patient")["identifier"] = [{"system": system, "value": "010 203 04050"}]

    assert [(i.kind, i.value) for i in read(as_json(bundle)).patient.ids] == [(kind, "01020304050")]


def test_a_local_help_number_counts_with_who_gave_it_and_a_record_number_is_no_number():
    bundle = said()
    of(bundle, "Patient")["identifier"] = [
        {"system": "urn:hospital:mrn", "value": "4711"},
        {
            "system": "urn:hospital:help",
            "value": "12345678901",
            "type": {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.8327", "code": "HNR"}]},
            "assigner": {"display": "Sykehuset Nord"},
        },
    ]

    (number,) = read(as_json(bundle)).patient.ids

    assert (number.kind, number.value, number.assigner) == ("HNR", "12345678901", "Sykehuset Nord")


def test_a_stay_may_name_its_patient_by_a_number_alone():
    bundle = said()
    bundle["entry"] = [e for e in bundle["entry"] if e["resource"]["resourceType"] != "Patient"]
    for condition in (e["resource"] for e in bundle["entry"]):
        condition.pop("patient", None)
    of(bundle, "Encounter")["subject"] = {
        "identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": IŊGÁ.number},
        "display": "Iŋgá Márjá Boŋgu",
    }

    message = read(as_json(bundle))

    assert message.patient.family_name == "Boŋgu"
    assert message.patient.ids[0].value == IŊGÁ.number


def test_a_condition_of_another_stay_or_refuted_opens_nothing():
    bundle = said(diagnoses=(Diagnosis(system="7110", code="F322"),))
    who = of(bundle, "Condition")["subject"]
    code = {"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7110", "code": "X61"}]}
    for more in (
        {"encounter": {"reference": "Encounter/long-ago"}},
        {},
        {
            "encounter": {"reference": bundle["entry"][0]["resource"]["focus"][0]["reference"]},
            "verificationStatus": {"coding": [{"code": "refuted"}]},
        },
    ):
        resource = {"resourceType": "Condition", "subject": who, "code": code, **more}
        bundle["entry"].append({"fullUrl": f"urn:c:{len(bundle['entry'])}", "resource": resource})

    assert [d.code for d in read(as_json(bundle)).diagnoses] == ["F322"]


def test_an_appointment_of_somebody_else_or_one_that_fell_is_none():
    bundle = said(appointment=TIME)
    found = of(bundle, "Appointment")
    found["status"] = "cancelled"
    assert read(as_json(bundle)).appointments == ()
    found["status"] = "booked"
    found["participant"][0]["actor"] = {"reference": "Patient/somebody-else"}
    assert read(as_json(bundle)).appointments == ()


def test_a_bundle_marked_as_a_test_is_one():
    assert read(a_bundle(envelope={"test": True})).test


def test_when_it_was_made_is_seen_at_a_glance_where_it_stands_in_front():
    data = a_bundle()
    assert made_at(data) == read(data).generated_at
    assert made_at(a_bundle(xml=True)) == read(data).generated_at


def test_the_order_of_keys_says_nothing_and_another_value_does():
    bundle = said()
    turned = {key: bundle[key] for key in reversed(bundle)}

    assert same_content(as_json(bundle), json.dumps(turned).encode())
    of(turned, "Patient")["birthDate"] = "1990-01-01"
    assert not same_content(as_json(said()), json.dumps(turned).encode())


# --- what is refused ------------------------------------------------------------------------------


def test_fifty_megabytes_are_refused_before_they_are_parsed():
    huge = b'{"resourceType":"Bundle","x":"' + b"a" * 50_000_000 + b'"}'
    tracemalloc.start()

    assert refusal(huge) == "intake.too_large"

    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("depth", [DEEPEST + 2, 5_000, 100_000])
@pytest.mark.parametrize("kind", ["objects", "lists"])
def test_nesting_without_end_is_refused(depth, kind):
    begin, end = {"objects": ('{"a":', "}"), "lists": ("[", "]")}[kind]
    nested = f'{{"resourceType":"Bundle","a":{begin * depth}1{end * depth}}}'

    assert refusal(nested.encode()) in ("intake.too_deep", "intake.not_json")


def test_more_values_than_any_message_has_are_refused():
    data = b'{"resourceType":"Bundle","a":[' + b"1," * MOST + b"1]}"

    assert refusal(data) == "intake.too_large"


def test_a_key_that_stands_twice_is_refused_wherever_it_stands():
    text = a_bundle().decode()

    assert refusal(text.replace('"status":', '"status":"planned","status":', 1).encode()) == (
        "intake.doubled_key"
    )


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity", "1e", "'x'", "01x", "undefined"])
def test_what_json_does_not_have_is_refused(odd):
    assert refusal(f'{{"resourceType":"Bundle","total":{odd}}}'.encode()) == "intake.not_json"


def test_half_a_bundle_is_refused():
    data = a_bundle()
    assert refusal(data[: len(data) // 2]) == "intake.not_json"


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\u0008"])
def test_a_sign_that_no_text_has_is_refused(bad):
    assert refusal(a_bundle().replace("Boŋgu".encode(), bad.encode())) == "intake.not_json"


def test_western_bytes_are_refused_and_sami_names_come_through_whole():
    western = a_bundle().decode().replace("Boŋgu", "Bø").replace("Iŋgá", "Ingá")

    assert refusal(western.encode("cp1252")) == "intake.encoding"
    assert read(a_bundle()).patient.family_name == "Boŋgu"
    assert read(b"\xef\xbb\xbf" + a_bundle()).patient.family_name == "Boŋgu"
    assert read(a_bundle().decode().encode("utf-16")).patient.family_name == "Boŋgu"


def test_an_entity_in_the_narrative_is_refused_and_odd_html_is_read_as_words():
    bundle = said(type="document")
    text = of(bundle, "Composition")["section"][0]["text"]
    text["div"] = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><div>&x;</div>'
    assert refusal(as_json(bundle)) == "intake.entity_refused"
    text["div"] = "<div>Ring&nbsp;mandag<br>klokken ni</div>"
    assert read(as_json(bundle)).texts[0].text == "Ring mandag klokken ni"


def test_organisations_that_are_part_of_each_other_are_refused():
    bundle = said()
    organisations = [e for e in bundle["entry"] if e["resource"]["resourceType"] == "Organization"]
    organisations[0]["resource"]["partOf"] = {"reference": organisations[1]["fullUrl"]}
    organisations[1]["resource"]["partOf"] = {"reference": organisations[0]["fullUrl"]}

    assert refusal(as_json(bundle)) == "intake.circle"


def test_a_bundle_about_two_people_is_refused():
    bundle = said()
    other = {**of(bundle, "Patient"), "birthDate": "1950-01-01"}
    bundle["entry"].append({"fullUrl": "urn:uuid:other", "resource": other})

    assert refusal(as_json(bundle)) == "intake.several_patients"


def test_a_stay_of_somebody_who_does_not_stand_in_the_bundle_is_refused():
    bundle = said()
    of(bundle, "Encounter")["subject"] = {"reference": "Patient/somebody-else"}

    assert refusal(as_json(bundle)) == "intake.several_patients"


def test_two_stays_are_refused_where_nothing_says_which_is_meant():
    bundle = said(type="collection")
    other = {
        **of(bundle, "Encounter"),
        "identifier": [{"system": "urn:hospital:stay", "value": "S-2"}],
    }
    bundle["entry"].append({"fullUrl": "urn:uuid:second", "resource": other})

    assert refusal(as_json(bundle)) == "intake.several_bodies"


def test_the_stay_in_focus_is_meant():
    bundle = said()
    other = {
        **of(bundle, "Encounter"),
        "identifier": [{"system": "urn:hospital:stay", "value": "S-2"}],
    }
    bundle["entry"].append({"fullUrl": "urn:uuid:second", "resource": other})

    assert read(as_json(bundle)).document_id == "urn:hospital:stay|S-1"


def test_one_address_for_two_resources_is_refused():
    bundle = said()
    bundle["entry"][1]["fullUrl"] = bundle["entry"][0]["fullUrl"]

    assert refusal(as_json(bundle)) == "intake.schema"


@pytest.mark.parametrize(
    ("kind", "proviso"),
    [
        ("Encounter", {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}),
        ("Patient", {"implicitRules": "urn:rules"}),
    ],
)
def test_a_proviso_that_nobody_knows_is_refused(kind, proviso):
    bundle = said()
    of(bundle, kind).update(proviso)

    assert refusal(as_json(bundle)) == "intake.proviso"


def bent(change: Callable[[Said], object]) -> bytes:
    bundle = said()
    change(bundle)
    return as_json(bundle)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: of(b, "Encounter")["period"].pop("end"), "intake.not_said"),
        (lambda b: of(b, "Encounter")["period"].update(end="2026-03"), "intake.bad_time"),
        (lambda b: of(b, "Encounter")["period"].update(end="2026-01-01"), "intake.contradiction"),
        (lambda b: of(b, "Encounter").update(status="in-progress"), "intake.contradiction"),
        (lambda b: of(b, "Encounter").update(status="completed"), "intake.schema"),
        (lambda b: of(b, "Encounter").update(status="planned"), "intake.nothing_told"),
        (lambda b: b.pop("timestamp"), "intake.not_said"),
        (lambda b: b.update(timestamp="yesterday"), "intake.bad_time"),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused(change, code):
    assert refusal(bent(change)) == code


def test_a_message_without_a_timestamp_was_made_when_its_header_was_written():
    bundle = said()
    bundle.pop("timestamp")
    made = FRIDAY + timedelta(minutes=7)
    header = {"resourceType": "MessageHeader", "meta": {"lastUpdated": made.isoformat()}}
    bundle["entry"].insert(0, {"fullUrl": "urn:uuid:head", "resource": header})

    assert read(as_json(bundle)).generated_at == made


def test_what_the_standard_leaves_open_is_asked_for_as_what_this_product_needs():
    with pytest.raises(CannotRead) as refused:
        read(bent(lambda b: b.pop("timestamp")))

    told = reason_text(refused.value.code, refused.value.facts["at"])
    assert "følger ikke standarden" not in told
    assert "Bindeledd trenger det" in told


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda one: one["period"].pop("end"), "Encounter.period.end mangler"),
        (lambda one: one["period"].update(end="2026-03"), "Encounter.period.end er ikke"),
        (lambda one: one["period"].update(start="i går"), "Encounter.period.start er ikke"),
        (lambda one: one["period"].update(end="2026-01-01"), "Encounter.period.end er før"),
        (lambda one: one.update(status="in-progress"), "Encounter.period.end er passert"),
        (lambda one: one.update(status="completed"), "Encounter.status mangler eller er ukjent"),
    ],
)
def test_what_is_wrong_with_a_stay_is_named_by_its_field_and_what_would_be_right(change, names):
    told = try_to_read(bent(lambda bundle: change(of(bundle, "Encounter"))))
    assert isinstance(told, CannotRead)
    said = reason_text(*reason_and_field(told.reason))

    assert said.startswith(reason_text(told.code))
    assert names in said
    assert any(word in said for word in ("skal", "Rett er"))


@pytest.mark.parametrize("kind", ["searchset", "history", "batch", "batch-response", ""])
def test_a_bundle_that_carries_nothing_new_is_no_message(kind):
    with pytest.raises(UnknownFormat):
        read(bent(lambda b: b.update(type=kind)))


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"resourceType":"Patient"}', b'{"a":{"b":[1]}}'])
def test_other_json_is_of_no_known_format(data):
    with pytest.raises(UnknownFormat):
        read(data)


def test_a_bundle_without_a_name_of_its_own_says_which_field_is_missing():
    bundle = said(type="collection")
    bundle.pop("identifier")

    with pytest.raises(CannotRead) as refused:
        read(as_json(bundle))
    assert refused.value.reason == "intake.no_message_id:bundle_identifier"


def test_without_any_name_of_its_own_it_is_refused_and_a_version_of_the_stay_is_one():
    bundle = said(type="collection")
    bundle.pop("identifier")
    assert refusal(as_json(bundle)) == "intake.no_message_id"
    of(bundle, "Encounter")["meta"] = {"versionId": "3"}
    assert read(as_json(bundle)).message_id == "urn:hospital:stay|S-1/3"


# --- by property ----------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "entry", "resource", "status", "id", "period", "a", "æ"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused_and_nothing_else(value):
    data = json.dumps({"resourceType": "Bundle", "type": "message", "entry": value}).encode()

    assert not isinstance(try_to_read(data), ReaderFailed)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_bundle_that_lost_or_changed_anything_is_read_or_refused(data):
    bundle = said(diagnoses=ATTEMPT, relatives=(CHILD,), appointment=TIME)
    here: Any = bundle
    while isinstance(here, dict | list) and here:
        key = data.draw(
            st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))
        )
        if data.draw(st.booleans()) or not isinstance(here[key], dict | list):
            here[key] = data.draw(JSON)
            break
        here = here[key]

    told = try_to_read(json.dumps(bundle).encode())

    assert not isinstance(told, ReaderFailed)
    if isinstance(told, Message):
        assert told == read(json.dumps(bundle, indent=2).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_after_a_brace_are_read_or_refused(data):
    with pytest.raises(CannotRead) as refused:
        read(b"{" + data)
    assert refused.value.code != "intake.reader_failed"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 5_000_000),
    st.integers(0, 400),
    st.booleans(),
    st.booleans(),
)
def test_whatever_the_stay_both_notations_tell_it_alike(start, hours, date_only, xml):
    begun = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    message = read(
        a_bundle(
            admitted=begun, discharged=begun + timedelta(hours=hours), date_only=date_only, xml=xml
        )
    )
    assert message.stay.admitted is not None
    assert message.stay.discharged is not None
    assert message.stay.discharged.date_only == date_only
    assert message.stay.admitted.at <= message.stay.discharged.at
    if not date_only:
        assert message.stay.discharged.at == begun + timedelta(hours=hours)


# --- the sample -----------------------------------------------------------------------------------


def test_the_official_sample_is_read_whole_in_both_notations():
    folder = os.environ.get("BINDELEDD_SAMPLES")
    if not folder:
        pytest.skip("BINDELEDD_SAMPLES is not set: 1 official bundle left out")
    (file,) = sorted(Path(folder).glob("messages/fhir/*.json"))
    data = file.read_bytes()

    message = read(data)

    assert (message.kind, message.series) == (Kind.DISCHARGED, Series.CHANGED)
    assert message.message_id == "df0bb058-e0bb-11ea-a11a-864d2e68a322"
    assert message.patient.name == "Elden718 Halvorson124"
    assert message.patient.ids == ()
    assert message.patient.born_on == date(2000, 10, 15)
    assert message.stay.discharged == Moment(at=datetime(2018, 10, 24, 5, 22, 15, tzinfo=UTC))
    assert message.outcome is Outcome.ALIVE
    assert [d.code for d in message.diagnoses] == ["1234"]
    assert message.sender[0].name == "HOLY FAMILY HOSPITAL"
    assert read(as_xml(json.loads(data))) == message


@pytest.mark.parametrize("code", ["exp", "20", "3"])
def test_a_code_of_no_system_that_may_be_a_death_is_asked_about(code):
    bundle = said()
    ended = {"dischargeDisposition": {"coding": [{"code": code}]}}
    of(bundle, "Encounter")["hospitalization"] = ended
    with pytest.raises(AgainstSchema) as refused:
        read(as_json(bundle))
    assert refused.value.facts["at"] == "encounter_disposition"


def test_an_outcome_that_nobody_understands_is_shown_and_says_nothing():
    bundle = said()
    ended = {"dischargeDisposition": {"coding": [{"system": "urn:own", "code": "Q7"}]}}
    of(bundle, "Encounter")["hospitalization"] = ended
    message = read(as_json(bundle))
    assert message.outcome is None
    assert ("Utskrevet til", "Q7") in [(one.heading, one.text) for one in message.texts]
