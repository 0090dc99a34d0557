"""Who hears, when again, and what stops a message: values only."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.reminders.domain import Gate, Rules, Standing, gate, gives_up, wait_before
from bindeledd.features.reminders.domain.hearing import Directory, Group, who_hears

NOW = datetime(2027, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
TENANT, TEAM, INTAKE, ANNA, BO, LISE, IDA, ADA = (UUID(int=n) for n in range(1, 9))
EVERYBODY = dict.fromkeys((ANNA, BO, LISE, IDA, ADA), "x@y.example")


def a_directory(**changes) -> Directory:
    return Directory(**{
        "emails": EVERYBODY,
        "leads": {TEAM: frozenset({LISE}), INTAKE: frozenset({IDA})},
        "on_duty": {TEAM: frozenset({ANNA, BO})},
        "intake_teams": {TENANT: INTAKE},
        "admins": {TENANT: frozenset({ADA})},
    } | changes)  # fmt: skip


def a_group(audience: str, held_by: UUID | None = None) -> Group:
    return Group(tenant_id=TENANT, team_id=TEAM, audience=audience, held_by=held_by)


def without(*gone: UUID) -> dict[UUID, str]:
    return {member: email for member, email in EVERYBODY.items() if member not in gone}


@pytest.mark.parametrize(
    ("audience", "held_by", "changes", "heard"),
    [
        ("owner", ANNA, {}, {ANNA}),
        ("owner", None, {}, {ANNA, BO}),
        ("owner", ANNA, {"on_duty": {TEAM: frozenset({BO})}}, {BO}),
        ("owner", ANNA, {"on_duty": {}, "stand_ins": {ANNA: BO}}, {BO}),
        ("owner", ANNA, {"on_duty": {}, "stand_ins": {ANNA: BO, BO: None}}, {LISE}),
        ("owner", ANNA, {"on_duty": {}, "stand_ins": {ANNA: BO, BO: IDA}}, {LISE}),
        ("owner", ANNA, {"emails": without(ANNA)}, {BO}),
        ("owner", ANNA, {"on_duty": {}}, {LISE}),
        ("team", ANNA, {}, {ANNA, BO}),
        # a second signature: whoever is to give it, on duty or not, else the administrators
        ("second", IDA, {}, {IDA}),
        ("second", IDA, {"stand_ins": {IDA: BO}}, {BO}),
        ("second", IDA, {"emails": without(IDA)}, {ADA}),
        ("second", None, {}, {ADA}),
        ("second", None, {"stand_ins": {ADA: None}}, {ADA}),
        ("second", None, {"admins": {}}, {LISE}),
        ("team", None, {"on_duty": {}}, {LISE}),
        # the lead was not reached: whoever stands next, and never the leads themselves
        ("beyond", ANNA, {}, {IDA}),
        ("beyond", None, {"emails": without(IDA)}, {ADA}),
        ("beyond", None, {"stand_ins": {IDA: None}}, {ADA}),
        ("beyond", None, {"intake_teams": {TENANT: TEAM}}, {ADA}),
        (
            "beyond",
            None,
            {"intake_teams": {TENANT: TEAM}, "admins": {TENANT: frozenset({LISE})}},
            {LISE},
        ),
        ("lead", ANNA, {}, {LISE}),
        ("lead", None, {"stand_ins": {LISE: BO}}, {BO}),
        ("lead", None, {"stand_ins": {LISE: None}}, {IDA}),
        ("lead", None, {"emails": without(LISE)}, {IDA}),
        ("lead", None, {"leads": {}}, {ADA}),
        ("lead", None, {"leads": {}, "stand_ins": {ADA: None}}, {ADA}),
        ("lead", None, {"leads": {}, "admins": {}}, set()),
        ("something new", None, {}, {LISE}),
    ],
)
def test_who_hears(audience, held_by, changes, heard):
    assert who_hears(a_group(audience, held_by), a_directory(**changes)) == heard


@given(
    audience=st.sampled_from(["owner", "team", "lead"]),
    held_by=st.sampled_from([None, ANNA, BO, LISE]),
    gone=st.sets(st.sampled_from([ANNA, BO, LISE, IDA])),
    away=st.dictionaries(
        st.sampled_from([ANNA, BO, LISE, IDA, ADA]), st.sampled_from([None, ANNA, BO, ADA])
    ),
    duty=st.sets(st.sampled_from([ANNA, BO])),
)
def test_as_long_as_anybody_works_here_somebody_hears(audience, held_by, gone, away, duty):
    directory = a_directory(emails=without(*gone), stand_ins=away, on_duty={TEAM: frozenset(duty)})
    heard = who_hears(a_group(audience, held_by), directory)

    assert heard
    assert heard <= set(directory.emails)


def standing(**changes) -> Standing:
    return Standing(**{
        "task_open": True, "raised_at": NOW, "seen_at": None, "seen_until": None,
        "member_active": True, "address": "a@y.example",
    } | changes)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, Gate.PASS),
        ({"task_open": False}, Gate.TASK_ENDED),
        ({"seen_at": NOW + HOUR, "seen_until": NOW + 9 * HOUR}, Gate.SEEN),
        ({"seen_at": NOW, "seen_until": NOW + 9 * HOUR}, Gate.PASS),
        ({"seen_at": NOW + HOUR, "seen_until": NOW + 2 * HOUR}, Gate.PASS),
        ({"member_active": False}, Gate.MEMBER_INACTIVE),
        ({"address": None}, Gate.NO_ADDRESS),
        ({"address": "b@y.example"}, Gate.ADDRESS_CHANGED),
    ],
)
def test_the_gate(changes, said):
    assert gate("a@y.example", standing(**changes), NOW + 3 * HOUR) is said


@given(attempt=st.integers(1, 100), chance=st.floats(0, 1))
def test_the_wait_grows_to_an_hour_and_never_beyond_it_by_more_than_the_jitter(attempt, chance):
    rules = Rules()
    wait = wait_before(attempt, rules, chance)
    assert timedelta(seconds=8) <= wait <= HOUR * 1.2
    assert wait_before(attempt + 1, rules, 0.5) >= wait_before(attempt, rules, 0.5)


def test_nobody_is_given_up_before_they_were_tried_again_after_the_whole_time():
    rules = Rules()
    assert not gives_up(NOW, 9, rules, NOW + 23 * HOUR)
    assert not gives_up(NOW, 1, rules, NOW + 99 * HOUR)
    assert gives_up(NOW, 2, rules, NOW + 24 * HOUR)
