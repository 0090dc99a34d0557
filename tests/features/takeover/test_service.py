"""A list is taken over: follow-ups with their history, refused rows with reasons, and one signature."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.casefile.domain.explaining import due_because
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import CaseState, EventKind, NewEvent
from bindeledd.features.cases.service import upgrading
from bindeledd.features.cases.tables import CaseRow, ClosureRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import beginning, sweeping
from bindeledd.features.reminders.service.addressing import address
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.staff.domain import LeadOnly
from bindeledd.features.staff.service import grant
from bindeledd.features.staff.tables import MemberRow, MembershipRow
from bindeledd.features.takeover import queries, service
from bindeledd.features.takeover.domain import Followed, Outcome, Reason, State, Why
from bindeledd.features.takeover.domain.reading import loose
from bindeledd.features.takeover.domain.refusals import (
    ColumnMissing,
    ColumnUnknown,
    LeadSigns,
    NothingToTake,
    NotUnsigned,
    SameFile,
    SecondNeeded,
    TakeoverNotFound,
    UndoAsked,
    UndoReason,
    UndoWaits,
)
from bindeledd.features.takeover.schemas import reason_words
from bindeledd.features.takeover.service import TookOver
from bindeledd.features.takeover.tables import TakeoverRow
from bindeledd.features.tasks.domain import HELD, Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.spelling import written
from bindeledd.foundation.texts import refusal_said
from builders import MONDAY, Site, a_book, a_member, an_open_case
from features.cases.test_upgrading import files, first_within
from features.rollcall.builders import a_heartbeat
from features.takeover.builders import (
    ANE,
    BO,
    CATO,
    DAY,
    ERROR,
    HOUR,
    UNCOMPUTED,
    a_row,
    a_test_site,
    csv_of,
    excel_of,
    taken_over,
)
from markers import everything, found_in
from statements import statements


@pytest.fixture
def site(session: Session) -> Site:
    return a_test_site(session)


def sweep(session: Session, at: datetime) -> int:
    """Everything that a sweep of the worker does; how many alerts were ever raised."""
    rounds = Rounds(book=a_book(), fallback_repeat=Rules().fallback_repeat)
    _climb(session, at)
    beginning.begin_next_rounds(session, rounds, at=at, batch=500)
    beginning.begin_uncovered(session, rounds, at=at, batch=500)
    _climb(session, at)
    return session.scalar(sa.select(sa.func.count()).select_from(AlertRow)) or 0


def _climb(session: Session, at: datetime) -> None:
    while sweeping.climb(session, at=at, batch=500):
        pass


def alerts_of(session: Session, case_id) -> int:
    asked = (
        sa.select(sa.func.count())
        .select_from(AlertRow)
        .join(TaskRow, TaskRow.id == AlertRow.task_id)
    )
    return session.scalar(asked.where(TaskRow.case_id == case_id)) or 0


def only(done: TookOver):
    (row,) = done.rows
    assert row.outcome is Outcome.TAKEN, row.reasons
    return row


def open_tasks(session: Session, case_id) -> list[Task]:
    return [task for task in case_queries.tasks_of(session, case_id) if task.is_open]


def whys(done: TookOver) -> list[tuple[int, str, Why]]:
    return [(row.number, reason.column, reason.why) for row in done.rows for reason in row.reasons]


# --- what becomes of a row ------------------------------------------------------------------------


def test_a_row_becomes_a_follow_up_with_its_real_history(session, site):
    row = only(taken_over(session, site, csv_of(a_row(attempts="22.1.2027; 23.1.2027 09.00"))))

    events = case_queries.events_of(session, row.case_id)
    assert [(one.kind, one.source) for one in events] == [
        (EventKind.INDEX_EVENT, "takeover"),
        (EventKind.DISCHARGED, "takeover"),
        (EventKind.CONTACT_ATTEMPTED, "takeover"),
        (EventKind.CONTACT_ATTEMPTED, "takeover"),
        (EventKind.REACHED, "takeover"),
    ]
    assert events[-1].at == datetime(2027, 1, 25, 9, 30, tzinfo=UTC)
    assert events[0].date_only
    assert {one.recorded_at for one in events} == {MONDAY}
    patient = patients.get_patient(session, row.patient_id)
    assert (patient.name, patient.identity.current.value) == ("Ane Prøve", ANE)


def test_it_is_owned_and_dated_and_nothing_is_late_on_the_day_of_the_take_over(session, site):
    row = only(taken_over(session, site, csv_of(a_row(reached=""))))

    tasks = open_tasks(session, row.case_id)
    assert tasks
    assert all(task.due_at > MONDAY for task in tasks)
    assert {task.owner_team_id for task in tasks} == {site.team}
    assert {task.held_by for task in tasks} == {site.anna.id}
    late = [task for task in tasks if task.due_reason.get("moved") == "takeover"]
    assert "call_patient" in {task.kind for task in late}


def test_whoever_was_reached_in_time_is_not_owed_that_call_again(session, site):
    row = only(taken_over(session, site, csv_of(a_row(reached="21.1.2027 10.00"))))

    first = [
        t for t in case_queries.tasks_of(session, row.case_id) if t.step_key == "first-contact"
    ]
    assert first == []


def test_the_next_step_is_a_task_with_its_words_and_its_time(session, site):
    steps = {"next_step": "Ring fastlegen om henvisningen", "next_at": "4.3.2027"}
    row = only(taken_over(session, site, csv_of(a_row(**steps))))

    case = case_queries.get_case(session, row.case_id, tenant_id=site.tenant)
    (task,) = [task for task in open_tasks(session, row.case_id) if task.kind == "free"]
    assert task.due_at == datetime(2027, 3, 4, 15, tzinfo=UTC)  # 16.00, when the team goes home
    words = case_queries.task_notes(session, case, [task.id])[task.id]
    assert words["words"] == "Ring fastlegen om henvisningen"


def test_what_is_in_place_already_is_not_owed_once_more(session, site):
    days = dict.fromkeys(("assessed", "plan", "summary", "relatives", "children"), "20.1.2027")
    rows = taken_over(session, site, csv_of(a_row(**days), a_row(number=BO, given="Bo"))).rows

    done, bare = ({t.kind for t in open_tasks(session, row.case_id)} for row in rows)

    in_place = {"assess_risk", "send_summary", "ask_relatives", "ask_children"}
    assert in_place <= bare
    assert in_place & done == set()


def test_a_next_step_whose_time_has_passed_is_due_with_the_signature(session, site):
    row = only(taken_over(session, site, csv_of(a_row(next_step="Ring", next_at="1.2.2027"))))

    (task,) = [task for task in open_tasks(session, row.case_id) if task.kind == "free"]
    assert MONDAY < task.due_at <= MONDAY + 3 * DAY


@pytest.mark.parametrize(("given", "state"), [("ja", "given"), ("nei", "booked")])
def test_a_time_ahead_becomes_an_appointment(session, site, given, state):
    said = {"appointment": "9.3.2027 13.00", "place": "Poliklinikken", "given_to": given}
    row = only(taken_over(session, site, csv_of(a_row(**said))))

    (found,) = session.scalars(
        sa.select(AppointmentRow).where(AppointmentRow.case_id == row.case_id)
    )
    assert (found.state, found.starts_at) == (state, datetime(2027, 3, 9, 12, tzinfo=UTC))
    owed = {task.kind for task in open_tasks(session, row.case_id)}
    assert ("give_appointment" in owed) is (given == "nei")


def test_an_excel_file_says_the_same_and_a_lost_first_zero_is_found_again(session, site):
    row = only(taken_over(session, site, excel_of(a_row(number=int(ANE)))))

    assert patients.get_patient(session, row.patient_id).identity.current.value == ANE


def test_a_person_without_a_number_is_taken_by_name_and_birth_date(session, site):
    row = only(taken_over(session, site, csv_of(a_row(number="", born="1.1.1945"))))

    assert patients.get_patient(session, row.patient_id).name == "Ane Prøve"


# --- refused rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "column", "why"),
    [
        ({"owner": "Ukjent Person"}, "owner", Why.STAFF_UNKNOWN),
        ({"owner": "Carl"}, "owner", Why.STAFF_UNKNOWN),  # of another team
        ({"owner": ""}, "owner", Why.MISSING),
        ({"number": "01414500029"}, "number", Why.NO_NUMBER),
        ({"number": "", "born": ""}, "number", Why.NOBODY),
        ({"index": "ulykke"}, "index", Why.NOT_A_CHOICE),
        ({"index_at": "31.2.2027"}, "index_at", Why.NO_DAY),
        ({"index_at": "2.3.2027", "discharged": "", "reached": ""}, "index_at", Why.IN_FUTURE),
        ({"discharged": "1.1.2027"}, "discharged", Why.BEFORE_INDEX),
        ({"reached": "i går"}, "reached", Why.NO_DAY),
        ({"attempts": "mange"}, "attempts", Why.NO_COUNT),
        ({"appointment": "9.3.2027"}, "appointment", Why.NO_MOMENT),
        ({"appointment": "9.2.2027 13.00"}, "appointment", Why.IN_PAST),
        ({"given_to": "kanskje"}, "given_to", Why.NOT_A_CHOICE),
        ({"next_step": "Ring"}, "next_at", Why.STEP_WITHOUT_TIME),
        ({"next_at": "4.3.2027"}, "next_step", Why.TIME_WITHOUT_STEP),
        ({"place": "Poliklinikken"}, "appointment", Why.WITHOUT_APPOINTMENT),
        ({"given_to": "ja"}, "appointment", Why.WITHOUT_APPOINTMENT),
        ({"born": "2.1.1945"}, "born", Why.BORN_OTHERWISE),
        ({"index_at": "11.1.1927"}, "index_at", Why.LONG_AGO),
        ({"unit": "Avdeling X"}, "unit", Why.UNIT_UNKNOWN),
    ],
)
def test_a_row_that_cannot_be_taken_names_its_column_and_stops_no_other(
    session, site, said, column, why
):
    done = taken_over(session, site, csv_of(a_row(**said), a_row(number=BO, given="Bo")))

    assert whys(done) == [(2, column, why)]
    assert (done.takeover.rows, done.takeover.taken, done.takeover.refused) == (2, 1, 1)
    assert done.takeover.adds_up


def test_everything_that_is_wrong_in_a_row_is_said_at_once(session, site):
    wrong = a_row(index="", owner="Ukjent", reached="i går")

    done = taken_over(session, site, csv_of(wrong, a_row(number=BO)))

    assert {column for _, column, _ in whys(done)} == {"index", "owner", "reached"}


def test_a_cell_without_a_heading_is_refused_and_shown_to_whoever_decides_the_row(session, site):
    heads, row = csv_of(a_row(), columns=("number", "index", "index_at", "owner")).splitlines()
    done = taken_over(session, site, b"\n".join([heads, row + b";;Ring mor"]))

    assert whys(done) == [(2, "", Why.NO_HEADING)]
    assert loose(done.rows[0].cells) == {6: "Ring mor"}


def test_what_fits_is_taken_a_time_that_is_not_there_is_not_given_to_anybody(session, site):
    row = only(taken_over(session, site, csv_of(a_row(given_to="nei", born="1.1.1945"))))

    assert row.outcome is Outcome.TAKEN


@pytest.mark.parametrize(("cell", "known"), [("ja", "yes"), ("Nei", "no"), ("", None)])
def test_the_list_says_whether_it_was_an_intoxication(session, site, cell, known):
    row = only(taken_over(session, site, csv_of(a_row(intoxication=cell))))

    [began] = [
        event
        for event in case_queries.events_of(session, row.case_id)
        if event.kind is EventKind.INDEX_EVENT
    ]
    assert began.facts.get("intoxication") == known


def test_the_same_person_twice_in_a_file_is_taken_once(session, site):
    done = taken_over(session, site, csv_of(a_row(), a_row(family="Annen")))

    assert whys(done) == [(3, "", Why.TWICE_IN_FILE)]
    assert reason_words(3, done.rows[1].reasons[0]) == "Rad 3: Personen står på rad 2 også."
    shown = service.show_takeover(session, done.takeover.id, by=site.berit, at=MONDAY)
    assert [reason.row for row in shown.refused.rows for reason in row.reasons] == [2]


def test_the_same_file_twice_says_when_it_was_taken_over_as_people_write_it(session, site):
    taken_over(session, site, csv_of(a_row()))

    with pytest.raises(SameFile) as refused:
        taken_over(session, site, csv_of(a_row()))

    assert written(refused.value.facts["at"]) in refusal_said(refused.value)
    assert "+00:00" not in refusal_said(refused.value)


def test_a_word_that_is_no_choice_is_answered_with_those_that_are(session, site):
    done = taken_over(session, site, csv_of(a_row(index="Fall")))

    said = reason_words(2, done.rows[0].reasons[0])
    assert "Skriv ett av disse: selvmordsforsøk, selvskading, uavklart." in said


@pytest.mark.parametrize(
    ("column", "empty"), [("intoxication", True), ("given_to", True), ("index", False)]
)
def test_whether_a_cell_may_be_empty_is_said_with_the_words_it_may_hold(column, empty):
    said = reason_words(2, Reason(column=column, why=Why.NOT_A_CHOICE))

    assert ("Cellen kan også være tom." in said) is empty


def test_the_same_file_twice_is_refused_and_a_changed_one_row_by_row(session, site):
    first = csv_of(a_row())
    taken_over(session, site, first)

    with pytest.raises(SameFile):
        taken_over(session, site, first)
    done = taken_over(session, site, csv_of(a_row(), a_row(number=BO, given="Bo")))

    assert whys(done) == [(2, "", Why.ALREADY_FOLLOWED)]
    [known] = session.scalars(sa.select(CaseRow).where(CaseRow.id != done.rows[1].case_id))
    assert done.rows[0].followed == Followed(
        case_id=known.id, patient_id=known.patient_id, team_id=site.team
    )
    count = sa.select(sa.func.count()).select_from(CaseRow)
    assert session.scalar(count.where(CaseRow.tenant_id == site.tenant)) == 2


def test_somebody_without_a_number_who_is_followed_by_that_name_is_not_doubled(session, site):
    nameless = a_row(number="", born="1.1.1945")
    taken_over(session, site, csv_of(nameless))

    done = taken_over(session, site, csv_of(nameless, a_row(number=BO, given="Bo")))

    assert whys(done) == [(2, "", Why.BY_HAND)]
    assert done.rows[0].followed is not None, "the team sees that follow-up"


def test_a_follow_up_of_another_team_is_not_told_of(session, site):
    taken_over(session, site, csv_of(a_row(owner="Carl")), team_id=site.other_team)

    done = taken_over(session, site, csv_of(a_row(), a_row(number=BO, given="Bo")))

    assert whys(done) == [(2, "", Why.BY_HAND)]
    assert done.rows[0].followed is None
    shown = service.show_takeover(session, done.takeover.id, by=site.berit, at=MONDAY)
    assert [row.followed for row in shown.refused.rows] == [None]


def test_who_is_said_to_be_followed_already_is_written_down(session, site):
    first = only(taken_over(session, site, csv_of(a_row())))
    done = taken_over(session, site, csv_of(a_row(owner="Ukjent"), a_row(number=BO, given="Bo")))
    service.show_takeover(session, done.takeover.id, by=site.berit, at=MONDAY)

    assert done.rows[0].followed is not None
    assert first.patient_id in about(session, "takeover.shown")
    taken = sa.select(AuditSubjectRow.event_id).where(
        AuditSubjectRow.subject_id == done.takeover.id
    )
    those = sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id.in_(taken))
    assert first.patient_id in set(session.scalars(those))


def about(session, act):
    events = sa.select(AuditEventRow.id).where(AuditEventRow.act == act)
    asked = sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id.in_(events))
    return set(session.scalars(asked))


def test_a_follow_up_that_was_closed_here_is_for_a_person(session, site):
    row = only(taken_over(session, site, csv_of(a_row(number=CATO))))
    _close(session, site, row.case_id)

    done = taken_over(session, site, csv_of(a_row(number=CATO), a_row(number=BO)))

    assert whys(done) == [(2, "", Why.BY_HAND)]


def _close(session, site, case_id):
    from bindeledd.features.cases.domain.closing import Ending
    from bindeledd.features.cases.service import endings

    common = {"at": MONDAY + HOUR, "book": a_book()}
    endings.request_closing(
        session,
        case_id,
        ending=Ending.COMPLETED,
        words={"words": "ferdig"},
        override=True,
        by=site.anna,
        **common,
    )
    endings.sign_closing(session, case_id, words={"words": "ja"}, by=site.berit, **common)


def owed_for(session, takeover_id):
    """What is open about the take-over itself."""
    asked = sa.select(TaskRow).where(TaskRow.subject_id == takeover_id, TaskRow.state == "open")
    return session.scalars(asked.execution_options(populate_existing=True)).all()


def test_a_file_of_which_every_row_was_refused_is_kept_with_what_it_leaves_to_decide(session, site):
    data = csv_of(a_row(owner="Ukjent"), a_row(number=BO, given="Bo", reached="i går"))
    done = taken_over(session, site, data)

    assert (done.takeover.rows, done.takeover.taken, done.takeover.refused) == (2, 0, 2)
    assert done.takeover.undecided == 2
    assert [row.owed for row in done.rows] == [True, True]
    [task] = owed_for(session, done.takeover.id)
    assert task.kind == "sign_takeover"
    _, original = service.show_original(session, done.takeover.id, by=site.berit, at=MONDAY)
    assert original == data
    service.sign(session, done.takeover.id, by=site.berit, at=MONDAY, book=a_book())
    [task] = owed_for(session, done.takeover.id)
    assert (task.kind, task.held_by) == ("decide_refused", site.berit.id)


def test_a_file_without_rows_is_refused(session, site):
    with pytest.raises(NothingToTake), session.begin_nested():
        taken_over(session, site, csv_of())
    assert session.scalar(sa.select(sa.func.count()).select_from(TakeoverRow)) == 0


def test_the_second_person_of_an_undoing_owes_an_answer_and_hears_of_it(session, site, second):
    done = taken_over(session, site, csv_of(a_row()))
    _ask_undo(session, site, done.takeover.id)

    [task] = [one for one in owed_for(session, done.takeover.id) if one.kind == "confirm_undo"]
    assert (task.held_by, task.owner_team_id) == (second.id, site.team)
    assert MONDAY + HOUR < task.due_at <= MONDAY + 3 * DAY
    sweep(session, task.due_at + HOUR)
    heard = session.scalars(sa.select(AlertRow.task_id).where(AlertRow.task_id == task.id)).all()
    assert heard
    service.undo(session, done.takeover.id, by=second, at=MONDAY + HOUR, book=a_book())
    assert owed_for(session, done.takeover.id) == []


def test_where_one_leads_alone_the_lead_of_another_team_owes_it_and_a_signature_ends_it(
    session, site
):
    done = taken_over(session, site, csv_of(a_row()))
    _ask_undo(session, site, done.takeover.id)

    [task] = [one for one in owed_for(session, done.takeover.id) if one.kind == "confirm_undo"]
    assert (task.held_by, task.owner_team_id) == (site.dina.id, site.other_team)
    said = {"at": MONDAY + HOUR, "book": a_book(), "despite_undo": True}
    service.sign(session, done.takeover.id, by=site.berit, **said)
    assert owed_for(session, done.takeover.id) == []


def _heard(session, task_id):
    """The names of those whose inbox says it."""
    names = sa.select(MemberRow.name).join(DeliveryRow, DeliveryRow.member_id == MemberRow.id)
    return set(session.scalars(names.where(DeliveryRow.task_id == task_id)))


def test_whoever_is_to_confirm_an_undoing_hears_at_once_and_again(session, site):
    done = taken_over(session, site, csv_of(a_row()))
    _ask_undo(session, site, done.takeover.id)
    [task] = [one for one in owed_for(session, done.takeover.id) if one.kind == "confirm_undo"]

    sweep(session, MONDAY + HOUR)
    address(session, at=MONDAY + HOUR, batch=50)
    assert _heard(session, task.id) == {"Dina"}
    heard = sa.select(sa.func.count()).where(AlertRow.task_id == task.id)
    before = session.scalar(heard)
    sweep(session, task.due_at + 2 * DAY)
    assert session.scalar(heard) > before


def test_where_only_an_administrator_may_confirm_the_administrators_hear(session, site):
    dina = sa.update(MembershipRow).where(MembershipRow.member_id == site.dina.id)
    session.execute(dina.values(until=MONDAY - DAY))
    grant(session, site.anna.id, "admin", by=site.system, at=MONDAY)
    done = taken_over(session, site, csv_of(a_row()))
    _ask_undo(session, site, done.takeover.id)
    [task] = [one for one in owed_for(session, done.takeover.id) if one.kind == "confirm_undo"]

    sweep(session, MONDAY + HOUR)
    address(session, at=MONDAY + HOUR, batch=50)
    assert "Anna" in _heard(session, task.id)
    waiting = reminders.inbox(session, site.tenant, site.anna.id, MONDAY + HOUR)
    assert task.id in {one.task_id for one in waiting}


def test_where_another_lead_has_it_the_administrators_do_not_have_it_in_their_inbox(session, site):
    grant(session, site.anna.id, "admin", by=site.system, at=MONDAY)
    done = taken_over(session, site, csv_of(a_row()))
    _ask_undo(session, site, done.takeover.id)

    sweep(session, MONDAY + HOUR)
    address(session, at=MONDAY + HOUR, batch=50)

    waiting = reminders.inbox(session, site.tenant, site.anna.id, MONDAY + HOUR)
    assert "confirm_undo" not in {one.kind for one in waiting}


def _ask_undo(session, site, takeover_id):
    asked = {"words": "Feil", "by": site.berit, "at": MONDAY + HOUR, "book": a_book()}
    service.ask_undo(session, takeover_id, **asked)


def test_a_heading_that_nobody_knows_and_one_that_is_missing_are_refused(session, site):
    with pytest.raises(ColumnUnknown) as unknown:
        taken_over(session, site, "Fødselsnummer;Hendelse;Skostørrelse\n1;2;3".encode())
    with pytest.raises(ColumnMissing) as missing:
        taken_over(session, site, "Fødselsnummer;Hendelse\n1;2".encode())

    assert unknown.value.facts == {"column": 3, "heading": "Skostørrelse"}
    assert missing.value.facts == {"columns": ["Hendelsesdato", "Ansvarlig"]}


@pytest.mark.parametrize("cell", [ERROR, UNCOMPUTED])
def test_a_row_in_which_excel_left_an_error_or_no_answer_is_refused_by_its_column(
    session, site, cell
):
    done = taken_over(session, site, excel_of(a_row(), a_row(number=BO, reached=cell)))

    assert [one.reasons for one in done.rows] == [
        (),
        (Reason(column="reached", why=Why.NO_ANSWER),),
    ]


def test_a_member_takes_over_only_for_a_team_that_they_lead(session, site):
    for by in (site.anna, site.dina):
        with pytest.raises(LeadOnly):
            taken_over(session, site, csv_of(a_row()), by=by)
    assert only(taken_over(session, site, csv_of(a_row()), by=site.berit)).case_id


# --- nothing is raised before the signature ---------------------------------------------------------


def test_nothing_is_raised_until_a_lead_signs_and_then_at_once(session, site):
    done = taken_over(session, site, csv_of(a_row(reached="")))
    case_id = only(done).case_id
    late = MONDAY + 30 * DAY

    sweep(session, late)
    assert alerts_of(session, case_id) == 0
    signed = service.sign(session, done.takeover.id, by=site.berit, at=late, book=a_book())
    sweep(session, late)

    assert (signed.state, signed.signed_by) == (State.SIGNED, site.berit.id)
    assert alerts_of(session, case_id) > 0
    assert session.scalar(held_tasks()) == 0


CONTACTS = ("first-contact", "second-contact", "third-contact")


@pytest.mark.parametrize("days", [2, 5, 10, 13, 16, 20, 25, 29, 40])
def test_contacts_that_are_counted_anew_are_owed_in_their_order(session, site, days):
    left = MONDAY - days * DAY
    dates = {"index_at": f"{left:%d.%m.%Y}", "discharged": f"{left:%d.%m.%Y}"}
    row = only(taken_over(session, site, csv_of(a_row(**dates, reached=""))))

    due = {one.step_key: one.due_at for one in open_tasks(session, row.case_id)}
    assert [due[key] for key in CONTACTS] == sorted(due[key] for key in CONTACTS)


def test_a_contact_that_was_late_is_due_with_the_next_that_keeps_its_time(session, site):
    dates = {"index_at": "8.2.2027", "discharged": "9.2.2027"}
    row = only(taken_over(session, site, csv_of(a_row(**dates, reached=""))))

    owed = {one.step_key: one for one in open_tasks(session, row.case_id)}
    second, third = owed["second-contact"], owed["third-contact"]
    assert "counted_anew" not in third.due_reason
    assert second.due_at == third.due_at
    assert "in_turn" in [one.code for one in due_because(second)]


def test_the_first_alert_after_the_signature_is_of_the_first_round(session, site):
    done = taken_over(session, site, csv_of(a_row(reached="")))
    late = MONDAY + 30 * DAY

    service.sign(session, done.takeover.id, by=site.berit, at=late, book=a_book())

    rounds = sa.select(TaskRow.round).where(TaskRow.case_id == only(done).case_id)
    assert set(session.scalars(rounds)) == {1}


NATIONAL = "national.after-attempt"
OTHERWISE = {"first": first_within("P2D"), "third": ('key = "third-contact"', 'key = "another"')}


def test_another_version_of_the_routine_raises_nothing_before_the_signature(session, site):
    done = taken_over(session, site, csv_of(a_row(reached="")))
    case_id, late = only(done).case_id, MONDAY + 30 * DAY
    before, book = {one.id: one for one in open_tasks(session, case_id)}, files(**OTHERWISE)

    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="2026.2", book=book)
    moved = upgrading.upgrade_case(
        session, case_id, to, reason="Vedtatt", by=site.berit, at=MONDAY + HOUR
    )
    after = open_tasks(session, case_id)
    sweep(session, late)

    assert moved is not None
    assert {one.step_key for one in after if one.id not in before} == {"another"}
    assert [one for one in after if one.id in before and one.due_at < before[one.id].due_at]
    assert alerts_of(session, case_id) == 0
    assert statement(session, site, late).unseen == 0
    service.sign(session, done.takeover.id, by=site.berit, at=late, book=book)
    sweep(session, late)
    assert alerts_of(session, case_id) > 0
    assert session.scalar(held_tasks()) == 0


def test_what_somebody_records_is_raised_in_another_version_too(session, site):
    case_id = only(taken_over(session, site, csv_of(a_row()))).case_id
    concern = NewEvent(kind=EventKind.ACUTE_CONCERN, at=MONDAY + HOUR)
    book = files(**OTHERWISE)
    cases.record(session, case_id, [concern], by=site.anna, at=MONDAY + HOUR, book=book)

    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="2026.2", book=book)
    upgrading.upgrade_case(session, case_id, to, reason="Vedtatt", by=site.berit, at=MONDAY + HOUR)
    sweep(session, MONDAY + DAY)

    raised = session.scalars(
        sa.select(TaskRow.kind).join(AlertRow, AlertRow.task_id == TaskRow.id).distinct()
    ).all()
    assert set(raised) - {"sign_takeover"} == {"acute_concern", "assess_risk"}


def test_planning_anew_raises_nothing_before_the_signature(session, site):
    case_id = only(taken_over(session, site, csv_of(a_row(reached="")))).case_id
    book = files(**{**OTHERWISE, "first": first_within("P1D")})

    cases.replan(session, case_id, by=site.berit, at=MONDAY + HOUR, book=book)
    sweep(session, MONDAY + 30 * DAY)

    assert alerts_of(session, case_id) == 0


def held_tasks() -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count()).select_from(TaskRow).where(TaskRow.next_rung_at == HELD)


def test_the_take_over_itself_is_owed_by_the_lead_and_is_raised(session, site):
    done = taken_over(session, site, csv_of(a_row()))

    sweep(session, MONDAY + 10 * DAY)

    task = session.get_one(TaskRow, done.takeover.task_id, populate_existing=True)
    assert (task.kind, task.state, task.held_by) == ("sign_takeover", "open", site.berit.id)
    raised = session.scalars(sa.select(AlertRow.task_id).distinct()).all()
    assert raised == [task.id]


def test_an_acute_concern_is_raised_whatever_has_not_been_signed(session, site):
    case_id = only(taken_over(session, site, csv_of(a_row()))).case_id
    concern = NewEvent(kind=EventKind.ACUTE_CONCERN, at=MONDAY + HOUR)
    cases.record(session, case_id, [concern], by=site.anna, at=MONDAY + HOUR, book=a_book())

    sweep(session, MONDAY + 2 * HOUR)

    assert alerts_of(session, case_id) > 0


def statement(session: Session, site: Site, at: datetime):
    a_heartbeat(session, at)
    return rollcall.derive(session, site.tenant, silences=silences_of(a_book()), at=at)


@pytest.mark.parametrize("later", [timedelta(), 30 * DAY], ids=["at once", "a month unsigned"])
def test_the_roll_call_accounts_for_everybody_and_counts_what_is_unsigned(session, site, later):
    taken_over(session, site, csv_of(a_row(reached=""), a_row(number=BO, given="Bo")))
    at = MONDAY + later
    sweep(session, at)

    said = statement(session, site, at)

    assert said.complete, said.remainder
    assert said.registered == 2
    assert said.escalated == (2 if later else 0)
    assert said.beside.takeovers_unsigned == 1


def test_a_follow_up_that_is_held_with_nothing_that_waits_for_a_signature_is_seen(session, site):
    opened = an_open_case(session, site, discharged_at=MONDAY)
    beginning.hold(session, [opened.case.id])

    said = statement(session, site, MONDAY + 30 * DAY)

    assert [one.why for one in said.remainder] == ["nobody_told"]


def test_after_the_signature_the_roll_call_is_the_usual_one(session, site):
    done = taken_over(session, site, csv_of(a_row()))
    service.sign(session, done.takeover.id, by=site.berit, at=MONDAY, book=a_book())
    sweep(session, MONDAY)

    said = statement(session, site, MONDAY)

    assert said.complete
    assert (said.owned, said.beside.takeovers_unsigned) == (1, 0)


# --- who signs, and how it is undone ----------------------------------------------------------------


def test_only_a_lead_of_the_team_signs_and_only_once(session, site):
    takeover = taken_over(session, site, csv_of(a_row())).takeover
    common = {"at": MONDAY, "book": a_book()}

    with pytest.raises(LeadSigns):
        service.sign(session, takeover.id, by=site.anna, **common)
    with pytest.raises(LeadSigns):
        service.sign(session, takeover.id, by=site.system, **common)
    with pytest.raises(TakeoverNotFound):
        service.sign(session, takeover.id, by=site.dina, **common)
    service.sign(session, takeover.id, by=site.berit, **common)
    with pytest.raises(NotUnsigned):
        service.sign(session, takeover.id, by=site.berit, **common)


@pytest.fixture
def second(session, site):
    """A second lead of the team."""
    return a_member(session, site.tenant, site.team, "eli", "lead", MONDAY)


def undone(session, site, second, takeover, at=MONDAY + HOUR):
    service.ask_undo(
        session, takeover.id, words="Feil liste", by=site.berit, at=MONDAY + HOUR, book=a_book()
    )
    return service.undo(session, takeover.id, by=second, at=at, book=a_book())


def test_two_leads_undo_it_and_every_follow_up_is_registered_in_error(session, site, second):
    done = taken_over(session, site, csv_of(a_row(), a_row(number=BO, given="Bo")))

    undone(session, site, second, done.takeover)

    for row in done.rows:
        case = case_queries.get_case(session, row.case_id, tenant_id=site.tenant)
        closure = session.get_one(ClosureRow, case.closure_id)
        assert case.state is CaseState.CLOSED
        assert closure.ending == "registered_in_error"
        assert (closure.signed_by, closure.second_signed_by) == (site.berit.id, second.id)
        assert case_queries.events_of(session, row.case_id)[0].kind is EventKind.INDEX_EVENT
        assert open_tasks(session, row.case_id) == []
    assert statement(session, site, MONDAY + HOUR).complete


@pytest.mark.parametrize("given", ["ja", "nei"])
def test_whoever_kept_the_list_answers_for_its_appointments_again(session, site, second, given):
    said = {"appointment": "9.3.2027 13.00", "place": "Poliklinikken", "given_to": given}
    done = taken_over(session, site, csv_of(a_row(**said)))

    undone(session, site, second, done.takeover)

    case = case_queries.get_case(session, only(done).case_id, tenant_id=site.tenant)
    assert case.state is CaseState.CLOSED
    assert session.scalars(sa.select(AppointmentRow.state)).all() == ["handed_on"]
    assert EventKind.APPOINTMENT_HANDED_ON in [
        event.kind for event in case_queries.events_of(session, case.id)
    ]


def test_what_was_undone_is_taken_over_again_as_new_follow_ups(session, site, second):
    data = csv_of(a_row())
    first = taken_over(session, site, data)
    undone(session, site, second, first.takeover)

    again = only(taken_over(session, site, data, at=MONDAY + 2 * HOUR))

    assert again.case_id != only(first).case_id
    assert again.patient_id == only(first).patient_id
    new = case_queries.get_case(session, again.case_id, tenant_id=site.tenant)
    assert new.previous_case_id == only(first).case_id


def test_a_follow_up_in_which_somebody_has_worked_is_not_undone_and_begins(session, site, second):
    done = taken_over(session, site, csv_of(a_row(reached=""), a_row(number=BO, given="Bo")))
    worked, other = (row.case_id for row in done.rows)
    said = [NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=MONDAY + HOUR)]
    cases.record(session, worked, said, by=site.anna, at=MONDAY + HOUR, book=a_book())

    undone(session, site, second, done.takeover, at=MONDAY + 2 * HOUR)
    sweep(session, MONDAY + 30 * DAY)

    states = {
        one: case_queries.get_case(session, one, tenant_id=site.tenant).state
        for one in (worked, other)
    }
    assert states == {worked: CaseState.OPEN, other: CaseState.CLOSED}
    assert alerts_of(session, worked) > 0


def test_nothing_of_a_follow_up_that_stays_open_is_held_back_after_the_undoing(
    session, site, second
):
    done = taken_over(session, site, csv_of(a_row(reached="")))
    [worked] = [row.case_id for row in done.rows]
    said = [NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=MONDAY + HOUR)]
    cases.record(session, worked, said, by=site.anna, at=MONDAY + HOUR, book=a_book())

    undone(session, site, second, done.takeover, at=MONDAY + 2 * HOUR)

    held = held_tasks().where(TaskRow.case_id == worked, TaskRow.state == "open")
    assert session.scalar(held) == 0


def test_another_version_of_the_routine_in_between_keeps_nothing_from_being_undone(
    session, site, second
):
    done = taken_over(session, site, csv_of(a_row(), a_row(number=BO, given="Bo")))
    book = files(**OTHERWISE)
    to = upgrading.target(session, site.tenant, pathway_id=NATIONAL, version="2026.2", book=book)
    case_id = done.rows[0].case_id
    moved = upgrading.upgrade_case(
        session, case_id, to, reason="Vedtatt", by=site.system, at=MONDAY + HOUR, later=True
    )
    assert moved is not None

    found = undone(session, site, second, done.takeover, at=MONDAY + 2 * HOUR)

    assert found.left_open == ()
    for row in done.rows:
        case = case_queries.get_case(session, row.case_id, tenant_id=site.tenant)
        assert case.state is CaseState.CLOSED


def test_an_undone_take_over_says_which_rows_stay_open(session, site, second):
    done = taken_over(session, site, csv_of(a_row(reached=""), a_row(number=BO, given="Bo")))
    said = [NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=MONDAY + HOUR)]
    case_id = done.rows[1].case_id
    cases.record(session, case_id, said, by=site.anna, at=MONDAY + HOUR, book=a_book())

    found = undone(session, site, second, done.takeover, at=MONDAY + 2 * HOUR)

    assert found.left_open == (done.rows[1].number,)


def test_nobody_records_anything_between_the_look_and_the_undoing(session, site, second):
    """Each follow-up is locked before it is asked whether somebody has worked in it."""
    done = taken_over(session, site, csv_of(a_row(), a_row(number=BO, given="Bo")))
    with statements(session.get_bind().engine) as sent:
        undone(session, site, second, done.takeover)

    asked = [" ".join(one.split()) for one in sent]
    locked = next(n for n, said in enumerate(asked) if "ORDER BY cases.id" in said)
    looked = next(n for n, said in enumerate(asked) if "events.recorded_at >" in said)
    assert locked < looked


def test_undoing_needs_a_reason_and_a_second_person_before_the_signature(session, site, second):
    takeover = taken_over(session, site, csv_of(a_row())).takeover
    common = {"at": MONDAY, "book": a_book()}

    with pytest.raises(UndoReason):
        service.ask_undo(session, takeover.id, words=" ", by=site.berit, at=MONDAY, book=a_book())
    service.ask_undo(
        session, takeover.id, words="Feil liste", by=site.berit, at=MONDAY, book=a_book()
    )
    with pytest.raises(UndoAsked):
        service.ask_undo(
            session, takeover.id, words="Feil liste", by=second, at=MONDAY, book=a_book()
        )
    with pytest.raises(SecondNeeded):
        service.undo(session, takeover.id, by=site.berit, **common)
    service.sign(session, takeover.id, by=site.berit, despite_undo=True, **common)
    with pytest.raises(NotUnsigned):
        service.undo(session, takeover.id, by=second, **common)


def test_nobody_signs_over_an_undoing_that_they_did_not_see(session, site, second):
    takeover = taken_over(session, site, csv_of(a_row())).takeover
    _ask_undo(session, site, takeover.id)

    with pytest.raises(UndoWaits) as refused:
        service.sign(session, takeover.id, by=second, at=MONDAY + HOUR, book=a_book())

    assert refused.value.facts == {"asked_by": site.berit.id}
    assert "confirm_undo" in {one.kind for one in owed_for(session, takeover.id)}


def test_the_lead_of_another_team_undoes_nothing_where_the_team_has_another(session, site, second):
    takeover = taken_over(session, site, csv_of(a_row())).takeover
    _ask_undo(session, site, takeover.id)

    with pytest.raises(TakeoverNotFound):
        service.undo(session, takeover.id, by=site.dina, at=MONDAY + HOUR, book=a_book())


def test_whoever_asked_for_undoing_is_not_offered_to_confirm_it(session, site, second):
    takeover = taken_over(session, site, csv_of(a_row())).takeover
    _ask_undo(session, site, takeover.id)
    row = session.get(TakeoverRow, takeover.id)

    may = [queries.may_confirm(session, row, by=by, at=MONDAY) for by in (site.berit, second)]

    assert may == [False, True]


# --- access, the log, and trying it -----------------------------------------------------------------


def test_only_leads_of_the_team_see_the_comparison_and_that_is_written_down(session, site):
    done = taken_over(session, site, csv_of(a_row(), a_row(owner="Ukjent", number=BO)))

    for by in (site.anna, site.dina):
        with pytest.raises((LeadSigns, TakeoverNotFound)):
            service.show_takeover(session, done.takeover.id, by=by, at=MONDAY)
    shown = service.show_takeover(session, done.takeover.id, by=site.berit, at=MONDAY)
    takeover, rows = (
        shown.takeover,
        sorted([*shown.refused.rows, *shown.taken.rows], key=lambda one: one.number),
    )

    assert takeover.file == "liste.csv"
    assert [row.cells["given"] for row in rows] == ["Ane", "Ane"]
    event = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "takeover.shown")
    ).one()
    about = session.scalars(
        sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == event.id)
    )
    assert set(about) == {done.takeover.id, done.rows[0].patient_id}


def test_the_team_sees_its_follow_ups_and_another_team_does_not(session, site):
    case_id = only(taken_over(session, site, csv_of(a_row()))).case_id
    said = [NewEvent(kind=EventKind.REACHED, at=MONDAY)]

    with pytest.raises(OutOfSight):
        cases.record(session, case_id, said, by=site.carl, at=MONDAY, book=a_book())
    assert cases.record(session, case_id, said, by=site.anna, at=MONDAY, book=a_book())


def test_the_original_stands_sealed_with_its_hash(session, site):
    data = csv_of(a_row())
    done = taken_over(session, site, data)

    takeover, original = service.show_original(session, done.takeover.id, by=site.berit, at=MONDAY)

    assert original == data
    assert takeover.sha256 == hashlib.sha256(data).hexdigest()
    row = session.get_one(TakeoverRow, takeover.id)
    assert takeover.sha256 not in row.fingerprint


def test_the_plain_hash_of_a_file_stands_nowhere_in_the_open(fresh_database: Database, caplog):
    data = csv_of(a_row())
    with fresh_database.transaction() as session:
        site = a_test_site(session)
        with caplog.at_level("DEBUG"):
            done = taken_over(session, site, data)
            service.show_original(session, done.takeover.id, by=site.berit, at=MONDAY)
        with pytest.raises(SameFile) as again:
            taken_over(session, site, data)

    digests = [hashlib.new(name, data).hexdigest() for name in ("sha256", "sha1", "md5")]
    assert found_in(everything(fresh_database), digests) == []
    said = f"{caplog.text} {again.value.facts}".encode()
    assert found_in(said, digests) == []


def test_what_is_only_tried_leaves_nothing(fresh_database: Database):
    with fresh_database.transaction() as session:
        site = a_test_site(session)
    with fresh_database.session() as session:
        assert only(taken_over(session, site, csv_of(a_row()))).case_id
        session.rollback()
    with fresh_database.transaction() as session:
        for table in (TakeoverRow, CaseRow, TaskRow):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert only(taken_over(session, site, csv_of(a_row()))).case_id


def test_of_what_is_due_at_one_moment_the_comparison_names_the_same_each_time(
    session: Session, site: Site
) -> None:
    case = an_open_case(session, site, discharged_at=MONDAY).case
    of_case = sa.and_(TaskRow.case_id == case.id, TaskRow.state == "open")
    session.execute(sa.update(TaskRow).where(of_case).values(due_at=MONDAY))
    named = set()
    for task_id in session.scalars(sa.select(TaskRow.id).where(of_case)).all():
        pointer = sa.update(CaseRow).where(CaseRow.id == case.id).values(next_task_id=task_id)
        session.execute(pointer)
        named.add(queries.first_owed(session, [case.id])[case.id].kind)
    kinds = set(session.scalars(sa.select(TaskRow.kind).where(of_case)))
    assert len(kinds) > 1
    assert len(named) == 1
