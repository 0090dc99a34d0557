"""Leaving today: who goes home and what is missing; what a team leaves behind until it is back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import Event, EventKind, death_reported, staying
from bindeledd.features.pathways.domain import Book, Gate, Pathway, PathwayUnknown
from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, minus
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import edges
from bindeledd.features.worklist.domain.leaving import (
    Closed,
    Going,
    Leaving,
    Watch,
    columns,
    cover_of,
    gates_of,
    in_turn,
    last_word,
    not_known,
    owes_cover,
    parts,
)
from bindeledd.features.worklist.queries.leaving import (
    MOST,
    Home,
    going_home,
    overdue,
    owed_until,
)
from bindeledd.foundation.calendars import Calendar


def show_leaving(session: Session, *, by: Actor, at: datetime, book: Book) -> Leaving:
    """Everybody who goes home today or is ready to, for the teams of `by`; then each team's gap.

    One event in the log, with every patient on the page.
    """
    calendars = staff.calendars(session, by.tenant_id)
    members = staff.member_names(session, by.tenant_id)
    going, asked = _going(session, by, at, book)
    owed = Owed(frozenset(row.case_id for row in going if not row.dead), book.before_a_gap)
    teams = tuple(
        _closed(session, team, calendars[team], members, owed, at)
        for team in sorted(by.teams)
        if team in calendars
    )
    ids = {row.case_id for row in going} | {
        one.case_id for team in teams for one in team.ahead if one.case_id is not None
    }
    names = queries.names_of_cases(session, ids, by=by)
    audit.record(
        session,
        "leaving.shown",
        by=by,
        at=at,
        subjects=sorted({who.id for who in names.values()}),
        facts={"rows": len(going), "teams": sorted(by.teams)},
    )
    rows = (_named(row, names) for row in going)
    order = sorted(rows, key=lambda row: (not row.left, row.at, row.case_id))
    return Leaving(
        rows=tuple(row for row in order if not row.dead),
        dead=tuple(row for row in order if row.dead),
        teams=teams,
        names=names,
        columns=columns(asked),
    )


class Owed(NamedTuple):
    """Of whom, and by which steps, a team leaves behind also what is due before it leaves."""

    cases: frozenset[UUID]
    steps: frozenset[str]


def _named(row: Going, names: Mapping[UUID, Listed]) -> Going:
    return Going(**{**row.__dict__, "who": names.get(row.case_id)})


def _going(
    session: Session, by: Actor, at: datetime, book: Book
) -> tuple[list[Going], list[Sequence[Gate]]]:
    """Who goes home, and what the routine of each asks for."""
    day = Calendar().local_date
    today = day(at)
    units = going_home(session, Calendar().start_of_day(today), by=by)
    histories = cases.histories_of(session, list(units))
    tasks = cases.tasks_of_all(session, list(units))
    found: list[Going] = []
    asked: list[Sequence[Gate]] = []
    for case_id, home in units.items():
        events = histories.get(case_id, ())
        word = last_word(events, day)
        left = word is not None and word.kind is EventKind.DISCHARGED
        if word is None or (left and day(word.at) != today):
            word, left = not_known(events, day, today), False
        if word is None:
            continue
        death = death_reported(events)
        if death is not None and _settled_before(death, day, today):
            continue
        gates = gates_of(_routine(book, home, events), events)
        asked.append(gates)
        found.append(
            Going(
                case_id=case_id,
                unit=home.unit,
                at=word.at,
                date_only=word.date_only,
                left=left,
                not_known=word.is_assumed,
                who=None,
                parts=parts(events, tasks.get(case_id, ()), gates, at),
                death=death,
                cover=cover_of(events, at),
                cover_owed=owes_cover(tasks.get(case_id, ())),
            )
        )
    return found, asked


def _routine(book: Book, home: Home, events: Sequence[Event]) -> Pathway:
    """The routine of where they are; of one that is gone, what the newest asks for."""
    try:
        return staying.here(book, home, events)
    except PathwayUnknown:
        return max(book.pathways.values(), key=lambda one: one.version)


def _settled_before(death: Event, day: Callable[[datetime], date], today: date) -> bool:
    """A death that was confirmed on an earlier day: whoever died is no more on the way home."""
    return death.kind is EventKind.DEATH_CONFIRMED and day(death.recorded_at) != today


def _closed(
    session: Session,
    team: UUID,
    calendar: Calendar,
    members: Mapping[UUID, str],
    owed: Owed,
    at: datetime,
) -> Closed:
    edge = edges(calendar, at)
    ahead = owed_until(session, team, edge.leaves, edge.back, **owed._asdict())
    watches = _watches(session, team, members, edge.leaves, edge.back)
    answered = [(one.starts_at, one.ends_at) for one in watches]
    return Closed(
        team_id=team,
        leaves=edge.leaves,
        back=edge.back,
        long=calendar.gap_ahead(at) is not None,
        watches=tuple(watches),
        uncovered=tuple(minus((edge.leaves, edge.back), answered)),
        ahead=in_turn(ahead[:MOST], members, at),
        more=len(ahead) > MOST,
        late=overdue(session, team, at),
    )


def _watches(
    session: Session, team: UUID, members: Mapping[UUID, str], since: datetime, until: datetime
) -> list[Watch]:
    return [
        Watch(
            name=members.get(duty.member_id, ""),
            starts_at=max(duty.starts_at, since),
            ends_at=min(duty.ends_at, until),
            kind=duty.kind,
        )
        for duty in staff.duty_of(session, team, since, until)
    ]
