"""What a receiver outside answered, written down by us; and a wrong or withdrawn answer put right."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import HandoverView, Happened
from bindeledd.features.casefile.pages.doing import Small, happened, insist, moment, words_of
from bindeledd.features.cases.service.writing import How
from bindeledd.features.handovers import queries
from bindeledd.features.handovers.domain import Answered, HandoverAction, HandoverNotFound
from bindeledd.features.handovers.domain.answering import Correction
from bindeledd.features.handovers.service import answering as service
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t

_PLACES = {
    "handover.first_date_in_past": "first_on",
    "handover.first_date_needed": "first_on",
    "handover.reason_needed": "words",
    "handover.who_needed": "who",
    "handover.receipt_only": "how",
    "handover.known_in_future": "happened_on",
    "handover.known_before_sent": "happened_on",
}
_ACTIONS = (HandoverAction.RECEIVE, HandoverAction.ACCEPT, HandoverAction.RETURN)
_TELLS = ("handover_received", "handover_accepted", "handover_returned")
_AT = "/cases/<uuid:case_id>/handover/outside/answer"


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of the answer, and of its correction, on `bp`."""
    page = Small(book=book, template="outside_answer", places=_PLACES, more=_pending)

    @bp.get(_AT)
    def outside_answer(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post(f"{_AT}/<uuid:handover_id>")
    def answer_outside(case_id: UUID, handover_id: UUID) -> ResponseReturnValue:
        return page.do(case_id, _answering(handover_id, book))

    @bp.get(f"{_AT}/<uuid:handover_id>/correct")
    def correct_answer(case_id: UUID, handover_id: UUID) -> ResponseReturnValue:
        return _to_correct(book, handover_id).show(case_id)

    @bp.post(f"{_AT}/<uuid:handover_id>/correct")
    def do_correct_answer(case_id: UUID, handover_id: UUID) -> ResponseReturnValue:
        return _to_correct(book, handover_id).do(case_id, _correcting(handover_id, book))


def _pending(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
    by, pending = current_actor(), file.pending_handover
    outside = None if pending is None else pending.to_outside_id
    return {
        "pending": pending if outside else None,
        "receiver": queries.get_outside(session, by.tenant_id, outside) if outside else None,
        "may_answer": pending is not None and pending.from_team_id in by.teams,
        "hows": [how.value for how in Answered],
        "actions": [a.value for a in _ACTIONS if pending is None or pending.state != f"{a.value}d"],
        "last": last_answered(file),
    }


def _answering(handover_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        action = form.one_of("action", HandoverAction, t("web.form.choose"))
        how = form.one_of("how", Answered, t("web.form.choose"))
        as_of, _ = happened(form)
        if action is None or how is None:
            insist(form)
        accepts = action is HandoverAction.ACCEPT
        done = service.answer(
            session,
            handover_id,
            action or HandoverAction.RECEIVE,
            how=how or Answered.PHONE,
            who=form.text("who"),
            as_of=as_of,
            first_at=moment(form, "first_on", "first_time") if accepts else None,
            words=words_of(form),
            by=current_actor(),
            at=now(),
            book=book,
        )
        return f"outside_{done.handover.state.value}"

    return act


# --- put right ------------------------------------------------------------------------------------


def last_answered(file: CaseFile) -> HandoverView | None:
    """The handover to somebody outside of which something was said that may be put right."""
    last = next(iter(file.handovers), None)
    return last if last is not None and last.to_outside_id and last.state != "sent" else None


def corrected_at(file: CaseFile, line: Happened) -> UUID | None:
    """The handover whose answer this line tells of, where that is put right on its page."""
    last = last_answered(file)
    if last is None or line.in_error or line.kind not in _TELLS:
        return None
    return last.id if line.facts.get("handover_id") == str(last.id) else None


def _to_correct(book: Book, handover_id: UUID) -> Small:
    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        by = current_actor()
        one = next((one for one in file.handovers if one.id == handover_id), None)
        if one is None or one.to_outside_id is None:
            raise HandoverNotFound(handover=handover_id)
        return {
            "one": one,
            "receiver": queries.get_outside(session, by.tenant_id, one.to_outside_id),
            "may_correct": one == last_answered(file) and one.from_team_id in by.teams,
            "hows": [how.value for how in Answered if how is not Answered.RECEIPT],
        }

    return Small(book=book, template="outside_correct", places=_PLACES, more=more)


def _correcting(handover_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        if form.text("instead") not in ("waits", "returned"):
            form.wrong("instead", t("web.form.choose"))
        returned = form.text("instead") == "returned"
        needed = t("web.form.choose") if returned else ""
        how = form.one_of("how", Answered, needed) if returned else None
        why = form.needed("why", t("casefile.mistake.why_needed"))
        as_of, _ = happened(form)
        insist(form)
        correction = Correction(
            why=why,
            returned=returned,
            how=how or Answered.PHONE,
            who=form.text("who"),
            as_of=as_of,
        )
        by, at = current_actor(), now()
        done = service.correct(session, handover_id, correction, by=by, at=at, book=book)
        if returned:
            return "outside_corrected_returned"
        return "opened_again" if done.recorded.how is How.REOPENED else "outside_corrected"

    return act
