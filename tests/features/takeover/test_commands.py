"""`bindeledd takeover` and `bindeledd discharges` as a script and as a person meet them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.discharges.commands import discharges
from bindeledd.features.pathways.service.wording import owed_words
from bindeledd.features.staff.tables import MemberRow
from bindeledd.features.takeover.commands import takeover
from bindeledd.features.takeover.domain.reading import COLUMNS
from bindeledd.features.takeover.tables import TakeoverRow
from bindeledd.foundation.console import Site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sheets import SheetQuoted
from bindeledd.foundation.texts import refusal_said
from builders import a_book
from doors import writing
from features.takeover.builders import ANE, BO, CATO, a_row, a_test_site, csv_of

OSLO = ZoneInfo("Europe/Oslo")
# A row of the past, whatever the day is on which the test runs.
PAST = {"index_at": "11.1.2026", "discharged": "20.1.2026", "reached": "25.1.2026"}


@pytest.fixture
def site(database) -> Site:
    with database.transaction() as session:
        tenant = a_test_site(session).tenant
    return Site(
        open_settings=lambda: SimpleNamespace(),
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(book=a_book()),
        find_tenants=lambda _: {"one": tenant},
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "liste.csv"
    made.write_bytes(csv_of(a_row(**PAST), a_row(**{**PAST, "discharged": "31.2.2026"}, number=BO)))
    return made


def run(site: Site, command: click.Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], obj=site)


def cases(site: Site) -> int:
    with site.database.transaction() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(CaseRow)) or 0


def test_a_dry_run_says_everything_and_keeps_nothing(site, file):
    result = run(site, takeover, file, "--team", "follow-up", "--dry-run", "--json")

    said = json.loads(result.output)
    assert (said["rows"], said["taken"], said["refused"]) == (2, 1, 1)
    assert (said["state"], said["takeover"]) == ("tried", None)
    assert said["lines"][1]["reasons"][0]["column"] == "Utskrevet"
    assert result.exit_code == 1
    assert cases(site) == 0


def test_a_dry_run_compares_row_by_row_without_naming_anybody(site, file):
    said = json.loads(
        run(site, takeover, file, "--team", "follow-up", "--dry-run", "--json").output
    )
    printed = run(site, takeover, file, "--team", "follow-up", "--dry-run").output

    taken = said["lines"][0]
    assert (taken["owner"], taken["last_reached"], taken["attempts"]) == ("Anna", "2026-01-25", 0)
    assert taken["first_due"] > "2026-01-25"
    assert said["undecided"] == 1
    for word in ("Ansvarlig", "Sist nådd", "2026-01-25", taken["first_due"][:10], "Rad 3"):
        assert word in printed


def test_a_dry_run_says_by_which_step_the_first_is_owed_in_its_words(site, file):
    said = run(site, takeover, file, "--team", "follow-up", "--dry-run", "--json").output
    printed = run(site, takeover, file, "--team", "follow-up", "--dry-run").output

    (taken, _) = json.loads(said)["lines"]
    book = a_book()
    step = owed_words(book, taken["first_owed"], taken["first_step"])
    assert step
    assert all(word in printed for word in step.split())


def test_it_is_kept_without_and_a_person_reads_row_and_column(site, file):
    result = run(site, takeover, file, "--team", "follow-up")

    assert "Rad 3, kolonne «Utskrevet»: Dagen kan ikke leses." in result.output
    assert "2 rader = 1 oppfølging + 1 avvist." in result.output
    assert "venter på signatur fra en leder" in result.output
    assert cases(site) == 1
    (kept,) = json.loads(run(site, takeover, "--json").output)
    assert (kept["state"], kept["rows"], kept["taken"]) == ("unsigned", 2, 1)


def test_times_are_the_teams_own_and_say_their_zone(site, file):
    for more in ((file, "--team", "follow-up"), ()):
        printed = run(site, takeover, *more).output
        assert "Klokkeslett: Europe/Oslo" in printed
    with site.database.transaction() as session:
        taken_at = session.scalars(sa.select(TakeoverRow.taken_at)).one()
    wall = taken_at.astimezone(OSLO)
    (kept,) = json.loads(run(site, takeover, "--json").output)
    assert (kept["at"], kept["zone"]) == (wall.isoformat(timespec="minutes"), "Europe/Oslo")
    assert f"{wall:%Y-%m-%d %H:%M}" in printed.replace("\n", "")
    assert "+00:00" not in printed


def twice(site: Site, tmp_path: Path, *more: str) -> tuple[str, list[dict[str, object]]]:
    """A second list with somebody who was taken over from a first one: printed, and its lines."""
    first, second = tmp_path / "en.csv", tmp_path / "to.csv"
    first.write_bytes(csv_of(a_row(**PAST)))
    ukjent = a_row(**PAST, number=BO, given="Bo", owner="Ukjent")
    second.write_bytes(csv_of(a_row(**PAST), ukjent))
    run(site, takeover, first, "--team", "follow-up")
    told = run(site, takeover, second, "--team", "follow-up", "--dry-run", "--json").output
    return run(site, takeover, second, "--team", "follow-up", *more).output, json.loads(told)[
        "lines"
    ]


def test_a_refused_row_says_which_follow_up_of_which_team_there_is_already(site, tmp_path):
    printed, (known, unknown) = twice(site, tmp_path)

    with site.database.transaction() as session:
        [case] = session.scalars(sa.select(CaseRow.id))
    assert known["followed"] == {"case": str(case), "team": "follow-up"}
    assert unknown["followed"] is None
    assert f"Rad 2: personen følges opp alt, i oppfølging {case}" in printed
    assert "Prøve" not in printed


def test_a_trial_that_says_who_is_followed_is_written_down_though_nothing_is_kept(site, tmp_path):
    twice(site, tmp_path, "--dry-run")

    with site.database.transaction() as session:
        [patient] = session.scalars(sa.select(CaseRow.patient_id))
        tried = sa.select(AuditEventRow.id).where(AuditEventRow.act == "takeover.tried")
        asked = sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id.in_(tried))
        assert set(session.scalars(asked)) == {patient}


def test_the_list_counts_the_refused_who_are_followed_already(site, tmp_path):
    twice(site, tmp_path)

    newest = json.loads(run(site, takeover, "--json").output)[0]
    assert (newest["refused"], newest["accounted"], newest["undecided"]) == (2, 1, 1)
    assert "1 av de avviste følges opp her alt" in " ".join(run(site, takeover).output.split())


def test_what_is_printed_names_nobody(site, file):
    for more in ((), ("--json",), ("--dry-run",)):
        output = run(site, takeover, file, "--team", "follow-up", *more).output
        assert [word for word in ("Ane", "Prøve", ANE, BO, "41234599") if word in output] == []


def test_a_file_without_one_good_row_is_told_row_by_row_and_kept(site, tmp_path):
    bad = tmp_path / "dårlig.csv"
    bad.write_bytes(csv_of(a_row(**PAST, owner="Ukjent")))

    result = run(site, takeover, bad, "--team", "follow-up")

    assert "Rad 2, kolonne «Ansvarlig»" in result.output
    assert "venter på signatur" in result.output
    assert (result.exit_code, cases(site)) == (1, 0)


def test_with_several_teams_one_has_to_be_named(site, file):
    result = run(site, takeover, file)

    assert isinstance(result.exception, Misconfigured)
    assert "follow-up, municipal" in str(result.exception)


def test_the_template_has_the_columns_that_are_read_and_the_manual_says_each(site):
    text = run(site, takeover, "--template").output
    manual = (Path(__file__).parents[3] / "docs" / "takeover.md").read_text(encoding="utf-8")

    assert text.removeprefix("\ufeff").splitlines() == [";".join(COLUMNS.values())]
    assert [column for column in COLUMNS.values() if f"| {column} |" not in manual] == []


def test_a_discharge_list_is_counted_and_what_waits_is_exit_code_1(site, tmp_path):
    made = tmp_path / "uke.csv"
    made.write_text(f"Fødselsnummer;Utskrevet\n{ANE};20.1.2026\n{BO};i går", encoding="utf-8")

    said = json.loads(run(site, discharges, made, "--json").output)
    again = run(site, discharges, made)

    assert (said["lines"], said["asked"], said["refused"]) == (2, 1, 1)
    assert said["rows"][1]["column"] == "Utskrevet"
    assert "Rad 3, kolonne «Utskrevet»: Dagen kan ikke leses." in again.output
    assert "2 rader = 0 følges opp + 1 ventet alt" in again.output
    assert again.exit_code == 1
    assert ANE not in again.output


def test_nobody_waits_for_a_whole_discharge_list(site, tmp_path):
    made = tmp_path / "uke.csv"
    made.write_text(f"Fødselsnummer;Utskrevet\n{ANE};20.1.2026\n{BO};20.1.2026", encoding="utf-8")

    with writing(site.database, "messages") as steps:
        run(site, discharges, made)

    assert steps.count("row") == 2
    assert all(pair != ("row", "row") for pair in pairwise(steps))


def test_the_list_says_that_an_undoing_waits_who_asked_and_what_it_left_open(site, file):
    run(site, takeover, file, "--team", "follow-up")
    with site.database.transaction() as session:
        row = session.scalars(sa.select(TakeoverRow)).one()
        berit = session.scalars(sa.select(MemberRow).where(MemberRow.name == "Berit")).one()
        row.undo_asked_by, row.undo_asked_at = berit.id, row.taken_at
        wall = row.taken_at.astimezone(OSLO).isoformat(timespec="minutes")

    (kept,) = json.loads(run(site, takeover, "--json").output)
    printed = run(site, takeover).output

    assert (kept["undo_asked_by"], kept["undo_asked_at"]) == ("Berit", wall)
    assert kept["left_open"] == []
    assert "Angring venter på en annen person: Berit ba om det" in printed


HEADS = ";".join(COLUMNS.values())
OPEN = '"Jeg klarer meg\r\n'


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        ((takeover, "--team", "follow-up"), [HEADS, f"{ANE}{';' * 23}", f"{BO}{';' * 23}{OPEN}"]),
        ((discharges,), ["Fødselsnummer;Utskrevet", f"{ANE};20.1.2026", f"{BO};{OPEN}"]),
    ],
)
def test_a_mark_that_could_swallow_rows_stops_the_file_by_its_line_and_nothing_is_kept(
    site, tmp_path, arguments, rows
):
    file = tmp_path / "apen.csv"
    file.write_text("\r\n".join([*rows, f"{CATO};20.1.2026"]), encoding="utf-8")
    command, *more = arguments

    refused = run(site, command, file, *more).exception

    assert isinstance(refused, SheetQuoted)
    assert refusal_said(refused).endswith("(linje 3)")
    assert cases(site) == 0
