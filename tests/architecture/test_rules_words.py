"""Words that are never said: of a person, of an attempt, of a death; and no ranking by risk."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture.tree import ROOT, texts
from bindeledd.foundation.wording import SHOWN, WRITTEN, unused_below, unused_in

# Where the words must stand, because the place says that they are not used.
SAYS_THE_RULE = {
    "config/words.toml": "lists the words that are not used",
    "docs/words.md": "says which words are not used",
    "tests/architecture/test_rules_words.py": "looks for them",
    "tests/plugin/test_commands.py": "plants them",
    "tests/features/pathways/test_commands.py": "plants them",
}
# What pages, catalogues, routines, examples and packs say to people; a style sheet of a test is not.
PRODUCT = ("core/", "config/", "plugins/", "migrations/")


def test_no_word_of_the_list_stands_anywhere() -> None:
    said = [
        f"{path}:{found.line}: {found.said}"
        for path, text in texts(*WRITTEN)
        if path not in SAYS_THE_RULE
        for found in unused_in(text, shown=path.endswith(SHOWN) and path.startswith(PRODUCT))
    ]
    assert said == []


@pytest.mark.parametrize(
    "kind",
    [
        "core/bindeledd/translations/nb/",
        "core/bindeledd/translations/nn/",
        "core/bindeledd/translations/en/",
        "core/bindeledd/features/",
        "core/bindeledd/web/templates/",
        "config/pathways/",
        "config/examples/",
        "plugins/",
        "docs/",
    ],
)
def test_the_look_out_reads_every_kind_of_place(kind: str) -> None:
    assert any(path.startswith(kind) for path, _ in texts(*WRITTEN))


SAID = [
    "Pasienten har begått selvmord",
    "et mislykket forsøk",
    "Vellykket",
    "eit mislukka forsøk",
    "vellukka",
    "she committed suicide",
    "He COMMITTED\n  suicide",
    "a completed suicide",
    "after a failed suicide attempt",
    "a successful attempt",
    "en kjent selvmordskandidat",
    "ein sjølvmordskandidat",
    "manipulerende",
    "manipulerande",
    "a suicidal patient who is manipulative",
    "The attempt was unsuccessful",
    "the attempt that was successful",
    "the attempts had not been successful",
    "he unsuccessfully attempted suicide",
    "fullbyrdet selvmord",
    "Selvmordet ble fullbyrdet",
    "fullbyrda sjølvmord",
    "hun tok selvmord",
    "har tatt selvmord",
    "ho tok sjølvmord",
    "fullført selvmord",
    "et fullført selvmordsforsøk",
    "fullført sjølvmord",
    "selvmorder",
    "selvmorderens pårørende",
    "ein sjølvmordar",
    "forsøket lyktes",
    "selvmordsforsøket som dessverre lyktes",
    "forsøket hadde lykkes",
    "lyktes med å ta livet sitt",
    "forsøket lukkast",
    "forsøket som ikkje lykkast",
]
RANKED = [
    "risikoscore",
    "risikonivå: høyt",
    "Høyrisiko",
    "pasienten har høy risiko",
    "personar med høg risiko",
    "høy risiko for selvmord",
    "middels risiko for et nytt forsøk",
    "lav selvmordsrisiko",
    "high suicide risk",
    "høgrisiko",
    "risk level",
    "Risk score",
    "a high-risk patient",
    "low risk",
]


@pytest.mark.parametrize("sentence", [*SAID, *RANKED])
def test_the_look_out_finds_them_on_a_page(sentence: str) -> None:
    assert list(unused_in(sentence))


@pytest.mark.parametrize("sentence", [*SAID, *RANKED])
def test_the_look_out_finds_them_in_a_guide(sentence: str) -> None:
    assert list(unused_in(f"Something else. {sentence}. And more.", shown=False))


@pytest.mark.parametrize("sentence", RANKED)
def test_a_guide_may_say_that_there_is_none(sentence: str) -> None:
    assert list(unused_in(f"It has no {sentence}.", shown=False)) == []
    assert list(unused_in(f"It has no {sentence}.")) != []
    assert list(unused_in(f"It has none.\n\nBut not so: {sentence}", shown=False)) != []


@pytest.mark.parametrize(
    "sentence",
    [
        "three failed attempts to log in",
        "selvmordsforsøk",
        "døde i selvmord",
        "sjølvmordsforsøk",
        "suicide attempt",
        "died by suicide",
        "the transaction is committed",
        "a delivery failed",
        "successfully sent",
        "the attempt to send it was successful",
        "forsøket på å sende lyktes ikke",
        "fristen for selvmordsforebygging",
        "sjølvmorda i tala",
        "risikovurdering",
        "å ta selvmord på alvor",
        "ta selvmordstanker opp i samtalen",
        "når vurderingen av selvmordsrisiko er fullført",
        "fullført selvmordsrisikovurdering",
        "høy risiko for fall",
        "utsatt for risiko",
        "risk_assessed",
    ],
)
def test_plain_words_stay_allowed(sentence: str) -> None:
    assert list(unused_in(sentence)) == []


@pytest.mark.parametrize("name", ["a.toml", "b/c.html", "d.md", "e.py", "f.csv", "g.txt"])
def test_a_planted_word_is_found_in_every_kind_of_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("# one\n# to\ntitle = 'Etter mislykket forsøk'\n")
    found = list(unused_below(tmp_path))
    assert [(path, one.line, one.said) for path, one in found] == [(name, 3, "mislykket")]
    assert found[0][1].instead == "selvmordsforsøk; døde i selvmord"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'title = { nb = "Ny", en = "Call the selvmordskandidat" }'),
        ("a.toml", '[title]\nnb = "Ny"\nen = """\nSelvmordskandidat"""'),
        ("translations/en/a.toml", 'one = "selvmordskandidat"'),
        ("README.md", "Ny. This is a selvmordskandidat."),
    ],
)
def test_what_is_said_instead_stands_in_english_where_the_text_is_english(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    assert [one.instead for _, one in unused_below(tmp_path)] == [
        "say what the person said and did"
    ]


@pytest.mark.parametrize(
    ("name", "text", "instead"),
    [
        ("a.toml", 'title = { en = "New", nb = "En selvmordskandidat" }', "si hva"),
        ("a.toml", 'title = { nb = "Ny", nn = "Ein manipulerande" }', "sei kva"),
        ("a.html", "<p>Selvmordskandidat</p>", "si hva"),
        ("a.md", "En som er manipulative.", "si hva"),
    ],
)
def test_what_is_said_instead_stands_in_norwegian_where_the_text_is_norwegian(
    tmp_path: Path, name: str, text: str, instead: str
) -> None:
    (tmp_path / name).write_text(text)
    assert [one.instead.startswith(instead) for _, one in unused_below(tmp_path)] == [True]


def test_what_is_no_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe mislykket")
    (tmp_path / "x.png").write_bytes(b"mislykket")
    assert list(unused_below(tmp_path)) == []


def test_every_exception_is_a_file() -> None:
    assert [path for path in SAYS_THE_RULE if not (ROOT / path).exists()] == []
