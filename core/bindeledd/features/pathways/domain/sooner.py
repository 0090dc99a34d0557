"""Whether one due time is at least as early as another: after every event, whatever day it is.

What cannot be shown for every weekend, holiday, opening hour and change of the clocks counts as
later. Nothing here asks a calendar: it holds for the calendar of any team.
"""

from datetime import timedelta

from bindeledd.features.pathways.domain.values import Due
from bindeledd.foundation.calendars import Count, Period
from bindeledd.foundation.texts import Said, said

_DAY = timedelta(days=1)
# By how much local days together may be longer or shorter than days of 24 hours: as far as any
# zone moves its clocks.
_CLOCKS = timedelta(hours=2)


def why_later(old: Due, new: Due) -> Said | None:
    """None, or why `new` may be due later than `old`, ask for less, or make no task at all."""
    if (old.of, old.backwards) != (new.of, new.backwards):
        return said("pathways.loosening.other_moment")
    if old.never_earlier != new.never_earlier:
        return said("pathways.loosening.other_waiting")
    return _of_a_moment(old, new) or _too_late(old, new) or _too_early(old, new)


def _of_a_moment(old: Due, new: Due) -> Said | None:
    """What only a due time says that is counted from a recorded moment."""
    if old.latest is not None and not in_time(new.latest, new.count, old.latest, old.count):
        return said("pathways.loosening.later_day", latest=old.latest)
    if old.of is None:
        return None
    if old.end_of_day != new.end_of_day or not _counts_alike(old, new):
        return _incomparable(old, new)
    if old.unknown is not None and not in_time(new.unknown, new.count, old.unknown, old.count):
        return said("pathways.loosening.later_unknown", new=new.unknown, old=old.unknown)
    return _otherwise_before(old, new) if old.backwards else None


def _otherwise_before(old: Due, new: Due) -> Said | None:
    """What is owed further before a moment is not owed at all where the moment is near."""
    if old.count is not new.count:
        return _incomparable(old, new)
    if old.within == new.within:
        return None
    code = "later_before" if new.within.length < old.within.length else "further_before"
    return said(f"pathways.loosening.{code}", new=new.within, old=old.within)


def _too_late(old: Due, new: Due) -> Said | None:
    if old.backwards or _endsin_time(old, new):
        return None
    ends_more = new.end_of_day and new.within.length >= old.within.length
    if old.count is new.count and (old.end_of_day == new.end_of_day or ends_more):
        return said("pathways.loosening.later", new=_ends(new), old=_ends(old))
    return _incomparable(old, new)


def _endsin_time(old: Due, new: Due) -> bool:
    """A day that is counted from an hour when nobody works lasts until its shift begins: only the
    same way of counting is as late then. The end of the day on which something ends is at the
    latest a day after it."""
    if not new.within and not new.end_of_day and old.count is new.count:
        return True
    lasts = new.end_of_day or not _counts_alike(old, new)
    if not lasts or old.end_of_day:
        return in_time(new.within, new.count, old.within, old.count)
    return _day_endsin_time(new.within, new.count, old)


def _day_endsin_time(within: Period, count: Count, old: Due) -> bool:
    if not within:
        count = Count.CALENDAR_DAYS
    if not within.time and count in (Count.CALENDAR_DAYS, Count.WORKING_DAYS):
        next_day = Period(within.days + 1)
        return in_time(next_day, count, old.within, old.count)
    most = _at_most(within, count)
    return most is not None and most + _DAY + _CLOCKS <= _at_least(old.within, old.count)


def _counts_alike(old: Due, new: Due) -> bool:
    return new.count is not Count.WORKING_DAYS or old.count is Count.WORKING_DAYS


def in_time(new: Period | None, count: Count, old: Period, old_count: Count) -> bool:
    """Is `new` over, from wherever both are counted, when `old` is?"""
    if new is None:
        return False
    if not new:
        return True
    alike = count is old_count or (count, old_count) == (Count.CALENDAR_DAYS, Count.WORKING_DAYS)
    if alike and new.days <= old.days and new.time <= old.time:
        return True
    elapsed = count is old_count and count in (Count.HOURS, Count.STAFFED_HOURS)
    if elapsed:
        return new.length <= old.length
    most = _at_most(new, count)
    return most is not None and most <= _at_least(old, old_count)


def _at_most(period: Period, count: Count) -> timedelta | None:
    """How long it may last at the most; None where a closed team makes it last."""
    if not period:
        return timedelta()
    if count is Count.STAFFED_HOURS or (count is Count.WORKING_DAYS and period.days):
        return None
    moved = count is Count.CALENDAR_DAYS and period.days
    return period.length + (_CLOCKS if moved else timedelta())


def _at_least(period: Period, count: Count) -> timedelta:
    moved = count in (Count.CALENDAR_DAYS, Count.WORKING_DAYS) and period.days
    return period.length - (_CLOCKS if moved else timedelta())


def _too_early(old: Due, new: Due) -> Said | None:
    """What happens before a window opens does not do it: an earlier one asks for less."""
    if old.opens is None or _opensin_time(old, old.opens, new):
        return None
    return said("pathways.loosening.opens_earlier", old=old.opens)


def _opensin_time(old: Due, opens: Period, new: Due) -> bool:
    if new.opens is None:
        return False
    if not old.backwards:
        return in_time(opens, old.count, new.opens, new.count)
    whole_day = not new.opens.time and bool(opens.time)
    return not whole_day and in_time(new.opens, new.count, opens, old.count)


def _incomparable(old: Due, new: Due) -> Said:
    return said("pathways.loosening.maybe_later", new=_written(new), old=_written(old))


def _written(due: Due) -> str:
    """A due time nearly as its file says it: `P1D working_days end_of_day`."""
    before = "before " if due.backwards else ""
    end = " end_of_day" if due.end_of_day else ""
    return f"{before}{due.within} {due.count}{end}"


def _ends(due: Due) -> str:
    return f"{due.within} end_of_day" if due.end_of_day else str(due.within)
