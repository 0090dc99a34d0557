"""A ladder of a pack or a site reaches the lead as soon as the core's own, and as often."""

from collections.abc import Iterable, Iterator, Sequence

from bindeledd.features.pathways.domain.ladder_values import Ladder
from bindeledd.features.pathways.domain.sooner import in_time
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.foundation.calendars import Count, Period
from bindeledd.foundation.texts import Fault

_STANDARD, _LEAD = "standard", "lead"
_Counted = tuple[Period, Count]


def too_late(ladders: Iterable[Ladder], home: str) -> Iterator[Finding]:
    """What can come later than in the standard ladder of the distribution `home`, whatever day it is
    and whenever a team is at work (`sooner.py`): till the lead hears, till all begins again, how
    long somebody who has seen it has peace; and how far a person may put later what it watches."""
    every = list(ladders)
    own = (one for one in every if one.key == _STANDARD and one.origin.distribution == home)
    standard = next(own, None)
    if standard is None:
        return
    promised = dict(_promises(standard))
    core = {one.key for one in every if one.origin.distribution == home}
    for ladder in every:
        if ladder.key in core:  # said again: that is refused as such
            continue
        for name, ways in _promises(ladder):
            late = next((old for old in promised[name] if not _kept(ways, old)), None)
            if late is not None:
                yield _finding(ladder, name, _soonest(ways), late)
        most, at_most = (one.later_at_most or Period() for one in (ladder, standard))
        if most.length > at_most.length:  # counted by its length, whatever a team's days are
            fault = Fault("pathways.ladder_later", {"new": str(most), "old": str(at_most)})
            yield _told(ladder, "later_at_most", fault)


def _promises(ladder: Ladder) -> Iterator[tuple[str, Sequence[_Counted]]]:
    """Each time within which somebody hears, by the key under which it is written."""
    late = [one for one in ladder.rungs if one.audience == _LEAD and not one.before]
    yield "rungs", [(one.offset, one.count) for one in late]
    yield "repeat_every", [(ladder.repeat_every, ladder.repeat_count)]
    yield "seen_for", [(ladder.seen_for, ladder.seen_count)]


def _kept(ways: Sequence[_Counted], old: _Counted) -> bool:
    """One of them is enough: what else is said comes beside it."""
    return any(in_time(*one, *old) for one in ways)


def _soonest(ways: Sequence[_Counted]) -> _Counted:
    return min(ways, key=lambda one: one[0].length, default=(Period(), Count.HOURS))


def _finding(ladder: Ladder, name: str, new: _Counted, old: _Counted) -> Finding:
    (period, count), (most, counted) = new, old
    if period.length > most.length and count is not Count.STAFFED_HOURS:
        fault = Fault("pathways.ladder_later", {"new": str(period), "old": str(most)})
        return _told(ladder, name, fault)
    fault = Fault(
        "pathways.ladder_maybe_later", {"new": f"{period} {count}", "old": f"{most} {counted}"}
    )
    return _told(ladder, name, fault)


def _told(ladder: Ladder, name: str, fault: Fault) -> Finding:
    return Finding(origin=ladder.origin, key=f"ladder.{ladder.key}.{name}", fault=fault)
