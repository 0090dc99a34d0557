"""Words planted in every field of every form and every body are found nowhere outside the seals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.tables import metadata
from builders import Site, a_site
from doors import a_door
from web.a_world import PLANTED, a_world, spellings
from web.test_map import PUBLIC, doors, path_of

WORD = "Kvitsøyskapet"
# Fields that hold something else than words: what is asked for there.
TYPED = (
    ("number", "13116900216"),
    ("phone", "41234599"),
    ("value", "41234599"),
    ("born", "13.11.1969"),
    ("clock", "10.30"),
    ("time", "10.30"),
    ("day", ""),
    ("date", ""),
    ("_on", ""),
    ("language", "nb"),
)


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session, now())


@pytest.fixture
def ids(app: Flask, fresh_database: Database, site: Site) -> dict[str, Any]:
    return a_world(app, fresh_database, site)


def everything(database: Database) -> Iterator[tuple[str, bytes]]:
    """Every cell of every table that is not sealed, and those that are."""
    with database.transaction() as session:
        for table in metadata.tables.values():
            for row in session.execute(sa.select(table)):
                for column, cell in zip(table.columns, row, strict=True):
                    plain = bytes(cell) if isinstance(cell, bytes) else str(cell).encode()
                    yield f"{table.name}.{column.name}", plain


def leaks(database: Database, words: tuple[str, ...]) -> set[str]:
    looked = [spelled for word in words for spelled in spellings(word)]
    return {where for where, cell in everything(database) if any(s in cell for s in looked)}


# --- bodies --------------------------------------------------------------------------------------


def full(described: dict[str, Any], part: dict[str, Any], ids: dict[str, Any], name: str) -> Any:
    """A body with every field that its description knows, and the word in every free text."""
    if "$ref" in part:
        ref = part["$ref"].rpartition("/")[2]
        return full(described, described["components"]["schemas"][ref], ids, name)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in part:
            return full(described, part[several][0], ids, name)
    if "enum" in part:
        return next(one for one in part["enum"] if one is not None)
    kinds = part.get("type", "object")
    kind = kinds if isinstance(kinds, str) else next(one for one in kinds if one != "null")
    if kind == "string":
        return _text(part, ids, name)
    if kind == "array":
        return [full(described, part["items"], ids, name.removesuffix("s"))]
    if kind in ("integer", "number"):
        return 2015
    if kind == "boolean":
        return name in ("ours", "acute")
    return {
        key: full(described, one, ids, key)
        for key, one in part.get("properties", {}).items()
        if key not in ("patient_id", "unit_id", "team_id", "next_attempt", "next_at")
        or key in part.get("required", [])
    } or {"why": WORD}


def _text(part: dict[str, Any], ids: dict[str, Any], name: str) -> str:
    if part.get("format") == "uuid":
        return str(ids.get(name) or ids.get(f"{name}_id") or new_id())
    if part.get("format") == "date":
        return now().date().isoformat()
    if part.get("format") == "date-time":
        ahead = name in ("starts_at", "due_at", "first_at")
        return (now() + timedelta(days=10 if ahead else -1 / 24)).isoformat()
    typed = {"number": "13116900216", "value": "41234599", "first_kind": "free"}
    return typed.get(name, f"{WORD} {name}"[: part.get("maxLength", 200)])


def test_no_word_of_a_body_stands_outside_the_seals(
    app: Flask,
    fresh_database: Database,
    site: Site,
    ids: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
) -> None:
    described = app.test_client().get("/api/v1/openapi.json").json
    assert described is not None
    headers = {"Authorization": f"Bearer {a_door(app, fresh_database, site.berit).token}"}
    ids |= {"to_team_id": site.other_team, "team_id": site.team, "member_id": site.anna.id}
    taken, refused = [], {}
    for rule, method in doors(app):
        body = _body(described, rule, method)
        if body is None:
            continue
        known = {name: ids.get(name, new_id()) for name in rule.arguments}
        sent = full(described, body, ids, "")
        told = app.test_client().open(
            path_of(app, rule, known), method=method, headers=headers, json=sent
        )
        assert told.status_code < 500, (rule.rule, sent)
        if told.status_code < 300:
            taken.append(rule.rule)
        else:
            refused[f"{method} {rule.rule}"] = told.text

    print(refused)
    words = (WORD, *PLANTED)
    assert leaks(fresh_database, words) == set()
    said = capfd.readouterr()
    assert not [word for word in words if word in said.err]
    assert len(taken) >= 15


def _body(described: dict[str, Any], rule: Any, method: str) -> dict[str, Any] | None:
    path = "".join(
        f"{{{text}}}" if dynamic else text for dynamic, text in rule._trace if text != "|"
    )
    paths = {place.replace(" ", ""): told for place, told in described["paths"].items()}
    told = paths.get(path, {}).get(method.lower(), {})
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    found: dict[str, Any] | None = content["schema"] if content else None
    return found


# --- forms ---------------------------------------------------------------------------------------


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its fields with what a person may put in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        if not self.found:
            return
        fields, name = self.found[-1][1], given.get("name", "")
        if tag == "textarea" and name:
            fields[name] = f"{WORD} {name}"
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            fields.setdefault(self._select, given["value"])
        elif tag == "input" and name:
            self._input(fields, name, given)
        elif tag == "button" and name:
            fields.setdefault(name, given.get("value", ""))

    def _input(self, fields: dict[str, str], name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("radio", "checkbox"):
            fields.setdefault(name, given.get("value", "on"))
        elif kind == "hidden" or given.get("value"):
            fields[name] = given.get("value", "")
        else:
            typed = next((value for part, value in TYPED if part in name), f"{WORD} {name}")
            fields[name] = typed or f"{now() + timedelta(days=3):%d.%m.%Y}"

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


def test_no_word_of_a_form_stands_outside_the_seals(
    app: Flask,
    fresh_database: Database,
    site: Site,
    ids: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
) -> None:
    token = a_door(app, fresh_database, site.berit).token
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    client = app.test_client()
    taken: set[str] = set()
    addresses: list[str] = []
    for rule, method in doors(app):
        if method != "GET" or rule.rule.startswith("/api/") or rule.endpoint in PUBLIC:
            continue
        known = {name: ids.get(name, new_id()) for name in rule.arguments}
        path = path_of(app, rule, known)
        page = client.get(path, headers=headers)
        for action, fields in Forms(page.text).found:
            if (
                "log-out" in action
                or "away" in action
                or not any(WORD in v for v in fields.values())
            ):
                continue
            told = client.post(action or path, data=fields, headers=headers)
            assert told.status_code < 500, (action, fields)
            addresses.append(told.headers.get("Location", ""))
            if told.status_code < 400:
                taken.add(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", action or path))

    print(sorted(taken))
    words = (WORD, *PLANTED)
    assert leaks(fresh_database, words) == set()
    said = capfd.readouterr()
    assert not [word for word in words if word in said.err]
    assert not [one for one in addresses for word in words if word in one]
    assert len(taken) >= 10


def test_the_search_would_find_a_word_that_was_left_plain(
    fresh_database: Database, site: Site
) -> None:
    with fresh_database.transaction() as session:
        session.execute(sa.text(f"UPDATE teams SET name = '{WORD.upper()}'"))

    assert leaks(fresh_database, (WORD,)) == {"teams.name"}
