"""The team's calendar, a week at a time; and a member's own week as a file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bindeledd.features.staff import queries as staff
from bindeledd.features.worklist.domain import Cursor
from bindeledd.features.worklist.domain.calendar import Chosen, Shut, Sight, Week
from bindeledd.features.worklist.service.calendar import member_week, show_calendar
from bindeledd.foundation.calendar_files import MIMETYPE, calendar_file
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.files import file_answer
from bindeledd.foundation.http.forms import ZONE, Form
from bindeledd.foundation.texts import t

_FILTERS = ("team", "person")


def add_calendar(bp: Blueprint) -> None:
    """Put `/calendar` on `bp`."""

    @bp.get("/calendar")
    def calendar() -> ResponseReturnValue:
        by, at, asked = current_actor(), now(), Form(values=request.args.to_dict())
        week = _week(asked)
        with transaction() as session:
            sight = show_calendar(session, week, _chosen(asked), after=_after(asked), by=by, at=at)
            around = staff.around(session, by, holders=sight.members, at=at)
        return render_template(
            "worklist/calendar.html",
            sight=sight,
            asked=asked,
            around=around,
            teams=sorted(around.teams.items(), key=lambda one: one[1]),
            people=sorted(around.colleagues.items(), key=lambda one: one[1]),
            filtered=_filters(asked),
            now_week=Week.of(at),
            today=at.astimezone(ZONE).date(),
            here=_here(asked, sight),
            shut_words=lambda day: _shut_words(day.shut, around.teams),
            at=at,
        )

    @bp.get("/calendar/mine.ics")
    def own_calendar() -> ResponseReturnValue:
        """The week of whoever asks, for their own calendar. Carries no patient."""
        by, at = current_actor(), now()
        with transaction() as session:
            entries = member_week(
                session, _week(Form(values=request.args.to_dict())), link=_link, by=by
            )
        return file_answer(calendar_file(entries, at=at), MIMETYPE, at, ending="ics")


def _link(case_id: UUID) -> str:
    return url_for("casefile_pages.show", case_id=case_id, _external=True)


def _week(asked: Form) -> Week:
    text = asked.text("week")
    return Week.parse(text) if text else Week.of(now())


def _chosen(asked: Form) -> Chosen:
    person = asked.text("person")
    chosen = asked.id("person") if person not in ("", "me", "nobody") else None
    return Chosen(
        team=asked.id("team"),
        person=current_actor().id if person == "me" else chosen,
        nobody=person == "nobody",
    )


def _after(asked: Form) -> Cursor | None:
    text = asked.text("after")
    return Cursor.parse(text) if text else None


def _filters(asked: Form) -> dict[str, Any]:
    return {name: asked[name] for name in _FILTERS if asked[name]}


def _here(asked: Form, sight: Sight) -> Mapping[str, Any]:
    """The addresses around this sight: the week before, this one, the next, and where it goes on."""
    kept = _filters(asked)

    def to(week: Week, **more: Any) -> str:
        return url_for("worklist_pages.calendar", week=str(week), **kept, **more)

    return {
        "previous": to(sight.week.previous),
        "this": url_for("worklist_pages.calendar", **kept),
        "next": to(sight.week.next),
        "on": "" if sight.next is None else to(sight.week, after=str(sight.next)),
        "first": to(sight.week) if asked["after"] else "",
        "file": url_for("worklist_pages.own_calendar", week=str(sight.week)),
    }


def _shut_words(shut: tuple[Shut, ...], teams: Mapping[UUID, str]) -> list[str]:
    """Why a day is closed: without the team where there is one, or all are closed alike."""
    whys = {one.why for one in shut}
    if len(shut) == len(teams) and len(whys) == 1:
        return [t(f"worklist.calendar.{shut[0].why}")]
    return [f"{teams.get(one.team_id, '')}: {t(f'worklist.calendar.{one.why}')}" for one in shut]
