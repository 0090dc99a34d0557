"""Administration at the screen: for IT, without a patient; nothing typed is lost, nothing overtaken."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bindeledd.features.patients.domain import Identity
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_case_row, a_member, a_site, a_task_row
from doors import an_app
from features.worklist.builders import a_named_patient, seal_identity
from visitors import EITHER, a_visitor, text_of

NAME, NUMBER = "Ánte-Máhtte Eksempelsen", "91234567"
PAGES = (
    "/administration",
    "/administration/directory",
    "/administration/plugins",
    "/administration/pathways",
    "/administration/members/new",
    "/administration/teams/new",
    "/administration/units/new",
    "/administration/organisations/new",
)


class World:
    """Eva runs the installation and works in no team; a follow-up of the team is late, held by Anna."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.now = database, clock.now()
        with database.transaction() as session:
            self.site = site = a_site(session, self.now)
            self.patient = a_named_patient(session, site)
            seal_identity(session, site, self.patient, Identity(full=NAME))
            self.case = a_case_row(session, site, patient=self.patient, at=self.now).id
            self.task = a_task_row(session, site, case=self.case, held_by=site.anna.id, at=self.now)
            eva = a_member(session, site.tenant, site.team, "eva", "member", self.now)
            staff.leave_team(session, eva.id, site.team, by=site.system, at=self.now)
            staff.grant(session, eva.id, "admin", by=site.system, at=self.now)
        self.eva_id = eva.id
        self.app: Flask = an_app(database, home)
        eva = replace(eva, teams=frozenset(), grants=frozenset({"admin"}))
        self.eva, self.anna, self.berit = (
            a_visitor(self.app, database, one) for one in (eva, site.anna, site.berit)
        )

    def path(self, member: object) -> str:
        return f"/administration/members/{member}"

    def form(self, member: object, **more: object) -> dict[str, object]:
        """What a browser sends from the page as it stands now."""
        page = self.eva.get(self.path(member)).text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        assert seen is not None
        return {"seen": seen[1], "why": "correction", "of": "-self", **more}

    def named(self, member: object) -> tuple[str, bool]:
        with self.database.session() as session:
            row = session.execute(
                sa.select(MemberRow.name, MemberRow.active).where(MemberRow.id == member)
            ).one()
            return row.name, row.active


def pages_of(world: World) -> list[str]:
    """The page of a member, of a team, of a unit and of an organisation."""
    site = world.site
    own = {"teams": site.team, "units": site.unit, "organisations": site.organisation}
    return [world.path(site.anna.id), *(f"/administration/{kind}/{id}" for kind, id in own.items())]


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("path", PAGES)
def test_it_answers_whoever_has_the_role_and_nobody_else(world: World, path: str) -> None:
    told = [one.get(path).status_code for one in (world.eva, world.berit, world.anna)]

    assert told == [200, 403, 403]


@pytest.mark.parametrize("dialect", EITHER)
def test_nothing_of_a_patient_stands_on_any_of_its_pages(world: World) -> None:
    paths = [*PAGES, *pages_of(world)]
    said = "".join(world.eva.get(path).text for path in paths)

    assert [
        one for one in (NAME, str(world.case), str(world.patient), str(world.task)) if one in said
    ] == []


def of_a_patient(app: Flask) -> list[str]:
    """Every address with a case, a patient or a task in it, and the lists that show them."""
    known = ("case_id", "patient_id", "task_id")
    return sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and any(name in rule.arguments for name in known)
        }
    )


def test_no_page_of_a_patient_answers_the_role(world: World) -> None:
    values = {"case_id": world.case, "patient_id": world.patient, "task_id": world.task}
    told = {}
    for rule in of_a_patient(world.app):
        path = re.sub(r"<[^>]*?(\w+)>", lambda m: str(values.get(m[1], world.case)), rule)
        answer = world.eva.get(path)
        told[rule] = (answer.status_code, NAME in answer.text)

    assert len(told) > 20
    assert {rule: found for rule, found in told.items() if found[0] < 400 or found[1]} == {}


