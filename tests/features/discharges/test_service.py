"""A discharge list beside the register: who is on it and neither followed nor decided waits for a person."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import CaseState, EventKind, IndexKind, NewEvent
from bindeledd.features.cases.service import mark_in_error, record
from bindeledd.features.discharges import service
from bindeledd.features.discharges.domain import (
    ColumnMissing,
    ColumnUnknown,
    LeadsOnly,
    NothingListed,
    Outcome,
    Why,
)
from bindeledd.features.discharges.service import ComparedList
from bindeledd.features.discharges.tables import DischargeListRow
from bindeledd.features.intake import queries as intake
from bindeledd.features.intake import service as intake_service
from bindeledd.features.intake.domain.queue import MessageNotFound, NeedsReason, NotOurs, Status
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.staff.tables import ContactPointRow, UnitRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Site, a_book
from features.takeover.builders import (
    ANE,
    BO,
    DAY,
    ERROR,
    HOUR,
    UNCOMPUTED,
    a_row,
    a_test_site,
    csv_of,
    excel,
    taken_over,
)
from statements import statements

HEADS = "Fødselsnummer;Navn;Utskrevet;Enhet"


@pytest.fixture
def site(session: Session) -> Site:
    made = a_test_site(session)
    session.add(
        ContactPointRow(
            id=new_id(),
            tenant_id=made.tenant,
            organisation_id=made.organisation,
            unit_id=made.unit,
            scheme="HER",
            value="12345",
        )
    )
    session.flush()
    return made


def a_list(*lines: str) -> bytes:
    return "\n".join([HEADS, *lines]).encode()


def compare(session: Session, site: Site, data: bytes, **more) -> ComparedList:
    given = {"by": site.system, "at": MONDAY, "book": a_book(), "name": "uke 8.csv", **more}
    return service.compare(session, data=data, **given)


def outcomes(done: ComparedList) -> list[Outcome]:
    return [line.outcome for line in done.lines]


def decide(session: Session, site: Site, done: ComparedList, *, ours: bool, **more):
    asked = next(line.message_id for line in done.lines if line.outcome is Outcome.ASKED)
    given = {"by": site.anna, "at": MONDAY + HOUR, "book": a_book(), **more}
    return intake_service.decide(session, asked, ours=ours, **given)


def listed_undecided(session: Session, site: Site, at=MONDAY) -> int:
    said = rollcall.derive(session, site.tenant, silences=silences_of(a_book()), at=at)
    return said.beside.listed_undecided


LINE = f"{ANE};Prøve, Ane;28.2.2027 14.00;post 3"


def test_who_is_neither_followed_nor_decided_waits_with_owner_and_clock(session, site):
    done = compare(session, site, a_list(LINE))

    assert outcomes(done) == [Outcome.ASKED]
    row = session.get_one(MessageRow, done.lines[0].message_id)
    task = session.get_one(TaskRow, row.task_id)
    facts = intake.facts_of(session, row)
    assert (row.status, row.unit_id, row.team_id) == ("to_decide", site.unit, site.team)
    assert (task.state, task.kind, task.owner_team_id) == ("open", "decide_message", site.team)
    assert task.due_at > MONDAY
    assert (facts["name"], facts["number_key"]) == ("Ane Prøve", ANE)
    assert listed_undecided(session, site) == 1


def test_yes_opens_a_follow_up_with_the_discharge(session, site):
    done = compare(session, site, a_list(LINE))

    said = decide(session, site, done, ours=True, index_kind=IndexKind.SUICIDE_ATTEMPT)

    case = cases.get_case(session, said.case_id, tenant_id=site.tenant)
    kinds = {event.kind for event in cases.events_of(session, case.id)}
    assert case.state is CaseState.OPEN
    assert {EventKind.INDEX_EVENT, EventKind.DISCHARGED} <= kinds
    assert patients.get_patient(session, case.patient_id).name == "Ane Prøve"
    assert listed_undecided(session, site) == 0
    assert outcomes(compare(session, site, a_list(LINE), at=MONDAY + DAY)) == [Outcome.FOLLOWED]


def test_no_needs_a_reason_that_stays_when_the_line_is_erased(session, site):
    done = compare(session, site, a_list(LINE))

    with pytest.raises(NeedsReason):
        decide(session, site, done, ours=False)
    decide(session, site, done, ours=False, because=NotOurs.ELSEWHERE)

    row = session.get_one(MessageRow, done.lines[0].message_id)
    assert (row.status, row.reason) == (Status.NOT_OURS, NotOurs.ELSEWHERE)
    assert (row.original, row.facts, row.decided_by) == (None, None, site.anna.id)
    assert listed_undecided(session, site) == 0


def test_the_same_line_of_a_later_list_is_not_asked_about_again(session, site):
    first = compare(session, site, a_list(LINE))
    assert outcomes(compare(session, site, a_list(LINE), at=MONDAY + HOUR)) == [Outcome.WAITING]
    decide(session, site, first, ours=False, because=NotOurs.NOT_SELF_HARM)

    later = compare(session, site, a_list(LINE), at=MONDAY + DAY)
    again = compare(session, site, a_list(LINE.replace("28.2", "27.2")), at=MONDAY + DAY)

    assert outcomes(later) == [Outcome.DECIDED]
    assert outcomes(again) == [Outcome.ASKED]  # another discharge of the same person


def test_who_is_followed_is_counted_and_nothing_is_asked(session, site):
    taken_over(session, site, csv_of(a_row()))  # discharged 20.1.2027

    known = f"{ANE};Prøve, Ane;20.1.2027 14.00;post 3"
    done = compare(session, site, a_list(known, f"{BO};Bo Ny;28.2.2027;post 3"))

    assert outcomes(done) == [Outcome.FOLLOWED, Outcome.ASKED]
    assert done.comparison.lines == 2


def test_a_discharge_that_an_open_follow_up_was_never_told_of_is_asked_about(session, site):
    taken = taken_over(session, site, csv_of(a_row()))  # discharged 20.1.2027
    case = taken.rows[0].case_id

    done = compare(session, site, a_list(LINE))
    assert outcomes(done) == [Outcome.ASKED]
    assert listed_undecided(session, site) == 1

    said = decide(session, site, done, ours=True)
    told = [e for e in cases.events_of(session, case) if e.kind is EventKind.DISCHARGED]
    assert (said.status, said.case_id, len(told)) == (Status.UPDATED, case, 2)
    assert outcomes(compare(session, site, a_list(LINE), at=MONDAY + DAY)) == [Outcome.FOLLOWED]


@pytest.mark.parametrize("by_name", [False, True])
def test_a_discharge_that_was_only_assumed_is_not_known(session, site, by_name):
    taken = taken_over(session, site, csv_of(a_row(discharged="")))
    (case_id,) = [row.case_id for row in taken.rows]
    day = MONDAY - 2 * DAY
    line = a_list(f"{'' if by_name else ANE};Prøve, Ane;{day:%d.%m.%Y} 14.00;post 3")

    def told(at, **facts):
        new = NewEvent(kind=EventKind.DISCHARGED, at=at, facts=facts)
        record(session, case_id, [new], by=site.anna, at=at + HOUR, book=a_book())

    told(day, not_known=True)
    assert outcomes(compare(session, site, line)) == [Outcome.ASKED]
    told(day + HOUR)
    assert outcomes(compare(session, site, line)) == [Outcome.FOLLOWED]


def test_a_discharge_that_was_an_error_is_not_known(session, site):
    taken = taken_over(session, site, csv_of(a_row(discharged="")))
    (case_id,) = [row.case_id for row in taken.rows]
    day = MONDAY - 2 * DAY
    told = NewEvent(kind=EventKind.DISCHARGED, at=day)
    said = {"by": site.anna, "at": MONDAY, "book": a_book()}
    wrong = record(session, case_id, [told], **said).events[0]

    mark_in_error(session, case_id, [wrong.id], words={"words": "Feil person"}, **said)

    line = a_list(f"{ANE};Prøve, Ane;{day:%d.%m.%Y} 14.00;post 3")
    assert outcomes(compare(session, site, line)) == [Outcome.ASKED]


def test_a_follow_up_closed_before_the_discharge_does_not_count(session, site):
    from features.takeover.test_service import _close

    taken = taken_over(session, site, csv_of(a_row()))
    _close(session, site, taken.rows[0].case_id)
    later = MONDAY + 10 * DAY

    done = compare(session, site, a_list(f"{ANE};;28.2.2027;", f"{ANE};;10.3.2027;"), at=later)

    assert outcomes(done) == [Outcome.FOLLOWED, Outcome.ASKED]


@pytest.mark.parametrize("name", ["Ane Prøve", "prøve, ane"])
def test_a_line_without_a_number_is_followed_by_the_same_discharge_and_name_only(
    session, site, name
):
    taken_over(session, site, csv_of(a_row()))  # discharged 20.1.2027

    done = compare(session, site, a_list(f";{name};20.1.2027;", f";{name};20.2.2027;"))

    assert outcomes(done) == [Outcome.FOLLOWED, Outcome.ASKED]


def test_names_are_asked_for_once_however_many_lines_have_no_number(session, site):
    with statements(session.connection()) as asked:
        compare(session, site, a_list(*(f";Navn {n};20.{n}.2027;" for n in (1, 2))))
        assert sum("BETWEEN" in one for one in asked) == 1
        compare(session, site, a_list(f"{ANE};Prøve, Ane;20.2.2027;"))
    assert sum("BETWEEN" in one for one in asked) == 1


def test_only_the_names_of_the_days_on_the_list_are_opened_and_that_is_written_down(session, site):
    bo = a_row(number=BO, given="Bo", discharged="22.1.2027")
    taken_over(session, site, csv_of(a_row(), bo))

    compare(session, site, a_list(";Ane Prøve;20.1.2027;", ";Eva Ukjent;1.2.1999;"))

    [read] = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "discharges.names_read")
    )
    about = session.scalars(
        sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == read.id)
    )
    opened = patients.get_names(session, list(about)).values()
    assert ([one.name for one in opened], read.facts) == (["Ane Prøve"], {"lines": 2})


def test_a_message_that_comes_later_and_opens_answers_for_the_line(session, site):
    done = compare(session, site, a_list(LINE))
    taken_over(session, site, csv_of(a_row()), at=MONDAY + HOUR)

    # a list opens nothing by itself, and neither does a take-over: a person still answers
    assert listed_undecided(session, site) == 1
    said = decide(session, site, done, ours=True, at=MONDAY + 2 * HOUR)
    assert said.status is Status.UPDATED


def test_a_number_that_does_not_hold_is_asked_about_and_a_line_that_cannot_be_read_is_seen(
    session, site
):
    done = compare(
        session, site, a_list("01414500029;X Y;28.2.2027;", f"{ANE};;i går;", ";;28.2.2027;")
    )

    assert outcomes(done) == [Outcome.ASKED, Outcome.REFUSED, Outcome.REFUSED]
    faults = session.scalars(sa.select(FaultRow.code)).all()
    assert faults == ["list_lines_refused"]


def test_a_line_that_cannot_be_read_is_kept_sealed_and_waits_for_a_person(session, site):
    lines = a_list(f"{ANE};Prøve, Ane;i går;Post 3", ";;28.2.2027;")
    done = compare(session, site, lines)

    first, second = (session.get_one(MessageRow, one.message_id) for one in done.lines)
    assert (first.status, first.reason) == ("refused", "intake.line_no_day")
    assert second.reason == "intake.line_nobody"
    kept = intake.original_of(session, first).decode()
    assert [word for word in (ANE, "Prøve, Ane", "i går", "Post 3") if word not in kept] == []
    assert ANE.encode() not in first.original
    assert session.get_one(TaskRow, first.task_id).kind == "repair_message"
    assert listed_undecided(session, site) == 2
    # The same list again asks no second time.
    again = compare(session, site, lines)
    assert [one.message_id for one in again.lines] == [first.id, second.id]
    assert listed_undecided(session, site) == 2


def test_an_excel_list_without_a_unit_goes_to_the_intake_team(session, site):
    data = excel([["Fødselsnummer", "Utskrevet"], [int(ANE), "28.2.2027"]])

    done = compare(session, site, data)

    row = session.get_one(MessageRow, done.lines[0].message_id)
    assert (row.unit_id, row.team_id) == (None, site.team)


@pytest.mark.parametrize("by", ["name", "key"])
def test_a_unit_without_an_address_in_messages_is_known_by_its_name_and_its_key(
    session: Session, by: str
) -> None:
    """Its routine may hang on it: a list that loses the unit loses the gate."""
    site = a_test_site(session)
    unit = session.get_one(UnitRow, site.unit)
    called = {"name": unit.name, "key": unit.key}[by]

    done = compare(session, site, a_list(f"{ANE};;28.2.2027;{called}"))

    row = session.get_one(MessageRow, done.lines[0].message_id)
    assert (row.unit_id, row.team_id) == (site.unit, site.team)


def test_a_list_that_is_no_list_is_refused_whole(session, site):
    with pytest.raises(ColumnUnknown):
        compare(session, site, b"Navn;Utskrevet;Diagnose\na;1.2.2027;F32")
    with pytest.raises(ColumnMissing):
        compare(session, site, b"Navn;Enhet\na;b")
    with pytest.raises(NothingListed):
        compare(session, site, a_list())
    assert session.scalar(sa.select(sa.func.count()).select_from(DischargeListRow)) == 0


def test_of_the_list_itself_its_name_and_hash_are_kept_sealed(session, site):
    data = a_list(LINE)

    done = compare(session, site, data)

    assert done.comparison.sha256 == hashlib.sha256(data).hexdigest()
    assert done.comparison.file == "uke 8.csv"


# --- who sees it, and the log -----------------------------------------------------------------------


def test_leads_see_what_waits_for_their_teams_and_how_many_wait_at_all(session, site):
    compare(session, site, a_list(LINE))

    mine = service.show_lists(session, by=site.berit, at=MONDAY)
    other = service.show_lists(session, by=site.dina, at=MONDAY)

    assert [one.facts["name"] for one in mine.waiting] == ["Ane Prøve"]
    assert (other.undecided, list(other.waiting)) == (1, [])
    with pytest.raises(LeadsOnly):
        service.show_lists(session, by=site.anna, at=MONDAY)
    with pytest.raises(LeadsOnly):
        compare(session, site, a_list(LINE), by=site.anna)


def test_who_leads_elsewhere_sees_no_line_of_a_team_in_which_they_only_work(session, site):
    compare(session, site, a_list(LINE))
    works_here = replace(site.dina, teams=site.dina.teams | {site.team})

    assert service.show_lists(session, by=works_here, at=MONDAY).waiting == []


def test_a_line_is_decided_by_its_own_team_only(session, site):
    done = compare(session, site, a_list(LINE))

    with pytest.raises(MessageNotFound):
        decide(session, site, done, ours=False, because=NotOurs.ELSEWHERE, by=site.carl)


def test_comparing_and_showing_are_written_down(session, site):
    compare(session, site, a_list(LINE))
    service.show_lists(session, by=site.berit, at=MONDAY)

    acts = session.scalars(sa.select(AuditEventRow.act).order_by(AuditEventRow.id)).all()
    assert {"discharges.compared", "message.to_decide", "discharges.shown"} <= set(acts)


def test_what_nobody_decides_is_raised_as_every_message_is(session, site):
    from features.takeover.test_service import sweep

    compare(session, site, a_list(LINE))

    assert sweep(session, MONDAY + timedelta(days=3)) > 0


@pytest.mark.parametrize("cell", [ERROR, UNCOMPUTED])
def test_a_line_in_which_excel_left_an_error_or_no_answer_waits_for_a_person(session, site, cell):
    data = excel([["Fødselsnummer", "Utskrevet", "Enhet"], [ANE, "28.2.2027", cell]])

    (line,) = compare(session, site, data).lines

    assert (line.outcome, line.column, line.why) == (Outcome.REFUSED, "unit", Why.NO_ANSWER)
