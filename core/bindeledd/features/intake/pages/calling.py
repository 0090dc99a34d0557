"""Somebody called: written down with owner and clock; matched; answered with what was done."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.cases import queries as cases
from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain.queue import Called, WordsMissing
from bindeledd.features.intake.service import Rules
from bindeledd.features.patients.service import showing
from bindeledd.features.staff import queries as staff
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import Invalid, Refusal
from bindeledd.foundation.http import current_actor, form_id, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import refusal_text

WORDS = ("said", "caller", "number", "about")
PLACES = {WordsMissing.code: "said", "staff.team_not_found": "team_id"}
ANSWER = {WordsMissing.code: "done"}
_CALLS = ("answer_call", "acute_concern")


def add_calls(bp: Blueprint, rules: Rules) -> None:
    """Put the pages of calls on `bp`."""

    @bp.get("/called")
    def called() -> ResponseReturnValue:
        with transaction() as session:
            return _form_page(session, Form(values={"case_id": request.args.get("case", "")}))

    @bp.post("/called")
    def take_call() -> ResponseReturnValue:
        form = sent()
        try:
            with transaction() as session:
                done = _take(session, form, rules)
            if done is not None:
                return _after(done)
        except Refusal as refused:
            form.refused(refused, PLACES)
        with transaction() as session:
            return _form_page(session, form), 422

    @bp.get("/called/about/<uuid:case_id>")
    def call_on_case(case_id: UUID) -> ResponseReturnValue:
        by = current_actor()
        with transaction() as session:
            patient_id = access.require_case(session, by, case_id)
            owed = [
                task
                for task in cases.tasks_of(session, case_id)
                if task.is_open and task.kind in _CALLS
            ]
            page = {
                "case_id": case_id,
                "about": showing.show_patient(session, patient_id, by=by, at=now()).name,
                "tasks": owed,
                "hearing": {task.id: _hearing(session, task) for task in owed},
                "acute_numbers": _numbers_of_case(session, case_id),
                **_directory(session),
            }
        return render_template("intake/call_on_case.html", at=now(), **page)

    @bp.get("/calls")
    def calls() -> ResponseReturnValue:
        with transaction() as session:
            found = service.show_calls(session, by=current_actor(), at=now())
            return render_template(
                "intake/calls.html", calls=found, at=now(), **_directory(session)
            )

    _one_call(bp, rules)


def _one_call(bp: Blueprint, rules: Rules) -> None:
    @bp.get("/calls/<uuid:call_id>")
    def call(call_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _call_page(session, call_id, Form())

    @bp.post("/calls/<uuid:call_id>/find")
    def find_for_call(call_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _call_page(session, call_id, sent())

    @bp.post("/calls/<uuid:call_id>/match")
    def match(call_id: UUID) -> ResponseReturnValue:
        patient_id = form_id("patient_id")
        if patient_id is None:
            return redirect(url_for("intake_pages.call", call_id=call_id), 303)
        by = current_actor()
        with transaction() as session:
            done = service.match_call(
                session, call_id, patient_id=patient_id, by=by, at=now(), book=rules.book
            )
        return _after(done, matched=True)

    @bp.post("/calls/<uuid:call_id>/answer")
    def answer(call_id: UUID) -> ResponseReturnValue:
        form = sent()
        try:
            with transaction() as session:
                words = {"done": form.text("done")}
                if form.is_good:
                    by = current_actor()
                    service.answer_call(session, call_id, words=words, by=by, at=now())
            if form.is_good:
                return go_to("intake_pages.calls", notice="intake.notices.call_answered")
        except Invalid as refused:
            form.refused(refused, ANSWER)
        with transaction() as session:
            return _call_page(session, call_id, form), 422


def _take(session: Session, form: Form, rules: Rules) -> Called | None:
    by = current_actor()
    case_id, team_id = form.id("case_id"), form.id("team_id")
    words = {name: form.text(name) for name in WORDS}
    if not any(words.values()):
        form.wrong("said", refusal_text(WordsMissing.code))
    if not form.is_good:
        return None
    patient_id = None if case_id is None else access.require_case(session, by, case_id)
    return service.call_in(
        session,
        words=words,
        acute=form.ticked("acute"),
        patient_id=patient_id,
        team_id=team_id,
        by=by,
        at=now(),
        book=rules.book,
    )


def _after(done: Called, *, matched: bool = False) -> Response:
    """On to where it says who answers and by when."""
    notice = f"intake.notices.call_{'matched' if matched else 'taken'}"
    if done.case_id is not None:
        return go_to("intake_pages.call_on_case", case_id=done.case_id, notice=notice)
    return go_to("intake_pages.call", call_id=done.call_id, notice=notice)


def _form_page(session: Session, form: Form) -> str:
    by = current_actor()
    return render_template(
        "intake/called.html",
        form=form,
        about=_about(session, form),
        acute_numbers=staff.acute_numbers(session, by.teams),
        waiting=queries.count_open_calls(session, by=by),
        choose_team=[(team.id, team.name) for team in staff.teams(session, by.tenant_id)],
    )


def _about(session: Session, form: Form) -> str:
    """The name of whom the call is about, where the page was opened from their follow-up."""
    try:
        case_id = UUID(form["case_id"])
        by = current_actor()
        patient_id = access.require_case(session, by, case_id)
    except (ValueError, OutOfSight):
        return ""
    return showing.show_patient(session, patient_id, by=by, at=now()).name


def _call_page(session: Session, call_id: UUID, form: Form) -> str:
    by = current_actor()
    call = service.show_call(session, call_id, by=by, at=now())
    about = str((call.words or {}).get("about") or "")
    wanted = form["wanted"] or (about if call.patient_id is None else "")
    open_still = call.ended_at is None
    return render_template(
        "intake/call.html",
        call=call,
        form=form,
        wanted=wanted,
        searched="wanted" in form.values,
        found=service.find_people(session, wanted, by=by, at=now()) if open_still else (),
        patient=service.name_of_call(session, call, by=by),
        acute_numbers=staff.acute_numbers(session, [call.team_id, *by.teams]),
        hearing=service.who_knows(session, call.team_id, call.task_id, by=by, at=now())
        if open_still
        else None,
        at=now(),
        **_directory(session),
    )


def _hearing(session: Session, task: Task) -> service.Hearing:
    by = current_actor()
    return service.who_knows(session, task.owner_team_id, task.id, by=by, at=now())


def _numbers_of_case(session: Session, case_id: UUID) -> dict[str, str]:
    """The numbers of its own unit, and of the units that the asker's teams work for."""
    by = current_actor()
    case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    found = staff.acute_numbers(session, [case.responsible_team_id, *by.teams])
    number = case.unit_id and staff.acute_number(session, case.unit_id)
    if case.unit_id and number:
        found = {staff.unit_names(session, by.tenant_id).get(case.unit_id, ""): number} | found
    return found


def _directory(session: Session) -> dict[str, Any]:
    by = current_actor()
    return {
        "team_names": staff.team_names(session, by.tenant_id),
        "member_names": staff.member_names(session, by.tenant_id),
    }