def test_its_lists_are_empty_for_the_role(world: World) -> None:
    said = "".join(world.eva.get(path).text for path in ("/day", "/search", "/inbox", "/leaving"))

    assert NAME not in said


def test_a_change_is_saved_and_said(world: World) -> None:
    anna = world.site.anna.id
    told = world.eva.post(world.path(anna), world.form(anna, name="Anna Berg", email="a@b.example"))

    assert told.status_code == 303
    assert world.named(anna) == ("Anna Berg", True)


def test_what_was_typed_into_a_form_that_was_overtaken_comes_back(world: World) -> None:
    anna = world.site.anna.id
    old = world.form(anna, name="Anna To")
    world.eva.post(world.path(anna), world.form(anna, name="Anna Én"))
    page = world.eva.post(world.path(anna), old)

    assert page.status_code == 422
    assert 'value="Anna To"' in page.text
    assert "Noen andre har endret dette" in page.text
    assert "Nå står det: Anna Én" in text_of(page)
    assert world.named(anna)[0] == "Anna Én"


def test_without_a_why_nothing_is_changed(world: World) -> None:
    anna = world.site.anna.id
    page = world.eva.post(world.path(anna), world.form(anna, name="X", why=""))

    assert (page.status_code, "Velg hvorfor." in page.text) == (422, True)
    assert world.named(anna)[0] == "Anna"


def test_somebody_who_begins_stands_in_the_directory(world: World) -> None:
    said = {"login": "jovnna", "name": "Jovnna Sara", "team": world.site.team, "role": "lead"}
    told = world.eva.post("/administration/members/new", {**said, "why": "begins"})

    assert told.status_code == 303
    assert "Jovnna Sara" in world.eva.get(f"/administration/teams/{world.site.team}").text


