"""Up to which age whom is told what: read from a file, every fault with its line."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.pathways.service import core_folder, load_book

FILE = (core_folder().folder / "kin.toml").read_text(encoding="utf-8")


def wrong(text: str) -> list[str]:
    read = read_file(text, distribution="site", file="kin.toml")
    return [f"{one.key} {one.origin.line}" for one in read.findings]


def test_every_age_comes_from_the_file_with_its_source() -> None:
    rules = load_book().kin
    assert rules is not None

    limits = (rules.objection, rules.informed, rules.responsibility)
    assert [one.years for one in limits] == [12, 16, 18]
    assert {(one.basis.source, one.basis.verified) for one in limits} == {("RP-10", True)}
    assert rules.estimate.basis.shown_as_default


@pytest.mark.parametrize(
    ("here", "there", "key"),
    [
        ("under = 16", "under = 0", "informed"),
        ("from = 12", "from = 17", "objection"),
        ("under = 16", "under = 19", "informed"),
        ("[kin.general]", "[kin.generall]", "kin"),
        ("years = 3", "year = 3", "estimate"),
        (
            'basis = { kind = "law", source = "RP-09"',
            'basis = { kind = "law", source = ""',
            "consent",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(here: str, there: str, key: str) -> None:
    assert here in FILE

    found = wrong(FILE.replace(here, there, 1))

    assert found
    assert any(key in one for one in found)


def test_two_such_files_cannot_stand_together() -> None:
    reads = [read_file(FILE, distribution=name, file="kin.toml") for name in ("bindeledd", "site")]

    _, findings = gathered(reads)

    assert [one.key for one in findings] == ["kin"]
