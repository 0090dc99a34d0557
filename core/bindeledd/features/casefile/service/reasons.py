"""Explaining a case: each task, why it is due then, who said so, and what the law says.

Nothing sealed is opened: rules, times and codes only. The reading is written down all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.casefile import queries
from bindeledd.features.casefile.domain import lawful
from bindeledd.features.casefile.domain.explaining import whom_it_names
from bindeledd.features.casefile.domain.owing import Owed, Said
from bindeledd.features.casefile.service.reading import owed_by
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import Case, Event, EventKind, planning, silence, staying
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.pathways.domain import Book, Gate, Pathway, PathwayUnknown, Step
from bindeledd.features.pathways.domain.due import silence_period
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task, TaskOrigin

# What the calendar knows of a moment: nobody has to say it.
_OF_THE_MOMENT = frozenset({"next_day_unstaffed"})


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """One task with the rule behind it. `by_rule`: when that rule alone has it due, seen today;
    None where no rule of the routine owes it. `unknown`: facts that the rule asks for and that
    nobody has said: it holds for that. `ended`: the event that ended it. `holder`: who of the team
    has it."""

    owed: Owed
    team: str
    holder: str = ""
    rule: Step | Gate | None = None
    by_rule: datetime | None = None
    unknown: tuple[str, ...] = ()
    ended: Event | None = None

    @property
    def task(self) -> Task:
        return self.owed.task

    @property
    def gone_pack(self) -> str:
        """The pack that it came from, where that was taken out (`plugins remove`)."""
        return str(self.task.due_reason.get("rehomed", ""))


@dataclass(frozen=True, kw_only=True)
class CaseExplained:
    """A case as its rules have it. `routine` is None where its pathway is not installed; `elsewhere`:
    the layers of each unit of its stays."""

    case: Case
    at: datetime
    routine: Pathway | None
    law: Said
    tasks: tuple[Reasons, ...] = ()
    breaches: tuple[Event, ...] = field(default=())
    elsewhere: tuple[tuple[str, ...], ...] = ()

    @property
    def open(self) -> list[Reasons]:
        """What is owed, by due time."""
        return [one for one in self.tasks if one.task.is_open]

    @property
    def ended(self) -> list[Reasons]:
        """What was done or became moot, by due time."""
        return [one for one in self.tasks if not one.task.is_open]


def explain_case(
    session: Session, case_id: UUID, *, by: Actor, at: datetime, book: Book
) -> CaseExplained:
    """Every task of a case that `by` may see, with its reasons. Raises `NotFound` (not visible)."""
    access.require_case(session, by, case_id)
    case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    history = cases.events_of(session, case_id)
    routine, frame = _routine(session, case, book, history)
    rows = queries.task_rows(session, case_id)
    around = queries.directory(
        session, case_id, members=_named(rows), teams=_teams(case, rows), at=at
    )
    events = {event.id: event for event in history}
    names, known = around.names, planning.facts_of(history)
    found = []
    for row in rows:
        owed = owed_by(row, around, at)
        rule = None if frame is None else _rule(owed.task, frame, events)
        ended = owed.task.ended_by_event_id
        found.append(
            Reasons(
                owed=owed,
                team=names.get(owed.task.owner_team_id, ""),
                holder=names.get(owed.task.held_by, "") if owed.task.held_by else "",
                rule=rule,
                unknown=_unknown(rule, known),
                by_rule=_by_rule(owed.task, rule, frame, case, history, at),
                ended=None if ended is None else events.get(ended),
            )
        )
    made = CaseExplained(
        case=case,
        at=at,
        routine=routine,
        law=lawful.standing(case, _open(found), _silence(routine, case, history, at), at),
        tasks=tuple(found),
        breaches=tuple(e for e in history if e.kind is EventKind.GATE_BREACHED and not e.in_error),
        elsewhere=tuple(staying.others(staying.stays(history))),
    )
    facts = {"case": case_id, "tasks": len(found)}
    audit.record(session, "case.explained", by=by, at=at, subjects=[case.patient_id], facts=facts)
    return made


def _routine(
    session: Session, case: Case, book: Book, history: tuple[Event, ...]
) -> tuple[Pathway | None, planning.Frame | None]:
    try:
        frame = frame_of(session, case, book, history)
    except PathwayUnknown:
        return None, None
    return frame.pathway, frame


def _open(found: list[Reasons]) -> list[Owed]:
    return [one.owed for one in found if one.task.is_open]


def _named(rows: queries.Rows) -> set[UUID]:
    """Who has a task, who has seen or made it, and who chose or moved its day."""
    named = {who for row in rows for who in (row.held_by, row.seen_by, row.made_by)}
    named |= {who for row in rows for who in whom_it_names(row.due_reason)}
    return {who for who in named if who is not None}


def _teams(case: Case, rows: queries.Rows) -> set[UUID]:
    return {case.responsible_team_id, *(row.owner_team_id for row in rows)}


def _rule(task: Task, frame: planning.Frame, events: Mapping[UUID, Event]) -> Step | Gate | None:
    if task.origin not in (TaskOrigin.STEP, TaskOrigin.GATE):
        return None
    return frame.rule_of(task, events)


def _unknown(rule: Step | Gate | None, known: Mapping[str, Any]) -> tuple[str, ...]:
    asked = () if rule is None else sorted(rule.when)
    return tuple(name for name in asked if name not in _OF_THE_MOMENT and known.get(name) is None)


def _by_rule(
    task: Task,
    rule: Step | Gate | None,
    frame: planning.Frame | None,
    case: Case,
    history: tuple[Event, ...],
    at: datetime,
) -> datetime | None:
    anchor = next((event for event in history if event.id == task.anchor_event_id), None)
    if rule is None or frame is None or anchor is None:
        return None
    fresh = planning.task_for(frame, case, rule, anchor, history, at)
    return None if fresh is None else fresh.due_at


def _silence(
    routine: Pathway | None, case: Case, history: tuple[Event, ...], at: datetime
) -> timedelta | None:
    if routine is None:
        return None
    return silence_period(routine, silence.phase_began(case, history), at).length
