"""How often and when a person may be interrupted, and what is never held back.

Every alert stands in the inbox at once, whatever is said here: this is about what leaves it
(e-mail, SMS). Read `words_for`. Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from bindeledd.foundation.days import instant, zone_named

# A rung that no ladder has: somebody has had the day's messages, so the lead hears at once.
OVER_BUDGET_RUNG = -2000

_DAY = timedelta(days=1)
_MIDNIGHT = time()


@dataclass(frozen=True, kw_only=True)
class Hygiene:
    """A site's choices. `budget`: messages to one person in a day, 0 for no limit.

    `quiet`: from and until, on the wall in `zone`; None for none. `digest_at`: when the morning's
    numbers go out; None for never. `ways`: the order in which channels are used; what the first
    has not delivered goes by the next when `next_way_after` has passed, or at once where it never
    will. `least_apart`: how long after one message the next may go. Each figure is ours: no
    authority gives one.
    """

    budget: int = 0
    quiet: tuple[time, time] | None = None
    digest_at: time | None = None
    zone: str = "Europe/Oslo"
    ways: tuple[str, ...] = ("email",)
    next_way_after: timedelta = timedelta(minutes=5)
    least_apart: timedelta = timedelta()

    def goes_before(self, way: str, other: str) -> bool:
        """Whether one channel is used before another: as named in `ways`, then by name."""
        return self._turn(way) < self._turn(other)

    def _turn(self, way: str) -> tuple[int, str]:
        named = self.ways.index(way) if way in self.ways else len(self.ways)
        return named, way

    def day_begins(self, at: datetime) -> datetime:
        """Midnight before `at` on the wall."""
        zone = zone_named(self.zone)
        return instant(at.astimezone(zone).date(), _MIDNIGHT, zone)

    def day_ends(self, at: datetime) -> datetime:
        """Midnight after `at` on the wall."""
        zone = zone_named(self.zone)
        return instant(at.astimezone(zone).date() + _DAY, _MIDNIGHT, zone)

    def digest_moment(self, at: datetime) -> datetime | None:
        """When the numbers of the day of `at` go out; None where there are none.

        In the quiet hours of a morning they wait until those end.
        """
        if self.digest_at is None:
            return None
        zone = zone_named(self.zone)
        moment = instant(at.astimezone(zone).date(), self.digest_at, zone)
        ends = self.quiet_until(moment)
        return ends if ends is not None and ends < self.day_ends(at) else moment

    def quiet_until(self, at: datetime) -> datetime | None:
        """When the quiet hours in which `at` lies end; None outside them."""
        if self.quiet is None:
            return None
        begins, ends = self.quiet
        zone = zone_named(self.zone)
        today = at.astimezone(zone).date()
        last = _DAY if ends <= begins else timedelta()
        for day in (today - _DAY, today):
            if instant(day, begins, zone) <= at < instant(day + last, ends, zone):
                return instant(day + last, ends, zone)
        return None

    def too_soon(self, at: datetime, last_sent: datetime | None) -> bool:
        """Whether a person was told so shortly before `at` that what comes now waits a while."""
        return last_sent is not None and at < last_sent + self.least_apart

    def new_day(self, at: datetime) -> datetime:
        """When somebody who has had the day's messages may get one again: after the quiet hours."""
        midnight = self.day_ends(at)
        return self.quiet_until(midnight) or midnight


class Word(StrEnum):
    """What is said of one message. `say` goes out; the others say why it does not, now."""

    SAY = "say"
    TWICE = "already_told"
    AWAITED = "receipt_awaited"
    TURN = "other_way_first"
    QUIET = "quiet_hours"
    BUDGET = "over_budget"
    APART = "just_told"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What an alert says to a person: of which task, due when, in which round, and late or not yet.

    A later round, another due time, and late after not yet late are each a new fact. So is what
    a lead hears because somebody has had the day's messages.
    """

    task_id: UUID
    due_at: datetime
    round: int
    late: bool
    over_budget: bool = False


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One message that could go out now. `never_waits`: a last rung, or a ladder day and night.

    Such a one goes by every way at once, unless it is `by_one_way` (over another's budget): then
    by the first that works, and what comes just after it goes as one number.
    """

    id: UUID
    fact: Fact
    never_waits: bool
    by_one_way: bool = False

    @property
    def by_every_way(self) -> bool:
        return self.never_waits and not self.by_one_way


def words_for(
    own: Sequence[Saying],
    *,
    told: frozenset[Fact],
    just_told: Collection[Fact] = (),
    just_taken: Collection[Fact] = (),
    awaited: Collection[Fact] = (),
    first: Collection[Fact] = (),
    on_duty: bool,
    sent_today: int,
    last_sent: datetime | None = None,
    hygiene: Hygiene,
    at: datetime,
) -> Mapping[UUID, Word]:
    """What happens to each of one person's messages. They would go out as one.

    The same fact goes out once, by whatever channel; a last rung says it again, but not by the
    channel that said it a moment ago (`just_told`). What a gateway took and has not delivered
    (`awaited`) is not told: whatever says the same waits for that receipt, and goes out if none
    comes; a last rung only for what this channel's own gateway took a moment ago (`just_taken`).
    So does what a channel before this one has yet to say (`first`). Quiet hours keep from
    whoever is off duty what is no last rung.
    Beyond the day's budget nothing goes out but what never waits, nor too soon after `last_sent`:
    what is over another's budget (`by_one_way`) waits for that too, and for nothing else.
    Where something goes out, all that waits for its turn goes with it: it is one message, and a
    number of all of it.
    """
    twice = {
        one.id: Word.TWICE
        for one in own
        if one.fact in just_told or (one.fact in told and not one.by_every_way)
    }
    left = [one for one in own if one.id not in twice]
    waits = {one.id: Word.TURN for one in left if not one.by_every_way and one.fact in first} | {
        one.id: Word.AWAITED
        for one in left
        if one.fact in (just_taken if one.by_every_way else awaited)
    }
    new = [one for one in left if one.id not in waits]
    word, urgent = Word.SAY, [one for one in new if one.never_waits]
    if not urgent:
        word = _held(hygiene, at, on_duty=on_duty, sent_today=sent_today, last_sent=last_sent)
    elif all(one.by_one_way for one in urgent) and hygiene.too_soon(at, last_sent):
        word = Word.APART
    if new and word is Word.SAY:
        waits = {one: why for one, why in waits.items() if why is not Word.TURN}
    return twice | waits | {one.id: word for one in left if one.id not in waits}


def _held(
    hygiene: Hygiene, at: datetime, *, on_duty: bool, sent_today: int, last_sent: datetime | None
) -> Word:
    """Why a person is not told now of what may wait; `say` where they are."""
    if not on_duty and hygiene.quiet_until(at) is not None:
        return Word.QUIET
    if 0 < hygiene.budget <= sent_today:
        return Word.BUDGET
    return Word.APART if hygiene.too_soon(at, last_sent) else Word.SAY
