"""Organisations: a new one; what one is called, of which kind, its own addresses in the messages."""

from functools import partial
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration import service
from bindeledd.features.administration.domain import SCHEMES, WHY_OF_PLACES, Why, insist_kind
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
)
from bindeledd.features.staff.domain import ORGANISATION_KINDS
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t


def add_organisations(bp: Blueprint) -> None:
    """Put the organisations on `bp`."""

    @bp.get("/administration/organisations/new")
    def new_organisation() -> ResponseReturnValue:
        with transaction() as session:
            return _new(session, Form())

    @bp.post("/administration/organisations/new")
    def add_organisation() -> ResponseReturnValue:
        form = sent()
        key, address = key_in(form), address_in(form)
        name = form.needed("name", t("administration.member.name_needed"))
        look_at(form, lambda: insist_kind(form.text("kind"), ORGANISATION_KINDS))

        def add(session: Session, form: Form, why: Why) -> UUID:
            return service.add_organisation(
                session,
                key=key,
                name=name,
                kind=form.text("kind"),
                address=address,
                why=why,
                by=current_actor(),
                at=now(),
            )

        return made(form, add, _new, told="organisation_added", to="organisation")

    @bp.get("/administration/organisations/<uuid:organisation_id>")
    def organisation(organisation_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(organisation_id, session, Form())

    @bp.post("/administration/organisations/<uuid:organisation_id>")
    def change_organisation(organisation_id: UUID) -> ResponseReturnValue:
        form = sent()
        name = form.needed("name", t("administration.member.name_needed"))

        def change(session: Session, form: Form, why: Why) -> None:
            service.change_organisation(
                session,
                organisation_id,
                name=name,
                kind=form.text("kind"),
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return _answer(organisation_id, form, change, "changed")

    @bp.post("/administration/organisations/<uuid:organisation_id>/address")
    def add_own_address(organisation_id: UUID) -> ResponseReturnValue:
        add = addressing(service.add_own_address, organisation_id)
        return _answer(organisation_id, sent(), add, "address_added")


def _answer(organisation_id: UUID, form: Form, act: Act, told: str) -> ResponseReturnValue:
    page = partial(_page, organisation_id)
    return answered(form, act, page, told=told, to="organisation", organisation_id=organisation_id)


def _new(session: Session, form: Form) -> str:
    service.may_see(session, "organisation", by=current_actor(), at=now())
    return render_template(
        "administration/new_organisation.html",
        form=form,
        kinds=kinds_said("organisation_kinds", ORGANISATION_KINDS),
        schemes=SCHEMES,
        whys=WHY_OF_PLACES,
    )


def _page(organisation_id: UUID, session: Session, form: Form) -> str:
    found, points = service.show_organisation(
        session, organisation_id, by=current_actor(), at=now()
    )
    return render_template(
        "administration/organisation.html",
        form=form,
        organisation=found,
        points=points,
        kind=kind_words("organisation_kinds", found.kind),
        kinds=kinds_said("organisation_kinds", (*ORGANISATION_KINDS, found.kind)),
        schemes=SCHEMES,
        whys=WHY_OF_PLACES,
    )
