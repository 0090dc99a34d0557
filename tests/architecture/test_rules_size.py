"""Modules and functions that a person can read in one go; the others are listed with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architecture.tree import CORE, ROOT, modules

MODULE, FUNCTION = 300, 40

# Path and why it is one module; whoever splits it takes the line out.
LONG_MODULES: dict[str, str] = {
    "core/bindeledd/features/intake/domain/synthetic/stories.py": "made-up courses, one by one",
    "core/bindeledd/features/cases/tables.py": "cases, events and closures with what the database refuses",
    "core/bindeledd/foundation/sealing/keyring.py": "one ring: seal, open, look up, erase",
}
LONG_FUNCTIONS: dict[str, str] = {
    "core/bindeledd/features/intake/domain/plo.py:read": "one value, filled field by field",
}


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


def long_modules() -> set[str]:
    return {
        path
        for path, _ in modules(CORE, ROOT / "plugins", ROOT / "bench")
        if "/tests/" not in path and len((ROOT / path).read_text().splitlines()) > MODULE
    }


def too_long_functions() -> set[str]:
    return {
        f"{path}:{name}"
        for path, tree in modules(CORE, ROOT / "plugins", ROOT / "bench")
        for name, _ in long_functions(tree)
    }


def test_no_module_is_too_long_to_read() -> None:
    assert long_modules() - set(LONG_MODULES) == set()


def test_no_function_is_too_long_to_read() -> None:
    assert too_long_functions() - set(LONG_FUNCTIONS) == set()


def test_nothing_is_listed_that_is_gone_or_short_by_now() -> None:
    assert set(LONG_MODULES) - long_modules() == set()
    assert set(LONG_FUNCTIONS) - too_long_functions() == set()
