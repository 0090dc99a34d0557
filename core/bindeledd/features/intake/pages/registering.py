"""Register somebody by hand: one screen, also without any number, always the same answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.cases.domain import HappensLater, IndexKind, Origin
from bindeledd.features.intake import service
from bindeledd.features.intake.domain.queue import Registered
from bindeledd.features.intake.domain.registration import Bereavement, Intoxication, Registration
from bindeledd.features.intake.service import Rules
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import BornHow, ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.service import duplicates, showing
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import Invalid, Refusal
from bindeledd.foundation.http import current_actor, form_id, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, local_day, sent
from bindeledd.foundation.texts import refusal_text, t

# Where on the page a refusal belongs.
PLACES = {
    "patient.nothing_said": "name",
    "identifier.assigner_missing": "assigner",
    "case.event_in_future": "happened_on",
    "staff.team_not_found": "team_id",
}
KINDS = tuple(kind.value for kind in IndexKind)
ORIGINS = tuple(origin.value for origin in Origin)


def add_registering(bp: Blueprint, rules: Rules) -> None:
    """Put the pages of registering on `bp`."""

    @bp.get("/register")
    def register() -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, Form(values={"happened_on": local_day(now())}))

    @bp.post("/register")
    def do_register() -> ResponseReturnValue:
        return _registered(sent(), rules, _read, _page)

    @bp.get("/register/bereaved")
    def register_bereaved() -> ResponseReturnValue:
        with transaction() as session:
            return _bereaved_page(session, Form(values={"told_on": local_day(now())}))

    @bp.post("/register/bereaved")
    def do_register_bereaved() -> ResponseReturnValue:
        return _registered(sent(), rules, _read_bereaved, _bereaved_page)

    @bp.get("/register/done")
    def registered() -> ResponseReturnValue:
        with transaction() as session:
            return render_template("intake/registered.html", alike=_alike(session))

    @bp.get("/register/mine")
    def my_registrations() -> ResponseReturnValue:
        with transaction() as session:
            found = service.show_my_registrations(session, by=current_actor(), at=now())
        return render_template("intake/mine.html", found=found, at=now())

    @bp.post("/register/done")
    def same_person() -> ResponseReturnValue:
        mine, other = form_id("patient_id"), form_id("other_id")
        if mine is None or other is None:
            return redirect(url_for("intake_pages.registered"), 303)
        by, same = current_actor(), request.form.get("same") == "yes"
        with transaction() as session:
            duplicates.answer_duplicate_hint(session, mine, other, same=same, by=by, at=now())
        return go_to("intake_pages.registered", patient=mine, notice="intake.notices.hint_answered")


def _registered(
    form: Form,
    rules: Rules,
    read: Callable[[Session, Form], Registration | Bereavement | None],
    page: Callable[[Session, Form], str],
) -> ResponseReturnValue:
    """Register what was sent; where it cannot be, the page again with what is wrong."""
    try:
        with transaction() as session:
            said = read(session, form)
            if said is not None:
                return _done(session, _register(session, said, rules))
    except Refusal as refused:
        form.refused(refused, PLACES)
    with transaction() as session:
        return page(session, form), 422


def _page(session: Session, form: Form) -> str:
    return render_template("intake/register.html", form=form, kinds=KINDS, **_where(session))


def _bereaved_page(session: Session, form: Form) -> str:
    return render_template("intake/bereaved.html", form=form, origins=ORIGINS, **_where(session))


def _where(session: Session) -> dict[str, Any]:
    """The units and teams to choose from."""
    by = current_actor()
    return {
        "units": list(staff.unit_names(session, by.tenant_id).items()),
        "teams": [(team.id, team.name) for team in staff.teams(session, by.tenant_id)],
    }


def _register(session: Session, said: Registration | Bereavement, rules: Rules) -> Registered:
    by = current_actor()
    return service.register(
        session,
        registration=said,
        by=by,
        at=now(),
        book=rules.book,
        routes=rules.of(session, by.tenant_id),
    )


def _done(session: Session, done: Registered) -> Response:
    """On to the same page whoever it was; it names a patient only where doubles can be shown."""
    by = current_actor()
    known = done.visible and patients.visible_hints(session, done.patient_id, by=by)
    return go_to("intake_pages.registered", patient=done.patient_id if known else None)


def _alike(session: Session) -> dict[str, Any] | None:
    """Who may be the same person as the one just registered, where both may be seen."""
    by, text = current_actor(), request.args.get("patient", "")
    try:
        mine = UUID(text)
        name = showing.show_patient(session, mine, by=by, at=now()).name
    except (ValueError, OutOfSight):
        return None
    hints = duplicates.show_duplicate_hints(session, mine, by=by, at=now())
    return {"id": mine, "name": name, "others": [other for _, other in hints]}


# --- reading the form -----------------------------------------------------------------------------


def _read(session: Session, form: Form) -> Registration | None:
    """What was said, or None where a field cannot be read."""
    identity = _somebody(session, form)
    kind = form.one_of("index_kind", IndexKind, t("intake.register.choose_kind"))
    happened_at, date_only = form.moment("happened_on", "happened_time", at=now())
    discharged_at, discharged_day = form.moment("discharged_on", "discharged_time", at=now())
    if happened_at is None:
        form.wrong("happened_on", t("intake.register.choose_day"))
    if discharged_at is None and form["discharged"] == "yes":
        discharged_at = now()
    for name, moment in (("happened_on", happened_at), ("discharged_on", discharged_at)):
        if moment is not None and moment > now():
            form.wrong(name, refusal_text(HappensLater.code))
    unit_id, team_id = form.id("unit_id"), form.id("team_id")
    if not form.is_good or kind is None or happened_at is None:
        return None
    return Registration(
        identity=identity,
        contact_ways=_ways(form),
        index_kind=kind,
        intoxication=form.one_of("intoxication", Intoxication) or Intoxication.UNKNOWN,
        happened_at=happened_at,
        date_only=date_only,
        discharged_at=discharged_at,
        discharged_date_only=discharged_day,
        discharge_unknown=discharged_at is None and form["discharged"] != "no",
        unit_id=unit_id,
        team_id=team_id,
        words=form.text("words"),
    )


def _read_bereaved(session: Session, form: Form) -> Bereavement | None:
    """The same of somebody who is bereaved."""
    identity = _somebody(session, form)
    origin = form.one_of("origin", Origin, t("intake.bereaved.choose_origin"))
    told_at, date_only = form.moment("told_on", "told_time", at=now())
    if told_at is None:
        form.wrong("told_on", t("intake.bereaved.choose_day"))
    elif told_at > now():
        form.wrong("told_on", refusal_text(HappensLater.code))
    unit_id, team_id = form.id("unit_id"), form.id("team_id")
    if not form.is_good or origin is None or told_at is None:
        return None
    return Bereavement(
        identity=identity,
        contact_ways=_ways(form),
        origin=origin,
        told_at=told_at,
        date_only=date_only,
        told_by=form.text("told_by"),
        relation=form.text("relation"),
        unit_id=unit_id,
        team_id=team_id,
        words=form.text("words"),
    )


def _somebody(session: Session, form: Form) -> Identity:
    """Who it is; a name, a number or a phone is needed."""
    identity = _identity(session, form)
    if not (identity.name or identity.identifiers or form.text("phone") or form.text("number")):
        form.wrong("name", refusal_text("patient.nothing_said"))
    return identity


def _identity(session: Session, form: Form) -> Identity:
    born_on = form.day("born_on")
    return Identity(
        full=form.text("name"),
        identifiers=_numbers(session, form),
        born_on=born_on,
        born_how=BornHow.PERSON_SAID if born_on else None,
    )


def _numbers(session: Session, form: Form) -> tuple[HeldIdentifier, ...]:
    text = form.text("number")
    if not text:
        return ()
    try:
        found = patients.read_number(session, text, assigner=form.text("assigner") or None)
    except Invalid as refused:
        form.wrong(PLACES.get(refused.code, "number"), refusal_text(refused.code))
        return ()
    return (HeldIdentifier(identifier=found, since=now(), source="person"),)


def _ways(form: Form) -> tuple[ContactWay, ...]:
    return tuple(
        ContactWay(value=form.text(name), source="person")
        for name in ("phone", "other_phone")
        if form.text(name)
    )
