"""My day over HTTP: a page, a poll that carries no patient, and counts; who is away, who on call."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from bindeledd.features.appointments.service.absence import keep_after_all
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import NotYours
from bindeledd.features.worklist import service
from bindeledd.features.worklist.domain import Cursor, Filter
from bindeledd.features.worklist.domain.calendar import Chosen, Week
from bindeledd.features.worklist.schemas import (
    AbsencesView,
    AbsenceView,
    AskCalendar,
    AskChanged,
    AskOwnWeek,
    AskWorklist,
    CalendarView,
    ChangedView,
    CountsView,
    DutyView,
    GoneView,
    KeptView,
    OnCallView,
    PutOnCall,
    SayAway,
    WorklistView,
)
from bindeledd.features.worklist.service.absence import leave_for_today
from bindeledd.features.worklist.service.calendar import member_week, show_calendar
from bindeledd.foundation.calendar_files import MIMETYPE, calendar_file
from bindeledd.foundation.http import (
    BadFields,
    Blueprint,
    answer,
    answer_json,
    current_actor,
    now,
    transaction,
)
from bindeledd.foundation.http.files import file_answer

bp = Blueprint("worklist", __name__, url_prefix="/worklist", description="My day")


@bp.get("")
@bp.arguments(AskWorklist, location="query")
@bp.alt_response(200, schema=WorklistView, success=True)
def show(asked: dict[str, Any]) -> ResponseReturnValue:
    """What is owed for one's own teams, by due time and then id; 50 rows and where to go on."""
    after, chosen = _read(asked)
    with transaction() as session:
        page = service.show_worklist(
            session, by=current_actor(), at=now(), after=after, chosen=chosen
        )
    on = None if page.next is None else str(page.next)
    return answer_json({"rows": page.rows, "next": on, "token": page.token, "at": now()})


@bp.get("/changed")
@bp.arguments(AskChanged, location="query")
@bp.response(200, ChangedView)
def changed(asked: dict[str, Any]) -> ResponseReturnValue:
    """Whether the page that gave `token` would be another one now. Carries no patient."""
    after, chosen = _read(asked)
    with transaction() as session:
        other = service.has_changed(
            session, asked["token"], by=current_actor(), after=after, chosen=chosen
        )
    return answer_json({"changed": other})


@bp.get("/counts")
@bp.response(200, CountsView)
def counts() -> ResponseReturnValue:
    """How much is owed, by part of the list. Carries no patient."""
    with transaction() as session:
        counted = service.count(session, by=current_actor(), at=now())
    return answer(CountsView, counted)


@bp.get("/calendar")
@bp.arguments(AskCalendar, location="query")
@bp.alt_response(200, schema=CalendarView, success=True)
def calendar(asked: dict[str, Any]) -> ResponseReturnValue:
    """A week of the appointments of the follow-ups that one's teams answer for. Written down as a
    read of everybody on it."""
    person, on, at = asked.get("person"), asked.get("after"), now()
    chosen = Chosen(
        team=asked.get("team"),
        person=_person(person) if person not in (None, "nobody") else None,
        nobody=person == "nobody",
    )
    after = Cursor.parse(on) if on else None
    with transaction() as session:
        week = _week(asked["week"])
        sight = show_calendar(session, week, chosen, after=after, by=current_actor(), at=at)
    return answer(CalendarView, sight)


@bp.get("/calendar/mine")
@bp.arguments(AskOwnWeek, location="query")
@bp.alt_response(200, content_type="text/calendar", success=True)
def own_calendar(asked: dict[str, Any]) -> ResponseReturnValue:
    """One's own week as a calendar file (`.ics`). Carries no patient: a link to each follow-up."""
    at = now()
    with transaction() as session:
        entries = member_week(session, _week(asked["week"]), link=_link, by=current_actor())
    return file_answer(calendar_file(entries, at=at), MIMETYPE, at, ending="ics")


def _link(case_id: UUID) -> str:
    return url_for("casefile_pages.show", case_id=case_id, _external=True)


def _week(text: str) -> Week:
    return Week.parse(text) if text else Week.of(now())


def _read(asked: dict[str, Any]) -> tuple[Cursor | None, Filter]:
    person = asked.get("person")
    chosen = Filter(
        team=asked.get("team"),
        held_by=_person(person) if person not in (None, "nobody") else None,
        unheld=person == "nobody",
        kinds=tuple(asked.get("kind", ())),
    )
    on = asked.get("after")
    return (Cursor.parse(on) if on else None), chosen


