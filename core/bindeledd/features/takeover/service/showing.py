"""Take-overs shown to those who lead the team, each read written down with whom it was about."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import Compared, LeadSigns, Takeover
from bindeledd.foundation.sealing import keyring


def show_takeovers(session: Session, *, by: Actor, at: datetime) -> Sequence[Takeover]:
    """Those of the teams that the asker leads; no patient is named. Raises `LeadSigns`."""
    _require_lead(by)
    found = queries.takeovers(session, by=by)
    facts = {"takeovers": [one.id for one in found]}
    audit.record(session, "takeovers.shown", by=by, at=at, facts=facts, purpose="admin")
    return found


def show_takeover(
    session: Session, takeover_id: UUID, *, by: Actor, at: datetime
) -> tuple[Takeover, Sequence[Compared]]:
    """The comparison: every row of the file. Raises `LeadSigns`, `TakeoverNotFound`."""
    _require_lead(by)
    row = queries.get_row(session, takeover_id, by=by)
    compared = queries.compared(session, row)
    about = [row.id, *(one.patient_id for one in compared if one.patient_id)]
    facts = {"takeover": row.id}
    audit.record(session, "takeover.shown", by=by, at=at, subjects=about, facts=facts)
    return queries.opened(session, row), compared


def show_original(
    session: Session, takeover_id: UUID, *, by: Actor, at: datetime
) -> tuple[Takeover, bytes]:
    """The file as it came in. Raises `LeadSigns`, `TakeoverNotFound`."""
    takeover, _ = show_takeover(session, takeover_id, by=by, at=at)
    row = queries.get_row(session, takeover_id, by=by)
    return takeover, keyring.unseal_raw(session, row.place("original"), row.original)


def _require_lead(by: Actor) -> None:
    if not by.sees_all and not by.leads:
        raise LeadSigns()
