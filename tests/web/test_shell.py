"""What the shell shows around every page: the menu by what one can use, and times in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import GrantRow, MembershipRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.web.shell import on_day, when
from builders import Site, a_site
from doors import an_app
from visitors import a_visitor, text_of

MENU = ("Min dag", "Registrer", "Avklar", "Henvendelser", "Innboks", "Daglig oversikt", "Signer")


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        made = a_site(session, clock.now())
        session.execute(
            sa.insert(GrantRow).values(member_id=made.carl.id, role="admin", tenant_id=made.tenant)
        )
        session.execute(sa.delete(MembershipRow).where(MembershipRow.member_id == made.carl.id))
    return made


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("berit", MENU),
        ("anna", MENU[:5]),
        ("carl", ("Innboks",)),  # an administrator without a team: no patients
    ],
)
def test_the_menu_shows_what_one_can_use(
    site: Site, fresh_database: Database, tmp_path: Path, who: str, sees: tuple[str, ...]
) -> None:
    member: Actor = getattr(site, who)
    page = a_visitor(an_app(fresh_database, tmp_path), fresh_database, member).get("/inbox")
    menu = page.text.split("<nav")[1].split("</nav>")[0]

    assert [one for one in MENU if f"<span>{one}</span>" in menu] == list(sees)
    assert "Noen ringte" in text_of(page)


@pytest.mark.parametrize(("who", "home"), [("anna", "/day"), ("carl", "/inbox")])
def test_the_front_door_leads_to_what_one_can_use(
    site: Site, fresh_database: Database, tmp_path: Path, who: str, home: str
) -> None:
    visitor = a_visitor(an_app(fresh_database, tmp_path), fresh_database, getattr(site, who))
    assert visitor.get("/").headers["Location"] == home


NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 22, 14, 30, tzinfo=UTC), "i dag kl. 15.30"),
        (datetime(2026, 11, 22, 23, tzinfo=UTC), "i dag kl. 24.00"),
        (datetime(2026, 11, 23, 23, tzinfo=UTC), "i morgen kl. 24.00"),
        (datetime(2026, 11, 26, 23, tzinfo=UTC), "tors. 26. november kl. 24.00"),
        (datetime(2026, 11, 21, 23, tzinfo=UTC), "i dag kl. 00.00"),
    ],
)
def test_a_midnight_that_lies_ahead_is_the_end_of_its_day(moment: datetime, words: str) -> None:
    assert when(moment, NOW) == words


def test_a_day_that_is_far_has_its_year() -> None:
    at = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert on_day(datetime(2027, 1, 11, 12, tzinfo=UTC), at=at) == "man. 11. januar"
    assert on_day(datetime(2024, 11, 1, 12, tzinfo=UTC), at=at) == "1. november 2024"
