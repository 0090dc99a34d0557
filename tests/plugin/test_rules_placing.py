"""Where in the pack's own file something stands: the line of the key, or of what it is missing in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.plugin.host.placing import placed

TEXT = """\
gateway = "sveve"

[text]
one = "1 pasient"
en = { one = "1 patient" }
[text.nn]
"other" = "{count} pasientar"
"""


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("sms.toml gateway", ":1 gateway"),
        ("sms.toml text", ":3 text"),
        ("sms.toml text.one", ":4 text.one"),
        ("sms.toml text.en.one", ":5 text.en.one"),
        ("sms.toml text.nn.other", ":7 text.nn.other"),
        ("sms.toml text.nn.one", ":6 text.nn.one"),
        ("sms.toml url", " url"),
    ],
)
def test_a_key_is_said_with_file_and_line(tmp_path: Path, said: str, line: str) -> None:
    file = tmp_path / "sms-sveve.toml"
    file.write_text(TEXT, encoding="utf-8")

    assert placed(said, file) == f"{file}{line}"


def test_every_key_of_several_faults_is_placed_and_nothing_else_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "sms.toml"
    file.write_text(TEXT, encoding="utf-8")

    said = placed("mangler; sms.toml gateway: er ukjent; [[plugin]] secrets: mangler", file)

    assert said == f"mangler; {file}:1 gateway: er ukjent; [[plugin]] secrets: mangler"
    assert placed(said, file) == said


def test_without_a_file_it_stays_as_the_pack_says_it(tmp_path: Path) -> None:
    assert placed("sms.toml gateway", None) == "sms.toml gateway"
    assert placed("sms.toml gateway", tmp_path / "gone.toml") == "sms.toml gateway"