def test_a_form_that_is_sent_twice_adds_one(world: World) -> None:
    said = {"login": "jovnna", "name": "Jovnna Sara", "why": "begins", "role": "member"}
    page = world.eva.get("/administration/members/new").text
    once = re.search(r'name="_once" value="([^"]+)"', page)
    answers = [
        world.eva.post("/administration/members/new", {**said, "_once": once[1]})  # type: ignore[index]
        for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def test_a_member_who_holds_tasks_is_said_what_to_do_about(world: World) -> None:
    anna = world.site.anna.id
    page = world.eva.post(f"{world.path(anna)}/end", world.form(anna, why="leaves"))

    assert "Be lederen av teamet gi dem til noen andre" in text_of(page)
    assert world.named(anna)[1]


def test_a_member_is_ended(world: World) -> None:
    carl = world.site.carl.id
    world.eva.post(f"{world.path(carl)}/end", world.form(carl, why="leaves"))

    assert not world.named(carl)[1]


def test_the_last_lead_stays_and_the_page_says_why(world: World) -> None:
    berit, team = world.site.berit.id, world.site.team
    page = world.eva.post(f"{world.path(berit)}/place/{team}/end", world.form(berit, why="leaves"))

    assert "Gi en annen i teamet rollen som leder først." in text_of(page)


def test_a_place_is_given(world: World) -> None:
    carl, team = world.site.carl.id, world.site.team
    world.eva.post(
        f"{world.path(carl)}/place", world.form(carl, team=team, role="lead", why="moves")
    )

    assert "Carl" in text_of(world.eva.get(f"/administration/teams/{team}"))


def test_a_units_form_that_was_overtaken_comes_back_with_what_was_typed(world: World) -> None:
    path = f"/administration/units/{world.site.unit}"
    seen = re.search(r'name="seen" value="([^"]+)"', world.eva.get(path).text)
    said = {"name": "Post 4", "team": world.site.team, "acute": "", "why": "moves", "of": "-self"}
    answers = [
        world.eva.post(path, {**said, "name": name, "seen": seen[1]})  # type: ignore[index]
        for name in ("Post 4", "Post 5")
    ]

    assert [one.status_code for one in answers] == [303, 422]
    assert 'value="Post 5"' in answers[1].text
    assert "Nå står det: Post 4, akuttpost, follow-up, –." in text_of(answers[1])


def test_an_address_that_cannot_be_one_is_said_at_its_field(world: World) -> None:
    path = f"/administration/units/{world.site.unit}/address"
    page = world.eva.post(path, {"scheme": "ENH", "value": "123", "why": "agreed"})

    assert page.status_code == 422
    assert 'id="value-error"' in page.text


def test_the_overview_says_what_is_late_and_how_old_the_keys_are(world: World) -> None:
    page = text_of(world.eva.get("/administration"))

    assert "Leting etter det som er over fristen aldri sen" in page
    assert "Nøkkelen er aldri byttet. Den eldste i bruk er versjon 1" in page


def test_a_unit_has_its_routine_with_who_says_what(world: World) -> None:
    page = text_of(world.eva.get("/administration/pathways?unit=ward"))

    assert "Ingenting er annerledes." in page
    assert "national.after-attempt" in page


UNIT = {"key": "post5", "name": "Post 5", "kind": "ward", "why": "organised"}


@pytest.mark.parametrize("dialect", EITHER)
def test_a_new_unit_stands_in_the_directory_with_its_team(world: World) -> None:
    said = {**UNIT, "organisation": world.site.organisation, "team": world.site.team}
    told = world.eva.post("/administration/units/new", {**said, "scheme": "HER", "value": "80 123"})
    page = text_of(world.eva.get(told.location))

    assert told.status_code == 303
    assert "Enheten er lagt til." in page
    assert "HER-id 80123" in page


def test_a_new_unit_without_a_team_says_what_to_do_and_keeps_what_was_typed(world: World) -> None:
    page = world.eva.post(
        "/administration/units/new", {**UNIT, "organisation": world.site.organisation}
    )

    assert page.status_code == 422
    assert "Velg et team." in text_of(page)
    assert 'id="team-error"' in page.text
    assert 'value="post5"' in page.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("units", ("key", "name", "kind", "organisation", "team", "value")),
        ("organisations", ("key", "name", "kind", "value")),
        ("teams", ("key", "name", "organisation", "lead", "day1")),
    ],
)
def test_all_that_is_wrong_with_something_new_is_said_at_once(
    world: World, path: str, fields: tuple[str, ...]
) -> None:
    wrong = {"key": "Post 9", "scheme": "HER", "value": "abc", "why": "organised"}
    page = world.eva.post(f"/administration/{path}/new", wrong)

    assert [one for one in fields if f'id="{one}-error"' not in page.text] == []
    assert 'value="Post 9"' in page.text


def test_a_short_name_that_is_taken_is_said_at_its_field(world: World) -> None:
    page = world.eva.post(
        "/administration/organisations/new",
        {"key": "trust", "name": "Byen", "kind": "municipality", "why": "organised"},
    )

    assert page.status_code == 422
    assert 'id="key-error"' in page.text


@pytest.mark.parametrize("dialect", EITHER)
def test_a_new_organisation_has_a_page_of_its_own(world: World) -> None:
    told = world.eva.post(
        "/administration/organisations/new",
        {"key": "byen", "name": "Byen", "kind": "municipality", "why": "organised"},
    )

    assert "byen · kommune" in text_of(world.eva.get(told.location))


def test_an_organisations_form_that_was_overtaken_comes_back_with_what_was_typed(
    world: World,
) -> None:
    path = f"/administration/organisations/{world.site.organisation}"
    seen = re.search(r'name="seen" value="([^"]+)"', world.eva.get(path).text)
    answers = [
        world.eva.post(
            path,
            {
                "name": name,
                "kind": "trust",
                "seen": seen[1],  # type: ignore[index]
                "why": "correction",
                "of": "-self",
            },
        )
        for name in ("Nord", "Sør")
    ]

    assert [one.status_code for one in answers] == [303, 422]
    assert 'value="Sør"' in answers[1].text
    assert "Nå står det: Nord" in text_of(answers[1])


