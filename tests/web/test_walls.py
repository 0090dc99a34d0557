"""Ids of other teams and other tenants, in bodies: answered as ids that nobody has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.cases.tables import CaseRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import Site, a_patient_row, a_site, an_open_case
from doors import Door, a_door
from web.a_world import PLANTED, a_world
from web.test_map import body_of, doors, path_of

# Put under an id that whoever asks makes up: it is there the second time.
OF_ONES_OWN = {"handovers.put_receiver"}


@dataclass(frozen=True, kw_only=True)
class Walled:
    """Dina at her own door, with ids of another team and of another tenant."""

    dina: Door
    own: UUID
    patients: dict[str, UUID]
    abroad: Site


@pytest.fixture
def walled(app: Flask, fresh_database: Database) -> Walled:
    at = now()
    with fresh_database.transaction() as session:
        site, abroad = a_site(session, at), a_site(session, at)
        theirs = an_open_case(session, site, at=at).case.patient_id
        foreign = an_open_case(session, abroad, at=at).case.patient_id
    dina = a_door(app, fresh_database, site.dina)
    with fresh_database.transaction() as session:
        own = an_open_case(session, site, at=at, by=site.dina).case
        session.execute(
            sa.update(CareRelationRow)
            .where(CareRelationRow.case_id == own.id)
            .values(team_id=site.other_team)
        )
        unseen = a_patient_row(session, abroad, at)
    people = {"another team": theirs, "another tenant": foreign, "nobody yet": unseen}
    return Walled(dina=dina, own=own.id, patients=people, abroad=abroad)


def opening(patient: UUID, team: UUID, **more: object) -> dict[str, object]:
    return {
        "patient_id": str(patient),
        "team_id": str(team),
        "index_kind": "self_harm",
        **{name: str(value) for name, value in more.items()},
    }


@pytest.mark.parametrize("whose", ["another team", "another tenant", "nobody yet"])
def test_no_follow_up_opens_for_a_patient_whom_one_does_not_see(
    walled: Walled, fresh_database: Database, whose: str
) -> None:
    team = next(iter(_teams(fresh_database, walled)))
    told = [
        walled.dina("POST", "/cases", opening(patient, team))
        for patient in (walled.patients[whose], new_id())
    ]

    assert [one.status_code for one in told] == [404, 404]
    assert _bare(told[0].json) == _bare(told[1].json)
    assert _relations(fresh_database, walled.patients[whose]) <= 1


def _teams(database: Database, walled: Walled) -> set[UUID]:
    with database.transaction() as session:
        return {session.get_one(CaseRow, walled.own).responsible_team_id}


def _relations(database: Database, patient: UUID) -> int:
    with database.transaction() as session:
        teams = sa.select(CareRelationRow.team_id).where(CareRelationRow.patient_id == patient)
        return len(set(session.scalars(teams)))


def _bare(told: Any) -> dict[str, Any]:
    return {key: told[key] for key in ("type", "title", "status", "detail")}


BODIES: dict[str, tuple[str, Callable[[Walled], dict[str, object]]]] = {
    "the unit of a registration": (
        "/registrations",
        lambda w: {
            "name": "Ola",
            "index_kind": "self_harm",
            "happened_at": now().isoformat(),
            "unit_id": str(w.abroad.unit),
        },
    ),
    "the team of a registration": (
        "/registrations",
        lambda w: {
            "name": "Ola",
            "index_kind": "self_harm",
            "happened_at": now().isoformat(),
            "team_id": str(w.abroad.team),
        },
    ),
    "the team of a call": (
        "/calls",
        lambda w: {"said": "Ringte", "acute": True, "team_id": str(w.abroad.team)},
    ),
    "the patient of a call": (
        "/calls",
        lambda w: {
            "said": "Ringte",
            "acute": False,
            "patient_id": str(w.patients["another team"]),
        },
    ),
    "the team of a task": (
        "/cases/{own}/tasks",
        lambda w: {
            "words": "Ring",
            "due_at": (now() + timedelta(days=1)).isoformat(),
            "team_id": str(w.abroad.team),
        },
    ),
    "the receiver of a handover": (
        "/cases/{own}/handovers",
        lambda w: {"to_team_id": str(w.abroad.team)},
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_what_is_anothers_is_not_there(walled: Walled, what: str) -> None:
    path, body = BODIES[what]
    told = walled.dina("POST", path.format(own=walled.own), body(walled))

    assert told.status_code in (403, 404, 409), told.text
    assert told.status_code == 404 or what == "the receiver of a handover"


@pytest.mark.parametrize("field", ["team_id", "unit_id"])
def test_a_follow_up_opens_in_a_team_and_a_unit_of_ones_own_tenant(
    walled: Walled, fresh_database: Database, field: str
) -> None:
    with fresh_database.transaction() as session:
        case = session.get_one(CaseRow, walled.own)
        patient, team = case.patient_id, case.responsible_team_id
    for other in (getattr(walled.abroad, field.removesuffix("_id")), new_id()):
        told = walled.dina("POST", "/cases", opening(patient, team) | {field: str(other)})
        assert told.status_code == 404, told.text


# --- every door ----------------------------------------------------------------------------------

# A number in a path may be an id of 128 bits: nearly always over thirty digits.
ID = re.compile(r"\d{30,39}|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@pytest.mark.parametrize("html", [True, False])
def test_an_id_of_somebody_elses_answers_as_an_id_of_nobodys(
    app: Flask, fresh_database: Database, html: bool
) -> None:
    """Status and words alike, but for ids: of every door, for another team and another tenant."""
    at = now()
    with fresh_database.transaction() as session:
        site, abroad = a_site(session, at), a_site(session, at)
    ids = a_world(app, fresh_database, site)
    described = app.test_client().get("/api/v1/openapi.json").json
    assert described is not None
    told_apart = []
    for member in (site.dina, abroad.berit):
        headers = {"Authorization": f"Bearer {a_door(app, fresh_database, member).token}"}
        headers |= {"Accept": "text/html"} if html else {}
        for rule, method in doors(app):
            if not rule.arguments - {"kind"} or (html and rule.rule.startswith("/api/")):
                continue
            if rule.endpoint in OF_ONES_OWN:
                continue
            unknown = {name: "risk_assessed" if name == "kind" else new_id() for name in ids}
            sent: dict[str, Any] = {} if html else {"json": body_of(described, rule, method)}
            answers = [
                app.test_client().open(
                    path_of(app, rule, {n: known.get(n, new_id()) for n in rule.arguments}),
                    method=method,
                    headers=headers,
                    **(sent if method != "GET" else {}),
                )
                for known in (ids, unknown)
            ]
            theirs, nobodys = [
                (one.status_code, ID.sub("*", one.headers.get("Location", "") + one.text))
                for one in answers
            ]
            if theirs != nobodys:
                told_apart.append((method, rule.rule, theirs, nobodys))
            assert not any(word in answers[0].text for word in PLANTED)

    assert "\n".join(map(str, told_apart)) == ""
