"""On the page of its task: was the person met at the receiver outside, and when?"""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.pages.doing import Incomplete, insist, words_of
from bindeledd.features.handovers.domain import Answered
from bindeledd.features.handovers.domain.meeting import NotMetYet, Told
from bindeledd.features.handovers.service.meeting import say_whether_met
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.spelling import written
from bindeledd.foundation.texts import t

PLACES = {
    "handover.who_needed": "who",
    "handover.receipt_only": "how",
    "handover.met_when": "met_on",
    "handover.met_before_accepted": "met_on",
    "handover.known_in_future": "met_on",
    "handover.not_met_has_no_day": "met_on",
}
HOWS = [how.value for how in Answered if how is not Answered.RECEIPT]


def met(case_id: UUID, task_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    """What the receiver says: yes, with the day or the moment; or no, once their date has passed."""

    def act(session: Session, form: Form) -> str:
        told = _told(form)
        try:
            say_whether_met(
                session,
                case_id,
                task_id,
                told,
                words=words_of(form),
                by=current_actor(),
                at=now(),
                book=book,
            )
        except NotMetYet as early:
            first, asked = written(early.first_at), written(early.asked_at)
            form.wrong("met", t("casefile.met.not_yet", first=first, asked=asked))
            raise Incomplete() from None
        return "met" if told.met else "not_met"

    return act


def _told(form: Form) -> Told:
    if form.text("met") not in ("yes", "no"):
        form.wrong("met", t("web.form.choose"))
    how = form.one_of("how", Answered, t("web.form.choose"))
    when, date_only = form.moment("met_on", "met_time", at=now())
    insist(form)
    return Told(
        met=form.text("met") == "yes",
        met_at=when,
        met_date_only=date_only,
        who=form.text("who"),
        how=how or Answered.PHONE,
    )
