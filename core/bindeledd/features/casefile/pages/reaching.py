"""How the person is reached: numbers, whether they are verified, and whether it is safe to use them.

What is not said is *not asked*: that is never the same as no.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile, NotRevealed
from bindeledd.features.casefile.pages.doing import Small, insist
from bindeledd.features.casefile.pages.person import patient_of, version_of
from bindeledd.features.cases import queries as cases
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import service
from bindeledd.features.patients.domain import (
    ContactKind,
    ContactWay,
    Patient,
    PatientChanged,
    PatientUnreadable,
    Verified,
    VerifiedHow,
)
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import ZONE, Form
from bindeledd.foundation.texts import t


def add(bp: Blueprint, book: Book) -> None:
    """Put the page of the ways to reach the person on `bp`."""
    page = Small(book=book, template="reach", more=_shown, reveal=True)

    @bp.get("/cases/<uuid:case_id>/reach")
    def reach(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/reach")
    def change_reach(case_id: UUID) -> ResponseReturnValue:
        return page.do(case_id, _changing(case_id))


def _changing(case_id: UUID) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        was, by = patient_of(session, case_id), current_actor()
        _insist_revealed(session, case_id, was)
        if was.contact_ways is None:
            raise PatientUnreadable(patient=was.id, bundle="contact_ways")
        if version_of(form) != was.version:
            raise PatientChanged(patient=was.id, version=was.version)
        blank = ContactWay(value="", source="person")
        read = [_read(form, n, way) for n, way in enumerate((*was.contact_ways, blank))]
        insist(form)
        ways = [way for way in read if way is not None]
        service.change_contact_ways(session, was.id, ways, by=by, at=now(), version=was.version)
        return "reach_changed"

    return act


def _insist_revealed(session: Session, case_id: UUID, patient: Patient) -> None:
    by = current_actor()
    case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    if patient.address_protected and case.responsible_team_id not in by.teams:
        raise NotRevealed(case=case_id)


def _read(form: Form, n: int, was: ContactWay) -> ContactWay | None:
    """The way in row `n`; None where it is taken away or was never written."""
    value = form.text(f"value_{n}")
    if not value or form.ticked(f"gone_{n}"):
        return None
    on, how = form.day(f"verified_{n}"), form.one_of(f"how_{n}", VerifiedHow)
    if on is not None and on > _today():
        form.wrong(f"verified_{n}", t("casefile.reach.verified_ahead"))
    if on is not None and how is None:
        form.wrong(f"how_{n}", t("casefile.reach.how_needed"))
    tested = (Verified(on=on, how=how, by=current_actor().id),) if on else ()
    way = replace(was, tested=tested)
    return replace(
        way,
        kind=form.one_of(f"kind_{n}", ContactKind) or was.kind,
        value=value,
        label=form.text(f"label_{n}"),
        safe_to_call=form.yes_no(f"safe_{n}"),
        safe_to_leave_message=form.yes_no(f"message_{n}"),
        best_time=form.text(f"best_{n}"),
    )


def _shown(_session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
    ways = file.patient.contact_ways
    if ways is None:
        return {"rows": None}
    known = [_as_typed(n, way) for n, way in enumerate(ways)]
    value: Mapping[str, str] = (
        form.values
        if form.values
        else {name: said for row in known for name, said in row.items()}
        | {"version": str(file.patient.version)}
    )
    return {
        "rows": [*ways, None],
        "value": value,
        "hows": [how.value for how in VerifiedHow],
        "kinds": [kind.value for kind in ContactKind],
    }


def _as_typed(n: int, way: ContactWay) -> dict[str, str]:
    """What is known of a way, as it would have been typed in row `n`."""
    asked = {True: "yes", False: "no", None: ""}
    return {
        f"value_{n}": way.value,
        f"label_{n}": way.label,
        f"safe_{n}": asked[way.safe_to_call],
        f"message_{n}": asked[way.safe_to_leave_message],
        f"best_{n}": way.best_time,
    }


def _today() -> date:
    return now().astimezone(ZONE).date()
