"""Administration at a real screen: all of it by keyboard, nothing sticks out, axe is content."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff import service as staff
from bindeledd.features.staff.tables import (
    MemberRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    UnitRow,
)
from bindeledd.foundation import clock
from browser.conftest import Comes, Live, Person, a_site_of, may_log_in
from browser.test_keys import wrong_here
from browser.test_sights import sticks_out
from builders import a_member

LONG = "Čuovvunjoavku Guovdageainnu-Kárášjoga-Deanu suohkaniid ovttasbargu"
NORTH = f"Nord {LONG}"
ON = "document.activeElement.id || document.activeElement.innerText.trim()"


@pytest.fixture
def live_with_eva(live: Live) -> Live:
    """Eva runs the installation, and works in no team."""
    with live.database.transaction() as session:
        site, at = a_site_of(live), clock.now()
        eva = a_member(session, site.tenant, live.team, "eva", "member", at)
        staff.leave_team(session, eva.id, live.team, by=site.system, at=at)
        staff.grant(session, eva.id, "admin", by=site.system, at=at)
        may_log_in(session, eva, "eva")
    return live


def to(person: Person, where: str) -> None:
    """By Tab to the field with that id, or to the button or link that says so."""
    for _ in range(80):
        person.page.keyboard.press("Tab")
        if person.page.evaluate(ON) == where:
            return
    raise AssertionError(where)


def typed(person: Person, **fields: str) -> None:
    """Each field by Tab, in the order in which they stand, and what is typed into it."""
    for name, text in fields.items():
        to(person, name)
        person.page.keyboard.type(text)


def sent(person: Person, button: str) -> None:
    to(person, button)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def test_an_organisation_a_team_and_a_unit_are_made_without_a_mouse(
    comes: Comes, live_with_eva: Live
) -> None:
    eva = comes("eva").go("/administration/directory")
    sent(eva, "Ny virksomhet")
    typed(eva, key="nord", name=NORTH, kind="kom", why="omo")
    sent(eva, "Legg til")
    assert "Virksomheten er lagt til." in eva.sees

    eva.go("/administration/directory")
    sent(eva, "Nytt team")
    typed(eva, key="kveld", name="Kveldsteamet", organisation="Nord", lead="Anna")
    typed(eva, day1="8-12 og 13-16", day7="hele døgnet", why="omo")
    sent(eva, "Legg til")
    assert "Teamet er lagt til." in eva.sees

    eva.go("/administration/directory")
    sent(eva, "Ny enhet")
    typed(eva, key="post9", name="Post 9", kind="seng", organisation="Nord", team="Kveld")
    typed(eva, value="80123", why="omo")
    sent(eva, "Legg til")
    assert "HER-id 80123" in eva.sees

    with live_with_eva.database.session() as session:
        assert _unit(session) == ("ward", "Kveldsteamet", NORTH)


def _unit(session: Session) -> tuple[str, str, str]:
    found = session.execute(
        sa.select(UnitRow.kind, TeamRow.name, OrganisationRow.name)
        .join(TeamRow, TeamRow.id == UnitRow.team_id)
        .join(OrganisationRow, OrganisationRow.id == UnitRow.organisation_id)
        .where(UnitRow.key == "post9")
    ).one()
    return found[0], found[1], found[2]


def test_opening_hours_are_changed_without_a_mouse(comes: Comes, live_with_eva: Live) -> None:
    eva = comes("eva").go(f"/administration/teams/{live_with_eva.team}")
    to(eva, "day6")
    eva.page.keyboard.type("10-14")
    typed(eva, **{"why-hours": "avt"})
    sent(eva, "Lagre åpningstidene")

    assert "Åpningstidene er lagret." in eva.sees
    mine = [one for one in live_with_eva.all(OpeningHoursRow) if one.team_id == live_with_eva.team]
    assert [f"{one.opens:%H}-{one.closes:%H}" for one in mine if one.weekday == 6] == ["10-14"]


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_sticks_out_of_its_pages_with_long_names(
    comes: Comes, live_with_eva: Live, width: int
) -> None:
    live = live_with_eva
    anna = next(one.id for one in live.all(MemberRow) if one.login == "anna")
    unit, organisation = (live.all(row)[0].id for row in (UnitRow, OrganisationRow))
    with live.database.transaction() as session:
        for row in (TeamRow, UnitRow, OrganisationRow, MemberRow):
            session.execute(sa.update(row).values(name=LONG))
    eva = comes("eva", width=width)
    eva.page.emulate_media(reduced_motion="reduce")
    paths = [f"{kind}/new" for kind in ("members", "units", "teams", "organisations")]
    paths += [f"members/{anna}", f"teams/{live.team}", f"units/{unit}"]
    paths += ["directory", f"organisations/{organisation}"]
    out, wrong = {}, {}
    for path in paths:
        eva.go(f"/administration/{path}")
        out[path] = sticks_out(eva, f"administration-{path.replace('/', '-')}-{width}")
        wrong[path] = wrong_here(eva)

    assert {path: found for path, found in out.items() if found} == {}
    assert {path: found for path, found in wrong.items() if found} == {}
