"""My day over HTTP: a page, a poll that carries no patient, and counts."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.worklist import service
from bindeledd.features.worklist.domain import Cursor, Filter
from bindeledd.features.worklist.schemas import (
    AskChanged,
    AskWorklist,
    ChangedView,
    CountsView,
    WorklistView,
)
from bindeledd.foundation.http import (
    BadFields,
    Blueprint,
    answer,
    answer_json,
    current_actor,
    now,
    transaction,
)

bp = Blueprint("worklist", __name__, url_prefix="/worklist", description="My day")


@bp.get("")
@bp.arguments(AskWorklist, location="query")
@bp.alt_response(200, schema=WorklistView, success=True)
def show(asked: dict[str, Any]) -> ResponseReturnValue:
    """What is owed for one's own teams, by due time and then id; 50 rows and where to go on."""
    after, chosen = _read(asked)
    with transaction() as session:
        page = service.show_worklist(
            session, by=current_actor(), at=now(), after=after, chosen=chosen
        )
    on = None if page.next is None else str(page.next)
    return answer_json({"rows": page.rows, "next": on, "token": page.token, "at": now()})


@bp.get("/changed")
@bp.arguments(AskChanged, location="query")
@bp.response(200, ChangedView)
def changed(asked: dict[str, Any]) -> ResponseReturnValue:
    """Whether the page that gave `token` would be another one now. Carries no patient."""
    after, chosen = _read(asked)
    with transaction() as session:
        other = service.has_changed(
            session, asked["token"], by=current_actor(), after=after, chosen=chosen
        )
    return answer_json({"changed": other})


@bp.get("/counts")
@bp.response(200, CountsView)
def counts() -> ResponseReturnValue:
    """How much is owed, by part of the list. Carries no patient."""
    with transaction() as session:
        counted = service.count(session, by=current_actor(), at=now())
    return answer(CountsView, counted)


def _read(asked: dict[str, Any]) -> tuple[Cursor | None, Filter]:
    person = asked.get("person")
    chosen = Filter(
        team=asked.get("team"),
        held_by=_person(person) if person not in (None, "nobody") else None,
        unheld=person == "nobody",
        kinds=tuple(asked.get("kind", ())),
    )
    cursor = asked.get("cursor")
    return (Cursor.parse(cursor) if cursor else None), chosen


def _person(text: str | None) -> UUID | None:
    if text == "me":
        return current_actor().id
    try:
        return UUID(text)
    except (TypeError, ValueError):
        raise BadFields(fields={"person": ["not an id, me or nobody"]}) from None
