"""`bindeledd staff import`: a file of people, whole or not at all, faults by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from bindeledd.features.staff.tables import GrantRow, MemberRow, MembershipRow
from bindeledd.foundation.console import Site as Console
from bindeledd.foundation.db import Database
from bindeledd.staff_commands import staff
from builders import Site, a_site


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session)


def run(database: Database, site: Site, *arguments: str) -> Result:
    console = Console(
        open_settings=lambda: None,
        open_database=lambda _: database,
        gather=lambda _: None,
        find_tenants=lambda _: {"here": site.tenant},
    )
    return CliRunner().invoke(staff, list(arguments), obj=console)


def people(tmp_path: Path, *lines: str) -> str:
    file = tmp_path / "people.csv"
    file.write_text(
        "\n".join(["login,name,email,phone,teams,roles,language", *lines]), encoding="utf-8-sig"
    )
    return str(file)


def logins(database: Database) -> set[str]:
    with database.transaction() as session:
        found = session.scalars(sa.select(MemberRow.login)).all()
    return {login for login in found if "-" not in login}


def test_people_come_in_with_teams_and_roles_and_again_changes_nothing(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = people(
        tmp_path,
        "Kari,Kari Nordmann,kari@example.no,,follow-up:lead,",
        "ola,Ola Åsen,,90000000,follow-up;municipal,privacy",
    )
    first = json.loads(run(fresh_database, site, "import", file, "--json").stdout)
    again = json.loads(run(fresh_database, site, "import", file, "--json").stdout)

    assert [one["outcome"] for one in first["done"]] == ["made", "made"]
    assert [one["outcome"] for one in again["done"]] == ["same", "same"]
    assert logins(fresh_database) == {"kari", "ola"}
    with fresh_database.transaction() as session:
        roles = session.execute(
            sa.select(MemberRow.login, MembershipRow.role)
            .join(MembershipRow, MembershipRow.member_id == MemberRow.id)
            .where(MemberRow.login.in_(["kari", "ola"]))
        ).all()
        granted = session.scalars(sa.select(GrantRow.role)).all()
    assert sorted(map(tuple, roles)) == [("kari", "lead"), ("ola", "member"), ("ola", "member")]
    assert granted == ["privacy"]


def test_a_language_is_given_to_whoever_has_chosen_none(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("login,name,teams,language\nkari,Kari,follow-up,en\nola,Ola,follow-up,\n")

    def outcomes() -> list[str]:
        told = run(fresh_database, site, "import", str(file), "--json").stdout
        return [one["outcome"] for one in json.loads(told)["done"]]

    def languages() -> dict[str, str | None]:
        listed = json.loads(run(fresh_database, site, "list", "--json").stdout)
        return {one["login"]: one["language"] for one in listed if one["login"] in ("kari", "ola")}

    assert outcomes() == ["made", "made"]
    assert languages() == {"kari": "en", "ola": None}
    with fresh_database.transaction() as session:
        chosen = sa.update(MemberRow).where(MemberRow.login == "kari").values(language="nn")
        session.execute(chosen)
    file.write_text("login,name,teams,language\nkari,Kari,follow-up,en\nola,Ola,follow-up,nb\n")
    assert outcomes() == ["same", "changed"]
    assert languages() == {"kari": "nn", "ola": "nb"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ola,Ola,,,follow-up,,tysk", "linje 3: «tysk» er ikke et språk"),
        ("ola,Ola,,,nowhere,", "linje 3"),
        ("ola,Ola,,,follow-up:boss,", "linje 3: «boss»"),
        ("ola,Ola,,,follow-up,king", "linje 3: «king»"),
        ("ola,,,,follow-up,", "linje 3: login og name"),
        ("kari,Ola,,,follow-up,", "linje 3: «kari» står også på linje 2"),
        ("ola,Ola,not-an-address,,follow-up,", "linje 3: «not-an-address»"),
        ("ola,Ola,,,follow-up,,,,", "linje 3: linjen har flere felt"),
        ("o/la,Ola,,,follow-up,", "linje 3"),
    ],
)
def test_one_wrong_line_and_nothing_is_kept(
    fresh_database: Database, site: Site, tmp_path: Path, line: str, said: str
) -> None:
    file = people(tmp_path, "kari,Kari,,,follow-up,", line)
    told = run(fresh_database, site, "import", file)

    assert told.exit_code == 1
    assert said in told.output
    assert logins(fresh_database) == set()


@pytest.mark.parametrize("end", ["", '"'])
def test_a_quotation_mark_that_joins_two_people_is_named(
    fresh_database: Database, site: Site, tmp_path: Path, end: str
) -> None:
    file = people(tmp_path, 'kari,"Kari,,,follow-up,', f"ola,Ola{end},,,follow-up,")
    told = run(fresh_database, site, "import", file)

    assert told.exit_code == 1
    assert "linje 2: et anførselstegn" in told.output
    assert logins(fresh_database) == set()


def test_a_spreadsheet_with_semicolons_is_read_too(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("login;name;teams\nkari;Kari;follow-up,municipal\n")

    assert run(fresh_database, site, "import", str(file)).exit_code == 0
    assert logins(fresh_database) == {"kari"}


def test_a_missing_column_is_named(fresh_database: Database, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("login,name\nkari,Kari\n")

    assert "kolonnen «teams» mangler" in run(fresh_database, site, "import", str(file)).output


def test_add_code_token_and_deactivate(fresh_database: Database, site: Site) -> None:
    add = run(fresh_database, site, "add", "per", "--name", "Per", "--team", "follow-up")
    assert "per: laget" in add.output
    code = json.loads(run(fresh_database, site, "code", "per", "--json").stdout)
    token = json.loads(run(fresh_database, site, "token", "per", "--label", "x", "--json").stdout)
    assert len(code["code"].replace("-", "")) == 26
    assert token["token"].startswith("bdl_")
    done = json.loads(run(fresh_database, site, "deactivate", "per", "--json").stdout)
    assert done == {"login": "per", "tasks_let_go": []}
    listed = json.loads(run(fresh_database, site, "list", "--json").stdout)
    assert [one["active"] for one in listed if one["login"] == "per"] == [False]


def test_a_token_is_made_for_reading_and_listed_as_such(
    fresh_database: Database, site: Site
) -> None:
    run(fresh_database, site, "add", "per", "--name", "Per", "--team", "follow-up")
    ask = ["token", "per", "--label"]
    read = run(fresh_database, site, *ask, "rapport", "--scope", "read", "--json")
    run(fresh_database, site, *ask, "journal")

    assert json.loads(read.stdout)["scope"] == "read"
    listed = json.loads(run(fresh_database, site, "tokens", "per", "--json").stdout)
    assert {one["label"]: one["scope"] for one in listed} == {"rapport": "read", "journal": "full"}
    assert "lesing" in run(fresh_database, site, "tokens", "per").output
    assert run(fresh_database, site, *ask, "x", "--scope", "write").exit_code == 2


def test_a_code_says_which_tokens_it_has_ended(fresh_database: Database, site: Site) -> None:
    run(fresh_database, site, "add", "per", "--name", "Per", "--team", "follow-up")
    for label in ("rapport", "journal"):
        run(fresh_database, site, "token", "per", "--label", label)
    (mark, _) = [
        one["mark"]
        for one in json.loads(run(fresh_database, site, "tokens", "per", "--json").stdout)
    ]
    first = run(fresh_database, site, "code", "per").output
    second = json.loads(run(fresh_database, site, "code", "per", "--json").stdout)

    assert "per er logget ut overalt" in first
    assert "2 nøkler til API-et er avsluttet" in first
    assert f"({mark})" in first
    assert "rapport" in first
    assert second["tokens_ended"] == []


def test_everybody_is_listed_with_teams_roles_and_address(
    fresh_database: Database, site: Site
) -> None:
    run(fresh_database, site, "add", "pia", "--name", "Pia", "--role", "privacy")
    told = ["add", "kari", "--name", "Kari", "--email", "kari@example.no"]
    run(fresh_database, site, *told, "--team", "follow-up:lead", "--role", "admin")

    listed = {
        one["login"]: one for one in json.loads(run(fresh_database, site, "list", "--json").stdout)
    }

    assert (listed["pia"]["teams"], listed["pia"]["roles"]) == ([], ["privacy"])
    assert listed["kari"] == {
        "login": "kari",
        "name": "Kari",
        "email": "kari@example.no",
        "phone": None,
        "language": None,
        "active": True,
        "teams": [{"team": "follow-up", "role": "lead"}],
        "roles": ["admin"],
    }
    assert "personvernombud" in run(fresh_database, site, "list").output


def test_every_faulty_line_is_named_at_once(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = people(
        tmp_path,
        "ola,Ola,,,nowhere,",
        "kari,Kari,,,follow-up,king",
        "per,Per,,,follow-up,",
        "siv,Siv,,,elsewhere,",
    )
    told = json.loads(run(fresh_database, site, "import", file, "--json").stdout)

    assert [said.partition(":")[0] for said in told["wrong"]] == ["linje 2", "linje 3", "linje 5"]
    assert "nowhere" in told["wrong"][0]
    assert "staff." not in str(told["wrong"])
    assert told["done"] == []
    assert logins(fresh_database) == set()


def test_what_is_no_telephone_number_is_named(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = people(tmp_path, "ola,Ola,,12,follow-up,", "kari,Kari,,+47 900 00 000,follow-up,")
    told = json.loads(run(fresh_database, site, "import", file, "--json").stdout)

    assert told["wrong"] == ["linje 2: «12» er ikke et telefonnummer"]


def test_whatever_is_wrong_with_a_line_is_told_at_once(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = people(tmp_path, "ola,Ola,ola.no,12,follow-up:boss,king")
    told = json.loads(run(fresh_database, site, "import", file, "--json").stdout)

    [wrong] = told["wrong"]
    assert all(word in wrong for word in ("«ola.no»", "«12»", "«boss»", "«king»"))


def test_a_file_that_is_not_utf_8_is_said_with_its_line(
    fresh_database: Database, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes("login,name,teams\nper,Pål,follow-up\n".encode("latin-1"))
    told = run(fresh_database, site, "import", str(file))

    assert told.exit_code == 1
    assert "linje 2: filen er ikke UTF-8" in told.output


def test_a_role_that_is_none_is_wrong_usage(fresh_database: Database, site: Site) -> None:
    told = run(fresh_database, site, "add", "x", "--name", "X", "--team", "follow-up:boss")

    assert told.exit_code == 2
    assert "«boss»" in told.output
