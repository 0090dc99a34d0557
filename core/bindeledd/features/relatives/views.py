"""Relatives over HTTP."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.cases.schemas import InError
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import service
from bindeledd.features.relatives.domain import Family, Young
from bindeledd.features.relatives.schemas import (
    AddRelative,
    AskedChildren,
    AskedRelatives,
    ChangeRelative,
    DecideObjection,
    GiveConsent,
    Objects,
    RelativesView,
    RelativeView,
    WithdrawConsent,
)
from bindeledd.foundation.http import (
    Blueprint,
    answer,
    current_actor,
    expected_version,
    now,
    transaction,
)


def create_blueprint(book: Book) -> Blueprint:
    """Relatives of patients, and what was answered in a case; `book` says what is owed next."""
    bp = Blueprint("relatives", __name__, description="Relatives")
    _people(bp)
    _objections(bp, book)
    _consents(bp)
    _asking(bp, book)
    return bp


def _people(bp: Blueprint) -> None:
    @bp.get("/patients/<uuid:patient_id>/relatives")
    @bp.response(200, RelativesView)
    def show(patient_id: UUID) -> ResponseReturnValue:
        """Relatives, children and siblings. A read that is written down."""
        with transaction() as session:
            shown = service.show_relatives(session, patient_id, by=current_actor(), at=now())
        return answer(RelativesView, shown)

    @bp.post("/patients/<uuid:patient_id>/relatives")
    @bp.arguments(AddRelative)
    @bp.response(201, RelativeView)
    def add(body: dict[str, Any], patient_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            made = service.add_relative(session, patient_id, **body, by=current_actor(), at=now())
        return answer(RelativeView, made, status=201, version=made.version)

    @bp.patch("/relatives/<uuid:relative_id>")
    @bp.arguments(ChangeRelative)
    @bp.response(200, RelativeView)
    def change(body: dict[str, Any], relative_id: UUID) -> ResponseReturnValue:
        by, version = current_actor(), expected_version()
        with transaction() as session:
            changed = service.change_relative(
                session, relative_id, **body, by=by, at=now(), version=version
            )
        return answer(RelativeView, changed, version=changed.version)


def _objections(bp: Blueprint, book: Book) -> None:
    @bp.post("/relatives/<uuid:relative_id>/objection")
    @bp.arguments(Objects)
    @bp.response(200, RelativeView)
    def objects(body: dict[str, Any], relative_id: UUID) -> ResponseReturnValue:
        """The person does not want this parent to be told; a clinician decides of the reasons."""
        with transaction() as session:
            changed = service.object_to(
                session, relative_id, **body, by=current_actor(), at=now(), book=book
            )
        return answer(RelativeView, changed, version=changed.version)

    @bp.post("/relatives/<uuid:relative_id>/objection/decide")
    @bp.arguments(DecideObjection)
    @bp.response(200, RelativeView)
    def decide(body: dict[str, Any], relative_id: UUID) -> ResponseReturnValue:
        """Whether the reasons are to be respected: another person than who wrote them down."""
        by = current_actor()
        with transaction() as session:
            changed = service.decide_objection(
                session, relative_id, **body, by=by, at=now(), book=book
            )
        return answer(RelativeView, changed, version=changed.version)

    @bp.post("/relatives/<uuid:relative_id>/objection/end")
    @bp.response(200, RelativeView)
    def end(relative_id: UUID) -> ResponseReturnValue:
        """The person objects no more."""
        with transaction() as session:
            changed = service.end_objection(
                session, relative_id, by=current_actor(), at=now(), book=book
            )
        return answer(RelativeView, changed, version=changed.version)


def _consents(bp: Blueprint) -> None:
    @bp.post("/relatives/<uuid:relative_id>/consents")
    @bp.arguments(GiveConsent)
    @bp.response(201, RelativeView)
    def consent(body: dict[str, Any], relative_id: UUID) -> ResponseReturnValue:
        """What the patient lets this relative know, from and until when."""
        with transaction() as session:
            changed = service.give_consent(
                session, relative_id, **body, by=current_actor(), at=now()
            )
        return answer(RelativeView, changed, status=201, version=changed.version)

    @bp.post("/relatives/<uuid:relative_id>/consents/<uuid:consent_id>/withdraw")
    @bp.arguments(WithdrawConsent)
    @bp.response(200, RelativeView)
    def withdraw(body: dict[str, Any], relative_id: UUID, consent_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            changed = service.withdraw_consent(
                session, relative_id, consent_id, **body, by=current_actor(), at=now()
            )
        return answer(RelativeView, changed, version=changed.version)


def _asking(bp: Blueprint, book: Book) -> None:
    @bp.post("/cases/<uuid:case_id>/relatives-asked")
    @bp.arguments(AskedRelatives)
    @bp.response(204)
    def asked_relatives(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """The person was asked about relatives; what was answered is sealed."""
        by = current_actor()
        with transaction() as session:
            service.ask_about_relatives(session, case_id, **body, by=by, at=now(), book=book)
        return "", 204

    @bp.post("/cases/<uuid:case_id>/children-asked")
    @bp.arguments(AskedChildren)
    @bp.response(204)
    def asked_children(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """The person was asked about children and siblings: number and birth years."""
        by = current_actor()
        family = Family(
            children=_young(body["children"]),
            siblings=_young(body["siblings"]),
            child_contact_told=body["child_contact_told"],
            words=body["words"],
        )
        with transaction() as session:
            service.ask_about_children(
                session,
                case_id,
                family=family,
                asked_at=body["asked_at"],
                by=by,
                at=now(),
                book=book,
            )
        return "", 204

    @bp.post("/cases/<uuid:case_id>/children-asked/in-error")
    @bp.arguments(InError)
    @bp.response(204)
    def took_back(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Answers that were entered in error: what stood before them is known again."""
        by, words = current_actor(), {"words": body["words"]}
        with transaction() as session:
            service.take_back_children(
                session, case_id, body["events"], words=words, by=by, at=now(), book=book
            )
        return "", 204


def _young(said: list[dict[str, Any]] | None) -> tuple[Young, ...] | None:
    return None if said is None else tuple(Young(born_year=one.get("born_year")) for one in said)
