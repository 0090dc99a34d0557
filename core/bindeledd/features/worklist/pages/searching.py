"""Search: a form that is sent, so that no address holds what was typed."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.staff import queries as staff
from bindeledd.features.worklist.domain.searching import MOST, PAGE, Result, SearchesTooOften
from bindeledd.features.worklist.service.searching import note_refused, search
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import refusal_text, t


def add_searching(bp: Blueprint) -> None:
    """Put the page on `bp`."""

    @bp.get("/search")
    def searching() -> ResponseReturnValue:
        return _page(Form())

    @bp.post("/search")
    def find() -> ResponseReturnValue:
        form = sent()
        by, many = current_actor(), form.text("many")
        asked = int(many) if many.isascii() and many.isdigit() and len(many) < 4 else PAGE
        try:
            with transaction() as session:
                result = search(session, form.text("who"), by=by, at=now(), many=asked)
                teams = staff.team_names(session, by.tenant_id)
        except SearchesTooOften as refused:
            with transaction() as session:
                note_refused(session, refused, by=by, at=now())
            form.wrong("who", t("worklist.search.wait", count=refused.facts["seconds"]))
            return _page(form), 429
        except Refusal as refused:
            form.wrong("who", refusal_text(refused.code))
            return _page(form), 422
        return _page(form, result=result, team_names=teams, many=len(result.found) + PAGE)


def _page(form: Form, *, result: Result | None = None, **more: object) -> str:
    return render_template(
        "worklist/search.html", form=form, result=result, at=now(), most=MOST, **more
    )
