"""The command line: what is there, how it refuses, and with which exit code."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pysqlite3.dbapi2 as sqlite
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bindeledd.foundation.db import open_database, said_of
from bindeledd.foundation.logs import ALLOWED, start_logging
from bindeledd.running import WRONG_SETUP
from bindeledd.serving import prepare_printing, server
from bindeledd.settings import open_site, read_settings
from test_demo import bindeledd


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation made from the commented example."""
    home = tmp_path_factory.mktemp("site")
    file = home / "site.toml"
    file.write_text(bindeledd("setup", "--example", home=home).stdout)
    done = bindeledd("setup", "--from", str(file), "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["administrator"]["code"]
    return home


def test_help_lists_every_command_and_each_has_help(tmp_path: Path) -> None:
    shown = bindeledd("--help", home=tmp_path)
    names = [
        "setup",
        "demo",
        "run",
        "web",
        "worker",
        "intake",
        "takeover",
        "discharges",
        "rollcall",
        "access-log",
        "retention",
        "staff",
        "pathways",
        "plugins",
        "db",
        "keys",
        "doctor",
    ]

    assert shown.returncode == 0
    assert all(f"  {name} " in shown.stdout for name in names)
    assert all(bindeledd(name, "--help", home=tmp_path).returncode == 0 for name in names)


def test_run_without_setup_says_what_to_do(tmp_path: Path) -> None:
    refused = bindeledd("run", home=tmp_path)

    assert refused.returncode == 1
    assert "bindeledd setup" in refused.stderr


def test_what_is_not_there_is_said_to_whoever_types_and_not_as_on_a_page(site: Path) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    refused = bindeledd("access-log", unknown, home=site)

    assert refused.returncode == 1
    assert "Se etter at id-en er hel" in refused.stderr
    assert "Min dag" not in refused.stderr


def test_what_is_read_through_another_command_folds_where_columns_says_so(site: Path) -> None:
    asked = ("pathways", "show", "national.after-attempt")
    narrow = {"COLUMNS": "60"}
    wide = bindeledd(*asked, home=site).stdout
    folded = bindeledd(*asked, home=site, environment=narrow).stdout

    assert max(map(len, wide.splitlines())) > 60
    assert max(map(len, folded.splitlines())) <= 60


def test_a_wrong_command_is_wrong_usage(tmp_path: Path) -> None:
    assert bindeledd("nothing", home=tmp_path).returncode == 2
    assert bindeledd("intake", "not-there.xml", home=tmp_path).returncode == 2


def test_setting_up_again_changes_nothing_and_deletes_nothing(site: Path) -> None:
    again = json.loads(
        bindeledd("setup", "--from", str(site / "site.toml"), "--json", home=site).stdout
    )

    assert {change["outcome"] for change in again["changes"]} == {"same"}


def test_db_and_keys_and_plugins_and_pathways_answer(site: Path) -> None:
    assert json.loads(bindeledd("db", "status", "--json", home=site).stdout)["revision"]
    assert json.loads(bindeledd("db", "upgrade", "--json", home=site).stdout)["applied"] == []
    assert json.loads(bindeledd("keys", "status", "--json", home=site).stdout)["lost"] == 0
    assert bindeledd("plugins", "list", home=site).returncode == 0
    assert bindeledd("plugins", "check", home=site).returncode == 0
    assert json.loads(bindeledd("pathways", "lint", "--json", home=site).stdout) == []
    assert bindeledd("pathways", "show", "national.after-attempt", home=site).returncode == 0


def test_a_discharge_in_the_last_hour_before_easter_is_simulated(site: Path) -> None:
    done = bindeledd(
        "pathways",
        "simulate",
        "--unit",
        "akuttpost",
        "--discharged",
        "2027-03-24T15:00",
        "--json",
        home=site,
    )
    found = json.loads(done.stdout)
    steps = {step["step"]: step for step in found["steps"]}

    assert done.returncode == 0
    assert found["discharged"] == "2027-03-24T15:00:00+01:00"
    assert steps["first-contact"]["due_at"] == "2027-03-24T15:30:00+01:00"
    assert steps["first-contact"]["moved"] is True
    assert all(step["why"] and step["reason"] and step["due_at"] for step in found["steps"])


def test_an_unknown_unit_is_wrong_usage_and_names_the_known_ones(site: Path) -> None:
    done = bindeledd("pathways", "simulate", "--unit", "x", "--discharged", "2027-03-19", home=site)

    assert done.returncode == 2
    assert "akuttpost" in done.stderr


def test_an_unreadable_message_stands_refused_with_its_reason(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "message.xml"
    file.write_text("this is no message")

    done = bindeledd("intake", str(file), "--json", home=site)
    again = bindeledd("intake", str(file), "--json", home=site)

    assert done.returncode == 1
    assert json.loads(done.stdout)[0] == {
        "file": "message.xml",
        "format": None,
        "status": "refused",
        "reason": "intake.not_xml",
        "wrong_at": None,
        "about": {},
        "case": None,
    }
    assert json.loads(again.stdout)[0]["status"] == "duplicate"


def test_staff_are_taken_in_whole_or_not_at_all(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "login,name,email,phone,teams,roles\n"
        "kari,Kari Nord,kari@example.no,,oppfolging:lead,\n"
        "ola,Ola Sør,ola@example.no,,finnes-ikke,\n"
    )

    wrong = bindeledd("staff", "import", str(file), "--json", home=site)
    file.write_text(file.read_text().replace("finnes-ikke", "oppfolging"))
    right = bindeledd("staff", "import", str(file), "--json", home=site)

    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["done"] == []
    assert "linje 3" in json.loads(wrong.stdout)["wrong"][0]
    assert right.returncode == 0
    assert [row["login"] for row in json.loads(right.stdout)["done"]] == ["kari", "ola"]


def test_doctor_names_what_is_missing(site: Path) -> None:
    done = bindeledd("doctor", "--json", home=site)
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}

    assert done.returncode == 1
    assert not found["worker"]["ok"]
    assert found["law"]["ok"]
    assert "leder" in found["team Kommunalt oppfølgingsteam"]["found"]


def test_doctor_says_in_a_test_installation_that_no_e_mail_goes_out(site: Path) -> None:
    said = json.loads(bindeledd("doctor", "--json", home=site).stdout)["checks"]
    assert [one["found"] for one in said if one["name"] == "mail"] == [
        "ingen e-posttjener er satt: varsler står bare på siden Innboks."
    ]


def test_doctor_says_what_a_start_would_refuse(site: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(site, tmp_path / "other"))
    with (other / "settings.toml").open("a") as settings:
        settings.write('\n[alerts]\nways = ["sms", "email"]\n')

    def found(home: Path) -> dict[str, object]:
        said = json.loads(bindeledd("doctor", "--json", home=home).stdout)
        (check,) = [one for one in said["checks"] if one["name"] == "start"]
        return dict(check)

    assert found(site)["ok"]
    assert not found(other)["ok"]
    assert "kanalen «sms» finnes ikke" in str(found(other)["found"])


def test_doctor_tells_of_a_pack_that_holds_for_nobody_and_the_start_goes_on(
    site: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(site, tmp_path / "other"))
    settings = other / "settings.toml"
    written = settings.read_text()
    settings.write_text(written.replace("[site]\n", '[site]\nplugins = ["helse-sor-ost"]\n', 1))
    said = json.loads(bindeledd("doctor", "--json", home=other).stdout)
    *told, goes_on = [one for one in said["checks"] if one["name"] == "start"]

    assert told
    assert all("«helse-sor-ost" in one["found"] for one in told)
    assert goes_on["ok"]


def test_what_it_writes_is_for_its_owner_only_and_doctor_looks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = tmp_path / "site.toml"
    file.write_text(bindeledd("setup", "--example", home=home).stdout)
    assert bindeledd("setup", "--from", str(file), home=home).returncode == 0

    written = [home, *home.rglob("*")]
    assert {one.name for one in written} >= {"keys", "bindeledd.db", "settings.toml"}
    assert [one.name for one in written if one.stat().st_mode & 0o077] == []
    home.chmod(0o755)
    looked = json.loads(bindeledd("doctor", "--json", home=home).stdout)
    assert [c["ok"] for c in looked["checks"] if c["name"] == "home"] == [False]


def test_a_database_that_is_locked_is_one_line(site: Path) -> None:
    with closing(sqlite.connect(site / "bindeledd.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        done = bindeledd("staff", "list", home=site)

    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Feil: databasen er opptatt · prøv igjen om litt"]


def test_an_error_of_the_database_says_no_value() -> None:
    database = open_database("sqlite://")
    with pytest.raises(OperationalError) as wrong, database.engine.connect() as connection:
        connection.execute(sa.text("SELECT :name FROM nothing"), {"name": "Kari Nordmann"})

    assert "Kari" not in str(wrong.value)
    assert "Kari" not in said_of(wrong.value)


def test_the_worker_logs_json_and_nothing_of_what_libraries_say(site: Path) -> None:
    """The real one: started, let come up, stopped."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BINDELEDD_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "bindeledd.cli", "worker"],
        env={**kept, "BINDELEDD_HOME": str(site)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    first = ""
    while "worker.started" not in first and running.poll() is None:
        first += running.stderr.readline()
    running.send_signal(signal.SIGTERM)
    out, rest = running.communicate(timeout=60)

    lines = [json.loads(line) for line in (first + rest).splitlines()]
    assert "worker.started" in {line["event"] for line in lines}
    assert {key for line in lines for key in line} <= ALLOWED
    assert out == ""


def test_a_library_is_quoted_by_name_only(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging()
    logging.getLogger("some.library").warning("could not write %s", "Kari Nordmann")

    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["where"], said["level"]) == (
        "library.said",
        "some.library",
        "warning",
    )
    assert "Kari" not in line


def test_no_connection_is_open_when_the_web_forks(site: Path) -> None:
    settings = read_settings({"BINDELEDD_HOME": str(site)})
    database = open_site(settings)

    made = server(settings, database)

    assert made.cfg.preload_app
    assert database.engine.pool.checkedin() == database.engine.pool.checkedout() == 0


def in_a_process_of_its_own(*lines: str) -> str:
    """What these lines of Python write, in a process that has loaded nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_that_starts_waits_for_what_prints() -> None:
    asked = "import sys, bindeledd.serving, bindeledd.worker; print('fpdf' in sys.modules)"
    assert in_a_process_of_its_own(asked) == "False"


def test_a_web_worker_that_has_begun_to_answer_loads_what_the_first_pdf_needs(site: Path) -> None:
    settings = read_settings({"BINDELEDD_HOME": str(site)})
    made = server(settings, open_site(settings))

    assert made.cfg.post_worker_init is prepare_printing


def test_the_first_pdf_of_a_prepared_process_loads_nothing_more() -> None:
    told = in_a_process_of_its_own(
        "import sys",
        "from datetime import UTC, datetime",
        "from bindeledd.foundation.printing import Line, Section, Sheet, printed",
        "from bindeledd.serving import prepare_printing",
        "prepare_printing(after=0).join()",
        "before = set(sys.modules)",
        "lines = (Line(label='Navn', text='Kari Nordmann ŋđŧ'), Line(text='Ringt.'))",
        "sheet = Sheet(title='Notat', sections=(Section(title='Plan', lines=lines),), foot='fot')",
        "printed(sheet, at=datetime(2027, 3, 2, tzinfo=UTC))",
        "print('fpdf' in before, sorted(set(sys.modules) - before))",
    )
    assert told == "True []"


def test_a_process_in_which_nothing_can_be_printed_says_so_in_one_line() -> None:
    told = in_a_process_of_its_own(
        "import sys",
        "sys.modules['fpdf'] = None",
        "sys.stderr = sys.stdout",
        "from bindeledd.serving import prepare_printing",
        "prepare_printing(after=0).join()",
    )
    [line] = told.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["error"]) == (
        "web.printing_not_ready",
        "warning",
        "ModuleNotFoundError",
    )


def test_the_web_server_writes_the_same_lines_without_values(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = server(
        read_settings({"BINDELEDD_HOME": str(site)}),
        open_site(read_settings({"BINDELEDD_HOME": str(site)})),
    )
    start_logging()
    said = made.cfg.logger_class(made.cfg)

    said.error("Error handling request %s", "/cases/1?name=Kari Nordmann")
    said.error("Error handling request /cases/Kari Nordmann")

    lines = capsys.readouterr().err.splitlines()
    first, second = [json.loads(line) for line in lines]
    assert (first["event"], first["where"], first["level"]) == (
        "library.said",
        "gunicorn.error",
        "error",
    )
    assert first["code"] == "Error handling request %s"
    assert "code" not in second
    assert "Kari" not in "".join(lines)


@pytest.mark.parametrize(
    "command", [("run",), ("web",), ("worker",), ("rollcall",), ("staff", "list"), ("doctor",)]
)
def test_a_database_of_another_version_stops_everything_with_one_line(
    site: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(site, home)
    with closing(sqlite.connect(home / "bindeledd.db")) as other:
        other.execute("ALTER TABLE cases ADD COLUMN extra text")
        other.commit()

    done = bindeledd(*command, home=home)

    assert done.returncode in (1, WRONG_SETUP)
    if command == ("doctor",):
        assert "cases.extra" in done.stdout
        assert "bindeledd doctor" not in done.stdout
    else:
        (line,) = done.stderr.splitlines()
        assert line.startswith("Feil: ")
        assert "bindeledd.db" in line
        assert "cases.extra" in line


@pytest.mark.parametrize(
    "command", [("run",), ("worker",), ("doctor",), ("rollcall",), ("db", "upgrade")]
)
def test_what_runs_before_setup_leaves_nothing_behind(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    home = tmp_path / "home"

    done = bindeledd(*command, home=home)

    assert done.returncode in (1, WRONG_SETUP)
    assert "bindeledd setup" in done.stdout + done.stderr
    assert not home.exists()


def test_doctor_says_what_to_do_only_where_something_is_wrong(site: Path) -> None:
    checks = json.loads(bindeledd("doctor", "--json", home=site).stdout)["checks"]

    assert all(bool(check["do"]) is not check["ok"] for check in checks)


def test_doctor_says_whose_address_an_alert_did_not_reach(tmp_path: Path) -> None:
    example = tmp_path / "site.toml"
    example.write_text(bindeledd("setup", "--example", home=tmp_path).stdout)
    assert bindeledd("setup", "--from", str(example), home=tmp_path).returncode == 0
    done = bindeledd("staff", "add", "kari", "--name", "Kari Eng", home=tmp_path)
    assert done.returncode == 0, done.stderr
    with closing(sqlite.connect(tmp_path / "bindeledd.db")) as database:
        ((member, tenant),) = database.execute(
            "SELECT id, tenant_id FROM members WHERE login = 'kari'"
        )
        source, at = f"channel:email/{UUID(member)}@{UUID(tenant)}", "2026-03-02 08:00:00.000000"
        left = f"team:{uuid4()}/{UUID(member)}@{UUID(tenant)}"
        database.executemany(
            "INSERT INTO faults (id, tenant_id, source, code, first_at, last_at, count)"
            " VALUES (?, ?, ?, ?, ?, ?, 1)",
            [
                (uuid4().hex, tenant, source, "reminders.delivery_dead", at, at),
                (uuid4().hex, tenant, left, "member_left", at, at),
            ],
        )
        database.commit()
    checks = json.loads(bindeledd("doctor", "--json", home=tmp_path).stdout)["checks"]
    said = {check["name"]: check for check in checks}["faults"]

    assert "channel:email til Kari Eng (kari) reminders.delivery_dead" in said["found"]
    assert " om Kari Eng (kari) member_left" in said["found"]
    assert "Kari Eng (kari) har sluttet." in said["found"]
    assert "bindeledd staff import" in said["do"]


def test_a_table_in_a_file_holds_whole_names(site: Path, tmp_path: Path) -> None:
    file = tmp_path / f"{'a-long-name-' * 12}[x].xml"
    file.write_text("this is no message")

    done = bindeledd("intake", str(file), home=site)

    assert file.name in done.stdout


def test_click_speaks_nynorsk_to_whoever_reads_nynorsk(tmp_path: Path) -> None:
    nynorsk = {"BINDELEDD_LANGUAGE": "nn"}
    shown = bindeledd("staff", "--help", home=tmp_path, environment=nynorsk).stdout
    wrong = bindeledd("staff", "finst-ikkje", home=tmp_path, environment=nynorsk)

    assert "Kommandoar:" in shown
    assert "finst ikkje" in wrong.stderr
    assert "Kommandoer:" not in shown


def test_help_and_wrong_usage_are_said_in_norwegian(tmp_path: Path) -> None:
    shown = bindeledd("staff", "token", "--help", home=tmp_path).stdout
    wrong = bindeledd("demo", "--patients", "x", home=tmp_path)

    assert shown.startswith("Bruk: ")
    assert "[må oppgis]" in shown
    assert "Feil: Verdien til '--patients' kan ikke brukes: 'x' er ikke et tall." in wrong.stderr
    assert wrong.returncode == 2
    english = ("Usage", "Options", "Commands", "Error", "Try ", "Show ")
    assert [word for word in english if word in shown + wrong.stderr] == []


ENGLISH = {"BINDELEDD_LANGUAGE": "en"}


def test_the_command_line_speaks_english_to_whoever_asks_for_it(site: Path, tmp_path: Path) -> None:
    helped = bindeledd("plugins", "check", "--help", home=tmp_path, environment=ENGLISH).stdout
    wrong = bindeledd("demo", "--patients", "x", home=tmp_path, environment=ENGLISH)
    looked = bindeledd("doctor", home=site, environment=ENGLISH).stdout

    assert helped.startswith("Usage: ")
    assert "See whether the plugins in the settings" in helped
    assert "Error: Invalid value for '--patients'" in wrong.stderr
    assert "do this" in looked
    assert "wrap" not in looked
    norwegian = ("Bruk", "Valg", "Feil", "sjekk", "ikke", "ingen", " er ", "kjør", "alle ")
    assert [word for word in norwegian if word in helped + wrong.stderr + looked] == []


def test_what_is_wrong_with_the_settings_is_said_in_the_language_of_the_command(
    tmp_path: Path,
) -> None:
    (tmp_path / "settings.toml").write_text("[web]\nport = 99999\nprot = 1\n")
    norwegian = bindeledd("doctor", home=tmp_path).stdout
    english = bindeledd("plugins", "list", home=tmp_path, environment=ENGLISH).stderr

    assert "finnes ikke i denne tabellen" in norwegian
    assert english == (
        f"Error: {tmp_path}/settings.toml:3 [web] prot · does not exist in this table"
        " · did you mean port?\n"
    )


def test_a_site_of_another_language_is_spoken_to_in_that(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[site]\nlanguage = "en"\n[web]\nport = "x"\n')
    refused = bindeledd("run", home=tmp_path)

    assert refused.returncode == 1
    assert "'x' does not fit · write a number from 0 to 65535" in refused.stderr
