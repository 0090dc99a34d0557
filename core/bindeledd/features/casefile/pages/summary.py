"""The discharge summary: written, sent (to whom, how we know), received, or not wished for."""

from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import DocumentView
from bindeledd.features.casefile.pages.doing import Small, happened, insist, words_of
from bindeledd.features.documents import service
from bindeledd.features.documents.domain import (
    Document,
    HowKnown,
    Interim,
    InterimWay,
    RecipientKind,
)
from bindeledd.features.documents.service import NewRecipient, undoing
from bindeledd.features.handovers.queries import called, outsiders
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t

BY_LAW = (RecipientKind.REFERRER, RecipientKind.GP, RecipientKind.FOLLOW_UP)
_PLACES = {
    "document.senders_word": "how",
    "document.in_future": "happened_on",
    "case.event_in_future": "given_on",
    "outside.not_found": "receiver",
}
# What is saved, and not all have it: on to the page that says who has it and who lacks it.
_STILL_LACKING = dict.fromkeys(["summary_sent_to_some", "summary_received_by_some"], "summary")
_STEPS = ("written", "sent", "received", "objected")


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of the summary on `bp`."""
    page = Small(
        book=book, template="summary", places=_PLACES, more=_latest, elsewhere=_STILL_LACKING
    )

    @bp.get("/cases/<uuid:case_id>/summary")
    def summary(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/summary")
    def begin_summary(case_id: UUID) -> ResponseReturnValue:
        """The first word of it: who should have it, that it is written, and whom it was sent to."""
        return page.do(case_id, _beginning(case_id, book))

    @bp.post("/cases/<uuid:case_id>/summary/<uuid:document_id>")
    def step_of_summary(case_id: UUID, document_id: UUID) -> ResponseReturnValue:
        return page.do(case_id, _step(document_id, book))

    @bp.post("/cases/<uuid:case_id>/summary/<uuid:document_id>/undo")
    def undo_summary(case_id: UUID, document_id: UUID) -> ResponseReturnValue:
        return page.do(case_id, _undoing(document_id, book))

    @bp.post("/cases/<uuid:case_id>/summary/interim")
    def interim(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            told = _told(session, form)
            service.tell_interim(session, case_id, told, by=current_actor(), at=now(), book=book)
            return "interim"

        return page.do(case_id, act)


def _latest(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
    found: DocumentView | None = file.documents[0] if file.documents else None
    return {
        "document": found,
        "lack_it": [one for one in found.recipients if one.state == "due"] if found else [],
        "by_law": BY_LAW,
        "ticked": set(request.form.getlist("to")),
        "wrong": set(request.form.getlist("wrong")),
        "hows": [how.value for how in HowKnown],
        "ways": [way.value for way in InterimWay],
        "known": [(o.id, o.name) for o in outsiders(session, current_actor().tenant_id)],
    }


def _told(session: Session, form: Form) -> Interim:
    """What was told, to whom, by which way and when."""
    words = form.needed("told", t("casefile.summary.interim_needed"))
    way = form.one_of("way", InterimWay, t("web.form.choose"))
    when, date_only = form.moment("given_on", "given_time", at=now())
    one, whom = form.id("receiver"), form.text("whom")
    if one is not None:
        whom = called(session, current_actor().tenant_id, one)
    if not whom:
        form.wrong("whom", t("casefile.summary.interim_whom_needed"))
    insist(form)
    return Interim(
        words=words,
        whom=whom,
        way=way or InterimWay.PHONE,
        happened_at=when,
        date_only=date_only,
    )


def _step_name(form: Form) -> str:
    step = form.text("step")
    if step not in _STEPS:
        form.wrong("form", t("web.form.choose"))
    insist(form)
    return step


def _beginning(case_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        step = _step_name(form)
        kinds = request.form.getlist("to")
        by, other = current_actor(), form.text("other")
        if RecipientKind.NAMED_BY_PATIENT in kinds and not other:
            form.wrong("other", t("casefile.summary.other_needed"))
        _somebody(form, step, kinds)
        recipients = [NewRecipient(kind=kind) for kind in BY_LAW]
        if other:
            recipients.append(
                NewRecipient(kind=RecipientKind.NAMED_BY_PATIENT, detail={"name": other})
            )
        begun = service.begin_summary(session, case_id, recipients, by=by, at=now()).document
        chosen = [one.id for one in begun.recipients if one.kind.value in kinds]
        return _do(session, begun, step, chosen, form, book)

    return act


def _step(document_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        step = _step_name(form)
        chosen = [UUID(one) for one in request.form.getlist("to") if _is_id(one)]
        return _do(session, document_id, step, chosen, form, book)

    return act


def _undoing(document_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        to = [UUID(one) for one in request.form.getlist("wrong") if _is_id(one)]
        if not to:
            form.wrong("wrong", t("casefile.summary.to_needed"))
        words = words_of(form, "why", needed=t("casefile.mistake.why_needed"))
        insist(form)
        by = current_actor()
        undoing.undo(session, document_id, to, words=words, by=by, at=now(), book=book)
        return "summary_undone"

    return act


def _somebody(form: Form, step: str, ticked: Collection[object]) -> None:
    """Whatever is said of receivers is said of those who are ticked; of nobody it is said of none."""
    if step != "written" and not ticked:
        form.wrong("to", t("casefile.summary.to_needed"))
    insist(form)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _do(
    session: Session,
    which: Document | UUID,
    step: str,
    chosen: Iterable[UUID],
    form: Form,
    book: Book,
) -> str:
    """One step. What is sent at once was written at once."""
    by, to = current_actor(), list(chosen)
    document_id = which if isinstance(which, UUID) else which.id
    _somebody(form, step, to)
    asked = step in ("sent", "received")
    how = form.one_of("how", HowKnown, t("casefile.form.how_needed") if asked else "")
    as_of, _ = happened(form)
    said = words_of(form)
    if step == "objected" and not said:
        form.wrong("words", t("casefile.summary.why_needed"))
    insist(form)
    if step == "written" or (step == "sent" and form.ticked("write")):
        service.write_summary(session, document_id, words=said, by=by, at=now(), book=book)
    if asked:
        say = service.send_summary if step == "sent" else service.receive_summary
        filed = say(
            session,
            document_id,
            to,
            how=how or HowKnown.SELF,
            as_of=as_of,
            words=said,
            by=by,
            at=now(),
            book=book,
        )
        if not filed.document.is_sent:
            return "summary_sent_to_some" if step == "sent" else "summary_received_by_some"
    if step == "objected":
        service.object_to_summary(session, document_id, to, words=said, by=by, at=now(), book=book)
    return f"summary_{step}"
