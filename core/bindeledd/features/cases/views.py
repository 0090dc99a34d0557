"""Cases over HTTP: one shown, what happened, tasks, endings. If-Match names a case's version."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.cases import service
from bindeledd.features.cases.domain import EventKind, NewEvent, recalling, whereabouts
from bindeledd.features.cases.domain.covering import Cover
from bindeledd.features.cases.schemas import (
    AddTask,
    AskClosing,
    CaseView,
    Complete,
    HoldTask,
    InError,
    MoveTask,
    OpenCase,
    RecordedView,
    Say,
    Tell,
)
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.http import (
    Blueprint,
    answer,
    check_version,
    current_actor,
    expected_version,
    now,
    transaction,
)

# Whoever has something that was sent by mistake, of a task: (session, case, task, by, at).
Receivers = Callable[[Session, UUID, UUID, Actor, datetime], Sequence[str]]


class AtOnce(Protocol):
    """Puts what cannot wait for the sweep before whoever has to hear it, of what was recorded."""

    def __call__(self, session: Session, done: Recorded, *, at: datetime) -> object: ...


def create_blueprint(
    book: Book, receivers: Receivers | None = None, at_once: AtOnce = lambda *_, **_how: None
) -> Blueprint:
    """Cases by the routines of `book`; `receivers` says who is to be told of what was wrong, and
    `at_once` tells whoever has to hear in the same transaction."""
    bp = Blueprint("cases", __name__, url_prefix="/cases", description="Cases")
    _cases(bp, book)
    _events(bp, book, at_once)
    _tasks(bp, book, receivers)
    _endings(bp, book, at_once)
    return bp


def _done_words(body: Mapping[str, Any]) -> dict[str, Any]:
    """In words for all, or to each: only what was said is kept."""
    told = {"told": body["told"]} if body["told"] else {}
    return {"words": body["words"], **told} if body["words"] or not told else told


Act = Callable[[Session, Actor], Recorded]


def _recorded(act: Act, case_id: UUID, *, status: int = 200) -> ResponseReturnValue:
    """Do `act` on the case that If-Match expects, and answer what became of it."""
    by = current_actor()
    with transaction() as session:
        if expected_version() is not None:
            check_version(saying.expected(session, case_id, by=by))
        done = act(session, by)
    return answer(RecordedView, done, status=status, version=done.case.version)


def _cases(bp: Blueprint, book: Book) -> None:
    @bp.post("")
    @bp.arguments(OpenCase)
    @bp.response(201, RecordedView)
    def open_case(body: dict[str, Any]) -> ResponseReturnValue:
        """Register an index event: opens, joins or re-opens the patient's case."""
        said = {"words": body["words"]} if body["words"] else None
        discharged = body["discharged_at"]
        with transaction() as session:
            done = service.open_known(
                session,
                patient_id=body["patient_id"],
                index_kind=body["index_kind"],
                index_at=body["happened_at"] or now(),
                date_only=body["date_only"],
                team_id=body["team_id"],
                unit_id=body["unit_id"],
                note=said,
                more=[NewEvent(kind=EventKind.DISCHARGED, at=discharged)] if discharged else [],
                by=current_actor(),
                at=now(),
                book=book,
            )
        return answer(RecordedView, done, status=201, version=done.case.version)

    @bp.get("/<uuid:case_id>")
    @bp.response(200, CaseView)
    def show(case_id: UUID) -> ResponseReturnValue:
        """What happened, what is owed, and what waits for a signature. Written down as a read."""
        with transaction() as session:
            shown = saying.show_case(session, case_id, by=current_actor(), at=now())
        return answer(CaseView, shown, version=shown.case.version)


