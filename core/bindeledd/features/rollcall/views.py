"""The roll call over HTTP, for those who lead a team."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.rollcall import service
from bindeledd.features.rollcall.schemas import StatementView
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction

bp = Blueprint("rollcall", __name__, url_prefix="/rollcall", description="Is everyone there?")


@bp.get("")
@bp.response(200, StatementView)
def latest() -> ResponseReturnValue:
    """The roll call that was made last."""
    with transaction() as session:
        kept = service.show_latest(session, by=current_actor(), at=now())
    return answer(StatementView, kept)


@bp.get("/mornings")
@bp.response(200, StatementView(many=True))
def mornings() -> ResponseReturnValue:
    """The morning statements of the last month, the newest first."""
    with transaction() as session:
        kept = service.show_mornings(session, by=current_actor(), at=now())
    return answer(StatementView, kept, many=True)


@bp.post("/<uuid:statement_id>/signature")
@bp.response(200, StatementView)
def sign(statement_id: UUID) -> ResponseReturnValue:
    """Say that one has read it. Once, by name; it changes nothing else."""
    with transaction() as session:
        kept = service.sign(session, statement_id, by=current_actor(), at=now())
    return answer(StatementView, kept)
