"""The plan of a case: to read, its versions with what changed, and on paper.

How it is written stands in `plan_writing.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.casefile.pages.doing import Small
from bindeledd.features.casefile.pages.plan_writing import PLACES, saving, shown_to_write
from bindeledd.features.casefile.service.directory import numbers_on_paper
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import Case, EventKind
from bindeledd.features.handovers.domain.outside import DeathReported
from bindeledd.features.pathways.domain import Book, PlanForm
from bindeledd.features.patients import queries as patients
from bindeledd.features.plans import service
from bindeledd.features.plans.domain import Version
from bindeledd.features.plans.domain.comparing import differences, text_of
from bindeledd.features.plans.domain.paper import sheet
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form, stamped
from bindeledd.foundation.printing import Sheet, printed
from bindeledd.foundation.texts import said_of, site_language, speaking

_AT = "/cases/<uuid:case_id>/plan"
_KIND = EventKind.PLAN_OFFERED.value


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of the plan on `bp`."""
    reading = Small(book=book, template="plan", more=_reading(book))
    writing = Small(
        book=book, template="plan_write", places=PLACES, more=shown_to_write(book), to="plan"
    )

    @bp.get(_AT)
    def plan(case_id: UUID) -> ResponseReturnValue:
        return reading.show(case_id)

    @bp.get(f"{_AT}/write")
    def write_plan(case_id: UUID) -> ResponseReturnValue:
        return writing.show(case_id)

    @bp.post(f"{_AT}/write")
    def save_plan(case_id: UUID) -> ResponseReturnValue:
        return writing.do(case_id, saving(case_id, book))

    @bp.get(f"{_AT}/<int:number>")
    def plan_version(case_id: UUID, number: int) -> ResponseReturnValue:
        more = _reading(book, number)
        return Small(book=book, template="plan_version", more=more).show(case_id)

    @bp.post(f"{_AT}/<int:number>/pdf")
    def plan_pdf(case_id: UUID, number: int) -> ResponseReturnValue:
        return _paper(case_id, number, book)


# --- on the screen of the case --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Brief:
    """The plan as the screen of a case shows it, by its event: nothing is opened for it."""

    title: Mapping[str, str]
    saved: Happened | None
    said: Happened | None
    not_yet: tuple[str, ...]


def given(book: Book) -> dict[str, object]:
    """What the templates may use of this page."""
    return {"plan_of": lambda file: plan_of(book, file)}


def plan_of(book: Book, file: CaseFile) -> Brief:
    """What the routine calls the plan, when it was saved, and what is not written in it."""
    form = book.plan_form(file.case.layers, file.elsewhere)
    offers = [one for one in file.timeline if one.kind == _KIND and not one.in_error]
    saved = next((one for one in offers if one.facts.get("plan_version_id")), None)
    return Brief(
        title=form.title,
        saved=saved,
        said=next(iter(offers), None),
        not_yet=() if saved is None else tuple(_missing(form, saved)),
    )


def _missing(form: PlanForm, saved: Happened) -> Iterator[str]:
    there, nobody = saved.facts.get("plan_sections", ()), ("refused_by_patient", "none_available")
    for one in form.sections:
        waits = one.asked_of != "relatives" or saved.facts.get("plan_relatives") not in nobody
        if one.key not in there and waits:
            yield said_of(one.title)


# --- read -----------------------------------------------------------------------------------------


def _reading(
    book: Book, number: int | None = None
) -> Callable[[Session, CaseFile, Form], Mapping[str, Any]]:
    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
        shown = service.show_plan(
            session, file.case.id, number, by=current_actor(), at=now(), book=book
        )
        version = shown.version
        return {
            "plan": shown,
            "title": shown.form.title if version is None else version.title or shown.form.title,
            "text_of": text_of,
            "missing": [said_of(one.title) for one in shown.not_yet],
            "waiting": {one.key for one in shown.not_yet},
            "differences": [] if version is None else differences(shown.previous, version),
            "names": _names(session),
            "sheet": version and _sheet(session, book, file.case, version, file.patient.name),
            "event": next(
                (one for one in file.timeline if version and one.id == version.event_id), None
            ),
        }

    return more


def _names(session: Session) -> Mapping[UUID, str]:
    """Who saved each version."""
    return staff.member_names(session, current_actor().tenant_id)


def _sheet(session: Session, book: Book, case: Case, version: Version, name: str) -> Sheet:
    """What is printed of a version, with the numbers that stand on it today."""
    with speaking(site_language()):
        calls = tuple(numbers_on_paper(session, book, case, now()))
    return sheet(version, name=name, calls=calls, environment=staff.environment(session))


def _paper(case_id: UUID, number: int, book: Book) -> ResponseReturnValue:
    """The plan as PDF, for the person. The name of the file says nothing of anybody."""
    with transaction() as session:
        by, at = current_actor(), now()
        version = service.take_out(session, case_id, number, by=by, at=at, book=book)
        case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
        who = patients.get_names(session, [case.patient_id])[case.patient_id].name
        paper = None if version is None else _sheet(session, book, case, version, who)
    if version is None or paper is None:
        raise DeathReported(case=case_id)
    made = printed(paper, at=version.made_at, language=site_language())
    answer = Response(made, 200, mimetype="application/pdf")
    name = f"plan-{stamped(version.made_at)}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Language"] = site_language()
    return answer
