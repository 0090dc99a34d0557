"""The lead's morning as a page that a room may see, and the lists behind its numbers."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.morning import service
from bindeledd.features.morning.domain import Escalation, Morning
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import task_words
from bindeledd.features.staff import queries as staff
from bindeledd.features.worklist.domain import Cursor
from bindeledd.features.worklist.pages.inbox import without_case
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.texts import t


def pages(book: Book) -> Blueprint:
    """`url_for("morning_pages.morning")`; `book` names the kinds of tasks of packs."""
    bp = Blueprint("morning_pages", __name__, template_folder="templates")

    @bp.get("/morning")
    def morning() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            shown = service.show_morning(session, by=by, at=at)
            names = staff.member_names(session, by.tenant_id)
        return render_template(
            "morning/morning.html",
            morning=shown,
            figures=_figures(shown),
            counted=_age(shown),
            member_names=names,
            at=at,
        )

    @bp.get("/morning/escalated")
    def escalated() -> ResponseReturnValue:
        by, at = current_actor(), now()
        answered = request.args.get("answered") == "yes"
        with transaction() as session:
            shown = service.show_escalations(
                session, answered=answered, after=_after(), by=by, at=at
            )
            around = _around(session)
        return render_template(
            "morning/escalated.html",
            shown=shown,
            answered=answered,
            words=lambda kind: task_words(kind, book),
            target=_target,
            next=_next("escalated", shown.next, **({"answered": "yes"} if answered else {})),
            at=at,
            **around,
        )

    @bp.get("/morning/unreached")
    def unreached() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            shown = service.show_unreached(session, after=_after(), by=by, at=at)
            around = _around(session)
        return render_template(
            "morning/unreached.html",
            shown=shown,
            next=_next("unreached", shown.next),
            at=at,
            **around,
        )

    return bp


def _figures(morning: Morning) -> list[tuple[str, int, str]]:
    """What waits, by what it is: how much of it, and where its list stands."""
    found = morning.numbers
    escalated = url_for("morning_pages.escalated")
    return [
        ("unanswered", found.unanswered, escalated),
        ("answered", found.answered, f"{escalated}?answered=yes"),
        ("unreached", found.unreached, url_for("morning_pages.unreached")),
        ("signatures", found.signatures, url_for("signing_pages.waiting")),
        ("alone", len(morning.alone), "#away"),
        ("not_opened", len(morning.not_opened), "#not-opened"),
    ]


def _age(morning: Morning) -> str:
    """How long ago the roll was called, in words; empty before the first time."""
    if morning.statement is None:
        return ""
    minutes = max((morning.at - morning.statement.statement.at) // timedelta(minutes=1), 1)
    if minutes < 120:
        return t("morning.page.minutes", count=minutes)
    return t("morning.page.hours", count=minutes // 60)


def _around(session: Session) -> dict[str, Any]:
    """The names of teams and colleagues that a list says."""
    tenant = current_actor().tenant_id
    return {
        "team_names": staff.team_names(session, tenant),
        "member_names": staff.member_names(session, tenant),
    }


def _target(row: Escalation, names: dict[UUID, Any]) -> str:
    """Where a row leads: the follow-up at that task, or what has no follow-up yet."""
    if row.case_id is None:
        return without_case(row.kind, row.subject_id)
    if row.case_id not in names:
        return ""
    return url_for("casefile_pages.show", case_id=row.case_id, _anchor=f"task-{row.task_id}")


def _after() -> Cursor | None:
    text = request.args.get("after", "")
    return Cursor.parse(text) if text else None


def _next(page: str, cursor: Cursor | None, **kept: Any) -> str:
    return "" if cursor is None else url_for(f"morning_pages.{page}", after=str(cursor), **kept)
