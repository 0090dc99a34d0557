"""A thousand random cases, among them such as the database would refuse: SQL against Python."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import CaseRow, ClosureRow
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.rollcall.queries import derive
from bindeledd.features.staff.tables import DutyRow, MemberRow, TeamRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id, ordered_id
from builders import MONDAY, Site, a_member, a_site
from features.rollcall.builders import PATHWAY, SILENCES, a_heartbeat, lift_guards

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
GRACE = timedelta(seconds=120)
NEAR = (0, 1, 119, 120, 121, 3600, -1, -60, -120, -121, -3600)
Rows = dict[str, list[dict[str, object]]]


def random_rows(site: Site, teams: list[UUID], members: list[UUID], dice: random.Random) -> Rows:
    rows: Rows = {"patients": [], "cases": [], "tasks": [], "alerts": [], "closures": []}
    for _ in range(1000):
        case, patient, closure = new_id(), new_id(), new_id()
        rows["patients"].append(
            {"id": patient, "tenant_id": site.tenant, "version": 1, "made_at": MONDAY}
        )
        closed = dice.random() < 0.25
        tasks = [_task(site, case, teams, members, dice) for _ in range(dice.choice((0, 1, 1, 2)))]
        for task in tasks:
            rows["alerts"] += _alerts(site, task, dice)
        rows["tasks"] += tasks
        if closed and dice.random() < 0.8:
            rows["closures"].append(_closure(site, case, closure, dice))
        rows["cases"].append(
            {
                "id": case,
                "tenant_id": site.tenant,
                "patient_id": patient,
                "state": "closed" if closed else "open",
                "pathway_id": PATHWAY[0],
                "pathway_version": dice.choice((PATHWAY[1],) * 9 + ("1999.1",)),
                "responsible_team_id": site.team,
                "opened_at": MONDAY - dice.choice((1, 29, 30, 31, 90)) * DAY,
                "closure_id": closure if closed else None,
                "closing_number": 1,
                "next_task_id": dice.choice(tasks)["id"] if tasks else new_id(),
                "version": 1,
            }
        )
    return rows


def _task(
    site: Site, case: UUID, teams: list[UUID], members: list[UUID], dice: random.Random
) -> dict[str, object]:
    due = MONDAY + dice.choice(
        (
            dice.choice(NEAR) * SECOND,
            dice.randint(-20, 40) * DAY,
            dice.randint(-50, 50) * HOUR,
            7 * DAY + HOUR + dice.choice((-1, 0, 1)) * SECOND,
        )
    )
    task = new_id()
    done = dice.random() < 0.15
    seen = dice.random() < 0.3
    return {
        "id": task,
        "tenant_id": site.tenant,
        "case_id": case,
        "kind": "call_patient",
        "origin": "step",
        "step_key": str(task),
        "strength": "should",
        "owner": "responsible_team",
        "owner_team_id": dice.choice(teams),
        "due_at": due,
        "first_due_at": due,
        "due_reason": {},
        "satisfied_by": [],
        "ladder": "standard",
        "state": "done" if done else "open",
        "ended_at": MONDAY if done else None,
        "made_at": MONDAY,
        "round": dice.randint(1, 3),
        "next_rung": 0,
        "next_rung_at": MONDAY + dice.choice(NEAR) * SECOND,
        "rung_plan": [],
        "seen_until": MONDAY + dice.choice(NEAR) * SECOND if seen else None,
        "seen_by": dice.choice((*members, None)) if seen else None,
        "seen_in_a_row": 0,
        "uncovered_at": dice.choice((None, MONDAY)),
        "version": 1,
    }


def _alerts(site: Site, task: dict[str, object], dice: random.Random) -> list[dict[str, object]]:
    return [
        {
            "id": ordered_id(),
            "tenant_id": site.tenant,
            "task_id": task["id"],
            "team_id": task["owner_team_id"],
            "due_at": dice.choice((task["due_at"], task["due_at"], task["due_at"] - DAY)),
            "round": dice.randint(1, 3),
            "rung": rung,
            "audience": dice.choice(("owner", "team", "lead")),
            "raised_at": MONDAY - dice.choice((SECOND, GRACE, DAY)),
            "addressed_at": dice.choice((None, MONDAY, MONDAY)),
        }
        for rung in range(dice.choice((0, 1, 2)))
    ]


def _closure(site: Site, case: UUID, closure: UUID, dice: random.Random) -> dict[str, object]:
    ending = dice.choice(("completed", "died"))
    return {
        "id": closure,
        "tenant_id": site.tenant,
        "case_id": case,
        "number": dice.choice((1, 1, 1, 2)),
        "ending": ending,
        "signed_by": site.anna.id,
        "signed_at": MONDAY,
        "second_signed_by": site.berit.id if ending == "died" else None,
        "second_signed_at": MONDAY if ending == "died" else None,
    }


class Naive:
    """The law in plain Python, row by row, over the same rows."""

    def __init__(self, rows: Rows, duty: list[dict[str, object]], alive: bool) -> None:
        self.rows, self.duty, self.alive = rows, duty, alive

    def standing(self, case: dict[str, object]) -> str:
        if case["state"] == "closed":
            return self._closed(case)
        own = [t for t in self.rows["tasks"] if t["case_id"] == case["id"] and t["state"] == "open"]
        if not own:
            return "no_open_task"
        task = min(own, key=lambda t: (t["due_at"], t["id"].hex))
        if task["due_at"] < MONDAY:
            return self._overdue(task)
        if not self._covered(task):
            return self._uncovered(task)
        silence = SILENCES.get((case["pathway_id"], case["pathway_version"]))
        if silence is None:
            return "pathway_unknown"
        early = MONDAY - case["opened_at"] < 30 * DAY
        longest = silence.first_30_days if early else silence.later
        return "owned" if task["due_at"] - MONDAY <= longest + HOUR else "beyond_silence"

    def _closed(self, case: dict[str, object]) -> str:
        for closure in self.rows["closures"]:
            if closure["id"] == case["closure_id"] and closure["number"] == case["closing_number"]:
                return "closed_signed"
        return "not_signed"

    def _covered(self, task: dict[str, object]) -> bool:
        since = MONDAY - GRACE if self.alive else MONDAY
        return any(
            d["team_id"] == task["owner_team_id"]
            and d["ends_at"] > since
            and d["starts_at"] < task["due_at"]
            for d in self.duty
        )

    def _overdue(self, task: dict[str, object]) -> str:
        just_due = MONDAY - task["due_at"] < GRACE
        if task["seen_by"] and task["seen_until"] > MONDAY:
            return "overdue_seen"
        if just_due and self.alive:
            return "owned"
        behind = MONDAY - task["next_rung_at"]
        if behind > GRACE:
            return "round_stopped"
        if behind >= timedelta():
            if self.alive:
                return "escalated"
            if just_due:
                return "sweep_stopped"
        if self._told(task):
            return "escalated"
        return "sweep_stopped" if just_due else "nobody_told"

    def _uncovered(self, task: dict[str, object]) -> str:
        behind = MONDAY - task["next_rung_at"]
        if behind > GRACE:
            return "round_stopped"
        if self._told(task, "lead"):
            return "escalated"
        on_its_way = self.alive and behind >= timedelta() and task["uncovered_at"] is not None
        return "escalated" if on_its_way else "nobody_on_duty"

    def _told(self, task: dict[str, object], audience: str | None = None) -> bool:
        return any(
            a["task_id"] == task["id"]
            and a["round"] == task["round"]
            and a["due_at"] == task["due_at"]
            and audience in (None, a["audience"])
            and (a["addressed_at"] or (self.alive and MONDAY - a["raised_at"] < GRACE))
            for a in self.rows["alerts"]
        )


@pytest.mark.parametrize("alive", [True, False], ids=["sweep-alive", "sweep-dead"])
def test_sql_and_python_agree_on_a_thousand_random_cases(session, alive):
    dice = random.Random(20270301 + alive)  # noqa: S311
    site = a_site(session)
    extra = a_member(session, site.tenant, site.team, "emil", "member")
    third = _third_team(session, site)
    teams = [site.team, site.other_team, third]
    a_heartbeat(session, MONDAY - (30 if alive else 300) * SECOND)
    duty = _duty(session, site, dice)
    members = [site.anna.id, site.berit.id, extra.id]
    rows = random_rows(site, teams, members, dice)
    lift_guards(session)
    for name, table in (
        ("patients", PatientRow),
        ("cases", CaseRow),
        ("tasks", TaskRow),
        ("alerts", AlertRow),
        ("closures", ClosureRow),
    ):
        session.execute(sa.insert(table.__table__), rows[name])

    statement = derive(session, site.tenant, silences=SILENCES, at=MONDAY)

    naive = Naive(rows, duty, alive)
    expected = {case["id"]: naive.standing(case) for case in rows["cases"]}
    counted = Counter(expected.values())
    ours = ("owned", "overdue_seen", "escalated", "closed_signed")
    assert {name: getattr(statement, name) for name in ours} == {
        name: counted[name] for name in ours
    }
    assert {one.id: one.why for one in statement.remainder} == {
        case: standing for case, standing in expected.items() if standing not in ours
    }
    assert statement.registered == 1000
    assert statement.unseen == len(statement.remainder) > 0
    assert all(counted[name] for name in (*ours, "no_open_task", "not_signed", "round_stopped"))


def _third_team(session: Session, site: Site) -> UUID:
    """A team without anybody."""
    team = new_id()
    session.execute(
        sa.insert(TeamRow).values(
            id=team,
            tenant_id=site.tenant,
            organisation_id=site.organisation,
            key="empty",
            name="empty",
            zone="Europe/Oslo",
            active=True,
        )
    )
    return team


def _duty(session: Session, site: Site, dice: random.Random) -> list[dict[str, object]]:
    """The other team works by the hour, with gaps; one of its people has left."""
    session.execute(sa.delete(DutyRow).where(DutyRow.team_id == site.other_team))
    session.execute(sa.update(MemberRow).where(MemberRow.id == site.dina.id).values(active=False))
    for member in (site.carl.id, site.dina.id):
        for start in {dice.randint(-100, 900) for _ in range(6)}:
            session.execute(
                sa.insert(DutyRow).values(
                    team_id=site.other_team,
                    member_id=member,
                    starts_at=MONDAY + start * HOUR,
                    ends_at=MONDAY + (start + dice.randint(1, 4)) * HOUR,
                    tenant_id=site.tenant,
                    kind="hours",
                )
            )
    columns = (DutyRow.team_id, DutyRow.starts_at, DutyRow.ends_at)
    asked = sa.select(*columns).join(MemberRow, MemberRow.id == DutyRow.member_id)
    rows = session.execute(asked.where(DutyRow.tenant_id == site.tenant, MemberRow.active))
    return [dict(row._mapping) for row in rows]
