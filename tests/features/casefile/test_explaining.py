"""`pathways explain`: who says what in a unit, and why a case owes what it owes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from click import Command
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from bindeledd.checkup.tenants import of_teams
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.casefile.commands import explain
from bindeledd.features.casefile.service.reasons import CaseExplained, explain_case
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.commands.simulating import simulate
from bindeledd.features.cases.domain import Case, EventKind, NewEvent
from bindeledd.features.cases.domain.rehoming import going
from bindeledd.features.cases.service import rehoming, work
from bindeledd.features.pathways.commands import pathways
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import command
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import console
from bindeledd.foundation.console import Site as ConsoleSite
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.loading import gather
from builders import MONDAY, Site, a_book, a_site, a_town
from features.cases.test_upgrading import VISIT, a_case, a_layer, files

STRICTER = """
[[gate]]
key = "appointment_given"
strength = "must"
basis = { kind = "region", source = "S-064", verified = false }
"""


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def explained(
    session: Session, site: Site, case: Case, book: Book, after: timedelta = timedelta(minutes=1)
) -> CaseExplained:
    by = command(site.tenant)
    return explain_case(session, case.id, by=by, at=MONDAY + after, book=book)


def of(found: CaseExplained, step: str) -> Any:
    return next(one for one in found.tasks if one.task.step_key == step)


def test_each_task_says_why_and_on_which_line(session: Session, site: Site) -> None:
    book = files(a_layer(VISIT))
    case = a_case(session, site, book)
    visit = of(explained(session, site, case, book), "site.visit")
    assert visit.owed.due_because[0].text == "Innen 1 time."
    assert visit.task.due_reason["origin"].startswith("core:layer0.toml:")
    assert visit.by_rule == visit.task.due_at
    assert visit.rule is not None
    assert visit.rule.level == "unit"


def test_a_rule_that_holds_because_something_is_not_known_says_so(
    session: Session, site: Site
) -> None:
    book = files(a_layer(VISIT + 'when = { intoxication = ["yes"] }\n'))
    case = a_case(session, site, book)
    assert of(explained(session, site, case, book), "site.visit").unknown == ("intoxication",)

    said = NewEvent(kind=EventKind.RISK_ASSESSED, at=MONDAY, facts={"intoxication": "yes"})
    cases.record(session, case.id, [said], by=site.anna, at=MONDAY, book=book)
    assert of(explained(session, site, case, book), "site.visit").unknown == ()


def test_a_deadline_of_ours_is_not_told_as_the_laws(session: Session, site: Site) -> None:
    book = files()
    case = a_case(session, site, book)
    summary = of(explained(session, site, case, book), "gate.summary_sent")
    assert summary.owed.default
    assert summary.owed.basis == "law"
    assert "source" not in {said.code for said in summary.owed.due_because}


SOONER = """
[[gate]]
need = "summary_sent"
due = { within = "PT4H", count = "hours" }
basis = { kind = "local", source = "EQS 7", verified = true }
"""

STRONGER = """
[[gate]]
need = "appointment_given"
strength = "must"
basis = { kind = "local", source = "EQS 8", verified = true }
"""


def test_a_due_time_that_a_layer_set_rests_on_the_layer_and_the_rule_on_the_law(
    session: Session, site: Site
) -> None:
    book = files(a_layer(SOONER))
    case = a_case(session, site, book)
    summary = of(explained(session, site, case, book), "gate.summary_sent")
    assert (summary.owed.basis, summary.task.due_reason["due_source"]) == ("law", "EQS 7")
    [said] = [one for one in summary.owed.due_because if one.code == "source"]
    assert said.values["source"] == "EQS 7"


def test_a_due_time_that_no_layer_spoke_of_rests_on_what_stood_above(
    session: Session, site: Site
) -> None:
    book = files(a_layer(STRONGER))
    case = a_case(session, site, book)
    given = of(explained(session, site, case, book), "gate.appointment_given")
    assert given.owed.source == "EQS 8"
    assert "EQS 8" not in " ".join(said.text for said in given.owed.due_because)


def test_what_a_person_moved_stands_beside_what_the_rule_alone_would_say(
    session: Session, site: Site
) -> None:
    book = files()
    case = a_case(session, site, book)
    before = of(explained(session, site, case, book), "first-contact").task
    due = before.due_at - timedelta(hours=30)
    work.bring_forward(
        session,
        case.id,
        before.id,
        due_at=due,
        words={"because": "Avtalt"},
        by=site.anna,
        at=MONDAY,
        book=book,
    )
    first = of(explained(session, site, case, book), "first-contact")
    assert (first.task.due_at, first.by_rule) == (due, before.due_at)
    assert "task_brought_forward_by" in {said.code for said in first.owed.due_because}


def test_a_task_that_ended_names_what_ended_it(session: Session, site: Site) -> None:
    book = files()
    case = a_case(session, site, book)
    said = NewEvent(kind=EventKind.NUMBER_VERIFIED, at=MONDAY + timedelta(hours=1))
    at = MONDAY + timedelta(hours=1)
    cases.record(session, case.id, [said], by=site.anna, at=at, book=book)
    found = explained(session, site, case, book, timedelta(hours=2))
    [ended] = [one for one in found.ended if one.task.kind == "verify_number"]
    assert ended.ended is not None
    assert ended.ended.kind is EventKind.NUMBER_VERIFIED


def test_the_law_says_owned_then_late(session: Session, site: Site) -> None:
    book = files()
    case = a_case(session, site, book)
    assert explained(session, site, case, book).law.code == "law_owned"
    late = explained(session, site, case, book, timedelta(days=9)).law
    assert late.code == "law_round_stopped"
    assert "varslene har stanset" in late.text
    session.execute(
        sa.update(TaskRow)
        .where(TaskRow.case_id == case.id)
        .values(seen_until=MONDAY + timedelta(days=10), seen_by=site.anna.id)
    )
    seen = explained(session, site, case, book, timedelta(days=9)).law
    assert seen.code == "law_overdue_seen"


def test_the_reading_is_written_down_and_nobody_else_reads_it(session: Session, site: Site) -> None:
    book = files()
    case = a_case(session, site, book)
    explained(session, site, case, book)
    subject = session.scalar(
        sa.select(AuditSubjectRow.subject_id)
        .join(AuditEventRow, AuditEventRow.id == AuditSubjectRow.event_id)
        .where(AuditEventRow.act == "case.explained")
    )
    assert subject == case.patient_id
    with pytest.raises(NotFound):
        explain_case(session, case.id, by=site.carl, at=MONDAY, book=book)
    with pytest.raises(NotFound):
        explain_case(session, new_id(), by=site.anna, at=MONDAY, book=book)


def test_a_routine_that_is_not_installed_is_said(session: Session, site: Site) -> None:
    case = a_case(session, site, files())
    book = files()
    del book.pathways["national.after-attempt", "2026.1"]  # type: ignore[attr-defined]
    found = explained(session, site, case, book)
    assert (found.routine, found.law.code) == (None, "law_pathway_unknown")
    assert len(found.tasks) == len(queries.tasks_of(session, case.id))


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def installed(fresh_database: Database) -> tuple[Database, Site, Case]:
    with fresh_database.transaction() as session:
        site = a_site(session)
        return fresh_database, site, a_case(session, site, files(a_layer(STRICTER)))


def run(
    database: Database, site: Site, book: Book, *words: str, command: Command = explain
) -> Result:
    console = a_console(database, site, book)
    return CliRunner().invoke(command, [*words], obj=console, env={"COLUMNS": "200"})


def a_console(database: Database, site: Site, book: Book) -> ConsoleSite:
    return ConsoleSite(
        open_settings=lambda: SimpleNamespace(pathways=()),
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(book=book),
        find_tenants=lambda _: {"only": site.tenant},
    )


def test_a_unit_is_explained_field_by_field(installed: tuple[Database, Site, Case]) -> None:
    database, site, _ = installed
    book = files(a_layer(STRICTER))
    told = json.loads(run(database, site, book, "--unit", "ward", "--json").output)
    assert (told["unit"], told["kind"], told["organisation"]) == ("ward", "acute_ward", "trust")
    assert [layer["id"] for layer in told["layers"]] == ["site.layer"]
    gate = next(step for step in told["steps"] if step["key"] == "appointment_given")
    strength = gate["fields"]["strength"]
    assert (strength["value"], strength["level"], strength["source"]) == ("must", "unit", "S-064")
    assert strength["said_by"].startswith("core:layer0.toml:")
    [before] = strength["before"]
    assert (before["value"], before["level"]) == ("should", "national")
    assert before["said_by"].startswith("core:national.toml:")
    assert gate["to_confirm"] == "rule"
    assert gate["fields"]["due"]["to_confirm"] is True


EARLIER = """
[[step]]
key = "first-contact"
due = { within = "P1D" }
basis = { kind = "region", source = "S-064" }
"""


def local(organisation: str, words: str) -> str:
    layer = a_layer(words).replace("site.layer", f"{organisation}.layer")
    where = 'organisations = ["trust"]\nunits = ["ward"]'
    return layer.replace(where, f'organisations = ["{organisation}"]')


@pytest.mark.parametrize("brought", [True, False])
def test_layers_that_cannot_stand_by_a_take_over_end_it_with_1_and_are_said(
    installed: tuple[Database, Site, Case], brought: bool
) -> None:
    database, site, _ = installed
    with database.transaction() as session:
        a_town(session, site)
    other = local("byen" if brought else "nobody-here", EARLIER.replace("P1D", "P2D"))
    book = files(local("sykehuset", EARLIER), other)
    page = run(database, site, book, "--unit", "ward")
    told = json.loads(run(database, site, book, "--unit", "ward", "--json").output)
    assert page.exit_code == int(brought)
    assert ("når et team i «byen» tar over herfra: first-contact" in page.output) is brought
    assert ("tell på samme måte som over" in page.output) is brought
    assert [one["taken_over_by"] for one in told["clashes"]] == ["byen"] * brought


def test_a_case_and_its_unit_in_one_answer(installed: tuple[Database, Site, Case]) -> None:
    database, site, case = installed
    book = files(a_layer(STRICTER))
    words = ("--unit", "ward", "--case", str(case.id), "--json")
    told = json.loads(run(database, site, book, *words).output)
    assert told["case"]["layers"] == ["site.layer@1"]
    assert told["case"]["law"]["code"].startswith("law_")
    gate = next(t for t in told["case"]["tasks"] if t["step"] == "gate.appointment_given")
    assert (gate["strength"], gate["rule"]["fields"]["strength"]["level"]) == ("must", "unit")


def test_it_is_told_in_words_too(installed: tuple[Database, Site, Case]) -> None:
    database, site, case = installed
    book = files(a_layer(STRICTER))
    said = run(database, site, book, "--unit", "ward").output
    assert "Time i hånda" in said
    assert "regnet fra «Utskrevet»" in said
    assert "site.layer@1" in said
    assert "Må bekreftes av stedet" in " ".join(said.split())
    said = run(database, site, book, "--case", str(case.id)).output
    assert "Loven: " in said
    assert "Hvorfor da: " in said
    assert not set(said) & set("┃│")


@pytest.fixture
def rehomed(fresh_database: Database) -> tuple[Site, Case]:
    """A follow-up of a pack that was taken out; Berit has what it made owed."""
    with_pack, core = gather(["example"]).book, gather().book
    with fresh_database.transaction() as session:
        site = a_site(session)
        case = a_case(session, site, with_pack)
        rehoming.rehome_case(
            session,
            case.id,
            going("example", with_pack, core),
            reason="Ny plan",
            language="nb",
            by=site.anna,
            at=MONDAY,
        )
        gone = sa.update(TaskRow).where(TaskRow.step_key == "example.home-visit")
        session.execute(gone.values(held_by=site.berit.id))
    return site, case


def test_a_task_of_a_pack_that_is_gone_says_from_which_and_who_has_it_now(
    fresh_database: Database, rehomed: tuple[Site, Case]
) -> None:
    site, case = rehomed
    words = " ".join(
        run(fresh_database, site, gather().book, "--case", str(case.id)).output.split()
    )
    assert "Egen oppgave" not in words
    assert "Fra «example», som er tatt ut av bruk: example.home-visit" in words
    assert f"Den ligger nå hos {site.berit.name}" in words


def test_a_task_of_a_pack_that_is_gone_says_so_to_scripts(
    fresh_database: Database, rehomed: tuple[Site, Case]
) -> None:
    site, case = rehomed
    told = json.loads(
        run(fresh_database, site, gather().book, "--case", str(case.id), "--json").output
    )
    packs = {one["step"]: (one["from_pack"], one["held_by"]) for one in told["case"]["tasks"]}
    assert packs["example.home-visit"] == ("example", site.berit.name)
    assert packs["first-contact"][0] is None


def test_a_rule_without_a_title_is_called_what_its_task_is_called(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, _ = installed
    book = files(a_layer(VISIT))
    [layer] = book.layers
    steps = tuple(replace(step, title={}, task="own_visit") for step in layer.steps)
    own = {"own_visit": {"nb": "Besøk hjemme"}}
    book = replace(book, layers=(replace(layer, steps=steps),), task_titles=own)
    said = run(database, site, book, "--unit", "ward").output

    assert "Besøk hjemme (site.visit)" in said
    assert "site.visit (site.visit)" not in said


def test_sentences_stand_whole_in_a_file_and_folded_under_their_label_on_a_terminal() -> None:
    long = "ordet bindeledd-pakke " * 9
    assert max(map(len, console._folded(long, 60).splitlines())) <= 60
    assert len(console._folded(long, 10_000).splitlines()) == 1


@pytest.mark.parametrize("words", [(), ("--unit", "nowhere"), ("--case", str(new_id()))])
def test_what_is_not_there_is_wrong_usage(
    installed: tuple[Database, Site, Case], words: tuple[str, ...]
) -> None:
    database, site, _ = installed
    assert run(database, site, files(), *words).exit_code == 2


def test_what_the_law_says_counts_from_the_discharge_that_the_plan_counts_from(
    session: Session, site: Site
) -> None:
    """One that was assumed later begins nothing once somebody told when the person really left."""
    book = a_bare_book()
    case = a_case(session, site, book)
    now = timedelta(days=35)
    for left, told, facts in ((25, 25, {"not_known": True}), (2, 26, {})):
        new = NewEvent(kind=EventKind.DISCHARGED, at=MONDAY + timedelta(days=left), facts=facts)
        at = MONDAY + timedelta(days=told)
        cases.record(session, case.id, [new], by=site.anna, at=at, book=book)
    for task in queries.tasks_of(session, case.id):
        if task.is_open:
            how: dict[str, Any] = {"by": site.anna, "at": MONDAY + now, "book": book}
            work.complete_task(session, case.id, task.id, words={"words": "Sett på"}, **how)

    [review] = [task for task in queries.tasks_of(session, case.id) if task.is_open]
    assert review.due_at > MONDAY + timedelta(days=35 + 8)
    assert explained(session, site, case, book, now).law.code == "law_owned"


def a_bare_book() -> Book:
    """The national routine as one that owes nothing but a look."""
    book = a_book()
    national = replace(book.current("suicide_attempt"), steps=(), gates=())
    pathways = {(national.id, national.version): national}
    return Book(pathways=pathways, ladders=book.ladders, core=book.core)


AGREED = f"""id = "site.agreed"
version = "1"
extends = "national.after-attempt"
level = "trust"
title = {{ nb = "Avtalen" }}
[applies_to]
organisations = ["trust"]
to = ["lier", "921234554"]
[agreement]
reference = "Delavtale 3"
begins = 2020-01-01
ends = 2021-12-31
{STRICTER}"""


def test_what_was_agreed_with_a_receiver_is_explained_with_the_receiver(
    installed: tuple[Database, Site, Case],
) -> None:
    """Its last day has passed, which is said, and takes nothing away."""
    database, site, _ = installed
    book = files(AGREED)
    alone = json.loads(run(database, site, book, "--unit", "ward", "--json").output)
    assert alone["layers"] == []
    assert alone["agreements_with"] == ["921234554", "lier"]
    told = json.loads(run(database, site, book, "--unit", "ward", "--to", "lier", "--json").output)
    (layer,) = told["layers"]
    assert (layer["id"], layer["reference"], layer["ended"]) == ("site.agreed", "Delavtale 3", True)
    gate = next(step for step in told["steps"] if step["key"] == "appointment_given")
    assert gate["fields"]["strength"]["value"] == "must"
    page = run(database, site, book, "--unit", "ward", "--to", "lier").output
    assert "Delavtale 3, gjaldt til 2021-12-31" in page
    assert "Avtaler med: 921234554, lier" in page


GROUND = """
[[ground]]
key = "site.danger"
title = { nb = "Fare for liv", en = "Danger to life" }
reviewed = true
basis = { kind = "local", source = "Planen" }
"""


def test_the_grounds_of_sharing_of_a_case_and_of_its_unit_are_explained(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, case = installed
    book = files(a_layer(STRICTER + GROUND))
    words = ("--unit", "ward", "--case", str(case.id))
    told = json.loads(run(database, site, book, *words, "--json").output)
    (ground,) = told["case"]["grounds"]
    assert told["grounds"] == [ground]
    assert (ground["key"], ground["source"]) == ("site.danger", "Planen")
    assert (ground["verified"], ground["reviewed"]) == (False, True)
    assert ground["said_by"].startswith("core:layer0.toml:")
    for asked in (words[:2], words[2:]):
        said = run(database, site, book, *asked).output
        assert "Fare for liv (site.danger)" in said
        assert "fra lokal rutine: Planen, ikke kontrollert" in said


LETTER = """
[[step]]
key = "site.letter"
task = "call_patient"
after = "discharged"
due = { within = "P3D" }
satisfied_by = ["contact_attempted"]
letter = "by-hand"
basis = { kind = "local", source = "Planen" }
[letter.by-hand]
title = { nb = "En hilsen", en = "A greeting" }
basis = { kind = "local", source = "Planen, side 6" }
[letter.by-hand.text]
nb = "Hei {name}."
en = "Dear {name}."
"""


def test_the_letters_of_a_case_and_of_its_unit_are_explained_with_the_version_of_their_text(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, case = installed
    book = files(a_layer(STRICTER + LETTER))
    words = ("--unit", "ward", "--case", str(case.id))
    told = json.loads(run(database, site, book, *words, "--json").output)
    (letter,) = told["case"]["letters"]
    assert told["letters"] == [letter]
    assert (letter["key"], letter["text"]["nb"]) == ("by-hand", "Hei {name}.")
    assert letter["said_by"].startswith("core:layer0.toml:")
    for asked in (words[:2], words[2:]):
        said = run(database, site, book, *asked).output
        assert "En hilsen (by-hand)" in said
        assert letter["layer"] in said
        assert "Planen, side 6" in said


def test_a_discharge_is_simulated_with_the_letter_that_each_step_has(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, _ = installed
    book = files(AGREED + LETTER.replace("basis =", 'owner = "responsible_team"\nbasis =', 1))
    asked = ("--unit", "ward", "--discharged", "2027-03-24T15:00", "--to")

    def letters(receiver: str) -> dict[str, str]:
        told = run(database, site, book, *asked, receiver, "--json", command=simulate)
        steps = json.loads(told.output)["steps"]
        return {one["step"]: one["letter"] for one in steps if one["letter"]}

    assert letters("asker") == {}
    ((step, letter),) = letters("lier").items()
    assert (step, letter.rpartition("/")[2]) == ("site.letter", "by-hand")
    assert letter in run(database, site, book, *asked, "lier", command=simulate).output


def test_a_discharge_is_simulated_with_what_was_agreed_with_a_receiver(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, _ = installed
    book = files(AGREED)

    def strength(*more: str) -> str:
        asked = ("--unit", "ward", "--discharged", "2027-03-24T15:00", "--json", *more)
        told = json.loads(run(database, site, book, *asked, command=simulate).output)
        found: dict[str, str] = {one["step"]: one["strength"] for one in told["steps"]}
        return found["appointment_given"]

    assert (strength(), strength("--to", "lier"), strength("--to", "asker")) == (
        "should",
        "must",
        "should",
    )


AWAY = VISIT.replace('task = "call_patient"', 'task = "call_patient"\nowner = "team:municipl"')


def test_a_team_that_is_not_here_is_said_with_who_is_asked_instead(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, _ = installed
    book = files(a_layer(AWAY))
    page = run(database, site, book, "--unit", "ward").output
    told = json.loads(run(database, site, book, "--unit", "ward", "--json").output)

    assert "Team municipl (finnes ikke her: teamet som har ansvaret, blir spurt" in page
    (missing,) = told["teams_missing"]
    assert missing["key"] == "step.site.visit.owner"
    assert missing["said_by"].startswith("core:layer0.toml:")


@pytest.mark.parametrize(("team", "code"), [("municipl", 1), ("municipal", 0)])
def test_lint_tells_of_a_team_that_is_not_here_with_its_line(
    installed: tuple[Database, Site, Case], team: str, code: int
) -> None:
    database, site, _ = installed
    book = files(a_layer(AWAY.replace("municipl", team)))
    found = run(database, site, book, "lint", "--json", command=pathways)

    assert found.exit_code == code
    told = [(one["key"], "«municipal»" in one["right"]) for one in json.loads(found.output)]
    assert told == [("step.site.visit.owner", True)] * code


def test_doctor_tells_of_a_team_that_is_not_here(installed: tuple[Database, Site, Case]) -> None:
    database, site, _ = installed
    console = a_console(database, site, files(a_layer(AWAY)))
    (check,) = [one for one in of_teams(console, site.tenant) if one.name == "owner"]

    assert not check.ok
    assert "core:layer0.toml:" in check.found


def test_doctor_tells_of_a_team_that_only_an_older_version_names_which_is_still_followed(
    fresh_database: Database,
) -> None:
    before, after = a_layer(AWAY), a_layer(STRICTER, version="2")
    with fresh_database.transaction() as session:
        site = a_site(session)
    console = a_console(fresh_database, site, files(before, after))

    def missing() -> list[str]:
        return [one.found for one in of_teams(console, site.tenant) if one.name == "owner"]

    assert missing() == []
    with fresh_database.transaction() as session:
        a_case(session, site, files(before))
    (found,) = missing()
    assert "core:layer0.toml:" in found


def test_the_routine_of_a_unit_is_shown_with_the_layers_of_its_kind(
    installed: tuple[Database, Site, Case],
) -> None:
    database, site, _ = installed
    layer = a_layer(STRICTER).replace('units = ["ward"]', 'units = ["acute_ward"]')
    book = files(layer)
    words = ("show", "national.after-attempt", "--unit", "ward")
    found = run(database, site, book, *words, command=pathways)

    assert "Med laget site.layer" in found.output
    assert "Uten laget" not in found.output
