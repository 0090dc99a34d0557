"""JSON Schemas of the TOML files of routines and packs: an editor completes, and marks what is wrong.

They are made of `keys.toml`. What a schema refuses, the readers refuse too; the readers refuse more
(what hangs together, names that there are not), which `bindeledd plugins check` says. Of the words of
JSON Schema 2020-12 only those are used that the editors' older drafts have as well.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bindeledd.features.pathways.domain.fields import ANSWER, SHOWN_IN
from bindeledd.features.pathways.domain.ladder_values import NEEDS
from bindeledd.features.pathways.domain.layer_values import LEVELS
from bindeledd.features.pathways.domain.layers import TIGHTENED
from bindeledd.features.pathways.domain.plan_values import AskedOf, SectionForm
from bindeledd.features.pathways.domain.reading_rules import KEY, SPOKEN, VERSION
from bindeledd.features.pathways.domain.rows import FORM, SURE, Relevance
from bindeledd.features.pathways.domain.values import AfterDeath, BasisKind, Strength
from bindeledd.features.pathways.domain.words import (
    AUDIENCES,
    BEGINNINGS,
    EVENTS,
    FACTS,
    MOMENTS,
    OWNERS,
    TASKS,
)
from bindeledd.features.staff.domain import ORGANISATION_KINDS
from bindeledd.foundation.periods import Count
from bindeledd.plugin.entries import LINK, PHONE, QUESTION, SCHEMES

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "schemas"
SETS: Mapping[str, tuple[str, ...]] = {
    "after_death": tuple(AfterDeath),
    "asked_of": tuple(AskedOf),
    "audiences": AUDIENCES,
    "bases": tuple(BasisKind),
    "counts": tuple(Count),
    "events": tuple(sorted(EVENTS)),
    "fields": tuple(sorted(TIGHTENED)),
    "fields_and_basis": tuple(sorted(TIGHTENED | {"basis"})),
    "index_events": tuple(sorted(BEGINNINGS)),
    "levels": LEVELS,
    "moments": MOMENTS,
    "needs": NEEDS,
    "organisations": ORGANISATION_KINDS,
    "relevances": tuple(Relevance),
    "section_forms": tuple(SectionForm),
    "strengths": tuple(Strength),
    "shown_in": SHOWN_IN,
    "sure": tuple(sorted(SURE)),
    "tasks": tuple(sorted(TASKS)),
}


def _texts(**more: object) -> Schema:
    return {"type": "array", "items": {"type": "string"}, **more}


def _like(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _fact(values: frozenset[str] | None) -> Schema:
    """The values of one fact, None for any; true and false are written for yes and no."""
    if values is None:
        return {"type": "array", "minItems": 1}
    written = [*sorted(values), *([True, False] if {"yes", "no"} & values else [])]
    return {"type": "array", "minItems": 1, "items": {"enum": written}}


def _condition(facts: Mapping[str, frozenset[str] | None], *, closed: bool) -> Schema:
    """Facts and their values. A pack has facts of its own, so only a `closed` list refuses others."""
    return {
        "type": "object",
        "properties": {name: _fact(values) for name, values in sorted(facts.items())},
        "additionalProperties": False if closed else _fact(None),
    }


_PLAN = {name: values for name, values in FACTS.items() if name.startswith("plan_")}
_WORDS: Schema = {
    "type": "object",
    "properties": {language: {"type": "string"} for language in SPOKEN},
    "required": ["nb"],
    "additionalProperties": False,
}
FORMS: Mapping[str, Schema] = {
    "answer": _like(ANSWER.pattern),
    "condition": _condition(FACTS, closed=False),
    "date": {"type": "string", "format": "date"},
    "dates": {"type": "array", "items": {"type": "string", "format": "date"}},
    "field_key": _like(QUESTION.pattern),
    "flag": {"type": "boolean"},
    "name": _like(KEY.pattern),
    "names": {"type": "object", "additionalProperties": {"type": "string"}},
    "number": {"type": "integer", "minimum": 1},
    "owner": {"anyOf": [{"enum": list(OWNERS)}, {"type": "string", "pattern": "^team:"}]},
    "period": _like(
        r"P(?=[0-9]|T[0-9])([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?"
    ),
    "phone": _like("|" + PHONE.pattern),
    "link": _like("|" + LINK.pattern),
    "plan_condition": _condition(_PLAN, closed=True),
    "points": {
        "type": "object",
        "properties": {scheme: {"type": "string"} for scheme in SCHEMES},
        "additionalProperties": False,
    },
    "rows": {"type": "array", "items": _like(FORM.pattern)},
    "some_text_or_words": {"anyOf": [{"type": "string", "pattern": r"\S"}, _WORDS]},
    "some_texts": _texts(minItems=1),
    "text": {"type": "string"},
    "text_or_words": {"anyOf": [{"type": "string"}, _WORDS]},
    "texts": _texts(),
    "time": {"type": "string"},
    "version": _like(VERSION.pattern),
    "weekdays": {
        "type": "array",
        "minItems": 1,
        "items": {"type": "integer", "minimum": 1, "maximum": 7},
    },
    "word": _like("[a-z][a-z0-9_]*"),
    "words": _WORDS,
}
_TABLES = re.compile(r"(?P<how>table|(?:some |two )?tables|named|of_rows) (?P<names>.+)")
_SOME = re.compile(r"(?P<how>one|many) (?P<name>\w+)(?P<other> or other)?")
_FEWEST = {"some tables": 1, "two tables": 2}


# --- what keys.toml says --------------------------------------------------------------------------


@cache
def described() -> Mapping[str, Any]:
    """The files and tables of keys.toml."""
    return tomllib.loads((files(__package__) / "keys.toml").read_text(encoding="utf-8"))


def keys(table: str) -> dict[str, Mapping[str, Any]]:
    """Every key of a table, with those that it has in common with others."""
    own = described()["table"][table]
    more = keys(own["more"]) if "more" in own else {}
    return {**own["keys"], **more}


def tables_in(form: str) -> tuple[str, list[str]]:
    """How tables lie under a key (`table`, `tables`, `named` …) and which: none for plain values."""
    found = _TABLES.fullmatch(form)
    return (found["how"], found["names"].split(" | ")) if found else ("", [])


def words_of(form: str) -> tuple[str, ...]:
    """The list of words that a form chooses from; empty for all others."""
    found = _SOME.fullmatch(form)
    return SETS[found["name"]] if found else ()


def reached(table: str) -> list[str]:
    """The tables of a file in the order in which they are met, its top first."""
    found = [table]
    for name in found:
        for key in keys(name).values():
            found += [inner for inner in tables_in(key["form"])[1] if inner not in found]
    return found


# --- the schemas ----------------------------------------------------------------------------------


def schema(file: str) -> Schema:
    """The schema of one sort of file."""
    about = described()["file"][file]
    top, *inner = reached(about["root"])
    return {
        "$schema": DRAFT,
        "title": f"Bindeledd: {about['title']}",
        **_table(top),
        "$defs": {name: _table(name) for name in inner},
    }


def _table(name: str) -> Schema:
    about, own = described()["table"][name], keys(name)
    found: Schema = {
        "description": about["says"],
        "type": "object",
        "properties": {key: key_schema(said) for key, said in own.items()},
        "additionalProperties": False,
    }
    must = [key for key, said in own.items() if said.get("must")]
    if must:
        found["required"] = must
    if "one_of" in about:
        found["oneOf"] = [{"required": [key]} for key in about["one_of"]]
    if "asks" in about:
        found["allOf"] = [_asks(key, more) for key, more in about["asks"].items()]
    return found


def _asks(key: str, more: list[str]) -> Schema:
    """Where the key is, the others are too."""
    return {"anyOf": [{"not": {"required": [key]}}, {"required": more}]}


def key_schema(said: Mapping[str, Any]) -> Schema:
    """What may stand under one key."""
    return {"description": said["says"], **_form(said["form"])}


def _form(form: str) -> Schema:
    how, names = tables_in(form)
    if how:
        return _tables(how, names)
    found = _SOME.fullmatch(form)
    if found is None:
        return FORMS[form]
    one: Schema = {"enum": [str(word) for word in SETS[found["name"]]]}
    if found["other"]:
        one = {"anyOf": [one, {"type": "string"}]}
    return one if found["how"] == "one" else {"type": "array", "items": one}


def _tables(how: str, names: list[str]) -> Schema:
    refs = [{"$ref": f"#/$defs/{name}"} for name in names]
    one: Schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    if how == "table":
        return one
    if how == "named":
        return {"type": "object", "additionalProperties": one}
    if how == "of_rows":
        rows = _like(FORM.pattern)["pattern"]
        return {"type": "object", "patternProperties": {rows: one}, "additionalProperties": False}
    return {"type": "array", "items": one, "minItems": _FEWEST.get(how, 0)}


def written() -> Iterator[tuple[str, str]]:
    """Every schema: the name of its file and what stands in it."""
    for file in described()["file"]:
        yield f"{file}.json", json.dumps(schema(file), ensure_ascii=False, indent=1) + "\n"


def write(folder: Path) -> list[Path]:
    """All schemas in `folder`, which is made; those that lie there are written anew."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name, _ in written()]
