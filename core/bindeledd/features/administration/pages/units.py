"""Units: a new one; what one is called, which team works for it, its addresses in the messages."""

from functools import partial
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration import service
from bindeledd.features.administration.domain import (
    SCHEMES,
    WHY_OF_PLACES,
    UnitUnanswered,
    Why,
    insist_kind,
)
from bindeledd.features.administration.pages.forms import (
    Act,
    address_in,
    addressing,
    answered,
    key_in,
    kind_words,
    kinds_said,
    look_at,
    made,
    needed_id,
)
from bindeledd.features.staff.domain import UNIT_KINDS
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import refusal_text, t


def add_units(bp: Blueprint) -> None:
    """Put the units on `bp`."""

    @bp.get("/administration/units/new")
    def new_unit() -> ResponseReturnValue:
        with transaction() as session:
            return _new(session, Form())

    @bp.post("/administration/units/new")
    def add_unit() -> ResponseReturnValue:
        form = sent()
        key, address = key_in(form), address_in(form)
        name = form.needed("name", t("administration.member.name_needed"))
        organisation = needed_id(form, "organisation")
        team = needed_id(form, "team", refusal_text(UnitUnanswered.code))
        look_at(form, lambda: insist_kind(form.text("kind"), UNIT_KINDS))

        def add(session: Session, form: Form, why: Why) -> UUID:
            return service.add_unit(
                session,
                key=key,
                name=name,
                kind=form.text("kind"),
                organisation_id=organisation,
                team_id=team,
                acute_number=form.text("acute") or None,
                address=address,
                why=why,
                by=current_actor(),
                at=now(),
            )

        return made(form, add, _new, told="unit_added", to="unit")

    @bp.get("/administration/units/<uuid:unit_id>")
    def unit(unit_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(unit_id, session, Form())

    @bp.post("/administration/units/<uuid:unit_id>")
    def change_unit(unit_id: UUID) -> ResponseReturnValue:
        form = sent()
        name, team = form.needed("name", t("administration.member.name_needed")), form.id("team")

        def change(session: Session, form: Form, why: Why) -> None:
            service.change_unit(
                session,
                unit_id,
                name=name,
                kind=form.text("kind") or None,
                team_id=team,
                acute_number=form.text("acute") or None,
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return _answer(unit_id, form, change, "changed")

    @bp.post("/administration/units/<uuid:unit_id>/address")
    def add_address(unit_id: UUID) -> ResponseReturnValue:
        add = addressing(service.add_address, unit_id)
        return _answer(unit_id, sent(), add, "address_added")


def _answer(unit_id: UUID, form: Form, act: Act, told: str) -> ResponseReturnValue:
    page = partial(_page, unit_id)
    return answered(form, act, page, told=told, to="unit", unit_id=unit_id)


def _new(session: Session, form: Form) -> str:
    by = current_actor()
    shown = service.show_directory(session, by=by, at=now())
    return render_template(
        "administration/new_unit.html",
        form=form,
        kinds=kinds_said("unit_kinds", UNIT_KINDS),
        organisations=[(one.id, one.name) for one in shown.organisations],
        teams=[(one.id, one.name) for one in shown.teams if one.answers],
        schemes=SCHEMES,
        whys=WHY_OF_PLACES,
    )


def _page(unit_id: UUID, session: Session, form: Form) -> str:
    shown = service.show_unit(session, unit_id, by=current_actor(), at=now())
    return render_template(
        "administration/unit.html",
        form=form,
        unit=shown.unit,
        points=shown.points,
        schemes=SCHEMES,
        whys=WHY_OF_PLACES,
        kind=kind_words("unit_kinds", shown.unit.kind),
        kinds=kinds_said("unit_kinds", (*UNIT_KINDS, shown.unit.kind)),
        teams=[(one.id, one.name) for one in shown.teams],
    )
