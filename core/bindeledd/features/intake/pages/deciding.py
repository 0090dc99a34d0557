"""What arrived and waits: ours or not ours, read again, or what was done about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain import telling
from bindeledd.features.intake.domain.queue import (
    NeedsIndexKind,
    NeedsReason,
    NotOurs,
    Received,
    Status,
    WordsMissing,
)
from bindeledd.features.intake.domain.registration import Intoxication
from bindeledd.features.intake.schemas import read_cursor, write_cursor
from bindeledd.features.intake.service import Rules
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t

PLACES = {
    NeedsIndexKind.code: "index_kind",
    NeedsReason.code: "because",
    WordsMissing.code: "done",
    "staff.team_not_found": "team_id",
}
SHOWN = (Status.TO_DECIDE, Status.PARKED, Status.REFUSED)
KINDS = tuple(kind.value for kind in IndexKind)
Act = Callable[[Session, Form], str]


def add_queue(bp: Blueprint, rules: Rules) -> None:
    """Put the pages of the queue on `bp`."""

    @bp.get("/queue")
    def queue() -> ResponseReturnValue:
        with transaction() as session:
            return _queue(session)

    @bp.get("/queue/<uuid:message_id>")
    def message(message_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, message_id, Form())

    @bp.post("/queue/<uuid:message_id>/find")
    def find_for_message(message_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, message_id, sent())

    _acts(bp, rules)


def _acts(bp: Blueprint, rules: Rules) -> None:
    @bp.post("/queue/<uuid:message_id>/ours")
    def ours(message_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            kind = form.one_of("index_kind", IndexKind)
            intoxication = form.one_of("intoxication", Intoxication) or Intoxication.UNKNOWN
            patient_id, team_id = form.id("patient_id"), form.id("team_id")
            if not form.is_good:
                return ""
            by = current_actor()
            done = service.decide(
                session,
                message_id,
                ours=True,
                index_kind=kind,
                intoxication=intoxication,
                patient_id=patient_id,
                team_id=team_id,
                by=by,
                at=now(),
                book=rules.book,
                routes=rules.of(session, by.tenant_id),
            )
            return _notice(done)

        return _do(act, message_id)

    @bp.post("/queue/<uuid:message_id>/not-ours")
    def not_ours(message_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            if not form.ticked("sure"):
                form.wrong("sure", t("intake.message.be_sure"))
                return ""
            because = form.one_of("because", NotOurs)
            done = service.decide(
                session,
                message_id,
                ours=False,
                because=because,
                by=current_actor(),
                at=now(),
                book=rules.book,
            )
            return _notice(done)

        return _do(act, message_id)

    _refused_acts(bp, rules)


def _refused_acts(bp: Blueprint, rules: Rules) -> None:
    @bp.post("/queue/<uuid:message_id>/read-again")
    def read_again(message_id: UUID) -> ResponseReturnValue:
        def act(session: Session, _form: Form) -> str:
            by = current_actor()
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
            return _notice(done)

        return _do(act, message_id)

    @bp.post("/queue/<uuid:message_id>/answer")
    def answer_refused(message_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            words = {"done": form.text("done")}
            service.answer_refused(session, message_id, words=words, by=current_actor(), at=now())
            return "intake.notices.refusal_answered"

        return _do(act, message_id)


def _do(act: Act, message_id: UUID) -> ResponseReturnValue:
    """Do it and go on to the queue; what is refused is said on the same page, nothing is lost."""
    form = sent()
    try:
        with transaction() as session:
            notice = act(session, form) if form.is_good else None
        if notice:
            return go_to("intake_pages.queue", notice=notice)
    except NotFound:
        raise
    except Refusal as refused:
        form.refused(refused, PLACES)
    with transaction() as session:
        return _page(session, message_id, form), 422


def _notice(done: Received) -> str:
    """What became of it, in words for everybody: nothing of a follow-up that is not theirs."""
    return f"intake.notices.{done.status.value}"


def _queue(session: Session) -> str:
    by = current_actor()
    chosen = next((one for one in SHOWN if one.value == request.args.get("status")), None)
    page = queries.queue(
        session,
        by=by,
        statuses=[chosen] if chosen else [],
        after=read_cursor(request.args.get("after")),
    )
    last = page[-1] if len(page) == queries.PAGE else None
    return render_template(
        "intake/queue.html",
        waiting=page,
        chosen=chosen.value if chosen else "",
        statuses=[one.value for one in SHOWN],
        next=write_cursor(last.received_at, last.id) if last else "",
        calls=queries.count_open_calls(session, by=by),
        why=service.reason_text,
        stands_as=service.stands_as,
        at=now(),
        **_directory(session),
    )


def _page(session: Session, message_id: UUID, form: Form) -> str:
    by = current_actor()
    opened = service.show_message(session, message_id, by=by, at=now())
    wanted = form.text("wanted")
    return render_template(
        "intake/message.html",
        one=opened.message,
        facts=opened.message.facts or {},
        said=opened.said or {},
        goes_home_later=telling.goes_home_later(opened.message.facts or {}, now()),
        cells=opened.cells,
        written=opened.written,
        form=form,
        wanted=wanted,
        found=service.find_people(session, wanted, by=by, at=now()) if wanted else (),
        kinds=KINDS,
        not_ours_because=[(one.value, service.reason_text(one)) for one in NotOurs],
        choose_team=[(team.id, team.name) for team in staff.teams(session, by.tenant_id)],
        why=service.reason_text,
        stands_as=service.stands_as,
        at=now(),
        **_directory(session),
    )


def _directory(session: Session) -> dict[str, Any]:
    by = current_actor()
    return {
        "team_names": staff.team_names(session, by.tenant_id),
        "unit_names": staff.unit_names(session, by.tenant_id),
    }
