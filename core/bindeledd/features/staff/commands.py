"""`bindeledd staff`: import, add, list. What needs more than the directory is added in the CLI."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import (
    Actor,
    Grant,
    Member,
    Role,
    UnknownKey,
)
from bindeledd.features.staff.domain.lists import (
    Line,
    LineWrong,
    Wrong,
    at_line,
    read_line,
    read_lines,
)
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.texts import LANGUAGES, refusal_said, t


@click.group()
def staff() -> None:
    """Staff: bring in from a file, add, show, end."""


@staff.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@pass_site
def import_(site: Site, file: Path, as_json: bool) -> None:
    """Bring in staff from a CSV file: login,name,email,phone,teams,roles,language.

    Several teams are separated by semicolons; “team:lead” gives the role of lead there. Roles
    for the whole installation (admin, privacy) stand in roles. In language stands nb, nn or en,
    for whoever has chosen no language. If one line is wrong, nothing is stored.
    """
    lines, wrong = read_lines(file.read_bytes())
    done: list[dict[str, object]] = []
    with site.database.session() as session:
        for line in lines:
            _try_line(session, line, done, wrong, site)
        if wrong:
            session.rollback()
        else:
            session.commit()
    _tell(done, [said for _, said in sorted(wrong)], as_json)


def _try_line(
    session: Session, line: Line, done: list[dict[str, object]], wrong: Wrong, site: Site
) -> None:
    try:
        outcome = put_person(session, line, by=site.actor, site=site)
    except Refusal as refused:
        wrong.append((line.number, at_line(line.number, refusal_said(refused))))
    else:
        done.append({"line": line.number, "login": line.login, "outcome": outcome})


def _tell(done: list[dict[str, object]], wrong: list[str], as_json: bool) -> None:
    if as_json:
        answer_json({"done": [] if wrong else done, "wrong": wrong})
    elif wrong:
        click.echo(t("staff.import.nothing"), err=True)
        for sentence in wrong:
            click.echo("  " + sentence, err=True)
    else:
        rows = [(d["line"], d["login"], t(f"staff.outcomes.{d['outcome']}")) for d in done]
        columns = [t(f"staff.import.{name}") for name in ("line", "login", "what")]
        answer_table(t("staff.import.title"), columns, rows)
    if wrong:
        leave(1)


def put_person(session: Session, line: Line, *, by: Actor, site: Site) -> str:
    """Make or change one person with places and roles. Refuses a team that is not set up."""
    at = site.at
    done = service.set_member(
        session, login=line.login, name=line.name, email=line.email, phone=line.phone, by=by, at=at
    )
    outcomes = {done.outcome}
    for key, role in line.places.items():
        team = queries.find_team(session, by.tenant_id, key)
        if team is None:
            raise UnknownKey(team=key)
        outcomes.add(service.join_team(session, done.id, team.id, role, by=by, at=at).outcome)
    outcomes |= {
        service.grant(session, done.id, role, by=by, at=at).outcome for role in line.grants
    }
    if line.language:
        given = service.give_language(session, done.id, line.language, by=by, at=at)
        outcomes.add(given.outcome)
    if done.outcome == "made":
        return "made"
    return "same" if outcomes == {"same"} else "changed"


@staff.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option("--email")
@click.option("--phone")
@click.option("--team", "teams", multiple=True)
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([one.value for one in Grant]),
)
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
)
@pass_site
def add(
    site: Site,
    login: str,
    name: str,
    email: str | None,
    phone: str | None,
    teams: tuple[str, ...],
    roles: tuple[str, ...],
    language: str | None,
) -> None:
    """Add or change one member of staff."""
    said: dict[str | None, object] = {
        "login": login,
        "name": name,
        "email": email,
        "phone": phone,
        "language": language,
        "teams": ";".join(teams),
        "roles": ";".join(roles),
    }
    try:
        line = read_line(1, said)
    except LineWrong as wrong:
        raise click.UsageError(str(wrong)) from None
    with site.database.transaction() as session:
        outcome = put_person(session, line, by=site.actor, site=site)
    click.echo(f"{login}: {t(f'staff.outcomes.{outcome}')}")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def list_(site: Site, as_json: bool) -> None:
    """Show all staff: teams, roles, e-mail, and who has been ended."""
    with site.database.transaction() as session:
        found = queries.everybody(session, site.tenant, site.at)
    if as_json:
        answer_json([_listed(*one) for one in found])
        return
    rows = [
        (
            member.login,
            member.name,
            member.email,
            ", ".join(f"{key} ({t(f'staff.roles.{role}')})" for key, role in teams.items()),
            ", ".join(t(f"staff.roles.{role}") for role in roles),
            "" if member.active else t("staff.list.ended"),
        )
        for member, teams, roles in found
    ]
    names = ("login", "name", "email", "teams", "roles")
    answer_table(t("staff.list.title"), [*(t(f"staff.list.{name}") for name in names), ""], rows)


def _listed(member: Member, teams: Mapping[str, Role], roles: Sequence[str]) -> dict[str, object]:
    return {
        "login": member.login,
        "name": member.name,
        "email": member.email,
        "phone": member.phone,
        "language": member.language,
        "active": member.active,
        "teams": [{"team": key, "role": role.value} for key, role in teams.items()],
        "roles": list(roles),
    }
