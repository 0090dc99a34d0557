"""Whose names the screen of a case needs: people and teams, by id."""

from collections.abc import Iterable
from uuid import UUID

from bindeledd.features.casefile import queries
from bindeledd.features.casefile.domain import explaining
from bindeledd.features.casefile.domain.shown import HandoverView
from bindeledd.features.cases.domain import Case
from bindeledd.features.cases.domain.correcting import first_recorded
from bindeledd.features.patients.domain import Patient
from bindeledd.features.relatives.domain import Relative
from bindeledd.features.staff.domain import Actor


def members(
    case: Case,
    task_rows: Iterable[queries.Row],
    event_rows: Iterable[queries.Row],
    handovers: Iterable[HandoverView],
    by: Actor,
) -> set[UUID]:
    found = {by.id}
    for task in task_rows:
        found |= {task.held_by, task.seen_by, task.made_by}
        found |= explaining.whom_it_names(task.due_reason)
    found |= {who for event in event_rows for who in (event.recorded_by, event.epj_by)}
    found |= {first_recorded(event.facts)[0] for event in event_rows}
    for one in handovers:
        found |= {one.sent_by, one.answered_by}
    return {member for member in found if member is not None}


def testers(patient: Patient) -> set[UUID]:
    """Who tried the person's numbers, and who decided of them."""
    ways = patient.contact_ways or ()
    return {way.verified.by for way in ways if way.verified and way.verified.by}


def objectors(kin: Iterable[Relative]) -> set[UUID]:
    """Who wrote down that a relative is not to be told, and what was decided of that."""
    objections = [one.objection for one in kin if one.objection is not None]
    both = {who for one in objections for who in (one.written_by, one.decided_by)}
    return {member for member in both if member is not None}


def teams(
    case: Case, task_rows: Iterable[queries.Row], handovers: Iterable[HandoverView]
) -> set[UUID]:
    both = {team for one in handovers for team in (one.from_team_id, one.to_team_id) if team}
    return {case.responsible_team_id, *(row.owner_team_id for row in task_rows), *both}
