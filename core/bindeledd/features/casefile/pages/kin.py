"""One relative: who they are, and what the patient lets them know, from and until when."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import Small, insist
from bindeledd.features.casefile.pages.person import version_of
from bindeledd.features.casefile.queries import case_of_relative
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import service
from bindeledd.features.relatives.domain import Carer, Relative, RelativeNotFound, Share
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import ZONE, Form
from bindeledd.foundation.texts import t

_PLACES = {
    "relatives.nobody_named": "name",
    "relatives.consent_makes_no_sense": "until",
    "relatives.objection_reason_needed": "decision_words",
}
_AT = "/cases/<uuid:case_id>/relatives/<uuid:relative_id>"


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of one relative on `bp`."""

    @bp.get(_AT)
    def relative(case_id: UUID, relative_id: UUID) -> ResponseReturnValue:
        return _one(book, relative_id).show(case_id)

    @bp.get("/relatives/<uuid:relative_id>")
    def relative_of(relative_id: UUID) -> ResponseReturnValue:
        """Where a decision is owed of somebody who is followed up no more."""
        by = current_actor()
        with transaction() as session:
            case_id = case_of_relative(session, relative_id, by=by)
        return go_to("casefile_pages.relative", case_id=case_id, relative_id=relative_id)

    @bp.post(_AT)
    def change_relative(case_id: UUID, relative_id: UUID) -> ResponseReturnValue:
        return _one(book, relative_id).do(case_id, _changing(relative_id))

    @bp.post(f"{_AT}/consent")
    def give_consent(case_id: UUID, relative_id: UUID) -> ResponseReturnValue:
        return _one(book, relative_id).do(case_id, _consenting(relative_id))

    @bp.post(f"{_AT}/objection")
    def objection(case_id: UUID, relative_id: UUID) -> ResponseReturnValue:
        return _one(book, relative_id).do(case_id, _objecting(relative_id, book))

    @bp.post(f"{_AT}/consent/<uuid:consent_id>/withdraw")
    def withdraw_consent(case_id: UUID, relative_id: UUID, consent_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            on, by = form.day("withdrawn_on"), current_actor()
            if on is not None and on > _today():
                form.wrong("withdrawn_on", t("relatives.consent.not_ahead"))
            insist(form)
            service.withdraw_consent(
                session, relative_id, consent_id, on=on or _today(), by=by, at=now()
            )
            return "consent_withdrawn"

        return _one(book, relative_id).do(case_id, act)


def _one(book: Book, relative_id: UUID) -> Small:
    def more(_session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        return {
            "one": _find(file, relative_id),
            "shares": [share.value for share in Share],
            "carers": [carer.value for carer in Carer],
            "what": request.form.getlist("what"),
            "today": _today(),
            "me": current_actor().id,
        }

    return Small(book=book, template="relative", places=_PLACES, more=more)


def _find(file: CaseFile, relative_id: UUID) -> Relative:
    for one in file.relatives:
        if one.id == relative_id:
            return one
    raise RelativeNotFound(relative=relative_id)


def _changing(relative_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        ended = form.ticked("ended")
        insist(form)
        service.change_relative(
            session,
            relative_id,
            name=form.text("name"),
            relation=form.text("relation"),
            phone=form.text("phone"),
            nearest=form.ticked("nearest"),
            unsafe_to_contact=form.ticked("unsafe"),
            carer=form.one_of("carer", Carer),
            words=form.text("words"),
            ended_on=_today() if ended else None,
            version=version_of(form),
            by=current_actor(),
            at=now(),
        )
        return "relative_changed"

    return act


def _objecting(relative_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        step, by, at = form.text("step"), current_actor(), now()
        if step == "object":
            words = form.text("objection_words")
            service.object_to(session, relative_id, words=words, by=by, at=at, book=book)
        elif step == "end":
            service.end_objection(session, relative_id, by=by, at=at, book=book)
        elif step in ("respect", "not_respect"):
            service.decide_objection(
                session,
                relative_id,
                respected=step == "respect",
                words=form.text("decision_words"),
                by=by,
                at=at,
                book=book,
            )
        else:
            form.wrong("form", t("web.form.choose"))
        insist(form)
        return f"objection_{step}"

    return act


def _consenting(relative_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        said = request.form.getlist("what")
        what = tuple(share for share in Share if share.value in said)
        if not what:
            form.wrong("what", t("relatives.consent.what_needed"))
        since, until = form.day("since"), form.day("until")
        insist(form)
        service.give_consent(
            session,
            relative_id,
            what=what,
            since=since or _today(),
            until=until,
            words=form.text("consent_words"),
            by=current_actor(),
            at=now(),
        )
        return "consent_given"

    return act


def _today() -> date:
    return now().astimezone(ZONE).date()
