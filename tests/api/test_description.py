"""What the description of the API promises to whoever builds on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.conftest import Standing


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def described(standing: Standing) -> dict[str, Any]:
    found = standing.app.test_client().get("/api/v1/openapi.json").json
    assert found is not None
    return dict(found)


def doors(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, held in described["paths"].items():
        for method, door in held.items():
            if method != "parameters":
                yield path, door


def test_every_door_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [door.get("operationId") for _, door in doors(described)]

    assert None not in names
    assert len(names) == len(set(names)) > 50


def test_every_refusal_is_described_as_the_problem_that_it_is(described: dict[str, Any]) -> None:
    for _, door in doors(described):
        assert "default" in door["responses"]
    for answer in described["components"]["responses"].values():
        assert list(answer["content"]) == ["application/problem+json"]
    known = described["components"]["schemas"]
    assert {"Problem"} <= set(known)
    assert "Error" not in known


def test_every_door_that_takes_an_id_is_linked_from_an_answer_that_gives_it(
    described: dict[str, Any],
) -> None:
    linked: dict[str, set[str]] = {}
    for path, door in doors(described):
        for answer in door["responses"].values():
            for link in answer.get("links", {}).values():
                linked.setdefault(link["operationId"], set()).update(link["parameters"])
                here = set(re.findall(r"{(\w+)}", path))
                asked = {
                    name
                    for name, place in link["parameters"].items()
                    if place.startswith("$request.path.")
                }
                assert asked <= here
    needs = {
        door["operationId"]: set(re.findall(r"{(\w+)}", path))
        for path, door in doors(described)
        if "{" in path
    }

    assert linked == needs


def test_a_message_and_its_two_answers_are_described(described: dict[str, Any]) -> None:
    door = described["paths"]["/api/v1/messages"]["post"]

    assert "application/xml" in door["requestBody"]["content"]
    assert {"200", "201"} <= set(door["responses"])
