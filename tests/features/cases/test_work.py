"""Who sees and holds what is owed, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind, NewEvent
from bindeledd.features.cases.domain.offering import OfferAgainTooLate
from bindeledd.features.cases.domain.telling import BadFact, CannotMark, ReasonNeeded
from bindeledd.features.cases.service import offering, owing, saying, work
from bindeledd.features.cases.service.writing import How, Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders.service import acknowledging
from bindeledd.features.staff.domain import Actor, TeamNotFound
from bindeledd.features.staff.domain.refusals import UnitNotFound
from bindeledd.features.staff.tables import OrganisationRow, TeamRow, UnitRow
from bindeledd.features.tasks.domain import DueInPast, NotOfTheTeam, Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, Site, a_book, a_patient_row, a_site, a_unit, an_open_case
from features.cases.test_upgrading import VISIT, a_layer, files

LATER = MONDAY + timedelta(hours=2)
WORDS = {"words": "Ring skolen"}


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session)


def test_a_ward_that_owes_a_summary_sees_the_case(session: Session) -> None:
    site = a_site(session)
    session.execute(sa.update(UnitRow).values(team_id=site.other_team))

    done = an_open_case(session, site, discharged_at=MONDAY, unit=True)

    [summary] = [task for task in done.new if task.kind == "send_summary"]
    assert summary.owner_team_id == site.other_team
    assert access.require_case(session, site.carl, done.case.id)


def test_a_team_that_is_given_a_task_sees_the_case(follow: Followed) -> None:
    work.add_task(
        follow.session,
        follow.case_id,
        due_at=LATER + timedelta(days=1),
        words=WORDS,
        team_id=follow.site.other_team,
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    assert access.require_case(follow.session, follow.site.carl, follow.case_id)


def test_a_task_goes_to_a_team_that_exists_at_a_time_that_comes(follow: Followed) -> None:
    told = {"words": WORDS, "by": follow.site.anna, "at": LATER, "book": a_book()}
    with pytest.raises(TeamNotFound):
        work.add_task(
            follow.session,
            follow.case_id,
            due_at=LATER + timedelta(days=1),
            team_id=new_id(),
            **told,  # type: ignore[arg-type]
        )
    with pytest.raises(DueInPast):
        work.add_task(
            follow.session,
            follow.case_id,
            due_at=MONDAY,
            **told,  # type: ignore[arg-type]
        )


def test_a_task_is_held_by_somebody_of_its_team_or_by_nobody(follow: Followed) -> None:
    [call, *_] = follow.open("call_patient")

    def hold(member: object) -> None:
        work.hold_task(
            follow.session,
            follow.case_id,
            call.id,
            member_id=member,  # type: ignore[arg-type]
            by=follow.site.anna,
            at=LATER,
        )

    hold(follow.site.berit.id)
    assert follow.open("call_patient")[0].held_by == follow.site.berit.id
    with pytest.raises(NotOfTheTeam):
        hold(follow.site.carl.id)
    hold(None)
    assert follow.open("call_patient")[0].held_by is None


def bring_forward(follow: Followed, task: Task, due_at: datetime) -> None:
    work.bring_forward(
        follow.session,
        follow.case_id,
        task.id,
        due_at=due_at,
        words=WORDS,
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )


def test_a_task_that_is_brought_forward_is_heard_of_anew(follow: Followed) -> None:
    task = follow.open("call_patient")[-1]
    acknowledging.acknowledge(follow.session, task.id, by=follow.site.anna, at=LATER, book=a_book())
    seen = follow.session.get_one(TaskRow, task.id, populate_existing=True)
    round_before = seen.round
    assert seen.seen_until is not None

    bring_forward(follow, task, LATER + timedelta(hours=1))

    row = follow.session.get_one(TaskRow, task.id, populate_existing=True)
    assert (row.seen_at, row.seen_until, row.seen_by, row.seen_in_a_row) == (None, None, None, 0)
    assert row.round == round_before + 1


def test_s031_a_municipal_team_opens_and_owns_a_follow_up_of_its_own(session: Session) -> None:
    site = a_site(session)
    municipality = new_id()
    session.execute(
        sa.insert(OrganisationRow).values(
            id=municipality,
            tenant_id=site.tenant,
            key="kommune",
            name="Prøve kommune",
            kind="municipality",
        )
    )
    session.execute(
        sa.update(TeamRow).where(TeamRow.id == site.other_team).values(organisation_id=municipality)
    )

    opened = an_open_case(
        session, site, team=site.other_team, facts={"setting": "municipality"}, by=site.carl
    )

    assert opened.case.responsible_team_id == site.other_team
    owed = queries.tasks_of(session, opened.case.id)
    assert {task.owner_team_id for task in owed if task.is_open} == {site.other_team}
    access.require_case(session, site.carl, opened.case.id)
    with pytest.raises(OutOfSight):
        access.require_case(session, site.anna, opened.case.id)


def test_s050_a_discharge_from_another_unit_is_owed_by_that_units_team(session: Session) -> None:
    site = a_site(session)
    other = a_unit(session, site, "ward-2", "acute_ward", team=site.other_team)
    first = an_open_case(session, site, discharged_at=MONDAY, unit=True)
    at = MONDAY + timedelta(days=12)

    done = cases.open_case(
        session,
        patient_id=first.case.patient_id,
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=at - timedelta(days=2),
        team_id=site.team,
        unit_id=other,
        more=[NewEvent(kind=EventKind.DISCHARGED, at=at)],
        by=site.system,
        at=at,
        book=a_book(),
    )

    owed = {task.owner_team_id for task in done.new if task.owner == "discharging_unit"}
    assert owed == {site.other_team}
    assert access.require_case(session, site.carl, first.case.id)
    assert {event.facts.get("unit_id") for event in done.events} == {str(other)}


def test_who_tells_of_a_stay_may_say_in_which_unit_and_of_nothing_else(session: Session) -> None:
    site = a_site(session)
    other = a_unit(session, site, "ward-2", "acute_ward", team=site.other_team)
    case_id = an_open_case(session, site, discharged_at=MONDAY, unit=True).case.id
    at = MONDAY + timedelta(days=12)
    told = {"by": site.anna, "at": at, "book": a_book()}
    done = saying.tell(session, case_id, EventKind.DISCHARGED, unit_id=other, **told)
    owed = {task.owner_team_id for task in done.new if task.owner == "discharging_unit"}
    assert owed == {site.other_team}
    with pytest.raises(BadFact):
        saying.tell(session, case_id, EventKind.RISK_ASSESSED, unit_id=other, **told)
    with pytest.raises(UnitNotFound):
        saying.tell(session, case_id, EventKind.ADMITTED, unit_id=new_id(), **told)


def mark(follow: Followed, event: UUID, words: str, by: Actor | None = None) -> Recorded:
    return cases.mark_in_error(
        follow.session,
        follow.case_id,
        [event],
        words={"words": words},
        by=by or follow.site.anna,
        at=LATER,
        book=a_book(),
    )


def test_marking_an_error_says_why_and_is_written_down(follow: Followed) -> None:
    wrong = follow.record(EventKind.CHILDREN_ASKED, at=MONDAY).events[0]
    for nothing in ("", "  "):
        with pytest.raises(ReasonNeeded):
            mark(follow, wrong.id, nothing)

    done = mark(follow, wrong.id, "Gjaldt en annen")

    case = follow.case()
    assert queries.notes_of(follow.session, case)[done.events[0].id] == {"words": "Gjaldt en annen"}
    [told] = follow.session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "case.marked_in_error")
    )
    assert str(wrong.id) in str(told.facts)
    assert "Gjaldt" not in str(told.facts)


def test_s001_s002_s003_what_an_act_was_is_settled_later_and_both_words_stand(
    follow: Followed,
) -> None:
    first = follow.record(
        EventKind.INDEX_EVENT, at=MONDAY, index_kind="intent_unclarified", intoxication="yes"
    ).events[0]
    owed = {(task.step_key, task.anchor_event_id) for task in follow.open("assess_risk")}
    assert ("intent-settled", first.id) in owed

    mark(follow, first.id, "Uten intensjon om å dø, sier hun")
    follow.record(EventKind.INDEX_EVENT, at=MONDAY, index_kind="self_harm", intoxication="yes")

    told = [
        (event.facts["index_kind"], event.in_error)
        for event in queries.events_of(follow.session, follow.case_id)
        if event.kind is EventKind.INDEX_EVENT
    ]
    assert sorted(told) == [
        ("intent_unclarified", True),
        ("self_harm", False),
        ("suicide_attempt", False),
    ]
    assert first.id not in {task.anchor_event_id for task in follow.open("assess_risk")}


@pytest.mark.parametrize(
    "kind", [EventKind.DEATH_REPORTED, EventKind.APPOINTMENT_MISSED, EventKind.APPOINTMENT_GIVEN]
)
def test_what_has_a_door_of_its_own_is_not_marked(follow: Followed, kind: EventKind) -> None:
    told = follow.record(kind, at=MONDAY).events[0]
    with pytest.raises(CannotMark):
        mark(follow, told.id, "Feil")


def complete(
    follow: Followed, task: Task, words: str = "Gjort", next_at: datetime | None = None
) -> Recorded:
    return work.complete_task(
        follow.session,
        follow.case_id,
        task.id,
        words={"words": words},
        next_at=next_at,
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )


def test_nothing_is_done_without_a_word(follow: Followed) -> None:
    follow.record(EventKind.ACUTE_CONCERN, at=MONDAY)
    [concern] = follow.open("acute_concern")
    with pytest.raises(ReasonNeeded):
        complete(follow, concern, "  ")

    complete(follow, concern)
    assert follow.open("acute_concern") == []


def test_a_review_takes_the_next_date(follow: Followed) -> None:
    again = LATER + timedelta(days=3)
    owing.owe(
        follow.session,
        follow.record(EventKind.CHILDREN_ASKED, at=MONDAY),
        "review_case",
        due_at=LATER + timedelta(hours=1),
        words=WORDS,
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )
    [review] = follow.open("review_case")

    done = complete(follow, review, next_at=again)

    assert [(task.kind, task.due_at) for task in done.new] == [("review_case", again)]


def see(follow: Followed, kind: str, because: str, at: datetime = LATER) -> Recorded:
    return owing.see_that_it_is_owed(
        follow.session,
        follow.record(EventKind.CHILDREN_ASKED, at=at),
        kind,
        words={"because": because},
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )


def test_another_free_task_is_no_answer_and_the_same_one_is(follow: Followed) -> None:
    work.add_task(
        follow.session,
        follow.case_id,
        due_at=LATER + timedelta(hours=1),
        words={"words": "Bestill skjema"},
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    see(follow, "free", "interpreter_not_available")
    assert len(follow.open("free")) == 2
    see(follow, "free", "interpreter_not_available")
    assert len(follow.open("free")) == 2


def test_a_review_far_ahead_is_no_answer_to_what_happened_today(follow: Followed) -> None:
    work.add_task(
        follow.session,
        follow.case_id,
        kind="review_case",
        due_at=LATER + timedelta(days=30),
        words=WORDS,
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    see(follow, "review_case", "in_hospital_now")

    assert len(follow.open("review_case")) == 2


def test_two_who_register_one_patient_at_once_make_one_case(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        patient = a_patient_row(session, site)
    both = Barrier(2)

    def register(_: int) -> How:
        with fresh_database.transaction() as session:
            if fresh_database.dialect == "postgresql":
                both.wait(10)
            return an_open_case(session, site, patient=patient).how

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(register, range(2)))

    assert sorted(done) == [How.OPENED, How.JOINED]


# --- where somebody stays elsewhere -----------------------------------------------------------------


def staying_elsewhere(session: Session, site: Site, book: Book) -> UUID:
    opened = an_open_case(session, site, at=MONDAY, discharged_at=MONDAY, unit=True, book=book).case
    unit = {"unit_id": str(a_unit(session, site, "ward-2", "acute_ward", team=site.other_team))}
    stay = NewEvent(kind=EventKind.ADMITTED, at=MONDAY, facts=unit)
    at = MONDAY + timedelta(hours=1)
    cases.record(session, opened.id, [stay], by=site.anna, at=at, book=book)
    return opened.id


def test_what_the_first_unit_would_owe_does_not_stand_for_what_is_owed_in_another(
    session: Session,
) -> None:
    """The ward has a visit of its own then, which nobody owes of a stay in another ward."""
    site = a_site(session)
    book = files(a_layer(VISIT.replace('"discharged"', '"number_verified"')))
    case_id, at = staying_elsewhere(session, site, book), MONDAY + timedelta(hours=2)
    said = NewEvent(kind=EventKind.NUMBER_VERIFIED, at=at)
    done = cases.record(session, case_id, [said], by=site.anna, at=at, book=book)
    assert done.new == ()
    owed = owing.see_that_it_is_owed(
        session,
        done,
        "call_patient",
        words={"because": "x"},
        satisfied_by=("reached",),
        after=EventKind.NUMBER_VERIFIED,
        by=site.anna,
        at=at,
        book=book,
    )
    assert [task.kind for task in owed.new] == ["call_patient"]


def test_how_late_it_may_be_offered_again_is_said_where_the_person_stays(
    session: Session,
) -> None:
    site = a_site(session)
    sooner = """
[[step]]
key = "offer-again"
due = { from = "PT0S", to = "PT0S", of = "offer_again_at", unknown = "P7D", latest = "P30D", count = "calendar_days", end_of_day = true, never_earlier = true }
basis = { kind = "local", source = "EQS 1" }
"""
    book = files(a_layer(sooner).replace('units = ["ward"]', 'units = ["ward-2"]'))
    case_id, at = staying_elsewhere(session, site, book), MONDAY + timedelta(hours=2)
    with pytest.raises(OfferAgainTooLate):
        offering.offer_again(
            session,
            case_id,
            on=(MONDAY + timedelta(days=60)).date(),
            by=site.anna,
            at=at,
            book=book,
        )
