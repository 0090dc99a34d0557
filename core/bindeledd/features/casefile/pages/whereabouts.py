"""Where the person is, asked of whoever marks or moves the last discharge away."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import reopening, whereabouts
from bindeledd.features.cases.domain.whereabouts import Where, Whereabouts
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t

# Where refusals of the answer stand.
PLACES = {"case.event_in_future": "left_on"}


def choices(session: Session, case_id: UUID, wrong: Collection[UUID]) -> list[tuple[str, str]]:
    """The answers, where these leave it open where the person is; none where nothing is asked."""
    access.require_case(session, current_actor(), case_id)
    history = queries.events_of(session, case_id)
    gone = {*wrong, *(one.id for one in reopening.said_together(history, wrong))}
    if whereabouts.left_open(history, gone) is None or not reopening.opens(history, gone):
        return []
    return [(one.value, t(f"casefile.mistake.wheres.{one}")) for one in Where]


def answered(
    session: Session, case_id: UUID, wrong: Collection[UUID], form: Form, *, needed: str = ""
) -> Whereabouts | None:
    """What is right instead of the discharge, where it is asked. `needed`: what to say of no answer,
    which is else that it is not known."""
    if not choices(session, case_id, wrong):
        return None
    where = form.one_of("where", Where, needed)
    if where is not Where.LEFT:
        return None if where is None else Whereabouts(where=where)
    left_at, date_only = form.moment("left_on", "left_time", at=now())
    if left_at is None:
        form.wrong("left_on", t("casefile.form.day_needed"))
    return Whereabouts(where=where, left_at=left_at, date_only=date_only)
