"""The case on one screen."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain import CaseFile, NotRevealed
from bindeledd.features.casefile.pages.contact import OTHERS, USUAL
from bindeledd.features.casefile.pages.doing import acute_numbers
from bindeledd.features.casefile.pages.ending import who_signs
from bindeledd.features.casefile.pages.registered import after
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders.domain import NO_COVER_RUNG
from bindeledd.features.reminders.queries import told
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form


def add(bp: Blueprint, book: Book) -> None:
    """Put the screen on `bp`."""
    followed_by = after(book)

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
                heard_no_cover=_heard(session, file),
                may_sign=who_signs(session, file.case) if file.closing else None,
                revealed=reveal,
                at=now(),
                **followed_by(session, file, Form()),
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


def _heard(session: Session, file: CaseFile) -> list[str] | None:
    """Who was told that nobody can cover, by name; None where nobody says so."""
    gap = file.nobody_covers
    if gap is None:
        return None
    names = staff.member_names(session, current_actor().tenant_id)
    return [names.get(one, "") for one, _ in told(session, gap.task.id, rung=NO_COVER_RUNG)]
