"""The letter of a task: to read, in a language that one may choose, and on paper."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import Small
from bindeledd.features.casefile.service import lettering
from bindeledd.features.cases.domain.correcting import DeathStands
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import source_words
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, sent, stamped
from bindeledd.foundation.printing import printed
from bindeledd.foundation.texts import LANGUAGES, site_language

_AT = "/cases/<uuid:case_id>/tasks/<uuid:task_id>/letter"


def add(bp: Blueprint, book: Book) -> None:
    """Put the page of a letter on `bp`."""

    @bp.get(_AT)
    def letter(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return Small(book=book, template="letter", more=_reading(book, task_id)).show(case_id)

    @bp.post(f"{_AT}/pdf")
    def letter_pdf(case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        return _paper(case_id, task_id, sent().text("language"), book)


def _reading(book: Book, task_id: UUID) -> Callable[[Session, CaseFile, Form], Mapping[str, Any]]:
    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        asked = request.args.get("language") or site_language()
        if file.death is not None:
            return {"letter": None, "task_id": task_id}
        found = lettering.write(session, file, task_id, asked, by=current_actor(), book=book)
        return {
            "letter": found,
            "basis": source_words(found.of.basis),
            "task_id": task_id,
            "languages": [(code, LANGUAGES.get(code, code)) for code in found.languages],
        }

    return more


def _paper(case_id: UUID, task_id: UUID, asked: str, book: Book) -> ResponseReturnValue:
    """The letter as PDF. The name of the file says nothing of anybody."""
    at = now()
    with transaction() as session:
        found = lettering.take_out(
            session, case_id, task_id, asked, by=current_actor(), at=at, book=book
        )
    if found is None:
        raise DeathStands(case=case_id)
    made = printed(found.sheet, at=at, language=found.language)
    answer = Response(made, 200, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="brev-{stamped(at)}.pdf"'
    answer.headers["Content-Language"] = found.language
    return answer
