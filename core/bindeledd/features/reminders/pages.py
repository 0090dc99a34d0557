"""What is pressed in the inbox: acknowledged until when; failures, marked as seen.

The inbox itself stands in `worklist`, which may know whom it is about.
"""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders import service
from bindeledd.foundation.http import current_actor, go_to, now, transaction

INBOX = "worklist_pages.inbox"


def pages(book: Book) -> Blueprint:
    """The answers of this feature, by the ladders of `book`."""
    bp = Blueprint("reminders_pages", __name__)

    @bp.post("/inbox/seen")
    def seen() -> ResponseReturnValue:
        tasks = [UUID(one) for one in request.form.getlist("task") if _is_id(one)]
        with transaction() as session:
            for task_id in tasks:
                service.acknowledge(session, task_id, by=current_actor(), at=now(), book=book)
        return go_to(INBOX, notice="reminders.notices.acknowledged")

    @bp.post("/inbox/faults/<uuid:fault_id>/seen")
    def read(fault_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            service.see_notice(session, fault_id, by=current_actor(), at=now())
        return go_to(INBOX, notice="reminders.notices.read")

    return bp


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
