"""Open cases are moved to another version of their routine: earlier at once, later only if asked."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.commands.upgrading import upgrade
from bindeledd.features.cases.domain import (
    Case,
    EventKind,
    IndexKind,
    NewEvent,
    last_of,
    staying,
)
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.features.cases.domain.upgrade_sums import Sums
from bindeledd.features.cases.domain.upgrading import Upgrade
from bindeledd.features.cases.service import endings, upgrading, work
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.pathways.service import core_folder
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.console import Site as ConsoleSite
from bindeledd.foundation.db import Database
from bindeledd.plugin.leaving import left_behind
from builders import MONDAY, Site, a_patient_row, a_site, a_unit

NATIONAL = "national.after-attempt"
LATER = MONDAY + timedelta(days=1)


def files(*more: str, **changed: tuple[str, str]) -> Book:
    """The core's own files, the national one changed, and layers."""
    texts = {
        file.name: file.read_text("utf-8")
        for file in core_folder().folder.iterdir()
        if file.name.endswith(".toml")
    }
    texts |= {f"layer{n}.toml": text for n, text in enumerate(more)}
    reads = [read_file(text, distribution="core", file=name) for name, text in texts.items()]
    if changed:
        newer = texts["national.toml"].replace('version = "2026.1"', 'version = "2026.2"')
        for old, new in changed.values():
            assert old in newer
            newer = newer.replace(old, new)
        reads.append(read_file(newer, distribution="core", file="newer.toml"))
    book, findings = gathered(reads)
    assert findings == []
    return book


FIRST = (
    'task = "call_patient"\nafter = "discharged"\ndue = { within = "P3D", count = "calendar_days" }'
)


def first_within(period: str) -> tuple[str, str]:
    return FIRST, FIRST.replace("P3D", period)


def a_layer(words: str, version: str = "1") -> str:
    return f'''id = "site.layer"
version = "{version}"
extends = "{NATIONAL}"
level = "unit"
title = {{ nb = "Lokalt" }}
[applies_to]
organisations = ["trust"]
units = ["ward"]
{words}
'''


VISIT = """
[[step]]
key = "site.visit"
task = "call_patient"
after = "discharged"
due = { within = "PT1H", count = "hours" }
satisfied_by = ["reached"]
basis = { kind = "local", source = "EQS 1" }
"""

MUST = """
[[gate]]
need = "appointment_given"
strength = "must"
basis = { kind = "local", source = "EQS 1" }
"""


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def a_case(session: Session, site: Site, book: Book) -> Case:
    opened = cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=MONDAY - timedelta(days=2),
        team_id=site.team,
        unit_id=site.unit,
        more=[NewEvent(kind=EventKind.DISCHARGED, at=MONDAY, source="message")],
        by=site.anna,
        at=MONDAY,
        book=book,
    )
    return opened.case


def move(
    session: Session, site: Site, case: Case, book: Book, version: str = "2026.2", **rest: Any
) -> Upgrade | None:
    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version=version, book=book)
    said = {"reason": "Vedtatt i klinikken", "by": site.berit, "at": LATER, **rest}
    return upgrading.upgrade_case(session, case.id, to, **said)


def task_of(session: Session, case: Case, step: str = "first-contact") -> Task:
    return next(t for t in queries.tasks_of(session, case.id) if t.step_key == step)


# --- a case keeps the routine that it began with ----------------------------------------------------


def test_a_case_remembers_its_version_and_layers(session: Session, site: Site) -> None:
    case = a_case(session, site, files(a_layer(VISIT)))
    stored = queries.get_case(session, case.id, tenant_id=site.tenant)
    assert (stored.pathway_version, stored.layers) == ("2026.1", ("site.layer@1",))
    assert task_of(session, case, "site.visit").is_open


def test_a_pack_that_is_switched_on_later_leaves_open_cases_alone(
    session: Session, site: Site
) -> None:
    case = a_case(session, site, files())
    reached = NewEvent(kind=EventKind.NUMBER_VERIFIED, at=LATER)
    cases.record(session, case.id, [reached], by=site.anna, at=LATER, book=files(a_layer(VISIT)))
    assert "site.visit" not in {t.step_key for t in queries.tasks_of(session, case.id)}


