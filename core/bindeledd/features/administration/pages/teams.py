"""Teams: a new one; who works in one and answers for it, what it is called, when it is open."""

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration import service
from bindeledd.features.administration.domain import WHY_OF_PLACES, Why, insist_open
from bindeledd.features.administration.pages.forms import (
    Act,
    answered,
    key_in,
    look_at,
    made,
    needed_id,
)
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import (
    DUTY_AHEAD,
    Hours,
    HoursWrong,
    insist_week,
    openings_said,
    week_of,
)
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t

_WEEK = range(1, 8)


def add_teams(bp: Blueprint, closed_days: Callable[[str], Collection[date]]) -> None:
    """Put the teams on `bp`. `closed_days`: those that packs know, by the team's short name."""

    @bp.get("/administration/teams/new")
    def new_team() -> ResponseReturnValue:
        with transaction() as session:
            return _new(session, Form())

    @bp.post("/administration/teams/new")
    def add_team() -> ResponseReturnValue:
        form = sent()
        key = key_in(form)
        name = form.needed("name", t("administration.member.name_needed"))
        organisation = needed_id(form, "organisation")
        lead = needed_id(form, "lead", t("administration.team.lead_needed"))
        hours = _hours_in(form)

        def add(session: Session, form: Form, why: Why) -> UUID:
            return service.add_team(
                session,
                key=key,
                name=name,
                organisation_id=organisation,
                lead_id=lead,
                hours=hours,
                closed=closed_days(key),
                why=why,
                by=current_actor(),
                at=now(),
            )

        return made(form, add, _new, told="team_added", to="team")

    @bp.get("/administration/teams/<uuid:team_id>")
    def team(team_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(team_id, session, Form())

    @bp.post("/administration/teams/<uuid:team_id>")
    def rename_team(team_id: UUID) -> ResponseReturnValue:
        form = sent()
        name = form.needed("name", t("administration.member.name_needed"))

        def rename(session: Session, form: Form, why: Why) -> None:
            service.rename_team(
                session,
                team_id,
                name=name,
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return _answer(team_id, form, rename, "changed")

    @bp.post("/administration/teams/<uuid:team_id>/hours")
    def change_hours(team_id: UUID) -> ResponseReturnValue:
        form = sent()
        hours = _hours_in(form)

        def change(session: Session, form: Form, why: Why) -> None:
            by = current_actor()
            service.change_hours(
                session,
                team_id,
                hours=hours,
                closed=closed_days(staff.get_team(session, by.tenant_id, team_id).key),
                seen=form["seen"],
                why=why,
                by=by,
                at=now(),
            )

        return _answer(team_id, form, change, "hours_changed")


def _hours_in(form: Form) -> tuple[Hours, ...]:
    """The week of the form; a day that is not understood, and a week without any, is said there."""
    days = {}
    for day in _WEEK:
        try:
            days[day] = openings_said(form.text(f"day{day}"))
            insist_week(week_of({day: days[day]}))
        except (ValueError, HoursWrong):
            form.wrong(f"day{day}", t("administration.team.hours_unclear"))
    week = week_of(days)
    if not any(f"day{day}" in form.errors for day in _WEEK):
        look_at(form, lambda: insist_open(week))
    return week


def _answer(team_id: UUID, form: Form, act: Act, told: str) -> ResponseReturnValue:
    page = partial(_page, team_id)
    return answered(form, act, page, told=told, to="team", team_id=team_id)


def _new(session: Session, form: Form) -> str:
    by, at = current_actor(), now()
    shown = service.show_directory(session, by=by, at=at)
    people = staff.everybody(session, by.tenant_id, at)
    return render_template(
        "administration/new_team.html",
        form=form,
        week=_WEEK,
        organisations=[(one.id, one.name) for one in shown.organisations],
        people=[(one.id, one.name) for one, _, _ in people if one.active and one.id != by.id],
        whys=WHY_OF_PLACES,
    )


def _page(team_id: UUID, session: Session, form: Form) -> str:
    by, at = current_actor(), now()
    shown = service.show_team(session, team_id, by=by, at=at)
    return render_template(
        "administration/team.html",
        form=form,
        shown=shown,
        names=staff.member_names(session, by.tenant_id),
        week=_WEEK,
        days=DUTY_AHEAD,
        whys=WHY_OF_PLACES,
        at=at,
    )
