"""Who has looked: a person who asks is answered by a privacy officer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.domain import Did, Door
from bindeledd.features.audit.service import record
from bindeledd.features.casefile.commands.looking import access_log
from bindeledd.features.casefile.service.looking import show_access_log
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients.tables import DuplicateHintRow
from bindeledd.features.restricted.service import open_record
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import GrantRow, MembershipRow
from bindeledd.foundation.actors import command
from bindeledd.foundation.console import Site as ConsoleSite
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.spelling import OSLO
from builders import a_site
from features.casefile.following import World
from features.rollcall.builders import a_closed
from visitors import EITHER, a_visitor, text_of


def a_privacy_officer(world: World) -> Actor:
    """Dina, who works elsewhere, answers for privacy in the whole tenant."""
    with world.database.transaction() as session:
        session.execute(
            sa.insert(GrantRow).values(
                member_id=world.site.dina.id, role="privacy", tenant_id=world.site.tenant
            )
        )
    return replace(world.site.dina, grants=frozenset({"privacy"}))


def log_of(world: World, by: Actor, **asked: object):
    with world.database.transaction() as session:
        return show_access_log(session, world.case, by=by, at=world.at, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", EITHER)
def test_a_page_says_who_saw_what_when_and_by_which_door(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    world.anna.get(world.path())
    path = f"/api/v1/cases/{world.case}"
    world.app.test_client().get(path, headers={"Authorization": f"Bearer {world.anna.token}"})

    officer = a_visitor(world.app, fresh_database, a_privacy_officer(world))

    page = text_of(officer.get(world.path("access-log")))

    newest, at = log_of(world, command(world.site.tenant)).looks, world.at.astimezone(OSLO)
    by_anna = [one for one in newest if one.entry.actor_id == world.site.anna.id][:2]
    assert [one.entry.door for one in by_anna] == [Door.API, Door.PAGE]
    assert {one.entry.did for one in by_anna} == {Did.SAW}
    assert by_anna[0].name in page
    assert by_anna[0].teams[0] in page
    assert f"kl. {at:%H}." in page


def test_the_team_is_the_one_of_the_moment_and_none_that_came_later(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    world.anna.get(world.path())
    with database.transaction() as session:
        session.execute(
            sa.insert(MembershipRow).values(
                id=new_id(),
                tenant_id=world.site.tenant,
                member_id=world.site.anna.id,
                team_id=world.site.other_team,
                role="member",
                since=world.at + timedelta(hours=1),
            )
        )

    looks = log_of(world, command(world.site.tenant)).looks

    assert {len(one.teams) for one in looks if one.entry.actor_id == world.site.anna.id} == {1}


def test_the_page_says_what_it_is_once(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path)
    officer = a_visitor(world.app, database, a_privacy_officer(world))

    page = officer.get(world.path("access-log")).text

    assert "<caption>" not in page
    assert page.count("Hvem har sett hva</h1>") == 1


def test_the_reading_is_itself_in_the_log(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path)

    officer = a_privacy_officer(world)

    newest = log_of(world, officer).looks[0]

    assert (newest.entry.act, newest.entry.actor_id) == ("access_log.shown", officer.id)


@pytest.mark.parametrize("who", ["anna", "berit", "dina"])
def test_to_whoever_answers_for_no_privacy_there_is_no_log_whomever_it_is_about(
    database: Database, tmp_path: Path, who: str
) -> None:
    world = World(database, tmp_path)
    with pytest.raises(OutOfSight):
        log_of(world, getattr(world.site, who))


def test_an_administrator_answers_for_no_privacy_by_that(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    with pytest.raises(OutOfSight):
        log_of(world, replace(world.site.berit, grants=frozenset({"admin"})))


def test_a_lead_and_somebody_who_sees_nothing_of_the_person_are_refused_alike(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    dina = a_visitor(world.app, database, world.site.dina)
    refused = [one.get(world.path("access-log")) for one in (world.berit, dina)]
    assert [one.status_code for one in refused] == [404, 404]


def test_a_privacy_officer_who_sees_no_patients_has_the_log_and_another_tenant_has_not(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    officer = a_visitor(world.app, database, a_privacy_officer(world))
    assert officer.get(world.path()).status_code == 404
    chosen = officer.get(f"/access-log?case={world.case}")
    assert chosen.headers["Location"].endswith(world.path("access-log"))
    assert officer.get(world.path("access-log")).status_code == 200
    assert officer.get("/access-log?case=Kari").status_code == 422
    assert world.berit.get("/access-log").status_code == 404
    with database.transaction() as session:
        other = a_site(session)
    with pytest.raises(OutOfSight):
        log_of(world, command(other.tenant))


def test_the_page_for_the_log_is_shown_to_the_one_who_answers_for_privacy_only(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    officer = a_visitor(world.app, database, a_privacy_officer(world))
    assert 'href="/access-log"' in officer.get("/inbox").text
    assert 'href="/access-log"' not in world.berit.get("/inbox").text


def test_the_log_is_of_the_person_however_many_times_they_are_registered(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    with database.transaction() as session:
        elsewhere = a_closed(session, replace(world.site, team=world.site.other_team))
        other = session.get_one(CaseRow, elsewhere.id).patient_id
        record(session, "case.shown", by=world.site.dina, subjects=[other], at=world.at)
        hint = DuplicateHintRow(
            patient_id=other, other_id=world.patient, tenant_id=world.site.tenant,
            seen_at=world.at,
        )  # fmt: skip
        session.add(hint)
    looking = command(world.site.tenant)

    def by_dina() -> list[str]:
        looks = log_of(world, looking).looks
        return [one.entry.act for one in looks if one.entry.actor_id == world.site.dina.id]

    assert by_dina() == []
    with database.transaction() as session:
        session.execute(
            sa.update(DuplicateHintRow).values(
                same=True, answered_at=world.at, answered_by=world.site.berit.id
            )
        )
    assert by_dina() == ["case.shown"]
    assert log_of(world, looking).registrations == 2


def test_what_was_done_with_a_restricted_record_is_in_the_log(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    with database.transaction() as session:
        open_record(session, world.case, title="Gjennomgang", by=world.site.berit, at=world.at)

    acts = {one.entry.act for one in log_of(world, command(world.site.tenant)).looks}

    assert "restricted.opened" in acts


def test_the_pages_hold_every_line_once(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path)
    with database.transaction() as session:
        made = [
            record(
                session, "case.shown", by=world.site.anna, subjects=[world.patient],
                at=world.at + timedelta(minutes=n),
            )
            for n in range(7)
        ]  # fmt: skip
    seen: list[UUID] = []
    before = None
    while not seen or before is not None:
        found = log_of(world, command(world.site.tenant), before=before, limit=3)
        seen += [one.entry.id for one in found.looks]
        before = found.next

    assert len(seen) == len(set(seen))
    assert set(made) <= set(seen)


def test_the_command_says_the_same_for_scripts_in_local_time(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    world.anna.get(world.path())
    console = ConsoleSite(
        open_settings=lambda: None,
        open_database=lambda _: fresh_database,
        gather=lambda _: None,
        find_tenants=lambda _: {"only": world.site.tenant},
    )

    told = json.loads(
        CliRunner().invoke(access_log, [str(world.case), "--json"], obj=console).output
    )

    own, seen = told["entries"][:2]
    assert (own["act"], own["door"], own["by"]["kind"]) == (
        "access_log.shown",
        "command",
        "command",
    )
    assert (seen["did"], seen["thing"], seen["door"]) == ("saw", "case", "page")
    assert seen["by"]["name"] == world.site.anna.name
    assert datetime.fromisoformat(seen["at"]).utcoffset() == world.at.astimezone(OSLO).utcoffset()
