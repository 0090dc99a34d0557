"""My day: one list by due time in its parts, with its filters; and drawn anew in its place."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, partial
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service.wording import owed_words
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, Around
from bindeledd.features.tasks.domain import CONTACT_KINDS, TaskNotFound
from bindeledd.features.worklist import service
from bindeledd.features.worklist.domain import CALLS, OF_CALLS, Bucket, Counts, Cursor, Day, Filter
from bindeledd.features.worklist.pages.inbox import without_case
from bindeledd.features.worklist.service.day import day_changed, show_day
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.asking import addresses, by_itself, in_place
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import refusal_text

FILTERS = ("team", "person", "kind")
Words = Callable[[str], str]
Row = Mapping[str, Any]


def add_day(bp: Blueprint, book: Book, words: Words) -> None:
    """Put my day on `bp`; `words` names a kind of task, also of a pack."""

    def drawn(template: str, **more: object) -> str:
        said = {"kind_words": cache(words), "step_words": cache(partial(owed_words, book))}
        asked = Form(values=request.args.to_dict())
        given = _read(asked)
        kinds = given["counts"].kinds | {asked.text("kind")} - {""}
        named = sorted(((one, words(one)) for one in kinds), key=_second)
        return render_template(template, kinds=named, **said, **given, **more)

    @bp.get("/day")
    def day() -> ResponseReturnValue:
        opened = Form(values=request.args.to_dict()).id("open")
        return drawn("worklist/day.html", opened=opened, gone=refusal_text(TaskNotFound.code))

    @bp.get("/day/rows")
    @by_itself
    def rows() -> ResponseReturnValue:
        """The same list, for the page that shows it already; whoever comes here else gets the page."""
        return drawn("worklist/_rows.html") if in_place() else _whole()

    @bp.get("/day/changed")
    @by_itself
    def changed() -> ResponseReturnValue:
        """Whether the list would be another one now, and by how many rows. Carries no patient."""
        if not in_place():
            return _whole()
        by, asked = current_actor(), Form(values=request.args.to_dict())
        chosen, after = _chosen(asked, by), _after(asked)
        with transaction() as session:
            change = day_changed(
                session, asked["token"], by=by, at=now(), after=after, chosen=chosen
            )
        if change is None:
            return "", 204
        return render_template("worklist/_news.html", change=change), {"HX-Trigger": "redraw"}


def _whole() -> ResponseReturnValue:
    return go_to("worklist_pages.day", **_here(Form(values=request.args.to_dict())))


def _here(asked: Form) -> dict[str, str]:
    """What of the address says which sight it is."""
    return {name: asked[name] for name in (*FILTERS, "after") if asked[name]}


def _read(asked: Form) -> dict[str, Any]:
    """The list that is asked for, as the template takes it: a read that is written down."""
    by = current_actor()
    chosen, after = _chosen(asked, by), _after(asked)
    with transaction() as session:
        shown = show_day(session, by=by, at=now(), after=after, chosen=chosen)
        counts = service.count(session, by=by, at=now(), team=chosen.team)
        holders = {row["held_by"] for row in (*shown.acute, *shown.rows)} - {None}
        around = staff.around(session, by, holders=holders, at=now())
    return _given(asked, shown, counts, around)


def _given(asked: Form, shown: Day, counts: Counts, around: Around) -> dict[str, Any]:
    """What the template needs of what was read."""
    return {
        "asked": asked,
        "here": _here(asked),
        "is_filtered": any(asked[name] for name in FILTERS),
        "is_first": not asked["after"],
        "day": shown,
        "parts": _parts(shown.rows, known={row["id"] for row in shown.acute}),
        "next": _next(asked, shown.next),
        "counts": counts,
        "around": around,
        "teams": sorted(around.teams.items(), key=_second),
        "people": sorted(around.colleagues.items(), key=_second),
        "target": _targets(),
        "contact_at": addresses("casefile_pages.contact", "case_id"),
        "calls": CALLS,
        "contacts": CONTACT_KINDS,
        "of_calls": OF_CALLS,
        "at": now(),
    }


def _second(one: tuple[Any, str]) -> str:
    return one[1]


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
    kept: dict[str, Any] = {name: asked[name] for name in FILTERS if asked[name]}
    return url_for("worklist_pages.day", after=str(cursor), **kept)


def _parts(rows: Iterable[Row], known: Collection[Any]) -> list[tuple[str, list[Row]]]:
    """The rows under their headings; inside each they stay in the order of their due times.

    Those of `known` stand above the list already.
    """
    parts: dict[str, list[Row]] = {bucket.value: [] for bucket in Bucket}
    for row in rows:
        if row["id"] not in known:
            parts[row["bucket"].value].append(row)
    return [(bucket, found) for bucket, found in parts.items() if found]


def _targets() -> Callable[[Row], str]:
    """Where a row leads: the case at that task, or the call or message that has no case yet."""
    case_at = addresses("casefile_pages.show", "case_id")

    def target(row: Row) -> str:
        if row["withheld"]:
            return ""
        if row["case_id"] is not None:
            return f"{case_at(row['case_id'])}#task-{row['id']}"
        return without_case(row["kind"], row["subject_id"])

    return target
