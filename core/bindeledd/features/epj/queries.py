"""Questions about notes for the EPJ. Nothing here changes anything."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.cases.domain.correcting import first_recorded
from bindeledd.features.cases.tables import CaseRow, ClosureRow, EpjMarkRow, EventRow
from bindeledd.features.contacts.tables import ContactRow, detail_place
from bindeledd.features.epj.domain import ALL, KINDS, Asked, Note, NoteNotFound
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import unseal_or_report

Row = sa.Row[*tuple[Any, ...]]

_ASKED = EventRow.__table__.alias("asked")
# Somebody asks for the whole follow-up to be closed as an error, and the notes of it are owed.
_IN_DOUBT = (
    sa.select(TaskRow.id)
    .join(_ASKED, _ASKED.c.id == TaskRow.anchor_event_id)
    .where(
        TaskRow.case_id == CaseRow.id,
        TaskRow.kind == sa.literal_column("'correct_epj'"),
        IS_OPEN,
        _ASKED.c.kind == sa.literal_column("'closing_requested'"),
    )
    .correlate(CaseRow)
    .exists()
)
# A death was told of, alone or in a call of the same contact, and refuted since (`of_no_death`).
_REPORT, _REFUTED = (EventRow.__table__.alias(name) for name in ("report", "refuted"))
_TELLS_OF_A_DEATH = sa.or_(
    EventRow.kind == sa.literal_column("'death_reported'"),
    sa.and_(
        EventRow.source_id.is_not(None),
        sa.select(_REPORT.c.id)
        .where(
            _REPORT.c.case_id == EventRow.case_id,
            _REPORT.c.kind == sa.literal_column("'death_reported'"),
            _REPORT.c.source_id == EventRow.source_id,
        )
        .correlate(EventRow)
        .exists(),
    ),
)
NOBODY_DIED = sa.and_(
    sa.select(_REFUTED.c.id)  # the rare one first
    .where(
        _REFUTED.c.case_id == EventRow.case_id,
        _REFUTED.c.kind == sa.literal_column("'death_refuted'"),
        _REFUTED.c.in_error_at.is_(None),
        _REFUTED.c.recorded_at >= EventRow.recorded_at,
    )
    .correlate(EventRow)
    .exists(),
    _TELLS_OF_A_DEATH,
)
# The event was an error, or said of a death that was none; or the follow-up that it belongs to was, or is said to be.
_WRONG = sa.or_(
    EventRow.in_error_at.is_not(None),
    sa.and_(ClosureRow.ending.is_not(None), ClosureRow.ending == "registered_in_error"),
    _IN_DOUBT,
    NOBODY_DIED,
)
_STANDS = sa.not_(_WRONG)

# Who was responsible when it was recorded, and whether that team is there still.
_THEN, _TEAM = CareRelationRow.__table__.alias("owner_then"), TeamRow.__table__.alias("team_then")
_OWNER_THEN = (
    sa.select(_THEN.c.team_id)
    .where(
        _THEN.c.case_id == EventRow.case_id,
        _THEN.c.kind == sa.literal_column("'owner'"),
        _THEN.c.since <= EventRow.recorded_at,
        sa.or_(_THEN.c.until.is_(None), _THEN.c.until > EventRow.recorded_at),
    )
    .order_by(_THEN.c.since.desc())
    .limit(1)
    .correlate(EventRow)
)
_RECORDED_IN = sa.func.coalesce(_OWNER_THEN.scalar_subquery(), CaseRow.responsible_team_id)
# Owed by that team, which alone writes in its own EPJ, after a handover too; where there is no such
# team any more, by the one that is responsible now.
_OWED_BY = sa.func.coalesce(
    _OWNER_THEN.join(
        _TEAM, sa.and_(_TEAM.c.id == _THEN.c.team_id, _TEAM.c.active)
    ).scalar_subquery(),
    CaseRow.responsible_team_id,
)

_NOTES = (
    sa.select(
        EventRow.id,
        EventRow.tenant_id,
        EventRow.case_id,
        EventRow.kind,
        EventRow.at,
        EventRow.date_only,
        EventRow.recorded_at,
        EventRow.recorded_by,
        EventRow.note,
        EventRow.facts,
        CaseRow.patient_id,
        _RECORDED_IN.label("team_id"),
        _OWED_BY.label("owed_by_team_id"),
        ContactRow.id.label("contact_id"),
        ContactRow.direction,
        ContactRow.channel,
        ContactRow.detail,
        EpjMarkRow.entered_at,
        EpjMarkRow.entered_by,
        EventRow.in_error_at,
        _WRONG.label("wrong"),
        NOBODY_DIED.label("refuted"),
    )
    .join(CaseRow, CaseRow.id == EventRow.case_id)
    .outerjoin(ClosureRow, ClosureRow.id == CaseRow.closure_id)
    .outerjoin(ContactRow, ContactRow.event_id == EventRow.id)
    .outerjoin(EpjMarkRow, EpjMarkRow.event_id == EventRow.id)
    .where(
        EventRow.kind.in_([kind.value for kind in KINDS]),
        EventRow.source == "person",
    )
)


def _of_the_teams(by: Actor, asked: Asked) -> tuple[sa.ColumnElement[bool], ...]:
    """What the teams of `by` owe, or the one of them that is asked for: of what they see, and of
    what they have handed over their own notes."""
    teams = _teams(by, asked)
    seen = access.visible_cases(replace(by, teams=frozenset(teams)))
    mine = sa.or_(CaseRow.id.in_(seen), _their_own(by, teams))
    before = CaseRow.id.in_(access.cases_of_before(by, teams))
    return CaseRow.tenant_id == by.tenant_id, before, _OWED_BY.in_(teams), mine


def _their_own(by: Actor, teams: Collection[UUID]) -> sa.ColumnElement[bool]:
    """A note that was recorded while one of these teams was responsible, and that stands nowhere
    yet; or that `by` said stands, who may take that back. Whether they see the follow-up or not."""
    mark = sa.or_(EpjMarkRow.entered_at.is_(None), EpjMarkRow.entered_by == by.id)
    return sa.and_(_OWNER_THEN.scalar_subquery().in_(sorted(teams)), mark, _STANDS)


def followed(session: Session, by: Actor, case_ids: Collection[UUID]) -> set[UUID]:
    """Those of the cases that `by` sees."""
    seen = access.visible_cases(by).subquery()
    return set(session.scalars(sa.select(seen.c.case_id).where(seen.c.case_id.in_(case_ids))))


def _teams(by: Actor, asked: Asked) -> list[UUID]:
    return sorted(by.teams if asked.team is None else by.teams & {asked.team})


def not_yet(session: Session, by: Actor, asked: Asked = ALL, *, limit: int) -> Sequence[Row]:
    """Events of the teams of `by` that nobody has put into the EPJ, as `asked`.

    Without words: nothing is opened.
    """
    found = _waiting(by, asked)
    if asked.after is not None:
        found = found.where(_after(*asked.after, newest=asked.newest))
    order = (EventRow.at, EventRow.id)
    order_by = [column.desc() for column in order] if asked.newest else order
    return session.execute(found.order_by(*order_by).limit(limit)).all()


def count_not_yet(session: Session, by: Actor, asked: Asked = ALL) -> tuple[int, datetime | None]:
    """How many there are on all pages, and when the oldest of them was."""
    counted = sa.func.count(EventRow.id), sa.func.min(EventRow.at)
    count, oldest = session.execute(_waiting(by, asked).with_only_columns(*counted)).one()
    return count, oldest


def _waiting(by: Actor, asked: Asked) -> sa.Select[*tuple[Any, ...]]:
    found = _NOTES.where(*_of_the_teams(by, asked), EpjMarkRow.entered_at.is_(None), _STANDS)
    return found.where(EventRow.recorded_by == by.id) if asked.mine else found


def _after(at: datetime, event_id: UUID, *, newest: bool) -> sa.ColumnElement[bool]:
    if newest:
        return sa.or_(EventRow.at < at, sa.and_(EventRow.at == at, EventRow.id < event_id))
    return sa.or_(EventRow.at > at, sa.and_(EventRow.at == at, EventRow.id > event_id))


def lately(session: Session, by: Actor, asked: Asked = ALL, *, limit: int) -> Sequence[Row]:
    """What the teams of `by` put into the EPJ last, the latest first. Nothing is opened."""
    return session.execute(
        _NOTES.where(
            *_of_the_teams(by, asked),
            EpjMarkRow.entered_at.is_not(None),
            _STANDS,
        )
        .order_by(EpjMarkRow.entered_at.desc(), EventRow.id)
        .limit(limit)
    ).all()


def to_correct(session: Session, by: Actor, asked: Asked = ALL, *, limit: int) -> Sequence[Row]:
    """What was put into the EPJ and turned out to be an error, or another person's, alone or with
    the whole follow-up: the oldest first. Nothing is opened."""
    since = sa.func.coalesce(EventRow.in_error_at, CaseRow.closed_at, EventRow.at)
    return session.execute(_corrections(by, asked).order_by(since, EventRow.id).limit(limit)).all()


def count_to_correct(session: Session, by: Actor, asked: Asked = ALL) -> int:
    """How many there are of those in all."""
    found = _corrections(by, asked).with_only_columns(sa.func.count(EventRow.id))
    return session.scalar(found) or 0


def _corrections(by: Actor, asked: Asked) -> sa.Select[*tuple[Any, ...]]:
    """Those that the teams owe, and those of what they answer for now: the task stands there."""
    teams = _teams(by, asked)
    seen = access.visible_cases(replace(by, teams=frozenset(teams)))
    ours = sa.or_(_OWED_BY.in_(teams), CaseRow.responsible_team_id.in_(teams))
    here = CaseRow.tenant_id == by.tenant_id, CaseRow.id.in_(seen)
    return _NOTES.where(*here, ours, EpjMarkRow.entered_at.is_not(None), _WRONG)


def get_row(session: Session, by: Actor, event_id: UUID) -> Row:
    """The event with its contact and its mark; refuses what `by` may not see. A team that has
    handed the follow-up over sees its own notes that stand nowhere yet.

    One that was an error, alone or with its follow-up, is found for as long as the follow-up can
    be read: it may have been pasted without anybody saying so."""
    row = session.execute(
        _NOTES.where(
            EventRow.id == event_id,
            EventRow.tenant_id == by.tenant_id,
            sa.or_(access.sees_case(by, EventRow.__table__.c.case_id), _their_own(by, by.teams)),
        )
    ).first()
    if row is None:
        raise NoteNotFound(event=event_id)
    return row


def entered(session: Session, case_id: UUID) -> Mapping[UUID, UUID]:
    """Which events of the case stand in the EPJ, and who said so."""
    rows = session.execute(
        sa.select(EpjMarkRow.event_id, EpjMarkRow.entered_by).where(
            EpjMarkRow.case_id == case_id, EpjMarkRow.entered_at.is_not(None)
        )
    )
    return {row.event_id: row.entered_by for row in rows}


def bare(rows: Iterable[Row]) -> list[Note]:
    """The notes of rows without any words."""
    return [_note(row, {}) for row in rows]


def opened(session: Session, row: Row) -> Note:
    """The note with what was said; a part that cannot be read is reported."""
    places = [
        (Place(row.tenant_id, "events", "note", row.id, row.patient_id), row.note),
        (detail_place(row.tenant_id, row.contact_id, row.patient_id), row.detail),
    ]
    found = [unseal_or_report(session, place, sealed) for place, sealed in places if sealed]
    if any(one is None for one in found):
        return _note(row, None)
    return _note(row, {name: value for one in found if one for name, value in one.items()})


def _note(row: Row, said: Mapping[str, Any] | None) -> Note:
    first_by, first_at = first_recorded(row.facts)
    return Note(
        event_id=row.id,
        case_id=row.case_id,
        patient_id=row.patient_id,
        kind=row.kind,
        at=row.at,
        date_only=row.date_only,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        first_at=first_at,
        first_by=first_by,
        direction=row.direction,
        channel=row.channel,
        said=said,
        entered_at=row.entered_at,
        entered_by=row.entered_by,
        in_error=row.wrong,
        marked=row.in_error_at is not None,
        refuted=row.refuted,
        team_id=row.team_id,
        owed_by_team_id=row.owed_by_team_id,
        answered=row.kind == "contact_attempted" and row.facts.get("person_answered") == "yes",
    )
