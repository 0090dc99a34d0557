"""What a later word overtakes: an assumed discharge, a request for an ending, the day of a new offer,
what an answer began that was about a death which was refuted."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from bindeledd.features.cases.domain import (
    BEGINNINGS,
    Event,
    EventKind,
    assumed,
    death_reported,
    last_of,
    last_told,
    offering,
    recalling,
)
from bindeledd.features.cases.domain.telling import OF_THE_BEREAVED
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState

# What a request for an ending makes somebody owe.
_GOES_ON = (*BEGINNINGS, EventKind.REOPENED)
_OF_A_REQUEST = ("sign_closing", recalling.RECALL, "correct_epj")
# What is offered again on a day of its own, which no other no says anything of.
_OTHER_OFFERS = OF_THE_BEREAVED | {EventKind.PLAN_OFFERED}


# What is owed from these is owed because somebody has died.
OF_A_DEATH = OF_THE_BEREAVED | {EventKind.DEATH_CONFIRMED}

REVIEW = "core.review_case"


def is_review(task: Task) -> bool:
    """Whether the task is the one that keeps a case from falling silent."""
    return task.step_key.startswith(REVIEW)


def overtaken(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """What made the task moot after what it rests on was said, if anything did."""
    return (
        _known_better(task, history)
        or _offered_anew(task, history)
        or _of_a_request(task, history)
        or _nobody_left(task, history)
    )


def _known_better(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """It was owed by a discharge that was assumed: the real one owes it instead."""
    if task.anchor_event_id is None or task.origin is TaskOrigin.PERSON or is_review(task):
        return None
    real = assumed.replaced(history).get(task.anchor_event_id)
    return None if real is None else (TaskState.CANCELLED, real)


def _nobody_left(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """Nobody is left behind, as far as anybody knows: there is no one to ask how they are."""
    if task.kind != "follow_up_bereaved":
        return None
    said = last_told(history, EventKind.BEREAVED_OFFERED)
    return (TaskState.CANCELLED, said) if said is not None and _is_nobody(said) else None


def _is_nobody(said: Event) -> bool:
    return said.kind is EventKind.BEREAVED_OFFERED and said.facts.get("bereaved") == "none"


def somebody_after_all(ended_by: Event, history: tuple[Event, ...]) -> bool:
    """Whether it was said that nobody is left behind, and then something else."""
    said = last_told(history, EventKind.BEREAVED_OFFERED)
    return _is_nobody(ended_by) and said is not None and not _is_nobody(said)


def _offered_anew(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """Another no, with a day of its own, came before the day on which it was to be offered again."""
    if task.due_reason.get("of") != offering.MOMENT:
        return None
    said = next((event for event in history if event.id == task.anchor_event_id), None)
    if said is None or said.kind in _OTHER_OFFERS:
        return None
    for event in history:
        again = event.kind is EventKind.DECLINED and not event.in_error
        if again and event.recorded_at > said.recorded_at:
            return (TaskState.CANCELLED, event) if event.facts.get(offering.MOMENT) else None
    return None


def ended_anew(tasks: Collection[Task], history: tuple[Event, ...]) -> Mapping[UUID, Task]:
    """The open tasks that fall away by what was told later, each as it is then: a call that another
    no makes owed, and what only an answer about a death that was refuted began."""
    ends = {**without_the_death(tasks, history), **said_anew(tasks, history)}
    return {
        task.id: replace(
            task, state=TaskState.CANCELLED, ended_at=no.recorded_at, ended_by_event_id=no.id
        )
        for task in tasks
        if (no := ends.get(task.id)) is not None
    }


def without_the_death(tasks: Collection[Task], history: tuple[Event, ...]) -> Mapping[UUID, Event]:
    """The open tasks that an answer about a death began, where it was refuted since: nobody is left
    behind. Each with the event that refuted it.

    Such an answer did what the death made somebody owe, or what another such answer did. What it
    began of the person stands: only what is owed to others (`after_death`) falls away.
    """
    refuted = last_of(history, EventKind.DEATH_REFUTED)
    if refuted is None or death_reported(history) is not None:
        return {}
    answers = {e.id for e in history if _is_told_before(e, refuted)}
    began = {e.id for e in history if e.kind in OF_A_DEATH}
    about: set[UUID] = set()
    while more := {
        task.ended_by_event_id
        for task in tasks
        if task.anchor_event_id in began | about and task.ended_by_event_id in answers - about
    }:
        about |= {one for one in more if one is not None}
    return {task.id: refuted for task in tasks if task.is_open and _is_of_others(task, about)}


def _is_told_before(event: Event, refuted: Event) -> bool:
    known = not event.in_error and event.recorded_at <= refuted.recorded_at
    return known and event.kind is EventKind.ANSWERED


def _is_of_others(task: Task, about: Collection[UUID]) -> bool:
    stands = task.due_reason.get("after_death") == AfterDeath.STANDS.value
    return stands and task.anchor_event_id in about


def said_anew(tasks: Collection[Task], history: tuple[Event, ...]) -> Mapping[UUID, Event]:
    """The open calls that a no makes owed, where a later no owes the same one: that one stands.

    A no that does not owe the call leaves the former; so does one that was recorded in error. The
    day of a new offer has a rule of its own.
    """
    noes = {e.id: e for e in history if e.kind is EventKind.DECLINED and not e.in_error}
    owed = [
        (task, noes[task.anchor_event_id])
        for task in tasks
        if task.kind == "call_patient"
        and task.anchor_event_id in noes
        and task.due_reason.get("of") != offering.MOMENT
    ]
    found = {}
    for task, said in owed:
        same = [no for other, no in owed if other.step_key == task.step_key]
        later = [no for no in same if (no.recorded_at, no.at) > (said.recorded_at, said.at)]
        if later and task.is_open:
            found[task.id] = min(later, key=lambda no: (no.recorded_at, no.at))
    return found


def _of_a_request(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """A request for closing stands no longer once a new index event became known after it, or
    the closing that answered it was an error.

    And where a lead said no to *registered in error*, there is nothing to call back or to correct.
    """
    if task.kind not in _OF_A_REQUEST or task.origin is not TaskOrigin.CORE:
        return None
    asked = next((event for event in history if event.id == task.anchor_event_id), None)
    if asked is None or not _rests_on_a_request(task, asked, history):
        return None
    over = _GOES_ON if task.kind == "sign_closing" else (EventKind.CLOSING_REFUSED,)
    for event in history:
        again = event.kind in over and not event.in_error
        if again and event.recorded_at > asked.recorded_at:
            return TaskState.CANCELLED, event
    return None


def _rests_on_a_request(task: Task, anchor: Event, history: tuple[Event, ...]) -> bool:
    """It was asked for with an ending; or it was sent before one was asked for, told of later, and
    nothing makes it wrong any more."""
    if anchor.kind is EventKind.CLOSING_REQUESTED:
        return True
    late = task.kind == recalling.RECALL and anchor.kind is not EventKind.MARKED_IN_ERROR
    return late and anchor.id not in recalling.recalls(history)
