"""A person declines, and the offer is made again on a day: which one, and which may be chosen.

The routine says how long after (`offer_again_at` in a step of `declined`) and how far away a day
may be chosen. A day on which the team is closed gives way to the next one on which it is open. Where the routine makes no task of the day
that was promised, it is owed all the same.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.telling import BadFact
from bindeledd.features.pathways.domain import Due, DueMoment, Gate, Pathway, Step, due_moment
from bindeledd.features.pathways.domain.facts import fact_word
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar, Period
from bindeledd.foundation.errors import Invalid

MOMENT = "offer_again_at"
# Which rule has it due that the product itself owes: whoever wrote down the no named the day.
RULE = "offer_again"
# The task of a plan, offered for the first time, again, or gone through anew.
PLAN = "offer_plan"
# Said with the offer of a plan: the person wants to wait with it, or said no to it.
WAITS, DECLINES = "plan_later", "plan_declined"
_ON_ITS_DAY = Due(within=Period(), opens=Period(), end_of_day=True, never_earlier=True)


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


def is_instead(attempt: Event, history: Iterable[Event]) -> bool:
    """Whether the person answered this attempt with a no, and the day of a new offer stands with it:
    that day is the next attempt."""
    return attempt.source_id is not None and any(
        event.kind is EventKind.DECLINED
        and event.source_id == attempt.source_id
        and not event.in_error
        and bool(event.facts.get(MOMENT))
        for event in history
    )


def replaces(task: str, event: Event, history: Iterable[Event]) -> bool:
    """Whether the day of a new offer stands in place of a call: not before it."""
    calls = task == "call_patient" and event.kind is EventKind.CONTACT_ATTEMPTED
    return calls and event.is_answered and is_instead(event, history)


def waits(facts: Mapping[str, object]) -> bool:
    """Whether the person to whom a plan was offered wants to wait with it."""
    return fact_word(facts.get(WAITS)) == "yes"


def declines(facts: Mapping[str, object]) -> bool:
    """Whether the person to whom a plan was offered said no to it."""
    return fact_word(facts.get(DECLINES)) == "yes"


def is_unmade(facts: Mapping[str, object]) -> bool:
    """Whether a plan was offered and the person has not made it: it is offered again."""
    return waits(facts) or declines(facts)


def check_plan(facts: Mapping[str, object], on: date | None) -> None:
    """A person waits with a plan or says no to it, and the day of a new offer belongs to the wait."""
    if waits(facts) and declines(facts):
        raise BadFact(fact=DECLINES)
    if on is not None and (declines(facts) or (WAITS in facts and not waits(facts))):
        raise BadFact(fact=MOMENT)


def is_of_a_new_offer(rule: Step | Gate, event: Event) -> bool:
    """Whether this is the rule by which what was offered, and not made, is offered again: nothing
    that the person has not made is gone through anew."""
    return (rule.due.of == MOMENT) is is_unmade(event.facts)


def rule_of(pathway: Pathway, after: EventKind = EventKind.DECLINED) -> Due | None:
    """When the routine has the offer made again; None where it says nothing of it."""
    steps = (step for step in pathway.steps if step.after == after)
    return next((step.due for step in steps if step.due.of == MOMENT), None)


def after_a_no(rule: Due | None, pathway: Pathway) -> Due | None:
    """When a plan is offered again to who said no to it: when the routine would have gone through it
    anew, else as `rule` says."""
    steps = (step for step in pathway.steps if step.after == EventKind.PLAN_OFFERED)
    anew = next((step.due for step in steps if step.task == PLAN and step.due.of is None), None)
    if rule is None or anew is None:
        return rule
    return replace(rule, unknown=anew.within, count=anew.count)


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


def on_its_day(day: date, calendar: Calendar, at: datetime, *, of: str = MOMENT) -> DueMoment:
    """When it is owed on a day that was named (the moment `of`): by the end of it, and nobody is
    reminded before. A closed day gives way to the next open one after `at`."""
    named = calendar.start_of_day(open_from(day, calendar, at)).isoformat()
    return due_moment(replace(_ON_ITS_DAY, of=of), at, False, calendar, facts={of: named})


def unowed(told: Collection[Event], planned: Collection[Task]) -> list[tuple[Event, datetime]]:
    """Each no of which nothing planned is the new offer, with the day that was promised."""
    owed = {task.anchor_event_id for task in planned if task.due_reason.get("of") == MOMENT}
    return [
        (event, datetime.fromisoformat(str(event.facts[MOMENT])))
        for event in told
        if event.kind is EventKind.DECLINED and event.facts.get(MOMENT) and event.id not in owed
    ]
