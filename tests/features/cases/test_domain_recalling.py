"""Saying that something was called back or withdrawn: to each of whom, and in words what was done."""

import pytest

from bindeledd.features.cases.domain.recalling import (
    RECALL,
    WITHDRAW,
    NotEveryoneTold,
    check_done,
    check_told,
)
from bindeledd.features.cases.domain.telling import ReasonNeeded
from builders import refusal

TOLD = [{"to": "Post 3", "said": "Ringte dem."}]


@pytest.mark.parametrize("kind", [WITHDRAW, "free"])
@pytest.mark.parametrize("words", [{}, {"words": " "}])
def test_what_was_done_is_said_in_words_beside_what_each_was_told(kind, words):
    refused = refusal(lambda: check_done(kind, {**words, "told": TOLD}))

    assert isinstance(refused, ReasonNeeded)
    assert refused.facts == {"fact": "words"}


def test_of_a_recall_it_is_enough_what_each_was_told():
    assert refusal(lambda: check_done(RECALL, {"told": TOLD})) is None


def test_a_recall_of_which_nobody_is_named_is_said_in_words():
    assert isinstance(refusal(lambda: check_done(RECALL, {"told": []})), ReasonNeeded)


def test_a_receiver_of_whom_nothing_is_said_is_left_out():
    refused = refusal(lambda: check_told([{"to": "Post 3", "said": " "}], ["Post 3"]))

    assert isinstance(refused, NotEveryoneTold)
    assert refused.facts == {"left_out": 1, "lacking": [1]}
