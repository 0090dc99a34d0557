"""A pack goes, and what it made owed stays: open, owned, dated, in its words, on a core ladder."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.commands.removing import remove
from bindeledd.features.cases.domain import Case, EventKind, IndexKind, NewEvent
from bindeledd.features.cases.domain.planning import SatisfiedByEventOnly
from bindeledd.features.cases.domain.rehoming import going
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.features.cases.service import rehoming, work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.console import Site as ConsoleSite
from bindeledd.foundation.db import Database
from bindeledd.plugin.leaving import left_behind
from bindeledd.plugin.loading import gather
from builders import MONDAY, Site, a_patient_row, a_site

LATER = MONDAY + timedelta(hours=6)
WHY = "Kommunen har fått en ny plan"
CORE, PACK = gather(), gather(["example"])
AWAY = going("example", PACK.book, CORE.book)
VISIT, GATE = "example.home-visit", "gate.example.home-visit-offered"


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def a_case(session: Session, site: Site, book: Book = PACK.book) -> Case:
    discharged = NewEvent(kind=EventKind.DISCHARGED, at=MONDAY, source="message")
    return cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=MONDAY - timedelta(days=2),
        team_id=site.team,
        unit_id=site.unit,
        more=[discharged],
        by=site.anna,
        at=MONDAY,
        book=book,
    ).case


def tasks(session: Session, case: Case) -> dict[str, Task]:
    return {task.step_key: task for task in queries.tasks_of(session, case.id)}


def rehome(session: Session, site: Site, case: Case, reason: str = WHY) -> Any:
    return rehoming.rehome_case(
        session, case.id, AWAY, reason=reason, language="nb", by=site.anna, at=LATER
    )


def test_every_task_stays_open_with_its_owner_its_time_and_its_words(
    session: Session, site: Site
) -> None:
    case = a_case(session, site)
    before = tasks(session, case)
    done = rehome(session, site, case)
    after = tasks(session, case)

    assert {was.step_key for was, _ in done.tasks} == {VISIT, GATE}
    assert after.keys() == before.keys()
    for key, task in after.items():
        was = before[key]
        assert task.is_open
        assert (task.due_at, task.window_from) == (was.due_at, was.window_from)
        assert (task.owner_team_id, task.held_by, task.strength) == (
            was.owner_team_id,
            was.held_by,
            was.strength,
        )
        assert task.ladder in CORE.book.ladders
    assert after[VISIT].origin is TaskOrigin.PERSON
    assert after[VISIT].due_reason["source"] == before[VISIT].due_reason["source"]
    words = queries.task_notes(session, case, [after[VISIT].id])[after[VISIT].id]
    assert words == {
        "words": PACK.book.step_titles.get(VISIT, {}).get("nb")
        or (PACK.book.task_titles[before[VISIT].kind]["nb"])
    }


def test_a_member_puts_it_no_further_later_than_with_the_pack(session: Session, site: Site) -> None:
    case = a_case(session, site)
    with_pack = work.latest(session, tasks(session, case)[GATE], PACK.book)
    rehome(session, site, case)
    without = work.latest(session, tasks(session, case)[GATE], CORE.book)
    assert without == with_pack


def test_afterwards_nothing_rests_on_the_pack_and_the_start_goes_on(
    session: Session, site: Site
) -> None:
    case = a_case(session, site)
    assert left_behind(session, CORE.book) != []
    rehome(session, site, case)
    assert left_behind(session, CORE.book) == []
    assert queries.get_case(session, case.id, tenant_id=site.tenant).layers == ()


def test_nothing_else_of_the_case_is_another(session: Session, site: Site) -> None:
    case = a_case(session, site)
    before = tasks(session, case)
    rehome(session, site, case)
    after = tasks(session, case)
    assert {key: task for key, task in after.items() if key not in (VISIT, GATE)} == {
        key: task for key, task in before.items() if key not in (VISIT, GATE)
    }


def test_it_is_written_who_did_it_and_why(session: Session, site: Site) -> None:
    case = a_case(session, site)
    rehome(session, site, case)
    said = [one for one in queries.events_of(session, case.id) if one.kind == "routine_changed"]
    assert [(one.recorded_by, one.facts["rehomed"], one.facts["pack"]) for one in said] == [
        (site.anna.id, 2, "example")
    ]
    assert queries.notes_of(session, case)[said[0].id] == {"words": WHY}
    logged = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "case.rehomed")
    ).one()
    assert logged.actor_id == site.anna.id
    assert len(logged.facts["tasks"]) == 2


def test_without_a_reason_nothing_is_done(session: Session, site: Site) -> None:
    case = a_case(session, site)
    before = tasks(session, case)
    with pytest.raises(ReasonNeeded):
        rehome(session, site, case, reason=" ")
    assert tasks(session, case) == before


def test_it_is_done_once(session: Session, site: Site) -> None:
    case = a_case(session, site)
    rehome(session, site, case)
    before = tasks(session, case)
    assert rehome(session, site, case) is None
    assert tasks(session, case) == before


def test_a_case_that_never_had_the_pack_is_left_alone(session: Session, site: Site) -> None:
    case = a_case(session, site, CORE.book)
    assert rehome(session, site, case) is None


def test_what_did_it_before_does_it_in_the_end(session: Session, site: Site) -> None:
    case = a_case(session, site)
    rehome(session, site, case)
    visit = tasks(session, case)[VISIT]
    with pytest.raises(SatisfiedByEventOnly):
        work.complete_task(
            session,
            case.id,
            visit.id,
            words={"words": "Vi var der."},
            by=site.anna,
            at=LATER,
            book=CORE.book,
        )
    reached = NewEvent(
        kind=EventKind.REACHED, at=visit.window_from or visit.due_at, facts={"channel": "visit"}
    )
    cases.record(session, case.id, [reached], by=site.anna, at=visit.due_at, book=CORE.book)
    assert not tasks(session, case)[VISIT].is_open


def test_a_pack_that_comes_back_owes_nothing_twice(session: Session, site: Site) -> None:
    case = a_case(session, site)
    rehome(session, site, case)
    many = len(tasks(session, case))
    cases.record(
        session,
        case.id,
        [NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=LATER, facts={"channel": "phone"})],
        by=site.anna,
        at=LATER,
        book=PACK.book,
    )
    keys = [task.step_key for task in queries.tasks_of(session, case.id)]
    assert keys.count(VISIT) == 1
    assert len(keys) >= many


def test_what_waits_for_a_signature_goes_on_waiting(session: Session, site: Site) -> None:
    from bindeledd.features.tasks.domain import HELD

    case = a_case(session, site)
    session.execute(sa.update(TaskRow).where(TaskRow.case_id == case.id).values(next_rung_at=HELD))
    rehome(session, site, case)
    held = session.scalars(
        sa.select(TaskRow.next_rung_at).where(TaskRow.case_id == case.id, TaskRow.state == "open")
    )
    assert set(held) == {HELD}


# --- the command ----------------------------------------------------------------------------------


@dataclass
class Meanwhile:
    """A database where somebody works beside the command: `does`, after so many of its transactions."""

    under: Database
    after: int
    does: Callable[[Session], object]

    def transaction(self) -> AbstractContextManager[Session]:
        self.after -= 1
        if self.after == 0:
            with self.under.transaction() as session:
                self.does(session)
        return self.under.transaction()


def run(fresh: Database | Meanwhile, site: Site, *arguments: str) -> Result:
    @dataclass(frozen=True)
    class Said:
        plugins: tuple[str, ...] = ("example",)
        language: str = "nb"

    there = ConsoleSite(
        open_settings=Said,
        open_database=lambda _: cast("Database", fresh),
        gather=lambda _, packs: gather(packs),
        tenant_key="t",
        find_tenants=lambda _: {"t": site.tenant},
    )
    return CliRunner().invoke(remove, ["example", *arguments], obj=there)


def test_the_command_shows_each_task_and_then_does_it(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        case = a_case(session, site)
        login = (
            session.execute(sa.text("SELECT login FROM members ORDER BY login")).scalars().first()
        )

    told = json.loads(run(fresh_database, site, "--dry-run", "--json").output)
    assert {row["step"] for row in told["tasks"]} == {VISIT, GATE}
    assert all(row["team"] and row["due"] for row in told["tasks"])
    with fresh_database.transaction() as session:
        assert left_behind(session, CORE.book) != []

    for missing in (["--reason", WHY], ["--by", str(login)], ["--reason", WHY, "--by", "nobody"]):
        assert run(fresh_database, site, *missing).exit_code == 2
    with fresh_database.transaction() as session:
        assert left_behind(session, CORE.book) != []

    done = run(fresh_database, site, "--reason", WHY, "--by", str(login))
    assert done.exit_code == 0, done.output
    assert "Ta nå «example» ut av plugins" in " ".join(done.output.split())
    with fresh_database.transaction() as session:
        assert left_behind(session, CORE.book) == []
        assert tasks(session, case)[VISIT].is_open
        acts = set(session.scalars(sa.select(AuditEventRow.act)))
        assert {"plugins.remove_previewed", "plugins.removed", "case.rehomed"} <= acts


def owing_nothing(session: Session, site: Site) -> Case:
    """A case that follows the pack, and owes nothing by it any more."""
    case = a_case(session, site)
    visit = tasks(session, case)[VISIT]
    said = [
        NewEvent(
            kind=EventKind.CONTACT_CONSENT_ASKED, at=LATER, facts={"example_home_visit": "yes"}
        ),
        NewEvent(kind=EventKind.REACHED, at=visit.due_at, facts={"channel": "visit"}),
    ]
    cases.record(session, case.id, said, by=site.anna, at=visit.due_at, book=PACK.book)
    assert not any(tasks(session, case)[key].is_open for key in (VISIT, GATE))
    return case


def test_what_only_follows_the_pack_is_counted_apart_before_and_when_it_is_done(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        a_case(session, site)
        other = owing_nothing(session, site)
        login = session.scalars(sa.text("SELECT login FROM members ORDER BY login")).first()

    before = json.loads(run(fresh_database, site, "--dry-run", "--json").output)
    said = " ".join(run(fresh_database, site, "--dry-run").output.split())
    done = run(fresh_database, site, "--reason", WHY, "--by", str(login), "--json")

    assert "2 åpne oppgaver i 1 oppfølging ville blitt stående" in said
    assert "I 1 oppfølging til skyldes ingenting" in said
    assert (before["cases"], before["with_tasks"], before["only_follow"]) == (2, 1, [str(other.id)])
    after = json.loads(done.output)
    assert all(after[key] == before[key] for key in ("cases", "with_tasks", "only_follow"))


def test_what_gets_the_pack_while_the_command_runs_is_named_and_the_next_run_takes_it(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        a_case(session, site)
        login = session.scalars(sa.text("SELECT login FROM members ORDER BY login")).first()
    why = ("--reason", WHY, "--by", str(login))
    # Who does it, the page of the one follow-up, that one, and that there is no other page: then
    # the pages are looked at once more.
    beside = Meanwhile(fresh_database, after=5, does=lambda session: a_case(session, site))
    first = run(beside, site, *why, "--json")
    assert first.exit_code == 1, first.output
    said = json.loads(first.output)
    assert (said["cases"], len(said["came"]), said["refused"]) == (1, 1, [])
    with fresh_database.transaction() as session:
        assert left_behind(session, CORE.book) != []

    assert "Stopp web og worker" in run(fresh_database, site, "--dry-run").output
    again = run(fresh_database, site, *why)
    assert again.exit_code == 0, again.output
    with fresh_database.transaction() as session:
        assert left_behind(session, CORE.book) == []
