"""What has passed its term is told of, by count and id, and nothing else is done with it."""

from __future__ import annotations

import json
from copy import copy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.commands.keeping import retention
from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.cases.domain.keeping import years_before
from bindeledd.features.cases.service import keeping
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.staff.domain import command
from bindeledd.foundation.console import Site as ConsoleSite
from bindeledd.foundation.db import Database
from builders import MONDAY, a_book, an_open_case
from features.cases.test_endings import SIGNED, Follow

DAY = timedelta(days=1)
YEAR = 365 * DAY


@pytest.fixture
def closed(session: Session) -> Follow:
    follow = Follow(session)
    follow.ask()
    follow.sign()
    return follow


def look(follow: Follow, at: datetime, cases_years: int = 1, log_years: int = 0) -> keeping.Passed:
    by = command(follow.site.tenant)
    return keeping.look(follow.session, cases_years=cases_years, log_years=log_years, by=by, at=at)


def test_what_has_passed_its_term_is_told_of_and_stays_where_it_is(closed: Follow) -> None:
    assert look(closed, SIGNED + YEAR - DAY).cases == ()
    [passed] = look(closed, SIGNED + YEAR + 2 * DAY).cases
    assert (passed.case_id, passed.closed_at, passed.ending) == (
        closed.case_id,
        SIGNED,
        "completed",
    )
    assert closed.case().closed_at == SIGNED


def test_somebody_who_is_followed_up_again_keeps_what_was_before(closed: Follow) -> None:
    later = SIGNED + 2 * YEAR
    cases.open_case(
        closed.session,
        patient_id=closed.patient_id,
        index_kind=IndexKind.SELF_HARM,
        index_at=later,
        team_id=closed.site.team,
        by=closed.site.anna,
        at=later,
        book=a_book(),
    )
    assert closed.session.scalar(sa.select(sa.func.count()).select_from(CaseRow)) == 2
    assert look(closed, later + DAY).cases == ()


def test_an_open_follow_up_never_passes_a_term(session: Session) -> None:
    assert look(Follow(session), MONDAY + 100 * YEAR).cases == ()


def test_what_nobody_has_decided_about_has_no_term(closed: Follow) -> None:
    assert look(closed, SIGNED + 100 * YEAR, cases_years=0) == keeping.Passed()


def test_of_the_log_it_is_said_how_much_and_from_when(closed: Follow) -> None:
    by = command(closed.site.tenant)
    long_ago = MONDAY - 9 * YEAR
    audit.record(closed.session, "case.opened", by=by, at=long_ago)
    passed = look(closed, MONDAY, cases_years=0, log_years=8)
    assert (passed.log_events, passed.log_from) == (1, long_ago)


def test_the_reading_is_written_down_with_whom_it_was_about(closed: Follow) -> None:
    look(closed, SIGNED + 2 * YEAR)
    [event] = closed.session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "retention.listed")
    )
    assert event.facts["cases"] == 1
    subjects = closed.session.scalars(
        sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == event.id)
    )
    assert list(subjects) == [closed.patient_id]


def test_it_is_read_set_by_set_and_each_reading_names_its_own(session: Session) -> None:
    """Three in two sets, two of them closed at the same moment: nobody twice, nobody left out."""
    first_of_all = Follow(session)
    site, follows = first_of_all.site, [first_of_all]
    for _ in range(2):
        opened = an_open_case(session, site, at=MONDAY, discharged_at=MONDAY)
        follow = copy(first_of_all)
        follow.case_id, follow.patient_id = opened.case.id, opened.case.patient_id
        follows.append(follow)
    for follow in follows:
        follow.ask()
        follow.sign()
    by, at = command(site.tenant), SIGNED + 2 * YEAR

    def read(after: keeping.PastTerm | None) -> keeping.Passed:
        return keeping.look(session, cases_years=1, log_years=1, after=after, many=2, by=by, at=at)

    first = read(None)
    last = read(first.cases[-1])

    assert [(len(one.cases), one.more) for one in (first, last)] == [(2, True), (1, False)]
    found = {one.case_id for one in (*first.cases, *last.cases)}
    assert found == {follow.case_id for follow in follows}
    assert first.log_events > 0
    assert (last.log_events, last.log_from) == (0, None)
    told = session.scalars(
        sa.select(AuditEventRow.id)
        .where(AuditEventRow.act == "retention.listed")
        .order_by(AuditEventRow.id)
    )
    subjects = [
        set(
            session.scalars(
                sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == event)
            )
        )
        for event in told
    ]
    assert subjects == [{one.patient_id for one in passed.cases} for passed in (first, last)]


def test_a_year_before_the_leap_day_is_the_day_before_it() -> None:
    leap = datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert years_before(leap, 1) == datetime(2027, 2, 28, 9, tzinfo=UTC)
    assert years_before(leap, 4) == datetime(2024, 2, 29, 9, tzinfo=UTC)


# --- the command ----------------------------------------------------------------------------------


def run(database: Database, follow: Follow, kept: Any, *words: str) -> Result:
    site = ConsoleSite(
        open_settings=lambda: SimpleNamespace(retention=kept),
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(book=a_book()),
        find_tenants=lambda _: {"only": follow.site.tenant},
    )
    return CliRunner().invoke(retention, [*words], obj=site)


def kept(**said: object) -> Any:
    missing = tuple(name for name in ("cases_years", "log_years") if not said.get(name))
    whole = {"cases_years": 0, "log_years": 0, "archive": "", "basis": "", **said}
    return SimpleNamespace(**whole, missing=missing)


def test_the_command_names_each_by_its_id_and_says_that_a_person_decides(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        follow = Follow(session)
        follow.ask()
        follow.sign()
        session.execute(
            sa.update(CaseRow).values(closed_at=datetime(2001, 1, 1, tzinfo=UTC), version=99)
        )
    decided = kept(cases_years=10, log_years=10, basis="sak 1")
    done = run(fresh_database, follow, decided)
    assert str(follow.case_id) in done.output
    assert "Ingenting slettes eller flyttes" in done.output
    assert done.exit_code == 1
    told = json.loads(run(fresh_database, follow, decided, "--json").output)
    assert [one["id"] for one in told["cases"]] == [str(follow.case_id)]
    assert told["missing"] == []


def test_where_nothing_is_decided_the_command_says_what_is_missing(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        follow = Follow(session)
    done = run(fresh_database, follow, kept())
    assert "cases_years" in done.output
    assert done.exit_code == 1
