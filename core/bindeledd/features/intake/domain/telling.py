"""What a message makes of a case: the events that it tells of, and none that is known already.

Several messages tell of one discharge. A stay, a discharge, an index event is recorded once, so
that nothing is owed twice; what a change moves is told anew and the old event marked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import (
    Event,
    EventKind,
    IndexKind,
    NewEvent,
    death_reported,
    last_of,
)
from bindeledd.features.intake.domain import beside
from bindeledd.features.intake.domain.facts import (
    Kind,
    Message,
    Moment,
    Outcome,
    Series,
)
from bindeledd.features.intake.domain.tree import OSLO

SOURCE = "message"
_SAME_STAY = timedelta(days=2)
_NEAR = timedelta(hours=24)
_CLOCKS_DIFFER = timedelta(minutes=10)
_DATED = {
    EventKind.ADMITTED: "admitted",
    EventKind.READY_FOR_DISCHARGE: "ready",
    EventKind.DISCHARGE_WITHDRAWN: "withdrawn",
    EventKind.DISCHARGED: "discharged",
}
_READY = EventKind.READY_FOR_DISCHARGE
_UNDONE_BY = {_READY: EventKind.DISCHARGE_WITHDRAWN}
# Facts of what lies ahead: when it is to happen, and what, where it is recorded as something else.
_ANNOUNCED_FOR, _ANNOUNCES = "announced_for", "announces"


def tell(
    message: Message,
    *,
    row: UUID,
    at: datetime,
    late: bool,
    known: Sequence[Event] = (),
    ours_received: bool = True,
    had_left: bool = False,
) -> tuple[NewEvent, ...]:
    """The events of a message that arrived `at`, beside its index event (see `index_of`).

    `known` is the history of the case; `ours_received` is False where it only left a unit of
    ours. A stay that ended by a death was not left, unless the death came on a later day, or an
    earlier message told of a discharge (`had_left`): when the person left stays known. Nothing is recorded as happening after `at`: what is announced says so in its facts, and
    a discharge that lies ahead is no discharge yet: the patient is ready for it. A cancellation
    tells of nothing but itself.
    """
    standing = [event for event in known if not (event.in_error or event.is_assumed)]
    if message.series is Series.CANCELLED:
        return (_received(message, row, at, late),)
    return (
        *_dated(message, row, at, standing, had_left=had_left),
        *_summary(message, row, at, ours_received),
        *_death(message, row, at, standing),
        _received(message, row, at, late),
    )


def index_of(message: Message, kind: IndexKind, at: datetime) -> tuple[IndexKind, datetime, bool]:
    """What began, when, and whether only the day is known: the admission, else the discharge."""
    moment = message.stay.admitted or message.stay.discharged or message.stay.ready
    if moment is None:
        return kind, min(message.generated_at, at), False
    return kind, min(moment.at, at), moment.date_only


def tells_of_new_stay(message: Message, known: Iterable[Event]) -> bool:
    """Whether the stay is another than those the history's index events began with."""
    begins = message.stay.admitted or message.stay.discharged or message.stay.ready
    if begins is None:
        return False
    ends = message.stay.discharged or begins
    first, last = begins.at - _SAME_STAY, max(ends.at, begins.at) + _NEAR
    known = [event for event in known if not event.in_error]
    if message.stay.admitted is None and _ends_known_stay(message.stay.discharged, known):
        return False
    announced = {event.source_id for event in known if _announced(event, message.stay.discharged)}
    return not any(
        event.kind is EventKind.INDEX_EVENT
        and (first <= event.at <= last or event.source_id in announced)
        for event in known
    )


def _ends_known_stay(left: Moment | None, known: Sequence[Event]) -> bool:
    """Whether the person left on that day by the history, or is still there by it."""
    if left is None:
        return False
    for event in known:
        if event.kind is EventKind.DISCHARGED and not event.is_assumed and _same_day(event, left):
            return True
    last = last_of(tuple(known), *_DATED)
    if last is None or last.at > left.at:
        return False
    return last.kind is not EventKind.DISCHARGED or last.is_assumed


def _announced(event: Event, moment: Moment | None) -> bool:
    """Whether the event announced the discharge at `moment`."""
    return moment is not None and bool(event.facts.get(_ANNOUNCES)) and _same_day(event, moment)


def moved_by(message: Message, known: Iterable[Event], series: Iterable[UUID]) -> list[UUID]:
    """Events of earlier messages of the series that this change tells of at another time, or undoes."""
    earlier = set(series)
    moved = []
    for event in known:
        if event.in_error or event.source_id not in earlier:
            continue
        moment = _of(message, event.kind)
        if event.kind is EventKind.DISCHARGED and message.kind is Kind.ADMITTED:
            moved.append(event.id)  # the stay goes on: nobody left
            continue
        if event.facts.get(_ANNOUNCES):
            moment = message.stay.discharged
        if moment is not None and not _tells_the_same(event, moment):
            moved.append(event.id)
    return moved


def says_where(message: Message) -> bool:
    """Whether a change itself says where the person is: gone home, to go home, or staying on."""
    stay = message.stay
    stays = message.kind is Kind.ADMITTED or stay.ready is not None
    return stay.discharged is not None or (stays and not message.tells_of_death)


def _tells_the_same(event: Event, moment: Moment) -> bool:
    said = event.facts.get(_ANNOUNCED_FOR)
    at = event.at if said is None else datetime.fromisoformat(said)
    return (at, event.date_only) == (moment.at, moment.date_only)


def _of(message: Message, kind: EventKind) -> Moment | None:
    name = _DATED.get(kind)
    return getattr(message.stay, name) if name else None


