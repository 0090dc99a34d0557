"""A person declines, and the offer is made again on a day: which one, and which may be chosen.

The routine says how long after (`offer_again_at` in a step of `declined`) and how far away a day
may be chosen. A day on which the team is closed gives way to the next one on which it is open.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.pathways.domain import Due, Pathway
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Invalid

MOMENT = "offer_again_at"


class OfferAgainTooSoon(Invalid):
    """The offer is made again on a later day than the one on which the person declined it."""

    code = "case.offer_again_too_soon"


class OfferAgainTooLate(Invalid):
    """The day lies further away than the routine allows."""

    code = "case.offer_again_too_late"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """On which day it is made again; `chosen` where that day was closed and gave way to `on`.

    `latest`: the last day that the routine lets a person choose.
    """

    on: date
    chosen: date | None = None
    latest: date | None = None

    def facts(self, calendar: Calendar) -> dict[str, Any]:
        """As they stand with the event: a day counts as its first instant."""
        said = {} if self.chosen is None else {"offer_again_chosen": self.chosen.isoformat()}
        return {MOMENT: calendar.start_of_day(self.on).isoformat(), **said}


def rule_of(pathway: Pathway) -> Due | None:
    """When the routine has the offer made again; None where it says nothing of it."""
    steps = (step for step in pathway.steps if step.after == EventKind.DECLINED)
    return next((step.due for step in steps if step.due.of == MOMENT), None)


def offered_again(
    rule: Due | None, calendar: Calendar, at: datetime, chosen: date | None = None
) -> Offer | None:
    """The day that was `chosen`, else the routine's own; None where neither names one.

    Raises `OfferAgainTooSoon` for today and before, `OfferAgainTooLate` past the routine's limit.
    """
    today, latest = calendar.local_date(at), None
    if rule is not None and rule.latest is not None:
        latest = calendar.local_date(calendar.after(at, rule.latest, rule.count))
    if chosen is not None and chosen <= today:
        raise OfferAgainTooSoon(on=chosen.isoformat())
    if chosen is not None and latest is not None and chosen > latest:
        raise OfferAgainTooLate(on=chosen.isoformat(), latest=latest.isoformat())
    day = chosen or _by_the_routine(rule, calendar, at)
    if day is None:
        return None
    on = open_from(day, calendar, at)
    return Offer(on=on, chosen=chosen if on != chosen else None, latest=latest)


def _by_the_routine(rule: Due | None, calendar: Calendar, at: datetime) -> date | None:
    if rule is None or rule.unknown is None:
        return None
    day = calendar.local_date(calendar.after(at, rule.unknown, rule.count))
    return max(day, calendar.local_date(at) + timedelta(days=1))


def open_from(day: date, calendar: Calendar, at: datetime) -> date:
    """That day, or the next on which somebody is at work after `at`."""
    opens = calendar.next_staffed(max(calendar.start_of_day(day), at))
    return day if opens is None else calendar.local_date(opens)