def _person(text: str | None) -> UUID | None:
    if text == "me":
        return current_actor().id
    try:
        return UUID(text)
    except (TypeError, ValueError):
        raise BadFields(fields={"person": ["not an id, me or nobody"]}) from None


# --- who is away, and who is on call --------------------------------------------------------------


def create_duty(book: Book, *, longest_on_call: timedelta) -> Blueprint:
    """Absences and windows on call; `longest_on_call`: how long one of them may be."""
    bp = Blueprint("duty", __name__, description="Who is away, and who is on call")
    _absences(bp, book)
    _here_again(bp, book)
    _on_call(bp, longest_on_call)
    return bp


def _absences(bp: Blueprint, book: Book) -> None:
    @bp.get("/absences")
    @bp.response(200, AbsencesView)
    def absences() -> ResponseReturnValue:
        """Who of one's own teams is away now or has said that they will be."""
        by = current_actor()
        with transaction() as session:
            found = staff.absences(session, by.tenant_id, by.teams, now())
        return answer(AbsencesView, {"absences": found})

    @bp.post("/absences")
    @bp.arguments(SayAway)
    @bp.response(201, GoneView)
    def away(body: dict[str, Any]) -> ResponseReturnValue:
        """Say that somebody is away: oneself, or for a lead somebody of their teams."""
        by, at = current_actor(), now()
        member_id = body.pop("member_id") or by.id
        if member_id is None:
            raise NotYours()
        since = max(body.pop("since") or at, at)
        with transaction() as session:
            gone = leave_for_today(session, member_id, since=since, **body, by=by, at=at, book=book)
        said = {"tasks": len(gone.tasks), "appointments": len(gone.appointments)}
        return answer(GoneView, {"absence": gone.absence, **said}, status=201)

    @bp.post("/absences/<uuid:absence_id>/cancel")
    @bp.response(200, AbsenceView)
    def cancel(absence_id: UUID) -> ResponseReturnValue:
        """Take back an absence that has not begun. What it made owed stays until it is answered."""
        with transaction() as session:
            done = staff_work.cancel_absence(session, absence_id, by=current_actor(), at=now())
        return answer(AbsenceView, done)


def _here_again(bp: Blueprint, book: Book) -> None:
    @bp.post("/members/<uuid:member_id>/back")
    @bp.response(204)
    def back(member_id: UUID) -> ResponseReturnValue:
        """The member is here: the absence that runs ends now, those that come stand."""
        with transaction() as session:
            staff_work.back_again(session, member_id, by=current_actor(), at=now())
        return "", 204

    @bp.post("/members/<uuid:member_id>/keep")
    @bp.response(200, KeptView)
    def keep(member_id: UUID) -> ResponseReturnValue:
        """The member keeps the appointments asked about for an absence that no longer stands."""
        with transaction() as session:
            kept = keep_after_all(session, member_id, by=current_actor(), at=now(), book=book)
        return answer(KeptView, {"kept": kept})


def _on_call(bp: Blueprint, longest: timedelta) -> None:
    @bp.get("/duty")
    @bp.response(200, DutyView)
    def on_call() -> ResponseReturnValue:
        """The windows on call of one's own teams that run or are to come."""
        with transaction() as session:
            found = staff.on_call(session, current_actor().teams, now())
        return answer(DutyView, {"on_call": found})

    @bp.post("/duty")
    @bp.arguments(PutOnCall)
    @bp.response(201, OnCallView)
    def put_on_call(body: dict[str, Any]) -> ResponseReturnValue:
        """A lead puts somebody on call: duty, and access to what the team sees, while it runs."""
        team_id, member_id = body.pop("team_id"), body.pop("member_id")
        with transaction() as session:
            done = staff_work.put_on_call(
                session,
                team_id,
                member_id,
                **body,
                longest=longest,
                by=current_actor(),
                at=now(),
            )
        return answer(OnCallView, done, status=201)

    @bp.post("/duty/<uuid:window_id>/end")
    @bp.response(200, OnCallView)
    def end_on_call(window_id: UUID) -> ResponseReturnValue:
        """Take a window back: it ends now, and so does the access that it gave."""
        with transaction() as session:
            done = staff_work.end_on_call(session, window_id, by=current_actor(), at=now())
        return answer(OnCallView, done)
