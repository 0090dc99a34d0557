"""No silence: where nothing is owed soon enough, the follow-up is gone through."""

from datetime import datetime

from bindeledd.features.cases.domain import BEGINNINGS, Case, Event, EventKind, assumed, last_of
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.cases.domain.standing import REVIEW, is_review
from bindeledd.features.pathways.domain import longest_silence
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.foundation.ids import new_id


def review(
    frame: Frame, case: Case, history: tuple[Event, ...], tasks: tuple[Task, ...], at: datetime
) -> Task | None:
    """A `review_case` task where nothing else is owed within the pathway's longest silence."""
    calendar = frame.calendar(frame.team("responsible_team"))
    silence = longest_silence(frame.pathway, phase_began(case, history), at, calendar)
    if any(task.is_open and task.due_at <= silence.due_at for task in tasks):
        return None
    last = max(history, key=lambda event: (event.recorded_at, event.at))
    return Task(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        kind="review_case",
        origin=TaskOrigin.CORE,
        step_key=f"{REVIEW}.{sum(map(is_review, tasks)) + 1}",
        anchor_event_id=last.id,
        strength="must",
        owner="responsible_team",
        owner_team_id=frame.team("responsible_team"),
        due_at=silence.due_at,
        due_reason={**silence.reason, "rule": "longest_silence", "pathway": frame.pathway.id},
        made_at=at,
    )


def phase_began(case: Case, history: tuple[Event, ...]) -> datetime:
    """Where the close first phase begins: at the last event that begins a course, or discharge, or the opening."""
    counts = assumed.without_replaced(history)
    last = last_of(counts, *BEGINNINGS, EventKind.DISCHARGED)
    return case.opened_at if last is None else max(case.opened_at, last.at)
