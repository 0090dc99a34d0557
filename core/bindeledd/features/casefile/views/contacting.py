"""A contact over HTTP, with what was said in it of the next appointment."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.casefile.service.contacting import register_contact
from bindeledd.features.contacts.domain import NewContact
from bindeledd.features.contacts.schemas import RegisterContact, RegisteredView
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction


def add(bp: Blueprint, book: Book) -> None:
    """Put the door on `bp`."""

    @bp.post("/<uuid:case_id>/contacts")
    @bp.arguments(RegisterContact)
    @bp.response(201, RegisteredView)
    def register(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Register an attempt to reach the patient, or a call in."""
        beside = {name: body.pop(name) for name in ("happened_at", "still_stands")}
        by, new = current_actor(), NewContact(**body)
        with transaction() as session:
            done = register_contact(session, case_id, new, **beside, by=by, at=now(), book=book)
        return answer(RegisteredView, done, status=201, version=done.recorded.case.version)
