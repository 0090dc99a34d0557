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
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.queries import task_note_place
from bindeledd.features.cases.service.endings import take_over
from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow
from bindeledd.features.reports import jobs, queries, service
from bindeledd.features.reports.commands import reports as command
from bindeledd.features.reports.domain import (
    Declared,
    LeadsOnly,
    Numbers,
    ReviewDone,
    ReviewNotFound,
    ReviewSaysNothing,
    Table,
)
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import console
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.spelling import OSLO
from builders import Site, a_book, a_case_row, a_site, a_task_row, a_unit, an_open_case
from doors import an_app
from visitors import a_visitor, text_of

AT = datetime(2027, 3, 10, 8, tzinfo=UTC)
DAY = timedelta(days=1)
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


def an_event(session, site: Site, kind: str, at: datetime, *, case=None, **facts: object):
    """One event of a kind, of this follow-up or one of its own; gives the follow-up."""
    case = case or a_case_row(session, site, at=at, due_at=at + timedelta(days=400)).id
    told = {"id": new_id(), "tenant_id": site.tenant, "case_id": case, "kind": kind, "at": at}
    rest = {"date_only": False, "recorded_at": at, "source": "person", "facts": facts}
    session.execute(sa.insert(EventRow).values(**told, **rest))
    return case


def test_s231_what_a_follow_up_began_with_is_counted_and_the_whole_gives_no_part_away(
    session,
) -> None:
    site = a_site(session)
    for _ in range(6):
        again = a_case_row(session, site, at=JANUARY, due_at=AT + timedelta(days=400)).id
    an_event(session, site, "index_event", JANUARY, case=again, index_kind="self_harm")
    found = counted(session, site)
    assert found["2027-01", "index.suicide_attempt"] == 6
    assert found["2027-01", "index.self_harm"] is None
    assert found["2027-01", "event.index_event"] is None
    assert found["2027-01", "opened"] is None
    assert counted(session, site, least=1)["2027-01", "event.index_event"] == 7


def test_a_bereaved_persons_own_follow_up_is_counted_with_no_attempt_also_when_one_comes_later(
    session,
) -> None:
    site = a_site(session)
    for _ in range(6):
        case = a_bereaved_case(session, site)
    before = counted(session, site)
    an_event(session, site, "index_event", FEBRUARY, case=case, index_kind="suicide_attempt")
    after = counted(session, site, least=1)
    assert before["2027-01", "event.bereavement"] == 6
    assert {measure for _, measure in before if measure in ATTEMPTS} == set()
    assert {key for key in after if key[1] in ATTEMPTS} == {
        ("2027-02", "index.suicide_attempt"),
        ("2027-02", "event.index_event"),
    }


def test_somebody_in_follow_up_who_is_bereaved_stays_counted_with_those_that_began(session) -> None:
    site = a_site(session)
    for _ in range(6):
        case = a_case_row(session, site, at=JANUARY, due_at=AT + timedelta(days=400)).id
        an_event(session, site, "bereavement", FEBRUARY, case=case, origin="police")
    assert counted(session, site)["2027-01", "opened"] == 6


ATTEMPTS = {"opened", "index.suicide_attempt", "event.index_event"}


def a_bereaved_case(session, site: Site):
    """A follow-up that began with a bereavement."""
    due = AT + timedelta(days=400)
    return a_case_row(session, site, at=JANUARY, due_at=due, begins=EventKind.BEREAVEMENT).id


def test_s228_an_ending_asked_for_over_what_is_owed_is_counted(session) -> None:
    site = a_site(session)
    for over in (True, True, False):
        an_event(session, site, "closing_requested", JANUARY, override=over)
    found = counted(session, site, least=1)
    assert found["2027-01", "event.closing_requested"] == 3
    assert found["2027-01", "event.closing_requested.over"] == 2


