"""The official messages, with exact facts. They are never part of this repository.

They are found through `BINDELEDD_SAMPLES`; without it the checks are left out, and say so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    Checked,
    Kind,
    Message,
    Moment,
    Outcome,
    Series,
    Stay,
)
from bindeledd.features.intake.domain.reading import UnknownFormat, read
from bindeledd.features.intake.domain.standards import Standards


@dataclass(frozen=True)
class Expected:
    """What must come out of one official message."""

    format: str
    kind: Kind
    series: Series
    message_id: str
    document_id: str
    generated: datetime
    name: str
    number: str
    born: date
    sender: tuple[str, ...]
    receiver: tuple[str, ...]
    stay: Stay
    codes: tuple[str, ...] = ()
    test: bool = False
    outcome: Outcome | None = None
    appointments: tuple[AppointmentFacts, ...] = ()
    relatives: tuple[str, ...] = ()


def _at(*parts: int) -> Moment:
    return Moment(at=datetime(*parts, tzinfo=UTC))  # type: ignore[misc, arg-type]


def _on(*parts: int) -> Moment:
    return Moment(at=datetime(*parts, tzinfo=UTC), date_only=True)  # type: ignore[misc, arg-type]


_LINE = {"name": "Line Danser", "number": "13116900216", "born": date(1969, 11, 13)}
_ROLAND = {"name": "Roland Gundersen", "number": "15076500565", "born": date(1965, 7, 15)}
_NHN = {"sender": ("94866", "91393"), "receiver": ("91393", "95136")}
_WARD = {"sender": ("90998", "59"), "receiver": ("5078", "99387")}
_HEART = {
    "codes": ("I330", "B951", "E119", "I252"),
    "outcome": Outcome.ALIVE,
    "stay": Stay(
        admitted=_at(2017, 4, 27, 7, 0, 10), discharged=_at(2017, 5, 4, 7, 20, 12), care="inpatient"
    ),
}

OFFICIAL = {
    "epikrise/epikrise_v1.1_n.xml": Expected(
        format="epikrise-1.1",
        kind=Kind.DISCHARGE_SUMMARY,
        series=Series.NEW,
        message_id="e3332f10-46ca-11e7-9598-0800200c9a66",
        document_id="05900740-46cb-11e7-9598-0800200c9a66",
        generated=datetime(2017, 5, 5, 4, 24, 9, tzinfo=UTC),
        **_LINE,
        **_NHN,
        **_HEART,
    ),
    "epikrise/epikrise_v1.2_n.xml": Expected(
        format="epikrise-1.2",
        kind=Kind.DISCHARGE_SUMMARY,
        series=Series.NEW,
        message_id="f022ccd0-4567-11e7-9598-0800200c9a66",
        document_id="b9270660-4567-11e7-9598-0800200c9a66",
        generated=datetime(2017, 5, 5, 4, 24, 9, tzinfo=UTC),
        test=True,
        **_LINE,
        **_NHN,
        **_HEART,
    ),
    "epikrise/epikrise_v1.2_m.xml": Expected(
        format="epikrise-1.2",
        kind=Kind.DISCHARGE_SUMMARY,
        series=Series.CHANGED,
        message_id="54602b70-456d-11e7-9598-0800200c9a66",
        document_id="b9270660-4567-11e7-9598-0800200c9a66",
        generated=datetime(2017, 5, 5, 5, 15, 9, tzinfo=UTC),
        test=True,
        **_LINE,
        **_NHN,
        **_HEART,
    ),
    "epikrise/epikrise_v1.2_c.xml": Expected(
        format="epikrise-1.2",
        kind=Kind.DISCHARGE_SUMMARY,
        series=Series.CANCELLED,
        message_id="89da1760-456e-11e7-9598-0800200c9a66",
        document_id="b9270660-4567-11e7-9598-0800200c9a66",
        generated=datetime(2017, 5, 5, 6, 23, 9, tzinfo=UTC),
        test=True,
        stay=Stay(),
        **_LINE,
        **_NHN,
    ),
    "plo/Pasientlogistikk_Innlagt_pasient_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.ADMITTED,
        series=Series.NEW,
        message_id="b088a160-0698-11e8-b566-0800200c9a66",
        document_id="b088a160-0698-11e8-b566-0800200c9a66",
        generated=datetime(2018, 1, 29, 9, 11, 54, tzinfo=UTC),
        stay=Stay(admitted=_at(2018, 1, 29, 9), care="inpatient"),
        **_ROLAND,
        **_WARD,
    ),
    "plo/Pasientlogistikk_Utskrivningsklar_pasient_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.READY_FOR_DISCHARGE,
        series=Series.NEW,
        message_id="79c55ed0-0692-11e8-b566-0800200c9a66",
        document_id="79c55ed0-0692-11e8-b566-0800200c9a66",
        generated=datetime(2018, 1, 31, 9, 20, 11, tzinfo=UTC),
        stay=Stay(admitted=_at(2018, 1, 29, 9), ready=_on(2018, 1, 30, 23), care="inpatient"),
        **_ROLAND,
        **_WARD,
    ),
    "plo/Pasientlogistikk_Avmelding_av_utskrivningsklar_pasient_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.WITHDRAWN,
        series=Series.NEW,
        message_id="ad3f4e50-068e-11e8-b566-0800200c9a66",
        document_id="ad3f4e50-068e-11e8-b566-0800200c9a66",
        generated=datetime(2018, 1, 31, 16, 12, 31, tzinfo=UTC),
        stay=Stay(
            admitted=_at(2018, 1, 29, 9),
            ready=_on(2018, 1, 30, 23),
            withdrawn=_on(2018, 1, 30, 23),
            care="inpatient",
        ),
        **_ROLAND,
        **_WARD,
    ),
    "plo/Pasientlogistikk_Melding_om_utskrevet_pasient_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.DISCHARGED,
        series=Series.NEW,
        message_id="b5edd090-0697-11e8-b566-0800200c9a66",
        document_id="b5edd090-0697-11e8-b566-0800200c9a66",
        generated=datetime(2018, 2, 1, 10, 20, 13, tzinfo=UTC),
        stay=Stay(discharged=_on(2018, 1, 31, 23)),
        outcome=Outcome.ALIVE,
        **_ROLAND,
        **_WARD,
    ),
    "plo/Pasientlogistikk_Orientering_om_dodsfall_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.DEATH,
        series=Series.NEW,
        message_id="a5919840-069b-11e8-b566-0800200c9a66",
        document_id="a5919840-069b-11e8-b566-0800200c9a66",
        generated=datetime(2018, 2, 20, 16, 30, 45, tzinfo=UTC),
        stay=Stay(died=_on(2018, 2, 19, 23)),
        outcome=Outcome.DEAD,
        sender=("5078", "99387"),
        receiver=("91096",),
        **_ROLAND,
    ),
    "plo/Utskrivningsrapport_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.DISCHARGE_REPORT,
        series=Series.NEW,
        message_id="52c04610-0818-11e8-b566-0800200c9a66",
        document_id="52c04610-0818-11e8-b566-0800200c9a66",
        generated=datetime(2018, 2, 2, 14, 40, 23, tzinfo=UTC),
        stay=Stay(admitted=_at(2018, 1, 30, 13), discharged=_at(2018, 2, 2, 9), care="inpatient"),
        codes=("A46", "I509"),
        appointments=(
            AppointmentFacts(
                booked=True,
                at=datetime(2018, 2, 20, 12, 30, tzinfo=UTC),
                minutes=60,
                place="St. Olavs hospital, Hjertemedisinsk poliklinikk",
            ),
        ),
        **_ROLAND,
        **_WARD,
    ),
    "plo/Innleggelsesrapport_v1-6_Ny.xml": Expected(
        format="plo-1.6",
        kind=Kind.ADMISSION_REPORT,
        series=Series.NEW,
        message_id="13a5da20-05c6-11e8-8f1a-0800200c9a66",
        document_id="13a5da20-05c6-11e8-8f1a-0800200c9a66",
        generated=datetime(2018, 1, 30, 14, 34, 47, tzinfo=UTC),
        stay=Stay(),
        codes=("I50",),
        sender=("5078", "99387"),
        receiver=("91090", "59"),
        relatives=("Ole Hansen", "Per Hansen"),
        **_LINE,
    ),
}
FOREIGN = (
    "apprec/example-avvist.xml",
    "apprec/example-ok.xml",
    "dialog/samsvar-test-message.xml",
)
CHECKS = 3 * len(OFFICIAL) + len(FOREIGN)


def _folder() -> Path:
    folder = os.environ.get("BINDELEDD_SAMPLES")
    if not folder:
        pytest.skip(
            f"BINDELEDD_SAMPLES is not set: {CHECKS} checks with official messages left out"
        )
    return Path(folder)


def _facts(message: Message) -> Expected:
    return Expected(
        format=message.format,
        kind=message.kind,
        series=message.series,
        message_id=message.message_id,
        document_id=message.document_id or "",
        generated=message.generated_at,
        name=message.patient.name,
        number=message.patient.ids[0].value,
        born=message.patient.born_on or date.min,
        sender=tuple(point.value for point in message.sender),
        receiver=tuple(point.value for point in message.receiver),
        stay=message.stay,
        codes=tuple(diagnosis.code for diagnosis in message.diagnoses),
        test=message.test,
        outcome=message.outcome,
        appointments=message.appointments,
        relatives=tuple(relative.name for relative in message.relatives),
    )


def test_official_messages_are_read_exactly():
    folder = _folder()
    for name, expected in OFFICIAL.items():
        message = read((folder / "messages" / name).read_bytes())
        assert _facts(message) == expected, name
        assert message.checked is Checked.STRUCTURE
        assert not message.remarks, name


def test_official_messages_hold_against_the_official_schemas():
    folder = _folder()
    standards = Standards(folder)
    for name in OFFICIAL:
        message = read((folder / "messages" / name).read_bytes(), standards=standards)
        assert message.checked is Checked.SCHEMA, name


def test_official_messages_come_through_in_another_encoding():
    folder = _folder()
    for name, expected in OFFICIAL.items():
        text = (folder / "messages" / name).read_text(encoding="utf-8-sig")
        body = text.partition("?>")[2]
        western = b"<?xml version='1.0' encoding='ISO-8859-1'?>" + body.encode("latin-1")
        assert _facts(read(western)) == expected, name


def test_official_messages_of_other_kinds_are_refused_by_name():
    folder = _folder()
    for name in FOREIGN:
        with pytest.raises(UnknownFormat):
            read((folder / "messages" / name).read_bytes())
