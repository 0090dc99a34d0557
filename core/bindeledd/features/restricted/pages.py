"""The pages of restricted records: those that one may open, and one of them."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access.service import may_see, require_case, require_lead
from bindeledd.features.cases import queries as cases
from bindeledd.features.restricted import queries, service
from bindeledd.features.restricted.domain import ReaderUnknown, may_open
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import ZONE, Form, sent
from bindeledd.foundation.texts import t

bp = Blueprint("restricted_pages", __name__, template_folder="templates")

_PLACES = {
    "restricted.nothing_said": "words",
    "restricted.reader_unknown": "member",
    "restricted.last_reader": "member",
}


@bp.get("/restricted")
def own() -> ResponseReturnValue:
    return _own(Form())


def _own(form: Form) -> str:
    """What one may open; and for a lead, what nobody can open any more, by its day alone."""
    by = current_actor()
    with transaction() as session:
        found = service.show_own(session, by=by, at=now())
        left = service.show_left(session, by=by, at=now())
        everybody = [one for one, _, _ in staff.everybody(session, by.tenant_id, now())]
    return render_template(
        "restricted/own.html",
        found=found,
        left=[(one.id, one.opened_at.astimezone(ZONE).date()) for one in left],
        form=form,
        member_names={one.id: one.name for one in everybody},
        others=[(one.id, one.name) for one in everybody if one.active],
        at=now(),
    )


@bp.post("/restricted/left")
def name_anew() -> ResponseReturnValue:
    """Name somebody in a record that nobody can open any more."""
    form = sent()
    form.needed("record", t("restricted.page.record_needed"))
    return _name(form.id("record"), form, _own)


def _name(record_id: UUID | None, form: Form, again: Callable[[Form], str]) -> ResponseReturnValue:
    """Name who was chosen; then to the record for somebody who may open it, else to the list."""
    by = current_actor()
    form.needed("member", t("restricted.page.member_needed"))
    member = form.id("member")
    if record_id is None or member is None:
        return again(form), 422
    try:
        with transaction() as session:
            service.name_reader(session, record_id, member_id=member, by=by, at=now())
            opens = may_open(queries.readers_of(session, record_id), by.id)
    except ReaderUnknown as refused:
        form.refused(refused, _PLACES)
        return again(form), refused.status
    notice = "restricted.notices.named"
    if not opens:
        return go_to("restricted_pages.own", notice=notice)
    return go_to("restricted_pages.one", record_id=record_id, notice=notice)


@bp.get("/cases/<uuid:case_id>/restricted")
def new(case_id: UUID) -> ResponseReturnValue:
    return _new(case_id, Form())


@bp.post("/cases/<uuid:case_id>/restricted")
def open_one(case_id: UUID) -> ResponseReturnValue:
    form = sent()
    form.needed("title", t("restricted.page.title_needed"))
    if not form.is_good:
        return _new(case_id, form), 422
    with transaction() as session:
        title = form.text("title")
        made = service.open_record(session, case_id, title=title, by=current_actor(), at=now())
    return go_to("restricted_pages.one", record_id=made.id, notice="restricted.notices.opened")


def _new(case_id: UUID, form: Form) -> str:
    """The form, for whoever leads the team that answers for the follow-up."""
    by = current_actor()
    with transaction() as session:
        require_case(session, by, case_id)
        case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    require_lead(by, case.responsible_team_id)
    return render_template("restricted/new.html", case_id=case_id, form=form)


@bp.get("/restricted/<uuid:record_id>")
def one(record_id: UUID) -> ResponseReturnValue:
    return _one(record_id, Form())


@bp.post("/restricted/<uuid:record_id>/entries")
def write(record_id: UUID) -> ResponseReturnValue:
    def act(session: Session, form: Form) -> str:
        service.write(session, record_id, words=form.text("words"), by=current_actor(), at=now())
        return "written"

    return _do(record_id, act)


@bp.post("/restricted/<uuid:record_id>/readers")
def name_reader(record_id: UUID) -> ResponseReturnValue:
    return _name(record_id, sent(), lambda form: _one(record_id, form))


@bp.post("/restricted/<uuid:record_id>/readers/<uuid:member_id>/end")
def end_reader(record_id: UUID, member_id: UUID) -> ResponseReturnValue:
    def act(session: Session, _form: Form) -> str:
        service.end_reader(session, record_id, member_id=member_id, by=current_actor(), at=now())
        return "ended"

    if member_id == current_actor().id:
        return _do(record_id, act, to="own")
    return _do(record_id, act)


def _do(
    record_id: UUID, act: Callable[[Session, Form], str], *, to: str = "one"
) -> ResponseReturnValue:
    form = sent()
    try:
        with transaction() as session:
            notice = f"restricted.notices.{act(session, form)}"
    except NotFound:
        raise
    except Refusal as refused:
        form.refused(refused, _PLACES)
        return _one(record_id, form), refused.status
    place = {"record_id": record_id} if to == "one" else {}
    return go_to(f"restricted_pages.{to}", notice=notice, **place)


def _one(record_id: UUID, form: Form) -> str:
    by = current_actor()
    with transaction() as session:
        found = service.show(session, record_id, by=by, at=now())
        everybody = [one for one, _, _ in staff.everybody(session, by.tenant_id, now())]
        sees = may_see(session, current_actor(), found.case_id)
    names = {one.id: one.name for one in everybody}
    named = {one.member_id for one in found.readers if one.ended_at is None}
    return render_template(
        "restricted/one.html",
        record=found,
        form=form,
        member_names=names,
        others=[(one.id, one.name) for one in everybody if one.active and one.id not in named],
        sees_case=sees,
        me=by.id,
        at=now(),
    )
