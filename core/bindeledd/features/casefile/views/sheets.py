"""The sheet of an appointment over HTTP: what it says, and the same as a calendar file."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.casefile.domain.in_hand import Agreed
from bindeledd.features.casefile.schemas import AskSheet, SheetView
from bindeledd.features.casefile.service import in_hand
from bindeledd.features.cases.domain.correcting import DeathStands
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.calendar_files import MIMETYPE, calendar_file
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction
from bindeledd.foundation.http.files import file_answer

_AT = "/<uuid:case_id>/appointments/<uuid:appointment_id>/sheet"


def add(bp: Blueprint, book: Book) -> None:
    """Put the sheet on `bp`."""

    @bp.post(_AT)
    @bp.arguments(AskSheet)
    @bp.response(200, SheetView)
    def sheet(body: dict[str, Any], case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        """What the sheet of an appointment says, for the person. Written down as a read.

        It gives nothing: that the person has it is an action of the appointment. Refused where a
        death is reported."""
        asked = _asked(body, case_id, appointment_id)
        with transaction() as session:
            found = in_hand.show_sheet(session, asked, by=current_actor(), at=now(), book=book)
        return answer(SheetView, found)

    @bp.post(f"{_AT}/calendar")
    @bp.arguments(AskSheet)
    @bp.alt_response(200, content_type="text/calendar", success=True)
    def entry(body: dict[str, Any], case_id: UUID, appointment_id: UUID) -> ResponseReturnValue:
        """The same for the calendar of the person (`.ics`); of one that was cancelled, what takes it
        back. Written down before it leaves."""
        at = now()
        asked = _asked(body, case_id, appointment_id)
        with transaction() as session:
            found = in_hand.take_entry(session, asked, by=current_actor(), at=at, book=book)
        if found is None:
            raise DeathStands(case=case_id)
        return file_answer(calendar_file([found], at=at), MIMETYPE, at, ending="ics")


def _asked(body: dict[str, Any], case_id: UUID, appointment_id: UUID) -> in_hand.AskedSheet:
    said = body["agreed"]
    return in_hand.AskedSheet(
        case_id=case_id,
        appointment_id=appointment_id,
        language=body["language"],
        agreed=None if said is None else Agreed(**said),
    )
