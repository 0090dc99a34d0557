"""An id belongs to whoever came first with it: nobody else gives it a new version."""

from __future__ import annotations

from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from features.pathways.test_domain_layers import BASE, a_layer

NATIONAL = "national.after-attempt"


def told(*files: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Where, key and words of every fault in these files, each of its distribution."""
    reads = [
        read_file(text, distribution=whose, file=f"{whose}-{n}.toml")
        for n, (whose, text) in enumerate(files)
    ]
    return [(str(one.origin), one.key, f"{one.wrong} {one.right}") for one in gathered(reads)[1]]


def newer(text: str, version: str = "2099.1") -> str:
    ladder = text.index("[ladder.standard]")
    return text[:ladder].replace("2026.1", version).replace("P3D", "P30D")


def test_a_newer_version_of_somebody_elses_routine_is_refused_at_its_id() -> None:
    assert "P3D" in BASE
    [(where, key, words)] = told(("bindeledd", BASE), ("mine", newer(BASE)))
    assert (where, key) == ("mine:mine-1.toml:1", "id")
    assert f"«{NATIONAL}» hører til bindeledd: den står i bindeledd:bindeledd-0.toml:1" in words
    assert f'extends = "{NATIONAL}"' in words


def test_an_older_version_of_somebody_elses_routine_is_refused_too() -> None:
    [(where, _, _)] = told(("bindeledd", BASE), ("mine", newer(BASE, "2020.1")))
    assert where == "mine:mine-1.toml:1"


def test_whoever_brought_a_routine_gives_it_a_new_version() -> None:
    assert told(("bindeledd", BASE), ("bindeledd", newer(BASE))) == []


def test_a_newer_version_of_another_packs_layer_is_refused_and_both_files_are_named() -> None:
    mine = a_layer("", id="one.layer").replace('version = "1"', 'version = "9"')
    found = told(("bindeledd", BASE), ("one", a_layer("", id="one.layer")), ("two", mine))
    [(where, key, words)] = found
    assert (where, key) == ("two:two-2.toml:1", "id")
    assert "«one.layer» hører til one: det står i one:one-1.toml:1" in words


def test_two_versions_of_a_layer_in_one_distribution_stand() -> None:
    newer_one = a_layer("", id="one.layer").replace('version = "1"', 'version = "9"')
    assert told(("bindeledd", BASE), ("one", a_layer("", id="one.layer")), ("one", newer_one)) == []


def test_a_zero_before_a_number_makes_no_other_version_of_it() -> None:
    one, same = (a_layer("", id="one.layer").replace('"1"', f'"{v}"') for v in ("7.1", "7.01"))
    [(where, _, words)] = told(("bindeledd", BASE), ("one", one), ("one", same))
    assert where == "one:one-2.toml:2"
    assert "står allerede i one:one-1.toml:2" in words


def test_a_layer_does_not_call_itself_as_the_routine_that_it_lies_on() -> None:
    [(where, key, words)] = told(("bindeledd", BASE), ("mine", a_layer("", id=NATIONAL)))
    assert (where, key) == ("mine:mine-1.toml:1", "id")
    assert f"«{NATIONAL}» hører til bindeledd" in words


def test_nor_does_a_layer_that_comes_with_the_routine() -> None:
    [(where, _, _)] = told(("bindeledd", BASE), ("bindeledd", a_layer("", id=NATIONAL)))
    assert where == "bindeledd:bindeledd-1.toml:1"
