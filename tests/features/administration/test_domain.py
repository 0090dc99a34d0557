"""What IT may not do by a slip, and what counts as late: values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bindeledd.features.administration.domain import (
    AddressWrong,
    Beat,
    ChangedMeanwhile,
    Failure,
    HoldsTasks,
    KeyAge,
    Keys,
    KeyWrong,
    LastAdministrator,
    LastLead,
    NeverOpen,
    Person,
    Place,
    Rhythm,
    Team,
    TeamSilent,
    UnitUnanswered,
    insist_address,
    insist_answered,
    insist_key,
    insist_led,
    insist_may_end,
    insist_open,
    insist_unchanged,
    seen_of,
)
from bindeledd.features.staff.domain import Member, Role
from bindeledd.foundation.ids import new_id
from builders import MONDAY, refusal

EVERY = Rhythm(every=timedelta(seconds=30), limit=timedelta(seconds=120))


def a_place(role: Role = Role.MEMBER, *, alone: bool = False) -> Place:
    return Place(team_id=new_id(), team="Teamet", role=role, since=MONDAY, alone=alone)


def a_person(**more: object) -> Person:
    member = Member(id=new_id(), tenant_id=new_id(), login="anna", name="Anna")
    return Person(**{"member": member, **more})  # type: ignore[arg-type]


def test_a_form_that_was_opened_on_what_stands_is_taken():
    assert refusal(lambda: insist_unchanged(seen_of({"name": "A"}), {"name": "A"})) is None


def test_a_form_that_somebody_overtook_is_refused():
    with pytest.raises(ChangedMeanwhile):
        insist_unchanged(seen_of({"name": "A"}), {"name": "B"})


@pytest.mark.parametrize("more", [{"places": (a_place(),)}, {"grants": ("admin",)}])
def test_a_place_or_a_role_that_was_given_meanwhile_is_a_change(more):
    member = a_person().member

    assert Person(member=member).seen != Person(member=member, **more).seen


def test_who_holds_tasks_is_not_ended():
    assert isinstance(
        refusal(lambda: insist_may_end(a_person(held={"Teamet": 3}), admins=2)), HoldsTasks
    )


def test_the_only_one_who_leads_a_team_is_not_ended():
    only = a_person(places=(a_place(Role.LEAD, alone=True),))

    assert isinstance(refusal(lambda: insist_may_end(only, admins=2)), LastLead)


@pytest.mark.parametrize(("admins", "refused"), [(1, LastAdministrator), (2, type(None))])
def test_the_last_administrator_is_not_ended(admins, refused):
    eva = a_person(grants=("admin",))

    assert isinstance(refusal(lambda: insist_may_end(eva, admins=admins)), refused)


def test_a_member_who_leads_nothing_leaves_no_team_without_a_lead():
    assert refusal(lambda: insist_led([a_place(alone=True)])) is None


def test_one_of_two_leads_may_go():
    assert refusal(lambda: insist_led([a_place(Role.LEAD)])) is None


@pytest.mark.parametrize(("seconds", "late"), [(119, False), (121, True)])
def test_a_job_is_late_when_it_has_not_come_to_its_end_for_its_limit(seconds, late):
    beat = Beat(name="sweep", rhythm=EVERY, at=MONDAY)

    assert beat.is_late(MONDAY + timedelta(seconds=seconds)) is late


def test_a_job_that_never_ran_is_late_and_has_no_next_time():
    beat = Beat(name="sweep", rhythm=EVERY)

    assert (beat.is_late(MONDAY), beat.next_at) == (True, None)


def test_the_next_time_is_counted_from_the_last():
    assert Beat(name="sweep", rhythm=EVERY, at=MONDAY).next_at == MONDAY + EVERY.every


@pytest.mark.parametrize(("source", "of"), [("plugin:sms@1", True), ("plugin:sms-2@1", False)])
def test_a_failure_is_of_the_pack_that_it_names(source, of):
    failure = Failure(source=source, words="", first_at=MONDAY, last_at=MONDAY, count=1)

    assert failure.is_of("sms") is of


def test_the_oldest_key_is_the_oldest_that_something_rests_on():
    versions = [
        KeyAge(version=number, at_hand=True, newest=number == 3, wraps=wraps)
        for number, wraps in ((1, 0), (2, 4), (3, 9))
    ]
    keys = Keys(versions=tuple(versions))

    assert keys.oldest is versions[1]
    assert keys.unfinished


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("HER", "8x"),
        ("RESH", ""),
        ("ENH", "12345678"),
        ("local", " "),
        ("GLN", "7080001"),
        ("HER", "8" * 81),
    ],
)
def test_what_cannot_be_an_address_is_refused(scheme, value):
    assert isinstance(refusal(lambda: insist_address(scheme, value)), AddressWrong)


@pytest.mark.parametrize(
    ("scheme", "value"), [("HER", "80 123"), ("ENH", "123 456 789"), ("local", "post3")]
)
def test_an_address_may_be_typed_with_spaces(scheme, value):
    assert refusal(lambda: insist_address(scheme, value)) is None


# --- units and teams ------------------------------------------------------------------------------


def a_team(**more: object) -> Team:
    said = {
        "id": new_id(),
        "key": "follow-up",
        "name": "Teamet",
        "organisation": "Sykehuset",
        "organisation_id": new_id(),
        "zone": "Europe/Oslo",
        "active": True,
        "leads": ("Berit",),
        "hours": ((1, "08.00–15.30"),),
    }
    return Team(**{**said, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["", "Post 3", "-post", "post/3", "post\n", "p" * 81])
def test_what_no_file_could_say_is_no_short_name(key):
    assert isinstance(refusal(lambda: insist_key(key)), KeyWrong)


@pytest.mark.parametrize("key", ["post3", "døgn_øst", "3.nord-vest"])
def test_a_short_name_has_letters_digits_and_signs_inside(key):
    assert refusal(lambda: insist_key(key)) is None


def test_a_team_that_is_never_open_is_refused():
    assert isinstance(refusal(lambda: insist_open([])), NeverOpen)


def test_a_unit_that_would_have_no_team_is_refused():
    assert isinstance(refusal(lambda: insist_answered(None)), UnitUnanswered)


@pytest.mark.parametrize("lacks", [{"leads": ()}, {"hours": ()}, {"active": False}])
def test_a_team_that_hears_nothing_is_given_no_unit(lacks):
    assert isinstance(refusal(lambda: insist_answered(a_team(**lacks))), TeamSilent)


def test_a_unit_keeps_the_team_that_it_has_whatever_became_of_it():
    silent = a_team(leads=())

    assert refusal(lambda: insist_answered(silent, before=silent.id)) is None


def test_hours_that_were_changed_meanwhile_are_a_change_of_the_team():
    team = a_team()

    assert team.seen != replace(team, hours=((1, "09.00–15.30"),)).seen


def test_a_weekday_stands_as_it_is_typed():
    team = a_team(hours=((1, "08.00–12.00"), (1, "13.00–15.30"), (2, "08.00–15.30")))

    assert [team.open_on(day) for day in (1, 2, 3)] == [
        "08.00–12.00, 13.00–15.30",
        "08.00–15.30",
        "",
    ]
