"""Where a case stands by the law, told for one case: owned, seen, escalated, closed, or astray.

The roll call derives the same over all cases with its own questions; this one only explains.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bindeledd.features.casefile.domain.explaining import BEHIND, said
from bindeledd.features.casefile.domain.owing import Owed, Said, Watch
from bindeledd.features.cases.domain import Case
from bindeledd.features.tasks.domain import Task


def standing(case: Case, owed: Sequence[Owed], silence: timedelta | None, at: datetime) -> Said:
    """What the law says of the case at this moment, by its earliest open task.

    `silence`: the longest time that its routine lets nothing be owed now; None where the routine
    is not installed.
    """
    if not case.is_open:
        return said("law_closed_signed")
    if not owed:
        return said("law_no_open_task")
    first = min(owed, key=lambda one: (one.task.due_at, one.task.id != case.next_task_id))
    task, watch = first.task, first.watch
    if task.due_at < at:
        return said(_late(task, watch, at), due=task.due_at)
    if not watch.covers(task.due_at):
        told = "law_escalated_uncovered" if watch.told_at else "law_nobody_on_duty"
        return said(told, due=task.due_at)
    if silence is None:
        return said("law_pathway_unknown")
    within = task.due_at <= at + silence + timedelta(hours=1)
    return said("law_owned" if within else "law_beyond_silence", due=task.due_at)


def _late(task: Task, watch: Watch, at: datetime) -> str:
    if watch.seen_until is not None and watch.seen_until > at:
        return "law_overdue_seen"
    if at - task.due_at < BEHIND:
        return "law_owned"
    if watch.next_at is None or at - watch.next_at > BEHIND:
        return "law_round_stopped"
    return "law_escalated" if watch.told_at is not None else "law_nobody_told"
