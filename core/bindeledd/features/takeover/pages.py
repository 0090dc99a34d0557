"""What was taken over, for those who lead the team: the comparison, the signature, undoing."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.staff import queries as staff
from bindeledd.features.takeover import service
from bindeledd.features.takeover.domain import Takeover, WhyNot, may_look
from bindeledd.features.takeover.domain.reading import CHOICES, COLUMNS, NEEDED, loose
from bindeledd.features.takeover.domain.refusals import StillRefused, UndoReason, WordsNeeded
from bindeledd.features.takeover.schemas import first_words, reason_words, what_was_read, why_words
from bindeledd.foundation.errors import NotAllowed, NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form, sent
from bindeledd.foundation.texts import t

# As many rows as a sheet can have.
LAST = 1_048_576
PLACES = {UndoReason.code: "words", WordsNeeded.code: "words"}


def pages(book: Book) -> Blueprint:
    """The pages of this feature, by the rules of `book`."""
    bp = Blueprint("takeover_pages", __name__, template_folder="templates")

    @bp.get("/takeovers")
    def takeovers() -> ResponseReturnValue:
        by = current_actor()
        with transaction() as session:
            found = service.show_takeovers(session, by=by, at=now())
            return render_template(
                "takeover/takeovers.html",
                found=found,
                may_look={one.id for one in found if may_look(one, by)},
                team_names=staff.team_names(session, by.tenant_id),
                member_names=staff.member_names(session, by.tenant_id),
                at=now(),
            )

    @bp.get("/takeovers/<uuid:takeover_id>")
    def takeover(takeover_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            return _page(session, book, takeover_id, Form())

    @bp.get("/takeovers/<uuid:takeover_id>/original")
    def original(takeover_id: UUID) -> ResponseReturnValue:
        with transaction() as session:
            _, data = service.show_original(session, takeover_id, by=current_actor(), at=now())
        kind = "xlsx" if data[:4] == b"PK\x03\x04" else "csv"
        name = f'attachment; filename="overtakelse.{kind}"'
        headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
        return Response(data, mimetype="application/octet-stream", headers=headers)

    _acts(bp, book)
    _decisions(bp, book)
    return bp


def _acts(bp: Blueprint, book: Book) -> None:
    @bp.post("/takeovers/<uuid:takeover_id>/sign")
    def sign(takeover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> None:
            by, seen = current_actor(), form.ticked("despite_undo")
            service.sign(session, takeover_id, by=by, at=now(), book=book, despite_undo=seen)

        return _do(act, book, takeover_id, "signed")

    @bp.post("/takeovers/<uuid:takeover_id>/ask-undo")
    def ask_undo(takeover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> None:
            words = form.text("words")
            by = current_actor()
            service.ask_undo(session, takeover_id, words=words, by=by, at=now(), book=book)

        return _do(act, book, takeover_id, "undo_asked")

    @bp.post("/takeovers/<uuid:takeover_id>/undo")
    def undo(takeover_id: UUID) -> ResponseReturnValue:
        def act(session: Session, _form: Form) -> Response:
            by = current_actor()
            done = service.undo(session, takeover_id, by=by, at=now(), book=book)
            notice = f"takeover.notices.{'undone_some' if done.left_open else 'undone'}"
            if may_look(done, by):
                return go_to("takeover_pages.takeover", takeover_id=takeover_id, notice=notice)
            return go_to("takeover_pages.takeovers", notice=notice)

        return _do(act, book, takeover_id, "undone")


def _do(
    act: Callable[[Session, Form], Response | None], book: Book, takeover_id: UUID, notice: str
) -> ResponseReturnValue:
    """Do it and show the take-over; what is refused is said on the same page."""
    return _act(
        act, takeover_id, notice, lambda session, form: _page(session, book, takeover_id, form)
    )


def _act(
    act: Callable[[Session, Form], Response | None],
    takeover_id: UUID,
    notice: str,
    again: Callable[[Session, Form], str],
) -> ResponseReturnValue:
    """Do it and go on to where `act` leads, else to the take-over; where it is refused, the page of
    `again` says why."""
    form = sent()
    try:
        with transaction() as session:
            onward = act(session, form)
    except (NotFound, NotAllowed):
        raise
    except StillRefused as refused:
        for reason in refused.reasons:
            form.wrong(reason.column or "form", why_words(reason))
        status = refused.status
    except Refusal as refused:
        form.refused(refused, PLACES)
        status = refused.status
    else:
        return onward or go_to(
            "takeover_pages.takeover", takeover_id=takeover_id, notice=f"takeover.notices.{notice}"
        )
    with transaction() as session:
        return again(session, form), status


def _decisions(bp: Blueprint, book: Book) -> None:
    @bp.get("/takeovers/<uuid:takeover_id>/rows/<int(max=1048576):number>")
    def refused_row(takeover_id: UUID, number: int) -> ResponseReturnValue:
        with transaction() as session:
            return _row_page(session, takeover_id, number, None)

    @bp.post("/takeovers/<uuid:takeover_id>/rows/<int(max=1048576):number>/take-in")
    def take_in(takeover_id: UUID, number: int) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> None:
            cells = {key: form.text(key) for key in COLUMNS if form.text(key)}
            service.take_in(
                session,
                takeover_id,
                number,
                cells=cells,
                by=current_actor(),
                at=now(),
                book=book,
            )

        return _decide(act, takeover_id, number, "taken_in")

    @bp.post("/takeovers/<uuid:takeover_id>/rows/<int(max=1048576):number>/followed")
    def followed(takeover_id: UUID, number: int) -> ResponseReturnValue:
        def act(session: Session, _form: Form) -> None:
            service.say_followed(session, takeover_id, number, by=current_actor(), at=now())

        return _decide(act, takeover_id, number, "followed")

    @bp.post("/takeovers/<uuid:takeover_id>/rows/<int(max=1048576):number>/not-taken")
    def not_taken(takeover_id: UUID, number: int) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> None:
            service.refuse_row(
                session,
                takeover_id,
                number,
                reason=form.one_of("reason", WhyNot),
                words=form.text("words"),
                by=current_actor(),
                at=now(),
            )

        return _decide(act, takeover_id, number, "not_taken")


def _decide(
    act: Callable[[Session, Form], Response | None], takeover_id: UUID, number: int, notice: str
) -> ResponseReturnValue:
    """Decide the row and go back to the take-over; what is wrong is said beside the cell."""
    return _act(
        act,
        takeover_id,
        notice,
        lambda session, form: _row_page(session, takeover_id, number, form),
    )


def _row_page(session: Session, takeover_id: UUID, number: int, form: Form | None) -> str:
    by = current_actor()
    shown = service.show_refused(session, takeover_id, number, by=by, at=now())
    form = form or Form(values=dict(shown.row.cells or {}))
    wrong = {*form.errors, *(reason.column for reason in shown.row.reasons)}
    return render_template(
        "takeover/refused.html",
        one=shown.takeover,
        row=shown.row,
        shown=shown,
        may_decide=shown.takeover.team_id in by.leads and shown.takeover.state != "undone",
        form=form,
        columns=COLUMNS,
        picked=_picked(session, shown.takeover, form, wrong),
        needed=NEEDED,
        loose=loose(shown.row.cells or {}),
        reasons=[(one.value, t(f"takeover.why_not.{one.value}")) for one in WhyNot],
        words=reason_words,
        member_names=staff.member_names(session, by.tenant_id),
        team_names=staff.team_names(session, by.tenant_id),
        at=now(),
    )


def _picked(
    session: Session, one: Takeover, form: Form, wrong: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen where a cell holds one of few words: none of them twice, however it is
    written in the list. What stood there stays seen, and is a choice unless it is `wrong`."""
    people = [member.name for member in staff.members_of(session, one.team_id, now())]
    units = sorted(staff.unit_names(session, one.tenant_id).values())
    few = {**CHOICES, "owner": people, "unit": units}
    return {key: _choices(words, form[key], key in wrong) for key, words in few.items()}


