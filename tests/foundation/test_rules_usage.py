"""In which language the command line speaks, and how what is wrong is worded."""

from pathlib import Path

import pytest

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Fault, said, speaking
from bindeledd.foundation.usage import command_language


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A machine in British English, on which nothing is set up."""
    return {"BINDELEDD_HOME": str(tmp_path), "LANG": "en_GB.UTF-8"}


def a_site(home: dict[str, str], text: str) -> dict[str, str]:
    Path(home["BINDELEDD_HOME"], "settings.toml").write_text(text, encoding="utf-8")
    return home


def test_what_was_asked_for_goes_first(home: dict[str, str]) -> None:
    site = a_site(home, '[site]\nlanguage = "nn"\n')
    assert command_language({**site, "BINDELEDD_LANGUAGE": "en"}) == "en"


def test_a_language_that_is_unknown_is_passed_over(home: dict[str, str]) -> None:
    site = a_site(home, '[site]\nlanguage = "nn"\n')
    assert command_language({**site, "BINDELEDD_LANGUAGE": "klingon"}) == "nn"


def test_a_site_speaks_its_own_language_on_a_machine_of_another(home: dict[str, str]) -> None:
    assert command_language(a_site(home, '[site]\nlanguage = "nn"\n')) == "nn"
    assert command_language(a_site(home, "[web]\nport = 8000\n")) == "nb"


@pytest.mark.parametrize("text", ["[site", 'site = "x"', '[site]\nlanguage = "fr"'])
def test_a_file_that_cannot_be_used_is_told_of_in_bokmaal(home: dict[str, str], text: str) -> None:
    assert command_language(a_site(home, text)) == "nb"


def test_where_no_site_is_yet_the_machine_is_asked(home: dict[str, str]) -> None:
    assert command_language(home) == "en"
    assert command_language({**home, "LC_ALL": "nn_NO.UTF-8"}) == "nn"
    assert command_language({**home, "LC_ALL": "no_NO"}) == "nb"


@pytest.mark.parametrize("named", ["", "C", "C.UTF-8", "POSIX", "de_DE.UTF-8"])
def test_a_machine_that_speaks_none_of_ours_gets_bokmaal(home: dict[str, str], named: str) -> None:
    assert command_language({**home, "LANG": named}) == "nb"


def test_a_fault_is_worded_when_it_is_read() -> None:
    wrong = Misconfigured("settings.no_port", where="settings.toml:3 [web] port", text="x")
    assert "er ikke en port" in str(wrong)
    with speaking("en"):
        assert wrong.what == "“x” is not a port"
        assert str(wrong).startswith("settings.toml:3 [web] port · “x” is not a port · ")
    assert wrong.code == "settings.no_port"


def test_words_inside_a_fault_are_of_the_same_language() -> None:
    inner = Fault("settings.no_key", {"near": said("settings.words.near", name="port")})
    fault = Fault("pathways.clash", {"fault": inner, "against": ""})
    with speaking("en"):
        assert (fault.what, fault.do) == ("does not exist in this table", "did you mean port?")
    assert fault.do == "mente du port?"