def test_s243_a_handover_has_begun_within_the_goal_or_beyond_it(session) -> None:
    site = a_site(session)
    for days in (3, 10, 11, None):
        case = an_event(session, site, "handover_sent", JANUARY, to_team=str(site.team))
        if days is not None:
            kept = JANUARY + timedelta(days=days)
            an_event(session, site, "appointment_kept", kept, case=case)
    sent_back = an_event(session, site, "handover_sent", JANUARY, to_team=str(site.team))
    an_event(session, site, "handover_returned", JANUARY + timedelta(days=1), case=sent_back)
    an_event(session, site, "handover_sent", FEBRUARY + timedelta(days=26), to_team=str(site.team))
    found = counted(session, site, least=1, waits={"*": 10})
    waited = {key: many for key, many in found.items() if key[1].startswith("wait.")}
    assert waited == {("2027-01", "wait.within"): 2, ("2027-01", "wait.beyond"): 2}
    assert not any("wait" in measure for _, measure in counted(session, site))
    assert not any("wait" in measure for _, measure in counted(session, site, waits={"other": 1}))


def test_s222_answers_to_a_packs_question_are_counted_and_no_other_fact_is(session) -> None:
    site = a_site(session)
    for answer in ("yes", "yes", "no"):
        an_event(session, site, "answered", JANUARY, my_field=answer, other="yes")
    found = counted(session, site, least=1, answers={"my_field": ("yes",)})
    answers = {key[1]: many for key, many in found.items() if ".my_field" in f".{key[1]}"}
    assert answers == {"answer.my_field.yes": 2}


def test_s230_what_is_left_of_the_events_that_an_answer_came_with_is_not_known(session) -> None:
    site = a_site(session)
    for kind, answer in (("plan_offered", "yes"), ("answered", "later")):
        for number in range(8):
            said = {"my_field": answer} if number < 6 else {}
            an_event(session, site, kind, JANUARY, **said)
    found = counted(session, site, answers={"my_field": ("yes",)})
    assert found["2027-01", "answer.my_field.yes"] == 6
    assert found["2027-01", "event.plan_offered"] is None
    assert found["2027-01", "event.answered"] == 8


def of_teams(session, site: Site) -> dict[tuple[str, str, str], int | None]:
    found = queries.count(session, site.tenant, months=2, least=1, at=AT)
    return {(one.month, one.team, one.measure): one.many for one in found.counts}


def test_a_handover_changes_no_month_that_is_past(session) -> None:
    site = a_site(session, JANUARY)
    case = an_open_case(session, site, at=JANUARY, discharged_at=JANUARY).case.id
    end = {"id": new_id(), "tenant_id": site.tenant, "case_id": case, "number": 1}
    signed = {"ending": "completed", "signed_by": site.anna.id, "signed_at": FEBRUARY}
    session.execute(sa.insert(ClosureRow).values(**end, **signed))
    before = of_teams(session, site)
    (ours,) = {team for _, team, _ in before}
    expected = {"opened", "index.suicide_attempt", "closed.completed", "event.index_event"}
    assert {*expected, "task.call_patient.late", "tasks.late"} <= {one for _, _, one in before}

    def hand_to(team, at: datetime) -> None:
        accepted = NewEvent(kind=EventKind.HANDOVER_ACCEPTED, at=at)
        by = site.anna if team == site.other_team else site.carl
        told = {"event": accepted, "by": by, "at": at, "book": a_book()}
        take_over(session, case, team_id=team, **told)

    hand_to(site.other_team, AT - DAY)
    assert of_teams(session, site) == before
    mine = sa.update(TaskRow).where(TaskRow.case_id == case, TaskRow.due_at < AT)
    session.execute(mine.where(TaskRow.kind == "call_patient").values(state="done", ended_at=AT))
    assert of_teams(session, site) == before
    hand_to(site.team, AT + DAY)
    assert of_teams(session, site) == before
    assert {team for _, team, _ in before} == {ours}


