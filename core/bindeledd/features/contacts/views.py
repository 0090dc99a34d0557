"""Contacts over HTTP."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.contacts import service
from bindeledd.features.contacts.domain import NewContact
from bindeledd.features.contacts.schemas import ContactsView, RegisterContact, RegisteredView
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction


def create_blueprint(book: Book) -> Blueprint:
    """Contacts of a case; `book` says what is owed next."""
    bp = Blueprint("contacts", __name__, description="Contacts")

    @bp.get("/cases/<uuid:case_id>/contacts")
    @bp.response(200, ContactsView)
    def show(case_id: UUID) -> ResponseReturnValue:
        """The contacts of a case, the latest first. Written down as a read."""
        with transaction() as session:
            found = service.show_contacts(session, case_id, by=current_actor(), at=now())
        return answer(ContactsView, {"contacts": found})

    @bp.post("/cases/<uuid:case_id>/contacts")
    @bp.arguments(RegisterContact)
    @bp.response(201, RegisteredView)
    def register(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Register an attempt to reach the patient, or a call in."""
        happened_at = body.pop("happened_at")
        with transaction() as session:
            done = service.register_contact(
                session,
                case_id,
                NewContact(**body),
                happened_at=happened_at,
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(RegisteredView, done, status=201, version=done.recorded.case.version)

    return bp
