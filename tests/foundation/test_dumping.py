"""The function that stands for a schema says what the schema says."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from marshmallow import Schema, fields, post_dump

from bindeledd.foundation.http.dumping import dump, dumper


class Colour(StrEnum):
    RED = "red"


class Leaf(Schema):
    id = fields.UUID()
    at = fields.AwareDateTime(format="iso", allow_none=True)


class Tree(Schema):
    id = fields.UUID()
    name = fields.String()
    colour = fields.Enum(Colour, by_value=True)
    many = fields.Integer()
    tall = fields.Boolean()
    facts = fields.Dict()
    words = fields.List(fields.String())
    leaf = fields.Nested(Leaf, allow_none=True)
    leaves = fields.List(fields.Nested(Leaf))


class Hooked(Leaf):
    @post_dump
    def more(self, said: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**said, "more": True}


@dataclass(frozen=True)
class ALeaf:
    id: UUID
    at: datetime | None = None


@dataclass(frozen=True)
class ATree:
    leaf: ALeaf | None
    leaves: tuple[ALeaf, ...]
    id: UUID
    name: object = "Ánne"
    colour: Colour = Colour.RED
    many: int = 3
    tall: bool = False
    facts: Any = None
    words: tuple[object, ...] = ("a", Colour.RED)
    hidden: str = "not in the schema"


AT = datetime(2027, 3, 24, 15, 0, 0, 5, UTC)
TREES = [
    ATree(leaf=None, leaves=(), id=uuid4(), facts={"a": [1, None]}),
    ATree(leaf=ALeaf(uuid4(), AT), leaves=(ALeaf(uuid4()), ALeaf(uuid4(), AT)), id=uuid4()),
    ATree(leaf=None, leaves=(), id=uuid4(), name=7, facts=MappingProxyType({"b": "c"})),
]


def written(value: object) -> object:
    return orjson.loads(orjson.dumps(value, default=str))


@pytest.mark.parametrize("tree", TREES)
def test_a_function_says_what_its_schema_says(tree: ATree) -> None:
    made = dumper(Tree)
    assert made is not None
    assert written(made(tree)) == written(Tree().dump(tree))
    assert "hidden" not in made(tree)


def test_several_are_dumped_one_by_one() -> None:
    assert written(dump(Tree, TREES, many=True)) == written(Tree(many=True).dump(TREES))


def test_a_schema_with_a_hook_stays_a_schema() -> None:
    assert dumper(Hooked) is None
    assert dump(Hooked, ALeaf(uuid4()))["more"] is True


def test_mappings_and_values_with_less_are_left_to_the_schema() -> None:
    one = {"id": uuid4()}
    assert dump(Leaf, one) == {"id": str(one["id"])}
