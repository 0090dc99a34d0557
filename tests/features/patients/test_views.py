"""Patients over HTTP: by status, body, refusals and who may."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import RelationKind
from bindeledd.features.access.service import relate
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.patients import service
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.synthetic import synthetic_number
from bindeledd.features.staff.tables import InstallationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import Site, a_case_row, a_site
from doors import Door, a_door, an_app

NUMBER, OTHER = (synthetic_number(Random(seed)) for seed in (1, 2))  # noqa: S311


class World:
    """A site with one patient in Anna's team, and the doors of Anna and Carl."""

    def __init__(self, database: Database, home: Path, *, protected: bool = False) -> None:
        self.database, self.now = database, clock.now()
        with database.transaction() as session:
            session.execute(
                sa.insert(InstallationRow).values(id=1, environment="test", made_at=self.now)
            )
            self.site: Site = a_site(session, self.now)
        self.patient = self.register(protected=protected)
        app = an_app(database, home)
        self.anna: Door = a_door(app, database, self.site.anna)
        self.carl: Door = a_door(app, database, self.site.carl)

    def register(self, *, protected: bool = False, team: UUID | None = None) -> UUID:
        held = HeldIdentifier(identifier=NUMBER, source="message")
        identity = Identity(
            full="Ánne Bæivi", identifiers=(held,), protected_address=protected, address="Gata 1"
        )
        with self.database.transaction() as session:
            patient = service.register_patient(
                session,
                tenant_id=self.site.tenant,
                identity=identity,
                contact_ways=[ContactWay(value="41234567")],
                by=self.site.system,
                at=self.now,
            )
            a_case_row(session, self.site, patient=patient.id, at=self.now, team=team)
        return patient.id

    def acts(self) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(sa.select(AuditEventRow.act)))


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_a_patient_is_shown_and_the_read_is_written_down(world: World) -> None:
    answer = world.anna("GET", f"/patients/{world.patient}")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["identity"]["name"] == "Ánne Bæivi"
    assert answer.json["identity"]["identifiers"][0]["value"] == NUMBER.value
    assert answer.json["contact_ways"][0]["value"] == "+4741234567"
    assert answer.headers["ETag"] == '"1"'
    assert world.acts().count("patient.shown") == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "/identity", {"full": "X"}),
        ("PUT", "/contact-ways", {"contact_ways": []}),
        ("POST", "/contact-ways/reveal", None),
        ("POST", "/contact-ways/verify", {"value": "41234567", "how": "rung"}),
        ("GET", "/duplicates", None),
        ("POST", "/duplicates/6d1f3c0e-2b7a-4c55-9a37-0f6f6f1d2c11/answer", {"same": True}),
    ],
)
def test_for_another_team_the_patient_is_not_there(
    world: World, method: str, path: str, body: object
) -> None:
    hidden = world.carl(method, f"/patients/{world.patient}{path}", body)
    nobody = world.carl(method, f"/patients/{uuid4()}{path}", body)

    assert (hidden.status_code, nobody.status_code) == (404, 404)
    assert hidden.json is not None
    assert nobody.json is not None
    assert hidden.json["type"] == nobody.json["type"]
    assert "patient.shown" not in world.acts()


def test_what_is_sent_is_changed_and_the_rest_stays(world: World) -> None:
    answer = world.anna(
        "PATCH",
        f"/patients/{world.patient}/identity",
        {"language": "se", "interpreter": True, "numbers": [{"value": OTHER.value}]},
        If_Match='"1"',
    )

    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    identity = answer.json["identity"]
    assert (identity["name"], identity["language"], identity["interpreter"]) == (
        "Ánne Bæivi",
        "se",
        True,
    )
    ended, current = identity["identifiers"]
    assert (ended["value"], current["value"]) == (NUMBER.value, OTHER.value)
    assert datetime.fromisoformat(ended["until"])
    assert current["until"] is None


def test_a_change_on_top_of_another_is_refused(world: World) -> None:
    path = f"/patients/{world.patient}/identity"
    assert world.anna("PATCH", path, {"full": "A"}, If_Match='"1"').status_code == 200

    answer = world.anna("PATCH", path, {"full": "B"}, If_Match='"1"')

    assert answer.status_code == 412


