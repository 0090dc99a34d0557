"""The demo's caseload, with one of everything that a page can show laid on top of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from bindeledd.app import create_app
from bindeledd.demo.bringing import Demo
from bindeledd.demo.people import people_of
from bindeledd.features.access.service import hash_password
from bindeledd.features.casefile.service.packing import prepare_package
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings, saying
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.discharges import service as discharges
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import Way
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.handovers.service import outside
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.plans import service as plans
from bindeledd.features.plans.domain import Measure, Relatives, Service, TookPart, Words
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Share
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import faults
from bindeledd.features.rollcall.tables import RollCallRow
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor, ActorKind, command, system
from bindeledd.features.staff.tables import MemberRow, TeamRow, UnitRow
from bindeledd.foundation import clock
from bindeledd.foundation.ids import new_id
from builders import Site, a_book, an_open_case
from doors import a_door
from features.casefile.letters import LAYER
from features.takeover.builders import ANE, BO, a_row, csv_of, taken_over
from strictly import strictly
from web.a_world import made

PASSWORD = "fjorten katter på ski"
NOTE = {"words": "Fastlegen tar over."}


@dataclass(frozen=True)
class Full:
    """The app of the demo, the ids of one of each kind, and who logs in as what."""

    app: Flask
    ids: dict[str, Any]
    people: tuple[str, ...] = ("berit", "anna", "eva")


def fill(demo: Demo) -> Full:
    book = _with_a_letter(demo.gathered.book)
    gathered = replace(demo.gathered, book=book)
    app = strictly(create_app(demo.settings, database=demo.database, gathered=gathered))
    site = _site(demo)
    ids = {**_followed(demo, site), **_lists(demo, site), **_to_be_written_to(demo, site, book)}
    ids |= _by_doors(app, demo, site, ids["case_id"])
    _administrator(demo, site)
    jobs.sweep(demo.database, a_book(), rules=Rules(), clock=clock.now)
    return Full(app=app, ids=ids)


def _with_a_letter(book: Book) -> Book:
    """The routine with a town's letter on top of it, and somebody who can be asked about it."""
    said = (
        Contact(
            key="lillevik.boathouse", label={"nb": "Naustet"}, tasks=frozenset({"letter_by_hand"})
        ),
    )
    found = read_file(LAYER, distribution="lillevik", file="letter.toml")
    return replace(
        book,
        layers=(*book.layers, *found.layers),
        task_titles={**book.task_titles, **{one.key: one.title for one in found.kinds}},
        contacts=(*book.contacts, *said),
        _resolved={},
    )


def _to_be_written_to(demo: Demo, site: Site, book: Book) -> dict[str, Any]:
    """Somebody to whom a letter by hand is owed."""
    at = clock.now()
    with demo.database.transaction() as session:
        opened = an_open_case(session, site, at=at, discharged_at=at - _HOUR, book=book)
        (task,) = (one for one in opened.new if one.kind == "letter_by_hand")
    return {"of_the_letter": opened.case.id, "letter_id": task.id}


def _site(demo: Demo) -> Site:
    at = clock.now()
    with demo.database.transaction() as session:
        who = people_of(session, demo.tenant, system(demo.tenant), at)
        team, other = (
            session.scalars(sa.select(TeamRow.id).where(TeamRow.key == key)).one()
            for key in ("ambulant", "kommunalt")
        )
        unit = session.scalars(sa.select(UnitRow.id).where(UnitRow.team_id == team)).first()
        row = session.scalars(sa.select(TeamRow).where(TeamRow.id == team)).one()
        return Site(
            tenant=demo.tenant,
            organisation=row.organisation_id,
            team=team,
            other_team=other,
            unit=unit or team,
            anna=who.members[team][0],
            berit=who.leads[team],
            carl=who.members[other][0],
            dina=who.leads[other],
        )


