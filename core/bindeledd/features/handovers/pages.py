"""The register of receivers outside the tenant: who they are, and where they are asked."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bindeledd.features.handovers import queries
from bindeledd.features.handovers.domain.outside import Outside, OutsideKind
from bindeledd.features.handovers.service.outside import set_outside
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import t

bp = Blueprint("outside_pages", __name__, template_folder="templates")

_PLACES = {
    "outside.unnamed": "organisation",
    "outside.known": "organisation",
    "outside.no_phone": "phone",
    "outside.her_wrong": "her_id",
    "identifier.wrong_organisation_number": "orgnr",
}
_TEXTS = ("organisation", "unit", "phone", "orgnr", "her_id", "address")


@bp.get("/outside")
def register() -> ResponseReturnValue:
    return _page(Form(), new_id(), is_new=True)


@bp.get("/outside/<uuid:outside_id>")
def change(outside_id: UUID) -> ResponseReturnValue:
    with transaction() as session:
        one = queries.get_outside(session, current_actor().tenant_id, outside_id)
    values = {name: str(getattr(one, name)) for name in _TEXTS}
    more = {"kind": one.kind.value, "active": "yes" if one.active else "", "known": "yes"}
    return _page(Form(values={**values, **more}), outside_id, is_new=False)


@bp.post("/outside/<uuid:outside_id>")
def save(outside_id: UUID) -> ResponseReturnValue:
    form, by = sent(), current_actor()
    with transaction() as session:
        known = queries.has_outside(session, by.tenant_id, outside_id)
    kind = form.one_of("kind", OutsideKind, t("web.form.choose"))
    if kind is None:
        return _page(form, outside_id, is_new=not known), 422
    one = Outside(
        id=outside_id,
        tenant_id=by.tenant_id,
        kind=kind,
        active=form.ticked("active") or not known,
        **{name: form.text(name) for name in _TEXTS},
    )
    try:
        with transaction() as session:
            set_outside(session, one, by=by, at=now())
    except NotFound:
        raise
    except Refusal as refused:
        form.refused(refused, _PLACES)
        return _page(form, outside_id, is_new=not known), refused.status
    return go_to("outside_pages.register", notice="handovers.notices.saved")


def _page(form: Form, outside_id: UUID, *, is_new: bool) -> str:
    with transaction() as session:
        found = queries.outsiders(session, current_actor().tenant_id, every=True)
    return render_template(
        "handovers/register.html",
        found=found,
        form=form,
        one_id=outside_id,
        is_new=is_new,
        kinds=[kind.value for kind in OutsideKind],
    )
