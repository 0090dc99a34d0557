"""The page on the product's place in the law says what the code has, and claims nothing beside it."""

from __future__ import annotations

import re

import click

from architecture.test_rules_outgoing import doors
from architecture.tree import FEATURES, ROOT
from bindeledd.app import _API
from bindeledd.features.access.domain import RelationKind, Scope
from bindeledd.features.staff.commands import staff
from bindeledd.features.staff.domain import DutyKind, Role
from bindeledd.foundation.actors import ActorKind
from bindeledd.settings.checking import defaults

PAGE = (ROOT / "docs" / "place-in-the-law.md").read_text(encoding="utf-8")
SEALING = (ROOT / "docs" / "sealing.md").read_text(encoding="utf-8")
SURE = {"FIN", "CUR", "SEC", "THIRD", "JUD", "OURS"}
# Paragraphs that a source at hand names, with the reference under which it does.
PARAGRAPHS = {
    "§ 22": "b13.1",
    "§ 14": "b13.2",
    "§ 21 a": "b13.5",
    "§ 45 a": "RX-01",
    "§ 10 a": "RP-01",
    "§ 3-3": "RP-09",
}
LEADS = re.compile(r"\b(LeadOnly|LeadsOnly|LeadReads|require_lead)\b")
# Where the rule itself is written, which every other feature asks.
RULE = {"access"}


def section(number: int) -> str:
    found = re.search(rf"^## {number}\. .*?\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, number
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in a text, headings left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = {place for place, row in enumerate(cells) if set("".join(row)) <= set("- ")}
    return [row for place, row in enumerate(cells) if place not in heads and place + 1 not in heads]


def codes(text: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", text)


def sealed_columns() -> tuple[set[str], set[str]]:
    """The tables of docs/sealing.md, and each of its sealed columns as `table.column`."""
    parts = re.findall(r"^### `(\w+)`\n(.*?)(?=^### |\Z)", SEALING, re.MULTILINE | re.DOTALL)
    sealed = {
        f"{table}.{column}"
        for table, text in parts
        for line in re.findall(r"^- sealed: (.*)$", text, re.MULTILINE)
        for column in codes(line)
    }
    return {table for table, _ in parts}, sealed


# --- the inventory --------------------------------------------------------------------------------


def test_every_table_stands_in_the_inventory_once() -> None:
    named = [table for row in rows(section(7)) for table in codes(row[2])]
    assert sorted(named) == sorted(sealed_columns()[0])


def test_everything_sealed_stands_in_the_inventory_beside_its_table() -> None:
    told = {column: codes(row[2]) for row in rows(section(7)) for column in codes(row[3])}
    assert set(told) == sealed_columns()[1]
    assert [one for one, tables in told.items() if one.partition(".")[0] not in tables] == []


# --- the matrix -----------------------------------------------------------------------------------


def grants() -> set[str]:
    """The roles for a whole tenant that a member can be given."""
    found: set[str] = set()
    for command in staff.commands.values():
        for option in command.params:
            if isinstance(option.type, click.Choice) and "admin" in option.type.choices:
                found |= {str(choice) for choice in option.type.choices}
    return found


def test_every_place_that_anybody_can_have_stands_in_the_matrix() -> None:
    who = section(8).partition("**By which relation")[0]
    told = {row[1].strip("`") for row in rows(who)}
    lent = {kind.value for kind in DutyKind} - {DutyKind.HOURS.value}
    given = {role.value for role in Role} | lent | grants()
    assert grants()
    assert told == given | {ActorKind.SYSTEM.value, ActorKind.COMMAND.value}


def test_what_a_token_opens_stands_beside_the_matrix() -> None:
    (line,) = [line for line in section(8).splitlines() if line.startswith("A token")]
    assert set(codes(line)) == {scope.value for scope in Scope}


def test_every_relation_stands_in_the_matrix() -> None:
    relations = section(8).partition("**By which relation")[2].partition("**Only a lead**")[0]
    assert {row[1].strip("`") for row in rows(relations)} == {kind.value for kind in RelationKind}


def test_what_only_a_lead_may_stands_in_the_matrix() -> None:
    told = {row[0].strip("`") for row in rows(section(8).partition("**Only a lead**")[2])}
    asked = {
        file.relative_to(FEATURES).parts[0]
        for file in FEATURES.rglob("*.py")
        if LEADS.search(file.read_text(encoding="utf-8"))
    }
    assert told == asked - RULE


# --- what leaves the machine ----------------------------------------------------------------------


def outgoing() -> list[list[str]]:
    """The rows of what leaves: what, door, what it holds, to whom, in the log as."""
    found = [row for row in rows(section(3)) if len(row) == 5]
    assert found
    return found


def test_every_door_out_of_the_house_has_a_row_of_its_own() -> None:
    told = [door for row in outgoing() for door in codes(row[1].replace("/", ".")) if ".py" in door]
    named = {
        door: [one for one in told if door.replace("/", ".").endswith(one)] for door in doors()
    }
    assert {door for door, by in named.items() if len(by) != 1} == set()
    assert len(told) == len(doors())


def test_every_address_without_a_page_that_others_ask_has_a_row() -> None:
    told = " ".join(row[1] for row in outgoing())
    assert [one for one in (_API, "/healthz", "/readyz", "/metrics") if one not in told] == []


def test_what_leaves_is_written_in_the_log_under_the_name_that_stands_there() -> None:
    said = [act for row in outgoing() for act in codes(row[4])]
    core = "\n".join(file.read_text(encoding="utf-8") for file in FEATURES.rglob("*.py"))
    assert len(said) >= 5
    assert [act for act in said if f'"{act}"' not in core] == []


# --- what is claimed ------------------------------------------------------------------------------


def test_every_claim_says_where_it_is_from_and_how_sure_it_is() -> None:
    claims = [row for row in rows(section(4)) + rows(section(2)) if len(row) > 2]
    assert len(claims) > 15
    assert [row for row in claims if row[1] not in SURE] == []
    reference = re.compile(r"(b13\.\d|R[GKXP]-\d\d|R\d{1,2})\b")
    assert [row[0] for row in claims if not reference.match(row[0])] == []


def test_no_paragraph_stands_there_without_its_source() -> None:
    lines = [line for line in PAGE.splitlines() if "§" in line]
    for line in lines:
        for found in re.findall(r"§ [\d-]+(?: [a-z]\b)?", line):
            assert found in PARAGRAPHS, line
            assert PARAGRAPHS[found] in line, line


def test_a_law_is_named_in_a_row_that_says_how_sure_it_is() -> None:
    law = re.compile(r"\b(GDPR|EHDS|MDR|\w+loven|\w+forskriften|Normen)\b")
    loose = [
        line
        for line in PAGE.splitlines()
        if law.search(line) and not any(f"| {code} |" in line for code in SURE)
    ]
    assert loose == []


def test_every_setting_of_retention_is_on_the_page_and_the_page_says_that_it_deletes_nothing() -> (
    None
):
    assert set(re.findall(r"^(\w+) = ", section(5), re.MULTILINE)) == set(defaults()["retention"])
    assert "delete nothing and move nothing" in section(5)


def test_what_the_site_decides_is_said_so() -> None:
    assert PAGE.count("**the site decides**") > 10
    assert "medical device" in section(2)


def test_the_page_is_found_from_where_people_begin() -> None:
    for page in ("README.md", "docs/operations.md", "docs/safety.md"):
        assert "docs/place-in-the-law.md" in (ROOT / page).read_text(encoding="utf-8"), page
