"""Which day the offer is made again on: asked for a page, and for whoever records a no.

The day that stands with a no is owed, whichever way the no was recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind, death_reported, offering, staying, telling
from bindeledd.features.cases.domain.entailing import FOLLOWS
from bindeledd.features.cases.domain.offering import Offer
from bindeledd.features.cases.service import owing
from bindeledd.features.cases.service.adding import Wanted
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


@dataclass(frozen=True, kw_only=True)
class Again:
    """The day, and the plain facts that say so; `is_called`: it is the day of a call that was agreed."""

    offer: Offer | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_called: bool = False

    @property
    def gave_way_to(self) -> date | None:
        """The day in place of the one that was chosen, where that is closed."""
        return None if self.offer is None or self.offer.chosen is None else self.offer.on


def offer_again(
    session: Session,
    case_id: UUID,
    *,
    on: date | None = None,
    named: datetime | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Again:
    """When the offer is made again after a no at `at`: `on`, else the day of the moment `named`
    (a later one than today), else the routine's own.

    Whether `by` may see the case was asked before. Raises `OfferAgainTooSoon`,
    `OfferAgainTooLate`.
    """
    case = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    frame = frame_of(session, case, book)
    calendar = frame.calendar(frame.team("responsible_team"))
    called = None if named is None else calendar.local_date(named)
    if on is None and called is not None and called > calendar.local_date(at):
        on = called
    routine = staying.here(book, case, queries.events_of(session, case_id))
    offer = offering.offered_again(offering.rule_of(routine), calendar, at, on)
    facts = {} if offer is None else offer.facts(calendar)
    return Again(offer=offer, facts=facts, is_called=on is not None and on == called)


def see_that_it_is_offered(
    session: Session,
    done: Recorded,
    *,
    words: Mapping[str, Any],
    about: UUID | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe the day of a new offer that stands with what was recorded, unless the routine owes it.

    Nobody is called after a death was reported. `about`: the contact, else the no itself. It falls
    with the no, where that was an error.
    """
    left = offering.unowed(done.events, done.new)
    if not left or death_reported(queries.events_of(session, done.case.id)) is not None:
        return done
    calendar = staff.team_calendar(session, done.case.responsible_team_id)
    wanted = []
    for no, day in left:
        due = offering.on_its_day(calendar.local_date(day), calendar, at)
        one = Wanted(
            kind="call_patient",
            due_at=max(due.due_at, at),
            window_from=due.opens,
            reason={**due.reason, "rule": offering.RULE},
            words=words,
            satisfied_by=("reached", "declined"),
            about={"about": about or no.id, FOLLOWS: no.id},
        )
        wanted.append(one)
    return owing.owe_all(session, done, wanted, by=by, at=at, book=book)


def offer_bereaved_again(
    session: Session,
    case_id: UUID,
    kind: EventKind,
    *,
    answer: object = "later",
    on: date | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Again:
    """When those who are left behind are asked again after *not now*: `on`, else the product's own day.

    After a no only where a day was agreed; any other answer has none. Raises `BadFact`,
    `OfferAgainTooSoon`, `OfferAgainTooLate`.
    """
    if answer not in telling.ASKED_AGAIN and on is not None:
        raise telling.BadFact(fact=offering.MOMENT)
    if answer not in telling.ASKED_AGAIN or (answer != "later" and on is None):
        return Again()
    return _again(session, case_id, kind, on, by=by, at=at, book=book)


def offer_plan_again(
    session: Session,
    case_id: UUID,
    *,
    on: date | None = None,
    declined: bool = False,
    by: Actor,
    at: datetime,
    book: Book,
) -> Again:
    """When a plan is offered again to a person who wants to wait: `on`, else the routine's own day.

    To one who `declined` it, when the routine would have gone through it anew. Raises
    `OfferAgainTooSoon`, `OfferAgainTooLate`.
    """
    said = offering.DECLINES if declined else offering.WAITS
    kind = EventKind.PLAN_OFFERED
    again = _again(session, case_id, kind, on, declined=declined, by=by, at=at, book=book)
    return replace(again, facts={said: True, **again.facts})


def _again(
    session: Session,
    case_id: UUID,
    kind: EventKind,
    on: date | None,
    *,
    declined: bool = False,
    by: Actor,
    at: datetime,
    book: Book,
) -> Again:
    """By the rule of the routine that counts from the day of a new offer, else by the product's own."""
    case = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    routine = staying.here(book, case, queries.events_of(session, case_id))
    frame = frame_of(session, case, book)
    core = book.core.get(_OWED_AGAIN[kind])
    rule = offering.rule_of(routine, kind) or (None if core is None else core.due)
    if declined:
        rule = offering.after_a_no(rule, routine)
    calendar = frame.calendar(frame.team("responsible_team"))
    offer = offering.offered_again(rule, calendar, at, on)
    return Again(offer=offer, facts={} if offer is None else offer.facts(calendar))


_OWED_AGAIN = {
    EventKind.BEREAVED_OFFERED: "support_bereaved",
    EventKind.BEREAVED_CHILDREN_OFFERED: "support_bereaved_children",
    EventKind.PLAN_OFFERED: offering.PLAN,
}
