"""Where what is asked of one appointment is done."""

from flask import url_for

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.tasks.domain import Task
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
