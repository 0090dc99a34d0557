"""The states of a handover. Values only."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.handovers.domain import (
    Handover,
    HandoverAction,
    HandoverRefused,
    HandoverState,
    Pair,
    act,
)
from builders import MONDAY


def a_handover(state: HandoverState = HandoverState.SENT) -> Handover:
    return Handover(
        id=uuid4(),
        tenant_id=uuid4(),
        case_id=uuid4(),
        from_team_id=uuid4(),
        to_team_id=uuid4(),
        state=state,
        sent_at=MONDAY,
    )


@given(st.lists(st.sampled_from(HandoverAction), max_size=8))
def test_it_is_answered_once_and_stays_answered(actions: list[HandoverAction]) -> None:
    handover = a_handover()
    for number, action in enumerate(actions):
        before = handover
        try:
            handover = act(handover, action, MONDAY + timedelta(hours=number))
        except HandoverRefused:
            assert handover == before
        assert before.is_pending or handover == before
        assert handover.is_pending is (handover.answered_at is None)


@pytest.mark.parametrize("state", [HandoverState.ACCEPTED, HandoverState.RETURNED])
@pytest.mark.parametrize("action", HandoverAction)
def test_what_was_answered_is_not_answered_again(
    state: HandoverState, action: HandoverAction
) -> None:
    with pytest.raises(HandoverRefused):
        act(a_handover(state), action, MONDAY)


def test_s194_receiving_is_not_accepting() -> None:
    received = act(a_handover(), HandoverAction.RECEIVE, MONDAY)

    assert received.is_pending
    with pytest.raises(HandoverRefused):
        act(received, HandoverAction.RECEIVE, MONDAY)


def test_a_pair_that_does_not_add_up_says_so() -> None:
    pair = {"from_team_id": uuid4(), "to_team_id": uuid4()}

    assert Pair(**pair, sent=3, accepted=1, returned=1, pending=1).adds_up
    assert not Pair(**pair, sent=3, accepted=1, returned=0, pending=1).adds_up
