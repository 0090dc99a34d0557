"""The case on one screen, over HTTP."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response, request
from flask.typing import ResponseReturnValue

from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain import bedside
from bindeledd.features.casefile.schemas import (
    CaseFileView,
    LeftBeforeAssessment,
    PreparePackage,
    WriteBedside,
)
from bindeledd.features.casefile.service import bedside as writing
from bindeledd.features.handovers.schemas import PackageView
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain import ContactWay
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction

_REVEAL = {"in": "query", "name": "reveal", "schema": {"type": "string"}}


def create_blueprint(book: Book) -> Blueprint:
    """The door, with the pathways that explain what is owed."""
    bp = Blueprint("casefile", __name__, url_prefix="/cases", description="The case on one screen")

    @bp.get("/<uuid:case_id>/file")
    @bp.doc(parameters=[_REVEAL])
    @bp.alt_response(200, schema=CaseFileView, success=True)
    def show(case_id: UUID) -> ResponseReturnValue:
        """Who it is, what is owed and why, what happened, who sees it. A read written down.

        `?reveal=1` shows the responsible team how to reach a person with a protected address.
        """
        reveal = request.args.get("reveal") == "1"
        by = current_actor()
        with transaction() as session:
            found = service.case_file(session, case_id, by=by, at=now(), book=book, reveal=reveal)
        body = orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS)
        made = Response(body, 200, mimetype="application/json")
        made.set_etag(str(found.case.version))
        return made

    @bp.post("/<uuid:case_id>/bedside")
    @bp.arguments(WriteBedside)
    @bp.response(204)
    def write_bedside(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """What was asked before the person goes home: every answer as its event, all or none.

        What is not sent was not asked. `contact_ways` are all the ways there are from now on.
        """
        by, at = current_actor(), now()
        when = {name: body.pop(name) for name in ("happened_at", "date_only")}
        ways = body.pop("contact_ways")
        tried = tuple(bedside.Tried(**one) for one in body.pop("tried"))
        said = bedside.Bedside(
            **body,
            ways=None if ways is None else tuple(ContactWay(**way) for way in ways),
            tried=tried,
        )
        with transaction() as session:
            writing.write_bedside(session, case_id, said, **when, by=by, at=at, book=book)
        return "", 204

    @bp.post("/<uuid:case_id>/left-before-assessment")
    @bp.arguments(LeftBeforeAssessment)
    @bp.response(204)
    def left(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """The person left before anybody had assessed them: registered and followed."""
        by = current_actor()
        with transaction() as session:
            writing.leave_before_assessment(session, case_id, **body, by=by, at=now(), book=book)
        return "", 204

    @bp.post("/<uuid:case_id>/packages")
    @bp.arguments(PreparePackage)
    @bp.response(201, PackageView)
    def prepare(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Keep what a receiver outside may see, sealed. Made is not sent."""
        by = current_actor()
        with transaction() as session:
            found = service.prepare_package(session, case_id, **body, by=by, at=now(), book=book)
        return answer(PackageView, found, status=201)

    return bp
