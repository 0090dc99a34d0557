"""What was taken over, for those who lead the team: the comparison, the signature, undoing."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.takeover import service
from bindeledd.features.takeover.domain import Outcome, UndoReason
from bindeledd.features.takeover.schemas import reason_words
from bindeledd.foundation.errors import NotAllowed, NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent

PLACES = {UndoReason.code: "words"}


def pages(book: Book) -> Blueprint:
    """The pages of this feature, by the rules of `book`."""
    bp = Blueprint("takeover_pages", __name__, template_folder="templates")

    @bp.get("/takeovers")
    def takeovers() -> ResponseReturnValue:
        by = current_actor()
        with transaction() as session:
            return render_template(
                "takeover/takeovers.html",
                found=service.show_takeovers(session, by=by, at=now()),
                team_names=staff.team_names(session, by.tenant_id),
                at=now(),
            )

    @bp.get("/takeovers/<uuid:takeover_id>")
    def takeover(takeover_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, takeover_id, Form())

    @bp.get("/takeovers/<uuid:takeover_id>/original")
    def original(takeover_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            _, data = service.show_original(session, takeover_id, by=current_actor(), at=now())
        kind = "xlsx" if data[:4] == b"PK\x03\x04" else "csv"
        name = f'attachment; filename="overtakelse.{kind}"'
        headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
        return Response(data, mimetype="application/octet-stream", headers=headers)

    _acts(bp, book)
    return bp


def _acts(bp: Blueprint, book: Book) -> None:
    @bp.post("/takeovers/<uuid:takeover_id>/sign")
    def sign(takeover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, _form: Form) -> None:
            service.sign(session, takeover_id, by=current_actor(), at=now(), book=book)

        return _do(act, takeover_id, "signed")

    @bp.post("/takeovers/<uuid:takeover_id>/ask-undo")
    def ask_undo(takeover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> None:
            words = form.text("words")
            service.ask_undo(session, takeover_id, words=words, by=current_actor(), at=now())

        return _do(act, takeover_id, "undo_asked")

    @bp.post("/takeovers/<uuid:takeover_id>/undo")
    def undo(takeover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, _form: Form) -> None:
            service.undo(session, takeover_id, by=current_actor(), at=now(), book=book)

        return _do(act, takeover_id, "undone")


def _do(
    act: Callable[[Session, Form], None], takeover_id: UUID, notice: str
) -> ResponseReturnValue:
    """Do it and show the take-over; what is refused is said on the same page."""
    form = sent()
    try:
        with transaction() as session:
            act(session, form)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refused:
        form.refused(refused, PLACES)
        with transaction() as session:
            return _page(session, takeover_id, form), refused.status
    return go_to(
        "takeover_pages.takeover", takeover_id=takeover_id, notice=f"takeover.notices.{notice}"
    )


def _page(session: Session, takeover_id: UUID, form: Form) -> str:
    by = current_actor()
    found, rows = service.show_takeover(session, takeover_id, by=by, at=now())
    return render_template(
        "takeover/takeover.html",
        one=found,
        refused=[row for row in rows if row.outcome is Outcome.REFUSED],
        taken=[row for row in rows if row.outcome is Outcome.TAKEN and not row.withheld],
        withheld=sum(row.outcome is Outcome.TAKEN and row.withheld for row in rows),
        may_have_original=service.may_have_original(session, takeover_id, by=by),
        may_sign=found.team_id in by.leads,
        form=form,
        words=reason_words,
        team_names=staff.team_names(session, by.tenant_id),
        member_names=staff.member_names(session, by.tenant_id),
        at=now(),
    )
