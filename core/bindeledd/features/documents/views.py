"""Discharge summaries over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.cases.schemas import RecordedView
from bindeledd.features.documents import service
from bindeledd.features.documents.domain import Interim
from bindeledd.features.documents.schemas import (
    BeginSummary,
    DocumentsView,
    FiledView,
    ObjectToSummary,
    ReceiveSummary,
    SendSummary,
    TellInterim,
    WriteSummary,
)
from bindeledd.features.documents.service import NewRecipient
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction

# What a receiver of the register is called. Raises where there is none.
Called = Callable[[Session, UUID, UUID], str]


def create_blueprint(book: Book, called: Called) -> Blueprint:
    """The summaries of a case; `book` says what is owed next."""
    bp = Blueprint("documents", __name__, description="Discharge summaries")
    _of_case(bp)
    _interim(bp, book, called)
    _on_its_way(bp, book)
    _with_its_receivers(bp, book)
    return bp


def _of_case(bp: Blueprint) -> None:
    @bp.get("/cases/<uuid:case_id>/documents")
    @bp.response(200, DocumentsView)
    def show(case_id: UUID) -> ResponseReturnValue:
        """The summaries of a case with who should have them. Written down as a read."""
        with transaction() as session:
            found = service.show_documents(session, case_id, by=current_actor(), at=now())
        return answer(DocumentsView, {"documents": found})

    @bp.post("/cases/<uuid:case_id>/documents")
    @bp.arguments(BeginSummary)
    @bp.response(201, FiledView)
    def begin(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Say who should have the summary of this case."""
        recipients = [NewRecipient(**one) for one in body["recipients"]]
        with transaction() as session:
            filed = service.begin_summary(
                session, case_id, recipients, by=current_actor(), at=now()
            )
        return answer(FiledView, filed, status=201)


def _interim(bp: Blueprint, book: Book, called: Called) -> None:
    @bp.post("/cases/<uuid:case_id>/documents/interim")
    @bp.arguments(TellInterim)
    @bp.response(201, RecordedView)
    def interim(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """A phoned or interim summary: the summary itself is owed as before."""
        by, at, one = current_actor(), now(), body.pop("outside_id")
        with transaction() as session:
            if one is not None:
                body["whom"] = called(session, by.tenant_id, one)
            told = Interim(**body)
            done = service.tell_interim(session, case_id, told, by=by, at=at, book=book)
        return answer(RecordedView, done, status=201, version=done.case.version)


def _on_its_way(bp: Blueprint, book: Book) -> None:
    @bp.post("/documents/<uuid:document_id>/written")
    @bp.arguments(WriteSummary)
    @bp.response(200, FiledView)
    def write(body: dict[str, Any], document_id: UUID) -> ResponseReturnValue:
        """It is written. It is not sent by that."""
        with transaction() as session:
            filed = service.write_summary(
                session, document_id, words=_said(body), by=current_actor(), at=now(), book=book
            )
        return answer(FiledView, filed)

    @bp.post("/documents/<uuid:document_id>/sent")
    @bp.arguments(SendSummary)
    @bp.response(200, FiledView)
    def send(body: dict[str, Any], document_id: UUID) -> ResponseReturnValue:
        """It was sent to these."""
        words = _said(body)
        with transaction() as session:
            filed = service.send_summary(
                session, document_id, **body, words=words, by=current_actor(), at=now(), book=book
            )
        return answer(FiledView, filed)


def _with_its_receivers(bp: Blueprint, book: Book) -> None:
    @bp.post("/documents/<uuid:document_id>/received")
    @bp.arguments(ReceiveSummary)
    @bp.response(200, FiledView)
    def receive(body: dict[str, Any], document_id: UUID) -> ResponseReturnValue:
        """These have it; `how` says how we know."""
        words = _said(body)
        with transaction() as session:
            filed = service.receive_summary(
                session, document_id, **body, words=words, by=current_actor(), at=now(), book=book
            )
        return answer(FiledView, filed)

    @bp.post("/documents/<uuid:document_id>/objected")
    @bp.arguments(ObjectToSummary)
    @bp.response(200, FiledView)
    def objected(body: dict[str, Any], document_id: UUID) -> ResponseReturnValue:
        """The patient objects to these having it."""
        words = _said(body)
        with transaction() as session:
            filed = service.object_to_summary(
                session,
                document_id,
                **body,
                words=words or {},
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(FiledView, filed)


def _said(body: dict[str, Any]) -> dict[str, Any] | None:
    words = body.pop("words")
    return {"words": words} if words else None
