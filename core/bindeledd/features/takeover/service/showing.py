"""Take-overs shown to those who lead the team, each read written down with whom it was about.

Until it is signed its leads see everybody in it; afterwards each sees whom they follow now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries as patients
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import Compared, Followed, Outcome, Takeover
from bindeledd.features.takeover.domain.refusals import LeadSigns, OriginalWithheld
from bindeledd.features.takeover.tables import TakeoverRow
from bindeledd.foundation.sealing import keyring

# So many rows of each kind stand on one page.
SHOWN = 50


def show_takeovers(session: Session, *, by: Actor, at: datetime) -> Sequence[Takeover]:
    """Those of the teams that the asker leads, or all for the privacy officer; no patient
    is named, and no hash given. Raises `LeadSigns`."""
    _require_reader(by)
    found = [replace(one, sha256="") for one in queries.takeovers(session, by=by, at=at)]
    facts = {"takeovers": [one.id for one in found]}
    audit.record(session, "takeovers.shown", by=by, at=at, facts=facts, purpose="admin")
    return found


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """The second signature of an undoing: `names` of those who may give it, whether the asker
    may; the `words` of whoever asked, for the leads of the team."""

    names: Sequence[str]
    may: bool
    words: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some rows of one kind, in the order of the file; `next` is the number to go on after."""

    rows: Sequence[Compared]
    next: int | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A take-over with some of its refused rows and of its follow-ups; `withheld` counts more of
    them, whom the asker may not see."""

    takeover: Takeover
    refused: Part
    taken: Part
    withheld: int = 0


def show_takeover(
    session: Session,
    takeover_id: UUID,
    *,
    by: Actor,
    at: datetime,
    refused_after: int = 0,
    taken_after: int = 0,
    limit: int = SHOWN,
) -> Shown:
    """The comparison, `limit` rows of each kind. Raises `LeadSigns`, `TakeoverNotFound`."""
    _require_reader(by)
    row = queries.get_row(session, takeover_id, by=by, at=at)
    refused = _part(session, row, Outcome.REFUSED, refused_after, limit, by)
    refused = replace(refused, rows=with_followed(session, refused.rows, by=by))
    taken = _part(session, row, Outcome.TAKEN, taken_after, limit, by)
    withheld = queries.withheld(session, row, by=by)
    rows = [*refused.rows, *taken.rows]
    about = [row.id, *(one.patient_id for one in rows if one.patient_id)]
    about += [one.followed.patient_id for one in refused.rows if one.followed]
    facts = {"takeover": row.id, "withheld": withheld}
    audit.record(session, "takeover.shown", by=by, at=at, subjects=about, facts=facts)
    opened = _opened(session, row, by=by)
    return Shown(takeover=opened, refused=refused, taken=taken, withheld=withheld)


def with_followed(session: Session, rows: Sequence[Compared], *, by: Actor) -> Sequence[Compared]:
    """The rows, with who follows whom a refused row names already, as far as `by` sees that and
    nobody has decided it. Whoever shows them writes it down."""
    asked = {
        one.number: one.cells
        for one in rows
        if one.outcome is Outcome.REFUSED and one.cells and not one.withheld and not one.decided
    }
    found = queries.followed_of(session, asked, by=by)
    return [replace(one, followed=found.get(one.number)) for one in rows]


def _part(
    session: Session, row: TakeoverRow, outcome: Outcome, after: int, limit: int, by: Actor
) -> Part:
    rows = queries.compared(session, row, by=by, outcome=outcome, after=after, limit=limit + 1)
    return Part(rows=rows[:limit], next=rows[limit - 1].number if len(rows) > limit else None)


@dataclass(frozen=True, kw_only=True)
class RefusedRow:
    """A refused row as whoever decides it sees it; `followed`: the follow-up that fits it now."""

    takeover: Takeover
    row: Compared
    followed: Followed | None = None
    followed_name: str = field(default="", repr=False)


def show_refused(
    session: Session, takeover_id: UUID, number: int, *, by: Actor, at: datetime
) -> RefusedRow:
    """One refused row. Raises `LeadSigns`, `TakeoverNotFound`, `RowNotOwed`."""
    _require_reader(by)
    row = queries.get_row(session, takeover_id, by=by, at=at)
    queries.get_owed(session, row.id, number)
    (line,) = queries.compared(
        session, row, by=by, outcome=Outcome.REFUSED, after=number - 1, limit=1
    )
    found = None
    if line.undecided and line.cells:
        found = queries.find_followed(session, line.cells, by=by)
    about = [row.id, *([found.patient_id] if found else [])]
    facts = {"takeover": row.id, "row": number}
    audit.record(session, "takeover.row_shown", by=by, at=at, subjects=about, facts=facts)
    names = patients.get_names(session, [found.patient_id]) if found else {}
    return RefusedRow(
        takeover=_opened(session, row, by=by),
        row=line,
        followed=found,
        followed_name=names[found.patient_id].name
        if found is not None and found.patient_id in names
        else "",
    )


def may_have_original(session: Session, takeover_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Whether the file may be handed out: to whoever sees everybody in it, or answers for privacy.

    Whoever only confirms that it is undone sees its numbers: the refused rows name people too.
    """
    return _may_have(session, queries.get_row(session, takeover_id, by=by, at=at), by=by)


def _may_have(session: Session, row: TakeoverRow, *, by: Actor) -> bool:
    if "privacy" in by.grants or by.sees_all:
        return True
    return row.team_id in by.leads and queries.is_shown_whole(session, row, by=by)


def _opened(session: Session, row: TakeoverRow, *, by: Actor) -> Takeover:
    """The take-over; without the plain hash, from which a short list could be guessed, for whoever
    may not have the file."""
    found = queries.opened(session, row)
    return found if _may_have(session, row, by=by) else replace(found, sha256="")


def who_confirms(session: Session, takeover_id: UUID, *, by: Actor, at: datetime) -> Confirming:
    """Who is to confirm that it is undone, and whether the asker may."""
    row = queries.get_row(session, takeover_id, by=by, at=at)
    words = None
    if row.undo_words is not None and row.team_id in by.leads:
        words = (
            keyring.unseal_or_report(session, row.place("undo_words"), row.undo_words) or {}
        ).get("words")
    return Confirming(
        names=queries.confirmers(session, row, at),
        may=queries.may_confirm(session, row, by=by, at=at),
        words=words,
    )


def show_original(
    session: Session, takeover_id: UUID, *, by: Actor, at: datetime
) -> tuple[Takeover, bytes]:
    """The file as it came in. Raises `LeadSigns`, `TakeoverNotFound`, `OriginalWithheld`."""
    _require_reader(by)
    row = queries.get_row(session, takeover_id, by=by, at=at)
    if not may_have_original(session, takeover_id, by=by, at=at):
        raise OriginalWithheld(takeover=takeover_id)
    about = [row.id, *queries.patients_of(session, row.id)]
    facts = {"takeover": row.id}
    audit.record(session, "takeover.original_shown", by=by, at=at, subjects=about, facts=facts)
    original = keyring.unseal_raw(session, row.place("original"), row.original)
    return queries.opened(session, row), original


def _require_reader(by: Actor) -> None:
    if not (by.sees_all or by.leads or by.grants & {"privacy", "admin"}):
        raise LeadSigns()
