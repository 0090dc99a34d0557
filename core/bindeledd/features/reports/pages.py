"""The reports of the packs that are switched on, for leads: as they were made last, and when."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.reports import service
from bindeledd.features.reports.domain import Declared, ReportNotFound
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.texts import HOME, language


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

    return bp


def _shown(declared: Sequence[Declared], template: str) -> str:
    at = now()
    with transaction() as session:
        made = service.show(session, declared, by=current_actor(), at=at)
    titles = {one.name: one.title.get(language()) or one.title[HOME] for one in declared}
    return render_template(template, titles=titles, made=made, at=at)