def _choices(words: Sequence[str], cell: str, wrong: bool) -> list[tuple[str, str]]:
    same = folded(cell)
    found = [(cell if folded(word) == same else word, word) for word in words]
    known = wrong or not cell or any(value == cell for value, _ in found)
    return found if known else [*found, (cell, cell)]


def _page(session: Session, book: Book, takeover_id: UUID, form: Form) -> str:
    by = current_actor()
    shown = service.show_takeover(
        session,
        takeover_id,
        by=by,
        at=now(),
        refused_after=_after("refused"),
        taken_after=_after("after"),
    )
    found = shown.takeover
    zone = staff.team_calendar(session, found.team_id).zone
    return render_template(
        "takeover/takeover.html",
        one=found,
        shown=shown,
        read={
            row.number: what_was_read(row, row.decided.at if row.decided else found.taken_at, zone)
            for row in shown.taken.rows
        },
        owner=_owner(session, found),
        may_have_original=service.may_have_original(session, takeover_id, by=by, at=now()),
        confirming=service.who_confirms(session, takeover_id, by=by, at=now()),
        may_sign=found.team_id in by.leads,
        form=form,
        words=reason_words,
        first_words=lambda first: first_words(first.kind, first.step_key, book),
        team_names=staff.team_names(session, by.tenant_id),
        member_names=staff.member_names(session, by.tenant_id),
        at=now(),
    )


def _owner(session: Session, one: Takeover) -> Callable[[str], str]:
    """The name of whom a cell means by name, login or address; the cell where nobody is found."""
    known = service.known_staff(session, one.team_id, one.taken_at)
    names = staff.member_names(session, one.tenant_id)

    def name(cell: str) -> str:
        member = known.get(folded(cell))
        return names.get(member, cell) if member else cell

    return name


def _after(name: str) -> int:
    """The row number to go on after; the first page where the address says none."""
    asked = request.args.get(name, 0, type=int)
    return min(max(asked, 0), LAST)
