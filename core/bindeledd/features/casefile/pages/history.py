"""What is older in the history of a case: a page of its own, or drawn below what stands already."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.history import Part, part_of
from bindeledd.features.casefile.pages.doing import Small
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http.asking import in_place
from bindeledd.foundation.http.problems import NoSuchPage


def add(bp: Blueprint, book: Book) -> None:
    """Put the page on `bp`."""
    page, below = (Small(book=book, template=name) for name in ("history", "_older"))

    @bp.get("/cases/<uuid:case_id>/history")
    def history(case_id: UUID) -> ResponseReturnValue:
        return (below if in_place() else page).show(case_id)


def given(_book: Book) -> dict[str, object]:
    """What the template may use."""
    return {"history_of": _asked}


def _asked(file: CaseFile) -> Part:
    """The part that the address asks for (`before`), else the newest."""
    found = part_of(file.timeline, before=request.args.get("before", None, type=UUID))
    if found is None:
        raise NoSuchPage()
    return found