def _events(bp: Blueprint, book: Book, at_once: AtOnce) -> None:
    @bp.post("/<uuid:case_id>/events")
    @bp.arguments(Tell)
    @bp.response(201, RecordedView)
    def tell(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Record that something was done or happened."""
        words, number, how = body.pop("words"), body.pop("number"), body.pop("how")
        said = {"words": words, "phone": number, "how": how and how.value}
        covers = body.pop("covers")

        def act(session: Session, by: Actor) -> Recorded:
            done = saying.tell(
                session,
                case_id,
                **body,
                covers=None if covers is None else Cover(**covers),
                words={name: text for name, text in said.items() if text} or None,
                by=by,
                at=now(),
                book=book,
            )
            at_once(session, done, at=now())
            return done

        return _recorded(act, case_id, status=201)

    @bp.post("/<uuid:case_id>/events/in-error")
    @bp.arguments(InError)
    @bp.response(200, RecordedView)
    def mark(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Mark events as entered in error; what is owed is planned anew."""

        def act(session: Session, by: Actor) -> Recorded:
            return service.mark_in_error(
                session,
                case_id,
                body["events"],
                words={"words": body["words"]},
                right=whereabouts.said(
                    body["discharge"], body["left_at"], date_only=body["left_date_only"]
                ),
                by=by,
                at=now(),
                book=book,
            )

        return _recorded(act, case_id)


def _tasks(bp: Blueprint, book: Book, receivers: Receivers | None) -> None:
    _adding(bp, book)
    _completing(bp, book, receivers)
    _holding(bp)
    for name, move in (("bring-forward", work.bring_forward), ("move-later", work.move_later)):
        _moving(bp, book, name, move)


def _adding(bp: Blueprint, book: Book) -> None:
    @bp.post("/<uuid:case_id>/tasks")
    @bp.arguments(AddTask)
    @bp.response(201, RecordedView)
    def add(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Owe something that no pathway asks for."""

        def act(session: Session, by: Actor) -> Recorded:
            return work.add_task(
                session,
                case_id,
                due_at=body["due_at"],
                team_id=body["team_id"],
                words={"words": body["words"]},
                by=by,
                at=now(),
                book=book,
            )

        return _recorded(act, case_id, status=201)


def _completing(bp: Blueprint, book: Book, receivers: Receivers | None) -> None:
    @bp.post("/<uuid:case_id>/tasks/<uuid:task_id>/complete")
    @bp.arguments(Complete)
    @bp.response(200, RecordedView)
    def complete(body: dict[str, Any], case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """Say that a task is done, and what was done.

        Where something is called back or withdrawn, `told` has each of `…/receivers`; only of what
        is called back is that enough without `words`.
        """

        def act(session: Session, by: Actor) -> Recorded:
            kind = work.get_task(session, case_id, task_id, by=by).kind
            if receivers is not None and kind in recalling.TOLD_EACH:
                who = receivers(session, case_id, task_id, by, now())
                recalling.check_told(body["told"], who)
            return work.complete_task(
                session,
                case_id,
                task_id,
                words=_done_words(body),
                next_at=body["next_at"],
                by=by,
                at=now(),
                book=book,
            )

        return _recorded(act, case_id)


def _holding(bp: Blueprint) -> None:
    @bp.post("/<uuid:case_id>/tasks/<uuid:task_id>/hold")
    @bp.arguments(HoldTask)
    @bp.response(204)
    def hold(body: dict[str, Any], case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """Take a task, or give it back to its team."""
        with transaction() as session:
            work.hold_task(session, case_id, task_id, **body, by=current_actor(), at=now())
        return "", 204


def _moving(bp: Blueprint, book: Book, name: str, move: Callable[..., Recorded]) -> None:
    @bp.post(f"/<uuid:case_id>/tasks/<uuid:task_id>/{name}", endpoint=name)
    @bp.arguments(MoveTask)
    @bp.response(200, RecordedView)
    def moved(body: dict[str, Any], case_id: UUID, task_id: UUID) -> ResponseReturnValue:
        """Another due time for a task, with a reason."""

        def act(session: Session, by: Actor) -> Recorded:
            words = {"words": body["words"]}
            due_at = body["due_at"]
            return move(
                session, case_id, task_id, due_at=due_at, words=words, by=by, at=now(), book=book
            )

        return _recorded(act, case_id)


def _endings(bp: Blueprint, book: Book, at_once: AtOnce) -> None:
    @bp.post("/<uuid:case_id>/closing")
    @bp.arguments(AskClosing)
    @bp.response(201, RecordedView)
    def ask(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Ask for the case to be closed. It stays open until a lead signs."""

        def act(session: Session, by: Actor) -> Recorded:
            done = endings.request_closing(
                session,
                case_id,
                ending=body["ending"],
                override=body["override"],
                words={"words": body["words"]},
                by=by,
                at=now(),
                book=book,
            )
            at_once(session, done, at=now())
            return done

        return _recorded(act, case_id, status=201)

    for name, answered in (("sign", endings.sign_closing), ("refuse", endings.refuse_closing)):
        _answering(bp, book, name, answered)


def _answering(bp: Blueprint, book: Book, name: str, answered: Callable[..., Recorded]) -> None:
    @bp.post(f"/<uuid:case_id>/closing/{name}", endpoint=name)
    @bp.arguments(Say)
    @bp.response(200, RecordedView)
    def done(body: dict[str, Any], case_id: UUID) -> ResponseReturnValue:
        """Sign the ending that was asked for, or refuse it."""

        def act(session: Session, by: Actor) -> Recorded:
            return answered(session, case_id, words=body, by=by, at=now(), book=book)

        return _recorded(act, case_id)
