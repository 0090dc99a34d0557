"""Hand over to another team; and for the receiver: received, accepted with a date, returned."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages import sharing
from bindeledd.features.casefile.pages.doing import Small, insist, moment, words_of
from bindeledd.features.handovers import service
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t

FIRST = ("call_patient", "free")
_PLACES = {
    **sharing.PLACES,
    "handover.same_team": "to_team",
    "staff.team_not_found": "to_team",
    "handover.first_date_in_past": "first_on",
    "handover.reason_needed": "reason",
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of handovers on `bp`."""
    page = Small(book=book, template="handover", places=_PLACES, more=_sides, around=sharing.noting)

    @bp.get("/cases/<uuid:case_id>/handover")
    def handover(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/handover")
    def hand_over(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            to_team, words = form.id("to_team"), words_of(form)
            if to_team is None:
                form.wrong("to_team", t("web.form.choose"))
            insist(form)
            done = service.hand_over(
                session,
                case_id,
                to_team_id=to_team or case_id,
                words=words,
                ground=form.text("ground"),
                why=form.text("why"),
                by=current_actor(),
                at=now(),
                book=book,
            )
            return "handed_over_uncovered" if done.nobody_on_duty else "handed_over"

        return page.do(case_id, act)

    _answering(bp, page)


def _answering(bp: Blueprint, page: Small) -> None:
    at_one = "/cases/<uuid:case_id>/handover/<uuid:handover_id>"

    @bp.post(f"{at_one}/received")
    def handover_received(case_id: UUID, handover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, _form: Form) -> str:
            service.receive(session, handover_id, by=current_actor(), at=now(), book=page.book)
            return "handover_received"

        return page.do(case_id, act)

    @bp.post(f"{at_one}/accept")
    def accept_handover(case_id: UUID, handover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            first_at = moment(form, "first_on", "first_time")
            kind = form.text("first_kind") if form.text("first_kind") in FIRST else FIRST[0]
            service.accept(
                session,
                handover_id,
                first=FirstDate(due_at=first_at, kind=kind, words=form.text("words")),
                words=words_of(form),
                by=current_actor(),
                at=now(),
                book=page.book,
            )
            return "handover_accepted"

        return page.do(case_id, act)

    @bp.post(f"{at_one}/return")
    def return_handover(case_id: UUID, handover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            words = words_of(form, "reason", needed=t("casefile.handover.reason_needed"))
            insist(form)
            by = current_actor()
            service.send_back(session, handover_id, words=words, by=by, at=now(), book=page.book)
            return "handover_returned"

        return replace(page, leaves=True).do(case_id, act)


def _sides(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
    by, pending = current_actor(), file.pending_handover
    own = file.case.responsible_team_id
    return {
        "pending": pending,
        "may_answer": pending is not None and pending.to_team_id in by.teams,
        "outside": pending is not None and pending.to_outside_id is not None,
        "may_send": own in by.teams,
        "first": FIRST,
        "receivers": [
            (team.id, team.name) for team in staff.teams(session, by.tenant_id) if team.id != own
        ],
    }
