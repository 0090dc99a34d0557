"""Ask for the case to be closed: six endings, and what must be in place before each."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import Small, insist, words_of
from bindeledd.features.casefile.service.at_once import tell_at_once
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, closing, declining
from bindeledd.features.cases.domain.closing import Ending, Signers
from bindeledd.features.cases.pages import still_missing
from bindeledd.features.cases.queries.signers import signers
from bindeledd.features.cases.service import carrying, endings
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import period_words
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form, local_day
from bindeledd.foundation.texts import refusal_text, t

_PLACES = {
    "case.must_still_owed": "override",
    "case.nobody_accepted": "ending",
    "case.receiver_follows_up": "ending",
    "case.not_declined": "ending",
    "case.not_offered_again": "ending",
    "case.death_not_confirmed": "ending",
    "case.not_yet_unreachable": "ending",
    "case.appointments_stand": "appointments",
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the page of endings on `bp`."""

    def asked(session: Session, file: CaseFile, _form: Form) -> dict[str, object]:
        return _asked(session, file, book)

    page = Small(book=book, template="closing", places=_PLACES, more=asked)

    @bp.get("/cases/<uuid:case_id>/closing")
    def closing_page(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/closing")
    def ask_closing(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            ending = form.one_of("ending", Ending, t("web.form.choose"))
            words = words_of(form, needed=t("casefile.closing.words_needed"))
            insist(form)
            try:
                done = endings.request_closing(
                    session,
                    case_id,
                    ending=ending or Ending.COMPLETED,
                    override=form.ticked("override"),
                    words=words,
                    by=current_actor(),
                    at=now(),
                    book=book,
                )
            except declining.NotOfferedAgain as refused:
                form.wrong("ending", _again(refused))
                raise
            told = tell_at_once(session, done, at=now(), book=book)
            return "closing_for_nobody" if told.nobody_signs else "closing_requested"

        return page.do(case_id, act)


def who_signs(session: Session, case: Case) -> Signers | None:
    """Who may sign what was asked for; None where nobody has asked."""
    request = closing.standing_request(queries.events_of(session, case.id))
    return None if request is None else signers(session, case, request, now())


def _again(refused: declining.NotOfferedAgain) -> str:
    """When it is to be offered again, where a day is known."""
    if not refused.facts.get("at"):
        return refusal_text(refused.code)
    day = t("casefile.closing.offered_again", day=_day(refused.facts["at"]))
    return f"{refusal_text(refused.code)} {day}"


def _day(earliest: object) -> str:
    """The day as people write it, of a moment or of its words."""
    moment = earliest if isinstance(earliest, datetime) else datetime.fromisoformat(str(earliest))
    return local_day(moment)


def _asked(session: Session, file: CaseFile, book: Book) -> dict[str, object]:
    effort = carrying.what_was_tried(session, file.case, at=now(), book=book)
    every = period_words(effort.every) if effort.every else ""
    return {
        "effort": effort,
        "still": still_missing(effort.missing, every),
        "may_sign": who_signs(session, file.case),
        "every": every,
        "receiver_follows_up": closing.receiver_follows_up(
            queries.events_of(session, file.case.id), file.case.responsible_team_id
        ),
        "standing": [one for one in file.appointments if one.stands],
        "endings": [ending.value for ending in Ending],
        "two": [ending.value for ending in closing.SECOND_PERSON],
        "notes": {one.task.id: one.note or {} for one in file.owed},
        "wrong": {one.task.id: one.wrong for one in file.owed if one.wrong},
        "blocked_by": closing.still_owed([one.task for one in file.owed]),
        "may_override": closing.may_override([one.task for one in file.owed]),
    }
