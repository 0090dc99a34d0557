"""A plan that was offered, and what came of it: who wants to wait is offered it again on a day."""

from datetime import date

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.bedside import PlanAgainWithoutLater, PlanAnswer
from bindeledd.features.cases.domain.offering import Offer
from bindeledd.features.cases.service.offering import offer_plan_again
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import refusal_text


def plan_again(session: Session, file: CaseFile, book: Book) -> Offer | None:
    """The day on which the routine has it offered again; None where it is not installed."""
    if not file.pathway_known:
        return None
    return offer_plan_again(session, file.case.id, by=current_actor(), at=now(), book=book).offer


def of_plan(form: Form) -> tuple[PlanAnswer | None, date | None]:
    """What came of the offer, and the day of a new one, which belongs to who wants to wait."""
    said, again = form.one_of("plan", PlanAnswer), form.day("offer_again_on")
    if again is not None and said is not PlanAnswer.LATER:
        form.wrong("offer_again_on", refusal_text(PlanAgainWithoutLater.code))
    return said, again
