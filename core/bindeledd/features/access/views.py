"""Whoever asks, over HTTP: who they are here, and the language that they read in."""

from dataclasses import replace
from typing import Any

from flask.typing import ResponseReturnValue

from bindeledd.features.access.schemas import ChooseLanguage, MeView
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction

bp = Blueprint("me", __name__, url_prefix="/me", description="Whoever asks")


@bp.get("")
@bp.response(200, MeView)
def show() -> ResponseReturnValue:
    """Who the token's member is, where they work, and what they have chosen."""
    return answer(MeView, _me(current_actor()))


@bp.put("/language")
@bp.arguments(ChooseLanguage)
@bp.response(200, MeView)
def choose_language(body: dict[str, Any]) -> ResponseReturnValue:
    """Choose the language of one's pages and alerts, and of answers that ask for none."""
    by, chosen = current_actor(), body["language"]
    with transaction() as session:
        if by.id is not None:
            staff.choose_language(session, by.id, chosen, by=by, at=now())
    return answer(MeView, _me(replace(by, language=chosen)))


def _me(by: Actor) -> dict[str, object]:
    return {
        "id": by.id,
        "name": by.name,
        "language": by.language,
        "teams": sorted(by.teams),
        "leads": sorted(by.leads),
    }
