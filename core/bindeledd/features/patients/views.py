"""Patients over HTTP: who they are, how they are reached, and whether two may be one.

Who they are is changed in `casefile.views`: their follow-up is planned anew by their age.
"""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.patients import service
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.schemas import (
    AnswerDuplicate,
    ChangeContactWays,
    ContactWaysView,
    DuplicateView,
    PatientView,
    VerifyNumber,
)
from bindeledd.features.patients.service import duplicates as hints
from bindeledd.features.patients.service import showing
from bindeledd.foundation.http import (
    Blueprint,
    answer,
    check_version,
    current_actor,
    now,
    transaction,
)

bp = Blueprint("patients", __name__, url_prefix="/patients", description="Patients")


@bp.get("/<uuid:patient_id>")
@bp.response(200, PatientView)
def show(patient_id: UUID) -> ResponseReturnValue:
    """The patient. A read that is written down."""
    with transaction() as session:
        patient = showing.show_patient(session, patient_id, by=current_actor(), at=now())
    return answer(PatientView, patient, version=patient.version)


@bp.put("/<uuid:patient_id>/contact-ways")
@bp.arguments(ChangeContactWays)
@bp.response(200, PatientView)
def change_contact_ways(body: dict[str, Any], patient_id: UUID) -> ResponseReturnValue:
    """All the ways to reach the person; a number that stays keeps that it was verified."""
    by = current_actor()
    ways = [ContactWay(**way) for way in body["contact_ways"]]
    with transaction() as session:
        was = showing.show_patient(session, patient_id, by=by, at=now())
        check_version(was.version)
        service.change_contact_ways(session, patient_id, ways, by=by, at=now(), version=was.version)
        patient = showing.show_patient(session, patient_id, by=by, at=now())
    return answer(PatientView, patient, version=patient.version)


@bp.post("/<uuid:patient_id>/contact-ways/reveal")
@bp.response(200, ContactWaysView)
def reveal_contact_ways(patient_id: UUID) -> ResponseReturnValue:
    """The agreed number of a person with a protected address: to the responsible team, logged."""
    with transaction() as session:
        ways = showing.reveal_contact_ways(session, patient_id, by=current_actor(), at=now())
    return answer(ContactWaysView, {"contact_ways": ways})


@bp.post("/<uuid:patient_id>/contact-ways/verify")
@bp.arguments(VerifyNumber)
@bp.response(200, PatientView)
def verify_number(body: dict[str, Any], patient_id: UUID) -> ResponseReturnValue:
    """The number was tried, and it is the person's."""
    by = current_actor()
    with transaction() as session:
        service.verify_number(session, patient_id, body.pop("value"), **body, by=by, at=now())
        patient = showing.show_patient(session, patient_id, by=by, at=now())
    return answer(PatientView, patient, version=patient.version)


@bp.get("/<uuid:patient_id>/duplicates")
@bp.response(200, DuplicateView(many=True))
def duplicates(patient_id: UUID) -> ResponseReturnValue:
    """Who may be the same person, among those whom the one who asks may see."""
    with transaction() as session:
        found = hints.show_duplicate_hints(session, patient_id, by=current_actor(), at=now())
    shown = [
        {
            "patient_id": patient_id,
            "other_id": other.id,
            "other_name": other.name,
            "seen_at": hint.seen_at,
        }
        for hint, other in found
    ]
    return answer(DuplicateView, shown, many=True)


@bp.post("/<uuid:patient_id>/duplicates/<uuid:other_id>/answer")
@bp.arguments(AnswerDuplicate)
@bp.response(204)
def answer_duplicate(body: dict[str, Any], patient_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Whether the two are one. Nothing is merged by it."""
    with transaction() as session:
        hints.answer_duplicate_hint(
            session, patient_id, other_id, same=body["same"], by=current_actor(), at=now()
        )
    return "", 204
