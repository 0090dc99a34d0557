"""`pathways diff` with other packs than those that are on, where the site's own layers rest on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bindeledd.features.pathways.commands.comparing import diff
from bindeledd.foundation.console import Site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.loading import Gathered, gather

OWN = """\
id = "site.own"
version = "1"
extends = "national.after-attempt"
level = "unit"
title = { nb = "Vårt eget" }
[[step]]
key = "example.home-visit"
due = { from = "P7D", to = "P9D" }
basis = { kind = "local", source = "EQS 1" }
[[step]]
key = "first-contact"
due = { within = "P1D" }
basis = { kind = "local", source = "EQS 1" }
"""
MORE = """\
[[step]]
key = "site.visit"
task = "call_patient"
after = "discharged"
due = { within = "P7D" }
when = { example_home_visit = ["yes"] }
basis = { kind = "local", source = "EQS 1" }
"""


@dataclass(frozen=True)
class Settings:
    plugins: tuple[str, ...] = ("example",)


def run(own: Path, *words: str, on: tuple[str, ...] = ("example",)) -> Result:
    def gathered(settings: Settings, packs: Sequence[str] | None = None) -> Gathered:
        names = settings.plugins if packs is None else packs
        return gather(names, folders=[own], on=settings.plugins)

    site = Site(open_settings=lambda: Settings(on), open_database=pytest.fail, gather=gathered)
    return CliRunner().invoke(diff, [*words], obj=site, env={"COLUMNS": "200"})


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("sides", [("current", "current+none"), ("current+none", "current")])
def test_what_an_own_layer_says_of_a_step_of_a_pack_goes_with_the_pack(
    own: Path, sides: tuple[str, str]
) -> None:
    found = told(run(own, *sides, "--json"))
    assert {one["key"] for one in found["differences"]} == {
        "example.home-visit",
        "example.home-visit-offered",
    }
    assert found["resting"] == {"a": [], "b": []}


def test_an_own_layer_that_cannot_stand_without_the_pack_is_left_out_and_named(own: Path) -> None:
    (own / "own.toml").write_text(OWN + MORE, encoding="utf-8")
    found = told(run(own, "current", "current+none", "--json"))
    assert found["resting"] == {"a": [], "b": ["site.own@1"]}
    assert {"site.visit", "first-contact"} <= {one["key"] for one in found["differences"]}
    assert "site.own@1 er utelatt i current+none" in run(own, "current", "current+none").output


SUMMARY = """\
id = "site.own"
version = "1"
extends = "national.after-attempt"
level = "unit"
title = { nb = "Vårt eget" }
[[gate]]
key = "summary_sent"
due = { within = "PT0S", end_of_day = true }
basis = { kind = "local", source = "EQS 1" }
"""


@pytest.mark.parametrize("on", [(), ("example",)])
def test_an_own_layer_that_loosens_what_another_pack_says_is_told_of(
    own: Path, on: tuple[str, ...]
) -> None:
    (own / "own.toml").write_text(SUMMARY, encoding="utf-8")
    stopped = run(own, "current", "current+helse-sor-ost", "--json", on=on).exception
    assert isinstance(stopped, Misconfigured)
    assert "site:own.toml:8" in str(stopped)


def test_a_start_leaves_nothing_out(own: Path) -> None:
    with pytest.raises(Misconfigured):
        gather([], folders=[own], on=[])
