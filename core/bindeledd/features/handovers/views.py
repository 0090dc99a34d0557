"""Handovers over HTTP."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from bindeledd.features.cases.schemas import RecordedView
from bindeledd.features.handovers import queries, service
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.handovers.domain.answering import Correction
from bindeledd.features.handovers.domain.meeting import Told
from bindeledd.features.handovers.domain.outside import DeathReported, Outside
from bindeledd.features.handovers.schemas import (
    Accept,
    AnswerOutside,
    CorrectAnswer,
    HandedView,
    HandOver,
    HandoversView,
    OutsidersView,
    OutsideView,
    PackageView,
    PairsView,
    PutOutside,
    SayMet,
    SendBack,
    SendOutside,
)
from bindeledd.features.handovers.service import answering, meeting, outside, refusing
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import Blueprint, answer, beside, current_actor, now, transaction


def create_blueprint(book: Book) -> Blueprint:
    """Handovers between teams of the tenant; `book` says what is owed next."""
    bp = Blueprint("handovers", __name__, description="Handovers")
    _sending(bp, book)
    _answering(bp, book)
    _register(bp)
    _outside(bp, book)
    _said_outside(bp, book)
    _met(bp, book)
    return bp


def _sending(bp: Blueprint, book: Book) -> None:
    @bp.get("/cases/<uuid:case_id>/handovers")
    @bp.response(200, HandoversView)
    def show(case_id: UUID) -> ResponseReturnValue:
        """The handovers of a case, the latest first. Written down as a read."""
        with transaction() as session:
            found = service.show_handovers(session, case_id, by=current_actor(), at=now())
        return answer(HandoversView, {"handovers": found})

    @bp.get("/handovers/pairs")
    @bp.response(200, PairsView)
    def pairs() -> ResponseReturnValue:
        """How many went between which teams, and what became of them. Carries no patient."""
        with transaction() as session:
            found = queries.pairs(session, current_actor().tenant_id)
        return answer(PairsView, {"pairs": found})

    @bp.post("/cases/<uuid:case_id>/handovers")
    @bp.arguments(HandOver)
    @bp.response(201, HandedView)
    def send(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Ask another team to take the case. What is missing goes with it, and does not block it."""
        by = current_actor()
        noting = refusing.noting_refused(case_id, beside, by=by, at=now())
        with noting, transaction() as session:
            handed = service.hand_over(
                session,
                case_id,
                to_team_id=body["to_team_id"],
                words={"words": body["words"]},
                ground=body["ground"],
                why=body["why"],
                by=by,
                at=now(),
                book=book,
            )
        return answer(HandedView, handed, status=201, version=handed.recorded.case.version)


