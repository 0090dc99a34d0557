"""The sheet of an appointment: seen before it is printed, printed, for a calendar; and how it was given."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction, KnownHow
from bindeledd.features.appointments.domain.ways import Way
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.in_hand import Agreed, NoSheet, Paper, SheetReveals, called
from bindeledd.features.casefile.pages.doing import Small, happened, insist, words_of
from bindeledd.features.casefile.service import in_hand
from bindeledd.features.casefile.service.proposing import ways_to
from bindeledd.features.cases.domain.correcting import DeathStands
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import source_words
from bindeledd.foundation.calendar_files import MIMETYPE, Entry, calendar_file
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.files import file_answer
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.printing import printed
from bindeledd.foundation.texts import t

_AT = "/cases/<uuid:case_id>/appointments/<uuid:appointment_id>/sheet"
_PLACES = {"appointment.known_in_future": "happened_on", "appointment.sent_is_not_given": "how"}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of the sheet on `bp`."""

    def page(appointment_id: UUID) -> Small:
        more = _shown(appointment_id, book)
        return Small(book=book, template="sheet", places=_PLACES, more=more)

    @bp.get(_AT)
    def sheet(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return page(appointment_id).show(case_id)

    @bp.post(_AT)
    def preview_sheet(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return page(appointment_id).show(case_id, sent())

    @bp.post(f"{_AT}/pdf")
    def sheet_pdf(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        form = sent()
        asked = _asked(form, case_id, appointment_id)
        try:
            with transaction() as session:
                found = in_hand.print_sheet(session, asked, by=current_actor(), at=now(), book=book)
        except SheetReveals as refused:
            return page(appointment_id).show(case_id, form), refused.status
        return _pdf(found, case_id)

    @bp.post(f"{_AT}/ics")
    def sheet_entry(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        form = sent()
        asked = _asked(form, case_id, appointment_id)
        try:
            with transaction() as session:
                found = in_hand.take_entry(session, asked, by=current_actor(), at=now(), book=book)
        except SheetReveals as refused:
            return page(appointment_id).show(case_id, form), refused.status
        return _entry(found, case_id)

    @bp.post(f"{_AT}/given")
    def sheet_given(case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        return page(appointment_id).do(case_id, _giving(appointment_id, book))


def _asked(form: Form, case_id: UUID, appointment_id: UUID) -> in_hand.AskedSheet:
    typed = {name: form.text(name) for name in ("where", "whom", "call")}
    agreed = Agreed(**typed) if "where" in form.values else None
    language = form.text("language") or request.args.get("language", "")
    return in_hand.AskedSheet(
        case_id=case_id, appointment_id=appointment_id, language=language, agreed=agreed
    )


def _shown(
    appointment_id: UUID, book: Book
) -> Callable[[Session, CaseFile, Form], Mapping[str, Any]]:
    def more(session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
        one = in_hand.find(file, appointment_id)
        if file.death is not None:
            return {"paper": None, "appointment": one}
        try:
            asked = _asked(form, file.case.id, appointment_id)
            paper = in_hand.write(session, file, asked, by=current_actor(), book=book)
        except NoSheet:
            return {"paper": None, "appointment": one}
        for name, word in paper.agreed.revealing.items():
            form.wrong(name, t("casefile.sheet.reveals", word=word))
        return {
            "paper": paper,
            "appointment": one,
            "languages": [(code, called(code)) for code in paper.languages],
            "basis": source_words(paper.letter.basis) if paper.letter else "",
            "ways": _ways(file),
            "hows": [how.value for how in KnownHow if how is not KnownHow.LIST],
            "sent": [
                told
                for told in file.timeline
                if told.kind == "appointment_sent"
                and not told.in_error
                and told.facts.get("appointment_id") == str(appointment_id)
            ],
        }

    return more


def _ways(file: CaseFile) -> list[str]:
    """How the person may hear of it: by SMS and letter only where that is safe and asked."""
    open_ = ways_to(file)
    return [way.value for way in Way if not way.is_sent or way.value in open_]


def _giving(appointment_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    """What is only sent is written down as that; given needs somebody who knows."""

    def act(session: Session, form: Form) -> str:
        way = form.one_of("way", Way, t("casefile.sheet.way_needed"))
        only_sent = way is not None and way.is_sent and not form.text("how")
        needed = "" if only_sent else t("casefile.sheet.how_needed")
        how = form.one_of("how", KnownHow, needed)
        as_of, _ = happened(form)
        insist(form)
        appointments.act(
            session,
            appointment_id,
            AppointmentAction.SEND if only_sent else AppointmentAction.GIVE,
            words=words_of(form),
            how=how,
            as_of=as_of,
            way=way,
            by=current_actor(),
            at=now(),
            book=book,
        )
        return "appointment_sent" if only_sent else "appointment_given"

    return act


def _pdf(found: Paper | None, case_id: UUID) -> Response:
    """The sheet, in the browser."""
    if found is None:
        raise DeathStands(case=case_id)
    made = printed(found.sheet, at=found.at, language=found.language)
    kind, language = "application/pdf", found.language
    return file_answer(made, kind, found.at, ending="pdf", language=language, inline=True)


def _entry(found: Entry | None, case_id: UUID) -> Response:
    """The calendar file of the person."""
    if found is None:
        raise DeathStands(case=case_id)
    at = now()
    return file_answer(calendar_file([found], at=at), MIMETYPE, at, ending="ics")
