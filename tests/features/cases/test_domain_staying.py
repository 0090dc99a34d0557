"""Where somebody stays decides what is asked of the stay: of no other, and of nothing before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from bindeledd.features.cases.domain import Case, Event, EventKind, NewEvent
from bindeledd.features.cases.domain.planning import Frame, plan
from bindeledd.features.cases.domain.staying import (
    FOLLOWING,
    STAYED,
    elsewhere,
    here,
    routines,
    stays,
    with_layers,
)
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.calendars import Calendar
from bindeledd.plugin.loading import gather
from builders import MONDAY

K = EventKind
DAY = timedelta(days=1)
NAMSOS, CLINIC, TEAM = uuid4(), uuid4(), uuid4()
PLACES = {
    NAMSOS: ("namsos-medisinsk", "medical_ward", "helse-nord-trondelag"),
    CLINIC: ("rusklinikken", "addiction_ward", "st-olavs-hospital"),
}
GATE, OFFER = "helse-nord-trondelag.namsos-seen-and-documented", "st-olavs-rusklinikken.therapist"


@lru_cache(maxsize=1)
def book() -> Book:
    return gather(["helse-nord-trondelag", "st-olavs-rusklinikken"]).book


def layers_of(unit: UUID) -> tuple[str, ...]:
    found = book().layers_for("national.after-attempt", *PLACES[unit])
    return tuple(layer.key for layer in found)


def a_case() -> Case:
    return Case(
        id=uuid4(),
        tenant_id=uuid4(),
        patient_id=uuid4(),
        pathway_id="national.after-attempt",
        pathway_version="2026.1",
        responsible_team_id=TEAM,
        unit_id=NAMSOS,
        layers=layers_of(NAMSOS),
        opened_at=MONDAY,
    )


def told(case: Case, *said: tuple[EventKind, int, dict[str, Any]]) -> list[Event]:
    """What happened, on which day, as the service writes it down."""
    new = [NewEvent(kind=kind, at=MONDAY + day * DAY, facts=facts) for kind, day, facts in said]
    asked = {unit: layers_of(unit) for unit in elsewhere(case, new)}
    return [
        Event(
            id=uuid4(),
            case_id=case.id,
            kind=one.kind,
            at=one.at,
            recorded_at=one.at,
            recorded_by=uuid4(),
            facts=one.facts,
        )
        for one in with_layers(new, asked)
    ]


def owed(case: Case, events: Iterable[Event]) -> set[tuple[str, UUID | None]]:
    """What is open: the key of its rule and the event that it is counted from."""
    history = tuple(events)
    routine = book().followed(case.pathway_id, case.pathway_version, case.layers)
    frame = Frame(
        book=book(),
        pathway=routine,
        teams={"responsible_team": TEAM, "lead": TEAM},
        holders={},
        calendars={TEAM: Calendar()},
        layers=case.layers,
        stays=stays(history),
    )
    changes = plan(frame, case, history, (), max(event.recorded_at for event in history))
    found = [task for task in changes.new if task.is_open]
    return {(task.step_key.removeprefix("gate."), task.anchor_event_id) for task in found}


def at(unit: UUID, **facts: Any) -> dict[str, Any]:
    return {"unit_id": str(unit), **facts}


def test_a_unit_asks_of_its_own_stays_and_of_no_other() -> None:
    case = a_case()
    events = told(
        case,
        (K.INDEX_EVENT, 0, at(NAMSOS, intoxication="yes")),
        (K.DISCHARGED, 1, at(NAMSOS)),
        (K.ADMITTED, 9, at(CLINIC)),
        (K.DISCHARGED, 20, at(CLINIC)),
        (K.ADMITTED, 40, at(NAMSOS)),
        (K.DISCHARGED, 41, at(NAMSOS)),
    )
    first, clinic, again = events[1], events[2], events[5]
    found = owed(case, events)
    assert {anchor for key, anchor in found if key == GATE} == {first.id, again.id}
    assert {anchor for key, anchor in found if key == OFFER} == {clinic.id}


def test_a_discharge_without_a_unit_is_of_the_stay_before_it() -> None:
    case = a_case()
    events = told(
        case,
        (K.INDEX_EVENT, 0, at(NAMSOS, intoxication="yes")),
        (K.ADMITTED, 9, at(CLINIC)),
        (K.DISCHARGED, 20, {}),
    )
    assert GATE not in {key for key, _ in owed(case, events)}


def test_a_chain_of_answers_goes_on_wherever_the_person_is() -> None:
    case = a_case()
    events = told(
        case,
        (K.INDEX_EVENT, 0, at(NAMSOS, intoxication="yes")),
        (K.ADMITTED, 9, at(CLINIC)),
        (K.ADMITTED, 40, at(NAMSOS)),
        (K.ANSWERED, 41, {"stolavs_learning": "noted"}),
    )
    chain = "st-olavs-rusklinikken.learning-therapist"
    assert chain in {key for key, _ in owed(case, events)}
    early = told(
        case,
        (K.INDEX_EVENT, 0, at(NAMSOS)),
        (K.ANSWERED, 3, {"stolavs_learning": "noted"}),
        (K.ADMITTED, 9, at(CLINIC)),
    )
    assert chain not in {key for key, _ in owed(case, early)}


def test_what_joined_with_a_team_goes_with_the_person() -> None:
    """What a team has brought counts wherever somebody is admitted."""
    brought = layers_of(CLINIC)
    case = replace(a_case(), layers=(*layers_of(NAMSOS), *brought))
    accepted = told(case, (K.HANDOVER_ACCEPTED, 5, {"layers_joined": list(brought)}))
    stay = told(case, (K.ADMITTED, 9, at(CLINIC)))
    routine = here(book(), case, [*accepted, *stay])
    assert routine.find(OFFER) is not None
    assert routine.find(GATE) is None


def test_a_stay_after_an_upgrade_follows_what_was_there_when_it_was_told() -> None:
    case = a_case()
    events = told(
        case,
        (K.ADMITTED, 9, at(CLINIC)),
        (K.ROUTINE_CHANGED, 10, {FOLLOWING: [[str(CLINIC), "other@1"]]}),
        (K.ADMITTED, 20, at(CLINIC)),
    )

    assert [stay.layers for stay in stays(events)] == [("other@1",), layers_of(CLINIC)]


def test_a_stay_that_was_an_error_asks_for_nothing() -> None:
    case = a_case()
    events = told(
        case, (K.INDEX_EVENT, 0, at(NAMSOS)), (K.ADMITTED, 9, at(CLINIC)), (K.DISCHARGED, 12, {})
    )
    wrong = [replace(one, in_error=one.kind is K.ADMITTED) for one in events]
    assert stays(wrong) == stays(events[:1])
    assert GATE in {key for key, _ in owed(case, wrong)}


def test_the_stay_keeps_the_version_of_its_layers_and_a_rule_is_found_by_its_key() -> None:
    case = a_case()
    [stay] = told(case, (K.ADMITTED, 9, at(CLINIC)))
    assert stay.facts[STAYED] == list(layers_of(CLINIC))
    found = routines(book(), case, [stay.facts[STAYED]])
    assert found.find(OFFER) is not None
    assert found.find(GATE) is not None
    assert found.find("nobody.says-this") is None
