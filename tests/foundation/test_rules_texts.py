"""Which language is spoken, to whom, and what is said where a language has not said it yet."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest

from bindeledd.foundation.texts import (
    MissingText,
    Texts,
    _Speech,
    language,
    read_texts,
    refusal_text,
    said_of,
    set_site_language,
    speak,
    speaking,
    t,
    texts,
)


def two(strict: bool = True) -> Texts:
    home = Texts(strict=strict)
    home._take(
        "a", 'x = "hjem"\n[b]\none = "{count} dag"\nc = "bare her"\n[refusals]\n"a.b" = "Nei."'
    )
    other = Texts(strict=strict, language="en", behind=home)
    other._take("a", 'x = "home"\n[b]\none = "{count} day"')
    return other


def test_what_a_language_has_not_said_is_said_in_bokmaal_key_by_key() -> None:
    both = two()
    assert both.text("a.x") == "home"
    assert both.text("a.b.one", count=1) == "1 day"
    assert both.text("a.b.c") == "bare her"
    assert both.refusal("a.b") == "Nei."


def test_what_nobody_has_said_stops_a_test_and_shows_itself_in_production() -> None:
    with pytest.raises(MissingText):
        two().text("a.b.d")
    with pytest.raises(MissingText):
        two().refusal("a.c")
    assert two(strict=False).text("a.b.d") == "a.b.d"
    assert two(strict=False).refusal("a.c") == "a.c"


def test_nynorsk_is_spoken_on_pages_and_on_the_command_line() -> None:
    with speaking("nn"):
        assert t("web.shell.log_out") == "Logg ut"
        assert t("worklist.page.what") == "Kva"
        assert t("setup.ask.another_unit") == "Ei eining til?"


def test_a_pack_without_nynorsk_is_said_in_bokmaal_among_nynorsk_of_the_core(
    tmp_path: Path,
) -> None:
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "hjemme.toml").write_text('[page]\ntitle = "Hvem kommer hjem til deg"\n')
    bokmaal = read_texts()
    bokmaal.add(tmp_path / "nb")
    nynorsk = read_texts("nn", behind=bokmaal)

    assert nynorsk.text("hjemme.page.title") == "Hvem kommer hjem til deg"
    assert nynorsk.text("worklist.page.who") == "Kven"
    with pytest.raises(MissingText):
        nynorsk.text("hjemme.page.lead")


def test_a_language_is_spoken_inside_and_not_afterwards() -> None:
    with speaking("en"):
        with speaking("nn"):
            assert (language(), t("worklist.page.who")) == ("nn", "Kven")
        assert (language(), t("worklist.page.who")) == ("en", "Who")
        assert refusal_text("refused").startswith("This was not done.")
    assert (language(), t("worklist.page.who")) == ("nb", "Hvem")


@pytest.mark.parametrize("code", [None, "", "tlh", "EN"])
def test_a_language_that_is_unknown_is_the_sites(code: str | None) -> None:
    with speaking("en"), speaking(code):
        assert language() == "nb"


def test_the_site_speaks_to_whoever_has_chosen_nothing() -> None:
    set_site_language("en")
    try:
        assert texts().language == "en"
        with speaking("nb"):
            assert texts().language == "nb"
    finally:
        set_site_language("nb")
    with pytest.raises(ValueError, match="tlh"):
        set_site_language("tlh")


def test_what_one_thread_speaks_no_other_hears() -> None:
    def heard(code: str) -> str:
        speak(code)
        said = t("worklist.page.who")
        speak(None)
        return said

    with speaking("en"), ThreadPoolExecutor(4) as threads:
        told = list(threads.map(heard, ["nb", "nn", "en", "nb"] * 5))
        assert told == ["Hvem", "Kven", "Who", "Hvem"] * 5
        assert t("worklist.page.who") == "Who"


def test_what_toml_says_of_itself_is_said_in_the_language_or_in_bokmaal() -> None:
    title = {"nb": "Hjemmebesøk", "en": "Home visit"}
    assert said_of(title) == "Hjemmebesøk"
    with speaking("en"):
        assert said_of(title) == "Home visit"
    with speaking("nn"):
        assert said_of(title) == "Hjemmebesøk"
    assert said_of({}, "home_visit") == "home_visit"


def test_a_language_is_read_when_somebody_first_speaks_it() -> None:
    speech = _Speech()
    speech.catalogue("nb")
    assert set(speech.known) == {"nb"}
    english = speech.catalogue("en")
    assert set(speech.known) == {"nb", "en"}
    assert speech.catalogue("en") is english
    assert english.behind is speech.catalogue("nb")


@pytest.mark.parametrize(
    ("code", "one", "two"),
    [
        ("nb", "1 oppfølging", "2 oppfølginger"),
        ("nn", "1 oppfølging", "2 oppfølgingar"),
        ("en", "1 follow-up", "2 follow-ups"),
    ],
)
def test_a_count_of_one_is_told_in_the_singular_where_several_stand_in_one_sentence(
    code: str, one: str, two: str
) -> None:
    with speaking(code):
        for count, said in ((1, one), (2, two)):
            assert t("web.counted.cases", count=count) == said


@pytest.mark.parametrize("code", ["nb", "nn", "en"])
@pytest.mark.parametrize("file", ["maintenance", "installation"])
def test_what_a_command_counts_stands_in_the_singular_and_the_plural(code: str, file: str) -> None:
    words = resources.files("bindeledd").joinpath("translations", code, f"{file}.toml").read_text()

    assert re.findall(r"\} (?:datanøkl\w+|data keys|rader|rows)", words) == []
