"""What of a case is drawn: who is responsible when, stays, contacts, appointments, what is owed.

Everything that stands in the history is drawn once: as itself, or as the appointment or the
handover that it tells of. What was recorded in error is not. Read `sketch`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.drawn import (
    Holder,
    Look,
    Moment,
    Row,
    Sketch,
    Stay,
    Window,
)
from bindeledd.features.casefile.domain.owing import Owed
from bindeledd.features.casefile.domain.shown import AppointmentView, HandoverView, Happened
from bindeledd.features.cases.domain import BEGINNINGS, EventKind
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.texts import t

EventWords = Callable[[Happened], str]
TaskWords = Callable[[Task], str]

_OUT = frozenset({EventKind.REACHED, EventKind.CONTACT_ATTEMPTED})
_IN = frozenset({EventKind.CALLED_IN, EventKind.ACUTE_CONCERN})
# What an appointment that was not kept is called, and one of which nobody knows yet.
_NOT_KEPT = frozenset({"missed", "cancelled", "moved"})
_STANDS = frozenset({"booked", "given", "handed_on"})


def sketch(file: CaseFile, *, of_event: EventWords, of_task: TaskWords) -> Sketch:
    """What the drawing of a case is made of; nothing that its page does not say."""
    history = tuple(one for one in reversed(file.timeline) if not one.in_error)
    over = file.closed_by
    today = file.at if file.case.is_open else None
    return Sketch(
        today=today,
        ended_at=None if file.case.is_open else over.at if over else file.case.opened_at,
        holders=tuple(_holders(file)),
        moments=tuple(_moments(file, history, of_event)),
        stays=tuple(_stays(file, history, today)),
        windows=tuple(_windows(file, of_task)),
    )


def _holders(file: CaseFile) -> Iterator[Holder]:
    """Who is responsible, from the first on: each handover that was accepted changes it."""
    accepted = sorted(
        (one for one in file.handovers if one.state == "accepted" and one.answered_at),
        key=lambda one: one.answered_at or one.sent_at,
    )
    first = accepted[0].from_team_id if accepted else file.case.responsible_team_id
    began = min((one.at for one in file.timeline if not one.in_error), default=file.case.opened_at)
    yield Holder(name=_name(file, first), since=min(began, file.case.opened_at))
    for one in accepted:
        yield Holder(name=_name(file, one.to_id), since=one.answered_at or one.sent_at)


def _name(file: CaseFile, whose: object) -> str:
    return next((name for key, name in file.names.items() if key == whose), "") or file.team


def _moments(
    file: CaseFile, history: tuple[Happened, ...], of_event: EventWords
) -> Iterator[Moment]:
    appointments = {str(one.id) for one in file.appointments}
    handovers = {str(one.id) for one in file.handovers}
    for one in history:
        told = str(one.facts.get("appointment_id")) in appointments and one.kind.startswith(
            "appointment_"
        )
        handed = str(one.facts.get("handover_id")) in handovers and one.kind.startswith("handover_")
        if not (told or handed):
            row, look = _place(one)
            yield Moment(
                at=one.at, row=row, look=look, words=of_event(one), date_only=one.date_only
            )
    for appointment in file.appointments:
        yield _appointment(appointment)
    for handover in file.handovers:
        yield _handover(handover, file)


def _place(one: Happened) -> tuple[Row, Look]:
    """Where it stands, and how: of contacts only one in which the person was reached is full."""
    look = Look.FULL if one.kind == EventKind.REACHED else Look.HOLLOW
    if one.contact is not None:
        return (Row.IN if one.contact.direction == "in" else Row.OUT), look
    if one.kind in _IN:
        return Row.IN, look
    if one.kind in _OUT:
        return Row.OUT, look
    return (Row.LANE if one.kind in BEGINNINGS else Row.OTHER), Look.FULL


def _appointment(one: AppointmentView) -> Moment:
    hollow, soft = one.state in _NOT_KEPT, one.state in _STANDS
    look = Look.HOLLOW if hollow else Look.SOFT if soft else Look.FULL
    words = t(f"appointments.states.{one.state}")
    return Moment(at=one.starts_at, row=Row.APPOINTMENT, look=look, words=words)


def _handover(one: HandoverView, file: CaseFile) -> Moment:
    """Where it was accepted the lane changes; where it was not, when it was sent."""
    accepted = one.state == "accepted" and one.answered_at is not None
    return Moment(
        at=(one.answered_at or one.sent_at) if accepted else one.sent_at,
        row=Row.LANE,
        look=Look.FULL if accepted else Look.HOLLOW if one.state == "returned" else Look.SOFT,
        words=_name(file, one.to_id),
    )


def _stays(file: CaseFile, history: tuple[Happened, ...], today: datetime | None) -> Iterator[Stay]:
    """From an admission, or else from what happened, until the discharge that ends it."""
    since: datetime | None = None
    happened: datetime | None = None
    for one in history:
        if one.kind == EventKind.ADMITTED:
            since = since or one.at
        elif one.kind == EventKind.INDEX_EVENT:
            happened = one.at
        elif one.kind == EventKind.DISCHARGED and not one.facts.get("known_since"):
            began = since or happened or one.at
            yield Stay(since=min(began, one.at), until=one.at)
            since = happened = None
    here = file.in_hospital
    if here is not None and here.known and today is not None:
        yield Stay(since=min(since or here.since or happened or today, today), until=None)


def _windows(file: CaseFile, of_task: TaskWords) -> Iterator[Window]:
    """What is owed, and what was owed in a window of its own and is done."""
    for one in file.owed:
        yield _window(one, of_task)
    for one in file.done:
        if one.task.window_from is not None and one.task.state is TaskState.DONE:
            yield _window(one, of_task)


def _window(one: Owed, of_task: TaskWords) -> Window:
    task = one.task
    since = task.window_from or min(task.made_at, task.due_at)
    return Window(
        since=min(since, task.due_at),
        until=task.due_at,
        words=of_task(task),
        is_open=task.is_open,
        late=one.overdue,
    )
