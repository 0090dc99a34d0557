"""Closings that wait for a signature: a lead sees why it was asked for, signs, or says no."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain.closing import ChangedSinceSeen, Ending
from bindeledd.features.cases.queries.signers import signers
from bindeledd.features.cases.service import carrying, endings, signing
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words, period_words
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, local_day, sent
from bindeledd.foundation.texts import refusal_text, said_of, t, texts


def pages(book: Book) -> Blueprint:
    """The pages of signing, by the routines of `book`."""
    bp = Blueprint("signing_pages", __name__, template_folder="templates")

    @bp.get("/sign")
    def waiting() -> ResponseReturnValue:
        by = current_actor()
        with transaction() as session:
            found = signing.show_requests(session, by=by, at=now())
            names = staff.member_names(session, by.tenant_id)
        return render_template("cases/to_sign.html", waiting=found, names=names, at=now())

    @bp.get("/sign/<uuid:case_id>")
    def one(case_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, case_id, Form(), book)

    @bp.post("/sign/<uuid:case_id>")
    def sign(case_id: UUID) -> ResponseReturnValue:
        def act(*where: Any, **how: Any) -> Recorded:
            return endings.sign_closing(*where, **how, seen=sent()["version"])

        return _answer(act, case_id, book, "signed")

    @bp.post("/sign/<uuid:case_id>/refuse")
    def refuse(case_id: UUID) -> ResponseReturnValue:
        return _answer(endings.refuse_closing, case_id, book, "refused", why=True)

    return bp


def _answer(
    act: Callable[..., Recorded], case_id: UUID, book: Book, told: str, *, why: bool = False
) -> ResponseReturnValue:
    """Sign or refuse; a refusal by the rules is said on the same page, with what was typed."""
    form = sent()
    words = form.needed("why", t("cases.sign.say_why")) if why else form.text("words")
    if form.is_good:
        try:
            with transaction() as session:
                said = {"words": words}
                act(session, case_id, words=said, by=current_actor(), at=now(), book=book)
            return go_to("signing_pages.waiting", notice=f"cases.notices.{told}")
        except NotFound:
            raise
        except ChangedSinceSeen as overtaken:
            form.refused(overtaken)
            with transaction() as session:
                return _page(session, case_id, form, book, overtaken.facts), overtaken.status
        except Refusal as refused:
            form.refused(refused)
    with transaction() as session:
        return _page(session, case_id, form, book), 422


def _page(
    session: Session,
    case_id: UUID,
    form: Form,
    book: Book,
    changed: Mapping[str, Any] | None = None,
) -> str:
    """The page of one closing; `changed`: by whom and when, where what was shown is overtaken."""
    by = current_actor()
    one = signing.show_request(session, case_id, by=by, at=now())
    return render_template(
        "cases/sign.html",
        one=one,
        may_sign=one.request and signers(session, one.case, one.request, now()),
        lacks=_lacks(session, one, book),
        **_effort(session, one, book),
        form=form,
        changed=changed,
        names={
            **staff.team_names(session, by.tenant_id),
            **staff.member_names(session, by.tenant_id),
        },
        kind_words=lambda kind: _kind_words(book, kind),
        step_words=lambda task: owed_words(book, task.kind, task.step_key),
        by=by,
        at=now(),
    )


# What the page says of these, it says in its own place.
_SAID_ELSEWHERE = frozenset({"case.appointments_stand", "case.not_yet_unreachable"})


def _lacks(session: Session, one: signing.ToSign, book: Book) -> str:
    """What keeps the ending from being signed as things are now, in words; empty if nothing does."""
    if one.request is None:
        return ""
    found = carrying.what_it_lacks(session, one.case, one.request.ending, at=now(), book=book)
    return "" if found is None or found.code in _SAID_ELSEWHERE else refusal_text(found.code)


def _effort(session: Session, one: signing.ToSign, book: Book) -> Mapping[str, Any]:
    """What was tried, where that somebody cannot be reached is what is to be signed."""
    if one.request is None or one.request.ending is not Ending.UNREACHABLE:
        return {"effort": None}
    effort = carrying.what_was_tried(session, one.case, at=now(), book=book)
    every = effort.every and period_words(effort.every)
    return {"effort": effort, "every": every, "still": still_missing(effort.missing, every or "")}


def still_missing(missing: Mapping[str, Any], every: str) -> list[str]:
    """What is still needed before somebody cannot be reached, in words, each by itself.

    `every`: how long the routine lets it last between two attempts.
    """
    counted = [
        t(f"cases.unreachable.still_{name}", count=missing[name])
        for name in ("attempts", "days", "times_of_day", "channels", "calls")
        if missing.get(name)
    ]
    counted += [
        t(f"cases.unreachable.still_{name}")
        for name in ("letter", "relatives", "receiver")
        if missing.get(name)
    ]
    if missing.get("recent"):
        counted.append(t("cases.unreachable.still_recent", every=every))
    if missing.get("earliest"):
        counted.append(t("cases.unreachable.still_earliest", day=_day(missing["earliest"])))
    if missing.get("hole"):
        since, until = (_day(missing["hole"][name]) for name in ("since", "until"))
        counted.append(t("cases.unreachable.still_hole", since=since, until=until, every=every))
    return counted


def _day(moment: str) -> str:
    return local_day(datetime.fromisoformat(moment))


def _kind_words(book: Book, kind: str) -> str:
    found = texts().find(f"tasks.kinds.{kind}")
    return found if isinstance(found, str) else said_of(book.task_titles.get(kind, {}), kind)