def test_a_kind_that_only_a_pack_knows_stands_as_the_pack_says_it(world: World) -> None:
    with world.database.transaction() as session:
        staff.set_organisation(
            session, key="x", name="X", kind="prison", by=world.site.system, at=world.now
        )

    assert "prison" in text_of(world.eva.get("/administration/directory"))


def a_team_form(world: World, **more: object) -> dict[str, object]:
    said = {"key": "kveld", "name": "Kveldsteamet", "organisation": world.site.organisation}
    return {**said, "lead": world.site.anna.id, "day1": "8-15.30", "why": "organised", **more}


@pytest.mark.parametrize("dialect", EITHER)
def test_a_new_team_has_its_lead_and_its_hours_on_its_page(world: World) -> None:
    told = world.eva.post("/administration/teams/new", a_team_form(world, day6="hele døgnet"))
    page = text_of(world.eva.get(told.location))

    assert told.status_code == 303
    assert "man. 08.00–15.30 lør. 00.00–24.00" in page
    assert "Anna teamleder" in page


@pytest.mark.parametrize(
    ("lacks", "field", "words"),
    [
        ({"lead": ""}, "lead", "Et team uten leder hører ingen varsler."),
        ({"day1": ""}, "day1", "Et team som aldri er åpent, hører ingen varsler."),
        ({"day2": "formiddag"}, "day2", "Dette er ingen åpningstid."),
        ({"day2": "8-12, 8-16"}, "day2", "Dette er ingen åpningstid."),
    ],
)
def test_a_new_team_that_could_not_answer_is_refused_with_what_to_do(
    world: World, lacks: dict[str, object], field: str, words: str
) -> None:
    page = world.eva.post("/administration/teams/new", a_team_form(world, **lacks))

    assert page.status_code == 422
    assert words in text_of(page)
    assert f'id="{field}-error"' in page.text
    assert 'value="Kveldsteamet"' in page.text


def test_a_new_team_whose_lead_left_meanwhile_keeps_what_was_typed(world: World) -> None:
    with world.database.transaction() as session:
        staff.deactivate_member(session, world.site.anna.id, by=world.site.system, at=world.now)

    page = world.eva.post("/administration/teams/new", a_team_form(world))

    assert page.status_code == 422
    assert 'id="lead-error"' in page.text
    assert 'value="Kveldsteamet"' in page.text


def test_a_day_that_is_not_understood_is_no_closed_week(world: World) -> None:
    typed = a_team_form(world, day1="", day2="formiddag")
    page = world.eva.post("/administration/teams/new", typed)

    assert 'id="day2-error"' in page.text
    assert 'id="day1-error"' not in page.text


def test_whoever_asks_is_not_among_those_who_can_lead(world: World) -> None:
    page = world.eva.get("/administration/teams/new").text

    assert str(world.site.anna.id) in page
    assert str(world.eva_id) not in page


def team_seen(world: World) -> str:
    page = world.eva.get(f"/administration/teams/{world.site.team}").text
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("dialect", EITHER)
def test_a_teams_form_that_was_overtaken_comes_back_with_what_was_typed(world: World) -> None:
    path, seen = f"/administration/teams/{world.site.team}", team_seen(world)
    said = {"seen": seen, "why": "correction", "of": "-self"}
    answers = [world.eva.post(path, {**said, "name": name}) for name in ("Nord", "Sør")]

    assert [one.status_code for one in answers] == [303, 422]
    assert 'value="Sør"' in answers[1].text
    assert "Nå står det: Nord." in text_of(answers[1])


def an_hours_form(world: World, **more: object) -> dict[str, object]:
    said = {"seen": team_seen(world), "why": "agreed", "of": "-hours", "day1": "9-15"}
    return {**said, **more}


@pytest.mark.parametrize("dialect", EITHER)
def test_hours_are_changed_day_by_day(world: World) -> None:
    path = f"/administration/teams/{world.site.team}"
    told = world.eva.post(f"{path}/hours", an_hours_form(world, day3="8-12 og 13-16"))
    page = text_of(world.eva.get(told.location))

    assert told.status_code == 303
    assert "man. 09.00–15.00 ons. 08.00–12.00 ons. 13.00–16.00" in page


