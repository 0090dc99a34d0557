"""Closings that wait for a signature: a lead sees why it was asked for, signs, or says no."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.cases.service import endings, signing
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import said_of, t, texts


def pages(book: Book) -> Blueprint:
    """The pages of signing, by the routines of `book`."""
    bp = Blueprint("signing_pages", __name__, template_folder="templates")

    @bp.get("/sign")
    def waiting() -> ResponseReturnValue:
        by = current_actor()
        with transaction() as session:
            found = signing.show_requests(session, by=by, at=now())
            names = staff.member_names(session, by.tenant_id)
        return render_template("cases/to_sign.html", waiting=found, names=names, at=now())

    @bp.get("/sign/<uuid:case_id>")
    def one(case_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, case_id, Form(), book)

    @bp.post("/sign/<uuid:case_id>")
    def sign(case_id: UUID) -> ResponseReturnValue:
        return _answer(endings.sign_closing, case_id, book, "signed")

    @bp.post("/sign/<uuid:case_id>/refuse")
    def refuse(case_id: UUID) -> ResponseReturnValue:
        return _answer(endings.refuse_closing, case_id, book, "refused", why=True)

    return bp


def _answer(
    act: Callable[..., Recorded], case_id: UUID, book: Book, told: str, *, why: bool = False
) -> ResponseReturnValue:
    """Sign or refuse; a refusal by the rules is said on the same page, with what was typed."""
    form = sent()
    words = form.needed("why", t("cases.sign.say_why")) if why else form.text("words")
    if form.is_good:
        try:
            with transaction() as session:
                said = {"words": words}
                act(session, case_id, words=said, by=current_actor(), at=now(), book=book)
            return go_to("signing_pages.waiting", notice=f"cases.notices.{told}")
        except NotFound:
            raise
        except Refusal as refused:
            form.refused(refused)
    with transaction() as session:
        return _page(session, case_id, form, book), 422


def _page(session: Session, case_id: UUID, form: Form, book: Book) -> str:
    by = current_actor()
    return render_template(
        "cases/sign.html",
        one=signing.show_request(session, case_id, by=by, at=now()),
        form=form,
        names={
            **staff.team_names(session, by.tenant_id),
            **staff.member_names(session, by.tenant_id),
        },
        kind_words=lambda kind: _kind_words(book, kind),
        by=by,
        at=now(),
    )


def _kind_words(book: Book, kind: str) -> str:
    found = texts().find(f"tasks.kinds.{kind}")
    return found if isinstance(found, str) else said_of(book.task_titles.get(kind, {}), kind)