def test_what_is_counted_stands_with_the_team_that_answered_then(session) -> None:
    site = a_site(session, JANUARY)
    case = an_open_case(session, site, at=JANUARY, discharged_at=JANUARY).case.id
    accepted = NewEvent(kind=EventKind.HANDOVER_ACCEPTED, at=FEBRUARY)
    told = {"by": site.anna, "at": FEBRUARY, "book": a_book()}
    take_over(session, case, team_id=site.other_team, event=accepted, **told)
    keys = {team.id: team.key for team in staff.teams(session, site.tenant)}
    found = of_teams(session, site)
    assert found["2027-01", keys[site.team], "opened"] == 1
    assert found["2027-02", keys[site.other_team], "event.handover_accepted"] == 1
    assert ("2027-02", keys[site.team], "event.handover_accepted") not in found


def test_s190_a_follow_up_is_counted_with_the_kind_of_the_unit_where_it_began(session) -> None:
    site = a_site(session, JANUARY)
    case = an_open_case(session, site, at=JANUARY, discharged_at=JANUARY).case.id
    prison = a_unit(session, site, "prison", "prison_health")
    session.execute(sa.update(CaseRow).where(CaseRow.id == case).values(unit_id=prison))
    begun = {one: many for one, many in of_teams(session, site).items() if "begun_in" in one[2]}
    assert begun == {("2027-01", "follow-up", "begun_in.prison_health"): 1}


def test_s236_years_are_counted_together_from_the_first_whole_one(session) -> None:
    site = a_site(session)
    events(session, site, "reached", datetime(2024, 6, 1, 9, tzinfo=UTC), 50)
    for year in (2025, 2026):
        events(session, site, "reached", datetime(year, 3, 1, 9, tzinfo=UTC), 8)
    found = counted(session, site, months=60, years=1)
    reached = {key: many for key, many in found.items() if key[1] == "event.reached"}
    assert reached == {("2025", "event.reached"): 10, ("2026", "event.reached"): 10}
    found = counted(session, site, months=60, years=2)
    assert found["2025–2026", "event.reached"] == 15


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


# --- gone through, twice a year -------------------------------------------------------------------

HALF = replace(REACHED, name="example:half-year", review_every=182)


def owe(session, site: Site, at: datetime = AT, declared: Declared = HALF) -> int:
    return service.owe_reviews(session, site.tenant, declared, at=at, book=a_book())


def test_s220_a_team_owes_going_through_a_report_twice_a_year_and_no_patient_is_in_it(
    session,
) -> None:
    site = a_site(session)
    teams = len(staff.teams(session, site.tenant))
    assert [owe(session, site), owe(session, site), owe(session, site, AT + 90 * DAY)] == [
        teams,
        0,
        0,
    ]
    task = queries.reviews(session, site.tenant, "report.example:half-year")[site.team]
    assert (task.case_id, task.is_open, task.kind) == (None, True, "review_report")
    assert AT < task.due_at <= AT + 31 * DAY
    row = session.get_one(TaskRow, task.id)
    assert row.next_rung_at is not None
    assert task.subject_id is not None

    service.review(session, task.subject_id, "Møter ukentlig", by=site.berit, at=AT + 5 * DAY)
    assert owe(session, site, AT + 100 * DAY) == 0
    assert owe(session, site, AT + 187 * DAY) == 1


def test_s220_what_a_lead_wrote_is_sealed_and_nobody_else_goes_through_it(session) -> None:
    site, other = a_site(session), a_site(session)
    owe(session, site)
    task = queries.reviews(session, site.tenant, "report.example:half-year")[site.team]
    assert task.subject_id is not None
    for by in (site.anna, other.berit):
        with pytest.raises(ReviewNotFound):
            service.review(session, task.subject_id, "Noe", by=by, at=AT)
    with pytest.raises(ReviewSaysNothing):
        service.review(session, task.subject_id, " ", by=site.berit, at=AT)
    service.review(session, task.subject_id, "Kari Prøve falt ut", by=site.berit, at=AT)
    row = session.get_one(TaskRow, task.id)
    assert row.note is not None
    assert b"Kari" not in row.note
    place = task_note_place(task, task.subject_id)
    assert keyring.unseal(session, place, row.note) == {"words": "Kari Prøve falt ut"}
    with pytest.raises(ReviewDone):
        service.review(session, task.subject_id, "Igjen", by=site.berit, at=AT)
    acts = session.scalars(sa.select(AuditEventRow.act)).all()
    assert acts.count("report.reviewed") == 1


