"""`bindeledd demo`: everyone is accounted for, nothing leaves the machine, no real place is touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from bindeledd.features.access.domain import DEMO_PASSWORD

NUMBERS = (
    "received",
    "opened",
    "reopened",
    "to_decide",
    "refused",
    "tasks",
    "overdue",
    "alerts",
    "delivered",
    "registered",
    "owned",
    "overdue_seen",
    "escalated",
    "closed_signed",
    "unseen",
)


def bindeledd(
    *arguments: str, home: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The command as a user types it, in a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BINDELEDD_")}
    kept |= {"LC_ALL": "C.UTF-8"}  # whatever this machine speaks
    return subprocess.run(
        [sys.executable, "-m", "bindeledd.cli", *arguments],
        env={**kept, "BINDELEDD_HOME": str(home), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(home: Path) -> dict[str, int]:
    done = bindeledd("demo", "--no-serve", "--json", "--patients", "26", home=home)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_it_says_every_number_that_scripts_rely_on(told: dict[str, int]) -> None:
    assert set(NUMBERS) <= set(told)


def test_everyone_is_accounted_for_without_remainder(told: dict[str, int]) -> None:
    accounted = ("owned", "overdue_seen", "escalated", "closed_signed")

    assert told["registered"] == sum(told[name] for name in accounted)
    assert told["unseen"] == 0
    assert told["registered"] == told["opened"] > 0


def test_every_message_stands_somewhere(told: dict[str, int]) -> None:
    places = (
        "opened",
        "reopened",
        "updated",
        "to_decide",
        "parked",
        "duplicate",
        "refused",
        "not_ours",
    )

    assert told["received"] == sum(told[name] for name in places)
    assert told["refused"] >= 1
    assert told["duplicate"] >= 1


def test_what_is_late_is_alerted_and_delivered(told: dict[str, int]) -> None:
    assert told["overdue"] > 0
    assert told["alerts"] >= told["overdue_seen"] + told["escalated"] > 0
    assert told["delivered"] > 0


def test_somebody_who_was_closed_comes_back(told: dict[str, int]) -> None:
    assert told["closed_signed"] > 0
    assert told["reopened"] == 1


def test_mail_lies_in_a_folder_and_says_only_how_many_wait(
    told: dict[str, int], home: Path
) -> None:
    mails = [file.read_text() for file in (home / "mail").glob("*.eml")]

    assert mails
    assert all("fjordbyen.invalid" in mail for mail in mails)


def of_this_machine(home: Path) -> set[str]:
    """What doctor has to say of the machine that the tests run on, and not of the demo."""
    usage = shutil.disk_usage(home)
    return set() if usage.free > usage.total * 0.10 else {"disk"}


def test_the_roll_call_and_doctor_agree(told: dict[str, int], home: Path) -> None:
    called = json.loads(bindeledd("rollcall", "--json", home=home).stdout)
    looked = json.loads(bindeledd("doctor", "--json", home=home).stdout)

    assert {name: called[name] for name in called if name in told} == {
        name: told[name] for name in called if name in told
    }
    assert called["remainder"] == []
    assert set(looked) == {"ok", "checks", "database", "version"}
    failed = {check["name"] for check in looked["checks"] if not check["ok"]}
    assert failed - {"worker"} == of_this_machine(home), failed


def test_no_appointment_is_on_a_day_on_which_the_demo_says_that_it_is_closed(
    told: dict[str, int], home: Path
) -> None:
    with closing(sqlite.connect(home / "bindeledd.db")) as database:
        days = [
            datetime.fromisoformat(str(when)).weekday()
            for (when,) in database.execute("SELECT starts_at FROM appointments")
        ]

    assert len(days) > 5
    assert set(days) & {5, 6} == set()


def test_the_same_seed_tells_the_same_story(home: Path, tmp_path: Path) -> None:
    first = bindeledd("demo", "--no-serve", "--json", "--patients", "6", home=tmp_path)
    again = bindeledd("demo", "--no-serve", "--json", "--patients", "6", home=tmp_path)

    assert first.returncode == again.returncode == 0
    assert json.loads(first.stdout)["received"] == json.loads(again.stdout)["received"]
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_a_new_demo_takes_away_what_the_last_one_made_and_nothing_else(tmp_path: Path) -> None:
    first = bindeledd("demo", "--no-serve", "--patients", "2", home=tmp_path)
    (key,) = (tmp_path / "keys").iterdir()
    (tmp_path / "keys" / "somebody.keys").write_text("mine")
    # The first mail makes the folder, and at some hours few patients need none.
    (tmp_path / "mail").mkdir(exist_ok=True)
    (tmp_path / "mail" / "mine.txt").write_text("mine")
    again = bindeledd("demo", "--no-serve", "--patients", "2", home=tmp_path)

    assert first.returncode == again.returncode == 0
    assert not key.exists()
    assert (tmp_path / "keys" / "somebody.keys").read_text() == "mine"
    assert (tmp_path / "mail" / "mine.txt").exists()


def test_one_that_is_not_served_says_who_may_log_in(tmp_path: Path) -> None:
    made = bindeledd("demo", "--no-serve", "--patients", "2", home=tmp_path)

    assert f"Logg inn med passordet {DEMO_PASSWORD} som" in made.stdout


def test_it_never_touches_an_installation_that_is_no_demo(tmp_path: Path) -> None:
    example = bindeledd("setup", "--example", home=tmp_path).stdout
    site = tmp_path / "site.toml"
    site.write_text(example)
    assert bindeledd("setup", "--from", str(site), home=tmp_path).returncode == 0
    database = (tmp_path / "bindeledd.db").read_bytes()

    refused = bindeledd("demo", "--no-serve", home=tmp_path)

    assert refused.returncode == 1
    assert "BINDELEDD_HOME" in refused.stderr
    assert (tmp_path / "bindeledd.db").read_bytes() == database


@pytest.mark.parametrize("named", [False, True])
def test_settings_that_somebody_wrote_are_never_written_over(tmp_path: Path, named: bool) -> None:
    file = tmp_path / ("site.toml" if named else "settings.toml")
    file.write_text("[web]\nport = 9000\n")
    environment = {"BINDELEDD_SETTINGS": str(file)} if named else {}

    refused = bindeledd("demo", "--no-serve", home=tmp_path, environment=environment)

    assert refused.returncode == 1
    assert str(file) in refused.stderr
    assert file.read_text() == "[web]\nport = 9000\n"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("ending", ["", "?timeout=5"])
def test_a_database_of_something_else_is_left_byte_for_byte(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite.connect(file)) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.commit()
    before = file.read_bytes()
    environment = {"BINDELEDD_DATABASE_URL": f"sqlite:///{file}{ending}"}
    home = tmp_path / "home"

    told = [
        bindeledd(*command, home=home, environment=environment)
        for command in (("demo", "--no-serve"), ("db", "upgrade"), ("doctor",), ("run",))
    ]

    assert [one.returncode for one in told] == [1, 1, 1, 1]
    assert all("Traceback" not in one.stderr for one in told)
    assert "tilhører noe annet" in told[0].stderr
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.glob("other.db*")] == ["other.db"]
