"""What does not go out now, though it may: said already, quiet hours, the day's messages are had.

Asked after the gate, in the same transaction. Nothing is dropped: everything stands in the inbox,
what waits has a time, and what a person cannot be told within the day's budget the lead hears.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import Claim, DeliveryState
from bindeledd.features.reminders.domain.hygiene import (
    OVER_BUDGET_RUNG,
    Fact,
    Hygiene,
    Saying,
    Word,
    words_for,
)
from bindeledd.features.reminders.service.known import (
    Told,
    read_next_duty,
    read_on_duty,
    read_sayings,
    read_sent,
    read_told,
)
from bindeledd.features.reminders.service.leasing import write_held
from bindeledd.features.reminders.service.raising import raise_for_lead
from bindeledd.features.reminders.tables import DeliveryRow

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
    given_up: Collection[str] = (),
) -> list[Claim]:
    """Those of `claims` that go out now. The others are stopped (told already) or wait.

    `day_and_night`: keys of the ladders that no quiet hour and no budget touches. `given_up`:
    channels that nothing waits for.
    """
    if not claims:
        return []
    sayings = read_sayings(session, claims, day_and_night)
    known = read_told(session, claims, hygiene, at, given_up)
    since = min(hygiene.day_begins(at), at - hygiene.least_apart)
    sent = read_sent(session, claims, since)
    words = _words(session, claims, sayings, known, sent, hygiene, at)
    _write_down(session, token, claims, words, hygiene, at)
    _space_out(session, token, claims, words, sent, hygiene)
    _let_others_speak(session, token, claims, words, sayings, known, hygiene, at)
    return [one for one in claims if words[one.id] is Word.SAY]


def _words(
    session: Session,
    claims: Sequence[Claim],
    sayings: Mapping[UUID, Saying],
    known: Told,
    sent: Mapping[UUID, Sequence[datetime]],
    hygiene: Hygiene,
    at: datetime,
) -> dict[UUID, Word]:
    """What becomes of each of them now, person by person."""
    members = sorted({one.member_id for one in claims})
    on_duty = read_on_duty(session, members, at)
    today = hygiene.day_begins(at)
    words: dict[UUID, Word] = {}
    for member in members:
        words |= words_for(
            [sayings[one.id] for one in claims if one.member_id == member],
            told=frozenset(known.told[member]),
            just_told=known.just[member],
            just_taken=known.taken[member],
            awaited=known.awaited[member],
            first=known.first[member],
            on_duty=member in on_duty,
            sent_today=sum(moment >= today for moment in sent[member]),
            last_sent=max(sent[member], default=None),
            hygiene=hygiene,
            at=at,
        )
    return words


def _let_others_speak(
    session: Session,
    token: UUID,
    claims: Sequence[Claim],
    words: Mapping[UUID, Word],
    sayings: Mapping[UUID, Saying],
    known: Told,
    hygiene: Hygiene,
    at: datetime,
) -> None:
    """What another message says already, or another channel before this one, is waited for."""
    for word, every_way, until in (
        (Word.AWAITED, False, known.awaited),
        (Word.AWAITED, True, known.taken),
        (Word.TURN, False, known.first),
    ):
        waits = [
            one
            for one in claims
            if words[one.id] is word and sayings[one.id].by_every_way is every_way
        ]
        ahead = hygiene.next_way_after if word is Word.TURN else timedelta()
        _await(session, token, waits, sayings, word, until, at, ahead)


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
    write_held(session, token, own[Word.TWICE], stopped)
    _keep_quiet(session, token, own[Word.QUIET], hygiene, at)
    if own[Word.BUDGET]:
        _put_off(session, token, own[Word.BUDGET], Word.BUDGET, hygiene.new_day(at))
        tasks = {one.task_id for one in own[Word.BUDGET]}
        raise_for_lead(session, tasks, rung=OVER_BUDGET_RUNG, at=at)


def _keep_quiet(
    session: Session, token: UUID, claims: Sequence[Claim], hygiene: Hygiene, at: datetime
) -> None:
    """Until the quiet hours end, or whoever is to hear comes on duty before that."""
    ends = hygiene.quiet_until(at)
    if not claims or ends is None:
        return
    begins = read_next_duty(session, {one.member_id for one in claims}, at, ends)
    own: defaultdict[datetime, list[Claim]] = defaultdict(list)
    for one in claims:
        own[begins.get(one.member_id, ends)].append(one)
    for again, some in own.items():
        _put_off(session, token, some, Word.QUIET, again)


def _space_out(
    session: Session,
    token: UUID,
    claims: Iterable[Claim],
    words: Mapping[UUID, Word],
    sent: Mapping[UUID, Sequence[datetime]],
    hygiene: Hygiene,
) -> None:
    """Whoever was told just now hears the next number a while later, of all that came meanwhile."""
    own: defaultdict[datetime, list[Claim]] = defaultdict(list)
    for one in claims:
        if words[one.id] is Word.APART:
            own[max(sent[one.member_id]) + hygiene.least_apart].append(one)
    for again, some in own.items():
        _put_off(session, token, some, Word.APART, again)


def _put_off(
    session: Session, token: UUID, claims: Sequence[Claim], word: Word, again: datetime
) -> None:
    write_held(session, token, claims, {
        "state": DeliveryState.READY.value, "next_at": again, "reason": word.value,
        "attempts": DeliveryRow.attempts - 1,
    })  # fmt: skip


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
        _put_off(session, token, some, word, again)
