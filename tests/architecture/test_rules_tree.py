"""The tree: every feature on the plan, tests where their source is, no machine in any file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from architecture.tree import (
    CORE,
    FEATURES,
    ROOT,
    contracts,
    feature_names,
    modules,
    project,
    texts,
)

FLOORS = {
    "domain",
    "tables",
    "queries",
    "service",
    "schemas",
    "views",
    "pages",
    "jobs",
    "commands",
}
# Packages of the wheel that are no layer: data beside the code.
NO_LAYER = {"config", "migrations", "translations", "web"}


def test_every_feature_stands_on_the_floors() -> None:
    listed = [line.split(".")[-1] for line in contracts()["floors"]["containers"].split()]
    assert listed == feature_names()


def test_every_feature_stands_in_the_order() -> None:
    order = contracts()["order"]["layers"].replace("|", " ").split()
    assert sorted(order) == feature_names()


def test_a_feature_has_floors_and_nothing_else() -> None:
    odd = [
        file.relative_to(CORE).as_posix()
        for name in feature_names()
        for file in (FEATURES / name).iterdir()
        if file.stem not in FLOORS | {"__init__", "__pycache__", "templates", "static"}
    ]
    assert odd == []


def test_every_module_of_the_assembly_stands_on_the_plan() -> None:
    planned = set(re.findall(r"bindeledd\.(\w+)", contracts()["assembly"]["layers"]))
    there = {file.stem for file in CORE.glob("*.py")} | {
        file.parent.name for file in CORE.glob("*/__init__.py")
    }
    assert there - planned - NO_LAYER - {"__init__", "__main__"} == set()


def test_every_package_is_named_for_the_wheel() -> None:
    tool = project()["tool"]
    assert isinstance(tool, dict)
    named = set(tool["setuptools"]["packages"])
    there = {_dotted(file.parent) for file in CORE.rglob("__init__.py")}
    for top in ("config", "migrations"):
        there |= {
            ".".join(("bindeledd", *file.parent.relative_to(ROOT).parts))
            for file in (ROOT / top).rglob("__init__.py")
        }
    assert named == there


def _dotted(folder: Path) -> str:
    return ".".join(folder.relative_to(CORE.parent).parts)


@pytest.mark.parametrize("feature", feature_names())
def test_a_feature_is_tested_where_one_looks_for_it(feature: str) -> None:
    folder = ROOT / "tests" / "features" / feature
    written = [file.read_text(encoding="utf-8") for file in folder.glob("test_*.py")]
    known = re.compile(rf"bindeledd\.features(\.{feature}\b| import [^\n]*\b{feature}\b)")
    assert any(known.search(text) for text in written), "a feature without a test of its own"


def test_tests_of_the_foundation_mirror_it() -> None:
    there = {file.stem for file in (CORE / "foundation").rglob("*.py")}
    there |= {file.name for file in (CORE / "foundation").iterdir() if file.is_dir()}
    written = [f.stem.removeprefix("test_") for f in (ROOT / "tests/foundation").glob("test_*.py")]
    odd = [n for n in written if not n.removeprefix("rules_").startswith(tuple(there))]
    assert odd == []


MACHINE = {
    "a folder of one machine": r"(?<![\w.<-])/(work|home|root|Users)/\w",
    "an index host": r"(?:index-url|trusted-host|find-links)[ =]+\S*(?:http|\d+\.\d+)"
    r"|https?://[^\s\"']*/(?:simple|artifactory|nexus|repository/pypi)\b",
}


@pytest.mark.parametrize("what", MACHINE)
def test_no_file_names(what: str) -> None:
    mine = Path(__file__).relative_to(ROOT).as_posix()
    named = [
        f"{path}: {found[0]}"
        for path, text in texts()
        if path != mine
        for found in re.finditer(MACHINE[what], text)
    ]
    assert named == []


def test_every_module_says_what_it_is() -> None:
    import ast

    silent = [
        path
        for path, tree in modules(CORE, ROOT / "plugins", ROOT / "migrations")
        if not ast.get_docstring(tree) and "/tests/" not in path
    ]
    assert silent == []


def test_no_test_is_without_a_question() -> None:
    """A test asserts something, expects a refusal, or hands the question to a helper by name."""
    import ast

    def asks(test: ast.FunctionDef) -> bool:
        return any(
            isinstance(node, ast.Assert)
            or (isinstance(node, ast.Attribute) and node.attr == "raises")
            or (
                isinstance(node, ast.Name)
                and node.id.startswith(("assert_", "check", "insist", "prove", "refused"))
            )
            for node in ast.walk(test)
        )

    silent = [
        f"{path}:{node.name}"
        for path, tree in modules(ROOT / "tests", ROOT / "plugins")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not asks(node)
    ]
    assert silent == []
