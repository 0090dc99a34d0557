"""A follow-up of Anna's team with one of everything, and planted words wherever words can stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from bindeledd.features.cases import queries as cases
from bindeledd.features.documents.tables import DocumentRow
from bindeledd.features.intake.tables import CallRow, MessageRow
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Share
from bindeledd.features.staff import service as staff
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import Site, an_open_case
from doors import Door, a_door

NAME, NUMBER, PHONE, KIN = "Xanthippe Zætterstrøm", "13116900216", "41234599", "Vilhelmine"
PLANTED = (NAME, "Zætterstrøm", NUMBER, PHONE, KIN, "Ørjavikvegen")


def made(door: Door, path: str, body: object, *way: str | int) -> Any:
    told = door("POST", path, body)
    assert told.status_code < 300, (path, told.text)
    found: Any = told.json
    for step in way:
        found = found[step]
    return found


def a_world(app: Flask, database: Database, site: Site) -> dict[str, Any]:
    """The ids of one of each kind that Anna's team has and nobody else may see."""
    at = now()
    with database.transaction() as session:
        number = Identifier(kind=IdentifierKind.FNR, value=NUMBER)
        patient = patients.register_patient(
            session,
            tenant_id=site.tenant,
            identity=Identity(
                full=NAME,
                identifiers=(HeldIdentifier(identifier=number),),
                address="Ørjavikvegen 7",
            ),
            contact_ways=[ContactWay(value=PHONE)],
            by=site.system,
            at=at,
        ).id
        opened = an_open_case(session, site, patient=patient, at=at, discharged_at=at)
        case = opened.case.id
        relative = relatives.add_relative(
            session, patient, name=KIN, relation="mor", phone=PHONE, by=site.anna, at=at
        )
        agreed = relatives.give_consent(
            session,
            relative.id,
            what=(Share.PLAN,),
            since=at.date(),
            words="",
            by=site.anna,
            at=at,
        )
        window = staff.put_on_call(
            session,
            site.team,
            site.anna.id,
            starts_at=at,
            ends_at=at + timedelta(days=1),
            by=site.berit,
            at=at,
        )
        absence = staff.away(
            session,
            site.anna.id,
            since=at + timedelta(days=40),
            until=at + timedelta(days=41),
            by=site.anna,
            at=at,
        )
    return {
        "window_id": window.id,
        "absence_id": absence.id,
        "case_id": case,
        "patient_id": patient,
        "relative_id": relative.id,
        "consent_id": agreed.consents[0].id,
        "task_id": opened.new[0].id,
        "event_id": opened.events[0].id,
        "other_id": new_id(),
        "kind": "risk_assessed",
        **_by_doors(app, database, site, case),
    }


def _by_doors(app: Flask, database: Database, site: Site, case: UUID) -> dict[str, Any]:
    anna = a_door(app, database, site.anna)
    later = (now() + timedelta(days=20)).isoformat()
    at = f"/cases/{case}"
    kept = {
        "appointment_id": made(
            anna, f"{at}/appointments", {"starts_at": later}, "appointment", "id"
        ),
        "document_id": made(anna, f"{at}/documents", {}, "document", "id"),
        "version_id": made(
            anna,
            f"{at}/plan/versions",
            {"base": 0, "person": True, "sections": {"wishes": NAME}},
            "version",
            "id",
        ),
    }
    berit = a_door(app, database, site.berit)
    kept["record_id"] = made(berit, f"{at}/restricted", {"title": NAME}, "id")
    named = {"member_id": str(site.anna.id)}
    assert berit("POST", f"/restricted/{kept['record_id']}/readers", named).status_code == 204
    made(anna, "/calls", {"said": "Ringte for " + NAME, "about": NAME, "acute": False})
    anna.app.test_client().post(
        "/api/v1/messages",
        data=b"<x>Zaetterstr\xf8m</x>",
        headers={"Authorization": f"Bearer {anna.token}", "Content-Type": "application/xml"},
    )
    with database.transaction() as session:
        call = session.scalars(sa.select(CallRow.id)).first()
        message = session.scalars(sa.select(MessageRow.id)).first()
        assert session.scalars(sa.select(DocumentRow.id)).first() is not None
        assert cases.find_open_case(session, tenant_id=site.tenant, patient_id=new_id()) is None
    return {**kept, "call_id": call, "message_id": message}


def spellings(marker: str) -> Iterator[bytes]:
    """As it stands, in upper and lower case, in UTF-16 and in hexadecimal."""
    for text in (marker, marker.upper(), marker.lower()):
        yield text.encode()
    yield marker.encode("utf-16-le")
    yield marker.encode().hex().encode()
