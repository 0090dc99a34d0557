"""Where what is asked of one appointment is done; what was said of it last; a check that nobody made."""

from uuid import UUID

from flask import url_for

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import AppointmentView, Happened
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.checking import CHECK
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.texts import t


def act_of_appointment(file: CaseFile, task: Task) -> tuple[str, str] | None:
    """The address and the words of the button; None for a task that asks of none."""
    if task.kind == "cover_appointment":
        own = url_for("casefile_pages.task", case_id=file.case.id, task_id=task.id)
        return own, t("casefile.acts.cover_appointment")
    about = file.appointment_of(task)
    if about is None or task.kind not in ("confirm_appointment", "record_outcome"):
        return None
    own = url_for("casefile_pages.one_appointment", case_id=file.case.id, appointment_id=about.id)
    over = about.starts_at <= file.at  # nobody can say any more that it still stands
    return own, t(f"casefile.acts.{'record_outcome' if over else task.kind}")


def too_late_to_check(file: CaseFile, task: Task) -> bool:
    """Whether the task asks if an appointment still stands that has begun."""
    about = file.appointment_of(task) if task.is_open and task.kind == CHECK else None
    return about is not None and about.starts_at <= file.at


def was_never_checked(file: CaseFile, task: Task) -> bool:
    """Whether the task asked that, and nobody did before it began: it fell away by what was told of
    the appointment, or by a contact after it."""
    by = next((one for one in file.timeline if one.id == task.ended_by_event_id), None)
    fell = task.kind == CHECK and task.state is TaskState.CANCELLED
    return fell and by is not None and by.kind in task.satisfied_by


def last_said(file: CaseFile, appointment_id: UUID) -> Happened | None:
    """What was recorded last of one appointment, that something of it was an error included."""
    of_it = {one.id for one in file.timeline if _is_of(one, appointment_id)}
    marks = (one for one in file.timeline if of_it & _marked(one))
    told = (one for one in file.timeline if one.id in of_it and not one.in_error)
    return max([*told, *marks], key=lambda one: one.recorded_at, default=None)


def _is_of(one: Happened, appointment_id: UUID) -> bool:
    about = one.facts.get("appointment_id") == str(appointment_id)
    return about and one.kind != EventKind.TASK_ADDED


def _marked(one: Happened) -> set[UUID]:
    """What this says was an error."""
    if one.kind != EventKind.MARKED_IN_ERROR:
        return set()
    return {UUID(str(event)) for event in one.facts.get("events", ())}


def left_unchecked(file: CaseFile, happened: Happened) -> list[AppointmentView]:
    """The appointments of which a check that nobody had made fell away by this."""
    ended = [one.task for one in file.done if one.task.ended_by_event_id == happened.id]
    about = (file.appointment_of(task) for task in ended if was_never_checked(file, task))
    return [one for one in about if one is not None]
