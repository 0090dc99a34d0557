"""A ladder of a pack or a site reaches the lead as soon as the core's own, and as often."""

from collections.abc import Iterable, Iterator

from bindeledd.features.pathways.domain.ladder_values import Ladder
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.texts import Fault

_STANDARD, _LEAD = "standard", "lead"


def too_late(ladders: Iterable[Ladder], home: str) -> Iterator[Finding]:
    """What is longer than in the standard ladder of the distribution `home`, by its length alone,
    whichever hours or days are counted: till the lead hears, till all begins again, how long
    somebody who has seen it has peace, and how far a person may put later what it watches."""
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
        for name, period in _promises(ladder):
            if period.length > promised[name].length:
                yield Finding(
                    origin=ladder.origin,
                    key=f"ladder.{ladder.key}.{name}",
                    fault=Fault(
                        "pathways.ladder_later", {"new": str(period), "old": str(promised[name])}
                    ),
                )


def _promises(ladder: Ladder) -> Iterator[tuple[str, Period]]:
    """Each time within which somebody hears, by the key under which it is written."""
    late = (one.offset for one in ladder.rungs if one.audience == _LEAD and not one.before)
    yield "rungs", min(late, key=lambda one: one.length, default=Period())
    yield "repeat_every", ladder.repeat_every
    yield "seen_for", ladder.seen_for
    yield "later_at_most", ladder.later_at_most or Period()