def test_a_wrong_number_says_what_is_wrong_and_repeats_no_digit(world: World) -> None:
    wrong = NUMBER.value[:10] + str((int(NUMBER.value[10]) + 1) % 10)
    path = f"/patients/{world.patient}/identity"

    answer = world.anna("PATCH", path, {"numbers": [{"value": wrong}]})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["type"] == "urn:bindeledd:identifier.wrong_check_digit"
    assert wrong not in answer.get_data(as_text=True)


def test_contact_ways_are_written_and_verified(world: World) -> None:
    path = f"/patients/{world.patient}/contact-ways"
    ways = [{"value": "91234567", "safe_to_call": True}, {"value": "spør nabo"}]
    assert world.anna("PUT", path, {"contact_ways": ways}).status_code == 200

    answer = world.anna("POST", f"{path}/verify", {"value": "+47 912 34 567", "how": "texted"})

    assert answer.status_code == 200
    assert answer.json is not None
    first, second = answer.json["contact_ways"]
    assert (first["verified_how"], first["safe_to_call"]) == ("texted", True)
    assert (second["value"], second["usual"], second["verified_on"]) == ("spør nabo", False, None)


def test_with_a_protected_address_the_number_is_shown_only_when_asked_for(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path, protected=True)
    path = f"/patients/{world.patient}"

    shown = world.anna("GET", path).json
    assert shown is not None
    assert (shown["contact_ways"], shown["address_protected"]) == (None, True)
    assert (shown["identity"]["address"], shown["identity"]["municipality"]) == (None, None)

    revealed = world.anna("POST", f"{path}/contact-ways/reveal").json

    assert revealed is not None
    assert revealed["contact_ways"][0]["value"] == "+4741234567"
    assert world.acts().count("patient.contact_ways_revealed") == 1


def test_a_team_that_may_not_see_the_number_does_not_write_over_it(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path, protected=True)
    with world.database.transaction() as session:
        case = session.scalars(sa.select(CaseRow.id)).one()
        relate(
            session,
            case_id=case,
            patient_id=world.patient,
            team_id=world.site.other_team,
            kind=RelationKind.PARTICIPANT,
            by=world.site.system,
            at=world.now,
        )
    path = f"/patients/{world.patient}/contact-ways"

    refused = world.carl("PUT", path, {"contact_ways": []})

    assert refused.status_code == 403
    assert refused.json is not None
    assert refused.json["type"] == "urn:bindeledd:patient.responsible_team_only"
    revealed = world.anna("POST", f"{path}/reveal").json
    assert revealed is not None
    assert [way["value"] for way in revealed["contact_ways"]] == ["+4741234567"]


def test_a_birth_date_that_is_sent_alone_is_one_that_the_person_said(world: World) -> None:
    path = f"/patients/{world.patient}/identity"

    said = world.anna("PATCH", path, {"born_on": "2012-06-01"}).json
    gone = world.anna("PATCH", path, {"born_on": None}).json

    assert said is not None
    assert gone is not None
    identities = [one["identity"] for one in (said, gone)]
    told = [(one["born_on"], one["born_how"]) for one in identities]
    assert told == [("2012-06-01", "person_said"), (None, None)]
    with world.database.transaction() as session:
        noted = session.execute(
            sa.select(EventRow.facts).where(EventRow.kind == "age_noted").order_by(EventRow.at)
        ).all()
    assert [facts for (facts,) in noted] == [{"minor": "yes"}, {}]


def test_a_possible_duplicate_is_shown_and_answered_by_whoever_may_see_both(world: World) -> None:
    other = world.register()
    path = f"/patients/{world.patient}/duplicates"

    hints = world.anna("GET", path).json
    assert hints is not None
    assert [(h["other_id"], h["other_name"]) for h in hints] == [(str(other), "Ánne Bæivi")]
    assert world.anna("POST", f"{path}/{other}/answer", {"same": True}).status_code == 204

    assert world.anna("GET", path).json == []
    assert world.anna("GET", f"/patients/{other}").status_code == 200


def test_a_possible_duplicate_whom_one_may_not_see_is_not_told(world: World) -> None:
    other = world.register(team=world.site.other_team)
    path = f"/patients/{world.patient}/duplicates"

    assert world.anna("GET", path).json == []
    assert world.anna("POST", f"{path}/{other}/answer", {"same": True}).status_code == 404


@pytest.mark.parametrize("body", [{"unknown": 1}, {"interpreter": "kanskje"}, [], "x"])
def test_a_body_that_makes_no_sense_is_refused(world: World, body: object) -> None:
    answer = world.anna("PATCH", f"/patients/{world.patient}/identity", body)

    assert answer.status_code == 422
