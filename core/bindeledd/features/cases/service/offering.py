"""Which day the offer is made again on: asked for a page, and for whoever records a no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import offering
from bindeledd.features.cases.domain.offering import Offer
from bindeledd.features.cases.service.writing import frame_of
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor


@dataclass(frozen=True, kw_only=True)
class Again:
    """The day, the plain facts that say so, and whether the routine makes a task of it."""

    offer: Offer | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    by_routine: bool = True

    @property
    def gave_way_to(self) -> date | None:
        """The day in place of the one that was chosen, where that is closed."""
        return None if self.offer is None or self.offer.chosen is None else self.offer.on

    @property
    def is_unowed(self) -> bool:
        """Whether somebody else than the routine has to make it a task."""
        return self.offer is not None and not self.by_routine


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
    if on is None and named is not None and calendar.local_date(named) > calendar.local_date(at):
        on = calendar.local_date(named)
    rule = offering.rule_of(frame.pathway)
    offer = offering.offered_again(rule, calendar, at, on)
    facts = {} if offer is None else offer.facts(calendar)
    return Again(offer=offer, facts=facts, by_routine=rule is not None)
