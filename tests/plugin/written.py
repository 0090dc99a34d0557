"""TOML files of the repository and made-up ones, taken apart table by table and written again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from architecture.tree import ROOT
from bindeledd.features.pathways.domain.coverage import read_cover
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.reading import PathwayInvalid, declared_kinds, read_file
from bindeledd.features.pathways.domain.rows import read_catalogue
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.words import Words
from bindeledd.features.pathways.service import catalogue
from bindeledd.plugin.data import DataPack
from bindeledd.plugin.schemas import keys, tables_in

Path_ = tuple[str | int, ...]
_HOOKS = {"fields": "fields", "calendars": "calendars", "units": "units", "contacts": "contacts"}


def sort_of(file: Path) -> str | None:
    """Which schema a file of this repository has."""
    place = file.relative_to(ROOT)
    if place.parent.name == "pathways":
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        return "layer" if "extends" in content else "pathway" if "id" in content else "rules"
    if place.parts[0] == "config":
        return {"config/rows.toml": "catalogue", "config/coverage.toml": "coverage"}.get(str(place))
    if place.name == "ladders.toml":
        return "rules"
    return place.stem if place.stem in (*_HOOKS, "rows") and len(place.parts) == 5 else None


def shipped() -> list[Path]:
    """Every TOML file that comes with the product or a pack, but translations and projects."""
    found = [*ROOT.glob("config/**/*.toml"), *ROOT.glob("plugins/*/src/**/*.toml")]
    return sorted(file for file in found if "translations" not in file.parts)


# --- reading --------------------------------------------------------------------------------------


def words_of_all() -> Words:
    """The words that all packs together know: their kinds of tasks and their facts."""
    texts = [file.read_text(encoding="utf-8") for file in shipped() if sort_of(file) is not None]
    kinds = frozenset(kind for text in texts for kind in declared_kinds(text))
    own = [field for text in texts for field in tomllib.loads(text).get("field", [])]
    fields = [
        CaseField(
            key=field["key"],
            label={},
            options=tuple(Option(value=one["value"], label={}) for one in field["option"]),
            asked_with=(),
            used_by=(),
        )
        for field in own
    ]
    return Words(beside=kinds).with_fields(fields)


@dataclass(frozen=True)
class Readers:
    """The readers of all sorts of files. `package`: an empty pack that is written anew each time."""

    words: Words
    package: Path

    def findings(self, sort: str, text: str) -> list[Finding]:
        """What the reader of such a file finds wrong."""
        if sort in ("pathway", "layer", "rules"):
            return read_file(text, distribution="x", file="x.toml", words=self.words).findings
        if sort == "catalogue":
            return read_catalogue(text).findings
        if sort in ("rows", "coverage"):
            known, core = catalogue().rows, sort == "coverage"
            found = read_cover(text, distribution="x", file="x", known=known, core=core)
            return list(found.findings)
        (self.package / f"{sort}.toml").write_text(text, encoding="utf-8")
        try:
            list(getattr(DataPack(self.package.name), _HOOKS[sort])())
        except PathwayInvalid as wrong:
            return list(wrong.findings)
        return []


# --- taking apart, writing again ------------------------------------------------------------------


def tables(name: str, content: Mapping[str, Any], at: Path_ = ()) -> Iterator[tuple[str, Path_]]:
    """Every table of a file: what it is in keys.toml, and the way to it."""
    yield name, at
    for key, said in keys(name).items():
        how, names = tables_in(said["form"])
        if how and key in content:
            for where, inner in _inner(how, content[key], (*at, key)):
                yield from tables(names["task" not in inner and len(names) > 1], inner, where)


def _inner(how: str, value: Any, at: Path_) -> list[tuple[Path_, Mapping[str, Any]]]:
    if how == "table":
        return [(at, value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [((*at, key), one) for key, one in pairs]


def changed(content: Any, at: Path_, change: Mapping[str, Any]) -> Any:
    """A copy in which the table `at` has these keys; a key that is `...` is taken out."""
    if not at:
        return {key: one for key, one in {**content, **change}.items() if one is not ...}
    step = at[0]
    if isinstance(content, list):
        return [changed(one, at[1:], change) if n == step else one for n, one in enumerate(content)]
    return {**content, step: changed(content[step], at[1:], change)}


def toml(content: Mapping[str, Any]) -> str:
    """The same as text, each key of the top on a line."""
    return "".join(f"{json.dumps(key)} = {_value(one)}\n" for key, one in content.items())


def _value(one: Any) -> str:
    if isinstance(one, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_value(value)}" for key, value in one.items())
        return "{" + inner + "}"
    if isinstance(one, list):
        return "[" + ", ".join(map(_value, one)) + "]"
    return one.isoformat() if isinstance(one, date | time) else json.dumps(one, ensure_ascii=False)


def as_json(content: Any) -> Any:
    """As an editor hands it to a schema: dates and times are texts."""
    if isinstance(content, dict):
        return {key: as_json(one) for key, one in content.items()}
    if isinstance(content, list):
        return [as_json(one) for one in content]
    return content.isoformat() if isinstance(content, date | time) else content
