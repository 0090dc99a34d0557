"""The page of who has looked: the log of the person whose follow-up it is, page by page."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bindeledd.features.casefile.service.looking import show_access_log
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.http.problems import NoSuchPage
from bindeledd.foundation.texts import t


def add(bp: Blueprint, book: Book) -> None:
    """Put the page on `bp`, and the one where a privacy officer says whose it is."""

    @bp.get("/access-log")
    def choose_log() -> ResponseReturnValue:
        if "privacy" not in current_actor().grants:
            raise NoSuchPage()
        form = Form(request.args)
        case_id = request.args.get("case", None, type=lambda text: UUID(text.strip()))
        if case_id is not None:
            return go_to("casefile_pages.access_log", case_id=case_id)
        if "case" not in request.args:
            return render_template("casefile/choose_log.html", form=form)
        form.wrong("case", t("casefile.log.case_needed"))
        return render_template("casefile/choose_log.html", form=form), 422

    @bp.get("/cases/<uuid:case_id>/access-log")
    def access_log(case_id: UUID) -> ResponseReturnValue:
        before = request.args.get("before", None, type=UUID)
        with transaction() as session:
            found = show_access_log(session, case_id, by=current_actor(), at=now(), before=before)
        return render_template("casefile/access_log.html", log=found)
