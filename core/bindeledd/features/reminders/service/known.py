"""What is known of a person before anything goes out: what was said, is on its way, or comes first.

Questions only, asked in the transaction of `hygiene`, which decides by them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import Audience, Claim, DeliveryState
from bindeledd.features.reminders.domain.channels import EMAIL, INBOX
from bindeledd.features.reminders.domain.hygiene import OVER_BUDGET_RUNG, Fact, Hygiene, Saying
from bindeledd.features.reminders.service.delivering import CHANNEL_DOWN
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.tables import DutyRow
from bindeledd.features.tasks.tables import TaskRow

_OUT, _YET = ("delivered", "accepted"), ("ready", "leased")
_ACUTE = "acute_concern"


def read_sayings(
    session: Session, claims: Sequence[Claim], day_and_night: Collection[str]
) -> dict[UUID, Saying]:
    rows = session.execute(
        sa.select(
            DeliveryRow.id,
            AlertRow.task_id,
            AlertRow.due_at,
            AlertRow.round,
            AlertRow.rung,
            AlertRow.audience,
            AlertRow.raised_at,
            TaskRow.kind,
            TaskRow.ladder,
            TaskRow.round.label("running"),
            TaskRow.rung_plan,
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .join(TaskRow, TaskRow.id == DeliveryRow.task_id)
        .where(DeliveryRow.id.in_([one.id for one in claims]))
    )
    return {
        row.id: Saying(
            id=row.id,
            fact=_fact(row),
            never_waits=row.kind == _ACUTE or row.ladder in day_and_night or _is_last(row),
            by_one_way=row.rung == OVER_BUDGET_RUNG,
        )
        for row in rows
    }


def _fact(row: Any) -> Fact:
    return Fact(
        task_id=row.task_id,
        due_at=row.due_at,
        round=row.round,
        late=row.raised_at >= row.due_at,
        over_budget=row.rung == OVER_BUDGET_RUNG,
    )


def _is_last(row: Any) -> bool:
    """A last rung, what is raised outside the ladder, and whatever cannot be told apart from it."""
    if row.audience == Audience.LEAD or row.rung < 0 or row.round < row.running:
        return True
    return not isinstance(row.rung_plan, list) or row.rung >= len(row.rung_plan) - 2


def _sets() -> defaultdict[UUID, set[Fact]]:
    return defaultdict(set)


def _moments() -> defaultdict[UUID, dict[Fact, datetime]]:
    return defaultdict(dict)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What each person was told already of some tasks, by whatever channel.

    `told`; `just`: what of it by this channel a moment ago; `awaited`: what a gateway took and has
    not delivered yet, with the moment at which its receipt has to have come; `taken`: what of that
    this channel's gateway took a moment ago, with the moment until which it was; `first`: what a
    channel before this one has yet to say, with the moment until which that is waited for.
    """

    told: defaultdict[UUID, set[Fact]] = field(default_factory=_sets)
    just: defaultdict[UUID, set[Fact]] = field(default_factory=_sets)
    awaited: defaultdict[UUID, dict[Fact, datetime]] = field(default_factory=_moments)
    taken: defaultdict[UUID, dict[Fact, datetime]] = field(default_factory=_moments)
    first: defaultdict[UUID, dict[Fact, datetime]] = field(default_factory=_moments)


def read_told(
    session: Session,
    claims: Sequence[Claim],
    hygiene: Hygiene,
    at: datetime,
    given_up: Collection[str] = (),
) -> Told:
    """What each of these people was told of these tasks; "this channel" is that of the claims.

    What a channel that was `given_up` has yet to say is waited for only while it is in its hands.
    """
    own = claims[0].channel
    known = Told()
    for row in session.execute(_said_or_to_say(claims)):
        member, fact = row.member_id, _fact(row)
        out = row.state in _OUT
        lately = out and row.channel == own and at < row.settled_at + hygiene.least_apart
        if row.state == DeliveryState.DELIVERED:
            known.told[member].add(fact)
            if lately:
                known.just[member].add(fact)
        elif out:
            known.awaited[member][fact] = row.next_at
            if lately:
                known.taken[member][fact] = row.settled_at + hygiene.least_apart
        elif row.channel in given_up and row.state != DeliveryState.LEASED:
            continue
        elif hygiene.goes_before(row.channel, own) and at < _turn_ends(row, hygiene):
            known.first[member][fact] = _turn_ends(row, hygiene)
    return known


