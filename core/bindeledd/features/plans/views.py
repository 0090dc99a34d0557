"""Plans over HTTP."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain import Book
from bindeledd.features.plans import service
from bindeledd.features.plans.domain import Measure, TookPart, Words
from bindeledd.features.plans.schemas import (
    PlanView,
    SavedView,
    SaveVersion,
    VersionsView,
    VersionView,
)
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction


def create_blueprint(book: Book) -> Blueprint:
    """The plan of a case; `book` says what it asks, and what is owed next."""
    bp = Blueprint("plans", __name__, description="The plan made with the person")
    _reading(bp, book)
    _saving(bp, book)
    return bp


def _reading(bp: Blueprint, book: Book) -> None:
    @bp.get("/cases/<uuid:case_id>/plan")
    @bp.response(200, PlanView)
    def show(case_id: UUID) -> ResponseReturnValue:
        """The plan as it stands, and what is not written yet. Written down as a read."""
        with transaction() as session:
            shown = service.show_plan(
                session, case_id, form="api", by=current_actor(), at=now(), book=book
            )
        return answer(PlanView, shown, version=shown.latest)

    @bp.get("/cases/<uuid:case_id>/plan/versions")
    @bp.response(200, VersionsView)
    def versions(case_id: UUID) -> ResponseReturnValue:
        """Every version, the newest first, without words."""
        with transaction() as session:
            shown = service.show_plan(
                session, case_id, form="api", by=current_actor(), at=now(), book=book
            )
        return answer(VersionsView, shown, version=shown.latest)

    @bp.get("/cases/<uuid:case_id>/plan/versions/<uuid:version_id>")
    @bp.response(200, VersionView)
    def version(case_id: UUID, version_id: UUID) -> ResponseReturnValue:
        """One version with its words. Written down as a read."""
        with transaction() as session:
            shown = service.show_plan(
                session, case_id, version_id, form="api", by=current_actor(), at=now(), book=book
            )
        return answer(VersionView, shown.version)


def _saving(bp: Blueprint, book: Book) -> None:
    @bp.post("/cases/<uuid:case_id>/plan/versions")
    @bp.arguments(SaveVersion)
    @bp.response(201, SavedView)
    def save(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Save a new version; none is ever changed."""
        with transaction() as session:
            saved = service.save(
                session,
                case_id,
                _words(body),
                base=body["base"],
                facts=body["facts"],
                note=body["note"],
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(SavedView, saved, status=201, version=saved.version.number)


def _words(body: dict[str, Any]) -> Words:
    part = TookPart(
        person=body["person"],
        relatives=body["relatives"],
        services=frozenset(body["services"]),
    )
    measures = tuple(Measure(**one) for one in body["measures"])
    return Words(sections=body["sections"], measures=measures, took_part=part)
