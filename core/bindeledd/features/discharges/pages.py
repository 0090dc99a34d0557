"""Discharge lists, for those who lead a team: who is listed and neither followed nor decided."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.discharges import service
from bindeledd.features.discharges.domain import Outcome
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.texts import t

bp = Blueprint("discharges_pages", __name__, template_folder="templates")


@bp.get("/discharge-lists")
def lists() -> ResponseReturnValue:
    by = current_actor()
    with transaction() as session:
        shown = service.show_lists(session, by=by, at=now())
        return render_template(
            "discharges/lists.html",
            shown=shown,
            outcomes=list(Outcome),
            outcome_words=[t(f"discharges.outcomes.{one.value}") for one in Outcome],
            team_names=staff.team_names(session, by.tenant_id),
            unit_names=staff.unit_names(session, by.tenant_id),
            at=now(),
        )
