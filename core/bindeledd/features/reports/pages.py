"""The reports of the packs that are switched on, for leads: as they were made last, and when."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.reports import service
from bindeledd.features.reports.domain import Declared, ReportNotFound, ReviewSaysNothing, spelled
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import HOME, language, said_of, t


def pages(declared: Sequence[Declared]) -> Blueprint:
    """The pages of these reports."""
    bp = Blueprint("reports_pages", __name__, template_folder="templates")

    @bp.get("/reports")
    def every() -> ResponseReturnValue:
        return _shown(declared, "reports/every.html")

    @bp.get("/reports/<name>")
    def report(name: str) -> ResponseReturnValue:
        chosen = [one for one in declared if one.name == name]
        if not chosen:
            raise ReportNotFound(report=name[:80])
        return _shown(chosen, "reports/report.html")

    @bp.get("/reports/review/<uuid:subject_id>")
    def to_review(subject_id: UUID) -> ResponseReturnValue:
        return _to_review(declared, subject_id, Form())

    @bp.post("/reports/review/<uuid:subject_id>")
    def review(subject_id: UUID) -> ResponseReturnValue:
        form = sent()
        try:
            with transaction() as session:
                service.review(
                    session, subject_id, form.text("words"), by=current_actor(), at=now()
                )
        except ReviewSaysNothing as wrong:
            form.refused(wrong, {wrong.code: "words"})
            return _to_review(declared, subject_id, form), wrong.status
        return go_to("reports_pages.every", notice="reports.notices.reviewed")

    return bp


def _to_review(declared: Sequence[Declared], subject_id: UUID, form: Form) -> str:
    at = now()
    with transaction() as session:
        task, name = service.review_of(session, subject_id, by=current_actor())
    title = next((said_of(one.title) for one in declared if one.name == name), name)
    return render_template(
        "reports/review.html", task=task, name=name, title=title, form=form, at=at
    )


def _shown(declared: Sequence[Declared], template: str) -> str:
    at = now()
    with transaction() as session:
        made = service.show(session, declared, by=current_actor(), at=at)
    titles = {one.name: one.title.get(language()) or one.title[HOME] for one in declared}
    as_read = partial(spelled, language=language(), hidden=t("reports.page.hidden"))
    return render_template(template, titles=titles, made=made, at=at, spelled=as_read)
