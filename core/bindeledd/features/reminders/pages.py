"""The inbox: what stands for a person, acknowledged until when; failures, marked as seen.

No patient is named here: the task leads to its case, message or call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders import queries, service
from bindeledd.features.reminders.domain import InboxItem, PersonalOnly
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.texts import t, texts

# Where what is owed without a follow-up is answered.
_WHERE = {
    "decide_message": "/queue",
    "repair_message": "/queue",
    "answer_call": "/calls",
    "acute_concern": "/calls",
}


def pages(book: Book) -> Blueprint:
    """The pages of this feature, by the ladders of `book`."""
    bp = Blueprint("reminders_pages", __name__, template_folder="templates")

    @bp.get("/inbox")
    def inbox() -> ResponseReturnValue:
        by = current_actor()
        if by.id is None:
            raise PersonalOnly()
        with transaction() as session:
            items = queries.inbox(session, by.tenant_id, by.id, now())
            until = service.lasts_until(session, items, at=now(), book=book)
            page = {
                "parts": parts(items, until, now()),
                "notices": queries.notices(session, by.tenant_id, by.id),
                "team_names": staff.team_names(session, by.tenant_id),
            }
        return render_template("reminders/inbox.html", where=where, fault=fault, at=now(), **page)

    @bp.post("/inbox/seen")
    def seen() -> ResponseReturnValue:
        tasks = [UUID(one) for one in request.form.getlist("task") if _is_id(one)]
        with transaction() as session:
            for task_id in tasks:
                service.acknowledge(session, task_id, by=current_actor(), at=now(), book=book)
        return go_to("reminders_pages.inbox", notice="reminders.notices.acknowledged")

    @bp.post("/inbox/faults/<uuid:fault_id>/seen")
    def read(fault_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            service.see_notice(session, fault_id, by=current_actor(), at=now())
        return go_to("reminders_pages.inbox", notice="reminders.notices.read")

    return bp


@dataclass(frozen=True)
class Bunch:
    """What waits about one follow-up, message or call, and until when it can be left in peace."""

    items: list[InboxItem]
    until: datetime


def parts(
    items: Iterable[InboxItem], until: Mapping[UUID, datetime], at: datetime
) -> dict[str, list[Bunch]]:
    """What is late, and what soon will be; what belongs together stands together."""
    bunches: dict[object, list[InboxItem]] = {}
    for item in items:
        bunches.setdefault(item.case_id or item.subject_id, []).append(item)
    found: dict[str, list[Bunch]] = {"late": [], "soon": []}
    for bunch in bunches.values():
        part = "late" if bunch[0].due_at < at else "soon"
        found[part].append(Bunch(bunch, min(until[item.task_id] for item in bunch)))
    return found


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def where(item: InboxItem) -> str:
    """The address where the task is done."""
    if item.case_id is not None and item.kind == "sign_closing":
        return f"/sign/{item.case_id}"
    if item.case_id is not None:
        return f"/cases/{item.case_id}"
    place = _WHERE.get(item.kind)
    return f"{place}/{item.subject_id}" if place and item.subject_id else "/"


def fault(code: str) -> str:
    """The words for a failure; the code itself where it has none."""
    found = texts().find(f"reminders.faults.{code}")
    return found if isinstance(found, str) else t("reminders.notices.other", code=code)
