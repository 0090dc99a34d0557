"""After a contact: what it did to what is owed, when to try next by one press, and undoing it at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import Incomplete, More, Small
from bindeledd.features.casefile.pages.words import not_before
from bindeledd.features.casefile.service import contacting
from bindeledd.features.casefile.service.proposing import after_contact
from bindeledd.features.cases.domain.at_once import UNDO_FOR
from bindeledd.features.cases.domain.proposing import Proposal
from bindeledd.features.cases.service import at_once
from bindeledd.features.contacts.domain import Channel
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.spelling import word
from bindeledd.foundation.texts import t


def add(bp: Blueprint, book: Book) -> None:
    """Put the page after a contact on `bp`."""
    page = Small(book=book, template="registered", more=after(book), beside="registered")

    @bp.get("/cases/<uuid:case_id>/contact/registered")
    def registered(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/contact/undone")
    def undo_contact(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            contacting.undo_contact(
                session,
                case_id,
                _event(form),
                words={"words": t("casefile.contact.undone_at_once")},
                by=current_actor(),
                at=now(),
                book=book,
            )
            return "undone"

        return page.do(case_id, act)

    @bp.post("/cases/<uuid:case_id>/contact/next")
    def try_again(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            way = form.one_of("channel", Channel, t("web.form.choose"))
            due_at = _moment(form)
            if way is None:
                raise Incomplete()
            at_once.try_again(
                session,
                case_id,
                _event(form),
                due_at=due_at,
                words={"words": word("contacts.channels", way.value)},
                by=current_actor(),
                at=now(),
                book=book,
            )
            return "next_taken"

        return page.do(case_id, act)


def after(book: Book) -> More:
    """What the part of a page takes that says what follows the last contact."""

    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        by, at = current_actor(), now()
        shut = not_before(file, at)
        done = after_contact(session, file, not_before=shut, by=by, at=at, book=book)
        until = None if done.undo is None else done.undo.recorded_at + UNDO_FOR
        return {"after": done, "undo_until": until, "why_then": _why(done.proposal)}

    return more


def _why(one: Proposal | None) -> str:
    """Why it is proposed then, and in that way."""
    if one is None:
        return ""
    often, part = one.tried.get(one.part, 0), t(f"casefile.contact.parts.{one.part}")
    least = "tried_least" if often else "not_tried"
    said = t(f"casefile.contact.{least}", part=part, count=often)
    tried = [
        t("casefile.contact.tried_part", part=t(f"casefile.contact.parts.{part}"), count=count)
        for part, count in sorted(one.tried.items())
        if part != one.part
    ]
    return " ".join([*tried, said, *([t("casefile.contact.other_way")] if one.other_way else [])])


def _event(form: Form) -> UUID:
    found = form.id("event")
    if found is None:
        raise Incomplete()
    return found


def _moment(form: Form) -> datetime:
    try:
        found = datetime.fromisoformat(form.text("due_at"))
    except ValueError:
        raise Incomplete() from None
    if found.tzinfo is None:
        raise Incomplete()
    return found
