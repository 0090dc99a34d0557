"""Modules and functions that a person can read in one go; the others are listed with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architecture.tree import CORE, ROOT, modules

MODULE, FUNCTION = 300, 40

LONG_MODULES: dict[str, str] = {
    "core/bindeledd/foundation/db.py": "types, guards and opening: three short parts of one thing",
}
LONG_FUNCTIONS: dict[str, str] = {}


def long_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions that are longer than allowed: without docstring, and without functions inside.

    (A factory of views is as long as its longest view.)
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = sum(_lines(part) for part in body if not isinstance(part, ast.FunctionDef))
            if length > FUNCTION:
                yield node.name, length


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_module_is_too_long_to_read() -> None:
    long = {
        path
        for path, _ in modules(CORE, ROOT / "plugins")
        if "/tests/" not in path and len((ROOT / path).read_text().splitlines()) > MODULE
    }
    assert long - set(LONG_MODULES) == set()


def test_no_function_is_too_long_to_read() -> None:
    long = {
        f"{path}:{name}"
        for path, tree in modules(CORE, ROOT / "plugins")
        for name, _ in long_functions(tree)
    }
    assert long - set(LONG_FUNCTIONS) == set()


def test_nothing_is_listed_that_is_short_again() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in LONG_MODULES}
    assert [path for path, length in lengths.items() if length <= MODULE] == []
    assert [place for place in LONG_FUNCTIONS if not _still_long(place)] == []


def _still_long(place: str) -> bool:
    path, name = place.split(":")
    return name in dict(long_functions(ast.parse((ROOT / path).read_text())))
