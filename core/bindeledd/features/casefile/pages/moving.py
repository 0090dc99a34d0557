"""Move what was registered on the wrong person to the right one: found, chosen, with the reason."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.casefile.pages.doing import Small, insist, words_of
from bindeledd.features.casefile.pages.whereabouts import PLACES, answered, choices
from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import BEGINNINGS, EventKind, correcting, last_of
from bindeledd.features.intake.service.finding import find_people
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t

_PLACES = {
    "case.reason_needed": "words",
    "case.moved_to_same": "to",
    "case.nothing_to_move_to": "to",
    "case.cannot_move": "events",
    **PLACES,
}
_TICK = "event-"


def add(bp: Blueprint, book: Book) -> None:
    """Put the page of moving on `bp`."""
    page = Small(book=book, template="move", places=_PLACES, more=_more)

    @bp.get("/cases/<uuid:case_id>/move")
    def move(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id, Form(values={"event": request.args.get("event", "")}))

    @bp.post("/cases/<uuid:case_id>/move/find")
    def find_right_person(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id, sent())

    @bp.post("/cases/<uuid:case_id>/move")
    def do_move(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            events, to = _ticked(form), form.id("to")
            if to is None:
                form.wrong("to", t("casefile.move.who_needed"))
            if not events:
                form.wrong("events", t("casefile.move.events_needed"))
            words = words_of(form, needed=t("casefile.move.why_needed"))
            right_here = answered(session, case_id, events, form)
            insist(form)
            move_to_right_person(
                session,
                case_id,
                events,
                to_patient_id=to or case_id,
                words=words,
                right_here=right_here,
                by=current_actor(),
                at=now(),
                book=book,
            )
            history = cases.events_of(session, case_id)
            left = last_of(history, *BEGINNINGS)
            return "moved_all" if left is None else "moved"

        return page.do(case_id, act)


def may_move(file: CaseFile, line: Happened) -> bool:
    """Whether this line of the timeline may be moved to another person."""
    known = line.kind in list(EventKind) and EventKind(line.kind) not in correcting.STAYS
    return known and not line.in_error


def _ticked(form: Form) -> list[UUID]:
    found = []
    for name in form.values:
        if name.startswith(_TICK):
            try:
                found.append(UUID(name.removeprefix(_TICK)))
            except ValueError:
                form.wrong("events", t("web.form.choose"))
    return found


def _more(session: Session, file: CaseFile, form: Form) -> Mapping[str, Any]:
    who = form.text("who")
    found = find_people(session, who, by=current_actor(), at=now()) if who else ()
    lines = [line for line in file.timeline if may_move(file, line)]
    chosen = _chosen(file, form)
    return {
        "lines": lines,
        "chosen": chosen,
        **_where(session, file.case.id, lines, chosen),
        "starts_at": starts_at,
        "people": [one for one in found if one.id != file.case.patient_id],
        "looked": bool(who),
    }


def _where(
    session: Session, case_id: UUID, lines: Sequence[Happened], chosen: Collection[UUID]
) -> Mapping[str, Any]:
    """What is right about the discharge: asked beforehand too, where it may yet be ticked."""
    asked = choices(session, case_id, chosen)
    left = {line.id for line in lines if line.kind == EventKind.DISCHARGED}
    if asked or not left:
        return {"wheres": asked, "where_if": False}
    return {"wheres": choices(session, case_id, left), "where_if": True}


def starts_at(line: Happened) -> datetime | None:
    """When the appointment that a line is of begins; None for any other line."""
    at = line.facts.get("appointment_at")
    return datetime.fromisoformat(at) if isinstance(at, str) else None


def _chosen(file: CaseFile, form: Form) -> set[UUID]:
    """What is ticked; at first what was registered together with the event one came from."""
    ticked = set(_ticked(form))
    if ticked or form["event"] == "":
        return ticked
    first = next((line for line in file.timeline if str(line.id) == form["event"]), None)
    if first is None:
        return set()
    return {
        line.id
        for line in file.timeline
        if may_move(file, line)
        and (line.recorded_at, line.recorded_by) == (first.recorded_at, first.recorded_by)
    }
