"""Two who change the directory in the same moment, with real commits: the second is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.administration import queries, service
from bindeledd.features.administration.domain import ChangedMeanwhile, KeyTaken, LoginTaken, Why
from bindeledd.features.staff.domain import Role
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Refusal
from builders import MONDAY, Site, a_site

# How long the first gives the second to come as far as it can; a slow machine proves less.
A_WHILE = 0.5


def told_meanwhile(database: Database, act: Callable[[Session, str], object]) -> str:
    """What the second is told who begins before the first has committed; nothing where it is done."""

    def second() -> str:
        try:
            with database.transaction() as session:
                act(session, "Sør")
        except Refusal as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            act(session, "Nord")
            session.flush()
            doing = pool.submit(second)
            wait([doing], timeout=A_WHILE)
        return doing.result()


def said_by(site: Site) -> dict[str, Any]:
    return {"why": Why.ORGANISED, "by": site.system, "at": MONDAY}


def test_a_short_name_is_given_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)

    def add(session: Session, name: str) -> None:
        said = {"key": "ny", "name": name, "kind": "other"}
        service.add_organisation(session, **said, **said_by(site))

    told = told_meanwhile(fresh_database, add)

    with fresh_database.session() as session:
        names = session.scalars(sa.select(OrganisationRow.name).where(OrganisationRow.key == "ny"))
        assert (told, list(names)) == (KeyTaken.code, ["Nord"])


def test_a_log_in_name_is_given_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)

    def add(session: Session, name: str) -> None:
        said = {"login": "jovnna", "email": None, "phone": None, "team_id": None}
        service.add_member(session, name=name, role=Role.MEMBER, **said, **said_by(site))

    assert told_meanwhile(fresh_database, add) == LoginTaken.code


def test_of_two_who_rename_a_team_the_second_is_told(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        seen = queries.team(session, site.tenant, site.team, MONDAY).seen

    told = told_meanwhile(
        fresh_database,
        lambda session, name: service.rename_team(
            session, site.team, name=name, seen=seen, **said_by(site)
        ),
    )

    assert told == ChangedMeanwhile.code
