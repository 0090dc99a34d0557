"""My day as the page shows it: the list, what stands above it, and what is said beside a row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain.checking import CHECK
from bindeledd.features.intake.service import who_called
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import CONTACT_KINDS
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import ALL, CALLS, OF_CALLS, PAGE, Cursor, Day, Filter
from bindeledd.features.worklist.domain.changing import Change, Mark, change, token
from bindeledd.features.worklist.queries.calling import not_safe_to_call
from bindeledd.features.worklist.queries.checks import told_of
from bindeledd.features.worklist.service.reading import (
    answer,
    ends_of,
    goes_on,
    teams_of,
    write_down,
)

Row = Mapping[str, Any]


def show_day(
    session: Session,
    *,
    by: Actor,
    at: datetime,
    after: Cursor | None = None,
    chosen: Filter = ALL,
) -> Day:
    """A page of what is owed for the teams of `by`; above the first one the acute concerns of all
    of them, by kind of duty, whatever is filtered.

    One answer: one event in the log, with every patient on it; who rang is one of its own. As many
    statements for any number of rows. Raises `NotYourTeam`.
    """
    teams, every = teams_of(by, chosen), sorted(by.teams)
    rows = queries.page_rows(session, teams, after, chosen) if teams else ()
    above = queries.acute_rows(session, every) if every and after is None else ()
    shown = [*above, *rows[:PAGE]]
    names = queries.names(session, by.tenant_id, shown)
    if teams:
        facts = {"rows": len(shown) - len(above), "acute": len(above), "teams": teams}
        write_down(session, names, by=by, at=at, facts=facts)
    known = ends_of(session, by.tenant_id, {*teams, *every}, at)
    told = [answer(row, listed, known) for row, listed in zip(shown, names, strict=True)]
    calls = {row["subject_id"] for row in told if row["case_id"] is None and _is_of_call(row)}
    not_now, too_late = _said(session, told, at=at)
    return Day(
        acute=told[: len(above)],
        rows=told[len(above) :],
        next=goes_on(rows),
        token=token(_marks([*above, *rows[:PAGE]]), at),
        rang=who_called(session, calls, by=by, at=at),
        not_now=not_now,
        too_late=too_late,
        not_safe=not_safe_to_call(session, _rung(told)),
    )


def _rung(rows: Iterable[Row]) -> set[UUID]:
    """The people whom a row leads to ringing, as far as they may be named in it."""
    return {row["patient"]["id"] for row in rows if row["kind"] in CALLS and row["patient"]}


def day_changed(
    session: Session,
    shown: str,
    *,
    by: Actor,
    at: datetime,
    after: Cursor | None = None,
    chosen: Filter = ALL,
) -> Change | None:
    """What is another one of the page that gave the token `shown`; None where nothing is. Carries no
    patient. Raises `NotYourTeam`."""
    teams, every = teams_of(by, chosen), sorted(by.teams)
    rows = queries.page_marks(session, teams, after, chosen)[:PAGE] if teams else ()
    above = queries.acute_marks(session, every) if every and after is None else ()
    return change(shown, _marks([*above, *rows]), at)


def _marks(rows: Iterable[queries.Row]) -> Sequence[Mark]:
    return [
        Mark(row.id, row.version, row.due_at, row.owner_team_id, row.seen_until, row.held_by)
        for row in rows
    ]


def _is_of_call(row: Row) -> bool:
    return row["kind"] in OF_CALLS


def _said(session: Session, rows: Iterable[Row], *, at: datetime) -> tuple[Any, Any]:
    """Case → the day to come before which the person does not want to be contacted; and check →
    when the appointment began that it asks of: what is owed there is what became of it."""
    shown = list(rows)
    begun, asked = told_of(
        session,
        checks={row["id"] for row in shown if row["kind"] == CHECK},
        cases={row["case_id"] for row in shown if row["kind"] in CONTACT_KINDS and row["patient"]},
    )
    return (
        {case: day for case, day in asked.items() if day > at},
        {task: begins for task, begins in begun.items() if begins <= at},
    )
