"""`bindeledd setup`: from a file, again, and what it refuses. On both databases."""

from __future__ import annotations

import base64
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bindeledd.app import create_app
from bindeledd.checkup import examine
from bindeledd.checkup.machine import of_environment, of_retention
from bindeledd.checkup.tenants import of_teams
from bindeledd.checkup.work import of_faults
from bindeledd.features.reminders.service import report_fault
from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import (
    EnvironmentFixed,
    KnownOrganisation,
    KnownTeam,
    KnownUnit,
    PointTaken,
)
from bindeledd.features.staff.tables import MemberRow, UnitRow
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import open_database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.keyring import Keyring
from bindeledd.installation import find_tenants, insist_ready
from bindeledd.plugin.commands import plugins
from bindeledd.plugin.loading import gather
from bindeledd.setting_up.asking import ask
from bindeledd.setting_up.command import example_file, setup
from bindeledd.setting_up.doing import set_up
from bindeledd.setting_up.merging import merged
from bindeledd.setting_up.packs import with_packs
from bindeledd.setting_up.reading import describe, look_through, read_description
from bindeledd.setting_up.reporting import Report
from bindeledd.settings import open_site, read_settings
from builders import MONDAY


class Place:
    """A machine with a home folder and a database that has its tables."""

    def __init__(self, home: Path, url: str) -> None:
        self.home, self.url = home, url
        self.environ = {"BINDELEDD_HOME": str(home), "BINDELEDD_DATABASE_URL": url}

    def setup(self, text: str) -> Report:
        file = self.home / "site.toml"
        file.write_text(text, encoding="utf-8")
        return set_up(
            look_through(file),
            self.own(),
            at=MONDAY,
            environ=self.environ,
            prepare=already_there,
        )

    def own(self) -> dict[str, object]:
        import tomllib

        file = self.home / "settings.toml"
        return tomllib.loads(file.read_text()) if file.exists() else {}

    def count(self, what: object) -> int:
        database = open_database(self.url)
        with database.transaction() as session:
            found = session.scalar(sa.select(sa.func.count()).select_from(what))  # type: ignore[arg-type]
        database.close()
        return int(found or 0)


def already_there(_database: object) -> None:
    """The tables are there already."""


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    return Place(tmp_path, database_url)


def test_the_example_sets_up_a_whole_site(place: Place) -> None:
    report = place.setup(example_file())

    assert (report.environment, report.tenant) == ("test", "provesykehuset")
    assert {one["outcome"] for one in report.changes} <= {"made", "changed"}
    assert report.administrator is not None
    assert all("ingen medarbeidere" in one for one in report.warnings)
    assert len(report.warnings) == 2
    database = open_database(place.url)
    with database.transaction() as session:
        tenant = queries.find_tenant(session, "provesykehuset")
        assert tenant is not None
        found = queries.find_contact_point(session, tenant, "HER", "90002")
        team = queries.find_team(session, tenant, "oppfolging")
        assert found is not None
        assert team is not None
        assert found.team_id == team.id == queries.intake_team(session, tenant)
        assert queries.environment(session) == "test"
    database.close()
    assert read_settings(place.environ).environment == "test"
    assert list((place.home / "keys").iterdir())


def test_a_pack_that_holds_for_nobody_is_told(place: Place) -> None:
    report = place.setup(
        example_file().replace('# plugins = ["helse-vest"]', 'plugins = ["helse-sor-ost"]', 1)
    )

    told = [one for one in report.warnings if "gjelder for ingen her" in one]
    assert told
    assert all("vestre-viken" in one for one in told)


def test_the_same_again_changes_nothing(place: Place) -> None:
    place.setup(example_file())
    again = place.setup(example_file())

    assert {one["outcome"] for one in again.changes} == {"same"}
    assert not again.restart


def test_the_first_set_up_has_nothing_to_restart(place: Place) -> None:
    assert not place.setup(example_file()).restart


def test_only_the_keys_of_the_settings_are_told_never_their_values(place: Place) -> None:
    place.setup(example_file())
    report = place.setup('[database]\nurl = "' + place.url + '"\n')

    told = [one for one in report.changes if one["key"] == "[database] url"]
    assert [(one["what"], one["outcome"]) for one in told] == [("settings", "made")]
    assert place.url not in str(report)


def test_what_is_left_out_stays(place: Place) -> None:
    place.setup(example_file())
    report = place.setup(
        '[web]\nport = 9000\n[tenant]\nkey = "provesykehuset"\nname = "Nytt navn"\n'
    )

    changed = [(one["what"], one["outcome"]) for one in report.changes if one["outcome"] != "same"]
    assert changed == [("tenant", "changed"), ("settings", "changed")]
    assert report.restart
    assert place.count(UnitRow) == 1
    made = read_settings(place.environ)
    assert (made.port, made.environment) == (9000, "test")


