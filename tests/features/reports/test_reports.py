"""What is counted, what a pack is told of it, and what a lead sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.reports import jobs, queries, service
from bindeledd.features.reports.commands import reports as command
from bindeledd.features.reports.domain import Declared, LeadsOnly, Numbers, Table
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import console
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import Site, a_case_row, a_site, a_task_row
from doors import an_app
from visitors import a_visitor, text_of

AT = datetime(2027, 3, 10, 8, tzinfo=UTC)
JANUARY, FEBRUARY = datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 2, 2, 9, tzinfo=UTC)
REACHED = Declared(name="example:reached", title={"nb": "Utskrevet og nådd"}, months=2)


def events(session, site: Site, kind: str, at: datetime, many: int, *, in_error: int = 0) -> None:
    """So many events of a kind, of one follow-up; the first of them entered in error."""
    case = a_case_row(session, site, at=at, due_at=at + timedelta(days=400)).id
    for number in range(many):
        session.execute(
            sa.insert(EventRow).values(
                id=new_id(),
                tenant_id=site.tenant,
                case_id=case,
                kind=kind,
                at=at,
                date_only=False,
                recorded_at=at,
                source="person",
                facts={},
                in_error_at=at if number < in_error else None,
            )
        )


def counted(session, site: Site, **more) -> dict[tuple[str, str], int | None]:
    asked = {"months": 2, "least": 5, "at": AT, **more}
    found = queries.count(session, site.tenant, **asked)
    return {(one.month, one.measure): one.many for one in found.counts}


def test_s242_events_are_counted_by_month_and_few_are_not_said(session) -> None:
    site = a_site(session)
    events(session, site, "reached", JANUARY, 7)
    events(session, site, "reached", FEBRUARY, 4)
    found = counted(session, site)
    assert found["2027-01", "event.reached"] == 7
    assert found["2027-02", "event.reached"] is None
    assert found["2027-01", "opened"] is None
    assert counted(session, site, least=1)["2027-02", "event.reached"] == 4


def test_what_was_entered_in_error_lies_ahead_or_is_anothers_is_not_counted(session) -> None:
    site, other = a_site(session), a_site(session)
    events(session, site, "reached", JANUARY, 7, in_error=2)
    events(session, site, "reached", AT, 9)
    events(session, site, "reached", datetime(2026, 12, 31, 22, tzinfo=UTC), 9)
    events(session, other, "reached", JANUARY, 9)
    found = counted(session, site)
    assert {key: many for key, many in found.items() if key[1] == "event.reached"} == {
        ("2027-01", "event.reached"): 5
    }


def test_s230_what_fell_due_is_in_time_or_late_and_no_sum_gives_away_what_is_not_said(
    session,
) -> None:
    site = a_site(session)
    for number in range(8):
        case = a_case_row(session, site, at=JANUARY, due_at=JANUARY + timedelta(days=400)).id
        a_task_row(session, site, case=case, task=new_id(), due_at=JANUARY, at=JANUARY)
        if number < 6:
            session.execute(
                sa.update(TaskRow)
                .where(TaskRow.case_id == case, TaskRow.due_at == JANUARY)
                .values(state="done", ended_at=JANUARY)
            )
    found = counted(session, site)
    measures = {measure: many for (month, measure), many in found.items() if month == "2027-01"}
    of_tasks = {measure: many for measure, many in measures.items() if measure.startswith("task.")}
    assert sorted(name.rpartition(".")[2] for name in of_tasks) == ["in_time", "late"]
    assert [of_tasks[name] for name in sorted(of_tasks)] == [6, None]


def test_whole_months_are_said(session) -> None:
    site = a_site(session)
    found = queries.count(session, site.tenant, months=2, least=5, at=AT)
    assert (found.since, found.until, found.least) == (date(2027, 1, 1), date(2027, 2, 28), 5)


# --- making it ------------------------------------------------------------------------------------


@dataclass
class FakeMaker:
    """Makes what it is told to, and remembers the numbers."""

    makes: Callable[[Numbers], Table | None] = lambda numbers: Table(
        columns=("Måned", "Nådd"),
        rows=tuple(
            (one.month, one.many) for one in numbers.counts if one.measure.endswith("reached")
        ),
        words="Et ord om tallene",
    )
    declared: Declared = REACHED
    ready: bool = True
    given: list[Numbers] = field(default_factory=list)

    def is_ready(self) -> bool:
        return self.ready

    def make(self, numbers: Numbers) -> Table | None:
        self.given.append(numbers)
        return self.makes(numbers)


def tick(database: Database, maker: FakeMaker, at: datetime = AT) -> int:
    return jobs.make_report(database, maker, least=5, clock=lambda: at)


def a_site_with_numbers(database: Database) -> Site:
    with database.transaction() as session:
        site = a_site(session)
        events(session, site, "reached", JANUARY, 7)
        events(session, site, "reached", FEBRUARY, 2)
    return site


def test_it_is_made_once_a_day_and_written_down(database: Database) -> None:
    site, maker = a_site_with_numbers(database), FakeMaker()
    assert [tick(database, maker), tick(database, maker, AT + timedelta(hours=8))] == [1, 0]
    assert tick(database, maker, AT + timedelta(days=1)) == 1
    with database.transaction() as session:
        (row,) = session.scalars(sa.select(ReportRow)).all()
        assert (row.tenant_id, row.name) == (site.tenant, "example:reached")
        assert row.made_at == AT + timedelta(days=1)
        assert session.scalars(sa.select(AuditEventRow.act)).all().count("report.made") == 2


def test_a_pack_is_told_numbers_and_nothing_by_which_anybody_is_known(database: Database) -> None:
    site, maker = a_site_with_numbers(database), FakeMaker()
    tick(database, maker)
    (numbers,) = maker.given
    said = repr(numbers)
    with database.transaction() as session:
        cases = session.scalars(sa.text("SELECT id FROM cases")).all()
    assert cases
    assert not any(str(one) in said for one in [*cases, site.tenant, site.team])
    assert {one.many for one in numbers.counts} <= {None, 0, *range(5, 100)}


@pytest.mark.parametrize("maker", [FakeMaker(ready=False), FakeMaker(makes=lambda _: None)])
def test_trouble_leaves_what_was_made_last_and_it_is_tried_again(
    database: Database, maker: FakeMaker
) -> None:
    a_site_with_numbers(database)
    tick(database, FakeMaker())
    tomorrow = AT + timedelta(days=1)
    assert tick(database, maker, tomorrow) == 0
    with database.transaction() as session:
        assert session.scalars(sa.select(ReportRow.made_at)).all() == [AT]
    assert tick(database, FakeMaker(), tomorrow) == 1


# --- seeing it ------------------------------------------------------------------------------------


def test_only_a_lead_sees_it_and_that_is_written_down(database: Database) -> None:
    site = a_site_with_numbers(database)
    tick(database, FakeMaker())
    with database.transaction() as session:
        with pytest.raises(LeadsOnly):
            service.show(session, [REACHED], by=site.anna, at=AT)
        made = service.show(session, [REACHED], by=site.berit, at=AT)["example:reached"]
        assert made.table.rows == (("2027-01", 7), ("2027-02", None))
        acts = session.scalars(sa.select(AuditEventRow.act)).all()
        assert acts.count("report.shown") == 1


def test_one_tenant_sees_nothing_of_anothers(database: Database) -> None:
    a_site_with_numbers(database)
    with database.transaction() as session:
        other = a_site(session)
    tick(database, FakeMaker(makes=lambda n: Table(columns=(str(len(n.counts)),))))
    with database.transaction() as session:
        made = service.show(session, [REACHED], by=other.berit, at=AT)
        assert made["example:reached"].table.columns == ("0",)


@pytest.fixture
def page(database: Database, tmp_path):
    site = a_site_with_numbers(database)
    app = an_app(database, tmp_path, ["example"])
    return site, lambda member: a_visitor(app, database, member)


def test_the_page_shows_the_table_to_a_lead(database: Database, page) -> None:
    site, visitor = page
    berit = visitor(site.berit)
    assert "Ikke laget ennå" in text_of(berit.get("/reports"))
    tick(database, FakeMaker())
    listed = text_of(berit.get("/reports"))
    assert "Utskrevet og nådd" in listed
    shown = text_of(berit.get("/reports/example:reached"))
    for said in ("2027-01 7", "2027-02 få", "Færre enn 5 sies ikke", "Et ord om tallene"):
        assert said in shown
    assert "Hele måneder fra 1. januar 2027 til 28. februar 2027." in shown
    assert berit.get("/reports/example:other").status_code == 404


def test_the_page_is_not_for_whoever_leads_nothing(page) -> None:
    site, visitor = page
    anna = visitor(site.anna)
    assert anna.get("/reports").status_code == 403
    assert "/reports" not in anna.get("/inbox").text
    assert "/reports" in visitor(site.berit).get("/inbox").text


def test_without_a_pack_there_is_no_page(database: Database, tmp_path) -> None:
    site = a_site_with_numbers(database)
    berit = a_visitor(an_app(database, tmp_path), database, site.berit)
    assert berit.get("/reports").status_code == 404
    assert "/reports" not in berit.get("/inbox").text


@pytest.fixture
def run(database: Database) -> Callable[..., str]:
    site = a_site_with_numbers(database)
    tick(database, FakeMaker())
    other = replace(REACHED, name="example:other", title={"nb": "En annen"})
    opened = console.Site(
        open_settings=SimpleNamespace,
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(reports=(REACHED, other)),
        find_tenants=lambda _: {"one": site.tenant},
    )
    return lambda *words: CliRunner().invoke(command, words, obj=opened).output


def test_the_command_says_the_same(run: Callable[..., str]) -> None:
    first, other = json.loads(run("--json"))
    assert (first["name"], first["since"], first["least"]) == ("example:reached", "2027-01-01", 5)
    assert first["rows"] == [["2027-01", 7], ["2027-02", None]]
    assert other["made_at"] is None
    assert "En annen" in run()
    shown = run("example:reached")
    for said in ("Utskrevet og nådd", "2027-01", "få", "Et ord om tallene"):
        assert said in shown
    assert "Ikke laget ennå" in run("example:other")
