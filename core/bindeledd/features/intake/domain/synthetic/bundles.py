"""Writes FHIR R4 bundles of a stay, as JSON or as XML: only what the follow-up reads is filled in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    RelativeFacts,
)
from bindeledd.features.intake.domain.synthetic.parts import Envelope, document
from bindeledd.features.intake.domain.tree import OSLO

_OID = "urn:oid:2.16.578.1.12.4.1"
_SYSTEMS = {"HER": f"{_OID}.2", "ENH": f"{_OID}.4.101", "RESH": f"{_OID}.4.102"}
_DISPOSITION = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
_LOINC = "http://loinc.org"
Said = dict[str, Any]


def stay(
    envelope: Envelope,
    *,
    stay_id: str,
    admitted: datetime | None,
    discharged: datetime | None,
    status: str = "finished",
    disposition: str = "home",
    diagnoses: Sequence[Diagnosis] = (),
    relatives: Sequence[RelativeFacts] = (),
    appointment: AppointmentFacts | None = None,
    plan: str = "",
    date_only: bool = False,
    type: str = "message",
    xml: bool = False,
) -> bytes:
    """A bundle about one stay. `type` `document` makes it a discharge summary with `plan` in it."""
    parts = _Named()
    who = parts.put("Patient", **_person(envelope))
    legal = parts.put("Organization", **_organisation(envelope.sender.legal))
    unit = parts.put(
        "Organization", **_organisation(envelope.sender.department), partOf={"reference": legal}
    )
    conditions = [parts.put("Condition", **_condition(one, who)) for one in diagnoses]
    encounter = parts.put(
        "Encounter",
        identifier=[{"system": "urn:hospital:stay", "value": stay_id}],
        status=status,
        **{"class": {"code": "IMP"}},
        subject={"reference": who},
        period=_period(admitted, discharged, date_only),
        serviceProvider={"reference": unit},
        diagnosis=[{"condition": {"reference": one}} for one in conditions],
        hospitalization=_ended(disposition) if discharged else None,
    )
    for relative in relatives:
        parts.put("RelatedPerson", **_relative(relative, who))
    if appointment is not None:
        parts.put("Appointment", **_appointment(appointment, who))
    first = _first(parts, envelope, encounter, who, unit, plan, type)
    said = {
        "resourceType": "Bundle",
        "type": type,
        "identifier": {"system": "urn:hospital:message", "value": envelope.message_id},
        "timestamp": envelope.generated_at.isoformat(),
        "meta": {"tag": [{"code": "HTEST"}]} if envelope.test else None,
        "entry": [*first, *parts.entries],
    }
    return as_xml(said) if xml else as_json(said)


class _Named:
    """Resources as they are put in, each under a name of its own."""

    def __init__(self) -> None:
        self.entries: list[Said] = []

    def put(self, kind: str, **said: Any) -> str:
        name = f"urn:uuid:{uuid5(NAMESPACE_URL, f'{kind}{len(self.entries)}')}"
        self.entries.append({"fullUrl": name, "resource": {"resourceType": kind, **said}})
        return name


def _first(
    parts: _Named, envelope: Envelope, encounter: str, who: str, unit: str, plan: str, type: str
) -> list[Said]:
    """What says what the bundle is: a header, a composition, or nothing."""
    if type == "message":
        parts.put(
            "MessageHeader",
            eventCoding={"code": "discharge", "display": "Utskrivning"},
            sender={"reference": unit},
            destination=[
                {"receiver": _logical(point)} for point in (envelope.receiver.department,)
            ],
            focus=[{"reference": encounter}],
        )
    elif type == "document":
        text = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(plan)}</p></div>'
        parts.put(
            "Composition",
            status="final",
            type={"coding": [{"system": _LOINC, "code": "18842-5"}]},
            title="Epikrise",
            date=envelope.generated_at.isoformat(),
            subject={"reference": who},
            encounter={"reference": encounter},
            section=[{"title": "Planer for videre oppfølging", "text": {"div": text}}],
        )
    else:
        return []
    return [parts.entries.pop()]


def _logical(point: ContactPoint) -> Said:
    return {"identifier": _identifier(point), "display": point.name}


def _identifier(point: ContactPoint) -> Said:
    return {"system": _SYSTEMS.get(point.scheme, "urn:local"), "value": point.value}


def _organisation(point: ContactPoint) -> Said:
    return {"identifier": [_identifier(point)], "name": point.name}


def _person(envelope: Envelope) -> Said:
    person = envelope.person
    return {
        "identifier": [{"system": f"{_OID}.4.1", "value": person.number}],
        "name": [{"use": "official", "family": person.family_name, "given": [person.given_name]}],
        "telecom": [{"system": "phone", "value": person.phone}],
        "birthDate": person.born_on.isoformat(),
    }


def _condition(found: Diagnosis, who: str) -> Said:
    coding = {"system": f"{_OID}.1.{found.system}", "code": found.code}
    return {"subject": {"reference": who}, "code": {"coding": [coding]}}


def _ended(disposition: str) -> Said:
    return {"dischargeDisposition": {"coding": [{"system": _DISPOSITION, "code": disposition}]}}


def _period(admitted: datetime | None, discharged: datetime | None, date_only: bool) -> Said:
    def written(at: datetime | None) -> str | None:
        if at is None:
            return None
        local = at.astimezone(OSLO)
        return local.date().isoformat() if date_only else local.isoformat()

    return {"start": written(admitted), "end": written(discharged)}


def _relative(relative: RelativeFacts, who: str) -> Said:
    given, _, family = relative.name.rpartition(" ")
    return {
        "patient": {"reference": who},
        "relationship": [{"coding": [{"code": relative.relation}]}],
        "name": [{"family": family, "given": [given]}],
        "telecom": [{"system": "phone", "value": phone} for phone in relative.phones],
        "birthDate": f"{relative.born_in}-06-01" if relative.born_in else None,
    }


def _appointment(appointment: AppointmentFacts, who: str) -> Said:
    told = "accepted" if appointment.patient_told else "needs-action"
    return {
        "status": "booked" if appointment.booked else "proposed",
        "start": appointment.at.isoformat() if appointment.at else None,
        "minutesDuration": appointment.minutes,
        "participant": [
            {"actor": {"reference": who}, "status": told},
            {"actor": {"type": "Location", "display": appointment.place}, "status": "accepted"},
        ],
    }


# --- the two notations ----------------------------------------------------------------------------


def as_json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(_told(said), ensure_ascii=False, indent=1).encode()


def _told(value: Any) -> Any:
    """Without what is not said: FHIR has no empty values."""
    if isinstance(value, Mapping):
        kept = {key: _told(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [_told(one) for one in value]
    return value


def as_xml(said: Mapping[str, Any]) -> bytes:
    kind = said["resourceType"]
    return document(
        f'<{kind} xmlns="http://hl7.org/fhir">{"".join(_elements(_told(said)))}</{kind}>'
    )


def _elements(said: Mapping[str, Any]) -> Iterator[str]:
    for key, value in said.items():
        if key == "resourceType":
            continue
        for one in value if isinstance(value, list) else [value]:
            if key == "div":
                yield str(one)
            elif not isinstance(one, Mapping):
                written = str(one).lower() if isinstance(one, bool) else str(one)
                yield f"<{key} value={quoteattr(written)}/>"
            else:
                inner = "".join(_elements(one))
                kind = one.get("resourceType")
                yield (
                    f"<{key}><{kind}>{inner}</{kind}></{key}>"
                    if kind
                    else f"<{key}>{inner}</{key}>"
                )
