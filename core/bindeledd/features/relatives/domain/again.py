"""Who wants to wait is asked about relatives again: on which day, and how that is known."""

from datetime import UTC, date, datetime, time
from typing import Any

from bindeledd.features.relatives.domain import Answer
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.spelling import OSLO


class AskAgainAhead(Invalid):
    """Who says *later* is asked again on a day that lies ahead; any other answer has no such day."""

    code = "relatives.ask_again_ahead"


def check_again(answer: Answer | None, on: date | None, at: datetime) -> None:
    """Refuse a day that does not lie ahead, or that belongs to another answer than *later*."""
    if on is not None and (answer is not Answer.LATER or on <= at.astimezone(OSLO).date()):
        raise AskAgainAhead()


def asked_again(answer: Answer, on: date | None) -> dict[str, Any]:
    """The plain facts by which *later* is asked again; none for any other answer."""
    if answer is not Answer.LATER:
        return {}
    day = None if on is None else datetime.combine(on, time(), tzinfo=OSLO).astimezone(UTC)
    return {"relatives_later": True, **({} if day is None else {"ask_again_at": day.isoformat()})}