def test_a_new_version_that_is_installed_leaves_open_cases_alone(
    session: Session, site: Site
) -> None:
    case = a_case(session, site, files())
    book = files(a_layer(VISIT), first=first_within("P2D"))
    assert book.current("suicide_attempt").version == "2026.2"
    closed = NewEvent(kind=EventKind.READY_FOR_DISCHARGE, at=LATER)
    cases.record(session, case.id, [closed], by=site.anna, at=LATER, book=book)
    assert queries.get_case(session, case.id, tenant_id=site.tenant).pathway_version == "2026.1"


# --- moved --------------------------------------------------------------------------------------


def test_what_is_due_earlier_by_the_new_rule_is_due_earlier(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    before = task_of(session, case)
    done = move(session, site, case, files(first=first_within("P2D")))
    after = task_of(session, case)
    assert done is not None
    assert [(m.before, m.after) for m in done.earlier] == [(before.due_at, after.due_at)]
    assert after.due_at == before.due_at - timedelta(days=1)
    assert after.due_reason["version"] == "2026.2"
    stored = queries.get_case(session, case.id, tenant_id=site.tenant)
    assert stored.pathway_version == "2026.2"


def test_what_is_counted_from_a_take_over_stays_counted_from_it(
    session: Session, site: Site
) -> None:
    """The history is weeks old; what is owed begins on the day on which the team begins."""
    long_ago = MONDAY - timedelta(days=40)
    case = cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=long_ago,
        team_id=site.team,
        unit_id=site.unit,
        source="takeover",
        more=[NewEvent(kind=EventKind.DISCHARGED, at=long_ago, source="takeover")],
        by=site.anna,
        at=MONDAY,
        book=files(),
    ).case
    assert task_of(session, case).due_reason["moved"] == "takeover"

    done = move(session, site, case, files(first=first_within("P2D")))
    after = task_of(session, case)

    assert done is not None
    assert after.due_at >= MONDAY
    assert after.due_reason["moved"] == "takeover"
    assert after.due_reason["version"] == "2026.2"
    assert [task for task in done.overdue_now if task.step_key == "first-contact"] == []


