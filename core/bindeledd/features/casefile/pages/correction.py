"""What a lead looks at after a correction: what was wrong, who says so and why, what is owed again."""

from dataclasses import dataclass
from uuid import UUID

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.owing import Owed
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.cases.domain import EventKind, reopening
from bindeledd.features.tasks.domain import Task, TaskState


@dataclass(frozen=True, kw_only=True)
class Correction:
    """`said`: who marked it and why; `wrong`: what was marked; `owed`: what was not done and is owed
    again; `fell_away`: what is owed no more. `elsewhere`: the closed follow-up that was corrected."""

    said: tuple[Happened, ...] = ()
    wrong: tuple[Happened, ...] = ()
    owed: tuple[Owed, ...] = ()
    fell_away: tuple[Owed, ...] = ()
    elsewhere: UUID | None = None


def correction_of(file: CaseFile, task: Task) -> Correction | None:
    """The correction that this task is about; None for any other task."""
    anchor = file.anchor_of(task)
    if task.kind != reopening.LOOK or anchor is None:
        return None
    if anchor.facts.get("case"):
        return Correction(elsewhere=UUID(str(anchor.facts["case"])))
    then = anchor.recorded_at
    together = [one for one in file.timeline if one.recorded_at == then]
    said = [one for one in together if one.kind in _SAYS]
    ids = {str(one) for line in said for one in line.facts.get("events", ())}
    return Correction(
        said=tuple(said),
        wrong=tuple(one for one in file.timeline if str(one.id) in ids),
        owed=tuple(o for o in file.owed if o.task.made_at <= then and o.task.id != task.id),
        fell_away=tuple(one for one in file.done if _fell_away(one.task, then)),
    )


_SAYS = (EventKind.MARKED_IN_ERROR, EventKind.DEATH_REFUTED)


def _fell_away(task: Task, then: object) -> bool:
    return task.state is TaskState.CANCELLED and task.ended_at == then
