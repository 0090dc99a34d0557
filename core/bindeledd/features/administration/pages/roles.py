"""What is given to a member beside places: a role for the whole tenant, a language, the work again."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration import service
from bindeledd.features.administration.domain import Why
from bindeledd.features.administration.pages.people import answer_of
from bindeledd.features.staff.domain import Grant
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t


def add_roles(bp: Blueprint) -> None:
    """Put what is given to members on `bp`."""

    @bp.post("/administration/members/<uuid:member_id>/role")
    def give_role(member_id: UUID) -> ResponseReturnValue:
        form = sent()
        role = form.one_of("grant", Grant, t("web.form.choose"))

        def give(session: Session, form: Form, why: Why) -> None:
            service.give_role(
                session,
                member_id,
                role or Grant.PRIVACY,
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return answer_of(member_id, form, give, "role_given")

    @bp.post("/administration/members/<uuid:member_id>/language")
    def give_language(member_id: UUID) -> ResponseReturnValue:
        def give(session: Session, form: Form, why: Why) -> None:
            service.give_language(
                session,
                member_id,
                form.text("tongue"),
                seen=form["seen"],
                why=why,
                by=current_actor(),
                at=now(),
            )

        return answer_of(member_id, sent(), give, "language_given")

    @bp.post("/administration/members/<uuid:member_id>/again")
    def begin_again(member_id: UUID) -> ResponseReturnValue:
        def begin(session: Session, form: Form, why: Why) -> None:
            by, at = current_actor(), now()
            service.begin_again(session, member_id, seen=form["seen"], why=why, by=by, at=at)

        return answer_of(member_id, sent(), begin, "returned")