def test_settings_alone_need_no_tenant(place: Place) -> None:
    place.setup(example_file())
    report = place.setup("[web]\nport = 9001\n")

    assert report.tenant == "provesykehuset"
    assert read_settings(place.environ).port == 9001


def test_what_a_database_is_for_cannot_be_changed(place: Place) -> None:
    place.setup(example_file().replace('environment = "test"', 'environment = "production"'))
    with pytest.raises(EnvironmentFixed):
        place.setup('[site]\nenvironment = "demo"\n')

    assert read_settings(place.environ).environment == "production"


def test_production_is_told_what_is_missing(place: Place) -> None:
    report = place.setup(
        example_file().replace('environment = "test"', 'environment = "production"')
    )

    assert any("ingen e-posttjener" in one for one in report.warnings)


def test_a_team_without_hours_is_named(place: Place) -> None:
    report = place.setup(example_file().replace('hours = ["man-fre 08:00-15:00"]', "hours = []"))

    assert any("kommunen har ingen åpningstid" in one for one in report.warnings)


def test_a_unit_without_a_team_is_named(place: Place) -> None:
    report = place.setup(example_file().replace('\nteam = "', '\n# team = "'))

    assert any("har ikke noe team: en oppfølging" in one for one in report.warnings)
    settings = read_settings(place.environ)
    site = Site(open_settings=lambda: settings, open_database=open_site, gather=lambda _: gather())
    with site.database.transaction() as session:
        tenant = queries.find_tenant(session, "provesykehuset")
    assert tenant is not None
    said = [check for check in of_teams(site, tenant) if check.name == "unit"]
    site.database.close()
    assert said
    assert all("har ikke noe team" in check.found and check.ok for check in said)


def test_half_of_a_description_is_not_done(place: Place) -> None:
    twice = example_file() + '\n[[unit]]\nkey = "z"\nname = "Z"\nkind = "ward"\n'
    twice += 'organisation = "provekommunen"\nher = ["90002"]\n'
    with pytest.raises(PointTaken):
        place.setup(twice)

    assert place.count(UnitRow) == 0
    assert place.count(MemberRow) == 0
    assert not (place.home / "settings.toml").exists()


def code_of(place: Place) -> str | None:
    database = open_database(place.url)
    with database.transaction() as session:
        found = session.scalar(sa.select(MemberRow.code_hash))
    database.close()
    return found


def test_run_again_it_leaves_a_code_that_holds_and_says_so(place: Place) -> None:
    place.setup(example_file())
    before = code_of(place)

    report = place.setup(example_file())

    assert report.administrator is None
    assert report.code_holds is not None
    assert code_of(place) == before


def test_run_again_it_gives_a_new_code_where_the_first_holds_no_more(place: Place) -> None:
    place.setup(example_file())
    database = open_database(place.url)
    with database.transaction() as session:
        session.execute(sa.update(MemberRow).values(code_until=MONDAY - timedelta(seconds=1)))
    database.close()

    assert place.setup(example_file()).administrator is not None


def test_a_chosen_password_is_not_undone(place: Place) -> None:
    place.setup(example_file())
    database = open_database(place.url)
    with database.transaction() as session:
        session.execute(sa.update(MemberRow).values(password_hash="x"))
    database.close()

    assert place.setup(example_file()).administrator is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tenant]\nkey = "a"\nnmae = "x"\n', r"site.toml:3 \[tenant\] nmae"),
        ('[tenant]\nkey = "A B"\nname = "x"\n', r"site.toml:2 \[tenant\] key"),
        ('[[team]]\nkey = "a"\nname = "x"\norganisation = "b"\nhours = ["mon"]\n', "man-fre 08:00"),
        (
            '[[team]]\nkey = "a"\nname = "x"\norganisation = "b"\nhours = ["man 25:00-26:00"]\n',
            "08:00",
        ),
        ('[[organisation]]\nkey = "a"\nname = "x"\nkind = "y"\norgnr = "12"\n', "ni siffer"),
        (
            '[[unit]]\nkey = "a"\nname="x"\nkind="y"\norganisation="o"\n'
            '[[unit]]\nkey = "b"\nname="x"\nkind="y"\norganisation="o"\nher = "1x"\n',
            r"site.toml:11 \[unit\] her",
        ),
        ("[nothing]\n", "er ukjent"),
        ("[[team]\n", "ikke gyldig TOML"),
    ],
)
def test_a_fault_in_the_file_names_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=said):
        read_description(file)


