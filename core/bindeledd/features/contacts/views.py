"""Contacts over HTTP.

One is registered in `casefile.views`: with what was said in it of the next appointment.
"""

from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.contacts import service
from bindeledd.features.contacts.schemas import ContactsView
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction

bp = Blueprint("contacts", __name__, description="Contacts")


@bp.get("/cases/<uuid:case_id>/contacts")
@bp.response(200, ContactsView)
def show(case_id: UUID) -> ResponseReturnValue:
    """The contacts of a case, the latest first. Written down as a read."""
    with transaction() as session:
        found = service.show_contacts(session, case_id, by=current_actor(), at=now())
    return answer(ContactsView, {"contacts": found})
