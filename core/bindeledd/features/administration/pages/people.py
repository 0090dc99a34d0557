"""Who works here: begun, changed, given a place, ended. Every form knows what it was opened on."""

from functools import partial
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration import service
from bindeledd.features.administration.domain import WHY_OF_PEOPLE, Why
from bindeledd.features.administration.pages.forms import Act, answered, made, needed_id
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Grant, Role, may_be_email, may_be_phone
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import LANGUAGES, t


def add_people(bp: Blueprint) -> None:
    """Put the members on `bp`."""

    @bp.get("/administration/members/new")
    def new_member() -> ResponseReturnValue:
        with transaction() as session:
            return _new(session, Form())

    @bp.post("/administration/members/new")
    def add_member() -> ResponseReturnValue:
        def add(session: Session, form: Form, why: Why) -> UUID:
            return service.add_member(
                session,
                login=form.text("login"),
                name=form.text("name"),
                email=form.text("email") or None,
                phone=form.text("phone") or None,
                team_id=form.id("team"),
                role=form.one_of("role", Role) or Role.MEMBER,
                why=why,
                by=current_actor(),
                at=now(),
            )

        return made(_read(sent(), new=True), add, _new, told="added", to="member")

    @bp.get("/administration/members/<uuid:member_id>")
    def member(member_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(member_id, session, Form())

    @bp.post("/administration/members/<uuid:member_id>")
    def change_member(member_id: UUID) -> ResponseReturnValue:
        def change(session: Session, form: Form, why: Why) -> None:
            service.change_member(
                session,
                member_id,
                name=form.text("name"),
                email=form.text("email") or None,
                phone=form.text("phone") or None,
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return answer_of(member_id, _read(sent()), change, "changed")

    @bp.post("/administration/members/<uuid:member_id>/place")
    def give_place(member_id: UUID) -> ResponseReturnValue:
        form = sent()
        team = needed_id(form, "team")

        def give(session: Session, form: Form, why: Why) -> None:
            service.give_place(
                session,
                member_id,
                team,
                form.one_of("role", Role) or Role.MEMBER,
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return answer_of(member_id, form, give, "place_given")

    @bp.post("/administration/members/<uuid:member_id>/place/<uuid:team_id>/end")
    def end_place(member_id: UUID, team_id: UUID) -> ResponseReturnValue:
        def end(session: Session, form: Form, why: Why) -> None:
            service.end_place(
                session,
                member_id,
                team_id,
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return answer_of(member_id, sent(), end, "place_ended")

    @bp.post("/administration/members/<uuid:member_id>/end")
    def end_member(member_id: UUID) -> ResponseReturnValue:
        def end(session: Session, form: Form, why: Why) -> None:
            by, at = current_actor(), now()
            service.end_member(session, member_id, seen=form["seen"], why=why, by=by, at=at)

        return answer_of(member_id, sent(), end, "ended")


def _read(form: Form, *, new: bool = False) -> Form:
    """What is wrong with the form by itself, said at its fields."""
    if new:
        form.needed("login", t("administration.member.login_needed"))
    form.needed("name", t("administration.member.name_needed"))
    email, phone = form.text("email"), form.text("phone")
    if email and not may_be_email(email):
        form.wrong("email", t("administration.member.no_email"))
    if phone and not may_be_phone(phone):
        form.wrong("phone", t("administration.member.no_phone"))
    return form


def answer_of(member_id: UUID, form: Form, act: Act, told: str) -> ResponseReturnValue:
    """The member's page, with what was `told` once it is done; else with the form."""
    page = partial(_page, member_id)
    return answered(form, act, page, told=told, to="member", member_id=member_id)


def _new(session: Session, form: Form) -> str:
    by = current_actor()
    service.may_see(session, "member", by=by, at=now())
    return render_template(
        "administration/new_member.html",
        form=form,
        whys=WHY_OF_PEOPLE,
        roles=list(Role),
        teams=[(one.id, one.name) for one in staff.teams(session, by.tenant_id)],
    )


def _page(member_id: UUID, session: Session, form: Form) -> str:
    by, at = current_actor(), now()
    shown = service.show_person(session, member_id, by=by, at=at)
    return render_template(
        "administration/member.html",
        form=form,
        shown=shown,
        whys=WHY_OF_PEOPLE,
        roles=list(Role),
        grants=[one for one in Grant if one not in shown.grants],
        languages=LANGUAGES,
        own=member_id == by.id,
        teams=[(one.id, one.name) for one in staff.teams(session, by.tenant_id)],
        at=at,
    )