MANY = """\
[site]
environment = "test"
language = "tysk"
[web]
port = "åtti"
workers = 0
[mail]
host = "smtp.example"
sender = "nobody"
[nothing]
[tenant]
key = "a"
name = "A"
intake_team = "night"
[[organisation]]
key = "o"
name = "O"
kind = "trust"
orgnr = "12"
[[team]]
key = "t"
name = ""
organisation = "nowhere"
hours = ["mon", "man 25:00-26:00"]
[[unit]]
key = "u"
nmae = "U"
kind = "ward"
organisation = "o"
team = "gone"
"""


def test_a_key_that_is_missing_is_said_with_the_line_of_its_own_table(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        '[tenant]\nkey = "a"\n\n[[organisation]]\nkey = "b"\nkind = "hospital"\n\n'
        '[[team]]\nkey = "t"\nname = "Team"\norganisation = "b"\n'
    )

    places = [one.where for one in look_through(file).faults]

    assert places == [f"{file}:1 [tenant] name", f"{file}:4 [organisation] name"]


def test_every_fault_is_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as stopped:
        Place(tmp_path, f"sqlite:///{tmp_path}/x.db").setup(MANY)

    told = str(stopped.value).splitlines()
    found = [line.partition(" · ")[0].removeprefix(f"{tmp_path}/") for line in told]
    assert sorted(found) == sorted([
        "site.toml", "site.toml:3 [site] language", "site.toml:5 [web] port",
        "site.toml:6 [web] workers", "site.toml:9 [mail] sender", "site.toml:14 [tenant] intake_team",
        "site.toml:19 [organisation] orgnr", "site.toml:22 [team] name",
        "site.toml:23 [team] organisation", "site.toml:24 [team] hours", "site.toml:24 [team] hours",
        "site.toml:27 [unit] nmae", "site.toml:25 [unit] name", "site.toml:30 [unit] team",
    ])  # fmt: skip
    assert not (tmp_path / "settings.toml").exists()


def test_a_pack_that_is_not_installed_is_told_with_file_and_line(place: Place) -> None:
    with pytest.raises(Misconfigured) as wrong:
        place.setup('[site]\nenvironment = "test"\nplugins = ["nowhere"]\n')
    assert wrong.value.code == "plugin.not_installed"
    assert wrong.value.where.endswith(".toml:3 [site] plugins")


def test_packs_that_setup_switches_on_with_a_lock_are_told_with_the_way_out(place: Place) -> None:
    names = 'environment = "test"\nplugins = ["example"]\nplugins_lock = "plugins.lock"\n'
    kept = [
        line
        for line in example_file().splitlines()
        if not line.startswith(("environment =", "plugins ="))
    ]
    wanted = "\n".join(kept).replace("[site]\n", f"[site]\n{names}", 1)
    assert names in wanted
    with pytest.raises(Misconfigured) as stopped:
        place.setup(wanted)
    settings = place.home / "settings.toml"
    do = stopped.value.do
    assert str(settings) in do
    assert all(f"{line}" in do for line in names.splitlines())
    assert "bindeledd plugins lock" in do

    settings.write_text(f"[site]\n{names}", encoding="utf-8")
    site = Site(
        open_settings=lambda: read_settings(place.environ),
        open_database=open_site,
        gather=pytest.fail,
    )
    locked = CliRunner().invoke(plugins, ["lock"], obj=site)
    assert locked.exit_code == 0, locked.output
    assert place.setup(wanted).environment == "test"


def test_what_refers_to_nothing_is_told_at_once_in_a_site_that_is_there(place: Place) -> None:
    place.setup(example_file())
    with pytest.raises(Misconfigured) as stopped:
        place.setup(
            '[tenant]\nkey = "provesykehuset"\nname = "P"\n'
            '[[team]]\nkey = "t"\nname = "T"\norganisation = "nowhere"\n'
            '[[unit]]\nkey = "u"\nname = "U"\nkind = "ward"\norganisation = "nowhere"\nteam = "x"\n'
        )

    told = str(stopped.value).splitlines()
    assert ["site.toml:7 [team] organisation" in told[0], len(told)] == [True, 3]
    assert "site.toml:13 [unit] team" in told[2]


def test_a_table_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('site = 1\nteam = ["x"]\n', encoding="utf-8")
    with pytest.raises(Misconfigured) as stopped:
        read_description(file)

    assert [one.code for one in stopped.value.faults] == ["settings.wrong_form", "setup.no_rows"]


