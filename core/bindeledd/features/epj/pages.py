"""The list *not in the EPJ yet* of a team, and one note: to copy, to print, to say that it stands."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from bindeledd.features.epj import service
from bindeledd.features.epj.domain import Asked, read_cursor
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import sent, stamped
from bindeledd.foundation.printing import plain, printed
from bindeledd.foundation.texts import site_language

_PLACE = ("whose", "order", "team", "after")


def pages(book: Book) -> Blueprint:
    """The pages of notes. `book`: what is owed when a note in the EPJ was wrong."""
    bp = Blueprint("epj_pages", __name__, template_folder="templates")

    bp.get("/epj")(waiting)
    bp.get("/epj/<uuid:event_id>")(note)
    bp.post("/epj/<uuid:event_id>/pdf")(note_pdf)

    @bp.post("/epj/<uuid:event_id>")
    def mark(event_id: UUID) -> ResponseReturnValue:
        said = sent().text("entered")
        entered = said not in ("no", "corrected")
        with transaction() as session:
            service.mark(
                session, event_id, entered=entered, by=current_actor(), at=now(), book=book
            )
        notice = "entered" if entered else "corrected" if said == "corrected" else "taken_back"
        return go_to("epj_pages.waiting", notice=f"epj.notices.{notice}", **_here())

    return bp


def waiting() -> ResponseReturnValue:
    """The notes of a team that do not stand in the EPJ yet."""
    by, asked = current_actor(), _asked()
    with transaction() as session:
        found = service.show_waiting(session, asked, by=by, at=now())
        names = staff.member_names(session, by.tenant_id)
        teams = staff.team_names(session, by.tenant_id)
    mine = sorted(((name, team) for team, name in teams.items() if team in by.teams))
    return render_template(
        "epj/waiting.html",
        found=found,
        asked=asked,
        here=_here(),
        teams=mine if len(mine) > 1 else (),
        member_names=names,
        at=now(),
    )


def note(event_id: UUID) -> ResponseReturnValue:
    """One note, to copy."""
    by = current_actor()
    with transaction() as session:
        ready = service.show_note(session, event_id, by=by, at=now())
        names = staff.member_names(session, by.tenant_id)
        teams = staff.team_names(session, by.tenant_id)
    return render_template(
        "epj/note.html",
        note=ready.note,
        text=plain(ready.sheet),
        sheet=ready.sheet,
        here=_here(),
        member_names=names,
        team_names=teams,
        at=now(),
    )


def note_pdf(event_id: UUID) -> ResponseReturnValue:
    """One note, to print or to file."""
    with transaction() as session:
        ready = service.show_note(session, event_id, form="pdf", by=current_actor(), at=now())
    made = Response(
        printed(ready.sheet, at=ready.note.recorded_at, language=site_language()),
        200,
        mimetype="application/pdf",
    )
    name = f"notat-{stamped(ready.note.recorded_at)}.pdf"
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    made.headers["Content-Language"] = site_language()
    return made


def _here() -> dict[str, str]:
    """The place in the list that the address says: whoever marks a note goes on from there."""
    return {name: said for name in _PLACE if (said := request.args.get(name, ""))}


def _asked() -> Asked:
    """What the address asks for: whose notes, of which team, in which order, from where on."""
    said = request.args
    return Asked(
        mine=said.get("whose") == "mine",
        newest=said.get("order") != "oldest",
        team=said.get("team", None, type=UUID),
        after=read_cursor(said.get("after", "")),
    )
