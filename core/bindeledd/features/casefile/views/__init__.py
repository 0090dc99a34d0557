"""The case on one screen, over HTTP; and who the person is, changed. Sheets: `sheets.py`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain import bedside
from bindeledd.features.casefile.schemas import (
    CaseFileView,
    ChoicesView,
    DecideTask,
    LeftBeforeAssessment,
    LetterView,
    MovedView,
    MoveEvents,
    PreparePackage,
    ReceiversView,
    WriteBedside,
)
from bindeledd.features.casefile.service import bedside as writing
from bindeledd.features.casefile.service import deciding, lettering, packing
from bindeledd.features.casefile.service.at_once import tell_at_once
from bindeledd.features.casefile.service.ending import with_signers
from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.casefile.service.recalling import show_receivers
from bindeledd.features.casefile.views import contacting, sheets
from bindeledd.features.cases.domain import whereabouts
from bindeledd.features.cases.domain.deciding import Decision
from bindeledd.features.cases.schemas import RecordedView
from bindeledd.features.cases.service import persons
from bindeledd.features.cases.service.moving import locked_version
from bindeledd.features.cases.views import AtOnce, Receivers
from bindeledd.features.handovers.schemas import PackageView
from bindeledd.features.handovers.service.refusing import noting_refused
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as people
from bindeledd.features.patients.domain import (
    BornHow,
    ContactWay,
    HeldIdentifier,
    Identity,
    Patient,
    PatientUnreadable,
)
from bindeledd.features.patients.schemas import ChangeIdentity, PatientView
from bindeledd.features.patients.service import showing
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.http import (
    Blueprint,
    answer,
    beside,
    check_version,
    current_actor,
    expected_version,
    now,
    reads_query,
    transaction,
)

_LANGUAGE = {"in": "query", "name": "language", "schema": {"type": "string"}}
_REVEAL = {"in": "query", "name": "reveal", "schema": {"type": "string"}}


def create_blueprint(book: Book) -> Blueprint:
    """The door, with the pathways that explain what is owed."""
    bp = Blueprint("casefile", __name__, url_prefix="/cases", description="The case on one screen")
    _reading(bp, book)
    _moving(bp, book)
    _at_the_bedside(bp, book)
    _packing(bp, book)
    _deciding(bp, book)
    _recalling(bp, book)
    _writing(bp, book)
    sheets.add(bp, book)
    contacting.add(bp, book)
    return bp


def _reading(bp: Blueprint, book: Book) -> None:
    @bp.get("/<uuid:case_id>/file")
    @bp.doc(parameters=[_REVEAL])
    @bp.alt_response(200, schema=CaseFileView, success=True)
    @reads_query("reveal")
    def show(case_id: UUID) -> ResponseReturnValue:
        """Who it is, what is owed and why, what happened, who sees it. A read written down.

        `?reveal=1` shows the responsible team how to reach a person with a protected address.
        """
        reveal = request.args.get("reveal") == "1"
        by = current_actor()
        with transaction() as session:
            found = service.case_file(session, case_id, by=by, at=now(), book=book, reveal=reveal)
            found = with_signers(session, found, at=now())
        body = orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS)
        made = Response(body, 200, mimetype="application/json")
        made.set_etag(str(found.case.version))
        return made


def _moving(bp: Blueprint, book: Book) -> None:
    @bp.post("/<uuid:case_id>/move")
    @bp.arguments(MoveEvents)
    @bp.response(200, MovedView)
    def move(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Move what was registered on the wrong person to the right one, with all that is one with
        it. It stays here, marked, with the reason. Whoever moves sees both."""
        by = current_actor()
        with transaction() as session:
            if expected_version() is not None:
                to = body["to_patient_id"]
                check_version(locked_version(session, case_id, to_patient_id=to, by=by))
            moved = move_to_right_person(
                session,
                case_id,
                body["events"],
                to_patient_id=body["to_patient_id"],
                words={"words": body["words"]},
                right_here=whereabouts.said(
                    body["discharge"], body["left_at"], date_only=body["left_date_only"]
                ),
                by=by,
                at=now(),
                book=book,
            )
        return answer(MovedView, moved, version=moved.wrong.case.version)


