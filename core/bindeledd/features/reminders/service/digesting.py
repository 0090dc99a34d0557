"""The morning's message: once a day to whoever works today, numbers only; the list is inside.

Written as a row first (one for each person and day), so that it goes out once; then claimed with a
lease, sent outside every transaction and settled, like a delivery.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import DeliveryState, Rules, wait_before
from bindeledd.features.reminders.domain.channels import Morning, Outcome, Receipt
from bindeledd.features.reminders.domain.inbox import address_of
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.reminders.tables import DigestRow
from bindeledd.features.staff.tables import DutyRow, MemberRow
from bindeledd.features.tasks.domain import HELD
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.days import zone_named
from bindeledd.foundation.db import upsert
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import site_language

# Written into the statement, as the partial index says it.
WAITS = DigestRow.state.in_([sa.literal_column("'ready'"), sa.literal_column("'leased'")])


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One morning's message in the hands of one worker."""

    member_id: UUID
    tenant_id: UUID
    address: str
    waiting: int
    language: str
    morning: Morning
    attempts: int


def write_digests(session: Session, *, at: datetime, rules: Rules) -> int:
    """Write who is to have the numbers of today, when it is time. Gives how many were new."""
    moment = rules.hygiene.digest_moment(at)
    if moment is None or at < moment:
        return 0
    day = at.astimezone(zone_named(rules.hygiene.zone)).date()
    ends = rules.hygiene.day_ends(at)
    has = sa.exists().where(DigestRow.member_id == MemberRow.id, DigestRow.day == day)
    people = session.execute(
        sa.select(MemberRow.id, MemberRow.tenant_id)
        .join(DutyRow, DutyRow.member_id == MemberRow.id)
        .where(
            MemberRow.active,
            MemberRow.email.is_not(None),
            DutyRow.starts_at < ends,
            DutyRow.ends_at > at,
            ~has,
        )
        .distinct()
        .order_by(MemberRow.id)
    ).all()
    if not people:
        return 0
    rows = [
        {"member_id": member, "day": day, "tenant_id": tenant, "made_at": at, "next_at": at}
        for member, tenant in people
    ]
    session.execute(upsert(session, DigestRow).values(rows).on_conflict_do_nothing())
    return len(rows)