def _dated(
    message: Message, row: UUID, at: datetime, known: Sequence[Event], *, had_left: bool
) -> Iterator[NewEvent]:
    died_there = message.tells_of_death and not (had_left or _died_later(message))
    for kind in _DATED:
        moment = _of(message, kind)
        if moment is None or (kind is EventKind.DISCHARGED and died_there):
            continue
        facts: dict[str, Any] = {"how_known": SOURCE}
        if kind is EventKind.ADMITTED and message.stay.care:
            facts["inpatient"] = "yes" if message.stay.care == "inpatient" else "no"
        if moment.at > at:
            facts[_ANNOUNCED_FOR] = moment.at.isoformat()
        if kind is EventKind.DISCHARGED and _lies_ahead(moment, at):
            if message.stay.ready is not None or _is_ready(known):
                continue
            kind, facts[_ANNOUNCES] = _READY, kind.value
        if not _is_known(kind, moment, known):
            yield NewEvent(
                kind=kind,
                at=min(moment.at, at),
                date_only=moment.date_only,
                facts=facts,
                source=SOURCE,
                source_id=row,
            )


def _died_later(message: Message) -> bool:
    """Whether the death came on a later day than the discharge that the message tells of."""
    left, died = message.stay.discharged, message.stay.died
    days = [one.at.astimezone(OSLO).date() for one in (left, died) if one is not None]
    return len(days) == 2 and days[1] > days[0]


def _lies_ahead(moment: Moment, at: datetime) -> bool:
    return moment.at > at + _CLOCKS_DIFFER


def goes_home_later(facts: Mapping[str, Any], at: datetime) -> bool:
    """Whether a message, as its facts are kept, tells of a discharge that lies ahead."""
    left = (facts.get("stay") or {}).get("discharged")
    if not left:
        return False
    return _lies_ahead(
        Moment(at=datetime.fromisoformat(left["at"]), date_only=bool(left.get("date_only"))), at
    )


def _is_ready(known: Sequence[Event]) -> bool:
    """Whether the patient is ready for discharge by the history, and still there."""
    last = last_of(tuple(known), *_DATED)
    return last is not None and last.kind is _READY


def _is_known(kind: EventKind, moment: Moment, known: Sequence[Event]) -> bool:
    """The same kind on the same day, unless it was undone in between."""
    for event in known:
        if event.kind is not kind or not _same_day(event, moment):
            continue
        undone = _UNDONE_BY.get(kind)
        if not any(other.kind is undone and other.at >= event.at for other in known):
            return True
    return False


def _same_day(event: Event, moment: Moment) -> bool:
    """Whether the event happened, or was announced for, the day of `moment` or close to it."""
    said = event.facts.get(_ANNOUNCED_FOR)
    at = event.at if said is None else datetime.fromisoformat(said)
    if at.astimezone(OSLO).date() == moment.at.astimezone(OSLO).date():
        return True
    exact = not (event.date_only or moment.date_only)
    return exact and abs(at - moment.at) < timedelta(hours=12)


def _summary(message: Message, row: UUID, at: datetime, ours_received: bool) -> Iterator[NewEvent]:
    """A summary that lies here was sent, whoever says otherwise; received is only what came in."""
    if message.kind is not Kind.DISCHARGE_SUMMARY:
        return
    common: dict[str, Any] = {"source": SOURCE, "source_id": row}
    facts = {"how_known": SOURCE}
    if not message.final:
        yield NewEvent(kind=EventKind.SUMMARY_INTERIM, at=at, facts=facts, **common)
        return
    sent_at = min(message.generated_at, at)
    yield NewEvent(kind=EventKind.SUMMARY_SENT, at=sent_at, facts=facts, **common)
    if ours_received:
        yield NewEvent(kind=EventKind.SUMMARY_RECEIVED, at=at, facts=facts, **common)


def _death(message: Message, row: UUID, at: datetime, known: Sequence[Event]) -> Iterator[NewEvent]:
    """A death or a suicide holds everything that goes out, until two people have looked.

    One that is told of after an earlier report was refuted is a new report, whenever it is said
    to have happened.
    """
    history = tuple(known)
    if not message.tells_of_death or death_reported(history) is not None:
        return
    moment = message.stay.died or message.stay.discharged
    refuted = last_of(history, EventKind.DEATH_REFUTED)
    told_before = refuted is not None and (moment is None or moment.at <= refuted.at)
    outcome = message.outcome or Outcome.DEAD
    yield NewEvent(
        kind=EventKind.DEATH_REPORTED,
        at=at if moment is None or told_before else min(moment.at, at),
        date_only=moment is not None and moment.date_only and not told_before,
        facts={"how_known": SOURCE},
        note={"outcome": outcome.value, **({"died_at": moment.at.isoformat()} if moment else {})},
        source=SOURCE,
        source_id=row,
    )


def _received(message: Message, row: UUID, at: datetime, late: bool) -> NewEvent:
    facts: dict[str, Any] = {
        "message_kind": message.kind.value,
        "format": message.format,
        "series": message.series.value,
        "checked": message.checked.value,
        "late": late,
    }
    discharged = message.stay.discharged
    if discharged is not None and _lies_ahead(discharged, at):
        facts["discharge_expected_at"] = discharged.at.isoformat()
    return NewEvent(
        kind=EventKind.MESSAGE_RECEIVED,
        at=at,
        facts=facts,
        note=beside.told(message),
        source=SOURCE,
        source_id=row,
    )


def with_facts(events: Sequence[NewEvent], facts: Mapping[str, str]) -> tuple[NewEvent, ...]:
    """The events with what the codes of their message say; its receipt, which stands when it is
    cancelled, says none of it."""
    received = EventKind.MESSAGE_RECEIVED
    return tuple(
        one if one.kind is received else replace(one, facts={**one.facts, **facts})
        for one in events
    )
