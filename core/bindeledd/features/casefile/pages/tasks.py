"""A task's own page: take it, move it, say that it is done. And a task that a person adds."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.appointments.queries import here_again
from bindeledd.features.appointments.service.absence import cover
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.owing import Owed
from bindeledd.features.casefile.domain.shown import AppointmentView
from bindeledd.features.casefile.pages import deciding, meeting
from bindeledd.features.casefile.pages.answering import last_answered
from bindeledd.features.casefile.pages.correction import correction_of
from bindeledd.features.casefile.pages.directory import whom
from bindeledd.features.casefile.pages.doing import Small, insist, moment, words_of
from bindeledd.features.casefile.pages.listing import appointment_of, listed, receivers
from bindeledd.features.casefile.pages.person import version_of
from bindeledd.features.casefile.service import case_file
from bindeledd.features.casefile.service.lettering import letter_of
from bindeledd.features.cases.domain.recalling import TOLD_EACH, words_needed
from bindeledd.features.cases.service import work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.tasks.domain import HolderAway, NotOfTheTeam, Task, TaskNotFound
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import refusal_text, t

_PLACES = dict.fromkeys(
    ["task.due_in_past", "task.later_needs_reason", "task.never_later", "task.later_by_lead"],
    "due_on",
)
# What a person may owe beside the pathway, and the events that do it.
KINDS: dict[str, tuple[str, ...]] = {"free": (), "call_patient": ("reached",)}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of tasks on `bp`."""
    _adding(bp, Small(book=book, template="add_task", places=_PLACES, more=_kinds))

    @bp.get("/cases/<uuid:case_id>/tasks/<uuid:task_id>")
    def task(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id).show(case_id)

    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/hold")
    def hold(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id).do(case_id, _holding(case_id, task_id))

    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/done")
    def done(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id, _OF_DOING).do(case_id, _completing(case_id, task_id, book))

    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/decide")
    def decide(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id, deciding.PLACES).do(
            case_id, deciding.decided(case_id, task_id, book)
        )

    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/met")
    def met(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id, meeting.PLACES).do(case_id, meeting.met(case_id, task_id, book))

    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/cover")
    def cover(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id, _OF_COVERING).do(case_id, _covering(case_id, task_id, book))

    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/move")
    def move_task(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _one(book, task_id).do(case_id, _moving(case_id, task_id, book))


def _told(session: Session, case_id: UUID, task_id: UUID, form: Form, book: Book) -> dict[str, Any]:
    """What was said to each who has something that was sent by mistake: nobody is left out."""
    by = current_actor()
    if work.get_task(session, case_id, task_id, by=by).kind not in TOLD_EACH:
        return {}
    file = case_file(session, case_id, by=by, at=now(), book=book)
    asked = receivers(session, file, find_owed(file, task_id).task)
    said = [
        {"to": who, "said": form.needed(field, t("casefile.task.told_needed"))}
        for field, who, _ in asked
    ]
    return {"told": said} if said else {}


def _next(form: Form) -> datetime | None:
    """When somebody looks again, where that was said: a day with a time of day."""
    if not (form.text("next_on") or form.text("next_time")):
        return None
    return moment(form, "next_on", "next_time")


_OF_DOING = {"task.due_in_past": "next_on"}
_OF_COVERING = {"appointment.cover_is_away": "member"}


def _holding(case_id: UUID, task_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        by, taken = current_actor(), form.text("take")
        member = {"yes": by.id, "given": form.id("to")}.get(taken)
        if taken == "given" and member is None:
            form.wrong("to", t("web.form.choose"))
        insist(form)
        how: dict[str, Any] = {"version": version_of(form), "by": by, "at": now()}
        try:
            work.hold_task(session, case_id, task_id, member_id=member, **how)
        except (NotOfTheTeam, HolderAway) as refused:
            form.wrong("to" if taken == "given" else "form", refusal_text(refused.code))
            insist(form)
        return {"yes": "taken", "given": "given_to"}.get(taken, "given_back")

    return act


def _completing(case_id: UUID, task_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        told = _told(session, case_id, task_id, form, book)
        kind = work.get_task(session, case_id, task_id, by=current_actor()).kind
        owes = words_needed(kind, told=bool(told))
        needed = t("casefile.task.done_needed") if owes else ""
        words = {**words_of(form, "done", needed=needed), **told}
        next_at = _next(form)
        insist(form)
        work.complete_task(
            session,
            case_id,
            task_id,
            words=words,
            next_at=next_at,
            by=current_actor(),
            at=now(),
            book=book,
        )
        return "task_done" if next_at is None else "task_done_again"

    return act


def _covering(case_id: UUID, task_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        file = case_file(session, case_id, by=current_actor(), at=now(), book=book)
        about = appointment_of(file, find_owed(file, task_id).task)
        if about is None:
            raise TaskNotFound(task=task_id)
        words = words_of(form, "told", needed=t("casefile.cover.told_needed"))
        member = form.id("member")
        if member is None:
            form.wrong("member", t("web.form.choose"))
        insist(form)
        cover(
            session,
            about.id,
            task_id,
            member_id=member or task_id,
            words=words,
            by=current_actor(),
            at=now(),
            book=book,
        )
        return "covered"

    return act


def _moving(case_id: UUID, task_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        words = words_of(form, needed=t("casefile.task.reason_needed"))
        due_at = moment(form, "due_on", "due_time")
        if form.text("way") not in ("sooner", "later"):
            form.wrong("due_on", t("casefile.task.which_way"))
        insist(form)
        later = form.text("way") == "later"
        move = work.move_later if later else work.bring_forward
        by = current_actor()
        move(session, case_id, task_id, due_at=due_at, words=words, by=by, at=now(), book=book)
        return "moved_later" if later else "brought_forward"

    return act


def _one(book: Book, task_id: UUID, places: Mapping[str, str] = _PLACES) -> Small:
    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        owed = find_owed(file, task_id)
        return {
            "owed": owed,
            "latest": work.latest(session, owed.task, book),
            "directory": whom(session, book, file, owed.task.kind),
            "letter": letter_of(book, file, owed.task),
            "me": current_actor().id,
            "colleagues": _colleagues(session, owed.task),
            "correction": correction_of(file, owed.task),
            "listed": listed(session, file, owed.task),
            "receivers": receivers(session, file, owed.task),
            "appointment": appointment_of(file, owed.task),
            "people": _people(session, appointment_of(file, owed.task)),
            "here_again": _here_again(session, owed, appointment_of(file, owed.task)),
            "hows": meeting.HOWS,
            "last_answered": last_answered(file),
            **deciding.shown(book, file, owed),
        }

    return Small(book=book, template="task", places=places, more=more)


def _here_again(session: Session, owed: Owed, about: AppointmentView | None) -> str:
    """What the member is called who keeps it and is not away then any more; nothing otherwise."""
    if about is None or not owed.task.is_open:
        return ""
    return here_again(session, current_actor().tenant_id, about.id)


def find_owed(file: CaseFile, task_id: UUID) -> Owed:
    """What the case owes, or owed, by its id; refuses what is not of this case."""
    for one in (*file.owed, *file.done):
        if one.task.id == task_id:
            return one
    raise TaskNotFound(task=task_id)


def _people(session: Session, about: AppointmentView | None) -> list[tuple[UUID, str]]:
    """Who of us may keep the appointment: nobody who is away then."""
    if about is None:
        return []
    found = staff.names_in_teams(session, current_actor().teams, now())
    away = staff.away_among(session, list(found), about.starts_at)
    return sorted((one for one in found.items() if one[0] not in away), key=lambda one: one[1])


def _colleagues(session: Session, task: Task) -> list[tuple[UUID, str]]:
    """Whom a task of one's own team can be given to: who is not away, and not who asks or has it
    already."""
    ours = task.is_open and task.owner_team_id in current_actor().teams
    there = staff.members_of(session, task.owner_team_id, now()) if ours else []
    away = staff.away_among(session, [one.id for one in there], now())
    not_to = {*away, current_actor().id, task.held_by}
    return [(one.id, one.name) for one in there if one.id not in not_to]


def _adding(bp: Blueprint, page: Small) -> None:
    @bp.get("/cases/<uuid:case_id>/tasks/new")
    def new_task(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/tasks/new")
    def add_task(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            kind = form.text("kind") or "free"
            if kind not in KINDS:
                form.wrong("kind", t("web.form.choose"))
            words = words_of(form, needed=t("casefile.task.what_needed"))
            due_at = moment(form, "due_on", "due_time")
            work.add_task(
                session,
                case_id,
                kind=kind,
                due_at=due_at,
                words=words,
                satisfied_by=KINDS[kind],
                by=current_actor(),
                at=now(),
                book=page.book,
            )
            return "task_added"

        return page.do(case_id, act)


def _kinds(_session: Session, _file: CaseFile, _form: Form) -> dict[str, object]:
    return {"kinds": tuple(KINDS)}