def _followed(demo: Demo, site: Site) -> dict[str, Any]:
    """Somebody who was discharged yesterday: family, a mistake, a handover outside on its way."""
    at = clock.now()
    with demo.database.transaction() as session:
        opened = an_open_case(
            session, site, patient=_person(session, site, BO), at=at, discharged_at=at - _HOUR
        )
        case = opened.case.id
        relative = relatives.add_relative(
            session,
            opened.case.patient_id,
            name="Ola Prøve",
            relation="far",
            phone="41234599",
            by=site.anna,
            at=at,
        )
        consent = relatives.give_consent(
            session,
            relative.id,
            what=(Share.PLAN,),
            since=at.date(),
            words="",
            by=site.anna,
            at=at,
        ).consents[0]
        _plans(session, site, case)
        to_sign = _ask_to_close(session, site)
        dead = _confirmed_dead(session, site)
        faults.report_fault(session, "channel:email", "refused", at=at, tenant_id=site.tenant)
        faults.tell_faults(session, at=at)
    return {
        "case_id": case,
        "to_sign": to_sign,
        "of_the_dead": dead,
        "patient_id": opened.case.patient_id,
        "relative_id": relative.id,
        "consent_id": consent.id,
        "task_id": opened.new[0].id,
        "other_id": new_id(),
        "window_id": new_id(),
        "member_id": site.carl.id,
        "team_id": site.team,
        "unit_id": site.unit,
        "organisation_id": site.organisation,
        "fault_id": new_id(),
        "kind": "risk_assessed",
    }


_HOUR = timedelta(hours=1)


def _plans(session: Any, site: Site, case: UUID) -> None:
    """A plan of three versions, the third with something new, changed and taken away."""
    per = Measure(what="Ringer tirsdag", whose=Service.MUNICIPALITY, owner="Per")
    part = TookPart(person=True, relatives=Relatives.YES, services=frozenset(Service))
    said: list[dict[str, str]] = [
        {"wishes": "Ro"},
        {"wishes": "Ro", "not_wanted": "Tvang"},
        {"wishes": "Ro og tid", "relatives": "Far ringer hver kveld"},
    ]
    for base, sections in enumerate(said):
        words = Words(sections=sections, measures=(per,), took_part=part)
        plans.save(session, case, words, base=base, by=site.anna, at=clock.now(), book=a_book())


def _person(session: Any, site: Site, number: str) -> UUID:
    held = HeldIdentifier(identifier=Identifier(kind=IdentifierKind.FNR, value=number))
    return patients.register_patient(
        session,
        tenant_id=site.tenant,
        identity=Identity(given="Bo", family="Prøve", identifiers=(held,), address="Prøveveien 7"),
        contact_ways=[ContactWay(value="41234598")],
        by=site.system,
        at=clock.now(),
    ).id


def _ask_to_close(session: Any, site: Site) -> UUID:
    case = an_open_case(session, site, at=clock.now()).case.id
    said: dict[str, Any] = {"words": NOTE, "by": site.anna, "at": clock.now(), "book": a_book()}
    endings.request_closing(session, case, ending=Ending.COMPLETED, override=True, **said)
    return case


def _confirmed_dead(session: Any, site: Site) -> UUID:
    at = clock.now()
    case = an_open_case(session, site, at=at - 2 * _HOUR, discharged_at=at - 2 * _HOUR).case.id
    told = (
        (EventKind.DEATH_REPORTED, site.anna, at - _HOUR),
        (EventKind.DEATH_CONFIRMED, site.berit, at),
    )
    for kind, by, when in told:
        saying.tell(session, case, kind, words=NOTE, by=by, at=when, book=a_book())
    return case


def _lists(demo: Demo, site: Site) -> dict[str, Any]:
    """A take-over that waits for a signature, and a discharge list with somebody unknown."""
    data = csv_of(a_row(), a_row(number="ikke et nummer", given="Cato"))
    with demo.database.transaction() as session:
        taken = taken_over(session, site, data, by=command(site.tenant, name="kari"))
        discharges.compare(
            session,
            data=f"Fødselsnummer;Navn;Utskrevet\n{ANE};Prøve, Ane;20.2.2026 14.00".encode(),
            name="uke 8.csv",
            by=site.system,
            at=clock.now(),
            book=a_book(),
        )
        statement = session.scalars(sa.select(RollCallRow.id)).first()
    return {"takeover_id": taken.takeover.id, "number": 3, "statement_id": statement}


