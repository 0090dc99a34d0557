"""My day: one list by due time in its parts; the inbox. *Away today* stands in `away.py`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.intake.service import who_called
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.words import TASKS
from bindeledd.features.pathways.service.wording import owed_words
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import CONTACT_KINDS
from bindeledd.features.worklist import service
from bindeledd.features.worklist.domain import OF_CALLS, Bucket, Cursor, Filter
from bindeledd.features.worklist.pages.away import add_away
from bindeledd.features.worklist.pages.duty import add_duty
from bindeledd.features.worklist.pages.inbox import add_inbox, without_case
from bindeledd.features.worklist.pages.leaving import add_leaving
from bindeledd.features.worklist.pages.searching import add_searching
from bindeledd.features.worklist.service.checks import too_late_to_check
from bindeledd.foundation.http import current_actor, now, transaction
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import said_of, texts

# Tasks that are done by ringing somebody: they have the way to the telephone in their row.
CALLS = frozenset({"call_patient", "respond_to_missed_appointment", "clinician_decides"})
# Kinds of tasks of packs: what they are called, in each language.
Titles = Mapping[str, Mapping[str, str]]


def pages(book: Book, *, longest_on_call: timedelta) -> Blueprint:
    """`url_for("worklist_pages.day")` and `.away`; `book` names the kinds of tasks of packs."""
    bp = Blueprint("worklist_pages", "bindeledd.features.worklist", template_folder="templates")
    titles = book.task_titles
    _day(bp, book)
    add_away(bp, book)
    add_duty(bp, longest_on_call)
    add_leaving(bp, book, lambda kind: _kind_words(kind, titles))
    add_searching(bp)
    add_inbox(bp, book, lambda kind: _kind_words(kind, titles))
    return bp


# --- my day ---------------------------------------------------------------------------------------


def _day(bp: Blueprint, book: Book) -> None:
    titles = book.task_titles

    @bp.get("/day")
    def day() -> ResponseReturnValue:
        by, asked = current_actor(), Form(values=request.args.to_dict())
        chosen, after = _chosen(asked, by), _after(asked)
        with transaction() as session:
            page = service.show_worklist(session, by=by, at=now(), after=after, chosen=chosen)
            acute = service.show_acute(session, by=by, at=now()) if after is None else []
            calls = _calls([*acute, *page.rows])
            rang = who_called(session, calls, by=by, at=now())
            not_now = service.said_not_now(session, [*acute, *page.rows], at=now())
            too_late = too_late_to_check(session, page.rows, at=now())
            counts = service.count(session, by=by, at=now(), team=chosen.team)
            known = _directory(session, by)
            stands_in = staff.stood_in_for(session, by.id, now()) if by.id else ()
        return render_template(
            "worklist/day.html",
            asked=asked,
            is_filtered=any(asked[name] for name in ("team", "person", "kind")),
            is_first=after is None,
            acute=acute,
            rang=rang,
            not_now=not_now,
            too_late=too_late,
            step_words=lambda row: owed_words(book, row["kind"], row["step_key"]),
            parts=_parts(page.rows, known={row["id"] for row in acute}),
            next=_next(asked, page.next),
            counts=counts,
            kinds=_kinds(titles),
            kind_words=lambda kind: _kind_words(kind, titles),
            target=_target,
            calls=CALLS,
            stands_in=stands_in,
            contacts=CONTACT_KINDS,
            of_calls=OF_CALLS,
            at=now(),
            **known,
        )


def _calls(rows: Iterable[Mapping[str, Any]]) -> set[UUID]:
    found = (row for row in rows if row["case_id"] is None and row["kind"] in OF_CALLS)
    return {row["subject_id"] for row in found}


def _chosen(asked: Form, by: Actor) -> Filter:
    person = asked.text("person")
    held_by = by.id if person == "me" else None
    if person not in ("", "me", "nobody"):
        held_by = asked.id("person")
    kind = asked.text("kind")
    return Filter(
        team=asked.id("team"),
        held_by=held_by,
        unheld=person == "nobody",
        kinds=(kind,) if kind else (),
    )


def _after(asked: Form) -> Cursor | None:
    text = asked.text("after")
    return Cursor.parse(text) if text else None


def _next(asked: Form, cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    kept: dict[str, Any] = {name: asked[name] for name in ("team", "person", "kind") if asked[name]}
    return url_for("worklist_pages.day", after=str(cursor), **kept)


def _parts(
    rows: Iterable[Mapping[str, Any]], known: Collection[UUID]
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The rows under their headings; inside each they stay in the order of their due times.

    Those of `known` stand above the list already.
    """
    parts: dict[str, list[Mapping[str, Any]]] = {bucket.value: [] for bucket in Bucket}
    for row in rows:
        if row["id"] in known:
            continue
        parts[row["bucket"].value].append(row)
    return [(bucket, found) for bucket, found in parts.items() if found]


def _directory(session: Session, by: Actor) -> dict[str, Any]:
    names = staff.team_names(session, by.tenant_id)
    mine = [(team, names[team]) for team in by.teams if team in names]
    people = staff.names_in_teams(session, by.teams, now())
    return {
        "team_names": names,
        "teams": sorted(mine, key=lambda one: one[1]),
        "people": sorted(people.items(), key=lambda one: one[1]),
        "member_names": staff.member_names(session, by.tenant_id),
    }


def _kind_words(kind: str, titles: Titles) -> str:
    found = texts().find(f"tasks.kinds.{kind}")
    return found if isinstance(found, str) else said_of(titles.get(kind, {}), kind)


def _kinds(titles: Titles) -> Sequence[tuple[str, str]]:
    every = [(kind, _kind_words(kind, titles)) for kind in (*TASKS, *titles)]
    return sorted(every, key=lambda one: one[1])


def _target(row: Mapping[str, Any]) -> str:
    """Where a row leads: the case at that task, or the call or message that has no case yet."""
    if row["withheld"]:
        return ""
    if row["case_id"] is not None:
        anchor = f"task-{row['id']}"
        return url_for("casefile_pages.show", case_id=row["case_id"], _anchor=anchor)
    return without_case(row["kind"], row["subject_id"])
