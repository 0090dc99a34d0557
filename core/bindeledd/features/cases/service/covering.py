"""Nobody can answer while nobody is on duty: that somebody does is owed from then on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.entailing import FOLLOWS, says_that_nobody_covers
from bindeledd.features.cases.service import owing
from bindeledd.features.cases.service.adding import Wanted
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor

COVER = "cover_gap"
_ENDS = (EventKind.GAP_COVERED.value,)
# Only that somebody has said yes, and that the person has a number which is answered, ends it.
_EVIDENCE: Mapping[str, Any] = {
    "contact": True,
    "evidence": {"cover": ["accepted"], "number_answered": ["yes"]},
}


def see_that_it_is_covered(
    session: Session,
    done: Recorded,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe it before the team goes home, unless the routine has somebody owe it already.

    An answer that was given by mistake takes it away again.
    """
    nobody = says_that_nobody_covers(done.events)
    if nobody is None or not done.case.is_open:
        return done
    clock = owing.clock_of(session, done.case, COVER, at=at, book=book)
    wanted = Wanted(
        kind=COVER,
        due_at=clock.due_at,
        reason={**clock.reason, **_EVIDENCE},
        words={"because": "no_cover", **words},
        satisfied_by=_ENDS,
        about={FOLLOWS: nobody.id},
    )
    return owing.owe_what_is_not(session, done, [wanted], by=by, at=at, book=book)
