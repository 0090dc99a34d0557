"""Restricted records over HTTP."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.restricted import service
from bindeledd.features.restricted.schemas import (
    EntryView,
    LeftList,
    NameReader,
    OpenRestricted,
    RestrictedList,
    RestrictedView,
    WriteRestricted,
)
from bindeledd.foundation.http import Blueprint, answer, current_actor, now, transaction

bp = Blueprint("restricted", __name__, description="Records that only those named may open")


@bp.get("/restricted")
@bp.response(200, RestrictedList)
def own() -> ResponseReturnValue:
    """Every record that one is named in. Written down as a read."""
    with transaction() as session:
        found = service.show_own(session, by=current_actor(), at=now())
    return answer(RestrictedList, {"records": found})


@bp.get("/restricted/left")
@bp.response(200, LeftList)
def left() -> ResponseReturnValue:
    """Every record that nobody can open any more, of follow-ups of a team that one leads: name
    somebody in it (`POST /restricted/{record_id}/readers`). Written down where there is one."""
    with transaction() as session:
        found = service.show_left(session, by=current_actor(), at=now())
    return answer(LeftList, {"records": found})


@bp.post("/cases/<uuid:case_id>/restricted")
@bp.arguments(OpenRestricted)
@bp.response(201, RestrictedView)
def open_one(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
    """Open a record of a follow-up; whoever leads its team may, and is named in it."""
    with transaction() as session:
        made = service.open_record(session, case_id, **body, by=current_actor(), at=now())
    return answer(RestrictedView, made, status=201)


@bp.get("/restricted/<uuid:record_id>")
@bp.response(200, RestrictedView)
def show(record_id: UUID) -> ResponseReturnValue:
    """The record, for somebody who is named in it. Written down as a read."""
    with transaction() as session:
        found = service.show(session, record_id, by=current_actor(), at=now())
    return answer(RestrictedView, found)


@bp.post("/restricted/<uuid:record_id>/entries")
@bp.arguments(WriteRestricted)
@bp.response(201, EntryView)
def write(body: dict[str, Any], record_id: UUID) -> ResponseReturnValue:
    """Add to it; what stands there is never changed."""
    with transaction() as session:
        made = service.write(session, record_id, **body, by=current_actor(), at=now())
    return answer(EntryView, made, status=201)


@bp.post("/restricted/<uuid:record_id>/readers")
@bp.arguments(NameReader)
@bp.response(204)
def name_reader(body: dict[str, Any], record_id: UUID) -> ResponseReturnValue:
    """Let somebody who works here open it. By one who is named, or of those left, by the lead."""
    with transaction() as session:
        service.name_reader(session, record_id, **body, by=current_actor(), at=now())
    return "", 204


@bp.delete("/restricted/<uuid:record_id>/readers/<uuid:member_id>")
@bp.response(204)
def end_reader(record_id: UUID, member_id: UUID) -> ResponseReturnValue:
    """Let somebody open it no more; never the last who can."""
    with transaction() as session:
        service.end_reader(session, record_id, member_id=member_id, by=current_actor(), at=now())
    return "", 204
