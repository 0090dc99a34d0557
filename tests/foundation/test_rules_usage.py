"""In which language the command line speaks, and how what is wrong is worded."""

import tomllib
from pathlib import Path

import pytest

from bindeledd.foundation.broken_toml import Broken, broken_at, toml_wrong
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Fault, said, speaking
from bindeledd.foundation.usage import command_language, passed_over


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


def test_what_is_passed_over_is_known_so_that_it_is_told(home: dict[str, str]) -> None:
    assert passed_over({**home, "BINDELEDD_LANGUAGE": "klingon"}) == "klingon"
    assert passed_over({**home, "BINDELEDD_LANGUAGE": "en_GB.UTF-8"}) == ""
    assert passed_over(home) == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a 1", "linje 1, kolonne 3: det mangler «=» etter nøkkelen"),
        ("a = 1\n[b", "ved slutten av filen: noe er ikke lukket"),
        ("a = ja", "linje 1, kolonne 5: verdien er ikke skrevet riktig"),
        ("a = 1\na = 2\n", "linje 2, kolonne 6: det samme er sagt to ganger"),
        ('a = "b', "ved slutten av filen: en tekst mangler anførselstegnet"),
        ("a = 1 2", "linje 1, kolonne 7: det står noe mer på linjen"),
        ("= 1", "linje 1, kolonne 1: linjen er verken"),
    ],
)
def test_what_is_no_toml_is_told_in_the_words_of_the_reader(text: str, says: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as wrong:
        tomllib.loads(text)
    assert str(toml_wrong(wrong.value)).startswith(says)


def broken(text: str) -> Broken:
    with pytest.raises(tomllib.TOMLDecodeError) as wrong:
        tomllib.loads(text)
    return broken_at(text, wrong.value)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ('[a.b]\n[c]\n"a.b" = 1\n[a.b]\n', 1),
        ("[task]\n[b]\ntask = 1\n[task]\n", 1),
        ('[task]\n[a]\nx = """\n[task]\n"""\n[task]\n', 1),
        ("[a]\ntask = 1\n[a.task]\n", 2),
        ("[a]\nx = 1\n[b]\nx = 1\nx = 2\n", 4),
        ("[[a]]\nx = 1\n[[a]]\nx = { y = 1, y = 2 }\n", 0),
    ],
    ids=[
        "a key that is called as the table",
        "a key of another table",
        "words of a text",
        "a key that is the table",
        "the key of this table",
        "a key of an entry before",
    ],
)
def test_what_is_said_twice_is_told_with_the_line_of_the_same(text: str, first: int) -> None:
    told = str(broken(text).wrong)
    assert told.endswith(f"først på linje {first}") == bool(first), told


@pytest.mark.parametrize(
    ("value", "wrong", "right"),
    [
        ("2027-02-30", "«2027-02-30» er ingen dag", "2027-02 har 28 dager: 2027-02-28"),
        ("[2027-02-11, 2027-04-31]", "«2027-04-31» er ingen dag", "2027-04-30"),
        ("2028-02-30T10:00:00", "«2028-02-30» er ingen dag", "2028-02-29"),
        ("2027-13-01", "«2027-13-01» er ingen dag", "måned fra 01 til 12"),
        ("2027-02-00", "«2027-02-00» er ingen dag", "2027-02-28"),
        ("2027-6-1", "«2027-6-1» er ikke skrevet som en dag", "2027-06-01"),
    ],
)
def test_a_day_that_there_is_not_is_told_with_its_line_and_what_would_be_right(
    value: str, wrong: str, right: str
) -> None:
    found = broken(f'title = "2027-02-31"\nclosed = {value}\n')
    assert (found.line, found.key) == (2, "closed")
    assert wrong in str(found.wrong)
    assert right in str(found.right)


@pytest.mark.parametrize("value", ["2027-06-11 x", '"2027-02-30" 2', "25:00:00"])
def test_what_is_wrong_beside_a_day_is_not_told_of_the_day(value: str) -> None:
    assert "dag som finnes" not in str(broken(f"closed = {value}\n").wrong)


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


def test_the_tenant_is_asked_for_before_the_command() -> None:
    wrong = Misconfigured("installation.which_tenant", where="--tenant", known="nord, vest")

    assert "før kommandoen: `bindeledd --tenant NAVN …`" in str(wrong)
    assert "nord, vest" in str(wrong)
