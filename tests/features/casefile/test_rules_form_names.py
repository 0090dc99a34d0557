"""The names that packs leave alone are those of the forms: read out of the pages, so that none is
forgotten and none is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bindeledd.features.casefile as feature
from bindeledd.features.casefile.domain.form_names import OWN_NAMES, is_own_name
from bindeledd.features.cases.domain.joining import RECEIVER
from bindeledd.foundation.http.forms import AGAIN

HERE = Path(str(feature.__file__)).parent
PAGES = ("telling", "bedside", "plan_writing", "doing", "waiting")
TEMPLATES = ("say", "bedside", "_bedside", "plan_write")
# How a form is read, and how many names of fields that takes.
ONE = ("text", "needed", "one_of", "day", "clock", "id", "ticked", "wrong")
READS = {f"form.{name}": 1 for name in ONE} | {"form.moment": 2}
# Names that stand in a constant, or come from a list: facts of the core are kept anyway.
CONSTANTS = {"RECEIVER": RECEIVER, "AGAIN": AGAIN}
FROM_LISTS = {
    "0_new",
    "fact",
    "name",
    "day",
    "clock",
    "own.key",
    "one.key",
    "one",
    "one ~ '_number'",
}
MACRO = re.compile(
    r"ui\.(?:(?:field|textarea|select|choice|check)\(|(?:day|clock)\(form, )\s*([^,]+),"
)
PLAIN = re.compile(r'[ (]name="([^"]+)"')


def spelt(written: ast.expr) -> str:
    """The name that an expression gives; 0 stands for what changes."""
    if isinstance(written, ast.Constant):
        return str(written.value)
    if isinstance(written, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "0" for one in written.values)
        return "".join(map(str, parts))
    text = ast.unparse(written)
    return CONSTANTS.get(text, text)


def read_by(page: str) -> Iterator[str]:
    """Every name that the code of a page reads of its form."""
    tree = ast.parse((HERE / "pages" / f"{page}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "form":
            yield spelt(node.slice)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in READS:
            yield from (spelt(one) for one in node.args[: READS[ast.unparse(node.func)]])


def shown_by(template: str) -> Iterator[str]:
    """Every name of a field that a template shows."""
    text = (HERE / "templates" / "casefile" / f"{template}.html").read_text(encoding="utf-8")
    for written in MACRO.findall(text):
        literal, joined, _ = written.partition(" ~ ")
        quoted = literal.strip().strip("\"'")
        yield f"{quoted}0" if joined and literal.startswith('"') else quoted
    for written in PLAIN.findall(text):
        yield re.sub(r"{{.*?}}", "0", written)


def found() -> set[str]:
    pages = {name for page in PAGES for name in read_by(page)}
    return pages | {name for template in TEMPLATES for name in shown_by(template)}


def test_every_name_that_the_forms_use_is_kept_from_packs() -> None:
    names = found() - FROM_LISTS
    assert {"words", "happened_on", "of", "how_0", "section_0"} <= names
    assert {name for name in names if not is_own_name(name)} == set()


def test_no_name_is_kept_that_no_form_uses() -> None:
    files = [HERE / "templates" / "casefile" / f"{one}.html" for one in TEMPLATES]
    files += [HERE / "pages" / f"{one}.py" for one in PAGES]
    said = {
        word
        for file in files
        for word in re.findall(r"""["']([a-z_]+)["']""", file.read_text(encoding="utf-8"))
    }
    assert OWN_NAMES - said - {RECEIVER} == set()


@pytest.mark.parametrize(
    "name", ["_once", "how_new", "what_12", "service_gp", "section_early_signs"]
)
def test_names_of_one_for_each_are_kept(name: str) -> None:
    assert is_own_name(name)


@pytest.mark.parametrize(
    "name", ["kv_place", "how_many", "what_helped", "words_said", "person_home"]
)
def test_what_only_begins_alike_is_left_to_packs(name: str) -> None:
    assert not is_own_name(name)
