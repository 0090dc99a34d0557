"""Every door asked as its description allows and as it does not: each answer is one of those that
the description has, and none is a fault."""

from __future__ import annotations

import pytest

from api.asking import Asker, ask_each, walk
from api.conftest import Standing


@pytest.fixture
def asker(standing: Standing) -> Asker:
    return Asker(app=standing.app, token=standing.token, ids=standing.ids)


def test_every_door_answers_as_it_is_described(asker: Asker, dialect: str) -> None:
    ask_each(asker, examples=5 if dialect == "sqlite" else 2)

    assert asker.wrong == {}
    assert max(asker.statuses) < 500
    assert {200, 201, 204, 404, 409, 422} <= set(asker.statuses)


def test_what_an_answer_gives_is_asked_for_and_acted_on(asker: Asker, dialect: str) -> None:
    walk(asker, seeds=4 if dialect == "sqlite" else 2)

    assert asker.wrong == {}
    assert max(asker.statuses) < 500
    assert len(asker.done) > 15, asker.done


@pytest.mark.prove
def test_every_door_a_thousand_times(asker: Asker) -> None:
    ask_each(asker, examples=60)
    walk(asker, seeds=60)

    assert asker.wrong == {}
    assert max(asker.statuses) < 500
    assert len(asker.done) > 45, asker.doors - asker.done.keys()
