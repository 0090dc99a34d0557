"""Hand over to somebody outside: prepared, taken out as PDF or file, sent.

The product sends nothing out. A person takes the package out, sends it, and says how. What the
receiver answers: `answering.py`.
"""

from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile import service as casefile
from bindeledd.features.casefile.domain import CaseFile, leaflet
from bindeledd.features.casefile.pages import sharing
from bindeledd.features.casefile.pages.doing import Small, words_of
from bindeledd.features.casefile.service import packing
from bindeledd.features.handovers import queries
from bindeledd.features.handovers.domain import Way
from bindeledd.features.handovers.domain.outside import DeathReported, Package, PackageNotFound
from bindeledd.features.handovers.service import outside as service
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent, stamped
from bindeledd.foundation.printing import printed
from bindeledd.foundation.texts import site_language, t

_PLACES = {
    **sharing.PLACES,
    "outside.not_found": "receiver",
    "handover.known_in_future": "happened_on",
    "handover.known_before_sent": "happened_on",
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of handovers outside on `bp`."""
    _preparing(bp, Small(book=book, template="outside", places=_PLACES, more=_receivers))
    _looking(bp, book)
    _sending(bp, book)
    _leaving(bp, book)


def _preparing(bp: Blueprint, page: Small) -> None:
    @bp.get("/cases/<uuid:case_id>/handover/outside")
    def handover_outside(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/handover/outside")
    def prepare_outside(case_id: UUID) -> ResponseReturnValue:
        form, by = sent(), current_actor()
        receiver = form.id("receiver")
        if receiver is None:
            form.wrong("receiver", t("web.form.choose"))
        form.needed("phone", t("casefile.outside.phone_needed"))
        if receiver is None or not form.is_good:
            return page.show(case_id, form), 422
        try:
            with sharing.noting(case_id), transaction() as session:
                made = packing.prepare_package(
                    session,
                    case_id,
                    outside_id=receiver,
                    phone=form.text("phone"),
                    words=form.text("words"),
                    ground=form.text("ground"),
                    by=by,
                    at=now(),
                    book=page.book,
                )
        except NotFound as refused:
            if refused.code not in page.places:
                raise
            form.refused(refused, page.places)
        except Refusal as refused:
            form.refused(refused, page.places)
            return page.show(case_id, form), refused.status
        else:
            return go_to("casefile_pages.outside_package", case_id=case_id, package_id=made.id)
        return page.show(case_id, form), 409


def _receivers(session: Session, file: CaseFile, _form: Form) -> dict[str, Any]:
    by = current_actor()
    names = {one.id: one.name for one in queries.outsiders(session, by.tenant_id, every=True)}
    return {
        "receivers": [
            (o.id, o.name) for o in queries.outsiders(session, by.tenant_id) if o.may_take_over
        ],
        "may_send": file.case.responsible_team_id in by.teams,
        "unsent": [
            (package_id, names.get(outside_id, ""), made_at)
            for package_id, outside_id, made_at in queries.unsent_packages(session, file.case.id)
        ],
    }


# --- the package: looked at, taken out, sent ------------------------------------------------------


_AT_ONE = "/cases/<uuid:case_id>/handover/outside/<uuid:package_id>"


def _looking(bp: Blueprint, book: Book) -> None:
    @bp.get(_AT_ONE)
    def outside_package(case_id: UUID, package_id: UUID) -> ResponseReturnValue:
        return _page(case_id, package_id, Form(), book)


def _page(case_id: UUID, package_id: UUID, form: Form, book: Book) -> str:
    by = current_actor()
    with transaction() as session:
        package = _of(service.show_package(session, package_id, by=by, at=now()), case_id)
        file = casefile.case_file(session, case_id, by=by, at=now(), book=book)
        return render_template(
            "casefile/outside_package.html",
            file=file,
            case_id=case_id,
            package=package,
            receiver=queries.get_outside(session, by.tenant_id, package.outside_id),
            sheet=leaflet.sheet(package.content),
            may_send=file.case.responsible_team_id in by.teams,
            ways=[way.value for way in Way],
            form=form,
            at=now(),
        )


def _sending(bp: Blueprint, book: Book) -> None:
    @bp.post(f"{_AT_ONE}/sent")
    def send_outside(case_id: UUID, package_id: UUID) -> ResponseReturnValue:
        form, by = sent(), current_actor()
        way = form.one_of("way", Way, t("web.form.choose"))
        when, _ = form.moment("happened_on", "happened_time", at=now())
        if way is None or not form.is_good:
            return _page(case_id, package_id, form, book), 422
        try:
            with transaction() as session:
                _of(service.show_package(session, package_id, by=by, at=now()), case_id)
                words = words_of(form)
                service.send(
                    session,
                    package_id,
                    way=way,
                    as_of=when,
                    words=words,
                    why=form.text("why"),
                    by=by,
                    at=now(),
                    book=book,
                )
        except NotFound:
            raise
        except Refusal as refused:
            form.refused(refused, _PLACES)
            return _page(case_id, package_id, form, book), refused.status
        return go_to("casefile_pages.show", case_id=case_id, notice="casefile.notices.sent_outside")


def _of(package: Package, case_id: UUID) -> Package:
    if package.case_id != case_id:
        raise PackageNotFound(package=package.id)
    return package


def _leaving(bp: Blueprint, book: Book) -> None:
    def taken(case_id: UUID, package_id: UUID, form: str) -> Package:
        with transaction() as session:
            by, at = current_actor(), now()
            _of(service.show_package(session, package_id, by=by, at=at), case_id)
            found = service.take_out(session, package_id, form=form, by=by, at=at, book=book)
        if found is None:
            raise DeathReported(case=case_id)
        return found

    @bp.post(f"{_AT_ONE}/pdf")
    def outside_pdf(case_id: UUID, package_id: UUID) -> ResponseReturnValue:
        package = taken(case_id, package_id, "pdf")
        made = printed(leaflet.sheet(package.content), at=package.made_at, language=site_language())
        return _file(made, "application/pdf", f"overforing-{stamped(package.made_at)}.pdf")

    @bp.post(f"{_AT_ONE}/file")
    def outside_file(case_id: UUID, package_id: UUID) -> ResponseReturnValue:
        package = taken(case_id, package_id, "json")
        made = orjson.dumps(package.content, option=orjson.OPT_INDENT_2)
        return _file(made, "application/json", f"overforing-{stamped(package.made_at)}.json")


def _file(made: bytes, mimetype: str, name: str) -> Response:
    """A file to save: its name says nothing of the patient."""
    answer = Response(made, 200, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Language"] = site_language()
    return answer
