"""Is everyone accounted for? The statement that was made last, earlier mornings, and *read*."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.rollcall import service
from bindeledd.features.rollcall.domain import Kept, StatementNotFound
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.texts import t

bp = Blueprint("rollcall_pages", __name__, template_folder="templates")


@bp.get("/rollcall")
def latest() -> ResponseReturnValue:
    by = current_actor()
    with transaction() as session:
        mornings = service.show_mornings(session, by=by, at=now())
        try:
            kept = service.show_latest(session, by=by, at=now())
        except StatementNotFound:
            return render_template("rollcall/none.html")
        return _page(session, kept, mornings)


@bp.get("/rollcall/<uuid:statement_id>")
def statement(statement_id: UUID) -> ResponseReturnValue:
    by = current_actor()
    with transaction() as session:
        kept = service.show_statement(session, statement_id, by=by, at=now())
        return _page(session, kept, ())


@bp.post("/rollcall/<uuid:statement_id>/read")
def sign(statement_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        service.sign(session, statement_id, by=current_actor(), at=now())
    return go_to("rollcall_pages.latest", notice="rollcall.notices.read")


def _page(session: Session, kept: Kept, mornings: Sequence[Kept]) -> str:
    by = current_actor()
    said = kept.statement
    return render_template(
        "rollcall/statement.html",
        kept=kept,
        said=said,
        missing=_missing(kept),
        mornings=mornings,
        unread=next((one for one in mornings if one.read_at is None), None),
        member_names=staff.member_names(session, by.tenant_id),
        age=_age(now() - said.at),
        counted=_age(now() - (kept.counted_at or said.at)),
        at=now(),
    )


def _age(since: timedelta) -> str:
    """How long ago that is, in words: «51 dager»."""
    minutes = int(since.total_seconds() // 60)
    if minutes < 1:
        return t("rollcall.age.just_now")
    days, hours = minutes // (24 * 60), minutes // 60
    name, count = next(
        (pair for pair in (("days", days), ("hours", hours)) if pair[1] > 1), ("minutes", minutes)
    )
    return t(f"rollcall.age.{name}", count=count)


def _missing(kept: Kept) -> list[dict[str, Any]]:
    """Whom nobody answers for and why; what is undecided leads to the queue, not to a case."""
    said = kept.statement
    found = [{"id": one.id, "why": one.why, "case": True} for one in said.remainder]
    found += [{"id": one, "why": "pointer_wrong", "case": True} for one in said.pointer_wrong]
    return found + [{"id": one.id, "why": one.why, "case": False} for one in said.undecided.unseen]
