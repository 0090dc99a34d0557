"""An empty database with a site in it, and sealed cases: what the measurements stand on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bindeledd.features.access.service import make_token
from bindeledd.features.patients.domain import HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.patients.tables import identity_bundle, place
from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import Keyring, new_subject, seal
from bindeledd.foundation.sealing.providers import FileKeys
from bindeledd.tables import metadata

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A tenant with teams, and one member who works in the first of them, with a token."""

    database: Database
    keyring: Keyring
    home: Path
    tenant: UUID
    member: UUID
    teams: list[UUID]
    token: str
    at: datetime

    @property
    def actor(self) -> Actor:
        return Actor(
            kind=ActorKind.MEMBER,
            tenant_id=self.tenant,
            id=self.member,
            teams=frozenset(self.teams[:1]),
        )


def prepare(url: str, *, teams: int = 50) -> Place:
    """Tables and a directory in an empty database."""
    home = Path(tempfile.mkdtemp(prefix="bindeledd-bench-"))
    keyring = Keyring(FileKeys(home / "keys", create=True))
    database = open_database(url, info={Keyring: keyring})
    with database.engine.begin() as connection:
        metadata.create_all(connection)
    tenant, organisation, member, at = new_id(), new_id(), new_id(), now()
    ids = [new_id() for _ in range(teams)]
    rows: dict[str, list[dict[str, Any]]] = {
        "installation": [{"id": 1, "environment": "test", "made_at": at}],
        "tenants": [{"id": tenant, "key": "b", "name": "B", "settings": {}, "made_at": at}],
        "organisations": [
            {"id": organisation, "tenant_id": tenant, "key": "o", "name": "O", "kind": "trust"}
        ],
        "teams": [
            {"id": team, "tenant_id": tenant, "organisation_id": organisation, "key": team.hex,
             "name": "T", "zone": "Europe/Oslo", "active": True} for team in ids
        ],
        "members": [
            {"id": member, "tenant_id": tenant, "login": "a", "name": "A", "active": True,
             "made_at": at}
        ],
        "memberships": [
            {"id": new_id(), "tenant_id": tenant, "member_id": member, "team_id": ids[0],
             "role": "member", "since": at - HOUR}
        ],
    }  # fmt: skip
    with database.transaction() as session:
        for name, some in rows.items():
            session.execute(metadata.tables[name].insert(), some)
        token = make_token(
            session, member, label="bench", until=at + 24 * HOUR, by=system(tenant), at=at
        )
    return Place(
        database=database, keyring=keyring, home=home, tenant=tenant, member=member, teams=ids,
        token=token, at=at,
    )  # fmt: skip


def fill_sealed(site: Place, cases: int) -> None:
    """Cases of the first team, each with a patient of its own and one open task."""
    for start in range(0, cases, 500):
        with site.database.transaction() as session:
            _some_sealed(session, site, range(start, min(start + 500, cases)))
    settle(site.database)


def _some_sealed(session: Any, site: Place, numbers: Iterable[int]) -> None:
    tables, rows = metadata.tables, {}
    rows = {name: [] for name in ("patients", "tasks", "cases", "care_relations")}
    for number in numbers:
        patient, case, task = new_id(), new_id(), new_id()
        due = site.at + number * timedelta(minutes=7) - 10 * HOUR
        new_subject(session, tenant_id=site.tenant, subject_id=patient, at=site.at)
        sealed = seal(session, place(site.tenant, "identity", patient), _bundle(number))
        rows["patients"].append(
            {
                "id": patient,
                "tenant_id": site.tenant,
                "identity": sealed,
                "version": 1,
                "made_at": site.at,
            }
        )
        rows["tasks"].append({**_task(site, task, due), "case_id": case})
        rows["cases"].append(
            {
                "id": case,
                "tenant_id": site.tenant,
                "patient_id": patient,
                "state": "open",
                "pathway_id": "national.after-attempt",
                "pathway_version": "2026.1",
                "responsible_team_id": site.teams[0],
                "opened_at": site.at,
                "next_task_id": task,
                "closing_number": 1,
                "version": 1,
            }
        )
        rows["care_relations"].append(
            {"id": new_id(), "tenant_id": site.tenant, "case_id": case, "patient_id": patient,
             "team_id": site.teams[0], "kind": "owner", "since": site.at}
        )  # fmt: skip
    for name, some in rows.items():
        session.execute(tables[name].insert(), some)


def _bundle(number: int) -> dict[str, Any]:
    held = Identifier(kind=IdentifierKind.FNR, value=f"{number:011}", synthetic=True)
    return identity_bundle(
        Identity(
            given="Kari Ánne",
            family=f"Prøve {number}",
            identifiers=(HeldIdentifier(identifier=held, source="message"),),
            language="nb",
            municipality="4601",
            address="Prøvegata 1, 5003 Bergen",
        )
    )


def _task(site: Place, task: UUID, due: datetime) -> dict[str, Any]:
    return {
        "id": task, "tenant_id": site.tenant, "kind": "call_patient", "origin": "step",
        "step_key": task.hex, "strength": "should", "owner": "responsible_team",
        "owner_team_id": site.teams[0], "due_at": due, "first_due_at": due, "due_reason": {},
        "satisfied_by": ["reached"], "ladder": "standard", "state": "open", "made_at": site.at,
        "round": 1, "next_rung": 0, "next_rung_at": due, "rung_plan": [], "seen_in_a_row": 0,
        "version": 1,
    }  # fmt: skip


def settle(database: Database) -> None:
    """Let the database do its own housekeeping outside the measured time."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            fresh = connection.execution_options(isolation_level="AUTOCOMMIT")
            fresh.exec_driver_sql("VACUUM ANALYZE")
            fresh.exec_driver_sql("CHECKPOINT")
        else:
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
