"""What the site has confirmed, and what it has to: one page for those who answer for it. No patients."""

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.coverage import Reason
from bindeledd.features.pathways.service import wording
from bindeledd.features.pathways.service.confirming import confirmed
from bindeledd.foundation.http import current_actor, transaction


def pages(book: Book, frames: Sequence[Reason] = ()) -> Blueprint:
    """The page over this book. `frames`: what the packs that are switched on left to a text that
    the site has to open."""
    bp = Blueprint("pathways_pages", __name__, template_folder="templates")

    @bp.get("/confirmed")
    def every() -> ResponseReturnValue:
        with transaction() as session:
            found = confirmed(session, book, by=current_actor())
        return render_template(
            "pathways/confirmed.html", found=found, frames=frames, words=wording, book=book
        )

    return bp
