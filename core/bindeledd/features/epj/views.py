"""Notes for the patient record over HTTP: the list, one note, and that it stands there."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.epj import service
from bindeledd.features.epj.domain import Asked, read_cursor
from bindeledd.features.epj.schemas import AskNotes, MarkedView, MarkNote, NotesView, NoteView
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction
from bindeledd.foundation.printing import plain


def create_blueprint(book: Book) -> Blueprint:
    """Notes for the EPJ; `book` says what is owed when one of them was wrong."""
    bp = Blueprint("epj", __name__, url_prefix="/epj", description="Notes for the patient record")

    @bp.get("")
    @bp.arguments(AskNotes, location="query")
    @bp.response(200, NotesView)
    def show(asked: dict[str, Any]) -> ResponseReturnValue:
        """What one's own teams have not put into the EPJ yet, 50 a page. Written down as a read."""
        after = read_cursor(asked.pop("after"))
        with transaction() as session:
            found = service.show_waiting(
                session, Asked(**asked, after=after), by=current_actor(), at=now()
            )
        return answer(NotesView, found)

    @bp.get("/<uuid:event_id>")
    @bp.response(200, NoteView)
    def note(event_id: UUID) -> ResponseReturnValue:
        """The note of an event, ready to be copied. Written down as a read."""
        with transaction() as session:
            ready = service.show_note(session, event_id, form="api", by=current_actor(), at=now())
        return answer(NoteView, {"note": ready.note, "text": plain(ready.sheet)})

    @bp.put("/<uuid:event_id>")
    @bp.arguments(MarkNote)
    @bp.response(200, MarkedView)
    def mark(body: dict[str, Any], event_id: UUID) -> ResponseReturnValue:
        """Say, by name, that the note stands in the EPJ; or take that back."""
        with transaction() as session:
            case_id = service.mark(
                session, event_id, **body, by=current_actor(), at=now(), book=book
            )
        return answer(MarkedView, {"event_id": event_id, "case_id": case_id, **body})

    return bp
