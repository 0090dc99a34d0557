"""Give or book an appointment; and what became of one: given, kept, missed, moved, cancelled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service
from bindeledd.features.appointments.domain import AppointmentAction, KnownHow
from bindeledd.features.appointments.service import undoing
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.appointed import last_said
from bindeledd.features.casefile.pages.doing import Small, happened, insist, moment, words_of
from bindeledd.features.casefile.pages.noticing import what_is_left
from bindeledd.features.casefile.service.in_hand import find
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import refusal_text, t

_PLACES = {
    "appointment.in_past": "starts_on",
    "appointment.known_in_future": "happened_on",
    "appointment.whom_needed": "whom",
    "appointment.action_refused": "stands",
    "appointment.undo_reason": "why",
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of appointments on `bp`."""
    _giving(bp, Small(book=book, template="appointment", places=_PLACES, more=_choices))
    every = Small(book=book, template="appointments", places=_PLACES)

    @bp.get("/cases/<uuid:case_id>/appointments")
    def appointments(case_id: UUID) -> ResponseReturnValue:
        return every.show(case_id)

    @bp.get("/cases/<uuid:case_id>/appointments/<uuid:appointment_id>")
    def one_appointment(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return _one(book, appointment_id).show(case_id)

    @bp.post("/cases/<uuid:case_id>/appointments/<uuid:appointment_id>")
    def act_on_appointment(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return _one(book, appointment_id).do(case_id, _acting(book, appointment_id))

    @bp.post("/cases/<uuid:case_id>/appointments/<uuid:appointment_id>/undo")
    def undo_appointment(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return _one(book, appointment_id).do(case_id, _undoing(book, appointment_id))

    @bp.post("/cases/<uuid:case_id>/appointments/<uuid:appointment_id>/move")
    def move_appointment(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return _one(book, appointment_id).do(case_id, _moving(book, appointment_id))


def _giving(bp: Blueprint, page: Small) -> None:
    @bp.get("/cases/<uuid:case_id>/appointment")
    def appointment(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/appointment")
    def book_appointment(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            starts_at = moment(form, "starts_on", "starts_time")
            given, how = form.ticked("give"), _how_given(form, "how")
            insist(form)
            service.book_appointment(
                session,
                case_id,
                starts_at=starts_at,
                detail=_detail(form),
                give=given,
                how=how,
                member_id=form.id("member"),
                by=current_actor(),
                at=now(),
                book=page.book,
            )
            return "appointment_given" if given else "appointment_booked"

        return page.do(case_id, act)


# Chosen among those who may meet the patient: none of us does.
OUTSIDE = "outside"


def _who_meets(session: Session, appointment_id: UUID, form: Form) -> tuple[UUID | None, bool]:
    """Who of us meets the patient at the new time; or that somebody outside does, and who."""
    if form.text("member") == OUTSIDE:
        form.needed("new_whom", t("casefile.appointment.whom_needed"))
        return None, True
    member_id = form.id("member")
    if member_id is None and service.is_kept_by_us(session, appointment_id, by=current_actor()):
        form.wrong("member", t("casefile.appointment.member_needed"))
    return member_id, False


def _how_given(form: Form, name: str) -> KnownHow | None:
    """How we know that the person has the appointment in hand: needed where it says so."""
    needed = t("casefile.form.how_needed") if form.ticked("give") else ""
    return form.one_of(name, KnownHow, needed)


def _new_detail(form: Form, *, outside: bool) -> dict[str, str]:
    """What is new at the new time; who is named only where none of us meets the patient."""
    said = {"where": form.text("new_where"), "whom": form.text("new_whom") if outside else ""}
    return {name: text for name, text in said.items() if text}


def _choices(session: Session, _file: CaseFile, _form: Form) -> dict[str, Any]:
    """Who of us may keep an appointment, and how we may know of one."""
    found = staff.names_in_teams(session, current_actor().teams, now())
    return {
        "people": sorted(found.items(), key=lambda one: one[1]),
        "hows": [how.value for how in KnownHow if how is not KnownHow.LIST],
    }


def _one(book: Book, appointment_id: UUID) -> Small:
    def more(session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
        found = {
            "appointment": find(file, appointment_id),
            "last": last_said(file, appointment_id),
        }
        return {**found, **_choices(session, file, form)}

    return Small(book=book, template="appointment_one", places=_PLACES, more=more)


def _acting(book: Book, appointment_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        action = form.one_of("action", AppointmentAction, t("web.form.choose"))
        told_by_us = action is AppointmentAction.HAND_ON
        how = form.one_of("how", KnownHow, "" if told_by_us else t("casefile.form.how_needed"))
        as_of, _ = happened(form)
        insist(form)
        done = service.act(
            session,
            appointment_id,
            action or AppointmentAction.MOVE,
            words=_detail(form) if action is AppointmentAction.HAND_ON else words_of(form),
            how=how,
            as_of=as_of,
            told=form.ticked("told"),
            by=current_actor(),
            at=now(),
            book=book,
        )
        if action is AppointmentAction.CONFIRM:
            return "appointment_confirmed"
        return what_is_left(session, done)

    return act


def _undoing(book: Book, appointment_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        words = words_of(form, "why", needed=refusal_text("appointment.undo_reason"))
        insist(form)
        by = current_actor()
        done = undoing.undo(session, appointment_id, words=words, by=by, at=now(), book=book)
        return f"appointment_{done.appointment.state.value}"

    return act


def _moving(book: Book, appointment_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        starts_at = moment(form, "starts_on", "starts_time")
        member_id, outside = _who_meets(session, appointment_id, form)
        how = _how_given(form, "new_how")
        insist(form)
        service.move(
            session,
            appointment_id,
            starts_at=starts_at,
            words=_new_detail(form, outside=outside),
            give=form.ticked("give"),
            how=how,
            member_id=member_id,
            outside=outside,
            by=current_actor(),
            at=now(),
            book=book,
        )
        return "appointment_moved"

    return act


def _detail(form: Form) -> dict[str, str]:
    said = {name: form.text(name) for name in ("where", "whom", "words")}
    return {name: text for name, text in said.items() if text}