def test_the_page_says_what_follows_before_anybody_saves(world: World) -> None:
    page = text_of(world.eva.get(f"/administration/teams/{world.site.team}"))

    for words in (
        "fra nå og 60 dager frem",
        "Frister som står, flyttes ikke",
        "Ingenting som gjenstår, faller bort.",
    ):
        assert words in page


def test_hours_that_are_not_understood_are_said_at_their_day_with_all_that_was_typed(
    world: World,
) -> None:
    path = f"/administration/teams/{world.site.team}"
    page = world.eva.post(f"{path}/hours", an_hours_form(world, day2="når vi kan"))

    assert page.status_code == 422
    assert 'id="day2-error"' in page.text
    assert 'value="når vi kan"' in page.text
    assert 'value="9-15"' in page.text


def test_a_team_is_never_left_without_hours(world: World) -> None:
    path = f"/administration/teams/{world.site.team}"
    page = world.eva.post(f"{path}/hours", an_hours_form(world, day1=""))

    assert "Skriv åpningstider for minst én dag." in text_of(page)


def test_hours_that_were_overtaken_stand_beside_what_stands_now(world: World) -> None:
    path = f"/administration/teams/{world.site.team}/hours"
    old = an_hours_form(world, day1="10-14")
    world.eva.post(path, an_hours_form(world))
    page = world.eva.post(path, old)

    assert page.status_code == 422
    assert 'value="10-14"' in page.text
    assert "Nå står det: man. 09.00–15.00." in text_of(page)


@pytest.mark.parametrize("dialect", EITHER)
def test_a_role_and_a_language_are_given_on_the_page(world: World) -> None:
    carl = world.site.carl.id
    role = world.form(carl, grant="privacy", of="-role")
    answers = [world.eva.post(f"{world.path(carl)}/role", role)]
    tongue = world.form(carl, tongue="nn", of="-language")
    answers.append(world.eva.post(f"{world.path(carl)}/language", tongue))
    page = text_of(world.eva.get(world.path(carl)))

    assert [one.status_code for one in answers] == [303, 303]
    assert "personvernombud" in page
    assert "Har ikke valgt språk selv." not in page


def test_nobody_is_offered_a_role_for_themselves(world: World) -> None:
    page = world.eva.get(world.path(world.eva_id)).text

    assert "/role" not in page


def test_without_a_role_chosen_none_is_given(world: World) -> None:
    carl = world.site.carl.id
    page = world.eva.post(f"{world.path(carl)}/role", world.form(carl, of="-role"))

    assert page.status_code == 422
    assert 'id="grant-error"' in page.text


def test_whoever_had_left_begins_again_on_the_page(world: World) -> None:
    carl = world.site.carl.id
    world.eva.post(f"{world.path(carl)}/end", world.form(carl, why="leaves"))
    told = world.eva.post(f"{world.path(carl)}/again", world.form(carl, why="begins"))

    assert told.status_code == 303
    assert world.named(carl)[1]
    assert "Gi plass i et team." in text_of(world.eva.get(told.location))


def test_the_page_of_whoever_had_left_offers_nothing_else(world: World) -> None:
    carl = world.site.carl.id
    world.eva.post(f"{world.path(carl)}/end", world.form(carl, why="leaves"))
    actions = re.findall(r'action="[^"]*/members/[^"]*"', world.eva.get(world.path(carl)).text)

    assert actions == [f'action="{world.path(carl)}/again"']


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_page_is_there_in_every_language(world: World, language: str) -> None:
    site = world.site
    with world.database.transaction() as session:
        staff.give_language(session, world.eva_id, language, by=site.system, at=world.now)
    paths = [*PAGES, *pages_of(world)]
    pages = {path: world.eva.get(path) for path in paths}

    assert {path for path, page in pages.items() if page.status_code != 200} == set()
    assert {path for path, page in pages.items() if f'lang="{language}"' not in page.text} == set()
