"""What is owed: a pure function from pathway, facts, events and tasks to changes of tasks.

The same events always give the same tasks. Whoever holds the case writes what `plan` says, in
the order new task, pointer, old task. `plan` never drops a task: a task ends because an event
satisfied it or made it moot, and it names that event.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import Case, Event, EventKind, death_reported, last_of
from bindeledd.features.pathways.domain import (
    Book,
    CoreRule,
    Gate,
    Pathway,
    Step,
    Strength,
    applies,
    due_moment,
    has_evidence,
    longest_silence,
)
from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Conflict
from bindeledd.foundation.ids import new_id

REVIEW = "core.review_case"

# What the product itself owes after an event, whichever pathway is used, and what ends it. Its
# clock stands in the book; a pathway that has a step of its own for the same task takes over.
_CORE: Mapping[EventKind, tuple[tuple[str, tuple[str, ...]], ...]] = {
    EventKind.DEATH_REPORTED: (("confirm_death", ("death_confirmed", "death_refuted")),),
    EventKind.CLOSING_REQUESTED: (("sign_closing", ("closed", "closing_refused")),),
    EventKind.APPOINTMENT_MISSED: (
        ("respond_to_missed_appointment", ("reached", "appointment_given", "appointment_kept")),
    ),
    EventKind.CALLED_IN: (("answer_call", ()),),
    EventKind.ACUTE_CONCERN: (("acute_concern", ()),),
    EventKind.HANDOVER_SENT: (
        ("follow_up_handover", ("handover_accepted", "handover_returned")),
        ("accept_handover", ("handover_accepted", "handover_returned")),
    ),
}

# Facts that tie an ending to its beginning: the answer to one handover ends no other. A new
# appointment does answer one that was missed, moved or cancelled.
_SAME = ("handover_id", "appointment_id")
_ANSWERED_BY_ANOTHER = frozenset(
    {
        EventKind.APPOINTMENT_MISSED,
        EventKind.APPOINTMENT_MOVED,
        EventKind.APPOINTMENT_CANCELLED,
    }
)


# What was in place for one stay says nothing of the next.
_BEGINS_A_STAY = (EventKind.ADMITTED, EventKind.INDEX_EVENT)
_STAY = (*_BEGINS_A_STAY, EventKind.DISCHARGED)
_ALIVE = (*_STAY, EventKind.REACHED)
_DEATH = (EventKind.DEATH_REPORTED, EventKind.DEATH_CONFIRMED)


class SatisfiedByEventOnly(Conflict):
    """The task is done by what happened (a contact, a summary), not by ticking it off."""

    code = "task.satisfied_by_event_only"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What planning needs to know beside the case: pathway, book, teams, holders and calendars.

    `teams` maps an owner (`responsible_team`, `discharging_unit`, `lead`, `team:<key>`…) to a
    team; one that does not resolve falls to the responsible team. `holders` maps an owner to the
    member who holds its tasks (the lead).
    """

    pathway: Pathway
    book: Book
    teams: Mapping[str, UUID]
    holders: Mapping[str, UUID]
    calendars: Mapping[UUID, Calendar]
    units: Mapping[UUID, UUID] = field(default_factory=dict)

    def team(self, owner: str, anchor: Event | None = None, history: Sequence[Event] = ()) -> UUID:
        """The team of an owner.

        `receiving_team` is named by the event that began it; `discharging_unit` by that event
        too, else by the latest stay before it, else by the case.
        """
        if owner == "discharging_unit":
            found = self._unit_team(anchor, history)
            if found is not None:
                return found
        if owner == "receiving_team" and anchor is not None and anchor.facts.get("to_team"):
            return UUID(str(anchor.facts["to_team"]))
        return self.teams.get(owner, self.teams["responsible_team"])

    def _unit_team(self, anchor: Event | None, history: Sequence[Event]) -> UUID | None:
        stays = [
            event
            for event in history
            if event.kind in _STAY and (anchor is None or event.at <= anchor.at)
        ]
        for event in (*([anchor] if anchor else []), *reversed(stays)):
            unit = event.facts.get("unit_id")
            if unit is not None and not event.in_error:
                return self.units.get(UUID(str(unit)))
        return None

    def calendar(self, team: UUID) -> Calendar:
        """When the team is at work; ordinary hours for a team that works no more."""
        return self.calendars.get(team) or Calendar()


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Tasks to write: `new` ones and `changed` ones, and the task that the case then points at."""

    new: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    next_task_id: UUID | None = None


def plan(
    frame: Frame, case: Case, events: Iterable[Event], tasks: Iterable[Task], at: datetime
) -> Changes:
    """What has to change so that exactly what the pathway owes after `events` is owed.

    Promise: for every step and gate that applies there is a task or an event that satisfied it;
    afterwards an open case has an open task within its longest silence.
    """
    if not case.is_open:
        return Changes(next_task_id=None)
    history = tuple(sorted(events, key=lambda event: (event.at, event.recorded_at)))
    before = {task.id: task for task in tasks}
    known = {task.natural_key: task for task in before.values()}
    wanted = list(_wanted(frame, case, history, at))
    after = {task.id: _as_it_stands(task, frame, history) for task in before.values()}
    new = [task for task in wanted if task.natural_key not in known]
    now_open = [task for task in (*after.values(), *new) if task.is_open]
    review = _review(frame, case, history, (*after.values(), *new), at)
    if review is not None:
        new.append(review)
        now_open.append(review)
    return Changes(
        new=tuple(new),
        changed=tuple(task for task in after.values() if task != before[task.id]),
        next_task_id=min(now_open, key=lambda task: (task.due_at, task.id)).id,
    )


# --- what the pathway owes ---------------------------------------------------------------------


def _wanted(frame: Frame, case: Case, history: tuple[Event, ...], at: datetime) -> Iterator[Task]:
    """A task for each step and gate that applies and that no event has satisfied yet.

    What was signed stays signed: a case that opens again owes by what was recorded since.
    """
    facts = facts_of(history)
    dead = death_reported(history) is not None
    for rule, event in _anchored(frame, history):
        if not applies(rule.when, facts) or (rule.contact and dead):
            continue
        task = _task(frame, case, rule, event, history, at)
        if task is not None and _done_by(task, history) is None:
            yield task


def _anchored(frame: Frame, history: tuple[Event, ...]) -> Iterator[tuple[Step | Gate, Event]]:
    """Each rule with each event that it is counted from."""
    closed = last_of(history, EventKind.CLOSED)
    since = tuple(
        event
        for event in history
        if not event.in_error and (closed is None or event.recorded_at >= closed.recorded_at)
    )
    for event in since:
        for rule in rules_after(frame, event.kind):
            yield rule, event
    decides = _unanswered_rule(frame)
    if decides is not None:
        for event in unanswered(since, frame.book.rule("clinician_decides")):
            yield decides, event
    contradicted = contradicts_death(history, frame)
    if contradicted is not None and contradicted in since and "confirm_death" in frame.book.core:
        core = frame.book.rule("confirm_death")
        satisfied_by = ("death_confirmed", "death_refuted")
        yield replace(_core_step(core, contradicted.kind, satisfied_by), owner="lead"), contradicted


def _unanswered_rule(frame: Frame) -> Step | None:
    kind = "clinician_decides"
    core = frame.book.core.get(kind)
    if core is None or any(rule.task == kind for rule in frame.pathway.owed):
        return None
    return replace(_core_step(core, EventKind.CONTACT_ATTEMPTED, ("reached",)), contact=True)


_BY_VOICE = ("phone", "video")


def unanswered(history: Sequence[Event], rule: CoreRule) -> Iterator[Event]:
    """Each call that is the last of `attempts` unanswered ones `inside` a period.

    Being reached in between, and a call that was found, begin the count anew.
    """
    if rule.attempts is None or rule.inside is None:
        return
    run: list[Event] = []
    for event in history:
        if event.kind in (EventKind.REACHED, EventKind.APPOINTMENT_KEPT):
            run = []
        elif event.kind is EventKind.CONTACT_ATTEMPTED:
            if event.facts.get("channel") not in _BY_VOICE:
                continue
            run = [one for one in run if event.at - one.at <= rule.inside.length] + [event]
            if len(run) == rule.attempts:
                yield event
                run = []


def contradicts_death(history: tuple[Event, ...], frame: Frame) -> Event | None:
    """The first sign of life after the death that was reported last, which nobody has refuted."""
    dead = death_reported(history)
    if dead is None:
        return None
    local_date = frame.calendar(frame.team("responsible_team")).local_date
    for event in history:
        if event.in_error or event.kind not in _ALIVE or event.at <= dead.at:
            continue
        by_day = dead.date_only or event.date_only
        if not by_day or local_date(event.at) > local_date(dead.at):
            return event
    return None


def rules_after(frame: Frame, kind: EventKind) -> Iterator[Step | Gate]:
    """What the pathway, or the product itself, owes after an event of this kind."""
    own = [rule for rule in frame.pathway.owed if rule.anchor == kind]
    yield from own
    for task, satisfied_by in _CORE.get(kind, ()):
        if task in frame.book.core and all(rule.task != task for rule in own):
            yield _core_step(frame.book.rule(task), kind, satisfied_by)


def _core_step(rule: CoreRule, kind: EventKind, satisfied_by: tuple[str, ...]) -> Step:
    if rule.due is None:
        raise ValueError(f"the core rule '{rule.kind}' has no clock")
    return Step(
        key=f"core.{rule.kind}",
        task=rule.kind,
        after=kind.value,
        due=rule.due,
        owner=rule.owner,
        satisfied_by=satisfied_by,
        strength=Strength.MUST,
        basis=rule.basis,
        ladder=rule.ladder,
        origin=rule.origin,
    )


def facts_of(history: tuple[Event, ...]) -> dict[str, Any]:
    """What is known, the latest word winning."""
    known: dict[str, Any] = {}
    for event in history:
        if not event.in_error:
            known.update({name: value for name, value in event.facts.items() if value is not None})
    return known


def _task(
    frame: Frame,
    case: Case,
    rule: Step | Gate,
    anchor: Event,
    history: tuple[Event, ...],
    at: datetime,
) -> Task | None:
    """The task, or None where its moment lay before the event: then there is nothing to do."""
    team = frame.team(rule.owner, anchor, history)
    ladder = frame.book.ladder(rule.ladder)
    due = due_moment(
        rule.due,
        anchor.at,
        anchor.date_only,
        frame.calendar(team),
        facts=anchor.facts,
        ignores_hours=ladder.ignores_hours,
    )
    if due.lay_before:
        return None
    return Task(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        kind=rule.task,
        origin=_origin(rule),
        step_key=f"gate.{rule.key}" if isinstance(rule, Gate) else rule.key,
        anchor_event_id=anchor.id,
        strength=rule.strength.value,
        owner=rule.owner,
        owner_team_id=team,
        held_by=frame.holders.get(rule.owner),
        window_from=due.opens,
        due_at=due.due_at,
        due_reason=_reason(frame.pathway, rule, due.reason),
        satisfied_by=rule.satisfying,
        ladder=rule.ladder,
        made_at=at,
    )


def _origin(rule: Step | Gate) -> TaskOrigin:
    if isinstance(rule, Gate):
        return TaskOrigin.GATE
    return TaskOrigin.CORE if rule.key.startswith("core.") else TaskOrigin.STEP


def _reason(pathway: Pathway, rule: Step | Gate, due: Mapping[str, Any]) -> dict[str, Any]:
    """Why it is due then, in plain codes: rule, source and how it was counted."""
    return {
        **due,
        "pathway": pathway.id,
        "version": pathway.version,
        "rule": rule.key,
        "contact": rule.contact,
        "basis": rule.basis.kind.value,
        "source": rule.basis.source,
        "default": rule.basis.shown_as_default,
        "origin": str(rule.origin),
        "evidence": {name: sorted(values) for name, values in rule.evidence.items()},
    }


# --- what events do to tasks that are there -----------------------------------------------------


def _as_it_stands(task: Task, frame: Frame, history: tuple[Event, ...]) -> Task:
    """The task after everything that was recorded: done, moot, owed again, or moved to a team."""
    ending = _ending(task, history)
    if ending is None:
        return _moved(_reopened(task, history), frame)
    if not task.is_open:
        return task
    state, event = ending
    return replace(task, state=state, ended_at=event.recorded_at, ended_by_event_id=event.id)


def _ending(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """The event that satisfied the task or made it moot, if one stands."""
    for event in history:
        if event.facts.get("task_id") == str(task.id) and not event.in_error:
            if event.kind in (EventKind.TASK_DONE, EventKind.REVIEWED, EventKind.CONCERN_ANSWERED):
                return TaskState.DONE, event
            if event.kind is EventKind.TASK_WITHDRAWN and task.origin is TaskOrigin.PERSON:
                return TaskState.CANCELLED, event
    satisfied = _done_by(task, history)
    if satisfied is not None:
        return TaskState.DONE, satisfied
    return _moot(task, history)


def _done_by(task: Task, history: tuple[Event, ...]) -> Event | None:
    return _satisfied_by(task, history) or _settled(task, history)


def _settled(task: Task, history: tuple[Event, ...]) -> Event | None:
    """A death that was refuted leaves nothing to confirm, whenever the sign of life was."""
    if task.kind != "confirm_death" or death_reported(history) is not None:
        return None
    return last_of(history, EventKind.DEATH_REFUTED)


def _moot(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    for event in history:
        if event.id == task.anchor_event_id and event.in_error and not _is_review(task):
            return TaskState.CANCELLED, event
    dead = death_reported(history)
    if dead is not None and task.due_reason.get("contact"):
        return TaskState.CANCELLED, dead
    return _overtaken(task, history)


def done_in_words(task: Task) -> bool:
    """Whether a person may say that it is done; else only what happens does it."""
    by_person = task.origin is TaskOrigin.PERSON or task.kind == "clinician_decides"
    return by_person or not task.satisfied_by


def _overtaken(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """A request for closing stands no longer once a new index event became known after it."""
    if task.kind != "sign_closing" or task.origin is not TaskOrigin.CORE:
        return None
    asked = next((event for event in history if event.id == task.anchor_event_id), None)
    for event in history:
        again = event.kind is EventKind.INDEX_EVENT and not event.in_error
        if again and asked is not None and event.recorded_at > asked.recorded_at:
            return TaskState.CANCELLED, event
    return None


def _satisfied_by(task: Task, history: tuple[Event, ...]) -> Event | None:
    """The first valid event that does what is owed.

    A step is done by what happens from its window (or its anchor) on; what becomes of the very
    appointment or handover that began it counts before its window too. A gate is kept by what was
    in place before its event too, as long as it belongs to the same stay.
    """
    if not task.satisfied_by:
        return None
    anchor = next((event for event in history if event.id == task.anchor_event_id), None)
    since = _since(task, anchor, history)
    for event in history:
        if event.in_error or event.id == task.anchor_event_id or not _does(task, event):
            continue
        if event.at >= since and _belongs(anchor, event):
            return event
        if anchor is not None and event.at >= anchor.at and _is_of_the_same(anchor, event):
            return event
    return None


def _does(task: Task, event: Event) -> bool:
    """Whether an event is of a kind that ends the task, with the evidence that its rule asks for."""
    evidence = {
        name: frozenset(values) for name, values in task.due_reason.get("evidence", {}).items()
    }
    return event.kind in task.satisfied_by and has_evidence(evidence, event.facts)


def _belongs(anchor: Event | None, event: Event) -> bool:
    if anchor is None or anchor.kind in _ANSWERED_BY_ANOTHER:
        return True
    return all(
        anchor.facts.get(name) == event.facts.get(name)
        for name in _SAME
        if anchor.facts.get(name) is not None and event.facts.get(name) is not None
    )


def _is_of_the_same(anchor: Event, event: Event) -> bool:
    return any(
        anchor.facts.get(name) is not None and anchor.facts.get(name) == event.facts.get(name)
        for name in _SAME
    )


def _since(task: Task, anchor: Event | None, history: tuple[Event, ...]) -> datetime:
    if anchor is None:
        return task.made_at
    if task.origin is not TaskOrigin.GATE:
        return max(task.window_from or anchor.at, anchor.at)
    before = [event for event in history if not event.in_error and event.at < anchor.at]
    last = max((event.at for event in before if event.kind is anchor.kind), default=None)
    if last is None:
        return min(event.at for event in history)
    stays = [event.at for event in before if event.kind in _BEGINS_A_STAY and event.at > last]
    return max(stays, default=last)


def _reopened(task: Task, history: tuple[Event, ...]) -> Task:
    """A task whose ending no longer stands (the event was an error, the death was refuted)."""
    if task.is_open or task.ended_by_event_id is None or _is_review(task):
        return task
    by = next((event for event in history if event.id == task.ended_by_event_id), None)
    if by is None or not (by.in_error or by.kind in _DEATH):
        return task
    return replace(task, state=TaskState.OPEN, ended_at=None, ended_by_event_id=None)


def _moved(task: Task, frame: Frame) -> Task:
    """On acceptance of a handover exactly the open tasks of `responsible_team` move."""
    team = frame.team(task.owner)
    if not task.is_open or task.owner not in ("responsible_team", "lead"):
        return task
    if task.owner_team_id == team:
        return task
    return replace(task, owner_team_id=team, held_by=frame.holders.get(task.owner))


# --- no silence ---------------------------------------------------------------------------------


def _review(
    frame: Frame, case: Case, history: tuple[Event, ...], tasks: tuple[Task, ...], at: datetime
) -> Task | None:
    """A `review_case` task where nothing else is owed within the pathway's longest silence."""
    calendar = frame.calendar(frame.team("responsible_team"))
    silence = longest_silence(frame.pathway, _phase_began(case, history), at, calendar)
    if any(task.is_open and task.due_at <= silence.due_at for task in tasks):
        return None
    last = max(history, key=lambda event: (event.recorded_at, event.at))
    return Task(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        kind="review_case",
        origin=TaskOrigin.CORE,
        step_key=f"{REVIEW}.{sum(map(_is_review, tasks)) + 1}",
        anchor_event_id=last.id,
        strength="must",
        owner="responsible_team",
        owner_team_id=frame.team("responsible_team"),
        due_at=silence.due_at,
        due_reason={**silence.reason, "rule": "longest_silence", "pathway": frame.pathway.id},
        made_at=at,
    )


def _is_review(task: Task) -> bool:
    return task.step_key.startswith(REVIEW)


def _phase_began(case: Case, history: tuple[Event, ...]) -> datetime:
    """Where the close first phase begins: at the last index event or discharge, or the opening."""
    last = last_of(history, EventKind.INDEX_EVENT, EventKind.DISCHARGED)
    return case.opened_at if last is None else max(case.opened_at, last.at)
