"""The inbox: what a person was told of, by whom it is about; failures. A look answers nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain import Listed
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain import PersonalOnly
from bindeledd.features.reminders.domain.hygiene import OVER_BUDGET_RUNG
from bindeledd.features.reminders.domain.inbox import (
    NOBODY_COVERS,
    RANKS,
    THE_REST,
    InboxItem,
    Place,
    rank,
)
from bindeledd.features.reminders.service import answerable, lasts_until
from bindeledd.features.reminders.service.wording import fault, place_words
from bindeledd.features.staff import queries as staff
from bindeledd.features.worklist import service
from bindeledd.features.worklist.domain import OF_CALLS, BadCursor, Cursor
from bindeledd.features.worklist.service.checks import too_late_to_check
from bindeledd.foundation.http import current_actor, now, transaction

# Where what is owed without a follow-up is answered.
_WHERE = {
    "decide_message": "/queue",
    "sign_takeover": "/takeovers",
    "decide_refused": "/takeovers",
    "confirm_undo": "/takeovers",
    "review_report": "/reports/review",
    "repair_message": "/queue",
    "decide_objection": "/relatives",
    "answer_call": "/calls",
    "acute_concern": "/calls",
}
# So many of what belongs together stand open; the others fold.
SHOWN = 4


def add_inbox(bp: Blueprint, book: Book, words: Callable[[str], str]) -> None:
    """Put the inbox on `bp`, by the ladders of `book`; `words` names a kind of task."""

    @bp.get("/inbox")
    def inbox() -> ResponseReturnValue:
        by, after = current_actor(), _after()
        if by.id is None:
            raise PersonalOnly()
        with transaction() as session:
            page = service.show_inbox(session, by=by, at=now(), after=after)
            notices = reminders.notices(session, by.tenant_id, by.id)
            whose = staff.logins_of(session, {one.member_id for one in notices if one.member_id})
            teams = staff.team_names(session, by.tenant_id)
            until = lasts_until(session, page.items, at=now(), book=book)
            known = {
                "parts": parts(page.items, page.names, until, now()),
                "too_late": too_late_to_check(session, map(_asked, page.items), at=now()),
                "answerable": answerable(session, page.items, by=by),
                "rang": page.rang,
                "said_of_cover": page.no_cover,
                "member_names": staff.member_names(session, by.tenant_id),
                "messages": page.messages,
                "notices": [(one, fault(one, whose), place_words(one, teams)) for one in notices],
                "team_names": teams,
                "unit_names": staff.unit_names(session, by.tenant_id),
            }
        return render_template(
            "worklist/inbox.html",
            where=where,
            kind_words=words,
            of_calls=OF_CALLS,
            shown=SHOWN,
            outside=(OVER_BUDGET_RUNG,),
            next=_next(page.next),
            is_first=after is None,
            at=now(),
            **known,
        )


def _asked(item: InboxItem) -> Mapping[str, Any]:
    return {"id": item.task_id, "kind": item.kind}


@dataclass(frozen=True)
class Bunch:
    """What waits about one person, message or call, and until when it can be left in peace.

    `waiting` is what nobody has acknowledged of it, and what `until` speaks of. `who` is None for
    a message or a call, and where the teams of the asker do not see the case.
    """

    items: list[InboxItem]
    waiting: list[InboxItem]
    who: Listed | None
    until: datetime

    @property
    def withheld(self) -> bool:
        return self.items[0].case_id is not None and self.who is None


def parts(
    items: Iterable[InboxItem],
    names: Mapping[UUID, Listed],
    until: Mapping[UUID, datetime],
    at: datetime,
) -> dict[str, list[Bunch]]:
    """Acute concerns, deaths that were reported, what nobody can cover, what is late, what soon is.

    What belongs together stands together.
    """
    bunches: dict[UUID, list[InboxItem]] = {}
    for item in items:
        bunches.setdefault(item.about, []).append(item)
    found: dict[str, list[Bunch]] = {part: [] for part in (*_PARTS.values(), "late", "soon")}
    for about, bunch in bunches.items():
        part = _part(bunch, at)
        bunch.sort(key=lambda item: -rank(item.kind, no_cover=item.no_cover))
        waiting = [item for item in bunch if not item.answered(at)]
        lasts = min(until[item.task_id] for item in waiting or bunch)
        found[part].append(Bunch(bunch, waiting, names.get(about), lasts))
    return found


# What stands first, in its order.
_PARTS = {
    RANKS["acute_concern"]: "acute",
    RANKS["confirm_death"]: "death",
    NOBODY_COVERS: "no_cover",
}


def _part(bunch: list[InboxItem], at: datetime) -> str:
    highest = max(rank(item.kind, no_cover=item.no_cover) for item in bunch)
    first = min(item.due_at for item in bunch)
    return _PARTS.get(highest) or ("late" if first < at else "soon")


def where(item: InboxItem) -> str:
    """The address where the task is done."""
    if item.case_id is not None and item.kind == "sign_closing":
        return f"/sign/{item.case_id}"
    if item.case_id is not None:
        return f"/cases/{item.case_id}#task-{item.task_id}"
    return without_case(item.kind, item.subject_id)


def without_case(kind: str, subject_id: UUID | None) -> str:
    """The page of a message, a call or a take-over that a task is about."""
    place = _WHERE.get(kind)
    return f"{place}/{subject_id}" if place and subject_id else "/"


def _after() -> Place | None:
    text = request.args.get("after", "")
    if not text:
        return None
    of, _, rest = text.partition(".")
    if of not in {str(known) for known in (THE_REST, NOBODY_COVERS, *RANKS.values())}:
        raise BadCursor()
    cursor = Cursor.parse(rest)
    return Place(int(of), cursor.due_at, cursor.id)


def _next(place: Place | None) -> str:
    if place is None:
        return ""
    cursor = Cursor(place.due_at, place.key)
    return url_for("worklist_pages.inbox", after=f"{place.rank}.{cursor}")
