"""Mark something on the timeline as entered in error, with the reason; it stays to be read."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.casefile.pages.answering import corrected_at
from bindeledd.features.casefile.pages.doing import Small, insist, words_of
from bindeledd.features.casefile.pages.whereabouts import PLACES, answered, choices
from bindeledd.features.cases import queries, service
from bindeledd.features.cases.domain import Event, EventKind, reopening, telling
from bindeledd.features.cases.domain.whereabouts import Whereabouts
from bindeledd.features.cases.service.writing import How, Recorded
from bindeledd.features.documents.service import undoing
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import service as relatives
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.http.problems import NoSuchPage
from bindeledd.foundation.texts import t

_OF_A_DOCUMENT = frozenset(
    {EventKind.SUMMARY_SENT_TO_SOME, EventKind.SUMMARY_SENT, EventKind.SUMMARY_RECEIVED}
)


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of mistakes on `bp`: the timeline to choose from, and one event of it."""
    every = Small(book=book, template="mistakes")

    @bp.get("/cases/<uuid:case_id>/mistakes")
    def mistakes_page(case_id: UUID) -> ResponseReturnValue:
        return every.show(case_id)

    @bp.get("/cases/<uuid:case_id>/events/<uuid:event_id>/mistake")
    def mistake(case_id: UUID, event_id: UUID) -> ResponseReturnValue:
        return _page(book, event_id).show(case_id)

    @bp.post("/cases/<uuid:case_id>/events/<uuid:event_id>/mistake")
    def mark_mistake(case_id: UUID, event_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            words = words_of(form, needed=t("casefile.mistake.why_needed"))
            needed = t("casefile.mistake.where_needed")
            right = answered(session, case_id, {event_id}, form, needed=needed)
            insist(form)
            done = _take_back(session, case_id, event_id, words, right, book)
            opened = done is not None and done.how is How.REOPENED
            return "opened_again" if opened else "marked"

        return _page(book, event_id).do(case_id, act)


def _take_back(
    session: Session,
    case_id: UUID,
    event_id: UUID,
    words: Mapping[str, Any],
    right: Whereabouts | None,
    book: Book,
) -> Recorded | None:
    """Through the door of whatever row tells the same, so that both are put right."""
    by = current_actor()
    event = _standing(session, case_id, event_id)
    facts = {} if event is None else event.facts
    if event is not None and event.kind is EventKind.SUMMARY_WRITTEN and facts.get("document_id"):
        document = UUID(str(facts["document_id"]))
        written = undoing.undo_writing(session, document, words=words, by=by, at=now(), book=book)
        return written.recorded
    how: dict[str, Any] = {"words": words, "by": by, "at": now(), "book": book}
    if facts.get("family"):
        return relatives.take_back_children(session, case_id, [event_id], **how)
    return service.mark_in_error(session, case_id, [event_id], right=right, **how)


def _standing(session: Session, case_id: UUID, event_id: UUID) -> Event | None:
    """The event, where it is not marked already."""
    access.require_case(session, current_actor(), case_id)
    history = queries.events_of(session, case_id)
    return next((one for one in history if one.id == event_id and not one.in_error), None)


def markable(file: CaseFile, line: Happened) -> bool:
    """Whether this line of the timeline is marked here, and not where it was done."""
    if line.in_error or of_a_document(line.kind, line.facts):
        return False
    if line.kind == EventKind.SUMMARY_WRITTEN and _somebody_has_it(file, line):
        return False
    if line.kind == EventKind.CLOSED and not file.case.is_open:
        return line is file.closed_by
    return line.kind not in telling.FIXED


def _somebody_has_it(file: CaseFile, line: Happened) -> bool:
    """Whether it was sent: that is taken back first, of each receiver, where it was said."""
    about = str(line.facts.get("document_id"))
    return any(
        one.state in ("sent", "received")
        for document in file.documents
        if str(document.id) == about
        for one in document.recipients
    )


def of_a_document(kind: str, facts: Mapping[str, Any]) -> bool:
    """It was said of receivers on the page of the summary, and is taken back there."""
    return kind in _OF_A_DOCUMENT and bool(facts.get("document_id"))


def _also(session: Session, file: CaseFile, event_id: UUID) -> list[Happened]:
    """What is marked with it: it tells of the same contact."""
    history = queries.events_of(session, file.case.id)
    ids = {event.id for event in reopening.said_together(history, {event_id})}
    return [line for line in file.timeline if line.id in ids]


def _page(book: Book, event_id: UUID) -> Small:
    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        line = next((one for one in file.timeline if one.id == event_id), None)
        if line is None:
            raise NoSuchPage()
        at_its_own = of_a_document(line.kind, line.facts)
        answer = corrected_at(file, line)
        was_sent = line.kind == EventKind.SUMMARY_WRITTEN and _somebody_has_it(file, line)
        return {
            "line": line,
            "markable": markable(file, line),
            "of_summary": at_its_own,
            "was_sent": was_sent,
            "answer_of": answer,
            "also": _also(session, file, event_id),
            "wheres": choices(session, file.case.id, {event_id}),
            "where_if": False,
        }

    return Small(book=book, template="mistake", more=more, places=PLACES)
