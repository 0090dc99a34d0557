"""*Away today*, two clicks from my day: from now or a later day, taken back, ended, kept after all."""

from datetime import datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.appointments.queries import LeftOver, left_over
from bindeledd.features.appointments.service.absence import COVER, keep_after_all
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.service.absence import leave_for_today
from bindeledd.features.worklist.service.holes import made_by
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import ZONE, Form, sent
from bindeledd.foundation.texts import t

# What goes on to the page of duty: there the hole stands, and there somebody is put on call.
_HOLES = ("away_hole", "away_hole_appointments")
_PLACES = {"staff.not_forwards": "until_on", "staff.already_away": "until_on"}


def add_away(bp: Blueprint, book: Book) -> None:
    @bp.get("/away")
    def away() -> ResponseReturnValue:
        with transaction() as session:
            return _away_page(session, Form())

    @bp.post("/away")
    def go() -> ResponseReturnValue:
        form = sent()
        try:
            if said := _leave(form, book):
                to = "duty" if said in _HOLES else "day"
                return go_to(f"worklist_pages.{to}", notice=f"worklist.notices.{said}")
        except Refusal as refused:
            form.refused(refused, _PLACES)
        with transaction() as session:
            return _away_page(session, form), 422

    @bp.post("/away/back")
    def back() -> ResponseReturnValue:
        by = current_actor()
        with transaction() as session:
            if by.id is not None:
                staff_work.back_again(session, by.id, by=by, at=now())
        return go_to("worklist_pages.day", notice="worklist.notices.back")

    @bp.post("/away/<uuid:member_id>/back")
    def colleague_back(member_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            staff_work.back_again(session, member_id, by=current_actor(), at=now())
        return go_to("worklist_pages.away", notice="worklist.notices.colleague_back")

    @bp.post("/away/<uuid:absence_id>/cancel")
    def cancel(absence_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            staff_work.cancel_absence(session, absence_id, by=current_actor(), at=now())
        return go_to("worklist_pages.away", notice="worklist.notices.away_cancelled")

    @bp.post("/away/<uuid:member_id>/keep")
    def keep(member_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            keep_after_all(session, member_id, by=current_actor(), at=now(), book=book)
        return go_to("worklist_pages.away", notice="worklist.notices.kept_after_all")


def _leave(form: Form, book: Book) -> str:
    """Write down who is away; says what was done, nothing where the form cannot be read."""
    by = current_actor()
    since, until, stand_in = _since(form), _until(form), form.id("stand_in")
    if by.id is None or not form.is_good:
        return ""
    with transaction() as session:
        alone = _alone(session, form.id("member") or by.id, by, since, until)
        gone = leave_for_today(
            session,
            form.id("member") or by.id,
            since=since,
            until=until,
            stand_in_id=stand_in,
            by=by,
            at=now(),
            book=book,
        )
        if alone and stand_in is None:
            return f"away_hole{'_appointments' if gone.appointments else ''}"
    return _said(since > now(), stand_in is not None, bool(gone.appointments))


def _alone(session: Session, member_id: UUID, by: Actor, since: datetime, until: datetime) -> bool:
    """Whether they are the only one who answers for a team of theirs at some time then."""
    return any(made_by(session, team, member_id, since, until) for team in by.teams)


def _last_of(session: Session, by: Actor) -> list[str]:
    """The teams for which nobody answers for the rest of the day if the asker goes now."""
    until = datetime.combine(now().astimezone(ZONE).date() + timedelta(days=1), time(), tzinfo=ZONE)
    names = staff.team_names(session, by.tenant_id)
    return sorted(
        names[team]
        for team in by.teams
        if team in names and by.id and made_by(session, team, by.id, now(), until)
    )


def _said(ahead: bool, stood_in: bool, appointments: bool) -> str:
    """What was done, as it was: nothing goes back to the team before it begins, or with a stand-in."""
    what = "away_stand_in" if stood_in else "away_ahead" if ahead else "away"
    return f"{what}_appointments" if appointments else what


def _since(form: Form) -> datetime:
    """The beginning of the day that was chosen; now, where none was or it is today."""
    day, today = form.day("since_on"), now().astimezone(ZONE).date()
    if day is None or day == today:
        return now()
    if day < today:
        form.wrong("since_on", t("worklist.away.since_past"))
    return datetime.combine(day, time(), tzinfo=ZONE)


def _until(form: Form) -> datetime:
    """The end of the day that was chosen; of the first one, where none was."""
    day = form.day("until_on") or form.day("since_on") or now().astimezone(ZONE).date()
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)


def _left_over(
    session: Session, by: Actor, members: set[UUID]
) -> list[tuple[UUID, list[LeftOver]]]:
    """By member: the appointments asked about for an absence that no longer stands."""
    found: dict[UUID, list[LeftOver]] = {}
    for one in left_over(session, by, members, COVER, now()):
        found.setdefault(one.member_id, []).append(one)
    return list(found.items())


def _away_page(session: Session, form: Form) -> str:
    by = current_actor()
    absences = staff.absences(session, by.tenant_id, by.teams, now())
    others: dict[UUID, str] = {}
    led: dict[UUID, str] = {}
    for team in by.teams:
        found = {one.id: one.name for one in staff.members_of(session, team, now())}
        others |= found
        led |= found if team in by.leads else {}
    return render_template(
        "worklist/away.html",
        form=form,
        title=t("worklist.away.title"),
        at=now(),
        last_of=_last_of(session, by),
        me=by.id,
        absences=absences,
        unstood=staff.unstood(session, by.tenant_id, absences),
        ends=frozenset(led) | {by.id},
        left=_left_over(session, by, {*led, *([by.id] if by.id else ())}),
        member_names=staff.member_names(session, by.tenant_id),
        led=sorted(
            ((key, name) for key, name in led.items() if key != by.id), key=lambda one: one[1]
        ),
        others=sorted(
            ((key, name) for key, name in others.items() if key != by.id), key=lambda one: one[1]
        ),
    )