def _at_the_bedside(bp: Blueprint, book: Book) -> None:
    @bp.post("/<uuid:case_id>/bedside")
    @bp.arguments(WriteBedside)
    @bp.response(204)
    def write_bedside(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """What was asked before the person goes home: every answer as its event, all or none.

        What is not sent was not asked. `contact_ways` are all the ways there are from now on.
        """
        by, at = current_actor(), now()
        when = {name: body.pop(name) for name in ("happened_at", "date_only")}
        ways = body.pop("contact_ways")
        tried = tuple(bedside.Tried(**one) for one in body.pop("tried"))
        said = bedside.Bedside(
            **body,
            ways=None if ways is None else tuple(ContactWay(**way) for way in ways),
            tried=tried,
        )
        with transaction() as session:
            writing.write_bedside(session, case_id, said, **when, by=by, at=at, book=book)
        return "", 204

    @bp.post("/<uuid:case_id>/left-before-assessment")
    @bp.arguments(LeftBeforeAssessment)
    @bp.response(204)
    def left(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """The person left before anybody had assessed them: registered and followed."""
        by = current_actor()
        with transaction() as session:
            writing.leave_before_assessment(session, case_id, **body, by=by, at=now(), book=book)
        return "", 204


def _packing(bp: Blueprint, book: Book) -> None:
    @bp.post("/<uuid:case_id>/packages")
    @bp.arguments(PreparePackage)
    @bp.response(201, PackageView)
    def prepare(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Keep what a receiver outside may see, sealed. Made is not sent."""
        by = current_actor()
        noting = noting_refused(case_id, beside, by=by, at=now())
        with noting, transaction() as session:
            found = packing.prepare_package(session, case_id, **body, by=by, at=now(), book=book)
        return answer(PackageView, found, status=201)


def _deciding(bp: Blueprint, book: Book) -> None:
    @bp.get("/<uuid:case_id>/tasks/<uuid:task_id>/choices")
    @bp.response(200, ChoicesView)
    def choices(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """What may be decided, where the task is to decide what now."""
        with transaction() as session:
            found = deciding.choices(session, case_id, task_id, by=current_actor(), book=book)
        shown = [{**vars(one), "needs": sorted(one.needs)} for one in found]
        return answer(ChoicesView, {"choices": shown})

    @bp.post("/<uuid:case_id>/tasks/<uuid:task_id>/decide")
    @bp.arguments(DecideTask)
    @bp.response(200, RecordedView)
    def decide(body: dict[str, Any], case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """Decide what now: the task is done, and what the choice means is owed."""
        by, said = current_actor(), Decision(**body)
        with transaction() as session:
            done = deciding.decide(session, case_id, task_id, said, by=by, at=now(), book=book)
        return answer(RecordedView, done, version=done.case.version)


def receivers_by(book: Book) -> Receivers:
    """Who is to be told of what was sent by mistake, for whoever says that they were."""

    def found(
        session: Session, case_id: UUID, task_id: UUID, by: Actor, at: datetime
    ) -> Sequence[str]:
        found = show_receivers(session, case_id, task_id, by=by, at=at, book=book)
        return [one.to for one in found]

    return found


def at_once_by(book: Book) -> AtOnce:
    """Whoever has to hear at once of what was recorded over HTTP does, as where it is on a page."""
    return partial(tell_at_once, book=book)


def _recalling(bp: Blueprint, book: Book) -> None:
    @bp.get("/<uuid:case_id>/tasks/<uuid:task_id>/receivers")
    @bp.response(200, ReceiversView)
    def receivers(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """Who has something that was sent by mistake, and is to be told. Written down as a read."""
        by = current_actor()
        with transaction() as session:
            found = show_receivers(session, case_id, task_id, by=by, at=now(), book=book)
        return answer(ReceiversView, {"receivers": found})


def _writing(bp: Blueprint, book: Book) -> None:
    @bp.get("/<uuid:case_id>/tasks/<uuid:task_id>/letter")
    @bp.doc(parameters=[_LANGUAGE])
    @bp.response(200, LetterView)
    @reads_query("language")
    def letter(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """The letter of a task, filled in. Written down as a read; nothing is done by it.

        Refused where a death is reported.
        """
        language = request.args.get("language", "")
        with transaction() as session:
            found = lettering.show_letter(
                session, case_id, task_id, language, by=current_actor(), at=now(), book=book
            )
        return answer(LetterView, found)


def create_people(book: Book) -> Blueprint:
    """Who a person is, changed: what is owed to them may be another by their age."""
    bp = Blueprint("people", __name__, url_prefix="/patients", description="Who a person is")

    @bp.patch("/<uuid:patient_id>/identity")
    @bp.arguments(ChangeIdentity)
    @bp.response(200, PatientView)
    def change_identity(body: dict[str, Any], patient_id: UUID) -> ResponseReturnValue:
        """Change what is sent; numbers that are left out of `numbers` are kept as ended.

        A birth date that is sent without `born_how` is one that the person said.
        """
        by = current_actor()
        with transaction() as session:
            was = showing.show_patient(session, patient_id, by=by, at=now())
            check_version(was.version)
            persons.change_identity(
                session,
                patient_id,
                _changed(session, was, body),
                by=by,
                at=now(),
                book=book,
                version=was.version,
            )
            patient = showing.show_patient(session, patient_id, by=by, at=now())
        return answer(PatientView, patient, version=patient.version)

    return bp


def _changed(session: Session, was: Patient, body: dict[str, Any]) -> Identity:
    if was.identity is None:
        raise PatientUnreadable(patient=was.id, bundle="identity")
    said = dict(body)
    numbers = said.pop("numbers", None)
    if "born_on" in said:
        said.setdefault("born_how", None if said["born_on"] is None else BornHow.PERSON_SAID)
    if numbers is None:
        return replace(was.identity, **said)
    known = {held.identifier.key: held for held in was.identity.identifiers if not held.until}
    held = []
    for number in numbers:
        read = people.read_number(session, number["value"], assigner=number["assigner"])
        fresh = HeldIdentifier(identifier=read, since=now(), source="person")
        held.append(known.get(read.key, fresh))
    return replace(was.identity, identifiers=tuple(held), **said)
