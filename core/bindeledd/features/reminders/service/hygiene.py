"""What does not go out now, though it may: said already, quiet hours, the day's messages are had.

Asked after the gate, in the same transaction. Nothing is dropped: everything stands in the inbox,
what waits has a time, and what a person cannot be told within the day's budget the lead hears.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import EMAIL, INBOX, Audience, Claim, DeliveryState
from bindeledd.features.reminders.domain.hygiene import (
    OVER_BUDGET_RUNG,
    Fact,
    Hygiene,
    Saying,
    Word,
    words_for,
)
from bindeledd.features.reminders.service.delivering import _write, raise_for_lead
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.tables import DutyRow
from bindeledd.features.tasks.tables import TaskRow

_OUT, _YET = ("delivered", "accepted"), ("ready", "leased")
_ACUTE = "acute_concern"
# A receipt that is late is missed by a job of its own, every half minute.
_SOON = timedelta(seconds=30)


def hold_back(
    session: Session,
    token: UUID,
    claims: Sequence[Claim],
    *,
    at: datetime,
    hygiene: Hygiene,
    day_and_night: Collection[str] = (),
) -> list[Claim]:
    """Those of `claims` that go out now. The others are stopped (told already) or wait.

    `day_and_night`: keys of the ladders that no quiet hour and no budget touches.
    """
    if not claims:
        return []
    members = sorted({one.member_id for one in claims})
    sayings = _sayings(session, claims, day_and_night)
    told, awaited, first = _told(session, claims, hygiene, at)
    on_duty = _on_duty(session, members, at)
    sent = _sent_since(session, members, hygiene.day_begins(at), claims[0].channel)
    words: dict[UUID, Word] = {}
    for member in members:
        words |= words_for(
            [sayings[one.id] for one in claims if one.member_id == member],
            told=frozenset(told[member]),
            awaited=awaited[member],
            first=first[member],
            on_duty=member in on_duty,
            sent_today=sent.get(member, 0),
            hygiene=hygiene,
            at=at,
        )
    _write_down(session, token, claims, words, hygiene, at)
    for word, until in ((Word.AWAITED, awaited), (Word.TURN, first)):
        waits = [one for one in claims if words[one.id] is word]
        ahead = hygiene.next_way_after if word is Word.TURN else timedelta()
        _await(session, token, waits, sayings, word, until, at, ahead)
    return [one for one in claims if words[one.id] is Word.SAY]


def _write_down(
    session: Session,
    token: UUID,
    claims: Iterable[Claim],
    words: Mapping[UUID, Word],
    hygiene: Hygiene,
    at: datetime,
) -> None:
    own: defaultdict[Word, list[Claim]] = defaultdict(list)
    for one in claims:
        own[words[one.id]].append(one)
    stopped = {"state": DeliveryState.STOPPED.value, "settled_at": at, "reason": Word.TWICE.value}
    _write(session, token, own[Word.TWICE], stopped)
    until = {Word.QUIET: hygiene.quiet_until(at), Word.BUDGET: hygiene.new_day(at)}
    for word, again in until.items():
        _write(session, token, own[word], {
            "state": DeliveryState.READY.value, "next_at": again, "reason": word.value,
            "attempts": DeliveryRow.attempts - 1,
        })  # fmt: skip
    if own[Word.BUDGET]:
        tasks = {one.task_id for one in own[Word.BUDGET]}
        raise_for_lead(session, tasks, rung=OVER_BUDGET_RUNG, at=at)


def _await(
    session: Session,
    token: UUID,
    claims: Iterable[Claim],
    sayings: Mapping[UUID, Saying],
    word: Word,
    until: Mapping[UUID, Mapping[Fact, datetime]],
    at: datetime,
    ahead: timedelta,
) -> None:
    """Each waits until what says the same has to have arrived, by its receipt or by its turn.

    It looks again every half minute from so much `ahead` of that, when what stands before may go
    out: what was said meanwhile is said, and what never will be is said here.
    """
    own: defaultdict[datetime, list[Claim]] = defaultdict(list)
    for one in claims:
        moment = until[one.member_id][sayings[one.id].fact]
        looks = max(at + _SOON, moment - ahead)
        own[min(looks, moment) if ahead else looks].append(one)
    for again, some in own.items():
        _write(session, token, some, {
            "state": DeliveryState.READY.value, "next_at": again, "reason": word.value,
            "attempts": DeliveryRow.attempts - 1,
        })  # fmt: skip


# --- what is known ------------------------------------------------------------------------------


def _sayings(
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
        )
        for row in rows
    }


def _fact(row: Any) -> Fact:
    return Fact(
        task_id=row.task_id, due_at=row.due_at, round=row.round, late=row.raised_at >= row.due_at
    )


def _is_last(row: Any) -> bool:
    """A last rung, what is raised outside the ladder, and whatever cannot be told apart from it."""
    if row.audience == Audience.LEAD or row.rung < 0 or row.round < row.running:
        return True
    return not isinstance(row.rung_plan, list) or row.rung >= len(row.rung_plan) - 2


Moments = defaultdict[UUID, dict[Fact, datetime]]


def _told(
    session: Session, claims: Sequence[Claim], hygiene: Hygiene, at: datetime
) -> tuple[defaultdict[UUID, set[Fact]], Moments, Moments]:
    """What each person was told already of these tasks, by whatever channel; what a gateway took

    and has not delivered yet, with the moment at which its receipt has to have come; and what a
    channel before this one has yet to say, with the moment until which that is waited for.
    """
    own = claims[0].channel
    told: defaultdict[UUID, set[Fact]] = defaultdict(set)
    awaited: Moments = defaultdict(dict)
    first: Moments = defaultdict(dict)
    rows = session.execute(
        sa.select(
            DeliveryRow.member_id,
            AlertRow.task_id,
            AlertRow.due_at,
            AlertRow.round,
            AlertRow.raised_at,
            DeliveryRow.state,
            DeliveryRow.channel,
            DeliveryRow.made_at,
            DeliveryRow.attempts,
            DeliveryRow.next_at,
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .where(
            DeliveryRow.task_id.in_({one.task_id for one in claims}),
            DeliveryRow.member_id.in_({one.member_id for one in claims}),
            DeliveryRow.channel != INBOX,
            sa.or_(
                DeliveryRow.state.in_(_OUT),
                sa.and_(DeliveryRow.state.in_(_YET), DeliveryRow.channel != own),
            ),
        )
        .order_by(DeliveryRow.next_at)
    )
    for row in rows:
        if row.state == DeliveryState.DELIVERED:
            told[row.member_id].add(_fact(row))
        elif row.state == DeliveryState.ACCEPTED:
            awaited[row.member_id][_fact(row)] = row.next_at
        elif hygiene.goes_before(row.channel, own) and at < _turn_ends(row, hygiene):
            first[row.member_id][_fact(row)] = _turn_ends(row, hygiene)
    return told, awaited, first


def _turn_ends(row: Any, hygiene: Hygiene) -> datetime:
    """Until when what stands before is waited for: from when it could first go out, and as long

    as a worker has it in hands.
    """
    begins = row.made_at if row.attempts else max(row.made_at, row.next_at)
    ends: datetime = begins + hygiene.next_way_after
    return max(ends, row.next_at) if row.state == DeliveryState.LEASED else ends


def _on_duty(session: Session, members: Sequence[UUID], at: datetime) -> set[UUID]:
    return set(
        session.scalars(
            sa.select(DutyRow.member_id).where(
                DutyRow.member_id.in_(members), DutyRow.starts_at <= at, DutyRow.ends_at > at
            )
        )
    )


def _sent_since(
    session: Session, members: Sequence[UUID], since: datetime, channel: str
) -> dict[UUID, int]:
    """How many messages went out to each: what went as one was settled at one moment.

    The core's own e-mail counts itself only: what a pack sends beside it holds none of it back.
    """
    own = [DeliveryRow.channel == EMAIL] if channel == EMAIL else []
    messages = (
        sa.select(DeliveryRow.member_id, DeliveryRow.channel, DeliveryRow.settled_at)
        .where(
            DeliveryRow.member_id.in_(members),
            DeliveryRow.channel != sa.literal_column("'inbox'"),
            DeliveryRow.state.in_(_OUT),
            DeliveryRow.settled_at >= since,
            *own,
        )
        .distinct()
        .subquery()
    )
    counted = sa.select(messages.c.member_id, sa.func.count()).group_by(messages.c.member_id)
    return {row[0]: row[1] for row in session.execute(counted)}
