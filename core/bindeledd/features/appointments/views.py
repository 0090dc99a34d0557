"""Appointments over HTTP."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.appointments import service
from bindeledd.features.appointments.schemas import (
    ActOnAppointment,
    AppointmentsView,
    ArrangedView,
    BookAppointment,
    MoveAppointment,
)
from bindeledd.features.appointments.service import undoing
from bindeledd.features.cases.schemas import Say
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction


def create_blueprint(book: Book) -> Blueprint:
    """Appointments of a case; `book` says what is owed next."""
    bp = Blueprint("appointments", __name__, description="Appointments")
    _of_a_case(bp, book)
    _what_became(bp, book)
    _moving(bp, book)
    return bp


def _of_a_case(bp: Blueprint, book: Book) -> None:
    @bp.get("/cases/<uuid:case_id>/appointments")
    @bp.response(200, AppointmentsView)
    def show(case_id: UUID) -> ResponseReturnValue:
        """The appointments of a case, by time. Written down as a read."""
        with transaction() as session:
            found = service.show_appointments(session, case_id, by=current_actor(), at=now())
        return answer(AppointmentsView, {"appointments": found})

    @bp.post("/cases/<uuid:case_id>/appointments")
    @bp.arguments(BookAppointment)
    @bp.response(201, ArrangedView)
    def book_one(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Book an appointment, and give it at once where `give` says so."""
        with transaction() as session:
            done = service.book_appointment(
                session, case_id, **body, by=current_actor(), at=now(), book=book
            )
        return answer(ArrangedView, done, status=201, version=done.recorded.case.version)


def _what_became(bp: Blueprint, book: Book) -> None:
    @bp.post("/appointments/<uuid:appointment_id>/actions")
    @bp.arguments(ActOnAppointment)
    @bp.response(200, ArrangedView)
    def act(body: dict[str, Any], appointment_id: UUID) -> ResponseReturnValue:
        """Give, send, confirm, keep, miss or cancel an appointment, or hand it on to `detail.whom`.

        `told`: the person knows that it was cancelled; else somebody is to tell them. `send` says
        that it left by `way` (`sms`, `letter`): it is given once somebody else says that it came."""
        with transaction() as session:
            done = service.act(
                session,
                appointment_id,
                body["action"],
                words=body["detail"],
                how=body["how"],
                as_of=body["as_of"],
                told=body["told"],
                way=body["way"],
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(ArrangedView, done, version=done.recorded.case.version)

    @bp.post("/appointments/<uuid:appointment_id>/undo")
    @bp.arguments(Say)
    @bp.response(200, ArrangedView)
    def undo(body: dict[str, Any], appointment_id: UUID) -> ResponseReturnValue:
        """Take back that it was kept, missed, cancelled or handed on, with a reason."""
        with transaction() as session:
            done = undoing.undo(
                session, appointment_id, words=body, by=current_actor(), at=now(), book=book
            )
        return answer(ArrangedView, done, version=done.recorded.case.version)


def _moving(bp: Blueprint, book: Book) -> None:
    @bp.post("/appointments/<uuid:appointment_id>/move")
    @bp.arguments(MoveAppointment)
    @bp.response(201, ArrangedView)
    def move(body: dict[str, Any], appointment_id: UUID) -> ResponseReturnValue:
        """Move an appointment: the answer is the new one."""
        with transaction() as session:
            done = service.move(
                session,
                appointment_id,
                starts_at=body["starts_at"],
                give=body["give"],
                how=body["how"],
                member_id=body["member_id"],
                outside=body["outside"],
                words=body["detail"],
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(ArrangedView, done, status=201, version=done.recorded.case.version)
