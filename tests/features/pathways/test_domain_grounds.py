"""On what grounds something is shared, as files say it: with a source, once, and only added to."""

from __future__ import annotations

from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from features.pathways.test_domain_layers import BASE, a_layer

CONSENT = """
[[ground]]
key = "{key}"
title = {{ nb = "Samtykke", en = "Consent" }}
{more}
basis = {{ kind = "local", source = "the plan" }}
"""


def faults(*layers: str) -> list[str]:
    texts = {"base.toml": BASE, **{f"{n}.toml": text for n, text in enumerate(layers)}}
    reads = [read_file(text, distribution="d", file=file) for file, text in texts.items()]
    return [one.fault.code for one in gathered(reads)[1]]


def test_s205_a_layer_names_grounds_with_their_source() -> None:
    text = a_layer(CONSENT.format(key="region.consent", more="reviewed = true"))
    (layer,) = read_file(text, distribution="d", file="f").layers
    (ground,) = layer.grounds
    assert (ground.key, ground.reviewed, ground.basis.source) == (
        "region.consent",
        True,
        "the plan",
    )


def test_s205_a_ground_without_source_and_one_named_twice_are_refused() -> None:
    said = CONSENT.format(key="region.consent", more="")
    unsourced = said.replace('basis = { kind = "local", source = "the plan" }', "")
    assert "pathways.no_reason" in faults(a_layer(unsourced))
    assert "pathways.key_twice" in faults(a_layer(said + said))
    assert "pathways.ground_twice" in faults(
        a_layer(said), a_layer(said, id="town", level="municipality")
    )


def test_s205_grounds_that_leave_what_is_urgent_without_an_answer_are_refused() -> None:
    said = [CONSENT.format(key=f"region.{one}", more="") for one in ("consent", "asked", "told")]
    text = a_layer("".join(said))
    (finding,) = read_file(text, distribution="d", file="f.toml").findings
    assert finding.fault.code == "pathways.ground_none_reviewed"
    assert (finding.origin.file, finding.key) == ("f.toml", "ground.0.reviewed")
    assert text.splitlines()[finding.origin.line - 1] == "[[ground]]"
    assert "reviewed = true" in finding.right
    said[1] = CONSENT.format(key="region.asked", more="reviewed = true")
    assert not read_file(a_layer("".join(said)), distribution="d", file="f.toml").findings


def test_s205_a_case_has_the_grounds_of_every_layer_that_it_follows() -> None:
    one = a_layer(CONSENT.format(key="region.consent", more="reviewed = true"))
    said = CONSENT.format(key="town.consent", more="reviewed = true")
    two = a_layer(said, id="town", level="municipality")
    reads = [read_file(text, distribution="d", file="f") for text in (BASE, one, two)]
    book, findings = gathered(reads)
    assert findings == []
    assert [g.key for g in book.grounds(["town@1", "region@1"])] == [
        "region.consent",
        "town.consent",
    ]
    assert [g.key for g in book.grounds(["town@1"])] == ["town.consent"]
    assert book.grounds([]) == ()


def test_s205_the_grounds_of_a_stay_elsewhere_are_added_and_take_none_away() -> None:
    said = "".join(
        CONSENT.format(key=f"region.{one}", more="reviewed = true") for one in ("consent", "danger")
    )
    one = a_layer(said)
    two = a_layer(CONSENT.format(key="ward.told", more="reviewed = true"), id="ward", level="unit")
    book, _ = gathered([read_file(text, distribution="d", file="f") for text in (BASE, one, two)])
    own = book.grounds(["region@1"])
    assert book.grounds(["region@1"], [["ward@1", "region@1"]])[:2] == own
    assert [g.key for g in book.grounds([], [["ward@1"]])] == ["ward.told"]
    assert len(book.grounds(["region@1"], [["ward@1", "region@1"]])) == 3
