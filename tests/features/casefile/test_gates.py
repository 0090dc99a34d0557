"""What stands as *in place* follows the events that stand, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.casefile.domain.gates import as_answered, gates
from bindeledd.features.casefile.domain.owing import GateState, GateView
from bindeledd.features.casefile.service import case_file
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.replying import Said
from bindeledd.features.cases.domain.whereabouts import Where, Whereabouts
from bindeledd.features.pathways.domain import Basis, BasisKind, Due, Gate
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Answer, Family, Young
from bindeledd.foundation.calendars import Period
from builders import MONDAY, Followed, a_book

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def gate_of(follow: Followed, need: str, hours: int) -> GateView:
    file = case_file(
        follow.session, follow.case_id, by=follow.site.anna, at=MONDAY + hours * HOUR, book=a_book()
    )
    return next(gate for gate in file.gates if gate.need == need)


def state(follow: Followed, need: str, hours: int) -> GateState:
    return gate_of(follow, need, hours).state


def said(follow: Followed, need: str, hours: int = 2) -> Said | None:
    found = gate_of(follow, need, hours).reply
    return None if found is None else found.said


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session)


def test_what_was_struck_out_with_its_discharge_is_in_place_no_more(follow: Followed) -> None:
    """As on the wrong person: the stay and what was done were moved to somebody else."""
    offered = follow.record(EventKind.PLAN_OFFERED, at=MONDAY + HOUR).events[0]
    assert state(follow, "plan_offered", 2) is GateState.IN_PLACE
    history = queries.events_of(follow.session, follow.case_id)
    stay = next(event for event in history if event.kind is EventKind.DISCHARGED)

    for one in (stay, offered):
        cases.mark_in_error(
            follow.session,
            follow.case_id,
            [one.id],
            words={"words": "Gjaldt en annen"},
            by=follow.site.anna,
            at=MONDAY + 2 * HOUR,
            book=a_book(),
        )

    assert state(follow, "plan_offered", 3) is not GateState.IN_PLACE


def still_in(follow: Followed) -> None:
    """The last discharge was wrong: the person is in hospital."""
    history = queries.events_of(follow.session, follow.case_id)
    stay = [event for event in history if event.kind is EventKind.DISCHARGED][-1]
    cases.mark_in_error(
        follow.session,
        follow.case_id,
        [stay.id],
        right=Whereabouts(where=Where.STILL_IN),
        words={"words": "Fortsatt innlagt"},
        by=follow.site.anna,
        at=MONDAY + 4 * DAY,
        book=a_book(),
    )


NEEDS = ("receiver_named", "appointment_given", "summary_sent", "risk_assessed")


def test_what_is_asked_at_discharge_awaits_it_where_the_person_is_in_hospital_after_all(
    follow: Followed,
) -> None:
    still_in(follow)

    assert {state(follow, need, 100) for need in NEEDS} == {GateState.AWAITS}


def test_what_awaited_a_discharge_is_missing_at_the_next_one(follow: Followed) -> None:
    still_in(follow)
    follow.record(EventKind.DISCHARGED, at=MONDAY + 5 * DAY)

    assert {state(follow, need, 125) for need in NEEDS} == {GateState.MISSING}


def test_an_appointment_that_was_cancelled_is_not_in_place(follow: Followed) -> None:
    by = {"by": follow.site.anna, "at": MONDAY + HOUR, "book": a_book()}
    made = appointments.book_appointment(
        follow.session,
        follow.case_id,
        starts_at=MONDAY + 3 * DAY,
        detail={"where": "DPS"},
        give=True,
        **by,
    )
    assert state(follow, "appointment_given", 2) is GateState.IN_PLACE
    appointments.act(
        follow.session,
        made.appointment.id,
        AppointmentAction.CANCEL,
        words={"words": "DPS avlyste"},
        **by,
    )
    assert state(follow, "appointment_given", 2) is GateState.MISSING


def kept_before(follow: Followed) -> None:
    """Admitted again, given an appointment there, and it was kept."""
    by = {"by": follow.site.anna, "book": a_book()}
    follow.record(EventKind.ADMITTED, at=MONDAY + DAY)
    made = appointments.book_appointment(
        follow.session,
        follow.case_id,
        starts_at=MONDAY + 2 * DAY,
        detail={"where": "DPS"},
        give=True,
        at=MONDAY + DAY,
        **by,
    )
    appointments.act(
        follow.session,
        made.appointment.id,
        AppointmentAction.KEEP,
        words={},
        at=MONDAY + 2 * DAY + HOUR,
        **by,
    )


def test_an_appointment_that_was_over_at_discharge_is_missing_and_owed(follow: Followed) -> None:
    kept_before(follow)
    follow.record(EventKind.DISCHARGED, at=MONDAY + 3 * DAY)

    assert state(follow, "appointment_given", 3 * 24 + 1) is GateState.MISSING
    due = [task.due_at for task in follow.open("give_appointment")]
    assert due == [MONDAY + 4 * DAY]


def test_an_appointment_that_was_missed_is_in_place_no_more(follow: Followed) -> None:
    by = {"by": follow.site.anna, "book": a_book()}
    made = appointments.book_appointment(
        follow.session,
        follow.case_id,
        starts_at=MONDAY + DAY,
        detail={"where": "DPS"},
        give=True,
        at=MONDAY + HOUR,
        **by,
    )
    assert state(follow, "appointment_given", 2) is GateState.IN_PLACE
    late = MONDAY + DAY + HOUR
    appointments.act(
        follow.session, made.appointment.id, AppointmentAction.MISS, words={}, at=late, **by
    )

    assert state(follow, "appointment_given", 26) is GateState.MISSING


def test_nothing_that_needs_the_living_is_in_place_for_the_dead(follow: Followed) -> None:
    follow.record(EventKind.PLAN_OFFERED, EventKind.SUMMARY_SENT, at=MONDAY + HOUR)
    assert state(follow, "plan_offered", 1) is GateState.IN_PLACE
    follow.record(EventKind.DEATH_REPORTED, at=MONDAY + HOUR)
    assert state(follow, "plan_offered", 1) is GateState.IN_PLACE, "only reported"
    follow.record(EventKind.DEATH_CONFIRMED, at=MONDAY + 2 * HOUR, by=follow.site.berit)

    assert state(follow, "plan_offered", 3) is GateState.FELL_AWAY
    assert state(follow, "appointment_given", 3) is GateState.FELL_AWAY
    assert state(follow, "summary_sent", 3) is GateState.IN_PLACE, "it is owed all the same"


@pytest.mark.parametrize(
    ("word", "stands"),
    [(AfterDeath.ENDS, GateState.FELL_AWAY), (AfterDeath.STANDS, GateState.NOT_YET)],
)
def test_a_gate_of_a_pack_falls_away_for_the_dead_unless_it_stands(
    word: AfterDeath, stands: GateState
) -> None:
    gate = Gate(
        key="pack.settled",
        at="discharged",
        need="answered",
        task="pack_settle",
        due=Due(within=Period()),
        basis=Basis(kind=BasisKind.DEFAULT, source="ours"),
        after_death=word,
    )
    routine = replace(a_book().newest("national.after-attempt"), gates=(gate,))
    said = {EventKind.DEATH_REPORTED: MONDAY, EventKind.DEATH_CONFIRMED: MONDAY + HOUR}
    dead = [
        Event(id=uuid4(), case_id=uuid4(), kind=kind, at=at, recorded_at=at)
        for kind, at in said.items()
    ]
    [view] = gates(routine, dead, (), MONDAY + DAY)
    assert view.state is stands


def test_a_gate_that_was_answered_says_what_the_answer_was(follow: Followed) -> None:
    again = MONDAY + 9 * DAY
    follow.record(
        EventKind.CONTACT_CONSENT_ASKED,
        at=MONDAY + HOUR,
        contact_consent="later",
        ask_again_at=again.isoformat(),
    )
    gate = gate_of(follow, "contact_consent_asked", 2)

    assert gate.state is GateState.IN_PLACE
    assert gate.reply is not None
    assert (gate.reply.said, gate.reply.again_at) == (Said.LATER, again)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer.DECLINED, Said.NO),
        (Answer.LATER, Said.LATER),
        (Answer.AGREED, Said.YES),
        (Answer.CONTACTED, Said.CONTACTED),
        (Answer.NONE, Said.NONE),
        (Answer.UNSAFE, Said.UNSAFE),
    ],
)
def test_each_answer_about_relatives_is_told_though_it_is_sealed(
    follow: Followed, answer: Answer, told: Said
) -> None:
    relatives.ask_about_relatives(
        follow.session,
        follow.case_id,
        answer=answer,
        words="",
        by=follow.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )

    assert said(follow, "relatives_asked") is told


def asks_children(follow: Followed, family: Family) -> None:
    relatives.ask_about_children(
        follow.session,
        follow.case_id,
        family=family,
        by=follow.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )


@pytest.mark.parametrize(
    ("family", "told"),
    [
        (Family(), Said.UNKNOWN),
        (Family(siblings=()), Said.UNKNOWN),
        (Family(children=(Young(born_year=2018),)), Said.SIBLINGS_UNASKED),
        (Family(children=()), Said.SIBLINGS_UNASKED),
        (Family(children=(Young(born_year=2018),), siblings=()), Said.ANSWERED),
        (Family(children=(), siblings=()), Said.ANSWERED),
    ],
)
def test_what_nobody_knows_of_children_and_siblings_is_told(
    follow: Followed, family: Family, told: Said
) -> None:
    asks_children(follow, family)

    assert said(follow, "children_asked") is told


def test_what_is_unsafe_stands_before_everything_else(follow: Followed) -> None:
    relatives.ask_about_relatives(
        follow.session,
        follow.case_id,
        answer=Answer.UNSAFE,
        by=follow.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    file = case_file(
        follow.session, follow.case_id, by=follow.site.anna, at=MONDAY + 2 * HOUR, book=a_book()
    )

    assert file.gates[0].need == "relatives_asked"


NUMBER = ContactWay(value="+4799999999")
OTHER = ContactWay(value="+4722334455", safe_to_call=False)


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ((replace(NUMBER, safe_to_call=False), OTHER), Said.NOT_SAFE),
        ((replace(NUMBER, safe_to_leave_message=False),), Said.NO_MESSAGE),
        ((replace(NUMBER, safe_to_call=True), OTHER), None),
        ((NUMBER, replace(OTHER, safe_to_call=True)), Said.UNKNOWN),
        ((replace(OTHER, safe_to_call=True),), Said.UNKNOWN),
        (None, Said.UNSAID),
    ],
)
def test_a_number_that_answered_and_is_not_safe_is_not_simply_in_place(
    follow: Followed, ways: tuple[ContactWay, ...] | None, told: Said | None
) -> None:
    follow.record(EventKind.NUMBER_VERIFIED, at=MONDAY + HOUR)
    view = gate_of(follow, "number_verified", 2)
    file = case_file(
        follow.session, follow.case_id, by=follow.site.anna, at=MONDAY + 2 * HOUR, book=a_book()
    )
    lines = [
        replace(one, note={"phone": "99 99 99 99"}) if one.kind == "number_verified" else one
        for one in file.timeline
    ]

    found = as_answered(view, lines, ways).reply
    assert (found and found.said) is told


def test_an_answer_that_was_struck_out_is_told_no_more(follow: Followed) -> None:
    asked = follow.record(
        EventKind.CONTACT_CONSENT_ASKED, at=MONDAY + HOUR, contact_consent="no"
    ).events[0]
    assert said(follow, "contact_consent_asked") is Said.NO
    cases.mark_in_error(
        follow.session,
        follow.case_id,
        [asked.id],
        words={"words": "Feil person"},
        by=follow.site.anna,
        at=MONDAY + 2 * HOUR,
        book=a_book(),
    )

    assert gate_of(follow, "contact_consent_asked", 3).reply is None
