"""Duty: who answers for one's teams in the days to come; a lead puts somebody on call."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.service.holes import holes
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t

_AHEAD = timedelta(days=7)
_PLACES = {
    "staff.not_forwards": "until_on",
    "staff.on_call_over": "until_on",
    "staff.on_call_too_long": "until_on",
}


def add_duty(bp: Blueprint, longest: timedelta) -> None:
    """Put `/duty` on `bp`. `longest`: how long one window on call may be."""

    @bp.get("/duty")
    def duty() -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, Form(), longest)

    @bp.post("/duty")
    def put_on_call() -> ResponseReturnValue:
        form, by = sent(), current_actor()
        team, member = _chosen(form, "team"), _chosen(form, "member")
        since, until = _moment(form, "since"), _moment(form, "until")
        if team and member and since and until and form.is_good:
            try:
                with transaction() as session:
                    staff_work.put_on_call(
                        session,
                        team,
                        member,
                        starts_at=since,
                        ends_at=until,
                        longest=longest,
                        by=by,
                        at=now(),
                    )
                return go_to("worklist_pages.duty", notice="worklist.notices.on_call")
            except Refusal as refused:
                form.refused(refused, _PLACES)
        with transaction() as session:
            return _page(session, form, longest), 422

    @bp.post("/duty/<uuid:window_id>/end")
    def end_on_call(window_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            staff_work.end_on_call(session, window_id, by=current_actor(), at=now())
        return go_to("worklist_pages.duty", notice="worklist.notices.on_call_ended")


def _chosen(form: Form, name: str) -> UUID | None:
    found = form.id(name)
    if found is None and name not in form.errors:
        form.wrong(name, t("web.form.choose"))
    return found


def _moment(form: Form, name: str) -> datetime | None:
    when, date_only = form.moment(f"{name}_on", f"{name}_time", at=now())
    if when is None or date_only or not form.text(f"{name}_on"):
        form.wrong(f"{name}_on", t("worklist.duty.moment_needed"))
        return None
    return when


def _page(session: Session, form: Form, longest: timedelta) -> str:
    by, at = current_actor(), now()
    names = staff.team_names(session, by.tenant_id)
    members = staff.member_names(session, by.tenant_id)
    absences = staff.absences(session, by.tenant_id, by.teams, at)
    mine = sorted((team for team in by.teams if team in names), key=lambda team: names[team])
    return render_template(
        "worklist/duty.html",
        form=form,
        at=at,
        teams=[(team, names[team], _days(session, team, at)) for team in mine],
        holes={team: holes(session, team, at, at + _AHEAD) for team in mine},
        led=[(team, names[team]) for team in mine if team in by.leads],
        windows=staff.on_call(session, mine, at),
        names=names,
        member_names=members,
        absences=absences,
        unstood=staff.unstood(session, by.tenant_id, absences),
        ends=_led(session, by, at),
        leads=by.leads,
        members=members,
        longest=longest.days,
        people=sorted(_people(session), key=lambda one: one[1]),
    )


def _led(session: Session, by: Actor, at: datetime) -> frozenset[UUID | None]:
    """Whose absence the asker may end: their own, and those of whom they lead."""
    mine = (one.id for team in by.leads for one in staff.members_of(session, team, at))
    return frozenset(mine) | {by.id}


def _days(session: Session, team: UUID, at: datetime) -> list[Any]:
    return list(staff.duty_of(session, team, at, at + _AHEAD))


def _people(session: Session) -> list[tuple[UUID, str]]:
    """Everybody who works here: whoever is on call may be of another team."""
    by = current_actor()
    every = staff.everybody(session, by.tenant_id, now())
    return [(one.id, one.name) for one, teams, _ in every if one.active and teams]
