"""The inbox: what stands there, acknowledged by name; a look is no answer."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.appointments import service as appointments
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.intake.service import call_in
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import report_fault
from bindeledd.features.reminders.service.faults import tell_faults
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.service import end_on_call, put_on_call
from bindeledd.features.staff.tables import MemberRow, MembershipRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.web.shell import when
from builders import a_book, a_case_row, a_site, a_task_row
from doors import an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of

HOUR = timedelta(hours=1)


class World:
    """Kari's follow-up owes two things that are late; Anna and Berit are told."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.now = clock.now()
        with database.transaction() as session:
            site = self.site = a_site(session, self.now)
            kari = self.patient = a_named_patient(session, site)
            case = a_case_row(session, site, due_at=self.now - 3 * HOUR, at=self.now, patient=kari)
            self.case, self.task = case.id, case.task
            self.other = a_task_row(
                session, site, case=case.id, due_at=self.now - 2 * HOUR, kind="give_appointment"
            )
        self.sweep()
        app = an_app(database, home)
        people = (site.anna, site.berit, site.carl)
        self.anna, self.berit, self.carl = (a_visitor(app, database, one) for one in people)

    def sweep(self) -> None:
        jobs.sweep(self.database, a_book(), rules=Rules(), clock=lambda: self.now)

    def all(self, row: Any) -> list[Any]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(row)))

    def name_of(self, actor: Actor) -> str:
        with self.database.session() as session:
            return staff.member_names(session, self.site.tenant)[actor.id]

    def row(self, task: object) -> TaskRow:
        with self.database.session() as session:
            return session.get_one(TaskRow, task)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_what_is_late_stands_there_by_name_and_leads_to_the_task(world: World) -> None:
    page = world.anna.get("/inbox")

    assert "Ring pasienten" in page.text
    assert "3 timer for sent" in page.text
    assert f"/cases/{world.case}#task-{world.task}" in page.text
    assert page.text.count("Kari Prøve") == 1
    shown = [row for row in world.all(AuditEventRow) if row.act == "inbox.shown"]
    subjects = [row for row in world.all(AuditSubjectRow) if row.event_id == shown[0].id]
    assert [row.subject_id for row in subjects] == [world.patient]


WHAT_BECAME = "Registrer hva det ble av timen Ingen spurte om den fortsatt gjaldt"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/inbox", f"{WHAT_BECAME} 2 timer for sent"),
        ("/day?kind=confirm_appointment", f"2 timer for sent {WHAT_BECAME}"),
    ],
)
def test_a_check_of_an_appointment_that_has_begun_asks_what_became_of_it_late_since_then(
    world: World, path: str, words: str
) -> None:
    with world.database.transaction() as session:
        appointments.book_appointment(
            session, world.case, starts_at=world.now - 2 * HOUR, detail={}, give=True,
            by=world.site.anna, at=world.now - 120 * HOUR, book=a_book(),
        )  # fmt: skip
    world.sweep()

    assert words in text_of(world.anna.get(path))