def _by_doors(app: Flask, demo: Demo, site: Site, case: UUID) -> dict[str, Any]:
    door = a_door(app, demo.database, site.anna)
    later = (clock.now() + timedelta(days=20)).isoformat()
    at = f"/cases/{case}"
    ids = {
        "appointment_id": made(
            door, f"{at}/appointments", {"starts_at": later}, "appointment", "id"
        ),
        "document_id": made(door, f"{at}/documents", {}, "document", "id"),
        "call_id": made(
            door, "/calls", {"said": "Ringte om Bo", "about": "Bo", "acute": False}, "call_id"
        ),
    }
    berit = a_door(app, demo.database, site.berit)
    ids["record_id"] = made(berit, f"{at}/restricted", {"title": "Gjennomgang"}, "id")
    named = {"member_id": str(site.anna.id)}
    assert berit("POST", f"/restricted/{ids['record_id']}/readers", named).status_code == 204
    made(door, f"{at}/contacts", {"outcome": "spoke_with_patient", "words": "Det går bra."})
    with demo.database.transaction() as session:
        ids |= _outside(session, site, case)
        ids["event_id"] = session.scalars(
            sa.select(EventRow.id).where(EventRow.case_id == case, EventRow.kind == "reached")
        ).first()
    waiting = door("GET", "/messages").json
    assert waiting is not None
    ids["message_id"] = waiting["messages"][0]["id"]
    return ids


def _outside(session: Any, site: Site, case: UUID) -> dict[str, Any]:
    at = clock.now()
    known = Outside(
        id=new_id(), tenant_id=site.tenant, organisation="Prøve kommune", phone="77 00 00 00"
    )
    known = outside.set_outside(session, known, by=site.anna, at=at)
    package = prepare_package(
        session,
        case,
        outside_id=known.id,
        phone="77 00 00 01",
        words="Bor i kommunen",
        by=site.anna,
        at=at,
        book=a_book(),
    )
    outside.take_out(session, package.id, form="pdf", by=site.anna, at=at, book=a_book())
    sent = outside.send(
        session, package.id, way=Way.E_MESSAGE, words={}, by=site.anna, at=at, book=a_book()
    )
    handovers.hand_over(
        session,
        an_open_case(session, site, at=at).case.id,
        to_team_id=site.other_team,
        words=NOTE,
        by=site.anna,
        at=at,
        book=a_book(),
    )
    away = {"since": at + timedelta(days=40), "until": at + timedelta(days=41), "by": site.anna}
    return {
        "outside_id": known.id,
        "package_id": package.id,
        "handover_id": sent.handover.id,
        "absence_id": staff.away(session, site.anna.id, at=at, **away).id,
    }


def _administrator(demo: Demo, site: Site) -> None:
    """Eva runs the installation and sees no patient; Berit has both roles beside her team; one password."""
    by = Actor(kind=ActorKind.SYSTEM, tenant_id=site.tenant, id=None, name="test")
    with demo.database.transaction() as session:
        eva = new_id()
        session.execute(
            sa.insert(MemberRow).values(
                id=eva,
                tenant_id=site.tenant,
                login="eva",
                name="Eva Drift",
                email="eva@example.invalid",
                active=True,
                made_at=clock.now(),
            )
        )
        staff.grant(session, eva, "admin", by=by, at=clock.now())
        for role in ("admin", "privacy"):
            staff.grant(session, site.berit.id, role, by=by, at=clock.now())
        hashed = hash_password(PASSWORD)
        session.execute(sa.update(MemberRow).values(password_hash=hashed))