def test_a_key_that_stands_twice_is_told(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    row = '[[organisation]]\nkey = "a"\nname = "A"\nkind = "trust"\n'
    file.write_text(row * 2, encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"site.toml:6 \[organisation\] key.*«a»"):
        read_description(file)


def test_what_a_pack_knows_and_the_site_says_too_is_one_thing() -> None:
    points = (("HER", "1"),)
    pack = KnownOrganisation(
        key="o",
        name="O",
        kind="trust",
        points=points,
        teams=(KnownTeam(key="t", name="T", hours=()),),
        units=(KnownUnit(key="u", name="U", kind="ward", team="t", points=(("HER", "2"),)),),
    )
    own = '[tenant]\nkey="a"\nname="A"\nuse=["o"]\n[[unit]]\nkey="u"\nname="Sengepost"\n'
    wanted = describe(tomllib.loads(f'{own}kind="ward"\norganisation="o"\nresh="3"\n'))
    organisations, teams, units = with_packs(wanted, replace(gather(()), organisations=(pack,)))

    assert [one.key for one in (*organisations, *teams, *units)] == ["o", "t", "u"]
    assert (units[0].name, units[0].team) == ("Sengepost", "t")
    assert units[0].points == (("HER", "2"), ("RESH", "3"))


def test_a_team_of_nobody_is_refused(place: Place) -> None:
    with pytest.raises(Misconfigured, match="organisation"):
        place.setup(
            '[site]\nenvironment = "test"\n[tenant]\nkey = "a"\nname = "A"\n'
            '[[team]]\nkey = "t"\nname = "T"\norganisation = "nowhere"\n'
        )


def test_answers_at_the_terminal_make_the_same_kind_of_site(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (
        "nb|test||hf|HF|hf|HF|trust|999999999||n|team|Team|man-fre 08:00-15:30|n|team|post|Post 3"
    )
    said += "|acute_ward|team|80123|||n||||admin|Ada|"
    answers = iter(said.split("|"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _text: next(answers))
    report = set_up(describe(ask({})), {}, at=MONDAY, environ=place.environ, prepare=already_there)

    assert report.tenant == "hf"
    assert report.administrator is not None
    assert place.count(UnitRow) == 1


def test_an_answer_that_cannot_be_used_is_asked_for_again_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = (
        "nb|test||hf|HF|hf|HF|trust|999999999||n|team|Team|man-fre 08:00-15:30|n|team|post|Post 3"
    )
    said += "|acute_ward|team|80x|||" + "||||80123|||" + "n||||admin|Ada|"
    answers = iter(said.split("|"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))

    (unit,) = ask({})["unit"]

    assert (unit["key"], unit["name"], unit["her"]) == ("post", "Post 3", "80123")
    assert "skriv bare siffer" in capsys.readouterr().err


def test_what_was_wrong_is_not_proposed_again_and_what_was_right_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = (
        "nb|test||hf|HF|hf|HF|trust|999999999||n|team|Team|man-fre 08:00-15:30|n|team|post|Post 3"
    )
    said += "|acute_ward|team|80123|40x||" + "|||||40123||" + "n||||admin|Ada|"
    answers, asked = iter(said.split("|")), []

    def answer(text: str) -> str:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr("click.termui.visible_prompt_func", answer)

    (unit,) = ask({})["unit"]

    again = [text for text in asked if "RESH" in text or ("HER-id" in text and "Enhet" in text)]
    assert (unit["her"], unit["resh"]) == ("80123", "40123")
    assert ["80123" in text for text in again] == [False, False, True, False]
    assert not any("40x" in text for text in asked)


def test_opening_hours_are_asked_with_examples_until_they_are_understood(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "nb|test||hf|HF|hf|HF|trust|999999999||n|team|Team|vanlig arbeidstid"
    said += "|mandag til torsdag 8-16, fredag 8-15|n|team|post|Post 3|acute_ward|team||||n|||"
    said += "|admin|Ada|"
    answers = iter(said.split("|"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))

    (team,) = ask({})["team"]

    told = capsys.readouterr()
    assert team["hours"] == ["man-tor 08:00-16:00", "fre 08:00-15:00"]
    assert "fredag 8-15" in told.out
    assert "«vanlig arbeidstid» er ikke forstått" in told.out + told.err


def answered(monkeypatch: pytest.MonkeyPatch, said: str) -> list[str]:
    """What is asked, when these are the answers one after the other."""
    answers, asked = iter(said.split("|")), []

    def answer(text: str) -> str:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr("click.termui.visible_prompt_func", answer)
    return asked


_UP_TO_MAIL = (
    "|hf|HF|hf|HF|trust|||n|team|Team|man-fre 08:00-15:30|n|team|post|Post 3|acute_ward|team||||n|"
)


def test_a_setting_is_checked_where_it_is_asked_and_the_rest_of_it_proposed_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = "|mail.hf.no|25|none|Test navn" + "||||varsel@hf.no"
    asked = answered(monkeypatch, f"nb|test|{_UP_TO_MAIL}{mail}||admin|Ada|")

    told = ask({})["mail"]

    assert told == {
        "host": "mail.hf.no",
        "port": 25,
        "security": "none",
        "sender": "varsel@hf.no",
    }
    assert "Test navn" in capsys.readouterr().err
    assert not any("Test navn" in text for text in asked)


def test_an_empty_answer_to_what_is_needed_is_told_why_it_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"nb|test|{_UP_TO_MAIL}".replace("|hf|HF|hf", "|hf||HF|hf", 1)
    answered(monkeypatch, f"{said}|||admin|Ada|")
    assert ask({})["tenant"]["name"] == "HF"
    assert "Svaret kan ikke være tomt" in capsys.readouterr().err


def test_setup_asks_for_the_language_and_goes_on_in_it_and_names_the_packs_that_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = _UP_TO_MAIL.replace("|hf|HF|hf|", "||HF||", 1).replace("man-fre", "mon-fri")
    asked = answered(monkeypatch, f"en|test|nowhere|{said}|||admin|Ada|")

    told = ask({})

    assert told["site"]["language"] == "en"
    assert (told["tenant"]["key"], told["organisation"][0]["key"]) == ("organisation", "hospital")
    packs = [text for text in asked if "Installed:" in text]
    assert len(packs) == 2
    assert "bindeledd-sms" in packs[0] or "sms" in packs[0]


def test_answers_that_do_not_make_a_site_are_kept_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BINDELEDD_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text('[database]\nprovider = "none of ours"\n', "utf-8")
    answered(monkeypatch, f"nb|test|{_UP_TO_MAIL}|||admin|Ada|")

    with pytest.raises(Misconfigured):
        setup.main([], standalone_mode=False)

    assert look_through(tmp_path / "answers.toml").tenant_key == "hf"


def test_a_production_may_say_what_was_decided_about_keeping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "nb|production||hf|HF|hf|HF|trust|||n|team|Team||n|team|post|Post 3|acute_ward|team||||n"
    said += "|/mnt/keys||||j|10|15|Norsk helsearkiv|Direktøren, sak 27/1|admin|Ada|"
    answers = iter(said.split("|"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))

    kept = ask({})["retention"]

    assert kept == {
        "cases_years": 10,
        "log_years": 15,
        "archive": "Norsk helsearkiv",
        "basis": "Direktøren, sak 27/1",
    }
    assert next(answers, None) is None


def test_doctor_says_which_keys_of_which_file_are_undecided(place: Place) -> None:
    place.setup(example_file())
    settings = replace(read_settings(place.environ), environment="production")

    said = of_retention(settings)

    assert not said.ok
    assert "cases_years, log_years, archive, basis" in said.do
    assert "[retention]" in said.do
    assert str(settings.file) in said.do


def test_doctor_on_an_empty_place_says_once_that_nothing_is_set_up(tmp_path: Path) -> None:
    settings = read_settings({"BINDELEDD_HOME": str(tmp_path / "empty")})
    site = Site(open_settings=lambda: settings, open_database=open_site, gather=lambda _: gather())

    told = [(check.found, check.do) for check in examine(site).checks if not check.ok]

    assert len(told) == len(set(told))
    assert sum("ingenting er satt opp" in found for found, _ in told) == 1


def test_a_production_is_asked_for_its_keys_its_folder_and_each_of_its_organisations(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    said = "nb|production||hf|HF|hf|HF|trust|||ja|kommune|Kommunen|municipality|||nei|team|Team|hf"
    said += "|man-fre 08:00-15:30|J|dag|Dag|kommune|man-fre 08:00-15:00|n|team|post|Post 3"
    said += "|acute_ward|hf|team||||n|/mnt/keys|inn|||n|admin|Ada|"
    answers = iter(said.split("|"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: next(answers))

    asked = ask({})

    assert [one["key"] for one in asked["organisation"]] == ["hf", "kommune"]
    assert [one["organisation"] for one in asked["team"]] == ["hf", "kommune"]
    assert asked["keys"] == {"folder": "/mnt/keys"}
    assert asked["intake"] == {"folder": str(tmp_path / "inn")}
    assert next(answers, None) is None


def test_a_path_in_a_description_is_meant_from_where_the_description_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        '[site]\npathways = ["rutiner", "/srv/andre"]\n[intake]\nfolder = "inn"\n'
        '[keys]\nfolder = "/mnt/keys"\n',
        encoding="utf-8",
    )
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    told = read_description(file).settings

    assert told["site"]["pathways"] == [str(tmp_path / "rutiner"), "/srv/andre"]
    assert told["intake"]["folder"] == str(tmp_path / "inn")
    assert told["keys"]["folder"] == "/mnt/keys"


def test_the_file_of_a_pack_is_meant_from_where_it_is_named_and_the_path_tried_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, home = tmp_path / "told", tmp_path / "home"
    for folder in (told, home, tmp_path / "elsewhere"):
        folder.mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    file = told / "site.toml"
    plugin = '[site]\nplugins = ["sms"]\n[[plugin]]\nname = "sms"\nsettings = "sms.toml"\n'
    file.write_text(plugin, encoding="utf-8")
    environ = {"BINDELEDD_HOME": str(home)}
    with pytest.raises(Misconfigured, match=str(told / "sms.toml")):
        read_settings(environ, tables=read_description(file).settings)
    (told / "sms.toml").write_text('gateway = "sveve"\n', encoding="utf-8")
    settings = read_settings(environ, tables=read_description(file).settings)
    assert settings.of_plugin("sms").settings == {"gateway": "sveve"}

    own = tomllib.loads(plugin)  # as it stands in settings.toml
    with pytest.raises(Misconfigured, match=str(home / "sms.toml")):
        read_settings(environ, tables=own)
    (home / "sms.toml").write_text('gateway = "link"\n', encoding="utf-8")
    assert read_settings(environ, tables=own).of_plugin("sms").settings == {"gateway": "link"}


# --- keys -----------------------------------------------------------------------------------------


def key_file(place: Place) -> Path:
    (file,) = (place.home / "keys").iterdir()
    return file


@pytest.mark.parametrize("environment", ["test", "training", "production", "demo"])
def test_a_key_that_is_missing_is_never_made_anew(place: Place, environment: str) -> None:
    described = example_file().replace('environment = "test"', f'environment = "{environment}"')
    place.setup(described)
    kept = key_file(place)
    kept.unlink()

    with pytest.raises(Misconfigured, match=kept.name):
        place.setup(described)
    database = open_site(read_settings(place.environ))
    (tenant,) = find_tenants(database).values()
    with database.transaction() as session, pytest.raises(Misconfigured, match="kopien"):
        session.info[Keyring].tenant(tenant)
    database.close()

    assert list((place.home / "keys").iterdir()) == []


def test_a_second_tenant_gets_a_key_of_its_own(place: Place) -> None:
    place.setup(example_file())
    first = key_file(place).read_text()
    place.setup('[tenant]\nkey = "nabosykehuset"\nname = "Nabosykehuset"\n')

    assert len({file.read_text() for file in (place.home / "keys").iterdir()} | {first}) == 2


def test_another_key_than_the_one_that_was_used_is_refused_before_anything_is_made(
    place: Place,
) -> None:
    place.setup(example_file())
    kept = key_file(place)
    kept.write_text(f"1:{base64.b64encode(bytes(32)).decode()}\n")

    with pytest.raises(Misconfigured, match="ikke nøkkelen som ble brukt her"):
        place.setup(example_file())


# --- what the settings say and what the database is for -------------------------------------------


@pytest.mark.parametrize("said", ["", "test", "training"])
def test_nothing_runs_on_settings_that_do_not_name_what_the_database_is_for(
    place: Place, said: str
) -> None:
    place.setup(example_file().replace('environment = "test"', 'environment = "production"'))
    settings = replace(read_settings(place.environ), environment=said)
    database = open_site(settings)

    with pytest.raises(Misconfigured, match=r"\[site\] environment"):
        insist_ready(settings, database, gather())
    database.close()


def test_setup_refuses_each_channel_that_there_is_not_with_its_line(place: Place) -> None:
    wanted = example_file() + '\n[alerts]\nways = ["foo", "email", "bar"]\n'
    line = len(wanted.splitlines())

    with pytest.raises(Misconfigured) as refused:
        place.setup(wanted)

    at = f"{place.home / 'site.toml'}:{line} [alerts] ways"
    assert [(one.where, one.what) for one in refused.value.faults] == [
        (at, "kanalen «foo» finnes ikke"),
        (at, "kanalen «bar» finnes ikke"),
    ]
    assert {one.do for one in refused.value.faults} == {"kanalene er email"}


def test_nothing_was_done_where_setup_refuses_a_channel(place: Place) -> None:
    with pytest.raises(Misconfigured):
        place.setup(example_file() + '\n[alerts]\nways = ["foo"]\n')

    assert not (place.home / "settings.toml").exists()
    assert place.count(MemberRow) == 0


def test_setup_refuses_to_go_on_with_a_channel_whose_pack_was_taken_out(place: Place) -> None:
    place.setup(example_file())
    file = place.home / "settings.toml"
    was = file.read_text() + '\n[alerts]\nways = ["sms", "email"]\n'
    file.write_text(was)

    with pytest.raises(Misconfigured, match=r"settings\.toml:\d+ \[alerts\] ways.*«sms» finnes"):
        place.setup("[site]\nplugins = []\n")

    assert file.read_text() == was


def test_setup_takes_the_channels_that_there_are(place: Place) -> None:
    place.setup(example_file() + '\n[alerts]\nways = ["email"]\n')

    assert read_settings(place.environ).alerts.hygiene.ways == ("email",)


def test_an_order_of_channels_names_those_that_there_are(place: Place) -> None:
    place.setup(example_file())
    settings = read_settings(place.environ)
    hygiene = replace(settings.alerts.hygiene, ways=("sms", "email"))
    settings = replace(settings, alerts=replace(settings.alerts, hygiene=hygiene))
    database = open_site(settings)

    with pytest.raises(Misconfigured, match=r"«sms» finnes ikke.*"):
        insist_ready(settings, database, gather())
    # The pack is on: the order stands, and what is asked next is whether the tables are there.
    with pytest.raises(Misconfigured, match="revisjon"):
        insist_ready(settings, database, gather(["sms"]))
    database.close()


def test_doctor_fails_where_the_settings_do_not_name_the_environment(place: Place) -> None:
    place.setup(example_file())
    settings = read_settings(place.environ)

    def found(environment: str) -> bool:
        site = Site(
            open_settings=lambda: replace(settings, environment=environment),
            open_database=open_site,
            gather=lambda _: gather(),
        )
        (check,) = of_environment(site)
        site.database.close()
        return check.ok

    assert (found("test"), found(""), found("production")) == (True, False, False)


def test_no_app_is_made_without_an_environment(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="hva er dette anlegget til"):
        create_app(read_settings({"BINDELEDD_HOME": str(tmp_path)}))


# --- packs ----------------------------------------------------------------------------------------


def test_what_is_said_to_each_pack_is_kept_apart_and_changed_key_by_key() -> None:
    sms = {"name": "sms", "settings": "sms.toml", "seconds": 5}
    other = {"name": "other", "memory_mb": 128}
    done = merged({}, {"plugin": [sms, other]})
    assert done["plugin"] == [sms, other]
    done = merged(done, {"plugin": [{"name": "sms", "seconds": 9}]})
    assert done["plugin"] == [{**sms, "seconds": 9}, other]


def test_setup_tells_what_became_of_what_is_said_to_the_packs(place: Place) -> None:
    named = '[site]\nplugins = ["example", "helse-vest"]\n'
    said = '[[plugin]]\nname = "example"\nseconds = {}\n[[plugin]]\nname = "helse-vest"\n'
    place.setup(example_file())
    place.setup(named + said.format(5))
    report = place.setup(said.format(9))

    told = {one["key"]: one["outcome"] for one in report.changes if one["what"] == "pack"}
    assert told == {"example": "changed", "helse-vest": "same"}
    assert report.restart
    assert [one.seconds for one in read_settings(place.environ).plugin_settings] == [9, 20]


def test_setup_with_the_example_leaves_the_packs_that_are_named(place: Place) -> None:
    place.setup(example_file())
    place.setup('[site]\nplugins = ["example"]\n')
    report = place.setup(example_file())

    assert read_settings(place.environ).plugins == ("example",)
    assert not [one for one in report.warnings if "plugins" in one]


def test_setup_names_the_packs_that_it_switches_off(place: Place) -> None:
    place.setup(example_file())
    place.setup('[site]\nplugins = ["example", "helse-vest"]\n')
    report = place.setup('[site]\nplugins = ["helse-vest"]\n')

    (told,) = [one for one in report.warnings if "plugins" in one]
    assert told.startswith("example slås av")
    assert 'var ["example", "helse-vest"] og er nå ["helse-vest"]' in told


def test_what_was_said_to_a_pack_goes_with_the_pack_and_is_told(place: Place) -> None:
    named = '[site]\nplugins = ["example", "helse-vest"]\n'
    place.setup(example_file())
    place.setup(named + '[[plugin]]\nname = "example"\n[[plugin]]\nname = "helse-vest"\n')
    report = place.setup('[site]\nplugins = ["helse-vest"]\n')

    told = {one["key"]: one["outcome"] for one in report.changes if one["what"] == "pack"}
    assert told == {"example": "taken_out", "helse-vest": "same"}
    assert [one.name for one in read_settings(place.environ).plugin_settings] == ["helse-vest"]
    with pytest.raises(Misconfigured, match="ta bort tabellen"):
        place.setup('[[plugin]]\nname = "example"\n')


def test_doctor_names_what_failed_and_nobody_has_read(place: Place) -> None:
    place.setup(example_file())
    database = open_database(place.url)
    with database.transaction() as session:
        report_fault(session, "plugin:sms", "plugin.hung", at=MONDAY)
    database.close()

    site = Site(
        open_settings=lambda: read_settings(place.environ),
        open_database=open_site,
        gather=lambda _: gather(),
    )

    (said,) = of_faults(site)

    site.database.close()
    assert not said.ok
    assert "(plugin:sms plugin.hung; 1, sist 2027-" in said.found


# --- routes ---------------------------------------------------------------------------------------


def test_setup_changes_and_adds_routes_and_takes_none_away() -> None:
    clinic = {"source": "HER:1", "kinds": ["epikrise"], "opens": "ask"}
    rest = {"source": "*", "kinds": ["*"], "opens": "ask"}
    other = {"source": "HER:2", "kinds": ["epikrise"], "opens": "always"}
    changed = {**clinic, "opens": "always"}

    done = merged({"route": [clinic, rest]}, {"route": [changed, other]})

    assert done["route"] == [changed, other, rest]


def test_setup_tells_what_became_of_the_routes(place: Place) -> None:
    route = '[[route]]\nsource = "HER:1"\nkinds = ["epikrise"]\nopens = "{}"\n'
    place.setup(example_file())
    place.setup(route.format("ask"))
    report = place.setup(route.format("always"))

    told = {one["key"]: one["outcome"] for one in report.changes if one["what"] == "route"}
    assert told == {"HER:1 epikrise": "changed"}
    assert [r.source for r in read_settings(place.environ).routes] == ["HER:1", "*"]


def refused_database(tmp_path: Path, url: str) -> Misconfigured:
    """What setup says of a description with this database."""
    file = tmp_path / "site.toml"
    file.write_text(f'[database]\nurl = "{url}"\n{example_file()}', encoding="utf-8")
    with pytest.raises(Misconfigured) as refused:
        set_up(look_through(file), {}, at=MONDAY, environ={"BINDELEDD_HOME": str(tmp_path)})
    return refused.value


def test_a_server_that_refuses_is_said_with_line_host_port_and_name(tmp_path: Path) -> None:
    wrong = refused_database(tmp_path, "postgresql://ada:hemmelig@127.0.0.1:1/oppfolging")

    assert wrong.code == "installation.refused"
    assert wrong.where == f"{tmp_path / 'site.toml'}:2 [database] url"
    assert "127.0.0.1:1" in wrong.what
    assert "oppfolging" in wrong.what


def test_what_is_said_of_a_server_never_holds_its_password(tmp_path: Path) -> None:
    wrong = refused_database(tmp_path, "postgresql://ada:hemmelig@127.0.0.1:1/oppfolging")

    assert "hemmelig" not in str(wrong)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_database_that_the_server_does_not_have_is_said_by_its_name(
    tmp_path: Path, database_url: str
) -> None:
    url = sa.make_url(database_url).set(database="ingen_slik").render_as_string(hide_password=False)

    wrong = refused_database(tmp_path, url)

    assert wrong.code == "installation.no_base"
    assert "ingen_slik" in wrong.do


@pytest.mark.parametrize(
    "url", ["postgresql://ada@vert:port/navn", "postgresql:/vert/navn", "postgresql://ada@vert"]
)
def test_an_address_of_another_form_is_refused_with_its_line(tmp_path: Path, url: str) -> None:
    wrong = refused_database(tmp_path, url)

    assert wrong.code == "settings.no_database"
    assert wrong.where.endswith(":2 [database] url")


def test_doctor_says_which_database_it_asked(place: Place) -> None:
    place.setup(example_file())
    site = Site(
        open_settings=lambda: read_settings(place.environ),
        open_database=open_site,
        gather=lambda settings: gather(settings.plugins),
        find_tenants=find_tenants,
    )

    found = next(one.found for one in examine(site).checks if one.name == "database")

    assert str(sa.make_url(place.url).database) in found


def test_doctor_says_which_server_it_could_not_reach(tmp_path: Path) -> None:
    environ = {
        "BINDELEDD_HOME": str(tmp_path),
        "BINDELEDD_DATABASE_URL": "postgresql://ada:hemmelig@127.0.0.1:1/oppfolging",
    }
    site = Site(
        open_settings=lambda: read_settings(environ),
        open_database=open_site,
        gather=lambda settings: gather(settings.plugins),
        find_tenants=find_tenants,
    )

    [found] = [one.found for one in examine(site).checks if one.name == "database"]

    assert "127.0.0.1:1 (databasen «oppfolging»)" in found