def test_s220_only_teams_of_the_organisations_that_are_named_owe_it(session) -> None:
    site = a_site(session)
    assert owe(session, site, declared=replace(HALF, organisations=("elsewhere",))) == 0


def test_s220_it_is_owed_also_where_the_pack_cannot_make_the_table(database: Database) -> None:
    site = a_site_with_numbers(database)
    maker = FakeMaker(ready=False, declared=HALF)
    jobs.make_report(database, maker, least=5, clock=lambda: AT, book=a_book())
    with database.transaction() as session:
        assert site.team in queries.reviews(session, site.tenant, "report.example:half-year")


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
    assert "en tidligere tabell kan ha et annet tall for samme måned" in shown
    assert "Hele måneder fra 1. januar 2027 til 28. februar 2027." in shown
    assert berit.get("/reports/example:other").status_code == 404


def test_the_page_is_not_for_whoever_leads_nothing(page) -> None:
    site, visitor = page
    anna = visitor(site.anna)
    assert anna.get("/reports").status_code == 403
    assert "/reports" not in anna.get("/inbox").text
    assert "/reports" in visitor(site.berit).get("/inbox").text


def test_s220_a_lead_goes_through_it_on_its_page(database: Database, page) -> None:
    site, visitor = page
    half = replace(HALF, name="example:reached")
    with database.transaction() as session:
        owe(session, site, datetime.now(UTC), half)
        found = queries.reviews(session, site.tenant, "report.example:reached")[site.team]
    berit, path = visitor(site.berit), f"/reports/review/{found.subject_id}"
    assert "Gå gjennom rapporten" in text_of(berit.get(path))
    assert visitor(site.anna).get(path).status_code == 404
    refused = berit.post(path, {"words": " "})
    assert "Skriv hva dere så" in text_of(refused)
    done = berit.post(path, {"words": "Ringer samme dag"})
    assert done.status_code == 303
    assert "Gått gjennom" in text_of(berit.get(path))


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
    assert f"Laget {first['made_at'][:10]} " in shown
    assert "sier hvilken dag det er fra" in " ".join(shown.split())
    assert "Ikke laget ennå" in run("example:other")


def test_the_command_says_on_a_norwegian_wall_when_a_report_was_made(
    run: Callable[..., str],
) -> None:
    made_at = datetime.fromisoformat(json.loads(run("--json"))[0]["made_at"])
    told = f"{made_at.astimezone(OSLO):%Y-%m-%d %H:%M}"

    assert f"Laget {told}\n" in run("example:reached")
    assert told in run()


def test_s243_a_wait_is_of_the_team_that_was_asked_and_none_of_those_outside(session) -> None:
    """Who answers for the case today says nothing: the third team has not let anybody wait."""
    site = a_site(session)
    case = an_event(session, site, "handover_sent", JANUARY, to_team=str(site.other_team))
    kept = JANUARY + timedelta(days=3)
    an_event(session, site, "appointment_kept", kept, case=case)
    an_event(
        session,
        site,
        "handover_sent",
        JANUARY + timedelta(days=5),
        case=case,
        to_team=str(site.team),
    )
    an_event(session, site, "handover_sent", JANUARY, to_outside=str(new_id()))
    found = queries.count(session, site.tenant, months=2, least=1, at=AT, waits={"*": 10})
    waits = [
        (one.team, one.month, one.measure, one.many)
        for one in found.counts
        if one.measure.startswith("wait.")
    ]
    assert sorted(waits) == [
        ("follow-up", "2027-01", "wait.beyond", 1),
        ("municipal", "2027-01", "wait.within", 1),
    ]
