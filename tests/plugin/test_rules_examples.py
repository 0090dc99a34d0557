"""The examples of docs/pathways.md load as they stand there."""

from __future__ import annotations

import re

import pytest

from architecture.tree import ROOT
from bindeledd.plugin.loading import gather
from plugin.packs import DATA, Shelf

PAGE = (ROOT / "docs" / "pathways.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^\n((?: {4}.*\n|\n(?= {4}))+)", re.MULTILINE)
HEAD = """
id = "my-pack.example"
version = "2027.1"
extends = "national.after-attempt"
level = "municipality"
title = { nb = "Planen", en = "The plan" }
"""
# What the page says of the question in words, and does not write down there.
MEETING = """
[[field]]
key = "my_meeting"
label = { nb = "Møtet" }
asked_with = ["answered"]
used_by = ["my-pack.next-meeting"]
option = [{ value = "held", label = { nb = "Ja" } }, { value = "no_more", label = { nb = "Nei" } }]
"""


def examples() -> list[str]:
    """Every indented block that is TOML, without its indent."""
    found = (re.sub(r"^ {4}", "", one[1], flags=re.MULTILINE) for one in _BLOCK.finditer(PAGE))
    return [text for text in found if re.match(r"\[|id = ", text)]


@pytest.mark.parametrize("text", examples())
def test_an_example_of_the_page_loads_as_it_stands(shelf: Shelf, text: str) -> None:
    whole = text if text.startswith("id = ") else HEAD + text
    files = {"pathways/example.toml": whole} | (
        {"fields.toml": MEETING} if "my_meeting" in text else {}
    )
    shelf.put("my-pack", DATA, files=files)
    book = gather(["my-pack"], points=shelf.points).book
    assert [layer.id for layer in book.layers if layer.id.startswith("my-")]


def test_each_table_that_the_page_shows_is_in_an_example() -> None:
    shown = re.findall(r"^ {4}(\[.*)$", PAGE, flags=re.MULTILINE)
    assert shown
    assert shown == [
        line for text in examples() for line in text.splitlines() if line.startswith("[")
    ]
