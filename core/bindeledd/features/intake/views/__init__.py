"""Messages, calls and registrations over HTTP.

`create_blueprints()` is called once by the app, with what the site has said.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.intake import service
from bindeledd.features.intake.domain.queue import Received, Status
from bindeledd.features.intake.schemas import (
    AskQueue,
    CalledView,
    CallView,
    Decide,
    MatchCall,
    OpenedView,
    QueueView,
    ReceivedView,
    TakeCall,
    Words,
    read_cursor,
    write_cursor,
)
from bindeledd.features.intake.service import Rules
from bindeledd.features.intake.views.registering import registrations
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http import (
    Blueprint,
    answer,
    current_actor,
    now,
    transaction,
)
from bindeledd.foundation.http.parts import each_by_itself

_ANY_MESSAGE = {"application/xml": {"schema": {"type": "string"}}}


def create_blueprints(rules: Rules) -> list[Blueprint]:
    """The doors of this feature. `intake.take_in` takes a whole message."""
    return [_messages(rules), _calls(rules.book), registrations(rules)]


def _messages(rules: Rules) -> Blueprint:
    bp = Blueprint("intake", __name__, url_prefix="/messages", description="Messages in")
    _taking_in(bp, rules)
    _looking(bp)
    _answering(bp, rules)
    return bp


def _taking_in(bp: Blueprint, rules: Rules) -> None:
    @bp.post("")
    @bp.doc(requestBody={"required": True, "content": _ANY_MESSAGE})
    @bp.response(201, ReceivedView)
    @bp.alt_response(200, schema=ReceivedView, success=True)
    @bp.alt_response(207, schema=ReceivedView, success=True)
    def take_in() -> ResponseReturnValue:
        """Take in one message, or a list of discharges row by row. 200 when all was here before.

        Each row of a list is taken by itself. 207 when some were not (`taken` is false, `reason`
        says why): sent again, the list goes on with those, and changes nothing of the others.
        """
        by, data = current_actor(), request.get_data(cache=False)
        letter = service.read_letter(data, rules=rules)
        take = _taking(rules, by)
        if letter.rows:
            return _answer_list(letter, each_by_itself(letter.rows, take))
        with transaction() as session:
            is_new, seen = take(session, letter)
        return answer(ReceivedView, seen, status=201 if is_new else 200)


def _looking(bp: Blueprint) -> None:
    @bp.get("")
    @bp.arguments(AskQueue, location="query")
    @bp.response(200, QueueView)
    def queue(asked: dict[str, Any]) -> ResponseReturnValue:
        """What waits for an answer of your teams, the oldest first."""
        statuses = [asked["status"]] if asked["status"] else []
        with transaction() as session:
            page = service.show_queue(
                session,
                by=current_actor(),
                at=now(),
                statuses=statuses,
                after=read_cursor(asked["after"]),
                limit=asked["limit"],
            )
        full = len(page) == asked["limit"]
        cursor = write_cursor(page[-1].received_at, page[-1].id) if full else None
        return answer(QueueView, {"messages": page, "next": cursor})

    @bp.get("/<uuid:message_id>")
    @bp.response(200, OpenedView)
    def show(message_id: UUID) -> ResponseReturnValue:
        """One message, opened. A read that is written down."""
        with transaction() as session:
            opened = service.show_message(session, message_id, by=current_actor(), at=now())
        return answer(OpenedView, opened)


def _answering(bp: Blueprint, rules: Rules) -> None:
    @bp.post("/<uuid:message_id>/decision")
    @bp.arguments(Decide)
    @bp.response(200, ReceivedView)
    def decide(body: dict[str, Any], message_id: UUID) -> ResponseReturnValue:
        """Ours: the follow-up opens or goes on. Not ours: the message is erased for good."""
        by = current_actor()
        with transaction() as session:
            done = service.decide(
                session,
                message_id,
                **body,
                by=by,
                at=now(),
                book=rules.book,
                routes=rules.of(session, by.tenant_id),
            )
            done = service.as_seen_by(session, done, by)
        return answer(ReceivedView, done)

    @bp.post("/<uuid:message_id>/answer")
    @bp.arguments(Words)
    @bp.response(204)
    def answer_refused(body: dict[str, Any], message_id: UUID) -> ResponseReturnValue:
        """What was done about a message that could not be taken in."""
        with transaction() as session:
            service.answer_refused(
                session, message_id, words={"done": body["words"]}, by=current_actor(), at=now()
            )
        return "", 204

    @bp.post("/<uuid:message_id>/read-again")
    @bp.response(200, ReceivedView)
    def read_again(message_id: UUID) -> ResponseReturnValue:
        """Try a refused message once more."""
        by = current_actor()
        with transaction() as session:
            done = service.read_again(
                session,
                message_id,
                by=by,
                at=now(),
                book=rules.book,
                routes=rules.of(session, by.tenant_id),
                standards=rules.standards,
                foreign=rules.foreign,
            )
            done = service.as_seen_by(session, done, by)
        return answer(ReceivedView, done)


_Taken = tuple[bool, Received]


def _taking(rules: Rules, by: Actor) -> Callable[[Session, service.Letter], _Taken]:
    def take(session: Session, letter: service.Letter) -> _Taken:
        """Whether the message is new, and what the one who handed it in may know of it."""
        done = service.receive_letter(session, letter, rules=rules, by=by, at=now())
        return done.status is not Status.DUPLICATE, service.as_seen_by(session, done, by)

    return take


def _answer_list(letter: service.Letter, done: Sequence[_Taken | Refusal]) -> ResponseReturnValue:
    rows = [_as_row(row, one) for one, row in zip(done, letter.rows, strict=True)]
    formats = [row["format"] for row in rows if row["taken"]]
    said = {"status": Status.RECEIVED, "format": next(iter(formats), None), "rows": rows}
    if not all(row["taken"] for row in rows):
        return answer(ReceivedView, said, status=207)
    new = any(not isinstance(one, Refusal) and one[0] for one in done)
    return answer(ReceivedView, said, status=201 if new else 200)


def _as_row(row: service.Letter, done: _Taken | Refusal) -> dict[str, Any]:
    if isinstance(done, Refusal):
        return {"row": row.row, "taken": False, "reason": done.code}
    return {**asdict(done[1]), "row": row.row, "taken": True}


def _calls(book: Book) -> Blueprint:
    bp = Blueprint("calls", __name__, url_prefix="/calls", description="Somebody called")

    @bp.post("")
    @bp.arguments(TakeCall)
    @bp.response(201, CalledView)
    def take(body: dict[str, Any]) -> ResponseReturnValue:
        """Somebody called. Owner and clock are there before this answers."""
        words = {key: body.pop(key) for key in ("said", "caller", "number", "about")}
        with transaction() as session:
            done = service.call_in(
                session, words=words, **body, by=current_actor(), at=now(), book=book
            )
        return answer(CalledView, done, status=201)

    @bp.get("")
    @bp.response(200, CallView(many=True))
    def show() -> ResponseReturnValue:
        """Calls of your teams that nobody has answered, what is due first."""
        with transaction() as session:
            calls = service.show_calls(session, by=current_actor(), at=now())
        return answer(CallView, calls, many=True)

    @bp.post("/<uuid:call_id>/match")
    @bp.arguments(MatchCall)
    @bp.response(200, CalledView)
    def match(body: dict[str, Any], call_id: UUID) -> ResponseReturnValue:
        """Whom the call is about."""
        with transaction() as session:
            done = service.match_call(
                session, call_id, **body, by=current_actor(), at=now(), book=book
            )
        return answer(CalledView, done)

    @bp.post("/<uuid:call_id>/answer")
    @bp.arguments(Words)
    @bp.response(204)
    def end(body: dict[str, Any], call_id: UUID) -> ResponseReturnValue:
        """What was done. Nothing else ends a call."""
        with transaction() as session:
            service.answer_call(
                session, call_id, words={"done": body["words"]}, by=current_actor(), at=now()
            )
        return "", 204

    return bp