def test_what_would_be_later_stays_unless_that_is_asked_for(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    before = task_of(session, case)
    done = move(session, site, case, files(first=first_within("P7D")))
    after = task_of(session, case)
    assert done is not None
    assert len(done.later) == 1
    assert after.due_at == before.due_at
    assert after.due_reason["moved"] == "kept"


def test_what_is_moved_later_is_counted_by_the_roll_call(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    before = task_of(session, case)
    move(session, site, case, files(first=first_within("P7D")), later=True)
    assert task_of(session, case).due_at == before.due_at + timedelta(days=4)
    told = [e for e in queries.events_of(session, case.id) if e.kind is EventKind.TASK_MOVED_LATER]
    assert [event.facts["task_id"] for event in told] == [str(before.id)]


def test_what_a_person_said_of_a_task_stands(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    task = task_of(session, case)
    due = task.due_at - timedelta(hours=40)
    words = {"because": "Avtalt med pasienten"}
    work.bring_forward(
        session, case.id, task.id, due_at=due, words=words, by=site.anna, at=MONDAY, book=files()
    )
    done = move(session, site, case, files(first=first_within("P7D")), later=True)
    assert done is not None
    assert (done.earlier, done.later) == ((), ())
    after = task_of(session, case)
    assert (after.due_at, after.due_reason["moved"]) == (due, "task_brought_forward")


def test_new_steps_are_owed_by_their_true_time_and_late_if_that_has_passed(
    session: Session, site: Site
) -> None:
    case = a_case(session, site, files())
    done = move(session, site, case, files(a_layer(VISIT)), "2026.1")
    assert done is not None
    visit = task_of(session, case, "site.visit")
    assert visit.due_at < LATER
    assert [task.id for task in done.overdue_now] == [visit.id]
    assert queries.get_case(session, case.id, tenant_id=site.tenant).next_task_id == visit.id


def test_a_step_that_is_gone_leaves_its_task_owed(session: Session, site: Site) -> None:
    case = a_case(session, site, files(a_layer(VISIT)))
    done = move(session, site, case, files(), "2026.1")
    assert done is not None
    assert [task.step_key for task in done.ruleless] == ["site.visit"]
    assert task_of(session, case, "site.visit").is_open
    assert queries.get_case(session, case.id, tenant_id=site.tenant).layers == ()


def test_nothing_drops(session: Session, site: Site) -> None:
    case = a_case(session, site, files(a_layer(VISIT)))
    before = {task.id for task in queries.tasks_of(session, case.id) if task.is_open}
    move(
        session,
        site,
        case,
        files(first=first_within("P1D"), last=('key = "third-contact"', 'key = "another-contact"')),
    )
    after = {task.id for task in queries.tasks_of(session, case.id) if task.is_open}
    assert before < after


def test_a_task_whose_words_alone_changed_begins_no_new_round(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    task = task_of(session, case)
    stronger = (
        FIRST + '\nsatisfied_by = ["reached"]\nstrength = "should"',
        FIRST + '\nsatisfied_by = ["reached"]\nstrength = "must"',
    )
    move(session, site, case, files(stronger=stronger))
    row = session.execute(
        sa.select(TaskRow.round, TaskRow.strength).where(TaskRow.id == task.id)
    ).one()
    assert tuple(row) == (1, "must")


def test_twice_is_once(session: Session, site: Site) -> None:
    case, book = a_case(session, site, files()), files(first=first_within("P2D"))
    assert move(session, site, case, book) is not None
    assert move(session, site, case, book) is None
    changed = [
        e for e in queries.events_of(session, case.id) if e.kind is EventKind.ROUTINE_CHANGED
    ]
    assert len(changed) == 1
    assert (changed[0].facts["from"], changed[0].facts["to"]) == ("2026.1", "2026.2")


def test_a_newer_case_is_not_moved_back(session: Session, site: Site) -> None:
    book = files(first=first_within("P2D"))
    case = a_case(session, site, book)
    assert case.pathway_version == "2026.2"
    assert move(session, site, case, book, "2026.1") is None


def test_an_old_version_that_is_not_installed_any_more_can_be_left(
    session: Session, site: Site
) -> None:
    case = a_case(session, site, files())
    book = files(first=first_within("P2D"))
    del book.pathways[NATIONAL, "2026.1"]  # type: ignore[attr-defined]
    done = move(session, site, case, book)
    assert done is not None
    assert task_of(session, case).due_reason["version"] == "2026.2"


def test_no_reason_no_upgrade(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    with pytest.raises(ReasonNeeded):
        move(session, site, case, files(first=first_within("P2D")), reason=" ")


def test_a_version_that_is_not_there_is_refused(session: Session, site: Site) -> None:
    with pytest.raises(PathwayUnknown):
        upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="1999.1", book=files())


def test_the_preview_says_what_the_upgrade_does_and_writes_nothing(
    session: Session, site: Site
) -> None:
    case, book = a_case(session, site, files()), files(a_layer(VISIT), first=first_within("P2D"))
    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="2026.2", book=book)
    before = queries.tasks_of(session, case.id)
    [seen] = upgrading.preview(session, [case], to, at=LATER)
    assert queries.tasks_of(session, case.id) == before
    done = move(session, site, case, book)
    assert done is not None
    assert [(m.before, m.after) for m in seen.earlier] == [
        (m.before, m.after) for m in done.earlier
    ]
    assert {t.step_key for t in seen.changes.new} == {t.step_key for t in done.changes.new}


def test_the_preview_says_which_tasks_get_another_strength_or_owner_and_which_gates_are_others(
    session: Session, site: Site
) -> None:
    owner = 'owner = "discharging_unit"\nstrength = "must"'
    newer = (owner, owner.replace("discharging_unit", "responsible_team"))
    case, book = a_case(session, site, files()), files(a_layer(MUST), owner=newer)
    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="2026.2", book=book)
    [seen] = upgrading.preview(session, [case], to, at=LATER)
    told = Sums()
    told.add(seen)
    assert told.steps["gate.appointment_given"] == {"blocks": 1, "strength": 1, "gates": 1}
    assert told.steps["gate.summary_sent"]["owner"] == 1
    assert told.strengths == {"gate.appointment_given": {("should", "must")}}
    done = move(session, site, case, book)
    assert done is not None
    assert done.blocks == seen.blocks
    assert task_of(session, case, "gate.appointment_given").strength == "must"


# --- stays in other units -------------------------------------------------------------------------


def a_layer_of_the_clinic(within: str, version: str = "1") -> str:
    """Another unit's own: a visit after its discharges, and an earlier first contact."""
    return f'''id = "clinic.layer"
version = "{version}"
extends = "{NATIONAL}"
level = "unit"
title = {{ nb = "Klinikken" }}
[applies_to]
units = ["addiction_clinic"]
[[step]]
key = "clinic.visit"
task = "call_patient"
after = "discharged"
due = {{ within = "{within}", count = "hours" }}
satisfied_by = ["reached"]
basis = {{ kind = "local", source = "EQS 2" }}
[[step]]
key = "first-contact"
due = {{ within = "{within}", count = "hours" }}
basis = {{ kind = "local", source = "EQS 2" }}
'''


def after_a_stay_in_the_clinic(session: Session, site: Site, book: Book) -> Case:
    case = a_case(session, site, book)
    stay = [
        NewEvent(kind=kind, at=MONDAY + timedelta(hours=hour), facts={"unit_id": str(unit)})
        for unit in (a_unit(session, site, "clinic", "addiction_clinic"),)
        for kind, hour in ((EventKind.ADMITTED, 1), (EventKind.DISCHARGED, 3))
    ]
    at = MONDAY + timedelta(hours=3)
    return cases.record(session, case.id, stay, by=site.anna, at=at, book=book).case


def of_the_clinic(session: Session, case: Case, step: str) -> Task:
    """The task that is owed after the discharge from the clinic."""
    discharges = [e for e in queries.events_of(session, case.id) if e.kind is EventKind.DISCHARGED]
    found = queries.tasks_of(session, case.id)
    return next(t for t in found if t.step_key == step and t.anchor_event_id == discharges[-1].id)


def test_what_a_stay_elsewhere_follows_moves_as_the_others_and_is_seen_before(
    session: Session, site: Site
) -> None:
    case = after_a_stay_in_the_clinic(session, site, files(a_layer_of_the_clinic("PT40H")))
    before = {
        step: of_the_clinic(session, case, step) for step in ("clinic.visit", "first-contact")
    }
    book = files(a_layer_of_the_clinic("PT40H"), a_layer_of_the_clinic("PT16H", "2"))
    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="2026.1", book=book)

    [seen] = upgrading.preview(session, [case], to, at=LATER)
    told = Sums()
    told.add(seen)
    assert dict(told.stays) == {("clinic.layer@1", "clinic.layer@2"): 1}

    done = move(session, site, case, book, "2026.1")
    assert done is not None
    assert done.stays == seen.stays
    for step, was in before.items():
        assert of_the_clinic(session, case, step).due_at == was.due_at - timedelta(hours=24), step
    assert {(moved.task.step_key, moved.after) for moved in seen.earlier} == {
        (step, was.due_at - timedelta(hours=24)) for step, was in before.items()
    }
    assert done.later == ()
    assert move(session, site, case, book, "2026.1") is None, "twice is once"
    history = queries.events_of(session, case.id)
    assert staying.followed_by_stays(history) == ("clinic.layer@2",)
    assert left_behind(session, files(a_layer_of_the_clinic("PT16H", "2"))) == []


def closed_after_a_stay_in_the_clinic(session: Session, site: Site) -> Case:
    """Signed at `LATER`, by the layer of the clinic's first version."""
    old = files(a_layer_of_the_clinic("PT40H"))
    case = after_a_stay_in_the_clinic(session, site, old)
    said: dict[str, Any] = {"words": {"words": "Ferdig"}, "at": LATER, "book": old}
    endings.request_closing(
        session, case.id, ending=Ending.COMPLETED, override=True, by=site.anna, **said
    )
    return endings.sign_closing(session, case.id, by=site.berit, **said).case


def test_opened_by_a_correction_a_follow_up_and_its_stays_go_on_with_what_they_followed(
    session: Session, site: Site
) -> None:
    closed = closed_after_a_stay_in_the_clinic(session, site)
    signed = last_of(queries.events_of(session, closed.id), EventKind.CLOSED)
    assert signed is not None
    opened = cases.mark_in_error(
        session,
        closed.id,
        [signed.id],
        words={"words": "Feil person"},
        by=site.anna,
        at=LATER + timedelta(days=9),
        book=files(a_layer_of_the_clinic("PT40H"), a_layer_of_the_clinic("PT16H", "2")),
    ).case
    history = queries.events_of(session, closed.id)
    assert (opened.is_open, opened.layers) == (True, closed.layers)
    assert staying.followed_by_stays(history) == ("clinic.layer@1",)


def test_opened_again_a_follow_up_has_its_stays_elsewhere_follow_what_is_there_today(
    session: Session, site: Site
) -> None:
    case = closed_after_a_stay_in_the_clinic(session, site)
    again = LATER + timedelta(days=9)
    opened = cases.open_case(
        session,
        patient_id=case.patient_id,
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=again,
        team_id=site.team,
        by=site.anna,
        at=again,
        book=files(a_layer_of_the_clinic("PT40H"), a_layer_of_the_clinic("PT16H", "2")),
    )
    assert opened.case.id == case.id
    history = queries.events_of(session, case.id)
    assert staying.followed_by_stays(history) == ("clinic.layer@2",)
    assert [stay.layers for stay in staying.stays(history)][-1] == ("clinic.layer@2",)
    assert left_behind(session, files(a_layer_of_the_clinic("PT16H", "2"))) == []


def test_an_upgrade_holds_what_a_stay_elsewhere_owes_by_its_own_rule(
    session: Session, site: Site
) -> None:
    """The clinic's earlier time of a step that the ward has too is not taken for the ward's."""
    case = after_a_stay_in_the_clinic(session, site, files(a_layer_of_the_clinic("PT40H")))
    before = of_the_clinic(session, case, "first-contact")
    book = files(a_layer_of_the_clinic("PT40H"), first=first_within("P2D"))
    done = move(session, site, case, book, later=True)
    assert done is not None
    assert (done.later, done.stays) == ((), ())
    assert of_the_clinic(session, case, "first-contact").due_at == before.due_at


# --- the command ----------------------------------------------------------------------------------


def command(database: Database, site: Site, book: Book, *words: str) -> Result:
    console = ConsoleSite(
        open_settings=lambda: None,
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(book=book),
        find_tenants=lambda _: {"only": site.tenant},
    )
    return CliRunner().invoke(upgrade, [*words], obj=console)


@pytest.fixture
def three(fresh_database: Database) -> tuple[Database, Site, list[Case]]:
    with fresh_database.transaction() as session:
        site = a_site(session)
        return fresh_database, site, [a_case(session, site, files()) for _ in range(3)]


def test_a_dry_run_counts_and_the_real_one_does_it_in_batches(
    three: tuple[Database, Site, list[Case]],
) -> None:
    database, site, opened = three
    book = files(a_layer(VISIT), first=first_within("P2D"))
    dry = command(database, site, book, "--to", "2026.2", "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    told = json.loads(dry.stdout)
    assert (told["cases"], told["behind"], told["refused"]) == (3, 3, 0)
    assert "blocks" in told
    assert told["strengths"] == {}
    words = ("--to", "2026.2", "--reason", "Vedtatt", "--batch", "2", "--json")
    done = json.loads(command(database, site, book, *words).stdout)
    assert {name: done[name] for name in ("behind", "earlier", "new")} == {
        "behind": 3,
        "earlier": told["earlier"],
        "new": told["new"],
    }
    with database.transaction() as session:
        versions = {
            queries.get_case(session, c.id, tenant_id=site.tenant).pathway_version for c in opened
        }
        acts = list(session.scalars(sa.select(AuditEventRow.act)))
    assert versions == {"2026.2"}
    assert acts.count("case.routine_changed") == 3
    assert {"pathways.upgrade_previewed", "pathways.upgraded"} <= set(acts)


def test_a_run_that_was_stopped_goes_on_where_it_was(
    three: tuple[Database, Site, list[Case]],
) -> None:
    database, site, opened = three
    book = files(first=first_within("P2D"))
    with database.transaction() as session:
        move(session, site, opened[0], book)
    told = json.loads(
        command(database, site, book, "--to", "2026.2", "--reason", "Vedtatt", "--json").stdout
    )
    assert (told["cases"], told["behind"]) == (3, 2)
    again = command(database, site, book, "--to", "2026.2", "--reason", "Vedtatt")
    assert "3 åpne oppfølginger; 0 følger en eldre utgave." in again.stdout


def test_the_command_wants_a_reason_and_a_version_that_is_there(
    three: tuple[Database, Site, list[Case]],
) -> None:
    database, site, _ = three
    without_reason = command(database, site, files(), "--to", "2026.1")
    assert without_reason.exit_code == 2
    unknown = command(database, site, files(), "--to", "1999.1", "--dry-run")
    assert unknown.exit_code == 2
    assert "2026.1" in unknown.output
