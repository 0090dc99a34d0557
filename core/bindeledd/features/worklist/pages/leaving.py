"""Leaving today: a row for each who goes home, what is missing across, and who answers meanwhile."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words
from bindeledd.features.staff import queries as staff
from bindeledd.features.worklist.domain.leaving import Ahead, Column, Part
from bindeledd.features.worklist.pages.inbox import without_case
from bindeledd.features.worklist.service.holes import heard
from bindeledd.features.worklist.service.leaving import show_leaving
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.spelling import word
from bindeledd.foundation.texts import said_of, texts

# Where what is missing is recorded: the page of the case for each column.
_PAGES = {
    "appointment_given": "appointment",
    "summary_sent": "summary",
    "relatives_asked": "relatives",
    "children_asked": "children",
    "contact_consent_asked": "bedside",
}


def add_leaving(bp: Blueprint, book: Book, kind_words: Callable[[str], str]) -> None:
    """Put `/leaving` on `bp`."""

    @bp.get("/leaving")
    def leaving() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            page = show_leaving(session, by=by, at=at, book=book)
            teams = staff.team_names(session, by.tenant_id)
            members = staff.member_names(session, by.tenant_id)
            numbers = staff.acute_numbers(session, sorted(by.teams))
            hear = {
                one.team_id: heard(session, by.tenant_id, one.team_id, at) for one in page.teams
            }
        return render_template(
            "worklist/leaving.html",
            page=page,
            at=at,
            need_words=_need_words,
            team_names=teams,
            member_names=members,
            numbers=numbers,
            hear=hear,
            leads=bool(by.leads),
            record=_record,
            target=_target,
            kind_words=kind_words,
            step_words=lambda one: owed_words(book, one.kind, one.step_key),
        )


# What `say` has a form for.
_SAID = frozenset({"risk_assessed", "plan_offered", "number_verified", "receiver_named"})


def _need_words(one: Column | Part) -> str:
    """What a column is called; what a pack asks for by its own title, else by its event."""
    found = texts().find(f"worklist.leaving.needs.{one.need}")
    if isinstance(found, str):
        return found
    titled = said_of(one.title) if isinstance(one, Column) and one.title else ""
    return titled or word("cases.events", one.need)


def _record(case_id: UUID, part: Part) -> str:
    """Where the missing thing is recorded."""
    page = _PAGES.get(part.need)
    if page is not None:
        return url_for(f"casefile_pages.{page}", case_id=case_id)
    if part.need in _SAID:
        return url_for("casefile_pages.say", case_id=case_id, kind=part.need)
    return url_for("casefile_pages.show", case_id=case_id)


def _target(one: Ahead, seen: bool) -> str:
    if one.case_id is not None:
        anchor = f"task-{one.task_id}"
        return url_for("casefile_pages.show", case_id=one.case_id, _anchor=anchor) if seen else ""
    return without_case(one.kind, one.subject_id)