def _answering(bp: Blueprint, book: Book) -> None:
    @bp.post("/handovers/<uuid:handover_id>/received")
    @bp.response(200, HandedView)
    def receive(handover_id: UUID) -> ResponseReturnValue:
        """It was read by somebody of the receiving team."""
        with transaction() as session:
            handed = service.receive(session, handover_id, by=current_actor(), at=now(), book=book)
        return answer(HandedView, handed, version=handed.recorded.case.version)

    @bp.post("/handovers/<uuid:handover_id>/accepted")
    @bp.arguments(Accept)
    @bp.response(200, HandedView)
    def accept(body: dict[str, Any], handover_id: UUID) -> ResponseReturnValue:
        """Take the case, with the first own date."""
        with transaction() as session:
            handed = service.accept(
                session,
                handover_id,
                first=FirstDate(due_at=body["first_at"], kind=body["first_kind"]),
                words={"words": body["words"]},
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(HandedView, handed, version=handed.recorded.case.version)

    @bp.post("/handovers/<uuid:handover_id>/returned")
    @bp.arguments(SendBack)
    @bp.response(200, HandedView)
    def send_back(body: dict[str, Any], handover_id: UUID) -> ResponseReturnValue:
        """Return the case with a reason: the sender has been responsible all along."""
        with transaction() as session:
            handed = service.send_back(
                session, handover_id, words=body, by=current_actor(), at=now(), book=book
            )
        return answer(HandedView, handed)


def _register(bp: Blueprint) -> None:
    @bp.get("/outside-receivers")
    @bp.response(200, OutsidersView)
    def receivers() -> ResponseReturnValue:
        """The register of receivers outside the tenant. Carries no patient."""
        with transaction() as session:
            found = queries.outsiders(session, current_actor().tenant_id, every=True)
        return answer(OutsidersView, {"receivers": found})

    @bp.put("/outside-receivers/<uuid:outside_id>")
    @bp.arguments(PutOutside)
    @bp.response(200, OutsideView)
    def put_receiver(body: dict[str, Any], outside_id: UUID) -> ResponseReturnValue:
        """Put a receiver in the register, or change it. The id is made by whoever asks."""
        by = current_actor()
        with transaction() as session:
            said = Outside(id=outside_id, tenant_id=by.tenant_id, **body)
            found = outside.set_outside(session, said, by=by, at=now())
        return answer(OutsideView, found)


def _outside(bp: Blueprint, book: Book) -> None:
    @bp.post("/packages/<uuid:package_id>/taken-out")
    @bp.response(200, PackageView)
    def take_out(package_id: UUID) -> ResponseReturnValue:
        """The package to leave as a file. Written down before it leaves."""
        by = current_actor()
        with transaction() as session:
            found = outside.take_out(session, package_id, form="json", by=by, at=now(), book=book)
        if found is None:
            raise DeathReported(package=package_id)
        return answer(PackageView, found)

    @bp.post("/packages/<uuid:package_id>/sent")
    @bp.arguments(SendOutside)
    @bp.response(201, HandedView)
    def send_outside(body: dict[str, Any], package_id: UUID) -> ResponseReturnValue:
        """Say that a person sent it, and how. Sent is not received."""
        words = {"words": body.pop("words")}
        with transaction() as session:
            done = outside.send(
                session, package_id, **body, words=words, by=current_actor(), at=now(), book=book
            )
        return answer(HandedView, done, status=201, version=done.recorded.case.version)


def _said_outside(bp: Blueprint, book: Book) -> None:
    @bp.post("/handovers/<uuid:handover_id>/answers")
    @bp.arguments(AnswerOutside)
    @bp.response(200, HandedView)
    def answer_outside(body: dict[str, Any], handover_id: UUID) -> ResponseReturnValue:
        """What the receiver outside said: that it arrived, that they take over, or that they do not."""
        words = {"words": body.pop("words")}
        action = body.pop("action")
        with transaction() as session:
            done = answering.answer(
                session,
                handover_id,
                action,
                **body,
                words=words,
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(HandedView, done, version=done.recorded.case.version)

    @bp.post("/handovers/<uuid:handover_id>/answers/corrected")
    @bp.arguments(CorrectAnswer)
    @bp.response(200, HandedView)
    def correct_answer(body: dict[str, Any], handover_id: UUID) -> ResponseReturnValue:
        """The answer was wrong, or they take it back: the handover waits again, or is returned."""
        correction = Correction(**body)
        by, at = current_actor(), now()
        with transaction() as session:
            done = answering.correct(session, handover_id, correction, by=by, at=at, book=book)
        return answer(HandedView, done, version=done.recorded.case.version)


def _met(bp: Blueprint, book: Book) -> None:
    @bp.post("/cases/<uuid:case_id>/tasks/<uuid:task_id>/met")
    @bp.arguments(SayMet)
    @bp.response(200, RecordedView)
    def met(body: dict[str, Any], case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """Whether a receiver outside met the person, and when; a *no* once their first date has passed."""
        words = {"words": body.pop("words")}
        with transaction() as session:
            done = meeting.say_whether_met(
                session,
                case_id,
                task_id,
                Told(**body),
                words=words,
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(RecordedView, done, version=done.case.version)
