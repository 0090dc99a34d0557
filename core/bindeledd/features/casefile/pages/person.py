"""Who the person is: name, numbers with their history, language, interpreter, address."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import Small, insist
from bindeledd.features.cases.service import persons
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries
from bindeledd.features.patients.domain import (
    BornHow,
    HeldIdentifier,
    Identity,
    Patient,
    PatientUnreadable,
)
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import ZONE, Form, day_words
from bindeledd.foundation.texts import refusal_text, t

_PLACES = {"identifier.assigner_missing": "assigner"}


def add(bp: Blueprint, book: Book) -> None:
    """Put the page of the person on `bp`."""
    page = Small(book=book, template="person", places=_PLACES, more=_shown)

    @bp.get("/cases/<uuid:case_id>/person")
    def person(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/person")
    def change_person(case_id: UUID) -> ResponseReturnValue:
        return page.do(case_id, _changing(case_id, book))


def patient_of(session: Session, case_id: UUID) -> Patient:
    """The patient of a case that the one who asks may see."""
    by = current_actor()
    patient_id = access.require_case(session, by, case_id)
    return queries.get_patient(session, patient_id, tenant_id=by.tenant_id)


def version_of(form: Form) -> int | None:
    """The version that the page showed: what somebody else changed since is not overwritten."""
    text = form.text("version")
    return int(text) if text.isdecimal() else None


def _changing(case_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        was = patient_of(session, case_id)
        if was.identity is None:
            raise PatientUnreadable(patient=was.id, bundle="identity")
        identity = _read(session, was.identity, form)
        insist(form)
        persons.change_identity(
            session,
            was.id,
            identity,
            by=current_actor(),
            at=now(),
            book=book,
            version=version_of(form),
        )
        return "person_changed"

    return act


def _read(session: Session, was: Identity, form: Form) -> Identity:
    name, born_on = form.text("name"), form.day("born_on")
    if was.name and not name:
        form.wrong("name", t("casefile.person.name_needed"))
    if born_on is not None and born_on > now().astimezone(ZONE).date():
        form.wrong("born_on", t("casefile.person.born_ahead"))
    how = form.one_of("born_how", BornHow) or BornHow.PERSON_SAID
    if name != was.name:
        was = replace(was, full=name, given="", family="")
    return replace(
        was,
        identifiers=_numbers(session, was, form),
        born_on=born_on,
        born_how=how if born_on else None,
        language=form.text("language") or None,
        interpreter=form.yes_no("interpreter"),
        protected_address=form.ticked("protected"),
        municipality=form.text("municipality") or None,
        address=form.text("address") or None,
    )


def _numbers(session: Session, was: Identity, form: Form) -> tuple[HeldIdentifier, ...]:
    """The numbers that hold from now on: those that are ticked still, and a new one."""
    kept = set(request.form.getlist("keep"))
    held = [one for one in was.identifiers if not one.until and one.identifier.key in kept]
    text = form.text("number")
    if not text:
        return tuple(held)
    try:
        found = queries.read_number(session, text, assigner=form.text("assigner") or None)
    except Invalid as refused:
        form.wrong(_PLACES.get(refused.code, "number"), refusal_text(refused.code))
        return tuple(held)
    if found.key not in {one.identifier.key for one in held}:
        held.append(HeldIdentifier(identifier=found, since=now(), source="person"))
    return tuple(held)


def _shown(_session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
    who = file.patient.identity
    if who is None:
        return {"who": None, "value": {}, "numbers": [], "ended": []}
    numbers = [one for one in who.identifiers if not one.until]
    kept = request.form.getlist("keep") if form.values else [n.identifier.key for n in numbers]
    return {
        "who": who,
        "value": dict(form.values) if form.values else _as_typed(who, file.patient.version),
        "numbers": numbers,
        "kept": kept,
        "ended": [one for one in who.identifiers if one.until],
        "born_hows": [how.value for how in BornHow],
    }


def _as_typed(who: Identity, version: int) -> dict[str, str]:
    """What is known, as it would have been typed."""
    asked = {True: "yes", False: "no"}
    return {
        "version": str(version),
        "name": who.name,
        "born_on": day_words(who.born_on) if who.born_on else "",
        "born_how": who.born_how.value if who.born_how else "",
        "language": who.language or "",
        "interpreter": "" if who.interpreter is None else asked[who.interpreter],
        "protected": "yes" if who.protected_address else "",
        "municipality": who.municipality or "",
        "address": who.address or "",
    }
