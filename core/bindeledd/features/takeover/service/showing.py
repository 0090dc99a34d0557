"""Take-overs shown to those who lead the team, each read written down with whom it was about.

Until it is signed its leads see everybody in it; afterwards each sees whom they follow now.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import Compared, LeadSigns, OriginalWithheld, Takeover
from bindeledd.foundation.sealing import keyring


def show_takeovers(session: Session, *, by: Actor, at: datetime) -> Sequence[Takeover]:
    """Those of the teams that the asker leads, or all for the privacy officer; no patient is named. Raises `LeadSigns`."""
    _require_reader(by)
    found = queries.takeovers(session, by=by)
    facts = {"takeovers": [one.id for one in found]}
    audit.record(session, "takeovers.shown", by=by, at=at, facts=facts, purpose="admin")
    return found


def show_takeover(
    session: Session, takeover_id: UUID, *, by: Actor, at: datetime
) -> tuple[Takeover, Sequence[Compared]]:
    """The comparison: every row of the file, some of them withheld. Raises `LeadSigns`,
    `TakeoverNotFound`."""
    _require_reader(by)
    row = queries.get_row(session, takeover_id, by=by)
    compared = queries.compared(session, row, by=by)
    about = [row.id, *(one.patient_id for one in compared if one.patient_id)]
    facts = {"takeover": row.id, "withheld": sum(one.withheld for one in compared)}
    audit.record(session, "takeover.shown", by=by, at=at, subjects=about, facts=facts)
    return queries.opened(session, row), compared


def may_have_original(session: Session, takeover_id: UUID, *, by: Actor) -> bool:
    """Whether the file may be handed out: to whoever sees everybody in it, or answers for privacy."""
    row = queries.get_row(session, takeover_id, by=by)
    return "privacy" in by.grants or queries.is_shown_whole(session, row, by=by)


def show_original(
    session: Session, takeover_id: UUID, *, by: Actor, at: datetime
) -> tuple[Takeover, bytes]:
    """The file as it came in. Raises `LeadSigns`, `TakeoverNotFound`, `OriginalWithheld`."""
    _require_reader(by)
    row = queries.get_row(session, takeover_id, by=by)
    if not may_have_original(session, takeover_id, by=by):
        raise OriginalWithheld(takeover=takeover_id)
    about = [row.id, *queries.patients_of(session, row.id)]
    facts = {"takeover": row.id}
    audit.record(session, "takeover.original_shown", by=by, at=at, subjects=about, facts=facts)
    original = keyring.unseal_raw(session, row.place("original"), row.original)
    return queries.opened(session, row), original


def _require_reader(by: Actor) -> None:
    if not (by.sees_all or by.leads or "privacy" in by.grants):
        raise LeadSigns()
