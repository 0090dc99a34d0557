"""The case on one screen."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain import NotRevealed
from bindeledd.features.casefile.pages.contact import OTHERS, USUAL
from bindeledd.features.casefile.pages.doing import acute_numbers
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form


def add(bp: Blueprint, book: Book) -> None:
    """Put the screen on `bp`."""

    def screen(case_id: UUID, *, reveal: bool) -> str:
        by = current_actor()
        with transaction() as session:
            file = service.case_file(session, case_id, by=by, at=now(), book=book, reveal=reveal)
            return render_template(
                "casefile/case.html",
                file=file,
                case_id=case_id,
                form=Form(),
                usual=USUAL,
                others=OTHERS,
                acute=acute_numbers(session, file),
                revealed=reveal,
                at=now(),
            )

    @bp.get("/cases/<uuid:case_id>")
    def show(case_id: UUID) -> ResponseReturnValue:
        return screen(case_id, reveal=False)

    @bp.post("/cases/<uuid:case_id>/number")
    def number(case_id: UUID) -> ResponseReturnValue:
        """How to reach a person with a protected address: asked for, and written down."""
        try:
            return screen(case_id, reveal=True)
        except NotRevealed:
            return go_to(
                "casefile_pages.show", case_id=case_id, notice="casefile.notices.not_revealed"
            )