def claim_digests(session: Session, *, at: datetime, rules: Rules) -> tuple[UUID, list[Sheet]]:
    """Lease what is due, with its numbers as they are now. What says nothing ends unsent, as does
    what is for nobody any more; who had none yesterday either has one now, not two."""
    token = new_id()
    due = (
        sa.select(DigestRow.member_id, DigestRow.day)
        .where(WAITS, DigestRow.next_at <= at)
        .order_by(DigestRow.next_at)
        .limit(rules.claim)
        .with_for_update(skip_locked=True)
    )
    keys = session.execute(due).all()
    if not keys:
        return token, []
    session.execute(
        sa.update(DigestRow)
        .where(sa.tuple_(DigestRow.member_id, DigestRow.day).in_([tuple(key) for key in keys]))
        .values(
            state="leased",
            lease_token=token,
            next_at=at + rules.lease,
            attempts=DigestRow.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    sheets = _sheets(session, token, at, rules)
    nobody = [one for one in sheets if not one.address]
    nothing = [one for one in sheets if not one.waiting and not any(_numbers(one))]
    _end(session, token, nobody, DeliveryState.DELIVERED, "nobody_there", at)
    _end(session, token, nothing, DeliveryState.DELIVERED, "nothing_waits", at)
    return token, [one for one in sheets if one not in nothing and one not in nobody]


def _numbers(sheet: Sheet) -> tuple[int, int]:
    return sheet.morning.late, sheet.morning.today


def _sheets(session: Session, token: UUID, at: datetime, rules: Rules) -> list[Sheet]:
    """One for each person, however many days it is for; without an address for who has left."""
    address = sa.case((MemberRow.active, MemberRow.email))
    rows = session.execute(
        sa.select(
            DigestRow.member_id,
            DigestRow.tenant_id,
            sa.func.max(DigestRow.attempts).label("attempts"),
            address.label("email"),
            MemberRow.language,
        )
        .join(MemberRow, MemberRow.id == DigestRow.member_id)
        .where(DigestRow.lease_token == token)
        .group_by(DigestRow.member_id, DigestRow.tenant_id, address, MemberRow.language)
        .order_by(DigestRow.member_id)
    ).all()
    members = [row.member_id for row in rows]
    waiting = queries.waiting_for(session, members, at)
    mornings = _mornings(session, members, at, rules.hygiene.day_ends(at))
    return [
        Sheet(
            member_id=row.member_id,
            tenant_id=row.tenant_id,
            address=row.email or "",
            waiting=waiting[row.member_id],
            language=row.language or site_language(),
            morning=mornings[row.member_id],
            attempts=row.attempts,
        )
        for row in rows
    ]


def _mornings(
    session: Session, members: Sequence[UUID], at: datetime, ends: datetime
) -> Mapping[UUID, Morning]:
    """What is late, and what falls due before midnight, in the teams that each works for today.

    What a lead has still to sign is not counted: nothing of it is raised.
    """
    teams = session.execute(
        sa.select(DutyRow.member_id, DutyRow.team_id)
        .where(DutyRow.member_id.in_(members), DutyRow.starts_at < ends, DutyRow.ends_at > at)
        .distinct()
    ).all()
    counted = session.execute(
        sa.select(
            TaskRow.owner_team_id,
            sa.func.count().filter(TaskRow.due_at < at),
            sa.func.count().filter(TaskRow.due_at >= at),
        )
        .where(
            IS_OPEN,
            TaskRow.due_at < ends,
            TaskRow.owner_team_id.in_({t for _, t in teams}),
            TaskRow.next_rung_at < HELD,
        )
        .group_by(TaskRow.owner_team_id)
    )
    of_team = {team: (late, today) for team, late, today in counted}
    found: defaultdict[UUID, Morning] = defaultdict(lambda: Morning(late=0, today=0))
    for member, team in teams:
        late, today = of_team.get(team, (0, 0))
        known = found[member]
        found[member] = Morning(late=known.late + late, today=known.today + today)
    return found


def settle_digest(
    session: Session, token: UUID, sheet: Sheet, receipt: Receipt, *, at: datetime, rules: Rules
) -> DeliveryState:
    """Write what became of it. What cannot be had before the day is over is dead, and a fault."""
    if receipt.outcome is Outcome.SENT:
        return _end(session, token, [sheet], DeliveryState.DELIVERED, None, at)
    again = at + wait_before(sheet.attempts, rules, 0.5)
    if receipt.outcome is Outcome.REFUSED or again >= rules.hygiene.day_ends(at):
        report_fault(
            session,
            address_of("email", sheet.member_id),
            "reminders.delivery_dead",
            at=at,
            tenant_id=sheet.tenant_id,
        )
        return _end(session, token, [sheet], DeliveryState.DEAD, receipt.reason, at)
    _write(session, token, [sheet], state="ready", next_at=again, reason=receipt.reason)
    return DeliveryState.READY


def _end(
    session: Session,
    token: UUID,
    sheets: Sequence[Sheet],
    state: DeliveryState,
    reason: str | None,
    at: datetime,
) -> DeliveryState:
    _write(session, token, sheets, state=state.value, settled_at=at, reason=reason)
    return state


def _write(session: Session, token: UUID, sheets: Sequence[Sheet], **values: object) -> None:
    """Only what this token still holds is written."""
    if sheets:
        session.execute(
            sa.update(DigestRow)
            .where(
                DigestRow.lease_token == token,
                DigestRow.member_id.in_([one.member_id for one in sheets]),
            )
            .values(lease_token=None, **values)
            .execution_options(synchronize_session=False)
        )
