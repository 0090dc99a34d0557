"""Which questions of a routine stand first, and under whom the others stand."""

from __future__ import annotations

from types import SimpleNamespace

from bindeledd.features.casefile.domain.asking import Asked, by_layer, owed_now
from bindeledd.features.pathways.domain.fields import CaseField


def a_question(key: str, *used_by: str) -> CaseField:
    return CaseField(
        key=key, label={"nb": key}, options=(), asked_with=("answered",), used_by=used_by
    )


ONE, TWO, THREE = (
    a_question("one", "town.visit"),
    a_question("two", "gone", "region.call"),
    a_question("three", "town.letter", "first-contact"),
)
LAYERS = {"town.visit": "town@1", "region.call": "region@1", "town.letter": "town@1"}


def find(key: str) -> SimpleNamespace | None:
    return SimpleNamespace(layer=LAYERS[key]) if key in LAYERS else None


def test_what_an_open_task_asks_is_owed_now() -> None:
    assert owed_now([ONE, TWO, THREE], frozenset({"first-contact", "town.visit"})) == [ONE, THREE]


def test_the_others_stand_once_each_under_the_layer_that_asks_them() -> None:
    assert by_layer([ONE, TWO, THREE], find) == (  # type: ignore[arg-type]
        Asked(layer="town@1", questions=(ONE, THREE)),
        Asked(layer="region@1", questions=(TWO,)),
    )


def test_what_no_layer_asks_is_the_routines_own_and_is_not_left_out() -> None:
    assert by_layer([TWO], lambda _: None) == (Asked(layer="", questions=(TWO,)),)