def _said_or_to_say(claims: Sequence[Claim]) -> sa.Select[*tuple[Any, ...]]:
    """What went out to these people about these tasks, and what another channel has yet to send."""
    return (
        sa.select(
            DeliveryRow.member_id,
            AlertRow.task_id,
            AlertRow.due_at,
            AlertRow.round,
            AlertRow.rung,
            AlertRow.raised_at,
            DeliveryRow.state,
            DeliveryRow.reason,
            DeliveryRow.channel,
            DeliveryRow.made_at,
            DeliveryRow.attempts,
            DeliveryRow.next_at,
            DeliveryRow.settled_at,
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .where(
            DeliveryRow.task_id.in_({one.task_id for one in claims}),
            DeliveryRow.member_id.in_({one.member_id for one in claims}),
            DeliveryRow.channel != INBOX,
            sa.or_(
                DeliveryRow.state.in_(_OUT),
                sa.and_(DeliveryRow.state.in_(_YET), DeliveryRow.channel != claims[0].channel),
            ),
        )
        .order_by(DeliveryRow.next_at)
    )


def _turn_ends(row: Any, hygiene: Hygiene) -> datetime:
    """Until when what stands before is waited for.

    From when it could first go out, and as long as a worker has it in hands. A channel that is down
    puts nobody's turn off.
    """
    tried = row.attempts or row.reason == CHANNEL_DOWN
    begins = row.made_at if tried else max(row.made_at, row.next_at)
    ends: datetime = begins + hygiene.next_way_after
    return max(ends, row.next_at) if row.state == DeliveryState.LEASED else ends


def read_on_duty(session: Session, members: Sequence[UUID], at: datetime) -> set[UUID]:
    return set(
        session.scalars(
            sa.select(DutyRow.member_id).where(
                DutyRow.member_id.in_(members), DutyRow.starts_at <= at, DutyRow.ends_at > at
            )
        )
    )


def read_next_duty(
    session: Session, members: Collection[UUID], at: datetime, until: datetime
) -> dict[UUID, datetime]:
    """When each of these people comes on duty first, after `at` and before `until`."""
    begins = sa.func.min(DutyRow.starts_at)
    asked = sa.select(DutyRow.member_id, begins).group_by(DutyRow.member_id)
    rows = session.execute(
        asked.where(
            DutyRow.member_id.in_(members), DutyRow.starts_at > at, DutyRow.starts_at < until
        )
    )
    return {row.member_id: row[1] for row in rows}


def read_sent(
    session: Session, claims: Sequence[Claim], since: datetime
) -> defaultdict[UUID, list[datetime]]:
    """When messages went out to each: what went as one was settled at one moment.

    The core's own e-mail counts itself only: what a pack sends beside it holds none of it back.
    What this channel could not get to the address that stands now counts too, so that a number
    that fails is not tried on and on; it holds no other channel back, nor another address.
    """
    channel = claims[0].channel
    own = [DeliveryRow.channel == EMAIL] if channel == EMAIL else []
    failed = sa.and_(
        DeliveryRow.state == DeliveryState.DEAD,
        DeliveryRow.channel == channel,
        DeliveryRow.address.in_({one.address for one in claims}),
    )
    messages = session.execute(
        sa.select(DeliveryRow.member_id, DeliveryRow.channel, DeliveryRow.settled_at)
        .where(
            DeliveryRow.member_id.in_({one.member_id for one in claims}),
            DeliveryRow.channel != sa.literal_column("'inbox'"),
            sa.or_(DeliveryRow.state.in_(_OUT), failed),
            DeliveryRow.settled_at >= since,
            *own,
        )
        .distinct()
    )
    sent: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for member, _, moment in messages:
        if moment is not None:
            sent[member].append(moment)
    return sent