def test_whoever_was_told_but_does_not_see_the_follow_up_gets_no_name(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(sa.update(CareRelationRow).values(until=world.now))
    page = text_of(world.anna.get("/inbox"))

    assert "Kari" not in page
    assert "Teamet ditt har ikke tilgang til oppfølgingen." in page
    assert "Ring pasienten" in page
    assert f"/cases/{world.case}" not in world.anna.get("/inbox").text


@pytest.mark.parametrize("dialect", EITHER)
def test_whoever_was_told_on_call_is_offered_no_answer_after_the_window(world: World) -> None:
    site, before = world.site, clock.now()
    with world.database.transaction() as session:
        window = put_on_call(
            session,
            site.team,
            site.dina.id,
            starts_at=world.now - HOUR,
            ends_at=world.now + HOUR,
            by=site.berit,
            at=world.now,
        )
        late = a_task_row(
            session, site, case=world.case, due_at=world.now - HOUR, kind="send_summary"
        )
    world.sweep()
    dina = a_visitor(an_app(world.database, world.home), world.database, site.dina)
    assert f'value="{late}"' in dina.get("/inbox").text
    with world.database.transaction() as session:
        end_on_call(session, window.id, by=site.berit, at=before)

    page = dina.get("/inbox").text
    assert "Varselet står hos teamet." in page
    assert "/inbox/seen" not in page
    assert "Kari" not in page
    assert dina.post("/inbox/seen", {"task": str(late)}).status_code == 404
    assert world.anna.post("/inbox/seen", {"task": str(late)}).status_code == 303


def test_an_acute_concern_stands_first_whatever_is_later(world: World) -> None:
    due_at = world.now + HOUR / 4
    with world.database.transaction() as session:
        case = a_case_row(
            session,
            world.site,
            due_at=due_at,
            at=world.now,
            patient=a_named_patient(session, world.site, "Per Prøve"),
        )
        kind = {"kind": "acute_concern", "next_rung_at": world.now}
        session.execute(sa.update(TaskRow).where(TaskRow.id == case.task).values(**kind))
    world.sweep()
    page = text_of(world.anna.get("/inbox"))

    assert page.index("Per Prøve") < page.index("Kari Prøve")
    assert page.index("Akutt bekymring") < page.index("Over fristen")


def told_first(world: World, name: str, kind: str) -> None:
    """Somebody else is told of something that is due in a quarter of an hour."""
    with world.database.transaction() as session:
        other = a_named_patient(session, world.site, name)
        case = a_case_row(
            session, world.site, due_at=world.now + HOUR / 4, at=world.now, patient=other
        )
        said = {"kind": kind, "next_rung_at": world.now}
        session.execute(sa.update(TaskRow).where(TaskRow.id == case.task).values(**said))
    world.sweep()


@pytest.mark.parametrize("dialect", EITHER)
def test_a_reported_death_stands_before_what_is_late_and_after_an_acute_concern(
    world: World,
) -> None:
    told_first(world, "Dag Død", "confirm_death")
    told_first(world, "Per Prøve", "acute_concern")
    page = text_of(world.anna.get("/inbox"))

    order = [page.index(name) for name in ("Per Prøve", "Dag Død", "Kari Prøve")]
    assert order == sorted(order)


def acknowledge_all(world: World) -> None:
    tasks = re.findall(r'name="task" value="([^"]+)"', world.anna.get("/inbox").text)
    for task in tasks:
        world.anna.post("/inbox/seen", {"task": task})


@pytest.mark.parametrize("dialect", EITHER)
def test_a_reported_death_stays_at_the_head_when_somebody_has_acknowledged_it(
    world: World,
) -> None:
    told_first(world, "Dag Død", "confirm_death")
    acknowledge_all(world)
    with world.database.transaction() as session:
        late = a_named_patient(session, world.site, "Per Prøve")
        a_case_row(session, world.site, due_at=world.now - HOUR, at=world.now, patient=late)
    world.sweep()
    page = text_of(world.anna.get("/inbox"))

    assert page.index("Dag Død") < page.index("Per Prøve")
    assert "Kari Prøve" not in page


def test_a_reported_death_that_was_acknowledged_says_by_whom_and_asks_it_of_nobody_again(
    world: World,
) -> None:
    told_first(world, "Dag Død", "confirm_death")
    acknowledge_all(world)
    page = world.anna.get("/inbox")

    assert f"sett av {world.name_of(world.site.anna)}, til" in text_of(page)
    assert 'name="task"' not in page.text
    assert "Varselet står hos teamet." not in page.text


def test_what_else_waits_of_whoever_is_reported_dead_is_acknowledged_without_the_death(
    world: World,
) -> None:
    with world.database.transaction() as session:
        death = a_task_row(
            session, world.site, case=world.case, due_at=world.now - HOUR, kind="confirm_death"
        )
    world.sweep()
    world.anna.post("/inbox/seen", {"task": str(death)})
    page = world.anna.get("/inbox").text

    offered = set(re.findall(r'name="task" value="([^"]+)"', page))
    assert offered == {str(world.task), str(world.other)}


def test_the_page_says_in_which_order_it_stands(world: World) -> None:
    assert "Først akutt bekymring, så meldt død" in text_of(world.anna.get("/inbox"))


def test_a_reported_death_heads_the_first_page_of_a_long_inbox(world: World) -> None:
    for number in range(26):
        with world.database.transaction() as session:
            due_at = world.now - (number + 4) * HOUR
            a_case_row(session, world.site, due_at=due_at, at=world.now)
    told_first(world, "Dag Død", "confirm_death")

    assert "Dag Død" in text_of(world.anna.get("/inbox"))


@pytest.mark.parametrize("dialect", EITHER)
def test_a_call_says_who_rang_there_and_in_my_day_to_its_own_team_only(world: World) -> None:
    with world.database.transaction() as session:
        call_in(
            session,
            words={"caller": "Moren", "about": "sønnen på 19", "said": "Hemmelig sagt."},
            acute=True,
            by=world.site.anna,
            at=world.now,
            book=a_book(),
        )
    for page in ("/inbox", "/day"):
        seen = text_of(world.anna.get(page))
        assert "Moren ringte om sønnen på 19" in seen
        assert seen.index("Akutt bekymring") < seen.index("Moren ringte")
        assert "Hemmelig" not in seen
        assert "Moren" not in text_of(world.carl.get(page))
    assert [row.act for row in world.all(AuditEventRow)].count("intake.calls_shown") == 2


def test_a_long_inbox_is_paged_by_person_and_loses_nobody(world: World) -> None:
    with world.database.transaction() as session:
        for number in range(30):
            patient = a_named_patient(session, world.site, f"Person {number:02}")
            due_at = world.now - (number + 5) * HOUR
            case = a_case_row(session, world.site, due_at=due_at, at=world.now, patient=patient)
            a_task_row(session, world.site, case=case.id, due_at=world.now - HOUR)
    world.sweep()
    seen, where = [], "/inbox"
    for _ in range(2):
        page = world.anna.get(where).text
        seen += re.findall(r'class="name" href="[^"]+">([^<]+)</a>', page)
        more = re.search(r'href="(/inbox\?after=[^"]+)"', page)
        where = more[1].replace("&amp;", "&") if more else ""

    assert where == ""
    assert seen == [*(f"Person {number:02}" for number in range(29, -1, -1)), "Kari Prøve"]


def test_a_place_in_the_inbox_that_no_page_gave_is_refused(world: World) -> None:
    for text in ("x", "1.x", "7.abc", "0."):
        assert world.anna.get(f"/inbox?after={text}").status_code == 422


def test_every_page_says_how_many_are_unanswered(world: World) -> None:
    assert "Innboks 2 ubesvart" in text_of(world.anna.get("/day"))
    world.anna.post("/inbox/seen", {"task": str(world.task)})
    assert "Innboks 1 ubesvart" in text_of(world.anna.get("/queue"))
    assert "ubesvart" not in text_of(world.carl.get("/day"))


def test_what_belongs_together_is_acknowledged_together(world: World) -> None:
    page = world.anna.get("/inbox").text

    assert page.count("Sett – jeg tar det. Minn meg") == 1
    assert set(re.findall(r'name="task" value="([^"]+)"', page)) == {
        str(world.task),
        str(world.other),
    }


def test_opening_the_page_acknowledges_nothing(world: World) -> None:
    world.anna.get("/inbox")

    assert world.row(world.task).seen_until is None
    assert "Ring pasienten" in world.anna.get("/inbox").text


@pytest.mark.parametrize("dialect", EITHER)
def test_an_acknowledgement_is_by_name_and_lasts_as_long_as_the_button_said(world: World) -> None:
    said = re.search(r"Sett – jeg tar det. Minn meg ([^<]+)<", world.anna.get("/inbox").text)
    done = world.anna.post("/inbox/seen", {"task": str(world.task)})

    assert done.headers["Location"] == "/inbox?notice=reminders.notices.acknowledged"
    row = world.row(world.task)
    assert (row.state, row.seen_by) == ("open", world.site.anna.id)
    assert said is not None
    assert row.seen_until is not None
    assert row.seen_until > world.now
    page = text_of(world.anna.get(done.headers["Location"]))
    assert "Kvittert." in page
    assert "Ring pasienten" not in page
    assert "Gi time" in page


def test_a_task_of_another_team_is_not_there(world: World) -> None:
    assert "Ring pasienten" not in world.carl.get("/inbox").text
    assert world.carl.post("/inbox/seen", {"task": str(world.task)}).status_code == 404
    assert world.row(world.task).seen_until is None


def test_an_empty_inbox_says_so(world: World) -> None:
    assert "Ingen varsler venter på deg." in world.carl.get("/inbox").text


def test_a_failure_stands_before_the_lead_until_it_is_read(world: World) -> None:
    with world.database.transaction() as session:
        report_fault(
            session, "job:x", "worker.job_failed", at=world.now, tenant_id=world.site.tenant
        )
        report_fault(session, "job:y", "a.plugins_own", at=world.now, tenant_id=world.site.tenant)
        tell_faults(session, at=world.now)
    page = world.berit.get("/inbox").text
    assert "En fast jobb feilet." in page
    assert "a.plugins_own" in page

    for where in re.findall(r'action="(/inbox/faults/[^"]+)"', page):
        assert world.berit.post(where).status_code == 303
    assert "En fast jobb feilet." not in world.berit.get("/inbox").text
    assert world.berit.post(f"/inbox/faults/{new_id()}/seen").status_code == 404


@pytest.mark.parametrize("code", ["delivery_dead", "receipt_missing"])
def test_a_failure_about_an_address_says_whose_it_is_and_what_to_do(
    world: World, code: str
) -> None:
    anna = world.site.anna
    with world.database.transaction() as session:
        for member in (anna, world.site.carl):
            source, told = f"channel:email/{member.id}", f"reminders.{code}"
            report_fault(session, source, told, at=world.now, tenant_id=world.site.tenant)
        row = session.get_one(MemberRow, anna.id)
        name, login = row.name, row.login
        tell_faults(session, at=world.now)
    page = text_of(world.berit.get("/inbox"))

    assert f"på e-post til {name} ({login})" in page
    assert page.count("be IT rette det i listen over medarbeidere") == 2


def test_a_call_and_a_message_lead_to_their_own_pages(world: World) -> None:
    call, message = new_id(), new_id()
    with world.database.transaction() as session:
        for subject, kind in ((call, "acute_concern"), (message, "decide_message")):
            a_task_row(session, world.site, subject=subject, due_at=world.now - HOUR, kind=kind)
    world.sweep()
    page = world.anna.get("/inbox").text

    assert f'href="/calls/{call}"' in page
    assert f'href="/queue/{message}"' in page


def two_messages(world: World) -> set[UUID]:
    """Wait undecided in Anna's team: of a death for 30 hours, and of nobody knows what for 50."""
    made = set()
    with world.database.transaction() as session:
        for hours in (30, 50):
            message, due = new_id(), world.now - HOUR
            made.add(message)
            task = a_task_row(
                session, world.site, subject=message, due_at=due, kind="decide_message"
            )
            row = MessageRow(
                id=message,
                tenant_id=world.site.tenant,
                team_id=world.site.team,
                received_at=world.now - hours * HOUR,
                fingerprint=f"{hours:064}",
                size=1,
                status="to_decide",
                kind="death" if hours == 30 else None,
                task_id=task,
            )
            session.add(row)
    world.sweep()
    return made


def test_two_messages_are_told_apart_by_what_they_are_and_since_when_they_wait(
    world: World,
) -> None:
    two_messages(world)
    page = text_of(world.anna.get("/inbox"))

    days = [when(world.now - hours * HOUR, world.now) for hours in (30, 50)]
    assert f"Melding om dødsfall mottatt {days[0]}" in page
    assert f"Melding som venter mottatt {days[1]}" in page


@pytest.mark.parametrize("dialect", EITHER)
def test_which_messages_somebody_was_shown_is_written_down_as_one_line(world: World) -> None:
    messages = two_messages(world)
    world.anna.get("/inbox")
    world.carl.get("/inbox")

    [line] = [row for row in world.all(AuditEventRow) if row.act == "intake.heads_shown"]
    subjects = [row for row in world.all(AuditSubjectRow) if row.event_id == line.id]
    assert line.actor_id == world.site.anna.id
    assert {row.subject_id for row in subjects} == messages


def test_a_row_says_which_follow_up_whose_and_since_when_it_is_told_of_and_no_name(
    world: World,
) -> None:
    with world.database.transaction() as session:
        session.execute(sa.update(CareRelationRow).values(until=world.now))
        team = staff.team_names(session, world.site.tenant)[world.site.team]
    page = text_of(world.anna.get("/inbox"))

    assert f"Oppfølging {str(world.case)[:8]} " in page
    assert f"{team} · " in page
    assert f"varslet {when(world.now, world.now)}" in page
    assert "Kari" not in page


def test_a_failure_says_where_it_is_and_since_when(world: World) -> None:
    team, tenant = world.site.team, world.site.tenant
    with world.database.transaction() as session:
        for source in ("job:sweep", "job:report:uke"):
            report_fault(session, source, "worker.job_failed", at=world.now, tenant_id=tenant)
        nobody = ("reminders.nobody_to_tell", f"team:{team}")
        for at in (world.now - 30 * HOUR, world.now):
            report_fault(session, nobody[1], nobody[0], at=at, tenant_id=tenant)
        tell_faults(session, at=world.now)
        name = staff.team_names(session, tenant)[team]
    page = text_of(world.berit.get("/inbox"))

    assert "Leting etter det som er over fristen · Sist" in page
    assert "Rapport uke · Sist" in page
    since = when(world.now - 30 * HOUR, world.now)
    assert f"{name} · Siden {since} · Sist" in page


def test_an_id_that_is_none_does_nothing(world: World) -> None:
    assert world.anna.post("/inbox/seen", {"task": "x"}).status_code == 303
    with world.database.session() as session:
        seen = session.scalars(sa.select(TaskRow.seen_until)).all()
    assert set(seen) == {None}


def gap_in(world: World) -> None:
    with world.database.transaction() as session:
        for hours in (5, 1):
            a_task_row(
                session, world.site, case=world.case, due_at=world.now + hours * HOUR, kind="free"
            )
        a_task_row(
            session,
            world.site,
            case=a_case_row(session, world.site, due_at=world.now - 9 * HOUR, at=world.now).id,
            due_at=world.now - 9 * HOUR,
            kind="free",
        )
        a_task_row(
            session, world.site, case=world.case, due_at=world.now + 3 * HOUR, kind="cover_gap"
        )
    world.sweep()


@pytest.mark.parametrize("dialect", EITHER)
def test_that_nobody_can_cover_reaches_the_lead_at_once_before_the_rest_and_in_its_words(
    world: World,
) -> None:
    gap_in(world)
    before = text_of(world.berit.get("/inbox"))
    assert "Ingen kan dekke" not in before

    said = {"cover": "none", "words": "Alle tre er på kurs."}
    answer = world.anna.post(f"/cases/{world.case}/say/gap_covered", said)
    case = text_of(world.anna.get(answer.headers["Location"]))
    inbox = text_of(world.berit.get("/inbox"))

    assert "Lagret. Lederen har det i innboksen nå" in case
    assert f"Har fått vite det: {world.name_of(world.site.berit)}." in case
    assert "Ingen kan svare før teamet er tilbake" in inbox
    assert "Ingen kan dekke Alle tre er på kurs." in inbox
    assert inbox.index("Ingen kan dekke") < inbox.index("Over fristen")


@pytest.mark.parametrize("dialect", EITHER)
def test_that_nobody_can_cover_is_owed_and_told_on_an_ordinary_day_too(world: World) -> None:
    said = {"cover": "none", "words": "Alle tre er på kurs."}
    answer = world.anna.post(f"/cases/{world.case}/say/gap_covered", said)
    case = text_of(world.anna.get(answer.headers["Location"]))

    assert "Lagret. Lederen har det i innboksen nå" in case
    assert f"Har fått vite det: {world.name_of(world.site.berit)}." in case
    assert "Tid uten vakt er dekket" not in case
    assert "Ingen kan dekke Alle tre er på kurs." in text_of(world.berit.get("/inbox"))
    owed = [one for one in world.all(TaskRow) if one.kind == "cover_gap"]
    assert [(one.state, one.satisfied_by) for one in owed] == [("open", ["gap_covered"])]


def test_where_the_team_has_no_lead_the_page_says_that_nobody_was_told(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(sa.update(MembershipRow).values(role="member"))
    said = {"cover": "none", "words": "Alle tre er på kurs."}
    answer = world.anna.post(f"/cases/{world.case}/say/gap_covered", said)

    page = text_of(world.anna.get(answer.headers["Location"]))
    assert "Ingen leder har fått vite det ennå: si fra selv." in page


def test_nobody_can_cover_stands_no_more_where_the_answer_was_a_mistake(world: World) -> None:
    gap_in(world)
    said = {"cover": "none", "words": "Alle tre er på kurs."}
    world.anna.post(f"/cases/{world.case}/say/gap_covered", said)
    with world.database.transaction() as session:
        session.execute(
            sa.update(EventRow)
            .where(EventRow.kind == "gap_covered")
            .values(in_error_at=world.now, in_error_by=world.site.anna.id)
        )

    page = text_of(world.berit.get("/inbox"))
    assert "Ingen kan dekke" not in page
    assert "ingen kan svare" not in page.lower()
    assert "Har fått vite det" not in text_of(world.anna.get(f"/cases/{world.case}"))
