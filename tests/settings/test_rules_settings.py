"""The settings: read once, every fault with its place and what would be right. Values and files."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.providers import EnvironmentKeys, FileKeys
from bindeledd.settings import Settings, read_settings, warnings, write_settings
from bindeledd.settings.checking import defaults


def settings(tmp_path: Path, text: str = "", **environ: str) -> Settings:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    return read_settings({"BINDELEDD_HOME": str(tmp_path), **environ})


def fault(tmp_path: Path, text: str, **environ: str) -> str:
    with pytest.raises(Misconfigured) as said:
        settings(tmp_path, text, **environ)
    return str(said.value)


def test_a_path_that_is_no_whole_one_lies_beside_the_settings_wherever_one_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    (tmp_path / "rutiner").mkdir()
    text = '[site]\npathways = ["rutiner"]\n[keys]\nfolder = "/k"\n[intake]\nfolder = "inn"\n'

    made = settings(tmp_path, text)

    assert made.pathways == (tmp_path / "rutiner",)
    assert (made.key_folder, made.intake_folder) == (Path("/k"), tmp_path / "inn")


def test_a_folder_of_routines_that_is_not_there_stops_the_start_and_is_named(
    tmp_path: Path,
) -> None:
    said = fault(tmp_path, '[site]\npathways = ["rutiner"]\n')

    assert f"{tmp_path / 'rutiner'} finnes ikke" in said
    assert "settings.toml:2" in said


def test_without_a_file_everything_is_as_the_defaults_say(tmp_path: Path) -> None:
    made = read_settings({"BINDELEDD_HOME": str(tmp_path)})

    assert made.database_url == f"sqlite:///{tmp_path}/bindeledd.db"
    assert made.key_folder == tmp_path / "keys"
    assert (made.bind, made.port, made.environment, made.mail) == ("127.0.0.1", 8000, "", None)
    assert made.session_idle == timedelta(minutes=30)
    assert made.on_call_longest == timedelta(days=14)
    assert [route.opens for route in made.routes] == ["ask"]
    assert isinstance(made.keys(), FileKeys)


def test_they_cannot_be_changed_afterwards(tmp_path: Path) -> None:
    made = settings(tmp_path)
    with pytest.raises(FrozenInstanceError):
        made.port = 1  # type: ignore[misc]


def test_the_environment_stands_before_the_file(tmp_path: Path) -> None:
    made = settings(
        tmp_path,
        '[web]\nport = 9000\n[database]\nurl = "postgresql://a/b"\n',
        BINDELEDD_PORT="9100",
        BINDELEDD_DATABASE_URL="postgresql://c/d",
        BINDELEDD_STANDARDS=str(tmp_path),
        BINDELEDD_KEYS="1:x",
    )

    assert (made.port, made.database_url, made.standards) == (9100, "postgresql://c/d", tmp_path)
    assert isinstance(made.keys(), EnvironmentKeys)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[web]\nprot = 1\n", r"settings.toml:2 \[web\] prot · .* · mente du port\?"),
        ("[wbe]\nport = 1\n", r"settings.toml:1 \[wbe\] · .* · mente du web\?"),
        ('\n[web]\n\nport = "x"\n', r"settings.toml:4 \[web\] port · 'x' .* · skriv et tall fra 0"),
        ("[web]\nport = 99999\n", "et tall fra 0 til 65535"),
        ("[web]\nport = true\n", "et tall fra 0 til 65535"),
        ('[site]\nenvironment = "prod"\n', 'bruk en av "production", "test"'),
        ('[site]\nlanguage = "tlh"\n', 'bruk en av "nb", "nn", "en"'),
        ('[site]\nplugins = "x"\n', r'skriv plugins = \["…"\]'),
        ('[database]\nurl = "mysql://x"\n', "sqlite:///FIL"),
        ('[web]\nsession_idle = "30"\n', "PT30M"),
        ('[web]\nsession_idle = "PT30H"\n', "fra ett minutt til 8 timer"),
        ('[duty]\non_call_longest = "P1Y"\n', "P14D"),
        ('[duty]\non_call_longest = "P61D"\n', "fra én til 60 dager"),
        ('[web]\nbind = "everywhere"\n', 'bruk "127.0.0.1"'),
        ('[web]\npublic_url = "bindeledd.no"\n', "https"),
        ('[site]\nenvironment="production"\n[web]\npublic_url = "http://a.no"\n', "krever TLS"),
        (
            '[site]\nenvironment="production"\n[intake]\nallow_test = true\n',
            "avvises i produksjon",
        ),
        ('[[route]]\nopens = "never"\n', "bruk en av ask, by_code, always"),
        ('[[route]]\nopens = "by_code"\n', "by_code trenger koder"),
        ('[[route]]\nopens = "by_code"\ncodes = ["X60"]\n', "koder trenger en kilde"),
        ('[route]\nopens = "ask"\n', r"skriv \[\[route\]\]"),
        ('[mail]\nhost = "smtp.example.no"\n', r"\[mail\] sender"),
        ('[mail]\nhost = "h"\nsender = "a@b"\nuser = "u"\n', "BINDELEDD_SMTP_PASSWORD"),
        (
            '[site]\nenvironment="demo"\n[mail]\nhost="smtp.no"\nsender="a@b"\n',
            "sender ingenting ut",
        ),
        ('[site]\nenvironment="demo"\n[outside]\nping="https://a.no"\n', "sender ingenting ut"),
        ('[intake]\nstandards = "/nowhere"\n', "finnes ikke"),
        ("[web\n", "ikke gyldig TOML"),
    ],
)
def test_a_fault_says_where_it_stands_and_what_would_be_right(
    tmp_path: Path, text: str, said: str
) -> None:
    import re

    assert re.search(said, fault(tmp_path, text)), fault(tmp_path, text)


def test_a_named_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="bindeledd setup"):
        read_settings({"BINDELEDD_SETTINGS": str(tmp_path / "no.toml")})


def test_a_port_that_is_none_names_its_variable(tmp_path: Path) -> None:
    assert "BINDELEDD_PORT" in fault(tmp_path, "", BINDELEDD_PORT="eighty")


def test_a_password_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    made = settings(
        tmp_path,
        '[mail]\nhost = "smtp.example.no"\nsender = "a@b.no"\nuser = "u"\n',
        BINDELEDD_SMTP_PASSWORD="hemmelig",
    )

    assert made.mail is not None
    assert made.mail.password == "hemmelig"
    assert "hemmelig" not in repr(made)


def test_a_demo_may_send_to_this_machine(tmp_path: Path) -> None:
    text = '[site]\nenvironment="demo"\n[mail]\nhost="127.0.0.1"\nsecurity="none"\nsender="a@b"\n'
    assert settings(tmp_path, text).mail is not None


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    tables = {
        "site": {"environment": "test", "plugins": ["a", "b"]},
        "web": {"port": 9000, "public_url": 'https://x.no/"quoted"\\'},
        "intake": {"allow_test": False},
        "route": [{"source": "*", "opens": "ask"}, {"source": "HER:1", "opens": "always"}],
    }
    file = tmp_path / "settings.toml"
    write_settings(file, tables)
    made = read_settings({"BINDELEDD_HOME": str(tmp_path)})

    assert made == read_settings({"BINDELEDD_HOME": str(tmp_path)}, tables=tables) or made.file
    assert (made.port, made.plugins, made.allow_test_messages) == (9000, ("a", "b"), False)
    assert [route.opens for route in made.routes] == ["ask", "always"]
    assert file.stat().st_mode & 0o077 == 0


def test_production_is_warned_of_keys_beside_the_data(tmp_path: Path) -> None:
    told = warnings(settings(tmp_path, '[site]\nenvironment = "production"\n'))

    assert any("samme disk" in one for one in told)
    assert warnings(settings(tmp_path, '[site]\nenvironment = "test"\n')) == []


def test_a_downtime_list_has_its_password_from_the_environment_and_never_from_the_file(
    tmp_path: Path,
) -> None:
    secret = "tolv hvite svaner i sno"
    made = settings(tmp_path, '[downtime]\nfolder = "lists"\n', BINDELEDD_DOWNTIME_PASSWORD=secret)

    assert made.downtime.password == secret
    assert secret not in repr(made)
    assert "password" in fault(tmp_path, f'[downtime]\npassword = "{secret}"\n')


def test_a_time_of_a_downtime_list_that_is_none_is_said_with_its_place(tmp_path: Path) -> None:
    assert "[downtime] times" in fault(tmp_path, '[downtime]\ntimes = ["25:00"]\n')


def test_every_default_is_read_by_somebody(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "core/bindeledd/settings"
    read = "".join((folder / name).read_text() for name in ("reading.py", "downtime.py"))
    unread = [
        f"[{table}] {key}"
        for table, values in defaults().items()
        if isinstance(values, dict) and table != "calendar"
        for key in values
        if f'"{key}"' not in read
    ]
    assert unread == []


@pytest.mark.parametrize(
    ("environment", "taken"),
    [("test", True), ("training", True), ("demo", True), ("production", False)],
)
def test_messages_marked_as_a_test_are_taken_everywhere_but_in_production(
    environment: str, taken: bool
) -> None:
    made = read_settings({}, tables={"site": {"environment": environment}})

    assert made.allow_test_messages is taken


# --- what plugins are told ------------------------------------------------------------------------


def plugin_tables(**said: object) -> dict[str, object]:
    return {"site": {"plugins": ["sms"]}, "plugin": [{"name": "sms"} | said]}


def test_a_plugin_is_told_its_file_and_its_secrets(tmp_path: Path) -> None:
    (tmp_path / "sms.toml").write_text('gateway = "sveve"\n')
    (tmp_path / "word").write_text("hush\n")
    secrets = {"password": "env:SMS_PASSWORD", "other": f"file:{tmp_path / 'word'}"}
    said = plugin_tables(
        settings=str(tmp_path / "sms.toml"), secrets=secrets, callback="env:SMS_CALLBACK", seconds=5
    )
    found = read_settings({"SMS_PASSWORD": "hidden-word", "SMS_CALLBACK": "x" * 24}, tables=said)
    sms = found.of_plugin("sms")
    assert sms.settings == {"gateway": "sveve"}
    assert sms.secrets == {"password": "hidden-word", "other": "hush"}
    assert (sms.callback, sms.seconds, sms.memory_mb) == ("x" * 24, 5, 256)
    assert "hidden-word" not in repr(found)
    assert "hush" not in repr(found)
    assert "xxx" not in repr(found)


def test_a_plugin_is_told_what_else_it_may_open(tmp_path: Path) -> None:
    (tmp_path / "client.pem").write_text("")
    said = plugin_tables(reads=[str(tmp_path / "client.pem")], writes=[str(tmp_path)])
    sms = read_settings({}, tables=said).of_plugin("sms")
    assert (sms.reads, sms.writes) == ((tmp_path / "client.pem",), (tmp_path,))


def test_a_plugins_file_stands_beside_the_sites(tmp_path: Path) -> None:
    (tmp_path / "sms.toml").write_text("a = 1\n")
    (tmp_path / "settings.toml").write_text(
        '[site]\nplugins = ["sms"]\n[[plugin]]\nname = "sms"\nsettings = "sms.toml"\n'
    )
    found = read_settings({"BINDELEDD_HOME": str(tmp_path)})
    assert found.of_plugin("sms").settings == {"a": 1}
    assert found.of_plugin("other").settings == {}


@pytest.mark.parametrize(
    "said",
    [
        {"name": "fax"},
        {"settings": "nowhere.toml"},
        {"secrets": {"password": "the password itself"}},
        {"secrets": {"password": "env:NOT_SET"}},
        {"secrets": {"password": "file:/nowhere"}},
        {"callback": "env:SHORT"},
        {"callback": "env:ODD"},
        {"seconds": 0},
        {"seconds": True},
        {"memory_mb": 1},
        {"memory": 1},
        {"reads": "/etc"},
        {"reads": [7]},
        {"reads": ["client.pem"]},
        {"writes": ["/not/there"]},
    ],
)
def test_what_a_plugin_is_told_wrongly_stops_the_start(said: dict[str, object]) -> None:
    environ = {"SHORT": "x" * 23, "ODD": "x" * 24 + "/"}
    with pytest.raises(Misconfigured) as stopped:
        read_settings(environ, tables=plugin_tables(**said))
    assert "plugin" in stopped.value.where
    assert "the password itself" not in str(stopped.value)


def test_what_a_plugin_is_told_is_written_as_it_is_read(tmp_path: Path) -> None:
    told = plugin_tables(secrets={"password": "env:SMS_PASSWORD"})
    file = tmp_path / "settings.toml"
    write_settings(file, told)
    found = read_settings({"BINDELEDD_HOME": str(tmp_path), "SMS_PASSWORD": "hidden-word"})
    assert found.of_plugin("sms").secrets == {"password": "hidden-word"}


def test_what_was_decided_about_keeping_is_read_and_what_was_not_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path).retention.missing == ("cases_years", "log_years", "archive", "basis")

    said = settings(tmp_path, '[retention]\ncases_years = 10\narchive = "the record"\n').retention

    assert (said.cases_years, said.archive) == (10, "the record")
    assert said.missing == ("log_years", "basis")
    assert "[retention] cases_years" in fault(tmp_path, "[retention]\ncases_years = -1\n")


def test_the_ways_to_a_person_and_what_is_too_few_to_be_said_are_the_sites(tmp_path: Path) -> None:
    bare = settings(tmp_path)
    assert (bare.alerts.hygiene.ways, bare.alerts.hygiene.next_way_after) == (
        ("email",),
        timedelta(minutes=5),
    )
    assert (bare.alerts.hygiene.least_apart, bare.reports_least) == (timedelta(minutes=5), 5)
    said = settings(
        tmp_path,
        '[alerts]\nways = ["sms", "email"]\nnext_way_after = "PT10M"\n[reports]\nleast = 10\n',
    )
    assert (said.alerts.hygiene.ways, said.reports_least) == (("sms", "email"), 10)
    assert said.alerts.hygiene.next_way_after == timedelta(minutes=10)
    for text in ("[reports]\nleast = 0\n", '[alerts]\nnext_way_after = "P8D"\n'):
        assert "passer ikke" in fault(tmp_path, text)


def test_s243_the_goals_for_waiting_are_the_sites(tmp_path: Path) -> None:
    assert settings(tmp_path).reports_waits == {"*": 40}
    said = settings(tmp_path, '[reports]\nwaits = ["*=30", "bup = 35"]\n')
    assert said.reports_waits == {"*": 30, "bup": 35}
    assert settings(tmp_path, "[reports]\nwaits = []\n").reports_waits == {}
    for text in ("40", "bup=", "bup=0", "=40", "bup=366", "bup=soon"):
        assert "[reports] waits" in fault(tmp_path, f'[reports]\nwaits = ["{text}"]\n')
